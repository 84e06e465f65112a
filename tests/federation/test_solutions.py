"""Results of others as VALUES."""

import json
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kzlod.engine.base import TooExpensive
from kzlod.federation.solutions import NotAResult, values_block

EX = "http://example.org/"


def result(variables: list[Any], *bindings: dict[str, Any]) -> bytes:
    return json.dumps({"head": {"vars": variables}, "results": {"bindings": list(bindings)}}).encode()


def block(answer: bytes, rows: int = 1000, size: int = 1 << 20) -> str:
    return values_block(answer, rows, size)


def solutions(text: str) -> list[dict[str, Any]]:
    """The solutions that the engine reads out of a block."""
    found = ox.Store().query(f"SELECT * {{ {text} }}")
    assert isinstance(found, ox.QuerySolutions)
    names = [variable.value for variable in found.variables]
    return [{name: row[name] for name in names if row[name] is not None} for row in found]


TEXTS = st.text(alphabet="ab\"'\\\n\r\t\x00\x01\x7f\u2028{}#@^қ\U0001f600\ufffe", max_size=8)
TERMS = st.one_of(
    st.builds(ox.Literal, TEXTS),
    st.builds(
        lambda value, language: ox.Literal(value, language=language),
        TEXTS,
        st.sampled_from(["en", "kk-Cyrl-KZ", "ru"]),
    ),
    st.builds(
        lambda value, name: ox.Literal(value, datatype=ox.NamedNode(EX + name)),
        TEXTS,
        st.sampled_from(["type", "é", "a'b"]),
    ),
    st.integers().map(ox.Literal),
    st.sampled_from([EX, f"{EX}қ", "urn:a:b", "http://x/?a=b&c=(d)#e"]).map(ox.NamedNode),
)


def as_json(term: ox.Literal | ox.NamedNode) -> dict[str, str]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if term.language:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value}


@given(st.lists(st.dictionaries(st.sampled_from(["a", "b", "ж"]), TERMS), max_size=6))
def test_what_goes_in_comes_out(rows: list[dict[str, ox.Literal | ox.NamedNode]]) -> None:
    answer = result(["a", "b", "ж"], *({k: as_json(v) for k, v in row.items()} for row in rows))
    text = block(answer)
    assert "\n" not in text
    assert "\r" not in text
    assert solutions(text) == rows


def test_hostile_values_stay_values() -> None:
    value = '"} SERVICE <http://127.0.0.1/> { ?s ?p ?o } #\\"\\u0022\n\'\'\'"""\\'
    text = block(result(["a"], {"a": {"type": "literal", "value": value}}))
    assert solutions(text) == [{"a": ox.Literal(value)}]


def test_no_solutions_and_no_variables() -> None:
    assert solutions(block(result(["a"]))) == []
    assert solutions(block(result([], {}, {}))) == [{}, {}]
    assert solutions(block(result([]))) == []
    assert solutions(block(result(["a", "b"], {}))) == [{}]
    assert solutions(block(result(["a", "a"], {"a": {"type": "literal", "value": "x"}}))) == [
        {"a": ox.Literal("x")}
    ]


def test_blank_nodes_become_iris_that_are_the_same_within_a_result() -> None:
    def bnode(label: str) -> dict[str, str]:
        return {"type": "bnode", "value": label}

    answer = result(["a", "b"], {"a": bnode("x"), "b": bnode("x")}, {"a": bnode("nodeID://y")})
    first, second = solutions(block(answer))
    assert first["a"] == first["b"] != second["a"]
    assert first["a"].value.startswith("urn:uuid:")
    assert solutions(block(answer))[0]["a"] != first["a"]


def test_older_literals_are_read() -> None:
    term = {"type": "typed-literal", "value": "1", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}
    assert solutions(block(result(["a"], {"a": term}))) == [{"a": ox.Literal(1)}]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"no JSON",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b"{}",
        b'{"head": {}, "boolean": true}',
        b'{"head": {"vars": ["a"]}}',
        b'{"head": {"vars": 1}, "results": {"bindings": []}}',
        b'{"head": {"vars": [1]}, "results": {"bindings": []}}',
        b'{"head": {"vars": [["a"]]}, "results": {"bindings": []}}',
        b'{"head": {"vars": []}, "results": {"bindings": "abc"}}',
        b'{"head": {"vars": ["a"]}, "results": {"bindings": ["a"]}}',
        b'{"head": {"vars": ["a"]}, "results": {"bindings": [{"a": "b"}]}}',
        b"[" * 200_000,
        b'{"head": {"vars": [' + b"1" * 5000 + b'], "results": {"bindings": []}}',
        result(["a b"]),
        result(["a) { } } SERVICE <http://127.0.0.1/> {"]),
        result([""]),
        result(["a"], {"a": {"type": "uri", "value": "relative"}}),
        result(["a"], {"a": {"type": "uri", "value": "http://x/> } #"}}),
        result(["a"], {"a": {"type": "uri", "value": 1}}),
        result(["a"], {"a": {"type": "uri"}}),
        result(["a"], {"a": {"type": "triple", "value": {}}}),
        result(["a"], {"a": {"type": "bnode", "value": []}}),
        result(["a"], {"a": {"type": "literal", "value": "x", "xml:lang": "en", "its:dir": "ltr"}}),
        result(["a"], {"a": {"type": "literal", "value": "x", "xml:lang": "e n"}}),
        result(["a"], {"a": {"type": "literal", "value": "x", "xml:lang": "en--ltr"}}),
        result(["a"], {"a": {"type": "literal", "value": "x", "datatype": "int"}}),
        result(["a"], {"a": {"type": "literal", "value": "\ud800"}}),
    ],
)
def test_what_is_no_result(answer: bytes) -> None:
    with pytest.raises(NotAResult) as caught:
        block(answer)
    assert str(caught.value)


def test_bounds() -> None:
    rows: list[dict[str, Any]] = [{}] * 11
    with pytest.raises(TooExpensive, match="11 solutions"):
        block(result(["a"], *rows), rows=10)
    with pytest.raises(TooExpensive, match="1000 characters"):
        block(result([f"v{number}" for number in range(100)], *rows), size=1000)
