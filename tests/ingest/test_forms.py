"""The forms of print one by one: headings, numbers, page titles, numbers lost in the left column."""

from pathlib import Path

import pytest

from kzlod.documents.text import Document, Span
from kzlod.ingest.profile.convention import Convention, Steps, heading, make_convention, name
from kzlod.ingest.profile.instruments import instrument_key
from kzlod.ingest.profile.left import number_left
from kzlod.ingest.profile.markup import Block, Notation, Text, blocks
from kzlod.ingest.profile.pages import paged
from kzlod.ingest.profile.read import read_profile
from kzlod.ingest.profile.records import Profile
from kzlod.ingest.profile.report import account
from kzlod.ingest.profile.shapes import (
    article_heading,
    division_heading,
    instrument_heading,
    label,
    marker,
    openness,
    reference_note,
)

ART = (("art", "7"),)
TITLES: dict[Steps, str] = {
    ART: "Keeping of lanterns",
    (*ART, ("par", "1")): "",
    (*ART, ("par", "1"), ("pt", "a")): "",
    (*ART, ("par", "1"), ("pt", "b")): "",
    (*ART, ("par", "1"), ("pt", "b"), ("sub", "i")): "",
    (*ART, ("par", "1"), ("pt", "b"), ("sub", "ii")): "",
    (*ART, ("par", "2")): "",
    (*ART, ("par", "3")): "",
    (("chap", "I"),): "Light",
}
HEADING = "<p><b>Article 7 – Keeping of lanterns</b></p>\t"
CONVENTION = make_convention("https://w3id.org/kzlod/id/treaty/made-up", TITLES)


def one(text: str) -> Text:
    (block,) = blocks(text, Span(0, len(text)), Notation.MARKDOWN)
    return block.text


def read(body: str, convention: Convention = CONVENTION) -> tuple[Document, Profile]:
    document = Document(Path("x.txt"), f"BUDAPEST CONVENTION\tDOMESTIC LEGISLATION\n{body}".encode())
    return document, read_profile(document, convention)


# Headings and numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("**Article 205. Access to lamps**", "205"),
        ("Article 1", "1"),
        ("Article 13-1. Oil", "13-1"),
        ("**Section 223a Preparing a theft**", "223a"),
        ("**§ 263a. Fraud**", "263a"),
        ("Art. 138ab. Entering a lighthouse", "138ab"),
        ("Article 5 of this Code shall apply to lamps.", None),
        ("article 5. lower case", None),
    ],
)
def test_article_headings(text: str, number: str | None) -> None:
    found = article_heading(one(text))
    assert (found.number if found else None) == number


@pytest.mark.parametrize(
    ("text", "is_act"),
    [
        ("**Penal Code of the Kingdom of Ruritania**", True),
        ("**Law No. 161/2003 on Lamps**", True),
        ("**Resolution 246 on Rules for Lamps** of March 30, 2010", True),
        ("Penal Code of the Kingdom of Ruritania", False),
        ("**as well as entry into the lamp Code**", False),
        ("**The Code shall apply:**", False),
    ],
)
def test_instrument_headings(text: str, is_act: bool) -> None:
    assert instrument_heading(one(text)) is is_act


def test_an_act_that_is_not_bold_is_known_by_the_article_below_it() -> None:
    assert instrument_heading(one("The Penal Code"), Block(one("**Article 5. Lamps**")))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1. One", ("part", "1")),
        ("2.The same", ("part", "2")),
        ("2-1) two", ("point", "2-1")),
        ("(3) Three", ("part", "3")),
        ("a) letter", ("letter", "a")),
        ("(b) letter", ("letter", "b")),
        ("1.5 metres", None),
        ("1 Each Party", None),
    ],
)
def test_numbers(text: str, found: tuple[str, str] | None) -> None:
    number = marker(text)
    assert ((number.kind, number.number) if number else None) == found


def test_labels_name_points_of_the_convention() -> None:
    assert label(one("**c) i)**")) == ("", ["c", "i"], 5)
    labelled = label(one("**a) The Law on Lamps**"))
    assert labelled is not None
    assert labelled[1] == ["a"]
    assert label(one("**a) by group of persons;**")) is None
    assert label(one("a) The Law on Lamps")) is None


def test_other_forms() -> None:
    assert division_heading(one("**Chapter 2. Procedure of lighting**"))
    assert reference_note(one("**For reference:** a lamp is a light."))
    assert not reference_note(one("For reference: a lamp is a light."))
    assert [openness(text) for text in ("ends.", "ends", "ends,", "ends with the", "ends, -")] == [
        0,
        1,
        2,
        2,
        0,
    ]


@pytest.mark.parametrize(
    ("one_print", "other", "same"),
    [
        ("The Law of the Republic of X on Lamps", "Law On Lamps", True),
        ("The Law on State Services", "The Law on Services", False),
        ("Resolution 7 on Lamps of March 30, 2010", "Resolution 7 on Lamps", True),
        ("Resolution 7 on Lamps", "Resolution 8 on Lamps", False),
        ("Penal Code of X", "Criminal Procedure Code of X", False),
    ],
)
def test_one_act_in_several_prints(one_print: str, other: str, same: bool) -> None:
    assert (instrument_key(one_print, "X") == instrument_key(other, "X")) is same


# Pages


