"""How things are called: the labels that a store has for an IRI."""

from dataclasses import dataclass

import pyoxigraph as ox

from kzlod.namespaces import PREFIXES

UNOFFICIAL = PREFIXES["kzlod"] + "unofficialLabel"
PROPERTIES = (
    PREFIXES["skos"] + "prefLabel",
    PREFIXES["rdfs"] + "label",
    PREFIXES["dcterms"] + "title",
    UNOFFICIAL,
    PREFIXES["schema"] + "name",
    PREFIXES["foaf"] + "name",
)
"""The properties whose values are names, those that count most first."""

Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


@dataclass(frozen=True, slots=True)
class Label:
    """A name of a thing: text, language tag (empty when none), and whether the project made it."""

    text: str
    language: str
    unofficial: bool = False


def read_labels(store: ox.Store, iri: str, graph: Graph | None) -> tuple[Label, ...]:
    """The names of a thing, each once, in a fixed order; `graph` None: those in all graphs."""
    subject = ox.NamedNode(iri)
    found: dict[tuple[str, str], None] = {}
    unofficial = set()
    for name in PROPERTIES:
        quads = store.quads_for_pattern(subject, ox.NamedNode(name), None, graph)
        for term in sorted({quad.object for quad in quads}, key=str):
            if isinstance(term, ox.Literal):
                found.setdefault((term.value, term.language or ""))
                if name == UNOFFICIAL:
                    unofficial.add(term.value)
    return tuple(Label(*key, unofficial=key[0] in unofficial) for key in found)
