"""Treaties: steps in time, partners, counts that differ, and the page of one treaty."""

import copy
from collections.abc import Callable
from dataclasses import replace

import pytest

from kzlod.namespaces import ID, ONTOLOGY
from kzlod.release.published import Release
from kzlod.web.i18n import texts
from kzlod.web.maps import MapKey, read_map_key
from kzlod.web.names import Namer
from kzlod.web.reading import TYPE, Reader
from kzlod.web.treaties import Treaties, differences, moments, narrowed, partners
from kzlod.web.treaty_pages import is_treaty, treaty_page

from .conftest import Client

CONVENTION, PAIR = f"{ID}treaty/conv", f"{ID}treaty/KGZ-MNG-extradition"


@pytest.fixture(scope="module")
def reader(reviewed: Release) -> Reader:
    return Reader.open(reviewed.store_path, reviewed.manifest)


@pytest.fixture(scope="module")
def read(reader: Reader) -> Treaties:
    return Treaties(reader, Namer(reader, texts("en")))


@pytest.fixture(scope="module")
def site(reviewed: Release, make_client: Callable[[Release | None], Client]) -> Client:
    return make_client(reviewed)


def test_two_parties_of_two_documents_are_no_pair(read: Treaties) -> None:
    found = {one.thing.title: one for one in read.all()}
    assert len(found[CONVENTION].parties) == 2
    assert not found[CONVENTION].pair
    assert found[PAIR].pair


def test_partners_of_every_country_described(reader: Reader, read: Treaties) -> None:
    shown_to = Namer(reader, texts("en"))
    found = {
        (one.state.title[-3:], one.partner.title[-3:], one.treaty.is_group)
        for one in partners(read.all(), read.described(), shown_to)
    }
    assert found == {("KGZ", "MNG", False), ("MNG", "KGZ", False), ("KGZ", "ITA", True)}


def test_in_time_and_what_is_undated_last(read: Treaties) -> None:
    assert [(one.date, one.step is None) for one in moments(read.all())] == [
        ("1999", True),
        ("2001-02-03", False),
    ]
    assert [one.date for one in read.treaty(CONVENTION).steps] == ["2001-02-03", ""]


def test_counts_that_differ(read: Treaties) -> None:
    (one,) = differences(read.counts())
    assert [count.value.name.text for count in one.counts if count.value] == ["7", "5"]
    assert [count.amount for count in one.counts] == ["more than 7 (furlong)", "5 treaties"]
    assert all(count.places for count in one.counts)


def test_what_is_counted_is_a_word_in_the_plural(reader: Reader) -> None:
    for language, words in (("en", "treaties"), ("ru", "договоров"), ("kk", "шарт")):
        counts = Treaties(reader, Namer(reader, texts(language))).counts()
        assert any(words in one.amount for one in counts)


def test_equal_counts_do_not_differ(read: Treaties) -> None:
    first, _ = read.counts()
    assert not differences([first, first])


@pytest.mark.parametrize(
    ("state", "form", "document", "expected"),
    [
        ("", "", "", 4),
        (f"{ID}country/ITA", "", "", 1),
        (f"{ID}country/MNG", "", "", 2),
        ("", f"{ID}x", "", 0),
        ("", "", f"{ID}source/MNG/review", 1),
    ],
)
def test_narrowed(read: Treaties, state: str, form: str, document: str, expected: int) -> None:
    found = narrowed(read.all(), state, form, document)
    assert len(found) == expected
    if document:
        assert {step.state.title for one in found for step in one.steps if step.state} == {f"{ID}country/MNG"}


def test_every_treaty_and_step_of_the_real_data_is_told(published: Release) -> None:
    reader = Reader.open(published.store_path, published.manifest)
    found = Treaties(reader, Namer(reader, texts("en"))).all()
    kinds = (f"{ONTOLOGY}Treaty", f"{ONTOLOGY}TreatyGroup")
    assert {one.thing.title for one in found} == {
        one for kind in kinds for one in reader.subjects(TYPE, kind)
    }
    steps = [step.thing.title for one in found for step in one.steps]
    assert sorted(steps) == sorted(reader.subjects(TYPE, f"{ONTOLOGY}Participation"))
    assert all(step.places and step.state and step.action for one in found for step in one.steps)


def test_the_page_of_one_treaty(reader: Reader) -> None:
    found = treaty_page(reader, CONVENTION, Namer(reader, texts("en")))
    assert [one.action.name.text for one in found.treaty.steps if one.action][:1] == ["Acceded"]
    (declaration,) = found.treaty.steps[0].declarations
    assert declaration.summary and declaration.places
    assert found.crosswalk.startswith("/compare/crosswalk?treaty=")


