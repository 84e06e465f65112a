"""The embedded engine: queries run in disposable worker processes over a read-only store.

The process boundary is the guarantee: a query that takes too long is killed with its process, one that takes
too much memory or crashes ends its own process only, and another is ready. Output goes through a bounded
spool, so that a worker is free as soon as it has said everything, however slowly the result is read.

Every query is tried in an express lane first, where most are answered at once, with all of their result
unless that is large. One that is not goes on among the long queries if there is a place, and else gives up
its worker and begins again when there is: so short queries never wait for long ones.
"""

import asyncio
import json
import logging
import re
from collections import deque
from collections.abc import Mapping, Sequence
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
    Query,
    Result,
    TimedOut,
    TooExpensive,
    WholeResult,
)
from kzlod.engine.crew import Crew
from kzlod.engine.process import Nursery, Worker, WorkerLost, start_nursery, start_worker
from kzlod.engine.results import OpenResults, SpooledResult
from kzlod.engine.spool import Spool
from kzlod.engine.turns import Turns

REASONS = ("recycled", "timed-out", "abandoned", "crashed", "gave-way")
"""Why workers are ended (base.STATISTICS)."""

Frame = tuple[bytes, bytes]
_LOG = logging.getLogger(__name__)
_LAST = (frames.WHOLE, frames.ERROR, frames.END)
_MEBIBYTE = 1024 * 1024
_LONG_TEXT = 4096  # to read more would hold up the event loop
_GIVES_GRAPH = re.compile("construct|describe", re.IGNORECASE)  # if at all
_MOMENT = 0.02  # seconds
_LONG_QUERY = 0.05  # seconds among the long ones after which a query gives way to others
_LOADING_PATIENCE = 3600.0
_LOADING_PAUSES = (1.0, 300.0)  # seconds before the store is loaded again, the first time and at most


@dataclass(frozen=True, slots=True)
class Limits:
    """What queries may use; all times in seconds, all sizes in bytes.

    `timeout` is for the execution of one query, counted from the moment a worker gets it, without the time in
    which the worker waits for a slow reader; `patience` for waiting for a worker; `stall` for a reader to
    take a full spool. `memory` is the address space of a worker, besides the store if that is in memory.
    `workers` long queries run at once; a query is long when it is not answered within `trial` seconds, not
    counting those in which its worker had no processor.
    `per_client` None: all but one of these, but at least one.
    """

    workers: int = 2
    timeout: float = 15.0
    trial: float = 0.2
    memory: int = 2048 * _MEBIBYTE
    queue: int = 32
    express_queue: int = 512
    patience: float = 15.0
    per_client: int | None = None
    recycle_after: int = 5000
    spool_memory: int = _MEBIBYTE
    spool_disk: int = 64 * _MEBIBYTE
    stall: float = 15.0
    open_results: int = 256
    text: int = guard.TEXT_LIMIT
    depth: int = guard.DEPTH_LIMIT

    @property
    def share(self) -> int:
        """How many long queries of one client may run at a time."""
        return self.per_client or max(1, self.workers - 1)

    @property
    def express(self) -> int:
        """How many queries may be tried at a time; one client may take all but one of these places."""
        return self.workers + 1


