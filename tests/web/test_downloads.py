"""Downloads, catalogue, sitemap, robots."""

import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pyoxigraph import Quad, parse

from kzlod.release.published import Release
from kzlod.web.downloads import readable_size
from kzlod.web.i18n import texts
from kzlod.web.rdf import FORMATS

from .conftest import BASE, DUMP, RELEASE, Client, write_release

FILE = f"/dumps/{RELEASE}/kzlod.nq.gz"


def test_the_list_is_a_page_or_json(client: Client) -> None:
    assert FILE in client.page("/dumps/")
    listed = client.get("/dumps/", "application/json").json()["releases"]
    assert [one["release"] for one in listed] == [RELEASE]
    assert listed[0]["dumps"][0]["sha256"] == sha256(DUMP).hexdigest()
    assert client.get("/dumps/", "image/png").status_code == 406


@pytest.mark.parametrize(
    ("language", "size", "shown"),
    [
        ("en", 999, "999 B"),
        ("en", 1_800_000, "1.8 MB"),
        ("ru", 469_000, "469 КБ"),
        ("ru", 1_800_000, "1,8 МБ"),
        ("kk", 2_500_000_000, "2,5 ГБ"),
    ],
)
def test_sizes_are_written_as_the_language_does(language: str, size: int, shown: str) -> None:
    assert readable_size(size, texts(language)) == shown


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
    (entry,) = feed.findall(f"{atom}entry")
    assert entry.findtext(f"{atom}id") == f"https://w3id.org/kzlod/releases/{RELEASE}/"
    link = entry.find(f"{atom}link")
    assert link is not None and link.get("href") == f"https://data.example.org/releases/{RELEASE}/"
    assert client.get(f"/releases/{RELEASE}/").headers["location"] == f"/releases/{RELEASE}/doc"
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


@pytest.mark.parametrize("header", ["lines=1-2", "bytes", "bytes=", "bytes=9-4", "bytes=1-2,x", "bytes=-"])
def test_a_range_of_another_unit_or_form_is_passed_over(client: Client, header: str) -> None:
    answer = client.get(FILE, Range=header)
    assert (answer.status_code, answer.content) == (200, DUMP)


def test_a_range_is_for_get_and_for_what_is_there(client: Client) -> None:
    assert client.request("HEAD", FILE, headers={"Range": "bytes=0-9"}).status_code == 200
    answer = client.get(FILE, Range="bytes=5000-")
    assert answer.status_code == 416 and answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-range"] == f"bytes */{len(DUMP)}"
    part = client.get(FILE, Range=f"bytes=5000-, -{4}")
    assert (part.status_code, part.content) == (206, DUMP[-4:])
    tag = client.get(FILE).headers["etag"]
    assert client.get(FILE, Range="bytes=1-2", If_Range=tag).content == DUMP[1:3]
    assert client.get(FILE, Range="bytes=5000-", If_Range='"other"').content == DUMP


@pytest.mark.parametrize("name", ["kzlod.nq.gz", "SHA256SUMS"])
def test_a_file_that_the_client_has_is_not_sent_again(
    make_client: Callable[[Release | None], Client], quads: list[Quad], tmp_path: Path, name: str
) -> None:
    release = write_release(tmp_path, quads)
    (release.path / "dumps" / "SHA256SUMS").write_text("sums")
    client, path = make_client(release), f"/dumps/{RELEASE}/{name}"
    answer = client.get(path)
    tag, modified = answer.headers["etag"], answer.headers["last-modified"]
    for headers, status in (
        ({"If_None_Match": tag}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": '"other"', "If_Modified_Since": modified}, 200),
        ({"If_Modified_Since": modified}, 304),
        ({"If_Modified_Since": "Fri, 01 Jan 2100 00:00:00 GMT"}, 304),
        ({"If_Modified_Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200),
        ({"If_Modified_Since": "yesterday"}, 200),
    ):
        again = client.get(path, **headers)
        assert again.status_code == status, headers
        assert again.headers["etag"] == tag


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
    assert len(addresses) == len(set(addresses)) > 15
    paths = {one.removeprefix("https://data.example.org") for one in addresses}
    assert {"/examples/treaties", "/kinds/Treaty"} <= paths
    assert text.count("<lastmod>2026-11-21</lastmod>") == len(addresses)
    for address in addresses:
        assert client.get(address.removeprefix("https://data.example.org"), "text/html").status_code == 200


def test_the_sitemap_has_the_overviews_of_a_whole_release(
    published: Release, make_client: Callable[[Release | None], Client]
) -> None:
    text = make_client(published).get("/sitemap/1.xml").text
    paths = re.findall("<loc>https://data.example.org([^<]*)</loc>", text)
    assert len(paths) == len(set(paths))
    assert {"/compare/crosswalk", "/compare/sanctions", "/kinds/Article"} <= set(paths)
    assert sum(one.startswith("/examples/") for one in paths) == len(published.manifest["queries"])
    assert any(one.startswith("/statistics/") for one in paths)
