"""An institution as a researcher reads it: what it does, who runs it, what became of it, what is said of it.

Everything is read by the terms of the ontology, so it fits the institutions of any country.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kzlod.namespaces import ONTOLOGY, PREFIXES, is_source_graph, source_of_graph
from kzlod.web.descriptions import Description
from kzlod.web.designations import Place, places_of, texts_of
from kzlod.web.index import natural
from kzlod.web.names import Namer, Value
from kzlod.web.reading import TYPE, Reader

INSTITUTION = ONTOLOGY + "Institution"
PART_OF = ONTOLOGY + "partOfInstitution"
COUNTRY = ONTOLOGY + "institutionOf"
FUNCTION = ONTOLOGY + "function"
_ORG = PREFIXES["org"]
_AT_ONCE, _MOST = 8, 60  # things of one role: shown at once, and shown at all

_ROLES = (
    ("addressee", ONTOLOGY + "addressee"),
    ("appliesTo", ONTOLOGY + "appliesTo"),
    ("passedBy", ONTOLOGY + "passedBy"),
    ("operatedBy", ONTOLOGY + "operatedBy"),
    ("partner", ONTOLOGY + "partner"),
    ("concerns", ONTOLOGY + "concerns"),
    ("evidentlyConcerns", ONTOLOGY + "evidentlyConcerns"),
    ("about", ONTOLOGY + "about"),
    ("mentions", ONTOLOGY + "mentions"),
    ("publisher", PREFIXES["dcterms"] + "publisher"),
    ("creator", PREFIXES["dcterms"] + "creator"),
)
"""In which ways things name an institution, in the order of the page; the first says what it has to do."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A thing that names the institution: its kind, what it says, and where that stands."""

    kind: Value | None
    thing: Value
    summary: Value | None
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """The things that name the institution in one way; `more`: how many are not among them."""

    key: str
    first: tuple[Remark, ...]
    rest: tuple[Remark, ...]
    more: int

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.first) + len(self.rest) + self.more


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds an office: the person if named, the dates, and the statement."""

    thing: Value
    persons: tuple[Value, ...]
    dates: tuple[Value, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Office:
    """An office of the institution and who holds it."""

    thing: Value
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of institutions: from what, into what, when, by which act."""

    thing: Value
    before: tuple[Value, ...]
    after: tuple[Value, ...]
    dates: tuple[Value, ...]
    acts: tuple[Value, ...]
    summaries: tuple[Value, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class InstitutionPage:
    """What is shown of an institution besides its plain description."""

    countries: tuple[Value, ...]
    functions: tuple[Value, ...]
    parents: tuple[Value, ...]
    units: tuple[Value, ...]
    offices: tuple[Office, ...]
    changes: tuple[Change, ...]
    roles: tuple[Role, ...]
    documents: tuple[tuple[Value, int], ...]


def is_institution(classes: Sequence[str]) -> bool:
    """Whether something with these classes is an institution."""
    return INSTITUTION in classes


def institution_page(reader: Reader, description: Description, namer: Namer) -> InstitutionPage:
    """Reads what there is about an institution."""
    iri = description.iri
    changes = {
        *reader.subjects(_ORG + "originalOrganization", iri),
        *reader.subjects(_ORG + "resultingOrganization", iri),
    }
    roles = (_role(reader, namer, iri, key, predicate) for key, predicate in _ROLES)
    return InstitutionPage(
        _things(namer, reader.iris(iri, COUNTRY)),
        _things(namer, reader.iris(iri, FUNCTION)),
        _things(namer, _parents(reader, iri)),
        _things(namer, sorted(reader.subjects(PART_OF, iri), key=natural)),
        tuple(_office(reader, namer, one) for one in reader.subjects(ONTOLOGY + "officeOf", iri)),
        tuple(_change(reader, namer, one) for one in sorted(changes, key=natural)),
        tuple(role for role in roles if role),
        _documents(description, namer),
    )


def _role(reader: Reader, namer: Namer, iri: str, key: str, predicate: str) -> Role | None:
    found = sorted(set(reader.subjects(predicate, iri)), key=natural)
    if not found:
        return None
    shown = [_remark(reader, namer, one) for one in found[:_MOST]]
    shown.sort(key=lambda one: (namer.order(one.kind), namer.order(one.thing)))
    return Role(key, tuple(shown[:_AT_ONCE]), tuple(shown[_AT_ONCE:]), len(found) - len(shown))


def _remark(reader: Reader, namer: Namer, iri: str) -> Remark:
    kinds = reader.iris(iri, ONTOLOGY + "ruleKind") or [
        kind for kind in reader.iris(iri, TYPE) if kind.startswith(ONTOLOGY)
    ]
    summaries = texts_of(reader, namer, iri, ONTOLOGY + "summary")
    return Remark(
        namer.thing(kinds[0]) if kinds else None,
        namer.thing(iri),
        summaries[0] if summaries else None,
        places_of(reader, namer, iri, 1),
    )


def _parents(reader: Reader, iri: str) -> list[str]:
    """The institutions of which it is a part, the nearest first."""
    found: dict[str, None] = {}
    level = [iri]
    while level:
        above = [other for one in level for other in reader.iris(one, PART_OF)]
        level = [one for one in above if one not in found and one != iri]
        found |= dict.fromkeys(level)
    return list(found)


def _office(reader: Reader, namer: Namer, iri: str) -> Office:
    holders = [
        Holder(
            namer.thing(one),
            _things(namer, reader.iris(one, ONTOLOGY + "holder")),
            tuple(namer.value(date) for date in reader.objects(one, ONTOLOGY + "date")),
            places_of(reader, namer, one, 1),
        )
        for one in sorted(reader.subjects(ONTOLOGY + "heldOffice", iri), key=natural)
    ]
    return Office(namer.thing(iri), tuple(holders))


def _change(reader: Reader, namer: Namer, iri: str) -> Change:
    return Change(
        namer.thing(iri),
        _things(namer, reader.iris(iri, _ORG + "originalOrganization")),
        _things(namer, reader.iris(iri, _ORG + "resultingOrganization")),
        tuple(namer.value(date) for date in reader.objects(iri, ONTOLOGY + "date")),
        _things(namer, reader.iris(iri, ONTOLOGY + "byAct")),
        texts_of(reader, namer, iri, ONTOLOGY + "summary"),
        places_of(reader, namer, iri),
    )


def _documents(description: Description, namer: Namer) -> tuple[tuple[Value, int], ...]:
    """The source documents that speak of it, with how many statements, those that say most first."""
    counts = Counter(
        source_of_graph(graph)
        for one in (*description.outgoing, *description.incoming)
        for graph in one.graphs
        if is_source_graph(graph)
    )
    return tuple((namer.thing(iri), number) for iri, number in counts.most_common())


def _things(namer: Namer, iris: Iterable[str]) -> tuple[Value, ...]:
    return tuple(namer.thing(one) for one in iris)
