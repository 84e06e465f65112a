"""The account of a profile: what every line of the file was used for, what was decided, what has no place."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from rich.table import Table

from kzlod.documents.text import Document, Span
from kzlod.errors import Problem
from kzlod.ingest.profile.convention import Steps, name
from kzlod.ingest.profile.records import Profile, Use

MARK = "mark-up"
BLANK = "blank"
UNPLACED = "not placed"
Record = dict[str, object]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file (1-based), its characters without the line feed, its uses in their order."""

    number: int
    span: Span
    uses: tuple[Use, ...]

    @property
    def purposes(self) -> tuple[str, ...]:
        """What the line was used for, each purpose once."""
        return tuple(dict.fromkeys(use.purpose for use in self.uses)) or (BLANK,)


@dataclass(frozen=True)
class Account:
    """Every line of the document with its uses; what no use covers; what two uses cover."""

    lines: tuple[Line, ...]
    unplaced: tuple[Use, ...]
    problems: tuple[Problem, ...]


def account(document: Document, profile: Profile) -> Account:
    """The account of a document: every visible character is in exactly one use, a mark, or `unplaced`."""
    text = document.text
    owner: list[int] = [-1] * len(text)
    problems: list[Problem] = []
    uses = list(profile.uses)
    for index, use in enumerate(uses):
        for position in range(use.span.start, min(use.span.end, len(text))):
            if owner[position] >= 0 and not text[position].isspace():
                problems.append(
                    Problem(
                        f"line {document.line_at(position)}",
                        f"used twice, as {uses[owner[position]].purpose} and as {use.purpose}",
                        "This is a fault of the reader: report it.",
                    )
                )
                break
            owner[position] = index
    uses.append(Use(Span(0, 0), MARK))
    for mark in profile.marks:
        for position in range(mark.start, mark.end):
            if owner[position] < 0:
                owner[position] = len(uses) - 1
    unplaced = tuple(_unplaced(text, owner))
    for use in unplaced:
        owner[use.span.start : use.span.end] = [len(uses)] * (use.span.end - use.span.start)
        uses.append(use)
    return Account(tuple(_lines(text, owner, uses)), unplaced, tuple(problems))


def _unplaced(text: str, owner: list[int]) -> Iterator[Use]:
    """The stretches of visible text without an owner."""
    start = -1
    for position in range(len(text) + 1):
        free = position < len(text) and owner[position] < 0
        if free and start < 0 and not text[position].isspace():
            start = position
        elif start >= 0 and (not free or text[position] in "\n\t"):
            yield Use(Span(start, start + len(text[start:position].rstrip())), UNPLACED)
            start = -1


def _lines(text: str, owner: list[int], uses: list[Use]) -> Iterator[Line]:
    for number, match in enumerate(re.finditer(r"[^\n]*(?:\n|$)", text), 1):
        end = match.start() + len(match[0].rstrip("\n"))
        if match.start() == len(text) and number > 1:
            return
        visible = (owner[position] for position in range(match.start(), end) if not text[position].isspace())
        found = [uses[index] for index, _ in groupby(visible) if index >= 0]
        yield Line(number, Span(match.start(), end), tuple(found))


def counts(profile: Profile) -> dict[str, int]:
    """How much was found; provisions are counted once however often they are quoted."""
    quotations = profile.domestic.quotations
    articles = {(quotation.instrument, quotation.steps) for quotation in quotations if quotation.heading}
    units: set[tuple[str, Steps]] = {
        (quotation.instrument, unit.steps) for quotation in quotations for unit in quotation.units
    }
    kinds = Counter(steps[-1][0] for _, steps in units)
    remarks = Counter(remark.kind for remark in profile.domestic.remarks)
    return {
        "rows of the table": len(profile.table.rows),
        "domestic acts": len(profile.domestic.instruments),
        "numbered articles": len(articles),
        "parts": kinds["part"],
        "paragraphs": kinds["par"],
        "points": kinds["pt"],
        "sub-points": kinds["sub"],
        "notes": kinds["note"],
        "correspondences": len(quotations),
        "convention articles without a domestic provision": len(profile.unanswered()),
        "commentaries": remarks["commentary"],
        "reference notes": remarks["reference note"],
        "decisions": len(profile.decisions),
        "problems": len(profile.problems),
    }


def records(document: Document, profile: Profile) -> Record:
    """The account as JSON-able records: counts, lines, correspondences, decisions, problems, the unplaced."""
    whole = account(document, profile)
    return {
        "document": {"sha256": document.sha256, "characters": len(document.text), "lines": len(whole.lines)},
        "country": profile.front.country,
        "version": profile.front.version,
        "counts": counts(profile),
        "lines": [
            {
                "line": line.number,
                "purposes": list(line.purposes),
                "subjects": list(dict.fromkeys(use.subject for use in line.uses if use.subject)),
            }
            for line in whole.lines
        ],
        "correspondences": [
            {
                "convention": name(quotation.convention),
                "instrument": quotation.instrument,
                "article": name(quotation.steps),
                "provisions": [name(unit.steps) for unit in quotation.units],
                "emphasised": [name(steps) for steps in quotation.emphasised],
            }
            for quotation in profile.domestic.quotations
        ],
        "without domestic provision": [name(row.article.steps) for row in profile.unanswered()],
        "decisions": [
            {
                "line": document.line_at(decision.span.start),
                **_place(decision.span),
                "chosen": decision.chosen,
                "reason": decision.reason,
            }
            for decision in profile.decisions
        ],
        "problems": [
            {"where": problem.where, "what": problem.what, "remedy": problem.remedy}
            for problem in (*profile.problems, *whole.problems)
        ],
        "not placed": [
            {"line": document.line_at(use.span.start), **_place(use.span)} for use in whole.unplaced
        ],
    }


def _place(span: Span) -> Record:
    return {"start": span.start, "end": span.end}


def table(document: Document, profile: Profile) -> Table:
    """The account for the terminal: stretches of lines of the same purposes, and what they are about."""
    shown = Table("Lines", "Used for", "Of what", title=f"{document.path.name}: every line and its use")
    lines = [line for line in account(document, profile).lines if line.purposes != (BLANK,)]
    for purposes, group in groupby(lines, key=lambda line: tuple(p for p in line.purposes if p != MARK)):
        together = list(group)
        first, last = together[0].number, together[-1].number
        subjects = list(dict.fromkeys(use.subject for line in together for use in line.uses if use.subject))
        shown.add_row(
            str(first) if first == last else f"{first}–{last}",
            ", ".join(purposes) or MARK,
            "; ".join(subjects[:3]) + (f" … ({len(subjects)})" if len(subjects) > 3 else ""),
            style="bold red" if UNPLACED in purposes else "",
        )
    return shown
