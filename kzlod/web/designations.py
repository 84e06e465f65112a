"""Designations: which authority has which function, under which treaty or act, in which languages.

Everything is read by the terms of the ontology, so it fits the authorities of any country.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal

from kzlod.namespaces import ONTOLOGY
from kzlod.web.addresses import page_path
from kzlod.web.descriptions import SOURCE, Description, citation
from kzlod.web.i18n import Order
from kzlod.web.index import natural
from kzlod.web.names import Namer, Value
from kzlod.web.reading import Reader

DESIGNATION = ONTOLOGY + "Designation"
DESIGNATES = ONTOLOGY + "designates"
_POINTS_TO = {ONTOLOGY + name for name in ("designates", "designatedFor", "under", "cooperationForm")}
_NOT_STATED = ONTOLOGY + "notStated"
_PLACES = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document says something: the document, its lines, and the address of the citation."""

    document: Value | None
    first: str | None
    last: str | None
    href: str | None


@dataclass(frozen=True, slots=True)
class Designation:
    """One designation; `silent`: the properties of which its source says that nothing is stated."""

    thing: Value
    authorities: tuple[Value, ...]
    functions: tuple[Value, ...]
    under: tuple[Value, ...]
    forms: tuple[Value, ...]
    languages: tuple[Value, ...]
    channels: tuple[Value, ...]
    states: tuple[Value, ...]
    dates: tuple[Value, ...]
    summaries: tuple[Value, ...]
    silent: frozenset[str]
    places: tuple[Place, ...]

    def is_silent(self, name: str) -> bool:
        """Whether the source leaves a property open and the data say so; `name` as in the ontology."""
        return name in self.silent


def is_designation(classes: Sequence[str]) -> bool:
    """Whether something with these classes is a designation."""
    return DESIGNATION in classes


def designations_of(reader: Reader, description: Description, namer: Namer) -> tuple[Designation, ...]:
    """The designations of an institution, for a function or form of cooperation, or under a provision."""
    found = {one.subject for one in description.incoming if one.predicate in _POINTS_TO}
    return read_designations(reader, namer, (one for one in found if reader.iris(one, DESIGNATES)))


def read_designations(reader: Reader, namer: Namer, iris: Iterable[str]) -> tuple[Designation, ...]:
    """Designations by function, then by authority."""
    read = [read_designation(reader, namer, iri) for iri in iris]

    def order(values: Iterable[Value]) -> list[Order]:
        return [namer.order(one) for one in values]

    return tuple(
        sorted(read, key=lambda one: (order(one.functions), order(one.authorities), one.thing.title))
    )


def read_designation(reader: Reader, namer: Namer, iri: str) -> Designation:
    """One designation as shown."""

    def things(name: str) -> tuple[Value, ...]:
        return tuple(namer.thing(one) for one in sorted(reader.iris(iri, ONTOLOGY + name), key=natural))

    return Designation(
        namer.thing(iri),
        things("designates"),
        things("designatedFor"),
        things("under"),
        things("cooperationForm"),
        things("acceptedLanguage"),
        things("channel"),
        things("state"),
        tuple(namer.value(one) for one in reader.objects(iri, ONTOLOGY + "date")),
        texts_of(reader, namer, iri, ONTOLOGY + "summary"),
        frozenset(one.removeprefix(ONTOLOGY) for one in reader.iris(iri, _NOT_STATED)),
        places_of(reader, namer, iri),
    )


def in_short(one: Designation) -> str:
    """A designation in a line: authority, functions, languages."""
    return "; ".join(
        ", ".join(_texts(part)) for part in (one.authorities, one.functions, one.languages) if part
    )


def places_of(reader: Reader, namer: Namer, iri: str, most: int = _PLACES) -> tuple[Place, ...]:
    """Where the documents say what is said of a thing: the first citations of each."""
    found = [citation(reader, one) for one in reader.iris(iri, SOURCE)]
    found.sort(key=lambda one: (one.document or "", natural(one.first_line or ""), one.iri))
    return tuple(
        Place(
            namer.thing(one.document) if one.document else None,
            one.first_line,
            one.last_line,
            page_path(one.iri),
        )
        for one in found[:most]
        if one.document
    )


def texts_of(reader: Reader, namer: Namer, iri: str, name: str) -> tuple[Value, ...]:
    """The texts of a property in the reader's language if there are any, else all."""
    found = [term for term in reader.objects(iri, name) if isinstance(term, Literal)]
    own = [term for term in found if term.language == namer.language] or found
    return tuple(namer.value(term) for term in own)


def _texts(values: Iterable[Value]) -> list[str]:
    return [one.name.text for one in values]
