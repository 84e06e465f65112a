"""The embedded engine: results, deadlines, crashes, fairness and slow readers."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop

from kzlod.engine.base import (
    EngineFailed,
    Kind,
    Malformed,
    NotAcceptable,
    Overloaded,
    Query,
    Refused,
    TimedOut,
    TooExpensive,
    WholeResult,
)
from kzlod.engine.pool import EmbeddedEngine, Limits
from kzlod.engine.process import Worker

Opened = Callable[..., AbstractAsyncContextManager[EmbeddedEngine]]
EX = "http://example.org/"
SIMPLE = Query(f"SELECT ?s {{ ?s <{EX}p> ?o }} ORDER BY ?s", solutions="text/csv")
SIMPLE_ANSWER = f"s\r\n{EX}a\r\n{EX}b\r\n".encode()
ENDLESS = Query("SELECT (COUNT(*) AS ?c) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
LARGE = Query(f"SELECT ?a ?b {{ ?a <{EX}many> ?x . ?b <{EX}many> ?y }} LIMIT 400000", solutions="text/csv")


def within(work: Coroutine[Any, Any, None]) -> None:
    """Runs a test's coroutine on the event loop that the server has; a test that hangs fails."""

    async def run() -> None:
        async with asyncio.timeout(60):
            await work

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())


async def all_there(engine: EmbeddedEngine, *, in_memory: bool) -> set[Worker]:
    """The workers of an engine, once all are there and have the store on disk, or all in memory."""
    workers = engine._crew._workers
    while len(workers) < engine._crew._size or not all(one.forked == in_memory for one in workers):
        await asyncio.sleep(0.01)
    return workers


@pytest.fixture(params=["disk", "memory"])
def opened(request: pytest.FixtureRequest, store_path: Path) -> Opened:
    """Opens an engine whose workers have their store on disk, or all of them in memory."""

    @asynccontextmanager
    async def open_engine(limits: Limits | None = None) -> AsyncIterator[EmbeddedEngine]:
        in_memory = request.param == "memory"
        async with EmbeddedEngine(store_path, limits, in_memory=in_memory) as engine:
            await all_there(engine, in_memory=in_memory)
            yield engine

    return open_engine


async def whole(engine: EmbeddedEngine, query: Query, client: str = "c") -> bytes:
    result = await engine.run(query, client)
    try:
        return b"".join([chunk async for chunk in result])
    finally:
        await result.aclose()


async def pids(engine: EmbeddedEngine, count: int) -> list[int]:
    """The workers' process numbers, once there are so many."""
    while len(found := [worker.pid for worker in engine._crew._workers]) < count:
        await asyncio.sleep(0.01)
    return found


async def settled(engine: EmbeddedEngine) -> None:
    """Waits until no turn is taken; the caller's time limit fails the test otherwise."""
    while running(engine) or waiting(engine):
        await asyncio.sleep(0.01)


def running(engine: EmbeddedEngine) -> float:
    return engine._express.counts()[0] + engine._long.counts()[0]


def waiting(engine: EmbeddedEngine) -> float:
    return engine.statistics()["queries_waiting"]


def test_kinds_and_errors(opened: Opened) -> None:
    async def run() -> None:
        async with opened() as engine:
            result = await engine.run(SIMPLE, "c")
            assert (result.kind, result.media_type) == (Kind.SOLUTIONS, "text/csv")
            assert b"".join([chunk async for chunk in result]) == SIMPLE_ANSWER
            await result.aclose()
            assert b"true" in await whole(engine, Query("ASK {}"))
            assert b"one" not in await whole(engine, Query(f"DESCRIBE <{EX}a>"))
            with pytest.raises(Malformed) as caught:
                await engine.run(Query("SELECT *\n{ ?s ?p }"), "c")
            assert (caught.value.line, caught.value.column) == (2, 9)
            with pytest.raises(NotAcceptable):
                await engine.run(Query("ASK {}", boolean=None), "c")
            with pytest.raises(Refused):
                await engine.run(Query("SELECT * { SERVICE <http://x/> {} }"), "c")
            with pytest.raises(Refused):
                await engine.run(Query("CLEAR ALL"), "c")
            await settled(engine)

    within(run())


def test_a_store_that_is_missing(tmp_path: Path) -> None:
    async def run() -> None:
        with pytest.raises(EngineFailed, match="could not open"):
            async with EmbeddedEngine(tmp_path / "none"):
                pass

    within(run())


