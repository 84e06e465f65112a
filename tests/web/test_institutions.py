"""Institutions and designations as they are read: functions, languages, changes, offices, what names them."""

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from kzlod.namespaces import BASE, ID, ONTOLOGY, PREFIXES
from kzlod.release.published import Release
from kzlod.web.app import create_app
from kzlod.web.descriptions import describe
from kzlod.web.designations import designations_of, in_short, read_designation
from kzlod.web.i18n import texts
from kzlod.web.institution import InstitutionPage, institution_page
from kzlod.web.institutions import by_function, overview
from kzlod.web.names import Namer
from kzlod.web.reading import TYPE, Reader
from kzlod.web.settings import Settings
from kzlod.web.site import Site

from .conftest import Client, NoEngine, write_release

OFFICE = f"{ID}institution/KAZ/general-prosecutors-office"
DESIGNATION = f"{ID}source/KAZ/uncac-review-2015/designation/central-authority-art-46"
FUNCTION = f"{BASE}concept/function/central-authority"


@pytest.fixture(scope="module")
def reader(published: Release) -> Reader:
    return Reader.open(published.store_path, published.manifest)


@pytest.fixture(scope="module")
def site(published: Release) -> Client:
    return Client(create_app(Site(published, NoEngine(), Settings())))


@pytest.fixture(scope="module")
def other(quads: list[Quad], tmp_path_factory: pytest.TempPathFactory) -> Client:
    """The small release with authorities of another country, one of them with a hostile name."""
    graph = NamedNode(f"{ID}graph/FRA/report")

    def said(subject: str, name: str, value: str | Literal) -> Quad:
        term = NamedNode(value) if isinstance(value, str) else value
        return Quad(NamedNode(subject), NamedNode(name), term, graph)

    ministry, office, unit = (f"{ID}institution/FRA/{name}" for name in ("ministry", "office", "unit"))
    designation = f"{ID}source/FRA/report/designation/central"
    change = f"{ID}source/FRA/report/change/1"
    label = PREFIXES["rdfs"] + "label"
    more = [
        *(said(one, TYPE, ONTOLOGY + "Institution") for one in (ministry, office, unit)),
        said(ministry, label, Literal("<i>Ministry</i>", language="en")),
        said(ministry, ONTOLOGY + "institutionOf", f"{ID}country/FRA"),
        said(office, label, Literal("Office", language="en")),
        said(office, ONTOLOGY + "institutionOf", f"{ID}country/FRA"),
        said(office, ONTOLOGY + "partOfInstitution", ministry),
        # A circle, as an error in data may make one: the pages come to an end all the same.
        said(unit, ONTOLOGY + "partOfInstitution", office),
        said(ministry, ONTOLOGY + "partOfInstitution", unit),
        said(unit, label, Literal("Unit", language="en")),
        said(designation, TYPE, ONTOLOGY + "Designation"),
        said(designation, label, Literal("Central authority of France", language="en")),
        said(designation, ONTOLOGY + "designates", ministry),
        said(designation, ONTOLOGY + "designatedFor", f"{BASE}concept/discrepancy-kind/value-conflict"),
        said(designation, ONTOLOGY + "notStated", ONTOLOGY + "acceptedLanguage"),
        said(change, TYPE, ONTOLOGY + "InstitutionChange"),
        said(change, label, Literal("The office became the ministry", language="en")),
        said(change, PREFIXES["org"] + "originalOrganization", office),
        said(change, PREFIXES["org"] + "resultingOrganization", ministry),
        said(change, ONTOLOGY + "date", Literal("1999")),
    ]
    made = write_release(tmp_path_factory.mktemp("other"), [*quads, *more])
    return Client(create_app(Site(made, NoEngine(), Settings())))


def read(reader: Reader, iri: str, language: str = "en") -> InstitutionPage:
    description = describe(reader, iri)
    assert description is not None
    return institution_page(reader, description, Namer(reader, texts(language)))


