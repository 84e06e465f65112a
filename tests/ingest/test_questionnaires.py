"""Questionnaires drawn at random come out of the contract query exactly as they were answered."""

import re
from collections import Counter
from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest

from kzlod.documents.text import Document
from kzlod.ingest.cepej.read import normal, read_questionnaire
from kzlod.ingest.questionnaire.codes import Codes, read_codes
from kzlod.ingest.questionnaire.importing import Imported, build
from kzlod.ingest.questionnaire.stating import Place
from kzlod.ingesting import vocabulary
from kzlod.namespaces import CONCEPT
from kzlod.terms import kz, value

from .questionnaires import Answer, Printer

ROOT = Path(__file__).resolve().parents[2]
VOCABULARY = vocabulary(ROOT)
CODES = read_codes(VOCABULARY, "2020")
QUERY = (ROOT / "queries" / "examples" / "questionnaire.rq").read_text("utf-8")
LABELS = {value(t.subject): value(t.object) for t in VOCABULARY if t.predicate == kz("printedLabel")}


def labels(kind: str, code: str) -> list[str]:
    """The printed labels of the rows or columns of a question, in their order."""
    start = f"{CONCEPT}cepej-{kind}/{code}-{kind[0]}"
    found = [iri for iri in LABELS if re.fullmatch(re.escape(start) + r"\d+", iri)]
    return [LABELS[iri] for iri in sorted(found, key=lambda iri: int(iri.removeprefix(start)))]


FIGURES = ["006", "012", "020", "042", "046", "091", "094", "107", "132", "144", "145", "169", "188"]
CHOICES = ["014", "016", "028", "041", "063-2", "149-0", "164", "171-1"]
SINGLES = ["001", "003", "009", "045-2", "051", "126", "125", "148", "199"]
LISTS = ["018", "025", "029", "050", "083-1", "105", "140", "183", "194-7", "202", "208-1"]
OPTIONS = ["Yes", "No", "to charge", "to appeal", "Ombudsman", "Parliament", "excessive length", "Other"]


def imported(text: str, codes: Codes = CODES) -> Imported:
    """The import of a print-out of country A."""
    document = Document(Path("a.txt"), text.encode())
    questionnaire = read_questionnaire(document, codes.unnumbered)
    return build(document, questionnaire, codes, Place("FRA", "2020"), "2020-2022", [])


def answers(made: Imported) -> list[dict[str, str]]:
    """The rows that the contract query gives for an import."""
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in VOCABULARY)
    for text in made.files.values():
        store.extend(ox.parse(text, ox.RdfFormat.TURTLE))
    result = store.query(QUERY)
    assert isinstance(result, ox.QuerySolutions)
    names = [variable.value for variable in result.variables]
    return [{name: (row[name].value if row[name] is not None else "") for name in names} for row in result]


def tuples(rows: list[dict[str, str]]) -> Counter[tuple[str, ...]]:
    """The rows as what a questionnaire's printer expects of them."""
    return Counter(
        (
            row["question"],
            row["rowCode"],
            row["columnCode"],
            row["value"],
            row["status"],
            normal(row["option"]),
        )
        for row in rows
    )


def expected(answers_: list[Answer]) -> Counter[tuple[str, ...]]:
    """The same from what was printed."""
    return Counter(
        (
            answer.question,
            f"r{answer.row}" if answer.row else "",
            f"c{answer.column}" if answer.column else "",
            answer.value,
            answer.status,
            normal(answer.option),
        )
        for answer in answers_
    )


def drawn(seed: int) -> Printer:
    """A questionnaire drawn at random: known questions with their rows and columns, other ones' answers."""
    random = Random(seed)
    printer = Printer(random)
    codes = [*FIGURES, *CHOICES, *SINGLES, *LISTS, "131-0"]
    random.shuffle(codes)
    for code in codes:
        printer.heading(code, "Please tell how many there are")
        if code in FIGURES:
            printer.table(code, labels("row", code), labels("column", code))
        elif code in CHOICES:
            options = random.sample(OPTIONS, random.randint(2, 4))
            printer.table(code, labels("row", code), labels("column", code), options)
        elif code in SINGLES:
            printer.single(code)
        elif code == "131-0":
            printer.torn(code, "Institution(s) for both judges and prosecutors", "Budget")
        else:
            printer.choice(code, random.sample(OPTIONS, random.randint(2, 6)))
        printer.comment()
    return printer


@pytest.mark.parametrize("seed", range(60))
def test_what_was_answered_comes_out(seed: int) -> None:
    printer = drawn(seed)
    made = imported(printer.text)
    found, wanted = tuples(answers(made)), expected(printer.expected)
    assert found - wanted == Counter()
    assert wanted - found == Counter()
    assert not made.problems
