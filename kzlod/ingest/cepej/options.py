"""Options with boxes: `[X] NA`, `(X) NA`, HTML check boxes, and labels whose boxes were lost.

A box that the text shows is ticked or not. A label without a box has lost it: whether it was ticked cannot
be known from the text (`ticked` is None), and is never guessed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kzlod.documents.text import Span, trimmed

_BOX = re.compile(
    r"\[(?P<square>[ xX✓✔]?)\]|(?<!\w)\((?P<round>[ xX✓✔]?)\)(?=\s|$)"
    r"|<input\b(?P<attributes>[^<>\n]*)>|(?P<sign>[☐☑☒])"
)
_CHECKED = re.compile(r"\bchecked\b", re.IGNORECASE)
_CHECK_BOX = re.compile(r"\btype\s*=\s*[\"']?(?:checkbox|radio)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Option:
    """An option as printed: its label, whether it is ticked (None: lost), where box and label stand."""

    label: str
    ticked: bool | None
    span: Span


def options(text: str, span: Span) -> list[Option]:
    """The options with boxes in a stretch of text, in its order; a label ends before the next box."""
    boxes = list(_boxes(text, span))
    found = []
    for number, (start, after, ticked) in enumerate(boxes):
        end = boxes[number + 1][0] if number + 1 < len(boxes) else span.end
        label = re.sub(r"<[^<>\n]*>", " ", text[after:end])
        last = after + len(text[after:end].rstrip())
        found.append(Option(" ".join(label.split()), ticked, Span(start, last)))
    return found


def before_options(text: str, span: Span) -> Span:
    """The stretch in front of the first box, without white space at its ends; all of it without boxes."""
    first = next(_boxes(text, span), None)
    return trimmed(text, span.start, first[0] if first else span.end)


def _boxes(text: str, span: Span) -> Iterator[tuple[int, int, bool]]:
    """Each box: where it begins and ends, whether it is ticked."""
    for match in _BOX.finditer(text, span.start, span.end):
        if match["attributes"] is not None:
            if _CHECK_BOX.search(match["attributes"]):
                yield match.start(), match.end(), bool(_CHECKED.search(match["attributes"]))
        elif match["sign"]:
            yield match.start(), match.end(), match["sign"] != "☐"
        else:
            inner = match["square"] if match["square"] is not None else match["round"]
            yield match.start(), match.end(), bool(inner.strip())