def test_deadline_then_the_next_query(opened: Opened) -> None:
    async def run() -> None:
        async with opened(Limits(workers=1, timeout=1)) as engine:
            for _ in range(2):
                with pytest.raises(TimedOut):
                    await engine.run(ENDLESS, "c")
                assert await whole(engine, SIMPLE) == SIMPLE_ANSWER

    within(run())


def test_planner_bomb(opened: Opened) -> None:
    async def run() -> None:
        path = "/".join(["<a:b>"] * 400)
        async with opened(Limits(workers=1, timeout=1)) as engine:
            with pytest.raises(TimedOut):
                await engine.run(Query(f"SELECT * {{ ?s {path} ?o }}"), "c")
            assert await whole(engine, SIMPLE) == SIMPLE_ANSWER

    within(run())


def test_memory_bomb(opened: Opened) -> None:
    async def run() -> None:
        bomb = " ".join(f"BIND(CONCAT({', '.join([f'?v{n}'] * 8)}) AS ?v{n + 1})" for n in range(11))
        query = Query(f"SELECT (STRLEN(?v11) AS ?l) {{ BIND('aaaaaaaa' AS ?v0) {bomb} }}")
        async with opened(Limits(workers=1, memory=512 << 20)) as engine:
            with pytest.raises(TooExpensive, match="memory"):
                await engine.run(query, "c")
            assert await whole(engine, SIMPLE) == SIMPLE_ANSWER

    within(run())


def test_worker_killed_by_another_hand(opened: Opened) -> None:
    async def run() -> None:
        async with opened(Limits(workers=1)) as engine:
            asked = asyncio.ensure_future(engine.run(ENDLESS, "c"))
            killed: set[int] = set()
            while not engine.statistics()["queries_long"]:
                await asyncio.sleep(0.01)
            while not asked.done():  # the first time the query is asked again
                for worker in list(engine._crew._workers):
                    killed.add(worker.pid)
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(worker.pid, signal.SIGKILL)
                await asyncio.sleep(0.1)
            with pytest.raises(EngineFailed, match="try again"):
                await asked
            assert await whole(engine, SIMPLE) == SIMPLE_ANSWER
            assert not killed & set(await pids(engine, 4))

    within(run())


def test_idle_workers_killed(opened: Opened) -> None:
    async def run() -> None:
        async with opened(Limits(workers=1)) as engine:
            for pid in await pids(engine, 2):
                os.kill(pid, signal.SIGKILL)
            await asyncio.sleep(0.2)
            assert await whole(engine, SIMPLE) == SIMPLE_ANSWER

    within(run())


