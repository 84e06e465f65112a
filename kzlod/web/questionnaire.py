"""What the page of a question shows: the answers of every country and year, and what is said about them."""

from collections.abc import Iterable
from dataclasses import dataclass

from kzlod.web.discrepancies import Disagreement
from kzlod.web.names import Value
from kzlod.web.passages import Place, distinct


@dataclass(frozen=True, slots=True)
class CellView:
    """One place of the answers: its page, and what it holds.

    That is a number with its unit, options that were chosen, words, or a status that says why it is empty.
    `printed` are the options of which one may have been marked; `disputed`: something does not agree with it.
    """

    thing: Value
    figure: Value | None
    unit: Value | None
    as_of: str
    chosen: tuple[Value, ...]
    printed: tuple[Value, ...]
    words: tuple[Value, ...]
    status: Value | None
    disputed: bool
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class CellPage:
    """A cell by itself: its number with the unit, in words, and what its status means, if it has one.

    `facts` are keys of the interface's strings and values: what the cell answers.
    """

    cell: CellView
    amount: str
    meaning: Value | None
    facts: tuple[tuple[str, Value], ...]
    disagreements: tuple[Value, ...]

    @property
    def question(self) -> Value | None:
        """The question that it answers."""
        return next((value for key, value in self.facts if key == "question"), None)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, `thing` None if it has no name; `as_of` is the day of all its figures, if one."""

    thing: Value | None
    as_of: str


@dataclass(frozen=True, slots=True)
class Table:
    """Answers in rows and columns, any number at a place; `unit` is that of all figures, or None."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, tuple[tuple[CellView, ...], ...]], ...]
    unit: Value | None

    def has_figures(self, place: int) -> bool:
        """Whether the answers in a column, counted from 0, are figures or say why there is none."""
        cells = [one for _, row in self.rows for one in row[place]]
        return any(one.figure for one in cells) and all(one.figure or one.status for one in cells)

    @staticmethod
    def places(row: Iterable[Iterable[CellView]]) -> list[Place]:
        """Where the cells of a row stand, the same lines once."""
        return distinct(place for cells in row for one in cells for place in one.places)


@dataclass(frozen=True, slots=True)
class AnswersOf:
    """What a country answered for a year: a table, fields outside of it, comments."""

    country: Value | None
    year: str
    table: Table | None
    fields: tuple[CellView, ...]
    comments: tuple[CellView, ...]

    @property
    def cells(self) -> list[CellView]:
        """All cells, each once."""
        placed = [one for _, row in self.table.rows for cells in row for one in cells] if self.table else []
        return [*placed, *self.fields, *self.comments]


@dataclass(frozen=True, slots=True)
class Computed:
    """The value of an indicator: of what, for which country and year; `value` leads to its page."""

    indicator: Value
    of: tuple[Value, ...]
    country: Value | None
    year: str
    value: Value
    unit: Value | None


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """A question: its number, the parts of the questionnaire that it is in, and everything about its answers.

    Or a data set with the answers to one (`is_asked` is False then), or an indicator with its values.
    `statuses` are the words that stand in place of answers, with what they mean; `files` are a key of the
    interface's strings and the address of each file of its answers.
    """

    code: str
    parts: tuple[Value, ...]
    answers: tuple[AnswersOf, ...]
    statuses: tuple[tuple[Value, Value | None], ...]
    disagreements: tuple[Disagreement, ...]
    computed: tuple[Computed, ...]
    files: tuple[tuple[str, str], ...]
    is_asked: bool = True
