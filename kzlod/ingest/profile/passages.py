"""The passages of the document that a text stands in: stretches without anything that is not of the text."""

import re
from collections.abc import Iterable, Iterator

from kzlod.documents.citations import WIDE
from kzlod.documents.text import Document, Span, trimmed
from kzlod.ingest.profile.markup import Text

# What may stand between two runs of one sentence and is no text: tags, emphasis, bullets, escapes.
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_MARKS = re.compile(r"(?:\s|</?[a-zA-Z][^<>\n]*>|\*+|\\|[-+•▪●–](?=\s))*")


def passages(document: Document, texts: Iterable[Text]) -> list[Span]:
    """The stretches of the document that hold these texts, in order, marks within them included.

    Text that a page break or the other column cuts is in several stretches; those in one paragraph are one.
    """
    runs = sorted({span for text in texts for span in text.spans if document.passage(span).strip()})
    found: list[Span] = []
    for run in runs:
        gap = document.text[found[-1].end : max(run.start, found[-1].end)] if found else ""
        if found and _MARKS.fullmatch(gap) and not _BLANK_LINE.search(gap):
            found[-1] = Span(found[-1].start, max(found[-1].end, run.end))
        else:
            found.append(run)
    return [
        trimmed(document.text, part.start, part.end)
        for span in found
        for part in _narrow(document.text, span)
    ]


def _narrow(text: str, span: Span) -> Iterator[Span]:
    """The span, cut at line ends where it has more lines than a citation may have."""
    start = span.start
    ends = [match.end() for match in re.finditer("\n", text[span.start : span.end])]
    for end in ends[WIDE - 1 :: WIDE]:
        if text[start : span.start + end].strip():
            yield Span(start, span.start + end)
            start = span.start + end
    if text[start : span.end].strip():
        yield Span(start, span.end)
