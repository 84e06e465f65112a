"""Comparisons: everything that is in the graph, nothing else, narrowed as asked."""

import re

import pytest

from kzlod.namespaces import ID, ONTOLOGY
from kzlod.release.published import Release
from kzlod.web.app import create_app
from kzlod.web.crosswalk import compared, narrowed, read_crosswalk
from kzlod.web.i18n import texts
from kzlod.web.names import Namer
from kzlod.web.reading import TYPE, Reader
from kzlod.web.sanctions import punishing, read_costs
from kzlod.web.settings import Settings
from kzlod.web.site import Site

from .conftest import Client, NoEngine

CYBERCRIME = f"{ID}treaty/ets-185"


@pytest.fixture(scope="module")
def reader(published: Release) -> Reader:
    return Reader.open(published.store_path, published.manifest)


@pytest.fixture(scope="module")
def namer(reader: Reader) -> Namer:
    return Namer(reader, texts("en"))


@pytest.fixture(scope="module")
def site(published: Release) -> Client:
    return Client(create_app(Site(published, NoEngine(), Settings())))


def test_every_correspondence_is_in_a_crosswalk(reader: Reader, namer: Namer) -> None:
    shown, domestic = set(), set()
    for treaty in compared(reader):
        for line in read_crosswalk(reader, treaty, namer).lines:
            for pairs in line.cells.values():
                for pair in pairs:
                    shown.add(pair.correspondence.title)
                    shown_beside = [
                        one for act in pair.domestic for group in act.articles for one in group.provisions
                    ]
                    domestic |= {(pair.correspondence.title, one.title) for one in shown_beside}
    there = reader.subjects(TYPE, f"{ONTOLOGY}Correspondence")
    with_convention = [one for one in there if reader.iris(one, f"{ONTOLOGY}conventionProvision")]
    assert shown == set(with_convention)
    assert domestic == {
        (one, provision)
        for one in with_convention
        for provision in reader.iris(one, f"{ONTOLOGY}domesticProvision")
    }


def test_articles_without_a_domestic_answer(reader: Reader, namer: Namer) -> None:
    whole = read_crosswalk(reader, CYBERCRIME, namer)
    shown = narrowed(whole, "", "", unanswered=True)
    assert {line.article.title for line in shown.lines} == {
        line.article.title for line in whole.lines if not line.is_answered
    }
    assert f"{CYBERCRIME}/art/12" in {line.article.title for line in shown.lines}
    assert f"{CYBERCRIME}/art/2" not in {line.article.title for line in shown.lines}


def test_one_degree_and_one_document(reader: Reader, namer: Namer) -> None:
    whole = read_crosswalk(reader, f"{ID}treaty/uncac", namer)
    for degree in whole.degrees:
        shown = narrowed(whole, "", degree.title, unanswered=False)
        degrees = {pair.degree for line in shown.lines for pairs in line.cells.values() for pair in pairs}
        assert degrees == {degree}
    nothing = narrowed(whole, "nothing", "", unanswered=False)
    assert (nothing.documents, nothing.lines) == ((), ())


def test_every_version_with_a_sanction_is_compared(reader: Reader, namer: Namer) -> None:
    shown = [
        cost.version.title
        for act in punishing(reader)
        for article in read_costs(reader, act, namer)
        for cost in article.costs
    ]
    clauses = reader.subjects(TYPE, f"{ONTOLOGY}SanctionClause")
    versions = {version for one in clauses for version in reader.iris(one, f"{ONTOLOGY}clauseOf")}
    assert len(shown) == len(set(shown))
    assert set(shown) == versions


def test_an_article_of_which_several_parts_stand_beside_it_is_named_once(
    reader: Reader, namer: Namer
) -> None:
    several = [
        group
        for line in read_crosswalk(reader, CYBERCRIME, namer).lines
        for pairs in line.cells.values()
        for pair in pairs
        for act in pair.domestic
        for group in act.articles
        if len(group.provisions) > 1
    ]
    assert several
    for group in several:
        assert group.article
        for one in group.provisions:
            assert one.title.startswith(group.article.title + "/")
            assert group.article.name.text not in one.name.text


