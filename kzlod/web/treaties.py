"""All treaties of the graph: who did what with them and when, partners, counts: `/treaties`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kzlod.namespaces import ONTOLOGY, PREFIXES, is_source_graph
from kzlod.web.amounts import amount_of
from kzlod.web.descriptions import DISPUTED, SUMMARY, Discrepancy, discrepancy
from kzlod.web.index import natural
from kzlod.web.names import Namer, Value
from kzlod.web.passages import Place, countries_of, documents_of, places
from kzlod.web.reading import TYPE, Reader

TREATY = ONTOLOGY + "Treaty"
GROUP = ONTOLOGY + "TreatyGroup"
_QUANTITY = ONTOLOGY + "ReportedQuantity"
_DOCUMENT_DATE = PREFIXES["eli"] + "date_document"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a state declared or reserved when it acted."""

    thing: Value
    summary: Value | None
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What a state did with a treaty (or that it did nothing), when, by which act; no date: not stated."""

    thing: Value
    treaty: Value
    state: Value | None
    action: Value | None
    date: str
    acts: tuple[Value, ...]
    summary: Value | None
    declarations: tuple[Declaration, ...]
    documents: tuple[str, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Treaty:
    """A treaty, or a group of treaties that a document does not name, with the steps towards it.

    `pair`: one document presents two states as its parties, and no document names a third.
    """

    thing: Value
    is_group: bool
    pair: bool
    parties: tuple[Value, ...]
    partners: tuple[Value, ...]
    forms: tuple[Value, ...]
    date: str
    steps: tuple[Step, ...]
    documents: tuple[str, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something with a date: a step, or (without one) the treaty itself."""

    date: str
    treaty: Treaty
    step: Step | None


@dataclass(frozen=True, slots=True)
class Partner:
    """A state with which another has a treaty, named or counted in a group."""

    state: Value
    partner: Value
    treaty: Treaty


