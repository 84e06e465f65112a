"""The parser of sanction clauses: from left to right, one connective and one punishment at a time."""

from dataclasses import replace

from kzlod.ingest.sanctions import wording
from kzlod.ingest.sanctions.builder import Builder
from kzlod.ingest.sanctions.elements import Element, Link, link_at, punishment_at
from kzlod.ingest.sanctions.model import Clause, Span
from kzlod.ingest.sanctions.points import case_at

_WITH = frozenset(("with", "with or without", "together with", "along with", "accompanied by"))
_OR = frozenset(("or", "or either", "or also", "either", "of"))


def parse_clause(text: str) -> Clause:
    """The sanction clause that a text is: alternatives, additional punishments, cases, and what is unclear.

    The text may begin with the verb ('shall be punished by') or with the first punishment. Words before the
    verb, after the end of the sentence, or that are no known wording are returned as ``unparsed``. Any string
    is accepted.
    """
    return _Parser(text).run()


class _Parser:
    """The state of one run: the place in the text, and the clause that is being read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0
        self.limit = len(text.rstrip().removesuffix(".").rstrip())
        self.clause = Builder(text)
        self.cases: list[Builder] = []

    def run(self) -> Clause:
        """Reads the whole text."""
        self._opening()
        while self._next():
            if not (self._case() or self._waiver() or self._element()):
                self._unknown()
        return self._result()

    def _result(self) -> Clause:
        """The clause with its cases, each with its span."""
        start = len(self.text) - len(self.text.lstrip())
        main, *cases = [*self.cases, self.clause]
        ends = [*(case.start for case in cases), self.limit]
        read = [
            case.finish(Span(case.start, len(self.text[:end].rstrip())))
            for case, end in zip(cases, ends[1:], strict=True)
        ]
        if self.limit < len(self.text.rstrip()):
            last = _trimmed(self.text, self.limit, len(self.text))
            main.connectives.append(last)
        whole = main.finish(Span(min(start, self.limit), self.limit))
        return replace(whole, cases=tuple(read))

    def _opening(self) -> None:
        """Passes over the verb; what stands before it is not understood."""
        opening = wording.OPENING.search(self.text)
        if opening is None or opening.end() > self.limit:
            return
        self.clause.unknown(0, opening.start())
        self.clause.begin(opening["preposition"] == "with")
        self.clause.connective(opening.start(), opening.end())
        self.pos = opening.end()

    def _next(self) -> bool:
        """Moves to the next character that is not white space; says whether there is one before the end."""
        while self.pos < self.limit and self.text[self.pos].isspace():
            self.pos += 1
        if self.pos >= self.limit:
            return False
        # A new sentence or a second verb is another clause: nothing of it may be read into this one.
        if wording.SENTENCE.match(self.text, self.pos) or wording.OPENING.match(self.text, self.pos):
            self.clause.unknown(self.pos, self.limit)
            self.pos = self.limit
        return self.pos < self.limit

    def _case(self) -> bool:
        """Reads 'and in the cases, provided for by paragraph 2), by' and starts the clause of the case."""
        comma = wording.PUNCTUATION.match(self.text, self.pos)
        opening = case_at(self.text, comma.end() if comma else self.pos)
        if opening is None or opening.end > self.limit:
            return False
        if comma:
            self.clause.connective(comma.start(), comma.end())
        self.cases.append(self.clause)
        governed = self.clause.governed_by_with
        self.clause = Builder(self.text, start=opening.start, applies_to=opening.points)
        self.clause.begin(governed or opening.governed_by_with)
        if opening.points:
            self.clause.connective(opening.start, opening.end)
        else:
            self.clause.unknown(opening.start, opening.end)
        self.pos = opening.end
        return True

    def _waiver(self) -> bool:
        """Reads 'or without it', which makes the additional punishment before it optional."""
        comma = wording.PUNCTUATION.match(self.text, self.pos)
        at = comma.end() if comma else self.pos
        waiver = wording.WAIVER.match(self.text, at)
        if (
            waiver is None
            or waiver.end() > self.limit
            or not self.clause.waive(waiver.end(), bool(waiver["all"]))
        ):
            return False
        if waiver["or"].lower() == "of":
            self.clause.remark(waiver.start(), waiver.end(), "'of without' is read as 'or without'")
        self.pos = waiver.end()
        return True

    def _element(self) -> bool:
        """Reads a connective and the punishment after it."""
        link = link_at(self.text, self.pos)
        element = punishment_at(self.text, link.end)
        if element is None or element.end > self.limit or not self._place(link, element):
            return False
        self.pos = element.end
        return True

    def _place(self, link: Link, element: Element) -> bool:
        """Adds the punishment as what the connective makes it; False where that is not plain."""
        clause, last = self.clause, self.clause.last
        if last == "start":
            if link.preposition in _WITH and not self._starts_alternative(link, element):
                return clause.additional(link, element, link.preposition != "with or without")
            return link.conjunction in ("", "either") and clause.alternative(link, element)
        if link.conjunction in _OR:
            if link.conjunction == "of" and last == "unknown":
                return False
            if link.preposition in _WITH:
                return (
                    link.preposition == "with"
                    and clause.governed_by_with
                    and clause.alternative(link, element)
                )
            if last == "additional" and not link.preposition and element.type in wording.SIDE:
                return False
            return clause.alternative(link, element)
        if link.preposition in _WITH:
            return clause.additional(link, element, link.preposition != "with or without")
        if link.conjunction:
            return last != "unknown" and clause.additional(link, element, clause.and_is_mandatory)
        return self._after_comma(link, element)

    def _starts_alternative(self, link: Link, element: Element) -> bool:
        """Whether 'with' at the start of a case repeats the 'with' of the verb and adds nothing."""
        governed = self.clause.governed_by_with and link.preposition == "with"
        return governed and element.type not in wording.SIDE

    def _after_comma(self, link: Link, element: Element) -> bool:
        """Adds a punishment that only a comma, or 'by', joins to the one before it."""
        clause, last = self.clause, self.clause.last
        if not link.comma or last == "unknown":
            return False
        if link.preposition:
            return clause.alternative(link, element)
        if last == "additional" and element.type in wording.SIDE:
            return clause.additional(link, element, clause.and_is_mandatory)
        if element.type in wording.NEVER_ALONE:
            return False
        return clause.alternative(link, element)

    def _unknown(self) -> None:
        """Passes over one word, or over punctuation."""
        punctuation = wording.PUNCTUATION.match(self.text, self.pos)
        if punctuation and punctuation.end() <= self.limit:
            self.clause.connective(self.pos, punctuation.end())
            self.pos = punctuation.end()
            return
        word = wording.WORD.match(self.text, self.pos)
        end = min(word.end(), self.limit) if word else self.limit
        self.clause.unknown(self.pos, end)
        self.pos = end


def _trimmed(text: str, start: int, end: int) -> Span:
    """The span without white space at its ends."""
    piece = text[start:end]
    return Span(start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))
