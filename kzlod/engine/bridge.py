"""Between the event loop, which owns the connections, and a thread, in which a parser wants a file."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Any

from kzlod.engine.base import EngineFailed


class Bridge:
    """Lets a thread take bytes from the event loop and give it bytes, one piece at a time."""

    def __init__(self, chunks: AsyncIterator[bytes], keep: Callable[[bytes], Awaitable[None]]) -> None:
        """Takes where the bytes come from and what is to be done with those that the thread gives."""
        self._chunks, self._keep = chunks, keep
        self._loop = asyncio.get_running_loop()
        self._pending: Future[Any] | None = None
        self._closed = False
        self._error: BaseException | None = None

    async def use(self, threads: ThreadPoolExecutor, work: Callable[[], None]) -> None:
        """Runs work in a thread; when the caller is cancelled, waits until the thread has ended."""
        running = self._loop.run_in_executor(threads, work)
        try:
            await asyncio.shield(running)
        except BaseException as error:
            self._closed = True
            if self._pending is not None:
                self._pending.cancel()
            await asyncio.gather(running, return_exceptions=True)
            # A parser may have put the error that it got from us into one of its own.
            if isinstance(error, Exception) and self._error is not None:
                raise self._error from None
            raise

    def get(self) -> bytes:
        """The next bytes, empty at the end."""
        return self._wait(self._next())

    def put(self, data: bytes) -> None:
        """Takes bytes; waits while there is no room for them."""
        self._wait(self._give(data))

    async def _next(self) -> bytes:
        return await anext(self._chunks, b"")

    async def _give(self, data: bytes) -> bytes:
        await self._keep(data)
        return b""

    def _wait(self, work: Coroutine[Any, Any, bytes]) -> bytes:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        self._pending = future
        if self._closed:
            future.cancel()
        try:
            return future.result()
        except CancelledError as error:
            raise EngineFailed("The query was ended.") from error
        except Exception as error:
            self._error = error
            raise
