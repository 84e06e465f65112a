"""The questions of a questionnaire: their codes, headings and what is printed below each."""

import re
from dataclasses import dataclass
from typing import Literal

from kzlod.documents.text import Document, Span, trimmed

_QUESTION = re.compile(r"^[#*\s-]*(?P<code>\d{3}(?:-\d+)*)\.[^\S\n]+(?=\S)", re.MULTILINE)
_SOURCES = re.compile(
    r"^[#*\s-]*(?P<code>[A-Z]\d{0,2})\.[^\S\n]+(?=Please indicate the sources)", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Question:
    """A heading and what stands below it until the next one.

    `kind`: `question`, or `sources` (a note on sources); `code` as printed; `heading` is the text behind the
    code in its line; `body` what follows, down to the next heading.
    """

    kind: Literal["question", "sources"]
    code: str
    heading: Span
    body: Span


def questions(document: Document) -> list[Question]:
    """All headings of a questionnaire in the order of the text; a code may stand several times."""
    text = document.text
    matches: list[tuple[Literal["question", "sources"], re.Match[str]]] = [
        *(("question", match) for match in _QUESTION.finditer(text)),
        *(("sources", match) for match in _SOURCES.finditer(text)),
    ]
    matches.sort(key=lambda pair: pair[1].start())
    starts = [match.start() for _, match in matches] + [len(text)]
    made = []
    for (kind, match), following in zip(matches, starts[1:], strict=True):
        begin = match.end("code") + 1
        end = text.find("\n", begin)
        end = len(text) if end < 0 else end
        made.append(Question(kind, match["code"], trimmed(text, begin, end), Span(end, following)))
    return made
