"""Search over the index file: what is found, in which order, and what is forgiven."""

import sqlite3
from collections.abc import Iterator
from functools import partial

import pyoxigraph as ox
import pytest

from kzlod.namespaces import BASE, GRAPH, ID, ONTOLOGY, PREFIXES
from kzlod.release.index import write_index
from kzlod.release.initials import initials
from kzlod.release.plain import plain_names
from kzlod.web.asking import slips
from kzlod.web.search import Found, Query, SearchTooLongError, patient, search

TYPE = PREFIXES["rdf"] + "type"
LABEL = PREFIXES["rdfs"] + "label"
DOCUMENT = f"{ID}source/XXX/report"
ACT = f"{ID}act/XXX/code"


def thing(path: str, kind: str, label: str = "", **said: str) -> Iterator[ox.Quad]:
    """A thing in a source graph and in the union; an IRI among the values is one."""
    subject = ox.NamedNode(f"{ID}{path}")
    graphs = (ox.NamedNode(f"{GRAPH}XXX/report"), ox.DefaultGraph())
    pairs: list[tuple[str, ox.NamedNode | ox.Literal]] = [(TYPE, ox.NamedNode(ONTOLOGY + kind))]
    if label:
        pairs.append((LABEL, ox.Literal(label, language="en")))
    for name, value in said.items():
        pairs.append((ONTOLOGY + name, ox.NamedNode(value) if value.startswith(BASE) else ox.Literal(value)))
    for graph in graphs:
        yield from (ox.Quad(subject, ox.NamedNode(name), term, graph) for name, term in pairs)


def replaces(new: str, old: str) -> Iterator[ox.Quad]:
    predicate = ox.NamedNode(PREFIXES["dcterms"] + "replaces")
    yield ox.Quad(ox.NamedNode(ID + new), predicate, ox.NamedNode(ID + old), ox.DefaultGraph())


QUADS = (
    *thing("act/XXX/code", "DomesticAct", "Penal Code"),
    *thing("act/XXX/code/art/205", "Article", "Illegal entry", number="205", provisionOf=ACT),
    *thing("act/XXX/code/art/205/part/1", "Part", "Part 1 of article 205", number="1", provisionOf=ACT),
    *thing("act/XXX/code/art/20", "Article", "Attempt", number="20", provisionOf=ACT),
    *thing("recommendation/1", "Recommendation", "Close the gap", evidentlyConcerns=f"{ID}finding/2"),
    *thing("finding/2", "Finding", "A gap", findsOn=f"{ID}treaty/x/art/15"),
    *thing("treaty/x/art/15", "Article", "Bribery of officials", number="15", provisionOf=f"{ID}treaty/x"),
    *thing("finding/1", "Finding", "Extradition refused", about=f"{ACT}/art/205", summary="Қазақстан Ёлка"),
    *thing("treaty/ets-185", "Treaty", "Convention on Cybercrime"),
    *thing("text/1", "Citation", "Penal Code, lines 1 to 2"),
    *thing("nameless", "Finding", summary="Extradition"),
    *thing("act/XXX/labour-1990", "DomesticAct", "Labour Code of 1990", title="Labour Code"),
    *thing(
        "act/XXX/labour-1990/art/7", "Article", "Leave", number="7", provisionOf=f"{ID}act/XXX/labour-1990"
    ),
    *replaces("act/XXX/labour", "act/XXX/labour-1990"),
    *thing("act/XXX/labour", "DomesticAct", "Labour Code (2020)"),
    *thing("act/XXX/labour/art/7", "Article", "Leave", number="7", provisionOf=f"{ID}act/XXX/labour"),
    *thing("treaty/x", "Treaty", "Convention on Bribery"),
    *thing("treaty/x/art/15/pt/a", "Point", "Asking", number="a", provisionOf=f"{ID}treaty/x"),
    *thing("act/XXX/labour/art/15", "Article", "Minors", number="15", provisionOf=f"{ID}act/XXX/labour"),
    *thing("finding/solicitation", "Finding", "Solicitation of bribes"),
    *thing("finding/access", "Finding", "Illegal access"),
    *thing("finding/asylum", "Finding", "Asylum"),
    *thing("concept/asylum-seekers", "Concept", "Asylum seekers, and what has asylum in its name"),
    *thing("country/NER", "Country", "Niger", isoAlpha2="NE", m49="562"),
    *thing("country/XXX", "Country", "Xanadu"),
    *thing("institution/XXX/registry", "Institution", "Registry"),
    *thing("institution/NER/registry", "Institution", "Registry"),
    *thing("ontology/registry", "ObjectProperty", "registry"),
    *thing("finding/coercion", "Finding", "Coercion to give evidence"),
    *thing("finding/evidence", "Finding", "Evidence"),
    *thing("concept/tax-code", "Concept", "Tax Code"),
    *thing("act/XXX/tax", "DomesticAct", "Tax Code of 2001"),
    *thing("quantity/tribunal", "ReportedQuantity", "Tribunal"),
    *thing("institution/XXX/tribunal", "Institution", "Tribunal of Xanadu"),
    *thing("concept/marshall", "Concept", "Marshall"),
    *thing("office/XXX/marshall", "Office", "Xanadu Marshalls"),
    *thing("institution/NER/mint", "Institution", "Mint of Niger"),
    *thing("concept/mint", "Concept", "Mint"),
    *thing("q/090", "Question", "Judges"),
    *thing("q/009", "Question", "Fees"),
    *thing("q/091", "Question", "Clerks"),
    *thing("concept/q9", "Concept", "Question 9"),
    *thing("act/XXX/labour/art/300", "Article", "Question 9, too", provisionOf=f"{ID}act/XXX/labour"),
)


