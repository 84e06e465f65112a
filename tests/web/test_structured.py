"""The block of schema.org in pages: right, and nothing gets out of it."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse

from kzlod.namespaces import CONCEPT, ID, ONTOLOGY, PREFIXES
from kzlod.release.published import Release
from kzlod.web.app import create_app
from kzlod.web.i18n import LANGUAGES, texts
from kzlod.web.settings import Settings
from kzlod.web.site import Site
from kzlod.web.structured import data_block
from tests.web.conftest import RELEASE, Client, NoEngine, write_release


def block(page: str) -> dict[str, Any]:
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return dict(json.loads(found))


def test_a_thing_says_what_it_is(client: Client) -> None:
    found = block(client.page("/doc/treaty/FRA-KAZ-extradition"))
    assert found["@context"] == "https://schema.org"
    assert (found["@type"], found["@id"]) == ("Legislation", f"{ID}treaty/FRA-KAZ-extradition")
    assert found["name"] == "France–Kazakhstan extradition treaty"
    assert found["description"].startswith("Allows extradition, with <script>")
    assert found["subjectOf"]["version"] == RELEASE
    assert found["subjectOf"]["license"] and found["subjectOf"]["name"] == "KZLOD: a title"
    assert "inLanguage" not in found  # the data do not say; the page's language is not the treaty's
    assert block(client.page("/doc/country/KAZ"))["@type"] in ("Country", "Thing")


def test_a_description_in_another_language_says_so(client: Client) -> None:
    found = block(client.page("/doc/treaty/FRA-KAZ-extradition", Accept_Language="kk"))["description"]
    assert found["@language"] == "en" and found["@value"].startswith("Allows extradition")


def test_the_statistics_are_a_data_set_of_tables(published: Release) -> None:
    site = Client(create_app(Site(published, NoEngine(), Settings(public_url="https://data.example.org/kz"))))
    for language in LANGUAGES:
        found = block(site.page("/statistics", Accept_Language=language))
        assert (found["@type"], found["name"]) == ("Dataset", texts(language)("statistics.heading"))
        assert found["url"] == "https://data.example.org/kz/statistics"
        assert found["isPartOf"]["@id"] == f"{ID}dataset/kzlod"
        addresses = [one["contentUrl"] for one in found["distribution"]]
        assert len(addresses) == len(set(addresses)) > 5
        names = {str(one["name"]) for one in published.manifest["queries"]}
        assert {one.removeprefix("https://data.example.org/kz/examples/") for one in addresses} <= {
            f"{name}.csv" for name in names
        }


def test_the_home_page_says_what_the_data_set_is(client: Client) -> None:
    found = block(client.page("/"))
    assert (found["@type"], found["version"]) == ("Dataset", RELEASE)
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    (file,) = found["distribution"]
    assert file["contentUrl"] == f"https://data.example.org/dumps/{RELEASE}/kzlod.nq.gz"


def test_the_data_set_is_the_same_wherever_it_is_described(client: Client) -> None:
    home, catalog, document = (block(client.page(path)) for path in ("/", "/catalog", "/doc/dataset/kzlod"))
    assert home == catalog == document


LAW = f"""
@prefix : <{ID}> . @prefix kzlod: <{ONTOLOGY}> . @prefix dcterms: <{PREFIXES["dcterms"]}> .
@prefix eli: <{PREFIXES["eli"]}> . @prefix rdfs: <{PREFIXES["rdfs"]}> . @prefix skos: <{PREFIXES["skos"]}> .
GRAPH <{ID}graph/x> {{
  <{ID}act/A> a kzlod:DomesticAct ; rdfs:label "An act"@en ; eli:number "246" ;
    eli:date_document "2010-03-30" ; eli:jurisdiction <{ID}country/X> .
  <{ID}treaty/T> a kzlod:Treaty ; eli:number "30" ;
    rdfs:label "Convention on one thing (ETS 30)"@en, "Конвенция (ETS 30)"@ru .
  <{ID}treaty/U> a kzlod:Treaty ; eli:number "3" ; rdfs:label "Convention like (ETS 30)"@en .
  <{ID}act/A/art/5> a kzlod:Provision ; rdfs:label "Article 5"@en ; eli:number "5" ;
    kzlod:isPartOf <{ID}act/A> ; eli:is_part_of <{ID}act/A> .
  <{ID}country/X> a kzlod:Country ; rdfs:label "X-land"@en .
  <{ID}source/S> a kzlod:SourceDocument ; rdfs:label "A report"@en, "Есеп"@kk ;
    dcterms:language <{CONCEPT}language/eng> .
  <{CONCEPT}language/eng> a skos:Concept ; skos:prefLabel "English"@en, "Ағылшын тілі"@kk .
}}
"""


@pytest.fixture(scope="module")
def law(make_client: Callable[[Release | None], Client], tmp_path_factory: pytest.TempPathFactory) -> Client:
    quads = list(parse(LAW, format=RdfFormat.TRIG))
    return make_client(write_release(tmp_path_factory.mktemp("law"), quads))


def test_an_act_has_number_date_and_jurisdiction(law: Client) -> None:
    found = block(law.page("/doc/act/A"))
    assert (found["legislationIdentifier"], found["legislationDate"]) == ("246", "2010-03-30")
    assert found["legislationJurisdiction"]["@id"] == f"{ID}country/X"


def test_the_number_of_a_treaty_has_its_series_where_a_name_has_it(law: Client) -> None:
    for language in LANGUAGES:
        found = block(law.page("/doc/treaty/T", Accept_Language=language))
        assert found["legislationIdentifier"] == "ETS 30"
    assert block(law.page("/doc/treaty/U"))["legislationIdentifier"] == "3"


def test_a_part_of_an_act_is_identified_by_its_iri_and_says_what_it_is_part_of(law: Client) -> None:
    found = block(law.page("/doc/act/A/art/5"))
    assert found["legislationIdentifier"] == f"{ID}act/A/art/5"
    assert found["isPartOf"] == [{"@type": "Legislation", "@id": f"{ID}act/A", "name": "An act"}]


def test_the_language_of_a_document_is_its_own(law: Client) -> None:
    found = block(law.page("/doc/source/S?lang=kk"))
    assert [one["@id"] for one in found["inLanguage"]] == [f"{CONCEPT}language/eng"]


def test_nothing_gets_out_of_the_block() -> None:
    text = "</script><script>alert(1)</script><!-- & \u2028"
    found = data_block({"name": text})
    assert not {"<", ">", "&"} & set(found)
    assert json.loads(found)["name"] == text
