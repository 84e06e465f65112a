"""The driver of the validator: exact terms, sorted results, errors that name the place, no noise."""

import logging
import random
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from kzlod.checks.shapes import Violation, load_shapes, violations
from kzlod.errors import InputError

PREFIXES = """
@prefix ex: <https://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHAPES = """
ex:Shape a sh:NodeShape ; sh:targetClass ex:Thing ;
    sh:property ex:Shape-date , ex:Shape-truth , ex:Shape-amount .
ex:Shape-date sh:path ex:date ; sh:datatype xsd:date ; sh:message "No date."@en .
ex:Shape-truth sh:path ex:truth ; sh:datatype xsd:boolean ; sh:message "Not true."@en .
ex:Shape-amount sh:path ex:amount ; sh:in ( 1.50 ) ; sh:message "Not 1.50."@en .
"""
QUERY = """
ex:Query a sh:NodeShape ; sh:targetClass ex:Thing ; sh:sparql ex:Query-constraint .
ex:Query-constraint sh:message "It has {?value}."@en ;
    sh:select "SELECT $this ?value WHERE { $this <https://example.org/date> ?value }" .
"""


def shapes(folder: Path, *texts: str) -> rdflib.Graph:
    """The shapes of as many files."""
    files = []
    for number, text in enumerate(texts):
        files.append(folder / f"{number}.ttl")
        files[-1].write_text(PREFIXES + text, "utf-8")
    return load_shapes(files)


def data(text: str) -> list[ox.Triple]:
    """The triples of a Turtle text."""
    return [quad.triple for quad in ox.parse(PREFIXES + text, ox.RdfFormat.TURTLE)]


@pytest.mark.parametrize(
    "value",
    [
        '"2015-02-31"^^xsd:date',
        '"2015-2-1"^^xsd:date',
        '"soon"^^xsd:date',
        '"2015-02-03"',
        '"2015"^^xsd:gYear',
    ],
)
def test_what_is_no_date_is_caught(tmp_path: Path, value: str) -> None:
    (found,) = violations(data(f"ex:a a ex:Thing ; ex:date {value} ."), shapes(tmp_path, SHAPES))
    assert found == Violation(
        focus="https://example.org/a",
        path="https://example.org/date",
        value=value.split('"')[1],
        shape="https://example.org/Shape-date",
        component="http://www.w3.org/ns/shacl#DatatypeConstraintComponent",
        message="No date.",
    )


def test_conforming_data_have_no_violations(tmp_path: Path) -> None:
    text = 'ex:a a ex:Thing ; ex:date "2016-02-29"^^xsd:date ; ex:truth true , false ; ex:amount 1.50 .'
    assert violations(data(text), shapes(tmp_path, SHAPES)) == []


def test_lexical_forms_are_kept(tmp_path: Path) -> None:
    (found,) = violations(data("ex:a a ex:Thing ; ex:amount 1.5 ."), shapes(tmp_path, SHAPES))
    assert (found.value, found.message) == ("1.5", "Not 1.50.")


def test_a_sparql_constraint_is_named_with_its_message(tmp_path: Path) -> None:
    text = 'ex:a a ex:Thing ; ex:date "2016-02-29"^^xsd:date .'
    (found,) = violations(data(text), shapes(tmp_path, QUERY))
    assert found.shape == "https://example.org/Query-constraint"
    assert found.message == "It has 2016-02-29."


def test_a_check_of_the_whole_graph_points_at_the_thing(tmp_path: Path) -> None:
    text = QUERY.replace(
        "sh:targetClass ex:Thing", "sh:targetNode <https://w3id.org/kzlod/ontology>"
    ).replace("$this <https://example.org/date> ?value", "?value a <https://example.org/Thing>")
    (found,) = violations(data("ex:a a ex:Thing ."), shapes(tmp_path, text))
    assert found.focus == "https://example.org/a"


def test_the_order_of_the_data_does_not_matter(tmp_path: Path) -> None:
    graph = shapes(tmp_path, SHAPES, QUERY)
    triples = data("".join(f'ex:n{n} a ex:Thing ; ex:date "x{n}" ; ex:truth {n} .\n' for n in range(12)))
    expected = violations(triples, graph)
    assert len(expected) == 36
    random.Random(1).shuffle(triples)
    assert violations(triples, graph) == expected == sorted(expected)


def test_nothing_is_inferred(tmp_path: Path) -> None:
    text = """
    ex:Sub <http://www.w3.org/2000/01/rdf-schema#subClassOf> ex:Thing .
    ex:p <http://www.w3.org/2000/01/rdf-schema#domain> ex:Thing .
    ex:a ex:p ex:b ; ex:date "no" .
    """
    assert violations(data(text), shapes(tmp_path, SHAPES)) == []


def test_the_libraries_stay_silent(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    logger = logging.getLogger("rdflib.term")
    text = 'ex:a a ex:Thing ; ex:date "never"^^xsd:date ; ex:truth "maybe"^^xsd:boolean .'
    assert len(violations(data(text), shapes(tmp_path, SHAPES))) == 2
    assert (caplog.records, *capfd.readouterr()) == ([], "", "")
    assert not logger.disabled


def test_a_syntax_error_names_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        shapes(tmp_path, SHAPES, "ex:Shape a sh:NodeShape\nex:Other a sh:NodeShape .")
    (problem,) = caught.value.problems
    assert problem.where.startswith(f"{tmp_path / '1.ttl'}:")
    assert problem.where.split(":")[1] == "6"
    assert problem.remedy


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.ttl"):
        load_shapes([tmp_path / "none.ttl"])


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("sh:datatype xsd:date", "sh:minCount -1", "minCount"),
        ("sh:path ex:date ;", "", "ex.*Shape-date"),
        ("sh:datatype xsd:date", 'sh:sparql [ sh:select "SELECT nothing" ]', "SELECT nothing"),
        ("sh:datatype xsd:date", 'sh:sparql [ sh:select "SELECT $this { $this not:declared 1 }" ]', "not"),
    ],
)
def test_unusable_shapes_are_an_input_error(tmp_path: Path, old: str, new: str, word: str) -> None:
    graph = shapes(tmp_path, SHAPES.replace(old, new))
    with pytest.raises(InputError, match=f"(?s)the shapes cannot be used.*{word}"):
        violations(data("ex:a a ex:Thing ."), graph)


def test_blank_nodes_of_two_files_stay_apart(tmp_path: Path) -> None:
    shape = "a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property _:b . _:b sh:maxCount 0 ; sh:path"
    graph = shapes(tmp_path, f"ex:One {shape} ex:date .", f"ex:Two {shape} ex:truth .")
    found = violations(data("ex:a a ex:Thing ; ex:date 1 ; ex:truth 2 ."), graph)
    assert [violation.path for violation in found] == [
        "https://example.org/date",
        "https://example.org/truth",
    ]
