"""The same RDF terms in the two libraries: pyoxigraph parses and stores, rdflib validates.

Lexical forms are kept: rdflib's habit of normalising literals is switched off for the process,
since it would turn an ill-typed date into a plain one before the shapes see it.
"""

from collections.abc import Iterable

import pyoxigraph as ox
import rdflib
from rdflib import BNode, Graph, Literal, URIRef

rdflib.NORMALIZE_LITERALS = False

Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


def to_rdflib(node: Node) -> URIRef | BNode | Literal:
    """A pyoxigraph term as an rdflib term with the same lexical form."""
    if isinstance(node, ox.NamedNode):
        return URIRef(node.value)
    if isinstance(node, ox.BlankNode):
        return BNode(node.value)
    if isinstance(node, ox.Triple):
        raise TypeError(f"a triple as a term: {node}")
    if node.language:
        return Literal(node.value, lang=node.language)
    return Literal(node.value, datatype=URIRef(node.datatype.value), normalize=False)


def from_rdflib(node: rdflib.term.Node) -> Node:
    """An rdflib term as a pyoxigraph term with the same lexical form."""
    if isinstance(node, URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, BNode):
        return ox.BlankNode(str(node))
    if not isinstance(node, Literal):
        raise TypeError(f"not an RDF 1.1 term: {node!r}")
    if node.language:
        return ox.Literal(str(node), language=node.language)
    return (
        ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype)))
        if node.datatype
        else ox.Literal(str(node))
    )


def graph_of(triples: Iterable[ox.Triple]) -> Graph:
    """An rdflib graph of the triples."""
    graph = Graph()
    for triple in triples:
        graph.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
    return graph