@pytest.fixture(scope="module")
def query(tmp_path_factory: pytest.TempPathFactory) -> Query:
    folder = tmp_path_factory.mktemp("search")
    store = ox.Store(str(folder / "store"))
    store.extend(QUADS)
    store.flush()
    del store
    write_index(folder / "store", folder / "index.sqlite", union=True)
    return partial(patient, sqlite3.connect(folder / "index.sqlite"))


def paths(found: Found) -> list[str]:
    return [iri.removeprefix(ID) for iri, _ in found.hits]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("art 205", "act/XXX/code/art/205"),
        ("ст. 205", "act/XXX/code/art/205"),
        ("205-бап", "act/XXX/code/art/205"),
        ("penal code art. 205", "act/XXX/code/art/205"),
        ("part 1 article 205", "act/XXX/code/art/205/part/1"),
        ("ETS185", "treaty/ets-185"),
        ("penal code", "act/XXX/code"),
        ("PÉNAL codes", "act/XXX/code"),
        ("extraditions", "finding/1"),
        ("казахстан ёлки", "finding/1"),
        ("what is the illegal entry of the code", "act/XXX/code/art/205"),
        ("close the gap for bribery", "recommendation/1"),
        ("LC", "act/XXX/labour"),
        ("LC 7", "act/XXX/labour/art/7"),
        ("art. 7 LC", "act/XXX/labour/art/7"),
        ("LC Xanadu", "act/XXX/labour"),
        ("CETS 185", "treaty/ets-185"),
        ("Будапештская конвенция", "treaty/ets-185"),
        ("art. 15(a)", "treaty/x/art/15/pt/a"),
        ("15 (a)", "treaty/x/art/15/pt/a"),
        ("15(b)", "treaty/x/art/15"),
        ("вымогательство", "finding/solicitation"),
        ("asylum", "finding/asylum"),
        ("registry", "institution/XXX/registry"),
        ("give evidence", "finding/coercion"),
        ("tax code", "act/XXX/tax"),
        ("tribunal", "institution/XXX/tribunal"),
        ("marshall", "office/XXX/marshall"),
        ("mint", "concept/mint"),
        ("ETS No. 185", "treaty/ets-185"),
        ("art. № 205", "act/XXX/code/art/205"),
        ("hacking", "finding/access"),
    ],
)
def test_what_is_meant_comes_first(query: Query, text: str, first: str) -> None:
    found = search(query, text, {})
    assert paths(found)[0] == first
    assert not found.some


def test_a_number_is_that_number(query: Query) -> None:
    assert "act/XXX/code/art/205" not in paths(search(query, "art 20", {}))
    assert paths(search(query, "art 20", {}, open_end=True))[0] == "act/XXX/code/art/20"
    assert "act/XXX/code/art/205" in paths(search(query, "art 20", {}, open_end=True))


def test_numbers_that_begin_so_are_offered_while_one_is_typed(query: Query) -> None:
    found = paths(search(query, "Q09", {}, open_end=True))
    assert found == ["q/009", "q/090", "q/091", "concept/q9", "act/XXX/labour/art/300"]
    assert paths(search(query, "9-сұрақ", {}, open_end=True))[:3] == ["q/009", "q/090", "q/091"]
    assert paths(search(query, "art 20", {}, open_end=True))[:2] == [
        "act/XXX/code/art/20",
        "act/XXX/code/art/205",
    ]
    assert paths(search(query, "PC 2", {}, open_end=True))[:2] == [
        "act/XXX/code/art/20",
        "act/XXX/code/art/205",
    ]
    assert paths(search(query, "СЕД № 1", {}, open_end=True))[0] == "treaty/ets-185"
    assert "q/090" not in paths(search(query, "Q09", {})), "who has typed it means that number"


def test_citations_and_what_has_no_name_are_not_found(query: Query) -> None:
    assert not {"text/1", "nameless"} & {*paths(search(query, "extradition penal code lines", {}))}


