"""What a questionnaire says, as typed records; every record knows where it stands in the text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kzlod.documents.text import Span
from kzlod.ingest.cepej.cells import Cell
from kzlod.ingest.cepej.options import Option


@dataclass(frozen=True, slots=True)
class Printed:
    """A text as printed, white space tidied, and the stretches that it was put together from."""

    text: str
    spans: tuple[Span, ...]

    @property
    def span(self) -> Span:
        """From the first stretch to the last."""
        return Span(self.spans[0].start, self.spans[-1].end)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its label and its cells, one a column."""

    label: Printed
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the labels of its columns (without that of the row labels) and its rows.

    `option_columns` are the columns, from 0, whose cells are a box and nothing else: there the column itself
    is the option.
    """

    columns: tuple[Printed, ...]
    rows: tuple[Row, ...]
    option_columns: frozenset[int]


@dataclass(frozen=True, slots=True)
class Single:
    """A field for one figure, with its own label where one question has several such fields."""

    label: Printed | None
    cell: Cell


@dataclass(frozen=True, slots=True)
class Choice:
    """A list of options outside tables, in the order of the text.

    An option's `ticked` is None if its mark was lost. `exclusive`: the boxes are round, so that one ticked
    box means that no other is. `typed` gives the text that stands behind an option's label, by the place of
    the option from 0.
    """

    options: tuple[Option, ...]
    exclusive: bool
    typed: Sequence[tuple[int, Printed]]

    @property
    def silent(self) -> bool:
        """Whether these are marks NA and NAP alone, and none is ticked or lost."""
        return all(option.label in {"NA", "NAP"} and option.ticked is False for option in self.options)

    @property
    def lost(self) -> bool:
        """Whether what was chosen cannot be known from the text, wholly or in part."""
        if self.exclusive and sum(option.ticked is True for option in self.options) == 1:
            return False
        return any(option.ticked is None for option in self.options)


@dataclass(frozen=True, slots=True)
class Words:
    """A text that the country typed: an answer in words, a comment, or a note on sources."""

    kind: Literal["answer", "comment", "sources"]
    printed: Printed


@dataclass(frozen=True, slots=True)
class Division:
    """A chapter, section or subsection: its number ('' where it has none), title and place."""

    number: str
    title: Printed


@dataclass(frozen=True, slots=True)
class Entry:
    """One printing of a question or of a request for sources, with all that stands below it."""

    code: str
    kind: Literal["question", "sources"]
    heading: Printed
    tables: tuple[Table, ...]
    singles: tuple[Single, ...]
    choices: tuple[Choice, ...]
    words: tuple[Words, ...]

    @property
    def beside(self) -> bool:
        """Whether lists of options stand beside other answers, so that NA and NAP are marks for these."""
        return bool(self.tables or self.singles or any(words.kind == "answer" for words in self.words))

    @property
    def told(self) -> tuple[Choice, ...]:
        """The lists of options but for marks beside other answers that are not ticked: they say nothing."""
        return tuple(choice for choice in self.choices if not (self.beside and choice.silent))


@dataclass(frozen=True, slots=True)
class Use:
    """What a stretch of the text was read as, so that every line is accounted for."""

    span: Span
    purpose: str
    subject: str


@dataclass(frozen=True, slots=True)
class Front:
    """What stands before the first chapter: title, country, cycle, reference year, date of the print-out."""

    title: Printed | None
    country: Printed | None
    cycle: str
    year: str
    generated: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A questionnaire as read: in the order of the text."""

    front: Front
    divisions: tuple[Division, ...]
    entries: tuple[Entry, ...]
    uses: tuple[Use, ...]

    def division_of(self, entry: Entry) -> str:
        """The number of the division in which an entry stands ('' before the first)."""
        start = entry.heading.span.start
        before = [d for d in self.divisions if d.number and d.title.span.start < start]
        return before[-1].number if before else ""
