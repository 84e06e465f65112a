"""Amounts and terms: 'in the amount of up to …', 'for the term of … to …', 'for life', 'for the same …'."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from kzlod.ingest.quantities import quantities_at
from kzlod.ingest.sanctions import wording
from kzlod.ingest.sanctions.model import Measure

Dimension = Literal["amount", "term"]

_FOLD: Final = "fold"  # a multiple whose base is not printed (yet)
_DIMENSIONS: Final[dict[str, Dimension]] = {
    "MCI": "amount",
    "multiple-of-property": "amount",
    "multiple-of-bribe": "amount",
    "hour": "term",
    "day": "term",
    "month": "term",
    "year": "term",
}
_BLANK: Final = re.compile(r"\s*")
_COMPOUND: Final = re.compile(r"\s*,?\s*(?:and\s+)?", re.I)


@dataclass(frozen=True, slots=True)
class Found:
    """A measure in a text: where it ends, what it repeats ('same'), and what was done to read it."""

    measure: Measure
    end: int
    same: Dimension | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number with the unit printed after it, if any."""

    value: Decimal
    unit: str | None
    end: int


def dimension(measure: Measure) -> Dimension | None:
    """Whether a measure is an amount or a term; None for one without a unit."""
    return _DIMENSIONS.get(measure.unit or "")


def _skip(text: str, pos: int) -> int:
    """The place of the next character that is not white space."""
    blank = _BLANK.match(text, pos)
    return blank.end() if blank else pos


def _unit_at(text: str, pos: int) -> tuple[str, int] | None:
    """The unit printed at a place, with its end; a multiple without its base is ``fold``."""
    at = _skip(text, pos)
    if time := wording.TIME.match(text, at):
        return time["unit"].lower(), time.end()
    if index := wording.MCI.match(text, at):
        return "MCI", index.end()
    fold = wording.FOLD.match(text, pos)
    return _based(text, fold.end()) if fold else None


def _based(text: str, pos: int) -> tuple[str, int]:
    """The unit of a multiple: of what it is, if that is printed at the place."""
    base = wording.BASE.match(text, _skip(text, pos))
    if base is None:
        return _FOLD, pos
    return (
        "multiple-of-bribe" if base["base"].lower().startswith("bribe") else "multiple-of-property"
    ), base.end()


def _simple_amounts(text: str, pos: int, cut: bool = False) -> Iterator[_Amount]:
    """The number at a place with its unit; with ``cut`` also the shorter numbers it begins with, after it."""
    if word := wording.MULTIPLE_WORD.match(text, pos):
        yield _Amount(Decimal(wording.MULTIPLE_WORDS[word[0].lower()]), *_based(text, word.end()))
    for quantity in quantities_at(text, pos)[: None if cut else 1]:
        unit = _unit_at(text, quantity.end)
        yield _Amount(quantity.value, *(unit or (None, quantity.end)))
    if article := re.compile(r"an?\s+", re.I).match(text, pos):
        time = wording.TIME.match(text, article.end())
        if time and not time[0].lower().endswith("s"):
            yield _Amount(Decimal(1), time["unit"].lower(), time.end())


def _amounts(text: str, pos: int, cut: bool = False) -> Iterator[_Amount]:
    """As ``_simple_amounts``, with years and months together given in months."""
    for amount in _simple_amounts(text, pos, cut):
        gap = _COMPOUND.match(text, amount.end)
        if amount.unit == "year" and gap:
            for rest in _simple_amounts(text, gap.end()):
                if rest.unit == "month":
                    yield _Amount(12 * amount.value + rest.value, "month", rest.end)
        yield amount