@pytest.mark.parametrize(
    "titles",
    [
        "BUDAPEST CONVENTION\tDOMESTIC LEGISLATION",
        "<b>BUDAPEST CONVENTION</b>\t<b>DOMESTIC LEGISLATION</b>",
        "**BUDAPEST CONVENTION****DOMESTIC LEGISLATION**",
        "BUDAPEST CONVENTION DOMESTIC LEGISLATION",
    ],
)
def test_column_titles(titles: str) -> None:
    text = f"front\n{titles}**Article 7 – Keeping of lanterns**\n"
    pages = paged(Document(Path("x"), text.encode()))
    assert pages.headers == 1
    stretches = [span for page in pages.pages for piece in page.pieces for span in piece.left]
    assert [text[s.start : s.end].strip() for s in stretches] == ["**Article 7 – Keeping of lanterns**"]


def test_a_footer_with_a_page_number_is_one_only_at_the_foot() -> None:
    document, profile = read("x\ty\n\n12\n\nmore\n\n13\n")
    feet = [document.passage(use.span) for use in profile.uses if use.purpose == "page footer"]
    assert feet == ["13"]


# The left column


def numbered(*texts: str) -> tuple[list[tuple[str, str]], int]:
    passages, decisions = number_left(CONVENTION.articles["7"], [Block(one(text)) for text in texts])
    return [(name(p.steps).removeprefix("article 7, "), p.marker) for p in passages], len(decisions)


def test_numbers_as_printed() -> None:
    assert numbered("1 Each Party:", "a a lamp;", "b oil:", "i new;", "ii old;", "2 More.", "3 Last.") == (
        [
            ("paragraph 1", "printed"),
            ("paragraph 1, point a", "printed"),
            ("paragraph 1, point b", "printed"),
            ("paragraph 1, point b, sub-point i", "printed"),
            ("paragraph 1, point b, sub-point ii", "printed"),
            ("paragraph 2", "printed"),
            ("paragraph 3", "printed"),
        ],
        0,
    )


def test_two_numbers_in_one_line() -> None:
    assert numbered("1 a A lamp.")[0] == [("paragraph 1, point a", "printed")]


def test_a_lost_number_is_told_by_what_comes_next() -> None:
    found, decisions = numbered(
        "1 Each Party:", "a a lamp;", "b oil:", "new, or", "ii old.", "2 More.", "Last."
    )
    assert found[3] == ("paragraph 1, point b, sub-point i", "lost")
    assert found[6] == ("paragraph 3", "lost")
    assert decisions == 2


def test_a_misprinted_number_is_the_next_paragraph() -> None:
    found, decisions = numbered("1 Each Party.", "2 More.", "1 Last.")
    assert (found[2], decisions) == (("paragraph 3", "misprinted"), 1)


def test_headings_of_the_convention_need_number_and_title() -> None:
    assert heading(CONVENTION, "Article 7 – Keeping of lanterns") is not None
    assert heading(CONVENTION, "Article 7 – Keeping of Lanterns:") is not None
    fused = heading(CONVENTION, "Article 7 – Keeping of lanterns Each Party shall keep one.")
    assert fused is not None
    assert fused.end == len("Article 7 – Keeping of lanterns ")
    assert heading(CONVENTION, "Article 7 – Theft of bread") is None
    assert heading(CONVENTION, "Article 8 – Keeping of lanterns") is None
    assert heading(CONVENTION, "Chapter I – Light") is not None


# The right column of a country with other habits


def test_another_tradition() -> None:
    document, profile = read(
        "<p><b>Article 7 – Keeping of lanterns</b></p> <p>1 Each Party shall keep one.</p>\t"
        "<p><b>Lamps Act 1990</b></p> <p><b>Section 3. Dark lamps</b></p>"
        "<p>(1) Whoever keeps a dark lamp</p> <p>(a) at home; or</p> <p>(b) at sea,</p>"
        "<p>commits an offence.</p> <p>Note. 1. A lamp is a light. </p> <p>2. The sea is dark.</p>"
        "<p><b>Section 3a. Oil</b></p> <p>Oil is oil.</p>\n"
    )
    first, second = profile.domestic.quotations
    assert (first.instrument, first.steps, second.steps) == (
        "lamps-act-1990",
        (("art", "3"),),
        (("art", "3a"),),
    )
    art: Steps = (("art", "3"),)
    assert [unit.steps for unit in first.units] == [
        (*art, ("part", "1")),
        (*art, ("part", "1"), ("pt", "a")),
        (*art, ("part", "1"), ("pt", "b")),
        (*art, ("note", "1")),
        (*art, ("note", "2")),
    ]
    assert [piece.role for piece in first.units[0].pieces] == ["text", "tail"]
    assert account(document, profile).unplaced == ()


def test_a_number_printed_twice_is_reported() -> None:
    _, profile = read(
        "<p><b>Article 7 – Keeping of lanterns</b></p>\t<p><b>Law</b></p><p>1) a</p><p>1) b</p>\n"
    )
    assert [problem.what for problem in profile.problems] == [
        "article unnumbered, point 1 is numbered twice in one quotation"
    ]
    assert len(profile.domestic.quotations[0].units) == 2


def test_an_article_without_its_act_is_reported() -> None:
    _, profile = read(HEADING + "<p><b>Article 9. Oil</b></p>\n")
    assert [problem.what for problem in profile.problems] == [
        "article 9 is quoted without the name of its act"
    ]


def test_a_sanction_in_the_line_of_the_last_point_belongs_to_the_part() -> None:
    _, profile = read(
        HEADING + "<p><b>Penal Code</b></p> <p><b>Article 9. Oil</b></p>"
        "<p>1. Theft of oil:</p> <p>1) at night;</p> <p>2) at sea, - shall be punished by a fine.</p>\n"
    )
    part, _, last = profile.domestic.quotations[0].units
    assert last.pieces[0].text.plain == "at sea, -"
    assert [(piece.role, piece.text.plain) for piece in part.pieces][1] == (
        "tail",
        "shall be punished by a fine.",
    )
