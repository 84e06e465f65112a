"""The few terms that the code itself speaks of, as pyoxigraph nodes."""

import pyoxigraph as ox

from kzlod.namespaces import ONTOLOGY, PREFIXES


def kz(name: str) -> ox.NamedNode:
    """The ontology term of that name."""
    return ox.NamedNode(ONTOLOGY + name)


def term(prefixed: str) -> ox.NamedNode:
    """The term written with one of our prefixes, as in `skos:prefLabel`; KeyError for an unknown prefix."""
    prefix, _, local = prefixed.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


def literal(value: str | int | bool, datatype: str = "") -> ox.Literal:
    """A literal; `datatype` is prefixed (`xsd:date`), needless for strings, integers and booleans."""
    if isinstance(value, bool):
        return ox.Literal(str(value).lower(), datatype=term("xsd:boolean"))
    if isinstance(value, int):
        return ox.Literal(str(value), datatype=term("xsd:integer"))
    return ox.Literal(value, datatype=term(datatype)) if datatype else ox.Literal(value)


TYPE = term("rdf:type")
LABEL = term("rdfs:label")
SOURCE = term("dcterms:source")
SAME_AS = term("owl:sameAs")
DISJOINT_WITH = term("owl:disjointWith")


def value(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | ox.DefaultGraph) -> str:
    """The IRI of a node, the text of a literal, the name of a blank node; anything else as N-Triples."""
    if isinstance(node, ox.NamedNode | ox.BlankNode | ox.Literal):
        return node.value
    return str(node)


def quad(triple: ox.Triple, graph: str | None = None) -> ox.Quad:
    """The triple in the graph of that IRI, or in the default graph."""
    name = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
    return ox.Quad(triple.subject, triple.predicate, triple.object, name)
