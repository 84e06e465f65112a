"""Where sources, or answers, do not agree: on what, and each side with what it says and where that stands."""

from collections.abc import Iterable
from dataclasses import dataclass

from kzlod.namespaces import ONTOLOGY
from kzlod.web import descriptions
from kzlod.web.descriptions import DISPUTED, SUMMARY
from kzlod.web.i18n import Name
from kzlod.web.index import natural
from kzlod.web.names import Namer, Value
from kzlod.web.passages import Place, places
from kzlod.web.reading import Reader

DISCREPANCY = ONTOLOGY + "Discrepancy"
_PASSAGES = 20  # of a side
_TEXTS = (SUMMARY, ONTOLOGY + "answerText", ONTOLOGY + "quotes")


@dataclass(frozen=True, slots=True)
class Side:
    """One side: its name (made up if it has none), the values and things on it, and where they stand.

    `words` are what the things say, where there is no value.
    """

    name: Name
    values: tuple[Value, ...]
    words: tuple[Value, ...]
    places: tuple[Place, ...]

    @property
    def documents(self) -> list[Value]:
        """The documents in which it stands, each once."""
        return list(dict.fromkeys(one.document for one in self.places))


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A discrepancy: its kind, what it is about, on which properties, what it is in words, its sides."""

    thing: Value
    kind: Value | None
    about: tuple[Value, ...]
    properties: tuple[Value, ...]
    summaries: tuple[Value, ...]
    sides: tuple[Side, ...]


def read_disagreement(reader: Reader, iri: str, namer: Namer) -> Disagreement:
    """A discrepancy as a reader wants it."""
    said = descriptions.discrepancy(reader, iri)
    return Disagreement(
        namer.thing(iri),
        namer.thing(said.kind) if said.kind else None,
        tuple(namer.thing(one) for one in reader.iris(iri, DISPUTED)),
        tuple(namer.thing(one) for one in said.properties),
        tuple(text for name in ("summary", "note") for text in namer.texts_of(iri, ONTOLOGY + name)),
        tuple(_side(reader, one, namer) for one in said.sides),
    )


def disagreements_of(reader: Reader, things: Iterable[str]) -> dict[str, list[str]]:
    """The discrepancies that are about a thing, or have it on one of their sides, by thing."""
    found = {}
    for one in things:
        about = reader.subjects(DISPUTED, one)
        for side in reader.subjects(ONTOLOGY + "sideResource", one):
            about += reader.subjects(ONTOLOGY + "side", side)
        if about:
            found[one] = sorted(set(about), key=natural)
    return found


def _side(reader: Reader, side: descriptions.Side, namer: Namer) -> Side:
    things = reader.iris(side.iri, ONTOLOGY + "sideResource")
    silent = [] if reader.objects(side.iri, ONTOLOGY + "sideValue") else things
    return Side(
        namer.name(side.iri),
        tuple(namer.value(one) for one in side.values),
        tuple(text for one in silent for name in _TEXTS for text in namer.texts_of(one, name)[:1]),
        places(reader, side.iri, namer, _PASSAGES),
    )