def test_workers_come_whatever_kept_one_from_starting(
    store_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with EmbeddedEngine(store_path, Limits(workers=1)) as engine:
            start, failures = engine._crew._spawn, [RuntimeError("of another kind"), OSError("too many")]

            async def fail_first() -> Worker:
                if failures:
                    raise failures.pop()
                return await start()

            monkeypatch.setattr(engine._crew, "_spawn", fail_first)
            for worker in list(engine._crew._workers):
                engine._crew.dismiss(worker)
            while len(engine._crew._workers) < engine._crew._size:
                await asyncio.sleep(0.01)
            assert not failures

    within(run())
    assert "of another kind" in caplog.text


def test_result_cut_short_raises(opened: Opened) -> None:
    async def run() -> None:
        async with opened(Limits(workers=1, spool_memory=0, spool_disk=1 << 20)) as engine:
            result = await engine.run(LARGE, "c")
            chunks = aiter(result)
            await anext(chunks)
            for pid in await pids(engine, 4):
                os.kill(pid, signal.SIGKILL)
            with pytest.raises(EngineFailed):
                async for _ in chunks:
                    pass
            await result.aclose()

    within(run())


def test_caller_gone_frees_the_worker(opened: Opened) -> None:
    async def run() -> None:
        async with opened(Limits(workers=1)) as engine:
            for pause in (0.0, 0.3):
                asked = asyncio.ensure_future(engine.run(ENDLESS, "c"))
                await asyncio.sleep(pause)
                asked.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await asked
                assert await whole(engine, SIMPLE) == SIMPLE_ANSWER
                await settled(engine)

    within(run())


def test_slow_reader_holds_no_worker(opened: Opened) -> None:
    async def run() -> None:
        async with opened(Limits(workers=1, spool_memory=1000)) as engine:
            result = await engine.run(LARGE, "slow")
            while running(engine):
                await asyncio.sleep(0.01)
            assert await whole(engine, SIMPLE) == SIMPLE_ANSWER
            rows = b"".join([chunk async for chunk in result]).count(b"\r\n")
            assert rows == 400_001
            await result.aclose()

    within(run())


def test_full_spool_waits_for_the_reader_and_the_clock_stands(opened: Opened) -> None:
    async def run() -> None:
        limits = Limits(workers=1, timeout=6, stall=20, spool_memory=0, spool_disk=256 << 10)
        async with opened(limits) as engine:
            result = await engine.run(LARGE, "slow")
            await asyncio.sleep(7)
            rows = b"".join([chunk async for chunk in result]).count(b"\r\n")
            assert rows == 400_001
            await result.aclose()

    within(run())


def test_reader_that_stops_loses_the_result(opened: Opened) -> None:
    async def run() -> None:
        limits = Limits(workers=1, stall=0.5, spool_memory=0, spool_disk=256 << 10)
        async with opened(limits) as engine:
            result = await engine.run(LARGE, "slow")
            while running(engine):
                await asyncio.sleep(0.01)
            with pytest.raises(TimedOut, match="slowly"):
                async for _ in result:
                    pass
            await result.aclose()
            assert await whole(engine, SIMPLE) == SIMPLE_ANSWER

    within(run())


def test_one_client_cannot_take_every_worker(opened: Opened) -> None:
    async def run() -> None:
        async with opened(Limits(workers=2, queue=4)) as engine:
            greedy = [asyncio.ensure_future(engine.run(ENDLESS, "greedy")) for _ in range(3)]
            while (running(engine), waiting(engine)) != (1, 2):
                await asyncio.sleep(0.01)
            with pytest.raises(Overloaded, match="yours") as caught:
                await engine.run(ENDLESS, "greedy")
            assert caught.value.retry_after > 0
            assert await whole(engine, SIMPLE, "other") == SIMPLE_ANSWER
            for task in greedy:
                task.cancel()
            await asyncio.gather(*greedy, return_exceptions=True)
            await settled(engine)

    within(run())


def test_a_result_that_is_quickly_there_waits_for_no_place(opened: Opened) -> None:
    """One of many frames: it is whole when they are all there within the trial."""

    async def run() -> None:
        async with opened(Limits(workers=1, queue=2, timeout=10)) as engine:
            asked = asyncio.ensure_future(engine.run(ENDLESS, "a"))
            while not engine.statistics()["queries_long"]:
                await asyncio.sleep(0.01)
            query = Query(LARGE.text.replace("400000", "10000"), solutions=LARGE.solutions)
            result = await engine.run(query, "a")
            assert isinstance(result, WholeResult)
            assert len(result.chunks) > 1
            assert b"".join(result.chunks).count(b"\n") == 10_001
            assert running(engine) == 1
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)

    within(run())


def test_full_queue_and_lost_patience(opened: Opened) -> None:
    async def run() -> None:
        async with opened(Limits(workers=1, queue=2, patience=2)) as engine:
            asked = asyncio.ensure_future(engine.run(ENDLESS, "a"))
            await asyncio.sleep(0.2)
            others = [asyncio.ensure_future(engine.run(ENDLESS, name)) for name in "bc"]
            while waiting(engine) < 2:
                await asyncio.sleep(0.01)
            with pytest.raises(Overloaded, match="waiting"):
                await engine.run(ENDLESS, "d")
            assert await whole(engine, SIMPLE, "d") == SIMPLE_ANSWER, "short queries wait for nobody"
            for task in others:
                with pytest.raises(Overloaded, match="in time"):
                    await task
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
            assert await whole(engine, SIMPLE) == SIMPLE_ANSWER

    within(run())


def test_workers_are_recycled(opened: Opened) -> None:
    async def run() -> None:
        async with opened(Limits(workers=1, recycle_after=3)) as engine:
            before = set(await pids(engine, 4))
            for _ in range(20):
                assert await whole(engine, SIMPLE) == SIMPLE_ANSWER
            assert set(await pids(engine, 4)) - before

    within(run())


def test_nothing_is_left_behind(opened: Opened) -> None:
    async def run() -> None:
        async with opened() as engine:
            left = await pids(engine, 6)
            result = await engine.run(LARGE, "c")
            drained = asyncio.ensure_future(engine.drained())
            await asyncio.sleep(0.05)
            assert not drained.done()
            await result.aclose()
            await drained
        with pytest.raises(EngineFailed, match="stopped"):
            await engine.run(SIMPLE, "c")
        for pid in left:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)

    within(run())


