"""Worker processes seen from the server: started, or forked from a nursery; fed, and killed."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Any

import kzlod
from kzlod.engine import frames, nursery
from kzlod.engine.base import EngineError, EngineFailed, TimedOut, TooExpensive
from kzlod.engine.channel import Channel, open_channel

_START_TIMEOUT = 30.0
_FORK_TIMEOUT = 5.0
_END_TIMEOUT = 5.0  # what was killed, or has closed its socket, ends within moments
_CRASHES = {-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGILL, -signal.SIGTRAP}
_PROCESS_CLOCK = 2  # the clock of a process's own time, as in clock_getcpuclockid(3)
_TRIES = 25  # so many times the patience is waited altogether
_CLOSE_ENOUGH = 0.01  # seconds
_LOWER = 5  # how much the priority of a long query is lowered


class WorkerLost(EngineFailed):
    """A worker ended by another's hand: the query may succeed on the next."""


class Process:
    """A process that can be killed and whose end can be awaited."""

    def __init__(self, pid: int, ended: "asyncio.Future[int | None]", handle: int | None = None) -> None:
        """`ended` gets the exit status, negative for a signal, None when unknown; `handle` is a pidfd."""
        self.pid, self.ended, self._handle = pid, ended, handle
        if handle is not None:
            ended.add_done_callback(lambda _: os.close(handle))

    def kill(self) -> None:
        """Ends the process at once."""
        if self.ended.done():
            return
        with contextlib.suppress(ProcessLookupError):
            if self._handle is None:
                os.kill(self.pid, signal.SIGKILL)
            else:
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    async def gone(self) -> int | None:
        """Waits for its end, but not for ever if nobody tells of it; the exit status, None when unknown."""
        await asyncio.wait({self.ended}, timeout=_END_TIMEOUT)
        return self.ended.result() if self.ended.done() else None

    def worked(self) -> float:
        """The seconds for which the process had a processor; infinite when it has ended."""
        if self.ended.done():
            return inf
        try:
            return time.clock_gettime((~self.pid << 3) | _PROCESS_CLOCK)
        except OSError:
            return inf

    def lower_priority(self) -> None:
        """Lets every process of usual priority go before this one; that cannot be undone."""
        if not self.ended.done():
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self.pid, _LOWER)


class Worker:
    """One worker process; made by `start_worker` or `Nursery.fork`. Used by one query at a time."""

    def __init__(self, process: Process, channel: Channel, *, forked: bool = False) -> None:
        """Takes the running process and the channel to it."""
        self._process, self._channel = process, channel
        self.forked = forked
        self.answered = 0
        self.asked = 0.0
        """When it got its request, in the loop's time."""
        self.lowered = False
        """Whether others go before it for good."""

    @property
    def pid(self) -> int:
        """The process number."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process is thought to run."""
        return not self._channel.closed.done() and not self._process.ended.done()

    async def ready(self, patience: float) -> None:
        """Waits until the worker has its store; raises EngineFailed, and kills it, when it cannot have it."""
        try:
            async with asyncio.timeout(patience):
                kind, _ = await self.read()
            if kind != frames.READY:
                raise EngineFailed("A query worker spoke out of turn.")
        except (TimeoutError, EngineError) as error:
            await self.kill()
            raise EngineFailed("A query worker could not open the store.") from error
        except BaseException:
            await self.kill()
            raise

    def ask(self, request: Mapping[str, Any]) -> None:
        """Sends a request; that the worker has died shows when its answer is read."""
        self.answered += 1
        self.asked = asyncio.get_running_loop().time()
        self._channel.send(request)

    async def read(self) -> tuple[bytes, bytes]:
        """The next frame of the answer: kind and payload; raises the EngineError that is there instead."""
        try:
            return await self._channel.read()
        except EOFError:
            raise _why_dead(await self._process.gone()) from None

    @property
    def worked(self) -> float:
        """The seconds for which it had a processor so far; infinite when it has ended."""
        return self._process.worked()

    async def read_by(self, end: float) -> tuple[bytes, bytes] | None:
        """The next frame as by `read`, None when it is not there once the worker has worked until `end`.

        What counts is the time in which it had a processor, so that a query is not taken for a long one
        because others are at work; a worker that has none for long is waited for no longer.
        """
        patience = left = end - self.worked
        for _ in range(_TRIES):
            if not self._channel.has_news:
                if not left >= _CLOSE_ENOUGH:  # or it has ended
                    return None
                await self._channel.wait(left)
            if self._channel.has_news:
                return await self.read()
            left = min(end - self.worked, patience)
        return None

    def lower_priority(self) -> None:
        """For a query that takes long: others go before it from now on."""
        self.lowered = True
        self._process.lower_priority()

    async def kill(self) -> None:
        """Ends the process at once and takes note of its end."""
        self._process.kill()
        self._channel.close()
        await self._process.gone()

    async def exited(self) -> None:
        """Waits for the end of the process, whatever the reason."""
        await asyncio.shield(self._channel.closed)


def _why_dead(status: int | None) -> EngineError:
    if status in _CRASHES:
        # Running out of address space or of stack ends the process with one of these.
        return TooExpensive("The query needs more memory than a query may have.")
    if status == -signal.SIGXCPU:
        return TimedOut("The query took too long.")
    return WorkerLost("The process that answered the query has ended; please try again.")


