"""Asking the web application in process, as a client would over HTTP."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from starlette.types import ASGIApp, Message

from kzlod.export.names import Address


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, header fields (names in lower case) and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type without parameters."""
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def varies_by_language(self) -> bool:
        """Whether the same address gives something else in another language."""
        return "accept-language" in self.headers.get("vary", "").lower()

    @property
    def is_final(self) -> bool:
        """Whether the answer may be kept: a page that could not ask the engine may not."""
        return "no-store" not in self.headers.get("cache-control", "")


async def ask(app: ASGIApp, one: Address, accept: str = "*/*", language: str = "en") -> Answer:
    """The answer to GET."""
    status, headers, body = 0, {}, []

    asked = False

    async def receive() -> Message:
        nonlocal asked
        if asked:  # the client stays, and says no more
            await asyncio.Event().wait()
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = {name.decode().lower(): value.decode("latin-1") for name, value in message["headers"]}
        elif message["type"] == "http.response.body":
            body.append(message.get("body", b""))

    await app(scope(one, accept, language), receive, send)
    return Answer(status, headers, b"".join(body))


def scope(one: Address, accept: str, language: str) -> dict[str, object]:
    """What ASGI tells of such a request."""
    fields = {"host": "localhost", "accept": accept, "accept-language": language}
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(one.path),
        "raw_path": one.path.encode(),
        "query_string": one.query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in fields.items()],
        "client": ("127.0.0.1", 0),
        "server": ("localhost", 80),
    }
