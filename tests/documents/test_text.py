import hashlib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kzlod.documents.text import Document, Span, read_document, read_documents
from kzlod.errors import DocumentError


def document(text: str) -> Document:
    return Document(Path("x.txt"), text.encode())


def pieces(text: str) -> list[str]:
    doc = document(text)
    return [doc.passage(span) for span in doc.sentences]


def test_sentences_and_paragraphs() -> None:
    text = "Title of it\n\nOne two. “Three four.” Five said. It cost US$3.5 billion.\n"
    text += " \nSecond: art. 5 of the Act.\n"
    assert pieces(text) == [
        "Title of it",
        "One two.",
        "“Three four.”",
        "Five said.",
        "It cost US$3.5 billion.",
        "Second: art. 5 of the Act.",
    ]
    assert len(document(text).paragraphs) == 3


def test_abbreviations_and_cyrillic() -> None:
    assert pieces("See No. 5 and Art. 6. Mr. J. Doe came. Да. Жоқ! Соңы") == [
        "See No. 5 and Art. 6.",
        "Mr. J. Doe came.",
        "Да.",
        "Жоқ!",
        "Соңы",
    ]


def test_lines_count_line_feeds_only() -> None:
    doc = document("a\r\nb\u2028c\nд")
    assert [doc.line_at(position) for position in (0, 2, 3, 5, 7)] == [1, 1, 2, 2, 3]


def test_offsets_are_code_points_and_hashes_are_of_bytes() -> None:
    doc = document("қ€😀x")
    assert doc.passage(Span(1, 3)) == "€😀"
    assert doc.passage_sha256(Span(1, 3)) == hashlib.sha256("€😀".encode()).hexdigest()


@given(st.text(alphabet="ab. \n?“”A", max_size=80))
def test_sentences_cover_every_visible_character_once(text: str) -> None:
    doc = document(text)
    spans = doc.sentences
    assert all(a.end <= b.start for a, b in pairwise(spans))
    covered = {position for span in spans for position in range(span.start, span.end)}
    assert all(position in covered for position, letter in enumerate(text) if not letter.isspace())


def test_unreadable_documents(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be read"):
        read_document(tmp_path / "x")
    with pytest.raises(DocumentError, match="not a folder"):
        read_documents(tmp_path / "x")
    with pytest.raises(DocumentError, match="holds no files"):
        read_documents(tmp_path)
    with pytest.raises(DocumentError, match="not UTF-8"):
        _ = Document(Path("x"), b"\xff").text
