"""The addresses of everything: our own base and the vocabularies that the data use."""

from collections.abc import Mapping
from types import MappingProxyType

BASE = "https://w3id.org/kzlod/"
ONTOLOGY = f"{BASE}ontology#"
CONCEPT = f"{BASE}concept/"
ID = f"{BASE}id/"
GRAPH = f"{ID}graph/"

PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "kzlod": ONTOLOGY,
        "concept": CONCEPT,
        "id": ID,
        "graph": GRAPH,
        "country": f"{ID}country/",
        "treaty": f"{ID}treaty/",
        "act": f"{ID}act/",
        "institution": f"{ID}institution/",
        "source": f"{ID}source/",
        "dcat": "http://www.w3.org/ns/dcat#",
        "dcterms": "http://purl.org/dc/terms/",
        "eli": "http://data.europa.eu/eli/ontology#",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "oa": "http://www.w3.org/ns/oa#",
        "org": "http://www.w3.org/ns/org#",
        "owl": "http://www.w3.org/2002/07/owl#",
        "prov": "http://www.w3.org/ns/prov#",
        "qb": "http://purl.org/linked-data/cube#",
        "qudt": "http://qudt.org/schema/qudt/",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "schema": "http://schema.org/",
        "sd": "http://www.w3.org/ns/sparql-service-description#",
        "sdmx-attribute": "http://purl.org/linked-data/sdmx/2009/attribute#",
        "sdmx-code": "http://purl.org/linked-data/sdmx/2009/code#",
        "sdmx-dimension": "http://purl.org/linked-data/sdmx/2009/dimension#",
        "sdmx-measure": "http://purl.org/linked-data/sdmx/2009/measure#",
        "sh": "http://www.w3.org/ns/shacl#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "spdx": "http://spdx.org/rdf/terms#",
        "sssom": "https://w3id.org/sssom/",
        "void": "http://rdfs.org/ns/void#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
)


def compact(iri: str) -> str:
    """The IRI written with one of our prefixes where one fits, else in angle brackets."""
    best = max(
        ((prefix, space) for prefix, space in PREFIXES.items() if iri.startswith(space)),
        key=lambda pair: len(pair[1]),
        default=None,
    )
    return f"{best[0]}:{iri.removeprefix(best[1])}" if best else f"<{iri}>"


def is_source_graph(graph: str) -> bool:
    """Whether a graph is that of one source document (`id/graph/KAZ/treaty-news`, not `id/graph/links`)."""
    return graph.startswith(GRAPH) and "/" in graph.removeprefix(GRAPH)


def source_of_graph(graph: str) -> str:
    """The IRI of the source document of a source graph."""
    return f"{BASE}id/source/{graph.removeprefix(GRAPH)}"
