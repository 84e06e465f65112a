"""A cell of a table, or the answer to a question for one figure: a number, or why there is none."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from kzlod.documents.text import Span
from kzlod.ingest.cepej.options import Option, before_options, options


class Status(Enum):
    """What a cell holds; the values are notations of the scheme `cell-status`, but for a figure or text."""

    FIGURE = ""
    TEXT = "text"
    NA = "NA"
    NAP = "NAP"
    LEFT_BLANK = "left-blank"
    NOT_RECOVERABLE = "not-recoverable"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its status, the figure if it has one, the text as printed, its options with boxes, its place.

    `conflicting` is true where a figure and a tick stand together, or NA and NAP are both ticked.
    """

    status: Status
    figure: Decimal | None
    text: str
    options: tuple[Option, ...]
    span: Span
    conflicting: bool = False


_FIGURE = re.compile(r"-?(?:\d{1,3}(?P<sep>[ ',.])\d{3}(?:(?P=sep)\d{3})*|\d+)(?:[.,]\d+)?")
_MISSING = {"NA": Status.NA, "NAP": Status.NAP}


def figure(text: str) -> Decimal | None:
    """The number that a text is, with spaces, commas, points or apostrophes between thousands; else None.

    A single comma before three digits parts thousands (`12,345`), a single point is a decimal point
    (`12.345`), since the questionnaire's own form prints figures so; see `whole` for what cannot have a
    fraction. A percent or euro sign is left out.
    """
    stripped = " ".join(re.sub(r"\s*(?:%|€|EUR)$", "", text.strip()).replace("**", "").split())
    match = _FIGURE.fullmatch(stripped)
    if match is None:
        return None
    separator = match["sep"]
    if separator == "." and stripped.count(".") == 1:
        return Decimal(stripped.replace(",", ""))
    plain = stripped.replace(separator, "") if separator else stripped
    return Decimal(plain.replace(",", "."))


def whole(text: str) -> Decimal | None:
    """The number that a text is where a fraction of three digits makes no sense: `12.345` is 12345."""
    grouped = re.fullmatch(r"([1-9]\d{0,2})\.(\d{3})", text.strip())
    return Decimal("".join(grouped.groups())) if grouped else figure(text)


def read_cell(text: str, span: Span) -> Cell:
    """The cell that a stretch of text is. Options other than NA and NAP do not decide its status."""
    found = tuple(options(text, span))
    before = before_options(text, span)
    printed = " ".join(re.sub(r"<[^<>\n]*>", " ", text[before.start : before.end]).split())
    number = figure(printed)
    ticked = [option.label for option in found if option.label in _MISSING and option.ticked]
    conflict = len(ticked) > 1 or bool(ticked and number is not None)
    if number is not None:
        return Cell(Status.FIGURE, number, printed, found, span, conflict)
    bare = [word for word in printed.split() if word in _MISSING]
    if ticked:
        return Cell(_MISSING[ticked[0]], None, printed, found, span, conflict)
    if bare and not printed.replace("NAP", "").replace("NA", "").strip():
        # The labels without their boxes: one of them alone is the mark itself, two have lost it.
        status = _MISSING[bare[0]] if len(bare) == 1 and not found else Status.NOT_RECOVERABLE
        return Cell(status, None, printed, found, span)
    if printed:
        return Cell(Status.TEXT, None, printed, found, span)
    return Cell(Status.LEFT_BLANK, None, "", found, span)
