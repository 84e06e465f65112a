"""The result of a stored query as a table: rows that are asked for, and what can be chosen in each column.

Pure functions over the bindings of SPARQL results in JSON.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kzlod.namespaces import PREFIXES
from kzlod.web.bindings import Binding, Cell, Row
from kzlod.web.i18n import Order
from kzlod.web.index import natural
from kzlod.web.narrowing import spellings

Shown = Callable[[str, Binding], Cell]
"""Gives how a term in a column is shown."""

MOST_CHOICES = 30
"""The most different values of a column that are offered for choice."""

NUMBERS = frozenset(
    PREFIXES["xsd"] + name
    for name in ("integer", "int", "long", "nonNegativeInteger", "decimal", "double", "float")
)
"""The types of numbers."""

_STRING = PREFIXES["xsd"] + "string"
_NUMBER = re.compile(r"[-+]?\d+(\.\d*)?")
_LONGEST_CHOICE = 80  # characters; longer texts are not chosen from but searched for


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that can be asked for: as the address has it, as it is shown, and in how many rows it is."""

    value: str
    shown: str
    language: str
    rows: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its values to choose from (none: too many), and whether all rows have the same."""

    name: str
    choices: tuple[Choice, ...] = ()
    same: bool = False


@dataclass(frozen=True, slots=True)
class Absent:
    """A value asked for that no row has in its column, and those that do occur there; `more` are left out."""

    column: str
    value: str
    choices: tuple[Choice, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Table:
    """The first rows of those asked for (a cell None: empty), how many those are, and how many in all.

    `total` is None, and `found` the rows shown, when the result was too large to be read whole.
    `codes` are the columns with texts that a program would take for numbers, `absent` the values asked for
    that do not occur.
    """

    columns: tuple[Column, ...]
    rows: list[list[Cell | None]]
    found: int
    more: bool
    total: int | None
    codes: tuple[str, ...] = ()
    absent: tuple[Absent, ...] = ()


def asked_for(rows: Sequence[Row], chosen: Mapping[str, Sequence[str]]) -> list[Row]:
    """The rows that have one of the given values in each of the columns, as `narrowing.narrowed` has it."""
    return [
        row
        for row in rows
        if all(
            name in row and any(_is(row[name], value) for value in values) for name, values in chosen.items()
        )
    ]


def absent(
    rows: Sequence[Row],
    chosen: Mapping[str, Sequence[str]],
    shown: Shown,
    order: Callable[[str], Order],
) -> list[Absent]:
    """The values asked for that no row has in their column, with the first of those that occur there."""
    found = []
    for name, values in chosen.items():
        missing = [one for one in values if not asked_for(rows, {name: [one]})]
        if missing:
            terms, counts = _counted(rows, name)
            short = [one for one in terms.values() if not _is_long(one)]
            listed = sorted(short, key=lambda term: _order(term, term["value"], natural))[:MOST_CHOICES]
            choices = _choices(name, listed, terms, counts, shown, order)
            found += [Absent(name, one, choices, len(terms) - len(choices)) for one in missing]
    return found


def column(rows: Sequence[Row], name: str, shown: Shown, order: Callable[[str], Order]) -> Column:
    """A column with its different values as `order` sorts them, when they are few and short."""
    terms, counts = _counted(rows, name)
    if len(terms) > MOST_CHOICES or any(map(_is_long, terms.values())):
        return Column(name)
    if len(counts) == 1 and sum(counts.values()) == len(rows):
        return Column(name, same=True)
    return Column(name, _choices(name, terms.values(), terms, counts, shown, order))


def _counted(rows: Sequence[Row], name: str) -> tuple[dict[str, Binding], Counter[str]]:
    """The different values of a column by their text, and how many rows have each."""
    found = [row[name] for row in rows if name in row and row[name]["type"] != "bnode"]
    terms: dict[str, Binding] = {}
    for term in found:
        terms.setdefault(term["value"], term)
    return terms, Counter(term["value"] for term in found)


def _choices(
    column: str,
    listed: Iterable[Binding],
    terms: Mapping[str, Binding],
    counts: Mapping[str, int],
    shown: Shown,
    order: Callable[[str], Order],
) -> tuple[Choice, ...]:
    """Some of the values of a column as choices, in their order."""
    # Of an IRI the last step is enough where no other has it.
    steps = Counter(_short(term) for term in terms.values())
    found = []
    for term in listed:
        short, cell = _short(term), shown(column, term)
        given = short if short and steps[short] == 1 else term["value"]
        text = cell.text or term["value"]
        one = Choice(given, text, cell.language, counts[term["value"]])
        found.append((_order(term, text, order), one))
    return tuple(one for _, one in sorted(found, key=lambda pair: pair[0]))


def _short(term: Binding) -> str:
    """The text of a literal, the last step of an IRI."""
    return term["value"].rpartition("/")[2] if term["type"] == "uri" else term["value"]


def _is_long(term: Binding) -> bool:
    return term["type"] == "literal" and len(term["value"]) > _LONGEST_CHOICE


def codes(rows: Sequence[Row], names: Sequence[str]) -> tuple[str, ...]:
    """The columns that hold texts which look like numbers, such as `046`, and are none."""
    return tuple(name for name in names if any(_is_code(row[name]) for row in rows if name in row))


def _is_code(term: Binding) -> bool:
    return term.get("datatype", _STRING) == _STRING and bool(_NUMBER.fullmatch(term["value"]))


def _is(term: Binding, value: str) -> bool:
    text = term["value"]
    if term["type"] == "bnode":
        return False
    return text in spellings(value) or (term["type"] == "uri" and text.endswith(f"/{value}"))


def _order(term: Binding, text: str, order: Callable[[str], Order]) -> tuple[int, float, Order]:
    """Numbers by their value, before all else, which is sorted as it is shown."""
    value = term["value"]
    if term.get("datatype") in NUMBERS and _NUMBER.fullmatch(value):
        return 0, float(value), []
    return 1, 0.0, order(text)
