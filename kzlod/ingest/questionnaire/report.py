"""The account of a reading: for every line of the file, what it was read as."""

from dataclasses import dataclass

from kzlod.documents.text import Document, Span
from kzlod.ingest.cepej.lines import is_noise, lines_of
from kzlod.ingest.cepej.records import Questionnaire


@dataclass(frozen=True, slots=True)
class LineRead:
    """A line that is not blank: its number, what it was read as, the question, and how it begins."""

    number: int
    purposes: tuple[str, ...]
    question: str
    excerpt: str


@dataclass(frozen=True)
class Account:
    """Every line that is not blank, and the numbers of those that were read as nothing."""

    lines: tuple[LineRead, ...]
    unplaced: tuple[int, ...]

    @property
    def record(self) -> dict[str, object]:
        """The account as a record for JSON."""
        lines = [
            {"line": line.number, "read as": list(line.purposes), "question": line.question}
            for line in self.lines
        ]
        return {"lines": lines, "unplaced": list(self.unplaced)}


def account(document: Document, questionnaire: Questionnaire) -> Account:
    """The account of the reading of a document."""
    uses = sorted(questionnaire.uses, key=lambda use: use.span)
    lines: list[LineRead] = []
    unplaced: list[int] = []
    position = 0
    for line in lines_of(document, Span(0, len(document.text))):
        number = document.line_at(line.span.start)
        while position < len(uses) and uses[position].span.end <= line.span.start:
            position += 1
        found = []
        for use in uses[position:]:
            if use.span.start >= line.span.end:
                break
            if use.span.overlaps(line.span):
                found.append(use)
        if not found and not is_noise(line):
            unplaced.append(number)
        purposes = tuple(dict.fromkeys(use.purpose for use in found)) or ("noise",)
        subject = next((use.subject for use in found if use.subject), "")
        lines.append(LineRead(number, purposes, subject, line.text[:60]))
    return Account(tuple(lines), tuple(unplaced))
