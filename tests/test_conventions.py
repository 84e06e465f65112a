"""The structure of conventions: complete, whole, numbered without gaps, in words of our own."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.documents.provisions import describe_provision, parse_provision
from kzlod.namespaces import CONCEPT, ID
from kzlod.terms import LABEL, TYPE, kz, term, value
from kzlod.turtle import read_turtle

FOLDER = Path(__file__).parent.parent / "data" / "vocabulary" / "conventions"
CONVENTIONS = sorted(folder.name for folder in FOLDER.iterdir())
CYBERCRIME = f"{ID}treaty/ets-185"
ARTICLES = [*range(1, 23), *range(24, 36), 42]
COPIED = 14
RESERVATIONS = {
    "art/4/par/2": ["art/4/par/1"],
    "art/6/par/3": ["art/6/par/1"],
    "art/9/par/4": ["art/9/par/1/pt/d", "art/9/par/1/pt/e", "art/9/par/2/pt/b", "art/9/par/2/pt/c"],
    "art/10/par/3": ["art/10/par/1", "art/10/par/2"],
    "art/11/par/3": ["art/11/par/2"],
    "art/14/par/3": [],
    "art/14/par/3/pt/a": ["art/20"],
    "art/14/par/3/pt/b": ["art/20", "art/21"],
    "art/22/par/2": ["art/22/par/1/pt/b", "art/22/par/1/pt/c", "art/22/par/1/pt/d"],
    "art/29/par/4": ["art/29"],
}


@dataclass(frozen=True)
class Convention:
    """The statements about a convention by subject and predicate, without the types."""

    treaty: str
    types: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    said: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    triples: set[ox.Triple] = field(default_factory=set)

    @property
    def provisions(self) -> list[str]:
        """The IRIs of all provisions."""
        return [iri for iri, types in self.types.items() if kz("Provision").value in types]

    def of(self, iri: str, predicate: ox.NamedNode) -> list[str]:
        """The values of a property."""
        return self.said[iri, predicate.value]


@lru_cache
def convention(slug: str) -> Convention:
    found = Convention(f"{ID}treaty/{slug}")
    for file in sorted((FOLDER / slug).glob("*.ttl")):
        for triple in read_turtle(file).triples:
            found.triples.add(triple)
            subject = value(triple.subject)
            if triple.predicate == TYPE:
                found.types[subject].add(value(triple.object))
            else:
                found.said[subject, triple.predicate.value].append(value(triple.object))
    return found


def kinds(slug: str) -> Counter[str]:
    """How many provisions there are of each kind of step."""
    references = map(parse_provision, convention(slug).provisions)
    return Counter(reference.steps[-1][0] for reference in references if reference)


def test_counts_of_the_convention_on_cybercrime() -> None:
    assert kinds("ets-185") == {
        "chap": 3,
        "sec": 3,
        "title": 5,
        "art": len(ARTICLES),
        "par": 98,
        "pt": 81,
        "sub": 10,
    }
    assert {f"{CYBERCRIME}/art/{number}" for number in ARTICLES} <= set(convention("ets-185").provisions)


@pytest.mark.parametrize("slug", CONVENTIONS)
def test_provisions_say_what_their_iri_says(slug: str) -> None:
    data = convention(slug)
    (label,) = data.of(data.treaty, LABEL)
    for iri in data.provisions:
        reference = parse_provision(iri)
        assert reference
        assert set(describe_provision(reference, label, ())) <= data.triples, iri


@pytest.mark.parametrize("slug", CONVENTIONS)
def test_every_container_exists(slug: str) -> None:
    data = convention(slug)
    things = {data.treaty, *data.provisions}
    assert {part for iri in data.provisions for part in data.of(iri, kz("isPartOf"))} <= things
    assert {cited for iri in data.provisions for cited in data.of(iri, term("eli:cites"))} <= things


def test_articles_stand_in_the_chapters_that_the_source_prints() -> None:
    data = convention("ets-185")
    places = {
        number: [
            part.removeprefix(f"{CYBERCRIME}/")
            for part in data.of(f"{CYBERCRIME}/art/{number}", kz("isPartOf"))
            if part != CYBERCRIME
        ]
        for number in ARTICLES
    }
    assert places[1] == ["chap/I"]
    assert places[6] == ["chap/II/sec/1/title/1"]
    assert places[13] == ["chap/II/sec/1/title/5"]
    assert places[14] == places[21] == ["chap/II/sec/2"]
    assert places[35] == ["chap/III"]
    assert [number for number, place in places.items() if not place] == [42]


@pytest.mark.parametrize("slug", CONVENTIONS)
def test_numbers_are_unique_and_without_gaps_in_their_container(slug: str) -> None:
    data, numbers = convention(slug), defaultdict[tuple[str, str], list[str]](list)
    for iri in data.provisions:
        reference = parse_provision(iri)
        assert reference
        kind = reference.steps[-1][0]
        for part in data.of(iri, kz("isPartOf")):
            numbers[part, kind].extend(data.of(iri, kz("number")))
    series = {
        "par": [str(number) for number in range(1, 99)],
        "pt": list("abcdefghij"),
        "sub": ["i", "ii", "iii"],
    }
    for (container, kind), found in numbers.items():
        assert len(found) == len(set(found)), (container, found)
        if kind in series:
            assert sorted(found) == sorted(series[kind][: len(found)]), (container, found)


@pytest.mark.parametrize("slug", CONVENTIONS)
def test_each_provision_has_a_summary_and_each_article_and_chapter_a_title(slug: str) -> None:
    data = convention(slug)
    for iri in data.provisions:
        assert len(data.of(iri, kz("summary"))) == 1, iri
        titled = bool(re.search(r"/(art|chap|sec|title)/[^/]+$", iri))
        assert len(data.of(iri, term("dcterms:title"))) == titled, iri


def test_what_has_no_words_of_its_own_has_no_obligation_and_all_else_has_one() -> None:
    data = convention("ets-185")
    for iri in data.provisions:
        kind = re.sub(r"^.*/([a-z]+)/[^/]+$", r"\1", iri)
        obliging = bool(data.of(iri, kz("obligation")))
        if kind in {"pt", "sub"}:
            assert obliging, iri
        elif kind == "art":
            assert obliging != (f"{iri}/par/1" in data.types), iri
        elif kind in {"chap", "sec", "title"}:
            assert not obliging, iri
    silent = {"14/par/3", "24/par/1", "24/par/7", "27/par/2", "27/par/9", "35/par/2"}
    paragraphs = [iri for iri in data.provisions if re.search(r"/par/\d+$", iri)]
    assert {i for i in paragraphs if not data.of(i, kz("obligation"))} == {
        f"{CYBERCRIME}/art/{path}" for path in silent
    }


@pytest.mark.parametrize(
    ("path", "kinds_of_obligation"),
    [
        ("art/1/pt/d", {"no-obligation"}),
        ("art/2", {"shall", "may"}),
        ("art/15/par/3", {"shall-consider"}),
        ("art/14/par/3/pt/b", {"may", "shall-consider"}),
        ("art/27/par/4/pt/b", {"may"}),
        ("art/34", {"shall-if-consistent-with-law"}),
    ],
)
def test_kinds_of_obligation(path: str, kinds_of_obligation: set[str]) -> None:
    found = convention("ets-185").of(f"{CYBERCRIME}/{path}", kz("obligation"))
    assert set(found) == {f"{CONCEPT}obligation/{kind}" for kind in kinds_of_obligation}


def test_reservations_are_those_that_article_42_names_and_cite_what_they_limit() -> None:
    data, permitted = convention("ets-185"), f"{CONCEPT}reservation-option/reservation-permitted"
    named = data.of(f"{CYBERCRIME}/art/42", term("eli:cites"))
    assert set(named) == {f"{CYBERCRIME}/{path}" for path in RESERVATIONS if "/pt/" not in path}
    for path, limited in RESERVATIONS.items():
        cited = data.of(f"{CYBERCRIME}/{path}", term("eli:cites"))
        assert {f"{CYBERCRIME}/{other}" for other in limited} <= set(cited)
    expected = {f"{CYBERCRIME}/{path}" for item in RESERVATIONS.items() for path in (item[0], *item[1])}
    assert {iri for iri in data.provisions if permitted in data.of(iri, kz("reservationOption"))} == expected


def test_titles_are_those_that_the_document_prints(seeds: Path) -> None:
    text = re.sub(r"\*|<[^>]*>", "", profile(seeds))
    names = {"art": "Article", "chap": "Chapter", "sec": "Section", "title": "Title"}
    for iri in convention("ets-185").provisions:
        for title in convention("ets-185").of(iri, term("dcterms:title")):
            kind, number = iri.split("/")[-2:]
            assert f"{names[kind]} {number} – {title}" in text, iri


def test_no_summary_is_copied(seeds: Path) -> None:
    runs = {run for file in seeds.glob("*.txt") for run in word_runs(file.read_text("utf-8"))}
    assert next(word_runs(profile(seeds))) in runs
    texts = [
        text
        for slug in CONVENTIONS
        for iri in convention(slug).provisions
        for text in (*convention(slug).of(iri, kz("summary")), *convention(slug).of(iri, kz("note")))
    ]
    assert [text for text in texts if runs.intersection(word_runs(text))] == []


def profile(seeds: Path) -> str:
    """The document that quotes the Convention on Cybercrime."""
    (file,) = seeds.glob("001_*.txt")
    return file.read_text("utf-8")


def word_runs(text: str) -> Iterator[tuple[str, ...]]:
    """All runs of COPIED words, without mark-up, case and punctuation."""
    words = re.findall(r"[^\W_]+", re.sub(r"<[^>]*>", " ", text).casefold())
    return (tuple(words[start : start + COPIED]) for start in range(len(words) - COPIED + 1))
