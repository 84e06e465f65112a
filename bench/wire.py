"""A connection for measuring: HTTP/1.1 with keep-alive on a bare transport, one request at a time.

It does the least that tells a right answer from a wrong one, so that what is measured is the server.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import cast

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection:[ \t]*close", re.IGNORECASE)
_BODILESS = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, `at` which time: status (0: the connection broke), body, its size, if it stays open."""

    status: int
    body: bytes
    size: int
    at: float
    open: bool = True


class Connection(asyncio.Protocol):
    """One connection; `ask` sends a request, and `done` is called with its answer."""

    def __init__(self, done: Callable[["Connection", Answer], None]) -> None:
        """Takes the function that is called with each answer, and with status 0 when the connection broke."""
        self._done = done
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._body = bytearray()
        self._asked = False
        self._status = 0
        self._left: int | None = None  # bytes to come: of the body, or of the chunk
        self._chunked = False
        self._keeps = True

    @property
    def is_open(self) -> bool:
        """Whether a request can be sent."""
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, request: bytes) -> None:
        """Sends a request, written out; the answer to the one before must be complete."""
        assert self._transport is not None
        self._asked, self._status, self._body = True, 0, bytearray()
        self._transport.write(request)

    def close(self) -> None:
        """Closes the connection; an answer that is under way is no longer told."""
        self._asked = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the transport."""
        self._transport = cast(asyncio.Transport, transport)  # that of uvloop is no subclass

    def data_received(self, data: bytes) -> None:
        """Reads on; tells the answer when it is complete."""
        self._buffer += data
        if not self._status and not self._read_header():
            return
        if self._read_chunks() if self._chunked else self._read_counted():
            self._tell(self._status, self._keeps)

    def connection_lost(self, error: Exception | None) -> None:
        """Tells that an answer under way will not come."""
        if self._asked:
            self._tell(0, stays_open=False)

    def _tell(self, status: int, stays_open: bool) -> None:
        answer = Answer(status, bytes(self._body), len(self._body), perf_counter(), stays_open)
        self._asked = False
        if not stays_open and self._transport is not None:
            self._transport.close()
        self._done(self, answer)

    def _read_header(self) -> bool:
        """Reads status line and fields when they are all there."""
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self._buffer[: end + 2])
        del self._buffer[: end + 4]
        self._status = int(head[9:12])
        length = _LENGTH.search(head)
        self._chunked = _CHUNKED.search(head) is not None
        self._keeps = _CLOSE.search(head) is None
        if self._status in _BODILESS:
            self._chunked, self._left = False, 0
        elif self._chunked:
            self._left = None
        elif length:
            self._left = int(length[1])
        else:
            self._status = 0
            self._tell(0, stays_open=False)
            return False
        return True

    def _read_counted(self) -> bool:
        """Takes what belongs to a body of known length; whether it is complete."""
        assert self._left is not None
        self._body += self._buffer[: self._left]
        self._left -= min(len(self._buffer), self._left)
        self._buffer.clear()
        return self._left == 0

    def _read_chunks(self) -> bool:
        """Takes what belongs to a chunked body; whether it is complete."""
        buffer, position = self._buffer, 0
        while True:
            if self._left is None:  # a line with the size of the next chunk
                end = buffer.find(b"\r\n", position)
                if end < 0:
                    break
                size = int(buffer[position:end].split(b";")[0], 16)
                if size == 0:  # no trailers are expected: an empty line follows
                    if len(buffer) < end + 4:
                        break
                    buffer.clear()
                    return True
                self._left, position = size + 2, end + 2
            taken = min(self._left, len(buffer) - position)
            self._body += buffer[position : position + taken]
            position += taken
            self._left -= taken
            if self._left:
                break
            del self._body[-2:]  # the line end after the chunk
            self._left = None
        del buffer[:position]
        return False


async def connect(
    host: str, port: int, source: str | None, done: Callable[[Connection, Answer], None]
) -> Connection:
    """Opens a connection from the address `source` (None: any); OSError when nobody listens."""
    loop = asyncio.get_running_loop()
    local = (source, 0) if source else None
    _, connection = await loop.create_connection(lambda: Connection(done), host, port, local_addr=local)
    return connection
