"""Turns: nobody takes every place, and whoever has used least goes first."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from kzlod.engine.base import Overloaded
from kzlod.engine.turns import Turns


def within(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 20))


async def waiting(turns: Turns, *clients: str, patience: float = 10) -> list["asyncio.Task[None]"]:
    """Each waits for a turn, in this order."""
    tasks = [asyncio.create_task(turns.take(client, patience, 1)) for client in clients]
    await asyncio.sleep(0)
    return tasks


async def cancel(tasks: list["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def test_whoever_has_used_little_goes_before_those_who_have_used_much() -> None:
    async def run() -> None:
        turns = Turns(slots=1, per_client=1, waiting=10)
        for greedy in "abc":
            await turns.take(greedy, 1, 1)
            await asyncio.sleep(0.12)
            turns.give_back(greedy)
        await turns.take("a", 1, 1)
        *greedy_ones, modest = await waiting(turns, "b", "c", "a", "modest")
        turns.give_back("a")
        await modest
        assert not any(task.done() for task in greedy_ones)
        turns.give_back("modest")
        await asyncio.sleep(0)
        assert [task.done() for task in greedy_ones] == [True, False, False], "then the one who came first"
        await cancel(greedy_ones)

    within(run())


def test_what_was_used_is_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kzlod.engine.turns._HALF_LIFE", 0.001)
    monkeypatch.setattr("kzlod.engine.turns._REMEMBERED", 3)

    async def run() -> None:
        turns = Turns(slots=1, per_client=1, waiting=10)
        await turns.take("greedy", 1, 1)
        await asyncio.sleep(0.12)
        turns.give_back("greedy")
        await asyncio.sleep(0.05)
        for other in "abcdef":
            await turns.take(other, 1, 1)
            turns.give_back(other)
        await turns.take("x", 1, 1)
        first, second = await waiting(turns, "greedy", "modest")
        turns.give_back("x")
        await first
        await cancel([second])

    within(run())


def test_whoever_has_most_waiting_makes_room() -> None:
    async def run() -> None:
        turns = Turns(slots=1, per_client=1, waiting=4)
        await turns.take("x", 1, 1)
        tasks = await waiting(turns, "a", "a", "b", "c")
        modest = (await waiting(turns, "modest"))[0]
        with pytest.raises(Overloaded, match="Too many queries"):
            await tasks[1]
        assert turns.counts() == (1, 4)
        with pytest.raises(Overloaded, match="are waiting already"):
            await turns.take("another", 1, 1)
        turns.give_back("x")
        await tasks[0]
        await cancel([*tasks, modest])

    within(run())


def test_patience_has_an_end_and_nothing_is_lost() -> None:
    async def run() -> None:
        turns = Turns(slots=1, per_client=1, waiting=4)
        await turns.take("x", 1, 1)
        with pytest.raises(Overloaded, match="in time"):
            await turns.take("y", 0.01, 1)
        gone = await waiting(turns, "z")
        turns.give_back("x")  # the turn is z's, who leaves in the same moment
        await cancel(gone)
        await turns.take("y", 1, 1)
        assert turns.counts() == (1, 0)

    within(run())
