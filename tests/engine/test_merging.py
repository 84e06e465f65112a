"""Several default graphs: their data set read from the query, and each triple once."""

import io
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from kzlod import querying
from kzlod.engine import merging
from kzlod.engine.merging import Dataset, MergingStore, merge, overlap, stated_dataset

EX = "http://example.org/"
BASE = f"{EX}sparql"
COUNT = "(COUNT(*) AS ?n)"
GROUP = "{ ?s ?p ?o }"
Make = Callable[[Iterable[ox.Quad]], ox.Store]


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(EX + name)


def nodes(names: str) -> tuple[ox.NamedNode, ...]:
    return tuple(map(node, names.split()))


def quads(**graphs: str) -> list[ox.Quad]:
    """For each graph triples by the names of their objects; of `_x` the subject is a blank node."""
    return [
        ox.Quad(ox.BlankNode(name[1:]) if name[0] == "_" else node(name), node("p"), node(name), node(graph))
        for graph, names in graphs.items()
        for name in names.split()
    ]


@pytest.fixture(params=["disk", "memory"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Makes a store, as a worker has it."""

    def make_store(content: Iterable[ox.Quad]) -> ox.Store:
        store = ox.Store(str(tmp_path / "store")) if request.param == "disk" else ox.Store()
        store.extend(content)
        if request.param == "memory":
            return store
        store.flush()
        del store
        return ox.Store.read_only(str(tmp_path / "store"))

    return make_store


def rows(results: merging.Results) -> list[ox.QuerySolution]:
    assert isinstance(results, ox.QuerySolutions)
    return list(results)


def triples(results: merging.Results) -> list[ox.Triple]:
    assert isinstance(results, ox.QueryTriples)
    return list(results)


def ask(store: MergingStore, text: str, default: str = "", named: str = "") -> merging.Results:
    graphs = [[EX + name for name in names.split()] for names in (default, named)]
    return store.query(text, base_iri=BASE, default_graphs=graphs[0], named_graphs=graphs[1])


def number(results: merging.Results) -> int:
    return int(rows(results)[0]["n"].value)


# The data set of a query.


@pytest.mark.parametrize(
    ("text", "default", "named"),
    [
        ("SELECT * FROM <g1> FROM <g2> {}", "g1 g2", ""),
        ("SELECT*FROM<g1>FROM<g2>{}", "g1 g2", ""),
        ("SELECT * FROM <g1> FROM <g\\u0031> {}", "g1", ""),
        ("SELECT * FROM <g1> FROM NAMED <g2> FROM NAMED <g2> {}", "g1", "g2"),
        ("SELECT * FROM NAMED <g1> FROM NAMED <g2> {}", "", "g1 g2"),
        ("select ?a $b from <g1>\nFrom\t<g2>#FROM <g3>\nwhere{}", "g1 g2", ""),
        ("SELECT * FROM <g1> FROM <g2> FROM <g1> {}", "g1 g2", ""),
        ("SELECT * FROM <g1> FROM NAMED <g3> FROM <g2> FROM NAMED<g1> {}", "g1 g2", "g3 g1"),
        ("SELECT * FROM <g1>#>\nFROM #<g3>\n<g2> {}", "g1 g2", ""),
        ("SELECT (COUNT(*) AS ?n) FROM <g1> FROM <g2> {}", "g1 g2", ""),
        ("SELECT (EXISTS { ?s ?p 'FROM <g3>' } AS ?n) FROM <g1> FROM <g2> {}", "g1 g2", ""),
        ('SELECT (""" FROM <g3> " """ AS ?n) (1 < 2 AS ?m) FROM <g1> FROM <g2> {}', "g1 g2", ""),
        ("SELECT ?from FROM <g1> FROM <g2> { ?from ?FROM 'FROM' }", "g1 g2", ""),
        ("SELECT DISTINCT ?s FROM <g1> FROM <g2> {} GROUP BY ?s", "g1 g2", ""),
        ("ASK FROM <g1> FROM <g2> {}", "g1 g2", ""),
        ("ASK FROM<g1>FROM<g2>FROM<g3>WHERE {}", "g1 g2 g3", ""),
        ("CONSTRUCT FROM <g1> FROM <g2> WHERE {}", "g1 g2", ""),
        ("CONSTRUCT { ?s ?p 'FROM <g3>', [] } FROM <g1> FROM <g2> WHERE {}", "g1 g2", ""),
        ("DESCRIBE <a> ?b FROM <g1> FROM <g2>", "g1 g2", ""),
        ("DESCRIBE * FROM <g1> FROM <g2> LIMIT 1", "g1 g2", ""),
        ("PREFIX from: <g> DESCRIBE from:1 FROM from:1 FROM from:2", "g1 g2", ""),
        ("PREFIX from: <g> PREFIX : <> SELECT * FROM from:1 FROM :g2 FROM :g\\u {}", "", ""),
        ("PREFIX : <http://example.org/> SELECT * FROM :g1 FROM :g2 FROM NAMED :g3 {}", "g1 g2", "g3"),
        ("PREFIX named: <g> SELECT * FROM named:1 FROM named:2 {}", "g1 g2", ""),
        ("PREFIX e:<./>SELECT * FROM e:\\%67 FROM e:%67 FROM e:a\\,b {}", "%67 a,b", ""),
        ("PREFIX : <g> PREFIX : <h> SELECT * FROM :1 FROM :2 {}", "h1 h2", ""),
        ("BASE <http://example.org/a/> BASE <../g> SELECT * FROM <g1> FROM <#2> FROM <> {}", "g1 g#2 g", ""),
        ("SELECT * FROM <\\u00671> FROM <g\\U00000032> {}", "g1 g2", ""),
        ("SELECT * FROM <қ> FROM <http://example.org/?a=(b)> {}", "қ ?a=(b)", ""),
        ("VERSION '1.2' SELECT * FROM <g1> FROM <g2> {}", "g1 g2", ""),
        # None of its own, or not several.
        ("SELECT * { ?from ?p 'FROM' }", "", ""),
        ("SELECT * FROM <g1> { ?from ?p 'FROM' }", "", ""),
        ("SELECT * FROM <g1> # FROM <g2>\n{}", "", ""),
        ("SELECT ('FROM <g1> FROM <g2>' AS ?x) {}", "", ""),
        ("PREFIX from: <g> DESCRIBE from:1 from:2", "", ""),
        ("SELECT * { { SELECT * FROM <g1> FROM <g2> {} } }", "", ""),
        ("CONSTRUCT WHERE {} # FROM <g1> FROM <g2>", "", ""),
        # Malformed, or not for us to understand.
        ("", "", ""),
        ("SELECT * FROM FROM <g2> {}", "", ""),
        ("SELECT * FROM ?g FROM <g2> {}", "", ""),
        ("SELECT * FROM <g1> FROM <g2> <g3> {}", "", ""),
        ("SELECT * FROM <g1> FROM <g2> FROM {}", "", ""),
        ("SELECT * FROM <g 1> FROM <g2> {}", "", ""),
        ("SELECT * FROM <g1> FROM :g2 {}", "", ""),
        ("SELECT * FROM <g1> FROM 'g2' FROM <g3> {}", "", ""),
        ("SELECT * ' FROM <g1> FROM <g2> {}", "", ""),
        ("SELECT * ) FROM <g1> FROM <g2> {}", "", ""),
        ("SELECT * WHERE {} FROM <g1> FROM <g2>", "", ""),
        ("SELECT * FR\\u004FM <g1> FROM <g2> FROM <g3> {}", "", ""),
        ("PREFIX SELECT * FROM <g1> FROM <g2> {}", "", ""),
        ("PREFIX : <g> SELECT * FROM <g1> FROM <g2> FROM:3 {}", "", ""),
        ("PREFIX : <g> DESCRIBE <a> FROM:3 FROM <g1> FROM <g2>", "", ""),
        ("ASKFROM<g3>FROM<g1>FROM<g2>{}", "", ""),
        ("SELECT * FROMNAMED<g3>FROM<g1>FROM<g2>{}", "", ""),
        ("SELECT * FROM<g1>FROM<g2>FROMNAMED<g3>{}", "", ""),
    ],
)
def test_stated_data_sets(text: str, default: str, named: str) -> None:
    expected = Dataset(nodes(default), nodes(named)) if default or named else None
    assert stated_dataset(text, BASE) == expected


