"""The W3C's tests of the SPARQL 1.1 Protocol and of the Service Description, on a real server.

Each case has the name of the test in the manifest `sparql/sparql11/protocol` of https://github.com/w3c/rdf-tests
and sends what that says; the graphs that the manifest takes from the web are in the data that are served. The
tests of updates must all be refused, and change nothing.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pyoxigraph as ox
import pytest

from tests.test_serving import serving

SD = "http://www.w3.org/ns/sparql-service-description#"
RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
DATA = "http://kasei.us/2009/09/sparql/data/data"
DATA1, DATA2, DATA3 = (f"{DATA}{number}.rdf" for number in (1, 2, 3))
FORM, QUERY, UPDATE = (
    "application/x-www-form-urlencoded",
    "application/sparql-query",
    "application/sparql-update",
)
TABLES = {
    "application/sparql-results+xml",
    "application/sparql-results+json",
    "text/csv",
    "text/tab-separated-values",
}
GRAPHS = {"application/rdf+xml", "text/turtle", "application/n-triples", "application/ld+json"}


@dataclass(frozen=True)
class Case:
    """A request of the manifest: name of the test, method, parameters of the address, type and body."""

    name: str
    method: str = "POST"
    parameters: tuple[tuple[str, str], ...] = ()
    media_type: str | None = None
    body: bytes = b""

    def __str__(self) -> str:
        return self.name

    def send(self, address: str) -> httpx.Response:
        """The answer, without following a redirect."""
        headers = {"Content-Type": self.media_type} if self.media_type else {}
        target = f"{address}?{urlencode(self.parameters, quote_via=quote)}" if self.parameters else address
        return httpx.request(self.method, target, headers=headers, content=self.body, timeout=30)


DEFAULT0 = (("default-graph-uri", f"{DATA}0.rdf"),)
NAMED = (("named-graph-uri", DATA1), ("named-graph-uri", DATA2))
IN_DEFAULT = f"ASK {{ <{DATA1}> a ?type . <{DATA2}> a ?type . }}"
IN_NAMED = f"GRAPH ?g1 {{ <{DATA1}> a ?type }} GRAPH ?g2 {{ <{DATA2}> a ?type }}"
BOTH_DEFAULT = (("default-graph-uri", DATA1), ("default-graph-uri", DATA2))

TRUE = [
    Case("query_post_form", "POST", DEFAULT0, FORM, b"query=ASK%20%7B%7D"),
    Case("query_dataset_default_graphs_get", "GET", (("query", IN_DEFAULT), *BOTH_DEFAULT)),
    Case("query_dataset_default_graphs_post", "POST", BOTH_DEFAULT, QUERY, IN_DEFAULT.encode()),
    Case("query_dataset_named_graphs_post", "POST", NAMED, QUERY, f"ASK {{ {IN_NAMED} }}".encode()),
    Case("query_dataset_named_graphs_get", "GET", (("query", f"ASK {{ {IN_NAMED} }}"), *NAMED)),
    Case(
        "query_dataset_full",
        "POST",
        (("default-graph-uri", DATA3), *NAMED),
        QUERY,
        f"ASK {{ <{DATA3}> a ?type {IN_NAMED} }}".encode(),
    ),
    # The manifest writes the two parameters as one by mistake (%26named-graph-uri%3D).
    Case("query_multiple_dataset", "POST", NAMED, QUERY, f"ASK FROM <{DATA3}> {{ {IN_NAMED} }}".encode()),
    Case("query_get", "GET", (("query", "ASK {}"), *DEFAULT0)),
    Case("query_post_direct", "POST", (), QUERY, b"ASK {}"),
    Case("query_content_type_ask", "POST", DEFAULT0, QUERY, b"ASK {}"),
]
BAD = [
    Case("bad_query_method", "PUT", (("query", "ASK {}"), *DEFAULT0), FORM),
    Case("bad_multiple_queries", "GET", (("query", "ASK {}"), ("query", "SELECT * {}"))),
    Case("bad_query_wrong_media_type", "POST", (), "text/plain", b"ASK {}"),
    Case("bad_query_missing_form_type", "POST", (), None, b"query=ASK%20%7B%7D"),
    Case("bad_query_missing_direct_type", "POST", (), None, b"ASK {}"),
    Case("bad_query_non_utf8", "POST", (), f"{QUERY}; charset=UTF-16", "ASK {}".encode("utf-16")),
    Case("bad_query_syntax", "GET", (("query", "ASK {"),)),
]
PREFIXES = "PREFIX dc: <http://purl.org/dc/terms/>\nPREFIX foaf: <http://xmlns.com/foaf/0.1/>\n"
INSERTED = "".join(f"GRAPH <{iri}> {{ <{iri}> a foaf:Document }}\n" for iri in (DATA1, DATA2, DATA3))
TARGET = "GRAPH <http://example.org/protocol-update-dataset-test/>"


def update(head: str, template: str, pattern: str) -> bytes:
    """An update of the manifest's form: a graph store made anew, and an insertion from it."""
    return (
        f"{PREFIXES}{head} ;\nINSERT DATA {{\n{INSERTED}}} ;\n"
        f"INSERT {{ {TARGET} {{ {template} }} }}\nWHERE {{ {pattern} }}"
    ).encode()


