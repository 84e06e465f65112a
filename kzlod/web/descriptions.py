"""What a release says of one thing: statements, incoming links, citations, supports, discrepancies, members.

Pure reading of a `Reader`; knows nothing of HTTP or HTML. `triples` turns a description into the RDF that a
document carries.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Triple

from kzlod.namespaces import BASE, ONTOLOGY, PREFIXES, is_source_graph, source_of_graph
from kzlod.web.addresses import document_path
from kzlod.web.reading import TYPE, Reader, Statement, Term

INCOMING_READ = 10_000
RDF_PAGE = 2_000
PARTS_READ = 200
EXAMPLES = 100
LICENCE = "https://creativecommons.org/licenses/by/4.0/"

SOURCE = PREFIXES["dcterms"] + "source"
SUMMARY = ONTOLOGY + "summary"
PROVISION = ONTOLOGY + "Provision"
WHERE_STATED = tuple(ONTOLOGY + name for name in ("inDocument", "locator", "firstLine", "lastLine"))
SUPPORTS = ONTOLOGY + "supports"
DISPUTED = ONTOLOGY + "disputed"
RDFS_LABEL = PREFIXES["rdfs"] + "label"
MEMBER = PREFIXES["rdfs"] + "member"
VOID_TRIPLES = PREFIXES["void"] + "triples"
XSD = PREFIXES["xsd"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage of a source document; what the store does not say is None."""

    iri: str
    document: str | None
    locator: str | None
    first_line: str | None
    last_line: str | None
    start: str | None
    end: str | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Support:
    """Says which citations cover which properties (and values) of a thing."""

    iri: str
    properties: tuple[str, ...]
    values: tuple[Term, ...]
    citations: tuple[str, ...]
    graphs: tuple[str, ...]

    def covers(self, statement: Statement) -> bool:
        """Whether this support is about the given statement."""
        if statement.predicate not in self.properties:
            return False
        return not self.values or statement.object in self.values


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a discrepancy: a value or a resource, and where it stands."""

    iri: str
    values: tuple[Term, ...]
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Sources that disagree about a thing: on which properties, in which way, with which sides."""

    iri: str
    properties: tuple[str, ...]
    kind: str | None
    summaries: tuple[Literal, ...]
    sides: tuple[Side, ...]
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GraphFacts:
    """A named graph: how many triples, which source document, what it speaks of."""

    triples: int
    source: str | None
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Description:
    """Everything a release says of one IRI."""

    iri: str
    outgoing: tuple[Statement, ...] = ()
    incoming: tuple[Statement, ...] = ()
    incoming_complete: bool = True
    citations: Mapping[str, Citation] = field(default_factory=dict)
    supports: tuple[Support, ...] = ()
    discrepancies: tuple[Discrepancy, ...] = ()
    members: tuple[str, ...] = ()
    graph: GraphFacts | None = None

    @property
    def is_container(self) -> bool:
        """Whether nothing is said of the IRI itself, so that its members are its description."""
        return not self.outgoing and self.graph is None and bool(self.members)

    def values(self, predicate: str) -> list[Term]:
        """The values of one property."""
        return [one.object for one in self.outgoing if one.predicate == predicate]

    def classes(self) -> list[str]:
        """The IRIs of all its classes, those that follow too."""
        return [one.iri for one in self.outgoing if one.predicate == TYPE and one.iri]

    def types(self) -> list[str]:
        """The IRIs of the classes of the thing: those that were asserted, or else those that follow."""
        kinds = [one for one in self.outgoing if one.predicate == TYPE and one.iri]
        asserted = [one for one in kinds if not entailed(one)]
        return [one.iri for one in asserted or kinds if one.iri]


