"""The SPARQL endpoint: SPARQL 1.1 Protocol for queries, and the service description."""

import asyncio
import hashlib
import re
from collections.abc import Coroutine, Mapping
from functools import lru_cache
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from kzlod.engine.base import (
    EngineError,
    EngineFailed,
    Kind,
    Malformed,
    NotAcceptable,
    Overloaded,
    Query,
    Refused,
    Result,
    ServiceFailed,
    TimedOut,
    TooExpensive,
    WholeResult,
)
from kzlod.engine.cache import is_repeatable
from kzlod.engine.formats import find
from kzlod.engine.guard import undeclared_prefix
from kzlod.namespaces import PREFIXES
from kzlod.web import protocol
from kzlod.web.clients import client_of
from kzlod.web.cycle import Fields
from kzlod.web.negotiation import choose
from kzlod.web.observing import note, query_hash
from kzlod.web.problems import Problem, Render, respond
from kzlod.web.service_description import FORMATS_OFFERED, serialise, service_description
from kzlod.web.site import Serving, Site
from kzlod.web.streaming import OLD_CLIENT_LIMIT, StreamedResult, client_left, collect

_MOMENT = 0.05  # seconds
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_ALLOW = ", ".join(METHODS)
_CORS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"KZLOD-Release, ETag, Retry-After, Link"),
]
_SECURE = ((b"vary", b"Accept"), (b"x-content-type-options", b"nosniff"))
_COMMON: Fields = (*_SECURE, (b"cache-control", b"no-store"))
_REPEATABLE = (*_SECURE, (b"cache-control", b"no-cache"))
_PREFLIGHT = {
    "Access-Control-Allow-Methods": _ALLOW,
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


def sparql_endpoint(
    site: Site, *, path: str = "/sparql", editor: str | None = None, render: Render | None = None
) -> ASGIApp:
    """The endpoint, an ASGI application, which is at `path`.

    `editor` is where a browser is sent that opens the endpoint without a query (None: it gets Turtle);
    `render` makes the page of an error for a browser.
    """
    return _Endpoint(site, path, editor, render)


class _Whole(Response):
    """An answer of known length; made for every small result, so without detours."""

    def __init__(self, body: bytes, media_type: str, fields: Fields) -> None:
        self.body, self.status_code, self.background = body, 200, None
        self.raw_headers = [
            *fields,
            (b"content-type", media_type.encode("latin-1")),
            (b"content-length", b"%d" % len(body)),
        ]


class _Unchanged(Response):
    """The answer to a client that has the result already."""

    def __init__(self, fields: Fields) -> None:
        self.body, self.status_code, self.background = b"", 304, None
        self.raw_headers = [*fields]


class _Endpoint:
    """One endpoint; keeps the names of the graphs of the release that is served."""

    def __init__(self, site: Site, path: str, editor: str | None, render: Render | None) -> None:
        self._site, self._path, self._editor, self._render = site, path, editor, render
        self._graphs: tuple[Serving, tuple[str, ...]] | None = None
        self._address = site.settings.public_url.rstrip("/") + path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The endpoint as an ASGI application; an error of ours is answered, and raised for the log."""
        request = Request(scope, receive, send)
        try:
            response = await self.handle(request)
        except Exception:
            problem = Problem.of(500, "server_error")
            await respond(problem, request, self._render)(scope, receive, send)
            raise
        await response(scope, receive, send)

    async def handle(self, request: Request) -> Response:
        """Any request to the endpoint."""
        serving = self._site.current()
        try:
            with serving.held():
                response = await self._answer(request, serving)
        except Problem as problem:
            response = respond(problem, request, self._render)
        except ClientDisconnect:
            note(request.scope, outcome="client-gone")
            response = Response(status_code=499)
        except EngineError as error:
            note(request.scope, outcome=error.outcome)
            response = respond(_problem(error), request, self._render)
        given = {name for name, _ in response.raw_headers}
        named = (*_CORS, (b"kzlod-release", serving.release_id.encode()))
        response.raw_headers = [*response.raw_headers, *(field for field in named if field[0] not in given)]
        return response

    async def _answer(self, request: Request, serving: Serving) -> Response:
        query_string = request.scope["query_string"]
        if request.method in ("GET", "HEAD"):
            operation = protocol.read_get(query_string)
            if not isinstance(operation, protocol.Operation):
                return await self._describe(request, serving, operation)
        elif request.method == "POST":
            body = await self._body(request)
            operation = protocol.read_post(query_string, request.headers.get("content-type"), body)
        elif request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": _ALLOW, **_PREFLIGHT})
        else:
            raise Problem.of(405, "method", {"known": _ALLOW}, headers={"Allow": _ALLOW})
        name = query_hash(operation.query)
        note(request.scope, query=name)
        query = protocol.wanted(operation, _accept(request), PREFIXES, self._address)
        fields = _COMMON
        if request.method != "POST" and serving.release is not None and is_repeatable(query.text):
            tag = _tag(query, name, serving)
            fields = (*_REPEATABLE, (b"etag", tag))
            tags = _tags(request)
            if tag in tags:
                note(request.scope, outcome="ok")
                return _Unchanged(fields)
            if b"*" in tags:  # any result will do, but there must be one
                response = await self._run(request, serving, query, fields)
                if isinstance(response, StreamedResult):
                    await response.drop()
                return _Unchanged(fields) if response.status_code == 200 else response
        return await self._run(request, serving, query, fields)

    async def _run(self, request: Request, serving: Serving, query: Query, fields: Fields) -> Response:
        """Runs the query until its first bytes are there, and prepares the answer that sends them."""
        settings = self._site.settings
        client = client_of(request, settings.trusted_proxies)
        try:
            result = await _unless_gone(request, serving.engine.run(query, client))
        except Malformed as error:
            note(request.scope, outcome=error.outcome)
            raise _syntax_problem(error, query.text) from error
        except NotAcceptable as error:
            note(request.scope, outcome=error.outcome)
            nothing = not any((query.solutions, query.boolean, query.graph))
            raise protocol.not_acceptable(*(Kind if nothing else (error.kind,))) from error
        if result is None:
            note(request.scope, outcome="client-gone")
            return Response(status_code=499)
        kept = isinstance(result, WholeResult) and result.kept
        note(request.scope, outcome="ok", cache="hit" if kept else "miss")
        media_type = _content_type(result.media_type)
        if isinstance(result, WholeResult):
            return _Whole(b"".join(result.chunks), media_type, fields)
        if request.scope.get("http_version") == "1.0" and request.method != "HEAD":
            # Without chunks a client could not tell a result cut short from a whole one: it needs a length.
            body = await collect(result, OLD_CLIENT_LIMIT)
            if body is None:
                raise Problem.of(505, "old_client")
            return _Whole(body, media_type, fields)
        return StreamedResult(result, media_type, fields, settings.read_stall)

    async def _body(self, request: Request) -> bytes:
        """The request's body; raises a Problem when it is too large or comes too slowly."""
        settings = self._site.settings
        too_large = Problem.of(413, "too_large", {"most": settings.body_limit}, slug="/problems/request")
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length) > settings.body_limit:
            raise too_large
        body = bytearray()
        try:
            async with asyncio.timeout(settings.read_stall):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > settings.body_limit:
                        raise too_large
        except TimeoutError:
            raise Problem.of(408, "too_slow") from None
        return bytes(body)

    async def _describe(self, request: Request, serving: Serving, name: str | None) -> Response:
        """The service description; a browser is sent to the editor."""
        offers = tuple(FORMATS_OFFERED)
        if name is None:
            browser = ("text/html",) if self._editor else ()
            media_type = choose(_accept(request), (*offers, *browser))
        else:
            media_type = _named(name)
        if media_type is None:
            raise Problem.of(406, "no_format", extras={"available": list(offers)})
        if media_type == "text/html":
            return RedirectResponse(self._editor or "", 303, headers={"Vary": "Accept"})
        settings = self._site.settings
        # A file that is served as it is has the default graph that it states.
        union = serving.release is not None and serving.release.manifest.get("kind") == "release"
        triples = service_description(
            self._address,
            await self._graph_names(serving),
            union=union,
            federation=bool(settings.federation),
        )
        return Response(
            serialise(triples, media_type),
            headers={
                "Content-Type": _content_type(media_type),
                "Vary": "Accept",
                "Cache-Control": "no-cache",
                "X-Content-Type-Options": "nosniff",
            },
        )

    async def _graph_names(self, serving: Serving) -> tuple[str, ...]:
        """The named graphs that there are, asked of the engine once a release."""
        if self._graphs is None or self._graphs[0] is not serving:
            # A graph may be named by a blank node, which nobody can ask for by name.
            text = "SELECT DISTINCT ?g { GRAPH ?g {} FILTER(ISIRI(?g)) }"
            query = Query(text, solutions="text/tab-separated-values")
            body = await collect(await serving.engine.run(query, "service-description"), OLD_CLIENT_LIMIT)
            lines = (body or b"").decode().split("\n")[1:-1]
            self._graphs = (serving, tuple(line[1:-1] for line in lines))
        return self._graphs[1]


