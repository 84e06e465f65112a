"""What is refused before it reaches a worker, and what is not."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kzlod.engine.base import EngineError, Malformed, Refused, TooExpensive
from kzlod.engine.guard import check, undeclared_prefix

GROUP = "{ ?s ?p ?o }"


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ SERVICE <http://x/> {GROUP} }}",
        f"SELECT * {{ service silent <http://x/> {GROUP} }}",
        f"SELECT * {{ SeRvIcE<http://x/>{GROUP} }}",
        f"SELECT * {{ SERVICE#\n#\n<http://x/> {GROUP} }}",
        f"SELECT * {{\n\tSERVICE\r\n\t?where {GROUP} }}",
        f"SELECT * {{ SERVICE$where{GROUP} }}",
        f"PREFIX ex: <http://x/> SELECT * {{ SERVICE ex:s {GROUP} }}",
        f"PREFIX ex: <http://x/> SELECT * {{ SERVICEex:s {GROUP} }}",
        f"PREFIX ex: <http://x/> SELECT * {{ SERVICESILENTex:s {GROUP} }}",
        f"PREFIX : <http://x/> SELECT * {{ SERVICE:s {GROUP} }}",
        f"PREFIXex:<http://x/> SELECT * {{ SERVICEex:s {GROUP} }}",
        f"PREFIX ex: <http://x/> PREFIX SERVICEex: <http://y/> SELECT * {{ serviceex:s {GROUP} }}",
        f"PREFIX ex: <http://x/> SELECT * {{ ?s ?p trueSERVICEex:s {GROUP} }}",
        f"PREFIX : <http://x/> SELECT * {{ ?s ?p true SERVICESILENT:s {GROUP} }}",
        f"SELECT * {{ ?s ?p 1SERVICE <http://x/> {GROUP} }}",
        f"SELECT * {{ ?s ?p trueSERVICE <http://x/> {GROUP} }}",
        f"SELECT * {{ ?s ?p 'a'@en . SERVICE <http://x/> {GROUP} }}",
        f"SELECT * {{ ?s ?p '''a\\'''' . SERVICE <http://x/> {GROUP} }}",
        f"SELECT * {{ ?s ?p '#' . SERVICE <http://x/> {GROUP} }}",
        f"SELECT * {{ ?s ?p <http://x/#> . SERVICE <http://x/> {GROUP} }}",
        f"SELECT * {{ ?s ?p ?o FILTER(?o<?p) SERVICE <http://x/> {GROUP} }}",
        f"SELECT * {{ ?s ?p ?o FILTER(?o<?p)SERVICE#>\n<http://x/> {GROUP} }}",
        f"SELECT * {{ {{ SELECT * {{ OPTIONAL {{ SERVICE <http://x/> {GROUP} }} }} }} }}",
        f"ASK {{ FILTER EXISTS {{ SERVICE <http://x/> {GROUP} }} }}",
        f'SELECT * {{ VALUES ?x {{ """ a" }} SERVICE <http://x/> {GROUP} }}',
    ],
)
def test_service_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="SERVICE"):
        check(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?service { ?service ?p ?o }",
        "SELECT $SERVICE { $SERVICE ?p ?o }",
        "PREFIX ex: <http://x/> SELECT * { ?s ex:service ex:SERVICE }",
        "PREFIX service: <http://x/> SELECT * { ?s service:x service:y . ?s service:z ?o }",
        "PREFIX service: <http://x/> SELECT * { GRAPH service:g { ?s ?p ?o } }",
        "PREFIX service: <http://x/> SELECT * FROM service:g { ?s ?p ?o }",
        f"PREFIX ex: <http://x/> SELECT * {{ ?s a ex:Service {GROUP} UNION {GROUP} }}",
        f"PREFIX ex: <http://x/> PREFIX : <http://x/> SELECT * {{ ?s a ex:aSERVICE:s {GROUP} }}",
        f"PREFIX service: <http://x/> SELECT * {{ ?s a service:X {GROUP} }}",
        "PREFIX service: <http://x/> DESCRIBE service:g { ?s ?p ?o }",
        "SELECT * { ?s ?p 'SERVICE <http://x/> { }' }",
        'SELECT * { ?s ?p """\nSERVICE <http://x/> {{{ "quoted" """ }',
        "SELECT * { ?s ?p ?o } # SERVICE <http://x/> { }",
        "SELECT * { ?s <http://x/SERVICE/(a)/service#service> ?o }",
        "SELECT * { ?s <relative/service#service> ?o }",
        "SELECT * { _:service ?p 'x'@service }",
        "SELECT * { ?s ?p ?o FILTER(?o < 3 && ?o > 1) }",
        "PREFIX insert: <http://x/> SELECT (STR(insert:x) AS ?delete) { }",
    ],
)
def test_look_alikes_are_accepted(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <a:a> <a:a> <a:a> }",
        "# SELECT\n PREFIX a: <b:> delete where { ?s ?p ?o }",
        "CLEAR ALL",
        "DROP SILENT GRAPH <a:a>",
        "LOAD <http://x/>",
        "BASE <a:> WITH <a:a> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "COPY <a:a> TO <a:b>",
    ],
)
def test_updates_are_refused(text: str) -> None:
    with pytest.raises(Refused, match="Updates"):
        check(text)


def test_caps() -> None:
    check("SELECT * " + "{" * 100 + "}" * 100)
    with pytest.raises(TooExpensive, match="brackets"):
        check("SELECT * " + "{" * 101 + "}" * 101)
    check("SELECT ('" + "(" * 200 + "' AS ?x) {}")
    check("a" * 1000, text_limit=1000)
    with pytest.raises(TooExpensive, match="1001 characters"):
        check("a" * 1001, text_limit=1000)


def test_unclosed_string_is_named() -> None:
    with pytest.raises(Malformed) as caught:
        check("SELECT *\n{ ?s ?p 'it }")
    assert (caught.value.line, caught.value.column) == (2, 9)


@pytest.mark.parametrize("text", ['"""\\"' * 12_000, '"' + '\\"' * 30_000, "'''" * 20_001, "a-" * 30_000])
def test_hostile_texts_end(text: str) -> None:
    """Each of these took minutes with patterns that try again from every place."""
    with contextlib.suppress(Malformed):
        check(text)


@given(st.text(alphabet="SERVICE{}()[]<>\"'#\\?$:.@_ \nabé1", max_size=200))
def test_any_text_is_accepted_or_refused(text: str) -> None:
    try:
        check(text)
    except EngineError as error:
        assert str(error)


def test_undeclared_prefix() -> None:
    assert undeclared_prefix("SELECT *\n{ ?s ex:p ?o }") == ("ex:", 2, 6)
    assert undeclared_prefix("prefix ex: <a:> SELECT * { ?s ex:p 'ab:c' . _:x ?p <x:y> }") is None
    assert undeclared_prefix("SELECT * { ?s :p ?o }") == (":", 1, 15)