def test_relative_iris_without_a_base_are_in_doubt() -> None:
    assert stated_dataset("SELECT * FROM <g1> FROM <g2> {}") is None
    assert stated_dataset("SELECT * FROM <g1> FROM <g2> {}", "no base") is None


def test_prefixes_that_are_given() -> None:
    text = "SELECT * FROM ex:g1 FROM ex:g2 {}"
    assert stated_dataset(text) is None
    assert stated_dataset(text, prefixes={"ex": EX}) == (nodes("g1 g2"), ())


def engine_reading(prologue: str, head: str) -> Dataset | None:
    """The data set as the engine itself understands it, without unknown default graphs; None: it refuses."""
    store = ox.Store()
    store.extend(quads(g1="g1", g2="g2", g3="g3"))
    try:
        default = store.query(f"{prologue} SELECT ?s {head} {GROUP}", base_iri=BASE)
        named = store.query(f"{prologue} SELECT ?s {head} {{ GRAPH ?s {{}} }}", base_iri=BASE)
    except SyntaxError:
        return None
    found = [{row["s"] for row in rows(results)} for results in (default, named)]
    if any(None in graphs for graphs in found):
        return None  # its pattern is not ours
    return in_order(Dataset(*(nodes(" ".join(one.value[len(EX) :] for one in graphs)) for graphs in found)))


