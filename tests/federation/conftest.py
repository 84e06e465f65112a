"""Another endpoint, on loopback: a small store behind the SPARQL protocol, and places that misbehave."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest

EX = "http://example.org/"
RESULT_TYPE = "application/sparql-results+json"
HERE = Path(__file__).parent


@dataclass
class Remote:
    """What the endpoint has and was asked; `places` are paths with an answer of their own."""

    port: int = 0
    scheme: str = "http"
    store: ox.Store = field(default_factory=ox.Store)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    places: dict[str, Callable[["Handler"], None]] = field(default_factory=dict)

    def url(self, path: str = "/sparql", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def answers(self, path: str, status: int, body: bytes, **headers: str) -> str:
        """Makes a place that always answers this; returns its address."""

        def answer(handler: "Handler") -> None:
            fields = {name.replace("_", "-"): value for name, value in headers.items()}
            handler.reply(status, body, {"Content-Type": RESULT_TYPE, **fields})

        self.places[path] = answer
        return self.url(path)


class Handler(BaseHTTPRequestHandler):
    remote: Remote

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        query = parse_qs(body.decode()).get("query", [body.decode()])[0]
        self.remote.asked.append(query)
        self.remote.headers.append({name.lower(): value for name, value in self.headers.items()})
        place = self.remote.places.get(self.path)
        if place:
            place(self)
            return
        try:
            results = self.remote.store.query(query)
            assert isinstance(results, ox.QuerySolutions)
            answer = results.serialize(format=ox.QueryResultsFormat.JSON) or b""
        except SyntaxError as error:
            self.reply(400, str(error).encode(), {"Content-Type": "text/plain"})
            return
        self.reply(200, answer, {"Content-Type": f"{RESULT_TYPE}; charset=utf-8"})

    def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as above
        pass


@contextmanager
def running(remote: Remote, context: ssl.SSLContext | None = None) -> Iterator[Remote]:
    handler = type("BoundHandler", (Handler,), {"remote": remote})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        remote.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield remote
        finally:
            server.shutdown()
            thread.join(10)


@pytest.fixture
def remote() -> Iterator[Remote]:
    with running(Remote()) as started:
        started.store.extend(
            ox.Quad(ox.NamedNode(f"{EX}n{number}"), ox.NamedNode(f"{EX}name"), ox.Literal(f"name {number}"))
            for number in range(5)
        )
        yield started


@pytest.fixture
def secure_remote() -> Iterator[Remote]:
    """The same over TLS, with a certificate for endpoint.test and other.test."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(HERE / "endpoint.crt", HERE / "endpoint.key")
    with running(Remote(scheme="https"), context) as started:
        yield started


@pytest.fixture
def trusting() -> ssl.SSLContext:
    """Trusts that certificate and no other."""
    return ssl.create_default_context(cafile=HERE / "endpoint.crt")