def describe(reader: Reader, iri: str, most: int = INCOMING_READ) -> Description | None:
    """The description of an IRI of ours, or None when the release does not know it.

    At most `most` incoming links are read.
    """
    if not reader.index.answers(iri):
        return None
    if iri not in reader.index:
        return Description(iri, members=tuple(reader.index.members(iri)))
    outgoing = reader.outgoing(iri)
    incoming, complete = reader.incoming(iri, most)
    if any(one.predicate == TYPE and one.iri == PROVISION for one in outgoing):
        incoming += _of_parts(reader, iri, {one.subject for one in incoming})
    supports = tuple(_support(reader, one) for one in reader.subjects(SUPPORTS, iri))
    discrepancies = tuple(discrepancy(reader, one) for one in reader.subjects(DISPUTED, iri))
    cited = {
        *(one.iri for one in outgoing if one.predicate == SOURCE and one.iri),
        *(citation for one in supports for citation in one.citations),
        *(citation for one in discrepancies for citation in one.citations),
        *(citation for one in discrepancies for side in one.sides for citation in side.citations),
    }
    return Description(
        iri,
        tuple(outgoing),
        tuple(incoming),
        complete,
        {one: citation(reader, one) for one in sorted(cited)},
        supports,
        discrepancies,
        tuple(reader.index.members(iri)),
        _graph(reader, iri),
    )


def _of_parts(reader: Reader, iri: str, known: set[str]) -> Iterator[Statement]:
    """The statements about the parts of a provision, but those of its own parts and of `known` things."""
    for part in reader.index.below(f"{iri}/")[:PARTS_READ]:
        for statement in reader.incoming(part, RDF_PAGE)[0]:
            if not statement.subject.startswith(iri) and statement.subject not in known:
                yield statement


def citation(reader: Reader, iri: str) -> Citation:
    """The passage that a citation names."""

    def said(name: str) -> str | None:
        return reader.value(iri, ONTOLOGY + name)

    return Citation(
        iri,
        said("inDocument"),
        said("locator"),
        said("firstLine"),
        said("lastLine"),
        said("start"),
        said("end"),
        said("sha256"),
    )


def entailed(statement: Statement) -> bool:
    """Whether only the entailed graph holds a statement."""
    return bool(statement.graphs) and all(graph.endswith("/graph/entailed") for graph in statement.graphs)


def triples(reader: Reader, description: Description, page: int = 1) -> list[Triple]:
    """The triples of a document about a thing, in a fixed order, each once.

    The thing's statements, one page of its incoming links with the kind, summary and passages of what
    mentions it, its citations, supports and discrepancies in full, the members of a container, and an
    `rdfs:label` in every language for everything that is mentioned.
    """
    start = (page - 1) * RDF_PAGE
    incoming = description.incoming[start : start + RDF_PAGE]
    found = dict.fromkeys(_about_document(description, reader))
    for statement in (*description.outgoing, *incoming):
        found[_triple(statement)] = None
    found.update(dict.fromkeys(_mentions(reader, {one.subject for one in incoming} - {description.iri})))
    for iri in _helpers(description):
        found.update(dict.fromkeys(map(_triple, reader.outgoing(iri))))
    if description.is_container:
        found.update(dict.fromkeys(_members(description)))
    if description.graph:
        found.update(
            dict.fromkeys(
                _graph_triples(description.iri, description.graph, description.values(VOID_TRIPLES))
            )
        )
    found.update(dict.fromkeys(_labels(reader, list(found))))
    return by_subject(found, description.iri)


def by_subject(found: Iterable[Triple], first: str) -> list[Triple]:
    """Triples with those of one subject together: `first` at the top, the others as they first appear."""
    order = {first: 0}
    given = list(found)
    for triple in given:
        order.setdefault(_text(triple.subject), len(order))
    return sorted(given, key=lambda triple: order[_text(triple.subject)])


def _triple(statement: Statement) -> Triple:
    return Triple(NamedNode(statement.subject), NamedNode(statement.predicate), statement.object)


def _mentions(reader: Reader, things: Iterable[str]) -> Iterator[Triple]:
    """What the things that mention another are, what they say in short, and where each is stated."""
    cited: set[str] = set()
    for iri in sorted(things):
        node = NamedNode(iri)
        for predicate in (TYPE, SUMMARY, SOURCE):
            for term in reader.objects(iri, predicate):
                yield Triple(node, NamedNode(predicate), term)
        cited.update(reader.iris(iri, SOURCE))
    for iri in sorted(cited):
        for predicate in WHERE_STATED:
            for term in reader.objects(iri, predicate):
                yield Triple(NamedNode(iri), NamedNode(predicate), term)


