"""Linked-data behaviour: 303, negotiation, suffixes, entity tags, links, CORS, Cyrillic, errors."""

import json
import re
from urllib.parse import quote

import httpx
import pytest
from pyoxigraph import NamedNode, Quad, parse

from kzlod.namespaces import BASE, ID
from kzlod.web.rdf import BY_TYPE, FORMATS, Format

from .conftest import RELEASE, Client

TREATY = "/doc/treaty/FRA-KAZ-extradition"


def iris_of_ours(quads: list[Quad]) -> list[str]:
    found: set[str] = set()
    for quad in quads:
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            if isinstance(term, NamedNode) and term.value.startswith(BASE):
                found.add(term.value)
    return sorted(found)


def test_every_iri_dereferences_in_every_format(client: Client, quads: list[Quad]) -> None:
    for iri in iris_of_ours(quads):
        path = "/" + quote(iri.removeprefix(BASE).split("#")[0], safe="/%")
        if path in ("/catalog", "/sparql") or path.startswith("/dumps"):
            continue
        answer = client.get(path)
        assert answer.status_code == 303, iri
        document = answer.headers["location"]
        assert document.isascii()
        for form in FORMATS:
            found = client.get(document.split("#")[0], form.media_type)
            assert found.status_code == 200, (iri, form.name, found.text)
            assert found.headers["content-type"].split(";")[0] == form.media_type
            if form.rdf is not None:
                triples = list(parse(found.content, format=form.rdf))
                assert triples, (iri, form.name)
                named = {str(term) for one in triples for term in (one.subject, one.object, one.predicate)}
                assert f"<{iri}>" in named or "#" in iri, (iri, form.name)


def test_all_formats_say_the_same(client: Client) -> None:
    graphs = [
        {
            (one.subject, one.predicate, one.object)
            for one in parse(client.get(TREATY + form.suffix).content, format=form.rdf)
        }
        for form in FORMATS
        if form.rdf is not None
    ]
    assert all(graph == graphs[0] for graph in graphs)
    assert len(graphs[0]) > 20


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "text/html"),
        ("*/*", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/ld+json"),
        ("application/rdf+xml;q=0.5, text/turtle;q=0.9", "text/turtle"),
        ("application/n-triples, text/html;q=0.1", "application/n-triples"),
        ("text/*;q=0.2, application/rdf+xml", "application/rdf+xml"),
        ("image/png, text/turtle;q=0.1", "text/turtle"),
        ("text/html;q=0, */*", "text/turtle"),
    ],
)
def test_accept_is_followed(client: Client, accept: str | None, expected: str) -> None:
    headers = {} if accept is None else {"Accept": accept}
    answer = client.request("GET", TREATY, headers=headers)
    assert answer.headers["content-type"].split(";")[0] == expected
    assert "Accept" in answer.headers["vary"]


def test_not_acceptable_names_what_there_is(client: Client) -> None:
    answer = client.get(TREATY, "image/png")
    assert answer.status_code == 406
    assert {one["type"] for one in answer.json()["formats"]} == set(BY_TYPE)
    assert f"{TREATY}.ttl" in answer.headers["link"]


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_suffix_is_an_address_of_its_own(client: Client, form: Format) -> None:
    answer = client.get(TREATY + form.suffix, "image/png")
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == form.media_type


def test_a_suffix_that_belongs_to_an_iri_is_no_suffix(client: Client) -> None:
    answer = client.get("/doc/act/KAZ/notes.html", "text/turtle")
    assert answer.headers["content-type"].startswith("text/turtle")
    assert client.get("/doc/act/KAZ/notes.html.nt").headers["content-type"] == "application/n-triples"
    assert client.get("/doc/act/KAZ/notes", "text/turtle").status_code == 404


def test_head_has_the_headers_of_get_and_no_body(client: Client) -> None:
    got = client.get(TREATY, "text/turtle")
    head = client.request("HEAD", TREATY, headers={"Accept": "text/turtle"})
    assert head.status_code == 200 and head.content == b""
    for name in ("content-type", "etag", "link", "vary", "content-length"):
        assert head.headers[name] == got.headers[name]