BIBLIOGRAPHIC, DOCUMENT = "?s a dc:BibliographicResource", "?s a foaf:Document"
FROM_BOTH = "{ GRAPH ?g { ?s a foaf:Document } BIND(?g AS ?in) } UNION { ?s a foaf:Document BIND('' AS ?in) }"
USING1, USING2 = ("using-graph-uri", DATA1), ("using-graph-uri", DATA2)
CONFLICT = (
    "PREFIX foaf:  <http://xmlns.com/foaf/0.1/>\nWITH <http://example/addresses>\n"
    "DELETE { ?person foaf:givenName 'Bill' }\nINSERT { ?person foaf:givenName 'William' }\n"
    "WHERE { ?person foaf:givenName 'Bill' }"
)
BASED = (
    "CLEAR GRAPH <http://example.org/protocol-base-test/> ;\nINSERT DATA { GRAPH "
    "<http://example.org/protocol-base-test/> { <http://example.org/s> <http://example.org/p> <test> } }"
)
UPDATES = [
    Case(
        "update_dataset_default_graph",
        "POST",
        (USING1,),
        UPDATE,
        update("CLEAR ALL", BIBLIOGRAPHIC, DOCUMENT),
    ),
    Case(
        "update_dataset_default_graphs",
        "POST",
        (USING1, USING2),
        UPDATE,
        update("DROP ALL", BIBLIOGRAPHIC, DOCUMENT),
    ),
    Case(
        "update_dataset_named_graphs",
        "POST",
        (("using-named-graph-uri", DATA1), ("using-named-graph-uri", DATA2)),
        UPDATE,
        update("DROP ALL", BIBLIOGRAPHIC, f"GRAPH ?g {{ {DOCUMENT} }}"),
    ),
    Case(
        "update_dataset_full",
        "POST",
        (USING1, ("using-named-graph-uri", DATA2)),
        UPDATE,
        update("DROP ALL", "?s <http://example.org/in> ?in", FROM_BOTH),
    ),
    Case("update_post_form", "POST", (), FORM, b"update=CLEAR+ALL"),
    Case("update_post_direct", "POST", (), UPDATE, b"CLEAR ALL"),
    Case("update_base_uri", "POST", (), UPDATE, BASED.encode()),
    Case("bad_update_get", "GET", (("update", "CLEAR ALL"),)),
    Case("bad_multiple_updates", "POST", (), FORM, b"update=CLEAR%20NAMED&update=CLEAR%20DEFAULT"),
    Case("bad_update_wrong_media_type", "POST", (), "text/plain", b"CLEAR NAMED"),
    Case("bad_update_missing_form_type", "POST", (), None, b"update=CLEAR%20NAMED"),
    Case("bad_update_non_utf8", "POST", (), f"{UPDATE}; charset=UTF-16", "CLEAR NAMED".encode("utf-16")),
    Case("bad_update_syntax", "POST", (), FORM, b"update=CLEAR%20XYZ"),
    Case(
        "bad_update_dataset_conflict",
        "POST",
        (("using-named-graph-uri", "http://example/people"),),
        UPDATE,
        CONFLICT.encode(),
    ),
    # Not in the manifest: an update where a query is expected, and through the address.
    Case("update as a query", "POST", (), QUERY, b"CLEAR ALL"),
    Case("update in the address", "POST", (("update", "CLEAR ALL"),), FORM, b"query=ASK%20%7B%7D"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over the manifest's graphs."""
    file: Path = tmp_path_factory.mktemp("w3c") / "data.nq"
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://xmlns.com/foaf/0.1/Document>"
    # And a graph that has no name to ask for.
    graphs = (f"<{DATA1}>", f"<{DATA2}>", f"<{DATA3}>", "_:unnamed")
    file.write_text("".join(f"{graph} {kind} {graph} .\n" for graph in graphs))
    with serving("--data", str(file)) as address:
        yield address


@pytest.fixture(params=["/sparql", "/sparql/"])
def endpoint(server: str, request: pytest.FixtureRequest) -> str:
    """The endpoint's address as this project writes it, and as the manifest does."""
    return f"{server}{request.param}"


def media_type(answer: httpx.Response) -> str:
    return answer.headers["content-type"].partition(";")[0]


@pytest.mark.parametrize("case", TRUE, ids=str)
def test_boolean(endpoint: str, case: Case) -> None:
    answer = case.send(endpoint)
    assert answer.status_code == 200, answer.text
    assert media_type(answer) == "application/sparql-results+json"
    assert json.loads(answer.content)["boolean"] is True


def test_query_content_type_select(endpoint: str) -> None:
    answer = Case("", "POST", DEFAULT0, QUERY, b"SELECT (1 AS ?value) {}").send(endpoint)
    assert answer.status_code == 200
    assert media_type(answer) in TABLES
    assert answer.json()["results"]["bindings"][0]["value"]["value"] == "1"


def test_query_content_type_describe(endpoint: str) -> None:
    answer = Case("", "POST", DEFAULT0, QUERY, b"DESCRIBE <http://example.org/>").send(endpoint)
    assert answer.status_code == 200
    assert media_type(answer) in GRAPHS
    assert list(ox.parse(answer.content, ox.RdfFormat.from_media_type(media_type(answer)))) == []


def test_query_content_type_construct(endpoint: str, server: str) -> None:
    """Its IRIs are relative; the base is the endpoint's address, which the service may choose."""
    answer = Case("", "POST", DEFAULT0, QUERY, b"CONSTRUCT { <s> <p> 1 } WHERE {}").send(endpoint)
    assert answer.status_code == 200, answer.text
    assert media_type(answer) in GRAPHS
    (quad,) = ox.parse(answer.content, ox.RdfFormat.from_media_type(media_type(answer)))
    assert (quad.subject, quad.predicate) == (ox.NamedNode(f"{server}/s"), ox.NamedNode(f"{server}/p"))


@pytest.mark.parametrize("case", BAD, ids=str)
def test_bad_query(endpoint: str, case: Case) -> None:
    answer = case.send(endpoint)
    assert 400 <= answer.status_code < 500
    assert media_type(answer) == "application/problem+json"


@pytest.mark.parametrize("case", UPDATES, ids=str)
def test_update_is_refused(endpoint: str, case: Case) -> None:
    answer = case.send(endpoint)
    assert 400 <= answer.status_code < 500
    assert media_type(answer) == "application/problem+json"
    # Nothing was cleared or added.
    text = f"ASK {{ {IN_NAMED} FILTER NOT EXISTS {{ {TARGET} {{ ?s ?p ?o }} }} }}"
    assert httpx.post(endpoint, data={"query": text}).json()["boolean"] is True


def described(server: str) -> list[ox.Triple]:
    answer = httpx.get(f"{server}/sparql")
    assert answer.status_code == 200
    assert media_type(answer) in GRAPHS
    return [
        quad.triple for quad in ox.parse(answer.content, ox.RdfFormat.from_media_type(media_type(answer)))
    ]


def test_returns_rdf(server: str) -> None:
    assert described(server)


def test_has_endpoint_triple(server: str) -> None:
    endpoints = [triple.object for triple in described(server) if triple.predicate.value == f"{SD}endpoint"]
    assert endpoints == [ox.NamedNode(f"{server}/sparql")]


# Class of the subject and of the object of each property (SPARQL 1.1 Service Description, section 3.4).
SCHEMA = {
    "endpoint": ("Service", None),
    "feature": ("Service", "Feature"),
    "defaultEntailmentRegime": ("Service", "EntailmentRegime"),
    "entailmentRegime": ("NamedGraph", "EntailmentRegime"),
    "extensionFunction": ("Service", "Function"),
    "extensionAggregate": ("Service", "Aggregate"),
    "languageExtension": ("Service", "Feature"),
    "supportedLanguage": ("Service", "Language"),
    "propertyFeature": ("Service", "Feature"),
    "defaultDataset": ("Service", "Dataset"),
    "availableGraphs": ("Service", "GraphCollection"),
    "resultFormat": ("Service", None),
    "inputFormat": ("Service", None),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("Dataset", "NamedGraph"),
    "name": ("NamedGraph", None),
    "graph": ("NamedGraph", "Graph"),
}
INSTANCES = {
    "Feature": {
        "DereferencesURIs",
        "UnionDefaultGraph",
        "RequiresDataset",
        "EmptyGraphs",
        "BasicFederatedQuery",
    },
    "Language": {"SPARQL10Query", "SPARQL11Query", "SPARQL11Update"},
}


def test_conforms_to_schema(server: str) -> None:
    """Every property is one of the vocabulary, between things of the classes that it is for."""
    triples = described(server)
    classes = defaultdict(set)
    for triple in triples:
        if triple.predicate == RDF_TYPE:
            assert isinstance(triple.object, ox.NamedNode)
            classes[triple.subject].add(triple.object.value.removeprefix(SD))
    names = []
    for triple in triples:
        if triple.predicate == RDF_TYPE:
            continue
        assert triple.predicate.value.startswith(SD)
        domain, range_ = SCHEMA[triple.predicate.value.removeprefix(SD)]
        assert domain in classes[triple.subject]
        assert not isinstance(triple.object, ox.Literal)
        if range_ in INSTANCES:
            assert isinstance(triple.object, ox.NamedNode)
            assert triple.object.value.removeprefix(SD) in INSTANCES[range_]
        elif range_:
            assert range_ in classes[triple.object]
        if triple.predicate.value == f"{SD}name":
            names.append(triple.object)
    assert sorted(map(str, names)) == [f"<{iri}>" for iri in (DATA1, DATA2, DATA3)]
    assert (ox.NamedNode(f"{SD}SPARQL11Query")) in {triple.object for triple in triples}
    assert (ox.NamedNode(f"{SD}SPARQL11Update")) not in {triple.object for triple in triples}
