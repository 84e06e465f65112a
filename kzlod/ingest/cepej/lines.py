"""The lines below a question, and what a line on its own can be: noise of the form, prompt, mark, value."""

import re
from dataclasses import dataclass

from kzlod.documents.text import Document, Span, trimmed
from kzlod.ingest.cepej.cells import figure
from kzlod.ingest.cepej.options import BOX, options

_NOISE = re.compile(
    r"=+|Max characters value\s*:.*|Max numeric value allowed\s*:.*|Allow decimals\s*:.*|[-\s|:]*--[-\s|:]*"
    r"|(?:#{1,6}|\*{1,2}|_{3,})"
)
_PROMPT = re.compile(
    r"(?:\*\*)?(?:Comments?\b(?![^\s:–—-])|If\b[^\n]*?\bplease\b"
    r"|Please (?:indicate|provide|specify|describe|add)\b)",
    re.IGNORECASE,
)
_VALUE = re.compile(r"(?:- )?\[(?P<inner>[^\[\]]*)\](?P<behind>.*)")
_BULLET = re.compile(r"(?:[-–•*]|\d+\))\s+(?=\S)")
LONGEST_OPTION = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: its characters without white space at its ends, and whether it has tabs."""

    span: Span
    text: str
    tabbed: bool
    whole: Span

    @property
    def boxed(self) -> bool:
        """Whether the line has a box."""
        return bool(options(self.text, Span(0, len(self.text))))


def lines_of(document: Document, span: Span) -> list[Line]:
    """The lines of a stretch that are not blank."""
    found, start, text = [], span.start, document.text
    while start < span.end:
        end = text.find("\n", start, span.end)
        end = span.end if end < 0 else end
        kept = trimmed(text, start, end)
        if kept.start < kept.end:
            raw = text[start:end]
            found.append(Line(kept, text[kept.start : kept.end], "\t" in raw, Span(start, end)))
        start = end + 1
    return found


def is_noise(line: Line) -> bool:
    """Whether a line is of the form's own making: a rule between blocks, a limit of a field."""
    cells = line.text.split("\t")
    rule = not any(cell.strip(" -|:") for cell in cells) and any("--" in cell for cell in cells)
    return rule or bool(_NOISE.fullmatch(line.text))


def is_prompt(line: Line) -> bool:
    """Whether a line asks for a comment."""
    return not line.tabbed and not line.boxed and bool(_PROMPT.match(line.text))


def is_value(line: Line) -> bool:
    """Whether a line is a field for one figure: a number or nothing in brackets, then marks if any."""
    match = None if line.tabbed else _VALUE.fullmatch(line.text)
    if match is None:
        return False
    empty, behind = not match["inner"].strip(), match["behind"].strip()
    if not empty and figure(match["inner"]) is None:
        return False
    if not behind:
        return True
    return _marks(behind) and (not empty or bool(options(behind, Span(0, len(behind)))))


def split_value(text: str) -> tuple[str, str]:
    """What is in the brackets of a field for one figure, and the marks behind them."""
    match = _VALUE.fullmatch(text)
    return (match["inner"].strip(), match["behind"].strip()) if match else (text, "")


def is_mark(line: Line) -> bool:
    """Whether a line is NA or NAP, with a box or without."""
    return not line.tabbed and _marks(without_bullet(line.text))


def _marks(text: str) -> bool:
    """Whether a text is NA, NAP or both, with boxes or without."""
    bare = BOX.sub(" ", re.sub(r"<[^<>]*>", " ", text)).split()
    return bool(bare) and set(bare) <= {"NA", "NAP"}


def without_bullet(text: str) -> str:
    """The text of a line without the dash in front."""
    return _BULLET.sub("", text, count=1) if text[:1] in "-–•" else text


def bullet_width(text: str) -> int:
    """How many characters the dash in front of a line takes."""
    return len(text) - len(without_bullet(text))
