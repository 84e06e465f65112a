"""Cells and questions of a CEPEJ questionnaire: figures, marks in four notations, marks that were lost."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kzlod.documents.text import Document, Span, read_documents
from kzlod.ingest.cepej.cells import Status, figure, read_cell
from kzlod.ingest.cepej.options import options
from kzlod.ingest.cepej.questions import questions

CHECKED = '<input checked="" type="checkbox"/>'
EMPTY = '<input type="checkbox"/>'


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7 991", "7991"),
        ("88\u00a0100\u202f652", "88100652"),
        ("516.79", "516.79"),
        ("12,5", "12.5"),
        ("12.345", "12.345"),
        ("12,345", "12345"),
        ("1,234,567.5", "1234567.5"),
        ("1'234", "1234"),
        ("45 %", "45"),
        ("5 424 €", "5424"),
        ("0", "0"),
        ("-3", "-3"),
    ],
)
def test_figures(text: str, number: str) -> None:
    assert figure(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "x", "1 2", "12 34", "NA", "1 910 judges", "2020-2021", "1,23,456"])
def test_what_is_no_figure(text: str) -> None:
    assert figure(text) is None


@pytest.mark.parametrize(
    ("text", "status", "number"),
    [
        ("110 346 857 [] NA [] NAP", Status.FIGURE, "110346857"),
        ("[] NA [X] NAP", Status.NAP, None),
        ("(X) NA ( ) NAP", Status.NA, None),
        (f"{CHECKED} NA {EMPTY} NAP", Status.NA, None),
        (f"{EMPTY} NA {EMPTY} NAP", Status.LEFT_BLANK, None),
        ("☐ NA ☒ NAP", Status.NAP, None),
        ("□ NA ■ NAP", Status.NAP, None),
        ("[ X ] NA [  ] NAP", Status.NA, None),
        ("<INPUT TYPE=checkbox CHECKED> NA <INPUT TYPE=checkbox> NAP", Status.NA, None),
        ("NA NAP", Status.NOT_RECOVERABLE, None),
        ("NAP", Status.NAP, None),
        ("", Status.LEFT_BLANK, None),
        ("by the court [] NA [] NAP", Status.TEXT, None),
    ],
)
def test_cells(text: str, status: Status, number: str | None) -> None:
    cell = read_cell(text, Span(0, len(text)))
    assert (cell.status, cell.figure) == (status, Decimal(number) if number else None)
    assert not cell.conflicting


@pytest.mark.parametrize("text", ["5 [X] NA [] NAP", "[X] NA [X] NAP"])
def test_cells_that_contradict_themselves(text: str) -> None:
    assert read_cell(text, Span(0, len(text))).conflicting


def test_options_have_labels_and_places() -> None:
    text = f"{EMPTY} Yes, at the beginning {CHECKED} Yes, later {EMPTY} No"
    found = options(text, Span(0, len(text)))
    assert [(option.label, option.ticked) for option in found] == [
        ("Yes, at the beginning", False),
        ("Yes, later", True),
        ("No", False),
    ]
    assert text[found[1].span.start : found[1].span.end] == f"{CHECKED} Yes, later"


def test_labels_in_front_of_their_boxes() -> None:
    text = "Yes () No (X)"
    found = options(text, Span(0, len(text)))
    assert [(option.label, option.ticked) for option in found] == [("Yes", False), ("No", True)]
    assert read_cell(text, Span(0, len(text))).text == ""


@given(st.text(alphabet='[]()<>xX NAP019,. \tinput checked="type/bo\u2611\u00a0', max_size=60))
def test_any_text_is_a_cell(text: str) -> None:
    cell = read_cell(text, Span(0, len(text)))
    assert (cell.figure is None) == (cell.status is not Status.FIGURE)
    for option in cell.options:
        assert 0 <= option.span.start < option.span.end <= len(text)


def test_questions_by_their_codes() -> None:
    text = "# Title\n\n003. First of all\n\n[5]\n\n004-1. Second\n\nComments\n\n"
    text += "A1. Please indicate the sources\n\nSources: a\n"
    document = Document(Path("x.txt"), text.encode())
    found = questions(document)
    assert [
        (q.kind, q.code, document.passage(q.heading), document.passage(q.body).strip()) for q in found
    ] == [
        ("question", "003", "First of all", "[5]"),
        ("question", "004-1", "Second", "Comments"),
        ("sources", "A1", "Please indicate the sources", "Sources: a"),
    ]


def test_the_questionnaire_among_the_documents(seeds: Path) -> None:
    for document in read_documents(seeds).values():
        if "Evaluation of the judicial systems" in document.text:
            found = [q.code for q in questions(document) if q.kind == "question"]
            assert (len(found), len(set(found))) == (386, 382)
            assert sum(q.kind == "sources" for q in questions(document)) == 19
            return
    pytest.skip("the questionnaire is not among the documents")