def test_an_entity_tag_saves_the_transfer(client: Client) -> None:
    tags = set()
    for accept in ("text/turtle", "application/n-triples", "text/html"):
        tag = client.get(TREATY, accept).headers["etag"]
        tags.add(tag)
        for condition in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = client.get(TREATY, accept, If_None_Match=condition)
            assert again.status_code == 304 and again.content == b""
            assert again.headers["etag"] == tag and again.headers["vary"]
        assert client.get(TREATY, accept, If_None_Match='"other"').status_code == 200
    assert len(tags) == 3


def test_an_entity_tag_differs_by_language(client: Client) -> None:
    tags = {
        client.get(TREATY, "text/html", Accept_Language=one).headers["etag"] for one in ("en", "ru", "kk")
    }
    assert len(tags) == 3


def test_links_lead_to_formats_thing_and_licence(client: Client) -> None:
    link = client.get(TREATY, "text/turtle").headers["link"]
    for form in FORMATS:
        assert f'<{TREATY}{form.suffix}>; rel="alternate"; type="{form.media_type}"' in link
    assert f'<{ID}treaty/FRA-KAZ-extradition>; rel="describes"' in link
    assert 'rel="license"' in link and 'rel="canonical"' in link and 'rel="describedby"' in link


def test_every_answer_can_be_read_from_other_sites(client: Client) -> None:
    for path in ("/id/country/KAZ", TREATY, "/nothing", "/dumps/", "/health"):
        answer = client.get(path)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "Link" in answer.headers["access-control-expose-headers"]
        assert answer.headers["kzlod-release"] == RELEASE
    options = client.request("OPTIONS", TREATY, headers={"Origin": "https://a.example"})
    assert options.status_code == 204
    assert "GET" in options.headers["allow"] and "HEAD" in options.headers["allow"]


