"""The cells of a question: those of its tables, its fields for figures, its lists of options, its words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from kzlod.documents.text import Span
from kzlod.ingest.cepej.cells import Cell, Status, figure, whole
from kzlod.ingest.cepej.options import Option
from kzlod.ingest.cepej.read import normal
from kzlod.ingest.cepej.records import Choice, Entry, Printed, Row, Table
from kzlod.ingest.questionnaire.codes import QUESTION, Codes, question_step
from kzlod.ingest.questionnaire.made import Added, Made
from kzlod.namespaces import CONCEPT

_FRACTIONS = {"percent", "ratio", "national-currency-per-EUR"}
_MARKS = {"NA": Status.NA, "NAP": Status.NAP}


@dataclass
class Builder:
    """Makes the cells of entries; notes the rows, columns and options that the vocabulary has not."""

    codes: Codes
    added: dict[str, Added] = field(default_factory=dict)

    def cells(self, entry: Entry) -> list[Made]:
        """All cells of an entry, in the order of the text within each kind."""
        made: list[Made] = []
        for number, table in enumerate(entry.tables, 1):
            made += self._table(entry, table, f"t{number}/" if number > 1 else "")
        made += self._singles(entry)
        made += self._choices(entry)
        made += self._words(entry)
        return made

    def _implied(self, code: str, row: str = "", column: str = "") -> dict[str, object]:
        question = QUESTION + question_step(code)
        return {"implied": self.codes.implied(question, row, column)}

    def _code(self, kind: str, code: str, label: Printed, found: str | None) -> str:
        """The concept of a row or column, a new one where the vocabulary has none."""
        return found or self._add(kind, code, label.text, label.span)

    def _add(self, kind: str, code: str, label: str, span: Span) -> str:
        scheme = f"{CONCEPT}cepej-{kind}"
        start = f"{scheme}/{question_step(code)}-added-" if kind != "option" else f"{scheme}/added-"
        iri, number = start + _slug(label), 2
        while iri in self.added and normal(self.added[iri].label) != normal(label):
            iri, number = f"{start}{_slug(label)}-{number}", number + 1
        self.added.setdefault(iri, Added(iri, scheme, code if kind != "option" else "", label, span))
        return iri

    def _option(self, option: Option) -> str:
        return self.codes.option(option.label) or self._add("option", "", option.label, option.span)

    def _printed(self, option: Option) -> str:
        """The concept of an option whose mark was lost; NA and NAP are reasons for no answer."""
        if option.label in _MARKS:
            return f"{CONCEPT}cell-status/{option.label}"
        return self._option(option)

    def _table(self, entry: Entry, table: Table, prefix: str) -> Iterator[Made]:
        code = entry.code
        rows = self.codes.place("row", code, [row.label.text for row in table.rows])
        columns = self.codes.place("column", code, [column.text for column in table.columns])
        heads = [
            self._code("column", code, _named(label, "column", number), found)
            for number, (label, found) in enumerate(zip(table.columns, columns, strict=True), 1)
        ]
        for row_number, (row, found) in enumerate(zip(table.rows, rows, strict=True), 1):
            head = self._code("row", code, _named(row.label, "row", row_number), found)
            for column_number, cell in enumerate(row.cells, 1):
                if column_number > len(heads):
                    unnamed = Printed("", (cell.span,))
                    heads.append(self._code("column", code, _named(unnamed, "column", column_number), None))
                column = heads[column_number - 1]
                common = {
                    "code": code,
                    "path": f"{prefix}r{row_number}/c{column_number}",
                    "spans": (cell.span,),
                    "row": head,
                    "column": column,
                    "row_number": row_number,
                    "column_number": column_number,
                    "conflicting": cell.conflicting,
                    **self._implied(code, head, column),
                }
                place = (row, column_number - 1)
                if column_number - 1 in table.option_columns:
                    yield from self._box(cell, column, common)
                elif labels := _choices(table, place, cell):
                    yield self._choice_cell(cell, labels, common)
                else:
                    yield _number(cell, common)

    def _box(self, cell: Cell, column: str, common: dict[str, object]) -> Iterator[Made]:
        """A cell that is a box for its column; text behind the box is a comment of its own."""
        ticked = any(option.ticked for option in cell.options)
        status = Status.FIGURE if ticked else Status.LEFT_BLANK
        chosen = (column,) if ticked else ()
        yield _make(common, kind="answer", status=status, chosen=chosen)
        text = " ".join(option.label for option in cell.options if option.label)
        if text:
            yield _make(
                {**common, "path": f"{common['path']}/text"}, kind="comment", status=Status.TEXT, text=text
            )

    def _choice_cell(self, cell: Cell, labels: Sequence[str], common: dict[str, object]) -> Made:
        """A cell with a choice: the options ticked, NA or NAP as status, or nothing."""
        boxed = cell.options
        if not boxed:
            return self._unboxed(cell, labels, common)
        ticked = [option for option in boxed if option.ticked]
        chosen = tuple(self._option(option) for option in ticked if option.label not in _MARKS)
        marks = [_MARKS[option.label] for option in ticked if option.label in _MARKS]
        status = Status.FIGURE if chosen else marks[0] if marks else Status.LEFT_BLANK
        conflict = bool(cell.conflicting or (chosen and marks) or len(marks) > 1)
        return _make({**common, "conflicting": conflict}, kind="answer", status=status, chosen=chosen)

    def _unboxed(self, cell: Cell, labels: Sequence[str], common: dict[str, object]) -> Made:
        """A cell with a choice that shows no box: its only label was the answer, several have lost it."""
        printed = [label for label in labels if normal(label) in normal(cell.text)]
        single = next((label for label in labels if normal(label) == normal(cell.text)), None)
        if not cell.text and cell.status in (Status.NA, Status.NAP, Status.LEFT_BLANK):
            return _make(common, kind="answer", status=cell.status)
        if single in _MARKS:
            return _make(common, kind="answer", status=_MARKS[single])
        if single is not None:
            return _make(common, kind="answer", chosen=(self._option(Option(single, True, cell.span)),))
        if normal("".join(printed)) and len(printed) > 1:
            options = [Option(label, None, cell.span) for label in printed]
            return _make(
                common,
                kind="answer",
                status=Status.NOT_RECOVERABLE,
                printed=tuple(self._printed(option) for option in options),
            )
        if cell.status is Status.TEXT:
            return _make(common, kind="answer", status=Status.TEXT, text=cell.text)
        return _make(common, kind="answer", status=cell.status)

    def _singles(self, entry: Entry) -> Iterator[Made]:
        labels = [single.label.text if single.label else "" for single in entry.singles]
        rows = self.codes.place("row", entry.code, labels)
        for number, (single, found) in enumerate(zip(entry.singles, rows, strict=True), 1):
            several = len(entry.singles) > 1
            row = ""
            if several:
                label = single.label or Printed(f"Field {number}", (single.cell.span,))
                row = self._code("row", entry.code, label, found)
            yield _number(
                single.cell,
                {
                    "code": entry.code,
                    "path": f"f{number}" if several else "",
                    "spans": (single.cell.span,),
                    "row": row,
                    "conflicting": single.cell.conflicting,
                    **self._implied(entry.code, row),
                },
            )

    def _choices(self, entry: Entry) -> Iterator[Made]:
        for number, choice in enumerate(entry.told, 1):
            path = "mark" if entry.beside else f"o{number}" if number > 1 else ""
            yield self._choice(entry.code, path, choice)
            for place, typed in choice.typed:
                words = f"text-{place + 1}" if len(choice.typed) > 1 or number > 1 else "text"
                yield self._typed(entry.code, path, words, choice.options[place], typed)

    def _choice(self, code: str, path: str, choice: Choice) -> Made:
        spans = tuple(option.span for option in choice.options)
        whole = (Span(spans[0].start, max(span.end for span in spans)),)
        ticked = [option for option in choice.options if option.ticked]
        chosen = tuple(self._option(option) for option in ticked if option.label not in _MARKS)
        marks = [_MARKS[option.label] for option in ticked if option.label in _MARKS]
        printed: tuple[str, ...] = ()
        if choice.lost:
            status = Status.NOT_RECOVERABLE
            printed = tuple(self._printed(option) for option in choice.options)
        else:
            status = Status.FIGURE if chosen else marks[0] if marks else Status.LEFT_BLANK
        conflict = bool((chosen and marks) or len(marks) > 1 or (choice.exclusive and len(ticked) > 1))
        return _make(
            {"code": code, "path": path, "spans": whole, "conflicting": conflict},
            kind="answer",
            status=status,
            chosen=chosen,
            printed=printed,
        )

    def _typed(self, code: str, path: str, words: str, option: Option, typed: Printed) -> Made:
        """What stands behind an option: a figure where the question has a data set, else words."""
        number = figure(typed.text)
        common = {"code": code, "spans": typed.spans, "stated_in": path or "."}
        if number is not None and question_step(code) in self.codes.data_sets and option.ticked is not False:
            return _make(
                {**common, "path": "figure", **self._implied(code)}, kind="observation", figure=number
            )
        return _make({**common, "path": words}, kind="comment", status=Status.TEXT, text=typed.text)

    def _words(self, entry: Entry) -> Iterator[Made]:
        answers = [words for words in entry.words if words.kind != "comment"]
        for number, words in enumerate(answers, 1):
            path = f"t{number}" if len(answers) > 1 else ""
            yield _make(
                {"code": entry.code, "path": path, "spans": (words.printed.span,)},
                kind="answer",
                status=Status.TEXT,
                text=words.printed.text,
            )
        comments = [words for words in entry.words if words.kind == "comment"]
        for number, words in enumerate(comments, 1):
            path = f"comment-{number}" if number > 1 else "comment"
            yield _make(
                {"code": entry.code, "path": path, "spans": (words.printed.span,)},
                kind="comment",
                status=Status.TEXT,
                text=words.printed.text,
            )


def _named(label: Printed, what: str, number: int) -> Printed:
    """A label, or what stands for one where none is printed."""
    return label if label.text else Printed(f"{what.capitalize()} {number}, without a label", label.spans)


def _make(common: dict[str, object], **more: object) -> Made:
    return Made(**{**common, **more})  # type: ignore[arg-type]


def _number(cell: Cell, common: dict[str, object]) -> Made:
    """A cell for a figure; words in its place are an answer in words."""
    if cell.status is Status.FIGURE:
        return _make(common, kind="observation", figure=_figure(cell, common))
    if cell.status is Status.TEXT:
        return _make(common, kind="answer", status=Status.TEXT, text=cell.text)
    return _make(common, kind="missing", status=cell.status)


def _figure(cell: Cell, common: dict[str, object]) -> Decimal | None:
    """The figure of a cell; a point before three digits parts thousands where the unit has no fractions."""
    implied = common.get("implied")
    unit = implied.get("unit") if isinstance(implied, dict) else None
    if unit is None or unit.value.rpartition("/")[2] in _FRACTIONS:
        return cell.figure
    return whole(cell.text) or cell.figure


def _choices(table: Table, place: tuple[Row, int], cell: Cell) -> list[str]:
    """The labels among which a cell lets choose; none for a cell for a figure.

    A cell without boxes takes those of the other cells in its column, else in its row.
    """
    row, column = place
    own = [option.label for option in cell.options]
    if own:
        return own if any(label not in _MARKS for label in own) else []
    if cell.status is Status.FIGURE:
        return []
    for cells in ([other.cells[column] for other in table.rows], row.cells):
        for other in cells:
            labels = [option.label for option in other.options if option.label]
            if any(label not in _MARKS for label in labels):
                return labels
    return []


def _slug(text: str) -> str:
    """A label as a step of an IRI, at most sixty characters."""
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return (slug if len(slug) <= 60 else slug[:60].rpartition("-")[0] or slug[:60]) or "unnamed"
