"""Results of queries that run elsewhere: their bytes come through a spool; and those that are open."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from kzlod.engine.base import Kind, Overloaded, WholeResult
from kzlod.engine.spool import Spool


class SpooledResult:
    """A Result whose bytes come through a spool; an engine makes it and fills the spool."""

    def __init__(self, spool: Spool, kind: Kind = Kind.SOLUTIONS, media_type: str = "") -> None:
        """Takes the spool; kind and media type may also be told when the result begins."""
        self.spool, self.kind, self.media_type = spool, kind, media_type
        self.whole: WholeResult | None = None
        """The result, when it came in one piece."""
        self.taken_up = False
        """Whether the work has begun."""
        self.on_close: Callable[[], None] | None = None
        self._begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task: asyncio.Task[None] | None = None

    def start(self, work: Coroutine[Any, Any, None], done: Callable[[], None]) -> None:
        """Begins the work that fills the spool; `done` is called when it has ended in whatever way."""
        self._task = asyncio.get_running_loop().create_task(work)
        self._task.add_done_callback(lambda _: done())

    def begin(self, kind: Kind | None = None, media_type: str | None = None) -> None:
        """The first bytes are on their way."""
        self.kind, self.media_type = kind or self.kind, media_type or self.media_type
        if not self._begun.done():
            self._begun.set_result(None)

    def begin_whole(self, whole: WholeResult) -> None:
        """Everything is there."""
        self.whole = whole
        self.begin(whole.kind, whole.media_type)

    def end(self, error: Exception | None) -> None:
        """Nothing more will come; with an error, the result is not whole."""
        self.spool.end(error)
        if self._begun.done():
            return
        if error is None:
            self._begun.set_result(None)
        else:
            self._begun.set_exception(error)
            self._begun.exception()  # the caller may be gone, and nobody else is to be told

    async def begun(self) -> None:
        """Waits for the first bytes; raises the error that came instead."""
        await asyncio.shield(self._begun)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The chunks in order; raises the EngineError with which the result breaks off."""
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


class OpenResults:
    """The results that are not closed yet, by client; bounded."""

    def __init__(self, limit: int, retry_after: int) -> None:
        """`limit` may be open, an eighth of them for one client; `retry_after` in seconds goes with a no."""
        self._limit, self._retry_after = limit, retry_after
        self._by_client: Counter[str] = Counter()
        self._results: set[SpooledResult] = set()
        self._none = asyncio.Event()
        self._none.set()

    def __len__(self) -> int:
        """How many there are."""
        return len(self._results)

    @property
    def size(self) -> int:
        """The bytes that wait for their readers."""
        return sum(result.spool.size for result in self._results)

    def check_room(self, client: str) -> None:
        """Raises Overloaded when too many are open, altogether or by this client."""
        if len(self) >= self._limit or self._by_client[client] >= max(1, self._limit // 8):
            raise Overloaded("Too many results are being read already.", self._retry_after)

    def add(self, result: SpooledResult, client: str) -> None:
        """Counts a result until it is closed."""
        self._by_client[client] += 1
        self._results.add(result)
        self._none.clear()

        def closed() -> None:
            self._results.discard(result)
            self._by_client[client] -= 1
            if self._by_client[client] <= 0:
                del self._by_client[client]
            if not self._results:
                self._none.set()

        result.on_close = closed

    async def drained(self) -> None:
        """Waits until none is open."""
        await self._none.wait()

    async def close(self) -> None:
        """Closes all."""
        for result in list(self._results):
            await result.aclose()
