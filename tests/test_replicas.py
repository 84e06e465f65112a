"""Several servers behind nginx, with the configuration that docs/running.md gives."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from kzlod.release.build import build_release
from tests.test_serving import until

pytestmark = pytest.mark.debian

ROOT = Path(__file__).resolve().parent.parent
TREATY = "treaty/a-b"
ROWS = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
ENDLESS = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
# How an answer is sent: in chunks the first time, whole from memory the next.
OF_THE_CONNECTION = {"date", "server", "connection", "transfer-encoding", "keep-alive", "content-length"}

NGINX = """\
daemon off;
{user}
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    log_format upstream "$upstream_addr $request_method $uri";
    access_log {folder}/access.log upstream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{documented}
}}
"""


@dataclass(frozen=True)
class Replicated:
    """Two servers with a copy of one release each, and the address of the nginx before them."""

    release: str
    ports: tuple[int, int]
    address: str
    processes: list[subprocess.Popen[bytes]]
    start: list[str]
    log: Path

    def asked(self) -> set[str]:
        """The servers that answered what nginx was asked so far."""
        return set(re.findall(r"127\.0\.0\.1:\d+", self.log.read_text()))


def documented(ports: tuple[int, int], port: int) -> str:
    """The configuration in the documentation, with the ports of the test."""
    found = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs" / "running.md").read_text("utf-8"), re.DOTALL)
    assert len(found) == 1
    text = str(found[0])
    for written, ours in (
        ("127.0.0.1:8001 ", f"127.0.0.1:{ports[0]} "),
        ("127.0.0.1:8002 ", f"127.0.0.1:{ports[1]} "),
        ("listen 80;", f"listen 127.0.0.1:{port};"),
    ):
        assert text.count(written) == 1
        text = text.replace(written, ours)
    return text


@contextmanager
def process(*command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command, env={**os.environ, **environment}, cwd=ROOT) as running:
        try:
            yield running
        finally:
            running.send_signal(signal.SIGTERM)
            try:
                running.wait(20)
            except subprocess.TimeoutExpired:
                running.kill()
                raise


def settings(address: str) -> dict[str, str]:
    return {"KZLOD_PUBLIC_URL": address, "KZLOD_TRUSTED_PROXIES": "127.0.0.1", "KZLOD_ACCESS_LOG": "off"}


def serve(port: int, release: Path) -> list[str]:
    return [sys.executable, "-m", "kzlod", "serve", "--port", str(port), "--release", str(release)]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health").status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
def replicated(tiny: Path, tmp_path: Path) -> Iterator[Replicated]:
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert nginx, "needs the Debian package nginx-light or nginx"
    release, _ = build_release(tiny, tmp_path / "one", lambda step: None)
    copy = shutil.copytree(release.path, tmp_path / "two" / release.id)
    ports = [free_port() for _ in range(3)]
    first, second, front = ports
    address, folder = f"http://localhost:{front}", tmp_path / "nginx"
    folder.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""  # who runs the tests, so that the folder may be read
    text = NGINX.format(folder=folder, user=user, documented=documented((first, second), front))
    (folder / "nginx.conf").write_text(text)
    with ExitStack() as stack:
        starts = [serve(first, release.path), serve(second, copy)]
        processes = [stack.enter_context(process(*start, **settings(address))) for start in starts]
        stack.enter_context(process(nginx, "-c", f"{folder}/nginx.conf", "-p", str(folder), "-e", "stderr"))
        for port in ports:
            until(lambda port=port: answers(f"http://127.0.0.1:{port}"), f"an answer at {port}")
        yield Replicated(release.id, (first, second), address, processes, starts[0], folder / "access.log")


REQUESTS = [
    ("GET", "/", {"Accept": "text/html"}),
    ("GET", "/", {"Accept": "text/html", "Accept-Language": "kk"}),
    ("GET", f"/id/{TREATY}?lang=ru", {}),
    ("GET", f"/doc/{TREATY}", {"Accept": "text/html"}),
    ("GET", f"/doc/{TREATY}", {"Accept": "application/ld+json"}),
    ("HEAD", f"/doc/{TREATY}.ttl", {}),
    *(("GET", f"/doc/{TREATY}.{suffix}", {}) for suffix in ("html", "ttl", "jsonld", "nt", "rdf")),
    ("GET", "/id/%D2%9A%20%2523/a%2Fb", {"Accept": "application/json"}),
    ("GET", "/doc/nothing", {"Accept": "text/html"}),
    ("GET", "/doc", {"Accept": "image/png"}),
    ("GET", "/dumps/", {"Accept": "application/json"}),
    ("GET", "/dumps/RELEASE/kzlod.nq.gz", {}),
    ("GET", "/dumps/RELEASE/kzlod.nq.gz", {"Range": "bytes=10-99"}),
    ("GET", "/dumps/RELEASE/SHA256SUMS", {}),
    ("GET", "/catalog", {"Accept": "text/turtle"}),
    ("GET", "/sitemap.xml", {}),
    ("GET", "/sparql", {"Accept": "text/turtle"}),
    ("GET", f"/sparql?query={quote(ROWS)}", {"Accept": "application/sparql-results+json"}),
    ("GET", f"/sparql?query={quote(ROWS)}", {"Accept": "text/csv"}),
    ("GET", f"/sparql?query={quote('CONSTRUCT WHERE { ?s ?p ?o }')}", {"Accept": "text/turtle"}),
    ("GET", f"/sparql?query=SELECT+*{'+' * 30_000}%7B%7D", {}),
    ("GET", "/sparql?query=SELECT", {}),
    ("DELETE", "/sparql", {}),
]


def told(answer: httpx.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    """What an answer says, without what belongs to the connection only."""
    fields = sorted(field for field in answer.headers.multi_items() if field[0] not in OF_THE_CONNECTION)
    return answer.status_code, fields, answer.content


def test_all_servers_answer_identically_and_as_they_do_by_themselves(replicated: Replicated) -> None:
    with httpx.Client() as client:
        for method, path, headers in REQUESTS:
            path = path.replace("RELEASE", replicated.release)
            before = replicated.address
            own = [f"http://127.0.0.1:{port}" for port in replicated.ports]
            # Twice, because nginx asks them by turns.
            found = [
                told(client.request(method, host + path, headers=headers)) for host in (*own, before, before)
            ]
            assert found.count(found[0]) == len(found), path
            status, fields, _ = found[0]
            assert status < 500, path
            assert ("kzlod-release", replicated.release) in fields, path
    assert replicated.asked() == {f"127.0.0.1:{port}" for port in replicated.ports}


def test_what_one_server_gave_is_unchanged_for_the_other(replicated: Replicated) -> None:
    paths = (f"/doc/{TREATY}.ttl", f"/dumps/{replicated.release}/kzlod.nq.gz", f"/sparql?query={quote(ROWS)}")
    with httpx.Client(base_url=replicated.address) as client:
        for path in paths:
            tag = client.get(path).headers["ETag"]
            for _ in range(2):
                assert client.get(path, headers={"If-None-Match": tag}).status_code == 304, path
        assert client.get("/metrics").status_code == 404


def test_when_a_server_is_killed_the_other_answers_until_it_is_back(replicated: Replicated) -> None:
    with httpx.Client(base_url=replicated.address) as client:
        expected = rows(client.get("/sparql", params={"query": ROWS}))
        for _ in range(8):  # so that nginx holds connections to both
            client.get("/health")
        replicated.processes[0].kill()
        for _ in range(20):
            assert rows(client.get("/sparql", params={"query": ROWS})) == expected
            assert rows(client.post("/sparql", data={"query": ROWS})) == expected
            assert client.get(f"/doc/{TREATY}.ttl").status_code == 200
        replicated.processes[0].wait()
        with process(*replicated.start, **settings(replicated.address)):
            replicated.log.write_text("")

            def is_back() -> bool:
                assert client.get("/health").status_code == 200
                return f"127.0.0.1:{replicated.ports[0]}" in replicated.asked()

            until(is_back, "nginx asks the first server again")


def test_an_answer_that_breaks_off_with_its_server_is_not_taken_for_whole(replicated: Replicated) -> None:
    url = f"{replicated.address}/sparql?query={quote(ENDLESS)}"
    ends = []
    with ExitStack() as stack:
        streams = [stack.enter_context(httpx.stream("GET", url)).iter_raw() for _ in range(2)]
        for stream in streams:
            assert next(stream)
        replicated.processes[0].kill()
        for stream in streams:
            try:
                for _ in zip(range(500), stream, strict=False):
                    pass
                ends.append("goes on")
            except (httpx.RemoteProtocolError, httpx.ReadError):
                ends.append("broken")
    assert sorted(ends) == ["broken", "goes on"]


def rows(answer: httpx.Response) -> int:
    """The number of solutions of an answer."""
    assert answer.status_code == 200, answer.text
    return len(answer.json()["results"]["bindings"])
