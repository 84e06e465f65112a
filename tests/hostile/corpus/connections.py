"""Connections held, closed or abused at every moment. Each of these takes one connection, or a few."""
# ruff: noqa: E501 - a request a line

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import quote

from tests.hostile import wire
from tests.hostile.attack import CLOSED, CUT, DIRECT, FINE, INDEFINITE, Attack, Outcome, Target, outcome
from tests.hostile.wire import Connection

FAMILY = "connections"
HEALTH = wire.request("GET", "/health")
PLAIN = wire.request("GET", f"/sparql?query={quote('SELECT * { ?s ?p ?o } LIMIT 3')}")
LARGE = wire.request("GET", f"/sparql?format=tsv&query={quote('SELECT * { ?a ?b ?c . ?d ?e ?f }')}")
DUMP = b"GET /@DUMP@ HTTP/1.1\r\nHost: x\r\n\r\n"
BOMB = wire.request("GET", f"/sparql?query={quote('SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }')}")
POST = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
LEFT = "left"
"""The client went away; nothing is owed to it. What is left behind shows in the server's processes."""

Behaviour = Callable[[Target, Connection], Awaitable[Outcome]]


def _attack(
    name: str, what: str, allowed: Sequence[str], behaviour: Behaviour, *, slow: bool = True
) -> Attack:
    async def act(target: Target) -> Outcome:
        connection = await target.connect()
        try:
            return await behaviour(target, connection)
        finally:
            connection.close()

    return Attack(f"connection-{name}", FAMILY, what, frozenset(allowed), act, queries=True, slow=slow)


def _trickled(*parts: bytes, pause: float = 0.1, size: int = 1) -> Behaviour:
    """Sends the first part at once and the others a few bytes at a time."""

    async def behave(_: Target, connection: Connection) -> Outcome:
        await connection.send(parts[0])
        answered = asyncio.ensure_future(outcome(connection))
        rest = b"".join(parts[1:])
        for start in range(0, len(rest), size):
            if answered.done() or not await connection.send(rest[start : start + size]):
                break
            await asyncio.sleep(pause)
        return await answered

    return behave


def _unread(request: bytes) -> Behaviour:
    """Asks, and takes nothing until the server gives up; then what it had sent must be no whole answer."""

    async def behave(target: Target, connection: Connection) -> Outcome:
        connection.deaf()
        await connection.send(target.fill(request.decode("latin-1")).encode("latin-1"))
        await asyncio.sleep(target.stall + target.header + 2)
        return await outcome(connection)

    return behave


def _half_closed(request: bytes) -> Behaviour:
    """Asks and says that nothing more will come."""

    async def behave(_: Target, connection: Connection) -> Outcome:
        await connection.send(request)
        connection.half_close()
        return await outcome(connection)

    return behave


def _left(request: bytes, wait: float, *, reset: bool) -> Behaviour:
    """Asks and goes away after a time."""

    async def behave(target: Target, connection: Connection) -> Outcome:
        await connection.send(target.fill(request.decode("latin-1")).encode("latin-1"))
        await asyncio.sleep(wait)
        connection.reset() if reset else connection.close()
        return Outcome(LEFT)

    return behave


def _pipelined(request: bytes, count: int) -> Behaviour:
    """Asks many times at once; every answer must be whole, or the connection closed in between."""

    async def behave(_: Target, connection: Connection) -> Outcome:
        sending = asyncio.ensure_future(connection.send(request * count))
        try:
            for _number in range(count):
                found = await outcome(connection)
                if found.label in (CLOSED, CUT, *INDEFINITE):
                    break
            return found
        finally:
            sending.cancel()

    return behave


def _unfinished(*parts: bytes, wait: float = 0) -> Behaviour:
    """Sends parts of a request and nothing more."""

    async def behave(_: Target, connection: Connection) -> Outcome:
        for part in parts:
            await connection.send(part)
            await asyncio.sleep(wait)
        return await outcome(connection)

    return behave


async def _every_moment(target: Target, _: Connection) -> Outcome:
    """Ends a request of every length, by closing and by a reset."""
    for length in range(0, len(PLAIN), 3):
        for reset in (False, True):
            connection = await target.connect()
            await connection.send(PLAIN[:length])
            connection.reset() if reset else connection.close()
    return Outcome(LEFT)


async def _interim(_: Target, connection: Connection) -> Outcome:
    """Expects to be told to go on, and then sends the body."""
    await connection.send(POST + b"Content-Length: 6\r\nExpect: 100-continue\r\n\r\n")
    await asyncio.sleep(0.2)
    await connection.send(b"ASK {}")
    return await outcome(connection)


async def _slow_reader(target: Target, connection: Connection) -> Outcome:
    """Takes a file for download in small pieces, each in time, and must get all of it."""
    sent = target.fill(DUMP.decode()).encode()
    await connection.send(sent)
    connection.deaf()
    end = asyncio.get_running_loop().time() + target.stall + 1
    reading = asyncio.ensure_future(outcome(connection))
    while not reading.done() and asyncio.get_running_loop().time() < end:
        connection.deaf()
        await asyncio.sleep(0.2)
        connection.hear()
    return await reading


