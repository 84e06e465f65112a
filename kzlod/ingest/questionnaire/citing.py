"""Where the passages of a questionnaire stand: chapter, question, row and column."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kzlod.documents.structure import Block, Form, Section
from kzlod.documents.text import Document, Span, sentences
from kzlod.ingest.cepej.records import Entry, Questionnaire

_FRONT = "Front matter"


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text with what a country answered: the chapter, the question, and what stands there."""

    span: Span
    chapter: str
    where: str


def questionnaire_form(questionnaire: Questionnaire) -> Form:
    """How the passages of a questionnaire are found and counted: by chapter and question.

    What the questionnaire itself prints (headings, labels, prompts) belongs to no section.
    """
    found = sorted(passages(questionnaire), key=lambda passage: passage.span)
    return Form(
        lambda document: list(_sections(document, found)),
        lambda document, span: _where(document, questionnaire, found, span),
    )


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


def _sections(document: Document, found: Iterable[Passage]) -> Iterator[Section]:
    blocks: dict[str, list[Block]] = {}
    for passage in found:
        if document.passage(passage.span).strip():
            inside = blocks.setdefault(passage.chapter, [])
            inside.append(Block("paragraph", len(inside) + 1, passage.span))
    for name, inside in blocks.items():
        yield Section(name, tuple(inside))


def _where(document: Document, questionnaire: Questionnaire, found: Sequence[Passage], span: Span) -> str:
    """The chapter and question, then the place in it, with the sentence where it is one of several."""
    touched = [passage for passage in found if passage.span.overlaps(span)]
    if not touched:
        headings = [entry for entry in questionnaire.entries if entry.heading.span.start <= span.start]
        if not headings:
            return _FRONT
        return f"{chapter(questionnaire, headings[-1])} › question {headings[-1].code}"
    names = list(dict.fromkeys(passage.where for passage in touched))
    if len(names) > 2:
        names = [f"{names[0]} to {names[-1]}"]
    where = f"{touched[0].chapter} › {'; '.join(names)}"
    if len(touched) == 1:
        inside = list(sentences(document.text, touched[0].span))
        numbers = [number for number, sentence in enumerate(inside, 1) if sentence.overlaps(span)]
        if len(inside) > 1 and len(numbers) == 1:
            where += f", sentence {numbers[0]}"
    return where
