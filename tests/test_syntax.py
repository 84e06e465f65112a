"""What is said of malformed queries: where what is wrong begins, and what could stand there."""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.queries import without_header
from kzlod.syntax import LONGEST, diagnose, explain

OURS = {"kzlod": "https://w3id.org/kzlod/ontology#"}
KEYWORD = re.compile(
    r"\b(?:SELECT|WHERE|OPTIONAL|FILTER|BIND|UNION|ORDER|GROUP|DISTINCT|VALUES|EXISTS|BY|AS)\b"
)


def complaint(query: str) -> str:
    with pytest.raises(SyntaxError) as caught:
        ox.Store().query(query, prefixes=OURS)
    return str(caught.value.msg)


@pytest.mark.parametrize(
    ("query", "place", "words"),
    [
        ("SELCT ?x WHERE { ?x ?y ?z }", (1, 1), "with “SELCT”; did you mean SELECT?"),
        ("SELCT ?x", (1, 1), "did you mean SELECT?"),
        ("SELECT ?x {\n ?x ?y ?z .\n FILTR(1)\n}", (3, 2), "did you mean FILTER?"),
        (
            "SELECT ?x {\n ?x ?y ?z\n ?a ?b ?c .\n}",
            (3, 2),
            "with “?a”; possible here, among other things: .",
        ),
        (
            "SELECT * WHERE {\n ?s ?p }",
            (2, 8),
            "with “}”; possible here, among other things: (, a variable",
        ),
        ("SELECT ?x, ?y WHERE { ?x ?y ?z }", (1, 10), "cannot go on with “,”"),
        ("SELECT (COUNT(?x) AS n) { ?x ?y ?z }", (1, 22), "among other things: a variable"),
        ("SELECT * { ?x a kzlod:Treaty } ORDER ?x", (1, 38), "among other things: BY"),
        ("SELECT * { ?s ?p ?o } LIMIT ten", (1, 29), "among other things: a number"),
        ("SELECT * { ?s ?p ?o }}", (1, 22), "cannot go on with “}”"),
        ("SELECT ?s { ?s ?p ?o FILTER(?o = 'ж' && ) }", (1, 41), "cannot go on with “)”"),
        ("SELECT ?s { ?s ?p ?o FILTER(?o = 'ж' & ?s) }", (1, 38), "cannot go on with “&”"),
        ("SELECT * WHERE { ?s <not iri> ?o }", (1, 21), "“<not iri>” is not a valid IRI"),
        ("SELECT * { ?s <a b> ?o . ?x kzlod:name ?n }", (1, 15), "“<a b>” is not a valid IRI"),
        ("SELECT *\n{ ?s foaf:name ?o }", (2, 6), "the prefix foaf: is not declared"),
        ("ASK { ?s ?p 'abc }", (1, 13), "the string that begins with “'abc” is not closed"),
        ('SELECT * { ?s ?p "a\nb" }', (1, 18), 'the string that begins with “"a” is not closed'),
        ("SELECT * { ?s ?p ?o  ", (1, 20), "the query ends too early; possible here, among other things: ."),
        (
            "SELECT * { ?s ?p ?o } LIMIT",
            (1, 28),
            "too early; possible here, among other things: a number",
        ),
        ("'abc", (1, 1), "the string that begins with “'abc” is not closed"),
        ("SELECT ?x {\n ?x # and", (2, 10), "too early; possible here, among other things: ("),
        ("", (1, 1), "ends too early; possible here, among other things: SELECT, ASK"),
        ("SELECT ?a ?a WHERE { ?a ?b ?c }", (1, 32), "Duplicated variable name"),
        (
            "INSERT DATA { <a:a> <a:b> <a:c> }",
            (1, 1),
            "cannot go on with “INSERT”",
        ),
    ],
)
def test_where_a_query_goes_wrong(query: str, place: tuple[int, int], words: str) -> None:
    message, line, column = diagnose(query, complaint(query), prefixes=OURS)
    assert ((line, column), words in message) == (place, True), message


def test_a_misspelt_keyword_is_found_in_every_stored_query(root: Path) -> None:
    tried = 0
    for path in sorted((root / "queries").rglob("*.rq")):
        text = without_header(path.read_text("utf-8"))
        if len(text) > LONGEST:
            continue
        plain = re.sub(r"#[^\n]*|\"[^\"]*\"|<[^>]*>", lambda found: " " * len(found[0]), text)
        keywords = list(KEYWORD.finditer(plain))
        one = keywords[tried % len(keywords)]
        wrong = f"{text[: one.start()]}Q{one[0]}Q{text[one.end() :]}"
        _, line, column = diagnose(wrong, complaint(wrong))
        before = text[: one.start()]
        expected = (before.count("\n") + 1, one.start() - before.rfind("\n"))
        assert (line, column) == expected, f"{path}: {one[0]}"
        tried += 1
    assert tried > 100


def test_a_long_query_keeps_the_words_of_the_parser() -> None:
    query = f"SELCT ?x WHERE {{ ?x ?y '{'a' * LONGEST}' }}"
    assert diagnose(query, complaint(query)) == explain(complaint(query))


def test_the_parsers_messages_become_words() -> None:
    message, line, column = explain(complaint("SELECT * WHERE {\n ?s ?p }"))
    assert (line, column) >= (2, 9)
    assert "cannot go on like this" in message
    assert "['" not in message


def test_other_messages_stay() -> None:
    for said in (explain("the graph has no name"), diagnose("ASK {}", "the graph has no name")):
        assert said == ("the graph has no name", None, None)
