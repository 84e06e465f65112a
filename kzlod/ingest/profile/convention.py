"""The structure of a convention, as the vocabulary graph holds it: divisions, articles and their parts."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from types import MappingProxyType

import pyoxigraph as ox

from kzlod.documents.provisions import parse_provision
from kzlod.terms import TYPE, kz, term, value

Steps = tuple[tuple[str, str], ...]
_ROMAN = MappingProxyType({"i": 1, "v": 5, "x": 10, "l": 50, "c": 100})
_DASH = r"\s*[-–—:]\s*"
_ARTICLE = re.compile(rf"(?:Article|Art\.)\s+(?P<number>\d{{1,3}})(?:{_DASH}(?P<title>.*))?$", re.I | re.S)
_DIVISION = re.compile(
    rf"(?P<kind>Chapter|Section|Title)\s+(?P<number>[IVXLC]+|\d{{1,3}})(?:{_DASH}(?P<title>.*))?$",
    re.I | re.S,
)
_KINDS = {"chapter": "chap", "section": "sec", "title": "title"}
_ALIKE = 0.8
_WORDS = {
    "art": "article",
    "par": "paragraph",
    "pt": "point",
    "sub": "sub-point",
    "chap": "chapter",
    "sec": "section",
}


def name(steps: Steps) -> str:
    """Steps as a reader writes them: `article 9, paragraph 1, point a`."""
    return ", ".join(f"{_WORDS.get(kind, kind)} {number}" for kind, number in steps)


@dataclass(frozen=True)
class Division:
    """A chapter, section or title of the convention: its steps from the outside in, and its title."""

    steps: Steps
    title: str


@dataclass(frozen=True)
class ConventionArticle:
    """An article: number, title, and the paragraphs, points and sub-points in the order of the text."""

    number: str
    title: str
    parts: tuple[Steps, ...]

    @property
    def steps(self) -> Steps:
        """The article itself as steps."""
        return (("art", self.number),)


@dataclass(frozen=True)
class Convention:
    """A convention as a parameter of the reader: its IRI, its articles by number, its divisions in order."""

    iri: str
    articles: Mapping[str, ConventionArticle] = field(default_factory=dict)
    divisions: tuple[Division, ...] = ()

    def has(self, steps: Steps) -> bool:
        """Whether the convention has such an article, paragraph, point or sub-point."""
        article = self.articles.get(steps[0][1]) if steps and steps[0][0] == "art" else None
        return article is not None and (len(steps) == 1 or steps in article.parts)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the convention found at the start of a text: what it names, and where its title ends."""

    article: ConventionArticle | None
    division: Division | None
    end: int


def conventions(triples: Iterable[ox.Triple]) -> list[str]:
    """The IRIs of the treaties of which the triples describe articles."""
    triples = list(triples)
    articles = {t.subject for t in triples if t.predicate == TYPE and t.object == kz("Article")}
    treaties = {
        value(t.object) for t in triples if t.predicate == kz("provisionOf") and t.subject in articles
    }
    return sorted(treaties)


def read_convention(triples: Iterable[ox.Triple], iri: str) -> Convention:
    """The convention with that IRI, from triples of the vocabulary graph; empty when they do not know it."""
    titles: dict[str, str] = {}
    members: set[str] = set()
    for triple in triples:
        subject = value(triple.subject)
        if not subject.startswith(f"{iri}/"):
            continue
        if triple.predicate == term("dcterms:title"):
            titles[subject] = value(triple.object)
        elif triple.predicate == term("kzlod:provisionOf") and value(triple.object) == iri:
            members.add(subject)
    steps = {
        reference.steps: titles.get(member, "")
        for member in members
        if (reference := parse_provision(member)) is not None
    }
    return make_convention(iri, steps)


def make_convention(iri: str, titles: Mapping[Steps, str]) -> Convention:
    """The convention of these provisions and divisions, each with its title or an empty string."""
    ordered = sorted(titles, key=lambda steps: [(kind, _order(kind, number)) for kind, number in steps])
    articles = {
        steps[0][1]: ConventionArticle(
            steps[0][1],
            titles[steps],
            tuple(part for part in ordered if part[0] == steps[0] and len(part) > 1),
        )
        for steps in ordered
        if len(steps) == 1 and steps[0][0] == "art"
    }
    divisions = tuple(Division(steps, titles[steps]) for steps in ordered if steps[0][0] == "chap")
    return Convention(iri, articles, divisions)


def heading(convention: Convention, text: str) -> Heading | None:
    """The heading of the convention that a text opens with, None if it opens with none.

    Number and title must both agree, the title nearly: a domestic article may have the same number.
    The title may be followed by more text in the same paragraph.
    """
    if match := _ARTICLE.match(text):
        article = convention.articles.get(match["number"])
        if article is None:
            return None
        end = _title_end(text, match, article.title)
        return Heading(article, None, end) if end is not None else None
    if match := _DIVISION.match(text):
        kind, number = _KINDS[match["kind"].lower()], match["number"]
        for division in convention.divisions:
            if division.steps[-1] == (kind, number):
                end = _title_end(text, match, division.title)
                if end is not None:
                    return Heading(None, division, end)
    return None


def _title_end(text: str, match: re.Match[str], title: str) -> int | None:
    """Where the printed title ends if it is the convention's (or nothing is printed), else None."""
    printed = match["title"]
    if printed is None or not title:
        return len(text) if printed is None or len(printed) <= 200 else None
    if not printed.strip():
        return None
    start = match.start("title")
    candidate = text[start : start + len(title) + 8]
    if SequenceMatcher(None, _plain(printed), _plain(title), autojunk=False).ratio() >= _ALIKE:
        return len(text)
    best = SequenceMatcher(None, candidate, title, autojunk=False)
    blocks = [block for block in best.get_matching_blocks() if block.size]
    matched = sum(block.size for block in blocks)
    if blocks and matched >= _ALIKE * len(title) and blocks[0].a <= 3:
        end = start + blocks[-1].a + blocks[-1].size
        return end + len(text[end:]) - len(text[end:].lstrip(" :.”\"'"))
    return None


def _plain(text: str) -> str:
    """Letters and digits only, lower case: what two prints of a title share."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in folded if character.isalnum() or character == " ").strip()


def _order(kind: str, number: str) -> tuple[int, str]:
    """The sort key of a number: digits by value, Roman numerals by value, letters by the alphabet."""
    if number.isdigit():
        return int(number), ""
    if kind in ("chap", "sub") and re.fullmatch(r"[ivxlcIVXLC]+", number):
        return _roman(number.lower()), ""
    return 0, number


def _roman(number: str) -> int:
    values = [_ROMAN[letter] for letter in number]
    return sum(
        -own if later and own < max(later) else own
        for own, later in ((values[i], values[i + 1 :]) for i in range(len(values)))
    )
