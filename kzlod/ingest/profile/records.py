"""What the reader of a profile finds: immutable records whose places are code points of the document.

A profile is one `Row` for each article of the convention that it quotes. The right column of a row holds
`Quotation`s of domestic articles, commentary and reference notes; every choice that the form alone did not
settle is a `Decision`, everything that is wrong or could not be placed is a `Problem`.
"""

from dataclasses import dataclass, field

from kzlod.documents.text import Span
from kzlod.errors import Problem
from kzlod.ingest.profile.convention import ConventionArticle, Division, Steps
from kzlod.ingest.profile.markup import Block, Text


@dataclass(frozen=True, slots=True)
class Use:
    """What a stretch of the document was used for; `subject` says of which thing, in a reader's words."""

    span: Span
    purpose: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A choice that the form did not settle: what was chosen for which stretch, and why."""

    span: Span
    chosen: str
    reason: str


@dataclass(frozen=True, slots=True)
class Field:
    """A label and its value in the front matter; `value` is empty when left blank."""

    label: str
    value: str
    span: Span


@dataclass(frozen=True)
class FrontMatter:
    """What stands before the table: country, version (ISO date, and as printed), fields, contents."""

    country: str = ""
    version: str = ""
    version_text: str = ""
    fields: tuple[Field, ...] = ()
    contents: tuple[str, ...] = ()
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True)
class Passage:
    """A stretch of the left column: the provision of the convention that it quotes.

    `marker` says how its number stands there: `printed`, `lost`, `misprinted`, or `none` for a continuation.
    """

    steps: Steps
    text: Text
    marker: str


@dataclass(frozen=True)
class Row:
    """A row of the table: an article of the convention, its text, and the blocks of the domestic column."""

    article: ConventionArticle
    heading: Text
    left: tuple[Passage, ...]
    right: tuple[Block, ...]


@dataclass(frozen=True)
class Rubric:
    """A heading between rows: a chapter, section or title of the convention."""

    division: Division
    text: Text


@dataclass(frozen=True)
class Table:
    """The table as read: rows, the headings between them, decisions, problems, and text left of all rows."""

    rows: tuple[Row, ...] = ()
    rubrics: tuple[Rubric, ...] = ()
    decisions: tuple[Decision, ...] = ()
    problems: tuple[Problem, ...] = ()
    unplaced: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Instrument:
    """A domestic act: its key within the profile, its name as first printed, and every print of it."""

    key: str
    name: str
    prints: tuple[Text, ...]


@dataclass(frozen=True)
class Piece:
    """A stretch of a provision's text.

    `role`: `text` (after its number), `paragraph` (unnumbered, further text), `tail` (after its points).
    """

    role: str
    text: Text


@dataclass(frozen=True)
class Unit:
    """A provision as quoted once: steps within the instrument (`("art", "5"), ("part", "2")`) and its text.

    `marker` is where its number stands (None if lost or unnumbered), `emphasised` is true when all its own
    text is bold; the bold stretches of each piece are in `piece.text.bold`.
    """

    steps: Steps
    marker: Text | None
    pieces: tuple[Piece, ...]

    @property
    def emphasised(self) -> bool:
        """Whether the profile prints all of the provision's own text in bold."""
        own = [piece.text for piece in self.pieces if piece.role == "text"]
        return bool(own) and all(text.bold_share > 0.9 for text in own)

    @property
    def partly_emphasised(self) -> bool:
        """Whether it prints some of the provision's text in bold, but not all of its own text."""
        return not self.emphasised and any(piece.text.bold for piece in self.pieces)


@dataclass(frozen=True)
class Quotation:
    """A domestic article, or a group of provisions without one, as quoted once in a row.

    `convention` is the provision it answers at the finest level printed; `divisions` are the chapter or
    section headings above it; `steps` is the article, or the paragraphs' container; `heading` is None for
    an unnumbered group; `title` is empty where none is printed.
    """

    convention: Steps
    instrument: str
    divisions: tuple[Text, ...]
    steps: Steps
    heading: Text | None
    title: Text | None
    units: tuple[Unit, ...]

    @property
    def emphasised(self) -> tuple[Steps, ...]:
        """The parts and points that the profile prints in bold."""
        return tuple(unit.steps for unit in self.units if len(unit.steps) > 1 and unit.emphasised)


@dataclass(frozen=True)
class Remark:
    """Text of the domestic column that quotes no provision: `commentary`, or a `reference note`.

    `about` is the provision that a note follows, empty for commentary; `convention` is the row's provision.
    """

    kind: str
    convention: Steps
    instrument: str
    about: Steps
    texts: tuple[Text, ...]


@dataclass(frozen=True)
class DomesticColumn:
    """The right column of all rows: instruments, quotations, remarks; uses, decisions and problems."""

    instruments: tuple[Instrument, ...] = ()
    quotations: tuple[Quotation, ...] = ()
    remarks: tuple[Remark, ...] = ()
    uses: tuple[Use, ...] = ()
    decisions: tuple[Decision, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Profile:
    """A profile as read. `uses` and `marks` cover every visible character that could be placed."""

    front: FrontMatter = field(default_factory=FrontMatter)
    table: Table = field(default_factory=Table)
    domestic: DomesticColumn = field(default_factory=DomesticColumn)
    uses: tuple[Use, ...] = ()
    marks: tuple[Span, ...] = ()
    decisions: tuple[Decision, ...] = ()
    problems: tuple[Problem, ...] = ()

    def unanswered(self) -> tuple[Row, ...]:
        """The rows in which no domestic provision is quoted."""
        answered = {quotation.convention[0][1] for quotation in self.domestic.quotations}
        return tuple(row for row in self.table.rows if row.article.number not in answered)
