"""All IRIs of ours that occur in a release, and the tree that their steps make, from its index file."""

import json
import re
import sqlite3
from pathlib import Path
from threading import local
from urllib.parse import quote

from kzlod.labels import Label
from kzlod.web.search import patient

_NUMBER = re.compile(r"(\d+)")
_LAST = "\U0010ffff"


class Index:
    """The known IRIs below the base (kzlod.release.index). Safe to use from several threads."""

    def __init__(self, file: Path) -> None:
        """Takes the file, which never changes; sqlite3.OperationalError when it cannot be opened."""
        self._address = f"file:{quote(str(file))}?mode=ro&immutable=1"
        self._local = local()
        self._first("")

    def __contains__(self, iri: str) -> bool:
        """Whether the IRI itself occurs anywhere in the release."""
        return bool(self._all("SELECT 1 FROM iri WHERE iri = ?", iri))

    def __len__(self) -> int:
        """How many IRIs of ours occur."""
        return int(self._all("SELECT COUNT(*) FROM iri")[0])

    def labels(self, iri: str) -> tuple[Label, ...] | None:
        """The names of one of our IRIs that something is said of; None for any other."""
        found = self._all("SELECT labels FROM iri WHERE iri = ? AND subject", iri)
        return tuple(Label(*one) for one in json.loads(found[0])) if found else None

    def is_container(self, iri: str) -> bool:
        """Whether known IRIs lie below this one (after a slash or a hash)."""
        return any(self._begins(iri + mark) for mark in "/#")

    def answers(self, iri: str) -> bool:
        """Whether there is anything to say about the IRI: it occurs, or it is a container."""
        return iri in self or self.is_container(iri)

    def members(self, container: str) -> list[str]:
        """The IRIs one step below a container, in natural order (2 before 10); some are containers."""
        found: dict[str, None] = {}
        for mark in "/#":
            prefix = container + mark
            iri = self._first(prefix)
            while iri is not None and iri.startswith(prefix):
                step = re.split("[/#]", iri[len(prefix) :], maxsplit=1)[0]
                member = prefix + step
                if step:
                    found[member] = None
                # On to what is not below this member: the next character after the mark begins it.
                end = len(member)
                iri = self._first(member + chr(ord(iri[end]) + 1) if len(iri) > end else f"{iri}\0")
        return sorted(found, key=natural)

    def iris(self) -> list[str]:
        """All IRIs of ours that occur, sorted."""
        return self._all("SELECT iri FROM iri ORDER BY iri")

    def below(self, prefix: str, most: int = -1) -> list[str]:
        """The subjects whose IRI begins with a text, sorted; the first of them if `most` is given."""
        return self._all(
            "SELECT iri FROM iri WHERE iri >= ? AND iri < ? AND subject ORDER BY iri LIMIT ?",
            prefix,
            prefix + _LAST,
            most,
        )

    def count_below(self, prefix: str) -> int:
        """How many subjects have an IRI that begins with a text."""
        found = self._all(
            "SELECT COUNT(*) FROM iri WHERE iri >= ? AND iri < ? AND subject", prefix, prefix + _LAST
        )
        return int(found[0])

    def query(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Runs a statement of search (kzlod.web.search); raises SearchTooLongError."""
        return patient(self._database(), statement, *values)

    def _begins(self, prefix: str) -> bool:
        first = self._first(prefix)
        return first is not None and first.startswith(prefix)

    def _first(self, start: str) -> str | None:
        """The first IRI that is not before a text."""
        found = self._all("SELECT iri FROM iri WHERE iri >= ? ORDER BY iri LIMIT 1", start)
        return found[0] if found else None

    def _all(self, query: str, *values: str | int) -> list[str]:
        try:
            return [row[0] for row in self._database().execute(query, values)]
        except UnicodeEncodeError:  # half of a surrogate pair, which no IRI has
            return []

    def _database(self) -> sqlite3.Connection:
        """The connection of this thread."""
        found: sqlite3.Connection | None = getattr(self._local, "database", None)
        if found is None:
            found = self._local.database = sqlite3.connect(self._address, uri=True)
        return found


def natural(text: str) -> list[tuple[int, int, str]]:
    """A sort key that puts `art/2` before `art/10`."""
    parts = _NUMBER.split(text)
    return [(1, int(part), "") if place % 2 else (0, 0, part) for place, part in enumerate(parts)]
