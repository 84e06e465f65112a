"""The text of a source document: its characters, lines, paragraphs and sentences.

Offsets are code points, 0-based, the end exclusive; lines are 1-based and end at a line feed.
"""

import bisect
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kzlod.errors import DocumentError, Problem


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of text from `start` to `end`."""

    start: int
    end: int

    def contains(self, other: "Span") -> bool:
        """Whether the other span lies within this one."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Span") -> bool:
        """Whether the two spans share a character."""
        return self.start < other.end and other.start < self.end


def trimmed(text: str, start: int, end: int) -> Span:
    """The span from `start` to `end` of a text without white space at its ends; empty at `start` if blank."""
    part = text[start:end]
    first = start + len(part) - len(part.lstrip())
    return Span(first, start + len(part.rstrip())) if part.strip() else Span(start, start)


@dataclass(frozen=True)
class Document:
    """The text file of a source document, exactly as its bytes say (line ends are not translated)."""

    path: Path
    content: bytes

    @cached_property
    def text(self) -> str:
        """The text; DocumentError when the file is not UTF-8."""
        try:
            return self.content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise DocumentError(
                Problem(str(self.path), f"is not UTF-8 (byte {error.start})", "Convert the text to UTF-8.")
            ) from error

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the file, 64 lower-case hex digits."""
        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def line_at(self, position: int) -> int:
        """The number of the line that holds the character at `position`."""
        return bisect.bisect_right(self._line_starts, position)

    def passage(self, span: Span) -> str:
        """The characters of a span."""
        return self.text[span.start : span.end]

    def passage_sha256(self, span: Span) -> str:
        """The SHA-256 of the UTF-8 bytes of a span."""
        return hashlib.sha256(self.passage(span).encode()).hexdigest()

    @cached_property
    def paragraphs(self) -> list[Span]:
        """The stretches of text between blank lines, without the white space around them."""
        return [
            Span(match.start(), match.end())
            for match in re.finditer(r"\S(?:(?!\n[^\S\n]*\n).)*", self.text, re.DOTALL)
        ]

    @cached_property
    def sentences(self) -> list[Span]:
        """The sentences of all paragraphs, in order; a heading counts as one."""
        return [sentence for paragraph in self.paragraphs for sentence in sentences(self.text, paragraph)]


_ABBREVIATIONS = (
    r"(?:No|Nos|Art|Arts|art|arts|par|para|paras|pp?|Mr|Mrs|Ms|Dr|Prof|vs|etc|cf|e\.g|i\.e|[A-Z])"
)
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*\s+(?=[\"'“‘«(\[]*[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ0-9])")


def sentences(text: str, within: Span) -> Iterator[Span]:
    """The sentences of a paragraph, by punctuation; common abbreviations and initials end none."""
    start = within.start
    for match in _SENTENCE_END.finditer(text, within.start, within.end):
        if re.search(rf"(?<!\w){_ABBREVIATIONS}$", text[start : match.start()]):
            continue
        yield Span(start, start + len(text[start : match.end()].rstrip()))
        start = match.end()
    if text[start : within.end].strip():
        yield Span(start, start + len(text[start : within.end].rstrip()))


def read_document(path: Path) -> Document:
    """The document at `path`; DocumentError when it cannot be read."""
    try:
        return Document(path, path.read_bytes())
    except OSError as error:
        raise DocumentError(
            Problem(str(path), f"cannot be read: {error.strerror}", "Check the path.")
        ) from error


def read_documents(folder: Path) -> Mapping[str, Document]:
    """The documents in a folder by their SHA-256; DocumentError when the folder has none."""
    if not folder.is_dir():
        raise DocumentError(
            Problem(str(folder), "is not a folder", "Name the folder that holds the documents' text files.")
        )
    documents = [read_document(path) for path in sorted(folder.iterdir()) if path.is_file()]
    if not documents:
        raise DocumentError(Problem(str(folder), "holds no files", "Name the folder with the documents."))
    return {document.sha256: document for document in documents}
