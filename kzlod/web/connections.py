"""The open connections of the server, and the bounds on how long and how many of them a client may hold.

The HTTP server underneath has a limit for idle connections only: a header that is sent a byte at a time, or a
reader that takes nothing, would hold its connection for ever. Here each has its time, and the connection that
has waited longest makes room when there are too many.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from kzlod.web.clients import client_name, is_proxy

_SWEEP_EVERY = 0.5  # seconds
_TIMED_OUT = (
    b"HTTP/1.1 408 Request Timeout\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: 35\r\nConnection: close\r\n\r\nThe request did not come in time.\r\n"
)
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 1\r\n"
    b"Content-Length: 28\r\nConnection: close\r\n\r\nToo many open connections.\r\n"
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Times in seconds: `request` for a whole request header to come, `stall` for a reader to take something.

    `total` connections may be open, `per_client` of them to one address (not to a trusted proxy, which speaks
    for many clients).
    """

    request: float = 10.0
    stall: float = 15.0
    total: int = 2000
    per_client: int = 500
    proxies: Sequence[IPv4Network | IPv6Network] = ()


class Connections:
    """All open connections by client, kept within bounds."""

    def __init__(self, bounds: Bounds) -> None:
        """Takes the bounds."""
        self.bounds = bounds
        self._by_client: dict[str, set[BoundedProtocol]] = defaultdict(set)
        self._count = 0
        self._sweeping: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        """How many connections are open."""
        return self._count

    def add(self, connection: "BoundedProtocol") -> bool:
        """Takes a new connection; False when there is no room and none that waits could be closed for it."""
        own = self._by_client[connection.client_name]
        if connection.counts and len(own) >= self.bounds.per_client and not _close_one(own):
            return False
        if self._count >= self.bounds.total:
            most = max(self._by_client.values(), key=len)
            if not _close_one(most):
                return False
        own.add(connection)
        self._count += 1
        if self._sweeping is None:
            self._sweeping = connection.loop.call_later(_SWEEP_EVERY, self._sweep, connection.loop)
        return True

    def remove(self, connection: "BoundedProtocol") -> None:
        """Forgets a connection that is closed."""
        own = self._by_client.get(connection.client_name)
        if own is None or connection not in own:
            return
        own.discard(connection)
        self._count -= 1
        if not own:
            del self._by_client[connection.client_name]

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for own in list(self._by_client.values()):
            for connection in list(own):
                connection.check_time(now)
        self._sweeping = loop.call_later(_SWEEP_EVERY, self._sweep, loop) if self._count else None


def _close_one(connections: "set[BoundedProtocol]") -> bool:
    """Closes the connection that has waited longest for a request, one that never sent any first."""
    waiting = [item for item in connections if item.waits]
    if not waiting:
        return False
    min(waiting, key=lambda item: (item.used, item.since)).drop()
    return True


class BoundedProtocol(H11Protocol):
    """A connection of the HTTP server that is told to the Connections."""

    def __init__(self, *arguments: Any, connections: Connections, **named: Any) -> None:
        """Takes what the server gives to a protocol, and where the connection is to be counted."""
        super().__init__(*arguments, **named)
        self._open = connections
        self._unread_since: float | None = None
        self._closing_since: float | None = None
        self.client_name = ""
        self.counts = True
        self.since = 0.0
        """When it began to wait for a request, in the loop's time."""

    @property
    def waits(self) -> bool:
        """Whether it is open and no request is being answered."""
        return not self.transport.is_closing() and (self.cycle is None or self.cycle.response_complete)

    @property
    def used(self) -> bool:
        """Whether there was a request before."""
        return self.cycle is not None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Counts the connection; sends 503 when there is no room for it."""
        super().connection_made(transport)
        self.since = self.loop.time()
        peer = self.client[0] if self.client else ""
        self.client_name = client_name(peer, (), ())
        self.counts = not is_proxy(peer, self._open.bounds.proxies)
        if not self._open.add(self):
            transport.write(_FULL)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Counts the connection no more."""
        self._open.remove(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A first byte after a pause begins the time for a request; further ones do not lengthen it."""
        if self.timeout_keep_alive_task is not None:
            self.since = self.loop.time()
        if not self.transport.is_closing():
            super().data_received(data)

    def on_response_complete(self) -> None:
        """The wait for the next request begins."""
        self.since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """The reader falls behind."""
        self._unread_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """The reader has caught up."""
        self._unread_since = None
        super().resume_writing()

    def check_time(self, now: float) -> None:
        """Ends the connection when its time is up."""
        bounds = self._open.bounds
        if self.transport.is_closing():
            # What was sent last may not have been read; the rest of it is not waited for without end.
            self._closing_since = self._closing_since or now
            if now - self._closing_since > bounds.stall:
                self.transport.abort()
        elif self._unread_since is not None and now - self._unread_since > bounds.stall:
            self.transport.abort()
        elif self.waits and now - self.since > bounds.request:
            self.drop()

    def drop(self) -> None:
        """Closes a connection on which no request is being answered; half a request is answered with 408."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
            return
        if self.conn.our_state is h11.IDLE and self.conn.trailing_data[0]:
            self.transport.write(_TIMED_OUT)
        self.transport.close()


def bounded(bounds: Bounds) -> type[H11Protocol]:
    """The protocol class for one server, whose connections are kept within bounds."""
    connections = Connections(bounds)

    class Protocol(BoundedProtocol):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, connections=connections, **named)

    return Protocol
