"""The remote engine before an endpoint that misbehaves in every way that was seen or can be thought of."""

import asyncio
import gzip
import json
import re
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pyoxigraph as ox
import pytest

from kzlod.engine import remote
from kzlod.engine.base import (
    EngineError,
    EngineFailed,
    Kind,
    Malformed,
    NotAcceptable,
    Overloaded,
    Query,
    Refused,
    TimedOut,
    TooExpensive,
)
from kzlod.engine.formats import offers
from kzlod.engine.pool import Limits
from kzlod.engine.remote import RemoteEngine
from kzlod.engine.survey import NOWHERE, Holding, ResultCut, Traits
from tests.engine.scripted import Form, Scripted, framed, running, says

EX = "http://example.org/"
MARKED = "SELECT ?s { ?s ?p ?o } # MARK"
GRAPH = "CONSTRUCT WHERE { ?s ?p ?o } # MARK"
TABLE = b'{"head":{"vars":["s"]},"results":{"bindings":[%s]}}'
ROW = b'{"s":{"type":"uri","value":"http://example.org/%d"}}'
JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
NT = "application/n-triples"


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


def answered(answer: bytes, query: str = MARKED, close: bool = False) -> EngineError | bytes:
    """What the engine makes of an answer: the result or the error."""
    found: list[EngineError | bytes] = []

    async def work() -> None:
        async with engine_over(Scripted(store(), script=says(answer, close=close))) as engine:
            try:
                found.append(await whole(engine, query))
            except EngineError as error:
                found.append(error)

    within(work())
    return found[0]


ERRORS: list[tuple[str, dict[str, str], str, type[EngineError], str]] = [
    ("400 Bad Request", {}, "error at 1:9: expected something", Malformed, "cannot go on like this"),
    ("400 Bad Request", {}, "", Malformed, "does not say why"),
    (
        "400 Bad Request",
        {},
        'MALFORMED QUERY: Encountered " "}" "} "" at line 1, column 7.\nWas expecting one of:\n    "a"',
        Malformed,
        "Encountered.*column 7.$",
    ),
    (
        "400 Bad Request",
        {"Content-Type": "application/json"},
        json.dumps({"exception": "Bad", "status": "ERROR", "metadata": {"line": 1, "positionInLine": 6}}),
        Malformed,
        "^Bad",
    ),
    (
        "500 SPARQL Request Failed",
        {},
        "Virtuoso 37000 Error SP030: SPARQL compiler, line 1: syntax error at '}'\n\nSPARQL query:\nSELECT",
        Malformed,
        "^SPARQL compiler, line 1: syntax error at '}'$",
    ),
    (
        "500 SPARQL Request Failed",
        {},
        "Virtuoso 42000 Error The estimated execution time 9315 (sec) exceeds the limit of 400 (sec).",
        TooExpensive,
        "9315",
    ),
    ("500 No", {}, "Virtuoso S1T00 Error SR171: Transaction timed out", TimedOut, "timed out"),
    ("500 No", {}, '{"code":"TimeLimitExceededException"}', TimedOut, ""),
    ("500 No", {}, '{"exception": "Tried to allocate, memory limit exceeded"}', TooExpensive, "memory"),
    (
        "500 No",
        {},
        "org.x.Y: SECRET /srv/data\n\tat org.x.Z(Z.java:1)",
        EngineFailed,
        r"answered with status 500\.$",
    ),
    ("502 Bad Gateway", {}, "<html><body>nginx</body></html>", EngineFailed, "502"),
    ("503 No", {"Retry-After": "7"}, "", Overloaded, "too much to do"),
    ("429 No", {"Retry-After": "soon"}, "", Overloaded, "too much to do"),
    ("408 No", {}, "", TimedOut, "time limit"),
    ("504 No", {}, "<html>gateway</html>", TimedOut, "time limit"),
    ("413 No", {}, "", TooExpensive, "too expensive"),
    ("401 No", {"WWW-Authenticate": "Basic"}, "", EngineFailed, "does not let this server in"),
    ("403 No", {}, "", EngineFailed, "does not let this server in"),
    ("404 No", {}, "", EngineFailed, "404"),
    ("406 No", {}, "", EngineFailed, "406"),
    ("302 Found", {"Location": "http://127.0.0.1:1/secret"}, "", EngineFailed, r"elsewhere \(status 302\)"),
    ("204 No Content", {}, "", EngineFailed, "204"),
    ("206 Partial", {"Content-Type": JSON}, "", EngineFailed, "only a part"),
    ("200 OK", {"Content-Type": "text/html"}, "<html>Welcome</html>", EngineFailed, "with text/html where"),
    ("200 OK", {}, '{"head":{}}', EngineFailed, "with nothing where"),
    ("200 OK", {"Content-Type": JSON}, "<html>Welcome</html>", EngineFailed, "damaged"),
    ("200 OK", {"Content-Type": JSON}, "", EngineFailed, "damaged"),
    ("200 OK", {"Content-Type": JSON}, '{"head":{},"boolean":true}', EngineFailed, "another kind"),
    ("200 OK", {"Content-Type": JSON, "X-SQL-State": "S1TAT"}, "{}", TimedOut, "only a part"),
    ("200 OK", {"Content-Type": JSON, "X-Partial-Result": "true"}, "{}", TimedOut, "only a part"),
]


