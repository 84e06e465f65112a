"""Results of the SPARQL endpoint in every format, over every data set."""

import csv
import io
import json
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest

if TYPE_CHECKING:
    from tests.web.sparql.conftest import Live

EX = "http://example.org/"
SELECT = f"SELECT ?s ?o {{ ?s <{EX}p> ?o }} ORDER BY ?s"
CONSTRUCT = f"CONSTRUCT {{ ?s <{EX}q> ?o }} WHERE {{ ?s <{EX}p> ?o }}"
DESCRIBE = f"DESCRIBE <{EX}a>"
DIRECT = {"Content-Type": "application/sparql-query"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Row = tuple[str, str]


def rows_json(body: str) -> list[Row]:
    bindings = json.loads(body)["results"]["bindings"]
    return [(row["s"]["value"], row["o"]["value"]) for row in bindings]


def rows_xml(body: str) -> list[Row]:
    space = "{http://www.w3.org/2005/sparql-results#}"
    rows = []
    for result in ElementTree.fromstring(body).iter(f"{space}result"):
        values = {item.get("name"): "".join(item.itertext()) for item in result}
        rows.append((values["s"] or "", values["o"] or ""))
    return rows


def rows_csv(body: str) -> list[Row]:
    return [(s, o) for s, o in list(csv.reader(io.StringIO(body, newline="")))[1:]]


def rows_tsv(body: str) -> list[Row]:
    parsed = ox.parse_query_results(body.encode(), ox.QueryResultsFormat.TSV)
    assert isinstance(parsed, ox.QuerySolutions)
    rows = []
    for solution in parsed:
        s, o = solution["s"], solution["o"]
        assert isinstance(s, ox.NamedNode) and isinstance(o, ox.Literal)
        rows.append((s.value, o.value))
    return rows


TABLES = [
    ("application/sparql-results+json", "json", rows_json),
    ("application/sparql-results+xml", "xml", rows_xml),
    ("text/csv", "csv", rows_csv),
    ("text/tab-separated-values", "tsv", rows_tsv),
]
GRAPHS = [
    ("text/turtle", "ttl", ox.RdfFormat.TURTLE),
    ("application/n-triples", "nt", ox.RdfFormat.N_TRIPLES),
    ("application/rdf+xml", "rdf", ox.RdfFormat.RDF_XML),
    ("application/ld+json", "jsonld", ox.RdfFormat.JSON_LD),
]


@pytest.mark.parametrize(("media_type", "suffix", "rows"), TABLES)
def test_select(live: "Live", media_type: str, suffix: str, rows: Callable[[str], list[Row]]) -> None:
    for answer in (
        live.query(SELECT, media_type),
        live.query(SELECT, format=suffix),
        live.query(SELECT, "image/png", format=media_type),
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == media_type
        assert rows(answer.text) == live.rows


@pytest.mark.parametrize(("media_type", "suffix", "rows"), TABLES)
def test_ask(live: "Live", media_type: str, suffix: str, rows: object) -> None:
    for text, expected in (("ASK {}", "true"), (f"ASK {{ <{EX}none> ?p ?o }}", "false")):
        answer = live.query(text, media_type)
        assert answer.headers["content-type"].partition(";")[0] == media_type
        body = answer.text
        if suffix == "json":
            assert json.loads(body)["boolean"] is (expected == "true")
        elif suffix == "xml":
            assert ElementTree.fromstring(body)[-1].text == expected
        else:
            assert body.strip() == expected


@pytest.mark.parametrize(("media_type", "suffix", "rdf_format"), GRAPHS)
def test_graphs(live: "Live", media_type: str, suffix: str, rdf_format: ox.RdfFormat) -> None:
    for text, predicate, count in ((CONSTRUCT, "q", 2), (DESCRIBE, "p", 1)):
        for answer in (live.query(text, media_type), live.query(text, format=suffix)):
            assert answer.status_code == 200
            assert answer.headers["content-type"].partition(";")[0] == media_type
            quads = list(ox.parse(answer.content, rdf_format))
            assert len(quads) == count
            assert {quad.predicate.value for quad in quads} == {EX + predicate}


def test_defaults(live: "Live") -> None:
    for accept in (None, "*/*"):
        assert live.query(SELECT, accept).headers["content-type"] == "application/sparql-results+json"
        assert live.query("ASK {}", accept).headers["content-type"] == "application/sparql-results+json"
        assert live.query(CONSTRUCT, accept).headers["content-type"].startswith("text/turtle")


def test_several_accept_headers_and_weights(live: "Live") -> None:
    headers = [("Accept", "text/csv;q=0.5"), ("Accept", "application/sparql-results+xml;q=0.6")]
    answer = live.client.get("/sparql", params={"query": SELECT}, headers=headers)
    assert answer.headers["content-type"] == "application/sparql-results+xml"


def test_aliases_keep_their_name(live: "Live") -> None:
    answer = live.query(SELECT, "application/json")
    assert answer.headers["content-type"] == "application/json"
    assert rows_json(answer.text) == live.rows


@pytest.mark.parametrize(
    ("text", "accept"), [(SELECT, "text/turtle"), (CONSTRUCT, "text/csv"), (SELECT, "image/png")]
)
def test_not_acceptable(live: "Live", text: str, accept: str) -> None:
    answer = live.query(text, accept)
    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"
    available = answer.json()["available"]
    assert ("text/csv" in available) is (text == SELECT)
    assert ("text/turtle" in available) is (text == CONSTRUCT or accept == "image/png")


def test_what_is_wrong_with_a_query_is_told_whatever_is_accepted(live: "Live") -> None:
    for accept, media_type in (("text/html", "text/html"), ("image/png", "application/problem+json")):
        answer = live.query("SELECT nonsense", accept)
        assert answer.status_code == 400
        assert answer.headers["content-type"].startswith(media_type)
        assert "1" in answer.text and "column" in answer.text
    page = live.query("SELECT * { ?s nothing:here ?o }", "text/html")
    assert page.status_code == 400 and "nothing:" in page.text
    assert live.query(SELECT, "text/html").status_code == 406


def test_formats_by_parameter(live: "Live") -> None:
    assert live.query(CONSTRUCT, format="json").headers["content-type"] == "application/ld+json"
    assert live.query(CONSTRUCT, format="csv").status_code == 406
    answer = live.query(SELECT, format="pdf")
    assert (answer.status_code, "json, xml, csv" in answer.json()["detail"]) == (400, True)


def subjects(answer: httpx.Response) -> list[str]:
    return sorted(row["s"]["value"] for row in answer.json()["results"]["bindings"])


def test_data_sets(live: "Live") -> None:
    plain = f"SELECT ?s {{ ?s <{EX}p> ?o }}"
    named = f"SELECT ?s {{ GRAPH ?g {{ ?s <{EX}p> ?o }} }}"
    g1, g2, unknown = f"{EX}g1", f"{EX}g2", f"{EX}unknown"

    def ask(text: str, *dataset: tuple[str, str]) -> list[str]:
        get = live.client.get("/sparql", params=[("query", text), *dataset])
        encoded = urlencode([("query", text), *dataset])
        form = live.client.post("/sparql", content=encoded, headers=FORM)
        direct = live.client.post("/sparql", params=dataset, content=text, headers=DIRECT)
        assert subjects(get) == subjects(form) == subjects(direct)
        return subjects(get)

    a, b = f"{EX}a", f"{EX}b"
    default, name = "default-graph-uri", "named-graph-uri"
    assert ask(plain) == ask(named) == [a, b]
    assert ask(plain, (default, g1)) == [a]
    assert ask(named, (default, g1)) == []
    assert ask(plain, (name, g1)) == []
    assert ask(named, (name, g1), (name, g2)) == [a, b]
    assert ask(plain, (default, g1), (default, g2)) == [a, b]
    assert ask(plain, (default, unknown)) == []
    assert ask(plain.replace("{", f"FROM <{g2}> {{", 1)) == [b]
    assert ask(plain.replace("{", f"FROM <{unknown}> {{", 1)) == []
    assert ask(named.replace("{", f"FROM NAMED <{g2}> {{", 1)) == [b]
    assert ask(plain.replace("{", f"FROM <{g2}> {{", 1), (default, g1)) == [a]
    assert ask(named.replace("{", f"FROM NAMED <{g2}> {{", 1), (name, g1)) == [a]


def test_service_description(live: "Live") -> None:
    service = ox.NamedNode("https://data.example/kz/sparql")
    sd = "http://www.w3.org/ns/sparql-service-description#"
    for media_type, suffix, rdf_format in GRAPHS:
        for answer in (
            live.client.get("/sparql", headers={"Accept": media_type}),
            live.client.get("/sparql", params={"format": suffix}),
        ):
            assert answer.headers["content-type"].partition(";")[0] == media_type
            triples = {(q.subject, q.predicate.value, q.object) for q in ox.parse(answer.content, rdf_format)}
            assert (service, f"{sd}endpoint", service) in triples
            names = {o.value for _, p, o in triples if p == f"{sd}name" and isinstance(o, ox.NamedNode)}
            assert names == {f"{EX}g1", f"{EX}g2"}
            formats = {
                o.value for _, p, o in triples if p == f"{sd}resultFormat" and isinstance(o, ox.NamedNode)
            }
            assert len(formats) == 8
            assert (service, f"{sd}feature", ox.NamedNode(f"{sd}UnionDefaultGraph")) in triples
    assert live.client.get("/sparql", headers={"Accept": "image/png"}).status_code == 406
    browser = live.client.get("/sparql", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (browser.status_code, browser.headers["location"]) == (303, "/query")


def test_large_result(live: "Live") -> None:
    text = f"SELECT ?a ?b {{ ?a <{EX}many> ?x . ?b <{EX}many> ?y }} LIMIT 100000"
    assert live.query(text, "text/csv").text.count("\r\n") == 100_001