def in_order(dataset: Dataset) -> Dataset:
    return Dataset(*(tuple(sorted(graphs, key=str)) for graphs in dataset))


PARTS = [
    *(
        "FROM",
        "FROM",
        "FROM ",
        "from ",
        "NAMED",
        " NAMED ",
        "FROMNAMED",
        "'FROM <g1>'",
        "?from",
        "*",
        ")",
        "\\",
    ),
    *(
        "<g1>",
        " <g2>",
        "<g1>",
        "<g2>\n",
        "<http://example.org/g3>",
        "e:1",
        " from:2",
        "<\\u00671>",
        ":g1",
        "named:3",
    ),
    *(
        "#FROM <g1>\n",
        "#",
        "\n",
        " ",
        "'",
        "{",
        "}",
        "WHERE",
        "FROM <g1> ",
        "FROM<g2>",
        "FROM NAMED <g3>",
        "FROM e:3",
    ),
]


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(st.lists(st.sampled_from(PARTS), max_size=9).map("".join))
def test_what_is_understood_is_what_the_engine_understands(head: str) -> None:
    prologue = "PREFIX e: <g> PREFIX from: <g> PREFIX : <http://example.org/>\n"
    ours = stated_dataset(f"{prologue} SELECT ?s {head} {GROUP}", BASE)
    theirs = engine_reading(prologue, head)
    if ours is not None and theirs is not None:
        known = tuple(graph for graph in ours.default if graph in nodes("g1 g2 g3"))
        assert in_order(Dataset(known, ours.named)) == theirs


clause = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["FROM", "from", "\nFROM #FROM <g3>\n", " FROM\t"]),
    st.sampled_from(["", "", " NAMED", " named\n"]),
    st.sampled_from([" ", "#\n"]),
    st.sampled_from(["<g1>", "<g2>", "<g3>", "e:1 ", "from:2 ", ":g3 ", "<\\u00671>", f"<{EX}g2>"]),
)


@settings(deadline=None, derandomize=True, database=None)
@given(st.lists(clause, min_size=2, max_size=6).map("".join))
def test_whatever_the_engine_accepts_is_understood(head: str) -> None:
    prologue = "PREFIX e: <g> PREFIX from: <g> PREFIX : <http://example.org/>\n"
    theirs = engine_reading(prologue, head)
    assert theirs is not None
    ours = stated_dataset(f"{prologue} SELECT ?s {head} {GROUP}", BASE)
    assert ours is not None
    assert in_order(ours) == theirs


# Merging.

OVERLAPPING = quads(g1="a b _x _y", g2="b c _x", g3="b d _z", g4="e _w")


@pytest.mark.parametrize("tests", [0, 3, 10_000])
def test_overlap(make: Make, monkeypatch: pytest.MonkeyPatch, tests: int) -> None:
    monkeypatch.setattr(merging, "_TESTS", tests)
    store = make(OVERLAPPING)
    for names in ["g1 g2", "g2 g1", "g1 g3", "g4 g3 g2", "g1 g2 g3 g4", "none g3 g4 g1"]:
        assert overlap(store, nodes(names)), names
    for names in ["", "g1", "g1 g4", "g3 g4", "none g1", "g1 none", "none other", "g4 none g2"]:
        assert not overlap(store, nodes(names)), names


graph = st.frozensets(st.sampled_from(["a", "b", "c", "d", "e", "f", "_x", "_y", "_z"]), max_size=6).map(
    " ".join
)


