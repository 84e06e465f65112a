"""A provision as a lawyer reads it: its parts in order, what each says and costs, what answers it.

Everything is read by the terms of the ontology, so it fits the law of any country and any convention.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from kzlod.namespaces import ONTOLOGY, PREFIXES
from kzlod.web.addresses import last_step
from kzlod.web.index import natural
from kzlod.web.names import Namer, Value
from kzlod.web.passages import Place, distinct, places
from kzlod.web.reading import Reader
from kzlod.web.remarks import Remarks, read_remarks

PROVISION = ONTOLOGY + "Provision"
TREATY_PROVISION = ONTOLOGY + "TreatyProvision"
_REPLACES = PREFIXES["dcterms"] + "replaces"
_TITLE = PREFIXES["dcterms"] + "title"
_DEEPEST = 4  # parts of parts of parts
_MOST_PARTS = 150
_CASE = ONTOLOGY + "appliesToCase"
_TERMS = tuple(ONTOLOGY + name for name in ("life", "permanent", "termNotStated"))
"""What may be said instead of a number."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A punishment: what, from and to how much of which unit; `inferred`: that it attaches is a reading.

    `counted` is the unit as the word after the number, None where the language has none for it. `terms` says
    what stands instead of a number (`_TERMS`), `optional` that it may be left out, `cases` to which points
    alone it applies, if not to all.
    """

    punishment: Value
    least: Value | None
    most: Value | None
    unit: Value | None
    counted: str | None = None
    inferred: bool = False
    terms: tuple[Value, ...] = ()
    optional: bool = False
    cases: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of the punishments that may be imposed, and those that come on top of it."""

    main: Amount
    additional: tuple[Amount, ...]


Group = tuple[tuple[Amount, ...], tuple[Amount, ...]]
"""Alternatives, and the punishments that come on top of each of them."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a provision says as of a day, with the punishments of its sanction, and where both stand."""

    thing: Value
    as_of: str
    summaries: tuple[Value, ...]
    sanction: tuple[Alternative, ...]
    places: tuple[Place, ...]
    clause_places: tuple[Place, ...]

    @property
    def groups(self) -> list[Group]:
        """Its sanction, `grouped`."""
        return grouped(self.sanction)