def test_a_slip_is_forgiven_and_said(query: Query) -> None:
    found = search(query, "extradicion", {})
    assert (paths(found), found.taken) == (["finding/1"], {"extradicion": "extradition"})
    assert search(query, "qqqqqqqq", {}) == Found(0, [], {"kind": [], "document": [], "act": []}, {})


def test_who_has_more_of_the_words_comes_first(query: Query) -> None:
    found = search(query, "cybercrime illegal entry penal", {})
    assert found.some
    assert paths(found)[0] == "act/XXX/code/art/205"
    assert "treaty/ets-185" in paths(found)


def test_some_words_are_better_than_nothing(query: Query) -> None:
    found = search(query, "cybercrime extradition", {})
    assert found.some
    assert {*paths(found)} == {"treaty/ets-185", "finding/1"}


def test_facets_count_and_narrow(query: Query) -> None:
    everything = search(query, "penal", {})
    assert everything.total == 5  # the act, three provisions, the finding about one of them
    assert everything.facets["act"] == [(ACT, 5)]
    assert everything.facets["document"] == [(DOCUMENT, 5)]
    assert (f"{ONTOLOGY}Article", 2) in everything.facets["kind"]
    narrowed = search(query, "penal", {"kind": f"{ONTOLOGY}Article"})
    assert narrowed.total == 2
    assert narrowed.facets["kind"] == everything.facets["kind"], "another value of it can be chosen"
    assert narrowed.facets["act"] == [(ACT, 2)]
    assert search(query, "penal", {"act": "nothing"}).total == 0


def test_pages(query: Query) -> None:
    pages = [search(query, "penal", {}, first=first, most=2) for first in (0, 2, 4, 6)]
    assert [len(page.hits) for page in pages] == [2, 2, 1, 0]
    assert {page.total for page in pages} == {5}
    assert len({iri for page in pages for iri, _ in page.hits}) == 5


@pytest.mark.parametrize(
    "text",
    ['"', "'; DROP TABLE entry --", "a* OR b", "NEAR(a b)", "{name}: x", "x" * 9999, "\ud800", "\0", "%"],
)
def test_nothing_gets_out_of_a_search(query: Query, text: str) -> None:
    assert search(query, text, {"kind": text, "act": "\0"}).total == 0
    search(query, text, {})


def test_a_search_has_an_end(query: Query, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kzlod.web.search._PATIENCE", 0.05)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"
    with pytest.raises(SearchTooLongError):
        query(endless)
    assert search(query, "penal", {}).total == 5, "the next is not disturbed"


def test_a_guess_needs_letters_and_likeness(query: Query) -> None:
    for text in ("562", "ne", "nige", "niggard", "pemal"):
        assert "country/NER" not in paths(search(query, text, {})), text
    assert search(query, "pemal", {}).taken == {"pemal": "penal"}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("hackng", "hang", 2),
        ("penal", "penal", 0),
        ("penla", "penal", 1),
        ("pemal", "penal", 1),
        ("labor", "labour", 1),
        ("kitten", "sitting", 3),
        ("", "abc", 3),
    ],
)
def test_slips_are_counted(one: str, other: str, expected: int) -> None:
    assert slips(one, other) == slips(other, one) == expected


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("attampt", "attempt"),
        ("attmp", None),  # two letters are missing from a short word
        ("extrdition", "extradition"),
        ("xtradition", None),
        ("cybrcrme", "cybercrime"),
    ],
)
def test_few_slips_are_forgiven(query: Query, typed: str, taken: str | None) -> None:
    assert search(query, typed, {}).taken == ({typed: taken} if taken else {})


def test_what_else_was_looked_for_is_said(query: Query) -> None:
    found = search(query, "шантаж", {})
    assert paths(found) == ["finding/solicitation"]
    assert "solicitation" in found.also
    assert not search(query, "penal", {}).also


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Criminal Code of 2014", ["cc"]),
        ("Уголовно-процессуальный кодекс, новая редакция", ["упк"]),
        ("2014 жылғы Қылмыстық кодекс", ["кк"]),
        ("Кодекс об административных правонарушениях", ["кап", "коап"]),
        ("Civil Code of Xanadu", ["cc"]),
        ("Code", []),
    ],
)
def test_abbreviations_are_initials(name: str, short: list[str]) -> None:
    assert initials(name, without=["xanadu"]) == short


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Criminal Code of 2014", ["criminal code"]),
        ("Уголовный кодекс 2014 года", ["уголовныи кодекс"]),
        ("2014 жылғы Қылмыстық кодекс", ["кылмыстык кодекс"]),
        ("Court of Xanadu", ["court"]),
        ("Xanadus Supreme Court (2001)", ["xanadus supreme court", "supreme court"]),
        ("Labour Code (2020)", ["labour code"]),
        ("Criminal Code, version not stated", []),
        ("Xanadu", []),
        ("1984", []),
    ],
)
def test_plain_names_have_no_year_bracket_or_state(name: str, plain: list[str]) -> None:
    assert plain_names(name, state=["xanadu"]) == plain
