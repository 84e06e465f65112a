"""Ways to say and to ask the same in search: `synonyms.toml`, general terms of law in three languages."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from kzlod.words import forms, telling, words

_FILE = Path(__file__).with_name("synonyms.toml")

Words = tuple[str, ...]


def ways(asked: Sequence[str]) -> list[tuple[int, Sequence[str]]]:
    """The words of a search in groups that mean one thing: how many words each has, and how else to say it.

    What is longer goes before what is shorter. A word without a synonym is a group by itself.
    """
    found: list[tuple[int, Sequence[str]]] = []
    place = 0
    while place < len(asked):
        length, others = _longest(tuple(asked[place:]))
        found.append((length, others))
        place += length
    return found


def _longest(asked: Words) -> tuple[int, Sequence[str]]:
    best: tuple[int, Sequence[str]] = (1, ())
    for said, group in _groups().get(asked[0][:_BEGINNING], ()):
        length = len(said)
        if length < best[0] or (length == best[0] and best[1]):
            continue
        if length <= len(asked) and all(forms(one, other) for one, other in zip(said, asked, strict=False)):
            best = (length, [way for way in group if _told(way) != said])
    return best


_BEGINNING = 2
"""The letters that forms of one word always have in common."""


@cache
def _groups() -> Mapping[str, Sequence[tuple[Words, Sequence[str]]]]:
    """The groups by the beginning of each way to say it."""
    found: dict[str, list[tuple[Words, Sequence[str]]]] = {}
    for group in tomllib.loads(_FILE.read_text(encoding="utf-8"))["same"]:
        for way in group:
            said = _told(way)
            found.setdefault(said[0][:_BEGINNING], []).append((said, group))
    return found


@cache
def _told(way: str) -> Words:
    return tuple(telling(words(way)))


def asks_for(asked: Sequence[str]) -> Mapping[str, int]:
    """The names of the questions that words ask, each with how many of the words say so."""
    found = {name: max((_said(way, asked) for way in ways), default=0) for name, ways in questions().items()}
    return {name: number for name, number in found.items() if number}


def _said(way: Words, asked: Sequence[str]) -> int:
    """How many words a way to ask a question has; 0 if not all of them are asked with."""
    return len(way) if all(any(forms(one, word) for one in asked) for word in way) else 0


@cache
def questions() -> Mapping[str, Sequence[Words]]:
    """The ways to ask each question that has a name, as words."""
    listed = tomllib.loads(_FILE.read_text(encoding="utf-8"))["questions"]
    return {name: [tuple(words(way)) for way in ways] for name, ways in listed.items()}
