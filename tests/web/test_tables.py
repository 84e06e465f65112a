"""Tables of stored queries: rows asked for are those of the narrowed query; few values can be chosen."""

import json

import pyoxigraph as ox
import pytest

from kzlod.release.published import Release
from kzlod.web.bindings import Binding, Cell, Row, value
from kzlod.web.i18n import Name, texts
from kzlod.web.names import Namer, Value
from kzlod.web.narrowing import narrowed
from kzlod.web.reading import Reader
from kzlod.web.tables import MOST_CHOICES, absent, asked_for, column

ORDER = texts("en").order
XSD = "http://www.w3.org/2001/XMLSchema#"
STORE = ox.Store()
STORE.load(
    b"""
    @prefix : <https://example.org/id/> .
    :a :kind <https://example.org/id/kind/first> ; :n 3 ; :name "A"@en .
    :b :kind <https://example.org/id/kind/first> ; :n 20 ; :name "B" .
    :c :kind <https://example.org/id/other/last> ; :n 100 .
    :d :kind [] ; :n 3 ; :name "first" .
    """,
    ox.RdfFormat.TURTLE,
)
QUERY = """PREFIX : <https://example.org/id/>
SELECT ?kind ?n ?name { ?x :kind ?kind ; :n ?n OPTIONAL { ?x :name ?name } }"""


def rows(text: str) -> list[Row]:
    result = STORE.query(text)
    assert isinstance(result, ox.QuerySolutions)
    found: list[Row] = json.loads(result.serialize(format=ox.QueryResultsFormat.JSON) or b"")["results"][
        "bindings"
    ]
    return found


def shown(_: str, term: Binding) -> Cell:
    name = Name(term["value"].rpartition("/")[2], term.get("xml:lang", ""))
    return Cell((Value(name, None, "text"),))


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"kind": ["first"]},
        {"kind": ["https://example.org/id/kind/first"]},
        {"kind": ["first", "last"]},
        {"kind": ["rst"]},
        {"n": ["3"]},
        {"n": ["3"], "kind": ["first"]},
        {"name": ["A"]},
        {"name": ["first"]},
        {"name": [""]},
    ],
)
def test_the_rows_asked_for_are_those_of_the_narrowed_query(chosen: dict[str, list[str]]) -> None:
    def plain(found: list[Row]) -> list[str]:
        return sorted(
            json.dumps({**row, "kind": row["kind"]["type"], "iri": row["kind"]["value"]}, sort_keys=True)
            if row["kind"]["type"] != "bnode"
            else "bnode"
            for row in found
        )

    assert plain(asked_for(rows(QUERY), chosen)) == plain(rows(narrowed(QUERY, chosen)))


def test_values_are_offered_as_they_read_with_the_number_of_rows() -> None:
    found = column(rows(QUERY), "n", shown, ORDER)
    assert [(one.value, one.rows) for one in found.choices] == [("3", 2), ("20", 1), ("100", 1)]
    found = column(rows(QUERY), "kind", shown, ORDER)
    assert [(one.value, one.rows) for one in found.choices] == [("first", 2), ("last", 1)]
    assert [one.language for one in column(rows(QUERY), "name", shown, ORDER).choices] == ["en", "", ""]


def typed(value: str, name: str) -> Row:
    return {"x": {"type": "literal", "value": value, "datatype": XSD + name}}


def test_numbers_are_sorted_by_their_value_and_codes_naturally() -> None:
    numbers = [typed(one, "decimal") for one in ("103", "99.9", "-1.5", "100.1", "91.3")]
    found = [one.value for one in column([*numbers, typed("9", "string")], "x", shown, ORDER).choices]
    assert found == ["-1.5", "91.3", "99.9", "100.1", "103", "9"]
    codes = [typed(one, "string") for one in ("169", "046-2", "046", "046-1-3", "131-2")]
    found = [one.value for one in column(codes, "x", shown, ORDER).choices]
    assert found == ["046", "046-1-3", "046-2", "131-2", "169"]


def test_values_that_no_row_has_are_told_with_those_that_rows_have() -> None:
    found = absent(rows(QUERY), {"kind": ["first", "other"], "n": ["3"]}, shown, ORDER)
    assert [(one.column, one.value, one.more) for one in found] == [("kind", "other", 0)]
    assert [one.value for one in found[0].choices] == ["first", "last"]
    many = [typed(str(number), "integer") for number in range(MOST_CHOICES + 5, 0, -1)]
    (one,) = absent(many, {"x": ["0"]}, shown, ORDER)
    assert [choice.value for choice in one.choices] == [str(number + 1) for number in range(MOST_CHOICES)]
    assert one.more == 5
    (one,) = absent([typed("word " * 40, "string")], {"x": ["0"]}, shown, ORDER)
    assert (one.choices, one.more) == ((), 1)


def test_of_two_iris_with_one_last_step_the_whole_is_given() -> None:
    terms = [{"x": {"type": "uri", "value": f"https://example.org/{step}/1"}} for step in "ab"]
    assert [one.value for one in column(terms, "x", shown, ORDER).choices] == [
        "https://example.org/a/1",
        "https://example.org/b/1",
    ]


def test_nothing_is_offered_where_there_is_too_much_or_nothing_to_choose() -> None:
    many: list[Row] = [{"x": {"type": "literal", "value": str(n)}} for n in range(MOST_CHOICES + 1)]
    assert not column(many, "x", shown, ORDER).choices
    assert len(column(many[1:], "x", shown, ORDER).choices) == MOST_CHOICES
    long: list[Row] = [{"x": {"type": "literal", "value": "word " * 40}}, {}]
    assert not column(long, "x", shown, ORDER).choices
    same: list[Row] = [{"x": {"type": "literal", "value": "1"}}] * 3
    assert column(same, "x", shown, ORDER).same and not column(same, "x", shown, ORDER).choices
    assert not column([*same, {}], "x", shown, ORDER).same
    assert not column([], "x", shown, ORDER).same


@pytest.mark.parametrize(
    ("text", "language"), [("implemented", "en"), ("2020-05-01", ""), ("42", ""), ("ст. 2", ""), ("", "")]
)
def test_words_without_a_language_are_english(release: Release, text: str, language: str) -> None:
    namer = Namer(Reader.open(release.store_path, release.manifest), texts("ru"))
    assert value(namer, {"type": "literal", "value": text}).name.language == language
