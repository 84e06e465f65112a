"""What a hostile request is: what it sends, and the definite outcomes that it may have."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pyoxigraph as ox

from tests.hostile import wire
from tests.hostile.wire import Answer, Connection

DIRECT = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"
CLOSED = "closed"
CUT = "cut"
OVERLOADED = "503"
INDEFINITE = ("hung", "garbage", "unsound", "extra")
"""What no attack may come to: nothing in time, no HTTP, a body that is not what it says, too many answers."""

TOO_MUCH = ("504", "400")
"""A query that takes too long or too much memory."""
TOO_MUCH_TO_SEND = ("504", "400", CUT)
"""The same, where a result may have begun."""
PERHAPS = ("200", *TOO_MUCH)
"""A query that a faster machine, or a longer limit, may answer."""
PERHAPS_SENT = ("200", *TOO_MUCH_TO_SEND)
REFUSED = ("400",)
FINE = ("200",)

Check = Callable[[Answer], str]
"""What is wrong with an answer that has an allowed status; empty when nothing is."""


@dataclass(frozen=True, slots=True)
class Target:
    """The server under attack, and what is known of it.

    `canary` is a port on which nothing may ever arrive; `thing` a thing's path below /doc, `dump` the path of
    a file for download; times in seconds: `timeout` of a query, `patience` of the queue, `header` for the
    header of a request, `stall` for a reader or a body.
    """

    port: int
    source: str
    canary: int
    thing: str
    dump: str
    timeout: float
    patience: float
    header: float
    stall: float

    @property
    def bound(self) -> float:
        """The time in which every attack must have an outcome."""
        return 2 * (self.timeout + self.patience + self.header + self.stall) + 20

    def fill(self, text: str) -> str:
        """A text with its places `@CANARY@`, `@THING@` and `@DUMP@` filled."""
        places = {"@CANARY@": f"127.0.0.1:{self.canary}", "@THING@": self.thing, "@DUMP@": self.dump}
        for place, value in places.items():
            text = text.replace(place, value)
        return text

    def fill_bytes(self, data: bytes) -> bytes:
        """Bytes with the same places filled."""
        return self.fill(data.decode("latin-1")).encode("latin-1") if b"@" in data else data

    async def connect(self) -> Connection:
        """A new connection."""
        return await wire.connect(self.port, self.source)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attack ended: a status, `closed`, `cut`, or one of INDEFINITE, with what is known of it."""

    label: str
    detail: str = ""


