"""The connections of the server: HTTP within the bounds on how long and how many of them a client may hold.

The HTTP server underneath has a limit for idle connections only: a header that is sent a byte at a time, or a
reader that takes nothing, would hold its connection for ever. Here each has its time, and when there are too
many the client that has most of them makes room. A header has its size, too, and the parser underneath asks
for no Host, as RFC 9112 section 3.2 does.
"""

import asyncio
import fcntl
import json
import re
import sys
import termios
from collections.abc import Callable, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote_from_bytes, unquote

import httptools
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kzlod.web.bounds import Connections
from kzlod.web.clients import client_name, is_proxy
from kzlod.web.cycle import Cycle, Ready, status_line, write, written
from kzlod.web.middleware import SECURITY
from kzlod.web.problems import MEDIA_TYPE, Problem

_HEADER_SIZE = 64 * 1024  # bytes
_LEAST_TAKEN = 64 * 1024  # bytes, or all there are, that a reader takes within the time for a stall
_OF_A_BODY = frozenset({b"content-length", b"transfer-encoding", b"expect", b"upgrade"})
_ASCII = bytes(range(128))
_REQUEST_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ \S+ HTTP/1\.[01]\r?\n")
_PIPELINED = 32  # requests that may wait on one connection for the answer to an earlier one


def _final(status: HTTPStatus, text: str, *headers: str) -> bytes:
    """A whole answer, a problem like all others, after which the connection is closed."""
    body = json.dumps(Problem(status.value, status.phrase, text).members()).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}",
        f"Content-Type: {MEDIA_TYPE}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        "Cache-Control: no-store",
        *(f"{name}: {value}" for name, value in SECURITY.items()),
        *headers,
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


_TIMED_OUT = _final(HTTPStatus.REQUEST_TIMEOUT, "The request did not come in time.")
_FULL = _final(HTTPStatus.SERVICE_UNAVAILABLE, "Too many open connections.", "Retry-After: 1")
_MALFORMED = _final(HTTPStatus.BAD_REQUEST, "This is not HTTP/1.1 as in RFC 9112.")
_NO_HOST = _final(HTTPStatus.BAD_REQUEST, "A request needs one Host header.")
_UNKNOWN_METHOD = _final(HTTPStatus.NOT_IMPLEMENTED, "There is no such method.")
_UNKNOWN_CODING = _final(HTTPStatus.NOT_IMPLEMENTED, "The only transfer coding here is chunked.")
_LONG_HEADER = _final(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"A request header may have {_HEADER_SIZE} bytes."
)
_IMPATIENT = _final(HTTPStatus.TOO_MANY_REQUESTS, f"At most {_PIPELINED} requests may wait on a connection.")


AtOnce = Callable[[Scope], Ready | None]
"""Gives the answer to a GET request, as ASGI describes it, if it is there without any work."""


class _Answered:
    """Stands for a request that was answered at once, where the protocol asks for the last one."""

    response_started = response_complete = True
    more_body = False
    message_event = asyncio.Event()


_ANSWERED: Any = _Answered()


class _UnwantedRequest(Exception):  # noqa: N818 - raised to the parser, which ends the request
    """Carries the answer to a request that is not served."""