async def _unless_gone(request: Request, running: Coroutine[Any, Any, Result]) -> Result | None:
    """The result that is being awaited; None, and the query ended, when the client leaves before.

    Whether the client is there is asked only when the answer takes a moment.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    leaving: list[asyncio.Task[None]] = []

    def left(_: object) -> None:
        if task is not None and leaving:
            task.cancel()

    def watch() -> None:
        leaving.append(loop.create_task(client_left(request.receive)))
        leaving[0].add_done_callback(left)

    timer = loop.call_later(_MOMENT, watch)
    try:
        return await running
    except asyncio.CancelledError:
        if task is None or not leaving or not leaving[0].done():
            raise
        task.uncancel()
        return None
    finally:
        timer.cancel()
        if leaving:
            watching = leaving.pop()
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


def _accept(request: Request) -> str | None:
    values = [value for name, value in request.scope["headers"] if name == b"accept"]
    return b",".join(values).decode("latin-1") if values else None


def _named(name: str) -> str | None:
    """The media type of the description for a value of `format`."""
    found = find(name, Kind.GRAPH)
    return found.media_type if found else None


def _tag(query: Query, name: str, serving: Serving) -> bytes:
    """The entity tag of a query's result: a release never changes, so the same query has the same result.

    `name` is the hash of its text. Weak: the same solutions, in an order that the engine may choose anew.
    """
    types = (query.solutions, query.boolean, query.graph)
    rest = _rest(serving.release_id, query.base_iri, query.default_graphs, query.named_graphs, types)
    return b'W/"%b-%b"' % (name.encode(), rest)


@lru_cache(maxsize=256)
def _rest(*parts: object) -> bytes:
    """A hash of what a result depends on besides the query's text."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16].encode()


