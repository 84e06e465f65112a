"""A source document as it is read: everything that it states in its own order, with each passage."""

from dataclasses import dataclass
from itertools import groupby

from kzlod.namespaces import ONTOLOGY
from kzlod.web.addresses import last_step, page_path
from kzlod.web.descriptions import SUMMARY, WHERE_STATED, discrepancy
from kzlod.web.i18n import Name
from kzlod.web.names import Namer, Value, in_one
from kzlod.web.passages import Place, places
from kzlod.web.reading import Reader
from kzlod.web.things import PAGE, Pager

SOURCE_DOCUMENT = ONTOLOGY + "SourceDocument"
_DISCREPANCY = ONTOLOGY + "Discrepancy"
_PARTS = (SUMMARY, ONTOLOGY + "quotes", ONTOLOGY + "term")


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing that the document states: its kind, what it says in short, and the passage.

    A discrepancy has its sides, each with its values and passages.
    """

    thing: Value
    kind: Value
    summary: Value | None
    href: str
    locator: str
    first: str
    last: str
    sides: tuple[tuple[tuple[Value, ...], tuple[Place, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Entries that follow each other under one heading of the document, which has its steps."""

    heading: tuple[Name, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """One page of what a document states; `kinds` with how many of each there are in the whole document."""

    kinds: tuple[tuple[Value, str, int], ...]
    chosen: str
    total: int
    parts: tuple[Part, ...]
    pager: Pager
    discrepancies: int


def read_contents(reader: Reader, document: str, namer: Namer, number: int, kind: str) -> Contents | None:
    """A page of what a document states, all or of one kind (a local name); None: no such page or kind."""
    index = reader.index
    counts = {
        str(name): int(str(count))
        for name, count in index.query(
            "SELECT kind, COUNT(*) FROM stated WHERE document = ? GROUP BY kind", document
        )
    }
    chosen = ONTOLOGY + kind if kind else ""
    if chosen and chosen not in counts:
        return None
    total = counts[chosen] if chosen else sum(counts.values())
    pages = max(1, -(-total // PAGE))
    if number > pages:
        return None
    where, values = (
        ("document = ? AND kind = ?", (document, chosen)) if chosen else ("document = ?", (document,))
    )
    rows = index.query(
        f"SELECT thing, kind, citation, heading FROM stated WHERE {where} ORDER BY place LIMIT ? OFFSET ?",  # noqa: S608
        *values,
        PAGE,
        (number - 1) * PAGE,
    )
    parts = groupby(((str(row[3]), tuple(map(str, row[:3]))) for row in rows), lambda pair: pair[0])
    found = [
        Part(
            tuple(namer.printed(step, document) for step in heading.split(" › ")),
            tuple(_entry(reader, namer, *row) for _, row in same),
        )
        for heading, same in parts
    ]
    return Contents(
        tuple(
            (namer.thing(name), last_step(name), count)
            for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        ),
        kind,
        total,
        tuple(found),
        Pager("entry", number, pages, total),
        counts.get(_DISCREPANCY, 0),
    )


def _entry(reader: Reader, namer: Namer, thing: str, kind: str, citation: str) -> Entry:
    texts = (text for name in _PARTS for text in namer.texts_of(thing, name))
    document, locator, first, last = (reader.value(citation, name) or "" for name in WHERE_STATED)
    return Entry(
        namer.thing(thing),
        namer.thing(kind),
        next(texts, None),
        page_path(citation) or "",
        in_one(namer.place(citation, document, locator)),
        first,
        last,
        sides(reader, namer, thing) if kind == _DISCREPANCY else (),
    )


def sides(reader: Reader, namer: Namer, iri: str) -> tuple[tuple[tuple[Value, ...], tuple[Place, ...]], ...]:
    """The sides of a discrepancy: the values (or else the name of the side) and the passages of each."""
    return tuple(
        (
            tuple(namer.value(value) for value in side.values) or (namer.thing(side.iri),),
            places(reader, side.iri, namer),
        )
        for side in discrepancy(reader, iri).sides
    )
