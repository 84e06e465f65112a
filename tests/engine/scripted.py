"""A SPARQL endpoint on loopback that behaves well until a test tells it otherwise."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import pyoxigraph as ox

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
        """Nothing more comes before the answer: an end means that the client has gone."""
        while not reader.at_eof():
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
