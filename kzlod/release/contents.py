"""What each source document states, in its own order, for the index file of a release.

release/<id>/index.sqlite
    stated (document, place, thing, kind, citation, heading)   each thing that cites the document, by the
                                     passage that is most its own; kind: its most special class;
                                     heading: where in the document, as the passage's locator says

Read by the terms of the ontology; nothing here knows a document.
"""

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

import pyoxigraph as ox

from kzlod.labels import Graph
from kzlod.namespaces import ONTOLOGY, PREFIXES

_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_SOURCE = ox.NamedNode(PREFIXES["dcterms"] + "source")
_SIDE = ox.NamedNode(ONTOLOGY + "side")
_TECHNICAL = {ONTOLOGY + name for name in ("Citation", "Support", "DiscrepancySide", "SourceDocument")}
_SCHEMA = """
CREATE TABLE stated (
    document TEXT, place INTEGER, thing TEXT NOT NULL, kind TEXT NOT NULL, citation TEXT NOT NULL,
    heading TEXT NOT NULL, PRIMARY KEY (document, place)
) WITHOUT ROWID
"""
_BY_KIND = "CREATE INDEX stated_kind ON stated (document, kind, place)"
# What follows the heading in the last step of a locator: ', paragraph 2, sentence 3', ', comment'.
_REST = re.compile(r"(?:, [a-z-]+(?: (?:[^a-z,][^,]*|[a-z]{1,4}))?)+$")


@dataclass(frozen=True, slots=True)
class Stated:
    """A thing that a document states, and at which of its places."""

    document: str
    place: int
    thing: str
    kind: str
    citation: str
    heading: str


def read_contents(store: ox.Store, graph: Graph | None) -> list[Stated]:
    """What the documents of a store state; `graph` None: all graphs are read."""
    cited: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for quad in store.quads_for_pattern(None, _SOURCE, None, graph):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            cited[quad.subject.value].setdefault(quad.object.value)
    for quad in store.quads_for_pattern(None, _SIDE, None, graph):  # a discrepancy stands where its sides do
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            cited[quad.subject.value] |= cited.get(quad.object.value, {})
    kinds = _kinds(store, graph)
    passages = {one: _passage(store, one, graph) for found in cited.values() for one in found}
    shared = Counter(one for thing, found in cited.items() if thing in kinds for one in found)
    places: defaultdict[str, list[tuple[int, int, str, str]]] = defaultdict(list)
    for thing, found in cited.items():
        if thing not in kinds:
            continue
        by_document: defaultdict[str, list[str]] = defaultdict(list)
        for one in found:
            if passages[one][0]:
                by_document[passages[one][0]].append(one)
        for document, own in by_document.items():
            best = min(own, key=lambda one: (shared[one], passages[one][1:3], one))
            places[document].append((*passages[best][1:3], thing, best))
    return [
        Stated(document, place, thing, kinds[thing], citation, heading(passages[citation][3]))
        for document, things in sorted(places.items())
        for place, (_, _, thing, citation) in enumerate(sorted(things), 1)
    ]


def heading(locator: str) -> str:
    """The headings of a locator, without the place below them."""
    *above, last = locator.split(" › ")
    return " › ".join([*above, _REST.sub("", last)])


def write_contents(database: sqlite3.Connection, stated: Iterable[Stated]) -> None:
    """Writes the table into the database of the index."""
    database.execute(_SCHEMA)
    database.executemany("INSERT INTO stated VALUES (?, ?, ?, ?, ?, ?)", map(astuple, stated))
    database.execute(_BY_KIND)


def _kinds(store: ox.Store, graph: Graph | None) -> dict[str, str]:
    """The most special class of ours of each thing that is not technical: the one that fewest things have."""
    classes: defaultdict[str, set[str]] = defaultdict(set)
    for quad in store.quads_for_pattern(None, _TYPE, None, graph):
        kind = quad.object.value if isinstance(quad.object, ox.NamedNode) else ""
        if isinstance(quad.subject, ox.NamedNode) and kind.startswith(ONTOLOGY):
            classes[quad.subject.value].add(kind)
    sizes = Counter(kind for found in classes.values() for kind in found)
    return {
        thing: min(found, key=lambda kind: (sizes[kind], kind))
        for thing, found in classes.items()
        if not found & _TECHNICAL
    }


def _passage(store: ox.Store, iri: str, graph: Graph | None) -> tuple[str, int, int, str]:
    """The document of a citation (empty when it is none), where the passage starts and ends, its locator."""

    def said(name: str) -> Sequence[str]:
        quads = store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(ONTOLOGY + name), None, graph)
        return sorted(one.object.value for one in quads if isinstance(one.object, ox.NamedNode | ox.Literal))

    def number(name: str) -> int:
        found = next(iter(said(name)), "")
        return int(found) if found.isdigit() else 0

    document, locator = next(iter(said("inDocument")), ""), next(iter(said("locator")), "")
    return document, number("start"), number("end"), locator
