"""Several default graphs through the protocol: a triple that several of them hold is one triple."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_serving import serving

EX = "http://example.org/"
UNKNOWN = "unknown"
GROUP = "{ ?s ?p ?o }"
COUNT = "SELECT (COUNT(*) AS ?n) (SUM(?o) AS ?sum)"
# The values of ex:p for ex:a (or for a blank node), by graph.
GRAPHS = {"g1": {1, 2, 3, 4}, "g2": {3, 4, 5}, "g3": {4, 5, 6, 7}, "g4": {8}}
BLANK = {4, 6}
EVERYWHERE = {100}


def quad(value: int, graph: str = "") -> ox.Quad:
    subject = ox.BlankNode("b") if value in BLANK else ox.NamedNode(f"{EX}a")
    name = ox.NamedNode(EX + graph) if graph else ox.DefaultGraph()
    return ox.Quad(subject, ox.NamedNode(f"{EX}p"), ox.Literal(value), name)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    file: Path = tmp_path_factory.mktemp("merged") / "data.nq"
    quads = [quad(value, name) for name in GRAPHS for value in GRAPHS[name]]
    unnamed = [quad(value) for value in EVERYWHERE]
    ox.serialize([*quads, *unnamed], str(file), format=ox.RdfFormat.N_QUADS)
    with serving("--data", str(file)) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def clauses(default: str = "", named: str = "") -> str:
    """A data set for the text of a query; graphs are named by their prefixed names, or by relative IRIs."""
    names = [f"FROM ex:{name}" for name in default.split()]
    return " ".join([*names, *(f"FROM NAMED <{name}>" for name in named.split())])


def parameters(default: str = "", named: str = "") -> list[tuple[str, str]]:
    """A data set for the protocol."""
    return [
        *(("default-graph-uri", EX + name) for name in default.split()),
        *(("named-graph-uri", EX + name) for name in named.split()),
    ]


def ask(
    client: httpx.Client, text: str, graphs: list[tuple[str, str]], accept: str = "text/csv"
) -> httpx.Response:
    query = f"BASE <{EX}> PREFIX ex: <{EX}> {text}"
    answer = client.get("/sparql", params=[("query", query), *graphs], headers={"Accept": accept})
    assert answer.status_code == 200, answer.text
    return answer


def both_ways(client: httpx.Client, text: str, default: str, named: str = "") -> Iterator[str]:
    """The answers to a query, `text` with FROM for its data set, which is stated in either way."""
    yield ask(client, text.replace("FROM", clauses(default, named)), []).text
    yield ask(client, text.replace("FROM", ""), parameters(default, named)).text
    # What the protocol states replaces what the query states.
    yield ask(client, text.replace("FROM", clauses("g3 g4", "g4")), parameters(default, named)).text


@pytest.mark.parametrize(
    "default",
    [
        "g1 g2",
        "g2 g1",
        "g1 g2 g3",
        "g1 g4",
        "g1 g1",
        "g1 g2 g1 g2",
        f"g1 {UNKNOWN}",
        f"g2 {UNKNOWN} g3",
        UNKNOWN,
    ],
)
@pytest.mark.parametrize("named", ["", "g1", "g3 g3", f"g2 g4 {UNKNOWN}"])
def test_counts_and_sums(client: httpx.Client, default: str, named: str) -> None:
    merged = set().union(*(GRAPHS.get(name, set()) for name in default.split()))
    for answer in both_ways(client, f"{COUNT} FROM {GROUP}", default, named):
        assert answer.split() == ["n,sum", f"{len(merged)},{sum(merged)}"]
    inside = Counter(value for name in set(named.split()) for value in GRAPHS.get(name, set()))
    for answer in both_ways(client, f"{COUNT} FROM {{ GRAPH ?g {GROUP} }}", default, named):
        count, total = inside.total(), sum(inside.elements())
        assert answer.split() == ["n,sum", f"{count},{total}"]


def test_named_graphs_alone_leave_the_default_graph_empty(client: httpx.Client) -> None:
    for answer in both_ways(client, f"{COUNT} FROM {GROUP}", "", "g1 g2"):
        assert answer.split() == ["n,sum", "0,0"]


def test_without_a_data_set_all_is_as_it_was(client: httpx.Client) -> None:
    assert ask(client, f"{COUNT} {GROUP}", []).text.split() == ["n,sum", "1,100"]


def test_other_forms(client: httpx.Client) -> None:
    for answer in both_ways(client, f"SELECT ?o FROM {GROUP} ORDER BY ?o", "g1 g2"):
        assert answer.split() == ["o", "1", "2", "3", "4", "5"]
    twice = "{ SELECT ?s ?o { ?s ?p ?o } GROUP BY ?s ?o HAVING (COUNT(*) > 1) }"
    for answer in both_ways(client, f"ASK FROM {twice}", "g1 g2 g3"):
        assert answer == "false"
    for head in (f"CONSTRUCT {GROUP}", "CONSTRUCT", "DESCRIBE ?s"):
        stated = f"{head} {clauses('g1 g2 g3')} WHERE {GROUP}"
        for text, graphs in [(stated, ""), (f"{head} WHERE {GROUP}", "g1 g2 g3"), (stated, "g1 g2 g3")]:
            lines = ask(client, text, parameters(graphs), "application/n-triples").text.splitlines()
            assert len(lines) == len(set(lines)) == 7


def test_a_malformed_query_is_told_where(client: httpx.Client) -> None:
    for text in ("SELECT * FROM <a:1>\nFROM <a:2> { FOO }", "SELECT * FROM <a:1>\nFROM ex:2 { ?s ?p ?o }"):
        answer = client.get("/sparql", params={"query": text}, headers={"Accept": "application/json"})
        assert answer.status_code == 400
        assert answer.json()["line"] == 2


names = st.lists(st.sampled_from([*GRAPHS, UNKNOWN]), max_size=5).map(" ".join)
bodies = st.sampled_from(
    [
        GROUP,
        "{ ?s ?p ?o . ?t ?q ?o }",
        "{ ?s ?p ?o FILTER(ISBLANK(?s)) OPTIONAL { ?s ?q ?u FILTER(?u > ?o) } }",
        "{ ?s ?p ?o MINUS { ?s ?p 4 } }",
        "{ GRAPH ?g { ?s ?p ?o } ?s ?p ?o }",
        "{ { GRAPH <g1> { ?s ?p ?o } } UNION { ?s ex:p+ ?o } }",
        "{ ?s ?p ?o FILTER EXISTS { GRAPH ?g { ?t ?p ?o } } }",
        "{ { SELECT ?s (COUNT(*) AS ?o) { ?s ?p ?x } GROUP BY ?s } }",
    ]
)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(names, names, bodies, st.booleans())
def test_the_answer_is_that_of_a_store_merged_by_hand(
    client: httpx.Client, default: str, named: str, body: str, stated: bool
) -> None:
    if not default and not named:
        return
    store = ox.Store()
    for name in default.split():
        store.extend(quad(value) for value in GRAPHS.get(name, ()))
    for name in named.split():
        store.extend(quad(value, name) for value in GRAPHS.get(name, ()))
    head = "SELECT (ISBLANK(?s) AS ?blank) ?o"
    results = store.query(f"BASE <{EX}> PREFIX ex: <{EX}> {head} {body}")
    assert isinstance(results, ox.QuerySolutions)
    expected = results.serialize(format=ox.QueryResultsFormat.CSV)
    assert expected is not None
    text = f"{head} {clauses(default, named) if stated else ''} {body}"
    answer = ask(client, text, [] if stated else parameters(default, named))
    assert Counter(answer.text.split("\r\n")) == Counter(expected.decode().split("\r\n"))
