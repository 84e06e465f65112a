"""Entailment: what the ontology's own axioms imply, by OWL 2 RL rules.

Axioms of other vocabularies are never loaded: several declare functional properties, which
would turn two conflicting dates into an inconsistency or a false equality.
"""

from collections.abc import Iterable

import pyoxigraph as ox
import reasonable
from rdflib import URIRef

from kzlod.checks.terms import from_rdflib, to_rdflib
from kzlod.namespaces import PREFIXES
from kzlod.terms import TYPE, term, value

_TRIVIAL_CLASSES = {term("owl:Thing"), term("rdfs:Resource"), term("owl:NamedIndividual")}
_TRIVIAL_SPACES = (PREFIXES["owl"], PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["xsd"])


def entail(asserted: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The triples that follow from `asserted` and are not among them, sorted.

    What holds of anything (every thing is an owl:Thing, equals itself) is left out.
    """
    known = set(asserted)
    reasoner = reasonable.PyReasoner()
    reasoner.from_graph([tuple(map(to_rdflib, triple)) for triple in known])
    derived = (
        ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), from_rdflib(node))
        for subject, predicate, node in reasoner.reason()
        if isinstance(subject, URIRef)
    )
    return sorted({triple for triple in derived if triple not in known and not _is_trivial(triple)}, key=str)


def _is_trivial(triple: ox.Triple) -> bool:
    """Whether a triple says nothing that is worth publishing."""
    if value(triple.subject).startswith(_TRIVIAL_SPACES) or triple.subject == triple.object:
        return True
    return bool(triple.predicate == TYPE and triple.object in _TRIVIAL_CLASSES)
