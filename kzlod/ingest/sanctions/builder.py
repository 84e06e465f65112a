"""Collects the parts of one clause while it is being read, and settles what refers to other parts."""

from dataclasses import replace
from typing import Literal

from kzlod.ingest.sanctions.elements import Element, Link
from kzlod.ingest.sanctions.measures import dimension
from kzlod.ingest.sanctions.model import Additional, Alternative, Clause, Measure, Remark, Span

Last = Literal["start", "alternative", "additional", "unknown"]


class Builder:
    """One clause in the making.

    ``last`` says what was read last. The methods that add an element return False, and add nothing, where it
    cannot be added.
    """

    def __init__(self, text: str, start: int = 0, applies_to: tuple[str, ...] = ()) -> None:
        """Takes the whole text, where this clause starts in it, and the points it is limited to."""
        self.text = text
        self.start = start
        self.applies_to = applies_to
        self.governed_by_with = False
        self.last: Last = "start"
        self.alternatives: list[Alternative] = []
        self.additionals: list[Additional] = []
        self.connectives: list[Span] = []
        self.unparsed: list[Span] = []
        self.remarks: list[Remark] = []
        self._bare: list[Remark] = []
        self._group = 0  # where the additional punishments printed since the last alternative start
        self.and_is_mandatory = True

    def begin(self, governed_by_with: bool) -> None:
        """Marks that the verb was read; after 'punished with', 'or with' is an alternative."""
        self.governed_by_with = governed_by_with
        self.last = "start"

    def connective(self, start: int, end: int) -> None:
        """Notes a stretch of words or punctuation that joins."""
        _add(self.connectives, self.text, start, end)

    def unknown(self, start: int, end: int) -> None:
        """Notes words that were not understood, as one span with those just before them."""
        piece = self.text[start:end]
        if not piece.strip():
            return
        if self.unparsed and not self.text[self.unparsed[-1].end : start].strip():
            start = self.unparsed.pop().start
        _add(self.unparsed, self.text, start, end)
        self.last = "unknown"

    def remark(self, start: int, end: int, text: str) -> None:
        """Notes how a place was read other than to the letter."""
        self.remarks.append(Remark(Span(start, end), text))

    def alternative(self, link: Link, element: Element) -> bool:
        """Adds an alternative."""
        resolved = self._resolve(element)
        if resolved is None:
            return False
        measure, same = resolved
        self.connective(link.start, element.start)
        if link.conjunction:
            self._bare.clear()  # the commas before it were those of a list
        elif self.alternatives and not link.preposition:
            self._bare.append(
                Remark(Span(element.start, element.end), "only a comma joins it; read as an alternative")
            )
        if link.conjunction == "of":
            self.remark(link.start, element.end, "'of' before a punishment is read as 'or'")
        self.alternatives.append(Alternative(element.type, measure, Span(element.start, element.end), same))
        self._group = len(self.additionals)
        self.and_is_mandatory = True
        self.last = "alternative"
        return True

    def additional(self, link: Link, element: Element, mandatory: bool) -> bool:
        """Adds an additional punishment; its span begins with the 'with' that makes it one."""
        resolved = self._resolve(element)
        if resolved is None:
            return False
        measure, same = resolved
        at = link.start
        while at < element.start and not self.text[at].isalnum():
            at += 1
        self.connective(link.start, at)
        self.additionals.append(
            Additional(
                element.type,
                measure,
                mandatory,
                Span(at, element.end),
                follows=len(self.alternatives) - 1 if self.alternatives else None,
                set_off=link.comma,
                same_as=same,
            )
        )
        self.and_is_mandatory = mandatory
        self.last = "additional"
        return True

    def waive(self, end: int, every: bool) -> bool:
        """Makes the last additional punishment optional, or every one since the last alternative."""
        if self.last != "additional":
            return False
        for index in range(self._group if every else len(self.additionals) - 1, len(self.additionals)):
            self.additionals[index] = replace(self.additionals[index], mandatory=False)
        last = self.additionals[-1]
        self.additionals[-1] = replace(last, span=Span(last.span.start, end))
        return True

    def _resolve(self, element: Element) -> tuple[Measure, int | None] | None:
        """The measure of an element and the alternative it repeats; None where there is nothing to repeat."""
        found = element.found
        if found.remark:
            self.remark(element.start, element.end, found.remark)
        if found.same is None:
            return found.measure, None
        for index in reversed(range(len(self.alternatives))):
            if dimension(self.alternatives[index].measure) == found.same:
                return self.alternatives[index].measure, index
        return None

    def finish(self, span: Span) -> Clause:
        """The clause, with what its additional punishments attach to where the text leaves no choice."""
        count = len(self.alternatives)

        def attached(additional: Additional) -> tuple[int, ...]:
            if additional.follows is None or (count == 1 and self.unparsed):
                return ()
            return (additional.follows,) if count == 1 or additional.follows < count - 1 else ()

        return Clause(
            span=span,
            alternatives=tuple(self.alternatives),
            additional=tuple(replace(each, attaches_to=attached(each)) for each in self.additionals),
            applies_to=self.applies_to,
            connectives=tuple(self.connectives),
            unparsed=tuple(self.unparsed),
            remarks=tuple(self.remarks + self._bare),
        )


def _add(spans: list[Span], text: str, start: int, end: int) -> None:
    """Appends a stretch without the white space at its ends, unless nothing is left."""
    piece = text[start:end]
    if piece.strip():
        spans.append(Span(start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())))
