"""Full-text search over a release's index file (kzlod.release.search), forgiving and by facets.

All that is asked for (kzlod.web.asking) must occur; when no thing has all of it, things that have some are
found, those first that have the most and the rarest. Before the others comes what is called so, the provision
that has the number, and what readers of law look for (kzlod.release.interest).
"""

import json
import math
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kzlod.namespaces import ONTOLOGY
from kzlod.release.interest import NAMED, SOUGHT
from kzlod.web.asking import LONGEST, Asked, Query, Term, asked_words, read_asked
from kzlod.words import NUMBERED, beginning, forms

__all__ = ["FACETS", "LONGEST", "Found", "Query", "SearchTooLongError", "asked_words", "patient", "search"]

FACETS = ("kind", "document", "act")
"""By what the things that were found can be narrowed down."""

_PATIENCE = 2.0  # seconds
_INSTRUCTIONS = 10_000  # of SQLite between two looks at the clock

# What a word counts in name, code, context, text; what speaks against a thing counts less.
_SCORE = "? * bm25(words, 10.0, 8.0, 1.0, 2.0) + 0.35 * weight"
_PHRASE = 6.0  # how much it counts that the words stand together in name or code
_KEY, _WORDS_KEY = 15.0, 3.0  # and that they are those with which the IRI ends; less without a number
_CALLED = 16.0  # and that they are the whole name; as much less as the name has other words
_SAME = 4.0  # and that the name has no other word
_EXACT = 200.0  # and that it is word for word what is asked for: that goes before all else
_NEARLY = 185.0  # or that it is so but for year, bracket, state and endings: Kazakh has one after a state
_SOUGHT = 60.0  # and that it is besides of a kind that readers of law look for, or that has names of its own
_MOST_CALLED = 3000
_PLACE, _AROUND = 18.0, 9.0  # and that a thing is the provision that is asked for, or what it is in
_INSIDE = 10.0  # and that it is one inside an article
_QUOTED = 3.0  # and that it is of a treaty, when the number is written as in treaties
_FIGURE = 12.0  # and that it gives a figure, when one is asked for
_FIGURES = tuple(ONTOLOGY + name for name in ("Question", "ReportedQuantity", "Indicator"))
_RARITY = 2.0  # how much it counts for a thing without some of the words that it has another, by its rarity
_GUESSED = 0.3  # of that, if the word is a guess


# While a number is typed: what is called by it (1) or by one that begins so (2), the same by its place in an
# act (3, 4), anything else (5).
_STEP = f"""
    CASE WHEN kind NOT IN ({", ".join("?" * len(SOUGHT))}) THEN 5
         WHEN ' ' || key GLOB ? THEN 1 WHEN ' ' || key GLOB ? THEN 2
         WHEN place = '' THEN 5 WHEN place = ? THEN 3 WHEN place GLOB ? THEN 4 ELSE 5 END"""
_BY_NUMBER = """
    step, CASE step WHEN 2 THEN length(key) WHEN 4 THEN length(place) END,
    CASE step WHEN 2 THEN key WHEN 4 THEN place END,"""


class SearchTooLongError(Exception):
    """A search took longer than any may."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: the IRIs of one page with their kinds, best first, and how many there are altogether.

    `facets`: for each of FACETS the values with how many things have them, most first, as the other facets
    narrow them down. `taken`: words that occur nowhere and what they were taken for; `also`: what else was
    looked for as meaning the same. `some`: no thing has all words; these have some.
    """

    total: int
    hits: Sequence[tuple[str, str]] = ()
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    some: bool = False
    also: Sequence[str] = ()


def search(
    query: Query, text: str, chosen: dict[str, str], *, first: int = 0, most: int = 20, open_end: bool = False
) -> Found:
    """Finds things by words, narrowed to the `chosen` value of some facets.

    `open_end`: the last word may go on, as while somebody types. Raises SearchTooLongError.
    """
    asked = read_asked(query, text, open_end=open_end)
    terms = asked.terms
    if not terms:
        return Found(0)
    match = " AND ".join(term.expression for term in terms)
    found = _find(query, match, terms, asked, chosen, first, most, called=_called(query, terms))
    some = len(terms) > 1 and not found.total and not (chosen and _occurs(query, match))
    if some:
        match = " OR ".join(term.expression for term in terms)
        together = _numbered(terms) or terms
        found = _find(query, match, together, asked, chosen, first, most, counted=_rarity(query, terms))
    taken = {term.asked: term.guess for term in terms if term.guess}
    also = tuple(one for term in terms for one in term.also)
    return Found(found.total, found.hits, found.facets, taken, some, also)


def is_known(query: Query, facet: str, value: str) -> bool:
    """Whether anything that can be found has a value of a facet."""
    table, column = ("entry", "kind") if facet == "kind" else (facet, "iri")
    return bool(query(f"SELECT 1 FROM {table} WHERE {column} = ? LIMIT 1", value))  # noqa: S608 - ours


def _numbered(terms: Sequence[Term]) -> list[Term]:
    """Of the terms those that number something: `art 205`."""
    return [
        one
        for noun, number in pairwise(terms)
        if noun.words[0] in NUMBERED and number.words[0].isdecimal()
        for one in (noun, number)
    ]


def _rarity(query: Query, terms: Sequence[Term]) -> dict[str, float]:
    """What it counts that a thing has a term: the more, the fewer have it."""
    number = int(str(query("SELECT COUNT(*) FROM entry")[0][0]))
    counted = {}
    for term in terms:
        had = int(str(query("SELECT COUNT(*) FROM words WHERE words MATCH ?", term.expression)[0][0]))
        if had:
            counts = _RARITY * math.log(1 + number / had)
            counted[term.expression] = counts * _GUESSED if term.guess else counts
    return counted


