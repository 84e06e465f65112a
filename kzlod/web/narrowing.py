"""A stored query as a table: its columns, and the same query for some values of them only. Pure functions."""

import re
from collections.abc import Mapping, Sequence

import pyoxigraph as ox

from kzlod.engine.lexemes import tokens

_SPACES = re.compile(r"(?<=\d)[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}](?=\d{3})")
_GROUPED = re.compile(r"-?\d{1,3}(,?\d{3})+(\.\d+)?")
_DECIMAL = re.compile(r"-?\d+,\d+")
_AFTER_COLUMNS = {"WHERE", "FROM"}


def columns(text: str) -> tuple[str, ...]:
    """The names of the columns of a SELECT query, in their order; none when they are not written out."""
    start = _select(text)
    found: list[str] = []
    depth = 0
    last = ""
    for kind, lexeme, place in tokens(text):
        if start is None or place <= start:
            continue
        if kind == "open":
            if lexeme == "{":
                break
            depth += 1
        elif kind == "close":
            depth -= 1
            if depth == 0 and last:
                found.append(last)
            last = ""
        elif kind == "word" and depth == 0 and lexeme.upper() in _AFTER_COLUMNS:
            break
        elif kind == "name" and lexeme[0] in "?$":
            if depth == 0:
                found.append(lexeme[1:])
            last = lexeme[1:]  # in brackets the one that comes last is the column
    return tuple(dict.fromkeys(found))


def narrowed(text: str, values: Mapping[str, Sequence[str]], limit: int | None = None) -> str:
    """A SELECT query for the rows only in which columns have one of the given values.

    A value is the text of a literal, an IRI, or the last step of one; of a number also as it is shown.
    `limit` is the most rows. ValueError when the query is of another form, or names graphs by FROM.
    """
    start = _select(text)
    if start is None or any(
        kind == "word" and lexeme.upper() == "FROM" and place > start for kind, lexeme, place in tokens(text)
    ):
        raise ValueError("only a SELECT query without FROM can be narrowed")
    if not values and limit is None:
        return text
    conditions = "\n".join(f"  FILTER({_condition(name, some)})" for name, some in values.items())
    end = f"\nLIMIT {limit}" if limit is not None else ""
    names = " ".join(f"?{name}" for name in columns(text)) or "*"
    return f"{text[:start]}SELECT {names} WHERE {{\n  {{ {text[start:]}\n  }}\n{conditions}\n}}{end}\n"


def spellings(value: str) -> list[str]:
    """A value, and what it is in the data if it is a number as pages show it: `2,394`, `2 394` or `0,5`."""
    plain = _SPACES.sub("", value)
    found = [value]
    if _GROUPED.fullmatch(plain):
        found.append(plain.replace(",", ""))
    if _DECIMAL.fullmatch(plain):
        found.append(plain.replace(",", "."))
    return found


def _select(text: str) -> int | None:
    """Where the SELECT of the query begins; None when it is of another form."""
    for kind, lexeme, place in tokens(text):
        if kind == "word" and lexeme.upper() in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
            return place if lexeme.upper() == "SELECT" else None
    return None


def _condition(name: str, values: Sequence[str]) -> str:
    parts = []
    for value in values:
        whole = ", ".join(str(ox.Literal(one)) for one in spellings(value))
        step = ox.Literal(f"/{value}")
        parts.append(f"STR(?{name}) IN ({whole}) || (ISIRI(?{name}) && STRENDS(STR(?{name}), {step}))")
    return " || ".join(parts)
