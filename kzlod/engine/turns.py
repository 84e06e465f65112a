"""Whose query runs next: a bounded queue in which no client can take every place."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from kzlod.engine.base import Overloaded


@dataclass(eq=False, slots=True)
class _Waiting:
    client: str
    turn: "asyncio.Future[None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Turns:
    """Hands out turns: at most `slots` at once and `per_client` to one client.

    Among those who wait, the client with the fewest turns goes first, then whoever came first. At most
    `waiting` wait, at most half of them for one client.
    """

    def __init__(self, slots: int, per_client: int, waiting: int) -> None:
        """Takes the bounds."""
        self._slots, self._per_client, self._bound = slots, per_client, waiting
        self._running: Counter[str] = Counter()
        self._waiting: list[_Waiting] = []

    async def take(self, client: str, patience: float, retry_after: int) -> None:
        """Waits for a turn, at most `patience` seconds; raises Overloaded when there is none to be had."""
        if self.try_take(client):
            return
        own = sum(item.client == client for item in self._waiting)
        if len(self._waiting) >= self._bound:
            raise Overloaded("Too many queries are waiting already.", retry_after)
        if own >= max(1, self._bound // 2):
            raise Overloaded("Too many queries of yours are waiting already.", retry_after)
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
            self._running[client] += 1
        return free

    def give_back(self, client: str) -> None:
        """Ends a turn of that client and lets the next ones begin."""
        self._running[client] -= 1
        if self._running[client] <= 0:
            del self._running[client]
        while ready := [
            item for item in self._waiting if not item.turn.done() and self._is_free(item.client)
        ]:
            chosen = min(ready, key=lambda item: self._running[item.client])
            self._waiting.remove(chosen)
            self._running[chosen.client] += 1
            chosen.turn.set_result(None)

    def counts(self) -> tuple[int, int]:
        """How many turns are taken, and how many wait."""
        return self._running.total(), len(self._waiting)

    def _is_free(self, client: str) -> bool:
        return self._running.total() < self._slots and self._running[client] < self._per_client

    def _withdraw(self, item: _Waiting) -> None:
        """Forgets one who waited in vain; a turn that came in the same moment is given back."""
        if item in self._waiting:
            self._waiting.remove(item)
            item.turn.cancel()
        else:
            self.give_back(item.client)
