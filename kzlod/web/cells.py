"""One place of the answers to a questionnaire: what it holds, and what it answers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from pyoxigraph import Literal, NamedNode

from kzlod.namespaces import ONTOLOGY, PREFIXES
from kzlod.web.amounts import in_words
from kzlod.web.discrepancies import disagreements_of
from kzlod.web.names import Namer, Value
from kzlod.web.passages import places
from kzlod.web.questionnaire import CellPage, CellView
from kzlod.web.reading import Reader, Term

CELL = ONTOLOGY + "Cell"
_DEFINITION = PREFIXES["skos"] + "definition"
_FACTS = {
    "question": "question",
    "row": "row",
    "column": "column",
    "refArea": "country",
    "refPeriod": "year",
    "actualDate": "day",
}
"""The properties that say what a cell answers, and what they are called by the interface's strings."""

Said = Mapping[str, Sequence[Term]]


def cell_page(reader: Reader, iri: str, namer: Namer) -> CellPage:
    """What the page of a cell shows first."""
    cells = Cells(reader, namer)
    said = cells.said(iri)
    about = disagreements_of(reader, [iri]).get(iri, [])
    figures, statuses = own(said, "figure"), iris(said, ONTOLOGY + "cellStatus")
    return CellPage(
        cells.view(iri, said, disputed=bool(about)),
        in_words(namer, figures[0], first(own(said, "unit"))) if figures else "",
        cells.definition(statuses[0]) if statuses else None,
        tuple(cells.facts(said)),
        tuple(namer.thing(one) for one in about),
    )


class Cells:
    """Reads cells for one reader."""

    def __init__(self, reader: Reader, namer: Namer) -> None:
        """Takes where to read and for whom."""
        self._reader, self._namer = reader, namer

    def said(self, iri: str) -> Said:
        """Everything that is said of a thing, by property."""
        found: defaultdict[str, list[Term]] = defaultdict(list)
        for statement in self._reader.outgoing(iri):
            found[statement.predicate].append(statement.object)
        return found

    def view(self, iri: str, said: Said, *, disputed: bool) -> CellView:
        """What a cell holds."""
        figures = own(said, "figure")
        units, statuses = self.things(said, "unit"), self.things(said, "cellStatus")
        return CellView(
            self._namer.thing(iri),
            self._namer.value(figures[0]) if figures else None,
            units[0] if units else None,
            first(own(said, "actualDate")),
            self.things(said, "answerOption"),
            self.things(said, "printedOption"),
            self.words(own(said, "answerText")),
            statuses[0] if statuses else None,
            disputed,
            places(self._reader, iri, self._namer),
        )

    def facts(self, said: Said) -> Iterator[tuple[str, Value]]:
        """What a cell answers: question, row, column, country, year and day."""
        for name, key in _FACTS.items():
            for term in own(said, name)[:1]:
                yield key, self._namer.value(term)

    def things(self, said: Said, name: str) -> tuple[Value, ...]:
        """The things among the values of a property of our ontology."""
        return tuple(self._namer.thing(one) for one in iris(said, ONTOLOGY + name))

    def words(self, terms: Sequence[Term]) -> tuple[Value, ...]:
        """The texts in the reader's language if there are any, else all."""
        texts = [term for term in terms if isinstance(term, Literal)]
        own_texts = [term for term in texts if term.language == self._namer.language] or texts
        return tuple(self._namer.value(term) for term in own_texts)

    def definition(self, iri: str) -> Value | None:
        """What a concept means."""
        found = self.words(self._reader.objects(iri, _DEFINITION))
        return found[0] if found else None


def own(said: Said, name: str) -> Sequence[Term]:
    """The values of a property of our ontology."""
    return said.get(ONTOLOGY + name, ())


def iris(said: Said, predicate: str) -> list[str]:
    """The IRIs among the values of a property."""
    return [term.value for term in said.get(predicate, ()) if isinstance(term, NamedNode)]


def first(terms: Sequence[Term]) -> str:
    """The first value as text; empty when there is none."""
    return next((term.value for term in terms if isinstance(term, NamedNode | Literal)), "")
