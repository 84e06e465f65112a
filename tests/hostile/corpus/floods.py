"""Attacks by thousands of connections at a time. They run one after another, and by themselves."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import quote

from tests.hostile import wire
from tests.hostile.attack import CLOSED, CUT, Attack, Outcome, Target, outcome
from tests.hostile.corpus.connections import BOMB, DUMP, HEALTH, LEFT, PLAIN, POST
from tests.hostile.wire import Connection

FAMILY = "floods"
_TOGETHER = 100
_ROWS = wire.request(
    "GET", f"/sparql?format=csv&query={quote('SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 2000000')}"
)
_LENGTH = b"Content-Length: 999\r\n\r\n"
_DEFINITE = {"200", "400", "408", "503", "504", CLOSED, CUT, LEFT, "no connection"}

Behaviour = Callable[[Target, Connection, float], Awaitable[Outcome]]


def _flood(name: str, what: str, count: int, addresses: int, behave: Behaviour) -> Attack:
    """So many connections from so many addresses, each held until its own end or that of the attack."""

    async def act(target: Target) -> Outcome:
        end = asyncio.get_running_loop().time() + target.header + target.stall
        opening = asyncio.Semaphore(_TOGETHER)
        sources = [f"127.0.1.{n}" for n in range(1, addresses + 1)]

        async def one(number: int) -> Outcome:
            try:
                async with opening:
                    connection = await replace(target, source=sources[number % addresses]).connect()
            except OSError:
                return Outcome("no connection")
            try:
                async with asyncio.timeout_at(end + target.stall + target.timeout + target.patience + 10):
                    return await behave(target, connection, end)
            except TimeoutError:
                return Outcome("hung")
            finally:
                connection.close()

        found = await asyncio.gather(*(one(number) for number in range(count)))
        bad = [one for one in found if one.label not in _DEFINITE]
        labels = dict(Counter(one.label for one in found))
        return Outcome(bad[0].label, f"{bad[0].detail} {labels}") if bad else Outcome(LEFT, str(labels))

    return Attack(f"flood-{name}", FAMILY, what, frozenset({LEFT}), act, queries=True)


def _says(*parts: bytes) -> Behaviour:
    """Says something at once and waits for what the server makes of it."""

    async def behave(target: Target, connection: Connection, end: float) -> Outcome:
        for part in parts:
            await connection.send(target.fill_bytes(part))
        try:
            async with asyncio.timeout_at(end):
                return await outcome(connection)
        except TimeoutError:
            return Outcome(LEFT)

    return behave


def _reads_slowly(request: bytes) -> Behaviour:
    """Takes a little of an answer now and then, always in time."""

    async def behave(target: Target, connection: Connection, end: float) -> Outcome:
        loop = asyncio.get_running_loop()
        await connection.send(target.fill_bytes(request))
        reading = asyncio.ensure_future(outcome(connection))
        try:
            while loop.time() < end and not reading.done():
                connection.deaf()
                await asyncio.sleep(0.3)
                connection.hear()
                await asyncio.sleep(0.002)
            return reading.result() if reading.done() else Outcome(LEFT)
        finally:
            reading.cancel()

    return behave


def _trickles(before: bytes, part: bytes) -> Behaviour:
    """Sends a little now and then until the server has had enough."""

    async def behave(_: Target, connection: Connection, end: float) -> Outcome:
        loop = asyncio.get_running_loop()
        await connection.send(before)
        reading = asyncio.ensure_future(outcome(connection))
        try:
            while loop.time() < end and not reading.done() and await connection.send(part):
                await asyncio.sleep(0.5)
            return await reading if reading.done() or connection.ended else Outcome(LEFT)
        finally:
            reading.cancel()

    return behave


async def _leaves(_: Target, connection: Connection, __: float) -> Outcome:
    """Comes and goes."""
    connection.reset()
    return Outcome(LEFT)


FLOODS = (
    _flood("idle", "3,000 connections that say nothing", 3000, 8, _says()),
    _flood("one-byte", "3,000 connections that say a byte", 3000, 8, _says(b"G")),
    _flood("headers", "2,500 headers that trickle", 2500, 6, _trickles(HEALTH[:-2], b"X: y\r\n")),
    _flood("bodies", "2,500 bodies that never come", 2500, 6, _says(POST + _LENGTH)),
    _flood("trickled-bodies", "2,500 bodies that trickle", 2500, 6, _trickles(POST + _LENGTH, b"#")),
    _flood("kept", "2,500 connections kept after an answer", 2500, 6, _says(HEALTH, b"")),
    _flood("churn", "6,000 connections that come and go", 6000, 8, _leaves),
    _flood("results", "400 readers that take a large result slowly", 400, 16, _reads_slowly(_ROWS)),
    _flood("downloads", "400 readers that take a file slowly", 400, 8, _reads_slowly(DUMP * 4)),
    _flood("bombs", "400 bombs from 40 addresses", 400, 40, _says(BOMB)),
    _flood("queries", "4,000 ordinary queries from 20 addresses", 4000, 20, _says(PLAIN)),
)  # fmt: skip
