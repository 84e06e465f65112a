"""SERVICE clauses: found, asked and replaced as an engine would that asks by itself."""

import contextlib
from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kzlod.engine.base import EngineError, Malformed, Refused, TooExpensive
from kzlod.engine.guard import check
from kzlod.federation.clauses import NOTHING_KNOWN, find_clauses, replace_clauses
from kzlod.federation.solutions import values_block

if TYPE_CHECKING:
    from tests.federation.conftest import Remote

EX = "http://example.org/"
GROUP = "{ ?s ?p ?o }"
THERE = "http://there.example/sparql"
PROLOGUE = "BASE <http://there.example/> PREFIX there: <http://there.example/> PREFIX service: <urn:s:>\n"

# Texts in which braces and the word SERVICE mean nothing.
NOISE = [
    '# } SERVICE <http://x/> { "\n',
    " #'''\n#\r\n",
    "?s ?p '}' .",
    '?s ?p "\\"} SERVICE <http://x/> {" .',
    '?s ?p """\n} "SERVICE" { # """@en .',
    "?s ?p '''{{{ \\''' ''' .",
    "?service service:SERVICE <http://x/(a)#service> .",
    "GRAPH service:g { ?s ?p 1.0 }",
    "FILTER(?s<?p && ?p>1)",
    "FILTER(?s<3&&?p>1)",
    "?s ?p [ ?p ( 1 'x)' ) ] .",
    "{ ?s ?p 'SILENT'^^service:t } UNION { SELECT * { } }",
]
noise = st.lists(st.sampled_from(NOISE), max_size=3).map("\n".join)
gap = st.sampled_from([" ", "\n\t", " # {\n", "\r\n#SERVICE }\r\n"])
group = noise.map(lambda text: f"{{ {text} }}")


@st.composite
def clause(draw: st.DrawFn) -> tuple[str, str, bool]:
    """A clause, its pattern, and whether it is silent."""
    keyword = draw(st.sampled_from(["SERVICE", "service", "SeRvIcE"]))
    silent = draw(st.sampled_from(["", "SILENT", "silent"]))
    endpoint = draw(st.sampled_from([f"<{THERE}>", "there:sparql", "<sparql>"]))
    pattern = draw(group)
    words = [keyword, *([silent] if silent else []), endpoint]
    text = "".join(word + draw(gap) for word in words) + pattern
    return text, pattern, bool(silent)


@given(st.lists(st.tuples(noise, clause()), min_size=1, max_size=4), noise, st.booleans())
def test_clauses_are_found_and_nothing_else(
    parts: list[tuple[str, tuple[str, str, bool]]], rest: str, nested: bool
) -> None:
    def query(*pieces: str) -> str:
        inner = "\n".join(pieces)
        return f"{PROLOGUE}SELECT * {{ {{ OPTIONAL {{ {inner} }} }} }}" if nested else f"ASK {{ {inner} }}"

    head = "" if nested else PROLOGUE
    text = head + query(*(piece for before, (one, _, _) in parts for piece in (before, one)), rest)
    check(text, federated=True)
    found = find_clauses(text)
    assert [(one.endpoint, one.silent) for one in found] == [(THERE, silent) for _, (_, _, silent) in parts]
    assert [text[one.start : one.end] for one in found] == [one for _, (one, _, _) in parts]
    for one, (_, (_, pattern, _)) in zip(found, parts, strict=True):
        assert one.query.endswith(f"SELECT * {pattern}")
        assert one.query.startswith("BASE <http://there.example/>\n")
        assert ("PREFIX service: <urn:s:>\n" in one.query) == ("service:" in pattern)
        assert "PREFIX there:" not in one.query
    rewritten = replace_clauses(text, found, [NOTHING_KNOWN] * len(found))
    expected = head + query(*(piece for before, _ in parts for piece in (before, f" {NOTHING_KNOWN} ")), rest)
    assert rewritten.text == expected
    check(rewritten.text)


