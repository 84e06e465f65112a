"""Always enough workers ready: each that dies, is killed, or has served its time is replaced."""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from kzlod.engine.base import EngineError, EngineFailed
from kzlod.engine.process import Worker

_LOG = logging.getLogger(__name__)
_PATIENCE = 30.0


class Crew:
    """Keeps a number of workers alive."""

    def __init__(self, spawn: Callable[[], Awaitable[Worker]], size: int) -> None:
        """`spawn` makes a worker; `size` is how many there are to be, busy ones included."""
        self._spawn, self._size = spawn, size
        self._workers: set[Worker] = set()
        self._idle: deque[Worker] = deque()
        self._outdated: set[Worker] = set()
        self._starting = 0
        self._generation = 0
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._closed = False
        self.events: Counter[str] = Counter()
        """How many workers were `started`, and how many ended, by reason (base.STATISTICS)."""

    async def start(self) -> None:
        """Starts the first worker, so that a store that cannot be opened is known; the others follow."""
        self._join(await self._spawn())
        self._fill()

    async def take(self) -> Worker:
        """A ready worker, for one query; raises EngineFailed when none can be started.

        The one that was busy last, which has most at hand.
        """
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            self.dismiss(worker, "crashed")
        try:
            async with asyncio.timeout(_PATIENCE):
                while not self._closed:
                    while self._idle:
                        worker = self._idle.pop()
                        if worker.alive:
                            return worker
                        self.dismiss(worker, "crashed")
                    self._fill()
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise EngineFailed("No query worker could be started.") from None
        raise EngineFailed("The engine was stopped.")

    def give_back(self, worker: Worker) -> None:
        """Takes back a worker that is ready for another query."""
        if worker in self._workers and worker.alive and worker not in self._outdated:
            self._idle.append(worker)
            self._changed.set()
        else:
            self.dismiss(worker)

    def dismiss(self, worker: Worker, reason: str = "recycled") -> None:
        """Kills a worker, whatever it does, and starts another in its place."""
        if worker in self._workers:
            self.events[reason] += 1
        self._workers.discard(worker)
        self._outdated.discard(worker)
        self._keep(self._ending, worker.kill())
        self._fill()

    async def renew(self) -> None:
        """Replaces every worker, one that is busy after its query, so that some are ready all the time."""
        self._generation += 1
        self._outdated |= self._workers
        while self._outdated and not self._closed:
            worker = next((item for item in self._idle if item in self._outdated), None)
            if worker is None:
                return  # the busy ones are replaced when they are given back
            self._idle.remove(worker)
            before = len(self._workers)
            self.dismiss(worker)
            while len(self._workers) < before and not self._closed:
                self._changed.clear()
                await self._changed.wait()

    def counts(self) -> tuple[int, int]:
        """How many workers there are, and how many of them wait for a query."""
        return len(self._workers), len(self._idle)

    async def close(self) -> None:
        """Kills every worker and waits until they are gone."""
        self._closed = True
        self._changed.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*self._ending, *(worker.kill() for worker in self._workers))
        self._workers.clear()
        self._idle.clear()

    def _join(self, worker: Worker) -> None:
        self.events["started"] += 1
        self._workers.add(worker)
        self._idle.append(worker)
        self._changed.set()
        self._keep(self._tasks, self._watch(worker))

    async def _watch(self, worker: Worker) -> None:
        """Replaces a worker that has died by itself or by another's hand."""
        await worker.exited()
        if worker in self._workers:
            if worker in self._idle:
                self._idle.remove(worker)
            self.dismiss(worker, "crashed")

    def _fill(self) -> None:
        while not self._closed and len(self._workers) + self._starting < self._size:
            self._starting += 1
            self._keep(self._tasks, self._add())

    async def _add(self) -> None:
        pause = 0.1
        try:
            while True:
                generation = self._generation
                try:
                    worker = await self._spawn()
                    if generation == self._generation:
                        self._join(worker)
                        return
                    await worker.kill()  # it was renewed before it was there
                except Exception as error:
                    # Whatever it is: without workers no query is answered, so this goes on.
                    if not isinstance(error, (EngineError, OSError)):
                        _LOG.exception("a query worker could not be started; trying again")
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, 5.0)
        finally:
            self._starting -= 1

    @staticmethod
    def _keep(tasks: set[asyncio.Task[None]], work: Coroutine[Any, Any, None]) -> None:
        """Begins work and remembers it until it is done."""
        task = asyncio.get_running_loop().create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)
