"""The example queries: a list, a page for each with its result as a table, and the result as data.

`/examples/NAME` is the page, or the result if `Accept` prefers it; `/examples/NAME.csv` (.json, .tsv, .xml)
is the result, `/examples/NAME.rq` the query. A parameter that is called like a column narrows the result to
rows with that value.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from fastapi import Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kzlod.engine.base import EngineError, Kind, Query
from kzlod.engine.formats import of_kind
from kzlod.web.addresses import encode
from kzlod.web.bindings import Cells, Row
from kzlod.web.clients import client_of
from kzlod.web.i18n import COOKIE, DEFAULT, Texts, choose_language_of, texts
from kzlod.web.names import Namer
from kzlod.web.narrowing import narrowed
from kzlod.web.negotiation import choose
from kzlod.web.problems import Problem, respond
from kzlod.web.render import error_page, page
from kzlod.web.responses import PAGE_VARY, answer, page_answer, redirect
from kzlod.web.routing import Routes
from kzlod.web.sharing import PARAMETER, shorten
from kzlod.web.state import Snapshot, web_of
from kzlod.web.stored import NAME, Example, by_topic, find_example
from kzlod.web.streaming import collect
from kzlod.web.tables import Column, Table, absent, asked_for, codes, column

FORMATS = {"csv": "text/csv", "json": "application/sparql-results+json"} | {
    "tsv": "text/tab-separated-values",
    "xml": "application/sparql-results+xml",
}
"""The formats of results by the suffix of the address."""

SHOWN = 100
"""The most rows that the page of an example shows."""

ALIASES = {alias: one.media_type for one in of_kind(Kind.SOLUTIONS) for alias in one.media_types[1:]}
"""Types that clients also send for a format (the endpoint takes the same), and the type that each means."""

_SUFFIX = {media_type: suffix for suffix, media_type in FORMATS.items()}
_OFFERS = ("text/html", *_SUFFIX, *ALIASES)
_RESULT = re.compile(rf"/examples/({NAME.pattern})(?:\.({'|'.join(FORMATS)}))?")
_PREVIEW_LIMIT = 8 * 2**20  # bytes
_OWN = {COOKIE}  # parameters that are no columns


def examples(request: Request) -> Response:
    """The list of example queries, by topic."""
    snapshot, strings = web_of(request).snapshot(), texts(choose_language_of(request))
    etag = snapshot.etag(request.url.path, request.url.query, strings.language)

    def make() -> str:
        topics = by_topic(snapshot, strings.language, strings("examples.other"))
        return page(request, "examples.html", strings, topics=topics)

    return page_answer(request, make, etag, strings.language)


def query_text(request: Request) -> Response:
    """An example query as text."""
    snapshot = web_of(request).snapshot()
    example = find_example(snapshot, str(request.path_params["name"]), DEFAULT)
    etag = snapshot.etag("example", example.name)
    return answer(request, example.text.encode, "application/sparql-query; charset=utf-8", etag)


async def example_page(request: Request) -> Response:
    """One example query as a page with the first rows of its result."""
    try:
        snapshot, strings = web_of(request).snapshot(), texts(choose_language_of(request))
        asked = str(request.path_params["name"])
        example = await run_in_threadpool(_as_written, snapshot, asked, strings.language)
        name = example.name
        given = _given(request)
        chosen = _chosen(example, given)
        if name == asked and _preferred(request.scope) is None:
            raise _not_acceptable(name)
        if any(value == "" for values in given.values() for value in values):  # a form sends its empty fields
            return redirect(_without_blanks(request.url.path, given), vary=PAGE_VARY)
        table, trouble = await _table(request, snapshot, strings, example, chosen)
        return await run_in_threadpool(_page, request, snapshot, strings, example, chosen, table, trouble)
    except Problem as problem:
        return await run_in_threadpool(respond, problem, request, error_page)


def _preferred(scope: Scope) -> str | None:
    """The media type that `Accept` prefers of a page and the formats of results; None when it takes none."""
    accept = b",".join(value for name, value in scope["headers"] if name == b"accept").decode("latin-1")
    chosen = choose(accept or None, _OFFERS)
    return ALIASES.get(chosen, chosen) if chosen else None


def _not_acceptable(name: str) -> Problem:
    """406 with what there is of an example."""
    return Problem(
        406,
        "Not available in the format asked for",
        "The query exists as a page, and its result in the formats listed.",
        extras={
            "formats": _formats(name),
            "message": "not_acceptable",
        },
        headers={"Vary": PAGE_VARY},
    )


def _as_written(snapshot: Snapshot, asked: str, language: str) -> Example:
    """The query that the last step of an address means; Problem 404 if none, or if it has no such format."""
    name = asked.removesuffix(".html")
    before, dot, _ = name.partition(".")
    try:
        return find_example(snapshot, name, language)
    except Problem:
        if dot and find_example(snapshot, before, language):
            suffixes = ("html", *FORMATS, "rq")
            values = {"query": before, "known": ", ".join(f".{one}" for one in suffixes)}
            extras = {"nearest": f"/examples/{before}", "formats": _formats(before)}
            raise Problem.of(404, "no_suffix", values, extras=extras) from None
        raise


def _formats(name: str) -> list[dict[str, str]]:
    """The types in which there is an example, each with its address."""
    suffixes = {"text/html": "html", **_SUFFIX}
    return [
        {"type": media_type, "address": f"/examples/{name}.{suffix}"}
        for media_type, suffix in suffixes.items()
    ]


def _given(request: Request) -> dict[str, list[str]]:
    """The parameters of the address; Problem 400 when they are no text in UTF-8."""
    try:
        given = parse_qs(request.url.query, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise Problem.of(400, "address_not_utf8") from None
    if any("\0" in text for name, values in given.items() for text in (name, *values)):
        raise Problem.of(400, "no_text")
    return given


def _chosen(example: Example, parameters: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """The values of columns that the address names; Problem 400 when it names what is no column."""
    unknown = [name for name in parameters if name not in example.columns and name not in _OWN]
    if unknown:
        known = ", ".join(example.columns) or "–"
        raise Problem.of(400, "no_column", {"name": unknown[0], "known": known})
    given = {name: [value for value in parameters.get(name, ()) if value] for name in example.columns}
    return {name: values for name, values in given.items() if values}


def _without_blanks(path: str, given: Mapping[str, Sequence[str]]) -> str:
    """The address with those parameters only that have a value."""
    kept = {name: some for name, values in given.items() if (some := [value for value in values if value])}
    return f"{quote(path)}?{urlencode(kept, doseq=True)}" if kept else quote(path)


async def _table(
    request: Request,
    snapshot: Snapshot,
    strings: Texts,
    example: Example,
    chosen: Mapping[str, Sequence[str]],
) -> tuple[Table | None, str]:
    """The first of the rows asked for; or None, and what went wrong if anything did.

    The whole result is read, so that the values of a column can be offered; of one that is too large the
    engine is asked a second time, for the rows that are shown.
    """
    if not example.columns:
        return None, ""
    try:
        rows = await _rows(request, snapshot, example.text)
        whole = rows is not None
        if rows is None:
            rows = await _rows(request, snapshot, narrowed(example.text, chosen, SHOWN + 1)) or []
    except EngineError as error:
        return None, str(error)
    namer = Namer(snapshot.reader, strings)

    def made() -> Table:
        found = asked_for(rows, chosen) if whole else rows
        of = Cells(snapshot.reader, namer, rows, example.columns)
        cells = [
            [of.cell(name, row[name]) if name in row else None for name in example.columns]
            for row in found[:SHOWN]
        ]
        offered = [
            column(rows, name, of.cell, strings.order) if whole else Column(name) for name in example.columns
        ]
        more, total = len(found) > SHOWN, len(rows) if whole else None
        missing = absent(rows, chosen, of.cell, strings.order) if whole else []
        return Table(
            tuple(offered), cells, len(found), more, total, codes(rows, example.columns), tuple(missing)
        )

    return await run_in_threadpool(made), ""


async def _rows(request: Request, snapshot: Snapshot, text: str) -> list[Row] | None:
    """The solutions of a query; None when they take too much room. Raises EngineError."""
    client = client_of(request, web_of(request).site.settings.trusted_proxies)
    query = Query(text, solutions=FORMATS["json"])
    body = await collect(await snapshot.serving.engine.run(query, client), _PREVIEW_LIMIT)
    if body is None:
        return None
    found: list[Row] = json.loads(body)["results"]["bindings"]
    return found


def _page(
    request: Request,
    snapshot: Snapshot,
    strings: Texts,
    example: Example,
    chosen: Mapping[str, Sequence[str]],
    table: Table | None,
    trouble: str,
) -> Response:
    public = web_of(request).site.settings.public_url.rstrip("/")
    narrowing = "?" + urlencode(chosen, doseq=True) if chosen else ""
    address = f"{public}/examples/{quote(example.name)}"

    def make() -> str:
        return page(
            request,
            "example.html",
            strings,
            address=f"/examples/{quote(example.name)}{narrowing}",
            example=example,
            chosen={name: values[0] for name, values in chosen.items()},
            edit=_edit(example, chosen),
            table=table,
            trouble=trouble,
            formats=[(suffix.upper(), f"/examples/{example.name}.{suffix}{narrowing}") for suffix in FORMATS],
            csv=f"{address}.csv{narrowing}",
        )

    if trouble:  # it may be over the next time
        text = make()
        return Response(text, 200, {"Cache-Control": "no-store"}, "text/html; charset=utf-8")
    etag = snapshot.etag(request.url.path, request.url.query, strings.language)
    return page_answer(request, make, etag, strings.language)


def _edit(example: Example, chosen: Mapping[str, Sequence[str]]) -> str:
    """The query page's address with the query as it is narrowed."""
    if not chosen:
        return example.edit
    return "/query?" + urlencode({PARAMETER: shorten(narrowed(example.query, chosen))})


