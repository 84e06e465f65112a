"""The documentation of the ontology: every term with what it is, how it is used and checked; versions."""

import json
import re
import shutil
from pathlib import Path

import pytest

from kzlod.namespaces import BASE, ONTOLOGY
from kzlod.release.published import Release, open_release
from kzlod.web.app import create_app
from kzlod.web.i18n import LANGUAGES, texts
from kzlod.web.names import Namer
from kzlod.web.reading import Reader
from kzlod.web.settings import Settings
from kzlod.web.site import Site
from kzlod.web.terms import TermView, branches, read_terms
from kzlod.web.versions import compared, read_description

from .conftest import Client, NoEngine


@pytest.fixture(scope="module")
def site(published: Release) -> Client:
    return Client(create_app(Site(published, NoEngine(), Settings())))


@pytest.fixture(scope="module")
def reader(published: Release) -> Reader:
    return Reader.open(published.store_path, published.manifest)


@pytest.fixture(scope="module")
def terms(reader: Reader) -> dict[str, TermView]:
    namer = Namer(reader, texts("en"))
    return {one.anchor: one for one in read_terms(reader, namer, read_description(reader.path))}


def test_every_term_has_its_place_in_a_module(reader: Reader, site: Client) -> None:
    page = site.page("/doc/ontology")
    places = re.findall(r'id="([^"]+)"', page)
    assert len(places) == len(set(places))
    names = {iri.removeprefix(ONTOLOGY) for iri in reader.index.below(ONTOLOGY)}
    assert len(names) > 200 and names <= set(places)
    assert "section-classes" not in places  # every term is in a module
    assert all(f'href="#{name}"' in page for name in names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_and_definitions_in_all_languages_are_at_hand(site: Client, language: str) -> None:
    page = site.page(f"/doc/ontology?lang={language}")
    part = page[page.index('id="Designation"') :].split('<section class="term"')[0]
    for word in ("designation of an authority", "назначение органа", "органды белгілеу"):
        assert word in part
    assert {*re.findall(r'<p lang="(\w+)">', part)} == {*LANGUAGES} - {language}


def test_what_is_said_of_a_class(terms: dict[str, TermView]) -> None:
    one = terms["Designation"]
    assert one.kind == "classes" and one.used == 8
    assert {(how.name.text, other.name.text) for how, other in one.leads} >= {("designates", "institution")}
    assert f"{BASE}shapes#Designation" in [shape.title for shape in one.shapes]
    assert len(one.uses) == 2 and all("/designation/" in use.thing.title for use in one.uses)
    assert one.diagram and one.diagram.href == "/diagrams/Designation.en.svg"
    assert f"{ONTOLOGY}Country" in [value.title for value in one.disjoint]
    assert f"{ONTOLOGY}Finding" in [value.title for value in one.disjoint]  # said the other way round


def test_what_is_said_of_a_property(terms: dict[str, TermView]) -> None:
    one = terms["designates"]
    assert dict(one.relations)["range"][0].title == f"{ONTOLOGY}Institution"
    assert f"{BASE}shapes#Designation-designates" in [shape.title for shape in one.shapes]
    (first, _) = one.uses
    assert first.value and "/institution/" in first.value.title
    aligned = [other.title for term in terms.values() for _, other in term.alignments]
    assert any(one.startswith("http://www.w3.org/ns/org#") for one in aligned)
    assert not any(one.startswith(ONTOLOGY) for one in aligned)


def test_every_use_is_a_thing_of_the_release(reader: Reader, terms: dict[str, TermView]) -> None:
    shown = [use for term in terms.values() for use in term.uses]
    assert len(shown) > 300
    assert all(use.thing.title in reader.index for use in shown)
    assert [name for name, term in terms.items() if term.used and not term.uses] == []


def test_the_list_of_classes_has_them_all(reader: Reader, terms: dict[str, TermView]) -> None:
    found: list[str] = []
    waiting = [*branches(reader, Namer(reader, texts("en"))).values()]
    while waiting:
        one = waiting.pop()
        found.append(one.anchor)
        waiting.extend(one.below)
    classes = [name for name, term in terms.items() if term.kind == "classes"]
    assert sorted(found) == sorted(classes)


def test_the_version_leads_to_the_ontology(reader: Reader, site: Client) -> None:
    (version,) = reader.iris(f"{BASE}ontology", "http://www.w3.org/2002/07/owl#versionIRI")
    path = version.removeprefix(BASE)
    assert site.get(f"/{path}").headers["location"] == f"/doc/{path}"
    assert "owl:versionIRI" in site.get(f"/doc/{path}", "text/turtle").text
    assert version in site.page("/doc/ontology")
    assert site.get("/doc/ontology/9.9.9").status_code == 404


def test_changes_between_releases(published: Release, tmp_path: Path) -> None:
    """Two releases side by side, the earlier with one term more, one less, one other."""
    for name in (published.id, "0.0.9-00000000"):
        shutil.copytree(published.path, tmp_path / name)
    earlier = tmp_path / "0.0.9-00000000"
    manifest = json.loads((earlier / "manifest.json").read_text("utf-8"))
    manifest |= {"release": earlier.name, "version": "0.0.9", "date": "2026-01-01"}
    (earlier / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    described = json.loads((earlier / "ontology.json").read_text("utf-8"))
    described |= {"version": "0.0.9"}
    described["terms"]["goneAway"] = described["terms"].pop("Treaty")
    described["terms"]["party"] = "0" * 64
    (earlier / "ontology.json").write_text(json.dumps(described), "utf-8")
    page = Client(create_app(Site(open_release(tmp_path / published.id), NoEngine(), Settings()))).page(
        "/doc/ontology"
    )
    part = page[page.index('id="versions"') :]
    assert "0.0.9" in part and f"/dumps/{earlier.name}/" in part
    assert 'New:</span> <a href="#Treaty">Treaty</a>' in part
    assert "Gone:</span> goneAway" in part
    assert 'Changed:</span> <a href="#party">party</a>' in part


def test_comparing_versions() -> None:
    assert compared({"a": "1"}, {"a": "1"}) == ((), (), ())
    assert compared({"a": "1"}, None) == compared(None, {}) == (None, None, None)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"modules": []}'])
def test_a_release_without_a_good_description_of_its_ontology(
    published: Release, tmp_path: Path, content: str
) -> None:
    shutil.copytree(published.path, tmp_path / published.id)
    (tmp_path / published.id / "ontology.json").write_text(content, "utf-8")
    page = Client(create_app(Site(open_release(tmp_path / published.id), NoEngine(), Settings()))).page(
        "/doc/ontology"
    )
    assert 'id="section-classes"' in page and 'id="Treaty"' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_diagram_on_the_page_is_there(site: Client, language: str) -> None:
    page = site.page(f"/doc/ontology?lang={language}")
    pictures = re.findall(r'<img src="([^"]+)" width="(\d+)" height="(\d+)" alt="([^"]+)"', page)
    assert len(pictures) > 25
    for address, width, height, alt in pictures:
        answer = site.get(address)
        assert answer.status_code == 200 and answer.headers["content-type"] == "image/svg+xml"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert f'lang="{language}"' in answer.text and int(width) and int(height) and alt


@pytest.mark.parametrize(
    "name", ["none.en.svg", "classes.de.svg", "classes.en.png", "..%2Fmanifest.json", "%00.en.svg", "a" * 500]
)
def test_other_names_are_no_diagrams(site: Client, name: str) -> None:
    assert site.get(f"/diagrams/{name}").status_code == 404
