"""Provisions as they are read: parts in order, punishments, correspondences, history, remarks."""

import re
from itertools import pairwise

import pytest

from kzlod.namespaces import ID, ONTOLOGY
from kzlod.release.published import Release
from kzlod.web.app import create_app
from kzlod.web.i18n import texts
from kzlod.web.names import Namer
from kzlod.web.provisions import ProvisionPage, flat, is_provision, provision_page
from kzlod.web.reading import TYPE, Reader
from kzlod.web.settings import Settings
from kzlod.web.site import Site

from .conftest import Client, NoEngine

CODE = f"{ID}act/KAZ/criminal-code-2014"


@pytest.fixture(scope="module")
def reader(published: Release) -> Reader:
    return Reader.open(published.store_path, published.manifest)


@pytest.fixture(scope="module")
def site(published: Release) -> Client:
    return Client(create_app(Site(published, NoEngine(), Settings())))


def read(reader: Reader, iri: str, language: str = "en") -> ProvisionPage:
    return provision_page(reader, iri, Namer(reader, texts(language)))


def test_the_parts_of_an_article_in_their_order(reader: Reader) -> None:
    whole = read(reader, f"{CODE}/art/205").whole
    assert [one.thing.title for one in flat(whole)] == [
        f"{CODE}/art/205",
        *(f"{CODE}/art/205/part/{number}" for number in (1, 2, 3)),
    ]
    assert all(version.summaries for one in flat(whole) for version in one.versions)
    assert {version.as_of for one in flat(whole) for version in one.versions} == {"2020-05-01"}


def test_every_punishment_of_the_graph_is_in_a_table(reader: Reader) -> None:
    """Each alternative once, with the additional punishments that attach to it by text or by reading."""
    alternatives = reader.subjects(TYPE, f"{ONTOLOGY}SanctionAlternative")
    articles = {iri.split("/part/")[0].split("/as-of/")[0] for iri in alternatives}
    shown = attached = 0
    for article in articles:
        for one in flat(read(reader, article).whole):
            for version in one.versions:
                shown += len(version.sanction)
                attached += sum(len(alternative.additional) for alternative in version.sanction)
    assert shown == len(alternatives)
    stated = inferred = 0
    for extra in reader.subjects(TYPE, f"{ONTOLOGY}AdditionalPunishment"):
        own = set(reader.iris(extra, f"{ONTOLOGY}attachesTo"))
        stated += len(own)
        inferred += len(set(reader.iris(extra, f"{ONTOLOGY}inferredAttachesTo")) - own)
    assert attached == stated + inferred


def test_what_a_part_costs(reader: Reader) -> None:
    whole = read(reader, f"{CODE}/art/205").whole
    fine, *_, arrest = whole.parts[0].versions[0].sanction
    assert fine.main.most and fine.main.most.name.text == "160"
    assert fine.main.least is None
    assert arrest.main.most and arrest.main.most.name.text == "40"
    (extra,) = fine.additional
    assert extra.inferred


@pytest.mark.parametrize(
    ("language", "article", "words"),
    [
        ("en", 205, "up to 40 days"),
        ("ru", 205, "до 40 дней"),
        ("kk", 205, "ең көбі 40 күн"),
        ("en", 205, "up to 160 monthly calculation indices"),
        ("ru", 205, "до 160 месячных расчётных показателей"),
        ("kk", 205, "ең көбі 160 айлық есептік көрсеткіш"),
        ("ru", 190, "10–20-кратный размер стоимости имущества"),
    ],
)
def test_a_unit_is_a_word(site: Client, language: str, article: int, words: str) -> None:
    page = site.page(f"/doc/act/KAZ/criminal-code-2014/art/{article}?lang={language}")
    assert words in " ".join(re.sub("<[^>]*>", "", page).split())


