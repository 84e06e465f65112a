"""Chapters, sections and subsections: numbered headings that follow one another."""

import re
from collections.abc import Collection, Sequence
from itertools import zip_longest

from kzlod.documents.text import Document, Span
from kzlod.ingest.cepej.lines import Line, is_noise, lines_of
from kzlod.ingest.cepej.questions import Question
from kzlod.ingest.cepej.records import Division, Printed

_NUMBERED = re.compile(r"[#*\s]*(?P<number>\d{1,2}(?:\.\d{1,2}){0,2})\.?\s*(?P<title>[^\W\d_][^\t]*)")


def divisions(
    document: Document, asked: Sequence[Question], unnumbered: Collection[str] = ()
) -> list[Division]:
    """The divisions of a questionnaire, in the order of the text.

    They stand at the end of what is below a question, each on a line of its own, the last before the next
    question; a chapter's number is followed by that of its first section. `unnumbered` titles count too.
    """
    first = document.text.rfind("\n", 0, asked[0].heading.start) + 1 if asked else 0
    bodies = [Span(0, first), *(question.body for question in asked)]
    found: list[Division] = []
    reached: tuple[int, ...] = (0,)
    for body in bodies:
        lines = [line for line in lines_of(document, body) if not is_noise(line)]
        tail: list[Division] = []
        for line in reversed(lines):
            division = _division(line, unnumbered)
            if division is None:
                break
            tail.append(division)
        tail.reverse()
        for division, following in zip_longest(tail, tail[1:]):
            number = _number(division)
            opens = len(number) != 1 or (following is not None and _number(following) == (*number, 1))
            if not number or (opens and _follows(reached, number)):
                found.append(division)
                reached = number or reached
    return found


def _division(line: Line, unnumbered: Collection[str]) -> Division | None:
    title = " ".join(line.text.split())
    if line.tabbed:
        return None
    if title.casefold() in unnumbered:
        return Division("", Printed(title, (line.span,)))
    match = _NUMBERED.fullmatch(line.text)
    if match is None or len(line.text) > 200:
        return None
    return Division(match["number"], Printed(" ".join(match["title"].split()).strip("*"), (line.span,)))


def _number(division: Division) -> tuple[int, ...]:
    return tuple(int(part) for part in division.number.split(".")) if division.number else ()


def _follows(reached: tuple[int, ...], number: tuple[int, ...]) -> bool:
    """Whether a number may come after the one reached: deeper by a first step, or the next at its level."""
    if len(number) > len(reached):
        return len(number) == len(reached) + 1 and number[:-1] == reached and number[-1] == 1
    return number[:-1] == reached[: len(number) - 1] and number[-1] == reached[len(number) - 1] + 1
