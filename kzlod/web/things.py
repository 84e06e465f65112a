"""A description arranged for a reader: groups by who says so, rows by property, numbered citations.

Pure functions from a `Description` and a `Namer` to plain structures that a template walks through.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from pyoxigraph import Literal

from kzlod.labels import PROPERTIES as LABELS
from kzlod.namespaces import GRAPH, ONTOLOGY, PREFIXES, is_source_graph, source_of_graph
from kzlod.web.addresses import containers, page_path
from kzlod.web.descriptions import DISPUTED, SOURCE, SUPPORTS, Citation, Description, entailed
from kzlod.web.i18n import Name, Order
from kzlod.web.index import natural
from kzlod.web.names import Namer, Value
from kzlod.web.reading import TYPE, Reader, Statement

T = TypeVar("T")
PAGE = 100
_ORDER = ("vocabulary", "ontology", "other", "links", "translations", "inferred", "catalog", "entailed")
_FIRST = (*LABELS, ONTOLOGY + "number", ONTOLOGY + "isPartOf", PREFIXES["skos"] + "definition")
_SUMMARY = ONTOLOGY + "summary"
_NOTE = ONTOLOGY + "note"
_INVERSE = PREFIXES["owl"] + "inverseOf"


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in a row, with the numbers of the citations that cover it."""

    value: Value
    notes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A property and its values."""

    name: Name
    href: str | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one origin: `kind` is source, one of the shared graphs, or entailed."""

    kind: str
    source: Value | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A numbered citation as shown."""

    number: int
    citation: Citation
    document: Value | None
    locator: tuple[Name, ...]
    href: str | None
    properties: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Pager:
    """A page of a longer list: `parameter` is that of the address."""

    parameter: str
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class Links:
    """Incoming links of one property; `wording` is a whole phrase such as “state” of."""

    wording: str
    entailed: bool
    things: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Dispute:
    """A discrepancy as shown."""

    thing: Value
    kind: Value | None
    properties: tuple[Value, ...]
    summaries: tuple[Value, ...]
    sides: tuple[tuple[tuple[Value, ...], tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class ThingView:
    """Everything the page of a thing shows."""

    iri: str
    name: Name
    kinds: tuple[Value, ...]
    crumbs: tuple[Value, ...]
    summaries: tuple[Cell, ...] = ()
    notes: tuple[Cell, ...] = ()
    groups: tuple[Group, ...] = ()
    passages: tuple[Passage, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    incoming: tuple[Links, ...] = ()
    incoming_pager: Pager | None = None
    incoming_complete: bool = True
    members: tuple[Value, ...] = ()
    members_pager: Pager | None = None
    container: bool = False
    graph_source: Value | None = None
    graph_things: tuple[Value, ...] = ()
    graph_pager: Pager | None = None
    graph_triples: int | None = None

    @property
    def cited(self) -> list[tuple[Value | None, list[Passage]]]:
        """The passages by their documents."""
        return [(document, list(same)) for document, same in groupby(self.passages, lambda one: one.document)]


def view(
    reader: Reader, description: Description, namer: Namer, page: int = 1, part: int = 1
) -> ThingView | None:
    """The page of a thing; None when there is no such page of its incoming links or members."""
    iri = description.iri
    numbers = _numbers(description)
    facts = description.graph
    # A graph lists what it describes, anything else the addresses below its own: one list is paged by `part`.
    listed, list_pager = paged(facts.subjects if facts else description.members, part, "part")
    incoming, incoming_pager = paged(_mentions(reader, description, namer), page, "page")
    if listed is None or incoming is None:
        return None
    named = tuple(namer.thing(one) for one in listed)
    return ThingView(
        iri,
        namer.name(iri),
        tuple(namer.thing(kind) for kind in description.types()),
        _crumbs(reader, iri, namer),
        _literals(description, _SUMMARY, namer, numbers),
        _literals(description, _NOTE, namer, numbers),
        _groups(description, namer, numbers),
        _passages(description, namer, numbers),
        _disputes(description, namer, numbers),
        _incoming(incoming, namer),
        incoming_pager,
        description.incoming_complete,
        () if facts else named,
        None if facts else list_pager,
        description.is_container,
        namer.thing(facts.source) if facts and facts.source else None,
        named if facts else (),
        list_pager if facts else None,
        facts.triples if facts else None,
    )


def paged(items: Sequence[T], page: int, parameter: str) -> tuple[Sequence[T] | None, Pager | None]:
    """One page of a list and its pager (None when the list is empty); no items when there is no such page."""
    pages = max(1, -(-len(items) // PAGE))
    if not 1 <= page <= pages:
        return None, None
    pager = Pager(parameter, page, pages, len(items)) if items else None
    return items[(page - 1) * PAGE : page * PAGE], pager


def _numbers(description: Description) -> dict[str, int]:
    """Citations numbered in the order of their document and position."""

    def place(citation: Citation) -> tuple[str, int, str]:
        start = citation.start or ""
        return citation.document or "", int(start) if start.isdigit() else 0, citation.iri

    ordered = sorted(description.citations.values(), key=place)
    return {citation.iri: number for number, citation in enumerate(ordered, 1)}


def _notes(
    description: Description, statement: Statement, graph: str, numbers: dict[str, int]
) -> tuple[int, ...]:
    """The citations of a statement in a graph: of the supports that name it, else of the thing as a whole."""
    if not is_source_graph(graph) or statement.predicate in (TYPE, SOURCE):
        return ()
    narrow = [
        citation
        for support in description.supports
        if support.covers(statement) and (graph in support.graphs or not support.graphs)
        for citation in support.citations
    ]
    whole = [one.iri for one in description.outgoing if one.predicate == SOURCE and graph in one.graphs]
    return tuple(sorted({numbers[iri] for iri in narrow or whole if iri in numbers}))


def _all_notes(description: Description, statement: Statement, numbers: dict[str, int]) -> tuple[int, ...]:
    found = {note for graph in statement.graphs for note in _notes(description, statement, graph, numbers)}
    return tuple(sorted(found))


def _crumbs(reader: Reader, iri: str, namer: Namer) -> tuple[Value, ...]:
    """The addresses that this one is below, each without the names of those before it."""
    found: list[Value] = []
    wholes: list[str] = []
    for one in containers(iri):
        found.append(namer.within(one, *wholes, *wholes[:1]))
        if reader.labels(one):
            wholes.append(one)
    return tuple(found)


def _literals(
    description: Description, predicate: str, namer: Namer, numbers: dict[str, int]
) -> tuple[Cell, ...]:
    """The values of a text property: those in the reader's language if there are any, else all."""
    found = [one for one in description.outgoing if one.predicate == predicate]
    own = [
        one
        for one in found
        if isinstance(one.object, Literal) and one.object.language in (namer.language, None)
    ]
    return tuple(Cell(namer.value(one.object), _all_notes(description, one, numbers)) for one in own or found)


