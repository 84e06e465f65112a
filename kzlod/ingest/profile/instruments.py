"""Domestic acts: the same act in different prints, different acts of similar names."""

import re
from collections.abc import Iterable

from kzlod.ingest.profile.markup import Text
from kzlod.ingest.profile.records import Instrument

_DATE = re.compile(
    r"\b(?:of|from|dated)\s+(?:\d{1,2}\s+[A-Z][a-z]+,?\s+\d{4}|[A-Z][a-z]+\s+\d{1,2},?\s+\d{4}|\d{1,2}\.\d{1,2}\.\d{4})"
)
_WORD = re.compile(r"[^\W_]+")
_EMPTY = frozenset(
    (
        "the",
        "a",
        "an",
        "of",
        "on",
        "in",
        "for",
        "and",
        "to",
        "its",
        "their",
        "with",
        "by",
        "at",
        "from",
        "concerning",
        "regarding",
        "about",
        "as",
        "amended",
    )
)
_STATE = frozenset(
    (
        "republic",
        "kingdom",
        "state",
        "states",
        "principality",
        "federation",
        "federal",
        "union",
        "commonwealth",
    )
)


def instrument_key(name: str, country: str) -> str:
    """A key of an act within its profile: its telling words and numbers in order, without country and date.

    Words that prints add or leave out at will (articles, prepositions, the country's name with its form of
    state) do not count; numbers do, so that two resolutions of one name stay apart.
    """
    own = {word.casefold() for word in _WORD.findall(country)} - _EMPTY
    kept: list[str] = []
    words = [word.casefold() for word in _WORD.findall(_DATE.sub("", name))]
    for word in words:
        if word not in own:
            kept.append(word)
            continue
        while kept and (kept[-1] in _EMPTY or kept[-1] in _STATE):
            kept.pop()
    return "-".join([word for word in kept if word not in _EMPTY] or words)


def instruments(prints: Iterable[tuple[str, Text]]) -> tuple[Instrument, ...]:
    """The acts in the order of their first print; `prints` are pairs of key and heading."""
    found: dict[str, list[Text]] = {}
    for key, text in prints:
        found.setdefault(key, []).append(text)
    return tuple(Instrument(key, texts[0].plain.rstrip(" ."), tuple(texts)) for key, texts in found.items())
