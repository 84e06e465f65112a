"""Damaged requests and queries by chance, always the same, sent to the real server."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from urllib.parse import quote

import pytest

from tests.hostile import fuzzing, wire
from tests.hostile.attack import DIRECT, FORM, unsound
from tests.hostile.oracle import GRAPH, TABLE, Oracle
from tests.hostile.ordinary import digest
from tests.hostile.server import Server
from tests.hostile.wire import Answer

REQUESTS, BATCH = 6000, 500
QUERIES = 2000
TOGETHER = 50
PAUSE = 0.3  # seconds without a byte after which a request counts as unfinished
CHECKED = f"SELECT (COUNT(*) AS ?n) {{ ?s <{fuzzing.EX}p1> ?o }}"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small file to be served as it is."""
    file = tmp_path_factory.mktemp("fuzz") / "small.nq"
    file.write_text(fuzzing.data(), "utf-8")
    return file


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Server]:
    """A server over it, with short limits and no kept results."""
    limits = {
        "query_timeout": "2",
        "request_timeout": "3",
        "read_stall": "3",
        "cache_memory": "0",
        "queue": "200",
    }
    with Server(data.parent / "server", "--data", str(data), settings=limits) as running:
        yield running


async def ask(server: Server, sent: bytes) -> Answer:
    """The answer to a valid request."""
    connection = await wire.connect(server.port)
    try:
        await connection.send(sent)
        async with asyncio.timeout(30):
            return await connection.answer()
    finally:
        connection.close()


async def assert_right(server: Server, number: int) -> None:
    """The server is the same process and answers rightly."""
    path = f"/sparql?query={quote(f'# {number}{chr(10)}{CHECKED}')}"
    answer = await ask(server, wire.request("GET", path, [("Accept", "text/csv")]))
    assert (answer.status, answer.body) == (200, b"n\r\n24\r\n")
    assert server.alive()


async def strange(server: Server, sent: bytes) -> str:
    """Sends bytes; what is wrong with what comes back, empty when nothing is."""
    connection = await wire.connect(server.port, f"127.0.0.{20 + len(sent) % 8}")
    unfinished = False
    method = "HEAD" if b"HEAD" in sent.upper() else "GET"  # then bodies cannot be told from answers
    try:
        await connection.send(sent)
        for _ in range(50):
            try:
                async with asyncio.timeout(20 if unfinished else PAUSE):
                    answer = await connection.answer(method)
            except TimeoutError:
                if unfinished:
                    return "no end"
                unfinished = True
                connection.half_close()
                continue
            if answer.status >= 500 and answer.status not in (501, 503, 504, 505):
                return f"status {answer.status}"
            if wrong := unsound(answer, method):
                return wrong
        return "answers without end"
    except wire.Closed:
        return ""
    except wire.Cut:
        return "" if unfinished else "an answer breaks off"
    except wire.Garbage as garbage:
        return "" if method == "HEAD" else f"no HTTP: {garbage}"
    finally:
        connection.close()


def test_damaged_requests(server: Server) -> None:
    async def run() -> list[str]:
        sent = list(fuzzing.damaged_requests(Random(20201), REQUESTS))
        found = []
        for start in range(0, REQUESTS, BATCH):
            gate = asyncio.Semaphore(TOGETHER)

            async def one(number: int, gate: asyncio.Semaphore = gate) -> None:
                async with gate:
                    if wrong := await strange(server, sent[number]):
                        found.append(f"{number}: {wrong}: {sent[number][:300]!r}")

            await asyncio.gather(*(one(number) for number in range(start, min(start + BATCH, REQUESTS))))
            await assert_right(server, start)
        return found

    server.remember()
    found = asyncio.run(run())
    assert not found, f"{len(found)} of {REQUESTS}:\n" + "\n".join(found[:20])
    assert not server.ailments()


def sent_query(chance: Random, text: str, graphs: tuple[str, ...]) -> bytes:
    """A request with that query, in one of the three ways."""
    accept = ("Accept", f"{TABLE}, {GRAPH};q=0.9")
    parameters = "".join(f"&default-graph-uri={quote(graph)}" for graph in graphs)
    encoded = quote(text, safe="")
    match chance.randrange(3):
        case 0:
            return wire.request("GET", f"/sparql?query={encoded}{parameters}", [accept])
        case 1:
            body = f"query={encoded}{parameters}".encode()
            return wire.request("POST", "/sparql", [accept, ("Content-Type", FORM)], body)
        case _:
            path = f"/sparql?{parameters[1:]}" if parameters else "/sparql"
            return wire.request("POST", path, [accept, ("Content-Type", DIRECT)], text.encode())


def test_queries_are_answered_as_by_the_store_itself(server: Server, data: Path) -> None:
    chance = Random(20202)
    seen: Counter[str] = Counter()
    found: list[str] = []

    async def run() -> None:
        for number in range(QUERIES):
            text = fuzzing.query(chance)
            damaged = number % 2 == 1
            if damaged:
                text = fuzzing.damaged_query(chance, text)
            graphs = (f"{fuzzing.EX}g{number % 3}",) if number % 5 == 0 else ()
            verdict = oracle.ask(text, graphs)
            answer = await ask(server, sent_query(chance, text, graphs))
            seen[f"{verdict.name} {answer.status}"] += 1
            if wrong := contradiction(verdict.name, verdict.digest, answer):
                found.append(f"{number}: {wrong}: {text}")

    with Oracle(data, 1.0) as oracle:
        asyncio.run(run())
    assert not found, f"{len(found)} of {QUERIES}:\n" + "\n".join(found[:20])
    assert seen["ok 200"] > QUERIES // 3, seen
    assert seen["syntax 400"] > QUERIES // 10, seen
    asyncio.run(assert_right(server, -1))


def contradiction(verdict: str, right: str, answer: Answer) -> str:
    """How an answer contradicts the store's own; empty when it does not."""
    if verdict == "ok":
        if answer.status != 200:
            return f"the store answers, the server does not: {answer.status} {answer.body[:200]!r}"
        return "" if digest(answer.media_type, answer.body) == right else "another answer"
    if verdict == "syntax":
        return "" if answer.status == 400 else f"no SPARQL, but {answer.status}"
    if verdict == "error":
        return "" if answer.status in (400, 503) else f"the store fails, the server says {answer.status}"
    return "" if answer.status in (200, 400, 503, 504) else f"status {answer.status}"
