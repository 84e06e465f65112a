"""A SPARQL endpoint on loopback that behaves well until a test tells it otherwise, and an engine over it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pyoxigraph as ox

from kzlod.engine.base import Query
from kzlod.engine.pool import Limits
from kzlod.engine.remote import RemoteEngine
from kzlod.engine.survey import Holding

EX = "http://example.org/"
MARKED = "SELECT ?s { ?s ?p ?o } # MARK"
JSON = "application/sparql-results+json"
NT = "application/n-triples"

Form = dict[str, list[str]]
Script = Callable[[Form, asyncio.StreamWriter], Awaitable[bool]]
"""Answers a request by itself and says so, or leaves it to the endpoint (False)."""


@dataclass
class Scripted:
    """The endpoint: a store, a limit of rows (None: none), and what it does beside answering."""

    store: ox.Store = field(default_factory=ox.Store)
    row_limit: int | None = None
    tells_limit: bool = False
    script: Script | None = None
    forms: list[Form] = field(default_factory=list)
    url: str = ""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client has closed its connection."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
                form = parse_qs((await reader.readexactly(length)).decode())
                self.forms.append(form)
                watching = asyncio.create_task(self._watch(reader))
                try:
                    if self.script is None or not await self.script(form, writer):
                        writer.write(self._answer(form))
                        await writer.drain()
                finally:
                    if not self.left.is_set():
                        watching.cancel()
                if writer.is_closing():
                    break

    async def _watch(self, reader: asyncio.StreamReader) -> None:
        """Nothing more comes before the answer: an end, or a reset, means that the client has gone."""
        while not reader.at_eof() and reader.exception() is None:
            await asyncio.sleep(0.01)
        self.left.set()

    def _answer(self, form: Form) -> bytes:
        """What a store answers, in JSON or N-Triples, cut at the limit."""
        default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph]
        named: list[ox.NamedNode | ox.BlankNode]
        default = [ox.NamedNode(iri) for iri in form.get("default-graph-uri", [])]
        named = [ox.NamedNode(iri) for iri in form.get("named-graph-uri", [])]
        text = form["query"][0]
        if default or named:
            results = self.store.query(text, default_graph=default, named_graphs=named)
        else:
            results = self.store.query(text)
        headers = {}
        if isinstance(results, ox.QuerySolutions) and self.row_limit is not None:
            is_cut = sum(1 for _ in results) > self.row_limit
            results = self.store.query(text)
            if is_cut:
                results = self.store.query(f"SELECT * {{ {{ {text}\n }} }} LIMIT {self.row_limit}")
                if self.tells_limit:
                    headers = {"X-SPARQL-MaxRows": str(self.row_limit)}
        if isinstance(results, ox.QueryTriples):
            lines = [f"{triple} .\n" for triple in results][: self.row_limit]
            return framed("".join(lines).encode(), "application/n-triples", headers)
        body = results.serialize(format=ox.QueryResultsFormat.JSON) or b""
        return framed(body, "application/sparql-results+json", headers)


def framed(
    body: bytes, media_type: str = "", headers: dict[str, str] | None = None, status: str = "200 OK"
) -> bytes:
    """A whole answer with its length."""
    fields = {"Content-Length": str(len(body)), **(headers or {})}
    if media_type:
        fields["Content-Type"] = media_type
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def says(answer: bytes, only: str = "MARK", close: bool = False) -> Script:
    """A script that sends these bytes in answer to the queries that contain a word."""

    async def script(form: Form, writer: asyncio.StreamWriter) -> bool:
        if only not in form["query"][0]:
            return False
        writer.write(answer)
        await writer.drain()
        if close:
            writer.close()
        return True

    return script


@asynccontextmanager
async def running(endpoint: Scripted) -> AsyncIterator[Scripted]:
    """The endpoint while it listens."""
    connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(endpoint.serve(reader, writer))
        connections[task] = writer
        task.add_done_callback(lambda _: writer.close())

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    endpoint.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/sparql"
    try:
        yield endpoint
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        for writer in connections.values():
            writer.transport.abort()
        await asyncio.sleep(0)


def store(triples: int = 3) -> ox.Store:
    """A store with so many triples, the first in a graph, too."""
    made = ox.Store()
    nodes = [ox.NamedNode(f"{EX}{number}") for number in range(triples)]
    made.extend(ox.Quad(node, ox.NamedNode(f"{EX}p"), ox.Literal(f"ә<&{node.value}")) for node in nodes)
    made.add(ox.Quad(nodes[0], ox.NamedNode(f"{EX}p"), ox.Literal("g"), ox.NamedNode(f"{EX}g")))
    return made


def within(work: Coroutine[Any, Any, None]) -> None:
    """Runs a test's coroutine; a test that hangs fails."""

    async def run() -> None:
        async with asyncio.timeout(30):
            await work

    asyncio.run(run())


async def whole(engine: RemoteEngine, query: Query | str, client: str = "c") -> bytes:
    result = await engine.run(query if isinstance(query, Query) else Query(query), client)
    try:
        return b"".join([chunk async for chunk in result])
    finally:
        await result.aclose()


@asynccontextmanager
async def engine_over(
    endpoint: Scripted, limits: Limits | None = None, holding: Holding | None = None
) -> AsyncIterator[RemoteEngine]:
    async with running(endpoint), RemoteEngine(endpoint.url, limits, holding=holding) as engine:
        yield engine
        while engine._turns.counts() != (0, 0):  # the time limit of the test ends this
            await asyncio.sleep(0.01)


def rows(count: int) -> bytes:
    """A table in JSON with so many rows."""
    row = b'{"s":{"type":"uri","value":"http://example.org/%d"}}'
    return b'{"head":{"vars":["s"]},"results":{"bindings":[%s]}}' % b",".join(
        row % number for number in range(count)
    )
