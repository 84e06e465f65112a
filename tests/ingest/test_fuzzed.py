"""Damaged profiles: whatever the text, the reader reports and never crashes, and accounts for every line."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kzlod.documents.text import Document, Span
from kzlod.errors import DocumentError
from kzlod.ingest.profile.convention import Convention
from kzlod.ingest.profile.markup import Notation, blocks, tokens
from kzlod.ingest.profile.read import read_profile
from kzlod.ingest.profile.report import account, counts, records, table
from tests.ingest.generate import generate

ALPHABET = st.sampled_from(
    [
        *"abz AZ019 \t\n-*#[]().:;,&<>/–“”_\\|\u0000\u00a0é\U0001f600",
        *("<b>", "</b>", "<p>", "</p>", "<li>", "**", "***", "1. ", "2) ", "a) ", "1)", "(1)", "Note. "),
        *("Article 1 – ", "Article 5. ", "Chapter 1. A", "**For reference:** ", "Penal Code of X", "**Law**"),
        *("BUDAPEST CONVENTION\tDOMESTIC LEGISLATION\n", "**BUDAPEST CONVENTION**\n", "\n\n", "\r\n"),
        *(
            "**DOMESTIC LEGISLATION**\n",
            "[Back to the Table of Contents](#)",
            "&amp;",
            "&#x41;",
            "&#9999999;",
        ),
    ]
)


def survives(content: bytes, convention: Convention) -> None:
    """Reads a text and checks what must hold of any text."""
    document = Document(Path("damaged.txt"), content)
    profile = read_profile(document, convention)
    whole = account(document, profile)
    assert whole.problems == ()
    used = {position for use in profile.uses for position in range(use.span.start, use.span.end)}
    used |= {position for mark in profile.marks for position in range(mark.start, mark.end)}
    used |= {position for use in whole.unplaced for position in range(use.span.start, use.span.end)}
    text = document.text
    assert all(position in used for position, character in enumerate(text) if not character.isspace())
    assert len(whole.lines) == text.count("\n") + (not text.endswith("\n") or not text)
    assert counts(profile)["problems"] == len(profile.problems)
    records(document, profile)
    table(document, profile)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 1), st.floats(0, 1))
def test_truncated_at_any_place(seed: int, first: float, last: float) -> None:
    made = generate(seed)
    low, high = sorted((int(first * len(made.text)), int(last * len(made.text))))
    survives(made.text[low:high].encode(), made.convention)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_pages_in_another_order(seed: int, chance: random.Random) -> None:
    made = generate(seed)
    pages = made.text.split("BUDAPEST CONVENTION")
    chance.shuffle(pages)
    survives("BUDAPEST CONVENTION".join(pages).encode(), made.convention)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), ALPHABET), max_size=30))
def test_broken_tags_and_marks(seed: int, damage: list[tuple[float, int, str]]) -> None:
    made = generate(seed)
    text = made.text
    for place, lost, put in damage:
        at = int(place * len(text))
        text = text[:at] + put + text[at + lost :]
    survives(text.encode(), made.convention)


@settings(max_examples=150, deadline=None)
@given(st.lists(ALPHABET, max_size=80).map("".join))
def test_any_text(text: str) -> None:
    survives(text.encode(), generate(1).convention)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes(content: bytes) -> None:
    try:
        content.decode()
    except UnicodeDecodeError:
        with pytest.raises(DocumentError):
            read_profile(Document(Path("x"), content), Convention("x"))
    else:
        survives(content, Convention("x"))


@settings(max_examples=300, deadline=None)
@given(st.lists(ALPHABET, max_size=40).map("".join), st.sampled_from(list(Notation)))
def test_no_character_is_lost_by_the_mark_up(text: str, notation: Notation) -> None:
    span = Span(0, len(text))
    made = list(tokens(text, span, notation))
    assert "".join(text[token.span.start : token.span.end] for token in made) == text
    visible = {
        position
        for token in made
        if token.kind in ("text", "reference")
        for position in range(token.span.start, token.span.end)
        if not text[position].isspace()
    }
    kept = {
        position
        for block in blocks(text, span, notation)
        for place in block.text.spans
        for position in range(place.start, place.end)
        if not text[position].isspace()
    }
    assert kept >= {p for p in visible if not text[p].isspace()} - _blank_references(text, made)


def _blank_references(text: str, made) -> set[int]:  # type: ignore[no-untyped-def]
    """References that stand for white space may be trimmed from the ends of a block."""
    return {
        position
        for token in made
        if token.kind == "reference" and not token.text.strip()
        for position in range(token.span.start, token.span.end)
    }


def test_a_document_without_column_titles_is_reported() -> None:
    document = Document(Path("letter.txt"), b"Dear reader,\n\nthis is a letter.\n")
    profile = read_profile(document, generate(1).convention)
    assert [problem.what for problem in profile.problems] == ["no column titles were found"]
    assert [document.line_at(use.span.start) for use in account(document, profile).unplaced] == [1, 3]


def test_text_before_the_first_row_is_listed() -> None:
    text = "BUDAPEST CONVENTION\tDOMESTIC LEGISLATION\nlost words\tlost answer\n"
    document = Document(Path("x.txt"), text.encode())
    profile = read_profile(document, generate(1).convention)
    found = [problem.what for problem in profile.problems if "has no row" not in problem.what]
    assert found == 2 * ["text that belongs to no row of the table"]
    assert [document.passage(use.span) for use in account(document, profile).unplaced] == [
        "lost words",
        "lost answer",
    ]


def test_articles_that_are_not_quoted_are_listed() -> None:
    made = generate(1)
    first = next(iter(made.convention.articles.values()))
    cut = made.text.replace(f"Article {first.number} – {first.title}", "Article")
    profile = read_profile(Document(Path("x.txt"), cut.encode()), made.convention)
    assert f"has no row for article {first.number} of the convention" in [p.what for p in profile.problems]
