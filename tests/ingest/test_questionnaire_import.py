"""The import of a questionnaire as a whole: shapes, cube, countries side by side, files, wrong options."""

import io
from pathlib import Path

import pyoxigraph as ox
import pytest
from rich.console import Console

from kzlod import ingesting
from kzlod.checks.cube import cube_problems
from kzlod.checks.shapes import load_shapes, violations
from kzlod.documents.citations import misplaced, too_wide, verify
from kzlod.documents.text import Document
from kzlod.errors import DocumentError, InputError
from kzlod.ingest.cepej.read import read_questionnaire
from kzlod.ingest.questionnaire.codes import question_step
from kzlod.ingest.questionnaire.importing import Imported, build
from kzlod.ingest.questionnaire.stating import Place
from kzlod.terms import TYPE, kz, value
from kzlod.turtle import read_turtle

from .test_questionnaires import CODES, ROOT, VOCABULARY, answers, drawn, imported, labels, tuples

ONTOLOGY = [t for path in sorted((ROOT / "ontology").glob("*.ttl")) for t in read_turtle(path).triples]


def triples(made: Imported) -> list[ox.Triple]:
    """The statements of all files of an import."""
    return [q.triple for text in made.files.values() for q in ox.parse(text.encode(), ox.RdfFormat.TURTLE)]


def of(country: str, text: str, hand: str = "") -> Imported:
    """The import of a country's print-out, with what was entered by hand."""
    document = Document(Path("x.txt"), text.encode())
    questionnaire = read_questionnaire(document, CODES.unnumbered)
    entered = [q.triple for q in ox.parse(hand.encode(), ox.RdfFormat.TURTLE)]
    return build(document, questionnaire, CODES, Place(country, "2020"), "2020-2022", entered)


def things(found: list[ox.Triple], name: str) -> set[str]:
    return {value(t.subject) for t in found if t.predicate == TYPE and t.object == kz(name)}


@pytest.mark.parametrize("seed", [3, 11])
def test_an_import_conforms(seed: int) -> None:
    made = imported(drawn(seed).text)
    found = triples(made)
    shapes = load_shapes(sorted((ROOT / "shapes" / "source").glob("*.ttl")))
    assert [str(violation) for violation in violations(found, shapes)] == []
    assert [str(problem) for problem in (*misplaced(found), *too_wide(found))] == []
    result = verify(found, {made.document.sha256: made.document})
    assert result.right > 200
    assert not result.wrong
    assert [str(problem) for problem in cube_problems([*ONTOLOGY, *VOCABULARY, *found])] == []


def test_two_countries_stand_side_by_side() -> None:
    first, second = of("FRA", drawn(1).text), of("GEO", drawn(2).text)
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in [*VOCABULARY, *triples(first), *triples(second)])
    query = (ROOT / "queries" / "examples" / "side-by-side.rq").read_text("utf-8")
    result = store.query(query)
    assert isinstance(result, ox.QuerySolutions)
    rows = list(result)
    assert {(row["countryA"].value, row["countryB"].value) for row in rows} == {("FRA", "GEO")}
    by_place = {
        country: {
            (row["question"], row["rowCode"], row["columnCode"]): row["value"]
            for row in answers(made)
            if row["value"] and row["rowCode"]
        }
        for country, made in (("FRA", first), ("GEO", second))
    }
    shared = by_place["FRA"].keys() & by_place["GEO"].keys()
    assert len(shared) > 20
    pairs = [
        (row["answerA"].value, row["answerB"].value) for row in rows if row["answerA"] and row["answerB"]
    ]
    assert all((by_place["FRA"][place], by_place["GEO"][place]) in pairs for place in shared)


def test_a_row_that_the_vocabulary_lacks_is_added() -> None:
    columns = labels("column", "188")
    rows = "1. Reprimand\t5 [] NA [] NAP\n9. Public apology\t[] NA [X] NAP\n"
    text = f"188. Sanctions\n\n\t{columns[0]}\n{rows}\nComments\n"
    made = imported(text)
    found = triples(made)
    assert things(found, "AddedCode") == {
        "https://w3id.org/kzlod/concept/cepej-row/188-added-9-public-apology"
    }
    told = {(row["rowCode"], row["row"], row["value"], row["status"]) for row in answers(made)}
    assert told == {("r1", "1. Reprimand", "5", ""), ("r2", "9. Public apology", "", "NAP")}
    assert any("Public apology" in want for want in made.wanting)


def test_an_option_that_the_vocabulary_lacks_is_added() -> None:
    made = imported("183. Complaints\n\n[X] it rained\n[] excessive length\n\nComments\n")
    assert [row["option"] for row in answers(made)] == ["it rained"]
    assert len(things(triples(made), "AddedCode")) == 1


def test_a_question_that_the_vocabulary_lacks_is_reported() -> None:
    made = imported("777. How many?\n\n[5]\n\nComments\n")
    assert ["question 777 is not in the vocabulary" in str(problem) for problem in made.problems] == [True]
    assert answers(made) == []


def test_totals_that_do_not_add_up_are_discrepancies() -> None:
    rows = labels("row", "188")
    cells = ["10", "2", "3", "4", "5", "6"]
    table = "\n".join(f"{row}\t{cell} [] NA [] NAP" for row, cell in zip(rows, cells, strict=True))
    made = imported(f"188. Sanctions\n\n\tNumber of sanctions pronounced\n{table}\n\nComments\n")
    found = triples(made)
    (discrepancy,) = things(found, "Discrepancy")
    sides = {value(t.object) for t in found if t.predicate == kz("sideValue")}
    assert sides == {"10", "20"}
    assert discrepancy.endswith("/discrepancy/sum/q188/r1/c1/rows")