def test_without_clauses() -> None:
    assert find_clauses("SELECT ?service { ?service ?p 'SERVICE' } # SERVICE") == ()


def test_declarations_that_the_pattern_needs_go_with_it() -> None:
    text = """
      PREFIX a: <urn:a:> prefix : <urn:none:> VERSION "1.1" BASE <http://x/y/> PREFIX b: <b#> BASE <z/>
      PREFIX there: <http://there.example/>
      SELECT * { SERVICE there:sparql { ?s b:p <c> . ?s :q ?o } }"""
    (one,) = find_clauses(text)
    assert one.endpoint == THERE
    assert one.query == (
        "PREFIX : <urn:none:>\nBASE <http://x/y/>\nPREFIX b: <b#>\nBASE <z/>\n"
        "SELECT * { ?s b:p <c> . ?s :q ?o }"
    )
    (one,) = find_clauses(f"SELECT * {{ SERVICE <sparql> {GROUP} }}", "http://there.example/")
    assert one.endpoint == THERE
    assert one.query == f"BASE <http://there.example/>\nSELECT * {GROUP}"


@pytest.mark.parametrize(
    ("name", "endpoint"),
    [
        ("t:sparql", THERE),
        ("t:a\\/b\\#c", "http://there.example/a/b#c"),
        ("t:%41", "http://there.example/%41"),
        ("t:", "http://there.example/"),
    ],
)
def test_prefixed_names_of_endpoints(name: str, endpoint: str) -> None:
    text = f"PREFIX t: <http://there.example/> SELECT * {{ SERVICE {name} {GROUP} }}"
    assert [one.endpoint for one in find_clauses(text)] == [endpoint]


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        (f"SELECT * {{ SERVICE ?where {GROUP} }}", Refused, r"\?where"),
        (f"SELECT * {{ SERVICE SILENT $where {GROUP} }}", Refused, r"\$where"),
        (f"SELECT * {{ SERVICE <{THERE}> {{ SERVICE <{THERE}> {GROUP} }} }}", Refused, "inside of"),
        (f"SELECT * {{ SERVICE <{THERE}> {{ OPTIONAL {{ service ?x {{}} }} }} }}", Refused, "inside of"),
        (f"SELECT * {{ SERVICE <sparql> {GROUP} }}", Refused, "no BASE"),
        (f"SELECT * {{ SERVICE <> {GROUP} }}", Refused, "no BASE"),
        (f"SELECT * {{ SERVICE <{THERE}> {{ ?s <p> ?o }} }}", Malformed, "relative"),
        (f"SELECT * {{ SERVICE <{THERE}> {{ ?s ?p <#o> }} }}", Malformed, "relative"),
        (f"SELECT * {{ SERVICE <{THERE}> {{ ?s ?p '\\u0022' }} }}", Refused, "the character itself"),
        (f"SELECT * {{ SERVICE <{THERE}> {{ S\\u0045RVICE ?x {{}} }} }}", Refused, "the character itself"),
        (f"SELECT * {{ SERVICE <{THERE}> {{ ?s ?p <urn:\\U0000003E> }} }}", Refused, "the character itself"),
        (f"SELECT * {{ SERVICE ex:s {GROUP} }}", Malformed, "ex: is not declared"),
        (f"SELECT * {{ SERVICE <{THERE}> {{ ?s ex:p ?o }} }}", Malformed, "ex: is not declared"),
        (f"SELECT * {{ SERVICE SILENTex:s {GROUP} }}", Malformed, "SILENTex: is not declared"),
        (f"SELECT * {{ SERVICE <{THERE}> ?s ?p ?o }}", Malformed, "braces"),
        (f"SELECT * {{ SERVICE <{THERE}> ({GROUP}) }}", Malformed, "braces"),
        (f"SELECT * {{ SERVICE {GROUP} }}", Malformed, "IRI"),
        ("SELECT * { SERVICE 'x' {} }", Malformed, "IRI"),
        ("SELECT * { SERVICE", Malformed, "IRI"),
        (f"SELECT * {{ SERVICE SILENT <{THERE}>", Malformed, "braces"),
        (f"SELECT * {{ SERVICE <{THERE}> {{ ?s ?p '}}' ", Malformed, "not closed"),
        (f"SELECT * SERVICE <{THERE}> {GROUP}", Malformed, "inside of braces"),
        (f"SELECT * {{}} SERVICE <{THERE}> {GROUP}", Malformed, "inside of braces"),
        ("SELECT * {" + f"SERVICE <{THERE}> {GROUP}" * 5 + "}", TooExpensive, "at most 4"),
    ],
)
def test_what_is_refused(text: str, error: type[EngineError], words: str) -> None:
    check(text, federated=True)
    with pytest.raises(error, match=words):
        find_clauses(text)


