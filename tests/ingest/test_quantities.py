"""Numbers in digits and in words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kzlod.ingest.quantities import parse_quantity, quantities_at

_SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen"""
_LARGE = "- - twenty thirty forty fifty sixty seventy eighty ninety"
_ONES, _TENS = _SMALL.split(), _LARGE.split()


def below_thousand(number: int, hyphen: str, joint: str) -> str:
    """A number from 1 to 999 in words."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    low = _ONES[rest] if rest < 20 else _TENS[tens] + (hyphen + _ONES[ones] if ones else "")
    if not hundreds:
        return low
    return f"{_ONES[hundreds]} hundred" + (joint + low if rest else "")


def in_words(number: int, hyphen: str = "-", joint: str = " and ") -> str:
    """A number below a thousand million in words; ``joint`` stands after hundred, thousand and million."""
    if not number:
        return "zero"
    parts = []
    for scale, name in ((1_000_000, " million"), (1000, " thousand"), (1, "")):
        group, number = divmod(number, scale)
        if group:
            parts.append(below_thousand(group, hyphen, joint) + name)
    return joint.join(parts)


numbers = st.one_of(st.integers(0, 130), st.integers(0, 9999), st.integers(0, 999_999_999))


@given(numbers, st.sampled_from("- "), st.sampled_from([" and ", " ", "\n"]), st.booleans())
def test_a_number_in_words_is_read_back(number: int, hyphen: str, joint: str, capital: bool) -> None:
    words = in_words(number, hyphen, joint)
    assert parse_quantity(words.capitalize() if capital else words) == number


@given(numbers, st.sampled_from(["", ",", " ", "\u00a0", "\u202f", "'", "’"]))
def test_a_number_in_digits_is_read_back(number: int, separator: str) -> None:
    assert parse_quantity(f"{number:,}".replace(",", separator)) == number


@given(st.integers(1_000_000, 999_999_999))
def test_points_group_where_there_are_two(number: int) -> None:
    assert parse_quantity(f"{number:,}".replace(",", ".")) == number


@given(numbers, st.booleans())
def test_a_repetition_in_brackets_must_agree(number: int, digits_first: bool) -> None:
    both = (str(number), in_words(number))
    outside, inside = both if digits_first else both[::-1]
    assert parse_quantity(f"{outside} ({inside})") == number
    assert parse_quantity(f"{outside} ({in_words((number + 1) % 1_000_000_000)})") is None


@given(st.integers(1, 99), st.integers(1, 99))
def test_the_cut_between_two_numbers_is_offered(first: int, second: int) -> None:
    """After 'between', 'one hundred and two hundred' must be cut after the first hundred."""
    low, high = in_words(100 * first + 1), in_words(second)
    readings = quantities_at(f"{low} and {high} hours")
    assert any(found.value == 100 * first + 1 and found.end == len(low) for found in readings)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a thousand", 1000),
        ("a hundred and sixty", 160),
        ("thousand", 1000),
        ("one thousand and two hundred", 1200),
        ("twelve hundred", 1200),
        ("twenty five hundred", 2500),
        ("200 thousand", 200_000),
        ("1.5 million", 1_500_000),
        ("2,5", Decimal("2.5")),
        ("1,200.50", Decimal("1200.5")),
        ("1.200,50", Decimal("1200.5")),
        ("one and a half", Decimal("1.5")),
        ("2 and a half", Decimal("2.5")),
        ("nought", None),
        ("", None),
        ("a", None),
        ("1.000", None),
        ("12 00", None),
        ("1,00,000", None),
        ("one two", None),
        ("twenty twelve", None),
        ("two hundred hundred", None),
        ("thousand thousand", None),
        ("one thousand million", None),
        ("two thousandths", None),
        ("zero hundred", None),
        ("one and two", None),
        ("ten years", None),
    ],
)
def test_single_wordings(text: str, value: Decimal | int | None) -> None:
    assert parse_quantity(text) == value


@pytest.mark.parametrize("text", ["twentyfold", "twenty-fold", "hundredfold", "two hundredfold"])
def test_fold_ends_a_number(text: str) -> None:
    found = quantities_at(text)[0]
    assert text[found.end :].lstrip("-") == "fold"


@given(st.lists(st.sampled_from([*"0123456789.,' ()-", "one ", "and ", "hundred ", "million ", "a half"])))
def test_any_text_gives_readings_inside_it_longest_first(pieces: list[str]) -> None:
    text = "".join(pieces)
    readings = quantities_at(text)
    assert [found.end for found in readings] == sorted((found.end for found in readings), reverse=True)
    assert all(0 < found.end <= len(text) and found.value >= 0 for found in readings)