def _groups(description: Description, namer: Namer, numbers: dict[str, int]) -> tuple[Group, ...]:
    sorted_by_graph: dict[str, list[Statement]] = {}
    told = {one.object for one in description.outgoing if one.predicate in LABELS and not entailed(one)}
    for one in description.outgoing:
        if one.predicate in (_SUMMARY, _NOTE) or (one.predicate == SOURCE and one.iri in numbers):
            continue
        if one.predicate == TYPE and not entailed(one):
            continue
        if entailed(one) and one.predicate in LABELS and one.object in told:
            continue
        for graph in _origins(one):
            sorted_by_graph.setdefault(graph, []).append(one)
    groups = []
    for graph in sorted(sorted_by_graph, key=lambda graph: (_rank(graph), graph)):
        kind = "source" if is_source_graph(graph) else _kind(graph)
        source = namer.thing(source_of_graph(graph)) if kind == "source" else None
        groups.append(Group(kind, source, _rows(sorted_by_graph[graph], graph, description, namer, numbers)))
    return tuple(groups)


def _origins(statement: Statement) -> Sequence[str]:
    """The graphs under which a statement is shown: all source graphs, else the first other one."""
    sources = [graph for graph in statement.graphs if is_source_graph(graph)]
    return sources or sorted(statement.graphs, key=_rank)[:1] or [""]


