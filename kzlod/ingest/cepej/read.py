"""Reads a questionnaire of the CEPEJ from the text form of its print-out."""

import re
from collections.abc import Collection
from dataclasses import replace

from kzlod.documents.text import Document, Span
from kzlod.ingest.cepej.divisions import divisions
from kzlod.ingest.cepej.entries import read_entry
from kzlod.ingest.cepej.front import read_front
from kzlod.ingest.cepej.lines import lines_of
from kzlod.ingest.cepej.questions import questions
from kzlod.ingest.cepej.records import Division, Questionnaire, Use


def read_questionnaire(document: Document, unnumbered: Collection[str] = ()) -> Questionnaire:
    """The questionnaire in a document.

    `unnumbered` are titles of divisions without a number, which only the questionnaire itself can tell from
    words of the country. A document without questions gives a questionnaire without entries.
    """
    asked = questions(document)
    found = divisions(document, asked, unnumbered)
    titles = {span.start for division in found for span in division.title.spans}
    uses = [Use(division.title.span, "division", division.number) for division in found]
    entries = []
    for question in asked:
        lines = [line for line in lines_of(document, question.body) if line.span.start not in titles]
        entry, used = read_entry(document, question.kind, question.code, question.heading, lines)
        titled = [words for words in entry.words if words.printed.text.casefold() in unnumbered]
        if titled:
            # The title of a division behind the prompt of an empty comment.
            found += [Division("", words.printed) for words in titled]
            entry = replace(entry, words=tuple(words for words in entry.words if words not in titled))
        entries.append(entry)
        uses += used
    first = document.text.rfind("\n", 0, asked[0].heading.start) + 1 if asked else len(document.text)
    front = read_front(document, Span(0, first), titles)
    uses += [Use(span, "front", "") for span in front.spans]
    found.sort(key=lambda division: division.title.span)
    return Questionnaire(front, tuple(found), tuple(entries), tuple(sorted(uses, key=lambda use: use.span)))


def normal(label: str) -> str:
    """A label without white space, case and marks, for comparing labels of two print-outs."""
    return re.sub(r"[\W_]+", "", label.casefold())
