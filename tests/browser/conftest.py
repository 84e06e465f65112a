"""A real Chromium that visits real servers: of this repository's release, and of the small hostile one."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    ViewportSize,
    sync_playwright,
)
from pyoxigraph import RdfFormat, parse

from kzlod.release.published import Release
from tests.test_serving import serving
from tests.web.conftest import DATA, write_release

LANGUAGES = ("en", "ru", "kk")
DESK: ViewportSize = {"width": 1200, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}
Visit = Callable[..., Page]
Shoot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; tests that need it are skipped where it is not.

    It is closed with each module: while it is open its event loop runs, and other tests can start none.
    """
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed (apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(published: Release) -> Iterator[str]:
    """The address of a server of this repository's release."""
    with serving("--release", str(published.path)) as found:
        yield found


@pytest.fixture(scope="session")
def hostile_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of the small release, whose literals are scripts."""
    quads = list(parse(DATA.read_bytes(), RdfFormat.TRIG))
    release = write_release(tmp_path_factory.mktemp("hostile"), quads)
    with serving("--release", str(release.path)) as found:
        yield found


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    """Opens a page as a reader would; what the browser complains of fails the test at its end.

    `language` is that of the reader's browser; `scripts` off is a browser without JavaScript; `status` is
    what the first answer must have, None for any. Requests to any other host than that of the page fail the
    test, too.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def opened(
        url: str,
        language: str = "en",
        *,
        scripts: bool = True,
        scheme: Literal["light", "dark"] = "light",
        size: ViewportSize = DESK,
        status: int | None = 200,
    ) -> Page:
        home = urlsplit(url).netloc
        context = chromium.new_context(
            locale=language,
            java_script_enabled=scripts,
            color_scheme=scheme,
            viewport=size,
            accept_downloads=True,
        )
        contexts.append(context)

        def heard(message: ConsoleMessage) -> None:
            # Of an answer that is meant to be an error the browser complains, too.
            meant = status != 200 and message.text.startswith("Failed to load resource")
            if message.type in ("error", "warning") and not meant:
                faults.append(f"{url}: console: {message.text}")

        def requested(request: Request) -> None:
            parts = urlsplit(request.url)
            if parts.scheme in ("http", "https") and parts.netloc != home:
                faults.append(f"{url}: asked another host: {request.url}")

        def dismissed(dialog: Dialog) -> None:
            faults.append(f"{url}: a script ran: {dialog.message}")
            dialog.dismiss()

        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: faults.append(f"{url}: {error}"))
        page.on("dialog", dismissed)
        page.on("request", requested)
        answer = page.goto(url)
        assert answer is not None and status in (None, answer.status), url
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def shoot(root: Path) -> Shoot:
    """Keeps a picture of a page, in `.cache/screenshots` or the folder that `SCREENSHOTS` names."""
    folder = Path(os.environ.get("SCREENSHOTS", root / ".cache" / "screenshots"))

    def shot(page: Page, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", animations="disabled")

    return shot


def violations(page: Page) -> list[str]:
    """What axe finds wrong with a page: rule, what it asks, where."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']}: " + "; ".join(node["html"][:160] for node in one["nodes"][:5])
        for one in found
    ]