@pytest.mark.parametrize(("status", "headers", "body", "error", "message"), ERRORS)
def test_odd_answers_become_our_errors(
    status: str, headers: dict[str, str], body: str, error: type[EngineError], message: str
) -> None:
    found = answered(framed(body.encode(), "", headers, status))
    assert type(found) is error, found
    assert re.search(message, str(found)), found
    assert "SECRET" not in str(found)
    assert "127.0.0.1" not in str(found)


def test_places_and_waiting_times_are_given_on() -> None:
    found = answered(framed(b"error at 1:9: expected x", "", {}, "400 No"))
    assert isinstance(found, Malformed)
    assert (found.line, found.column) == (1, 9)
    found = answered(framed(b"line 7: no", "", {}, "400 No"))
    assert isinstance(found, Malformed)
    assert found.line is None, "the query has no line 7"
    found = answered(framed(b"", "", {"Retry-After": "7"}, "503 No"))
    assert isinstance(found, Overloaded)
    assert found.retry_after == 7


def rows(count: int) -> bytes:
    return TABLE % b",".join(ROW % number for number in range(count))


def xml(count: int) -> bytes:
    one = b'<result><binding name="s"><uri>http://example.org/%d</uri></binding></result>'
    head = (
        b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="s"/></head><results>'
    )
    return head + b"".join(one % number for number in range(count)) + b"</results></sparql>"


def triples(count: int) -> bytes:
    return b"".join(b"<http://a/%d> <http://a/p> <http://a/o> .\n" % number for number in range(count))


BODIES = [(JSON, rows, MARKED), (XML, xml, MARKED), (NT, triples, GRAPH)]


