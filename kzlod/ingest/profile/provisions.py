"""The right column: acts, articles, parts, points and notes, commentary and the editors' reference notes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kzlod.documents.provisions import UNNUMBERED
from kzlod.documents.text import Span
from kzlod.errors import Problem
from kzlod.ingest.profile.convention import Convention, Steps, name
from kzlod.ingest.profile.identity import identified
from kzlod.ingest.profile.instruments import instrument_key, instruments
from kzlod.ingest.profile.markup import Block, Text
from kzlod.ingest.profile.numbers import Numbering, steps_of
from kzlod.ingest.profile.records import (
    Decision,
    DomesticColumn,
    Piece,
    Quotation,
    Remark,
    Row,
    Unit,
    Use,
)
from kzlod.ingest.profile.shapes import (
    ArticleHeading,
    article_heading,
    division_heading,
    instrument_heading,
    label,
    marker,
    note,
    part_follows,
    reference_note,
)

Where = Callable[[Span], str]


@dataclass
class _Quoting:
    """A quotation while it is read."""

    convention: Steps
    instrument: str
    divisions: tuple[Text, ...]
    steps: Steps
    heading: Text | None = None
    title: Text | None = None
    units: list[Unit] = field(default_factory=list)


@dataclass
class _Reader:
    """The right columns read so far."""

    convention: Convention
    country: str
    where: Where
    prints: list[tuple[str, Text]] = field(default_factory=list)
    quotations: list[Quotation] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def row(self, row: Row) -> None:
        """Reads the right column of one row; each begins without an act."""
        _RowReader(self, row.article.steps).read(row.right)


@dataclass
class _RowReader:
    """The right column of one row: where in it the next block stands."""

    whole: _Reader
    convention: Steps
    instrument: str = ""
    divisions: tuple[Text, ...] = ()
    open: _Quoting | None = None
    numbering: Numbering = field(default_factory=Numbering)
    noted: bool = False

    def read(self, blocks: Sequence[Block]) -> None:
        """Reads the blocks in order."""
        for index, block in enumerate(blocks):
            self._block(block.text, blocks[index + 1 :])
        self._close()

    def _block(self, text: Text, after: Sequence[Block]) -> None:
        following = after[0] if after else None
        if (found := label(text)) and (steps := self._labelled(found[0], found[1])):
            self._close()
            self.convention = steps
            self._use(text.cut(0, found[2]), "reference to the convention", name(steps))
            text = text.cut(found[2])
            if not text.runs:
                return
        if reference_note(text):
            self._remark("reference note", text)
        elif (article := article_heading(text)) and not self._is_division(text, article, following):
            self._article(text, article)
        elif division_heading(text):
            self._close()
            self.divisions = (*self.divisions, text)
            self._use(text, "heading of a division", self.instrument)
        elif instrument_heading(text, following):
            self._close()
            self.instrument = instrument_key(text.plain, self.whole.country)
            self.divisions = ()
            self.whole.prints.append((self.instrument, text))
            self._use(text, "heading of an act", self.instrument)
        else:
            self._text(text, after)

    def _is_division(self, text: Text, article: ArticleHeading, following: Block | None) -> bool:
        """Whether a `Section 5` is a division of the act and not what other acts call an article."""
        if article.word not in ("Section", "Sec.") or following is None:
            return False
        below = article_heading(following.text)
        return division_heading(text) and (
            division_heading(following.text) or (below is not None and below.word != article.word)
        )

    def _labelled(self, number: str, letters: list[str]) -> Steps | None:
        """The provision that a label names: `c) i)` from the article, `ii)` beside the last one named."""
        article = self.convention[:1]
        starts = [(*article, ("par", number))] if number else []
        starts += [self.convention[:length] for length in range(len(self.convention), 0, -1)]
        for start in starts:
            for kinds in (("pt", "sub"), ("sub",)):
                steps = (*start, *zip(kinds, letters, strict=False))
                if len(steps) == len(start) + len(letters) and self.whole.convention.has(steps):
                    return steps
        return None

    def _article(self, text: Text, article: ArticleHeading) -> None:
        self._close()
        steps: Steps = (("art", article.number),)
        title = text.cut(article.title_start)
        self.open = _Quoting(
            self.convention, self.instrument, self.divisions, steps, text, title if title.runs else None
        )
        self._use(text, "heading of an article", self._subject(steps))
        if not self.instrument:
            self._problem(text, f"article {article.number} is quoted without the name of its act")

    def _text(self, text: Text, after: Sequence[Block]) -> None:
        found = marker(text.plain)
        if found is None and (end := note(text)) and self.open is not None:
            self._note(self.open, text.cut(0, end), text.cut(end), after)
            return
        if found is None:
            self._unnumbered(text, after)
            return
        if not self.instrument and self.open is None:
            self._remark("commentary", text)
            return
        self.noted = False
        if self.open is None:
            # Provisions of an act without their article: paragraphs of a chapter, or an unnumbered group.
            chapter = found.kind == "part" and bool(self.divisions)
            steps: Steps = () if chapter else (("art", UNNUMBERED),)
            self.open = _Quoting(self.convention, self.instrument, self.divisions, steps)
        previous = self.numbering
        self.numbering = previous.after(found)
        steps = steps_of(self.open.steps, self.numbering)
        if any(unit.steps == steps and unit.marker for unit in self.open.units):
            self._problem(text, f"{name(steps)} is numbered twice in one quotation")
        elif not self.numbering.follows(previous):
            self._problem(text, f"{name(steps)} stands after a higher number")
        self._unit(steps, text.cut(0, found.end), text.cut(found.end), "text")

    def _note(self, quoting: _Quoting, word: Text, rest: Text, after: Sequence[Block]) -> None:
        """A note to the article: the word that opens it, and its text, which may be numbered."""
        self.numbering = Numbering(note=True)
        self.noted = False
        self._use(word, "heading of notes", self._subject(quoting.steps))
        if marker(rest.plain):
            self._text(rest, after)
        elif rest.runs:
            self._unit(steps_of(quoting.steps, self.numbering), None, rest, "text")

    def _unnumbered(self, text: Text, after: Sequence[Block]) -> None:
        if self.noted and self.whole.remarks:
            self._more(text)
        elif self.open is None:
            self._remark("commentary", text)
        elif not self.open.units and part_follows(after, "2"):
            self.numbering = Numbering(part="1")
            steps = steps_of(self.open.steps, self.numbering)
            self.whole.decisions.append(
                Decision(text.span, name(steps), "its number is lost: part 2 follows below the heading")
            )
            self._unit(steps, None, text, "text")
        else:
            self._further(self.open, text)

    def _further(self, quoting: _Quoting, text: Text) -> None:
        """Text without a number: of the provision before it, or of the part whose points are over."""
        current = steps_of(quoting.steps, self.numbering)
        outer = steps_of(quoting.steps, self.numbering.parent)
        last = next((unit for unit in reversed(quoting.units) if unit.steps == current), None)
        if last is None or not last.pieces:
            self._unit(current, None, text, "text")
            return
        ended = last.pieces[-1].text.plain.rstrip().endswith(("-", "–", "—"))
        if current[-1][0] in ("pt", "sub") and outer and (ended or text.plain[:1].islower()):
            self.numbering = self.numbering.parent
            self._unit(outer, None, text, "tail")
        else:
            self._unit(current, None, text, "paragraph")

    def _unit(self, steps: Steps, number: Text | None, text: Text, role: str) -> None:
        assert self.open is not None
        if number is not None and number.runs:
            self._use(number, "number of a provision", self._subject(steps))
        if text.runs:
            self._use(text, f"{role} of a provision", self._subject(steps))
        pieces = (Piece(role, text),) if text.runs else ()
        for index, unit in enumerate(self.open.units):
            if unit.steps == steps and number is None:
                self.open.units[index] = Unit(steps, unit.marker, (*unit.pieces, *pieces))
                return
        self.open.units.append(Unit(steps, number, pieces))

    def _remark(self, kind: str, text: Text) -> None:
        about: Steps = ()
        if self.open is not None:
            about = steps_of(self.open.steps, self.numbering)
        previous = self.whole.remarks[-1] if self.whole.remarks else None
        if (
            kind == "commentary"
            and previous
            and previous.kind == kind
            and previous.convention == self.convention
        ):
            self._more(text)
            return
        self.noted = kind == "reference note"
        self.whole.remarks.append(Remark(kind, self.convention, self.instrument, about, (text,)))
        self._use(text, kind, name(self.convention))

    def _more(self, text: Text) -> None:
        last = self.whole.remarks[-1]
        self.whole.remarks[-1] = Remark(
            last.kind, last.convention, last.instrument, last.about, (*last.texts, text)
        )
        self._use(text, last.kind, name(last.convention))

    def _close(self) -> None:
        if self.open is not None:
            done = self.open
            self.whole.quotations.append(
                Quotation(
                    done.convention,
                    done.instrument,
                    done.divisions,
                    done.steps,
                    done.heading,
                    done.title,
                    tuple(done.units),
                )
            )
        self.open = None
        self.numbering = Numbering()
        self.noted = False

    def _subject(self, steps: Steps) -> str:
        return f"{self.instrument}: {name(steps)}" if steps else self.instrument

    def _use(self, text: Text, purpose: str, subject: str) -> None:
        self.whole.uses += [Use(span, purpose, subject) for span in text.spans]

    def _problem(self, text: Text, what: str) -> None:
        self.whole.problems.append(
            Problem(self.whole.where(text.span), what, "Compare it with the document.")
        )


def read_domestic(rows: Sequence[Row], convention: Convention, country: str, where: Where) -> DomesticColumn:
    """The quotations and remarks in the right columns of the rows.

    `country` is its name as the profile prints it, `where` says of a span on which line it begins.
    """
    reader = _Reader(convention, country, where)
    for row in rows:
        reader.row(row)
    quotations, decisions = identified(reader.quotations)
    return DomesticColumn(
        instruments(reader.prints),
        quotations,
        tuple(reader.remarks),
        tuple(reader.uses),
        (*reader.decisions, *decisions),
        tuple(reader.problems),
    )