def _between(low: _Amount, high: _Amount) -> tuple[Measure, str | None] | None:
    """The range of two amounts in one unit, or None where they do not make one."""
    unit, low_value, high_value, remark = high.unit, low.value, high.value, None
    if unit is None or unit == _FOLD:
        return None
    low_unit = unit if low.unit is None or (low.unit == _FOLD and unit.startswith("multiple")) else low.unit
    if low_unit != unit:
        if {low_unit, unit} != {"month", "year"}:
            return None
        remark = "years are counted as 12 months each, so that minimum and maximum have one unit"
        low_value *= 12 if low_unit == "year" else 1
        high_value *= 12 if unit == "year" else 1
        unit = "month"
    if low_value > high_value:
        return None
    return Measure(minimum=low_value, maximum=high_value, unit=unit), remark


def _with_unit(text: str, pos: int) -> _Amount | None:
    """The longest amount at a place that has a complete unit and is not the start of a range."""
    complete = (each for each in _amounts(text, _skip(text, pos)) if each.unit not in (None, _FOLD))
    return next((each for each in complete if not _range_goes_on(text, each.end)), None)


def _range_goes_on(text: str, pos: int) -> bool:
    """Whether 'to' and another number follow: a range that could not be read must not be read in part."""
    gap = wording.RANGE_GAP.match(text, pos)
    return gap is not None and bool(quantities_at(text, gap.end()))


def _range(text: str, pos: int, gap: re.Pattern[str]) -> Found | None:
    """Two amounts with a connective between them, 'three to seven years'."""
    # Only 'and' is part of numbers too: 'between one hundred and two hundred' must be cut after the first.
    for low in _amounts(text, pos, cut=gap is wording.RANGE_AND):
        between = gap.match(text, low.end)
        if between is None:
            continue
        for high in _amounts(text, between.end()):
            if made := _between(low, high):
                return Found(made[0], high.end, remark=made[1])
    return None


def stated_at(text: str, pos: int) -> Found | None:
    """The range, limit or fixed value that starts at a place ('in the amount of' is passed already)."""
    if between := wording.BETWEEN.match(text, pos):
        return _range(text, _skip(text, between.end()), wording.RANGE_AND)
    if upper := wording.UP_TO.match(text, pos):
        amount = _with_unit(text, upper.end())
        return Found(Measure(maximum=amount.value, unit=amount.unit), amount.end) if amount else None
    if lower := wording.AT_LEAST.match(text, pos):
        return _from(text, _skip(text, lower.end()))
    if start := wording.FROM.match(text, pos):
        at = _skip(text, start.end())
        return _range(text, at, wording.RANGE_GAP) or _from(text, at)
    if both := _range(text, pos, wording.RANGE_GAP):
        return both
    amount = _with_unit(text, pos)
    return Found(Measure(fixed=amount.value, unit=amount.unit), amount.end) if amount else None


def _from(text: str, pos: int) -> Found | None:
    """A minimum, with the maximum if the words 'and not more than' follow."""
    for low in _amounts(text, pos):
        gap = wording.RANGE_BUT.match(text, low.end)
        upper = wording.UP_TO.match(text, gap.end()) if gap else None
        high = _with_unit(text, upper.end()) if upper else None
        if high and (made := _between(low, high)):
            return Found(made[0], high.end, remark=made[1])
    amount = _with_unit(text, pos)
    return Found(Measure(minimum=amount.value, unit=amount.unit), amount.end) if amount else None


def measure_at(text: str, pos: int) -> Found | None:
    """The measure printed after the name of a punishment, or None where none can be read.

    Takes the place right after the name; a comma and words such as 'in the amount of' may come first.
    """
    if same := wording.SAME.match(text, pos):
        return Found(Measure(), same.end(), same="amount" if same["amount"] else "term")
    if life := wording.FOR_LIFE.match(text, pos):
        return Found(Measure(life=True), life.end())
    if permanent := wording.PERMANENTLY.match(text, pos):
        return Found(Measure(permanent=True), permanent.end())
    lead = wording.LEAD.match(text, pos)
    return stated_at(text, lead.end()) if lead and lead.end() > pos else None
