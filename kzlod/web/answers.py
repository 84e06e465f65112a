"""Finished answers kept for repeated requests: plain ASGI, before anything of the application is asked.

A release never changes, so what was answered once to the same request is right until another release is
served. Kept are answers to GET of a known length that may be stored (RFC 9111), with the header fields that
they may vary by; the least recently used ones make room.
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kzlod.web.cycle import Ready, written
from kzlod.web.observing import OUTCOME, QUERY, note
from kzlod.web.site import Serving, Site

_VARYING = (b"accept", b"accept-language", b"cookie")
# Requests with these are answered by the application: they ask for less than the whole.
_CONDITIONS = {b"range", b"if-none-match", b"if-modified-since", b"if-range", b"if-match"}
_STATUSES = {200, 301, 303, 308}
_CHANGING = ("/dumps", "/releases")  # tell of the other releases that are there, too
_LARGEST_SHARE = 16
_LARGEST_KEY = 4096
_ENTRY_OVERHEAD = 2048


class _Entry(NamedTuple):
    answer: Ready
    size: int


class Answers:
    """Passes requests on to an application and keeps its answers, at most `size` bytes altogether.

    One answer may take a sixteenth of that. `size` 0 keeps nothing.
    """

    def __init__(self, app: ASGIApp, site: Site, size: int) -> None:
        """Takes the application, and the site that tells which release is served."""
        self._app, self._site, self._size = app, site, size
        self._of: Serving | None = None
        self._kept: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends a kept answer, or passes the request on; either way it keeps to one release."""
        with self._site.pinned() as serving:
            await self._answer(scope, receive, send, serving)

    def kept(self, scope: Scope) -> Ready | None:
        """The kept answer to a request for what is served now."""
        key = self._key(scope)
        found = None if key is None else self._find(key, self._site.current())
        return found.answer if found else None

    async def _answer(self, scope: Scope, receive: Receive, send: Send, serving: Serving) -> None:
        key = self._key(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        found = self._find(key, serving)
        if found is None:
            await self._app(scope, receive, _Recorder(self, serving, key, scope, send))
            return
        if found.answer.outcome:
            note(scope, cache="hit", outcome=found.answer.outcome, query=found.answer.query or "")
        lines = found.answer.fields.split(b"\r\n")[:-1]
        headers = [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]
        await send({"type": "http.response.start", "status": found.answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": found.answer.body})

    def _key(self, scope: Scope) -> Hashable | None:
        """What the answer to a request depends on; None when it is none that is kept."""
        return _key(scope) if self._size and scope["type"] == "http" and scope["method"] == "GET" else None

    def _find(self, key: Hashable, serving: Serving) -> _Entry | None:
        if serving is not self._of:
            self._kept.clear()
            self._of, self._held = serving, 0
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    @property
    def largest(self) -> int:
        """The longest body that is kept, in bytes."""
        return self._size // _LARGEST_SHARE

    def keep(self, serving: Serving, key: Hashable, entry: _Entry) -> None:
        """Keeps an answer of what is still served; the least recently used ones make room."""
        if serving is not self._of or key in self._kept:
            return
        self._kept[key] = entry
        self._held += entry.size
        while self._held > self._size:
            self._held -= self._kept.popitem(last=False)[1].size


class _Recorder:
    """Sends an answer on, and keeps it when it is whole and may be kept."""

    def __init__(self, answers: Answers, serving: Serving, key: Hashable, scope: Scope, send: Send) -> None:
        self._answers, self._serving, self._key = answers, serving, key
        self._scope, self._send = scope, send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        await self._send(message)
        if message["type"] == "http.response.start":
            # Its release is that of the answer, which began when that was served.
            if _may_be_kept(message, self._answers.largest):
                self._start = message
        elif self._start is not None and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                self._finish(self._start)

    def _finish(self, start: Message) -> None:
        scope, fields = self._scope, written(start["headers"])
        release = self._serving.release_id
        answer = Ready(start["status"], fields, self._body, release, scope.get(OUTCOME), scope.get(QUERY))
        size = len(fields) + len(self._body) + _ENTRY_OVERHEAD
        self._answers.keep(self._serving, self._key, _Entry(answer, size))


def _key(scope: Scope) -> Hashable | None:
    path = scope["path"]
    if path.startswith(_CHANGING) or not scope.get("raw_path"):
        return None
    values = dict.fromkeys(_VARYING, b"")
    length = len(scope["raw_path"]) + len(scope["query_string"])
    for name, value in scope["headers"]:
        if name in _CONDITIONS:
            return None
        if name in values:
            values[name] += b"," + value
            length += len(value)
    if length > _LARGEST_KEY:
        return None
    return (scope["raw_path"], scope["query_string"], *values.values())


def _may_be_kept(start: Message, largest: int) -> bool:
    if start["status"] not in _STATUSES:
        return False
    length, control, vary = largest + 1, b"no-store", b""
    for name, value in start["headers"]:
        if name == b"content-length":
            length = int(value)
        elif name == b"cache-control":
            control = value
        elif name == b"vary":
            vary += b"," + value
        elif name == b"set-cookie":
            return False
    varies = {name.strip().lower() for name in vary.split(b",") if name.strip()}
    return length <= largest and b"no-store" not in control and varies <= set(_VARYING)