_TIMED_OUT = ("408", CLOSED)
_CLOSED_OR_ANSWERED = ("200", CLOSED)
ATTACKS = [
    _attack("silent", "says nothing", (CLOSED,), _unfinished()),
    _attack("one-byte", "says one byte", _TIMED_OUT, _unfinished(b"G")),
    _attack("line", "says a line", _TIMED_OUT, _unfinished(HEALTH.split(b"\r\n")[0] + b"\r\n")),
    _attack("half-header", "says half a header", _TIMED_OUT, _unfinished(HEALTH[:-2])),
    _attack("trickled-line", "a request line a byte at a time", _TIMED_OUT, _trickled(b"", b"GET /" + b"a" * 3000)),
    _attack("trickled-header", "a field a byte at a time", _TIMED_OUT, _trickled(HEALTH[:-2], b"X: " + b"x" * 3000)),
    _attack(
        "trickled-fields",
        "a field at a time without end",
        _TIMED_OUT,
        _trickled(HEALTH[:-2], b"X: y\r\n" * 600, size=6),
    ),
    _attack("trickled-lines", "empty lines without end", ("400", *_TIMED_OUT), _trickled(b"", b"\r\n" * 600, size=2)),
    _attack(
        "trickled-body",
        "a body a byte at a time",
        _TIMED_OUT,
        _trickled(POST + b"Content-Length: 3000\r\n\r\n", b"#" * 3000),
    ),
    _attack(
        "trickled-chunks",
        "chunks of a byte, slowly",
        _TIMED_OUT,
        _trickled(POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n#\r\n" * 600, size=6),
    ),
    _attack("body-missing", "a body that never comes", _TIMED_OUT, _unfinished(POST + b"Content-Length: 99\r\n\r\n")),
    _attack(
        "body-half", "half a body", _TIMED_OUT, _unfinished(POST + b"Content-Length: 99\r\n\r\nSELECT * {")
    ),
    _attack(
        "continue-missing",
        "expects to be told to go on, and does not",
        (*_TIMED_OUT, "417"),
        _unfinished(POST + b"Content-Length: 99\r\nExpect: 100-continue\r\n\r\n"),
    ),
    _attack("continue", "expects to be told to go on", ("200", "417"), _interim, slow=False),
    _attack(
        "continue-large",
        "expects to be told to go on with a body that is too large",
        ("413", "417", CLOSED),
        _unfinished(POST + b"Content-Length: 99999999\r\nExpect: 100-continue\r\n\r\n"),
        slow=False,
    ),
    _attack("page-body", "a page with a body that never comes", ("200", *_TIMED_OUT), _unfinished(HEALTH[:-2] + b"Content-Length: 99\r\n\r\n")),
    _attack("second-missing", "a request, and half of another", ("200",), _unfinished(HEALTH + HEALTH[:-3]), slow=False),
    _attack("unread-result", "takes nothing of a result", (CUT, "504"), _unread(LARGE)),
    _attack("unread-pages", "asks 1,000 times for a page and takes nothing", FINE, _unread(b"GET /doc/@THING@ HTTP/1.1\r\nHost: x\r\n\r\n" * 1000)),
    _attack("slow-download", "takes a file slowly, but in time", FINE, _slow_reader),
    _attack("half-closed", "a request, and no more to say", _CLOSED_OR_ANSWERED, _half_closed(HEALTH), slow=False),
    _attack("half-closed-query", "a query, and no more to say", _CLOSED_OR_ANSWERED, _half_closed(PLAIN), slow=False),
    _attack("half-closed-large", "a large result, and no more to say", (CLOSED, CUT, "504"), _half_closed(LARGE)),
    _attack("half-closed-bomb", "a bomb, and no more to say", (CLOSED, "504"), _half_closed(BOMB)),
    _attack("half-closed-part", "half a request, and no more to say", ("400", "408", CLOSED), _half_closed(HEALTH[:-3]), slow=False),
    _attack(
        "half-closed-body",
        "half a body, and no more to say",
        ("400", "408", CLOSED),
        _half_closed(POST + b"Content-Length: 99\r\n\r\nASK"),
        slow=False,
    ),
    _attack("half-closed-silent", "nothing at all to say", (CLOSED,), _half_closed(b""), slow=False),
    _attack("leaves-at-once", "leaves at once", (LEFT,), _left(b"", 0, reset=False), slow=False),
    _attack("leaves-bomb", "leaves a bomb behind", (LEFT,), _left(BOMB, 0.2, reset=False), slow=False),
    _attack("resets-bomb", "resets under a bomb", (LEFT,), _left(BOMB, 0.2, reset=True), slow=False),
    _attack("resets-result", "resets in the middle of a result", (LEFT,), _left(LARGE, 0.3, reset=True), slow=False),
    _attack("resets-download", "resets in the middle of a download", (LEFT,), _left(DUMP, 0.02, reset=True), slow=False),
    _attack("leaves-many", "leaves 200 pipelined bombs behind", (LEFT,), _left(BOMB * 200, 0.2, reset=False), slow=False),
    _attack("every-moment", "closes and resets at every moment of a request", (LEFT,), _every_moment, slow=False),
    _attack("pipelined-pages", "1,000 requests for a page at once", ("200", CLOSED), _pipelined(HEALTH, 1000), slow=False),
    _attack("pipelined-queries", "1,000 queries at once", ("200", CLOSED), _pipelined(PLAIN, 1000), slow=False),
    _attack("pipelined-bombs", "three bombs at once on one connection", ("504", "503", CLOSED), _pipelined(BOMB, 3)),
    _attack("pipelined-refused", "1,000 refused queries at once", ("400", CLOSED), _pipelined(wire.request("GET", "/sparql?query=x"), 1000), slow=False),
    _attack(
        "pipelined-posts",
        "1,000 posted queries at once",
        ("200", CLOSED),
        _pipelined(wire.request("POST", "/sparql", [("Content-Type", DIRECT)], b"ASK {}"), 1000),
        slow=False,
    ),
]  # fmt: skip
