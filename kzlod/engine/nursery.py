"""The process that holds a release in memory and forks a worker from itself whenever one is wanted.

    python -m kzlod.engine.nursery STORE MEMORY SECONDS

Its workers share that memory, and a new one is there within milliseconds. Forking is safe because this
process has one thread: the store on disk, which starts threads, is opened by a child only, which hands its
quads over.

Standard input is a socket. Once the store is loaded, READY is said on it. Then each byte that comes brings
the descriptor of a socket, and a worker is forked that answers requests on it; the reply is a FORKED frame
(JSON: pid) with a descriptor of the process (pidfd), by which it can be killed without mistaking it for
another. When a worker ends, an ENDED frame says how (JSON: pid, and status as of `Popen.returncode`). When
the socket is closed, all workers are killed.
"""

import gc
import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator

import pyoxigraph as ox

from kzlod.engine import frames, worker
from kzlod.engine.merging import MergingStore
from kzlod.engine.seal import close_inherited

FORKED = b"F"
ENDED = b"D"

_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

Subject = ox.NamedNode | ox.BlankNode | ox.Triple

_DUMP = """
import signal
import sys
import pyoxigraph as ox
signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # when the reader is gone, that is no error to tell of
ox.Store.read_only(sys.argv[1]).dump(sys.stdout.buffer, ox.RdfFormat.N_QUADS)
"""


def main(arguments: list[str]) -> int:
    """Loads the store, then forks workers until standard input is closed; returns the exit status."""
    store_path, memory, seconds = arguments[0], int(arguments[1]), int(arguments[2])
    # A second descriptor of the control socket would live on in the workers, and with it the socket: nobody
    # would see that this process has ended.
    close_inherited()
    control = socket.socket(fileno=os.dup(0))
    # Nothing that reads standard input or prints may meet the control socket.
    os.dup2(2, 0)
    os.dup2(2, 1)
    whole = _load(store_path)
    unnamed = ox.Store()
    unnamed.bulk_extend(_by_kind(whole))
    store = MergingStore(whole, unnamed)
    if len(os.listdir("/proc/self/task")) != 1:  # noqa: PTH208 - a count is all that is wanted
        print("kzlod nursery: there is more than one thread; not forking", file=sys.stderr)
        return 70
    gc.freeze()  # what is there now is never collected, so that its memory stays shared
    control.sendall(frames.frame(frames.READY, b""))
    return _Nursery(control, store, memory, seconds).run()


def _load(store_path: str) -> ox.Store:
    """The store of that folder, in memory; raises OSError or CalledProcessError when it cannot be read."""
    command = [sys.executable, "-P", "-s", "-c", _DUMP, store_path]
    store = ox.Store()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as dump:  # noqa: S603 - no part of it is from outside
        if dump.stdout is None:
            raise OSError("the dump has no output")
        store.bulk_load(dump.stdout, ox.RdfFormat.N_QUADS)
    if dump.returncode:
        raise subprocess.CalledProcessError(dump.returncode, command)
    return store


def _by_kind(store: ox.Store) -> Iterator[ox.Quad]:
    """The default graph's quads: those of a thing together, and the things of a class one after another.

    What a query goes through then lies close together in memory, which makes it about a seventh faster.
    """
    default = ox.DefaultGraph()
    kinds: dict[Subject, str] = {}
    for quad in store.quads_for_pattern(None, _TYPE, None, default):
        kinds.setdefault(quad.subject, str(quad.object))
    for subject in sorted(kinds, key=lambda subject: kinds[subject]):
        yield from store.quads_for_pattern(subject, None, None, default)
    for quad in store.quads_for_pattern(None, None, None, default):
        if quad.subject not in kinds:
            yield quad


class _Nursery:
    """The loop that forks and buries."""

    def __init__(self, control: socket.socket, store: MergingStore, memory: int, seconds: int) -> None:
        self._control, self._store = control, store
        self._memory, self._seconds = memory + _address_space(), seconds
        self._children: set[int] = set()
        self._wake, wake_end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._wake_end = wake_end
        signal.set_wakeup_fd(wake_end, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def run(self) -> int:
        """Until the control socket is closed."""
        while True:
            readable, _, _ = select.select([self._control.fileno(), self._wake], [], [])
            if self._wake in readable:
                os.read(self._wake, 4096)
                self._bury()
            if self._control.fileno() in readable:
                try:
                    byte, descriptors, _, _ = socket.recv_fds(self._control, 1, 1)
                except ConnectionError:
                    byte, descriptors = b"", []
                if not byte:
                    break
                self._fork(descriptors[0])
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)
        return 0

    def _fork(self, descriptor: int) -> None:
        pid = os.fork()
        if pid == 0:
            self._become_worker(descriptor)
        os.close(descriptor)
        self._children.add(pid)
        handle = os.pidfd_open(pid)
        message = frames.frame(FORKED, json.dumps({"pid": pid}).encode())
        socket.send_fds(self._control, [message], [handle])
        os.close(handle)

    def _become_worker(self, descriptor: int) -> None:
        """Never returns."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            self._control.close()
            os.close(self._wake)
            os.close(self._wake_end)
            os.dup2(descriptor, 0)
            os.dup2(2, 1)
            os.close(descriptor)
            source = os.fdopen(0, "rb", closefd=False)
            output = os.fdopen(os.dup(0), "wb", buffering=frames.CHUNK_SIZE * 2)
            status = worker.serve(self._store, source, output, self._memory, self._seconds)
        except BrokenPipeError:
            status = 0  # the server is gone
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(status)

    def _bury(self) -> None:
        """Takes note of every worker that has ended, and tells."""
        for pid in list(self._children):
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                self._children.discard(pid)
                told = {"pid": pid, "status": os.waitstatus_to_exitcode(status)}
                self._control.sendall(frames.frame(ENDED, json.dumps(told).encode()))


def _address_space() -> int:
    """The bytes of address space that this process has now."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - as in proc(5)
        return int(file.read().split()[0]) * resource.getpagesize()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
