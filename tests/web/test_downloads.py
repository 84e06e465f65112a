"""Downloads, catalogue, sitemap, robots."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pyoxigraph import Quad, parse

from kzlod.release.published import Release
from kzlod.web.rdf import FORMATS

from .conftest import BASE, DUMP, RELEASE, Client, write_release

FILE = f"/dumps/{RELEASE}/kzlod.nq.gz"


def test_the_list_is_a_page_or_json(client: Client) -> None:
    assert FILE in client.page("/dumps/")
    listed = client.get("/dumps/", "application/json").json()["releases"]
    assert [one["release"] for one in listed] == [RELEASE]
    assert listed[0]["dumps"][0]["sha256"] == sha256(DUMP).hexdigest()
    assert client.get("/dumps/", "image/png").status_code == 406


def test_the_whole_data_set_comes_first(
    release: Release, make_client: Callable[[Release | None], Client]
) -> None:
    whole, *_ = release.manifest["dumps"]
    part = {**whole, "file": "a-part.nq.gz", "graph": f"{BASE}id/graph/KAZ/treaty-news"}
    client = make_client(replace(release, manifest={**release.manifest, "dumps": [part, whole]}))
    listed = client.get("/dumps/", "application/json").json()["releases"][0]["dumps"]
    assert [one["file"] for one in listed] == [whole["file"], part["file"]]


@pytest.mark.parametrize("path", ["/", "/dumps/"])
def test_who_wants_rdf_of_an_overview_gets_the_catalogue(client: Client, path: str) -> None:
    answer = client.get(path, "text/turtle")
    assert (answer.status_code, answer.headers["location"]) == (303, "/catalog")
    assert "Accept" in answer.headers["vary"]


def test_the_feed_has_an_entry_for_each_release(client: Client) -> None:
    answer = client.get("/releases.atom", Accept_Language="ru")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.content)
    atom = "{http://www.w3.org/2005/Atom}"
    assert [entry.findtext(f"{atom}title") for entry in feed.findall(f"{atom}entry")] == [RELEASE]
    assert feed.findtext(f"{atom}updated") == "2026-11-21T00:00:00Z"
    assert feed.findtext(f"{atom}title") == "KZLOD: Выпуски"
    assert feed.findtext(f"{atom}id") == "https://data.example.org/releases.atom"
    again = client.get("/releases.atom", If_None_Match=answer.headers["etag"], Accept_Language="ru")
    assert again.status_code == 304


def test_a_file_is_served_as_it_is(client: Client) -> None:
    answer = client.get(FILE)
    assert answer.status_code == 200 and answer.content == DUMP
    assert answer.headers["content-type"] == "application/gzip"
    assert "content-encoding" not in answer.headers
    assert answer.headers["etag"] == f'"{sha256(DUMP).hexdigest()}"'
    assert answer.headers["access-control-allow-origin"] == "*"
    assert client.get(FILE, If_None_Match=answer.headers["etag"]).status_code == 304


def test_ranges_and_head(client: Client) -> None:
    part = client.get(FILE, Range="bytes=4-9")
    assert part.status_code == 206 and part.content == DUMP[4:10]
    head = client.request("HEAD", FILE)
    assert head.status_code == 200 and head.content == b""
    assert head.headers["content-length"] == str(len(DUMP))


@pytest.mark.parametrize(
    "path",
    [
        f"/dumps/{RELEASE}/secret.txt",
        f"/dumps/{RELEASE}/../manifest.json",
        f"/dumps/{RELEASE}/%2e%2e%2fmanifest.json",
        f"/dumps/../{RELEASE}/manifest.json",
        "/dumps/9.9.9-00000000/kzlod.nq.gz",
    ],
)
def test_only_files_of_a_manifest_are_served(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_earlier_releases_stay_available(
    make_client: Callable[[Release | None], Client], tmp_path: Path, quads: list[Quad]
) -> None:
    write_release(tmp_path, quads, name="0.0.9-00000000")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "manifest.json").write_text("{")
    current = write_release(tmp_path, quads)
    (tmp_path / "current").symlink_to(current.path.name)
    client = make_client(current)
    listed = client.get("/dumps/", "application/json").json()["releases"]
    assert [(one["release"], one["current"]) for one in listed] == [
        (RELEASE, True),
        ("0.0.9-00000000", False),
    ]
    assert client.get("/dumps/0.0.9-00000000/kzlod.nq.gz").content == DUMP


def test_the_catalogue_is_negotiated(client: Client) -> None:
    for form in FORMATS:
        for answer in (
            client.get("/catalog", form.media_type),
            client.get(f"/catalog{form.suffix}", "image/png"),
        ):
            assert answer.status_code == 200
            assert answer.headers["content-type"].split(";")[0] == form.media_type
            if form.rdf is not None:
                subjects = {one.subject.value for one in parse(answer.content, format=form.rdf)}
                assert "https://w3id.org/kzlod/catalog" in subjects
                assert "https://w3id.org/kzlod/id/dataset/kzlod" in subjects
    assert client.get("/.well-known/void").headers["location"] == "/catalog"
    assert client.get("/catalog", "image/png").status_code == 406


def test_robots_and_sitemap_are_built_from_the_public_url(client: Client) -> None:
    assert "Sitemap: https://data.example.org/sitemap.xml" in client.get("/robots.txt").text
    assert "https://data.example.org/sitemap/1.xml" in client.get("/sitemap.xml").text
    part = client.get("/sitemap/1.xml")
    assert part.headers["content-type"].startswith("application/xml")
    assert "<loc>https://data.example.org/doc/treaty/FRA-KAZ-extradition</loc>" in part.text
    assert part.text.isascii()
    assert client.get("/sitemap/2.xml").status_code == 404
    assert client.get("/sitemap/0.xml").status_code == 404


def test_every_address_of_the_sitemap_answers(client: Client) -> None:
    text = client.get("/sitemap/1.xml").text
    addresses = [line.split("<loc>")[1].split("</loc>")[0] for line in text.splitlines() if "<loc>" in line]
    assert len(addresses) > 15
    for address in addresses:
        assert client.get(address.removeprefix("https://data.example.org"), "text/html").status_code == 200
