"""Tables of a questionnaire: lines with tabs, put together over page breaks, with torn rows and lost tabs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from kzlod.documents.text import Document, Span, trimmed
from kzlod.ingest.cepej.cells import Cell, Status, figure, read_cell
from kzlod.ingest.cepej.lines import Line, is_mark
from kzlod.ingest.cepej.options import options
from kzlod.ingest.cepej.records import Printed, Row, Table

_LIMIT = re.compile(r"_{2,}\s*Max numeric value allowed\s*:\s*\d+")


@dataclass
class _Draft:
    """A row in the making: where it is printed, and the stretches of its label and of each cell."""

    place: Span
    label: list[Span]
    cells: list[list[Span]] = field(default_factory=list)


def printed(document: Document, spans: Sequence[Span]) -> Printed:
    """The text of some stretches together, white space tidied."""
    return Printed(" ".join(" ".join(document.passage(span).split()) for span in spans).strip(), tuple(spans))


def read_table(document: Document, lines: Sequence[Line], header: Line | None) -> tuple[Table, list[Line]]:
    """The table that lines make, and the lines among them that are marks for the table as a whole.

    `header` is a line without tabs that heads the only column. A first line that has no figures and no boxes
    and either begins with a tab or is one cell short is the row of headings; printed again after a page
    break, it is passed over. A line without tabs is a torn row when marks or figures follow it, else a piece
    of the label of a row next to it.
    """
    width = max((len(_split(document, line)) for line in lines if line.tabbed), default=2)
    columns, rest = _headings(document, lines, header, width)
    drafts: list[_Draft] = []
    left: list[Line] = []
    waiting: list[Span] = []
    torn: _Draft | None = None
    heading_texts = [document.passage(span) for span in columns]
    for position, line in enumerate(rest):
        if line.tabbed:
            torn = None
            spans = _split(document, line)
            texts = [document.passage(span) for span in spans]
            if (
                heading_texts
                and texts[-len(heading_texts) :] == heading_texts
                and not any(texts[: -len(heading_texts)])
            ):
                continue
            if not texts[0] and drafts and not waiting:
                _append(drafts[-1], spans[1:])
                continue
            label = [*waiting, *([spans[0]] if texts[0] else [])]
            waiting = []
            drafts.append(_Draft(line.span, label, [[span] for span in spans[1:]]))
        elif is_mark(line) or figure(line.text) is not None or line.boxed:
            if torn is None and not waiting:
                left.append(line)
                continue
            if torn is None:
                torn = _Draft(line.span, waiting)
                waiting = []
                drafts.append(torn)
            _tear(document, torn, line)
        elif _continues(document, line, rest[position + 1 :], drafts):
            drafts[-1].label.append(line.span)
        else:
            torn = None
            waiting.append(line.span)
    if waiting:
        drafts.append(_Draft(waiting[0], waiting))
    count = max([len(columns), *(len(draft.cells) for draft in drafts)], default=0)
    rows = tuple(_row(document, draft, count) for draft in drafts)
    heads = tuple(
        printed(document, [span]) if span.start < span.end else Printed("", (lines[0].span,))
        for span in columns
    )
    return Table(heads, rows, _option_columns(rows, count)), left


def _split(document: Document, line: Line) -> list[Span]:
    """The cells of a line with tabs; the first is empty where the line begins with a tab."""
    spans, start = [], line.whole.start
    raw = document.passage(line.whole)
    for piece in raw.split("\t"):
        spans.append(trimmed(document.text, start, start + len(piece)))
        start += len(piece) + 1
    while len(spans) > 2 and spans[-1].start == spans[-1].end and raw.endswith("\t"):
        spans.pop()
        raw = raw[:-1]
    return spans


def _bare(text: str) -> bool:
    """Whether a text has neither boxes nor a figure nor a mark: it can be a heading."""
    return not options(text, Span(0, len(text))) and figure(text) is None and text not in {"NA", "NAP"}


def _headings(
    document: Document, lines: Sequence[Line], header: Line | None, width: int
) -> tuple[list[Span], Sequence[Line]]:
    """The headings of the columns, and the lines below them."""
    first = next((number for number, line in enumerate(lines) if line.tabbed), None)
    if header is not None or first is None or first > 0:
        return ([header.span] if header else []), lines
    spans = _split(document, lines[0])
    texts = [document.passage(span) for span in spans]
    if all(_bare(text) for text in texts):
        if not texts[0] and any(texts):
            return spans[1:], lines[1:]
        if len(spans) < width:
            return spans, lines[1:]
    return [], lines


def _append(draft: _Draft, spans: Sequence[Span]) -> None:
    """Adds a row without label to the row above it, cell by cell."""
    for number, span in enumerate(spans):
        if number == len(draft.cells):
            draft.cells.append([])
        draft.cells[number].append(span)


def _tear(document: Document, draft: _Draft, line: Line) -> None:
    """Adds a line of a torn row: to its last cell, or as a new cell if that has such content already."""
    held = " ".join(document.passage(span) for span in draft.cells[-1]) if draft.cells else ""
    number = figure(line.text)
    marks = set(re.findall(r"\bNAP?\b", line.text))
    fresh = (
        not draft.cells
        or (number is not None and bool(held))
        or bool(marks & set(re.findall(r"\bNAP?\b", held)))
    )
    if fresh:
        draft.cells.append([])
    draft.cells[-1].append(line.span)


def _continues(document: Document, line: Line, after: Sequence[Line], drafts: Sequence[_Draft]) -> bool:
    """Whether a line without tabs goes on with the label of the row above rather than opening another."""
    if not drafts or not re.match(r"[a-zа-я(]", line.text):
        return False
    following = after[0] if after else None
    if following is None:
        return True
    if following.tabbed:
        spans = _split(document, following)
        text = document.passage(spans[0])
        return bool(text) and not re.match(r"[a-zа-я(]", text)
    return not (is_mark(following) or figure(following.text) is not None or following.boxed)


def _row(document: Document, draft: _Draft, count: int) -> Row:
    """The row that a draft is; cells that are not there were left blank."""
    label = printed(document, draft.label) if draft.label else Printed("", (draft.place,))
    cells = [_cell(document, spans, label) for spans in draft.cells]
    blank = Cell(Status.LEFT_BLANK, None, "", (), label.span)
    return Row(label, (*cells, *([blank] * (count - len(cells)))))


def _cell(document: Document, spans: Sequence[Span], label: Printed) -> Cell:
    """The cell in one or several stretches; one without characters is placed at the row's label."""
    held = [span for span in spans if span.start < span.end]
    if not held:
        return Cell(Status.LEFT_BLANK, None, "", (), label.span)
    whole = Span(held[0].start, held[-1].end)
    if len(held) == 1:
        start = held[0].start
        limit = _LIMIT.match(document.text, start, held[0].end)
        content = trimmed(document.text, limit.end() if limit else start, held[0].end)
        if content.start == content.end:
            return Cell(Status.LEFT_BLANK, None, "", (), held[0])
        return read_cell(document.text, content)
    text = "\n".join(document.passage(span) for span in held)
    cell = read_cell(text, Span(0, len(text)))
    return Cell(cell.status, cell.figure, cell.text, cell.options, whole, cell.conflicting)


def _option_columns(rows: Sequence[Row], count: int) -> frozenset[int]:
    """The columns whose cells are single boxes, at least one of them without a label."""
    found = set()
    for column in range(count):
        cells = [row.cells[column] for row in rows]
        boxed = [cell for cell in cells if cell.options]
        single = all(len(cell.options) == 1 for cell in boxed)
        if boxed and single and any(not cell.options[0].label for cell in boxed):
            found.add(column)
    return frozenset(found)