@pytest.mark.parametrize(
    ("total", "parts", "differs"),
    [
        ("20", ["2", "3", "4", "5", "6"], False),
        ("20", ["2", "3", "4", "5", "NA"], False),
        ("10", ["2", "3", "4", "5", "NA"], True),
        ("14", ["2", "3", "4", "5", "NAP"], False),
        ("15", ["2", "3", "4", "5", "NAP"], True),
        ("NA", ["2", "3", "4", "5", "6"], False),
    ],
)
def test_parts_that_are_missing(total: str, parts: list[str], differs: bool) -> None:
    def cell(text: str) -> str:
        marks = " ".join(f"[{'X' if text == mark else ''}] {mark}" for mark in ("NA", "NAP"))
        return marks if text in ("NA", "NAP") else f"{text} {marks}"

    rows = zip(labels("row", "188"), [total, *parts], strict=True)
    table = "\n".join(f"{row}\t{cell(text)}" for row, text in rows)
    made = imported(f"188. Sanctions\n\n\tNumber of sanctions pronounced\n{table}\n\nComments\n")
    assert bool(things(triples(made), "Discrepancy")) == differs


def test_case_flow_that_does_not_add_up_is_a_discrepancy() -> None:
    heads = "\t".join(labels("column", "101-2"))
    row = "Child sexual abuse\t10 [] NA\t5 [] NA\t3 [] NA\t11 [] NA\t[X] NA"
    text = f"101-2. Cases\n\n\t{heads}\n{row}\n\nComments\n"
    made = imported(text)
    sides = {value(t.object) for t in triples(made) if t.predicate == kz("sideValue")}
    assert sides == {"11", "12"}


def test_the_same_question_printed_twice() -> None:
    text = "003. Product\n\n[5 000]\n\nComments\n\n003. Product\n\n[5000]\n\nComments\n"
    assert [row["value"] for row in answers(imported(text))] == ["5000"]
    made = imported(text.replace("[5000]", "[6000]"))
    assert sorted(row["value"] for row in answers(made)) == ["5000", "6000"]
    assert len(things(triples(made), "Discrepancy")) == 1


def test_marks_that_contradict_each_other_are_reported() -> None:
    made = imported("003. Product\n\n[5 000]\n[X] NA\n[] NAP\n\nComments\n")
    assert any("contradict each other" in str(problem) for problem in made.problems)


HAND = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix kzlod: <https://w3id.org/kzlod/ontology#> .
<https://w3id.org/kzlod/id/cepej/2020/FRA/q003/comment> a kzlod:Cell , kzlod:Answer , kzlod:Comment ;
    kzlod:answerText "Ours."@en .
"""


def test_what_people_entered_is_left_to_them() -> None:
    text = "003. Product\n\n[5]\n\nComments Rather high.\n"
    comment = "https://w3id.org/kzlod/id/cepej/2020/FRA/q003/comment"
    assert comment in things(triples(of("FRA", text)), "Comment")
    assert of("FRA", text).wanting
    made = of("FRA", text, HAND)
    assert comment not in things(triples(made), "Comment")
    assert not made.wanting


def test_the_command_writes_all_files_and_the_same_again(tmp_path: Path) -> None:
    file, folder = tmp_path / "a b.txt", tmp_path / "out put"
    file.write_text(drawn(5).text, "utf-8")
    out = io.StringIO()

    def run() -> dict[str, bytes]:
        console = Console(file=out, width=100)
        ingesting.cepej(console, ROOT, file, "FRA", "2020-2022", "2020", folder, show_lines=True)
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    first = run()
    assert {"cells-01.ttl", "questionnaire.ttl", "citations.ttl", "report.json"} <= set(first)
    assert "lines not accounted for" in out.getvalue()
    assert run() == first
    file.write_text("003. Product\n\n[5]\n\nComments\n", "utf-8")
    assert "cells-01.ttl" not in run() or run() == run()


@pytest.mark.parametrize(
    ("country", "cycle", "year", "message"),
    [
        ("FR", "2020-2022", "2020", "is not the code of a country"),
        ("XYZ", "2020-2022", "2020", "is not the code of a country"),
        ("FRA", "2020", "2020", "is no evaluation cycle"),
        ("FRA", "2020-2022", "20", "is no year"),
    ],
)
def test_wrong_options(tmp_path: Path, country: str, cycle: str, year: str, message: str) -> None:
    file = tmp_path / "a.txt"
    file.write_text("003. Product\n\n[5]\n", "utf-8")
    with pytest.raises(InputError, match=message):
        ingesting.cepej(
            Console(file=io.StringIO()), ROOT, file, country, cycle, year, tmp_path / "o", show_lines=False
        )
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"A treaty.\n", "no question with a code"), (b"003. \xff\xfe", "is not UTF-8")],
)
def test_what_is_no_questionnaire(tmp_path: Path, content: bytes, message: str) -> None:
    file, folder = tmp_path / "a.txt", tmp_path / "o"
    file.write_bytes(content)
    with pytest.raises(DocumentError, match=message):
        ingesting.cepej(
            Console(file=io.StringIO()), ROOT, file, "FRA", "2020-2022", "2020", folder, show_lines=False
        )
    assert not folder.exists()


def test_every_question_with_figures_has_a_data_set() -> None:
    printer = drawn(8)
    made = imported(printer.text)
    with_figures = {answer.question for answer in printer.expected if answer.value}
    assert with_figures <= {code.upper() for code in CODES.data_sets}
    assert all(question_step(code) in CODES.data_sets for code in with_figures)
    assert tuples(answers(made))
