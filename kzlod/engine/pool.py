"""The embedded engine: queries run in disposable worker processes over a read-only store.

The process boundary is the guarantee: a query that takes too long is killed with its process, one that takes
too much memory or crashes ends its own process only, and another is ready. Output goes through a bounded
spool, so that a worker is free as soon as it has said everything, however slowly the result is read.
"""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, Self

from kzlod.engine import frames, guard
from kzlod.engine.base import (
    EngineError,
    EngineFailed,
    Kind,
    Malformed,
    NotAcceptable,
    Overloaded,
    Query,
    TimedOut,
    TooExpensive,
)
from kzlod.engine.process import Crew, Worker
from kzlod.engine.spool import Spool
from kzlod.engine.turns import Turns

_MEBIBYTE = 1024 * 1024
_LONG_TEXT = 4096  # to read more would hold up the event loop


@dataclass(frozen=True, slots=True)
class Limits:
    """What queries may use; all times in seconds, all sizes in bytes.

    `timeout` is for the execution of one query, counted from the moment a worker gets it, without the time in
    which the worker waits for a slow reader; `patience` for waiting for a worker; `stall` for a reader to
    take a full spool. `memory` is the address space of a worker. `per_client` None: all workers but one.
    """

    workers: int = 2
    timeout: float = 15.0
    memory: int = 2048 * _MEBIBYTE
    queue: int = 32
    patience: float = 15.0
    per_client: int | None = None
    recycle_after: int = 500
    spool_memory: int = _MEBIBYTE
    spool_disk: int = 64 * _MEBIBYTE
    stall: float = 15.0
    open_results: int = 256
    text: int = guard.TEXT_LIMIT
    depth: int = guard.DEPTH_LIMIT

    @property
    def share(self) -> int:
        """How many workers one client may hold at a time."""
        return self.per_client or max(1, self.workers - 1)


