"""The releases that are on the disk beside the one that is served, and the permalinks into them."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request

from kzlod.errors import ReleaseError
from kzlod.namespaces import BASE
from kzlod.release.published import finished_releases, is_release_id, open_unchanged
from kzlod.web.addresses import document_path
from kzlod.web.problems import Problem
from kzlod.web.site import ServedRelease
from kzlod.web.state import Web

PATH = "/releases"
_STATE = "kept"


@dataclass(frozen=True, slots=True)
class Kept:
    """A release on the disk; `trouble` says why it cannot be read, empty when it can."""

    release: ServedRelease
    trouble: str
    is_current: bool

    @property
    def id(self) -> str:
        """The name of the release."""
        return self.release.id

    @property
    def version(self) -> str:
        """The version of the data, empty when the manifest has none."""
        return str(self.release.manifest.get("version") or "")

    @property
    def date(self) -> str:
        """The day of the release, empty when the manifest has none."""
        return str(self.release.manifest.get("date") or "")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of a kept release says of itself: which release, and where the current one has the same.

    `latest` is None when the current release does not know the thing.
    """

    release: str
    current: str
    is_current: bool
    latest: str | None


@dataclass(frozen=True, slots=True)
class _Unreadable:
    """A release of which no more is known than its folder and what its manifest says."""

    id: str
    path: Path
    manifest: Mapping[str, Any]

    @property
    def store_path(self) -> Path:
        """The folder of the query store, if it has one."""
        return self.path / "store"


def permalink(release: str, iri: str) -> str:
    """The path at which a release's description of an IRI stays, with the IRI's fragment."""
    return f"{PATH}/{release}{document_path(iri)}"


def permanent(release: ServedRelease, iri: str) -> str:
    """The permalink as a whole address below the base, as IRIs are; empty for a file served as it is."""
    return BASE + permalink(release.id, iri)[1:] if release.manifest.get("kind") == "release" else ""


def kept_releases(web: Web) -> Sequence[Kept]:
    """All releases that are kept, oldest first, the served one too; none for a file served as it is."""
    served = web.site.current().release
    if served is None or served.manifest.get("kind") != "release":
        return ()
    found = {served.id: Kept(served, "", is_current=True)}
    for folder in finished_releases(served.path.parent) if web.site.keeps_earlier else ():
        if folder.name not in found:
            release, trouble = _read(folder, (folder / "manifest.json").stat().st_mtime_ns)
            found[folder.name] = Kept(release, trouble, is_current=False)
    return sorted(found.values(), key=_age)


def kept_release(web: Web, name: str) -> Kept:
    """The release of a name; Problem 404 with those that are kept when it is none of them."""
    kept = kept_releases(web)
    found = next((one for one in kept if one.id == name), None) if is_release_id(name) else None
    if found is None:
        extras = {"kept": [one.id for one in reversed(kept)], "nearest": f"{PATH}/"}
        raise Problem.of(404, "not_kept", extras=extras)
    return found


def unreadable(one: Kept, reason: str) -> Problem:
    """410: the release is on the disk, but this program cannot describe things from it."""
    extras = {"reason": reason, "nearest": f"{PATH}/"}
    return Problem.of(410, "unreadable", {"release": one.id}, extras=extras)


@contextmanager
def reading(web: Web, name: str) -> Iterator[Kept]:
    """While this lasts, the release of a name is what is served; Problem 404 or 410 if it cannot be."""
    kept = kept_release(web, name)
    if kept.trouble:
        raise unreadable(kept, kept.trouble)
    try:
        with web.site.showing(kept.release):
            yield kept
    except (OSError, sqlite3.Error, ValueError, KeyError, TypeError) as error:
        if kept.is_current:
            raise
        raise unreadable(kept, str(error)) from error


def shown_in(request: Request) -> Shown | None:
    """Which kept release a request is for; None for the current pages."""
    found = getattr(request.state, _STATE, None)
    return found if isinstance(found, Shown) else None


def mark(request: Request, shown: Shown) -> None:
    """Lets the pages made for a request know that they show a kept release."""
    setattr(request.state, _STATE, shown)


@lru_cache(maxsize=256)
def _read(folder: Path, changed: int) -> tuple[ServedRelease, str]:
    """A release as it was at a moment, and why it cannot be read if it cannot."""
    try:
        opened = open_unchanged(folder)
    except ReleaseError as error:
        reason = "; ".join(one.what for one in error.problems)
        return _Unreadable(folder.name, folder, _manifest(folder / "manifest.json")), reason
    return opened, "" if opened.id == folder.name else "its folder has another name"


def _manifest(file: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _age(one: Kept) -> tuple[str, list[int], int, str]:
    """By day, then version, then when it was made."""
    numbers = [int(part) for part in one.version.split(".") if part.isascii() and part.isdigit()]
    try:
        made = (one.release.path / "manifest.json").stat().st_mtime_ns
    except OSError:
        made = 0
    return one.date, numbers, made, one.id
