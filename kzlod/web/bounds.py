"""How many connections may be open, how long a client may hold them, and who makes room for others."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Protocol

_SWEEP_EVERY = 0.5  # seconds


class Connection(Protocol):
    """What is to be known of a connection, and done with it."""

    client_name: str
    counts: bool
    since: float
    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport

    @property
    def is_open(self) -> bool:
        """Whether it is not closing."""

    @property
    def used(self) -> bool:
        """Whether it ever sent a request."""

    @property
    def waits(self) -> bool:
        """Whether it waits for a request."""

    @property
    def awaits_body(self) -> bool:
        """Whether it waits for the rest of a request."""

    def check_time(self, now: float) -> None:
        """Closes it when its time is over."""

    def drop(self) -> None:
        """Closes it."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Times in seconds: `request` for a whole request header to come, `stall` for a reader to take 64 KiB.

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
        self._by_client: dict[str, set[Connection]] = defaultdict(set)
        self._count = 0
        self._sweeping: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        """How many connections are open."""
        return self._count

    def add(self, connection: Connection) -> bool:
        """Takes a new connection; False when there is no room and none that could be closed for it."""
        own = len(self._by_client.get(connection.client_name, ()))
        if connection.counts and own >= self.bounds.per_client:
            if not _close_waiting(self._by_client[connection.client_name]):
                return False
        elif self._count >= self.bounds.total and not self._make_room(own):
            return False
        self._by_client[connection.client_name].add(connection)
        self._count += 1
        if self._sweeping is None:
            self._sweeping = connection.loop.call_later(_SWEEP_EVERY, self._sweep, connection.loop)
        return True

    def _make_room(self, own: int) -> bool:
        """Closes a connection for a client that has `own`; whether there was one that could be.

        The client with most of them loses one that waits, or one that works if the other has fewer; a trusted
        proxy, which speaks for many, loses none that works.
        """
        most = max(self._by_client.values(), key=len)
        if _close_waiting(most):
            return True
        if len(most) > own + 1 and (working := [item for item in most if item.counts and item.is_open]):
            max(working, key=lambda item: item.since).transport.abort()
            return True
        return any(_close_waiting(connections) for connections in self._by_client.values())

    def remove(self, connection: Connection) -> None:
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


def _close_waiting(connections: set[Connection]) -> bool:
    """Closes the connection that has waited longest for a request or the rest of one, if any does.

    Those that never sent any go first.
    """
    waiting = [item for item in connections if item.waits or item.awaits_body]
    if not waiting:
        return False
    min(waiting, key=lambda item: (item.used, item.since)).drop()
    return True
