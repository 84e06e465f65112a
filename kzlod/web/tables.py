"""The result of a stored query as a table: rows that are asked for, and what can be chosen in each column.

Pure functions over the bindings of SPARQL results in JSON.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kzlod.namespaces import PREFIXES
from kzlod.web.bindings import Binding, Cell, Row
from kzlod.web.i18n import Order
from kzlod.web.narrowing import spellings

MOST_CHOICES = 30
"""The most different values of a column that are offered for choice."""

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
class Table:
    """The first rows of those asked for (a cell None: empty), how many those are, and how many in all.

    `total` is None, and `found` the rows shown, when the result was too large to be read whole.
    `codes` are the columns with texts that a program would take for numbers.
    """

    columns: tuple[Column, ...]
    rows: list[list[Cell | None]]
    found: int
    more: bool
    total: int | None
    codes: tuple[str, ...] = ()


def asked_for(rows: Sequence[Row], chosen: Mapping[str, Sequence[str]]) -> list[Row]:
    """The rows that have one of the given values in each of the columns, as `narrowing.narrowed` has it."""
    return [
        row
        for row in rows
        if all(
            name in row and any(_is(row[name], value) for value in values) for name, values in chosen.items()
        )
    ]


def column(
    rows: Sequence[Row], name: str, shown: Callable[[Binding], Cell], order: Callable[[str], Order]
) -> Column:
    """A column with its different values as `order` sorts them, when they are few and short."""
    counts: dict[str, int] = {}
    terms: dict[str, Binding] = {}
    for row in rows:
        term = row.get(name)
        if term is None or term["type"] == "bnode":
            continue
        value = term["value"]
        terms.setdefault(value, term)
        counts[value] = counts.get(value, 0) + 1
        if len(counts) > MOST_CHOICES or (term["type"] == "literal" and len(value) > _LONGEST_CHOICE):
            return Column(name)
    if len(counts) == 1 and sum(counts.values()) == len(rows):
        return Column(name, same=True)
    # Of an IRI the last step is enough where no other has it.
    short = {value: value.rpartition("/")[2] if terms[value]["type"] == "uri" else value for value in counts}
    steps = list(short.values())
    found = []
    for value, count in counts.items():
        given = short[value] if short[value] and steps.count(short[value]) == 1 else value
        cell = shown(terms[value])
        language = cell.values[0].name.language if cell.values and not cell.meaning else ""
        found.append(Choice(given, cell.text or value, language, count))
    return Column(name, tuple(sorted(found, key=lambda one: _order(one.shown, order))))


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


def _order(text: str, order: Callable[[str], Order]) -> tuple[int, float, Order]:
    """Numbers by their size, before words."""
    plain = text.replace("\N{NO-BREAK SPACE}", "").replace(",", "")
    return (0, float(plain), []) if plain.isdecimal() and len(plain) < 20 else (1, 0.0, order(text))
