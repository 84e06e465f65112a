from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kzlod.documents.structure import Section, locate, sections
from kzlod.documents.text import Document, Span

TEXT = """Cover line

1. Introduction: what it is

One sentence. Another one.

2. Second part

2.1. Observations

Bribery (art. 15)

A paragraph that goes on over
two lines. It ends here.

A sentence of this paragraph is cut in the

middle by a page.

2.2. Practices

These are they:

- The first item
goes on.
- The second item.
- The third; it has two sentences. This is the second.
"""


def document(text: str) -> Document:
    return Document(Path("x.txt"), text.encode())


DOC = document(TEXT)


def at(words: str) -> str:
    start = TEXT.index(words)
    return locate(DOC, Span(start, start + len(words)))


def shape(section: Section) -> tuple[str, list[str]]:
    return section.name, [f"{block.kind} {block.number}" for block in section.blocks]


def test_headings_open_sections() -> None:
    assert [shape(section) for section in sections(DOC)] == [
        ("Cover line", ["heading 1"]),
        ("1. Introduction: what it is", ["heading 1", "paragraph 1"]),
        ("2. Second part", ["heading 1"]),
        ("2. Second part › 2.1. Observations", ["heading 1"]),
        (
            "2. Second part › 2.1. Observations › Bribery (art. 15)",
            ["heading 1", "paragraph 1", "paragraph 2", "paragraph 3"],
        ),
        ("2. Second part › 2.2. Practices", ["heading 1", "paragraph 1", "item 1", "item 2", "item 3"]),
    ]


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ("Another one.", "1. Introduction: what it is, paragraph 1, sentence 2"),
        ("One sentence. Another", "1. Introduction: what it is, paragraph 1, sentences 1–2"),
        (
            "goes on over\ntwo lines",
            "2. Second part › 2.1. Observations › Bribery (art. 15), paragraph 1, sentence 1",
        ),
        ("cut in the\n\nmiddle", "2. Second part › 2.1. Observations › Bribery (art. 15), paragraphs 2–3"),
        ("2.2. Practices", "2. Second part › 2.2. Practices, heading"),
        ("The second item", "2. Second part › 2.2. Practices, item 2"),
        ("This is the second", "2. Second part › 2.2. Practices, item 3, sentence 2"),
        ("are they:\n\n- The", "2. Second part › 2.2. Practices, paragraph 1 to item 1"),
    ],
)
def test_locators(words: str, where: str) -> None:
    assert at(words) == where


def test_a_span_over_sections_and_one_between_paragraphs() -> None:
    assert at("Another one.\n\n2. Second") == (
        "1. Introduction: what it is, paragraph 1 to 2. Second part, heading"
    )
    assert locate(DOC, Span(TEXT.index("\n\n1."), TEXT.index("1."))) == "between paragraphs"


def test_a_line_spaced_text_is_counted_in_pages_and_lines() -> None:
    lines = [f"a printed line number {n} of it" for n in range(60)]
    lines[0] = " " + lines[0]
    lines[40] = " " + lines[40]
    text = "\n\n".join(lines) + "\n"
    doc = document(text)
    assert [section.name for section in sections(doc)] == ["page 1", "page 2"]
    start = text.index("number 41 ")
    assert locate(doc, Span(start, text.index("number 43 ") + 3)) == "page 2, lines 2–4"
    assert locate(doc, Span(start, start + 3)) == "page 2, line 2"


@given(st.text(alphabet="Ab. \n-1", max_size=120))
def test_every_visible_character_lies_in_exactly_one_block(text: str) -> None:
    blocks = [block.span for section in sections(document(text)) for block in section.blocks]
    covered = [position for span in blocks for position in range(span.start, span.end)]
    assert len(covered) == len(set(covered))
    assert {position for position, letter in enumerate(text) if not letter.isspace()} <= set(covered)
