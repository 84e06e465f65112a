"""What the endpoint says of itself: SPARQL 1.1 Service Description, generated from what there is."""

from collections.abc import Iterable

import pyoxigraph as ox

from kzlod.engine.formats import FORMATS
from kzlod.namespaces import PREFIXES

FORMATS_OFFERED = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
}
"""The media types in which the description can be had, the default first."""

_TYPE = ox.NamedNode(f"{PREFIXES['rdf']}type")


def service_description(
    endpoint_url: str, graphs: Iterable[str], *, union: bool, federation: bool
) -> list[ox.Triple]:
    """The description of the endpoint at that address over these named graphs.

    `union`: the default graph is the union of the named ones. `federation`: SERVICE is answered.
    """
    service = ox.NamedNode(endpoint_url)
    dataset = ox.NamedNode(f"{endpoint_url}#dataset")
    default = ox.NamedNode(f"{endpoint_url}#default-graph")
    triples = [
        ox.Triple(service, _TYPE, _sd("Service")),
        ox.Triple(service, _sd("endpoint"), service),
        ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        *(ox.Triple(service, _sd("resultFormat"), ox.NamedNode(item.iri)) for item in FORMATS),
        *([ox.Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))] if union else []),
        *([ox.Triple(service, _sd("feature"), _sd("BasicFederatedQuery"))] if federation else []),
        ox.Triple(service, _sd("defaultDataset"), dataset),
        ox.Triple(dataset, _TYPE, _sd("Dataset")),
        ox.Triple(dataset, _sd("defaultGraph"), default),
        ox.Triple(default, _TYPE, _sd("Graph")),
    ]
    for number, name in enumerate(sorted(graphs), 1):
        graph = ox.NamedNode(f"{endpoint_url}#graph-{number}")
        triples += [
            ox.Triple(dataset, _sd("namedGraph"), graph),
            ox.Triple(graph, _TYPE, _sd("NamedGraph")),
            ox.Triple(graph, _sd("name"), ox.NamedNode(name)),
        ]
    return triples


def serialise(triples: Iterable[ox.Triple], media_type: str) -> bytes:
    """The description in one of FORMATS_OFFERED."""
    prefixes = {"sd": PREFIXES["sd"], "formats": "http://www.w3.org/ns/formats/"}
    return ox.serialize(triples, format=FORMATS_OFFERED[media_type], prefixes=prefixes) or b""


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{PREFIXES['sd']}{name}")
