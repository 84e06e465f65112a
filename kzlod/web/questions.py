"""A question of a questionnaire as a reader wants it: its table, what was chosen, said, missing, computed.

Everything is read by the terms of the ontology: the answers of every country and year stand here. A data set,
and an indicator, show what belongs to them in the same way.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from urllib.parse import urlencode

from kzlod.namespaces import ONTOLOGY, PREFIXES
from kzlod.web.addresses import last_step
from kzlod.web.cells import CELL, Cells, Said, first, iris, own
from kzlod.web.discrepancies import disagreements_of, read_disagreement
from kzlod.web.i18n import Name
from kzlod.web.index import natural
from kzlod.web.names import Namer, Value
from kzlod.web.questionnaire import AnswersOf, CellView, Column, Computed, QuestionPage, Table
from kzlod.web.reading import TYPE, Reader

QUESTION = ONTOLOGY + "Question"
_COMMENT = ONTOLOGY + "Comment"
_BROADER = PREFIXES["skos"] + "broader"
_DIMENSIONS = ("row", "instance", "caseType", "profession", "sex", "budgetItem", "budgetStage", "caseFlow")
_DATA_SET = PREFIXES["qb"] + "DataSet"
_INDICATOR = ONTOLOGY + "Indicator"
_BELONGING = {
    QUESTION: ONTOLOGY + "question",
    _DATA_SET: PREFIXES["qb"] + "dataSet",
    _INDICATOR: ONTOLOGY + "indicator",
}
"""By class, the property by which figures and answers belong to a thing."""
_DEEPEST = 10  # parts of a questionnaire in one another
_TABLE, _TEXTS, _VALUES = "questionnaire", "questionnaire-texts", "indicators"  # stored queries


def has_answers(classes: Iterable[str]) -> bool:
    """Whether something with these classes is a question, a data set or an indicator."""
    return not _BELONGING.keys().isdisjoint(classes)


def question_page(reader: Reader, iri: str, namer: Namer) -> QuestionPage:
    """What the release says of a question and the answers to it, or of what is in a data set or indicator."""
    return _Maker(reader, namer).page(iri)


class _Maker:
    def __init__(self, reader: Reader, namer: Namer) -> None:
        self._reader, self._namer = reader, namer
        self._cells = Cells(reader, namer)

    def page(self, iri: str) -> QuestionPage:
        classes = self._reader.iris(iri, TYPE)
        properties = [belonging for kind, belonging in _BELONGING.items() if kind in classes]
        about = {one: self._cells.said(one) for by in properties for one in self._reader.subjects(by, iri)}
        cells = {one: said for one, said in about.items() if CELL in iris(said, TYPE)}
        disagreements = disagreements_of(self._reader, [iri, *cells])
        groups: defaultdict[tuple[str, str], dict[str, Said]] = defaultdict(dict)
        for one, said in cells.items():
            groups[first(own(said, "refArea")), first(own(said, "refPeriod"))][one] = said
        statuses = {one: None for said in cells.values() for one in iris(said, ONTOLOGY + "cellStatus")}
        question = next(iter(self._reader.iris(iri, ONTOLOGY + "question")), iri)
        code = self._reader.value(question, ONTOLOGY + "printedCode") or ""
        return QuestionPage(
            code,
            tuple(self._parts(question)),
            tuple(self._answers(*group, groups[group], disagreements) for group in sorted(groups)),
            tuple((self._namer.thing(one), self._cells.definition(one)) for one in sorted(statuses)),
            tuple(
                read_disagreement(self._reader, one, self._namer)
                for one in dict.fromkeys(_flat(disagreements.values()))
            ),
            tuple(self._computed(about)),
            tuple(self._files(iri, code, cells.values())),
            is_asked=QUESTION in classes,
        )

    def _parts(self, iri: str) -> list[Value]:
        """The parts of the questionnaire that the question is in, the widest first."""
        found: dict[str, None] = {}
        waiting = self._reader.iris(iri, _BROADER)
        while waiting and len(found) < _DEEPEST:
            found.setdefault(waiting[0])
            waiting = [one for one in self._reader.iris(waiting[0], _BROADER) if one not in found]
        return [self._namer.thing(one) for one in reversed(found)]

    def _answers(
        self, country: str, year: str, cells: Mapping[str, Said], disputed: Mapping[str, Sequence[str]]
    ) -> AnswersOf:
        views = {one: self._cells.view(one, said, disputed=one in disputed) for one, said in cells.items()}
        placed = {one: said for one, said in cells.items() if own(said, "row") or own(said, "column")}
        comments = [one for one, said in cells.items() if one not in placed and _COMMENT in iris(said, TYPE)]
        fields = [one for one in cells if one not in placed and one not in comments]
        return AnswersOf(
            self._namer.thing(country) if country else None,
            year,
            self._table(placed, views) if placed else None,
            tuple(views[one] for one in sorted(fields, key=natural)),
            tuple(views[one] for one in sorted(comments, key=natural)),
        )

    def _table(self, cells: Mapping[str, Said], views: Mapping[str, CellView]) -> Table:
        at: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        rows: dict[str, int] = {}
        columns: dict[str, int] = {}
        for one in sorted(cells, key=natural):
            row, column = first(own(cells[one], "row")), first(own(cells[one], "column"))
            at[row, column].append(one)
            rows.setdefault(row, _number(cells[one], "rowNumber"))
            columns.setdefault(column, _number(cells[one], "columnNumber"))
        in_order = sorted(columns, key=lambda one: (columns[one], natural(one)))
        units = {view.unit for view in (views[one] for one in cells) if view.figure or view.unit}
        return Table(
            tuple(
                Column(
                    self._namer.thing(one) if one else None,
                    _only({views[cell].as_of for row in rows for cell in at[row, one]}),
                )
                for one in in_order
            ),
            tuple(
                (
                    self._namer.thing(row) if row else Value(Name("", ""), None, "text"),
                    tuple(tuple(views[one] for one in at[row, column]) for column in in_order),
                )
                for row in sorted(rows, key=lambda one: (rows[one], natural(one)))
            ),
            units.pop() if len(units) == 1 else None,
        )

    def _computed(self, about: Mapping[str, Said]) -> list[Computed]:
        found, things = [], self._cells.things
        for one in sorted(about, key=natural):
            indicators, figures = things(about[one], "indicator"), own(about[one], "figure")
            if indicators and figures:
                area, units = (
                    things(about[one], "refArea"),
                    things(about[one], "unit"),
                )
                number, page = self._namer.value(figures[0]), self._namer.thing(one)
                found.append(
                    Computed(
                        indicators[0],
                        tuple(thing for name in _DIMENSIONS for thing in things(about[one], name)),
                        area[0] if area else None,
                        first(own(about[one], "refPeriod")),
                        Value(number.name, page.href, number.kind, page.name.text),
                        units[0] if units else None,
                    )
                )
        return found

    def _files(self, iri: str, code: str, cells: Collection[Said]) -> Iterator[tuple[str, str]]:
        stored = {one.get("name") for one in self._reader.manifest.get("queries", ())}
        in_words = [bool(own(said, "answerText")) for said in cells]
        which = {"question": code} if code else {}
        if period := self._reader.value(iri, ONTOLOGY + "refPeriod"):
            which["year"] = period
        for key, name, of_use in (("csv", _TABLE, not all(in_words)), ("words_csv", _TEXTS, any(in_words))):
            if code and of_use and name in stored:
                yield key, f"/examples/{name}.csv?{urlencode(which)}"
        indicator = next(iter(self._reader.iris(iri, ONTOLOGY + "indicator")), "" if code else iri)
        if indicator and not cells and _VALUES in stored:
            which["indicator"] = last_step(indicator)
            yield "csv", f"/examples/{_VALUES}.csv?{urlencode(which)}"


def _number(said: Said, name: str) -> int:
    """A place in a table; what has none comes last."""
    text = first(own(said, name))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 10**9


def _only(texts: set[str]) -> str:
    """The text if it is one, else empty."""
    return next(iter(texts)) if len(texts) == 1 else ""


def _flat(lists: Iterable[Iterable[str]]) -> Iterable[str]:
    return (one for inner in lists for one in inner)
