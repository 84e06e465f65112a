"""One request and its answer on a connection: that of uvicorn, but small answers go out in one piece.

uvicorn sends header and body apart and looks at every field anew; for answers that take a fraction of a
millisecond that is most of the work.
"""

import asyncio
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import Any, NamedTuple, cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_PIECE = 64 * 1024  # bytes of a body above which it is not copied behind its header
_STATUS_LINES = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus
}
_CLOSE = b"connection: close\r\n"
_CHUNKED = b"transfer-encoding: chunked\r\n"

Fields = Iterable[tuple[bytes, bytes]]
"""Header fields: names and values."""


class Ready(NamedTuple):
    """An answer that is there as a whole: status, the lines of its header fields, body.

    And what is observed of it: its release, and of an answer to a query how that went and its hash.
    """

    status: int
    fields: bytes
    body: bytes
    release: str
    outcome: str | None = None
    query: str | None = None


def status_line(status: int) -> bytes:
    """The first line of an answer (RFC 9112, section 4)."""
    return _STATUS_LINES.get(status) or f"HTTP/1.1 {status} \r\n".encode()


@lru_cache(maxsize=4096)
def field(name: bytes, value: bytes) -> bytes:
    """The line of a header field; ValueError when it would be more than that (RFC 9110, section 5)."""
    if not _NAME.fullmatch(name) or _FORBIDDEN.search(value):
        raise ValueError(f"no header field: {name!r}: {value!r}")
    return b"%b: %b\r\n" % (name.lower(), value)


def written(fields: Fields) -> bytes:
    """The lines of header fields; ValueError when one is none."""
    return b"".join([field(name, value) for name, value in fields])


class Cycle(RequestResponseCycle):
    """A request that is being answered; see the module's description."""

    _head = b""

    async def run_asgi(self, app: ASGIApp) -> None:  # type: ignore[override]
        """Runs the application; the header of an answer that fails before its body is sent all the same.

        Whoever asked then has an answer that broke off, and not a connection that was closed without one.
        """

        async def answered(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                await app(scope, receive, send)
            finally:
                if self._head and not self.disconnected:
                    self._write([])

        await super().run_asgi(cast("Any", answered))

    async def send(self, message: Message) -> None:  # type: ignore[override]
        """Takes a part of the answer, as ASGI says; the header waits for something of the body."""
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        expected = "http.response.body" if self.response_started else "http.response.start"
        if self.response_complete or message["type"] != expected:
            raise RuntimeError(f"{message['type']} is sent, but now is not the time for it")
        if not self.response_started:
            self._head = self._begin(message["status"], list(message.get("headers", ())))
            self.response_started, self.waiting_for_100_continue = True, False
            return
        more = message.get("more_body", False)
        self._write(self._framed(message.get("body", b""), more))
        if not more:
            if self.expected_content_length:
                raise RuntimeError("the body is shorter than its Content-Length")
            self.response_complete = True
            self.message_event.set()
            if not self.keep_alive:
                self.transport.close()
            self.on_response()

    def _begin(self, status: int, fields: Sequence[tuple[bytes, bytes]]) -> bytes:
        """The header; how the body is to be sent follows from it."""
        for name, value in fields:
            name = name.lower()
            if name == b"content-length" and self.chunked_encoding is None:
                self.expected_content_length, self.chunked_encoding = int(value), False
            elif name == b"transfer-encoding" and value.lower() == b"chunked":
                self.expected_content_length, self.chunked_encoding = 0, True
            elif name == b"connection" and b"close" in value.lower():
                self.keep_alive = False
        head = status_line(status) + written(self.default_headers) + written(fields)
        if not self.keep_alive and _CLOSE not in head:
            head += _CLOSE
        if self.chunked_encoding is None and self.scope["method"] != "HEAD" and status not in (204, 304):
            self.chunked_encoding = True
            head += _CHUNKED
        return head + b"\r\n"

    def _framed(self, body: bytes, more: bool) -> list[bytes]:
        """A part of the body as it is sent."""
        if self.scope["method"] == "HEAD":
            self.expected_content_length = 0
            return []
        if self.chunked_encoding:
            chunk = [b"%x\r\n" % len(body), body, b"\r\n"] if body else []
            return chunk if more else [*chunk, b"0\r\n\r\n"]
        if len(body) > self.expected_content_length:
            raise RuntimeError("the body is longer than its Content-Length")
        self.expected_content_length -= len(body)
        return [body]

    def _write(self, parts: list[bytes]) -> None:
        head, self._head = self._head, b""
        write(self.transport, [head, *parts])


def write(transport: asyncio.WriteTransport, parts: Sequence[bytes]) -> None:
    """Writes small parts as one, and large ones without copying them."""
    if sum(map(len, parts)) <= _PIECE:
        transport.write(b"".join(parts))
    else:
        transport.writelines([part for part in parts if part])