@pytest.mark.parametrize(("media_type", "make", "query"), BODIES)
@pytest.mark.parametrize("count", [2, 4000])
def test_a_whole_result_is_taken_and_a_broken_one_never(
    media_type: str, make: Any, query: str, count: int
) -> None:
    body = make(count)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}; charset=utf-8\r\n".encode()
    chunked = head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(body), body)
    found = answered(chunked + b"0\r\n\r\n", query)
    assert isinstance(found, bytes)
    assert found.count(b"http://") >= count
    broken = {
        "shorter than its length": head + b"Content-Length: %d\r\n\r\n" % (len(body) + 1) + body,
        "without the last chunk": chunked,
        "with a chunk that is none": chunked + b"zz\r\n\r\n",
        "a part, properly ended": framed(body[: len(body) * 2 // 3], media_type),
        "an error after a part": framed(body[: len(body) // 2] + b"\nThe query timed out", media_type),
        "an error after the whole": framed(body + b"\nThe query timed out", media_type),
        "packed and broken off": framed(gzip.compress(body)[:-40], media_type, {"Content-Encoding": "gzip"}),
    }
    if media_type != NT:
        broken["without its end"] = framed(body.rstrip(b"}>")[: -len(b"</sparql")], media_type)
    for what, answer in broken.items():
        assert isinstance(answered(answer, query, close=True), EngineFailed), what


def test_a_graph_must_show_where_it_ends() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n\r\n"
    found = answered(head % NT.encode() + triples(2), GRAPH, close=True)
    assert isinstance(found, EngineFailed), "N-Triples that end with the connection may be a part"
    assert isinstance(answered(head % JSON.encode() + rows(2), MARKED, close=True), bytes)


def test_something_larger_than_any_row_is_not_taken_into_memory() -> None:
    body = (
        b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"literal","value":"' + b"x" * 20_000_000
    )
    found = answered(framed(body, JSON))
    assert isinstance(found, EngineFailed)
    assert "larger than any row" in str(found)


@pytest.mark.parametrize("media_type", offers(Kind.SOLUTIONS))
def test_tables_come_in_every_format(media_type: str) -> None:
    async def work() -> None:
        async with engine_over(Scripted(store())) as engine:
            text = "SELECT ?s ?o ?x { ?s ?p ?o } ORDER BY ?s"
            found = await whole(engine, Query(text, solutions=media_type))
            expected = store().query(text)
            assert isinstance(expected, ox.QuerySolutions)
            assert found == expected.serialize(format=ox.QueryResultsFormat.from_media_type(media_type))
            found = await whole(engine, Query("ASK { ?s ?p ?o }", boolean=media_type))
            assert b"true" in found

    within(work())


@pytest.mark.parametrize("media_type", offers(Kind.GRAPH))
def test_graphs_come_in_every_format(media_type: str) -> None:
    async def work() -> None:
        async with engine_over(Scripted(store())) as engine:
            prefixes = {"ex": EX}
            query = Query("CONSTRUCT WHERE { ?s ?p ?o }", graph=media_type, prefixes=prefixes)
            found = await whole(engine, query)
            assert ("@prefix ex:" in found.decode()) == (
                media_type in ("text/turtle", "application/x-turtle")
            )
            rdf = ox.RdfFormat.from_media_type(media_type)
            assert {quad.triple for quad in ox.parse(found, rdf)} == {
                quad.triple for quad in store().quads_for_pattern(None, None, None, ox.DefaultGraph())
            }
            empty = "CONSTRUCT WHERE { ?s <http://no> ?o }"
            assert list(ox.parse(await whole(engine, replace(query, text=empty)), rdf)) == []

    within(work())


def test_a_kind_that_nobody_wants_is_not_asked_for() -> None:
    async def work() -> None:
        async with engine_over(endpoint := Scripted(store())) as engine:
            asked = len(endpoint.forms)
            with pytest.raises(NotAcceptable) as caught:
                await engine.run(Query("# SELECT\nPREFIX ask: <http://x/> DESCRIBE ask:a", graph=None), "c")
            assert caught.value.kind == Kind.GRAPH
            assert len(endpoint.forms) == asked

    within(work())


REFUSED: list[tuple[str, type[EngineError]]] = [
    ("SELECT * { SERVICE <http://x/> { ?s ?p ?o } }", Refused),
    (r"SELECT * { \u0053ERVICE <http://x/> { ?s ?p ?o } }", Refused),
    ("define input:grab-all 'yes' SELECT * { ?s ?p ?o }", Refused),
    ("SELECT (<bif:sys_stat>('st_dbms_name') AS ?x) { ?s ?p ?o }", Refused),
    (r"SELECT (<\u0062if:sys_stat>('x') AS ?x) { ?s ?p ?o }", Refused),
    ("PREFIX b: <bif:> SELECT (b:sys_stat('x') AS ?x) { ?s ?p ?o }", Refused),
    ("PREFIX b: <b> SELECT (b:if:sys_stat('x') AS ?x) { ?s ?p ?o }", Refused),
    ("PREFIX a: <http://a/> SELECT (<SQL:x>('x') AS ?x) { ?s ?p ?o }", Refused),
    ("INSERT DATA { <http://a> <http://a> 1 }", Refused),
    ("DROP ALL", Refused),
    ("SELECT (bif:sys_stat('x') AS ?x) { ?s ?p ?o }", Malformed),
    ("SELECT * { ?s foaf:name ?o }", Malformed),
    ("{ ?s ?p ?o }", Malformed),
    ("SELECT * { ?s ?p 'x }", Malformed),
    ("SELECT * " + "{" * 101, TooExpensive),
    ("SELECT * { ?s ?p ?o }" + " " * 70_000, TooExpensive),
]


@pytest.mark.parametrize(("text", "error"), REFUSED)
def test_what_may_do_harm_is_never_sent(text: str, error: type[EngineError]) -> None:
    async def work() -> None:
        async with engine_over(endpoint := Scripted(store())) as engine:
            asked = len(endpoint.forms)
            with pytest.raises(error):
                await engine.run(Query(text), "c")
            assert len(endpoint.forms) == asked

    within(work())


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?define { ?define ?p 'bif:x DEFINE' }",
        "PREFIX define: <http://x/> SELECT * { ?s define:x <http://x/bif:y> }",
        "PREFIX sql: <http://x/> SELECT * { ?s sql:x ?o } # define get:x",
        r"SELECT * { ?s ?p '\u0041' }",
    ],
)
def test_what_only_looks_like_it_is_sent(text: str) -> None:
    async def work() -> None:
        async with engine_over(Scripted(store())) as engine:
            assert b"bindings" in await whole(engine, text)

    within(work())


async def hang(form: Form, writer: asyncio.StreamWriter) -> bool:
    if "MARK" in form["query"][0]:
        if "HALF" in form["query"][0]:
            body = rows(5000)
            writer.write(framed(body, JSON)[: len(body) // 2])
        await asyncio.sleep(20)
    return False


@pytest.mark.parametrize("half", ["", "HALF"])
def test_an_endpoint_that_hangs_is_left_at_the_time_limit(half: str) -> None:
    async def work() -> None:
        endpoint = Scripted(store(), script=hang)
        async with engine_over(endpoint, Limits(timeout=0.5)) as engine:
            with pytest.raises(TimedOut, match=r"longer than 0\.5 seconds"):
                await whole(engine, MARKED + half)
            await endpoint.left.wait()
            assert b"bindings" in await whole(engine, "SELECT * { ?s ?p ?o }")

    within(work())


@pytest.mark.parametrize("half", ["", "HALF"])
def test_a_client_that_leaves_ends_the_request(half: str) -> None:
    async def work() -> None:
        endpoint = Scripted(store(), script=hang)
        async with engine_over(endpoint) as engine:
            running_ = asyncio.create_task(whole(engine, MARKED + half))
            while "MARK" not in endpoint.forms[-1]["query"][0]:
                await asyncio.sleep(0.01)
            running_.cancel()
            await endpoint.left.wait()
            await asyncio.gather(running_, return_exceptions=True)
            await engine.drained()

    within(work())


def test_a_slow_reader_holds_neither_memory_nor_for_ever() -> None:
    sent = 0

    async def pour(form: Form, writer: asyncio.StreamWriter) -> bool:
        nonlocal sent
        if "MARK" not in form["query"][0]:
            return False
        body = rows(400_000)
        for start in range(0, len(head := framed(body, JSON)), 65536):
            writer.write(head[start : start + 65536])
            await writer.drain()
            sent += 65536
        return True

    async def work() -> None:
        endpoint = Scripted(store(), script=pour)
        limits = Limits(spool_memory=65536, spool_disk=1024 * 1024, stall=0.5)
        async with engine_over(endpoint, limits) as engine:
            result = await engine.run(Query(MARKED), "c")
            with pytest.raises(TimedOut, match="read too slowly"):
                async for _ in result:
                    await asyncio.sleep(2)
            await result.aclose()
            assert sent < 12_000_000, "it was taken although nobody read it"
            await engine.drained()

    within(work())


def test_a_reader_that_keeps_up_gets_everything() -> None:
    async def work() -> None:
        endpoint = Scripted(store(), script=says(framed(rows(100_000), JSON)))
        limits = Limits(spool_memory=65536, spool_disk=1024 * 1024)
        async with engine_over(endpoint, limits) as engine:
            found = await whole(engine, Query(MARKED, solutions="text/csv"))
            assert found.count(b"\n") == 100_001

    within(work())


def test_a_connection_closed_in_between_is_opened_again() -> None:
    async def close_after(form: Form, writer: asyncio.StreamWriter) -> bool:
        asyncio.get_running_loop().call_later(0.05, writer.close)
        return False

    async def work() -> None:
        async with engine_over(Scripted(store(), script=close_after)) as engine:
            for _ in range(5):
                assert b"bindings" in await whole(engine, "SELECT * { ?s ?p ?o }")
                await asyncio.sleep(0.05)

    within(work())


def test_one_client_cannot_take_every_turn() -> None:
    async def work() -> None:
        endpoint = Scripted(store(), script=hang)
        async with engine_over(endpoint, Limits(workers=2, queue=2, patience=0.3)) as engine:
            first = asyncio.create_task(whole(engine, MARKED, "greedy"))
            await asyncio.sleep(0.1)
            second = asyncio.create_task(whole(engine, MARKED, "greedy"))
            await asyncio.sleep(0)
            assert b"bindings" in await whole(engine, "SELECT * { ?s ?p ?o }", "other")
            with pytest.raises(Overloaded):
                await second
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)

    within(work())


@pytest.mark.parametrize("tells", [True, False])
def test_a_limit_of_rows_is_found_and_a_result_cut_by_it_is_an_error(tells: bool) -> None:
    async def work() -> None:
        endpoint = Scripted(store(250), row_limit=100, tells_limit=tells)
        async with engine_over(endpoint) as engine:
            assert engine.traits.row_limit == 100
            for text in ("SELECT * { ?s ?p ?o }", "SELECT * { ?s ?p ?o } LIMIT 101"):
                with pytest.raises(ResultCut, match="at most 100 rows"):
                    await engine.run(Query(text), "c")
            for limit in (99, 100):
                found = json.loads(await whole(engine, f"SELECT * {{ ?s ?p ?o }} LIMIT {limit}"))
                assert len(found["results"]["bindings"]) == limit
            few = f"SELECT * {{ VALUES ?s {{ <{EX}1> <{EX}2> }} ?s ?p ?o }}"
            assert len(json.loads(await whole(engine, few))["results"]["bindings"]) == 2
            assert b"true" in await whole(engine, "ASK { ?s ?p ?o }")

    within(work())


def test_a_graph_made_of_too_many_solutions_is_an_error() -> None:
    async def work() -> None:
        endpoint = Scripted(store(250), row_limit=100)
        async with engine_over(endpoint) as engine:
            for text in (
                "CONSTRUCT WHERE { ?s ?p ?o }",
                "CONSTRUCT { <http://a> <http://b> ?p } WHERE { ?s ?p ?o } # one triple of 250 solutions",
                "DESCRIBE ?s WHERE { ?s ?p ?o }",
            ):
                with pytest.raises(ResultCut):
                    await engine.run(Query(text), "c")
            few = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } ORDER BY ?s LIMIT 7"
            assert (await whole(engine, Query(few, graph=NT))).count(b"\n") == 7
            assert await whole(engine, Query(f"DESCRIBE <{EX}1>", graph=NT))

    within(work())


HOLDING = Holding(f"{EX}g", f"{EX}0", f"{EX}p", "g", f"{EX}union", (f"{EX}g",), 3)


def test_the_data_set_that_is_served_must_be_there() -> None:
    async def work() -> None:
        async with engine_over(Scripted(store()), holding=HOLDING) as engine:
            assert engine.traits == Traits(None, False, None)
        for held, reason in (
            (replace(HOLDING, value="2.0.0"), "does not hold 2.0.0: it holds g"),
            (replace(HOLDING, marked=f"{EX}none"), "no release is there, or it is half loaded"),
            (replace(HOLDING, triples=4), "has 3 statements where g has 4"),
        ):
            with pytest.raises(EngineFailed, match=reason):
                async with engine_over(Scripted(store()), holding=held):
                    pass

    within(work())


def test_an_endpoint_loaded_anew_answers_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "_WATCH_EVERY", 0.02)

    async def work() -> None:
        data = store()
        async with engine_over(Scripted(data), holding=HOLDING) as engine:
            marker = next(data.quads_for_pattern(None, None, None, ox.NamedNode(f"{EX}g")))
            data.remove(marker)
            with pytest.raises(EngineFailed, match="being loaded anew"):
                while True:
                    await whole(engine, "SELECT * { ?s ?p ?o }")
                    await asyncio.sleep(0.02)
            data.add(marker)
            while True:
                try:
                    await whole(engine, "SELECT * { ?s ?p ?o }")
                    break
                except EngineFailed:
                    await asyncio.sleep(0.02)

    within(work())


def test_an_endpoint_that_is_not_there_is_an_error_at_the_start() -> None:
    async def work() -> None:
        with pytest.raises(EngineFailed, match="cannot be reached"):
            async with RemoteEngine("http://127.0.0.1:1/sparql"):
                pass

    within(work())


DATASETS = [
    (Query("SELECT * { ?s ?p ?o }"), [f"{EX}union"], [f"{EX}g"], "SELECT * { ?s ?p ?o }"),
    (Query("ASK { ?s ?p ?o }", (f"{EX}a",)), [f"{EX}a"], [NOWHERE], "ASK { ?s ?p ?o }"),
    (Query("ASK { ?s ?p ?o }", (), (f"{EX}a",)), [NOWHERE], [f"{EX}a"], "ASK { ?s ?p ?o }"),
    (
        Query("ASK FROM <http://x> {?s ?p ?o}", (f"{EX}a",)),
        [f"{EX}a"],
        [NOWHERE],
        "ASK                 {?s ?p ?o}",
    ),
    (
        Query("ASK FROM <http://x> {?s ?p ?o}"),
        [],
        [],
        f"ASK FROM NAMED <{NOWHERE}> FROM <http://x> {{?s ?p ?o}}",
    ),
    (Query("ASK FROM NAMED <http://x> {}"), [], [], f"ASK FROM <{NOWHERE}> FROM NAMED <http://x> {{}}"),
    (
        Query("ASK FROM <http://x> FROM NAMED <http://x> {}"),
        [],
        [],
        "ASK FROM <http://x> FROM NAMED <http://x> {}",
    ),
    (Query("ASK {}", base_iri="http://b/"), [f"{EX}union"], [f"{EX}g"], "BASE <http://b/> ASK {}"),
    (
        Query(r"PREFIX a: <http://a/> ASK { a:b\/c ?p 'a:b\/c' }".replace(r"'a:b\/c'", "'a:b'")),
        [f"{EX}union"],
        [f"{EX}g"],
        "PREFIX a: <http://a/> ASK { <http://a/b/c> ?p 'a:b' }",
    ),
]


@pytest.mark.parametrize(("query", "default", "named", "text"), DATASETS)
def test_every_data_set_is_spelled_out_where_the_endpoint_needs_it(
    query: Query, default: list[str], named: list[str], text: str
) -> None:
    async def work() -> None:
        async with engine_over(endpoint := Scripted(store())) as engine:
            engine.traits = Traits(((f"{EX}union",), (f"{EX}g",)), leaky=True)
            await whole(engine, query)
            form = endpoint.forms[-1]
            assert form["query"] == [text]
            assert form.get("default-graph-uri", []) == default
            assert form.get("named-graph-uri", []) == named

    within(work())