@pytest.mark.parametrize(
    "text",
    [
        f"PREFIX ex: <http://x/> SELECT * {{ SERVICEex:s {GROUP} }}",
        f"PREFIX ex: <http://x/> SELECT * {{ SERVICESILENTex:s {GROUP} }}",
        f"PREFIX : <http://x/> SELECT * {{ SERVICE:s {GROUP} }}",
        f"SELECT * {{ ?s ?p trueSERVICE <http://x/> {GROUP} }}",
        f"SELECT * {{ SERVICESILENT <http://x/> {GROUP} }}",
        f"SELECT * {{ \u017fERVICE <http://x/> {GROUP} }}",
        f"SELECT * {{ ?s ?p ?o FILTER(?o<?p)SERVICE#>\n<http://x/> {GROUP} }}",
    ],
)
def test_disguises_are_refused_when_federated(text: str) -> None:
    with pytest.raises(Refused, match="space"):
        check(text, federated=True)


@pytest.mark.parametrize("text", ["SERVICE service:s {}", "SERVICE SILENT service:s {}", "1SERVICE <a:a> {}"])
def test_clauses_are_let_pass_when_federated(text: str) -> None:
    check(f"PREFIX service: <http://x/> SELECT * {{ {text} }}", federated=True)


@given(st.text(alphabet="SERVICE{}()[]<>\"'#\\?$:.@_ \nabé1", max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    text = f"PREFIX a: <a:> SELECT * {{ SERVICE a:b {{ {text} }} }}"
    with contextlib.suppress(EngineError):
        check(text, federated=True)
        clauses = find_clauses(text)
        rewritten = replace_clauses(text, clauses, [NOTHING_KNOWN] * len(clauses)).text
        assert find_clauses(rewritten) == ()


def test_places_are_those_of_the_original() -> None:
    one = f"SERVICE <{THERE}>\n {{\n ?s ?p ?o }}"
    text = f"SELECT * {{\n ?a ?b ?c . {one} wrong {one}\n also }} wrong"
    clauses = find_clauses(text)
    rewritten = replace_clauses(text, clauses, [NOTHING_KNOWN, "VALUES (?s) { (1) (2) }"])

    def moved(words: str, start: int = 0) -> tuple[int, int]:
        at = rewritten.text.index(words, start)
        line = rewritten.text.count("\n", 0, at) + 1
        return rewritten.original_place(line, at - rewritten.text.rfind("\n", 0, at))

    assert moved("SELECT") == (1, 1)
    assert moved("?a") == (2, 2)
    assert moved("()") == (2, 13)
    assert moved("wrong") == (4, 13)
    assert moved("(1)") == (4, 19)
    assert moved("also") == (7, 2)
    assert moved("wrong", rewritten.text.index("also")) == (7, 9)


# What may stand in a clause, and where a clause may stand.
PATTERNS = [
    "?a ex:p ?b",
    "?b ex:q ?c OPTIONAL { ?c ex:p ?a }",
    "?a ex:p ?b . FILTER(?a != ex:n1)",
    "{ ?a ex:p ?c } UNION { ?c ex:q ?b }",
    "SELECT ?a (COUNT(*) AS ?n) { ?a ?p ?b } GROUP BY ?a",
    "SELECT ?b { ?b ex:p ?x } ORDER BY ?b ?x LIMIT 2",
    "ex:n0 ex:p ex:n1",
    "VALUES ?a { ex:n0 ex:n2 } ?a ex:q ?c",
    "?a ex:p|ex:q ?b BIND(STR(?b) AS ?n)",
    "",
]
PLACES = [
    "{clause}",
    "?a ex:p ?b . {clause}",
    "?a ex:p ?b {clause} ?b ex:q ?c",
    "?a ex:q ?c OPTIONAL {{ {clause} }}",
    "?a ex:q ?c OPTIONAL {{ {clause} FILTER(BOUND(?c)) }}",
    "{{ {clause} }} UNION {{ ?a ex:q ?b }}",
    "?a ?p ?b MINUS {{ {clause} }}",
    "?a ex:p ?b FILTER EXISTS {{ {clause} }}",
    "?a ex:p ?b FILTER NOT EXISTS {{ {clause} }}",
    "{{ SELECT DISTINCT ?a {{ {clause} }} }} ?a ?p ?c",
    "{clause} FILTER(!BOUND(?b) || ?b != ex:n2)",
    "VALUES ?b {{ ex:n1 ex:n2 UNDEF }} {clause}",
]
NODES = [ox.NamedNode(f"{EX}n{number}") for number in range(4)]
VALUES = [*NODES, ox.Literal("a\n'\"\\"), ox.Literal("қ", language="kk"), ox.Literal(7)]
triples = st.lists(
    st.builds(
        ox.Triple,
        st.sampled_from(NODES),
        st.sampled_from([ox.NamedNode(f"{EX}p"), ox.NamedNode(f"{EX}q")]),
        st.sampled_from(VALUES),
    ),
    max_size=8,
)


def solutions(found: object) -> Counter[tuple[str, ...]]:
    assert isinstance(found, ox.QuerySolutions)
    return Counter(tuple(map(str, row)) for row in found)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    triples,
    triples,
    st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(PATTERNS)), min_size=1, max_size=2),
)
def test_the_result_is_that_of_an_engine_that_asks_by_itself(
    remote: "Remote", ours: list[ox.Triple], theirs: list[ox.Triple], parts: list[tuple[str, str]]
) -> None:
    local = ox.Store()
    local.extend(ox.Quad(*triple) for triple in ours)
    remote.store = ox.Store()
    remote.store.extend(ox.Quad(*triple) for triple in theirs)
    remote.asked.clear()
    remote.headers.clear()
    body = " . ".join(place.format(clause=f"SERVICE <{remote.url()}> {{ {what} }}") for place, what in parts)
    text = f"PREFIX ex: <{EX}> SELECT ?a ?b ?c ?n ?p {{ {body} }}"
    clauses = find_clauses(text)
    assert len(clauses) == len(parts)
    blocks = []
    for one in clauses:
        found = remote.store.query(one.query)
        assert isinstance(found, ox.QuerySolutions)
        blocks.append(values_block(found.serialize(format=ox.QueryResultsFormat.JSON) or b"", 1000, 1 << 20))
    rewritten = replace_clauses(text, clauses, blocks).text
    assert solutions(local.query(rewritten)) == solutions(local.query(text))


def test_a_graph_of_ours_is_not_one_of_the_endpoint() -> None:
    """The engine by itself would ask the endpoint for that graph, which the standard does not say."""
    local = ox.Store()
    local.add(ox.Quad(NODES[0], NODES[1], NODES[2], NODES[3]))
    text = f"SELECT ?a ?g {{ GRAPH ?g {{ ?a ?p ?b SERVICE <{THERE}> {{ ?a ?p ?b }} }} }}"
    clauses = find_clauses(text)
    assert clauses[0].query == "SELECT * { ?a ?p ?b }"
    rewritten = replace_clauses(text, clauses, [f"VALUES (?a) {{ ({NODES[0]}) ({NODES[1]}) }}"])
    assert solutions(local.query(rewritten.text)) == {(str(NODES[0]), str(NODES[3])): 1}