def test_many_at_once(opened: Opened) -> None:
    async def run() -> None:
        async with opened(Limits(workers=2, queue=100)) as engine:
            answers = await asyncio.gather(*(whole(engine, SIMPLE, f"c{n % 7}") for n in range(60)))
            assert set(answers) == {SIMPLE_ANSWER}

    within(run())


def test_a_long_query_begins_again_when_there_is_a_place(opened: Opened) -> None:
    async def run() -> None:
        async with opened(Limits(workers=1, timeout=5)) as engine:
            first = asyncio.ensure_future(engine.run(ENDLESS, "a"))
            while not engine.statistics()["queries_long"]:
                await asyncio.sleep(0.01)
            assert (await whole(engine, LARGE, "b")).count(b"\r\n") == 400_001
            with pytest.raises(TimedOut):
                await first

    within(run())


def test_long_queries_give_way(opened: Opened) -> None:
    async def run() -> None:
        async with opened(Limits(workers=1)) as engine:
            asked = asyncio.ensure_future(engine.run(ENDLESS, "c"))
            while not (slow := [one for one in engine._crew._workers if one.lowered]):
                await asyncio.sleep(0.01)
            assert os.getpriority(os.PRIO_PROCESS, slow[0].pid) > os.getpriority(os.PRIO_PROCESS, 0)
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
            assert slow[0] not in engine._crew._workers

    within(run())


def test_the_process_that_holds_the_store_is_replaced(store_path: Path) -> None:
    async def run() -> None:
        async with EmbeddedEngine(store_path, in_memory=True) as engine:
            for _ in range(2):
                while not engine.in_memory:
                    assert await whole(engine, SIMPLE) == SIMPLE_ANSWER, "answered from disk meanwhile"
                nursery = engine._nursery
                assert nursery is not None
                while not all(worker.forked for worker in engine._crew._workers):
                    await asyncio.sleep(0.01)
                os.kill(nursery._process.pid, signal.SIGKILL)
                await nursery.closed
                for _ in range(5):
                    assert await whole(engine, SIMPLE) == SIMPLE_ANSWER

    within(run())


@pytest.mark.parametrize("of_workers", [False, True], ids=["the nursery", "and of a worker"])
def test_the_end_of_the_process_that_holds_the_store_is_seen(store_path: Path, *, of_workers: bool) -> None:
    """Its workers may live on for a while: what they have of its socket must not make it look alive."""

    async def run() -> None:
        async with EmbeddedEngine(store_path, Limits(workers=1), in_memory=True) as engine:
            workers = await all_there(engine, in_memory=True)
            nursery, before = engine._nursery, [worker.pid for worker in workers]
            assert nursery is not None
            os.kill(nursery._process.pid, signal.SIGKILL)
            if of_workers:
                os.kill(before[0], signal.SIGKILL)
            async with asyncio.timeout(2):
                await nursery.closed
            while any(Path(f"/proc/{pid}").exists() for pid in before):
                await asyncio.sleep(0.01)
            assert await whole(engine, SIMPLE) == SIMPLE_ANSWER

    within(run())


def test_descriptors_that_workers_inherit(store_path: Path) -> None:
    """None but the socket to the server: standard input, and copies of it and of the log."""

    async def run() -> None:
        async with EmbeddedEngine(store_path, Limits(workers=1), in_memory=True) as engine:
            workers = await all_there(engine, in_memory=True)
            for worker in workers:
                held = [str(entry.readlink()) for entry in Path(f"/proc/{worker.pid}/fd").iterdir()]
                assert len({place for place in held if place.startswith("socket:")}) == 1

    within(run())


def test_a_process_that_holds_the_store_and_hangs(store_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kzlod.engine.process._FORK_TIMEOUT", 0.2)

    async def run() -> None:
        async with EmbeddedEngine(store_path, Limits(workers=1), in_memory=True) as engine:
            workers = await all_there(engine, in_memory=True)
            nursery = engine._nursery
            assert nursery is not None
            os.kill(nursery._process.pid, signal.SIGSTOP)
            for worker in list(workers):
                os.kill(worker.pid, signal.SIGKILL)
            assert await whole(engine, SIMPLE) == SIMPLE_ANSWER, "answered from disk"

    within(run())
