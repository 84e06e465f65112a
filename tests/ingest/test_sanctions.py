"""Generated sanction clauses with known answers, and fuzzed text."""

import re
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from kzlod.ingest.sanctions import parse_clause
from tests.ingest.clauses import additional_of, alternatives_of, assert_accounted

NUMBERS = {
    2: ["two", "2", "2 (two)"],
    3: ["three", "3", "three (3)"],
    12: ["twelve", "12"],
    45: ["forty-five", "forty five", "45"],
    160: ["one hundred and sixty", "one hundred sixty", "160", "a hundred and sixty"],
    1000: ["a thousand", "one thousand", "1000", "1,000", "1 000"],
    1200: [
        "one thousand and two hundred",
        "one thousand two hundred",
        "1,200",
        "1\u00a0200",
        "twelve hundred",
    ],
    75000: ["seventy-five thousand", "75 thousand", "75,000", "75 000"],
}
RIGHT = [
    "deprivation of the right to occupy determined positions or to engage in a determined activity",
    "deprivation of the right to hold certain posts or engage in certain activities",
    "deprivation of a right to hold a public office and to carry out professional activity",
]
NAMES = {
    "fine": ["the fine", "a fine", "fine"],
    "correctional-works": ["correctional works", "corrective labour", "correction works"],
    "community-service": ["community services", "community service", "public works"],
    "arrest": ["arrest", "the arrest"],
    "restriction-of-liberty": ["restriction of liberty", "restriction of freedom", "limitation of liberty"],
    "imprisonment": ["imprisonment", "deprivation of liberty"],
    "deprivation-of-right": RIGHT,
    "confiscation": ["confiscation of property", "confiscation", "confiscation of the property"],
}
AMOUNT_UNITS = {
    "MCI": ["monthly calculation indices", "monthly calculation indexes", "MCI"],
    "multiple-of-property": ["times the value of stolen property", "-fold amount of the property"],
    "multiple-of-bribe": ["times the amount of the bribe"],
}
TERM_UNITS = {name: [f"{name}s"] for name in ("hour", "day", "month", "year")}
AMOUNTS = ("fine", "correctional-works")
MAIN = ("fine", "correctional-works", "community-service", "arrest", "restriction-of-liberty", "imprisonment")


@dataclass(frozen=True)
class Worded:
    """A piece of generated text with its reading in short."""

    text: str
    reading: str
    dimension: str = ""


@st.composite
def measures(draw: st.DrawFn, amount: bool) -> Worded:
    """A stated measure, in words, with its reading."""
    unit, units = draw(st.sampled_from(list((AMOUNT_UNITS if amount else TERM_UNITS).items())))
    printed = draw(st.sampled_from(units))
    join = "" if printed.startswith("-") else " "
    low, high = sorted(draw(st.lists(st.sampled_from(list(NUMBERS)), min_size=2, max_size=2, unique=True)))
    low_text, high_text = (draw(st.sampled_from(NUMBERS[value])) for value in (low, high))
    lead = draw(st.sampled_from(["in the amount of", "in an amount of", "of"] if amount else LEADS))
    if printed.startswith("-"):
        low_text, high_text = str(low), str(high)
    kind = draw(st.sampled_from(["up to", "range", "from", "between", "fixed", "at least"]))
    text, reading = {
        "up to": (f"{lead} {draw(st.sampled_from(UP_TO))} {high_text}", f"≤{high}"),
        "range": (f"{lead} {low_text} to {high_text}", f"{low}..{high}"),
        "from": (f"{lead} from {low_text} to {high_text}", f"{low}..{high}"),
        "between": (f"{lead} between {low_text} and {high_text}", f"{low}..{high}"),
        "fixed": (f"{lead} {high_text}", f"={high}"),
        "at least": (f"{lead} not less than {low_text}", f"≥{low}"),
    }[kind]
    return Worded(f"{text}{join}{printed}", f"{reading} {unit}", "amount" if amount else "term")


LEADS = ["for the term of", "for a term of", "for", "of", "for the period of"]
UP_TO = ["up to", "not exceeding", "not more than"]


@st.composite
def alternatives(draw: st.DrawFn) -> list[Worded]:
    """One to six alternatives, some of which repeat the amount or the term of one before."""
    made: list[Worded] = []
    for notation in draw(st.lists(st.sampled_from(MAIN), min_size=1, max_size=6)):
        name = draw(st.sampled_from(NAMES[notation]))
        wanted = "amount" if notation in AMOUNTS else "term"
        source = next((i for i in reversed(range(len(made))) if made[i].dimension == wanted), None)
        how = draw(st.sampled_from(["stated", "stated", "same", "none"]))
        if how == "same" and source is not None:
            words = {"amount": "in the same amount", "term": "for the same term"}[wanted]
            figures = made[source].reading.split(" ", 1)[1].split(" ~")[0]
            made.append(Worded(f"{name} {words}", f"{notation} {figures} ~{source}", wanted))
        elif how == "none":
            made.append(Worded(name, notation if notation == "fine" else f"{notation} term_not_stated"))
        else:
            measure = draw(measures(amount=wanted == "amount"))
            made.append(Worded(f"{name} {measure.text}", f"{notation} {measure.reading}", wanted))
    return made


