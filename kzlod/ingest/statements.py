"""Collects statements about things in the order in which they are made, each once."""

from collections.abc import Callable, Iterable

import pyoxigraph as ox

from kzlod.terms import LABEL, TYPE, kz, literal, value

Object = ox.NamedNode | ox.Literal | str


class Statements:
    """Statements about things; a thing that is described elsewhere already is left alone."""

    def __init__(self, described: Iterable[str] = ()) -> None:
        """Takes the IRIs of things that other files describe."""
        self._described = frozenset(described)
        self._triples: dict[ox.Triple, None] = {}

    def thing(self, iri: str, *classes: str, label: str) -> None:
        """States classes of ours and the English label."""
        for name in classes:
            self.add(iri, TYPE, kz(name))
        self.add(iri, LABEL, english(label))

    def add(self, iri: str, predicate: ox.NamedNode, *objects: Object) -> None:
        """States one property with all its values; a string becomes a plain literal."""
        if iri in self._described:
            return
        for item in objects:
            target = literal(item) if isinstance(item, str) else item
            self._triples[ox.Triple(ox.NamedNode(iri), predicate, target)] = None

    def note(self, iri: str, *texts: str) -> None:
        """States notes in English."""
        self.add(iri, kz("note"), *(english(text) for text in texts if text))

    def move(self, into: "Statements", which: Callable[[str], bool]) -> None:
        """Moves the statements about the things that `which` chooses to another collection."""
        for triple in [t for t in self._triples if which(value(t.subject))]:
            del self._triples[triple]
            into._triples[triple] = None

    @property
    def triples(self) -> list[ox.Triple]:
        """All statements, those of one thing together, in the order of the things."""
        order = {
            subject: number for number, subject in enumerate(dict.fromkeys(t.subject for t in self._triples))
        }
        return sorted(self._triples, key=lambda triple: order[triple.subject])


def english(text: str) -> ox.Literal:
    """A text in English, white space tidied."""
    return ox.Literal(" ".join(text.split()), language="en")
