"""Rows: which article of the convention faces which domestic text, through all page breaks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from kzlod.documents.text import Document, Span
from kzlod.errors import Problem
from kzlod.ingest.profile import columns
from kzlod.ingest.profile.convention import Convention, ConventionArticle, Heading, heading
from kzlod.ingest.profile.left import Progress, number_left, numbered, unnumbered
from kzlod.ingest.profile.markup import Block, Text
from kzlod.ingest.profile.pages import Page, piece_blocks
from kzlod.ingest.profile.records import Decision, Row, Rubric, Table
from kzlod.ingest.profile.shapes import (
    article_heading,
    instrument_heading,
    label,
    marker,
    openness,
    reference_note,
    runs_on,
    unfused,
)


@dataclass
class _Open:
    """A row while it is read."""

    article: ConventionArticle
    heading: Text
    left: list[Block] = field(default_factory=list)
    right: list[Block] = field(default_factory=list)

    @property
    def progress(self) -> Progress:
        """How far the left column has come."""
        progress = Progress(self.article)
        for index, block in enumerate(self.left):
            plain = block.text.plain
            later = [other.text.plain for other in self.left[index + 1 :]]
            placement = numbered(progress, plain) or unnumbered(progress, plain, later)
            progress = progress.after(placement, plain)
        return progress


@dataclass
class _Reader:
    """The rows read so far; one is read after the other, since each page goes on from the one before."""

    document: Document
    convention: Convention
    key: columns.Key
    rows: list[_Open] = field(default_factory=list)
    rubrics: list[Rubric] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unplaced: list[Block] = field(default_factory=list)
    fresh_left: bool = True
    fresh_right: bool = True

    def page(self, page: Page) -> None:
        """Reads one page."""
        self.fresh_left = self.fresh_right = True
        sides: dict[str, list[Block]] = {"left": [], "right": []}
        running: list[Block] = []
        for piece in page.pieces:
            first, second = (
                [part for block in column for part in self._unfused(block)]
                for column in piece_blocks(self.document, piece)
            )
            if piece.kind in sides:
                sides[piece.kind] += _after_break(first)
            elif piece.kind == "running":
                running += _after_break(first)
            else:
                self._running(running)
                running = []
                self._cells(first, second, is_row=True)
        self._running(running)
        if sides["left"] or sides["right"]:
            self._cells(sides["left"], sides["right"], is_row=False)

    def _unfused(self, block: Block) -> Iterator[Block]:
        """The block, cut where a bold heading of either column begins or ends within it."""
        position = start = 0
        for run in block.text.runs:
            own = run.bold and heading(self.convention, run.text.strip()) is not None
            if own and block.text.cut(start, position).runs:
                yield from unfused(replace(block, text=block.text.cut(start, position)))
                start = position
            position += len(run.text)
        yield from unfused(replace(block, text=block.text.cut(start)))

    def _quoted(self, row: _Open, blocks: Sequence[Block]) -> None:
        """Adds blocks to the left column of a row; the first of a page stands behind the page break."""
        if blocks and self.fresh_left:
            self.fresh_left = False
            blocks = _after_break(blocks)
        row.left += blocks

    def _domestic(self, row: _Open, blocks: Sequence[Block]) -> None:
        """Adds blocks to the right column of a row; the first of a page stands behind the page break."""
        if blocks and self.fresh_right:
            self.fresh_right = False
            blocks = _after_break(blocks)
        row.right += blocks

    def _cells(self, left: Sequence[Block], right: Sequence[Block], is_row: bool) -> None:
        """Reads two columns known to be such; `is_row` when they are the cells of one line of the table."""
        before = self.rows[-1] if self.rows else None
        quoted = before.right if before else []
        opened: list[_Open] = []
        continued = False
        for block in left:
            found = self._opens(block)
            if found:
                opened += [found] if isinstance(found, _Open) else []
            elif opened or self.rows:
                self._quoted(self.rows[-1], [block])
                continued = continued or not opened
            else:
                self.unplaced.append(block)
        if not right:
            return
        goes_on = continued or not opened or (not is_row and _goes_on(before, right[0]))
        receivers = [before, *opened] if before is not None and goes_on else opened
        if not receivers:
            self.unplaced += right
            return
        cuts = [0]
        if len(receivers) > 1:
            places, sure = columns.share(right, len(receivers) - 1, quoted, self.key)
            cuts += places
            for receiver, place in zip(receivers[1:], places, strict=True):
                self._cut(receiver, right, place, sure)
        for receiver, start, end in zip(receivers, cuts, [*cuts[1:], len(right)], strict=True):
            if receiver:
                self._domestic(receiver, right[start:end])

    def _cut(self, row: _Open | None, right: Sequence[Block], place: int, sure: bool) -> None:
        """Records where the domestic column of a further row was taken to begin."""
        article = row.article.number if row else ""
        if place < len(right):
            reason = (
                "an act already quoted is named again after another"
                if sure
                else "it is among the last acts named on a page on which a further row begins"
            )
            self.decisions.append(
                Decision(right[place].text.span, f"domestic column of article {article}", reason)
            )
        else:
            self.problems.append(
                Problem(
                    where(self.document, right[-1].text.span),
                    f"the row of article {article} begins here, nothing shows where its domestic text does",
                    "See whether the text belongs to the row before.",
                )
            )

    def _running(self, blocks: Sequence[Block]) -> None:
        """Reads running text: for each row on it the left column, then the right."""
        start = 0
        begun = False
        while start < len(blocks):
            found = self._opens(blocks[start])
            if found:
                start, begun = start + 1, True
                continue
            end = next(
                (n for n in range(start, len(blocks)) if heading(self.convention, blocks[n].text.plain)),
                len(blocks),
            )
            segment = blocks[start:end]
            if not self.rows:
                self.unplaced += segment
            else:
                row = self.rows[-1]
                parted = columns.part(segment, row.progress, row.right[-1] if row.right else None, begun)
                self._quoted(row, segment[: parted.left])
                self._domestic(row, segment[parted.left :])
                self.decisions += parted.decisions
            start, begun = end, True

    def _opens(self, block: Block) -> "_Open | Rubric | None":
        """The row or rubric that a block opens; text after the heading in the same block goes to the row."""
        found = heading(self.convention, block.text.plain)
        if found is None:
            return None
        title = block.text.cut(0, found.end)
        rest = block.text.cut(found.end)
        if found.division is not None:
            rubric = Rubric(found.division, title)
            self.rubrics.append(rubric)
            if rest.runs:
                self.unplaced.append(Block(rest))
            return rubric
        row = self._row(found, title)
        if rest.runs:
            self._quoted(row, [Block(rest)])
        return row

    def _row(self, found: Heading, title: Text) -> _Open:
        assert found.article is not None
        if any(row.article.number == found.article.number for row in self.rows):
            self.problems.append(
                Problem(
                    where(self.document, title.span),
                    f"article {found.article.number} of the convention has more than one row",
                    "See whether a page is repeated or out of place.",
                )
            )
        row = _Open(found.article, title)
        self.rows.append(row)
        return row


def read_rows(document: Document, pages: Sequence[Page], convention: Convention, key: columns.Key) -> Table:
    """The table on these pages; `key` tells the same domestic act in different prints."""
    reader = _Reader(document, convention, key)
    for page in pages:
        reader.page(page)
    rows: list[Row] = []
    decisions = reader.decisions
    for row in reader.rows:
        passages, lost = number_left(row.article, row.left)
        decisions += lost
        rows.append(Row(row.article, row.heading, tuple(passages), tuple(_mended(row.right))))
    return Table(
        tuple(rows),
        tuple(reader.rubrics),
        tuple(sorted(decisions, key=lambda decision: decision.span)),
        tuple(reader.problems),
        tuple(reader.unplaced),
    )


def _goes_on(before: _Open | None, block: Block) -> bool:
    """Whether a column that begins with this block goes on with the domestic text of the row before."""
    if before is None or instrument_heading(block.text) or label(block.text):
        return False
    if marker(block.text.plain) or article_heading(block.text) or reference_note(block.text):
        return True
    if block.text.plain[:1].islower():
        return True
    return bool(before.right) and openness(before.right[-1].text.plain) > 0


def _mended(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks of a domestic column, sentences mended that a page break had cut."""
    waiting: Block | None = None
    for block in blocks:
        if waiting is not None and runs_on(waiting, block):
            waiting = replace(waiting, text=waiting.text.joined(block.text))
            continue
        if waiting is not None:
            yield waiting
        waiting = block
    if waiting is not None:
        yield waiting


def _after_break(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, the first marked as standing behind a break in the page."""
    return [replace(block, joint="page") if index == 0 else block for index, block in enumerate(blocks)]


def where(document: Document, span: Span) -> str:
    """The line on which a span begins, in words."""
    return f"line {document.line_at(span.start)}"
