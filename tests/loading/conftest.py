"""Stores of others, each in a process of its own on loopback."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from kzlod.engine.base import Engine, Query
from kzlod.engine.pool import EmbeddedEngine, Limits
from kzlod.engine.remote import RemoteEngine
from kzlod.loading.held import holding_of
from kzlod.release.build import build_release
from kzlod.release.published import Release

OXIGRAPH = Path(sys.executable).parent / "oxigraph"
KZ = "https://w3id.org/kzlod/ontology#"
NEWS = "https://w3id.org/kzlod/id/graph/KAZ/news"
ONTOLOGY = "https://w3id.org/kzlod/id/graph/ontology"
PREFIXES = (
    f"PREFIX kzlod: <{KZ}> PREFIX id: <https://w3id.org/kzlod/id/> "
    "PREFIX owl: <http://www.w3.org/2002/07/owl#> "
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX dcterms: <http://purl.org/dc/terms/>\n"
)

# What engines must agree on: every form, every kind of data set, the parts of the language that we use.
QUERIES = [
    Query(PREFIXES + text, default, named)
    for text, default, named in [
        ("SELECT ?t WHERE { ?t a kzlod:Treaty }", (), ()),
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", (), ()),
        ("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g", (), ()),
        (f"SELECT (COUNT(*) AS ?n) FROM <{NEWS}> {{ ?s ?p ?o }}", (), ()),
        (f"SELECT (COUNT(*) AS ?n) FROM <{NEWS}> FROM <{ONTOLOGY}> {{ ?s ?p ?o }}", (), ()),
        (f"SELECT * FROM <{NEWS}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", (), ()),
        (f"SELECT * FROM NAMED <{NEWS}> {{ ?s ?p ?o }}", (), ()),
        (f"SELECT ?g ?s FROM NAMED <{NEWS}> {{ GRAPH ?g {{ ?s a kzlod:Treaty }} }}", (), ()),
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", (NEWS,), ()),
        ("SELECT * { GRAPH ?g { ?s ?p ?o } }", (NEWS,), ()),
        ("SELECT * { ?s ?p ?o }", (), (NEWS,)),
        ("SELECT ?g ?s { GRAPH ?g { ?s a kzlod:Treaty } }", (ONTOLOGY,), (NEWS,)),
        (f"SELECT (COUNT(*) AS ?n) FROM <{ONTOLOGY}> {{ ?s ?p ?o }}", (NEWS,), ()),
        ("SELECT * { ?s ?p ?o }", ("https://w3id.org/kzlod/id/graph/none",), ()),
        ("SELECT ?class ?label { ?class a owl:Class ; rdfs:label ?label } ORDER BY ?label", (), ()),
        ("SELECT ?title { ?d dcterms:title ?title FILTER (LANG(?title) = 'kk') }", (), ()),
        ("SELECT ?s ?x { ?s a kzlod:Treaty OPTIONAL { ?s owl:sameAs ?x } }", (), ()),
        ("SELECT DISTINCT ?c { ?s a/rdfs:subClassOf* ?c . ?s rdfs:label 'Treaty of A and B'@en }", (), ()),
        ("SELECT ?s { ?s a owl:Class MINUS { ?s rdfs:subClassOf ?x } }", (), ()),
        (
            "SELECT * { { SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(*) > 5) } }",
            (),
            (),
        ),
        ('SELECT ?a { VALUES ?a { "қ <&>" "tab\\tquote\\"" "ж"@kk 1 2.5 UNDEF } }', (), ()),
        ("SELECT ?l (STRLEN(?l) AS ?n) { id:treaty\\/a-b rdfs:label ?l }", (), ()),
        ("SELECT ?s { ?s kzlod:start ?n FILTER (?n + 1 = 14) }", (), ()),
        ("SELECT * { ?s kzlod:nothing ?o }", (), ()),
        ("ASK { ?s a kzlod:Treaty }", (), ()),
        ("ASK { ?s kzlod:nothing ?o }", (), ()),
        ("ASK { ?s a kzlod:Treaty }", (ONTOLOGY,), ()),
        ("CONSTRUCT { ?t rdfs:seeAlso ?l } WHERE { ?t a kzlod:Treaty ; rdfs:label ?l }", (), ()),
        ("CONSTRUCT WHERE { ?s kzlod:nothing ?o }", (), ()),
        (f"CONSTRUCT {{ ?s ?p ?o }} FROM <{NEWS}> WHERE {{ ?s ?p ?o }}", (), ()),
    ]
]


@pytest.fixture
def small(tiny: Path) -> Release:
    """A small release."""
    return build_release(tiny, tiny / "release", lambda step: None)[0]


@contextmanager
def oxigraph_server(folder: Path, *arguments: str) -> Iterator[str]:
    """The native server over a new store; yields its address without a path."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    location = ["--location", str(folder / "oxigraph"), "--bind", f"127.0.0.1:{port}"]
    command = [str(OXIGRAPH), "serve", *location, *arguments]
    with (folder / "oxigraph.log").open("w") as log, subprocess.Popen(command, stderr=log) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            answers(f"{address}/query", process)
            yield address
        finally:
            process.kill()


def answers(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Waits until an endpoint answers."""
    for _ in range(300):
        try:
            if httpx.get(url, params={"query": "ASK {}"}).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
        assert process.poll() is None, "the store did not start"
    raise AssertionError("the store does not answer")


@pytest.fixture
def oxigraph(tmp_path: Path) -> Iterator[str]:
    """A native Oxigraph server."""
    with oxigraph_server(tmp_path) as address:
        yield address


def ask(url: str, text: str) -> list[str]:
    """The first values of the rows that an endpoint answers."""
    response = httpx.post(url, data={"query": text}, headers={"Accept": "text/csv"})
    response.raise_for_status()
    return [line.strip('"') for line in response.text.splitlines()[1:]]


async def answer(engine: Engine, query: Query) -> object:
    """What an engine answers, to be compared: the order of rows counts where the query asks for one."""
    result = await engine.run(query, "test")
    try:
        body = b"".join([chunk async for chunk in result])
    finally:
        await result.aclose()
    if result.media_type == query.graph:
        return {str(quad) for quad in ox.parse(body, ox.RdfFormat.TURTLE)}
    found = ox.parse_query_results(body, ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    names = sorted(variable.value for variable in found.variables)  # that of SELECT * is nobody's
    rows = [[str(row[name]) for name in names] for row in found]
    return names, rows if "ORDER BY" in query.text else sorted(rows)


@pytest.fixture
def agree() -> Callable[[Release, str], None]:
    """Asserts that an endpoint answers every one of QUERIES as the embedded engine does."""

    def compare(release: Release, url: str) -> None:
        async def work() -> None:
            embedded = EmbeddedEngine(release.store_path, Limits(workers=1))
            remote = RemoteEngine(url, Limits(workers=1), holding=holding_of(release))
            async with asyncio.timeout(120), embedded, remote:
                for query in QUERIES:
                    assert await answer(remote, query) == await answer(embedded, query), query.text

        asyncio.run(work())

    return compare
