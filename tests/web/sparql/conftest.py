"""A real server with the SPARQL endpoint over a small store."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.routing import Route

from kzlod.engine.pool import EmbeddedEngine
from kzlod.web.settings import Settings
from kzlod.web.site import Site
from kzlod.web.sparql import sparql_endpoint

EX = "http://example.org/"
VALUE = 'қ "2"\n,\t<&>'


@dataclass(frozen=True)
class Release:
    id: str
    path: Path
    store_path: Path
    manifest: dict[str, Any]


@dataclass(frozen=True)
class Live:
    """A running server, and the rows of `SELECT ?s ?o { ?s ex:p ?o } ORDER BY ?s` on it."""

    port: int
    site: Site
    client: httpx.Client
    loop: asyncio.AbstractEventLoop
    rows: list[tuple[str, str]]

    def query(self, text: str, accept: str | None = None, **parameters: str) -> httpx.Response:
        headers = {"Accept": accept} if accept else {}
        return self.client.get("/sparql", params={"query": text, **parameters}, headers=headers)

    def raw(self, data: bytes) -> bytes:
        """Everything that the server sends until it closes the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(data)
            received = b""
            while part := connection.recv(65536):
                received += part
            return received


def make_store(path: Path, value: str) -> Path:
    store = ox.Store(str(path))
    for graph, subject, text in [("g1", "a", "один"), ("g2", "b", value)]:
        triple = (ox.NamedNode(EX + subject), ox.NamedNode(f"{EX}p"), ox.Literal(text, language="kk"))
        store.add(ox.Quad(*triple, ox.NamedNode(EX + graph)))
        store.add(ox.Quad(*triple))
    many = ox.NamedNode(f"{EX}many")
    store.extend(ox.Quad(ox.NamedNode(f"{EX}n{n}"), many, ox.Literal(n)) for n in range(1000))
    store.flush()
    return path


@pytest.fixture(scope="session")
def make_second() -> Callable[[Path], tuple[Release, str]]:
    """Makes another release in a folder; gives it, and the value that tells it from the first."""

    def make(folder: Path) -> tuple[Release, str]:
        value = "жаңа"
        return Release("1.1.0-def", folder, make_store(folder / "second", value), {}), value

    return make


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("live")
    store = make_store(folder / "store", VALUE)
    settings = Settings(query_timeout=2, queue=4, public_url="https://data.example/kz", body_limit=100_000)
    engine = EmbeddedEngine(store, settings.engine_limits())
    site = Site(Release("1.0.0-abc", folder, store, {"kind": "release"}), engine, settings)

    loops: list[asyncio.AbstractEventLoop] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        loops.append(asyncio.get_running_loop())
        async with engine:
            yield

    app = FastAPI(lifespan=lifespan)
    endpoint = sparql_endpoint(site, editor="/query")
    app.router.routes.extend(Route(path, endpoint) for path in ("/sparql", "/sparql/"))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    port = listening.getsockname()[1]
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.01)
            yield Live(port, site, client, loops[0], [(f"{EX}a", "один"), (f"{EX}b", VALUE)])
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()
