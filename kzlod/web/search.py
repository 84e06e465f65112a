"""Full-text search over a release's index file (kzlod.release.search), forgiving and by facets.

Every word that tells something must occur, as it stands or with another ending; a word that occurs nowhere is
taken for the most similar one that does; and when no thing has all of them, things that have some are found,
those first that have the most and the rarest.
"""

import math
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import pairwise

from kzlod.words import NUMBERED, STEM, ending, telling, words

FACETS = ("kind", "document", "act")
"""By what the things that were found can be narrowed down."""

LONGEST = 200
"""The longest search text that is looked at, in characters."""

_MOST_WORDS = 12
_PATIENCE = 2.0  # seconds
_INSTRUCTIONS = 10_000  # of SQLite between two looks at the clock
_SIMILAR = 0.72
# Looking for what is similar costs milliseconds a word: hostile searches have many.
_MOST_SLIPS = 3
_LONGEST_SLIP = 24
_LAST = "\U0010ffff"

# What a word counts in name, code, context, text; one of many of its kind, or deep below others, counts less.
_SCORE = "bm25(words, 10.0, 8.0, 1.0, 2.0) + 0.35 * weight"
_PHRASE = 6.0  # how much it counts that the words stand together in name or code
_KEY = 15.0  # and that they are those with which the IRI ends
_RARITY = 2.0  # how much it counts for a thing without some of the words that it has another, by its rarity

Query = Callable[..., list[tuple[object, ...]]]
"""Runs a statement of SQL with values on the index file."""


class SearchTooLongError(Exception):
    """A search took longer than any may."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: the IRIs of one page with their kinds, best first, and how many there are altogether.

    `facets`: for each of FACETS the values with how many things have them, most first, as the other facets
    narrow them down. `taken`: words that occur nowhere and what they were taken for. `some`: no thing has all
    words; these have some.
    """

    total: int
    hits: Sequence[tuple[str, str]] = ()
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    some: bool = False


def search(
    query: Query, text: str, chosen: dict[str, str], *, first: int = 0, most: int = 20, open_end: bool = False
) -> Found:
    """Finds things by words, narrowed to the `chosen` value of some facets.

    `open_end`: the last word may go on, as while somebody types. Raises SearchTooLongError.
    """
    asked = asked_words(text, open_end=open_end)
    if not asked:
        return Found(0)
    known, taken = _known(query, asked)
    parts = [
        _expression(word, open_end=open_end and place == len(known) - 1) for place, word in enumerate(known)
    ]
    match = " AND ".join(parts)
    found = _find(query, match, known, chosen, first, most)
    some = len(known) > 1 and not found.total and not (chosen and _occurs(query, match))
    if some:
        together = _numbered(known) or known
        found = _find(query, " OR ".join(parts), together, chosen, first, most, _rarity(query, parts))
    return Found(found.total, found.hits, found.facets, taken, some)


def is_known(query: Query, facet: str, value: str) -> bool:
    """Whether anything that can be found has a value of a facet."""
    table, column = ("entry", "kind") if facet == "kind" else (facet, "iri")
    return bool(query(f"SELECT 1 FROM {table} WHERE {column} = ? LIMIT 1", value))  # noqa: S608 - ours


def asked_words(text: str, *, open_end: bool = False) -> list[str]:
    """The words of a search that tell something; with `open_end` also the last, which may be unfinished."""
    asked = words(text[:LONGEST])[:_MOST_WORDS]
    told = telling(asked)
    return [*told, asked[-1]] if open_end and asked and told[-1] != asked[-1] else told


def _numbered(known: Sequence[str]) -> list[str]:
    """Of the words those that number something: `art 205`."""
    return [
        one
        for word, number in pairwise(known)
        if word in NUMBERED and number.isdecimal()
        for one in (word, number)
    ]


def _rarity(query: Query, parts: Sequence[str]) -> dict[str, float]:
    """What it counts that a thing has a word: the more, the fewer have it."""
    number = int(str(query("SELECT COUNT(*) FROM entry")[0][0]))
    having = {
        part: int(str(query("SELECT COUNT(*) FROM words WHERE words MATCH ?", part)[0][0])) for part in parts
    }
    return {part: _RARITY * math.log(1 + number / had) for part, had in having.items() if had}


def _occurs(query: Query, match: str) -> bool:
    """Whether anything matches, whatever the facets."""
    return bool(query("SELECT 1 FROM words WHERE words MATCH ? LIMIT 1", match))


