"""Reading a release's store: what is said of a thing, and how things are called.

Only pattern look-ups, never a query: a description takes microseconds a statement and cannot run away.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from kzlod.labels import Label, read_labels
from kzlod.namespaces import PREFIXES
from kzlod.release.index import FILE as INDEX
from kzlod.web.index import Index
from kzlod.web.steps import Steps

TYPE = PREFIXES["rdf"] + "type"
Term = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True, slots=True)
class Statement:
    """One triple and the named graphs that hold it (empty when only the default graph does)."""

    subject: str
    predicate: str
    object: Term
    graphs: tuple[str, ...]

    @property
    def iri(self) -> str | None:
        """The object's IRI, or None when the object is no IRI."""
        return self.object.value if isinstance(self.object, NamedNode) else None


class Reader:
    """A release opened for reading. Safe to use from several threads; holds no state but caches."""

    def __init__(self, store: Store, manifest: Mapping[str, Any], path: Path) -> None:
        """Takes the opened store, the manifest and the release's directory."""
        self.manifest = manifest
        self.path = path
        self._store = store
        self._union = DefaultGraph() if manifest.get("kind") == "release" else None
        self.graphs: tuple[str, ...] = tuple(sorted(_named(store.named_graphs())))
        self.index = Index(path / INDEX)
        self.labels = lru_cache(maxsize=50_000)(self._labels)
        self.graph_subjects = lru_cache(maxsize=32)(self._graph_subjects)
        self.meant = lru_cache(maxsize=20_000)(Steps(self).meant)

    @classmethod
    def open(cls, store_path: Path, manifest: Mapping[str, Any]) -> "Reader":
        """Opens the store of a release without taking a lock; OSError when there is none."""
        return cls(Store.read_only(str(store_path)), manifest, store_path.parent)

    def outgoing(self, iri: str) -> list[Statement]:
        """Everything said of a thing, in a fixed order, each statement with its graphs."""
        return merge(self._store.quads_for_pattern(NamedNode(iri), None, None, None))

    def incoming(self, iri: str, limit: int) -> tuple[list[Statement], bool]:
        """The statements whose object the thing is, in a fixed order up to a limit; and if these are all."""
        quads = self._store.quads_for_pattern(None, None, NamedNode(iri), None)
        read = list(islice(quads, 3 * limit))
        statements = merge(read)
        return statements[:limit], len(read) < 3 * limit and len(statements) <= limit

    def objects(self, iri: str, predicate: str) -> list[Term]:
        """The values of one property of a thing, in a fixed order."""
        quads = self._store.quads_for_pattern(NamedNode(iri), NamedNode(predicate), None, self._union)
        return sorted({quad.object for quad in quads}, key=str)

    def iris(self, iri: str, predicate: str) -> list[str]:
        """The IRIs among the values of one property of a thing."""
        return [term.value for term in self.objects(iri, predicate) if isinstance(term, NamedNode)]

    def value(self, iri: str, predicate: str) -> str | None:
        """The first value of one property as text, or None."""
        for term in self.objects(iri, predicate):
            if isinstance(term, NamedNode | Literal):
                return term.value
        return None

    def subjects(self, predicate: str, value: str | Literal) -> list[str]:
        """The IRIs of the things that have the given IRI, or literal, for a property."""
        given = NamedNode(value) if isinstance(value, str) else value
        quads = self._store.quads_for_pattern(None, NamedNode(predicate), given, self._union)
        return sorted({quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)})

    def count(self, graph: str) -> int:
        """The number of triples in a named graph, from the manifest where it says so."""
        for entry in self.manifest.get("graphs", ()):
            if entry["iri"] == graph:
                return int(entry["triples"])
        return sum(1 for _ in self._store.quads_for_pattern(None, None, None, NamedNode(graph)))

    def _labels(self, iri: str) -> tuple[Label, ...]:
        found = self.index.labels(iri)
        return read_labels(self._store, iri, self._union) if found is None else found

    def _graph_subjects(self, graph: str) -> tuple[str, ...]:
        quads = self._store.quads_for_pattern(None, None, None, NamedNode(graph))
        return tuple(sorted({quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}))


def merge(quads: Iterable[Quad]) -> list[Statement]:
    """Quads as statements, one a triple with all its named graphs, in the order of their terms."""
    graphs: dict[tuple[str, str, Term], set[str]] = {}
    for quad in quads:
        if isinstance(quad.subject, NamedNode):
            found = graphs.setdefault((quad.subject.value, quad.predicate.value, quad.object), set())
            if isinstance(quad.graph_name, NamedNode):
                found.add(quad.graph_name.value)
    statements = [Statement(*key, graphs=tuple(sorted(found))) for key, found in graphs.items()]
    return sorted(statements, key=lambda one: (one.subject, one.predicate, str(one.object)))


def _named(graphs: Iterable[object]) -> Iterator[str]:
    return (graph.value for graph in graphs if isinstance(graph, NamedNode))
