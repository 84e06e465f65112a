"""Descriptions: statements with graphs, incoming links, citations, supports, discrepancies, containers."""

from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple

from kzlod.namespaces import BASE, GRAPH, ID, ONTOLOGY
from kzlod.release.index import write
from kzlod.release.published import Release
from kzlod.web.addresses import candidates, containers, document_path, page_path
from kzlod.web.descriptions import Description, describe, triples
from kzlod.web.i18n import texts
from kzlod.web.index import Index
from kzlod.web.names import Namer
from kzlod.web.reading import Reader
from kzlod.web.things import ThingView, paged, view

TREATY = f"{ID}treaty/FRA-KAZ-extradition"
SOURCE = f"{ID}source/KAZ/treaty-news"


@pytest.fixture(scope="module")
def reader(release: Release) -> Reader:
    return Reader.open(release.store_path, release.manifest)


def described(reader: Reader, iri: str) -> Description:
    found = describe(reader, iri)
    assert found is not None
    return found


def shown(reader: Reader, iri: str, language: str = "en") -> ThingView:
    found = view(reader, described(reader, iri), Namer(reader, texts(language)))
    assert found is not None
    return found


def test_statements_come_with_their_graphs(reader: Reader) -> None:
    thing = described(reader, TREATY)
    party = next(one for one in thing.outgoing if one.predicate == ONTOLOGY + "party")
    assert party.graphs == (f"{GRAPH}KAZ/treaty-news",)
    assert thing.types() == [ONTOLOGY + "Treaty"], "entailed types do not crowd out asserted ones"


def test_incoming_links_are_listed(reader: Reader) -> None:
    thing = described(reader, f"{ID}country/KAZ")
    assert [(one.subject, one.predicate) for one in thing.incoming] == [(TREATY, ONTOLOGY + "party")]
    assert thing.incoming_complete


def test_incoming_links_are_bounded(reader: Reader) -> None:
    statements, complete = reader.incoming(f"{SOURCE}/text/0123abcd/chars/10-42", 2)
    assert len(statements) == 2
    assert not complete


def test_citations_supports_and_discrepancies(reader: Reader) -> None:
    thing = described(reader, TREATY)
    cited = thing.citations[f"{SOURCE}/text/0123abcd/chars/10-42"]
    assert (cited.document, cited.locator, cited.first_line, cited.start) == (
        SOURCE,
        "paragraph 3",
        "3",
        "10",
    )
    assert [one.properties for one in thing.supports] == [(ONTOLOGY + "date",)]
    assert [len(one.sides) for one in thing.discrepancies] == [2]


def test_a_support_replaces_the_citation_of_the_whole_for_its_property(reader: Reader) -> None:
    page = shown(reader, TREATY)
    numbers = {passage.citation.iri: passage.number for passage in page.passages}
    source = next(group for group in page.groups if group.kind == "source")
    notes = {row.name.text: {note for cell in row.cells for note in cell.notes} for row in source.rows}
    assert notes["date"] == {numbers[f"{SOURCE}/text/99aabbcc/chars/50-60"]}
    assert notes["party"] == {numbers[f"{SOURCE}/text/0123abcd/chars/10-42"]}


def test_said_concluded_and_entailed_are_apart(reader: Reader) -> None:
    page = shown(reader, TREATY)
    assert [group.kind for group in page.groups] == ["source", "translations", "inferred", "entailed"]
    entailed = page.groups[-1]
    labels = [row for row in entailed.rows if row.name.text == "name"]
    assert labels == [], "a label that was told already is not repeated as entailed"


def test_an_unofficial_label_is_marked(reader: Reader) -> None:
    assert shown(reader, TREATY, "ru").name.unofficial
    assert not shown(reader, TREATY, "en").name.unofficial


