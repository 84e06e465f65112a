"""The pages of a profile: column titles at their heads, links and numbers at their feet, the front matter.

The table's columns are titled on every page. The titles come in one line or in two places of a page (each
above its column), bold in either notation or not, fused to what follows or not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kzlod.documents.text import Document, Span, trimmed
from kzlod.ingest.dates import find_date
from kzlod.ingest.profile.markup import Block, Notation, blocks, tokens
from kzlod.ingest.profile.records import Field, FrontMatter, Use

_LEFT = r"BUDAPEST\s+CONVENTION"
_RIGHT = r"DOMESTIC\s+LEGISLATION"
_OPEN = r"(?:<(?:b|strong|p|i|em)>[ \t]*)*"
_CLOSE = r"(?:[ \t]*</(?:b|strong|p|i|em)>)*"
_TITLES = re.compile(
    rf"(?:{_OPEN}(?P<s1>\*{{0,3}}){_LEFT}(?P=s1){_CLOSE}[ \t|]*\n?[ \t]*"
    rf"{_OPEN}(?P<s2>\*{{0,3}}){_RIGHT}(?P=s2){_CLOSE}"
    rf"|^[ \t]*{_OPEN}(?P<s3>\*{{0,3}})(?:(?P<left>{_LEFT})|(?P<right>{_RIGHT}))(?P=s3){_CLOSE})[ \t]*",
    re.MULTILINE,
)
_FOOTER = re.compile(
    r"\[Back to [^\[\]\n]{1,60}\]\([^()\n]*\)|^[ \t]*Back to the Table of Contents[ \t]*$"
    r"|^[ \t]*(?:Page[ \t]+)?[-–]?[ \t]*\d{1,3}(?:[ \t]*(?:/|of)[ \t]*\d{1,3})?[ \t]*[-–]?[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_FIELD = re.compile(r"(?:<\w+>)*(?P<label>[^<>:\t\n]{2,80}):(?:</\w+>)*\t(?P<value>[^\n]*)")
_VERSION = re.compile(r"Version\s*:?\s+(?P<text>(?:\d{1,2})?\s*[A-Z][a-z]+\s+\d{4})")
_ENTRY = re.compile(r"(?:Article|Chapter|Section|Title)\s+[\dIVXLC]+\s*[-–—:.]|\[")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a page: `cells` (two columns), or `running`, `left` or `right` text (in `left`).

    Each column is the stretches of it between the footers that stand in it.
    """

    kind: str
    left: tuple[Span, ...]
    right: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the table: the piece texts below one set of column titles."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Paged:
    """A document cut into front matter and pages, and the uses of what repeats on them."""

    front: Span
    pages: tuple[Page, ...]
    uses: tuple[Use, ...]
    headers: int


def has_table(document: Document) -> bool:
    """Whether a document has the column titles of a profile."""
    return _TITLES.search(document.text) is not None


def paged(document: Document) -> Paged:
    """The pages of a document; without any column titles all of it is front matter."""
    text = document.text
    titles = list(_TITLES.finditer(text))
    if not titles:
        return Paged(Span(0, len(text)), (), (), 0)
    uses = [Use(trimmed(text, match.start(), match.end()), "column titles") for match in titles]
    pages: list[Page] = []
    current: list[Piece] = []
    for number, match in enumerate(titles):
        end = titles[number + 1].start() if number + 1 < len(titles) else len(text)
        side = "left" if match["left"] else "right" if match["right"] else ""
        if side != "right" and number:
            pages.append(Page(tuple(current)))
            current = []
        body = Span(match.end(), end)
        feet = _feet(text, body)
        uses += [Use(foot, "page footer") for foot in feet]
        current += _pieces(text, body, feet, side)
    pages.append(Page(tuple(current)))
    return Paged(
        Span(0, titles[0].start()),
        tuple(pages),
        tuple(uses),
        sum(not match["right"] for match in titles),
    )


def _feet(text: str, body: Span) -> list[Span]:
    """The footers of a page; a number alone in a line is one only where nothing follows it."""
    return [
        trimmed(text, match.start(), match.end())
        for match in _FOOTER.finditer(text, body.start, body.end)
        if "ack to" in match[0] or not text[match.end() : body.end].strip()
    ]


def _pieces(text: str, body: Span, feet: list[Span], side: str) -> Iterator[Piece]:
    """The pieces of a page: table lines (with a tab), and the running text between them."""
    start = body.start
    for line in re.finditer(r"[^\n]*\n?", text[body.start : body.end]):
        content = line[0].rstrip("\n")
        if "\t" not in content or side:
            continue
        low = body.start + line.start()
        tab, end = low + content.index("\t"), low + len(content)
        yield from _running(text, Span(start, low), feet, side)
        yield Piece("cells", _around(text, Span(low, tab), feet), _around(text, Span(tab + 1, end), feet))
        start = low + len(line[0])
    yield from _running(text, Span(start, body.end), feet, side)