def _tags(request: Request) -> set[bytes]:
    """The entity tags of `If-None-Match`, all written as weak ones (as for GET), or `*`."""
    values = [value.strip() for name, value in request.scope["headers"] if name == b"if-none-match"]
    if values == [b"*"]:
        return {b"*"}
    return {b"W/" + tag for tag in re.findall(rb'"[^"]*"', b",".join(values))} if values else set()


def _content_type(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _syntax_problem(error: Malformed, text: str) -> Problem:
    """Where and why the query is no SPARQL; an undeclared prefix is named, which the parser does not do."""
    undeclared = undeclared_prefix(text)
    if undeclared:
        prefix, line, column = undeclared
        values = {"prefix": prefix, "line": line, "column": column}
        extras = {"line": line, "column": column}
        return Problem.of(400, "undeclared_prefix", values, slug="/problems/syntax", extras=extras)
    where = f"Line {error.line}, column {error.column}: " if error.line else ""
    return _malformed(f"{where}{error}", error.line, error.column)


def _malformed(detail: str, line: int | None, column: int | None) -> Problem:
    place = {"line": line, "column": column} if line else {}
    return Problem(400, "Malformed query", detail, "/problems/syntax", place)


def _problem(error: EngineError) -> Problem:
    """The problem that stands for an engine's error."""
    match error:
        case Malformed():
            return _malformed(str(error), error.line, error.column)
        case Refused():
            return Problem(400, "Query refused", str(error), "/problems/refused")
        case TooExpensive():
            return Problem(400, "Query too expensive", str(error), "/problems/too-expensive")
        case NotAcceptable():
            return protocol.not_acceptable(error.kind)
        case Overloaded():
            return _unavailable("Overloaded", str(error), "/problems/overloaded", error.retry_after)
        case TimedOut():
            return Problem(504, "Query timed out", str(error), "/problems/timeout")
        case ServiceFailed():
            return Problem(502, "Federation failed", str(error), "/problems/federation")
        case EngineFailed():
            return _unavailable("Engine failed", str(error), "/problems/engine", 1)
        case _:
            return Problem(500, "Engine error", str(error), "/problems/engine")


def _unavailable(title: str, detail: str, slug: str, seconds: int) -> Problem:
    headers: Mapping[str, str] = {"Retry-After": str(seconds)}
    return Problem(503, title, detail, slug, headers=headers)
