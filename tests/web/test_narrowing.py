"""Stored queries as tables: their columns, and rows with some values only."""

import pyoxigraph as ox
import pytest

from kzlod.web.narrowing import columns, narrowed, spellings

EX = "http://example.org/"
TEXT = f"""# A comment with SELECT ?no
PREFIX ex: <{EX}>
SELECT DISTINCT ?thing (COUNT(?value) AS ?number) (SAMPLE(?value) AS ?one)
WHERE {{ ?thing ex:p ?value }} GROUP BY ?thing ORDER BY ?thing # and one at the end"""


@pytest.fixture
def store() -> ox.Store:
    store = ox.Store()
    for subject, value in (("a", "x"), ("a", "y"), ("b/a", 'q"\\'), ("c", "x")):
        store.add(ox.Quad(ox.NamedNode(EX + subject), ox.NamedNode(f"{EX}p"), ox.Literal(value)))
    return store


def rows(store: ox.Store, text: str) -> list[str]:
    found = store.query(text)
    assert isinstance(found, ox.QuerySolutions)
    return [str(row["thing"]).removeprefix(f"<{EX}").removesuffix(">") for row in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TEXT, ("thing", "number", "one")),
        ("SELECT ?a $b WHERE { ?c ?d ?e }", ("a", "b")),
        ("select ?a{ SELECT ?z { ?z ?y ?x } }", ("a",)),
        ("SELECT (IF(?a, ?b, STRLEN(?c)) AS ?d) ?e FROM <x> { }", ("d", "e")),
        ("SELECT * { ?a ?b ?c }", ()),
        ("ASK { ?a ?b ?c }", ()),
        ("CONSTRUCT { ?a ?b ?c } WHERE { SELECT ?a { } }", ()),
        ("", ()),
    ],
)
def test_columns(text: str, expected: tuple[str, ...]) -> None:
    assert columns(text) == expected


@pytest.mark.parametrize(
    ("shown", "number"),
    [
        ("2,394", "2394"),
        ("2 394", "2394"),
        ("1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567", "1234567"),
        ("1,234.5", "1234.5"),
        ("0,5", "0.5"),
        ("12", "12"),
        ("046", "046"),
    ],
)
def test_numbers_as_they_are_shown(shown: str, number: str) -> None:
    assert number in spellings(shown)


def test_words_have_one_spelling() -> None:
    assert spellings("Article 1, part 2") == ["Article 1, part 2"]


def test_rows_with_a_value_only(store: ox.Store) -> None:
    assert rows(store, narrowed(TEXT, {})) == ["a", "b/a", "c"]
    assert rows(store, narrowed(TEXT, {"number": ["2"]})) == ["a"]
    assert rows(store, narrowed(TEXT, {"thing": [f"{EX}c"]})) == ["c"]
    assert rows(store, narrowed(TEXT, {"thing": ["a"]})) == ["a", "b/a"], "by the last step"
    assert rows(store, narrowed(TEXT, {"thing": ["a", "c"], "number": ["1"]})) == ["b/a", "c"]
    assert rows(store, narrowed(TEXT, {"one": ['q"\\']})) == ["b/a"]
    assert rows(store, narrowed(TEXT, {"one": ["nothing"]})) == []
    assert rows(store, narrowed(TEXT, {}, 2)) == ["a", "b/a"]
    found = store.query(narrowed(TEXT, {"number": ["1"]}))
    assert isinstance(found, ox.QuerySolutions)
    assert [variable.value for variable in found.variables] == ["thing", "number", "one"]


@pytest.mark.parametrize("value", ['") || true || ("', "\n}", '"""', "\\", "қ", "?thing", "#"])
def test_nothing_gets_out_of_a_value(store: ox.Store, value: str) -> None:
    assert rows(store, narrowed(TEXT, {"one": [value]})) == []


@pytest.mark.parametrize(
    "text", ["ASK {}", "SELECT ?a FROM <http://x/> { ?a ?b ?c }", "DESCRIBE <http://x/>"]
)
def test_what_cannot_be_narrowed(text: str) -> None:
    with pytest.raises(ValueError, match="narrowed"):
        narrowed(text, {"a": ["x"]})