def _kind(graph: str) -> str:
    name = graph.removeprefix(GRAPH)
    return name if name in _ORDER else "other"


def _rank(graph: str) -> int:
    return -1 if is_source_graph(graph) else _ORDER.index(_kind(graph))


def _rows(
    statements: Sequence[Statement],
    graph: str,
    description: Description,
    namer: Namer,
    numbers: dict[str, int],
) -> tuple[Row, ...]:
    by_property: dict[str, list[Statement]] = {}
    for one in statements:
        by_property.setdefault(one.predicate, []).append(one)

    def place(predicate: str) -> tuple[int, Order]:
        rank = _FIRST.index(predicate) if predicate in _FIRST else len(_FIRST)
        return rank, namer.texts.order(namer.name(predicate).text)

    # Properties of several vocabularies that are called alike and say the same are one row.
    rows: dict[tuple[str, tuple[Cell, ...]], Row] = {}
    for predicate in sorted(by_property, key=place):
        cells = [
            Cell(namer.value(one.object), _notes(description, one, graph, numbers))
            for one in by_property[predicate]
        ]
        cells.sort(key=lambda cell: (cell.value.name.fallback, namer.order(cell.value)))
        row = Row(namer.name(predicate), page_path(predicate), tuple(cells))
        rows.setdefault((row.name.text, row.cells), row)
    return tuple(rows.values())


def _passages(description: Description, namer: Namer, numbers: dict[str, int]) -> tuple[Passage, ...]:
    found = []
    for iri, number in numbers.items():
        citation = description.citations[iri]
        properties = [
            namer.name(predicate)
            for support in description.supports
            if iri in support.citations
            for predicate in support.properties
        ]
        document = namer.thing(citation.document) if citation.document else None
        locator = namer.place(iri, citation.document or "", citation.locator or "")
        found.append(
            Passage(number, citation, document, locator, page_path(iri), tuple(dict.fromkeys(properties)))
        )
    return tuple(found)


def _disputes(description: Description, namer: Namer, numbers: dict[str, int]) -> tuple[Dispute, ...]:
    return tuple(
        Dispute(
            namer.thing(one.iri),
            namer.thing(one.kind) if one.kind else None,
            tuple(namer.thing(predicate) for predicate in one.properties),
            tuple(namer.value(text) for text in one.summaries),
            tuple(
                (
                    tuple(namer.value(value) for value in side.values) or (namer.thing(side.iri),),
                    tuple(sorted(numbers[iri] for iri in side.citations if iri in numbers)),
                )
                for side in one.sides
            ),
        )
        for one in description.discrepancies
    )


def _mentions(reader: Reader, description: Description, namer: Namer) -> list[tuple[bool, str, str]]:
    """What links to the thing, in order: whether that only follows, how it does, and what.

    Each once, though it may link to several parts of the thing, or by properties that are called alike.
    """
    shown = [one for one in description.incoming if one.predicate not in (SUPPORTS, DISPUTED)]
    wordings = {name: _wording(reader, name, namer) for name in {one.predicate for one in shown}}
    ordered = sorted(shown, key=lambda one: (entailed(one), one.predicate, natural(one.subject)))
    return list(dict.fromkeys((entailed(one), wordings[one.predicate], one.subject) for one in ordered))


def _incoming(mentions: Sequence[tuple[bool, str, str]], namer: Namer) -> tuple[Links, ...]:
    groups: dict[tuple[bool, str], list[Value]] = {}
    for follows, wording, iri in mentions:
        groups.setdefault((follows, wording), []).append(namer.thing(iri))
    return tuple(Links(wording, follows, tuple(things)) for (follows, wording), things in groups.items())


def _wording(reader: Reader, predicate: str, namer: Namer) -> str:
    """The name of the inverse property if the ontology has one, else a phrase around the property's name."""
    for inverse in (*reader.iris(predicate, _INVERSE), *reader.subjects(_INVERSE, predicate)):
        name = namer.name(inverse)
        if not name.made_up:
            return name.text
    return namer.texts("thing.incoming_of", property=namer.name(predicate).text)