def _occurs(query: Query, match: str) -> bool:
    """Whether anything matches, whatever the facets."""
    return bool(query("SELECT 1 FROM words WHERE words MATCH ? LIMIT 1", match))


def _called(query: Query, terms: Sequence[Term]) -> dict[int, float]:
    """What it counts for things that they are called so, by how much of a name is asked for."""
    match = " AND ".join(term.expression for term in terms)
    said = [word for term in terms for word in term.words]
    rows = query(
        "SELECT entry.id, called, plain, kind FROM words JOIN entry ON entry.id = words.rowid "
        "WHERE words MATCH ? LIMIT ?",
        f"name : ({match})",
        _MOST_CALLED,
    )
    found: dict[int, float] = {}
    for number, called, plain, kind in rows:
        names, without = ([name.split() for name in str(lines).split("\n")] for lines in (called, plain))
        part = max(_part(terms, name) for name in (*names, *without))
        if part:
            exactly = said in names
            more = _EXACT if exactly else _NEARLY if _is_nearly(said, (*names, *without)) else 0
            more += _SOUGHT if more and kind in (SOUGHT if exactly else NAMED) else 0
            found[int(str(number))] = round(_CALLED * part + (more or (_SAME if part == 1 else 0)), 2)
    return found


def _is_nearly(said: Sequence[str], names: Iterable[Sequence[str]]) -> bool:
    """Whether one of some names is what was said, but for endings that it has more."""
    return any(len(name) == len(said) and all(map(_goes_on, name, said)) for name in names)


def _goes_on(word: str, said: str) -> bool:
    """Whether a word is another one, with an ending more."""
    return word == said or (word.startswith(said) and forms(word, said))


def _part(terms: Sequence[Term], name: Sequence[str]) -> float:
    """How much of a name is asked for: 1 the whole name, 0 if it has not all that is asked for."""
    there, used = set(name), 0
    for term in terms:
        if term.open_end:
            used += any(word.startswith(term.words[0]) for word in name)
            continue
        said = [len(way) for way in term.ways if not any(there.isdisjoint(one) for one in way)]
        if not said:
            return 0.0
        used += max(said)
    return min(1.0, used / max(1, len(name)))


def _find(
    query: Query,
    match: str,
    together: Sequence[Term],
    asked: Asked,
    chosen: dict[str, str],
    first: int,
    most: int,
    *,
    called: Mapping[int, float] | None = None,
    counted: Mapping[str, float] | None = None,
) -> Found:
    """The page of what matches, first what is called so or has the words of `together` beside each other.

    `called`: how much it counts for some things that they are called so; `counted`: that one matches an
    expression.
    """
    counted = counted or {}
    matched = " ".join("- ? * (hit.id IN (SELECT rowid FROM words WHERE words MATCH ?))" for _ in counted)
    said = [word for term in together for word in term.words]
    key = " ".join(said)
    place, around = " ".join(asked.place), " ".join(asked.place[:1])
    rows = query(
        f"""
        WITH hit AS MATERIALIZED (
            SELECT words.rowid AS id, {_SCORE} AS score, {_STEP if asked.goes_on else 5} AS step
            FROM words JOIN entry ON entry.id = words.rowid
            WHERE words MATCH ?
        ), called AS MATERIALIZED (SELECT CAST(key AS INTEGER) AS id, value FROM json_each(?))
        SELECT entry.iri, entry.kind FROM hit JOIN entry USING (id) LEFT JOIN called USING (id)
        WHERE {_conditions(chosen)}
        ORDER BY {_BY_NUMBER} score {matched} - ifnull(called.value, 0)
            - {_PHRASE} * (hit.id IN (SELECT rowid FROM words WHERE words MATCH ?))
            - ? * (' ' || key LIKE '% ' || ? OR ' ' || ? LIKE '% ' || key)
            - ? * (kind IN ({", ".join("?" * len(_FIGURES))}))
            - CASE place WHEN '' THEN 0 WHEN ? THEN ? + ? * treaty WHEN ? THEN {_AROUND} + ? * treaty
              ELSE 0 END,
            length(iri), iri
        LIMIT ? OFFSET ?
        """,  # noqa: S608 - the parts are ours
        1 / max(1, *(len(term.ways) for term in asked.terms)),  # or else each way would count
        *(
            (*SOUGHT, f"* {key}", f"* {key}[0-9]*", place, place and f"{place}[0-9]*")
            if asked.goes_on
            else ()
        ),
        match,
        json.dumps(called or {}),
        *_values(chosen),
        *(value for part, weight in counted.items() for value in (weight, part)),
        "{name code} : NEAR(" + " ".join(_begun(word) for word in said) + ", 0)",
        _KEY if any(word.isdecimal() for word in said) and not asked.inside else _WORDS_KEY,
        key,
        key,
        _FIGURE if asked.figure else 0,
        *_FIGURES,
        place,
        _PLACE + (_INSIDE if len(asked.place) > 1 else 0),
        _QUOTED if asked.inside else 0,
        around,
        _QUOTED if asked.inside else 0,
        most,
        first,
    )
    facets = {name: _facet(query, name, match, chosen) for name in FACETS}
    hits = [(str(iri), str(kind)) for iri, kind in rows]
    total = sum(number for iri, number in facets["kind"] if chosen.get("kind") in (None, iri))
    return Found(total, hits, facets)


def _begun(word: str) -> str:
    """A word with any ending, for FTS5."""
    start = word if word.isdecimal() else beginning(word)
    return f'"{word}"' if start == word or word in NUMBERED else f'"{start}" *'


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
