"""Numbers as English legal texts print them: in digits with several groupings, and in words.

Understood: ``1200``, ``1,200``, ``1 200`` (any kind of space), ``1'200``, ``1.000.000``, ``2.5``, ``2,5``,
``200 thousand``, ``two thousand``, ``one hundred and sixty``, ``twelve hundred``, ``a thousand``,
``one and a half``, and a number repeated in brackets in the other notation, ``5 (five)``, if both agree.
``1.000`` is refused: it may be one or one thousand. Ordinals and fractions other than a half are not read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

_SMALL_WORDS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen"""
_TENS_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: value for value, word in enumerate(_SMALL_WORDS.split())}
_TENS = {word: 10 * value for value, word in enumerate(_TENS_WORDS.split(), start=2)}
_SCALES = {"thousand": 1000, "million": 1_000_000}
_NUMBER_WORDS = "|".join(sorted((*_SMALL, *_TENS, *_SCALES, "hundred"), key=len, reverse=True))

# 'fold' may be joined to the last word: twentyfold, two hundredfold.
_WORD = re.compile(
    rf"(?P<word>{_NUMBER_WORDS})(?![a-z]|-?fold[a-z])|(?P<joined>{_NUMBER_WORDS})(?=fold)", re.I
)
_GAP = re.compile(r"\s*-\s*|\s+")
_GAP_AND = re.compile(r"\s+and\s+", re.I)
_ARTICLE = re.compile(r"a\s+(?=(?:hundred|thousand|million)(?![a-z]))", re.I)
_HALF = re.compile(r"\s+and\s+(?:a|one)\s+half(?!\w)", re.I)
_SCALE = re.compile(r"\s*(?P<scale>thousand|million)(?!\w)", re.I)
_BRACKET = re.compile(r"\s*\((?P<inside>[^()]{1,200})\)")
_GROUPED = re.compile(
    r"\d{1,3}(?:(?P<sep>[ \u00a0\u2009\u202f,.'’])\d{3})(?:(?P=sep)\d{3})*(?:[.,]\d{1,2})?(?!\d)"
)
_PLAIN = re.compile(r"\d+(?:[.,]\d{1,2})?(?!\d)")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number found in a text: its value, and where it ends."""

    value: Decimal
    end: int


@dataclass(frozen=True, slots=True)
class _State:
    """How far a number in words has been read.

    ``total`` holds the finished thousands and millions, ``group`` what is below them; ``room`` is what
    the group can still take (words below that value); ``ceiling`` what the next scale word must be below.
    """

    total: int = 0
    group: int = 0
    room: int = 1000
    ceiling: int = 10**9
    open: bool = True  # no hundred yet in this group
    first: bool = True
    scaled: bool = False  # the last word was hundred, thousand or million: 'and' may follow

    @property
    def value(self) -> int:
        """The number read so far."""
        return self.total + self.group


def _step(state: _State, word: str) -> _State | None:
    """The state after one more number word, or None where the word cannot follow."""
    if word in _SMALL:
        value = _SMALL[word]
        if not value:
            return _State(room=0, open=False, first=False) if state.first else None
        fits = value < state.room
        return replace(state, group=state.group + value, room=0, first=False, scaled=False) if fits else None
    if word in _TENS:
        if state.room < 100:
            return None
        return replace(state, group=state.group + _TENS[word], room=10, first=False, scaled=False)
    group = 1 if state.first else state.group
    if word == "hundred":
        # 'twelve hundred' stands alone; after a thousand a group has at most nine hundreds.
        if not state.open or not 0 < group < (10 if state.total else 100):
            return None
        return replace(state, group=100 * group, room=100, open=False, first=False, scaled=True)
    scale = _SCALES.get(word, 0)
    if not 0 < group < 1000 or not 0 < scale < state.ceiling:
        return None
    return _State(total=state.total + group * scale, ceiling=scale, first=False, scaled=True)


def _in_words(text: str, pos: int) -> Iterator[Quantity]:
    """Every number in words that starts at a place, shortest first."""
    article = _ARTICLE.match(text, pos)
    state, at = _State(), article.end() if article else pos
    while word := _WORD.match(text, at):
        after = _step(state, (word["word"] or word["joined"]).lower())
        if after is None:
            return
        state = after
        yield Quantity(Decimal(state.value), word.end())
        if half := _HALF.match(text, word.end()):
            yield Quantity(state.value + Decimal("0.5"), half.end())
        gap = (_GAP_AND.match(text, word.end()) if state.scaled else None) or _GAP.match(text, word.end())
        if gap is None:
            return
        at = gap.end()


def _value_of_digits(printed: str, separator: str | None) -> Decimal | None:
    """The value of digits with the grouping mark that they use, or None where it is ambiguous."""
    if separator == "." and printed.count(".") == 1 and "," not in printed:
        return None
    plain = printed.replace(separator, "") if separator else printed
    return Decimal(plain.replace(",", "."))


def _in_digits(text: str, pos: int) -> Quantity | None:
    """The number in digits that starts at a place, with a scale word after it."""
    found = _GROUPED.match(text, pos) or _PLAIN.match(text, pos)
    if found is None:
        return None
    value = _value_of_digits(found[0], found.groupdict().get("sep"))
    if value is None:
        return None
    scale = _SCALE.match(text, found.end())
    if scale:
        return Quantity(value * _SCALES[scale["scale"].lower()], scale.end())
    half = _HALF.match(text, found.end())
    return Quantity(value + Decimal("0.5"), half.end()) if half else Quantity(value, found.end())


def _with_bracket(text: str, quantity: Quantity) -> Quantity:
    """The quantity extended over a repetition in brackets, '5 (five)', if both say the same."""
    bracket = _BRACKET.match(text, quantity.end)
    if bracket and any(
        other.value == quantity.value and not bracket["inside"][other.end :].strip()
        for other in _plain_quantities(bracket["inside"], 0)
    ):
        return Quantity(quantity.value, bracket.end())
    return quantity


def _plain_quantities(text: str, pos: int) -> list[Quantity]:
    """The readings at a place, without regard to brackets, longest first."""
    digits = _in_digits(text, pos)
    return [digits] if digits else list(_in_words(text, pos))[::-1]


def quantities_at(text: str, pos: int = 0) -> list[Quantity]:
    """All numbers that can be read from a place in a text, the longest first; none, if none starts there.

    There are several because 'between one hundred and two hundred' must be cut after 'one hundred',
    though 'one hundred and two' is a number too: the caller takes the first that fits what follows.
    """
    return [_with_bracket(text, quantity) for quantity in _plain_quantities(text, pos)]


def parse_quantity(text: str) -> Decimal | None:
    """The number that the whole text is, in words or digits, or None if it is not one."""
    stripped = text.strip()
    return next((found.value for found in quantities_at(stripped) if found.end == len(stripped)), None)