def test_each_article_with_a_sanction_can_be_jumped_to(site: Client) -> None:
    page = site.page(f"/compare/sanctions?act={ID}act/KAZ/criminal-code-2014", Accept_Language="en")
    assert '<a href="#article-205" aria-label="Article 205">205</a>' in page
    assert '<h2 id="article-205">' in page


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_pages(site: Client, language: str) -> None:
    strings = texts(language)
    page = site.page("/compare", Accept_Language=language)
    assert "/compare/crosswalk?treaty=" in page and "/compare/sanctions?act=" in page
    page = site.page(f"/compare/crosswalk?treaty={CYBERCRIME}&unanswered=1", Accept_Language=language)
    assert strings("compare.no_provision") in page
    assert "/doc/treaty/ets-185/art/12" in page
    page = site.page(f"/compare/sanctions?act={ID}act/KAZ/criminal-code-2014", Accept_Language=language)
    assert strings("provision.on_top") in page


@pytest.mark.parametrize(
    "path",
    [
        "crosswalk?treaty=<script>",
        "crosswalk?document=nope",
        "crosswalk?degree=nope",
        "crosswalk?unanswered=perhaps",
        "sanctions?act=x",
    ],
)
def test_what_cannot_be_compared(site: Client, path: str) -> None:
    assert site.get(f"/compare/{path}", "text/html").status_code == 404
    answer = site.get(f"/compare/{path}", "application/json")
    assert (answer.status_code, answer.json()["status"]) == (404, 404)


def shown(page: str) -> str:
    (found,) = re.findall(r"Articles shown: (\d+ of \d+)\.", page)
    return str(found)


def test_a_document_that_says_nothing_of_a_convention_has_no_articles(site: Client) -> None:
    page = site.page("/compare/crosswalk?treaty=uncac&document=KAZ/cybercrime-profile-2020&lang=en")
    assert shown(page) == "0 of 36"
    assert f'<option value="{ID}source/KAZ/cybercrime-profile-2020" selected>' in page
    assert shown(site.page("/compare/crosswalk?treaty=ets-185&degree=implemented&lang=en")).startswith("0 of")


def test_what_is_off_is_off(site: Client) -> None:
    whole = shown(site.page("/compare/crosswalk?lang=en"))
    for value in ("0", "false", "no", ""):
        assert shown(site.page(f"/compare/crosswalk?unanswered={value}&lang=en")) == whole
    for value in ("1", "true"):
        page = site.page(f"/compare/crosswalk?unanswered={value}&lang=en")
        assert shown(page) != whole and 'value="1" checked' in page


def test_degrees_are_offered_only_where_documents_state_them(
    site: Client, reader: Reader, namer: Namer
) -> None:
    for treaty in compared(reader):
        page = site.page(f"/compare/crosswalk?treaty={treaty}", Accept_Language="en")
        stated = bool(read_crosswalk(reader, treaty, namer).degrees)
        assert ('<select name="degree">' in page) is stated
        assert (texts("en")("compare.no_degrees") in page) is not stated


def test_the_shorter_address_has_the_same_page(site: Client) -> None:
    for query in ("", "?treaty=uncac&lang=en", "?unanswered=1&lang=kk"):
        short, long = (site.page(f"{path}{query}") for path in ("/crosswalk", "/compare/crosswalk"))
        assert main(short) == main(long)
        (link,) = re.findall(r'<link rel="canonical" href="([^"]*)">', short)
        assert link.startswith("http://localhost:8000/compare/crosswalk") and "lang=" not in link
        assert f'<link rel="canonical" href="{link}">' in long
    assert site.get("/crosswalk?treaty=none", "text/html").status_code == 404


def main(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


def test_without_a_choice_the_first_is_shown_and_a_short_name_will_do(site: Client, reader: Reader) -> None:
    whole = site.page("/compare/crosswalk")
    for treaty in compared(reader):
        assert f'value="{treaty}"' in whole
    address = punishing(reader)[0].removeprefix(ID)
    assert f"/doc/{address}" in site.page("/compare/sanctions")
    assert f'value="{CYBERCRIME}" selected' in site.page("/compare/crosswalk?treaty=ets-185")


def test_nothing_to_compare(client: Client) -> None:
    for path in ("/crosswalk", "/compare/crosswalk", "/compare/sanctions"):
        answer = client.get(path, "text/html")
        assert (answer.status_code, answer.headers["location"]) == (303, "/compare")
