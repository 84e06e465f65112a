"""What is being served: a release and the engine that answers queries over it, exchanged as one."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from kzlod.engine.base import Engine
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


@dataclass(frozen=True)
class Serving:
    """A release (None when a bare engine is served) together with its engine; never changes."""

    release: ServedRelease | None
    engine: Engine

    @property
    def release_id(self) -> str:
        """The name that goes into the `KZLOD-Release` header; `none` without a release."""
        return self.release.id if self.release else "none"


class Site:
    """Holds what is served now.

    A request calls `current()` once and keeps to what it got, so that no answer mixes two releases. `swap` is
    one assignment; whoever calls it stops the old engine once its requests are done.
    """

    def __init__(self, release: ServedRelease | None, engine: Engine, settings: Settings) -> None:
        """Takes what is served first; the engine is started and stopped by the caller."""
        self._serving = Serving(release, engine)
        self.settings = settings

    def current(self) -> Serving:
        """What is served at this moment."""
        return self._serving

    def swap(self, release: ServedRelease | None, engine: Engine) -> Serving:
        """Serves another release from now on; returns what was served before."""
        before, self._serving = self._serving, Serving(release, engine)
        return before
