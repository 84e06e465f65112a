"""Completeness of an imported questionnaire: the cells that its form shows against those of the graph."""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kzlod.documents.citations import parse_reference
from kzlod.documents.coverage import ItemCount
from kzlod.documents.text import Span
from kzlod.ingest.cepej.records import Entry, Questionnaire
from kzlod.ingest.questionnaire.citing import chapter
from kzlod.terms import SOURCE, TYPE, kz, value

_MARKS = {"NA", "NAP"}


def cell_counts(questionnaire: Questionnaire, triples: Iterable[ox.Triple]) -> Iterator[ItemCount]:
    """By chapter: cells of tables, single figures, lists of options, answers in words, comments, sources.

    An item is in the graph when a cell cites the stretch that prints it, or a part of it. Printings count
    apart.
    """
    triples = list(triples)
    cells = {t.subject for t in triples if t.predicate == TYPE and t.object == kz("Cell")}
    cited = sorted(
        {
            reference.span
            for t in triples
            if t.predicate == SOURCE
            and t.subject in cells
            and (reference := parse_reference(value(t.object)))
        }
    )
    kinds: dict[tuple[str, str], list[Span]] = {}
    for entry in questionnaire.entries:
        for what, span in _items(entry):
            kinds.setdefault((chapter(questionnaire, entry), what), []).append(span)
    for (name, what), spans in kinds.items():
        missing = tuple(span for span in spans if not any(span.overlaps(other) for other in cited))
        yield ItemCount(f"{name}: {what}", len(spans), len(spans) - len(missing), missing, (), "")


def _items(entry: Entry) -> Iterator[tuple[str, Span]]:
    for table in entry.tables:
        for row in table.rows:
            for number, cell in enumerate(row.cells):
                choice = number in table.option_columns or any(o.label not in _MARKS for o in cell.options)
                yield ("choice cells" if choice else "cells for figures"), cell.span
    for single in entry.singles:
        yield "single figures", single.cell.span
    for listed in entry.told:
        yield "lists of options", listed.options[0].span
    for words in entry.words:
        kinds = {"answer": "answers in words", "comment": "comments", "sources": "source notes"}
        yield kinds[words.kind], words.printed.span
