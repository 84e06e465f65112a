"""What a search asks for: its words in every form that occurs, what else means the same, and which provision.

Only a word that occurs nowhere, in no form and under no other name, is taken for the most similar one.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from itertools import pairwise

from kzlod.namespaces import ONTOLOGY
from kzlod.synonyms import ways
from kzlod.words import NUMBERED, asks_for_figure, beginning, forms, telling, words

LONGEST = 200
"""The longest search text that is looked at, in characters."""

Query = Callable[..., list[tuple[object, ...]]]
"""Runs a statement of SQL with values on the index file."""

_MOST_WORDS = 12
_MOST_FORMS = 80
_SIMILAR = 0.8
# A guess needs some letters; looking for one costs milliseconds, and hostile searches have many words.
_FEWEST_LETTERS, _MOST_LETTERS = 5, 24
_MOST_GUESSES = 3
# How many slips of the finger are forgiven in a word of so many letters, and in a longer one.
_SHORT_WORD, _SLIPS_OF_SHORT, _SLIPS = 6, 1, 2
_MOST_SIMILAR = 8
_LAST = "\U0010ffff"
_COUNTRY = ONTOLOGY + "Country"
# 15(a), 46 (13), 25(3)(b): a number and what is in it.
_INSIDE = re.compile(r"(\d+(?:-\d+)*)\s*((?:\(\s*\w{1,3}\s*\)\s*)+)")
_INSIDES = ("part", "para", "point")

Way = tuple[frozenset[str], ...]
"""One way to say something: for each of its words the forms that occur."""


@dataclass(frozen=True, slots=True)
class Term:
    """A part of what is asked for, which may be several words.

    `words`: as they are said in the index. `ways`: every way to say it that occurs. `also`: those of them
    that were not asked with. `guess`: what `asked` was taken for, when it occurs nowhere.
    """

    asked: str
    words: tuple[str, ...]
    ways: tuple[Way, ...]
    also: tuple[str, ...] = ()
    guess: str | None = None
    open_end: bool = False

    @property
    def expression(self) -> str:
        """What FTS5 is asked for; words have letters and digits only, so nothing is to be escaped."""
        if self.open_end:
            return f'("{self.words[0]}" OR "{self.words[0]}" *)'
        said = [" AND ".join(_any(one) for one in way) for way in self.ways]
        told = [way if len(self.ways) == 1 else f"({way})" for way in said]
        return f"({' OR '.join(told)})" if told else f'"{self.words[0]}"'


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: all of the `terms`; `place`: the numbers of a provision, from the article down.

    `inside`: how many of these numbers stand in brackets, which no thing need have; treaties are quoted so.
    `figure`: it is asked how many there are. `goes_on`: the last word is a number that may go on.
    """

    terms: tuple[Term, ...]
    place: tuple[str, ...] = ()
    inside: int = 0
    figure: bool = False
    goes_on: bool = False


def read_asked(query: Query, text: str, *, open_end: bool = False) -> Asked:
    """Reads a search text, by the words of an index; with `open_end` the last word may go on."""
    inside: list[str] = []

    def left_out(found: re.Match[str]) -> str:
        inside.extend(words(found[2]))
        return f"{found[1]} "

    plain = _INSIDE.sub(left_out, text[:LONGEST], count=1)
    told = asked_words(plain, open_end=open_end)
    if not told:
        return Asked(())
    terms = _terms(query, told, open_end=open_end)
    figure = asks_for_figure(words(plain))
    goes_on = terms[-1].open_end and told[-1].isdecimal()
    return Asked(tuple(terms), (*_place(told), *inside), len(inside), figure, goes_on)


def asked_words(text: str, *, open_end: bool = False) -> list[str]:
    """The words of a search that tell something; with `open_end` also the last, which may be unfinished."""
    asked = words(text[:LONGEST])[:_MOST_WORDS]
    told = telling(asked)
    return [*told, asked[-1]] if open_end and asked and told[-1] != asked[-1] else told


