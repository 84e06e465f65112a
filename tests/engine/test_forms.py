"""What is read from a query before it is sent to another endpoint."""

import pytest

from kzlod.engine.base import Kind, Malformed
from kzlod.engine.forms import counting, form_of, spelled_out, without_dataset

FORMS = [
    ("SELECT * { ?s ?p ?o }", Kind.SOLUTIONS),
    ("select?s{?s?p?o}", Kind.SOLUTIONS),
    ("ASK{}", Kind.BOOLEAN),
    ("# SELECT\nASK { }", Kind.BOOLEAN),
    ("PREFIX SELECT: <http://ASK/> CONSTRUCT WHERE { SELECT:a ?p 'ASK' }", Kind.GRAPH),
    ("PREFIX : <http://x/SELECT> BASE <http://ASK#CONSTRUCT> DESCRIBE :ASK", Kind.GRAPH),
    ("BASE <http://x/> # ASK\r\nPREFIX ask: <select>\tdescribe ?ask { ?ask ?SELECT ?x }", Kind.GRAPH),
    ("ASK { { SELECT * { ?s ?p ?o } } }", Kind.BOOLEAN),
]


@pytest.mark.parametrize(("text", "kind"), FORMS)
def test_the_form(text: str, kind: Kind) -> None:
    assert form_of(text).kind == kind


@pytest.mark.parametrize(
    "text", ["", "# SELECT", "'SELECT'", "{ SELECT }", "PREFIX select: <http://x/>", "<ASK>"]
)
def test_no_form(text: str) -> None:
    with pytest.raises(Malformed, match="none of SELECT"):
        form_of(text)


LIMITS = [
    ("SELECT * { ?s ?p ?o } LIMIT 10", 10),
    ("SELECT * { ?s ?p ?o } OFFSET 3 limit\n# 7\n10", 10),
    ("SELECT * { ?s ?p ?o } ORDER BY ?limit LIMIT 10 OFFSET 3", 10),
    ("SELECT * { { SELECT * { ?s ?p ?o } LIMIT 3 } }", None),
    ("SELECT * { ?s ?p 'LIMIT 3' } # LIMIT 3", None),
]


@pytest.mark.parametrize(("text", "limit"), LIMITS)
def test_the_limit_of_the_whole(text: str, limit: int | None) -> None:
    assert form_of(text).limit == limit


DATASETS = [
    ("ASK FROM <http://a> { }", True, False, "ASK                 { }"),
    ("SELECT * FROM NAMED <http://a>\nWHERE { }", False, True, "SELECT *                      \nWHERE { }"),
    (
        "PREFIX x: <http://a> CONSTRUCT { ?s ?p ?o } from x:a FROM NAMED x:b WHERE { ?s ?p ?o } LIMIT 1",
        True,
        True,
        "PREFIX x: <http://a> CONSTRUCT { ?s ?p ?o }                         WHERE { ?s ?p ?o } LIMIT 1",
    ),
    ("DESCRIBE <http://b> FROM <http://a>", True, False, "DESCRIBE <http://b>                "),
    ("SELECT ?from { ?from <http://FROM> 'FROM' } # FROM <http://a>", False, False, None),
]


@pytest.mark.parametrize(("text", "default", "named", "without"), DATASETS)
def test_the_data_set(text: str, default: bool, named: bool, without: str | None) -> None:
    form = form_of(text)
    assert (form.default, form.named) == (default, named)
    assert without_dataset(text, form) == (text if without is None else without)
    assert without is None or len(without) == len(text), "lines and columns must stay"


COUNTS = [
    (
        "PREFIX x: <http://a> CONSTRUCT { ?s ?p 1 } FROM x:a { ?s ?p ?o } LIMIT 9 # end",
        "PREFIX x: <http://a> SELECT (COUNT(*) AS ?n) FROM x:a \n"
        "WHERE { SELECT (1 AS ?one) { ?s ?p ?o } LIMIT 9 # end\n}",
    ),
    (
        "CONSTRUCT WHERE { ?s ?p ?o }",
        "SELECT (COUNT(*) AS ?n) \nWHERE { SELECT (1 AS ?one) WHERE { ?s ?p ?o }\n}",
    ),
    ("DESCRIBE ?s { ?s ?p ?o }", "SELECT (COUNT(*) AS ?n) \nWHERE { SELECT (1 AS ?one) { ?s ?p ?o }\n}"),
    ("DESCRIBE <http://a>", None),
]


@pytest.mark.parametrize(("text", "count"), COUNTS)
def test_counting_the_solutions(text: str, count: str | None) -> None:
    assert counting(text, form_of(text)) == count


def test_escaped_names_are_spelled_out() -> None:
    text = r"PREFIX a: <http://a/> PREFIX : <b/> ASK { a:x\/y a:z :w\.v . ?s ?p 'a:x\\/y', <a:x> } # a:x\/y"
    assert spelled_out(text) == (
        r"PREFIX a: <http://a/> PREFIX : <b/> "
        r"ASK { <http://a/x/y> a:z <b/w.v> . ?s ?p 'a:x\\/y', <a:x> } # a:x\/y"
    )
