"""What a sanction clause says, as records.

Offsets count characters of the text that was parsed; ``type`` and ``unit`` are notations of the schemes
``punishment`` and ``unit``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of the text that was parsed: ``text[start:end]``."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The words of the span, in the text that was parsed."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Remark:
    """A place where the wording was read other than to the letter, and how."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Measure:
    """How much or how long: a fixed value, or a minimum, a maximum or both, in one unit; or a flag.

    A minimum that the text does not state is None, not 0. An empty measure is right for punishments
    that have none (confiscation) and for a fine without an amount; ``term_not_stated`` is set where a
    punishment that lasts some time is named without one.
    """

    minimum: Decimal | None = None
    maximum: Decimal | None = None
    fixed: Decimal | None = None
    unit: str | None = None
    life: bool = False
    permanent: bool = False
    term_not_stated: bool = False


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of the punishments of which exactly one is imposed.

    ``same_as`` is the index, among the alternatives of the same clause, of the one whose amount or term the
    text repeats ('in the same amount'); the measure is then a copy of that one's.
    """

    type: str
    measure: Measure
    span: Span
    same_as: int | None = None


@dataclass(frozen=True, slots=True)
class Additional:
    """A punishment that is imposed with another.

    ``attaches_to`` has indices of alternatives of the same clause, and only where the text leaves no choice:
    the clause has one alternative, or the punishment is printed between two. ``follows`` is the alternative
    after which it is printed, ``set_off`` whether a comma stands before it: what a default reading needs.
    """

    type: str
    measure: Measure
    mandatory: bool
    span: Span
    attaches_to: tuple[int, ...] = ()
    follows: int | None = None
    set_off: bool = False
    same_as: int | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """A sanction clause: what is imposed, and for which cases something else is.

    ``cases`` are the clauses that hold for certain points only. Each has ``applies_to``, the numbers of the
    points as printed without brackets (empty if they could not be read). A case with alternatives replaces
    this clause for its points; a case without any has only additional punishments, which for its points take
    the place of those of the same type.

    Every character that is not white space stands in exactly one of: the spans of ``alternatives`` and
    ``additional``, ``connectives`` (the verb, 'or', punctuation, what opens a case) and ``unparsed``, of
    this clause or of one of its cases. ``span`` is the whole clause, cases included, without the final
    full stop.
    """

    span: Span
    alternatives: tuple[Alternative, ...] = ()
    additional: tuple[Additional, ...] = ()
    applies_to: tuple[str, ...] = ()
    cases: tuple["Clause", ...] = ()
    connectives: tuple[Span, ...] = ()
    unparsed: tuple[Span, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def walk(self) -> Iterator["Clause"]:
        """This clause, then its cases."""
        yield self
        for case in self.cases:
            yield from case.walk()

    @property
    def complete(self) -> bool:
        """Whether every word of the clause and of its cases was understood."""
        return not any(clause.unparsed for clause in self.walk())
