"""The remote engine: formats, refusals, limits, fairness, slow clients, what the endpoint holds."""

import asyncio
import json
from dataclasses import replace

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
from tests.engine.scripted import (
    EX,
    JSON,
    MARKED,
    NT,
    Form,
    Scripted,
    engine_over,
    framed,
    rows,
    says,
    store,
    whole,
    within,
)


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