class _Quiet:
    """A transport to which writing is no error when it is closed already: whoever was to read has left."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)

    def writelines(self, parts: Sequence[bytes]) -> None:
        if not self._transport.is_closing():
            self._transport.writelines(parts)

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def _with_plain_target(data: bytes) -> bytes:
    """A request with the letters of its target percent-encoded, which some clients send as they are."""
    line, end, rest = data.partition(b"\r\n")
    return quote_from_bytes(line, _ASCII).encode() + end + rest


class BoundedProtocol(HttpToolsProtocol):
    """A connection of the HTTP server that is told to the Connections."""

    def __init__(
        self, *arguments: Any, connections: Connections, at_once: AtOnce | None = None, **named: Any
    ) -> None:
        """Takes what the server gives to a protocol, where the connection is counted, and what is there."""
        super().__init__(*arguments, **named)
        self._open = connections
        self._at_once = at_once
        self._unread: tuple[float, int] | None = None
        """Bytes that waited for the reader, and when it was so many."""
        self._header_size: int | None = None  # of the fields that were read; None: no header is being read
        self._header_received = 0  # bytes since the header began
        self._begun = 0
        self._data = b""  # that is being read
        self._refusal = _MALFORMED
        self._refused = False
        self.client_name = ""
        self.counts = True
        self.since = 0.0
        """When it began to wait for a request, in the loop's time."""

    @property
    def is_open(self) -> bool:
        """Whether it is not being closed."""
        return not self.transport.is_closing()

    @property
    def waits(self) -> bool:
        """Whether it is open and no request is being answered."""
        return self.is_open and (self.cycle is None or self.cycle.response_complete)

    @property
    def awaits_body(self) -> bool:
        """Whether a request is still being read to which no answer has begun."""
        cycle = self.cycle
        if cycle is None or self.pipeline or not self.is_open:
            return False
        return cycle.more_body and not cycle.response_started

    @property
    def used(self) -> bool:
        """Whether there was a request before."""
        return self.cycle is not None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Counts the connection; sends 503 when there is no room for it."""
        super().connection_made(_Quiet(transport))  # type: ignore[arg-type]
        self.since = self.loop.time()
        peer = self.client[0] if self.client else ""
        self.client_name = client_name(peer, (), ())
        self.counts = not is_proxy(peer, self._open.bounds.proxies)
        if not self._open.add(self):
            transport.write(_FULL)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Counts the connection no more."""
        self._open.remove(self)
        self.flow.read_paused = False  # a closed transport must not be told to read on
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A first byte after a pause begins the time for a request; further ones do not lengthen it."""
        if self.timeout_keep_alive_task is not None:
            self.since = self.loop.time()
        if self.transport.is_closing() or self._refused:
            return
        in_body = self.cycle is not None and self.cycle.more_body
        if self._header_size is None and not in_body and not data.isascii():
            data = _with_plain_target(data)
        self._begun = 0
        self._data = data
        super().data_received(data)
        if self._header_size is None:
            return
        # The parser tells of whole lines only: of an endless one nothing is known but what has come.
        if not self._begun:
            self._header_received += len(data)
        else:
            self._header_received = len(data) if self._begun == 1 and not in_body else 0
        if self._header_received > _HEADER_SIZE:
            self._refusal = _LONG_HEADER
            self.send_400_response("")

    def on_message_begin(self) -> None:
        """Called by the parser."""
        self._header_size = 0
        self._begun += 1
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        self._header_size = (self._header_size or 0) + len(name) + len(value)
        if self._header_size > _HEADER_SIZE:
            self._refuse(_LONG_HEADER)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Called by the parser; the request is answered, or waits for those before it."""
        self._header_size = None
        version = self.parser.get_http_version()
        self._check_header(version)
        self._describe(version)
        if self._at_once is not None and self._can_be_answered_at_once(version):
            answer = self._at_once(cast("Scope", self.scope))
            if answer is not None:
                self._answer(answer)
                return
        before = self.cycle
        self.cycle = Cycle(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=version != "1.0" and self.parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def _check_header(self, version: str) -> None:
        """Refuses a request that is not served."""
        if len(self.url) > _HEADER_SIZE:
            self._refuse(_LONG_HEADER)
        hosts = 0
        for name, value in self.headers:
            if name == b"host":
                hosts += 1
            elif name == b"transfer-encoding" and value.lower() != b"chunked":
                self._refuse(_UNKNOWN_CODING)
        if version == "1.1" and hosts != 1:
            self._refuse(_NO_HOST)
        if len(self.pipeline) >= _PIPELINED:
            self._refuse(_IMPATIENT)

    def _describe(self, version: str) -> None:
        """Completes the description of the request for the application."""
        parsed = httptools.parse_url(self.url)
        path = parsed.path.decode("ascii")
        scope = self.scope
        scope["method"] = self.parser.get_method().decode("ascii")
        if version != "1.1":
            scope["http_version"] = version
        scope["path"] = self.root_path + (unquote(path) if "%" in path else path)
        scope["raw_path"] = self.root_path.encode("ascii") + parsed.path
        scope["query_string"] = parsed.query or b""

    def _can_be_answered_at_once(self, version: str) -> bool:
        """Whether nothing is to be waited for: no body, no answer before it, no reader that falls behind."""
        return (
            self.scope["method"] == "GET"
            and version == "1.1"
            and (self.cycle is None or self.cycle.response_complete)
            and not self.flow.write_paused
            and not self.transport.is_closing()
            and self.parser.should_keep_alive()
            and not any(name in _OF_A_BODY for name, _ in self.headers)
        )

    def _answer(self, answer: Ready) -> None:
        """Sends an answer that is there."""
        self.cycle = _ANSWERED
        head = status_line(answer.status) + written(self.server_state.default_headers) + answer.fields
        write(self.transport, (head + b"\r\n", answer.body))
        self.on_response_complete()

    def _refuse(self, answer: bytes) -> None:
        self._refusal = answer
        raise _UnwantedRequest

    def send_400_response(self, msg: str) -> None:
        """Called when the parser gives up; the requests before this one are answered first."""
        self._refused = True
        unknown = isinstance(sys.exception(), httptools.HttpParserInvalidMethodError)
        if unknown and not self.used and _REQUEST_LINE.match(self._data):
            self._refusal = _UNKNOWN_METHOD
        if self.waits or self.awaits_body:
            self.transport.write(self._refusal)
            self.transport.close()
        elif self.cycle is not None and self.cycle.more_body:
            self._refusal = b""  # its body is damaged, but the answer to it is on its way already

    def on_response_complete(self) -> None:
        """The wait for the next request begins."""
        self.since = self.loop.time()
        super().on_response_complete()
        if self._refused and self.waits and not self.transport.is_closing():
            self.transport.write(self._refusal)
            self.transport.close()

    def resume_writing(self) -> None:
        """The reader has caught up."""
        self._unread = None
        super().resume_writing()

    def check_time(self, now: float) -> None:
        """Ends the connection when its time is up."""
        bounds = self._open.bounds
        left = self._unsent()
        if left:
            self.since = now
            if self._unread is None or left <= self._unread[1] - _LEAST_TAKEN:
                self._unread = now, left
            elif now - self._unread[0] > bounds.stall:
                self.transport.abort()
            return
        self._unread = None
        if self.waits and now - self.since > bounds.request:
            self.drop()

    def _unsent(self) -> int:
        """How many bytes wait for the reader: when any wait here, with those that the system has taken."""
        here = self.transport.get_write_buffer_size()
        if not here:
            return 0
        taken = bytearray(4)
        with suppress(OSError, ValueError):
            fcntl.ioctl(self.transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, taken)
        return here + int.from_bytes(taken, sys.byteorder)

    def drop(self) -> None:
        """Closes a connection on which nothing is being answered; half a request is answered with 408."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
            return
        if self._header_size is not None or self.awaits_body:
            self.transport.write(_TIMED_OUT)
        self.transport.close()


def bounded(connections: Connections, at_once: AtOnce | None = None) -> type[HttpToolsProtocol]:
    """The protocol class for one server, whose connections are counted and kept within bounds.

    `at_once` gives the answers that are there without the application's being asked.
    """

    class Protocol(BoundedProtocol):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, connections=connections, at_once=at_once, **named)

    return Protocol
