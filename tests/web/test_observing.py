"""What is seen of requests: every end that an answer can have, and streams that stay streams."""

import asyncio
import contextlib
import hashlib
from typing import Any

import pytest
from fastapi import Request
from fastapi.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from kzlod.release.published import Release
from kzlod.web.app import create_app
from kzlod.web.observing import Exchange, Observed, note, query_hash
from kzlod.web.settings import Settings
from kzlod.web.site import Site

from .conftest import RELEASE, Client, NoEngine

START = {"type": "http.response.start", "status": 200, "headers": [(b"kzlod-release", b"1-a")]}


def scope(**values: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "path": "/a b",
        "raw_path": b"/a%20b",
        "query_string": b"x=1",
        "client": ("192.0.2.1", 5),
        "headers": [],
        **values,
    }


def body(data: bytes, *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": more}


async def nothing() -> Message:
    raise AssertionError("not asked for")


def observed(app: Any, asked: dict[str, Any]) -> tuple[Exchange, list[Message]]:
    """What is seen of one request, whatever its end, and what went to the client."""
    seen: list[Exchange] = []
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def run() -> None:
        target = Observed(app, [seen.append])
        with contextlib.suppress(RuntimeError, asyncio.CancelledError):
            await target(asked, nothing, send)
        assert target.in_progress == 0

    asyncio.run(run())
    (exchange,) = seen
    return exchange, sent


def test_a_whole_answer() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        note(scope, query="abc", outcome="ok", cache="hit")
        await send(START)
        await send(body(b"one", more=True))
        await send(body(b"two"))

    headers = [(b"user-agent", b"me\n"), (b"referer", b"http://a/"), (b"x-forwarded-for", b"1.2.3.4")]
    exchange, sent = observed(app, scope(headers=headers))
    assert sent == [START, body(b"one", more=True), body(b"two")]
    assert (exchange.status, exchange.sent, exchange.release, exchange.cut) == (200, 6, "1-a", None)
    assert (exchange.path, exchange.query_bytes, exchange.peer) == ("/a%20b", 3, "192.0.2.1")
    assert (exchange.agent, exchange.referer, exchange.forwarded) == ("me\n", "http://a/", "1.2.3.4")
    assert (exchange.query, exchange.outcome, exchange.cache) == ("abc", "ok", "hit")
    assert exchange.first is not None
    assert 0 <= exchange.first <= exchange.seconds


def test_each_part_is_passed_on_before_the_next_is_made() -> None:
    """A stream stays one: the application never runs ahead of what was sent."""
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        for number in range(1, 4):
            await send(body(b"x", more=True))
            assert len(sent) == number + 1
        await send(body(b""))

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Observed(app)(scope(), nothing, send))
    assert len(sent) == 5


def test_an_answer_that_breaks_off() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send(body(b"half", more=True))
        raise RuntimeError("broken")

    exchange, _ = observed(app, scope())
    assert (exchange.status, exchange.sent, exchange.cut) == (200, 4, "server")


def test_a_client_that_leaves_in_the_middle() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        note(scope, outcome="ok")
        await send(START)
        await send(body(b"half", more=True))

    exchange, _ = observed(app, scope())
    assert (exchange.cut, exchange.outcome) == ("client", "client-gone")


def test_a_client_that_left_before() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        note(scope, outcome="client-gone")
        await send({**START, "status": 499})
        await send(body(b""))

    assert observed(app, scope())[0].cut == "client"


def test_no_answer_at_all() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise asyncio.CancelledError

    exchange, _ = observed(app, scope(client=None))
    assert (exchange.status, exchange.first, exchange.cut, exchange.peer) == (None, None, "server", "")


def test_hostile_lengths_are_cut() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await send(body(b""))

    long = b"x" * 60_000
    headers = [(b"user-agent", long), (b"referer", long), (b"x-forwarded-for", long + b",1.2.3.4")]
    exchange, _ = observed(app, scope(method="M" * 60_000, raw_path=long, headers=headers))
    kept = (exchange.method, exchange.path, exchange.agent, exchange.referer, exchange.forwarded)
    assert sum(len(one or "") for one in kept) < 3000
    assert exchange.forwarded.endswith(",1.2.3.4")


def test_what_is_no_request_is_passed_on() -> None:
    seen: list[Exchange] = []
    passed: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        passed.append(scope["type"])

    async def send(message: Message) -> None:
        raise AssertionError

    asyncio.run(Observed(app, [seen.append])({"type": "lifespan"}, nothing, send))
    assert (passed, seen) == (["lifespan"], [])


def test_the_application_tells_of_every_answer(release: Release) -> None:
    """From outside of all other middleware: errors of ours and answers to OPTIONS are seen, too."""
    app = create_app(Site(release, NoEngine(), Settings()))
    seen: list[Exchange] = []
    assert isinstance(app.middleware_stack, Observed)
    app.middleware_stack.observers = [seen.append]

    def broken(request: Request) -> Response:
        raise RuntimeError("the secret")

    app.router.routes.insert(0, Route("/broken", broken))
    client = Client(app)
    answers = [
        client.get("/doc/country/KAZ", "text/turtle"),
        client.get("/nothing"),
        client.get("/broken"),
        client.request("HEAD", "/doc/country/KAZ"),
        client.request("OPTIONS", "/doc/country/KAZ"),
        client.request("PUT", "/doc/country/KAZ"),
    ]
    assert [one.status for one in seen] == [200, 404, 500, 200, 204, 405]
    assert [one.sent for one in seen] == [len(answer.content) for answer in answers]
    assert {one.cut for one in seen} == {None}
    assert seen[0].release == RELEASE


@pytest.mark.parametrize("text", ["ASK {}", "SELECT * { ?s ?p 'қ' }", "\ud800"])
def test_a_query_is_named_by_its_hash(text: str) -> None:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    assert query_hash(text) == digest[:16]
