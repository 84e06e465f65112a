"""The sections of a document, by the form of its text: headings, pages, paragraphs, list items.

Two forms are told apart. In ordinary text, blank lines separate paragraphs, and a short line on its
own without a full stop is a heading; a numbered heading contains the unnumbered ones after it. In
line-spaced text (a PDF converted line by line), a blank line follows every printed line and a line that
begins with a space opens a page; there the printed lines are counted.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from kzlod.documents.text import Document, Span, sentences

_ITEM = re.compile(r"^[^\S\n]*(?:[-–—•■▪●ū]|\(?[0-9a-z]{1,2}[.)])[^\S\n]+(?=\S)", re.MULTILINE)
_NUMBERED = re.compile(r"((?:\d+\.)+\d*|[IVXLC]+\.)\s+\S")
_UNNUMBERED_LEVEL = 99
_LONGEST_HEADING = {True: 200, False: 120}  # numbered, unnumbered


@dataclass(frozen=True)
class Block:
    """A stretch of a section: a heading, a paragraph, a list item or a printed line, with its number."""

    kind: str
    number: int
    span: Span


@dataclass(frozen=True)
class Section:
    """A part of a document between two headings or page breaks."""

    name: str
    blocks: tuple[Block, ...]

    @property
    def span(self) -> Span:
        """The characters from the first block to the last."""
        return Span(self.blocks[0].span.start, self.blocks[-1].span.end)


@dataclass(frozen=True)
class Form:
    """How a document is divided into sections, and how a reader finds a span of it in the original."""

    sections: Callable[[Document], list[Section]]
    locate: Callable[[Document, Span], str]


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document of known form: the section it belongs to, and what stands there."""

    span: Span
    section: str
    what: str


def passage_form(passages: Iterable[Passage], elsewhere: Callable[[Span], str]) -> Form:
    """The form of a document whose passages are known; `elsewhere` names the place of any other stretch."""
    found = sorted(passages, key=lambda passage: passage.span)

    def by_section(document: Document) -> list[Section]:
        blocks: dict[str, list[Block]] = {}
        for passage in found:
            if document.passage(passage.span).strip():
                inside = blocks.setdefault(passage.section, [])
                inside.append(Block("paragraph", len(inside) + 1, passage.span))
        return [Section(name, tuple(inside)) for name, inside in blocks.items()]

    def where(document: Document, span: Span) -> str:
        """The section, then what the span touches, with the sentence where it is one of several."""
        touched = [passage for passage in found if passage.span.overlaps(span)]
        if not touched:
            return elsewhere(span)
        named = list(dict.fromkeys(passage.what for passage in touched))
        if len(named) > 2:
            named = [f"{named[0]} to {named[-1]}"]
        place = f"{touched[0].section} › {'; '.join(named)}"
        if len(touched) == 1:
            inside = list(sentences(document.text, touched[0].span))
            numbers = [number for number, sentence in enumerate(inside, 1) if sentence.overlaps(span)]
            if len(inside) > 1 and len(numbers) == 1:
                place += f", sentence {numbers[0]}"
        return place

    return Form(by_section, where)


def sections(document: Document) -> list[Section]:
    """The sections of a document in order; every visible character lies in exactly one block."""
    return list(_pages(document) if _is_line_spaced(document.text) else _headed(document))


def locate(document: Document, span: Span) -> str:
    """Where a span stands, as a reader of the publisher's own copy would look for it."""
    touched = [
        (section, [block for block in section.blocks if block.span.overlaps(span)])
        for section in sections(document)
        if section.span.overlaps(span)
    ]
    touched = [(section, blocks) for section, blocks in touched if blocks]
    if not touched:
        return "between paragraphs"
    first, last = touched[0], touched[-1]
    if len(touched) == 1:
        return _join(first[0].name, _blocks(document, first[1], span))
    return f"{_join(first[0].name, _name(first[1][0]))} to {_join(last[0].name, _name(last[1][-1]))}"


PLAIN = Form(sections, locate)
"""Ordinary and line-spaced text."""