class EmbeddedEngine:
    """An Engine over a store directory; see the module's description."""

    def __init__(self, store_path: Path, limits: Limits | None = None) -> None:
        """Takes the directory of an oxigraph store, which nothing may write to meanwhile."""
        self.limits = limits or Limits()
        self._store = store_path.resolve()
        # One more than can be busy, so that a killed worker's place is taken at once.
        self._crew = Crew(self._spawn, self.limits.workers + 1)
        self._turns = Turns(self.limits.workers, self.limits.share, self.limits.queue)
        self._open: Counter[str] = Counter()
        self._none_open = asyncio.Event()
        self._none_open.set()
        self._results: set[EmbeddedResult] = set()

    async def __aenter__(self) -> Self:
        """Starts the workers; raises EngineFailed when the store cannot be opened."""
        await self._crew.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Ends all queries and workers."""
        for result in list(self._results):
            await result.aclose()
        await self._crew.close()

    async def drained(self) -> None:
        """Waits until no result is open: the moment to stop an engine that gets no more queries."""
        await self._none_open.wait()

    async def run(self, query: Query, client: str) -> "EmbeddedResult":
        """The result of a query once its first bytes are there; raises an EngineError (see
        kzlod.engine.base).

        When the caller is cancelled, the query ends with it.
        """
        bounds = (query.text, self.limits.text, self.limits.depth)
        if len(query.text) < _LONG_TEXT:
            guard.check(*bounds)
        else:
            await asyncio.to_thread(guard.check, *bounds)
        limit = self.limits.open_results
        retry_after = max(1, ceil(self.limits.timeout / 3))
        if self._open.total() >= limit or self._open[client] >= max(1, limit // 8):
            raise Overloaded("Too many results are being read already.", retry_after)
        result = EmbeddedResult(Spool(self.limits.spool_memory, self.limits.spool_disk))
        self._note_open(result, client)
        try:
            await self._turns.take(client, self.limits.patience, retry_after)
            # Not in a `finally` of the work: work that is cancelled before its first step never gets there.
            result.start(self._execute(query, result), lambda: self._turns.give_back(client))
            await result.begun()
        except BaseException:
            await result.aclose()
            raise
        return result

    async def _spawn(self) -> Worker:
        return await Worker.spawn(self._store, self.limits.memory, ceil(self.limits.timeout))

    def _note_open(self, result: "EmbeddedResult", client: str) -> None:
        self._open[client] += 1
        self._results.add(result)
        self._none_open.clear()

        def closed() -> None:
            self._results.discard(result)
            self._open[client] -= 1
            if self._open[client] <= 0:
                del self._open[client]
            if not self._results:
                self._none_open.set()

        result.on_close = closed

    async def _execute(self, query: Query, result: "EmbeddedResult") -> None:
        """Runs a query from dispatch to its last byte; the outcome is left in the result's spool."""
        worker: Worker | None = None
        reusable = False
        error: Exception | None = None
        try:
            worker = await self._crew.take()
            reusable, error = await self._converse(worker, query, result)
        except TimeoutError:
            error = TimedOut(f"The query took longer than {self.limits.timeout:g} seconds.")
        except EngineError as caught:
            error = caught
        except OSError as caught:
            error = EngineFailed(f"The result could not be kept: {caught.strerror}.")
        finally:
            if worker is not None:
                if reusable and worker.answered < self.limits.recycle_after:
                    self._crew.give_back(worker)
                else:
                    self._crew.dismiss(worker)
            result.end(error)

    async def _converse(
        self, worker: Worker, query: Query, result: "EmbeddedResult"
    ) -> tuple[bool, Exception | None]:
        """Asks and moves the answer into the spool; whether the worker is fit for more, and an error."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self.limits.timeout) as clock:
            await worker.ask(_request(query))
            while True:
                kind, payload = await worker.read()
                if kind == frames.CHUNK:
                    if not result.spool.has_room(len(payload)):
                        left = (clock.when() or 0) - loop.time()
                        clock.reschedule(None)
                        await self._wait_for_reader(result.spool)
                        clock.reschedule(loop.time() + left)
                    await result.spool.put(payload)
                elif kind == frames.HEADER:
                    header = json.loads(payload)
                    result.begin(Kind(header["kind"]), header["media_type"])
                elif kind == frames.END:
                    return json.loads(payload)["peak"] < self.limits.memory // 2, None
                elif kind == frames.ERROR:
                    return True, _error(json.loads(payload))
                else:
                    return False, EngineFailed("A query worker spoke out of turn.")

    async def _wait_for_reader(self, spool: Spool) -> None:
        try:
            async with asyncio.timeout(self.limits.stall):
                await spool.drained()
        except TimeoutError:
            raise TimedOut("The result was read too slowly.") from None


class EmbeddedResult:
    """A Result whose bytes come through a spool; the engine makes it."""

    def __init__(self, spool: Spool) -> None:
        """Takes the spool that the engine fills."""
        self.spool = spool
        self.kind = Kind.SOLUTIONS
        self.media_type = ""
        self.on_close: Any = None
        self._begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task: asyncio.Task[None] | None = None

    def start(self, work: Coroutine[Any, Any, None], done: Callable[[], None]) -> None:
        """Begins the work that fills the spool; `done` is called when it has ended in whatever way."""
        self._task = asyncio.get_running_loop().create_task(work)
        self._task.add_done_callback(lambda _: done())

    def begin(self, kind: Kind, media_type: str) -> None:
        """The first bytes are on their way."""
        self.kind, self.media_type = kind, media_type
        if not self._begun.done():
            self._begun.set_result(None)

    def end(self, error: Exception | None) -> None:
        """Nothing more will come; with an error, the result is not whole."""
        self.spool.end(error)
        if not self._begun.done():
            self._begun.set_exception(error or EngineFailed("The query was ended."))
            self._begun.exception()  # the caller may be gone, and nobody else is to be told

    async def begun(self) -> None:
        """Waits for the first bytes; raises the error that came instead."""
        await asyncio.shield(self._begun)

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The chunks in order; raises the EngineError with which the result breaks off."""
        return self._chunks()

    async def _chunks(self) -> AsyncIterator[bytes]:
        while (chunk := await self.spool.get()) is not None:
            yield chunk

    async def aclose(self) -> None:
        """Ends the query if it still runs, and frees what the result holds."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self.spool.close()
        if self.on_close is not None:
            self.on_close()
            self.on_close = None


def _request(query: Query) -> dict[str, Any]:
    return {
        "text": query.text,
        "default_graphs": query.default_graphs,
        "named_graphs": query.named_graphs,
        "base_iri": query.base_iri,
        Kind.SOLUTIONS: query.solutions,
        Kind.BOOLEAN: query.boolean,
        Kind.GRAPH: query.graph,
        "prefixes": dict(query.prefixes),
    }


def _error(body: dict[str, Any]) -> EngineError:
    """The error that a worker's error frame stands for."""
    name, message = body["error"], body["message"]
    if name == "malformed":
        return Malformed(message, body["line"], body["column"])
    if name == "not-acceptable":
        return NotAcceptable(Kind(body["result"]))
    if name == "too-expensive":
        return TooExpensive(message)
    return EngineFailed(f"The engine could not answer the query: {message}")