@pytest.mark.parametrize(
    "path",
    [
        "/id/act/KAZ/қылмыстық-кодекс",
        "/id/act/KAZ/%D2%9B%D1%8B%D0%BB%D0%BC%D1%8B%D1%81%D1%82%D1%8B%D2%9B-%D0%BA%D0%BE%D0%B4%D0%B5%D0%BA%D1%81",
        "/id/act/KAZ/%d2%9b%d1%8b%d0%bb%d0%bc%d1%8b%d1%81%d1%82%d1%8b%d2%9b-%d0%ba%d0%be%d0%b4%d0%b5%d0%ba%d1%81",
    ],
)
def test_kazakh_letters_in_addresses(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 303
    document = client.get(answer.headers["location"], "text/html", Accept_Language="kk")
    assert "<h1>Қылмыстық кодекс</h1>" in document.text


def test_a_percent_encoded_iri_stays_one(client: Client) -> None:
    answer = client.get("/id/act/KAZ/%D0%B7%D0%B0%D0%BA%D0%BE%D0%BD")
    assert answer.status_code == 303
    body = client.get(answer.headers["location"], "application/n-triples").text
    assert f"<{ID}act/KAZ/%D0%B7%D0%B0%D0%BA%D0%BE%D0%BD>" in body


def test_a_trailing_slash_leads_to_the_container(client: Client) -> None:
    assert client.get("/id/treaty/").headers["location"] == "/doc/treaty"
    again = client.get("/doc/treaty/", "text/turtle")
    assert (again.status_code, again.headers["location"]) == (308, "/doc/treaty")
    assert client.get("/doc/", "text/turtle").status_code == 200


def test_the_query_string_survives_the_redirect(client: Client) -> None:
    assert client.get("/id/country/KAZ?lang=ru").headers["location"] == "/doc/country/KAZ?lang=ru"
    for path, target in (
        ("/shapes", "/doc/shapes"),
        ("/shapes/x", "/doc/shapes"),
        ("/.well-known/void", "/catalog"),
        ("/dumps", "/dumps/"),
        (f"/dumps/{RELEASE}/", "/dumps/"),
        ("/releases", "/releases/"),
        (f"/releases/{RELEASE}", f"/releases/{RELEASE}/doc"),
    ):
        assert client.get(f"{path}?lang=kk").headers["location"] == f"{target}?lang=kk"


def test_the_ontology_is_one_document_with_all_terms(client: Client) -> None:
    assert client.get("/ontology").headers["location"] == "/doc/ontology"
    body = client.get("/doc/ontology", "text/turtle").text
    assert "kzlod:Treaty" in body and "kzlod:date" in body


def test_shapes_are_served_as_stored_and_in_other_formats(client: Client) -> None:
    assert client.get("/shapes").headers["location"] == "/doc/shapes"
    assert client.get("/doc/shapes.ttl").text.startswith("@prefix sh:")
    for form in FORMATS:
        answer = client.get("/doc/shapes", form.media_type)
        assert answer.status_code == 200
        assert form.rdf is None or list(parse(answer.content, format=form.rdf))


def test_an_unknown_thing_leads_to_the_nearest_container(client: Client) -> None:
    answer = client.get("/doc/treaty/FRA-KAZ-extradition/art/99", "application/json")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["nearest"] == "/doc/treaty/FRA-KAZ-extradition/art"
    page = client.get("/id/treaty/FRA-KAZ-extradition/art/99", "text/html")
    assert page.status_code == 404
    assert 'href="/doc/treaty/FRA-KAZ-extradition/art"' in page.text


NONSENSE = [
    "/doc/../../etc/passwd",
    "/doc/%2e%2e/%2e%2e/etc/passwd",
    "/id/%00",
    "/doc/%ff%fe",
    "/doc/ontology%23Treaty",
    "/doc/treaty%2FFRA-KAZ-extradition",
    "/id/%3Cscript%3E",
    "/doc/country/KAZ?page=0",
    "/doc/country/KAZ?page=-1",
    "/doc/country/KAZ?page=99",
    "/doc/country/KAZ?page=x",
    "/doc/country/KAZ.ttl?page=2",
]


@pytest.mark.parametrize("path", NONSENSE)
def test_nonsense_is_not_found(client: Client, path: str) -> None:
    answer = client.get(path, "text/html")
    assert answer.status_code == 404
    assert "<script>" not in answer.text


def test_an_overlong_path_is_refused(client: Client) -> None:
    assert client.get("/doc/" + "a" * 5000).status_code == 414
    assert client.get("/id/" + "%D2%9B" * 1000).status_code == 414


def test_the_host_header_is_never_used(client: Client) -> None:
    for path in (
        "/",
        TREATY,
        f"{TREATY}.ttl",
        "/id/country/KAZ",
        "/sitemap.xml",
        "/robots.txt",
        "/dumps/",
        "/catalog",
    ):
        answer = client.get(path, "*/*")
        assert "evil.example" not in answer.text + str(answer.headers)


def test_turtle_uses_our_prefixes(client: Client) -> None:
    body = client.get(TREATY, "text/turtle").text
    assert re.search(r"@prefix kzlod: <https://w3id.org/kzlod/ontology#>", body)
    assert json.loads(client.get(f"{TREATY}.jsonld").text)


def test_a_trailing_slash_leads_to_the_page_of_a_service(client: Client) -> None:
    for path in ("/query", "/sources", "/catalog", "/examples"):
        answer = client.get(f"{path}/")
        assert (answer.status_code, answer.headers["location"]) == (308, path)


def test_the_shapes_link_to_their_formats(client: Client) -> None:
    for accept in ("text/turtle", "text/html"):
        assert '</doc/shapes.ttl>; rel="alternate"' in client.get("/doc/shapes", accept).headers["link"]


def test_a_backslash_never_begins_an_address(client: Client) -> None:
    """Browsers read one as a slash: `/\\evil.example` would lead to another host."""
    for path in (b"/\\evil.example/", b"/doc/\\evil.example/", b"/id/\\evil.example"):
        url = httpx.URL("http://evil.example").copy_with(raw_path=path)
        answer = client.request("GET", url)  # type: ignore[arg-type]
        assert "\\" not in answer.headers.get("location", "")
    url = httpx.URL("http://evil.example").copy_with(raw_path=b"/\\evil.example/")
    answer = client.request("GET", url)  # type: ignore[arg-type]
    assert (answer.status_code, answer.headers["location"]) == (308, "/%5Cevil.example")