def test_both_sides_of_a_correspondence_lead_to_the_other(reader: Reader) -> None:
    domestic = read(reader, f"{CODE}/art/205").whole
    there = {one.title for part in flat(domestic) for answer in part.answers for one in answer.provisions}
    assert there == {f"{ID}treaty/ets-185/art/2"}
    convention = read(reader, f"{ID}treaty/ets-185/art/2").whole
    here = {one.title for answer in convention.answers for one in answer.provisions}
    assert here >= {f"{CODE}/art/205/part/{number}" for number in (1, 2, 3)}


def test_what_was_before_and_who_speaks_of_it(reader: Reader) -> None:
    page = read(reader, f"{CODE}/art/367")
    assert f"{ID}act/KAZ/criminal-code-1997/art/312" in {one.title for one in page.replaces}
    assert page.remarks
    assert f"{CODE}/art/367" in {
        one.title for one in read(reader, f"{ID}act/KAZ/criminal-code-1997/art/312").replaced_by
    }


def test_only_provisions_are_read_so() -> None:
    assert is_provision([f"{ONTOLOGY}Article", f"{ONTOLOGY}Provision"])
    assert not is_provision([f"{ONTOLOGY}Treaty"])


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_page(site: Client, language: str) -> None:
    strings = texts(language)
    page = site.page("/doc/act/KAZ/criminal-code-2014/art/205", Accept_Language=language)
    for key in ("text", "sanctions", "answers"):
        assert f">{strings(f'provision.{key}')}</h2>" in page
    assert page.count('scope="rowgroup"') == 3
    page = site.page("/doc/act/KAZ/criminal-code-2014/art/367", Accept_Language=language)
    for key in ("history", "remarks"):
        assert f">{strings(f'provision.{key}')}</h2>" in page
    assert f">{strings('provision.text')}</h2>" not in site.page("/doc/country/KAZ", Accept_Language=language)


def test_alternatives_share_what_comes_on_top_of_them(reader: Reader) -> None:
    for part in flat(read(reader, f"{CODE}/art/205").whole):
        for version in part.versions:
            groups = version.groups
            assert [one.main for one in version.sanction] == [one for mains, _ in groups for one in mains]
            assert all(before[1] != after[1] for before, after in pairwise(groups))
    page = read(reader, f"{CODE}/art/205").whole
    assert any(len(mains) > 1 for part in flat(page) for one in part.versions for mains, _ in one.groups)


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_that_no_document_states_a_punishment(site: Client, language: str) -> None:
    said = texts(language)("provision.unpunished")
    assert said in site.page("/doc/act/KAZ/criminal-code-2014/art/367", Accept_Language=language)
    for path in ("act/KAZ/criminal-code-2014/art/205", "treaty/uncac/art/15", "act/KAZ/criminal-code-2014"):
        assert said not in site.page(f"/doc/{path}", Accept_Language=language)


def test_an_act_lists_its_provisions(site: Client) -> None:
    page = site.page("/doc/act/KAZ/criminal-code-2014", Accept_Language="en")
    assert page.index('<h2 id="provisions">') < page.index('<h2 id="group-1">')
    assert '<a href="/doc/act/KAZ/criminal-code-2014/art/205">Article 205</a> <span class="label">' in page
    assert '<h2 id="provisions">' not in site.page("/doc/country/KAZ", Accept_Language="en")


def test_a_title_is_given_as_printed_and_in_the_reader_s_language(site: Client) -> None:
    printed, path = (
        "Illegal access to information in the information system",
        "/doc/act/KAZ/criminal-code-2014/art/205",
    )
    page = site.page(path, Accept_Language="ru")
    assert '<p class="subtitle"><span>Неправомерный (незаконный) доступ к информации' in page
    assert f'<p class="printed"><span lang="en">{printed}' in page
    assert f'<p class="subtitle"><span>{printed}' in site.page(path, Accept_Language="en")


def test_parts_are_called_by_their_place_in_the_article(reader: Reader) -> None:
    for language, called in (("en", "Part 1"), ("ru", "Часть 1"), ("kk", "1-бөлік")):
        whole = read(reader, f"{CODE}/art/205", language).whole
        assert whole.parts[0].place.name.text == called
        assert whole.parts[0].place.href == whole.parts[0].thing.href
