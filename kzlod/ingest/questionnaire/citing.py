"""Where the passages of a questionnaire stand: chapter, question, row and column."""

from collections.abc import Iterator

from kzlod.documents.structure import Form, Passage, passage_form
from kzlod.documents.text import Span
from kzlod.ingest.cepej.records import Entry, Questionnaire

_FRONT = "Front matter"


def questionnaire_form(questionnaire: Questionnaire) -> Form:
    """How the passages of a questionnaire are found and counted: by chapter and question.

    What the questionnaire itself prints (headings, labels, prompts) belongs to no section.
    """
    return passage_form(passages(questionnaire), lambda span: _elsewhere(questionnaire, span))


def passages(questionnaire: Questionnaire) -> Iterator[Passage]:
    """All stretches with answers, and the lines of the front, in no particular order."""
    for span in questionnaire.front.spans:
        yield Passage(span, _FRONT, "front")
    for entry in questionnaire.entries:
        for span, what in _answers(entry):
            yield Passage(span, chapter(questionnaire, entry), f"question {entry.code}, {what}")


def chapter(questionnaire: Questionnaire, entry: Entry) -> str:
    """The chapter in which an entry stands, with its title."""
    number = questionnaire.division_of(entry).partition(".")[0]
    titles = {division.number: division.title.text for division in questionnaire.divisions}
    return f"{number}. {titles.get(number, '')}".strip() if number else _FRONT


def _answers(entry: Entry) -> Iterator[tuple[Span, str]]:
    """The stretches with answers below a heading, each with its place."""
    for table in entry.tables:
        for number, row in enumerate(table.rows, 1):
            for column, cell in enumerate(row.cells, 1):
                if cell.span.start < cell.span.end and cell.span != row.label.span:
                    yield cell.span, f"row {number}, column {column}"
    for single in entry.singles:
        yield single.cell.span, f"figure for {single.label.text}" if single.label else "figure"
    for choice in entry.told:
        for option in choice.options:
            yield option.span, f"option {option.label}" if option.label else "option"
        for _, typed in choice.typed:
            for span in typed.spans:
                yield span, "text in an option"
    for words in entry.words:
        what = {"answer": "answer in words", "comment": "comment", "sources": "sources"}[words.kind]
        for span in words.printed.spans:
            yield span, what


def _elsewhere(questionnaire: Questionnaire, span: Span) -> str:
    """The chapter and question in which a stretch without an answer stands."""
    headings = [entry for entry in questionnaire.entries if entry.heading.span.start <= span.start]
    if not headings:
        return _FRONT
    return f"{chapter(questionnaire, headings[-1])} › question {headings[-1].code}"