@dataclass(frozen=True, slots=True)
class Answer:
    """A provision on the other side of a correspondence, how far it answers, and which document says so."""

    correspondence: Value
    provisions: tuple[Value, ...]
    degree: Value | None
    document: Value | None
    instead: Value | None
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class ProvisionView:
    """A provision and, in their order, its parts; `place` is what it is called among them."""

    thing: Value
    place: Value
    depth: int
    titles: tuple[Value, ...]
    renderings: tuple[Value, ...]
    summaries: tuple[Value, ...]
    versions: tuple[Version, ...]
    answers: tuple[Answer, ...]
    parts: tuple["ProvisionView", ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class ProvisionPage:
    """What is shown of a provision besides its plain description."""

    whole: ProvisionView
    replaces: tuple[Value, ...]
    replaced_by: tuple[Value, ...]
    remarks: tuple[Remarks, ...]
    remarks_in_all: int

    @property
    def has_sanctions(self) -> bool:
        """Whether any part has a punishment."""
        return any(version.sanction for part in flat(self.whole) for version in part.versions)


def grouped(sanction: Iterable[Alternative]) -> list[Group]:
    """The alternatives in their order, neighbours with the same punishments on top of them together."""
    return [
        (tuple(one.main for one in same), additional)
        for additional, same in groupby(sanction, lambda one: one.additional)
    ]


def provisions_of(reader: Reader, iri: str, namer: Namer) -> tuple[tuple[Value, Value | None], ...]:
    """The provisions of an act or treaty that are in no other, in their order, each with its title.

    None of what has parts of another kind.
    """
    if not reader.subjects(ONTOLOGY + "provisionOf", iri):
        return ()
    parts = _ordered(reader.iris(iri, ONTOLOGY + "hasPart"))
    return tuple((namer.within(one, iri), title_of(namer, one)) for one in parts)


def title_of(namer: Namer, provision: str) -> Value | None:
    """The title of a provision: the project's in the reader's language, else as it is printed."""
    rendered = namer.own_texts(provision, ONTOLOGY + "unofficialTitle")
    return next(iter((*rendered, *namer.texts_of(provision, _TITLE))), None)


def flat(whole: ProvisionView) -> list[ProvisionView]:
    """A provision and all of its parts, in their order."""
    return [whole, *(one for part in whole.parts for one in flat(part))]


def provision_page(reader: Reader, iri: str, namer: Namer) -> ProvisionPage:
    """Reads a provision with its parts."""
    return _Reading(reader, namer).page(iri)


def provision_view(reader: Reader, iri: str, namer: Namer) -> ProvisionView:
    """Reads a provision with its parts, without what is said about it."""
    return _Reading(reader, namer).view(iri)


class _Reading:
    """Reads one page; counts the parts, of which there may be too many for one."""

    def __init__(self, reader: Reader, namer: Namer) -> None:
        self._reader, self._namer = reader, namer
        self._left = _MOST_PARTS
        self._wholes: tuple[str, ...] = ()

    def view(self, iri: str) -> ProvisionView:
        self._wholes = (*self._reader.iris(iri, ONTOLOGY + "provisionOf"), iri)
        return self._provision(iri, 0)

    def page(self, iri: str) -> ProvisionPage:
        whole = self.view(iri)
        remarks, count = read_remarks(self._reader, [one.thing.title for one in flat(whole)], self._namer)
        return ProvisionPage(
            whole,
            self._things(self._reader.iris(iri, _REPLACES)),
            self._things(self._reader.subjects(_REPLACES, iri)),
            remarks,
            count,
        )

    def _provision(self, iri: str, depth: int) -> ProvisionView:
        self._left -= 1
        parts = _ordered(self._reader.iris(iri, ONTOLOGY + "hasPart")) if depth < _DEEPEST else []
        versions = _ordered(self._reader.subjects(ONTOLOGY + "versionOf", iri))
        return ProvisionView(
            self._namer.thing(iri),
            self._namer.within(iri, *(one for one in self._wholes if one != iri)),
            depth,
            self._texts(iri, _TITLE),
            self._namer.own_texts(iri, ONTOLOGY + "unofficialTitle"),
            self._texts(iri, ONTOLOGY + "summary"),
            tuple(self._version(one) for one in versions),
            self._answers(iri),
            tuple(self._provision(one, depth + 1) for one in parts if self._left > 0),
            places(self._reader, iri, self._namer),
        )

    def _version(self, iri: str) -> Version:
        clauses = self._reader.subjects(ONTOLOGY + "clauseOf", iri)
        return Version(
            self._namer.thing(iri),
            self._reader.value(iri, ONTOLOGY + "asOf") or "",
            self._texts(iri, ONTOLOGY + "summary"),
            tuple(one for clause in _ordered(clauses) for one in self._sanction(clause)),
            places(self._reader, iri, self._namer),
            tuple(
                distinct(
                    one for clause in _ordered(clauses) for one in places(self._reader, clause, self._namer)
                )
            ),
        )

    def _sanction(self, clause: str) -> Iterable[Alternative]:
        additional = _ordered(self._reader.iris(clause, ONTOLOGY + "additional"))
        stated = {one: set(self._reader.iris(one, ONTOLOGY + "attachesTo")) for one in additional}
        inferred = {one: set(self._reader.iris(one, ONTOLOGY + "inferredAttachesTo")) for one in additional}
        for main in _ordered(self._reader.iris(clause, ONTOLOGY + "alternative")):
            attached = [
                self._amount(one, inferred=main not in stated[one])
                for one in additional
                if main in stated[one] | inferred[one]
            ]
            yield Alternative(self._amount(main, self._reader.iris(clause, _CASE)), tuple(attached))

    def _amount(self, iri: str, cases: Sequence[str] = (), *, inferred: bool = False) -> Amount:
        kinds = self._reader.iris(iri, ONTOLOGY + "punishment")
        units = self._reader.iris(iri, ONTOLOGY + "unit")
        fixed, least, most = (self._number(iri, name) for name in ("fixed", "minimum", "maximum"))
        return Amount(
            self._namer.thing(kinds[0] if kinds else iri),
            fixed or least,
            fixed or most,
            self._namer.thing(units[0]) if units else None,
            self._counted(iri, units[0]) if units else None,
            inferred,
            self._things([term for term in _TERMS if self._reader.value(iri, term) == "true"]),
            self._reader.value(iri, ONTOLOGY + "mandatory") == "false",
            tuple(self._case(one) for one in _ordered([*cases, *self._reader.iris(iri, _CASE)])),
        )

    def _case(self, point: str) -> Value:
        """A point to which a punishment applies, by its place."""
        wholes, one = [], point
        while over := self._reader.iris(one, ONTOLOGY + "isPartOf"):
            one = over[0]
            wholes.append(one)
        return self._namer.within(point, *self._reader.iris(point, ONTOLOGY + "provisionOf"), *wholes[::-1])

    def _counted(self, iri: str, unit: str) -> str | None:
        fixed, least, most = (
            self._reader.value(iri, ONTOLOGY + name) for name in ("fixed", "minimum", "maximum")
        )
        number = fixed or most or least
        form = "" if fixed or (least and most) else "limit"
        return self._namer.texts.unit(last_step(unit), number, form) if number else None

    def _number(self, iri: str, name: str) -> Value | None:
        found = self._reader.objects(iri, ONTOLOGY + name)
        return self._namer.value(found[0]) if found else None

    def _answers(self, iri: str) -> tuple[Answer, ...]:
        found = []
        for own, other in (
            ("domesticProvision", "conventionProvision"),
            ("conventionProvision", "domesticProvision"),
        ):
            for correspondence in _ordered(self._reader.subjects(ONTOLOGY + own, iri)):
                degrees = self._reader.iris(correspondence, ONTOLOGY + "degree")
                documents = self._reader.iris(correspondence, ONTOLOGY + "assertedBy")
                found.append(
                    Answer(
                        self._namer.thing(correspondence),
                        self._things(_ordered(self._reader.iris(correspondence, ONTOLOGY + other))),
                        self._namer.thing(degrees[0]) if degrees else None,
                        self._namer.thing(documents[0]) if documents else None,
                        next(iter(self._texts(correspondence, ONTOLOGY + "summary")), None),
                        places(self._reader, correspondence, self._namer),
                    )
                )
        return tuple(found)

    def _texts(self, iri: str, name: str) -> tuple[Value, ...]:
        return self._namer.texts_of(iri, name)

    def _things(self, iris: Sequence[str]) -> tuple[Value, ...]:
        return tuple(self._namer.thing(one) for one in iris)


def is_provision(classes: Sequence[str]) -> bool:
    """Whether something with these classes is a provision."""
    return PROVISION in classes


def _ordered(iris: Iterable[str]) -> list[str]:
    return sorted(iris, key=natural)
