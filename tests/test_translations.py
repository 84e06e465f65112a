"""The Russian and Kazakh renderings: whole, in the right script, of things that our graphs describe."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.release.published import Release
from kzlod.repository import Graph, Repository, read_repository
from kzlod.terms import TYPE, kz, term

NAMED = (
    "DomesticAct",
    "GoodPractice",
    "Institution",
    "Office",
    "Person",
    "Programme",
    "ProgrammePhase",
    "Recommendation",
    "Review",
    "SourceDocument",
    "Treaty",
    "TreatyGroup",
)
TOLD = (
    "Declaration",
    "Definition",
    "Discrepancy",
    "DiscrepancySide",
    "Finding",
    "Objective",
    "OfficialStatement",
    "ProgrammePart",
    "Reform",
    "ReportedQuantity",
    "Rule",
    "Statement",
    "Support",
)
"""What has a name in prose, which things may share."""

LANGUAGES = ("kk", "ru")
CYRILLIC = re.compile(r"[Ѐ-ӿ]")
LATIN = re.compile(r"[A-Za-z]")
KAZAKH_ONLY = re.compile(r"[әғқңөұүһі]", re.IGNORECASE)

Labels = Mapping[tuple[ox.NamedNode, str], tuple[str, ...]]


def labels_of(triples: Iterable[ox.Triple], name: str) -> Labels:
    """What a property says of each subject in each language."""
    found: dict[tuple[ox.NamedNode, str], tuple[str, ...]] = {}
    for triple in triples:
        assert isinstance(triple.subject, ox.NamedNode), triple
        assert triple.predicate in (kz("unofficialLabel"), kz("unofficialTitle")), triple
        assert isinstance(triple.object, ox.Literal), triple
        if triple.predicate != kz(name):
            continue
        key = triple.subject, triple.object.language or ""
        found[key] = (*found.get(key, ()), triple.object.value)
    return found


def instances(graphs: Iterable[Graph], name: str) -> set[ox.NamedNode]:
    """What the graphs say to be of that class."""
    return {
        triple.subject
        for graph in graphs
        for triple in graph.triples
        if triple.predicate == TYPE and triple.object == kz(name) and isinstance(triple.subject, ox.NamedNode)
    }


def described(repository: Repository) -> list[Graph]:
    """The graphs whose things have names to render: sources, conventions in the vocabulary, link sets."""
    return [*repository.sources, repository.graphs["vocabulary"], repository.graphs["links"]]


@pytest.fixture(scope="module")
def repository(root: Path) -> Repository:
    return read_repository(root)


@pytest.fixture(scope="module")
def labels(repository: Repository) -> Labels:
    return labels_of(repository.graphs["translations"].triples, "unofficialLabel")


@pytest.fixture(scope="module")
def titles(repository: Repository) -> Labels:
    return labels_of(repository.graphs["translations"].triples, "unofficialTitle")


def test_every_printed_title_of_a_provision_is_rendered(repository: Repository, titles: Labels) -> None:
    said = [triple for graph in described(repository) for triple in graph.triples]
    provisions = {triple.subject for triple in said if triple.predicate == kz("provisionOf")}
    printed = {triple.subject for triple in said if triple.predicate == term("dcterms:title")} & provisions
    assert printed
    numbers = {
        language: {thing: len(texts) for (thing, used), texts in titles.items() if used == language}
        for language in LANGUAGES
    }
    assert numbers["ru"] == numbers["kk"]
    assert set(numbers["ru"]) == printed


@pytest.mark.parametrize("name", [*NAMED, *TOLD])
def test_everything_with_a_name_is_rendered_once_in_each_language(
    repository: Repository, labels: Labels, name: str
) -> None:
    things = instances(described(repository), name)
    assert things
    assert [
        (thing.value, language, given)
        for thing in sorted(things, key=str)
        for language in LANGUAGES
        if len(given := labels.get((thing, language), ())) != 1
    ] == []


def test_only_things_that_we_describe_are_rendered(repository: Repository, labels: Labels) -> None:
    things = {triple.subject for graph in described(repository) for triple in graph.triples}
    assert {thing.value for thing, _ in labels if thing not in things} == set()


def test_there_are_no_other_languages(labels: Labels, titles: Labels) -> None:
    assert {language for _, language in (*labels, *titles)} == set(LANGUAGES)


def test_the_renderings_are_in_cyrillic(labels: Labels, titles: Labels) -> None:
    assert [
        text for texts in (*labels.values(), *titles.values()) for text in texts if not CYRILLIC.search(text)
    ] == []


def test_no_word_mixes_the_scripts(labels: Labels, titles: Labels) -> None:
    words = {
        word
        for texts in (*labels.values(), *titles.values())
        for text in texts
        for word in re.findall(r"\w+", text)
    }
    assert {word for word in words if LATIN.search(word) and CYRILLIC.search(word)} == set()


def test_no_kazakh_letter_stands_in_a_russian_rendering(labels: Labels, titles: Labels) -> None:
    rendered = (*labels.items(), *titles.items())
    russian = [text for (_, language), texts in rendered if language == "ru" for text in texts]
    assert [text for text in russian if KAZAKH_ONLY.search(text)] == []


def test_two_things_of_one_class_do_not_share_a_rendering(repository: Repository, labels: Labels) -> None:
    for name in NAMED:
        for language in LANGUAGES:
            things = instances(described(repository), name)
            texts = [text for thing in things for text in labels.get((thing, language), ())]
            assert sorted(text for text in set(texts) if texts.count(text) > 1) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_has_a_name_has_it_in_each_language(published: Release, language: str) -> None:
    query = f"""
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    SELECT DISTINCT ?thing WHERE {{
      ?thing rdfs:label|skos:prefLabel ?name FILTER (LANG(?name) = "en")
      FILTER NOT EXISTS {{ ?thing rdfs:label|skos:prefLabel ?other FILTER (LANG(?other) = "{language}") }}
    }}
    """
    found = ox.Store.read_only(str(published.store_path)).query(query)
    assert isinstance(found, ox.QuerySolutions)
    assert [str(row["thing"]) for row in found] == []