async def start_worker(store: Path, memory: int, seconds: int) -> Worker:
    """A new worker that has opened the store on disk; raises EngineFailed when it cannot.

    `memory` in bytes and `seconds` of processor time are what a query may use.
    """
    process, end = await _launch("kzlod.engine.worker", store, memory, seconds)
    try:
        worker = Worker(process, await open_channel(end))
    except BaseException:
        await _give_up(process, end)
        raise
    await worker.ready(_START_TIMEOUT)
    return worker


class Nursery:
    """A process that holds a store in memory and forks workers; made by `start_nursery`."""

    def __init__(self, process: Process, control: socket.socket) -> None:
        """Takes the process, which has loaded its store, and the socket to it."""
        self._process, self._control = process, control
        self._bytes = bytearray()
        self._handles: deque[int] = deque()
        self._births: deque[asyncio.Future[Process]] = deque()
        self._alive: dict[int, Process] = {}
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the process is gone."""
        control.setblocking(False)
        asyncio.get_running_loop().add_reader(control.fileno(), self._receive)
        process.ended.add_done_callback(lambda _: self._lost())

    async def fork(self) -> Worker:
        """A new worker; raises EngineFailed when there is none to be had."""
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        birth: asyncio.Future[Process] = loop.create_future()
        try:
            with theirs:
                if self.closed.done():
                    raise EngineFailed("The process that holds the store has ended.")
                socket.send_fds(self._control, [b"F"], [theirs.fileno()])
            self._births.append(birth)
            async with asyncio.timeout(_FORK_TIMEOUT):
                process = await birth
        except (TimeoutError, OSError) as error:
            ours.close()
            raise EngineFailed("A query worker could not be started.") from error
        except BaseException:
            ours.close()
            raise
        try:
            worker = Worker(process, await open_channel(ours), forked=True)
        except BaseException:
            await _give_up(process, ours)
            raise
        await worker.ready(_FORK_TIMEOUT)
        return worker

    async def close(self) -> None:
        """Ends the process and all its workers."""
        self._lost()
        self._process.kill()
        await self._process.gone()

    def _receive(self) -> None:
        """Reads what the process says: births and deaths."""
        try:
            data, handles, _, _ = socket.recv_fds(self._control, 65536, 64)
        except BlockingIOError:
            return
        except OSError:
            data, handles = b"", []
        self._handles += handles
        if not data:
            self._lost()
            return
        self._bytes += data
        while len(self._bytes) >= frames.PREFIX.size:
            kind, length = frames.PREFIX.unpack_from(self._bytes)
            end = frames.PREFIX.size + length
            if len(self._bytes) < end:
                break
            told = json.loads(self._bytes[frames.PREFIX.size : end])
            del self._bytes[:end]
            if kind == nursery.FORKED:
                self._born(told["pid"])
            elif process := self._alive.pop(told["pid"], None):
                process.ended.set_result(told["status"])

    def _born(self, pid: int) -> None:
        process = Process(pid, asyncio.get_running_loop().create_future(), self._handles.popleft())
        self._alive[pid] = process
        birth = self._births.popleft()
        if birth.done():  # nobody waits for it any more
            process.kill()
        else:
            birth.set_result(process)

    def _lost(self) -> None:
        """The process is gone, or is given up: it says no more."""
        if self.closed.done():
            return
        self.closed.set_result(None)
        asyncio.get_running_loop().remove_reader(self._control.fileno())
        self._control.close()
        for birth in self._births:
            if not birth.done():
                birth.set_exception(EngineFailed("The process that holds the store has ended."))
        for process in self._alive.values():
            process.kill()  # nobody would tell of its end
            process.ended.set_result(None)
        self._alive.clear()


async def start_nursery(store: Path, memory: int, seconds: int, patience: float) -> Nursery:
    """A nursery that has loaded the store; raises EngineFailed when it cannot in `patience` seconds."""
    process, control = await _launch("kzlod.engine.nursery", store, memory, seconds)
    loop = asyncio.get_running_loop()
    control.setblocking(False)
    expected = frames.frame(frames.READY, b"")
    try:
        async with asyncio.timeout(patience):
            said = await loop.sock_recv(control, len(expected))
        if said != expected:
            raise EngineFailed("The store could not be loaded into memory.")
    except (TimeoutError, OSError) as error:
        await _give_up(process, control)
        raise EngineFailed("The store could not be loaded into memory.") from error
    except BaseException:
        await _give_up(process, control)
        raise
    return Nursery(process, control)


async def _give_up(process: Process, end: socket.socket) -> None:
    end.close()
    process.kill()
    await process.gone()


async def _launch(module: str, store: Path, memory: int, seconds: int) -> tuple[Process, socket.socket]:
    """Starts a module of ours with a socket for its standard input and output.

    It gets an environment of its own: nothing of the server's, only where this package is.
    """
    ours, theirs = socket.socketpair()
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-s",
            "-m",
            module,
            str(store),
            str(memory),
            str(seconds),
            stdin=theirs.fileno(),
            stdout=theirs.fileno(),
            env={"PYTHONPATH": str(Path(kzlod.__file__).resolve().parents[1]), "LC_ALL": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
        )
    )
    try:
        process = await asyncio.shield(starting)
    except asyncio.CancelledError:
        # It is there within moments, and nobody else would see to its end.
        ours.close()
        process = await starting
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()

    async def status() -> int | None:
        return await process.wait()

    return Process(process.pid, asyncio.ensure_future(status())), ours
