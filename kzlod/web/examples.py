"""The example queries: a list, a page for each with its result as a table, and the result as data.

`/examples/NAME` is the page, `/examples/NAME.csv` (.json, .tsv, .xml) the result, `/examples/NAME.rq` the
query. A parameter that is called like a column narrows the result to rows with that value.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from fastapi import Request
from fastapi.responses import Response
from pyoxigraph import BlankNode, Literal, NamedNode
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from kzlod.engine.base import EngineError, Query
from kzlod.web.clients import client_of
from kzlod.web.i18n import COOKIE, DEFAULT, Texts, choose_language_of, texts
from kzlod.web.names import Namer, Value
from kzlod.web.narrowing import columns, narrowed
from kzlod.web.problems import Problem, respond
from kzlod.web.render import error_page, page
from kzlod.web.responses import answer, page_answer
from kzlod.web.routing import Routes
from kzlod.web.state import Snapshot, web_of
from kzlod.web.streaming import collect

FORMATS = {"csv": "text/csv", "json": "application/sparql-results+json"} | {
    "tsv": "text/tab-separated-values",
    "xml": "application/sparql-results+xml",
}
"""The formats of results by the suffix of the address."""

SHOWN = 100
"""The most rows that the page of an example shows."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_RESULT = re.compile(rf"/examples/({_NAME.pattern})\.({'|'.join(FORMATS)})")
_PREVIEW_LIMIT = 4 * 2**20  # bytes
_OWN = {COOKIE}  # parameters that are no columns


@dataclass(frozen=True, slots=True)
class Example:
    """An example query: its name, its title, the text, its columns, and where it is edited."""

    name: str
    title: str
    description: str
    text: str
    columns: tuple[str, ...]

    @property
    def edit(self) -> str:
        """The query page's address with the query."""
        return query_address(self.text)


def query_address(text: str) -> str:
    """Where the query page shows a query."""
    return "/query?" + urlencode({"query": text})


@dataclass(frozen=True, slots=True)
class Table:
    """A result as shown: rows of cells (None: empty); `more`: there are more rows than these."""

    columns: tuple[str, ...]
    rows: list[list[Value | None]]
    more: bool


def read_examples(snapshot: Snapshot, language: str) -> list[Example]:
    """The queries that the manifest names, read from the release, with titles in a language."""
    folder = snapshot.release.path / "queries"
    listed = snapshot.reader.manifest.get("queries")
    if not isinstance(listed, list):
        listed = [{"file": path.name} for path in sorted(folder.glob("*.rq"))] if folder.is_dir() else []
    found = []
    for entry in listed:
        name = str(entry["file"]).removesuffix(".rq")
        file = folder / f"{name}.rq"
        if _NAME.fullmatch(name) and file.is_file():
            text, names = _read(file)
            title, description = (_said(entry.get(key), language) for key in ("title", "description"))
            found.append(Example(name, title or name, description, text, names))
    return found


@lru_cache(maxsize=1024)
def _read(file: Path) -> tuple[str, tuple[str, ...]]:
    """Text and columns of a query of a release, which never changes."""
    text = file.read_text("utf-8")
    return text, columns(text)


def _said(value: object, language: str) -> str:
    """A text of the manifest, which has one for all languages or one for each; empty when it has none."""
    if isinstance(value, Mapping):
        return str(value.get(language) or value.get(DEFAULT) or "")
    return str(value or "")


def examples(request: Request) -> Response:
    """The list of example queries."""
    snapshot, strings = web_of(request).snapshot(), texts(choose_language_of(request))
    etag = snapshot.etag(request.url.path, request.url.query, strings.language)

    def make() -> str:
        return page(request, "examples.html", strings, examples=read_examples(snapshot, strings.language))

    return page_answer(request, make, etag, strings.language)


def query_text(request: Request) -> Response:
    """An example query as text."""
    snapshot = web_of(request).snapshot()
    example = _example(snapshot, str(request.path_params["name"]), DEFAULT)
    etag = snapshot.etag("example", example.name)
    return answer(request, example.text.encode, "application/sparql-query; charset=utf-8", etag)


