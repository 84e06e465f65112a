"""The questionnaire's vocabulary: its questions, rows, columns and options, and what they say of a cell."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from kzlod.ingest.cepej.read import normal
from kzlod.namespaces import CONCEPT, ID
from kzlod.terms import TYPE, kz, value

QUESTION = f"{CONCEPT}cepej-question/"
DIMENSIONS = ("instance", "sex", "caseType", "caseFlow", "budgetItem", "budgetStage", "profession")
_GIVEN = (*DIMENSIONS, "unit", "pointInTime")


@dataclass
class Codes:
    """The vocabulary, looked up by printed labels.

    `given`: what a concept says of the cells under it; `printed`: the printed labels of concepts.
    """

    questions: frozenset[str]
    data_sets: Mapping[str, str]
    given: Mapping[str, Mapping[str, ox.NamedNode]]
    unnumbered: frozenset[str]
    printed: Mapping[str, str]
    _labels: Mapping[tuple[str, str, str], Sequence[str]] = field(default_factory=dict)

    def place(self, kind: str, code: str, labels: Sequence[str]) -> list[str | None]:
        """For each label of a table's rows or columns (`kind`), its concept; None where there is none.

        A label that stands several times in a table takes the concepts of that label in their order.
        """
        used: dict[str, int] = defaultdict(int)
        found: list[str | None] = []
        for label in labels:
            concepts = self._labels.get((kind, question_step(code), normal(label)), ())
            number = used[normal(label)]
            used[normal(label)] += 1
            found.append(concepts[number] if number < len(concepts) else None)
        return found

    def option(self, label: str) -> str | None:
        """The concept of an option: of that very label, else of one that differs in marks and case only."""
        concepts = self._labels.get(("option", "", normal(label)), ())
        same = [concept for concept in concepts if self.printed[concept] == label]
        return next(iter([*same, *concepts]), None)

    def implied(self, *concepts: str | None) -> dict[str, ox.NamedNode]:
        """What a question, a row and a column together say of a cell; the later goes before the earlier."""
        found: dict[str, ox.NamedNode] = {}
        for concept in concepts:
            found |= self.given.get(concept or "", {})
        return found


def question_step(code: str) -> str:
    """The code of a question as the last step of an IRI."""
    return code.lower()


def read_codes(vocabulary: Iterable[ox.Triple], year: str) -> Codes:
    """The codes in the vocabulary graph, with the data sets of a reference year by question code."""
    questions: set[str] = set()
    given: dict[str, dict[str, ox.NamedNode]] = defaultdict(dict)
    printed: dict[str, str] = {}
    asked: dict[str, str] = {}
    numbers: dict[str, str] = {}
    data_sets: dict[str, str] = {}
    names = {kz(name): name for name in _GIVEN}
    for triple in vocabulary:
        subject, target = value(triple.subject), value(triple.object)
        if triple.predicate == TYPE and triple.object == kz("Question"):
            questions.add(subject.removeprefix(QUESTION))
        elif triple.predicate == kz("printedLabel"):
            printed[subject] = target
        elif triple.predicate == kz("question"):
            if subject.startswith(f"{ID}cepej/{year}/q"):
                data_sets[target.removeprefix(QUESTION)] = subject
            else:
                asked[subject] = target.removeprefix(QUESTION)
        elif triple.predicate == kz("printedCode"):
            numbers[subject] = target
        elif triple.predicate in names and isinstance(triple.object, ox.NamedNode):
            given[subject][names[triple.predicate]] = triple.object
    labels: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for subject in sorted(printed, key=_natural):
        scheme = subject.removeprefix(CONCEPT).partition("/")[0].removeprefix("cepej-")
        labels[(scheme, asked.get(subject, ""), normal(printed[subject]))].append(subject)
    divisions = {
        subject: printed[subject]
        for subject in printed
        if subject.startswith(QUESTION) and subject.removeprefix(QUESTION) not in questions
    }
    unnumbered = frozenset(title.casefold() for iri, title in divisions.items() if iri not in numbers)
    return Codes(frozenset(questions), data_sets, given, unnumbered, printed, labels)


def _natural(iri: str) -> tuple[str, int]:
    """Sorts r2 before r10."""
    head = iri.rstrip("0123456789")
    digits = iri[len(head) :]
    return head, int(digits or 0)
