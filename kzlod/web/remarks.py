"""What documents say about a provision: findings, recommendations, practices and statements, by kind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kzlod.namespaces import ONTOLOGY
from kzlod.web.amounts import amount_of
from kzlod.web.descriptions import SUMMARY
from kzlod.web.index import natural
from kzlod.web.names import Namer, Value
from kzlod.web.passages import Place, places
from kzlod.web.reading import TYPE, Reader
from kzlod.web.reviews import FINDING, RECOMMENDATION, Finding, Recommendation, Reviews

MOST = 200
_SPEAKING = ("findsOn", "reliesOn", "concerns", "about", "evidentlyConcerns")
_CONCLUDED = "evidentlyConcerns"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a document says about a provision; `inferred`: the project concluded that it does.

    `through` is the finding by which a recommendation reaches the provision; `figure` is what a reported
    quantity says, in words.
    """

    thing: Value
    summary: Value | None
    places: tuple[Place, ...]
    inferred: bool
    through: Value | None
    finding: Finding | None
    recommendation: Recommendation | None
    figure: str


@dataclass(frozen=True, slots=True)
class Remarks:
    """The remarks of one kind."""

    kind: Value
    remarks: tuple[Remark, ...]


def read_remarks(
    reader: Reader, iris: Sequence[str], namer: Namer, *, whole: bool = True
) -> tuple[tuple[Remarks, ...], int]:
    """What is said about the given provisions (an article and its parts), by kind; and how much in all.

    At most MOST are read: recommendations and findings first, with all that is known of them if `whole`.
    """
    reached = _reached(reader, iris)
    kinds = {one: _kind(reader, one) for one in reached}
    listed = [one for one in reached if kinds[one]]
    listed.sort(key=lambda one: (_rank(kinds[one]), kinds[one], natural(one)))
    reviews = Reviews(reader, namer)
    groups: dict[str, list[Remark]] = {}
    for one in listed[:MOST]:
        inferred, through = reached[one]
        kind = kinds[one]
        groups.setdefault(kind, []).append(
            Remark(
                namer.thing(one),
                next(iter(namer.texts_of(one, SUMMARY)), None),
                places(reader, one, namer),
                inferred,
                namer.thing(through) if through else None,
                reviews.finding(one) if whole and kind == FINDING else None,
                reviews.recommendation(one) if whole and kind == RECOMMENDATION else None,
                amount_of(reader, one, namer),
            )
        )
    return tuple(Remarks(namer.thing(kind), tuple(found)) for kind, found in groups.items()), len(listed)


def _reached(reader: Reader, iris: Iterable[str]) -> dict[str, tuple[bool, str]]:
    """Everything that speaks of the provisions: whether that is concluded, and through which finding."""
    found: dict[str, tuple[bool, str]] = {}
    for name in _SPEAKING:
        for iri in iris:
            for one in reader.subjects(ONTOLOGY + name, iri):
                found.setdefault(one, (name == _CONCLUDED, ""))
    for finding in [one for one in found if _kind(reader, one) == FINDING]:
        for name in ("followsFrom", "concerns", _CONCLUDED):
            for one in reader.subjects(ONTOLOGY + name, finding):
                if _kind(reader, one) == RECOMMENDATION:
                    found.setdefault(one, (name == _CONCLUDED or found[finding][0], finding))
    return found


def _kind(reader: Reader, iri: str) -> str:
    """The class of ours that a thing has; empty when it has none."""
    kinds = [kind for kind in reader.iris(iri, TYPE) if kind.startswith(ONTOLOGY)]
    return kinds[0] if kinds else ""


def _rank(kind: str) -> int:
    return {RECOMMENDATION: 0, FINDING: 1}.get(kind, 2)
