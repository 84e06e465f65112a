"""A bounded store for the bytes between a worker and a reader, so that a slow reader holds no worker.

A little is kept in memory, the rest in a temporary file without a name. When the file has reached its bound
the writer waits until the reader has taken everything; then the file is used again from its beginning.
"""

import asyncio
import os
import tempfile
import threading
from collections import deque
from typing import IO


class Spool:
    """One writer puts chunks, one reader gets them in the same order; both on the same event loop."""

    def __init__(self, memory: int, disk: int) -> None:
        """Takes the most bytes to hold in memory, and in the file."""
        self._memory, self._disk = memory, disk
        self._items: deque[bytes | int] = deque()  # a chunk, or the length of one in the file
        self._in_memory = 0
        self._file: IO[bytes] | None = None
        self._file_lock = threading.Lock()
        self._written = self._read = 0
        self._ended = False
        self._error: Exception | None = None
        self._more = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()

    def has_room(self, size: int) -> bool:
        """Whether a chunk of that size can be put now."""
        return self._in_memory + size <= self._memory or self._written + size <= self._disk

    @property
    def size(self) -> int:
        """The bytes that wait for the reader."""
        return self._in_memory + self._written - self._read

    async def drained(self) -> None:
        """Waits until the reader has taken everything that was put."""
        await self._drained.wait()

    async def put(self, chunk: bytes) -> None:
        """Adds a chunk; the writer asks `has_room` first. The file is written in another thread."""
        self._drained.clear()
        if self._in_memory + len(chunk) <= self._memory:
            self._in_memory += len(chunk)
            self._items.append(chunk)
        else:
            offset = self._written
            self._written += len(chunk)
            await asyncio.to_thread(self._write, chunk, offset)
            self._items.append(len(chunk))
        self._more.set()

    def end(self, error: Exception | None = None) -> None:
        """No more chunks will come; with an error, what was put is not the whole."""
        self._ended, self._error = True, error
        self._more.set()

    async def get(self) -> bytes | None:
        """The next chunk, None after the last; raises the writer's error as soon as there is one."""
        while not self._items and not self._ended:
            self._more.clear()
            await self._more.wait()
        if self._error is not None:
            raise self._error
        if not self._items:
            return None
        item = self._items.popleft()
        if isinstance(item, bytes):
            self._in_memory -= len(item)
            chunk = item
        else:
            chunk = await asyncio.to_thread(self._read_at, item, self._read)
            self._read += item
        if not self._items and self._read == self._written:
            self._read = self._written = 0
            self._drained.set()
        return chunk

    def close(self) -> None:
        """Frees the file; nothing may be put or got afterwards."""
        self._items.clear()
        with self._file_lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _write(self, chunk: bytes, offset: int) -> None:
        with self._file_lock:
            if self._file is None:
                # Closed by `close`: it lives as long as the spool.
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
            os.pwrite(self._file.fileno(), chunk, offset)

    def _read_at(self, size: int, offset: int) -> bytes:
        with self._file_lock:
            return os.pread(self._file.fileno(), size, offset) if self._file else b""
