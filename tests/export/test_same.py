"""nginx and the server give the same: status, header fields that matter, and every byte."""

import socket
import urllib.request
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad

from kzlod.namespaces import ID
from kzlod.web.i18n import LANGUAGES
from kzlod.web.rdf import FORMATS
from tests.export.conftest import Static
from tests.web.conftest import RELEASE
from tests.web.test_documents import TREATY, iris_of_ours

pytestmark = pytest.mark.debian

FIELDS = (
    "access-control-allow-origin",
    "access-control-expose-headers",
    "cache-control",
    "content-disposition",
    "content-language",
    "content-location",
    "content-security-policy",
    "content-type",
    "cross-origin-resource-policy",
    "kzlod-release",
    "link",
    "location",
    "referrer-policy",
    "x-content-type-options",
)
KAZAKH = (
    "/doc/act/KAZ/%D2%9B%D1%8B%D0%BB%D0%BC%D1%8B%D1%81%D1%82%D1%8B%D2%9B-%D0%BA%D0%BE%D0%B4%D0%B5%D0%BA%D1%81"
)
PAGES = [
    "/",
    "/?lang=kk",
    "/sources",
    "/query",
    "/examples",
    "/examples/treaties",
    "/compare",
    "/catalog",
    "/doc",
    "/doc/",
    "/doc/treaty",
    "/doc/id",
    "/doc/ontology",
    "/doc/shapes",
    "/kinds/Treaty",
    "/dumps/",
    "/releases/",
    TREATY,
    f"{TREATY}?lang=ru",
    f"{TREATY}?utm_source=x",
    f"{TREATY}?x=1&lang=kk",
    f"{TREATY}.html?lang=ru",
    f"{TREATY}.ttl",
    f"{TREATY}.ttl?x=1",
    "/doc/act/KAZ/notes.html",
    "/doc/act/KAZ/notes.html.html",
    KAZAKH,
    "/doc/act/KAZ/notes.html.nt",
    f"/doc/dumps/{RELEASE}/kzlod.nq.gz",
    f"{KAZAKH}.rdf",
    "/catalog.jsonld",
    "/id",
    "/id/",
    "/id/treaty/",
    "/id/country/KAZ?lang=ru",
    "/concept",
    "/ontology",
    "/shapes",
    "/shapes/x",
    "/.well-known/void",
    "/dumps",
    f"/dumps/{RELEASE}",
    f"/dumps/{RELEASE}/",
    "/releases",
    "/query/",
    "/doc/treaty/",
    "/robots.txt",
    "/sitemap.xml",
    "/sitemap/1.xml",
    "/static/style.css",
    "/static/icon.svg",
    "/favicon.ico",
    "/favicon.svg",
    "/releases.atom",
    "/crosswalk",
    "/problems",
    "/problems/syntax",
    "/examples/treaties.rq",
    f"/dumps/{RELEASE}/kzlod.nq.gz",
]


def compared(answer: Any, *, body: bool = True) -> dict[str, Any]:
    fields = {name: answer.headers[name] for name in FIELDS if name in answer.headers}
    if 300 <= answer.status_code < 400:  # a redirect of nginx has the fields of the page that is not shown
        fields = {name: fields[name] for name in ("location", "kzlod-release", "access-control-allow-origin")}
    return {"status": answer.status_code, **fields, **({"body": answer.content} if body else {})}


