"""Permalinks: a document as a kept release has it, what is said of other versions, and what is not kept."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, parse

from kzlod.namespaces import ID
from kzlod.release.index import FILE as INDEX
from kzlod.release.published import Release
from kzlod.web.i18n import texts
from kzlod.web.rdf import FORMATS
from tests.web.conftest import RELEASE, Client, write_release

OLD, LAST = "0.0.9-00000001", "0.0.8-00000002"
TREATY = "/doc/treaty/FRA-KAZ-extradition"
THERE = f"/releases/{OLD}{TREATY}"
GONE = "/doc/treaty/FRA-KAZ-gone"
MakeClient = Callable[[Release | None], Client]


def stated(name: str, label: str) -> Quad:
    graph = NamedNode(f"{ID}graph/KAZ/news")
    rdfs = "http://www.w3.org/2000/01/rdf-schema#label"
    return Quad(NamedNode(ID + name), NamedNode(rdfs), Literal(label, language="en"), graph)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, quads: list[Quad]) -> Path:
    """Three releases: one that is current, one before it, and one before that which has no index."""
    folder = tmp_path_factory.mktemp("kept")
    before = [
        *quads,
        stated("treaty/FRA-KAZ-extradition", "Only the earlier release says this"),
        stated("treaty/FRA-KAZ-gone", "A treaty that is gone"),
    ]
    for name, date, held in ((LAST, "2026-09-01", quads), (OLD, "2026-10-01", before)):
        made = write_release(folder, held, name=name)
        manifest = {**made.manifest, "date": date, "version": name.split("-")[0]}
        (made.path / "manifest.json").write_text(json.dumps(manifest))
    (folder / LAST / INDEX).unlink()
    write_release(folder, quads)
    return folder


@pytest.fixture(scope="module")
def kept(folder: Path, make_client: MakeClient) -> Client:
    manifest = json.loads((folder / RELEASE / "manifest.json").read_text())
    return make_client(Release(folder / RELEASE, manifest))


def test_a_release_answers_for_itself_in_every_format(kept: Client) -> None:
    for form in FORMATS:
        for address, accept in ((THERE + form.suffix, "*/*"), (THERE, form.media_type)):
            answer = kept.get(address, accept)
            assert answer.status_code == 200, address
            assert answer.headers["content-type"].split(";")[0] == form.media_type
            assert answer.headers["kzlod-release"] == OLD
            assert "Only the earlier release says this" in answer.text
            assert "Only the earlier release says this" not in kept.get(TREATY + form.suffix).text
            assert form.rdf is None or list(parse(answer.content, format=form.rdf))


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_page_says_which_release_it_is_and_leads_to_the_current_page(kept: Client, language: str) -> None:
    strings, page = texts(language), kept.page(THERE, Accept_Language=language)
    assert strings("kept.earlier", release=OLD, current=RELEASE) in page
    assert '<a href="/id/treaty/FRA-KAZ-extradition">' + strings("kept.latest") in page
    assert strings("kept.label") not in kept.page(TREATY, Accept_Language=language)
    same = kept.page(f"/releases/{RELEASE}{TREATY}", Accept_Language=language)
    assert strings("kept.this", release=RELEASE) in same


def test_links_stay_in_the_release(kept: Client) -> None:
    page = kept.page(THERE)
    assert f'href="/releases/{OLD}/doc/country/KAZ"' in page
    assert f'href="/releases/{OLD}{TREATY}.ttl"' in page
    assert 'href="/doc/' not in page
    assert 'href="/doc/country/KAZ"' in kept.page(TREATY)


def test_the_other_versions_are_named(kept: Client) -> None:
    link = kept.get(THERE, "text/turtle").headers["link"]
    assert f'<{TREATY}>; rel="latest-version"' in link and f'<{TREATY}>; rel="canonical"' in link
    assert f'</releases/{RELEASE}{TREATY}>; rel="successor-version"' in link
    assert "predecessor-version" not in link, "the release before cannot be read"
    assert f'<{THERE}.jsonld>; rel="alternate"' in link and f"<{TREATY}.jsonld>" not in link
    link = kept.get(f"/releases/{RELEASE}{TREATY}").headers["link"]
    assert f'<{THERE}>; rel="predecessor-version"' in link and "successor" not in link
    assert '</releases/>; rel="version-history"' in link
    assert kept.get(f"{THERE}.ttl").headers["content-location"] == f"{THERE}.ttl"


def test_what_the_current_release_no_longer_has(kept: Client) -> None:
    assert kept.get(GONE).status_code == 404
    answer = kept.get(f"/releases/{OLD}{GONE}", "text/html")
    assert texts("en")("kept.gone") in answer.text
    assert "latest-version" not in answer.headers["link"] and "canonical" not in answer.headers["link"]


def test_entity_tags_and_head(kept: Client) -> None:
    tags = set()
    for address in (THERE, TREATY, f"/releases/{RELEASE}{TREATY}"):
        answer = kept.get(address, "text/html")
        tags.add(tag := answer.headers["etag"])
        assert kept.get(address, "text/html", If_None_Match=tag).status_code == 304
        head = kept.request("HEAD", address, headers={"Accept": "text/html"})
        assert head.headers["content-length"] == answer.headers["content-length"] == str(len(answer.content))
    assert len(tags) == 3


def test_ontology_shapes_and_containers(kept: Client) -> None:
    for path, text in (
        ("ontology", "Treaty"),
        ("shapes", "sh:NodeShape"),
        ("treaty", "FRA-KAZ-gone"),
        ("", ""),
    ):
        address = f"/releases/{OLD}/doc/{path}".rstrip("/")
        answer = kept.get(address, "text/turtle")
        assert answer.status_code == 200 and text in answer.text, address
        assert kept.page(address).count(texts("en")("kept.label")) == 1
    answer = kept.get(f"/releases/{OLD}{TREATY}/", "text/html")
    assert (answer.status_code, answer.headers["location"]) == (308, THERE)


def test_what_a_release_does_not_have_is_not_found_in_it(kept: Client) -> None:
    answer = kept.get(f"{THERE}/art/99", "application/json")
    assert answer.status_code == 404 and answer.headers["kzlod-release"] == OLD
    assert answer.json()["nearest"] == f"{THERE}/art"
    answer = kept.get(THERE, "image/png")
    assert answer.status_code == 406
    assert f"{THERE}.ttl" in [one["address"] for one in answer.json()["formats"]]


def test_a_release_that_cannot_be_read_is_gone_and_not_an_error(kept: Client) -> None:
    for accept in ("text/html", "application/json"):
        answer = kept.get(f"/releases/{LAST}{TREATY}", accept)
        assert answer.status_code == 410
        assert LAST in answer.text and "has no index" in answer.text


def test_an_index_of_another_form_is_no_error_of_the_server(
    folder: Path, make_client: MakeClient, tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path / "other")
    (tmp_path / "other" / OLD / INDEX).write_bytes(b"of another time")
    manifest = json.loads((folder / RELEASE / "manifest.json").read_text())
    client = make_client(Release(tmp_path / "other" / RELEASE, manifest))
    assert client.get(THERE).status_code == 410
    assert client.get(TREATY).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "9.9.9-ffffffff",
        "%2e%2e",
        "current",
        "0.1.0-ab12cd34%2f..",
        "0.1.0-AB12CD34",
        "%00",
        "٠.1.0-ab12cd34",
        "x" * 1000,
    ],
)
def test_what_is_no_release_names_those_that_are(kept: Client, name: str) -> None:
    answer = kept.get(f"/releases/{name}{TREATY}", "application/json")
    assert answer.status_code == 404
    assert "%2f" in name or answer.json()["kept"] == [RELEASE, OLD, LAST]


def test_the_list_of_releases(kept: Client) -> None:
    listed = kept.get("/releases/", "application/json").json()["releases"]
    assert [(one["release"], one["current"], one["readable"]) for one in listed] == [
        (RELEASE, True, True),
        (OLD, False, True),
        (LAST, False, False),
    ]
    assert listed[1]["documents"] == f"/releases/{OLD}/doc" and listed[1]["date"] == "2026-10-01"
    page = kept.page("/releases/", Accept_Language="ru")
    assert f'href="/releases/{OLD}/doc"' in page and "Выпуски" in page
    assert kept.get("/releases/", "image/png").status_code == 406
    assert kept.get("/releases").headers["location"] == "/releases/"
    assert kept.get(f"/releases/{OLD}").headers["location"] == f"/releases/{OLD}/doc"


def test_a_file_served_as_it_is_has_no_releases(
    tmp_path: Path, quads: list[Quad], make_client: MakeClient
) -> None:
    client = make_client(write_release(tmp_path, quads, kind="file"))
    assert client.get("/releases/", "application/json").json() == {"releases": []}
    assert client.get(f"/releases/{RELEASE}{TREATY}").status_code == 404
    assert texts("en")("cite.permalink") not in client.page(TREATY)


def test_many_releases_are_not_all_kept_open(
    quads: list[Quad], tmp_path: Path, make_client: MakeClient
) -> None:
    names = [f"0.0.{number}-{number:08x}" for number in range(1, 9)]
    made = [write_release(tmp_path, quads[:40], name=name) for name in names]
    client = make_client(made[-1])
    for name in names * 2:
        assert client.get(f"/releases/{name}/doc", "text/turtle").status_code == 200
    assert len(client.app.state.web._readers) <= 4
    assert id(client.app.state.site.served.release) in client.app.state.web._readers


def test_the_page_and_the_references_carry_the_permalink(client: Client) -> None:
    page = client.page(TREATY)
    assert f'<a href="/releases/{RELEASE}{TREATY}">' in page
    for form in ("text", "bibtex", "ris", "csl"):
        answer = client.get(f"/cite?iri={ID}treaty/FRA-KAZ-extradition&format={form}")
        assert f"https://w3id.org/kzlod/releases/{RELEASE}{TREATY}" in answer.text
