"""Where a statement stands: citations as short links, the documents, their dates and countries."""

from dataclasses import dataclass

from kzlod.namespaces import ONTOLOGY, PREFIXES
from kzlod.web.addresses import page_path
from kzlod.web.descriptions import SOURCE, WHERE_STATED
from kzlod.web.index import natural
from kzlod.web.names import Namer, Value
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
    """The citations of a thing, up to `most`; the thing's page has all.

    They are in the order of their addresses, which is that of document and text.
    """
    found = []
    for one in sorted(reader.iris(iri, SOURCE), key=natural):
        document, locator, first, last = (reader.value(one, name) for name in WHERE_STATED)
        if document:
            where = namer.place(one, document, locator or "")
            found.append(Place(page_path(one) or "", namer.thing(document), where, first or "", last or ""))
        if len(found) == most:
            break
    return tuple(found)


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
