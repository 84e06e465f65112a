"""What happens to hostile queries, broken workers, clients that leave, and a release exchanged under load."""

import asyncio
import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest

from kzlod.engine.pool import EmbeddedEngine

if TYPE_CHECKING:
    from tests.web.sparql.conftest import Live

EX = "http://example.org/"
SELECT = f"SELECT ?s ?o {{ ?s <{EX}p> ?o }} ORDER BY ?s"
ENDLESS = "SELECT (COUNT(*) AS ?c) { ?a ?b ?c1 . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
# Gives some rows at once and then no more, without an end.
STUCK = f"""SELECT ?a ?b {{
  {{ SELECT ?a ?b {{ ?a <{EX}many> ?x . ?b <{EX}many> ?y }} LIMIT 9000 }}
  UNION {{ ?a ?p1 ?o1 . ?b ?p2 ?o2 . ?c ?p3 ?o3 . ?d ?p4 ?o4
    FILTER(STRLEN(CONCAT(STR(?o1), STR(?o2), STR(?o3), STR(?o4))) > 999) }}
}}"""


def rows(answer: httpx.Response) -> list[tuple[str, str]]:
    bindings = answer.json()["results"]["bindings"]
    return [(row["s"]["value"], row["o"]["value"]) for row in bindings]


def test_timeout_then_the_next_query(live: "Live") -> None:
    answer = live.query(ENDLESS)
    assert (answer.status_code, answer.json()["type"]) == (504, "/problems/timeout")
    assert rows(live.query(SELECT)) == live.rows


def test_worker_killed_mid_query(live: "Live") -> None:
    answers: list[httpx.Response] = []
    thread = threading.Thread(target=lambda: answers.append(live.query(ENDLESS)))
    thread.start()
    engine = live.site.current().engine
    assert isinstance(engine, EmbeddedEngine)
    while not engine.statistics()["queries_long"]:
        time.sleep(0.01)
    while thread.is_alive():  # the first time the query is asked again
        for worker in list(engine._crew._workers):
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker.pid, signal.SIGKILL)
        time.sleep(0.1)
    assert answers[0].status_code == 503
    assert int(answers[0].headers["retry-after"]) > 0
    assert rows(live.query(SELECT)) == live.rows


def test_overload(live: "Live") -> None:
    async def run() -> list[httpx.Response]:
        base = f"http://127.0.0.1:{live.port}"
        async with httpx.AsyncClient(base_url=base, timeout=60) as client:
            return await asyncio.gather(
                *(client.get("/sparql", params={"query": f"{ENDLESS} #{n}"}) for n in range(10))
            )

    statuses = {answer.status_code: answer for answer in asyncio.run(run())}
    assert set(statuses) == {503, 504}
    assert int(statuses[503].headers["retry-after"]) > 0
    assert rows(live.query(SELECT)) == live.rows


def test_result_that_breaks_off_is_no_whole_answer(live: "Live") -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        live.query(STUCK, "text/csv")
    request = f"GET /sparql?format=csv&query={quote(STUCK)} HTTP/1.1\r\nHost: x\r\n\r\n"
    received = live.raw(request.encode())
    assert received.startswith(b"HTTP/1.1 200 ")
    assert b"transfer-encoding: chunked" in received.lower()
    assert len(received) > 60_000
    assert not received.endswith(b"0\r\n\r\n")


def test_old_clients_get_a_length_or_an_error(live: "Live") -> None:
    head, _, body = live.raw(f"GET /sparql?query={quote(SELECT)} HTTP/1.0\r\n\r\n".encode()).partition(
        b"\r\n\r\n"
    )
    assert f"content-length: {len(body)}".encode() in head.lower()
    received = live.raw(f"GET /sparql?query={quote(STUCK)} HTTP/1.0\r\n\r\n".encode())
    assert received.split(b" ")[1] == b"504"


def test_client_that_leaves_frees_the_worker(live: "Live") -> None:
    engine = live.site.current().engine
    assert isinstance(engine, EmbeddedEngine)
    for text in (ENDLESS, STUCK):
        with socket.create_connection(("127.0.0.1", live.port)) as connection:
            connection.sendall(f"GET /sparql?query={quote(text)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            while not engine.statistics()["queries_long"]:
                time.sleep(0.01)
        while engine.statistics()["queries_long"] or len(engine._open):
            time.sleep(0.01)
    assert rows(live.query(SELECT)) == live.rows


def test_release_exchanged_under_load(
    live: "Live", tmp_path: Path, make_second: Callable[[Path], tuple[Any, str]]
) -> None:
    """No request fails, and no answer carries one release's name and the other's data."""
    second, value = make_second(tmp_path)
    before = live.site.current()
    answers: list[httpx.Response] = []
    done = threading.Event()

    def poll() -> None:
        with httpx.Client(base_url=live.client.base_url, timeout=30) as client:
            while not done.is_set():
                answers.append(client.get("/sparql", params={"query": SELECT}))

    async def publish() -> None:
        async with EmbeddedEngine(second.store_path) as engine:
            live.site.swap(second, engine)
            seen = len(answers)
            while len(answers) < seen + 20:
                await asyncio.sleep(0.01)
            await live.site.swap(before.release, before.engine).idle()

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        while len(answers) < 20:
            time.sleep(0.01)
        asyncio.run_coroutine_threadsafe(publish(), live.loop).result(60)
        seen = len(answers)
        while len(answers) < seen + 20:
            time.sleep(0.01)
    finally:
        done.set()
        thread.join()
    expected = {"1.0.0-abc": live.rows, "1.1.0-def": [live.rows[0], (f"{EX}b", value)]}
    assert {answer.headers["kzlod-release"] for answer in answers} == set(expected)
    for answer in answers:
        assert answer.status_code == 200
        assert rows(answer) == expected[answer.headers["kzlod-release"]]
