"""Options with boxes: `[X] NA`, `(X) NA`, HTML check boxes, signs, and labels whose boxes were lost.

A box that the text shows is ticked or not. A label without a box has lost it: whether it was ticked cannot
be known from the text (`ticked` is None), and is never guessed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kzlod.documents.text import Span, trimmed

BOX = re.compile(
    r"\[\s{0,2}(?P<square>[xX✓✔]?)\s{0,2}\]|(?<!\w)\(\s{0,2}(?P<round>[xX✓✔]?)\s{0,2}\)(?=\s|$)"
    r"|<(?i:input)\b(?P<attributes>[^<>\n]*)>|(?P<sign>[☐☑☒□■◻◼⊠✅])"
)
_CHECKED = re.compile(r"\bchecked\b", re.IGNORECASE)
_CHECKBOX = re.compile(r"\btype\s*=\s*[\"']?(?:checkbox|radio)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Option:
    """An option as printed: its label, whether it is ticked (None: lost), where box and label stand."""

    label: str
    ticked: bool | None
    span: Span


def options(text: str, span: Span) -> list[Option]:
    """The options with boxes in a stretch of text, in its order; a label ends before the next box."""
    boxes = list(_boxes(text, span))
    if _labels_come_first(text, span, boxes):
        return _labels_first(text, span, boxes)
    found = []
    for number, (start, after, ticked) in enumerate(boxes):
        end = boxes[number + 1][0] if number + 1 < len(boxes) else span.end
        label = re.sub(r"<[^<>\n]*>", " ", text[after:end])
        last = after + len(text[after:end].rstrip())
        found.append(Option(" ".join(label.split()), ticked, Span(start, last)))
    return found


def _labels_come_first(text: str, span: Span, boxes: Sequence[tuple[int, int, bool]]) -> bool:
    """Whether several boxes stand behind their labels (`Yes () No (X)`) and not in front of them."""
    if len(boxes) < 2 or text[boxes[-1][1] : span.end].strip():
        return False
    lead = text[span.start : boxes[0][0]].strip()
    return bool(re.match(r"[^\W\d]", lead))


def _labels_first(text: str, span: Span, boxes: Sequence[tuple[int, int, bool]]) -> list[Option]:
    found, start = [], span.start
    for begin, after, ticked in boxes:
        label = trimmed(text, start, begin)
        found.append(
            Option(" ".join(text[label.start : label.end].split()), ticked, Span(label.start, after))
        )
        start = after
    return found


def before_options(text: str, span: Span) -> Span:
    """The stretch in front of the first box, without white space at its ends; all of it without boxes."""
    boxes = list(_boxes(text, span))
    if _labels_come_first(text, span, boxes):
        return Span(span.start, span.start)
    return trimmed(text, span.start, boxes[0][0] if boxes else span.end)


def _boxes(text: str, span: Span) -> Iterator[tuple[int, int, bool]]:
    """Each box: where it begins and ends, whether it is ticked."""
    for match in BOX.finditer(text, span.start, span.end):
        if match["attributes"] is not None:
            if _CHECKBOX.search(match["attributes"]):
                yield match.start(), match.end(), bool(_CHECKED.search(match["attributes"]))
        elif match["sign"]:
            yield match.start(), match.end(), match["sign"] not in "☐□◻"
        else:
            inner = match["square"] if match["square"] is not None else match["round"]
            yield match.start(), match.end(), bool(inner.strip())
