"""Nothing that a browser loads for our pages comes from another host."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

import kzlod.web
from kzlod.release.published import Release
from kzlod.web.app import create_app
from kzlod.web.settings import Settings
from kzlod.web.site import Site

from .conftest import Client, NoEngine

WEB = Path(kzlod.web.__file__).parent
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
ASSETS = sorted(path for path in (WEB / "static").rglob("*") if path.is_file())
PAGES = [
    "/",
    "/sources",
    "/query",
    "/search?q=treaty",
    "/examples",
    "/examples/treaties.html",
    "/dumps/",
    "/catalog",
    "/doc/ontology",
    "/doc/shapes",
    "/doc/concept",
    "/doc/country/KAZ",
    "/doc/treaty/FRA-KAZ-extradition",
    "/nothing",
]
# Attributes whose address is loaded without a click; `href` is for <link>, <use> and <image> only.
LOADING = {"src", "srcset", "poster", "data", "background", "manifest", "ping", "action", "formaction"}
ELSEWHERE = re.compile(r"^\s*([a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
IN_STYLE = re.compile(r"url\(\s*['\"]?([^'\")]*)|@import\s+['\"]?([^'\";]+)", re.IGNORECASE)
LINKS_ONLY = {"canonical", "alternate", "license", "describedby", "next", "prev", "author", "help"}


class Loads(HTMLParser):
    """Collects what a page makes a browser load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self._in_style = tag == "style"
        if tag in ("link", "use", "image", "base") and not set(given.get("rel", "").split()) & LINKS_ONLY:
            self.found += [given.get("href", ""), given.get("xlink:href", "")]
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            self.found.append(given.get("content", "").partition("=")[2])
        self.found += [value for name, value in given.items() if name in LOADING]
        self.found += styled(given.get("style", ""))

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.found += styled(data)


def styled(text: str) -> list[str]:
    return [one or other for one, other in IN_STYLE.findall(text)]


def foreign(page: str) -> Iterator[str]:
    loads = Loads()
    loads.feed(page)
    return (one for one in loads.found if ELSEWHERE.match(one))


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<script src="//cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="HTTPS://cdn.example/x.css">',
        '<link rel="preconnect" href="https://cdn.example">',
        '<img src="http://cdn.example/x.png">',
        '<p style="background: url(https://cdn.example/x.png)">',
        '<style>@import "https://cdn.example/x.css";</style>',
        '<meta http-equiv="refresh" content="0; url=https://cdn.example/">',
        '<form action="https://cdn.example/">',
        '<svg><use href="https://cdn.example/x.svg#a"/></svg>',
    ],
)
def test_what_is_loaded_from_elsewhere_is_found(page: str) -> None:
    assert list(foreign(page)) == [next(foreign(page))]


def test_what_is_not_loaded_is_no_matter() -> None:
    page = (
        '<a href="https://x.example/">x</a><link rel="license" href="https://x.example/"><img src="/a.png">'
    )
    assert not list(foreign(page))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates(template: Path) -> None:
    assert not list(foreign(template.read_text("utf-8")))


@pytest.mark.parametrize("asset", ASSETS, ids=lambda path: path.name)
def test_styles_scripts_and_pictures(asset: Path) -> None:
    text = asset.read_text("utf-8", errors="replace")
    loaded = [*styled(text), *re.findall(r"""(?:href|src)\s*=\s*["']([^"']*)""", text)]
    loaded += re.findall(r"""(?:fetch|import)\s*\(?\s*["']([^"']*)""", text)
    assert not [one for one in loaded if ELSEWHERE.match(one)]


@pytest.mark.parametrize("path", PAGES)
def test_pages(client: Client, path: str) -> None:
    answer = client.get(path, "text/html")
    assert answer.status_code == (404 if path == "/nothing" else 200)
    assert answer.headers["content-type"].startswith("text/html")
    assert not list(foreign(answer.text))


def test_there_is_no_interactive_documentation(release: Release) -> None:
    app = create_app(Site(release, NoEngine(), Settings()))
    assert app.docs_url is None
    assert app.redoc_url is None
    for path in ("/docs", "/redoc", "/docs/oauth2-redirect"):
        assert Client(app).get(path, "text/html").status_code == 404
