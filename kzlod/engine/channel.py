"""The server's end of the socket to a worker: frames in both directions on the event loop."""

import asyncio
import json
import socket
from collections import deque
from collections.abc import Mapping
from typing import Any, cast

from kzlod.engine import frames
from kzlod.engine.base import EngineFailed

_ENOUGH = 4 * frames.CHUNK_SIZE


class Channel(asyncio.Protocol):
    """Sends requests and takes answers frame by frame; reads no further ahead than a few chunks."""

    def __init__(self) -> None:
        """Made by `open_channel`."""
        self._transport: asyncio.Transport | None = None
        self._bytes = bytearray()
        self._frames: deque[tuple[bytes, bytes]] = deque()
        self._held = 0
        self._paused = False
        self._waiting: asyncio.Future[None] | None = None
        self._error: EngineFailed | None = None
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the other end is closed, that is, when the process is gone."""

    def send(self, message: Mapping[str, Any]) -> None:
        """Sends a request; that nobody takes it any more shows when the answer is read."""
        if self._transport is not None:
            self._transport.write(frames.frame(frames.REQUEST, json.dumps(message).encode()))

    async def read(self) -> tuple[bytes, bytes]:
        """The next frame, kind and payload; EOFError when there are no more, EngineFailed for nonsense.

        Nothing is lost when the wait is cancelled.
        """
        while not self._frames:
            if self._error is not None:
                raise self._error
            if self.closed.done():
                raise EOFError
            await self.wait()
        kind, payload = self._frames.popleft()
        self._held -= len(payload)
        if self._paused and self._held < _ENOUGH and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        return kind, payload

    @property
    def has_news(self) -> bool:
        """Whether `read` would not wait."""
        return bool(self._frames) or self._error is not None or self.closed.done()

    async def wait(self, patience: float | None = None) -> None:
        """Waits until there is something to read, at most `patience` seconds."""
        if self.has_news:
            return
        loop = asyncio.get_running_loop()
        self._waiting = loop.create_future()
        timer = loop.call_later(patience, self._wake) if patience is not None else None
        try:
            await self._waiting
        finally:
            self._waiting = None
            if timer is not None:
                timer.cancel()

    def close(self) -> None:
        """Closes this end."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        self._bytes += data
        while len(self._bytes) >= frames.PREFIX.size:
            kind, length = frames.PREFIX.unpack_from(self._bytes)
            if length > frames.LARGEST:
                self._error = EngineFailed("A query worker answered nonsense.")
                self.close()
                break
            end = frames.PREFIX.size + length
            if len(self._bytes) < end:
                break
            self._frames.append((kind, bytes(self._bytes[frames.PREFIX.size : end])))
            self._held += length
            del self._bytes[:end]
        if self._held >= _ENOUGH and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop."""
        if not self.closed.done():
            self.closed.set_result(None)
        self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)


async def open_channel(end: socket.socket) -> Channel:
    """A channel over one end of a pair of sockets."""
    end.setblocking(False)
    loop = asyncio.get_running_loop()
    _, channel = await loop.create_connection(Channel, sock=end)
    return channel
