"""The front of a questionnaire: which evaluation, which country, which year."""

import re
from collections.abc import Collection

from kzlod.documents.text import Document, Span
from kzlod.ingest.cepej.lines import Line, lines_of
from kzlod.ingest.cepej.records import Front, Printed

_TITLE = re.compile(r"[#*\s]*(?P<title>Evaluation\b.*?(?P<cycle>\d{4}\s*[-–]\s*\d{4}).*?)[#*\s]*")
_YEAR = re.compile(r"Reference (?:data|year)\W*(?P<year>\d{4})\b", re.IGNORECASE)
_GENERATED = re.compile(
    r"Generated on\s*:?\s*(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})", re.IGNORECASE
)


def read_front(document: Document, span: Span, titles: Collection[int]) -> Front:
    """The front in a stretch before the first question; what it does not print is empty.

    The country is the line below the title. `titles` are the starts of lines that are divisions.
    """
    lines = [line for line in lines_of(document, span) if line.span.start not in titles]
    title: Line | None = None
    country: Line | None = None
    cycle = year = generated = ""
    for number, line in enumerate(lines):
        heading = _TITLE.fullmatch(line.text)
        if heading and title is None:
            title, cycle = line, re.sub(r"\s*[-–]\s*", "-", heading["cycle"])
            following = lines[number + 1] if number + 1 < len(lines) else None
            country = following if following and not re.search(r"\d", following.text) else None
        elif (match := _YEAR.search(line.text)) and not year:
            year = match["year"]
        elif (match := _GENERATED.search(line.text)) and not generated:
            generated = f"{match['year']}-{int(match['month']):02}-{int(match['day']):02}"
    return Front(
        _printed(title), _printed(country), cycle, year, generated, tuple(line.span for line in lines)
    )


def _printed(line: Line | None) -> Printed | None:
    return Printed(" ".join(line.text.split()).strip("#* "), (line.span,)) if line else None
