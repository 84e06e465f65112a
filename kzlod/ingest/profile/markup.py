"""HTML fragments and Markdown as text with its places: no character of the document is lost.

`tokens` cuts a stretch of a document into contiguous tokens: text, character references, marks (tags,
emphasis, bullets) and breaks. `blocks` joins them into paragraphs, headings and list items, whose text
knows for every character where it stands in the document and whether it is bold or italic.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from itertools import pairwise

from kzlod.documents.text import Span


class Notation(Enum):
    """How a stretch is marked up: a table cell holds HTML only, running text holds Markdown too."""

    HTML = "html"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the document: `text`, `reference` (decoded in `text`), `mark`, or `break` of a block."""

    kind: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one appearance: as long as its span, or standing for all of it (a reference, a joint)."""

    text: str
    span: Span
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True)
class Text:
    """The plain text of runs, and the places of its characters."""

    runs: tuple[Run, ...]

    @cached_property
    def plain(self) -> str:
        """The text without marks."""
        return "".join(run.text for run in self.runs)

    @cached_property
    def _offsets(self) -> list[int]:
        offsets = [0]
        for run in self.runs:
            offsets.append(offsets[-1] + len(run.text))
        return offsets

    @property
    def span(self) -> Span:
        """The characters of the document from the first to the last, marks between them included."""
        return Span(self.runs[0].span.start, self.runs[-1].span.end) if self.runs else Span(0, 0)

    @property
    def spans(self) -> tuple[Span, ...]:
        """The characters of the document that are text, without those of marks."""
        return tuple(run.span for run in self.runs if run.span.start < run.span.end)

    def cut(self, start: int, end: int | None = None) -> "Text":
        """The text from `start` to `end` (offsets in `plain`), without the white space around it."""
        stop = len(self.plain) if end is None else end
        part = self.plain[start:stop]
        first = start + len(part) - len(part.lstrip())
        last = start + len(part.rstrip())
        return Text(tuple(self._within(first, last)))

    def _within(self, first: int, last: int) -> Iterator[Run]:
        for run, (start, end) in zip(self.runs, pairwise(self._offsets), strict=True):
            low, high = max(first, start), min(last, end)
            if low >= high:
                continue
            if len(run.text) == run.span.end - run.span.start:
                place = Span(run.span.start + low - start, run.span.start + high - start)
                yield replace(run, text=run.text[low - start : high - start], span=place)
            else:
                yield replace(run, text=run.text[low - start : high - start])

    def joined(self, other: "Text") -> "Text":
        """This text, a space, and the other: what a page break had cut."""
        joint = Run(" ", Span(other.span.start, other.span.start))
        return Text((*self.runs, joint, *other.runs))

    @cached_property
    def bold(self) -> tuple[tuple[int, int], ...]:
        """The stretches of `plain` that are bold, neighbours joined over white space."""
        found: list[tuple[int, int]] = []
        for run, (start, end) in zip(self.runs, pairwise(self._offsets), strict=True):
            if not run.text.strip():
                continue
            if run.bold and found and not self.plain[found[-1][1] : start].strip():
                found[-1] = (found[-1][0], end)
            elif run.bold:
                found.append((start, end))
        return tuple(found)

    @property
    def bold_share(self) -> float:
        """The share of the visible characters that are bold."""
        visible = sum(not character.isspace() for character in self.plain)
        heavy = sum(
            sum(not character.isspace() for character in self.plain[start:end]) for start, end in self.bold
        )
        return heavy / visible if visible else 0.0

    @property
    def italic(self) -> bool:
        """Whether all that is visible is italic."""
        return bool(self.plain.strip()) and all(run.italic for run in self.runs if run.text.strip())


@dataclass(frozen=True)
class Block:
    """A paragraph, list item or heading; `joint` says what parts it from the block before it.

    `joint` is `paragraph`, `soft` (white space that may be a lost line end) or `page` (set by the reader of
    rows); `level` is 1 to 6 for a Markdown heading, else 0.
    """

    text: Text
    joint: str = "paragraph"
    level: int = 0


_TAG = re.compile(
    r"</?(?:b|i|em|strong|u|p|ol|ul|li|div|span|br|a|sup|sub|h[1-6]|t(?:able|r|d|h|head|body))\b[^<>\n]*>",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31});")
_BLOCK_TAG = re.compile(r"</?(?:p|ol|ul|li|div|br|h[1-6]|t(?:able|r|d|h|head|body))\b", re.IGNORECASE)
_LINE_START = re.compile(r"[ \t]*(?:(?P<heading>#{1,6})[ \t]+|(?P<bullet>[-+*•▪●–])[ \t]+)(?=\S)")
# A hard line break of Markdown (two spaces), or a line that opens with a number or letter of a list.
_LINE_END = re.compile(r"[ \t]{2,}\n[ \t]*|\n[ \t]*(?=(?:\d{1,3}(?:-\d{1,2})?|[a-z])[.)][ \t])")
_LINK = re.compile(r"\[(?P<text>[^\[\]\n]*)\](?P<target>\([^()\n]*\))")
_EMPHASIS = re.compile(r"\*{1,6}")
_WIDE = re.compile(r"[^\S\n]{2,}")


def tokens(text: str, span: Span, notation: Notation) -> Iterator[Token]:
    """The tokens of a stretch of a document, contiguous and in order, together exactly the stretch."""
    markdown = notation is Notation.MARKDOWN
    position = plain = span.start

    def pending(upto: int) -> Iterator[Token]:
        if plain < upto:
            yield Token("text", Span(plain, upto), text[plain:upto])

    while position < span.end:
        found = _mark(text, position, span, markdown)
        if not found:
            position += 1
            continue
        yield from pending(position)
        yield from found
        position = plain = found[-1].span.end
    yield from pending(span.end)


def _mark(text: str, at: int, span: Span, markdown: bool) -> list[Token]:
    """The tokens other than text that begin at a position; none for ordinary characters."""
    character = text[at]
    if character == "<" and (match := _TAG.match(text, at, span.end)):
        return [Token("break" if _BLOCK_TAG.match(match[0]) else "mark", Span(at, match.end()), match[0])]
    if character == "&" and (match := _REFERENCE.match(text, at, span.end)):
        decoded = html.unescape(match[0])
        return [Token("reference", Span(at, match.end()), decoded)] if decoded != match[0] else []
    if markdown:
        if at == span.start or text[at - 1] == "\n":
            match = _LINE_START.match(text, at, span.end)
            if match:
                return [Token("break", Span(at, match.end()), match[0])]
        return _markdown(text, at, span)
    return []


def _markdown(text: str, at: int, span: Span) -> list[Token]:
    """A mark of Markdown within a line: emphasis, an escape, a link, a hard line break."""
    character = text[at]
    if character == "*" and (match := _EMPHASIS.match(text, at, span.end)):
        before = text[at - 1] if at > span.start else " "
        after = text[match.end()] if match.end() < span.end else " "
        if before != "*" and not (before.isspace() and after.isspace()):
            return list(_stars(match))
    if character == "\\" and at + 1 < span.end and text[at + 1] in r"\*_[]()#+-.!`<>|":
        return [Token("reference", Span(at, at + 2), text[at + 1])]
    if character == "[" and (match := _LINK.match(text, at, span.end)):
        inner = Span(match.start("text"), match.end("text"))
        return [
            Token("mark", Span(at, inner.start), "["),
            *([Token("text", inner, text[inner.start : inner.end])] if inner.start < inner.end else []),
            Token("mark", Span(inner.end, match.end()), text[inner.end : match.end()]),
        ]
    return []


def _stars(match: re.Match[str]) -> Iterator[Token]:
    """A row of asterisks as marks of one or two: `****` closes bold and opens it again."""
    start, length = match.start(), len(match[0])
    sizes = {1: [1], 2: [2], 3: [2, 1], 4: [2, 2], 5: [2, 1, 2], 6: [2, 1, 1, 2]}[length]
    for size in sizes:
        yield Token("mark", Span(start, start + size), "*" * size)
        start += size


def blocks(text: str, span: Span, notation: Notation) -> list[Block]:
    """The blocks of a stretch of a document; emphasis ends with its block in Markdown, its tag in HTML."""
    made: list[Block] = []
    runs: list[Run] = []
    bold = italic = 0
    joint, level = "paragraph", 0

    def close() -> None:
        nonlocal joint, level, bold, italic
        whole = Text(tuple(runs)).cut(0)
        if whole.runs:
            made.extend(_softly(Block(whole, joint, level)))
            joint, level = "paragraph", 0
        runs.clear()
        if notation is Notation.MARKDOWN:
            bold = italic = 0

    for token in _lines(text, span, notation):
        if token.kind == "break":
            close()
            heading = re.match(r"\s*(#{1,6})", token.text)
            level = len(heading[1]) if heading else 0
        elif token.kind == "mark":
            bold, italic = _appearance(token.text, bold, italic)
        else:
            runs.append(Run(token.text, token.span, bold > 0, italic > 0))
    close()
    return made


def _lines(text: str, span: Span, notation: Notation) -> Iterator[Token]:
    """The tokens, with the text of Markdown cut at line ends that part blocks."""
    for token in tokens(text, span, notation):
        if token.kind != "text" or notation is Notation.HTML:
            yield token
            continue
        start = token.span.start
        for match in _LINE_END.finditer(token.text):
            yield _text(text, start, token.span.start + match.start())
            end = token.span.start + match.end()
            yield Token("break", Span(token.span.start + match.start(), end), match[0])
            start = end
        yield _text(text, start, token.span.end)


def _text(text: str, start: int, end: int) -> Token:
    return Token("text", Span(start, end), text[start:end])


def _appearance(mark: str, bold: int, italic: int) -> tuple[int, int]:
    """How many marks of bold and italic are open after a mark."""
    if mark == "**":
        return (0 if bold else 1), italic
    if mark == "*":
        return bold, (0 if italic else 1)
    name = re.match(r"</?([a-zA-Z]+)", mark)
    if not name:
        return bold, italic
    step = -1 if mark.startswith("</") else 1
    if name[1].lower() in ("b", "strong"):
        return max(0, bold + step), italic
    if name[1].lower() in ("i", "em"):
        return bold, max(0, italic + step)
    return bold, italic


def _softly(block: Block) -> Iterator[Block]:
    """The block cut at wide white space, which often is all that is left of a line end."""
    start = 0
    joint = block.joint
    for match in _WIDE.finditer(block.text.plain):
        yield Block(block.text.cut(start, match.start()), joint, block.level)
        start, joint = match.end(), "soft"
    yield Block(block.text.cut(start), joint, block.level)