@dataclass(frozen=True, slots=True)
class Count:
    """How many treaties, partners or agreements a document counts.

    `amount` is the number with its unit and comparison, in words.
    """

    thing: Value
    parties: tuple[str, ...]
    forms: tuple[Value, ...]
    kind: Value | None
    value: Value | None
    amount: str
    time: tuple[Value, ...]
    documents: tuple[str, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Counts of the same kind on the same form of cooperation that documents give differently."""

    form: Value
    kind: Value
    counts: tuple[Count, ...]


class Treaties:
    """Reads treaties for one page."""

    def __init__(self, reader: Reader, namer: Namer) -> None:
        """Takes where to read and for whom."""
        self._reader, self._namer = reader, namer

    def all(self) -> list[Treaty]:
        """Every treaty and group of treaties by name."""
        iris = [*self._reader.subjects(TYPE, TREATY), *self._reader.subjects(TYPE, GROUP)]
        return sorted((self.treaty(one) for one in iris), key=lambda one: self._namer.order(one.thing))

    def treaty(self, iri: str) -> Treaty:
        """One treaty or group."""
        parties = self._things(iri, "party")
        by_graph: dict[str, set[str]] = {}
        for one in self._reader.outgoing(iri):
            if one.predicate == ONTOLOGY + "party" and one.iri:
                for graph in filter(is_source_graph, one.graphs):
                    by_graph.setdefault(graph, set()).add(one.iri)
        is_group = GROUP in self._reader.iris(iri, TYPE)
        return Treaty(
            self._namer.thing(iri),
            is_group,
            not is_group and len(parties) == 2 and any(len(found) == 2 for found in by_graph.values()),
            parties,
            self._things(iri, "partnerState"),
            self._things(iri, "cooperationForm"),
            self._reader.value(iri, _DOCUMENT_DATE) or "",
            self.steps(iri),
            tuple(documents_of(self._reader, iri)),
            places(self._reader, iri, self._namer),
        )

    def steps(self, treaty: str) -> tuple[Step, ...]:
        """What states did with a treaty by date, what is undated last."""
        found = [
            self._step(one, treaty) for one in self._reader.subjects(ONTOLOGY + "participationIn", treaty)
        ]
        return tuple(sorted(found, key=in_time))

    def counts(self) -> list[Count]:
        """What documents count of the treaties that they do not name, in the order of form and document."""
        quantities: dict[str, None] = {}
        for group in self._reader.subjects(TYPE, GROUP):
            for one in self._reader.subjects(ONTOLOGY + "about", group):
                if _QUANTITY in self._reader.iris(one, TYPE):
                    quantities.setdefault(one)
        found = [self._count(one) for one in quantities]
        return sorted(
            found, key=lambda one: ([self._namer.order(form) for form in one.forms], one.thing.title)
        )

    def disputes(self, iris: Iterable[str]) -> list[Discrepancy]:
        """The discrepancies about things, each once."""
        found = dict.fromkeys(one for iri in iris for one in self._reader.subjects(DISPUTED, iri))
        return [discrepancy(self._reader, one) for one in found]

    def described(self) -> set[str]:
        """The countries that the documents are about."""
        documents = self._reader.subjects(TYPE, ONTOLOGY + "SourceDocument")
        return {country for one in documents for country in countries_of(self._reader, one)}

    def _step(self, iri: str, treaty: str) -> Step:
        return Step(
            self._namer.thing(iri),
            self._namer.thing(treaty),
            next(iter(self._things(iri, "state")), None),
            next(iter(self._things(iri, "action")), None),
            self._reader.value(iri, ONTOLOGY + "date") or "",
            self._things(iri, "byAct"),
            self._summary(iri),
            tuple(
                Declaration(
                    self._namer.thing(one), self._summary(one), places(self._reader, one, self._namer)
                )
                for one in self._reader.iris(iri, ONTOLOGY + "declaration")
            ),
            tuple(documents_of(self._reader, iri)),
            places(self._reader, iri, self._namer),
        )

    def _count(self, iri: str) -> Count:
        about = self._reader.iris(iri, ONTOLOGY + "about")
        forms = {one.title: one for group in (iri, *about) for one in self._things(group, "cooperationForm")}
        return Count(
            self._namer.thing(iri),
            tuple(party for group in about for party in self._reader.iris(group, ONTOLOGY + "party")),
            tuple(forms.values()),
            self._value(iri, "quantityKind"),
            self._value(iri, "value"),
            amount_of(self._reader, iri, self._namer),
            self._values(iri, "timeText"),
            tuple(documents_of(self._reader, iri)),
            places(self._reader, iri, self._namer),
        )

    def _things(self, iri: str, name: str) -> tuple[Value, ...]:
        return tuple(self._namer.thing(one) for one in self._reader.iris(iri, ONTOLOGY + name))

    def _values(self, iri: str, name: str) -> tuple[Value, ...]:
        return tuple(self._namer.value(one) for one in self._reader.objects(iri, ONTOLOGY + name))

    def _value(self, iri: str, name: str) -> Value | None:
        return next(iter(self._values(iri, name)), None)

    def _summary(self, iri: str) -> Value | None:
        return next(iter(self._namer.texts_of(iri, SUMMARY)), None)


def in_time(step: Step) -> tuple[bool, str, str]:
    """A sort key: by date, what is undated last."""
    return not step.date, step.date, step.thing.title


def moments(treaties: Iterable[Treaty]) -> list[Moment]:
    """Everything of treaties that has a date, in its order."""
    found = []
    for one in treaties:
        found += [Moment(one.date, one, None)] if one.date else []
        found += [Moment(step.date, one, step) for step in one.steps if step.date]
    return sorted(found, key=lambda one: (one.date, one.treaty.thing.title))


def partners(treaties: Iterable[Treaty], described: set[str], namer: Namer) -> list[Partner]:
    """The partners of the countries that documents are about: parties of a pair, states of a group.

    Where no document is about a party, each is the partner of the other. Sorted by name.
    """
    found = []
    for treaty in treaties:
        own = [one for one in treaty.parties if one.title in described] or treaty.parties
        if treaty.is_group:
            found += [Partner(state, one, treaty) for state in own for one in treaty.partners]
        elif treaty.pair:
            found += [
                Partner(state, one, treaty)
                for state in own
                for one in treaty.parties
                if one.title != state.title
            ]
    return sorted(
        found,
        key=lambda one: (namer.order(one.partner), namer.order(one.state), natural(one.treaty.thing.title)),
    )


def differences(counts: Sequence[Count]) -> list[Difference]:
    """Where documents count differently: form, kind and a party in common, other values."""
    found: dict[tuple[str, str, str], list[Count]] = {}
    names: dict[str, Value] = {}
    for one in counts:
        for form in one.forms:
            for party in one.parties:
                if one.kind:
                    names |= {form.title: form, one.kind.title: one.kind}
                    found.setdefault((form.title, one.kind.title, party), []).append(one)
    differing = {
        key: together
        for key, together in found.items()
        if len({one.documents for one in together}) > 1
        and len({one.value.name.text for one in together if one.value}) > 1
    }
    return [
        Difference(names[form], names[kind], tuple(together))
        for (form, kind, _), together in sorted(differing.items())
    ]


def narrowed(treaties: Iterable[Treaty], state: str, form: str, document: str) -> list[Treaty]:
    """The treaties of a state (as party, partner or by a step), on a form of cooperation, told by a document.

    The steps are narrowed to those of the document that is asked for.
    """
    found = []
    for one in treaties:
        steps = tuple(step for step in one.steps if not document or document in step.documents)
        states = {
            *(value.title for value in (*one.parties, *one.partners)),
            *(step.state.title for step in one.steps if step.state),
        }
        if state and state not in states:
            continue
        if form and form not in {value.title for value in one.forms}:
            continue
        if document and document not in one.documents and not steps:
            continue
        found.append(replace(one, steps=steps))
    return found
