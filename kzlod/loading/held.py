"""By what a release in another endpoint is recognised."""

from collections.abc import Mapping
from typing import Any, Protocol

from kzlod.engine.survey import Holding
from kzlod.namespaces import GRAPH, PREFIXES
from kzlod.release.catalog import CATALOG_GRAPH, DATASET

UNION = f"{GRAPH}union"
"""The graph with the union of all graphs, in endpoints without a default graph of their own."""

IDENTIFIER = f"{PREFIXES['dcterms']}identifier"
"""The property by which the catalogue, the graph that is loaded last, names the release."""


class Described(Protocol):
    """What is needed of a release."""

    @property
    def id(self) -> str:
        """Its name."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """Versions, counts and checksums."""


def holding_of(release: Described) -> Holding:
    """What an endpoint holds that holds this release."""
    return Holding(
        marked=CATALOG_GRAPH,
        subject=DATASET,
        predicate=IDENTIFIER,
        value=release.id,
        union=UNION,
        graphs=tuple(str(graph["iri"]) for graph in release.manifest["graphs"]),
        triples=int(release.manifest["triples"]),
    )
