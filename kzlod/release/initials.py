"""Abbreviations of names by their initials: CC is the Criminal Code of 2014, УПК the one of its procedure.

As acts are named in print: years and what stands in brackets or behind a comma are no part of the name, small
words (of, о, туралы) have a letter or none.
"""

import re
from collections.abc import Iterable

from kzlod.words import forms, telling, words

_ASIDE = re.compile(r"\([^)]*\)|,.*|:.*|\d[\d–-]*\s*(?:год\w*|жыл\w*)?")
_FEWEST, _MOST = 2, 6


def initials(name: str, *, without: Iterable[str] = (), fewest: int = _FEWEST) -> list[str]:
    """The abbreviations of a name, as words of search; none when it has too few or too many words.

    `without`: words, such as the name of the state, that no abbreviation has.
    """
    all_words = words(_ASIDE.sub(" ", name))
    said = [word for word in all_words if not any(forms(word, one) for one in without)]
    while said and said[-1] not in telling(said):
        said.pop()
    ways = dict.fromkeys((_first_letters(telling(said)), _first_letters(said)))
    return [way for way in ways if fewest <= len(way) <= _MOST]


def _first_letters(said: list[str]) -> str:
    return "".join(word[0] for word in said)
