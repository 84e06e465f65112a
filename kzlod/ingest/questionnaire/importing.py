"""The import of a questionnaire: reads the file, gathers all statements, writes every file whole or none."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kzlod.documents.cite import FILE as CITATIONS_FILE
from kzlod.documents.provisions import FILE as PROVISIONS_FILE
from kzlod.documents.text import Document, read_document
from kzlod.errors import DocumentError, Problem
from kzlod.ingest.cepej.cells import Status
from kzlod.ingest.cepej.read import read_questionnaire
from kzlod.ingest.cepej.records import Questionnaire
from kzlod.ingest.questionnaire.cells import Builder
from kzlod.ingest.questionnaire.checks import Disagreement, disagreements
from kzlod.ingest.questionnaire.citing import chapter, questionnaire_form
from kzlod.ingest.questionnaire.codes import Codes, question_step, read_codes
from kzlod.ingest.questionnaire.made import Made
from kzlod.ingest.questionnaire.report import account
from kzlod.ingest.questionnaire.stating import Place, label, state_added, state_cell, together
from kzlod.ingest.statements import Statements, english
from kzlod.ingest.writing import (
    Citing,
    ImportedFiles,
    by_hand,
    check_country,
    derived_files,
    turtle,
    write_files,
)
from kzlod.namespaces import CONCEPT, ID
from kzlod.terms import SOURCE, TYPE, kz, literal, term, value

_COMMAND = "kzlod ingest cepej"
_PREFIXES = ("country", "dcterms", "kzlod", "qb", "rdfs", "skos", "xsd")
_FIXED = ("questionnaire", "added-codes", "checks")


@dataclass(frozen=True)
class Imported(ImportedFiles):
    """An import of a questionnaire."""

    questionnaire: Questionnaire


def import_questionnaire(
    file: Path,
    country: str,
    cycle: str,
    year: str,
    vocabulary: Sequence[ox.Triple],
    data: Path,
    out: Path | None,
) -> tuple[Imported, Path]:
    """The questionnaire in a file as Turtle, and the folder where it belongs.

    `data` is the folder of the source graphs; what people entered by hand is read from the folder that is
    written to. Nothing is written. Raises InputError for a wrong country or option, DocumentError for a file
    that is no questionnaire.
    """
    check_country(vocabulary, country)
    document = read_document(file)
    codes = read_codes(vocabulary, year)
    questionnaire = read_questionnaire(document, codes.unnumbered)
    if not questionnaire.entries:
        remedy = "See whether it is the text of a questionnaire, with questions such as `091. …`."
        raise DocumentError(Problem(str(file), "has no question with a code", remedy))
    folder = out or data / country / f"cepej-{year}"
    names = {f"{name}.ttl" for name in _FIXED} | {CITATIONS_FILE, PROVISIONS_FILE}
    derived = names | {path.name for path in folder.glob("cells-*.ttl")}
    place = Place(country, year)
    hand = by_hand(folder, derived)
    return build(document, questionnaire, codes, place, cycle, hand), folder


def build(
    document: Document,
    questionnaire: Questionnaire,
    codes: Codes,
    place: Place,
    cycle: str,
    hand: Sequence[ox.Triple],
) -> Imported:
    """All files of an import: a pure function of document, vocabulary and what was entered by hand."""
    source = f"{ID}source/{place.country}/cepej-{place.year}"
    citing = Citing(document, source)
    described = {value(triple.subject) for triple in hand if triple.predicate == TYPE}
    builder = Builder(codes)
    made: list[Made] = []
    chapters: dict[str, str] = {}
    problems: list[Problem] = []
    for entry in questionnaire.entries:
        where = f"line {document.line_at(entry.heading.span.start)}"
        if question_step(entry.code) not in codes.questions:
            remedy = "Describe it in data/vocabulary/questionnaire, and run the import again."
            problems.append(Problem(where, f"question {entry.code} is not in the vocabulary", remedy))
            continue
        chapters.setdefault(entry.code, chapter(questionnaire, entry).partition(".")[0].zfill(2))
        made += builder.cells(entry)
    cells, differing = together(made)
    cells = [cell for cell in cells if not _stated_by_hand(cell, place, described)]
    parts: dict[str, Statements] = {}
    for cell in cells:
        into = parts.setdefault(f"cells-{chapters[cell.code]}", Statements(described))
        state_cell(cell, place, codes.data_sets, citing, into)
    problems += _without_data_set(cells, codes, place)
    problems += [
        Problem(
            f"line {document.line_at(cell.spans[0].start)}",
            f"the marks of {label(cell, place)} contradict each other",
            "Compare it with the original.",
        )
        for cell in cells
        if cell.conflicting
    ]
    added = parts.setdefault("added-codes", Statements(described))
    for code in builder.added.values():
        state_added(code, citing, added)
    _source_document(
        document,
        questionnaire,
        place,
        cycle,
        citing,
        parts.setdefault("questionnaire", Statements(described)),
    )
    checks = parts.setdefault("checks", Statements(described))
    labels = dict(codes.printed) | {code.iri: code.label for code in builder.added.values()}
    found = disagreements(cells, labels)
    for disagreement in found:
        _state_disagreement(disagreement, source, place, citing, checks)
    for first, second in differing:
        _state_printings(first, second, source, place, citing, checks)
    files = {
        f"{name}.ttl": turtle(part.triples, _COMMAND, _PREFIXES, citing.prefix)
        for name, part in sorted(parts.items())
        if part.triples
    }
    triples = [*hand, *(triple for part in parts.values() for triple in part.triples)]
    files |= derived_files(triples, document, source, questionnaire_form(questionnaire))
    wanting = [f"summary of {label(cell, place)}" for cell in cells if cell.status is Status.TEXT]
    wanting += [
        f"label in three languages of the {code.scheme.rpartition('-')[2]} “{code.label}”"
        for code in builder.added.values()
    ]
    return Imported(files, document, _counts(made, found), problems, wanting, questionnaire)


def _stated_by_hand(cell: Made, place: Place, described: set[str]) -> bool:
    return place.iri(cell.code, cell.path) in described


def _without_data_set(cells: Sequence[Made], codes: Codes, place: Place) -> list[Problem]:
    """The questions with figures for which the vocabulary has no data set of the year."""
    wanted = {cell.code for cell in cells if cell.kind in ("observation", "missing")}
    remedy = f"Describe the data set {ID}cepej/{place.year}/q… in data/vocabulary/questionnaire."
    return [
        Problem(f"question {code}", f"has figures and no data set of {place.year}", remedy)
        for code in sorted(wanted)
        if question_step(code) not in codes.data_sets
    ]


def _source_document(
    document: Document,
    questionnaire: Questionnaire,
    place: Place,
    cycle: str,
    citing: Citing,
    into: Statements,
) -> None:
    """The source document: title, date, country and the hash of its text."""
    iri, front = citing.source, questionnaire.front
    name = front.country.text if front.country else place.country
    title = front.title.text if front.title else f"Evaluation of the judicial systems ({cycle})"
    into.thing(iri, "SourceDocument", label=f"{title}: answers of {name}, {place.year}")
    into.add(iri, term("dcterms:title"), english(title))
    if front.generated:
        into.add(iri, term("dcterms:date"), literal(front.generated, "xsd:date"))
    else:
        into.add(iri, kz("notStated"), term("dcterms:date"))
    into.add(iri, term("dcterms:language"), ox.NamedNode(f"{CONCEPT}language/eng"))
    into.add(iri, kz("country"), ox.NamedNode(f"{ID}country/{place.country}"))
    into.add(iri, kz("sha256"), document.sha256)
    into.add(iri, kz("characters"), literal(len(document.text)))
    into.add(iri, kz("notStated"), term("dcterms:publisher"))
    spans = front.spans or tuple(entry.heading.span for entry in questionnaire.entries[:1])
    into.add(iri, SOURCE, *citing.cover(spans))


def _state_disagreement(
    found: Disagreement, source: str, place: Place, citing: Citing, into: Statements
) -> None:
    iri = f"{source}/discrepancy/{found.slug}"
    first = found.sides[0].cells[0]
    into.thing(iri, "Discrepancy", label=f"{label(first, place)}: {_figures(found)}")
    into.add(iri, kz("discrepancyKind"), ox.NamedNode(f"{CONCEPT}discrepancy-kind/{found.kind}"))
    into.add(iri, kz("disputed"), ox.NamedNode(place.iri(first.code, first.path)))
    into.add(iri, kz("disputedProperty"), kz("figure"))
    into.add(iri, kz("summary"), english(found.summary))
    for number, side in enumerate(found.sides, 1):
        below = f"{iri}/side/{number}"
        into.add(iri, kz("side"), ox.NamedNode(below))
        into.thing(below, "DiscrepancySide", label=side.words)
        into.add(below, kz("sideValue"), literal(format(side.figure.normalize(), "f"), "xsd:decimal"))
        into.add(below, kz("sideResource"), *(ox.NamedNode(place.iri(c.code, c.path)) for c in side.cells))
        into.add(below, SOURCE, *citing.cover(span for cell in side.cells for span in cell.spans))


def _figures(found: Disagreement) -> str:
    return " against ".join(format(side.figure.normalize(), "f") for side in found.sides)


def _state_printings(
    first: Made, second: Made, source: str, place: Place, citing: Citing, into: Statements
) -> None:
    """A discrepancy between two printings of the same cell."""
    iri = f"{source}/discrepancy/print/q{question_step(second.code)}/{second.path}"
    into.thing(iri, "Discrepancy", label=f"{label(first, place)}: printed differently")
    into.add(iri, kz("discrepancyKind"), ox.NamedNode(f"{CONCEPT}discrepancy-kind/value-conflict"))
    into.add(iri, kz("disputed"), ox.NamedNode(place.iri(first.code, first.path)))
    into.add(iri, kz("summary"), english(f"Question {first.code} is printed again with another answer."))
    for number, made in enumerate((first, second), 1):
        below = f"{iri}/side/{number}"
        into.add(iri, kz("side"), ox.NamedNode(below))
        into.thing(below, "DiscrepancySide", label=f"Printing {number}")
        into.add(below, kz("sideResource"), ox.NamedNode(place.iri(made.code, made.path)))
        into.add(below, SOURCE, *citing.cover(made.spans))


def _counts(made: Sequence[Made], found: Sequence[Disagreement]) -> Mapping[str, int]:
    """How many cells there are by kind, printings counted apart."""
    kinds: Counter[str] = Counter()
    for cell in made:
        if cell.kind in ("observation", "missing"):
            inside = "in tables" if cell.row_number else "in single fields"
            kinds[f"cells for figures {inside}"] += 1
            kinds[f"figures: {cell.status.value or 'numeric'}"] += 1
        elif cell.status is Status.TEXT:
            kinds["comments and other text" if cell.kind == "comment" else "answers in words, sources"] += 1
        elif cell.row_number:
            kinds["choice cells in tables"] += 1
        else:
            kinds["choice questions"] += 1
    return {**dict(sorted(kinds.items())), "disagreements of figures": len(found)}


def write(imported: Imported, folder: Path) -> list[Path]:
    """Writes all files of an import, or none; InputError when the folder cannot be written to."""
    files = imported.reported(account(imported.document, imported.questionnaire).record)
    possible = {f"{name}.ttl" for name in _FIXED} | {path.name for path in folder.glob("cells-*.ttl")}
    return write_files(files, folder, possible | {PROVISIONS_FILE})
