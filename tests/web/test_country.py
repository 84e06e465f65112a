"""The page of a country: of one that documents are about, and of another."""

from collections.abc import Callable

import pytest

from kzlod.namespaces import ID, ONTOLOGY
from kzlod.release.published import Release
from kzlod.web.amounts import amount_of
from kzlod.web.country import country_page
from kzlod.web.i18n import texts
from kzlod.web.names import Namer
from kzlod.web.reading import TYPE, Reader

from .conftest import Client

QUANTITY = ONTOLOGY + "ReportedQuantity"


@pytest.fixture(scope="module")
def reader(reviewed: Release) -> Reader:
    return Reader.open(reviewed.store_path, reviewed.manifest)


def test_of_a_country_that_documents_are_about(reader: Reader) -> None:
    page = country_page(reader, f"{ID}country/KGZ", Namer(reader, texts("en")))
    assert page.documents
    assert page.treaties
    assert [key for key, _ in page.overviews] == ["treaties", "recommendations"]
    assert not (page.institutions or page.figures or page.remarks)


def test_of_a_country_in_a_group_of_treaties_only(reader: Reader) -> None:
    page = country_page(reader, f"{ID}country/ITA", Namer(reader, texts("en")))
    assert not page.documents
    assert [one.is_group for one in page.treaties] == [True]
    assert [key for key, _ in page.overviews] == ["treaties"]


def test_the_figures_of_the_real_data_have_numbers(published: Release) -> None:
    reader = Reader.open(published.store_path, published.manifest)
    namer = Namer(reader, texts("en"))
    shown = [
        figure
        for country in reader.subjects(TYPE, ONTOLOGY + "Country")
        for figure in country_page(reader, country, namer).figures
    ]
    assert shown
    assert all(any(map(str.isdigit, one.figure)) and one.places for one in shown)


def test_a_quantity_without_a_number_says_nothing(published: Release) -> None:
    reader = Reader.open(published.store_path, published.manifest)
    namer = Namer(reader, texts("en"))
    without = [one for one in reader.subjects(TYPE, QUANTITY) if not reader.objects(one, ONTOLOGY + "value")]
    assert not any(amount_of(reader, one, namer) for one in without)


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize("country", ["KGZ", "ITA"])
def test_the_pages(
    reviewed: Release, make_client: Callable[[Release | None], Client], country: str, language: str
) -> None:
    answer = make_client(reviewed).get(f"/doc/country/{country}?lang={language}", Accept="text/html")
    assert answer.status_code == 200
    assert f'<h2 id="treaties">{texts(language)("treaties.heading")}' in answer.text