def test_the_central_authority_and_its_languages_are_on_the_page(reader: Reader, site: Client) -> None:
    """The journey: who is the central authority for mutual legal assistance, and in which languages?"""
    namer = Namer(reader, texts("en"))
    one = read_designation(reader, namer, DESIGNATION)
    assert [value.title for value in one.authorities] == [OFFICE]
    assert [value.title for value in one.functions] == [FUNCTION]
    assert {value.title for value in one.languages} == set(
        reader.iris(DESIGNATION, f"{ONTOLOGY}acceptedLanguage")
    )
    assert one.languages and one.places and one.places[0].href
    for language in ("en", "ru", "kk"):
        page = site.page(f"/doc/institution/KAZ/general-prosecutors-office?lang={language}")
        table = page[page.index('class="designations ') :].split("</table>")[0]
        for value in read_designation(reader, Namer(reader, texts(language)), DESIGNATION).languages:
            assert value.name.text in table
        assert 'href="/doc/treaty/uncac/art/46"' in table
        assert f'href="{one.places[0].href}"' in table


@pytest.mark.parametrize(
    ("asked", "language"),
    [("central authority", "en"), ("центральный орган", "ru"), ("орталық орган", "kk")],
)
def test_one_search_finds_the_authorities(site: Client, asked: str, language: str) -> None:
    found = site.get(f"/search.json?q={asked}&lang={language}").json()["results"]
    assert found[0]["iri"] == FUNCTION  # its page has the table of authorities
    assert DESIGNATION in [one["iri"] for one in found[:8]]
    page = site.page(f"/doc/concept/function/central-authority?lang={language}")
    assert page.count("<tr>") == 1 + 3 and "/doc/institution/KAZ/general-prosecutors-office" in page


def test_a_hit_says_who_is_designated_for_what(reader: Reader, site: Client) -> None:
    found = site.get("/search.json?q=центральный орган&lang=ru").json()["results"]
    summary = next(one["summary"] for one in found if one["iri"] == DESIGNATION)
    assert summary == in_short(read_designation(reader, Namer(reader, texts("ru")), DESIGNATION))
    assert "Генеральная прокуратура Казахстана" in summary and "Русский язык" in summary


def test_what_names_an_institution_is_shown_by_role(reader: Reader) -> None:
    page = read(reader, OFFICE)
    roles = {role.key: role for role in page.roles}
    for key in ("addressee", "about", "mentions"):
        assert roles[key].total == len(reader.subjects(ONTOLOGY + key, OFFICE))
    duty = roles["addressee"].first[0]
    assert duty.kind and duty.summary and duty.places[0].document
    assert [number for _, number in page.documents] == sorted(
        (number for _, number in page.documents), reverse=True
    )


def test_every_institution_is_in_the_overview(reader: Reader, site: Client) -> None:
    page = site.page("/institutions")
    for iri in reader.subjects(TYPE, f"{ONTOLOGY}Institution"):
        assert f'href="/doc/{iri.removeprefix(ID)}"' in page
    countries = overview(reader, Namer(reader, texts("en")))
    assert sum(one.total for one in countries) == len(reader.subjects(TYPE, f"{ONTOLOGY}Institution"))
    functions = {value.title for value, _ in by_function(reader, Namer(reader, texts("en")))}
    assert FUNCTION in functions


def test_offices_and_changes(reader: Reader) -> None:
    senate = read(reader, f"{ID}institution/KAZ/senate")
    assert [one.title for one in senate.parents] == reader.iris(
        f"{ID}institution/KAZ/senate", f"{ONTOLOGY}partOfInstitution"
    )
    assert [holder.persons for office in senate.offices for holder in office.holders]
    (change,) = read(reader, f"{ID}institution/KAZ/military-courts").changes
    assert [one.name.text for one in change.dates] == ["2019-10-15"] and change.acts and change.places


def test_institutions_of_any_country(other: Client) -> None:
    page = other.page("/doc/institution/FRA/ministry")
    assert "&lt;i&gt;Ministry&lt;/i&gt;" in page and "<i>Ministry" not in page
    assert "The office became the ministry" in page and "1999" in page
    assert "the source does not say" in page  # the languages
    assert "nothing in the data" in page  # the channels
    overview = other.page("/institutions?lang=ru")
    assert "&lt;i&gt;Ministry&lt;/i&gt;" in overview and "источник не указывает" in overview
    designation = other.page("/doc/source/FRA/report/designation/central")
    assert "&lt;i&gt;Ministry&lt;/i&gt;" in designation


def test_a_release_without_institutions(client: Client) -> None:
    assert "There are none." in client.page("/institutions")


def test_only_what_points_to_a_thing_is_listed(reader: Reader) -> None:
    description = describe(reader, f"{ID}country/KAZ")
    assert description is not None
    assert designations_of(reader, description, Namer(reader, texts("en"))) == ()