def _running(text: str, span: Span, feet: list[Span], side: str) -> Iterator[Piece]:
    """Running text as a piece, nothing for white space."""
    stretches = _around(text, span, feet)
    if stretches:
        yield Piece(side or "running", stretches)


def _around(text: str, span: Span, feet: list[Span]) -> tuple[Span, ...]:
    """The stretches of a span between footers, those with visible text."""
    edges = [span.start]
    for foot in feet:
        if foot.overlaps(span):
            edges += [max(foot.start, span.start), min(foot.end, span.end)]
    edges.append(span.end)
    stretches = (Span(low, high) for low, high in zip(edges[::2], edges[1::2], strict=True) if low < high)
    return tuple(stretch for stretch in stretches if text[stretch.start : stretch.end].strip())


def piece_blocks(document: Document, piece: Piece) -> tuple[list[Block], list[Block]]:
    """The blocks of a piece's two columns; all text of a running piece comes first."""
    return _column(document.text, piece, piece.left), _column(document.text, piece, piece.right)


def _column(text: str, piece: Piece, stretches: tuple[Span, ...]) -> list[Block]:
    """The blocks of a column; the first one behind a footer stands behind a break."""
    found: list[Block] = []
    for number, stretch in enumerate(stretches):
        made = blocks(text, stretch, Notation.HTML) if piece.kind == "cells" else _paragraphs(text, stretch)
        if number and made:
            made[0] = replace(made[0], joint="page")
        found += made
    return found


def _paragraphs(text: str, span: Span) -> list[Block]:
    """The blocks of running text: its paragraphs, each read for itself."""
    return [
        block for place in _paragraph_spans(text, span) for block in blocks(text, place, Notation.MARKDOWN)
    ]


def _paragraph_spans(text: str, span: Span) -> Iterator[Span]:
    for match in re.finditer(r"\S(?:(?!\n[^\S\n]*\n).)*", text[span.start : span.end], re.DOTALL):
        yield Span(span.start + match.start(), span.start + match.end())


def marks(document: Document, pages: Paged) -> Iterator[Span]:
    """The marks of all pieces and of the front matter: tags, emphasis, bullets, targets of links."""
    for stretch, notation in _stretches(document.text, pages):
        yield from _marks(document.text, stretch, notation)
    for span in _paragraph_spans(document.text, pages.front):
        yield from _marks(document.text, span, Notation.MARKDOWN)


def _stretches(text: str, pages: Paged) -> Iterator[tuple[Span, Notation]]:
    """What is read as one stretch of mark-up: parts of cells, paragraphs of running text."""
    for page in pages.pages:
        for piece in page.pieces:
            for span in (*piece.left, *piece.right):
                if piece.kind == "cells":
                    yield span, Notation.HTML
                else:
                    yield from ((place, Notation.MARKDOWN) for place in _paragraph_spans(text, span))


def _marks(text: str, span: Span, notation: Notation) -> Iterator[Span]:
    return (token.span for token in tokens(text, span, notation) if token.kind in ("mark", "break"))


def front_matter(document: Document, span: Span) -> FrontMatter:
    """What the front matter says; it ends where the table begins."""
    text = document.text[span.start : span.end]
    version = _VERSION.search(text)
    fields = tuple(
        Field(match["label"].strip(), re.sub(r"<[^<>\n]*>", "", match["value"]).strip(), _at(span, match))
        for match in _FIELD.finditer(text)
    )
    country = next((block.text.plain for block in _paragraphs(document.text, span) if block.level == 1), "")
    state = next((field.value for field in fields if field.label.lower() == "state" and field.value), "")
    contents: list[str] = []
    uses: list[Use] = [Use(field.span, "front matter field", field.label) for field in fields]
    listing = False
    for block in _paragraphs(document.text, span):
        plain = block.text.plain
        if any(block.text.span.overlaps(field.span) for field in fields):
            continue
        titled = "contents" in plain.lower() and block.level > 0
        listing = (listing or titled) and not block.text.italic
        if listing and not titled and _ENTRY.match(plain):
            contents.append(plain)
            purpose, subject = "table of contents", plain[:60]
        elif titled:
            purpose, subject = "table of contents", "heading"
        elif block.text.italic:
            purpose, subject = "editors' note", "on the profile"
        else:
            purpose, subject = "front matter", "heading" if block.level else ""
        uses += [Use(place, purpose, subject) for place in block.text.spans]
    return FrontMatter(
        state or country,
        find_date(version["text"]) if version else "",
        version["text"] if version else "",
        fields,
        tuple(contents),
        tuple(uses),
    )


def _at(span: Span, match: re.Match[str]) -> Span:
    return Span(span.start + match.start(), span.start + match.end())
