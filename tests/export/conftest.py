"""A small release as a static site behind a real nginx."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from kzlod.export.site import export_site
from kzlod.release.published import Release
from tests.web.conftest import make_client, quads, release

__all__ = ["make_client", "quads", "release"]

PUBLIC = "https://data.example.org"
MAIN = """\
daemon off;
{user}
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{included}
}}
"""


class Static:
    """Asks nginx, with the methods of `tests.web.conftest.Client`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.client = httpx.Client(base_url=address, timeout=20)

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        headers = {"Host": "evil.example", "Accept-Encoding": "gzip", **arguments.pop("headers", {})}
        self.client.cookies.clear()
        self.client.headers.pop("Accept", None)  # which the HTTP client would add by itself
        return self.client.request(method, path, headers=headers, **arguments)

    def get(self, path: str, accept: str | None = None, **headers: str) -> httpx.Response:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("GET", path, headers=fields | {"Accept": accept or "*/*"})

    def page(self, path: str, **headers: str) -> str:
        answer = self.get(path, "text/html", **headers)
        assert answer.status_code == 200, answer.text
        return answer.text


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def nginx() -> str:
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert found, "needs the Debian package nginx-light or nginx"
    return found


@contextmanager
def running(folder: Path, included: str) -> Iterator[None]:
    """An nginx whose `http` has the given text, until it is left."""
    folder.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""  # who runs the tests, so that the folder may be read
    conf = folder / "nginx.conf"
    conf.write_text(MAIN.format(folder=folder, user=user, included=included))
    command = [nginx(), "-c", str(conf), "-p", str(folder), "-e", "stderr"]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    assert "[warn]" not in tested.stderr, tested.stderr
    with subprocess.Popen(command) as process:
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def until_it_answers(address: str) -> None:
    for _ in range(200):
        try:
            httpx.get(f"{address}/robots.txt")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(address)


@contextmanager
def static_site(folder: Path, work: Path) -> Iterator[Static]:
    """The export in a folder behind nginx."""
    port = free_port()
    text = (folder / "nginx" / "site.conf").read_text()
    assert text.count("listen 80;") == 1
    with running(work, text.replace("listen 80;", f"listen 127.0.0.1:{port};")):
        address = f"http://127.0.0.1:{port}"
        until_it_answers(address)
        client = Static(address)
        yield client
        client.client.close()


def silent(step: str) -> None:
    """Takes the steps of a command."""


@pytest.fixture(scope="session")
def exported(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "a site"
    export_site(release, folder, PUBLIC, silent, jobs=1)
    return folder


@pytest.fixture(scope="session")
def client(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Static]:
    with static_site(exported, tmp_path_factory.mktemp("nginx") / "run") as found:
        yield found


@pytest.fixture(scope="session")
def server(release: Release, make_client: Callable[[Release | None], Any]) -> Any:
    """The web application over the same release."""
    return make_client(release)