def test_a_container_lists_its_members_in_natural_order(reader: Reader) -> None:
    thing = described(reader, f"{TREATY}/art")
    assert thing.is_container
    assert thing.members == (f"{TREATY}/art/2", f"{TREATY}/art/10")
    member = NamedNode("http://www.w3.org/2000/01/rdf-schema#member")
    assert Triple(NamedNode(f"{TREATY}/art"), member, NamedNode(f"{TREATY}/art/2")) in triples(reader, thing)


@pytest.mark.parametrize("step", ["id", "id/treaty", "concept", f"{SOURCE[len(BASE) :]}/text", "id/act/KAZ"])
def test_cutting_a_step_leaves_something_that_is_described(reader: Reader, step: str) -> None:
    assert described(reader, BASE + step).members


def test_what_is_only_mentioned_is_described_by_its_links(reader: Reader) -> None:
    thing = described(reader, f"{ID}institution/FRA/publisher")
    assert thing.outgoing == ()
    assert [one.subject for one in thing.incoming] == [SOURCE]


def test_a_graph_is_described_by_count_source_and_subjects(reader: Reader) -> None:
    facts = described(reader, f"{GRAPH}KAZ/treaty-news").graph
    assert facts is not None
    assert facts.source == SOURCE
    assert TREATY in facts.subjects
    assert facts.triples == next(
        entry["triples"] for entry in reader.manifest["graphs"] if entry["iri"] == f"{GRAPH}KAZ/treaty-news"
    )


def test_what_the_release_does_not_know_is_not_described(reader: Reader) -> None:
    assert describe(reader, f"{ID}treaty/none") is None
    assert describe(reader, f"{ID}treat") is None, "a prefix that is no step is no container"


def test_a_document_labels_everything_it_mentions_in_every_language(reader: Reader) -> None:
    label = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    found = triples(reader, described(reader, TREATY))
    for text, language in (("Казахстан", "ru"), ("Қазақстан", "kk"), ("Kazakhstan", "en")):
        assert Triple(NamedNode(f"{ID}country/KAZ"), label, Literal(text, language=language)) in found
    assert len(found) == len(set(found))
    assert found == triples(reader, described(reader, TREATY))


STEPS = st.lists(st.sampled_from(["a", "a-1", "b", "1", "10", "a0"]), min_size=1, max_size=4)


@given(st.lists(STEPS, min_size=1, max_size=12))
def test_members_are_the_next_steps(paths: list[list[str]]) -> None:
    iris = {f"{ID}{'/'.join(path)}" for path in paths}
    with NamedTemporaryFile() as file:
        write(Path(file.name), dict.fromkeys(iris, True))
        index = Index(Path(file.name))
    assert len(index) == len(iris) == index.count_below(ID)
    assert index.below(f"{ID}a/") == sorted(iri for iri in iris if iri.startswith(f"{ID}a/"))
    for container in {container for iri in iris for container in containers(iri)}:
        expected = {
            f"{container}/{iri.removeprefix(container + '/').split('/')[0]}"
            for iri in iris
            if iri.startswith(f"{container}/")
        }
        assert set(index.members(container)) == expected
        assert index.is_container(container)


@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters='<>"{}|^`\\#?[]'), min_size=1
    )
)
def test_a_document_path_leads_back_to_its_iri(step: str) -> None:
    for iri in (f"{ID}act/{step}", f"{BASE}concept/{step}"):
        assert iri in list(candidates(document_path(iri).removeprefix("/doc/")))


@pytest.mark.parametrize(
    "iri", ["javascript:alert(1)", "data:text/html,x", "urn:x:y", "//x", "http:x", "JaVaScript:x"]
)
def test_only_web_addresses_become_links(iri: str) -> None:
    assert page_path(iri) is None


@pytest.mark.parametrize(
    ("total", "page", "expected"), [(0, 1, 0), (100, 1, 100), (101, 2, 1), (101, 3, None)]
)
def test_pages_of_a_list(total: int, page: int, expected: int | None) -> None:
    items, _ = paged(range(total), page, "page")
    assert (None if items is None else len(items)) == expected