Act = Callable[[Target], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Attack:
    """One hostile request, or one way of holding a connection.

    `allowed` are its outcomes on a server that is otherwise idle; under load a query may be turned away too.
    `slow` ones take the time limits of connections by their nature.
    """

    id: str
    family: str
    what: str
    allowed: frozenset[str]
    act: Act
    queries: bool = False
    slow: bool = False

    def may_be(self, label: str, *, loaded: bool) -> bool:
        """Whether that outcome is one of the definite ones of this attack."""
        return label in self.allowed or (loaded and self.queries and label == OVERLOADED)

    async def run(self, target: Target) -> Outcome:
        """Attacks once; an attack without an outcome in time is `hung`."""
        try:
            async with asyncio.timeout(target.bound):
                return await self.act(target)
        except TimeoutError:
            return Outcome("hung", f"nothing definite in {target.bound:g} s")


async def outcome(connection: Connection, method: str = "GET", check: Check | None = None) -> Outcome:
    """How the next answer on a connection came out."""
    try:
        answer = await connection.answer(method)
    except wire.Closed:
        return Outcome(CLOSED)
    except wire.Cut:
        return Outcome(CUT, f"after {connection.received} bytes")
    except wire.Garbage as garbage:
        return Outcome("garbage", str(garbage))
    wrong = unsound(answer, method) or (check(answer) if check and answer.status == 200 else "")
    return Outcome("unsound", f"{answer.status}: {wrong}") if wrong else Outcome(str(answer.status))


def unsound(answer: Answer, method: str = "GET") -> str:
    """What is wrong with a whole answer in itself: a body not of its type, a 503 without Retry-After."""
    if answer.status == 503 and not answer.get("retry-after").isdigit():
        return "no Retry-After"
    if any(name in ("x-injected", "set-cookie2") for name, _ in answer.fields):
        return "a header field that the request put in"
    if method == "HEAD" or answer.length > len(answer.body) or answer.status in (204, 304):
        return ""
    kind = answer.media_type
    try:
        if kind.endswith("json") and kind != "application/ld+json":
            found = json.loads(answer.body)
            if kind == "application/problem+json" and found["status"] != answer.status:
                return "another status in the problem than in the answer"
        elif kind in ("application/sparql-results+xml", "application/xml"):
            ElementTree.fromstring(answer.body)
        elif kind in ("text/turtle", "application/n-triples"):
            for _ in ox.parse(answer.body, format=ox.RdfFormat.from_media_type(kind)):
                pass
    except (ValueError, KeyError, TypeError, SyntaxError, ElementTree.ParseError) as error:
        return f"a body that is no {kind}: {error}"
    return ""


def query(
    name: str,
    family: str,
    what: str,
    text: str,
    allowed: Sequence[str],
    *,
    via: str = DIRECT,
    accept: str = "application/sparql-results+json, application/n-triples;q=0.9",
    parameters: Sequence[tuple[str, str]] = (),
    check: Check | None = None,
) -> Attack:
    """An attack by a query: sent by `GET`, or by POST as FORM or DIRECT, with further parameters."""

    async def act(target: Target) -> Outcome:
        filled = target.fill(text)
        others = [(key, target.fill(value)) for key, value in parameters]
        fields = [("Accept", accept)]
        if via == "GET":
            path = "/sparql?" + urlencode([*others, ("query", filled)], quote_via=quote)
            sent = wire.request("GET", path, fields)
        else:
            path = "/sparql"
            body = filled.encode()
            if via == FORM:
                body = urlencode([*others, ("query", filled)]).encode()
            elif others:
                path += "?" + urlencode(others)
            sent = wire.request("POST", path, [*fields, ("Content-Type", via)], body)
        return await exchange(target, (sent,), check=check)

    return Attack(name, family, what, frozenset(allowed), act, queries=True)


def raw(
    name: str,
    family: str,
    what: str,
    sent: bytes | Callable[[], Iterable[bytes]],
    allowed: Sequence[str],
    *,
    method: str = "GET",
    answers: int = 1,
    check: Check | None = None,
) -> Attack:
    """An attack by bytes as they stand, or by many parts that are made when it begins (places are filled).

    More than `answers` answers are the outcome `extra`.
    """

    async def act(target: Target) -> Outcome:
        parts = (sent,) if isinstance(sent, bytes) else sent()
        filled = (target.fill_bytes(part) for part in parts)
        return await exchange(target, filled, method=method, answers=answers, check=check)

    queries = isinstance(sent, bytes) and b"/sparql" in sent
    return Attack(name, family, what, frozenset(allowed), act, queries=queries)


def get(name: str, family: str, what: str, path: str, allowed: Sequence[str], **more: str) -> Attack:
    """An attack by a GET of a path, with header fields written with underscores."""
    fields = [(key.replace("_", "-"), value) for key, value in more.items()]
    return raw(name, family, what, wire.request("GET", path, fields), allowed)


async def exchange(
    target: Target,
    parts: Iterable[bytes],
    *,
    method: str = "GET",
    answers: int = 1,
    check: Check | None = None,
) -> Outcome:
    """Sends the parts on a new connection and tells how the last of the answers came out."""
    connection = await target.connect()

    async def send() -> None:
        for part in parts:
            if not await connection.send(part):
                break

    sending = asyncio.ensure_future(send())  # the server may answer before it has everything
    try:
        for _ in range(answers):
            found = await outcome(connection, method, check)
            if found.label in (CLOSED, CUT, *INDEFINITE):
                return found
        return await _nothing_more(connection, found, method)
    finally:
        sending.cancel()
        connection.close()


async def _nothing_more(connection: Connection, found: Outcome, method: str) -> Outcome:
    """The outcome, unless the server says more than it was asked."""
    try:
        async with asyncio.timeout(0.02):
            more = await outcome(connection, method)
    except TimeoutError:
        return found
    if more.label == CLOSED:
        return found
    return Outcome("extra", f"{found.label}, then {more.label} {more.detail}")
