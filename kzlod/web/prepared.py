"""Prepared answers to what is searched for: the doors of the home page, and the stored queries."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from kzlod.synonyms import asks_for
from kzlod.web.i18n import DEFAULT, Texts, texts
from kzlod.web.search import LONGEST, asked_words
from kzlod.web.state import Snapshot
from kzlod.web.stored import read_examples
from kzlod.words import NUMBERED, forms, words

DOORS = (
    ("sanctions", "/compare/sanctions"),
    ("unanswered", "/compare/crosswalk?unanswered=1"),
    ("recommendations", "/recommendations"),
    ("statistics", "/statistics"),
    ("institutions", "/institutions"),
    ("treaties", "/treaties"),
    ("examples", "/examples"),
    ("cite", "/search"),
)
"""The questions on the home page and where they lead; the texts are `home.ask_…` and `home.get_…`."""

_MOST = 3
_MOST_WORDS = 30  # of a question
_ENOUGH = 0.5  # of the words that are searched for
_OF_TITLE = 2.0  # what a word counts in the title, when it counts one elsewhere
_ASKED = 20.0  # what it counts that a question is known by its words, besides each of these


@dataclass(frozen=True, slots=True)
class Prepared:
    """A page that answers a question; `name` is that of the question or stored query."""

    name: str
    title: str
    text: str
    address: str


def prepared_answers(snapshot: Snapshot, strings: Texts, asked: str) -> list[Prepared]:
    """The few prepared answers that fit a question in the reader's language or English, best first.

    An answer fits when its question is known by words of what is asked, or has most of them.
    """
    told = asked_words(asked)
    known = asks_for(words(asked[:LONGEST])[:_MOST_WORDS])
    scored: dict[str, tuple[float, int]] = {}
    shown: dict[str, Prepared] = {}
    for language in dict.fromkeys((strings.language, DEFAULT)):
        for place, one in enumerate(_all(snapshot, texts(language))):
            shown.setdefault(one.address, one)
            score = _score(told, one) + (_ASKED + known[one.name] if one.name in known else 0.0)
            if score > scored.get(one.address, (0.0, 0))[0]:
                scored[one.address] = (score, -place)
    return [shown[address] for address in sorted(scored, key=lambda one: scored[one], reverse=True)[:_MOST]]


def _all(snapshot: Snapshot, strings: Texts) -> Iterator[Prepared]:
    for key, address in DOORS:
        if address != "/search":
            yield Prepared(key, strings(f"home.ask_{key}"), strings(f"home.get_{key}"), address)
    for one in read_examples(snapshot, strings.language):
        yield Prepared(one.name, one.title, one.description, f"/examples/{one.name}")


def _score(told: Iterable[str], one: Prepared) -> float:
    """How well an answer fits; 0: not enough. A number must be there; what is numbered says nothing alone."""
    title, text = _words(one.title), _words(one.text)
    wanted = [word for word in dict.fromkeys(told) if word not in NUMBERED]
    counts = [_OF_TITLE if _has(title, word) else 1.0 if _has(text, word) else 0.0 for word in wanted]
    found = sum(1 for count in counts if count)
    if any(word.isdecimal() and not count for word, count in zip(wanted, counts, strict=True)):
        return 0.0
    return sum(counts) if _OF_TITLE in counts and found > _ENOUGH * len(wanted) else 0.0


@lru_cache(maxsize=2048)
def _words(text: str) -> tuple[str, ...]:
    """The words of a title or text, which are the same at every search."""
    return tuple(words(text))


def _has(there: Iterable[str], word: str) -> bool:
    return any(forms(one, word) for one in there)