async def example_page(request: Request) -> Response:
    """One example query as a page with the first rows of its result."""
    try:
        snapshot, strings = web_of(request).snapshot(), texts(choose_language_of(request))
        name = str(request.path_params["name"]).removesuffix(".html")
        example = await run_in_threadpool(_example, snapshot, name, strings.language)
        chosen = _chosen(example, parse_qs(request.url.query, keep_blank_values=True))
        table, trouble = await _table(request, snapshot, strings, example, chosen)
        return await run_in_threadpool(_page, request, snapshot, strings, example, chosen, table, trouble)
    except Problem as problem:
        return await run_in_threadpool(respond, problem, request, error_page)


def _example(snapshot: Snapshot, name: str, language: str) -> Example:
    found = next((one for one in read_examples(snapshot, language) if one.name == name), None)
    if found is None:
        raise Problem(404, "There is no such example", extras={"nearest": "/examples"})
    return found


def _chosen(example: Example, parameters: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """The values of columns that the address names; Problem 400 when it names what is no column."""
    unknown = [name for name in parameters if name not in example.columns and name not in _OWN]
    if unknown:
        known = ", ".join(example.columns) or "none that are written out"
        raise Problem(400, "There is no such column", f"{unknown[0]!r} is none of the columns: {known}.")
    # A form sends its empty fields, too.
    given = {name: [value for value in parameters.get(name, ()) if value] for name in example.columns}
    return {name: values for name, values in given.items() if values}


async def _table(
    request: Request,
    snapshot: Snapshot,
    strings: Texts,
    example: Example,
    chosen: Mapping[str, Sequence[str]],
) -> tuple[Table | None, str]:
    """The first rows; or None, and what went wrong if anything did."""
    if not example.columns:
        return None, ""
    site = web_of(request).site
    query = Query(narrowed(example.text, chosen, SHOWN + 1), solutions=FORMATS["json"])
    try:
        client = client_of(request, site.settings.trusted_proxies)
        body = await collect(await snapshot.serving.engine.run(query, client), _PREVIEW_LIMIT)
    except EngineError as error:
        return None, str(error)
    if body is None:
        return None, ""
    rows = json.loads(body)["results"]["bindings"]
    namer = Namer(snapshot.reader, strings)

    def cells() -> list[list[Value | None]]:
        return [
            [result_value(namer, row[name]) if name in row else None for name in example.columns]
            for row in rows[:SHOWN]
        ]

    return Table(example.columns, await run_in_threadpool(cells), len(rows) > SHOWN), ""


def result_value(namer: Namer, term: Mapping[str, str]) -> Value:
    """A term of SPARQL results in JSON, as shown."""
    if term["type"] == "uri":
        return namer.thing(term["value"])
    if term["type"] == "bnode":
        return namer.value(BlankNode(term["value"]))
    if language := term.get("xml:lang"):
        return namer.value(Literal(term["value"], language=language))
    datatype = term.get("datatype")
    return namer.value(Literal(term["value"], datatype=NamedNode(datatype) if datatype else None))


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
            example=example,
            chosen={name: values[0] for name, values in chosen.items()},
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


class ExampleResults:
    """Answers `/examples/NAME.csv` and the like as the endpoint answers the query; ASGI."""

    def __init__(self, endpoint: ASGIApp) -> None:
        """Takes the SPARQL endpoint."""
        self._endpoint = endpoint

    @staticmethod
    def matches(scope: Scope) -> bool:
        """Whether a request is for the result of an example."""
        return (
            scope["type"] == "http"
            and scope["method"] in ("GET", "HEAD")
            and _RESULT.fullmatch(scope["path"]) is not None
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets the endpoint answer the query that is meant, in the format that the suffix names."""
        request = Request(scope, receive)
        name, suffix = _RESULT.fullmatch(scope["path"]).groups()  # type: ignore[union-attr] # it matches
        try:
            text = await run_in_threadpool(self._query, request, name)
        except Problem as problem:
            response = await run_in_threadpool(respond, problem, request, error_page)
            await response(scope, receive, send)
            return
        scope["query_string"] = urlencode({"query": text, "format": FORMATS[suffix]}).encode()
        await self._endpoint(scope, receive, send)

    @staticmethod
    def _query(request: Request, name: str) -> str:
        example = _example(web_of(request).snapshot(), name, DEFAULT)
        chosen = _chosen(example, parse_qs(request.url.query, keep_blank_values=True))
        return narrowed(example.text, chosen) if chosen else example.text


ROUTES: Routes = [("/examples", examples), ("/examples/{name}.rq", query_text)]
PAGES: Sequence[tuple[str, Any]] = [("/examples/{name}", example_page)]
