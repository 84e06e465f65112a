"""What is being served: a release and the engine that answers queries over it, exchanged as one."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Protocol, Self

from kzlod.engine.base import Engine, EngineFailed, Query, Result
from kzlod.web.settings import Settings


class ServedRelease(Protocol):
    """What the web needs to know of a release (`kzlod.release.published.Release` has it)."""

    @property
    def id(self) -> str:
        """The name of the release."""

    @property
    def path(self) -> Path:
        """Its directory."""

    @property
    def store_path(self) -> Path:
        """The directory of its query store."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """Versions, counts and checksums."""


class NotQueried:
    """The engine of a release of which only documents are shown."""

    name = "none"

    async def __aenter__(self) -> Self:
        """Starts nothing."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stops nothing."""

    async def drained(self) -> None:
        """Returns at once: there are no results."""

    def statistics(self) -> Mapping[str, float]:
        """No figures."""
        return {}

    async def run(self, query: Query, client: str) -> Result:
        """Raises EngineFailed."""
        raise EngineFailed("no query is asked of this release")


class Serving:
    """A release (None when a bare engine is served) together with its engine.

    Both stay as they are. Who works with them says so by `held`, so that `idle` knows when nobody does.
    """

    def __init__(self, release: ServedRelease | None, engine: Engine) -> None:
        """Takes what belongs together."""
        self.release = release
        self.engine = engine
        self._holders = 0
        self._free = asyncio.Event()
        self._free.set()

    @contextmanager
    def held(self) -> Iterator[None]:
        """While this lasts the engine may be asked; for requests, on the server's event loop."""
        self._holders += 1
        self._free.clear()
        try:
            yield
        finally:
            self._holders -= 1
            if not self._holders:
                self._free.set()

    async def idle(self) -> None:
        """Waits until nobody holds it and every result of its engine is read: then the engine can be stopped.

        Of use after `swap` only; before, the next request may come at any moment.
        """
        await self._free.wait()
        await self.engine.drained()

    @property
    def release_id(self) -> str:
        """The name that goes into the `KZLOD-Release` header; `none` without a release."""
        return self.release.id if self.release else "none"


_PINNED: ContextVar[Serving | None] = ContextVar("pinned", default=None)


class Site:
    """Holds what is served now.

    A request keeps to what was served when it began (`pinned`), so that no answer mixes two releases. `swap`
    is one assignment; whoever calls it stops the old engine when the old `Serving` is idle.
    """

    def __init__(
        self, release: ServedRelease | None, engine: Engine, settings: Settings, *, keeps_earlier: bool = True
    ) -> None:
        """Takes what is served first; the engine is started and stopped by the caller.

        `keeps_earlier` says whether the releases that lie beside the served one can be had, too.
        """
        self._serving = Serving(release, engine)
        self.settings = settings
        self.keeps_earlier = keeps_earlier

    def current(self) -> Serving:
        """What is served at this moment; in a request, what was served when it began."""
        return _PINNED.get() or self._serving

    @property
    def served(self) -> Serving:
        """What is served at this moment, whatever a request began with."""
        return self._serving

    @contextmanager
    def pinned(self) -> Iterator[Serving]:
        """While this lasts, `current` stays the same here and in the threads that this task asks.

        It begins with what is served now, whatever the task was started from.
        """
        serving = self._serving
        token = _PINNED.set(serving)
        try:
            yield serving
        finally:
            _PINNED.reset(token)

    @contextmanager
    def showing(self, release: ServedRelease) -> Iterator[None]:
        """While this lasts, `current` gives another release, here only, whose engine is never asked."""
        token = _PINNED.set(Serving(release, NotQueried()))
        try:
            yield
        finally:
            _PINNED.reset(token)

    def swap(self, release: ServedRelease | None, engine: Engine) -> Serving:
        """Serves another release from now on; returns what was served before."""
        before, self._serving = self._serving, Serving(release, engine)
        return before
