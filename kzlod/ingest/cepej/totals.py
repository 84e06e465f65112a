"""Which rows or columns of a table are parts of which, by their printed labels."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NUMBER = re.compile(r"\s*(?P<number>\d+(?:[.-]\d+)*)\.?\s*(?=[^\W\d]|$)")
_FORMULA = re.compile(
    r"\((?:total\s+)?(?P<terms>\d[\d.\-]*(?:\s*(?:\+|to)\s*\d[\d.\-]*)+)\.?\s*\)", re.IGNORECASE
)
_TOTAL = re.compile(r"\W*total\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a whole, as places from 0. `complete`: the label says that they add up to the whole."""

    whole: int
    parts: tuple[int, ...]
    complete: bool


def parts_of(labels: Sequence[str]) -> list[Parts]:
    """The wholes among labels, with their parts, in the order of the labels.

    A formula such as `(1 + 2.1 + 2.2)` or `(total 1 to 10)` names the parts by the numbers in front of their
    labels; without one, the only label that begins with the word total, if it is the first, is the total of
    all that are part of nothing else; `2.1` is part of `2` in any case.
    """
    numbers = [_number(label) for label in labels]
    places = {number: place for place, number in enumerate(numbers) if number}
    found: dict[int, Parts] = {}
    for place, label in enumerate(labels):
        formula = _FORMULA.search(label)
        named = [places[term] for term in _terms(formula["terms"]) if term in places] if formula else []
        named = [other for other in named if other != place]
        if formula and named:
            found[place] = Parts(place, tuple(named), len(named) == len(_terms(formula["terms"])))
    below = {part for parts in found.values() for part in parts.parts}
    for number, place in sorted(places.items()):
        whole = places.get(number.rpartition(".")[0])
        if whole is not None and place not in below and whole not in found:
            siblings = tuple(
                p for n, p in places.items() if n.rpartition(".")[0] == number.rpartition(".")[0]
            )
            found[whole] = Parts(whole, siblings, False)
            below.update(siblings)
    totals = [place for place, label in enumerate(labels) if _TOTAL.match(label)]
    if totals == [0] and 0 not in found and len(labels) > 2:
        rest = tuple(place for place in range(1, len(labels)) if place not in below)
        if len(rest) > 1:
            found[0] = Parts(0, rest, "including" not in labels[0])
    return [found[place] for place in sorted(found)]


def _number(label: str) -> str:
    match = _NUMBER.match(label)
    return match["number"].replace("-", "_") if match else ""


def _terms(text: str) -> list[str]:
    """The numbers in a formula; `1 to 10` stands for all from 1 to 10."""
    span = re.fullmatch(r"(\d+)\s*to\s*(\d+)", text.strip())
    if span:
        return [str(number) for number in range(int(span[1]), int(span[2]) + 1)]
    return [term.strip().rstrip(".").replace("-", "_") for term in text.split("+")]
