"""The runner of the W3C's test suites: what it counts, and that it sees every kind of difference."""

import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from scripts import w3c_suite
from scripts.w3c_results import Answer, expected, read, same

ROOT = Path(__file__).resolve().parents[3]
MANIFEST = """
@prefix : <http://example.org/tests#> .
@prefix mf: <http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#> .
@prefix qt: <http://www.w3.org/2001/sw/DataAccess/tests/test-query#> .
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
<> mf:entries ( :rows :named :graph :wrong :good :bad :far :regime :update ) .
:rows a mf:QueryEvaluationTest ; mf:result <rows.srx> ;
  mf:action [ qt:query <rows.rq> ; qt:data <data.ttl> ] .
:named a mf:QueryEvaluationTest ; mf:result <named.srj> ;
  mf:action [ qt:query <named.rq> ; qt:graphData <data.ttl> ] .
:graph a mf:QueryEvaluationTest ; mf:result <data.ttl> ; mf:action [ qt:query <graph.rq> ] .
:wrong a mf:QueryEvaluationTest ; mf:result <wrong.srj> ;
  mf:action [ qt:query <rows.rq> ; qt:data <data.ttl> ] .
:good a mf:PositiveSyntaxTest11 ; mf:action <rows.rq> .
:bad a mf:NegativeSyntaxTest11 ; mf:action <bad.rq> .
:far a mf:PositiveSyntaxTest11 ; mf:action <far.rq> .
:regime a mf:QueryEvaluationTest ; mf:result <rows.srx> ;
  mf:action [ qt:query <rows.rq> ; sd:entailmentRegime <http://www.w3.org/ns/entailment/RDF> ] .
:update a mf:UpdateEvaluationTest ; mf:action [] .
"""
RS = "@prefix rs: <http://www.w3.org/2001/sw/DataAccess/tests/result-set#> ."
FILES = {
    "manifest.ttl": MANIFEST,
    "data.ttl": "@prefix : <http://example.org/> . :s :p [ :q 01 ] , <other> .",
    "rows.rq": "SELECT ?n { ?s <http://example.org/q> ?n }",
    "rows.srx": '<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="n"/></head>'
    '<results><result><binding name="n"><literal datatype="http://www.w3.org/2001/XMLSchema#integer">1</literal>'
    "</binding></result></results></sparql>",
    "named.rq": "ASK { GRAPH <data.ttl> { ?s ?p <other> } }",
    "named.srj": '{"head": {}, "boolean": true}',
    "graph.rq": "CONSTRUCT { ?s ?p ?o } FROM <data.ttl> WHERE { ?s ?p ?o }",
    "wrong.srj": '{"head": {"vars": ["n"]}, "results": {"bindings": []}}',
    "bad.rq": "SELECT ?n { ?s ?p }",
    "far.rq": "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The part of a suite that holds FILES."""
    folder = tmp_path / "the suite" / "part"
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_text(content)
    return folder


def test_runner(folder: Path) -> None:
    command = [sys.executable, "-m", "scripts.w3c_suite", str(folder.parent), "--list"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == [
        "folder                                     tests  engine  server  differ",
        "part                                           6       5       5       0",
        "together                                       6       5       5       0",
        "left out: 1 UpdateEvaluationTest, 1 entailment, 1 federation",
        "fails by the engine alone as well: part wrong",
    ]


def test_differences_are_seen(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server over other data is found out in each test that is about the data."""
    other = folder / "other.nq"
    other.write_text('<http://example.org/s> <http://example.org/q> "2" .\n')
    real = w3c_suite.served
    monkeypatch.setattr(w3c_suite, "served", lambda file: real(other))
    tests, _ = w3c_suite.read_suite(folder.parent)
    tests = [test for test in tests if test.iri in ("part rows", "part wrong")]
    verdicts = w3c_suite.run_over(tests)
    assert [(verdict.engine, verdict.server) for verdict in verdicts] == [(True, False), (False, False)]
    for verdict in verdicts:
        assert [line.split()[0] for line in verdict.difference.splitlines() if "(200)" in line] == [
            "srx",
            "srj",
            "tsv",
            "csv",
        ]


def rows(text: str) -> Answer:
    return read(text.encode(), "tsv")


@pytest.mark.parametrize(
    ("one", "other", "exactly", "by_value"),
    [
        ("?a\t?b\n_:x\t_:y\n_:y\t_:x\n", "?b\t?a\n_:1\t_:2\n_:2\t_:1\n", True, True),
        ("?a\t?b\n_:x\t_:x\n", "?a\t?b\n_:x\t_:y\n", False, False),
        ("?a\n1\n1\n", "?a\n1\n", False, False),
        ("?a\n1\n\n", "?a\n\n1\n", True, True),
        ("?a\n1\n", '?a\n"1"\n', False, False),
        ("?a\n1.0\n", "?a\n1.00\n", False, True),
        ("?a\n1.0\n", "?a\n1.1\n", False, False),
        ("?a\n1e0\n", "?a\n1.0\n", False, False),
        ('?a\n"x"@en-US\n', '?a\n"x"@en\n', False, False),
        ("?a\n", "?b\n", False, False),
    ],
)
def test_same(one: str, other: str, exactly: bool, by_value: bool) -> None:
    assert same(rows(one), rows(other)) is exactly
    assert same(rows(one), rows(other), by_value=True) is by_value


def test_same_of_other_kinds() -> None:
    true, false = (read(f'{{"head": {{}}, "boolean": {word}}}'.encode(), "srj") for word in ("true", "false"))
    assert (
        same(true, true) and not same(true, false) and not same(true, None) and not same(true, rows("?a\n"))
    )
    one, two = (read(f"_:a <a:p> _:{name} .".encode(), "nt") for name in ("a", "b"))
    assert same(one, one) and not same(one, two)
    csv = read(b"a,b\r\n_:x,\r\n1,2\r\n", "csv")
    assert same(csv, rows('?b\t?a\n"2"\t1\n\t_:b\n'), lossy=True)
    assert not same(csv, rows("?a\t?b\n1\t2\n"), lossy=True)
    assert not same(read(b"a\r\n\r\n", "csv"), read(b"a\r\n", "csv"), lossy=True)


def test_results_described_as_a_graph(tmp_path: Path) -> None:
    file = tmp_path / "result.ttl"
    file.write_text(
        f'{RS}[] a rs:ResultSet ; rs:resultVariable "a", "b" ; rs:solution [ rs:binding '
        '[ rs:variable "a" ; rs:value 1 ] ] .'
    )
    assert same(expected(file), rows("?a\t?b\n1\t\n"))
    file.write_text(f"{RS}[] a rs:ResultSet ; rs:boolean true .")
    assert expected(file) == Answer.of(ox.Store().query("ASK {}"))
