"""What a step of an address stands for, when the data say nothing of the address itself.

The step may name something that the things beneath point to (`correspondence/art/10`, `KAZ/clearance-rate`),
or else divide off the things of one class (`programme/risk`). Read from the data of any country alike.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING

from kzlod.namespaces import BASE, ONTOLOGY, PREFIXES
from kzlod.web.addresses import containers, last_step

if TYPE_CHECKING:
    from kzlod.web.reading import Reader

_TYPE = PREFIXES["rdf"] + "type"
_SUB_CLASS = PREFIXES["rdfs"] + "subClassOf"
_LOOKED_AT = 30  # things beneath
_MARKED = re.compile(r"^[a-z](?=\d)")
_WORD = re.compile(r"[a-z]{3,}(?:-[a-z]+)*")


class Steps:
    """Reads what steps stand for (`Reader.meant` remembers it)."""

    def __init__(self, reader: "Reader") -> None:
        """Takes where to read."""
        self._reader = reader
        self._nearest = lru_cache(maxsize=20_000)(self._beneath)

    def meant(self, iri: str) -> str | None:
        """The thing or class by which to call an address that has no name of its own, or None."""
        beneath = self._nearest(iri)
        if not beneath:
            return None
        if found := self._named(iri, beneath):
            return found
        own = self._class(beneath) if _WORD.fullmatch(last_step(iri)) else None
        above = containers(iri)[-1]
        # What is true of all that stands beside it, too, does not tell it apart.
        apart = self._reader.labels(above) or own != self._class(self._nearest(above))
        return own if apart else None

    def _beneath(self, iri: str) -> tuple[str, ...]:
        """The first things beneath an address, without those that are beneath one of them."""
        found: list[str] = []
        for one in self._reader.index.below(f"{iri}/", _LOOKED_AT):
            if not any(one.startswith(f"{other}/") for other in found):
                found.append(one)
        return tuple(found)

    def _named(self, iri: str, things: Sequence[str]) -> str | None:
        """What all things point to that is called by the last step of the address and most like it before.

        The last step may be without its letter or with more before it: `q046` of `question/046`,
        `r1` of `row/046-r1`. None if there is no such thing, or several of them.
        """
        first, *others = (self._likeness(iri, one) for one in things)
        best = {cut: common for cut, common in first.items() if all(cut in found for found in others)}
        most = max(best.values(), default=(0, 0))
        named = [cut for cut, common in best.items() if common == most]
        return named[0] if most[0] and len(named) == 1 else None

    def _likeness(self, iri: str, thing: str) -> dict[str, tuple[int, int]]:
        """What a thing points to, and that which it is below, with what its address has in common."""
        return {
            cut: _in_common(iri, cut)
            for one in self._reader.outgoing(thing)
            if one.iri and one.iri.startswith(BASE) and one.predicate != _TYPE
            for cut in (*containers(one.iri), one.iri)
            if not cut.startswith(iri) and not iri.startswith(cut) and self._reader.index.labels(cut)
        }

    def _class(self, things: tuple[str, ...]) -> str | None:
        """The narrowest class that all things have, one of ours if there is any, or None."""
        common = (
            set.intersection(*(set(self._reader.iris(one, _TYPE)) for one in things)) if things else set()
        )
        wider = {above for one in common for above in self._reader.iris(one, _SUB_CLASS) if above != one}
        return min(common - wider, key=lambda one: (not one.startswith(ONTOLOGY), one), default=None)


def _in_common(iri: str, other: str) -> tuple[int, int]:
    """What two addresses have in common: at the end (a step 2, a part of the last 1), at the beginning."""
    (*before, own), (*rest, last) = iri.split("/"), other.split("/")
    start = _same(before, rest)
    if own == last:
        return 2 + 2 * _same(before[::-1], rest[::-1]), start
    return int(last.endswith(f"-{own}") or _MARKED.sub("", own) == last), start


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
