"""Finding and opening finished releases.

release/<id>/manifest.json   what the release consists of, written last
release/<id>/store/          the query store
release/<id>/index.sqlite    the IRIs that occur in it
release/<id>/charts/         the rows and pictures of its charts
release/<id>/dumps/          the files that people download
release/<id>/ontology.json   modules of the ontology, uses of its terms
release/<id>/diagrams/       pictures of the ontology
release/current              symbolic link to the release that is served
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from kzlod.errors import Problem, ReleaseError
from kzlod.release.index import FILE as INDEX

CURRENT = "current"
_ID = re.compile(r"\d+\.\d+\.\d+-[0-9a-f]{8}")
_REBUILD = "Run `kzlod release` to make one."


@dataclass(frozen=True, slots=True)
class Release:
    """A finished release: its folder and its manifest."""

    path: Path
    manifest: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The name of the release: version, '-', first 8 hex digits of the hash of its inputs."""
        return str(self.manifest["release"])

    @property
    def store_path(self) -> Path:
        """The folder of the query store."""
        return self.path / "store"

    @property
    def dumps_path(self) -> Path:
        """The folder of the files for download."""
        return self.path / "dumps"


def open_release(path: Path) -> Release:
    """The release in the folder `path`; ReleaseError when it is missing, half-written or damaged."""
    path = path.resolve()
    if not path.is_dir():
        raise ReleaseError(Problem(str(path), "there is no release here", _REBUILD))
    manifest_path = path / "manifest.json"
    try:
        manifest = json.loads(manifest_path.read_text("utf-8"))
        declared = {path / "dumps" / dump["file"]: int(dump["bytes"]) for dump in manifest["dumps"]}
        release = Release(path, manifest)
        _ = release.id
    except FileNotFoundError as error:
        raise ReleaseError(
            Problem(str(path), "the release is half-written: it has no manifest.json", _REBUILD)
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReleaseError(
            Problem(str(manifest_path), f"the manifest cannot be read: {error!r}", _REBUILD)
        ) from error
    if not (release.store_path / "CURRENT").is_file():
        raise ReleaseError(Problem(str(release.store_path), "the release has no query store", _REBUILD))
    if not (path / INDEX).is_file():
        raise ReleaseError(Problem(str(path / INDEX), "the release has no index", _REBUILD))
    for file, size in declared.items():
        if not file.is_file() or file.stat().st_size != size:
            raise ReleaseError(
                Problem(str(file), "is missing or not of the size that the manifest states", _REBUILD)
            )
    return release


def open_unchanged(path: Path) -> Release:
    """The same, opened once as long as its manifest does not change."""
    try:
        changed = (path / "manifest.json").stat().st_mtime_ns
    except OSError:
        return open_release(path)  # which says what is wrong
    return _opened(path, changed)


@lru_cache(maxsize=256)
def _opened(path: Path, _changed: int) -> Release:
    return open_release(path)


def current_release(releases: Path) -> Release:
    """The release that `releases/current` points to; ReleaseError when there is none."""
    link = releases / CURRENT
    if not link.is_symlink():
        raise ReleaseError(Problem(str(link), "no release is current", _REBUILD))
    return open_release(link)


def is_release_id(name: str) -> bool:
    """Whether a text has the form of a release's name."""
    return _ID.fullmatch(name) is not None


def finished_releases(releases: Path) -> list[Path]:
    """The folders of all releases under `releases`, oldest first; unfinished ones are left out."""
    folders = (path for path in releases.iterdir() if _ID.fullmatch(path.name)) if releases.is_dir() else ()
    finished = [path for path in folders if (path / "manifest.json").is_file()]
    return sorted(finished, key=lambda path: ((path / "manifest.json").stat().st_mtime_ns, path.name))


def make_current(release: Release) -> None:
    """Lets `current` beside the release point to it, by one atomic rename."""
    link = release.path.parent / CURRENT
    temporary = link.with_name(f".{CURRENT}-{os.getpid()}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(release.path.name)
    temporary.replace(link)
