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


def test_the_questions_are_all_in_the_part_made_of_them(make_docs: ModuleType) -> None:
    asked = [query for query in read_queries(ROOT) if query.path.parent.name == "competency"]
    text = make_docs.questions()
    assert not [query.name for query in asked if f"\n#### {query.title['en']}\n" not in text]
    assert len({make_docs.anchor(query.title["en"]) for query in asked}) == len(asked)
