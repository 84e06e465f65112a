"""Sanction clauses one by one: odd wordings, and the clauses of the profile."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from kzlod.ingest.sanctions import Clause, parse_clause
from tests.ingest.clauses import additional_of, alternatives_of, assert_accounted

PROFILE = Path(__file__).parents[3] / "shared/seeds/001_5f9bd8c18cd53ef3.txt"

RIGHT_TEXT = "deprivation of the right to hold certain positions"


@pytest.mark.parametrize(
    ("text", "main", "side"),
    [
        ("imprisonment", ["imprisonment term_not_stated"], []),
        ("shall be punished by a fine.", ["fine"], []),
        (
            "shall be punished by life imprisonment or the death penalty",
            ["imprisonment life", "death-penalty"],
            [],
        ),
        ("is punishable by imprisonment for life.", ["imprisonment life"], []),
        ("a fine in the amount of one thousand monthly calculation indices", ["fine =1000 MCI"], []),
        ("imprisonment for the term up to a year", ["imprisonment ≤1 year"], []),
        ("imprisonment from six months to two years", ["imprisonment 6..24 month"], []),
        ("up to three years of imprisonment", ["imprisonment ≤3 year"], []),
        ("three to five years' imprisonment", ["imprisonment 3..5 year"], []),
        ("imprisonment for a term of one year and six months", ["imprisonment =18 month"], []),
        ("imprisonment for one and a half years", ["imprisonment =1.5 year"], []),
        ("arrest for 15-45 days", ["arrest 15..45 day"], []),
        ("imprisonment of at least two and not more than six years", ["imprisonment 2..6 year"], []),
        (
            "community service between one hundred and two hundred hours",
            ["community-service 100..200 hour"],
            [],
        ),
        (
            "a fine from tenfold to twentyfold amount of stolen property",
            ["fine 10..20 multiple-of-property"],
            [],
        ),
        ("a fine of fifty times the amount of the bribe", ["fine =50 multiple-of-bribe"], []),
        ("a fine in the amount of double the bribe", ["fine =2 multiple-of-bribe"], []),
        (
            "a fine, arrest or imprisonment",
            ["fine", "arrest term_not_stated", "imprisonment term_not_stated"],
            [],
        ),
        (
            "a fine with confiscation of property, or arrest for two days",
            ["fine", "arrest =2 day"],
            ["+confiscation @0"],
        ),
        (
            "a fine or arrest, with confiscation of property or without it",
            ["fine", "arrest term_not_stated"],
            ["?confiscation"],
        ),
        (
            f"imprisonment with confiscation and {RIGHT_TEXT} for up to 3 years or without them",
            ["imprisonment term_not_stated"],
            ["?confiscation @0", "?deprivation-of-right ≤3 year @0"],
        ),
        (
            f"imprisonment with confiscation, with {RIGHT_TEXT} or without it",
            ["imprisonment term_not_stated"],
            ["+confiscation @0", "?deprivation-of-right term_not_stated @0"],
        ),
        (
            "imprisonment for two years and a fine of up to ten MCI",
            ["imprisonment =2 year"],
            ["+fine ≤10 MCI @0"],
        ),
        (
            "imprisonment for two years with deprivation of a special, military or honorary title, class "
            "rank and state awards",
            ["imprisonment =2 year"],
            ["+deprivation-of-rank @0"],
        ),
        (
            "a fine with deportation of a foreigner or stateless person from the Republic of Ruritania "
            "for five years",
            ["fine"],
            ["+deportation =5 year @0"],
        ),
        (
            f"is punished with arrest for two months, with {RIGHT_TEXT} for the same term",
            ["arrest =2 month"],
            ["+deprivation-of-right =2 month ~0 @0"],
        ),
    ],
)
def test_single_wordings(text: str, main: list[str], side: list[str]) -> None:
    clause = parse_clause(text)
    assert (alternatives_of(clause), additional_of(clause)) == (main, side)
    assert clause.complete
    assert_accounted(text, clause)


@pytest.mark.parametrize(
    ("text", "main", "side", "unparsed"),
    [
        ("a fine of up to two hundred minimum wages", ["fine"], [], ["of up to two hundred minimum wages"]),
        ("imprisonment for over five years", ["imprisonment"], [], ["for over five years"]),
        ("imprisonment for five to two years", ["imprisonment"], [], ["for five to two years"]),
        ("arrest from ten days to three months", ["arrest"], [], ["from ten days to three months"]),
        ("imprisonment for the same term", [], [], ["imprisonment for the same term"]),
        ("imprisonment for 1.000 days", ["imprisonment"], [], ["for 1.000 days"]),
        ("imprisonment for three (five) years", ["imprisonment"], [], ["for three (five) years"]),
        (
            "a fine with publication of the judgment or without it",
            ["fine"],
            [],
            ["with publication of the judgment or without it"],
        ),
        ("a fine or without it", ["fine"], [], ["or without it"]),
        ("a fine. Imprisonment for two years.", ["fine"], [], [". Imprisonment for two years"]),
        ("Theft, - shall be punished by a fine", ["fine"], [], ["Theft, -"]),
        ("a fine and/or arrest", ["fine"], [], ["and/or arrest"]),
        ("a fine, confiscation of property", ["fine"], [], ["confiscation of property"]),
        ("a fine with confiscation or deportation", ["fine"], ["+confiscation"], ["or deportation"]),
        ("five days to one year of arrest", [], [], ["five days to one year of arrest"]),
        ("a fine, is punished by arrest", ["arrest term_not_stated"], [], ["a fine,"]),
        ("is punished by a fine, is punished by arrest", ["fine"], [], ["is punished by arrest"]),
    ],
)
def test_what_is_not_understood_is_listed(
    text: str, main: list[str], side: list[str], unparsed: list[str]
) -> None:
    """An element whose measure is not understood has none: it is not one whose term is not stated."""
    clause = parse_clause(text)
    assert (alternatives_of(clause), additional_of(clause)) == (main, side)
    assert [span.of(text) for span in clause.unparsed] == unparsed
    assert_accounted(text, clause)


def test_misprinted_or_is_read_and_remarked() -> None:
    text = "a fine in the amount of ten MCI of arrest for two days with confiscation of without it"
    clause = parse_clause(text)
    assert alternatives_of(clause) == ["fine =10 MCI", "arrest =2 day"]
    assert additional_of(clause) == ["?confiscation"]
    assert [remark.span.of(text) for remark in clause.remarks] == ["of arrest for two days", "of without it"]


@pytest.mark.parametrize(
    ("printed", "points"),
    [
        ("paragraph 2)", ("2",)),
        ("paragraphs 1) and 2)", ("1", "2")),
        ("points 1), 3) and 4) of this part", ("1", "3", "4")),
        ("points 1)-3)", ("1", "2", "3")),
        ("sub-paragraphs 1-3", ("1", "2", "3")),
        ("point 2-1)", ("2-1",)),
        ("points a) to c)", ("a", "b", "c")),
        ("clauses (1) or (2)", ("1", "2")),
        ("item 7", ("7",)),
    ],
)
def test_points_of_a_case(printed: str, points: tuple[str, ...]) -> None:
    text = f"a fine, and in the cases provided for by {printed}, by a fine of 200 MCI or arrest"
    clause = parse_clause(text)
    assert [case.applies_to for case in clause.cases] == [points]
    assert alternatives_of(clause.cases[0]) == ["fine =200 MCI", "arrest term_not_stated"]
    assert clause.complete
    assert_accounted(text, clause)


def test_a_case_may_only_add() -> None:
    text = (
        f"imprisonment with {RIGHT_TEXT} for ten years, "
        f"and in the cases, provided by point 3), with {RIGHT_TEXT} for life."
    )
    clause = parse_clause(text)
    assert additional_of(clause) == ["+deprivation-of-right =10 year @0"]
    (case,) = clause.cases
    assert (case.alternatives, case.applies_to) == ((), ("3",))
    assert additional_of(case) == ["+deprivation-of-right life"]
    assert clause.complete


def test_a_case_whose_points_cannot_be_read_is_kept_apart() -> None:
    text = "a fine, and in the cases of repetition by arrest or imprisonment for two years"
    clause = parse_clause(text)
    assert alternatives_of(clause) == ["fine"]
    (case,) = clause.cases
    assert case.applies_to == ()
    assert alternatives_of(case) == ["imprisonment =2 year"]
    assert [span.of(text) for span in case.unparsed] == ["and in the cases of repetition by arrest"]


def test_spans_and_printed_place() -> None:
    text = "  shall be punished by a fine of 5 MCI or arrest, with confiscation or without it. "
    clause = parse_clause(text)
    assert clause.span.of(text) == text.strip().removesuffix(".")
    assert [each.span.of(text) for each in clause.alternatives] == ["a fine of 5 MCI", "arrest"]
    (side,) = clause.additional
    assert side.span.of(text) == "with confiscation or without it"
    assert (side.follows, side.set_off, side.attaches_to) == (1, True, ())


REPEATED = "206"  # the profile quotes this article twice, under two articles of the convention


def real_clauses() -> list[tuple[str, str]]:
    """Article and text of each clause of the profile: from the verb to the end of the sentence."""
    text = PROFILE.read_text(encoding="utf-8")
    text = re.sub(r"<[^>]+>|\*\*", " ", text)
    text = re.sub(r"BUDAPEST CONVENTION\s*DOMESTIC LEGISLATION", " ", text)
    found = []
    for verb in re.finditer(r"shall be punished by", text):
        end = re.search(r"\.\s|\s+Article \d", text[verb.start() :])
        article = re.findall(r"Article (\d+)\. ", text[: verb.start()])[-1]
        assert end is not None
        found.append((article, text[verb.start() : verb.start() + end.end()].removesuffix(end[0]) + "."))
    return found


@pytest.mark.skipif(not PROFILE.exists(), reason="the profile is not at hand")
def test_the_clauses_of_the_profile() -> None:
    """45 clauses, 145 alternatives, 41 additional punishments; article 206, printed twice, counts once."""
    printed = real_clauses()
    articles = [article for article, _ in printed]
    first = articles.index(REPEATED)
    repeated = articles.index(REPEATED, first + articles[first:].index("207"))
    kept = printed[:repeated] + printed[repeated + 3 :]
    parsed = [parse_clause(text) for _, text in kept]
    parts = [part for clause in parsed for part in clause.walk()]
    assert len({article for article, _ in kept}) == 13
    assert len(parsed) == 45
    assert sum(len(part.alternatives) for part in parts) == 145
    assert sum(len(part.additional) for part in parts) == 41
    for (_, text), clause in zip(kept, parsed, strict=True):
        assert_accounted(text, clause)
        assert clause.complete, text
    twice = [(alternatives_of(c), additional_of(c)) for c in map(parse_clause, (text for _, text in printed))]
    assert twice[first : first + 3] == twice[repeated : repeated + 3]


@pytest.mark.skipif(not PROFILE.exists(), reason="the profile is not at hand")
def test_wording_of_the_profile_that_changes_the_meaning() -> None:
    numbered: dict[str, list[Clause]] = {}
    for article, text in real_clauses():
        numbered.setdefault(article, []).append(parse_clause(text))
    assert alternatives_of(numbered["188"][0])[:2] == ["fine =1000 MCI", "correctional-works =1000 MCI ~0"]
    assert alternatives_of(numbered["188"][2]) == [
        "restriction-of-liberty 3..7 year",
        "imprisonment term_not_stated",
    ]
    assert [each.mandatory for clause in numbered["212"] for each in clause.additional] == [True, True]
    (fraud,) = numbered["190"][2].cases
    assert fraud.applies_to == ("2",)
    assert alternatives_of(fraud) == ["fine 10..20 multiple-of-property", "imprisonment 3..7 year"]
    assert additional_of(fraud) == ["+confiscation", "+deprivation-of-right permanent"]
    (minors,) = numbered["312"][2].cases
    assert (minors.applies_to, additional_of(minors)) == (("1", "2"), ["+deprivation-of-right life"])
    assert additional_of(numbered["312"][2])[1] == "+deprivation-of-right =10 year @0"
    remarks = [remark.text for clause in numbered["147"] for remark in clause.remarks]
    assert remarks == ["'of without' is read as 'or without'"]


def test_figures_are_decimals() -> None:
    maximum = parse_clause("arrest for up to 2.5 days").alternatives[0].measure.maximum
    assert maximum == Decimal("2.5")
