"""References within an article, circumstances, dates: the wordings that countries use."""

import pytest

from kzlod.ingest.circumstances import CIRCUMSTANCES, circumstances
from kzlod.ingest.dates import find_date
from kzlod.ingest.part_references import named_offence, named_parts, repeated_name, says_the_same


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("The actions, provided by first or second parts of this Article, entailed", ["1", "2"]),
        ("The actions, provided for by the first, second or third parts of this Article", ["1", "2", "3"]),
        ("provided by the fourth part of this Article", ["4"]),
        ("Actions under paragraphs 1 and 2 of this article", ["1", "2"]),
        ("Actions under part (1) of the present article", ["1"]),
        ("acts under parts 1 to 3 of this article", ["1", "2", "3"]),
        ("acts referred to in part 2-1 of this article", ["2-1"]),
        ("the second part of Article 5 of this Code", []),
        ("paragraphs 1 and 2 of this Code", []),
    ],
)
def test_named_parts(text: str, parts: list[str]) -> None:
    assert named_parts(text) == parts


def test_the_same_and_names() -> None:
    assert says_the_same("The same actions, committed:")
    assert says_the_same("The same act committed by")
    assert not says_the_same("In the same action")
    assert named_offence("Theft, in other words taking") == "Theft"
    assert repeated_name("Theft, committed on a large scale") == "Theft"
    assert repeated_name("Whoever commits") == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("by group of persons on previous concert", ["group-of-persons-by-prior-conspiracy"]),
        (
            "by a group of persons by prior agreement or by an organised group",
            ["group-of-persons-by-prior-conspiracy", "criminal-group"],
        ),
        ("on a large scale or inflicted heavy damage", ["large-scale", "large-damage"]),
        ("on a very large scale", ["especially-large-scale"]),
        ("which caused especially large damage", ["especially-large-damage"]),
        ("repeatedly, by person with use of his/her official position", ["repeated", "official-position"]),
        ("leading to grave consequences", ["grave-consequences"]),
        ("in relation of critically important facilities", ["critical-infrastructure"]),
        ("with a red hat", []),
    ],
)
def test_circumstances(text: str, found: list[str]) -> None:
    assert [name for name, _, _ in circumstances(text)] == found


def test_every_circumstance_is_a_concept() -> None:
    from tests.ingest.test_importing import VOCABULARY

    known = {str(triple.subject) for triple in VOCABULARY}
    for notation in CIRCUMSTANCES:
        assert f"<https://w3id.org/kzlod/concept/aggravating-circumstance/{notation}>" in known


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("of March 30, 2010", "2010-03-30"),
        ("dated 3 May 2011", "2011-05-03"),
        ("01/02/2003", "2003-02-01"),
        ("1.12.2003", "2003-12-01"),
        ("2003-12-01", "2003-12-01"),
        ("31 February 2003, then 1st of March 2003", "2003-03-01"),
        ("N/A", ""),
        ("in 2003", ""),
    ],
)
def test_dates(text: str, date: str) -> None:
    assert find_date(text) == date
