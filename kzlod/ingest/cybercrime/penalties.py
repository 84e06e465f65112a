"""Offences and their sanction clauses as statements."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from itertools import count

import pyoxigraph as ox

from kzlod.errors import Problem
from kzlod.ingest.cybercrime.citing import Citing
from kzlod.ingest.cybercrime.kept import Kept
from kzlod.ingest.cybercrime.names import Names, concept, node, within_sentence
from kzlod.ingest.cybercrime.sanctioned import Offence, Sanctioned, unread
from kzlod.ingest.profile.convention import Steps, name
from kzlod.ingest.sanctions import Additional, Alternative, Clause, Measure
from kzlod.ingest.sanctions import Span as ClauseSpan
from kzlod.ingest.statements import Statements, english
from kzlod.terms import SOURCE, kz, literal

Held = dict[str, list[str]]
_UNITS = {"MCI": "MCI", "multiple-of-property": "times the property", "multiple-of-bribe": "times the bribe"}


class Penalties:
    """Writes offences and sanction clauses; `held` gathers what each version contains."""

    def __init__(self, names: Names, citing: Citing, kept: Kept, into: Statements) -> None:
        """Takes how things are named and cited, the summaries kept, and where the statements go."""
        self.names, self.citing, self.kept, self.into = names, citing, kept, into
        self.held: Held = defaultdict(list)
        self.problems: list[Problem] = []

    def write(self, offences: Sequence[Offence]) -> None:
        """States all offences and their clauses."""
        for offence in offences:
            act, steps = offence.content.act, offence.content.steps
            version = self.names.version(act, steps)
            self._offence(offence, version)
            self._prints(offence, f"{version}/sanction")
            self.held[version] += [f"{version}/offence", f"{version}/sanction"]

    def _offence(self, offence: Offence, version: str) -> None:
        act, steps = offence.content.act, offence.content.steps
        iri = f"{version}/offence"
        self.into.thing(iri, "Offence", label=f"Offence of {within_sentence(self.names.label(act, steps))}")
        path = self.names.path(act, steps)
        if path in self.kept.summaries:
            self.into.add(iri, kz("summary"), english(self.kept.summaries[path]))
        self.into.add(iri, kz("offenceIn"), node(version))
        self.into.add(
            iri,
            kz("aggravates"),
            *(node(f"{self.names.version(act, base)}/offence") for base in offence.bases),
        )
        texts = [one.conduct for one in offence.prints]
        for notation, place, text in offence.circumstances:
            self.into.add(iri, kz("circumstance"), concept("aggravating-circumstance", notation))
            texts.append(text)
            if place != steps:
                case = self.names.version(act, place)
                self.into.add(case, kz("circumstance"), concept("aggravating-circumstance", notation))
        cited = self.citing.cite(*texts)
        self.into.add(iri, SOURCE, *(cited or self.citing.cite(*(one.text for one in offence.prints))))

    def _prints(self, offence: Offence, iri: str) -> None:
        """The clause of the first print; others that say the same are cited too, others are named."""
        first, *others = offence.prints
        same = [first]
        for other in others:
            if _said(other.clause) == _said(first.clause):
                same.append(other)
            else:
                self._problem(
                    other, f"{self._label(offence)} has another sanction here than in its first print"
                )
        for one in same:
            for text, words in unread(one):
                self._problem(
                    one, f"words of a sanction clause were not understood: {words[:120]!r}", text.span.start
                )
        act, steps = offence.content.act, offence.content.steps
        self._clause(same, [one.clause for one in same], iri, act, steps, None)

    def _label(self, offence: Offence) -> str:
        return self.names.label(offence.content.act, offence.content.steps)

    def _problem(self, one: Sanctioned, what: str, start: int | None = None) -> None:
        line = self.citing.document.line_at(one.text.span.start if start is None else start)
        self.problems.append(Problem(f"line {line}", what, "Compare it with the document; enter it by hand."))

    def _clause(
        self,
        prints: Sequence[Sanctioned],
        clauses: Sequence[Clause],
        iri: str,
        act: str,
        steps: Steps,
        base: str | None,
    ) -> None:
        """One clause, then its cases; `clauses` are its reading in each print, in the same order."""
        clause = clauses[0]
        label = within_sentence(self.names.label(act, steps))
        case = f", for point {', '.join(clause.applies_to)}" if clause.applies_to else ""
        self.into.thing(iri, "SanctionClause", label=f"Sanction of {label}{case}")
        self.into.add(iri, kz("clauseOf"), node(self.names.version(act, steps)))
        self.into.add(iri, kz("appliesToCase"), *self._points(act, steps, clause))
        if base:
            self.into.add(iri, kz("replacesClause"), node(base))
        self._remarks(iri, prints[0], clause)
        self.into.add(iri, SOURCE, *self._cite(prints, [each.span for each in clauses]))
        for number, alternative in enumerate(clause.alternatives, 1):
            spans = [each.alternatives[number - 1].span for each in clauses]
            self._sanction(prints, spans, alternative, iri, number, f"{label}{case}")
        numbers = count(1)
        for index, additional in enumerate(clause.additional):
            spans = [each.additional[index].span for each in clauses]
            made = self._sanction(prints, spans, additional, iri, next(numbers), f"{label}{case}")
            self._additional(made, additional, iri, additional.attaches_to)
        for index, inner in enumerate(clause.cases):
            read = [each.cases[index] for each in clauses]
            if inner.alternatives:
                point = "-".join(inner.applies_to) or str(index + 1)
                own = f"{iri}/case-{point}"
                self.held[self.names.version(act, steps)].append(own)
                self._clause(prints, read, own, act, steps, iri)
                continue
            self._remarks(iri, prints[0], inner)
            attaches = (0,) if len(clause.alternatives) == 1 else ()
            for place, additional in enumerate(inner.additional):
                spans = [each.additional[place].span for each in read]
                what = f"{label}, for point {', '.join(inner.applies_to)}"
                made = self._sanction(prints, spans, additional, iri, next(numbers), what)
                self._additional(made, additional, iri, attaches)
                self.into.add(made, kz("appliesToCase"), *self._points(act, steps, inner))

    def _remarks(self, iri: str, one: Sanctioned, clause: Clause) -> None:
        """Notes where the wording was read other than to the letter, and the words that were not read."""
        self.into.note(iri, *(f"{remark.text[:1].upper()}{remark.text[1:]}." for remark in clause.remarks))
        words = [" ".join(one.text.cut(span.start, span.end).plain.split()) for span in clause.unparsed]
        self.into.note(iri, *(f"Not read into data: “{each}”." for each in words))

    def _points(self, act: str, steps: Steps, clause: Clause) -> list[ox.NamedNode]:
        kind = "pt" if steps[-1][0] != "pt" else "sub"
        return [node(self.names.provision(act, (*steps, (kind, point)))) for point in clause.applies_to]

    def _cite(self, prints: Sequence[Sanctioned], spans: Sequence[ClauseSpan]) -> list[ox.NamedNode]:
        texts = [one.text.cut(span.start, span.end) for one, span in zip(prints, spans, strict=True)]
        return self.citing.cite(*texts)

    def _sanction(
        self,
        prints: Sequence[Sanctioned],
        spans: Sequence[ClauseSpan],
        said: Alternative | Additional,
        clause: str,
        number: int,
        of: str,
    ) -> str:
        """One punishment of a clause, the number-th of its kind; returns its IRI."""
        kind, name_ = ("alternative", "SanctionAlternative")
        if isinstance(said, Additional):
            kind, name_ = ("additional", "AdditionalPunishment")
        iri = f"{clause}/{kind}/{number}"
        self.into.add(clause, kz(kind), node(iri))
        self.into.thing(iri, "Sanction", name_, label=f"{worded(said.type, said.measure)}: {of}")
        self._measure(iri, said.type, said.measure)
        if said.same_as is not None:
            self.into.add(iri, kz("sameAmountAs"), node(f"{clause}/alternative/{said.same_as + 1}"))
        self.into.add(iri, SOURCE, *self._cite(prints, spans))
        return iri

    def _additional(self, iri: str, said: Additional, clause: str, attaches: Sequence[int]) -> None:
        """What is said of additional punishments alone."""
        self.into.add(iri, kz("mandatory"), literal(said.mandatory))
        self.into.add(
            iri, kz("attachesTo"), *(node(f"{clause}/alternative/{index + 1}") for index in attaches)
        )
        if said.follows is not None:
            self.into.add(iri, kz("printedAfter"), node(f"{clause}/alternative/{said.follows + 1}"))
            self.into.add(iri, kz("setOff"), literal(said.set_off))

    def _measure(self, iri: str, kind: str, measure: Measure) -> None:
        self.into.add(iri, kz("punishment"), concept("punishment", kind))
        for term_, value in (
            ("minimum", measure.minimum),
            ("maximum", measure.maximum),
            ("fixed", measure.fixed),
        ):
            if value is not None:
                self.into.add(iri, kz(term_), literal(decimal(value), "xsd:decimal"))
        if measure.unit:
            self.into.add(iri, kz("unit"), concept("unit", measure.unit))
        for term_, is_set in (
            ("life", measure.life),
            ("permanent", measure.permanent),
            ("termNotStated", measure.term_not_stated),
        ):
            if is_set:
                self.into.add(iri, kz(term_), literal(True))


def _said(clause: Clause) -> tuple[object, ...]:
    """What a clause says, without its places."""
    return (
        [(each.type, each.measure, each.same_as) for each in clause.alternatives],
        [(each.type, each.measure, each.mandatory, each.attaches_to) for each in clause.additional],
        clause.applies_to,
        [_said(case) for case in clause.cases],
    )


def decimal(value: Decimal) -> str:
    """A decimal in the form that the store gives back: no trailing zeros, no exponent."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def worded(kind: str, measure: Measure) -> str:
    """A punishment with its measure in a few words: `Fine, up to 160 MCI`."""
    what = kind.replace("-", " ").capitalize()
    unit = _UNITS.get(measure.unit or "", f"{measure.unit}s" if measure.unit else "")
    if measure.fixed is not None:
        return f"{what}, {decimal(measure.fixed)} {unit}"
    if measure.minimum is not None and measure.maximum is not None:
        return f"{what}, {decimal(measure.minimum)} to {decimal(measure.maximum)} {unit}"
    if measure.maximum is not None:
        return f"{what}, up to {decimal(measure.maximum)} {unit}"
    if measure.minimum is not None:
        return f"{what}, from {decimal(measure.minimum)} {unit}"
    if measure.life or measure.permanent:
        return f"{what}, {'for life' if measure.life else 'permanent'}"
    return f"{what}, term not stated" if measure.term_not_stated else what


def counted(offences: Sequence[Offence]) -> dict[str, int]:
    """How many clauses, alternatives and additional punishments the offences have."""
    clauses = [inner for offence in offences for inner in offence.prints[0].clause.walk()]
    return {
        "offences": len(offences),
        "offence articles": len({(offence.content.act, offence.content.steps[:1]) for offence in offences}),
        "alternatives": sum(len(clause.alternatives) for clause in clauses),
        "additional punishments": sum(len(clause.additional) for clause in clauses),
        "offences that aggravate another": sum(bool(offence.bases) for offence in offences),
        "circumstances": sum(len(offence.circumstances) for offence in offences),
    }


def without_circumstance(offences: Sequence[Offence]) -> list[str]:
    """The aggravated offences in whose words no circumstance was recognised."""
    return [
        name(offence.content.steps) for offence in offences if offence.bases and not offence.circumstances
    ]