class ExampleResults:
    """Answers `/examples/NAME.csv` and the like as the endpoint answers the query; ASGI."""

    def __init__(self, endpoint: ASGIApp) -> None:
        """Takes the SPARQL endpoint."""
        self._endpoint = endpoint

    @staticmethod
    def matches(scope: Scope) -> bool:
        """Whether a request is for the result of an example, by its suffix or by `Accept`."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return False
        found = _RESULT.fullmatch(scope["path"])
        return found is not None and (found[2] is not None or _preferred(scope) in _SUFFIX)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets the endpoint answer the query that is meant, in the format that suffix or `Accept` name."""
        request = Request(scope, receive)
        name, suffix = _RESULT.fullmatch(scope["path"]).groups()  # type: ignore[union-attr] # it matches
        media_type = FORMATS[suffix] if suffix else str(_preferred(scope))
        try:
            text = await run_in_threadpool(self._query, request, name)
        except Problem as problem:
            response = await run_in_threadpool(respond, problem, request, error_page)
            await response(scope, receive, send)
            return
        place = f"/examples/{name}.{_SUFFIX[media_type]}"
        if query := scope["query_string"].decode("latin-1"):
            place += f"?{query}"
        scope["query_string"] = urlencode({"query": text, "format": media_type}).encode()

        async def placed(message: Message) -> None:
            if not suffix and message["type"] == "http.response.start" and message["status"] in (200, 304):
                headers = [*message["headers"], (b"content-location", encode(place).encode())]
                message = {**message, "headers": headers}
            await send(message)

        await self._endpoint(scope, receive, placed)

    @staticmethod
    def _query(request: Request, name: str) -> str:
        example = find_example(web_of(request).snapshot(), name, DEFAULT)
        chosen = _chosen(example, _given(request))
        return narrowed(example.text, chosen) if chosen else example.text


ROUTES: Routes = [("/examples", examples), ("/examples/{name}.rq", query_text)]
PAGES: Sequence[tuple[str, Any]] = [("/examples/{name}", example_page)]