class EmbeddedEngine:
    """An Engine over a store directory; see the module's description."""

    name = "embedded"

    def __init__(self, store_path: Path, limits: Limits | None = None, *, in_memory: bool = False) -> None:
        """Takes the directory of an oxigraph store, which nothing may write to meanwhile.

        `in_memory`: as soon as the store is loaded into memory, queries are answered from there.
        """
        self.limits = limits or Limits()
        self._store = store_path.resolve()
        # One more than can be busy, so that a killed worker's place is taken at once.
        size = self.limits.express + self.limits.workers + 1
        self._crew = Crew(self._spawn, size)
        self._express = Turns(self.limits.express, self.limits.express - 1, self.limits.express_queue)
        self._long = Turns(self.limits.workers, self.limits.share, self.limits.queue)
        self._retry_after = max(1, ceil(self.limits.timeout / 3))
        self._open = OpenResults(self.limits.open_results, self._retry_after)
        self._in_memory = in_memory
        self._nursery: Nursery | None = None
        self._loading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Starts the workers; raises EngineFailed when the store cannot be opened."""
        await self._crew.start()
        if self._in_memory:
            self._loading = asyncio.create_task(self._keep_in_memory())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Ends all queries and workers."""
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)
        await self._open.close()
        await self._crew.close()
        if self._nursery is not None:
            await self._nursery.close()

    async def drained(self) -> None:
        """Waits until no result is open: the moment to stop an engine that gets no more queries."""
        await self._open.drained()

    @property
    def in_memory(self) -> bool:
        """Whether queries are answered from memory by now."""
        return self._nursery is not None and not self._nursery.closed.done()

    def statistics(self) -> dict[str, float]:
        """Figures for those who watch (base.STATISTICS)."""
        workers, idle = self._crew.counts()
        _, waiting = self._express.counts()
        running, queued = self._long.counts()
        ends = {f"worker_ends_total:{reason}": self._crew.events[reason] for reason in REASONS}
        return {
            "workers": workers,
            "workers_busy": workers - idle,
            "worker_starts_total": self._crew.events["started"],
            **ends,
            "store_in_memory": float(self.in_memory),
            "queries_long": running,
            "queries_waiting": waiting + queued,
            "results_open": len(self._open),
            "spool_bytes": self._open.size,
        }

    async def run(self, query: Query, client: str) -> Result:
        """The result of a query once its first bytes are there; raises an EngineError (kzlod.engine.base).

        When the caller is cancelled, the query ends with it.
        """
        bounds = (query.text, self.limits.text, self.limits.depth)
        if query.checked:
            pass
        elif len(query.text) < _LONG_TEXT:
            guard.check(*bounds)
        else:
            await asyncio.to_thread(guard.check, *bounds)
        request = _request(query)
        try:
            return await self._run(request, client)
        except WorkerLost:
            # Not the query's fault. Whoever killed one may have killed others: that is known in a moment.
            await asyncio.sleep(_MOMENT)
            return await self._run(request, client)

    async def _run(self, request: Mapping[str, Any], client: str) -> Result:
        """A query in the express lane, and then, if it is long, among the long ones."""
        await self._express.take(client, self.limits.patience, self._retry_after)
        worker: Worker | None = None
        reason = "abandoned"
        try:
            worker = await self._crew.take()
            worker.ask(request)
            said = await self._try(worker)
            if said and said[-1][0] in _LAST:
                finished, worker = worker, None
                return self._whole(finished, said)
            reason = "gave-way"
            self._open.check_room(client)
            promoted = worker if self._long.try_take(client) else None
            if promoted is not None:
                worker = None
        except EngineError:
            reason = "crashed" if worker is not None and not worker.alive else reason
            raise
        finally:
            self._express.give_back(client)
            if worker is not None:
                self._crew.dismiss(worker, reason)
        if promoted is not None:
            return await self._stream(request, client, promoted, said)
        await self._long.take(client, self.limits.patience, self._retry_after)
        return await self._stream(request, client, None, ())

    async def _try(self, worker: Worker) -> list[Frame]:
        """What a worker says while a query is tried, until that is all or too much to be kept here."""
        said: list[Frame] = []
        size, end = 0, worker.worked + self.limits.trial
        while size <= self.limits.spool_memory and (frame := await worker.read_by(end)) is not None:
            said.append(frame)
            size += len(frame[1])
            if frame[0] in _LAST:
                break
        return said

    def _whole(self, worker: Worker, said: Sequence[Frame]) -> WholeResult:
        """The result that a whole answer is; raises the error that it is. The worker is free for others."""
        kind, payload = said[-1]
        if kind == frames.ERROR:
            self._release(worker)
            raise _error(json.loads(payload))
        if kind == frames.WHOLE:
            name, media_type, held, body = frames.parse_whole(payload)
            self._release(worker, held)
            return WholeResult(Kind(name), media_type, (body,))
        header = json.loads(said[0][1])
        self._release(worker, json.loads(payload)["held"])
        chunks = tuple(payload for _, payload in said[1:-1])
        return WholeResult(Kind(header["kind"]), header["media_type"], chunks)

    def _release(self, worker: Worker, held: int = 0) -> None:
        """Gives back a worker, or replaces one that has done enough or has taken much memory."""
        if held < self.limits.memory // 2 and worker.answered < self.limits.recycle_after:
            self._crew.give_back(worker)
        else:
            self._crew.dismiss(worker)

    async def _stream(
        self,
        request: Mapping[str, Any],
        client: str,
        worker: Worker | None,
        said: Sequence[Frame],
    ) -> Result:
        """The result of a long query, which has its turn: of a worker that is at it already, or a new one."""
        result = SpooledResult(Spool(self.limits.spool_memory, self.limits.spool_disk))
        self._open.add(result, client)
        # Not in a `finally` of the work: work that is cancelled before its first step never gets there.
        result.start(
            self._execute(request, result, worker, said), lambda: self._end_turn(client, result, worker)
        )
        try:
            await result.begun()
        except BaseException:
            await result.aclose()
            raise
        if result.whole is not None:
            await result.aclose()
            return result.whole
        return result

    def _end_turn(self, client: str, result: SpooledResult, worker: Worker | None) -> None:
        self._long.give_back(client)
        if worker is not None and not result.taken_up:
            self._crew.dismiss(worker, "abandoned")

    async def _spawn(self) -> Worker:
        if self._nursery is not None and not self._nursery.closed.done():
            try:
                return await self._nursery.fork()
            except EngineFailed:
                _LOG.warning("no query worker came from the store in memory; one opens that on disk")
        return await start_worker(self._store, self.limits.memory, ceil(self.limits.timeout))

    async def _keep_in_memory(self) -> None:
        """Loads the store into memory, and does so again when the process that holds it is lost."""
        pause, longest = _LOADING_PAUSES
        while True:
            try:
                nursery = await start_nursery(
                    self._store, self.limits.memory, ceil(self.limits.timeout), _LOADING_PATIENCE
                )
            except Exception as error:
                if not isinstance(error, (EngineFailed, OSError)):
                    _LOG.exception("the store could not be loaded into memory; trying again")
                await asyncio.sleep(pause)
                pause = min(2 * pause, longest)
                continue
            self._nursery = nursery
            await self._crew.renew()
            await asyncio.shield(nursery.closed)
            self._nursery = None
            await nursery.close()
            await asyncio.sleep(pause)

    async def _execute(
        self,
        request: Mapping[str, Any],
        result: SpooledResult,
        worker: Worker | None,
        said: Sequence[Frame],
    ) -> None:
        """Runs a query to its last byte; the outcome is left in the result and its spool."""
        result.taken_up = True
        held: int | None = None
        error: Exception | None = None
        slow: asyncio.TimerHandle | None = None
        try:
            loop = asyncio.get_running_loop()
            if worker is None:
                worker = await self._crew.take()
                worker.ask(request)
            slow = loop.call_later(_LONG_QUERY, worker.lower_priority)
            left = self.limits.timeout - (loop.time() - worker.asked)
            held, error = await self._converse(worker, result, max(0.0, left), said)
        except TimeoutError:
            error = TimedOut(f"The query took longer than {self.limits.timeout:g} seconds.")
        except EngineError as caught:
            error = caught
        except OSError as caught:
            error = EngineFailed(f"The result could not be kept: {caught.strerror}.")
        finally:
            if slow is not None:
                slow.cancel()
            if worker is not None:
                if held is not None and not worker.lowered:
                    self._release(worker, held)
                else:
                    self._crew.dismiss(worker, _reason(worker, held, error))
            result.end(error if held is not None or error else EngineFailed("The query was ended."))

    async def _converse(
        self, worker: Worker, result: SpooledResult, time: float, said: Sequence[Frame]
    ) -> tuple[int | None, Exception | None]:
        """Moves the answer into the spool, what was `said` first.

        Gives the memory held by a worker that is fit for more, and an error.
        """
        loop = asyncio.get_running_loop()
        before = deque(said)
        async with asyncio.timeout(time) as clock:
            while True:
                kind, payload = before.popleft() if before else await worker.read()
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
                    return json.loads(payload)["held"], None
                elif kind == frames.WHOLE:
                    name, media_type, held, body = frames.parse_whole(payload)
                    result.begin_whole(WholeResult(Kind(name), media_type, (body,)))
                    return held, None
                elif kind == frames.ERROR:
                    return 0, _error(json.loads(payload))
                else:
                    return None, EngineFailed("A query worker spoke out of turn.")

    async def _wait_for_reader(self, spool: Spool) -> None:
        try:
            async with asyncio.timeout(self.limits.stall):
                await spool.drained()
        except TimeoutError:
            raise TimedOut("The result was read too slowly.") from None


def _reason(worker: Worker, held: int | None, error: Exception | None) -> str:
    """Why a worker is ended after a query: one of REASONS."""
    if held is not None:
        return "recycled"  # it answered, but others go before it for good
    if isinstance(error, TimedOut) and worker.alive:
        return "timed-out"
    return "abandoned" if error is None else "crashed"


def _request(query: Query) -> dict[str, Any]:
    return {
        "text": query.text,
        "default_graphs": query.default_graphs,
        "named_graphs": query.named_graphs,
        "base_iri": query.base_iri,
        Kind.SOLUTIONS: query.solutions,
        Kind.BOOLEAN: query.boolean,
        Kind.GRAPH: query.graph,
        "prefixes": dict(query.prefixes) if _GIVES_GRAPH.search(query.text) else {},
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