def varies(answer: Any) -> set[str]:
    named = {one.strip() for one in answer.headers.get("vary", "").split(",")}
    return named - {"", "Accept-Encoding"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_pages(client: Static, server: Any, path: str, language: str) -> None:
    # The server here has no engine, so that the page of an example has no rows there.
    alike = "examples/treaties" not in path or path.endswith(".rq")
    for accept in ("*/*", "text/html", "text/turtle", "application/json"):
        ours = client.get(path, accept, Accept_Language=language)
        if not alike and accept == "application/json":
            assert ours.headers["content-location"] == f"{path.partition('?')[0]}.json"
            continue
        if ours.headers.get("content-type") == "application/problem+json":
            assert server.get(path, accept).status_code == ours.status_code
            continue
        theirs = server.get(path, accept, Accept_Language=language)
        if not alike:
            assert ours.status_code == theirs.status_code
            continue
        # A page of the server repeats in its links what it does not know.
        body = ours.status_code < 300 and "x=1" not in path and "utm" not in path
        expected = compared(theirs, body=body)
        expected.setdefault("cache-control", "no-cache")
        assert {"cache-control": "no-cache", **compared(ours, body=body)} == expected, (path, accept)
        if ours.status_code == 200:
            assert varies(ours) >= varies(theirs), (path, accept)


def test_every_document(client: Static, server: Any, quads: list[Quad]) -> None:
    paths = {
        server.get("/" + iri.removeprefix("https://w3id.org/kzlod/")).headers.get("location")
        for iri in iris_of_ours(quads)
    }
    documents = {path.partition("#")[0] for path in paths if path and path.startswith("/doc/")}
    assert len(documents) > 20
    for path in sorted(documents):
        for language in LANGUAGES:
            ours, theirs = (one.get(path, "text/html", Accept_Language=language) for one in (client, server))
            assert compared(ours) == compared(theirs)
        for form in FORMATS[1:]:
            for address, accept in ((path, form.media_type), (path + form.suffix, "*/*")):
                assert compared(client.get(address, accept)) == compared(server.get(address, accept)), address


RANGES = st.sampled_from(
    [
        *(form.media_type for form in FORMATS),
        *("*/*", "text/*", "application/*", "application/json", "application/xhtml+xml", "image/png"),
        *("application/x-turtle", 'application/ld+json;profile="a,b"', "TEXT/HTML", "text/x"),
    ]
)
WEIGHTS = st.sampled_from(
    ["", ";q=0", ";q=0.0", ";q=0.1", "; q=0.25", ";q=0.999", " ;q=1", ";q=1.000", ";Q=.5", ";q=x"]
)
ACCEPT = st.lists(
    st.builds("{}{}".format, RANGES, WEIGHTS),
    max_size=6,
    unique_by=lambda one: one.partition(";")[0].strip().lower(),
)
TAGS = st.sampled_from(["en", "ru", "kk", "en-GB", "ru-RU", "KK-kz", "de", "fr-CA"])
LANGUAGE = st.lists(
    st.builds("{}{}".format, TAGS, WEIGHTS),
    max_size=5,
    unique_by=lambda one: one.partition(";")[0][:2].lower(),
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(accept=ACCEPT, language=LANGUAGE, path=st.sampled_from([TREATY, "/", "/dumps/", "/releases/"]))
@example(accept=[], language=["*"], path=TREATY)
@example(accept=["*"], language=["*;q=0.5"], path="/")
def test_negotiation(client: Static, server: Any, accept: list[str], language: list[str], path: str) -> None:
    headers = {"Accept": ", ".join(accept), "Accept-Language": ",".join(language)}
    headers = {name: value for name, value in headers.items() if value}
    ours, theirs = (one.request("GET", path, headers=headers) for one in (client, server))
    for name in ("content-type", "content-language", "location"):
        if theirs.status_code == 200 or name == "location":
            assert ours.headers.get(name) == theirs.headers.get(name), headers
    assert ours.status_code == theirs.status_code, headers


def test_not_found(client: Static) -> None:
    for accept, media_type in (("text/html", "text/html"), ("*/*", "application/problem+json")):
        for path in (
            "/nothing",
            "/id/nothing",
            "/doc/nothing",
            "/doc/nothing.ttl",
            "/kinds/Nothing",
            "/examples/x.csv",
        ):
            answer = client.get(path, accept, Accept_Language="ru")
            assert answer.status_code == 404 and answer.headers["content-type"].startswith(media_type), path
            assert answer.headers["kzlod-release"] == RELEASE
    assert '<html lang="ru">' in client.get("/nothing", "text/html", Accept_Language="ru").text


@pytest.mark.parametrize(
    "path",
    [
        "/sparql?query=ASK%7B%7D",
        "/search?q=x",
        "/search.json",
        "/cite?iri=x",
        "/query?query=ASK%7B%7D",
        "/health",
        "/compare/crosswalk?treaty=x",
        "/examples/treaties?treaty=x",
        "/examples/treaties.csv?treaty=x",
    ],
)
def test_what_needs_a_server(client: Static, path: str) -> None:
    assert client.get(path, "application/json").status_code == 503
    assert "running server" in client.get(path, "text/html").text


def test_methods(client: Static) -> None:
    answer = client.request("POST", TREATY, content=b"x")
    assert answer.status_code == 405 and "GET" in answer.headers["allow"]
    answer = client.request("OPTIONS", TREATY)
    assert answer.status_code == 204 and answer.headers["access-control-max-age"] == "86400"


def test_a_client_that_reads_no_compressed_answers(client: Static) -> None:
    plain, packed = (client.get(TREATY, "text/turtle", Accept_Encoding=one) for one in ("identity", "gzip"))
    assert plain.content == packed.content and "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    again = client.get(TREATY, "text/turtle", Accept_Encoding="identity", If_None_Match=plain.headers["etag"])
    assert again.status_code == 304


def test_letters_that_are_not_escaped(client: Static) -> None:
    with urllib.request.urlopen(client.address + KAZAKH) as answer:
        escaped = answer.read()
    host, _, port = client.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as opened:
        path = "/doc/act/KAZ/қылмыстық-кодекс"
        opened.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        found = b"".join(iter(lambda: opened.recv(65536), b""))
    assert found.partition(b"\r\n\r\n")[2] == escaped


def test_a_permalink_of_the_release_is_its_document(client: Static) -> None:
    for suffix in ("", ".ttl"):
        kept = client.get(f"/releases/{RELEASE}{TREATY}{suffix}", "text/html")
        assert kept.content == client.get(TREATY + suffix, "text/html").content
        assert f'<{TREATY}>; rel="canonical"' in kept.headers["link"]
    assert client.get(f"/releases/9.9.9-00000000{TREATY}").status_code == 404
    assert client.get(f"/releases/{RELEASE}").headers["location"] == f"/releases/{RELEASE}/doc"


def test_the_result_of_an_example(client: Static) -> None:
    for accept, suffix in (
        ("text/csv", "csv"),
        ("application/json", "json"),
        ("application/xml", "xml"),
        ("image/png, text/xml;q=.5", "xml"),
        ("text/html;q=.2, text/csv", "csv"),
    ):
        answer = client.get("/examples/treaties", accept)
        assert answer.content == client.get(f"/examples/treaties.{suffix}").content
        assert answer.headers["content-location"] == f"/examples/treaties.{suffix}"
    assert client.get("/examples/treaties", "image/png").status_code == 406
    page = client.get("/examples/treaties", "text/html", Accept_Language="kk")
    for accept in ("text/html", "image/png"):  # the suffix decides, as it does on the server
        answer = client.get("/examples/treaties.html", accept, Accept_Language="kk")
        assert (answer.status_code, answer.content) == (200, page.content)
        assert answer.headers["content-language"] == "kk"
    assert client.get("/examples/none.html").status_code == 404
    assert client.get("/examples/treaties").headers["content-type"].startswith("text/html")
    assert f"{ID}treaty/" in client.get("/examples/treaties.csv").text
    types = {
        one: client.get(f"/examples/treaties.{one}").headers["content-type"] for one in ("json", "xml", "tsv")
    }
    assert types == {
        "json": "application/sparql-results+json",
        "xml": "application/sparql-results+xml",
        "tsv": "text/tab-separated-values; charset=utf-8",
    }
