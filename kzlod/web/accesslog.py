"""The access log: one JSON object a line for each request, written by a thread of its own.

The event loop only puts a record into a bounded queue. Where the log cannot be written as fast (a full pipe,
a full disk) records are dropped and counted; nothing waits for them.
"""

import contextlib
import json
import os
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from threading import Event, Thread
from typing import Self
from urllib.parse import urlsplit

from kzlod.web.clients import client_name
from kzlod.web.observing import Exchange

FIELDS: Mapping[str, str] = {
    "time": "when the request's header had come, UTC, ISO 8601 with milliseconds",
    "client": "an IPv4 address, or the /64 network of an IPv6 address; trusted proxies are seen through",
    "method": "`GET`, `HEAD`, `POST` …",
    "path": "the path as it was sent, percent-encoded; at most 1024 characters",
    "query_bytes": "length of the query string; the string itself is not logged",
    "query": "for `/sparql`: the first 16 hex digits of the SHA-256 of the query's text",
    "status": "status code; null when the connection ended before there was one",
    "bytes": "bytes of the body that were sent",
    "first_ms": "milliseconds until the answer began; null when it did not",
    "ms": "milliseconds until all was over",
    "agent": "the header field `User-Agent`, at most 300 characters",
    "referer": "the site that led here, without path and query",
    "release": "the release that answered",
    "cache": "for `/sparql`: `hit` when a kept result answered, else `miss`",
    "outcome": "for `/sparql`: how the query went, in the words of the metric `kzlod_queries_total`",
    "cut": "who ended an answer that is not whole: `client` or `server`",
}
"""The members of each record in their order, and what they mean; null where there is nothing to say."""

STDOUT = 1
_CAPACITY = 10_000  # records
_GATHER = 0.05  # seconds in which records come together before they are written
_AT_ONCE = 32  # records: so short a time that the event loop does not feel it
_encode = json.JSONEncoder(separators=(",", ":")).encode
_LAST_WORDS = 2.0  # seconds to write what is left when the server stops


class AccessLog:
    """Writes records to a file or another descriptor; used as `with log:`, records are put meanwhile."""

    def __init__(
        self,
        descriptor: int,
        path: Path | None = None,
        *,
        proxies: Sequence[IPv4Network | IPv6Network] = (),
        capacity: int = _CAPACITY,
    ) -> None:
        """Takes an open descriptor, the file's path if it is one, and what clients are named by."""
        self.path = path
        self._descriptor = descriptor
        self._proxies = proxies
        self._capacity = capacity
        self._queue: deque[Exchange] = deque()
        self._refused = self._unwritten = 0  # each counted by one thread only
        self._awake, self._closing = Event(), Event()
        self._reopening = self._failing = self._torn = False
        self._thread = Thread(target=self._work, name="access log", daemon=True)

    def __enter__(self) -> Self:
        """Begins to write."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Writes what is left; gives up after two seconds when nobody takes it."""
        self._closing.set()
        self._awake.set()
        self._thread.join(_LAST_WORDS)
        if self.path is not None and not self._thread.is_alive():
            os.close(self._descriptor)

    @property
    def dropped(self) -> int:
        """How many records could not be written."""
        return self._refused + self._unwritten

    def put(self, exchange: Exchange) -> None:
        """Takes a record; never waits."""
        if len(self._queue) >= self._capacity:
            self._refused += 1
            return
        self._queue.append(exchange)
        if not self._awake.is_set():
            self._awake.set()

    def reopen(self) -> None:
        """Goes on in a new file of the same name, when the old one was moved away."""
        self._reopening = True
        self._awake.set()

    def _work(self) -> None:
        while True:
            self._awake.wait()
            self._closing.wait(_GATHER)
            self._awake.clear()
            if self._reopening and self.path is not None:
                self._reopening = False
                self._reopen(self.path)
            while self._queue:
                number = min(len(self._queue), _AT_ONCE)
                lines = [line(self._queue.popleft(), self._proxies) for _ in range(number)]
                self._write(lines)
            if self._closing.is_set() and not self._queue:
                return

    def _reopen(self, path: Path) -> None:
        try:
            fresh = _open(path)
        except OSError as error:
            _complain(f"cannot be opened again, the old file stays in use: {error.strerror}.")
            return
        os.close(self._descriptor)
        self._descriptor, self._torn = fresh, False

    def _write(self, lines: list[bytes]) -> None:
        # A line that a full disk has torn is ended first, so that no other is lost by it.
        data = memoryview((b"\n" if self._torn else b"") + b"".join(lines))
        written = 0
        try:
            while written < len(data):
                try:
                    written += os.write(self._descriptor, data[written:])
                except BlockingIOError:  # somebody else has made the pipe so
                    if self._closing.is_set():
                        raise
                    time.sleep(_GATHER)
        except OSError as error:
            whole = bytes(data[:written]).count(b"\n") - (self._torn and written > 0)
            self._unwritten += len(lines) - whole
            if written:
                self._torn = data[written - 1] != ord("\n")
            if not self._failing:
                _complain(f"cannot be written: {error.strerror}. Records are lost until it can be.")
            self._failing = True
        else:
            self._failing = self._torn = False


