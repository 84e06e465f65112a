"""Marks of HTML and Markdown become blocks of text that know their places."""

import pytest

from kzlod.documents.text import Span
from kzlod.ingest.profile.markup import Block, Notation, Text, blocks
from kzlod.ingest.profile.shapes import unfused


def html(text: str) -> list[Block]:
    return blocks(text, Span(0, len(text)), Notation.HTML)


def one(text: str) -> Text:
    (block,) = blocks(text, Span(0, len(text)), Notation.MARKDOWN)
    return block.text


@pytest.mark.parametrize(
    ("text", "notation", "plain"),
    [
        ("<p>a</p> <p>b <b>c</b></p>", Notation.HTML, ["a", "b c"]),
        ('<ol style="x"> <li>1) a</li><li>2) b</li> </ol>', Notation.HTML, ["1) a", "2) b"]),
        ("a<br>b", Notation.HTML, ["a", "b"]),
        ("x &amp; y &lt;b&gt; &nosuch; &", Notation.HTML, ["x & y <b> &nosuch; &"]),
        ("2 * 3 ** 4", Notation.MARKDOWN, ["2 * 3 ** 4"]),
        ("- 1) a\n- 2) b\n* c\n• d", Notation.MARKDOWN, ["1) a", "2) b", "c", "d"]),
        ("1. a\n2. b\nstill b", Notation.MARKDOWN, ["1. a", "2. b\nstill b"]),
        ("a;  \n b the rest  \nc", Notation.MARKDOWN, ["a;", "b the rest", "c"]),
        ("see [the site](http://x.y/(z)", Notation.MARKDOWN, ["see [the site](http://x.y/(z)"]),
        ("see [the site](http://x.y)", Notation.MARKDOWN, ["see the site"]),
        (r"a \* b \_", Notation.MARKDOWN, ["a * b _"]),
        ("1 One.            2 Two.", Notation.HTML, ["1 One.", "2 Two."]),
    ],
)
def test_marks_become_blocks(text: str, notation: Notation, plain: list[str]) -> None:
    assert [block.text.plain for block in blocks(text, Span(0, len(text)), notation)] == plain


def test_every_character_knows_its_place() -> None:
    text = "<p>fish &amp; <b>chips</b> for all</p>"
    (block,) = html(text)
    assert block.text.plain == "fish & chips for all"
    cut = block.text.cut(5, 12)
    assert (cut.plain, [text[span.start : span.end] for span in cut.spans]) == (
        "& chips",
        ["&amp;", " ", "chips"],
    )
    assert block.text.bold == ((7, 12),)


def test_bold_closed_and_opened_again_is_two_runs() -> None:
    text = one("**Penal Code of Ruritania****Article 5. Lamps**")
    assert [run.text for run in text.runs] == ["Penal Code of Ruritania", "Article 5. Lamps"]
    assert [part.text.plain for part in unfused(Block(text))] == [
        "Penal Code of Ruritania",
        "Article 5. Lamps",
    ]


def test_a_heading_fused_to_the_text_before_it_is_cut_off() -> None:
    block = Block(one("by a lamp tax. **Article 6. Oil** 1. Oil shall be clean."))
    assert [part.text.plain for part in unfused(block)] == [
        "by a lamp tax.",
        "Article 6. Oil",
        "1. Oil shall be clean.",
    ]


def test_a_title_of_which_only_the_end_is_bold_stays_whole() -> None:
    block = Block(one("Article 7. **Duties under the Code**"))
    assert [part.text.plain for part in unfused(block)] == ["Article 7. Duties under the Code"]
