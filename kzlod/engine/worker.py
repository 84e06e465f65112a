"""A disposable process that answers queries: `python -m kzlod.engine.worker STORE MEMORY SECONDS`.

It opens the store read-only, then gives up what a hostile query could use: core dumps, memory beyond MEMORY
bytes of address space, processor time beyond SECONDS a query, sockets, and any new file descriptor but those
for the store's files that are not open yet. Then it answers one request after another
(kzlod/engine/frames.py) until its input ends. The parent kills it when a query takes too long. Only the
standard library, pyoxigraph and small modules of ours are imported, so that a replacement is up quickly.

A nursery (kzlod/engine/nursery.py) forks workers of the same kind that have their store from it.
"""

import contextlib
import json
import os
import resource
import socket
import sys
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import pyoxigraph as ox

from kzlod.engine import frames
from kzlod.engine.merging import MergingStore
from kzlod.engine.seal import close_inherited, forbid_sockets
from kzlod.syntax import diagnose


def main(arguments: list[str]) -> int:
    """Opens the store and answers requests on standard input; returns the exit status."""
    store_path, memory, seconds = arguments[0], int(arguments[1]), int(arguments[2])
    close_inherited()
    # Whatever prints must not print into the frames.
    output = os.fdopen(os.dup(1), "wb", buffering=frames.CHUNK_SIZE * 2)
    os.dup2(2, 1)
    store = MergingStore(ox.Store.read_only(store_path))
    return serve(store, sys.stdin.buffer, output, memory, seconds, _files_to_open(store_path))


def serve(
    store: MergingStore, source: BinaryIO, output: BinaryIO, memory: int, seconds: int, files: int = 0
) -> int:
    """Answers requests until `source` ends; returns the exit status.

    `memory` is the address space of this process in bytes, `seconds` the processor time of a query, `files`
    how many files the store may still have to open.
    """
    _limit(memory, files)
    if _can_open_a_socket():
        print("kzlod worker: a socket can still be opened; not serving", file=sys.stderr)
        return 70
    at_first = _peak()
    _send(output, frames.READY, b"")
    while prefix := source.read(frames.PREFIX.size):
        _, length = frames.PREFIX.unpack(prefix)
        request = json.loads(source.read(length))
        _allow_processor_time(seconds)
        _answer(store, request, output, at_first)
    return 0


def _files_to_open(store_path: str) -> int:
    """How many files of a store are not open: it opens 16, and the others when they are read."""
    there = {str(path) for path in Path(store_path).resolve().glob("*.sst")}
    return len(there - {os.path.realpath(link) for link in Path("/proc/self/fd").iterdir()})


def _limit(memory: int, files: int) -> None:
    """Sets the limits for the rest of the process's life; descriptors last, since the others need some."""
    with contextlib.suppress(OSError):  # where memory runs out altogether, this process is to go first
        Path("/proc/self/oom_score_adj").write_text("1000")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # Without the seal, only the lack of a descriptor keeps a socket from being opened.
    spare = files if forbid_sockets() else 0
    limit = _descriptors_with(spare)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))


def _descriptors_with(spare: int) -> int:
    """The number below which so many descriptors are free, or as many as the system allows."""
    taken = [os.dup(0)]
    with contextlib.suppress(OSError):
        while len(taken) <= spare:
            taken.append(os.dup(0))
    for descriptor in taken:
        os.close(descriptor)
    return taken[-1]


def _can_open_a_socket() -> bool:
    try:
        socket.socket().close()
    except OSError:
        return False
    return True


def _allow_processor_time(seconds: int) -> None:
    """Lets the kernel end this process if the server is no longer there to do it at the deadline."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(usage.ru_utime + usage.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _peak() -> int:
    """The most memory that this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _answer(store: MergingStore, request: dict[str, Any], output: BinaryIO, at_first: int) -> None:
    """Evaluates one request and writes its frames; every failure of the query becomes an error frame."""
    try:
        _evaluate(store, request, output, at_first)
    except SyntaxError as error:
        found = diagnose(request["text"], str(error), base_iri=request["base_iri"])
        _send_error(output, "malformed", *found)
    except MemoryError:
        _send_error(output, "too-expensive", "The query needs more memory than a query may have.")
    except BrokenPipeError:
        raise
    except (OSError, RuntimeError, ValueError) as error:
        # RuntimeError: a function that does not exist; found when the query is planned.
        _send_error(output, "malformed" if isinstance(error, RuntimeError) else "failed", str(error))


def _evaluate(store: MergingStore, request: dict[str, Any], output: BinaryIO, at_first: int) -> None:
    results = store.query(
        request["text"],
        base_iri=request["base_iri"],
        default_graphs=request["default_graphs"],
        named_graphs=request["named_graphs"],
    )
    if isinstance(results, ox.QueryTriples):
        kind = "graph"
    else:
        kind = "boolean" if isinstance(results, ox.QueryBoolean) else "solutions"
    media_type = request[kind]
    if media_type is None:
        _send_error(output, "not-acceptable", kind, result=kind)
        return
    writer = _Writer(output, {"kind": kind, "media_type": media_type})
    file = cast("IO[bytes]", writer)
    if isinstance(results, ox.QueryTriples):
        rdf_format = ox.RdfFormat.from_media_type(media_type)
        if request["prefixes"] and rdf_format == ox.RdfFormat.TURTLE:
            ox.serialize(results, file, rdf_format, prefixes=request["prefixes"])
        else:
            results.serialize(file, rdf_format)
    else:
        results.serialize(file, ox.QueryResultsFormat.from_media_type(media_type))
    writer.end(max(0, _peak() - at_first))


class _Writer:
    """The file that results are written to: collects bytes and sends them on as frames.

    A result that fits into one chunk goes out as one frame. The header of a longer one goes out with its
    first chunk, so that a query which fails before it has given much is an error only.
    """

    def __init__(self, output: BinaryIO, header: dict[str, str]) -> None:
        self._output = output
        self._header: dict[str, str] | None = header
        self._buffer = bytearray()

    def write(self, data: bytes) -> int:
        self._buffer += data
        if len(self._buffer) >= frames.CHUNK_SIZE:
            self._send_chunk()
        return len(data)

    def flush(self) -> None:
        """Does nothing: chunks are sent when they are full."""

    def end(self, held: int) -> None:
        """Sends what is left; `held` is the memory beyond that of a fresh worker, in bytes."""
        if self._header is not None:
            kind, media_type = self._header["kind"], self._header["media_type"]
            self._output.write(frames.whole(kind, media_type, held, bytes(self._buffer)))
            self._output.flush()
        else:
            self._send_chunk()
            _send(self._output, frames.END, json.dumps({"held": held}).encode())

    def _send_chunk(self) -> None:
        if self._header is not None:
            self._output.write(frames.frame(frames.HEADER, json.dumps(self._header).encode()))
            self._header = None
        for start in range(0, len(self._buffer), frames.CHUNK_SIZE):
            part = bytes(self._buffer[start : start + frames.CHUNK_SIZE])
            self._output.write(frames.frame(frames.CHUNK, part))
        self._buffer.clear()
        self._output.flush()


def _send(output: BinaryIO, kind: bytes, payload: bytes) -> None:
    output.write(frames.frame(kind, payload))
    output.flush()


def _send_error(
    output: BinaryIO,
    name: str,
    message: str,
    line: int | None = None,
    column: int | None = None,
    result: str | None = None,
) -> None:
    body = {"error": name, "message": message, "line": line, "column": column, "result": result}
    _send(output, frames.ERROR, json.dumps(body).encode())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
