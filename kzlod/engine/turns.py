"""Whose query runs next: a bounded queue in which no client can take every place."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from math import exp2

from kzlod.engine.base import Overloaded

_HALF_LIFE = 10.0  # seconds in which half of what a client has used is forgotten
_FORGOTTEN = 0.001  # seconds
_REMEMBERED = 1000  # clients before those are looked for that can be forgotten


@dataclass(eq=False, slots=True)
class _Waiting:
    client: str
    turn: "asyncio.Future[None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Turns:
    """Hands out turns: at most `slots` at once and `per_client` to one client.

    Among those who wait, the client with the fewest turns goes first, then the one that has used the least
    time lately, then whoever came first. At most `waiting` wait, at most half of them for one client; when
    they are too many, the client with most of them gives up a place to one with fewer.
    """

    def __init__(self, slots: int, per_client: int, waiting: int) -> None:
        """Takes the bounds."""
        self._slots, self._per_client, self._bound = slots, per_client, waiting
        self._running: Counter[str] = Counter()
        self._taken = 0
        self._waiting: list[_Waiting] = []
        self._usage = _Usage()

    async def take(self, client: str, patience: float, retry_after: int) -> None:
        """Waits for a turn, at most `patience` seconds; raises Overloaded when there is none to be had."""
        if self.try_take(client):
            return
        own = sum(item.client == client for item in self._waiting)
        if own >= max(1, self._bound // 2):
            raise Overloaded("Too many queries of yours are waiting already.", retry_after)
        crowded = Overloaded("Too many queries are waiting already.", retry_after)
        if len(self._waiting) >= self._bound and not self._make_room(own, crowded):
            raise crowded
        item = _Waiting(client)
        self._waiting.append(item)
        try:
            async with asyncio.timeout(patience):
                await item.turn
        except TimeoutError:
            self._withdraw(item)
            raise Overloaded("No worker became free in time.", retry_after) from None
        except asyncio.CancelledError:
            self._withdraw(item)
            raise

    def try_take(self, client: str) -> bool:
        """Takes a turn if there is one at this moment; whether there was."""
        free = self._is_free(client)
        if free:
            self._begin(client)
        return free

    def give_back(self, client: str) -> None:
        """Ends a turn of that client and lets the next ones begin."""
        self._usage.charge(client, self._running[client])
        self._running[client] -= 1
        self._taken -= 1
        if self._running[client] <= 0:
            del self._running[client]
        while self._waiting:
            ready = [item for item in self._waiting if not item.turn.done() and self._is_free(item.client)]
            if not ready:
                break
            chosen = min(ready, key=lambda item: (self._running[item.client], self._usage.of(item.client)))
            self._waiting.remove(chosen)
            self._begin(chosen.client)
            chosen.turn.set_result(None)

    def counts(self) -> tuple[int, int]:
        """How many turns are taken, and how many wait."""
        return self._taken, len(self._waiting)

    def _begin(self, client: str) -> None:
        self._usage.charge(client, self._running[client])
        self._running[client] += 1
        self._taken += 1

    def _is_free(self, client: str) -> bool:
        return self._taken < self._slots and self._running[client] < self._per_client

    def _make_room(self, own: int, reason: Overloaded) -> bool:
        """Sends away the last one of the client that has most waiting, if those are more than `own` + 1."""
        most, count = Counter(item.client for item in self._waiting).most_common(1)[0]
        if count <= own + 1:
            return False
        last = next(item for item in reversed(self._waiting) if item.client == most)
        self._waiting.remove(last)
        if not last.turn.done():
            last.turn.set_exception(reason)
        return True

    def _withdraw(self, item: _Waiting) -> None:
        """Forgets one who waited in vain; a turn that came in the same moment is given back."""
        if item in self._waiting:
            self._waiting.remove(item)
            item.turn.cancel()
        elif item.turn.done() and not item.turn.cancelled() and item.turn.exception() is None:
            self.give_back(item.client)


class _Usage:
    """The seconds that each client has used lately: the further back, the less they count."""

    def __init__(self) -> None:
        self._used: dict[str, tuple[float, float]] = {}  # seconds, and when that was so
        self._enough = _REMEMBERED

    def charge(self, client: str, turns: int) -> None:
        """Adds the time since the last call for this client, in which it had so many turns."""
        now = asyncio.get_running_loop().time()
        used, then = self._used.get(client, (0.0, now))
        self._used[client] = (_faded(used, now - then) + turns * (now - then), now)
        if len(self._used) > self._enough:
            self._forget(now)
            self._enough = max(_REMEMBERED, 2 * len(self._used))

    def of(self, client: str) -> float:
        """The seconds that the client has used lately, to a tenth: less makes no difference."""
        used, then = self._used.get(client, (0.0, 0.0))
        return round(_faded(used, asyncio.get_running_loop().time() - then), 1) if used else 0.0

    def _forget(self, now: float) -> None:
        for client, (used, then) in list(self._used.items()):
            if _faded(used, now - then) < _FORGOTTEN:
                del self._used[client]


def _faded(seconds: float, after: float) -> float:
    return seconds * exp2(-after / _HALF_LIFE)