@st.composite
def side_punishments(draw: st.DrawFn) -> list[Worded]:
    """Up to three additional punishments, each mandatory or optional in one of the usual wordings."""
    made = []
    for notation in draw(st.lists(st.sampled_from(["confiscation", "deprivation-of-right"]), max_size=3)):
        text, reading = draw(st.sampled_from(NAMES[notation])), notation
        if notation == "deprivation-of-right":
            measure = draw(measures(amount=False))
            text, reading = draw(
                st.sampled_from(
                    [
                        (f"{text} {measure.text}", f"{notation} {measure.reading}"),
                        (f"{text} for life", f"{notation} life"),
                        (f"permanent {text}", f"{notation} permanent"),
                        (text, f"{notation} term_not_stated"),
                    ]
                )
            )
        form = draw(
            st.sampled_from(
                ["with {}", "with {} or without it", "with {} or without such", "with or without {}"]
            )
        )
        made.append(Worded(form.format(text), ("+" if form == "with {}" else "?") + reading))
    return made


@st.composite
def clauses(draw: st.DrawFn) -> tuple[str, list[str], list[str]]:
    """A clause with the readings of its alternatives and of its additional punishments."""
    main, side = draw(alternatives()), draw(side_punishments())
    verb = draw(st.sampled_from(["shall be punished by", "is punishable by", "shall be punished with", ""]))
    text = f"{verb} {main[0].text}"
    for each in main[1:]:
        joint = draw(
            st.sampled_from([" or ", ", or ", ",\nor with " if verb.endswith("with") else ", or by "])
        )
        text += joint + each.text
    for extra in side:
        text += draw(st.sampled_from([" ", ", "])) + extra.text
    attached = " @0" if len(main) == 1 else ""
    end = draw(st.sampled_from(["", ".", " ."]))
    return text + end, [each.reading for each in main], [each.reading + attached for each in side]


@given(clauses())
def test_a_generated_clause_is_read_as_it_was_made(made: tuple[str, list[str], list[str]]) -> None:
    text, main, side = made
    clause = parse_clause(text)
    assert not clause.unparsed, [span.of(text) for span in clause.unparsed]
    assert alternatives_of(clause) == main
    assert additional_of(clause) == side
    assert not clause.cases
    assert_accounted(text, clause)


@given(
    clauses(),
    clauses(),
    st.lists(st.sampled_from(["1", "2", "3", "2-1", "10"]), min_size=1, max_size=3, unique=True),
    st.sampled_from(
        [", and in the cases, provided for by {} {}, - ", ", and in cases stipulated in {} {} of this part, "]
    ),
)
def test_a_case_replaces_the_clause_for_its_points(
    made: tuple[str, list[str], list[str]],
    other: tuple[str, list[str], list[str]],
    points: list[str],
    opening: str,
) -> None:
    noun = "paragraph" if len(points) == 1 else "points"
    *before, last = [f"{point})" for point in points]
    listed = ", ".join(before) + (" and " if before else "") + last
    case_text = re.sub(r"^(shall be punished|is punishable)?( by| with)? ", "by ", other[0])
    text = made[0].rstrip(" .") + opening.format(noun, listed) + case_text
    governed = "with" if other[0].startswith("shall be punished with") else "by"
    if (governed == "with") != made[0].startswith("shall be punished with"):
        text = text.replace("or with ", "or by ")
    clause = parse_clause(text)
    assert clause.complete, [span.of(text) for part in clause.walk() for span in part.unparsed]
    (case,) = clause.cases
    assert (alternatives_of(clause), additional_of(clause)) == made[1:]
    assert (alternatives_of(case), additional_of(case)) == other[1:]
    assert case.applies_to == tuple(points)
    assert case.span.of(text).lower().startswith("and in")
    assert_accounted(text, clause)


@given(clauses(), st.data())
def test_foreign_words_are_listed(made: tuple[str, list[str], list[str]], data: st.DataObject) -> None:
    """A word that is no known wording, put anywhere, is listed; nothing else is lost."""
    words = made[0].split()
    place = data.draw(st.integers(0, len(words)))
    text = " ".join([*words[:place], "qwerty", *words[place:]])
    clause = parse_clause(text)
    assert any("qwerty" in span.of(text) for part in clause.walk() for span in part.unparsed)
    assert_accounted(text, clause)


@given(clauses(), st.data())
def test_a_cut_clause_is_accounted_for(made: tuple[str, list[str], list[str]], data: st.DataObject) -> None:
    text = made[0]
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    assert_accounted(text[start:end], parse_clause(text[start:end]))


VOCABULARY = """shall be punished by|with|or|without|it|them|and|of|,|.|-|in the cases|provided for by
paragraph|2)|a|the|fine|imprisonment|arrest|confiscation of property|for the term of|up to|from|to|between|two
hundred|5|years|months|year|for life|permanent|in the same amount|for the same term|tenfold|MCI|qwerty
amount of the bribe|;"""


@given(
    st.one_of(st.text(), st.lists(st.sampled_from(re.split(r"[|\n]", VOCABULARY)), max_size=30).map(" ".join))
)
def test_any_text_is_accounted_for(text: str) -> None:
    clause = parse_clause(text)
    assert_accounted(text, clause)
    for part in clause.walk():
        for each in part.additional:
            assert all(0 <= index < len(part.alternatives) for index in each.attaches_to)
        for index, alternative in enumerate(part.alternatives):
            assert alternative.same_as is None or alternative.same_as < index
        for measure in (*(a.measure for a in part.alternatives), *(a.measure for a in part.additional)):
            low, high, fixed = measure.minimum, measure.maximum, measure.fixed
            assert fixed is None or (low is None and high is None)
            assert low is None or high is None or low <= high
            assert (measure.unit is None) == (low is None and high is None and fixed is None)
