"""What is seen of each request and its answer, for the access log and the metrics: plain ASGI, so that
streams stay streams.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kzlod.web.cycle import Ready

QUERY = "kzlod.query"
"""Where a handler leaves in the scope the hash of a query's text (`query_hash`)."""
OUTCOME = "kzlod.outcome"
"""Where it leaves how the query went: `ok`, `client-gone`, or the `outcome` of an EngineError."""
CACHE = "kzlod.cache"
"""Where it leaves whether a kept result answered: `hit` or `miss`."""

_LONGEST = 300  # characters of a header field
_LONGEST_PATH = _LONGEST_FORWARDED = 1024


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. Of hostile lengths, only the beginning is kept.

    `time` is in seconds since 1970; `first` (until the answer's header was sent; None: there was none) and
    `seconds` (until all was over) are durations. `path` is as it was sent, percent-encoded. `sent` counts the
    bytes of the body. `cut` says who ended an answer that is not whole: `client` or `server`.
    """

    time: float
    peer: str
    forwarded: str
    method: str
    path: str
    query_bytes: int
    query: str | None
    agent: str | None
    referer: str | None
    status: int | None
    release: str | None
    sent: int
    first: float | None
    seconds: float
    cut: str | None
    outcome: str | None
    cache: str | None


Observer = Callable[[Exchange], None]
"""Told of each exchange on the event loop; must be quick and must not raise."""


class Observed:
    """Passes requests on to an application, and tells the observers of each when it is over."""

    def __init__(
        self,
        app: ASGIApp,
        observers: Sequence[Observer] = (),
        kept: Callable[[Scope], Ready | None] = lambda _: None,
    ) -> None:
        """Takes the application, middleware included, who is to be told, and what gives kept answers."""
        self.app = app
        self.observers = observers
        self._kept = kept
        self.in_progress = 0
        """How many requests are being answered."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        now, began = time.time(), time.perf_counter()
        status: int | None = None
        first: float | None = None
        release: str | None = None
        sent = 0
        whole = failed = False

        async def seen(message: Message) -> None:
            nonlocal status, first, release, sent, whole
            await send(message)
            if message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
                whole = not message.get("more_body", False)
            elif message["type"] == "http.response.start":
                first = time.perf_counter() - began
                status, release = message["status"], _release(message["headers"])

        self.in_progress += 1
        try:
            await self.app(scope, receive, seen)
        except BaseException:
            failed = True
            raise
        finally:
            self.in_progress -= 1
            outcome = scope.get(OUTCOME)
            gone = outcome == "client-gone" or not (whole or failed)
            self._tell(
                scope,
                now,
                began,
                status,
                release,
                sent,
                first,
                "client" if gone else None if whole else "server",
                "client-gone" if gone and outcome else outcome,
                scope.get(QUERY),
                scope.get(CACHE),
            )

    def at_once(self, scope: Scope) -> Ready | None:
        """The answer to a request if it is kept; the observers are told that it was sent."""
        now, began = time.time(), time.perf_counter()
        found = self._kept(scope)
        if found is None:
            return None
        self._tell(
            scope,
            now,
            began,
            found.status,
            found.release,
            len(found.body),
            time.perf_counter() - began,
            None,
            found.outcome,
            found.query if found.outcome else None,
            "hit" if found.outcome else None,
        )
        return found

    def _tell(
        self,
        scope: Scope,
        now: float,
        began: float,
        status: int | None,
        release: str | None,
        sent: int,
        first: float | None,
        cut: str | None,
        outcome: str | None,
        query: str | None,
        cache: str | None,
    ) -> None:
        agent, referer, forwarded = _of_interest(scope["headers"])
        exchange = Exchange(
            now,
            scope["client"][0] if scope.get("client") else "",
            forwarded,
            scope["method"][:32],
            _path(scope),
            len(scope["query_string"]),
            query,
            agent,
            referer,
            status,
            release,
            sent,
            first,
            time.perf_counter() - began,
            cut,
            outcome,
            cache,
        )
        for observer in self.observers:
            observer(exchange)


def query_hash(text: str) -> str:
    """The name under which a query is logged instead of its text: 16 hex digits of its SHA-256 (UTF-8)."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def note(scope: MutableMapping[str, Any], **values: str) -> None:
    """Leaves in a request's scope what its handler alone knows: `query`, `outcome`, `cache`."""
    for name, value in values.items():
        scope[f"kzlod.{name}"] = value


def _release(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    for name, value in headers:
        if name == b"kzlod-release":
            return value.decode("latin-1")
    return None


def _of_interest(headers: Iterable[tuple[bytes, bytes]]) -> tuple[str | None, str | None, str]:
    """User agent, referer and who the request was forwarded for; of the last the end, where proxies write."""
    agent = referer = None
    forwarded = []
    for name, value in headers:
        if name == b"user-agent":
            agent = value[:_LONGEST].decode("latin-1")
        elif name == b"referer":
            referer = value[:_LONGEST].decode("latin-1")
        elif name == b"x-forwarded-for":
            forwarded.append(value)
    return agent, referer, b",".join(forwarded)[-_LONGEST_FORWARDED:].decode("latin-1")


def _path(scope: Scope) -> str:
    raw = scope.get("raw_path")
    path = raw.decode("latin-1") if raw else scope["path"]
    return str(path.partition("?")[0][:_LONGEST_PATH])
