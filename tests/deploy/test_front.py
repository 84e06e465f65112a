"""nginx as `deploy/nginx` configures it before a real server: TLS, limits, streams, memory, proxies."""

import json
import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from kzlod.release.build import build_release
from kzlod.web.settings import Settings
from tests.export.conftest import free_port, nginx, running
from tests.test_replicas import ENDLESS, TREATY, answers, process, serve
from tests.test_serving import until

pytestmark = pytest.mark.debian

CONF = Path(__file__).resolve().parents[2] / "deploy" / "nginx" / "kzlod.conf"
NAME = "data.example.org"


@dataclass(frozen=True)
class Front:
    """Where nginx listens, the certificate that it shows, and the log of the server behind it."""

    plain: int
    tls: int
    trusted: ssl.SSLContext
    log: Path

    def client(self, source: str = "127.0.0.1") -> httpx.Client:
        """A client that comes from an address of this machine."""
        transport = httpx.HTTPTransport(verify=self.trusted, local_address=source)
        return httpx.Client(base_url=f"https://localhost:{self.tls}", transport=transport, timeout=30)

    def logged(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]


def certificate(folder: Path) -> tuple[Path, Path]:
    key, crt = folder / "key.pem", folder / "crt.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(crt)]
    subprocess.run(command, check=True, capture_output=True)
    return key, crt


def configured(folder: Path, server: int, plain: int, tls: int) -> str:
    """The configuration with the names, ports and folders of the test."""
    key, crt = certificate(folder)
    text = CONF.read_text()
    live = f"/etc/letsencrypt/live/{NAME}"
    for written, ours in (
        ("127.0.0.1:8000 ", f"127.0.0.1:{server} "),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen [::]:80;", ""),
        ("listen 443 ssl", f"listen 127.0.0.1:{tls} ssl"),
        ("listen [::]:443 ssl http2;", ""),
        (f"{live}/fullchain.pem", str(crt)),
        (f"{live}/privkey.pem", str(key)),
        ("/var/cache/nginx-kzlod", f"{folder}/cache"),
        ("/var/www/acme", f"{folder}/acme"),
    ):
        assert text.count(written) == 1, written
        text = text.replace(written, ours)
    return text.replace(NAME, "localhost")


@pytest.fixture
def front(tiny: Path, tmp_path: Path) -> Iterator[Front]:
    release, _ = build_release(tiny, tmp_path / "releases", lambda step: None)
    server, plain, tls = (free_port() for _ in range(3))
    folder, log = tmp_path / "front", tmp_path / "access.log"
    folder.mkdir()
    address = f"https://localhost:{tls}"
    settings = {
        "KZLOD_PUBLIC_URL": address,
        "KZLOD_TRUSTED_PROXIES": "127.0.0.1",
        "KZLOD_ACCESS_LOG": str(log),
    }
    with ExitStack() as stack:
        stack.enter_context(process(*serve(server, release.path), **settings))
        stack.enter_context(running(tmp_path / "nginx", configured(folder, server, plain, tls)))
        until(lambda: answers(f"http://127.0.0.1:{server}"), "an answer of the server")
        yield Front(plain, tls, ssl.create_default_context(cafile=str(folder / "crt.pem")), log)


def test_documents_queries_and_health(front: Front) -> None:
    with front.client() as client:
        assert client.get("/health").json()["ready"] is True
        answer = client.get(f"/id/{TREATY}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/doc/{TREATY}")
        for accept, media_type in (("text/turtle", "text/turtle"), ("text/html", "text/html")):
            for _ in range(2):
                answer = client.get(f"/doc/{TREATY}", headers={"Accept": accept})
                assert answer.headers["content-type"].startswith(media_type)
                tag = answer.headers["etag"]
                same = client.get(f"/doc/{TREATY}", headers={"Accept": accept, "If-None-Match": tag})
                assert same.status_code == 304
        rows = client.post("/sparql", data={"query": "SELECT * { ?s a ?c } LIMIT 3"}).json()
        assert len(rows["results"]["bindings"]) == 3
        assert client.get("/metrics").status_code == 404
        assert client.post("/sparql", content=b"x" * (Settings().body_limit + 1)).status_code == 413
        text = "SELECT * { ?s ?p ?o } LIMIT 1 #" + "x" * 60_000
        assert client.get("/sparql", params={"query": text}).status_code == 200


