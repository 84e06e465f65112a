"""Statements of cells: printings of the same question put together, each cell with its citations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import pyoxigraph as ox

from kzlod.ingest.cepej.cells import Status
from kzlod.ingest.questionnaire.codes import DIMENSIONS, QUESTION, question_step
from kzlod.ingest.questionnaire.made import Added, Made
from kzlod.ingest.statements import Statements, english
from kzlod.ingest.writing import Citing
from kzlod.namespaces import CONCEPT, ID
from kzlod.terms import SOURCE, TYPE, kz, literal, term

_DAYS = {"start-of-year": (0, 1, 1), "end-of-year": (0, 12, 31), "start-of-next-year": (1, 1, 1)}


@dataclass(frozen=True)
class Place:
    """Whose answers they are, and of which year: what all cells of a questionnaire have in common."""

    country: str
    year: str

    @property
    def base(self) -> str:
        """What the IRIs of all cells begin with."""
        return f"{ID}cepej/{self.year}/{self.country}/"

    def iri(self, code: str, path: str) -> str:
        """The IRI of a cell of a question."""
        return f"{self.base}q{question_step(code)}" + (f"/{path}" if path and path != "." else "")


def together(cells: Iterable[Made]) -> tuple[list[Made], list[tuple[Made, Made]]]:
    """Cells with one resource each, and the pairs of printings that say different things of the same cell.

    A cell printed again with the same content gets the passages of all printings; with another content it
    becomes a cell of its own, `…/print-2`.
    """
    kept: dict[tuple[str, str], Made] = {}
    differing: list[tuple[Made, Made]] = []
    for cell in cells:
        number, path = 1, cell.path
        while (cell.code, path) in kept:
            first = kept[cell.code, path]
            if first.said == cell.said:
                spans = first.spans + tuple(span for span in cell.spans if span not in first.spans)
                kept[cell.code, path] = replace(first, spans=spans)
                break
            number += 1
            path = f"{cell.path}/print-{number}" if cell.path else f"print-{number}"
        else:
            new = replace(cell, path=path)
            kept[cell.code, path] = new
            if number > 1:
                differing.append((kept[cell.code, cell.path], new))
    return list(kept.values()), differing


def state_cell(
    made: Made, place: Place, data_sets: Mapping[str, str], citing: Citing, into: Statements
) -> None:
    """All statements of a cell."""
    iri = place.iri(made.code, made.path)
    code = question_step(made.code)
    into.thing(iri, "Cell", label=label(made, place))
    if made.kind == "observation":
        into.add(iri, TYPE, term("qb:Observation"))
    else:
        into.add(iri, TYPE, kz("MissingValue" if made.kind == "missing" else "Answer"))
    if made.kind == "comment":
        into.add(iri, TYPE, kz("Comment"))
    into.add(iri, kz("question"), ox.NamedNode(QUESTION + code))
    into.add(iri, kz("refArea"), ox.NamedNode(f"{ID}country/{place.country}"))
    into.add(iri, kz("refPeriod"), literal(place.year, "xsd:gYear"))
    data_set = data_sets.get(code)
    if data_set and made.kind in ("observation", "missing"):
        into.add(iri, kz("inDataSet"), ox.NamedNode(data_set))
        if made.kind == "observation":
            into.add(iri, term("qb:dataSet"), ox.NamedNode(data_set))
    for name, concept in (("row", made.row), ("column", made.column)):
        if concept:
            into.add(iri, kz(name), ox.NamedNode(concept))
    for name, number in (("rowNumber", made.row_number), ("columnNumber", made.column_number)):
        if number:
            into.add(iri, kz(name), literal(number))
    if made.kind in ("observation", "missing"):
        _quantity(made, iri, place, into)
    _content(made, iri, into)
    if made.stated_in:
        into.add(iri, kz("statedIn"), ox.NamedNode(place.iri(made.code, made.stated_in)))
    if made.conflicting:
        into.note(iri, "The marks printed here contradict each other.")
    into.add(iri, SOURCE, *citing.cover(made.spans))


def _quantity(made: Made, iri: str, place: Place, into: Statements) -> None:
    """Dimensions, unit and day of a cell for a figure."""
    for name in (*DIMENSIONS, "unit"):
        if name in made.implied:
            into.add(iri, kz(name), made.implied[name])
    if "pointInTime" in made.implied:
        step = made.implied["pointInTime"].value.rpartition("/")[2]
        years, month, day = _DAYS[step]
        into.add(
            iri,
            kz("actualDate"),
            literal(date(int(place.year) + years, month, day).isoformat(), "xsd:date"),
        )


def _content(made: Made, iri: str, into: Statements) -> None:
    if made.figure is not None:
        # The store drops trailing zeros; a plain decimal is written the same by all.
        into.add(iri, kz("figure"), literal(format(made.figure.normalize(), "f"), "xsd:decimal"))
    if made.status is not Status.FIGURE:
        into.add(iri, kz("cellStatus"), ox.NamedNode(f"{CONCEPT}cell-status/{made.status.value}"))
    for option in made.chosen:
        into.add(iri, kz("answerOption"), ox.NamedNode(option))
    for option in made.printed:
        into.add(iri, kz("printedOption"), ox.NamedNode(option))


def state_added(added: Added, citing: Citing, into: Statements) -> None:
    """A row, column or option that the vocabulary has not."""
    into.thing(added.iri, "AddedCode", label=added.label)
    into.add(added.iri, TYPE, term("skos:Concept"))
    into.add(added.iri, term("skos:prefLabel"), english(added.label))
    into.add(added.iri, term("skos:notation"), added.iri.rpartition("/")[2])
    into.add(added.iri, term("skos:inScheme"), ox.NamedNode(added.scheme))
    if added.code:
        into.add(added.iri, kz("question"), ox.NamedNode(QUESTION + question_step(added.code)))
    into.add(added.iri, kz("printedLabel"), added.label)
    into.add(added.iri, SOURCE, citing.at(added.span))


def label(made: Made, place: Place) -> str:
    """What a cell is called: country, year, question and place."""
    where = f"question {made.code}"
    if made.row_number:
        where += f", row {made.row_number}, column {made.column_number}"
    rest = made.path.rpartition("/")[2] if made.kind == "comment" else ""
    if made.path.startswith("f") and made.path[1:].isdigit():
        where += f", field {made.path[1:]}"
    if rest:
        where += f", {rest}"
    return f"{place.country} {place.year}, {where}"