def _known(query: Query, asked: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """The words as they occur; those that occur nowhere by the most similar one, if there is one."""
    found: list[str] = []
    taken: dict[str, str] = {}
    looked = 0
    for word in asked:
        if word.isdecimal() or query(
            "SELECT 1 FROM known WHERE term >= ? AND term < ? LIMIT 1", _stem(word), _stem(word) + _LAST
        ):
            found.append(word)
            continue
        similar = None
        if looked < _MOST_SLIPS and len(word) <= _LONGEST_SLIP:
            looked += 1
            similar = _similar(query, word)
        found.append(similar or word)
        if similar:
            taken[word] = similar
    return found, taken


def _similar(query: Query, word: str) -> str | None:
    """The word of the index that is most similar, one with the same first letter if there is any."""
    for start, end in ((word[0], word[0] + _LAST), ("", _LAST)):
        rows = query(
            "SELECT term FROM known WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?",
            start,
            end,
            len(word) - 2,
            len(word) + 2,
        )
        close = get_close_matches(word, [str(row[0]) for row in rows], 1, _SIMILAR)
        if close:
            return close[0]
    return None


def _stem(word: str) -> str:
    """A word without what may be its ending."""
    return word if word.isdecimal() else word[: max(STEM, len(word) - ending(word))]


def _expression(word: str, *, open_end: bool) -> str:
    """What FTS5 is asked for a word; words have letters and digits only, so nothing is to be escaped."""
    if open_end:
        return f'("{word}" OR "{word}" *)'
    kept = _stem(word)
    return f'"{word}"' if kept == word else f'("{word}" OR "{kept}" *)'


def _find(
    query: Query,
    match: str,
    together: Sequence[str],
    chosen: dict[str, str],
    first: int,
    most: int,
    counted: Mapping[str, float] | None = None,
) -> Found:
    """The page of what matches, first what has the words of `together` beside each other.

    `counted`: how much it counts besides that something matches an expression.
    """
    counted = counted or {}
    matched = " ".join("- ? * (hit.id IN (SELECT rowid FROM words WHERE words MATCH ?))" for _ in counted)
    key, last = " ".join(together), _stem(together[-1])
    phrase = " ".join((*together[:-1], last))
    rows = query(
        f"""
        WITH hit AS MATERIALIZED (
            SELECT words.rowid AS id, {_SCORE} AS score FROM words JOIN entry ON entry.id = words.rowid
            WHERE words MATCH ?
        )
        SELECT entry.iri, entry.kind FROM hit JOIN entry USING (id)
        WHERE {_conditions(chosen)}
        ORDER BY score {matched}
            - {_PHRASE} * (hit.id IN (SELECT rowid FROM words WHERE words MATCH ?))
            - {_KEY} * (' ' || key LIKE '% ' || ? OR ' ' || ? LIKE '% ' || key), length(iri), iri
        LIMIT ? OFFSET ?
        """,  # noqa: S608 - the parts are ours
        match,
        *_values(chosen),
        *(value for part, weight in counted.items() for value in (weight, part)),
        f'{{name code}} : "{phrase}"' + " *" * (not last.isdecimal()),
        key,
        key,
        most,
        first,
    )
    facets = {name: _facet(query, name, match, chosen) for name in FACETS}
    hits = [(str(iri), str(kind)) for iri, kind in rows]
    total = sum(number for iri, number in facets["kind"] if chosen.get("kind") in (None, iri))
    return Found(total, hits, facets)


def _facet(query: Query, name: str, match: str, chosen: dict[str, str]) -> list[tuple[str, int]]:
    others = {other: value for other, value in chosen.items() if other != name}
    value, table = "entry.kind", ""
    if name != "kind":
        value, table = f"{name}.iri", f"JOIN {name} ON entry = entry.id"
    rows = query(
        f"""
        SELECT {value}, COUNT(*) AS number FROM words JOIN entry ON entry.id = words.rowid {table}
        WHERE words MATCH ? AND {_conditions(others)}
        GROUP BY 1 ORDER BY number DESC, 1
        """,  # noqa: S608 - the parts are ours
        match,
        *_values(others),
    )
    return [(str(iri), int(str(number))) for iri, number in rows]


def _conditions(chosen: dict[str, str]) -> str:
    parts = {
        "kind": "entry.kind = ?",
        "document": "entry.id IN (SELECT entry FROM document WHERE iri = ?)",
        "act": "entry.id IN (SELECT entry FROM act WHERE iri = ?)",
    }
    return " AND ".join(parts[name] for name in FACETS if name in chosen) or "1"


def _values(chosen: dict[str, str]) -> list[str]:
    return [chosen[name] for name in FACETS if name in chosen]


def patient(database: sqlite3.Connection, statement: str, *values: object) -> list[tuple[object, ...]]:
    """Runs a statement for a limited time; raises SearchTooLongError when that is over."""
    end = time.monotonic() + _PATIENCE
    database.set_progress_handler(lambda: time.monotonic() > end, _INSTRUCTIONS)
    try:
        return database.execute(statement, values).fetchall()
    except sqlite3.OperationalError as error:
        if "interrupted" in str(error):
            raise SearchTooLongError from error
        raise
    finally:
        database.set_progress_handler(None, 0)