@settings(deadline=None, derandomize=True, database=None)
@given(graph, graph, graph, st.sampled_from([0, 4, 10_000]))
def test_overlap_and_merge_are_those_of_sets(first: str, second: str, third: str, tests: int) -> None:
    store = ox.Store()
    store.extend(quads(g1=first, g2=second, g3=third))
    store.add(ox.Quad(node("else"), node("p"), node("else")))
    sizes = Counter([*first.split(), *second.split(), *third.split()])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "_TESTS", tests)
        assert overlap(store, nodes("g1 g2 g3")) == any(count > 1 for count in sizes.values())
    merged = merge(store, Dataset(nodes("g1 g2 g3"), nodes("g2 none")))
    expected = [ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads(any=" ".join(sizes))]
    assert set(merged) == {*expected, *quads(g2=second)}


@pytest.mark.parametrize(
    ("clauses", "default", "named", "count", "in_graphs"),
    [
        ("FROM <g1> FROM <g2>", "", "", 5, {}),
        ("FROM <g1> FROM <g2> FROM <g3>", "", "", 7, {}),
        ("FROM <g1> FROM <g2> FROM <g1> FROM <none>", "", "", 5, {}),
        ("FROM <g1> FROM <none>", "", "", 4, {}),
        ("FROM <g1> FROM <g1>", "", "", 4, {}),
        ("FROM <g1> FROM NAMED <g1> FROM NAMED <g1>", "", "", 4, {"g1": 4}),
        ("FROM NAMED <g1> FROM NAMED <g1>", "", "", 0, {"g1": 4}),
        ("FROM <g1> FROM <g1> FROM NAMED <g1> FROM NAMED <g1>", "", "", 4, {"g1": 4}),
        ("FROM <g1> FROM <g4>", "", "", 6, {}),
        ("FROM <g1> FROM <g2> FROM NAMED <g1>", "", "", 5, {"g1": 4}),
        (
            "FROM <g1> FROM <g2> FROM NAMED <g3> FROM NAMED <g4> FROM NAMED <none>",
            "",
            "",
            5,
            {"g3": 3, "g4": 2},
        ),
        ("FROM <g1> FROM <g4> FROM NAMED <g3>", "", "", 6, {"g3": 3}),
        ("FROM NAMED <g1> FROM NAMED <g2>", "", "", 0, {"g1": 4, "g2": 3}),
        ("", "g1 g2", "", 5, {}),
        ("", "g1 g2 g3 g4", "g2 g4", 9, {"g2": 3, "g4": 2}),
        ("", "g1 g1", "", 4, {}),
        ("", "", "g1 g2", 0, {"g1": 4, "g2": 3}),
        ("FROM <g3> FROM <g4> FROM NAMED <g4>", "g1 g2", "", 5, {}),
        ("FROM <g1> FROM <g2> FROM NAMED <g4>", "", "g3", 0, {"g3": 3}),
        ("FROM <g1> FROM <g2>", "g3", "g3", 3, {"g3": 3}),
        ("", "", "", 1, {"g1": 4, "g2": 3, "g3": 3, "g4": 2}),
    ],
)
def test_counts(
    make: Make, clauses: str, default: str, named: str, count: int, in_graphs: dict[str, int]
) -> None:
    store = MergingStore(make([*OVERLAPPING, ox.Quad(node("else"), node("p"), node("else"))]))
    for _ in range(2):
        assert number(ask(store, f"SELECT {COUNT} {clauses} {GROUP}", default, named)) == count
        text = f"SELECT ?g {COUNT} {clauses} {{ GRAPH ?g {GROUP} }} GROUP BY ?g"
        found = {row["g"]: int(row["n"].value) for row in rows(ask(store, text, default, named))}
        assert found == {node(name): value for name, value in in_graphs.items()}


def test_all_forms(make: Make) -> None:
    store = MergingStore(make(OVERLAPPING))
    found = rows(ask(store, f"SELECT ?o FROM <g1> FROM <g2> {GROUP} ORDER BY ?o"))
    assert [row["o"] for row in found] == [*nodes("_x _y a b c")]
    described = triples(ask(store, "DESCRIBE <b> FROM <g1> FROM <g2>"))
    assert described == [ox.Triple(node("b"), node("p"), node("b"))]
    assert len(triples(ask(store, f"CONSTRUCT FROM <g1> FROM <g2> WHERE {GROUP}"))) == 5
    twice = "{ SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(*) > 1) }"
    assert not bool(ask(store, f"ASK FROM <g1> FROM <g2> {twice}"))
    assert bool(ask(store, f"ASK FROM <g1> FROM <g2> {GROUP}"))