def _blocks(document: Document, blocks: list[Block], span: Span) -> str:
    """The blocks that a span touches, and its sentences where it touches one only."""
    if len(blocks) > 1:
        return _range(blocks)
    block = blocks[0]
    inside = list(sentences(document.text, block.span))
    if len(inside) == 1 or block.kind == "heading":
        return _name(block)
    numbers = [n for n, sentence in enumerate(inside, 1) if sentence.overlaps(span)]
    which = f"sentence {numbers[0]}" if len(numbers) == 1 else f"sentences {numbers[0]}–{numbers[-1]}"
    return f"{_name(block)}, {which}"


def _range(blocks: list[Block]) -> str:
    first, last = blocks[0], blocks[-1]
    if first.kind == last.kind:
        return f"{first.kind}s {first.number}–{last.number}"
    return f"{_name(first)} to {_name(last)}"


def _name(block: Block) -> str:
    return block.kind if block.kind == "heading" else f"{block.kind} {block.number}"


def _join(section: str, rest: str) -> str:
    return f"{section}, {rest}" if section else rest


def _is_line_spaced(text: str) -> bool:
    """Whether nearly every line is followed by a blank one, in a text long enough to tell."""
    lines = text.split("\n")
    written = [number for number, line in enumerate(lines) if line.strip()]
    apart = sum(number + 1 < len(lines) and not lines[number + 1].strip() for number in written)
    return len(written) >= 50 and apart >= 0.9 * len(written) and _mean_length(lines, written) < 80


def _mean_length(lines: list[str], written: list[int]) -> float:
    return sum(len(lines[number]) for number in written) / len(written)


def _pages(document: Document) -> Iterator[Section]:
    """The pages of a line-spaced text."""
    pages: list[list[Block]] = []
    for match in re.finditer(r"^[^\n]*\S[^\n]*$", document.text, re.MULTILINE):
        if not pages or match[0].startswith(" "):
            pages.append([])
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        span = Span(start, match.start() + len(match[0].rstrip()))
        pages[-1].append(Block("line", len(pages[-1]) + 1, span))
    for number, blocks in enumerate(pages, 1):
        yield Section(f"page {number}", tuple(blocks))


def _headed(document: Document) -> Iterator[Section]:
    """The sections that headings open."""
    path: list[tuple[int, str]] = []
    blocks: list[Block] = []
    for span in _paragraphs(document):
        text = document.passage(span)
        if not _is_heading(text, document.text[span.end : span.end + 80]):
            kind = "item" if _ITEM.match(text) else "paragraph"
            number = 1 + sum(block.kind == kind for block in blocks)
            blocks.append(Block(kind, number, span))
            continue
        if blocks:
            yield Section(_path(path), tuple(blocks))
        numbered = _NUMBERED.match(text)
        level = len(re.findall(r"\w+", numbered[1])) if numbered else _UNNUMBERED_LEVEL
        path = [entry for entry in path if entry[0] < level] + [(level, " ".join(text.split()))]
        blocks = [Block("heading", 1, span)]
    if blocks:
        yield Section(_path(path), tuple(blocks))


def _path(path: list[tuple[int, str]]) -> str:
    return " › ".join(text for _, text in path)


def _paragraphs(document: Document) -> Iterator[Span]:
    """The paragraphs of a document, each list item on its own."""
    for paragraph in document.paragraphs:
        items = [match.start() for match in _ITEM.finditer(document.text, paragraph.start, paragraph.end)]
        edges = sorted({paragraph.start, *items, paragraph.end})
        for start, end in pairwise(edges):
            text = document.text[start:end]
            if text.strip():
                yield Span(start + len(text) - len(text.lstrip()), start + len(text.rstrip()))


def _is_heading(text: str, after: str) -> bool:
    """Whether a paragraph is a heading: one short line that opens with a capital or number, no full stop.

    `after` is the text behind it: a sentence cut by a page break goes on there in lower case.
    """
    words = text.strip("*_ \t")
    numbered = bool(_NUMBERED.match(text))
    return (
        "\n" not in text
        and len(words) <= _LONGEST_HEADING[numbered]
        and (numbered or not _ITEM.match(text))
        and not after.lstrip()[:1].islower()
        and bool(re.match(r"[\"“«]?[^\W\d_a-zа-я]|\d", words))
        and not re.search(r"[.!?…;:,][\"”’»)\]]*$", words)
    )
