"""Queries over several default graphs: over their RDF merge, as SPARQL 1.1 says (section 13.2.1).

The engine goes through such graphs one after another and finds a triple that two of them hold twice, and
every triple of a graph that two clauses FROM or FROM NAMED name. So the data set is given to it with each
graph once, and graphs that share a triple are put together in a small store of their own, and that is asked.
Those of a store have their blank nodes in common: the merge is the union of their triples.

Standard library and pyoxigraph only, so that a worker starts quickly.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import pyoxigraph as ox

from kzlod.engine.lexemes import tokens

Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

_MERGES = 2
"""The most merges that are kept for the next query."""

_NAMES_GRAPHS = re.compile(r"GRAPH|FROM|\\u", re.IGNORECASE)
"""What a query must have that is about named graphs; an escaped letter may be one of such a word."""

_TESTS = 10_000
"""The most triples that are looked for by us before the engine counts them all; some 20 milliseconds."""

_DECLARATIONS = {"BASE", "PREFIX", "VERSION"}
_BEFORE_FROM = {"SELECT", "DISTINCT", "REDUCED", "CONSTRUCT", "DESCRIBE", "ASK"}
_AFTER_FROM = {"WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"}
_COUNT = "SELECT (COUNT(*) AS ?all) (COUNT(DISTINCT *) AS ?different) { ?s ?p ?o }"


class Dataset(NamedTuple):
    """The graphs that make up the default graph, and the named graphs, each once."""

    default: tuple[ox.NamedNode, ...]
    named: tuple[ox.NamedNode, ...]


class MergingStore:
    """A store that nothing writes to, asked as the standard says; keeps the last merges."""

    def __init__(self, store: ox.Store, unnamed: ox.Store | None = None) -> None:
        """Takes the store, and, if there is one, a store of the triples of its default graph only.

        The latter is asked where named graphs do not matter: without their quads it is quicker to scan.
        """
        self._store, self._unnamed = store, unnamed
        self._overlap = lru_cache(maxsize=256)(lambda graphs: overlap(store, graphs))
        self._merges: dict[Dataset, ox.Store] = {}

    def query(
        self,
        text: str,
        *,
        base_iri: str | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        prefixes: Mapping[str, str] | None = None,
    ) -> Results:
        """What `ox.Store.query` gives, and raises.

        The graphs are those of the protocol: unless there are none of either kind, they replace the query's
        data set as a whole. `prefixes` (prefix → namespace) are declared beside those of the query.
        """
        given = Dataset(_nodes(default_graphs), _nodes(named_graphs))
        dataset = given if any(given) else stated_dataset(text, base_iri, prefixes)
        store = self._store
        default: Sequence[ox.NamedNode | ox.DefaultGraph] | None = None
        named: Sequence[ox.NamedNode] | None = None
        if dataset is None:
            if self._unnamed is not None and not _NAMES_GRAPHS.search(text):
                store = self._unnamed
        else:
            default, named = dataset
            if (merged := self._merged(dataset)) is not None:
                store, default = merged, [ox.DefaultGraph()]
        return store.query(
            text,
            base_iri=base_iri,
            prefixes=dict(prefixes or {}),
            default_graph=None if default is None else list(default),
            named_graphs=None if named is None else list(named),
        )

    def _merged(self, dataset: Dataset) -> ox.Store | None:
        """The store to ask in place of ours, if the default graphs have triples in common."""
        if len(dataset.default) < 2 or not self._overlap(frozenset(dataset.default)):
            return None
        merged = self._merges.pop(dataset, None)
        if merged is None:
            while len(self._merges) >= _MERGES:
                del self._merges[next(iter(self._merges))]
            merged = merge(self._store, dataset)
        self._merges[dataset] = merged  # the one used last comes last
        return merged


def overlap(store: ox.Store, graphs: Iterable[ox.NamedNode]) -> bool:
    """Whether a triple is in more than one of these graphs.

    Goes through them in step, until only the largest is left, and looks for each triple in the others. When
    that takes long, the engine counts instead, which is faster for graphs of about the same size.
    """
    left = {graph: store.quads_for_pattern(None, None, None, graph) for graph in graphs}
    tests = 0
    while len(left) > 1:
        for graph, quads in list(left.items()):
            quad = next(quads, None)
            if quad is None:
                del left[graph]  # each of its triples has been looked for everywhere
                continue
            triple = (quad.subject, quad.predicate, quad.object)
            if any(ox.Quad(*triple, other) in store for other in left if other != graph):
                return True
            tests += len(left)
            if tests > _TESTS:
                return _counted_overlap(store, left)
    return False


def _counted_overlap(store: ox.Store, graphs: Iterable[ox.NamedNode]) -> bool:
    results = store.query(_COUNT, default_graph=list(graphs))
    assert isinstance(results, ox.QuerySolutions)
    row = next(results)
    return bool(row["all"] != row["different"])


def merge(store: ox.Store, dataset: Dataset) -> ox.Store:
    """A data set as a store in memory, whose default graph holds each triple once."""

    def quads() -> Iterator[ox.Quad]:
        for graph in dataset.default:
            for quad in store.quads_for_pattern(None, None, None, graph):
                yield ox.Quad(quad.subject, quad.predicate, quad.object)
        for graph in dataset.named:
            yield from store.quads_for_pattern(None, None, None, graph)

    merged = ox.Store()
    merged.bulk_extend(quads())
    return merged


def stated_dataset(
    text: str, base_iri: str | None = None, prefixes: Mapping[str, str] | None = None
) -> Dataset | None:
    """The data set that a query states by two clauses or more; None without, or when that is in doubt.

    A query that is not well-formed may or may not have one: the engine's parser, which gets the text as it
    is, has the last word. The engine also says which IRIs the clauses mean.
    """
    if text.lower().count("from") < 2:
        return None
    clauses = _find_clauses(text)
    if clauses is None or len(clauses.default) + len(clauses.named) < 2:
        return None
    names = [*clauses.before, *clauses.default, *clauses.named]
    probe = f"{text[: clauses.prologue]} SELECT ?name {{ VALUES ?name {{ {' '.join(names)} }} }}"
    try:
        results = ox.Store().query(probe, base_iri=base_iri, prefixes=dict(prefixes or {}))
    except (SyntaxError, ValueError):
        return None
    assert isinstance(results, ox.QuerySolutions)
    iris = [row["name"].value for row in results]
    first, last = len(clauses.before), len(names) - len(clauses.named)
    return Dataset(_nodes(iris[first:last]), _nodes(iris[last:]))


class _Clauses(NamedTuple):
    """Where the prologue ends; the prefixed names before FROM, and the graphs, as they are written."""

    prologue: int
    before: list[str]
    default: list[str]
    named: list[str]


def _find_clauses(text: str) -> _Clauses | None:
    """The FROM clauses of a query; None unless every lexeme outside of brackets up to them is understood.

    The engine's parser needs no space after a keyword: what might be FROM written together with something
    else is not understood, so that no clause is overlooked.
    """
    lexemes = ((kind, lexeme, lexeme.upper(), start) for kind, lexeme, start in tokens(text))
    prologue: int | None = None
    before: list[str] = []
    depth = 0
    previous = ""
    for kind, lexeme, word, start in lexemes:
        if prologue is None:
            if kind != "word" or word in _DECLARATIONS:
                continue
            prologue = start
        if kind == "open":
            if lexeme == "{" and not depth and previous != "CONSTRUCT":
                return None
            depth += 1
        elif kind == "close":
            depth -= 1
        elif not depth:
            if kind == "word" and word == "FROM":
                return _read_clauses(lexemes, prologue, before)
            if kind == "prefixed":
                before.append(lexeme)
            elif not (kind in ("name", "iri") or lexeme == "*" or word in _BEFORE_FROM):
                return None
        previous = word
    return None


def _read_clauses(
    lexemes: Iterator[tuple[str, str, str, int]], prologue: int, before: list[str]
) -> _Clauses | None:
    """The clauses from after the first FROM on."""
    end = ("", "", "", 0)
    clauses = _Clauses(prologue, before, [], [])
    word = "FROM"
    while word == "FROM":
        kind, name, word, _ = next(lexemes, end)
        graphs = clauses.default
        if kind == "word" and word == "NAMED":
            graphs = clauses.named
            kind, name, _, _ = next(lexemes, end)
        if kind not in ("iri", "prefixed"):
            return None
        graphs.append(name)
        _, _, word, _ = next(lexemes, end)
    return clauses if word in _AFTER_FROM | {"{", ""} else None


def _nodes(iris: Iterable[str]) -> tuple[ox.NamedNode, ...]:
    """Names of graphs, each once; raises SyntaxError for what is no absolute IRI."""
    nodes = []
    for iri in dict.fromkeys(iris):
        try:
            nodes.append(ox.NamedNode(iri))
        except ValueError as error:
            raise SyntaxError(f"{iri!r} cannot name a graph: {error}") from error
    return tuple(nodes)