def test_blank_nodes_stay_the_same(make: Make) -> None:
    """One that is in a graph of the merge and in a named graph joins, as it does without a merge."""
    store = MergingStore(make(OVERLAPPING))
    where = f"{{ ?s ?p ?o GRAPH <g1> {GROUP} FILTER(ISBLANK(?s)) }}"
    assert number(ask(store, f"SELECT {COUNT} FROM <g1> FROM <g2> FROM NAMED <g1> {where}")) == 2


def test_the_parser_speaks(make: Make) -> None:
    store = MergingStore(make(OVERLAPPING))
    for text in ("SELECT * FROM <g1> FROM <g2> { FOO }", "SELECT * FROM <g1> FROM :g2 {}"):
        with pytest.raises(SyntaxError, match="error at 1:"):
            ask(store, text)
    with pytest.raises(SyntaxError, match="error at 1:"):
        ask(store, "SELECT * { FOO }", "g1 g2")


def test_what_is_no_graph_name() -> None:
    with pytest.raises(SyntaxError, match="'g1' cannot name a graph"):
        MergingStore(ox.Store()).query("ASK {}", default_graphs=["g1", f"{EX}g2"])


def test_merges_are_made_when_needed_and_two_are_kept(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    tested: list[str] = []

    def noted_merge(store: ox.Store, dataset: Dataset) -> ox.Store:
        made.append(" ".join(one.value[-1] for one in dataset.default))
        return merge(store, dataset)

    def noted_overlap(store: ox.Store, graphs: Iterable[ox.NamedNode]) -> bool:
        tested.append(" ".join(sorted(one.value[-1] for one in graphs)))
        return overlap(store, graphs)

    monkeypatch.setattr(merging, "merge", noted_merge)
    monkeypatch.setattr(merging, "overlap", noted_overlap)
    store = MergingStore(make(OVERLAPPING))
    counts = {"1 2": 5, "1 4": 6, "1 3": 6, "1": 4, "2 3": 5}
    for names in ["1", "1 4", "1 2", "1 4", "1 2", "1 3", "1 2", "2 3", "1 2", "1 3"]:
        default = " ".join(f"g{name}" for name in names.split())
        assert number(ask(store, f"SELECT {COUNT} {GROUP}", default)) == counts[names]
        assert len(store._merges) <= 2
    assert made == ["1 2", "1 3", "2 3", "1 3"]
    assert tested == ["1 4", "1 2", "1 3", "2 3"]


def test_the_command_for_queries_merges(tmp_path: Path) -> None:
    store = ox.Store(str(tmp_path / "store"))
    store.extend(OVERLAPPING)
    store.flush()
    del store
    output = io.BytesIO()
    text = f"PREFIX e: <{EX}> SELECT {COUNT} FROM e:g1 FROM e:g2 {GROUP}"
    querying.run(Console(), output, tmp_path / "store", ("q", text), "csv")
    assert output.getvalue() == b"n\r\n5\r\n"


def test_the_default_graph_by_itself_is_asked_where_named_graphs_do_not_matter(make: Make) -> None:
    unnamed = ox.Store()
    unnamed.add(ox.Quad(node("unnamed"), node("p"), node("unnamed")))
    store = MergingStore(make(OVERLAPPING), unnamed)

    def subjects(text: str, **dataset: list[str]) -> set[str]:
        solutions = store.query(text, **dataset)  # type: ignore[arg-type]
        assert isinstance(solutions, ox.QuerySolutions)
        return {str(solution["s"]) for solution in solutions}

    assert subjects("SELECT ?s { ?s ?p ?o }") == {str(node("unnamed"))}
    for text in (
        "SELECT ?s { GRAPH ?g { ?s ?p ?o } }",
        "select ?s { graph?g{ ?s ?p ?o } }",
        f"SELECT ?s FROM <{EX}g1> {{ ?s ?p ?o }}",
        "SELECT ?s { ?s ?p ?o } # from",
    ):
        assert str(node("unnamed")) not in subjects(text)
    assert str(node("unnamed")) not in subjects("SELECT ?s { ?s ?p ?o }", default_graphs=[f"{EX}g1"])
    assert str(node("unnamed")) not in subjects("SELECT ?s { ?s ?p ?o }", named_graphs=[f"{EX}g1"])
