from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.documents.citations import Reference
from kzlod.documents.coverage import Coverage, measure, read_expectations
from kzlod.documents.text import Document, Span
from kzlod.errors import InputError
from kzlod.terms import SOURCE, TYPE, kz

TEXT = "Title\n\nThere are 12 cats and 3 dogs. “They sleep.”\n"
DOC = Document(Path("x.txt"), TEXT.encode())


def cited(class_name: str, name: str, *spans: tuple[int, int]) -> list[ox.Triple]:
    thing = ox.NamedNode(f"http://x/{name}")
    iris = [
        Reference("https://w3id.org/kzlod/id/source/KAZ/x", DOC.sha256[:8], Span(*span)).iri for span in spans
    ]
    return [
        ox.Triple(thing, TYPE, kz(class_name)),
        *(ox.Triple(thing, SOURCE, ox.NamedNode(iri)) for iri in iris),
    ]


FIGURES = {"count": [{"what": "figures", "pattern": r"\d+", "class": "ReportedQuantity"}]}


def gaps(coverage: Coverage) -> list[str]:
    return [DOC.passage(gap) for section in coverage.sections for gap in section.gaps]


def test_gaps_are_sentences_with_an_uncovered_word() -> None:
    result = measure(DOC, cited("Statement", "a", (0, 5), (7, 30)), {})
    assert gaps(result) == ["There are 12 cats and 3 dogs.", "“They sleep.”"]
    assert not result.complete
    assert [section.sentences for section in result.sections] == [3]


def test_punctuation_needs_no_citation_and_explanations_count() -> None:
    things = [*cited("Statement", "a", (0, 5), (7, 35)), *cited("Statement", "b", (38, 48))]
    assert measure(DOC, things, {}).complete
    explained = {"explained": [{"passage": [0, 5], "reason": "a title"}]}
    assert gaps(measure(DOC, things[2:], explained)) == []
    assert gaps(measure(DOC, things[2:], {})) == ["Title"]


def test_every_item_needs_a_thing_of_its_own() -> None:
    whole = [(7, 36)]
    both = [*cited("ReportedQuantity", "a", *whole), *cited("ReportedQuantity", "b", *whole)]
    (count,) = measure(DOC, both, FIGURES).counts
    assert (count.found, count.in_graph, count.missing, count.extra) == (2, 2, (), ())
    (count,) = measure(DOC, both[:2], FIGURES).counts
    assert [DOC.passage(span) for span in count.missing] == ["3"]
    assert count.differs
    other = cited("ReportedQuantity", "c", (37, 40))
    (count,) = measure(DOC, both + other, FIGURES).counts
    assert count.extra == ("http://x/c",)
    (count,) = measure(DOC, both + other, {"count": [FIGURES["count"][0] | {"explanation": "why"}]}).counts
    assert not count.differs


def test_the_narrowest_citation_is_taken_first() -> None:
    things = [*cited("ReportedQuantity", "wide", (7, 36)), *cited("ReportedQuantity", "narrow", (17, 24))]
    (count,) = measure(DOC, things, FIGURES).counts
    assert not count.differs


def test_as_many_as_possible_are_paired() -> None:
    things = [
        *cited("ReportedQuantity", "both", (17, 24), (29, 35)),
        *cited("ReportedQuantity", "first", (7, 26)),
    ]
    (count,) = measure(DOC, things, FIGURES).counts
    assert not count.differs


def test_only_things_of_the_class_with_the_value() -> None:
    spec = {"what": "q", "pattern": "“[^”]*”", "unit": "sentence", "class": "Rule"}
    things = cited("Rule", "a", (37, 50))
    (count,) = measure(DOC, things, {"count": [spec]}).counts
    assert (count.found, len(count.missing)) == (1, 0)
    narrowed = spec | {"where": {"ruleKind": "rule-kind/condition"}}
    assert len(measure(DOC, things, {"count": [narrowed]}).counts[0].missing) == 1
    kind = ox.NamedNode("https://w3id.org/kzlod/concept/rule-kind/condition")
    things.append(ox.Triple(things[0].subject, kz("ruleKind"), kind))
    assert not measure(DOC, things, {"count": [narrowed]}).counts[0].missing


@pytest.mark.parametrize(
    "text",
    ["[[count]]\nwhat='x'", "[[count]]\nwhat='x'\nclass='y'\npattern='('", "x", "[[explained]]\npassage=[1]"],
)
def test_malformed_expectations(tmp_path: Path, text: str) -> None:
    path = tmp_path / "coverage.toml"
    assert read_expectations(path) == {}
    path.write_text(text)
    with pytest.raises(InputError, match=r"coverage\.toml"):
        read_expectations(path)
