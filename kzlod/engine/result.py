"""The result of a query that runs in a worker: its bytes come through a spool."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from kzlod.engine.base import EngineFailed, Kind, WholeResult
from kzlod.engine.spool import Spool


class EmbeddedResult:
    """A Result whose bytes come through a spool; the engine makes it."""

    def __init__(self, spool: Spool) -> None:
        """Takes the spool that the engine fills."""
        self.spool = spool
        self.kind = Kind.SOLUTIONS
        self.media_type = ""
        self.whole: WholeResult | None = None
        """The result, when it came in one piece."""
        self.taken_up = False
        """Whether the work has begun."""
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

    def begin_whole(self, whole: WholeResult) -> None:
        """Everything is there."""
        self.whole = whole
        self.begin(whole.kind, whole.media_type)

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
