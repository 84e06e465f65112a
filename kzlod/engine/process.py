"""Worker processes seen from the server: spawned, fed, killed, and always enough of them ready."""

import asyncio
import contextlib
import json
import signal
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import kzlod
from kzlod.engine import frames
from kzlod.engine.base import EngineError, EngineFailed, TimedOut, TooExpensive

_START_TIMEOUT = 30.0
_LARGEST_FRAME = 16 * 1024 * 1024
_CRASHES = {-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGILL, -signal.SIGTRAP}


class Worker:
    """One worker process; made by `spawn`. Used by one query at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Takes the running process."""
        if process.stdin is None or process.stdout is None:
            raise ValueError("a worker needs pipes")
        self._process, self._input, self._output = process, process.stdin, process.stdout
        self.answered = 0

    @classmethod
    async def spawn(cls, store: Path, memory: int, seconds: int) -> "Worker":
        """A new worker that has opened its store; raises EngineFailed when it cannot.

        It gets an environment of its own: nothing of the server's, only where this package is.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-s",
            "-m",
            "kzlod.engine.worker",
            str(store),
            str(memory),
            str(seconds),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": str(Path(kzlod.__file__).resolve().parents[1]), "LC_ALL": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
            limit=2 * frames.CHUNK_SIZE,
        )
        worker = cls(process)
        try:
            async with asyncio.timeout(_START_TIMEOUT):
                kind, _ = await worker.read()
        except (TimeoutError, EngineError) as error:
            await worker.kill()
            raise EngineFailed(f"A query worker could not open the store {store}.") from error
        except BaseException:
            await worker.kill()
            raise
        if kind != frames.READY:
            await worker.kill()
            raise EngineFailed("A query worker spoke out of turn.")
        return worker

    @property
    def pid(self) -> int:
        """The process number."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process is known to run."""
        return self._process.returncode is None and not self._output.at_eof()

    async def ask(self, request: dict[str, Any]) -> None:
        """Sends a request; that the worker has died shows when its answer is read."""
        self.answered += 1
        with contextlib.suppress(ConnectionError):
            self._input.write(frames.frame(frames.REQUEST, json.dumps(request).encode()))
            await self._input.drain()

    async def read(self) -> tuple[bytes, bytes]:
        """The next frame of the answer: kind and payload; raises the EngineError that is there instead."""
        try:
            prefix = await self._output.readexactly(frames.PREFIX.size)
            kind, length = frames.PREFIX.unpack(prefix)
            if length > _LARGEST_FRAME:
                raise EngineFailed("A query worker answered nonsense.")
            return kind, await self._output.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise self._why_dead(await self._process.wait()) from error

    async def kill(self) -> None:
        """Ends the process at once and takes note of its end."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._input.close()
        # asyncio closes a pipe when it has been read to its end, and tells of the exit only then.
        with contextlib.suppress(ConnectionError):
            while await self._output.read(frames.CHUNK_SIZE):
                pass
        await self._process.wait()

    async def exited(self) -> None:
        """Waits for the end of the process, whatever the reason."""
        await self._process.wait()

    @staticmethod
    def _why_dead(status: int) -> EngineError:
        if status in _CRASHES:
            # Running out of address space or of stack ends the process with one of these.
            return TooExpensive("The query needs more memory than a query may have.")
        if status == -signal.SIGXCPU:
            return TimedOut("The query took too long.")
        return EngineFailed("The process that answered the query has ended; please try again.")


class Crew:
    """Keeps a number of workers alive: replaces each that dies, is killed, or has served its time."""

    def __init__(self, spawn: Callable[[], Awaitable[Worker]], size: int) -> None:
        """`spawn` makes a worker; `size` is how many there are to be, busy ones included."""
        self._spawn, self._size = spawn, size
        self._workers: set[Worker] = set()
        self._idle: deque[Worker] = deque()
        self._starting = 0
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._closed = False

    async def start(self) -> None:
        """Starts the first worker, so that a store that cannot be opened is known; the others follow."""
        self._join(await self._spawn())
        self._fill()

    async def take(self) -> Worker:
        """A ready worker, for one query; raises EngineFailed when none can be started."""
        try:
            async with asyncio.timeout(_START_TIMEOUT):
                while not self._closed:
                    while self._idle:
                        worker = self._idle.popleft()
                        if worker.alive:
                            return worker
                        self.dismiss(worker)
                    self._fill()
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise EngineFailed("No query worker could be started.") from None
        raise EngineFailed("The engine was stopped.")

    def give_back(self, worker: Worker) -> None:
        """Takes back a worker that is ready for another query."""
        if worker in self._workers and worker.alive:
            self._idle.append(worker)
            self._changed.set()
        else:
            self.dismiss(worker)

    def dismiss(self, worker: Worker) -> None:
        """Kills a worker, whatever it does, and starts another in its place."""
        self._workers.discard(worker)
        self._keep(self._ending, worker.kill())
        self._fill()

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
            self.dismiss(worker)

    def _fill(self) -> None:
        while not self._closed and len(self._workers) + self._starting < self._size:
            self._starting += 1
            self._keep(self._tasks, self._add())

    async def _add(self) -> None:
        pause = 0.1
        try:
            while True:
                try:
                    self._join(await self._spawn())
                    return
                except (EngineError, OSError):
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