def _helpers(description: Description) -> Iterator[str]:
    yield from description.citations
    yield from (one.iri for one in description.supports)
    for one in description.discrepancies:
        yield one.iri
        yield from (side.iri for side in one.sides)


def _members(description: Description) -> Iterator[Triple]:
    for member in description.members:
        yield Triple(NamedNode(description.iri), NamedNode(MEMBER), NamedNode(member))


def _about_document(description: Description, reader: Reader) -> Iterator[Triple]:
    """The document itself: what it is about and under which licence it may be used."""
    document = NamedNode(BASE + document_path(description.iri).removeprefix("/"))
    yield Triple(document, NamedNode(PREFIXES["foaf"] + "primaryTopic"), NamedNode(description.iri))
    if reader.manifest.get("kind") == "release":
        yield Triple(document, NamedNode(PREFIXES["dcterms"] + "license"), NamedNode(LICENCE))


def _graph_triples(iri: str, facts: GraphFacts, stated: Sequence[Term]) -> Iterator[Triple]:
    graph, void = NamedNode(iri), PREFIXES["void"]
    count = Literal(str(facts.triples), datatype=NamedNode(XSD + "integer"))
    if not stated:  # a release's catalogue has counted already
        yield Triple(graph, NamedNode(void + "triples"), count)
    if facts.source:
        yield Triple(graph, NamedNode(SOURCE), NamedNode(facts.source))
    for subject in facts.subjects[:EXAMPLES]:
        yield Triple(graph, NamedNode(void + "exampleResource"), NamedNode(subject))


def _labels(reader: Reader, found: Iterable[Triple]) -> Iterator[Triple]:
    mentioned: dict[str, None] = {}
    for triple in found:
        for term in (triple.subject, triple.predicate, triple.object):
            if isinstance(term, NamedNode):
                mentioned[term.value] = None
    for iri in sorted(mentioned):
        for label in reader.labels(iri):
            literal = Literal(label.text, language=label.language or None)
            yield Triple(NamedNode(iri), NamedNode(RDFS_LABEL), literal)


def _support(reader: Reader, iri: str) -> Support:
    properties = [_text(term) for term in reader.objects(iri, ONTOLOGY + "supportsProperty")]
    values = reader.objects(iri, ONTOLOGY + "supportsValue")
    graphs = {graph for one in reader.outgoing(iri) for graph in one.graphs if not entailed(one)}
    return Support(
        iri, tuple(properties), tuple(values), tuple(reader.iris(iri, SOURCE)), tuple(sorted(graphs))
    )


def discrepancy(reader: Reader, iri: str) -> Discrepancy:
    """A discrepancy with its sides."""
    properties = [_text(term) for term in reader.objects(iri, ONTOLOGY + "disputedProperty")]
    kinds = reader.iris(iri, ONTOLOGY + "discrepancyKind")
    summaries = [
        term
        for name in ("summary", "note")
        for term in reader.objects(iri, ONTOLOGY + name)
        if isinstance(term, Literal)
    ]
    return Discrepancy(
        iri,
        tuple(properties),
        kinds[0] if kinds else None,
        tuple(summaries),
        tuple(_side(reader, side) for side in reader.iris(iri, ONTOLOGY + "side")),
        tuple(reader.iris(iri, SOURCE)),
    )


def _side(reader: Reader, iri: str) -> Side:
    values = [
        *reader.objects(iri, ONTOLOGY + "sideValue"),
        *reader.objects(iri, ONTOLOGY + "sideResource"),
    ]
    return Side(iri, tuple(values), tuple(reader.iris(iri, SOURCE)))


def _graph(reader: Reader, iri: str) -> GraphFacts | None:
    if iri not in reader.graphs:
        return None
    source = source_of_graph(iri) if is_source_graph(iri) else None
    known = source if source and source in reader.index else None
    return GraphFacts(reader.count(iri), known, reader.graph_subjects(iri))


def _text(term: Term) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else str(term)