def test_rules_and_designations_under_the_provisions_of_a_treaty(published: Release) -> None:
    reader = Reader.open(published.store_path, published.manifest)
    found = treaty_page(reader, f"{ID}treaty/uncac", Namer(reader, texts("en")))
    within = {found.treaty.thing.title, *reader.subjects(f"{ONTOLOGY}provisionOf", f"{ID}treaty/uncac")}
    designations = {one for under in within for one in reader.subjects(f"{ONTOLOGY}under", under)}
    assert designations and {one.thing.title for one in found.designations} == designations
    rules = {one for basis in within for one in reader.subjects(f"{ONTOLOGY}legalBasis", basis)}
    assert {one.thing.title for one in found.rules} == rules
    assert found.rules_in_all >= len(rules)


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_pages(site: Client, language: str) -> None:
    strings = texts(language)
    page = site.page("/treaties", Accept_Language=language)
    for key in ("timeline", "partners", "multilateral", "groups", "counts"):
        assert f'">{strings(f"treaties.{key}")}</h2>' in page
    assert strings("treaties.difference_note") in page
    assert "Two dates" in page and f">{strings('thing.discrepancies')}</h2>" in page
    assert "<img" not in page  # this release has no chart
    page = site.page("/doc/source/KGZ/review/treaty-group/all", Accept_Language=language)
    assert f">{strings('treaties.about_group')}</h2>" in page
    page = site.page("/doc/treaty/conv", Accept_Language=language)
    assert f">{strings('treaties.about')}</h2>" in page
    assert f">{strings('treaties.steps')}</h2>" in page
    assert "Not for &lt;b&gt;fines&lt;/b&gt;." in page


def test_the_charts_are_shown_when_the_release_has_them(
    published: Release, make_client: Callable[[Release | None], Client]
) -> None:
    site = make_client(published)
    for language in ("en", "kk"):
        page = site.page("/treaties", Accept_Language=language)
        for name in ("treaty-timeline", "treaty-map"):
            assert f'<img src="/statistics/{name}.{language}.svg"' in page
            assert f'srcset="/statistics/{name}.narrow.{language}.svg"' in page
    assert "say nothing about borders" in site.page("/treaties", Accept_Language="en")
    assert "<img" not in site.page(f"/treaties?partner={ID}country/FRA", Accept_Language="en")


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_beneath_the_map_are_the_states_of_each_kind(published: Release, language: str) -> None:
    reader = Reader.open(published.store_path, published.manifest)
    found = read_map_key(reader, Namer(reader, texts(language)))
    assert [key.kind for key in found.keys] == ["described", "named", "counted"]
    assert len({key.words for key in found.keys}) == 3
    states = [one.thing.title for key in found.keys for one in key.states]
    assert len(states) == len(set(states)) and f"{ID}country/MCO" in states
    assert found.elsewhere == ()


def test_beneath_the_map_is_who_has_no_place_on_it(
    published: Release, make_client: Callable[[Release | None], Client]
) -> None:
    manifest = copy.deepcopy(dict(published.manifest))
    for topic in manifest["statistics"]["topics"]:
        for chart in topic["charts"]:
            chart |= {"without_place": [f"{ID}country/GIB"]} if chart["name"] == "treaty-map" else {}
    site = make_client(replace(published, manifest=manifest))
    page = site.page("/treaties", Accept_Language="en")
    assert '<li class="named"><span class="label">party to a treaty between two states:</span>' in page
    assert "Without a place on this map:" in page and 'href="/doc/country/GIB"' in page
    assert "/doc/country/GIB" not in site.page(f"/treaties?partner={ID}country/FRA")


def test_a_release_without_the_map_has_no_key(reader: Reader) -> None:
    assert read_map_key(reader, Namer(reader, texts("en"))) == MapKey()


def test_narrowed_by_address(site: Client) -> None:
    page = site.page(f"/treaties?partner={ID}country/ITA")
    assert "Unnamed treaties" in page
    assert ">The Convention</a>" not in page


@pytest.mark.parametrize("query", ["partner=x", "form=%00", "document=<script>", "partner=" + "a" * 5000])
def test_what_does_not_exist(site: Client, query: str) -> None:
    answer = site.get(f"/treaties?{query}", "text/html")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


def test_what_is_a_treaty() -> None:
    assert is_treaty([f"{ONTOLOGY}TreatyGroup"])
    assert not is_treaty([f"{ONTOLOGY}Participation"])


def test_a_release_without_treaties_in_groups(client: Client) -> None:
    assert "France–Kazakhstan extradition treaty" in client.page("/treaties")
