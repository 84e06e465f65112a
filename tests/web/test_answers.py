"""Finished answers that are kept: the same as the application gives, and never for another request."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from kzlod.web.answers import Answers
from kzlod.web.cycle import written
from kzlod.web.observing import Exchange, Observed
from kzlod.web.settings import Settings
from kzlod.web.site import Site
from tests.web.conftest import NoEngine

Headers = list[tuple[bytes, bytes]]
STORABLE: Headers = [(b"cache-control", b"no-cache"), (b"vary", b"Accept")]


@dataclass
class Application:
    """Counts what it is asked; answers with the count."""

    headers: Headers = field(default_factory=lambda: list(STORABLE))
    status: int = 200
    length: bool = True
    parts: int = 2
    asked: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        body = f"answer {self.asked}".encode()
        length = [(b"content-length", str(len(body) * self.parts).encode())] if self.length else []
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers + length})
        for part in range(self.parts):
            await send({"type": "http.response.body", "body": body, "more_body": part < self.parts - 1})


class Asking:
    """An application behind kept answers."""

    def __init__(self, application: Application, size: int = 1 << 20) -> None:
        self.site = Site(None, NoEngine(), Settings())
        self.answers = Answers(application, self.site, size)

    @staticmethod
    def scope(path: str = "/a", query: bytes = b"", method: str = "GET", **headers: str) -> dict[str, Any]:
        return {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query,
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        }

    def get(self, *arguments: Any, **named: Any) -> tuple[Message, bytes]:
        scope = self.scope(*arguments, **named)
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            raise AssertionError("nobody reads the request")

        asyncio.run(self.answers(scope, receive, send))
        return sent[0], b"".join(message.get("body", b"") for message in sent[1:])


def test_the_same_request_is_answered_once() -> None:
    application = Application()
    asking = Asking(application)
    first = asking.get(accept="text/turtle")
    assert [asking.get(accept="text/turtle") for _ in range(3)] == [first] * 3
    assert first[1] == b"answer 1answer 1"
    assert application.asked == 1


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/b"},
        {"query": b"lang=kk"},
        {"accept": "text/html"},
        {"accept_language": "kk"},
        {"cookie": "lang=kk"},
    ],
)
def test_another_request_has_another_answer(other: dict[str, Any]) -> None:
    asking = Asking(Application())
    assert asking.get()[1] != asking.get(**other)[1]


@pytest.mark.parametrize(
    "other",
    [{"method": "HEAD"}, {"method": "POST"}, {"range": "bytes=0-1"}, {"if_none_match": '"x"'}],
)
def test_what_asks_for_something_else_is_passed_on(other: dict[str, Any]) -> None:
    application = Application()
    asking = Asking(application)
    asking.get()
    asking.get(**other)
    asking.get(**other)
    assert application.asked == 3


@pytest.mark.parametrize(
    "application",
    [
        Application(headers=[(b"cache-control", b"no-store")]),
        Application(headers=[]),
        Application(headers=[*STORABLE, (b"vary", b"Origin")]),
        Application(headers=[*STORABLE, (b"set-cookie", b"a=b")]),
        Application(status=404),
        Application(status=503),
        Application(status=206),
        Application(length=False),
        Application(parts=100_000),
    ],
)
def test_what_may_not_be_kept_is_not(application: Application) -> None:
    asking = Asking(application)
    assert asking.get()[1] != asking.get()[1]


def test_what_is_kept_can_be_had_at_once_and_is_seen() -> None:
    asking, seen = Asking(Application()), list[Exchange]()
    observed = Observed(asking.answers, [seen.append], asking.answers.kept)
    assert observed.at_once(asking.scope(accept="text/turtle")) is None
    start, body = asking.get(accept="text/turtle")
    ready = observed.at_once(asking.scope(accept="text/turtle"))
    assert ready is not None
    assert (ready.status, ready.fields, ready.body) == (200, written(start["headers"]), body)
    assert [(one.status, one.sent, one.release, one.cut) for one in seen] == [(200, len(body), "none", None)]
    assert observed.at_once(asking.scope(accept="text/html")) is None
    assert observed.at_once(asking.scope(accept="text/turtle", if_none_match="*")) is None
    asking.site.swap(None, NoEngine())
    assert observed.at_once(asking.scope(accept="text/turtle")) is None


def test_a_new_release_has_answers_of_its_own() -> None:
    asking = Asking(Application())
    before = asking.get()
    asking.site.swap(None, NoEngine())
    after = asking.get()
    assert before != after == asking.get()


def test_an_answer_of_the_release_before_is_not_kept_for_the_next() -> None:
    application = Application()
    asking = Asking(application)

    async def swapping(scope: Scope, receive: Receive, send: Send) -> None:
        asking.site.swap(None, NoEngine())
        await application(scope, receive, send)

    asking.answers._app = swapping
    asking.get()
    asking.answers._app = application
    assert asking.get()[1].startswith(b"answer 2")


def test_the_least_recently_used_makes_room() -> None:
    asking = Asking(Application(), size=3 * 2100)
    first = asking.get("/0")
    for n in range(1, 6):
        asking.get(f"/{n}")
        assert asking.get("/0") == first
    assert asking.answers._held <= 3 * 2100
    assert asking.get("/1")[1] != b"answer 2answer 2"


def test_nothing_is_kept_without_room() -> None:
    asking = Asking(Application(), size=0)
    assert asking.get()[1] != asking.get()[1]


def test_pages_and_data_are_the_same_from_both(client: Any) -> None:
    for path, accept in [("/doc/treaty/a", "text/turtle"), ("/", "text/html"), ("/id/treaty/a", "*/*")]:
        first, second = client.get(path, accept), client.get(path, accept)
        assert (first.status_code, first.content, first.headers) == (
            second.status_code,
            second.content,
            second.headers,
        )
