"""Queries with SERVICE, answered by the embedded engine and an endpoint on loopback."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyoxigraph as ox
import pytest

from kzlod.engine.base import (
    Engine,
    EngineError,
    Kind,
    Malformed,
    Query,
    Refused,
    Result,
    ServiceFailed,
    TooExpensive,
    WholeResult,
)
from kzlod.engine.cache import CachingEngine
from kzlod.engine.pool import EmbeddedEngine
from kzlod.federation.client import CheckedClient, FederationLimits
from kzlod.federation.engine import FederatingEngine
from kzlod.syntax import diagnose

if TYPE_CHECKING:
    from tests.federation.conftest import Remote

EX = "http://example.org/"


@pytest.fixture(scope="module")
def store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("federation") / "store"
    store = ox.Store(str(path))
    store.extend(
        ox.Quad(ox.NamedNode(f"{EX}n{number}"), ox.NamedNode(f"{EX}size"), ox.Literal(number))
        for number in range(3)
    )
    store.flush()
    return path


class Recording:
    """An engine that keeps the queries it gets and answers `ok`."""

    def __init__(self) -> None:
        self.queries: list[Query] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def drained(self) -> None:
        pass

    async def run(self, query: Query, client: str) -> Result:
        self.queries.append(query)
        return WholeResult(Kind.SOLUTIONS, "text/csv", (b"ok",))


def federating(engine: Engine, *endpoints: str, **limits: Any) -> FederatingEngine:
    client = CheckedClient(endpoints, FederationLimits(**limits), is_allowed=lambda a: a.is_loopback)
    return FederatingEngine(engine, client)


def results(engine: Engine, *queries: str | Query) -> list[bytes]:
    async def read(query: str | Query) -> bytes:
        result = await engine.run(query if isinstance(query, Query) else Query(query), "c")
        try:
            return b"".join([chunk async for chunk in result])
        finally:
            await result.aclose()

    async def run() -> list[bytes]:
        async with engine:
            return [await read(query) for query in queries]

    return asyncio.run(run())


def solutions(store_path: Path, query: str, *endpoints: str, **limits: Any) -> list[dict[str, str]]:
    (answer,) = results(federating(EmbeddedEngine(store_path), *endpoints, **limits), query)
    rows = json.loads(answer)["results"]["bindings"]
    return [{name: term["value"].removeprefix(EX) for name, term in row.items()} for row in rows]


def named(endpoint: str, *, silent: bool = False) -> str:
    return f"SERVICE {'SILENT ' if silent else ''}<{endpoint}> {{ ?s <{EX}name> ?name }}"


def test_ours_and_theirs_are_joined(store_path: Path, remote: "Remote") -> None:
    text = f"SELECT * {{ ?s <{EX}size> ?size {named(remote.url())} FILTER(?size > 0) }} ORDER BY ?size"
    assert solutions(store_path, text, remote.url()) == [
        {"s": "n1", "size": "1", "name": "name 1"},
        {"s": "n2", "size": "2", "name": "name 2"},
    ]
    assert remote.asked == [f"SELECT * {{ ?s <{EX}name> ?name }}"]


def test_several_clauses(store_path: Path, remote: "Remote") -> None:
    one, other = remote.url(), remote.url("/other")
    text = (
        f"PREFIX ex: <{EX}> SELECT (COUNT(*) AS ?n) {{ "
        f"{{ {named(one)} }} UNION {{ {named(other)} }} SERVICE <{one}> {{ ex:n1 ex:name ?any }} }}"
    )
    assert solutions(store_path, text, one, other) == [{"n": "10"}]
    assert sorted(remote.asked)[0].startswith(f"PREFIX ex: <{EX}>\nSELECT * {{ ex:n1")


def test_all_kinds_of_queries(store_path: Path, remote: "Remote") -> None:
    engine = federating(EmbeddedEngine(store_path), remote.url())
    clause = named(remote.url())
    ask, graph = results(
        engine,
        f"ASK {{ ?s <{EX}size> 2 {clause} }}",
        Query(
            f"CONSTRUCT {{ ?s <{EX}n> ?name }} {{ ?s <{EX}size> 2 {clause} }}", graph="application/n-triples"
        ),
    )
    assert json.loads(ask)["boolean"] is True
    assert graph.decode() == f'<{EX}n2> <{EX}n> "name 2" .\n'


def test_blank_nodes_of_theirs(store_path: Path, remote: "Remote") -> None:
    node = ox.BlankNode()
    for name in ("p", "q"):
        remote.store.add(ox.Quad(node, ox.NamedNode(EX + name), ox.Literal(name)))
    text = f"SELECT ?x {{ SERVICE <{remote.url()}> {{ ?x <{EX}p> ?p ; <{EX}q> ?q }} FILTER(isIRI(?x)) }}"
    (row,) = solutions(store_path, text, remote.url())
    assert row["x"].startswith("urn:uuid:")


@pytest.mark.parametrize("answer", ["unreachable", "status", "type", "form"])
def test_failing(store_path: Path, remote: "Remote", answer: str) -> None:
    endpoint = {
        "unreachable": "http://127.0.0.1:1/sparql",
        "status": remote.answers("/status", 500, b""),
        "type": remote.answers("/type", 200, b"", Content_Type="text/html"),
        "form": remote.answers("/form", 200, b'{"head": {}, "boolean": true}'),
    }[answer]
    text = "SELECT ?size ?name {{ ?s <{}size> ?size {} }} ORDER BY ?size"
    with pytest.raises(ServiceFailed, match=endpoint):
        solutions(store_path, text.format(EX, named(endpoint)), endpoint)
    found = solutions(store_path, text.format(EX, named(endpoint, silent=True)), endpoint)
    assert found == [{"size": "0"}, {"size": "1"}, {"size": "2"}]


@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.parametrize(
    "other", ["http://127.0.0.1:{port}/", "http://localhost:{port}/sparql", "https://127.0.0.1:{port}/sparql",
              "HTTP://127.0.0.1:{port}/sparql", "http://127.0.0.1:{port}/sparql?a", "http://2130706433:{port}/sparql",
              "http://127.0.0.1:{port}/sparql#a", "http://127.0.0.1:{port}/./sparql"],
)  # fmt: skip
def test_who_is_not_named_is_not_asked(store_path: Path, remote: "Remote", other: str, silent: bool) -> None:
    clauses = named(remote.url()) + named(other.format(port=remote.port), silent=silent)
    with pytest.raises(Refused, match=f"asks only <{remote.url()}>"):
        solutions(store_path, f"SELECT * {{ {clauses} }}", remote.url())
    assert not remote.asked


@pytest.mark.parametrize("silent", [False, True])
def test_our_own_limits_are_never_silent(store_path: Path, remote: "Remote", silent: bool) -> None:
    text = f"SELECT * {{ {named(remote.url(), silent=silent)} }}"
    with pytest.raises(TooExpensive, match="5 solutions"):
        solutions(store_path, text, remote.url(), rows=4)
    with pytest.raises(TooExpensive, match="100 bytes"):
        solutions(store_path, text, remote.url(), size=100)


def test_one_that_fails_ends_the_others(store_path: Path, remote: "Remote") -> None:
    bad = remote.answers("/status", 500, b"")
    with pytest.raises(ServiceFailed, match="status 500"):
        solutions(store_path, f"SELECT * {{ {named(remote.url()) + named(bad)} }}", remote.url(), bad)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("SELECT * { SERVICE ?x { ?s ?p ?o } }", Refused),
        ("INSERT DATA { } ; SERVICE", Refused),
        ("SELECT * { SERVICE <a:a> " + "{" * 101 + "}" * 102, TooExpensive),
        ("SELECT * { SERVICE <a:a> { '" + "a" * 70_000 + "' } }", TooExpensive),
        ("SELECT * { SERVICE <a:a> { '", Malformed),
    ],
)
def test_the_guard_comes_first(remote: "Remote", text: str, error: type[EngineError]) -> None:
    engine = Recording()
    with pytest.raises(error):
        results(federating(engine, remote.url()), text)
    assert not engine.queries


def test_only_rewritten_texts_count_as_checked(remote: "Remote") -> None:
    engine = Recording()
    plain = "SELECT ?service { ?service ?p 'SERVICE' }"
    clause = f"SELECT * {{ {named(remote.url())} }}"
    results(federating(engine, remote.url()), "ASK {}", plain, Query(clause, named_graphs=(EX,), graph=None))
    assert engine.queries[:2] == [Query("ASK {}"), Query(plain)]
    last = engine.queries[2]
    assert (last.checked, last.named_graphs, last.graph) == (True, (EX,), None)
    assert last.text.startswith("SELECT * {  VALUES (?")
    assert last.text.count('"name ') == 5


def test_large_results_pass(store_path: Path, remote: "Remote") -> None:
    remote.store.extend(
        ox.Quad(ox.NamedNode(f"{EX}m{number}"), ox.NamedNode(f"{EX}name"), ox.Literal("a name" * 5))
        for number in range(3000)
    )
    engine = EmbeddedEngine(
        store_path,
    )
    text = f"SELECT (COUNT(*) AS ?n) {{ {named(remote.url())} }}"
    (answer,) = results(federating(engine, remote.url()), Query(text, solutions="text/csv"))
    assert answer == b"n\r\n3005\r\n"


@pytest.mark.parametrize("wrong", ["?s ?p . . ?o }", "} wrong", "\n ?s ?p }"])
def test_errors_are_where_they_are_in_the_query(store_path: Path, remote: "Remote", wrong: str) -> None:
    clause = named(remote.url()).replace("{", "{\n")
    text = f"SELECT * {{\n{clause} {clause} {wrong}"
    with pytest.raises(Malformed) as caught:
        solutions(store_path, text, remote.url())
    with pytest.raises(SyntaxError) as told:
        ox.Store().query(text)
    assert (caught.value.line, caught.value.column) == diagnose(text, str(told.value))[1:]


def test_nothing_of_theirs_is_kept(store_path: Path, remote: "Remote") -> None:
    cache = CachingEngine(federating(EmbeddedEngine(store_path), remote.url()), 1 << 20)
    text = f"SELECT * {{ {named(remote.url())} }}"

    async def run() -> AsyncIterator[bytes]:
        async with cache:
            for _ in range(2):
                result = await cache.run(Query(text), "c")
                yield b"".join([chunk async for chunk in result])
                await result.aclose()
                remote.store.add(ox.Quad(*[ox.NamedNode(EX + name) for name in ("new", "name", "added")]))

    async def collected() -> list[bytes]:
        return [answer async for answer in run()]

    before, after = asyncio.run(collected())
    assert b"added" not in before
    assert b"added" in after
    assert cache.hits == 0
