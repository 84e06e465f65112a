"""Where a statement stands: citations as short links, the documents, their dates and countries."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from kzlod.namespaces import ONTOLOGY, PREFIXES
from kzlod.web.addresses import page_path
from kzlod.web.descriptions import SOURCE, WHERE_STATED
from kzlod.web.index import natural
from kzlod.web.names import Namer, Value, in_one
from kzlod.web.reading import Reader

MOST = 3
_DATE = PREFIXES["dcterms"] + "date"


@dataclass(frozen=True, slots=True)
class Place:
    """A passage that a statement rests on: where its citation is described, and in words where it stands."""

    href: str
    document: Value
    locator: str
    first: str
    last: str


def places(reader: Reader, iri: str, namer: Namer, most: int = MOST) -> tuple[Place, ...]:
    """The passages that a thing cites, each once, up to `most`; the thing's page has all citations.

    They are in the order of their addresses, which is that of document and text.
    """
    found: list[Place] = []
    for one in sorted(reader.iris(iri, SOURCE), key=natural):
        if place := place_of(reader, one, namer):
            found = distinct([*found, place])
        if len(found) == most:
            break
    return tuple(found)


def place_of(reader: Reader, citation: str, namer: Namer) -> Place | None:
    """The passage that a citation names; None when the IRI is that of something else."""
    document, locator, first, last = (reader.value(citation, name) for name in WHERE_STATED)
    if not document:
        return None
    where = in_one(namer.place(citation, document, locator or ""))
    return Place(page_path(citation) or "", namer.thing(document), where, first or "", last or "")


def distinct(found: Iterable[Place]) -> list[Place]:
    """The places without those that name the same lines of the same document again."""
    named: dict[object, Place] = {}
    for one in found:
        lines = one.document.title, one.first, one.last or one.first
        named.setdefault(lines if one.first else one, one)
    return list(named.values())


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Numbers in ascending order as runs, each from and to: three or more that follow each other are one."""
    found: list[tuple[int, int]] = []
    for _, same in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        run = [number for _, number in same]
        found += [(run[0], run[-1])] if len(run) > 2 else [(one, one) for one in run]
    return found


def documents_of(reader: Reader, iri: str) -> list[str]:
    """The documents that a thing cites, each once."""
    found = {
        document for one in reader.iris(iri, SOURCE) for document in reader.iris(one, ONTOLOGY + "inDocument")
    }
    return sorted(found)


def date_of(reader: Reader, document: str) -> str:
    """The date of a document as it states it; empty when it has none."""
    return reader.value(document, _DATE) or ""


def countries_of(reader: Reader, document: str) -> list[str]:
    """The countries that a document is about."""
    return reader.iris(document, ONTOLOGY + "country")


def later(date: str, than: str) -> bool:
    """Whether a date is after another for certain: both are known, and they differ where both are exact."""
    length = min(len(date), len(than))
    return bool(length) and date[:length] > than[:length]
