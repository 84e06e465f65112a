"""The versions of the ontology in the releases that are kept, and what changed from each to the next."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kzlod.namespaces import GRAPH
from kzlod.release.terms import FILE
from kzlod.web.downloads import manifests
from kzlod.web.state import Snapshot

_GRAPH = f"{GRAPH}ontology"


@dataclass(frozen=True, slots=True)
class Version:
    """The ontology in a release; the changes are those since the release before, None when unknown.

    `files`: format and address of each download.
    """

    release: str
    version: str
    date: str
    current: bool
    files: tuple[tuple[str, str], ...]
    added: tuple[str, ...] | None = None
    removed: tuple[str, ...] | None = None
    changed: tuple[str, ...] | None = None

    @property
    def is_same(self) -> bool:
        """Whether it is known to say the same as the one before."""
        return self.added == self.removed == self.changed == ()


def read_description(folder: Path) -> Mapping[str, Any]:
    """What a release says of its ontology besides the triples; nothing when it has no such file."""
    try:
        found = json.loads((folder / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def versions(snapshot: Snapshot) -> tuple[Version, ...]:
    """The ontology of each release that is kept, the current one first, then the newest first."""
    known = manifests(snapshot)
    current = snapshot.release.id
    earlier = [name for name in known if name != current]
    earlier.sort(
        key=lambda name: (str(known[name][1].get("date", "")), list(known).index(name)), reverse=True
    )
    ordered = [current, *earlier]
    described = {name: read_description(known[name][0]) for name in ordered}
    found = []
    for name, before in zip(ordered, [*ordered[1:], None], strict=True):
        manifest = known[name][1]
        found.append(
            Version(
                name,
                str(described[name].get("version") or manifest.get("version", "")),
                str(manifest.get("date", "")),
                name == current,
                _files(name, manifest.get("dumps", ())),
                *compared(described[name].get("terms"), described[before].get("terms") if before else None),
            )
        )
    return tuple(found)


def compared(
    terms: Mapping[str, str] | None, before: Mapping[str, str] | None
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]] | tuple[None, None, None]:
    """The terms that were added, removed and changed; Nones when one side is unknown.

    Takes the local names of terms with a hash of what is said of each.
    """
    if terms is None or before is None:
        return None, None, None
    return (
        tuple(sorted(terms.keys() - before.keys())),
        tuple(sorted(before.keys() - terms.keys())),
        tuple(sorted(name for name in terms.keys() & before.keys() if terms[name] != before[name])),
    )


def _files(release: str, dumps: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (str(one.get("format", "")), f"/dumps/{release}/{one['file']}")
        for one in dumps
        if one.get("graph") == _GRAPH
    )