def test_tls_and_http_2(front: Front) -> None:
    answer = httpx.get(f"http://localhost:{front.plain}/doc/{TREATY}?lang=ru")
    assert (answer.status_code, answer.headers["location"]) == (
        308,
        f"https://localhost/doc/{TREATY}?lang=ru",
    )
    context = front.trusted
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", front.tls)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as wrapped,
    ):
        assert wrapped.selected_alpn_protocol() == "h2"
        assert wrapped.version() in ("TLSv1.2", "TLSv1.3")
    context.set_alpn_protocols(["http/1.1"])
    with front.client() as client:
        for path in ("/", f"/doc/{TREATY}.ttl", "/sparql?query=ASK%7B%7D"):
            assert "max-age" in client.get(path).headers["strict-transport-security"]
            assert client.get(path).headers["access-control-allow-origin"] == "*"


def test_what_is_remembered_differs_by_what_was_asked(front: Front) -> None:
    with front.client() as client:
        found = set()
        for language in ("en", "ru", "kk"):
            for accept in ("text/html", "text/turtle", "application/ld+json"):
                headers = {"Accept": accept, "Accept-Language": language}
                first, second = (client.get(f"/doc/{TREATY}", headers=headers) for _ in range(2))
                assert first.content == second.content
                assert first.headers["content-type"].startswith(accept)
                assert second.headers["x-cache-status"] == "HIT"
                found.add(second.content)
        assert len(found) == 3 + 2
        stored = client.get(f"/doc/{TREATY}?lang=kk", headers={"Accept": "text/html"})
        assert (
            stored.headers["set-cookie"].startswith("lang=kk")
            and stored.headers["x-cache-status"] == "BYPASS"
        )
        page = client.get(f"/doc/{TREATY}", headers={"Accept": "text/html", "Accept-Language": "en"})
        assert '<html lang="kk">' in page.text, "the choice is stored"


def test_the_client_is_who_comes_to_nginx_whatever_it_says(front: Front) -> None:
    with front.client("127.0.0.2") as client:
        client.get("/robots.txt", headers={"X-Forwarded-For": "203.0.113.9"})
    until(lambda: any(one["path"] == "/robots.txt" for one in front.logged()), "the request is logged")
    clients = {one["client"] for one in front.logged() if one["path"] == "/robots.txt"}
    assert clients == {"127.0.0.2"}


def test_results_are_given_on_as_they_come(front: Front) -> None:
    with front.client() as client:
        begun = time.monotonic()
        with client.stream("GET", f"/sparql?query={quote(ENDLESS)}") as answer:
            assert answer.status_code == 200
            stream = answer.iter_raw()
            assert next(stream)
            assert time.monotonic() - begun < Settings().query_timeout


def test_a_client_that_asks_too_much_is_told_so(front: Front) -> None:
    with front.client("127.0.0.3") as client, front.client("127.0.0.4") as other:
        statuses = {client.get("/sparql?query=ASK%7B%7D").status_code for _ in range(300)}
        assert statuses == {200, 429}
        assert other.get("/sparql?query=ASK%7B%7D").status_code == 200


def test_the_limits_agree_with_those_of_the_server() -> None:
    text, settings = CONF.read_text(), Settings()
    for pattern, expected in (
        (r"client_max_body_size (\d+)k", settings.body_limit // 1024),
        (r"client_header_timeout (\d+)s", settings.request_timeout),
        (r"send_timeout (\d+)s", settings.read_stall),
    ):
        found = re.search(pattern, text)
        assert found and float(found[1]) == expected
    found = re.search(r"proxy_read_timeout (\d+)s", text)
    assert found and float(found[1]) > settings.query_timeout + settings.queue_patience


def test_there_is_an_nginx() -> None:
    assert os.access(nginx(), os.X_OK)