def open_log(where: str, proxies: Sequence[IPv4Network | IPv6Network] = ()) -> AccessLog | None:
    """The log at a place: `-` (standard output), `off`, the name of a file that is appended to, or `auto`.

    `auto` is standard output unless that is a terminal. None: nothing is to be logged. Raises OSError when
    the file cannot be opened.
    """
    closed = sys.stdout is None  # its number may be that of another file by now
    if where == "auto":
        where = "off" if closed or os.isatty(STDOUT) else "-"
    if where == "off" or (where == "-" and closed):
        return None
    if where == "-":
        return AccessLog(STDOUT, proxies=proxies)
    path = Path(where).absolute()
    return AccessLog(_open(path), path, proxies=proxies)


def _open(path: Path) -> int:
    """A descriptor that appends to a file, made if need be; OSError, also for a pipe that nobody reads."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK, 0o640)
    os.set_blocking(descriptor, True)
    return descriptor


def line(exchange: Exchange, proxies: Sequence[IPv4Network | IPv6Network] = ()) -> bytes:
    """The record of an exchange: a JSON object (RFC 8259) in ASCII, and the end of the line.

    Whatever was sent stays inside its member: line breaks and other control characters are escaped.
    """
    second, fraction = divmod(exchange.time, 1)
    record = {
        "time": f"{_second(int(second))}.{int(fraction * 1000):03d}Z",
        "client": client_name(exchange.peer, [exchange.forwarded] if exchange.forwarded else [], proxies),
        "method": exchange.method,
        "path": exchange.path,
        "query_bytes": exchange.query_bytes,
        "query": exchange.query,
        "status": exchange.status,
        "bytes": exchange.sent,
        "first_ms": None if exchange.first is None else round(exchange.first * 1000, 2),
        "ms": round(exchange.seconds * 1000, 2),
        "agent": exchange.agent,
        "referer": _site(exchange.referer),
        "release": exchange.release,
        "cache": exchange.cache,
        "outcome": exchange.outcome,
        "cut": exchange.cut,
    }
    text = _encode(record).replace("\x7f", "\\u007f")
    return text.encode("ascii") + b"\n"


@lru_cache(maxsize=16)
def _second(time: int) -> str:
    """A second since 1970 as date and time of day (ISO 8601, UTC)."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _site(referer: str | None) -> str | None:
    """Scheme and host of an address; the rest may hold what somebody looked for."""
    if not referer:
        return None
    try:
        parts = urlsplit(referer)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return None
    return f"{parts.scheme}://{host}" if parts.scheme in ("http", "https") and host else None


def _complain(what: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        print(f"The access log {what}", file=sys.stderr, flush=True)
