"""All IRIs of ours that occur in a release, sorted: containers and members are found by bisection."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from kzlod.namespaces import BASE

_NUMBER = re.compile(r"(\d+)")


class Index:
    """The known IRIs below the base, and the tree that their steps make."""

    def __init__(self, iris: Iterable[str], subjects: Iterable[str] = ()) -> None:
        """Takes all IRIs that occur, and those of which something is said; only ours are kept."""
        self._iris = sorted({iri for iri in iris if iri.startswith(BASE)})
        self.subjects: Sequence[str] = sorted({iri for iri in subjects if iri.startswith(BASE)})

    def __contains__(self, iri: str) -> bool:
        """Whether the IRI itself occurs anywhere in the release."""
        position = bisect_left(self._iris, iri)
        return position < len(self._iris) and self._iris[position] == iri

    def __len__(self) -> int:
        """How many IRIs of ours occur."""
        return len(self._iris)

    def is_container(self, iri: str) -> bool:
        """Whether known IRIs lie below this one (after a slash or a hash)."""
        return any(self._first(iri + mark) is not None for mark in "/#")

    def answers(self, iri: str) -> bool:
        """Whether there is anything to say about the IRI: it occurs, or it is a container."""
        return iri in self or self.is_container(iri)

    def members(self, container: str) -> list[str]:
        """The IRIs one step below a container, in natural order (2 before 10); some are containers."""
        found: dict[str, None] = {}
        for mark in "/#":
            prefix = container + mark
            position = bisect_left(self._iris, prefix)
            while position < len(self._iris) and self._iris[position].startswith(prefix):
                iri = self._iris[position]
                step = re.split("[/#]", iri[len(prefix) :], maxsplit=1)[0]
                member = prefix + step
                if step:
                    found[member] = None
                if len(iri) > len(
                    member
                ):  # everything below the member, up to the next character after the mark
                    position = bisect_left(self._iris, member + chr(ord(iri[len(member)]) + 1), position + 1)
                else:
                    position += 1
        return sorted(found, key=natural)

    def below(self, prefix: str) -> list[str]:
        """All subjects whose IRI begins with a text, sorted."""
        start = bisect_left(self.subjects, prefix)
        end = start
        while end < len(self.subjects) and self.subjects[end].startswith(prefix):
            end += 1
        return list(self.subjects[start:end])

    def _first(self, prefix: str) -> str | None:
        position = bisect_left(self._iris, prefix)
        if position < len(self._iris) and self._iris[position].startswith(prefix):
            return self._iris[position]
        return None


def natural(text: str) -> list[tuple[int, int, str]]:
    """A sort key that puts `art/2` before `art/10`."""
    parts = _NUMBER.split(text)
    return [(1, int(part), "") if place % 2 else (0, 0, part) for place, part in enumerate(parts)]
