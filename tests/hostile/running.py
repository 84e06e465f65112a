"""Attacking: one after another, and many at once, with the time that each took to a definite outcome."""

import asyncio
import os
import random
import socket
import threading
from collections import Counter
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Thread
from typing import Any

from tests.hostile.attack import Attack, Outcome, Target

ATTACKERS = tuple(f"127.0.0.{n}" for n in range(11, 19))
"""The addresses from which a handful of clients attack; the polling client has another."""


_BEHIND = 10
"""How far attackers stand back: in the world they have processors of their own."""


def attacked(attacking: Coroutine[Any, Any, list["Attacked"]]) -> list["Attacked"]:
    """What came of an attack, made by a thread that takes the processor only when others leave it."""

    def stand_back() -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _BEHIND)

    with ThreadPoolExecutor(1, "attackers", stand_back) as thread:
        return thread.submit(asyncio.run, attacking).result()


@dataclass(frozen=True, slots=True)
class Attacked:
    """An attack, how it came out and after how many seconds; `definite` says whether it was allowed to."""

    attack: Attack
    outcome: Outcome
    seconds: float
    definite: bool

    def __str__(self) -> str:
        """In words, for whoever has to find out why."""
        allowed = ", ".join(sorted(self.attack.allowed))
        return (
            f"{self.attack.id} ({self.attack.what}): {self.outcome.label} {self.outcome.detail}"
            f" after {self.seconds:.1f} s; allowed: {allowed}"
        )


async def one_after_another(attacks: Iterable[Attack], target: Target) -> list[Attacked]:
    """Runs the attacks one at a time; those that are slow by nature run afterwards, together."""
    done, slow = [], []
    for attack in attacks:
        if attack.slow:
            slow.append(attack)
        else:
            done.append(await _run(attack, target, loaded=False))
    # Some leave a query behind, and each may be turned away for another's.
    return [*done, *await asyncio.gather(*(_run(attack, target, loaded=True) for attack in slow))]


async def at_once(
    attacks: Sequence[Attack],
    target: Target,
    *,
    sources: Sequence[str] = ATTACKERS,
    count: int = 50,
    seconds: float = 0,
    seed: int = 1,
) -> list[Attacked]:
    """Runs every attack, `count` at a time from the addresses in turn; over again until `seconds` are up."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    chance = random.Random(seed)
    done: list[Attacked] = []
    waiting: list[Attack] = []
    first = True

    def following() -> Attack | None:
        nonlocal first
        if not waiting and (first or loop.time() < end):
            waiting.extend(attacks)
            chance.shuffle(waiting)
            first = False
        return waiting.pop() if waiting else None

    async def attacker(source: str) -> None:
        while attack := following():
            done.append(await _run(attack, replace(target, source=source), loaded=True))

    await asyncio.gather(*(attacker(sources[n % len(sources)]) for n in range(count)))
    return done


async def _run(attack: Attack, target: Target, *, loaded: bool) -> Attacked:
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        found = await attack.run(target)
    except OSError as error:
        found = Outcome("no connection", str(error))
    definite = attack.may_be(found.label, loaded=loaded)
    return Attacked(attack, found, loop.time() - began, definite)


def indefinite(done: Iterable[Attacked]) -> list[str]:
    """The attacks that had an outcome which they may not have, in words: each such outcome once."""
    found: dict[tuple[str, str], list[Attacked]] = {}
    for one in done:
        if not one.definite:
            found.setdefault((one.attack.id, one.outcome.label), []).append(one)
    return [f"{some[0]}" + f" ({len(some)} times)" * (len(some) > 1) for some in found.values()]


def outcomes(done: Iterable[Attacked]) -> Counter[str]:
    """How often each outcome was seen."""
    return Counter(one.outcome.label for one in done)


class Canary:
    """A port on which nothing may ever arrive; `visits` counts what does."""

    def __init__(self) -> None:
        """Made by `canary`."""
        self.visits = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                visitor, _ = self._listening.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()

    def close(self) -> None:
        """Listens no more."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)


@contextmanager
def canary() -> Iterator[Canary]:
    """A canary while it lasts."""
    bird = Canary()
    try:
        yield bird
    finally:
        bird.close()