def _place(told: Sequence[str]) -> list[str]:
    """The numbers of the provision that is asked for, the article first; without any word the only number."""
    found: dict[str, list[str]] = {}
    noun = "" if NUMBERED.isdisjoint(told) else None
    for before, word in pairwise(("", *told)):
        if word in NUMBERED:
            noun = word
        elif noun is not None and (word.isdecimal() or (len(word) == 1 and before.isdecimal())):
            found.setdefault(noun, []).append(word)
        elif noun:
            noun = None
    number = found.get("art") or found.get("") or []
    return [*number, *(one for name in _INSIDES for one in found.get(name, ()))] if number else []


def _terms(query: Query, told: Sequence[str], *, open_end: bool) -> list[Term]:
    found: list[Term] = []
    place = guesses = 0
    for length, others in ways(told):
        said = tuple(told[place : place + length])
        place += length
        if open_end and place == len(told) and length == 1:
            found.append(Term(said[0], said, (), open_end=True))
            continue
        own = _way(query, said)
        also = {other: way for other in others if (way := _way(query, words_of(other)))}
        kept = tuple(way for way in (own, *also.values()) if way)
        if kept:
            names = said if own else words_of(next(iter(also)))
            found.append(Term(" ".join(said), names, tuple(dict.fromkeys(kept)), tuple(also)))
            continue
        guess = _similar(query, said[0]) if length == 1 and guesses < _MOST_GUESSES else None
        guesses += 1
        taken = (frozenset((guess,)),) if guess else ()
        found.append(Term(said[0], (guess or said[0],), (taken,) if taken else (), guess=guess))
    return found


def words_of(said: str) -> tuple[str, ...]:
    """The words of a way to say something that tell."""
    return tuple(telling(words(said)))


def _way(query: Query, said: Sequence[str]) -> Way | None:
    """The forms of words that occur; None if one of them does in none."""
    found = []
    for word in said:
        there = _forms(query, word)
        if not there:
            return None
        found.append(frozenset(there))
    return tuple(found)


def _forms(query: Query, word: str) -> list[str]:
    if word.isdecimal():
        return [word]
    start = beginning(word)
    rows = query("SELECT term FROM known WHERE term >= ? AND term < ?", start, start + _LAST)
    there = [term for row in rows if forms(term := str(row[0]), word)]
    return sorted(there, key=lambda term: (term != word, len(term), term))[:_MOST_FORMS]


def _similar(query: Query, word: str) -> str | None:
    """The word of the index with the same first letter that few slips lead to; no far guess at a country."""
    if not _FEWEST_LETTERS <= len(word) <= _MOST_LETTERS or any(one.isdecimal() for one in word):
        return None
    rows = query(
        "SELECT term FROM known WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?",
        word[0],
        word[0] + _LAST,
        len(word) - 2,
        len(word) + 2,
    )
    close = get_close_matches(word, [str(row[0]) for row in rows], _MOST_SIMILAR, _SIMILAR)
    best = min(close, key=lambda one: slips(word, one), default=None)
    if best is None or slips(word, best) > (_SLIPS_OF_SHORT if len(word) <= _SHORT_WORD else _SLIPS):
        return None
    return None if _is_country(query, best) and _far(word, best) else best


def slips(one: str, other: str) -> int:
    """The fewest slips between two words: a letter more, less or another, or two that changed places."""
    before: list[int] = []
    last: list[int] = [*range(len(other) + 1)]
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, there in enumerate(other, 1):
            least = min(last[column] + 1, now[-1] + 1, last[column - 1] + int(letter != there))
            if row > 1 and column > 1 and (letter, one[row - 2]) == (other[column - 2], there):
                least = min(least, before[column - 2] + 1)
            now.append(least)
        before, last = last, now
    return last[-1]


def _is_country(query: Query, term: str) -> bool:
    """Whether nothing but countries has a word."""
    return not query(
        "SELECT 1 FROM words JOIN entry ON entry.id = words.rowid WHERE words MATCH ? AND kind <> ? LIMIT 1",
        f'"{term}"',
        _COUNTRY,
    )


_NEAR = 0.85


def _far(word: str, other: str) -> bool:
    return SequenceMatcher(None, word, other).ratio() < _NEAR


def _any(there: frozenset[str]) -> str:
    quoted = [f'"{one}"' for one in sorted(there)]
    return quoted[0] if len(quoted) == 1 else f"({' OR '.join(quoted)})"
