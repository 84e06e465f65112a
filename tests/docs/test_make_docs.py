"""The generator of documentation: tables, long answers, subjects of questions."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from kzlod.queries import read_queries

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def make_docs() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "scripts" / "make_docs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_docs"] = module
    spec.loader.exec_module(module)
    return module


def test_a_short_answer_is_shown_in_full(make_docs: ModuleType) -> None:
    rows = [["n"], *([str(n)] for n in range(make_docs.LONGEST_ANSWER))]
    assert make_docs.answer_table(rows) == make_docs.markdown_table(rows)


def test_of_a_long_answer_the_beginning_is_shown(make_docs: ModuleType) -> None:
    rows = [["n"], *([str(n)] for n in range(make_docs.LONGEST_ANSWER + 1))]
    table = make_docs.answer_table(rows)
    assert table.endswith("| 9 |\n\n… and 3 more rows.")


def test_a_line_break_does_not_break_a_table(make_docs: ModuleType) -> None:
    assert make_docs.answer_table([["a"], ["b\nc|d"]]) == "| a |\n| --- |\n| b c\\|d |"


def test_a_query_belongs_to_the_first_subject_of_which_it_has_a_term(make_docs: ModuleType) -> None:
    names = list(make_docs.SUBJECTS)
    assert make_docs.subject("{ ?r a kzlod:Recommendation ; kzlod:concerns/kzlod:ruleKind ?x }") == names[1]
    assert make_docs.subject("{ ?r a kzlod:Ruleset ; rdfs:label ?x }") == names[-1]


def test_subjects_are_told_by_terms_of_the_ontology(make_docs: ModuleType) -> None:
    ontology = "".join(path.read_text("utf-8") for path in (ROOT / "ontology").glob("*.ttl"))
    for words in make_docs.SUBJECTS.values():
        assert not [
            word
            for word in words.split()
            if f"\nkzlod:{word} a " not in ontology and f"\ndcterms:{word} a " not in ontology
        ]


def test_the_questions_are_all_in_the_part_made_of_them(make_docs: ModuleType) -> None:
    asked = [query for query in read_queries(ROOT) if query.path.parent.name == "competency"]
    assert {make_docs.subject(query.text) for query in asked} <= set(make_docs.SUBJECTS)
    assert len({make_docs.anchor(query.title["en"]) for query in asked}) == len(asked)
