"""A client of HTTP/1.1 at the level of bytes: sends anything, and reads answers without leniency."""

import asyncio
import contextlib
import re
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass

KEPT = 8 * 1024 * 1024
"""Bytes of a body that are kept; the rest is counted."""

_BUFFER = 1024 * 1024
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9]) [\t\x20-\x7e\x80-\xff]*")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})(?:;[\t\x20-\x7e]*)?")
_NO_BODY = (204, 304)


class Closed(Exception):  # noqa: N818 - the names say what happened
    """The server closed the connection without a byte of an answer."""


class Cut(Exception):  # noqa: N818
    """An answer began and visibly broke off."""


class Garbage(Exception):  # noqa: N818
    """What came is not HTTP."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `length` counts the bytes of the body, of which `body` has the first KEPT."""

    status: int
    fields: tuple[tuple[str, str], ...]
    body: bytes = b""
    length: int = 0

    def get(self, name: str) -> str:
        """The value of a header field, names in lower case; empty when there is none."""
        return next((value for key, value in self.fields if key == name), "")

    @property
    def media_type(self) -> str:
        """The type of the body without parameters."""
        return self.get("content-type").partition(";")[0].strip().lower()


class Connection(asyncio.Protocol):
    """A connection that keeps what has come even when the other side resets it."""

    def __init__(self) -> None:
        """Made by `connect`."""
        self.ended = False
        self.received = 0
        self._buffer = bytearray()
        self._more = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Takes the transport."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a stream is needed")
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Keeps the bytes; takes no more while there are many."""
        self.received += len(data)
        self._buffer += data
        self._more.set()
        if len(self._buffer) > _BUFFER:
            self.deaf()

    def eof_received(self) -> bool:
        """The server has said all; our half stays open until we close it."""
        self._end()
        return True

    def connection_lost(self, _: Exception | None) -> None:
        """The connection is gone."""
        self._end()

    def pause_writing(self) -> None:
        """The server takes no more for now."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """The server takes bytes again."""
        self._writable.set()

    async def send(self, data: bytes) -> bool:
        """Sends bytes and waits until nearly all are taken; False when the server takes no more."""
        if not self._transport.is_closing():
            self._transport.write(data)
            await self._writable.wait()
        return not (self.ended or self._transport.is_closing())

    def half_close(self) -> None:
        """Says that nothing more will be sent."""
        with contextlib.suppress(OSError):
            self._transport.write_eof()

    def deaf(self) -> None:
        """Takes nothing more from the network until something is read."""
        with contextlib.suppress(RuntimeError):
            self._transport.pause_reading()

    def hear(self) -> None:
        """Takes from the network again."""
        with contextlib.suppress(RuntimeError):
            self._transport.resume_reading()

    def reset(self) -> None:
        """Ends the connection by a reset, without a word."""
        sock: socket.socket = self._transport.get_extra_info("socket")
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()

    def close(self) -> None:
        """Closes the connection."""
        self._transport.abort() if self._transport.get_write_buffer_size() else self._transport.close()

    async def answer(self, method: str = "GET") -> Answer:
        """The next final answer, read strictly; raises Closed, Cut or Garbage when there is none.

        `method` is that of the request: an answer to HEAD has no body.
        """
        while True:
            status, fields = await self._head()
            if status >= 200:
                break
        sizes = [value for name, value in fields if name == "content-length"]
        codings = [value.lower() for name, value in fields if name == "transfer-encoding"]
        if len(sizes) + len(codings) > 1 or any(coding != "chunked" for coding in codings):
            raise Garbage(f"framing {sizes} {codings}")
        if method == "HEAD" or status in _NO_BODY:
            return Answer(status, fields)
        if codings:
            body, length = await self._chunked()
        elif sizes:
            if not re.fullmatch("[0-9]{1,15}", sizes[0]):
                raise Garbage(f"Content-Length {sizes[0]!r}")
            body, length = bytearray(), int(sizes[0])
            await self._body(length, body)
        else:
            closing = any(name == "connection" and value.lower() == "close" for name, value in fields)
            if not closing:
                raise Garbage("an answer without length, on a connection that stays open")
            body, length = bytearray(), 0
            while await self._some():
                length += self._take(len(self._buffer), body)
        return Answer(status, fields, bytes(body), length)

    async def rest(self) -> bytes:
        """Whatever comes until the server closes, at most the first KEPT bytes."""
        kept = bytearray()
        while await self._some():
            self._take(len(self._buffer), kept)
        return bytes(kept)

    async def _head(self) -> tuple[int, tuple[tuple[str, str], ...]]:
        """Status and header fields of the next answer."""
        if not await self._some():
            raise Closed
        line = await self._line()
        found = _STATUS_LINE.fullmatch(line)
        if found is None:
            raise Garbage(f"status line {bytes(line[:60])!r}")
        fields: list[tuple[str, str]] = []
        while line := await self._line():
            field = _FIELD.fullmatch(line)
            if field is None:
                raise Garbage(f"header field {bytes(line[:60])!r}")
            fields.append((field[1].decode().lower(), field[2].decode("latin-1")))
        return int(found[1]), tuple(fields)

    async def _chunked(self) -> tuple[bytearray, int]:
        body, length = bytearray(), 0
        while True:
            line = await self._line()
            found = _CHUNK.fullmatch(line)
            if found is None:
                raise Garbage(f"chunk {bytes(line[:60])!r}")
            size = int(found[1], 16)
            if not size:
                break
            length += size
            await self._body(size, body)
            if await self._line():
                raise Garbage("a chunk is longer than it says")
        while await self._line():
            pass  # trailers
        return body, length

    async def _body(self, size: int, body: bytearray) -> None:
        while size:
            if not await self._some():
                raise Cut
            size -= self._take(min(size, len(self._buffer)), body)

    async def _line(self) -> bytes:
        start = 0
        while (end := self._buffer.find(b"\r\n", start)) < 0:
            if len(self._buffer) > _BUFFER:
                raise Garbage("a line without end")
            start = max(0, len(self._buffer) - 1)
            if self.ended:
                raise Cut
            await self._wait()
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    async def _some(self) -> bool:
        """Waits until there are bytes; False when no more will come."""
        while not self._buffer and not self.ended:
            await self._wait()
        return bool(self._buffer)

    async def _wait(self) -> None:
        """Waits for more bytes, or the end."""
        self.hear()
        self._more.clear()
        await self._more.wait()

    def _take(self, size: int, body: bytearray) -> int:
        body += self._buffer[: max(0, min(size, KEPT - len(body)))]
        del self._buffer[:size]
        return size

    def _end(self) -> None:
        self.ended = True
        self._more.set()
        self._writable.set()


async def connect(port: int, source: str = "127.0.0.1") -> Connection:
    """A connection to the server on this machine from one of its loopback addresses; OSError without one."""
    _, connection = await asyncio.get_running_loop().create_connection(
        Connection, "127.0.0.1", port, local_addr=(source, 0)
    )
    return connection


def request(
    method: str,
    path: str,
    fields: Sequence[tuple[str, str]] = (),
    body: bytes | None = None,
    version: str = "1.1",
) -> bytes:
    """A well-formed request; `path` and fields are sent as they are."""
    lines = [f"{method} {path} HTTP/{version}", "Host: localhost"]
    lines += [f"{name}: {value}" for name, value in fields]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")
