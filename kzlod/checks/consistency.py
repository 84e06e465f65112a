"""Checks of the union that shapes cannot make: contradictions, equalities, dangling references."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kzlod.errors import Problem
from kzlod.namespaces import BASE, GRAPH, compact
from kzlod.terms import DISJOINT_WITH, SAME_AS, TYPE, quad, term, value

_VERSION = term("owl:versionIRI")


def contradictions(union: Iterable[ox.Triple]) -> Iterator[Problem]:
    """Things that entailment puts into two disjoint classes (OWL 2 RL, rule cax-dw)."""
    types: dict[str, set[str]] = defaultdict(set)
    disjoint: dict[str, set[str]] = defaultdict(set)
    for triple in union:
        if triple.predicate == TYPE:
            types[value(triple.subject)].add(value(triple.object))
        elif triple.predicate == DISJOINT_WITH:
            disjoint[value(triple.subject)].add(value(triple.object))
    for thing, classes in sorted(types.items()):
        for one in sorted(classes):
            for other in sorted(disjoint[one] & classes):
                yield Problem(
                    thing,
                    f"is both {compact(one)} and {compact(other)}, which nothing can be",
                    "Look for a property whose domain or range gives the wrong class, or a wrong type.",
                )


def unasserted_equalities(asserted: Iterable[ox.Triple], entailed: Iterable[ox.Triple]) -> Iterator[Problem]:
    """Each owl:sameAs that only entailment states."""
    known = {triple for triple in asserted if triple.predicate == SAME_AS}
    for triple in entailed:
        if triple.predicate == SAME_AS and triple not in known and triple.subject != triple.object:
            yield Problem(
                value(triple.subject),
                f"would become the same as <{value(triple.object)}>",
                "Two things merge by an axiom of the ontology: mend the axiom or the data.",
            )


def dangling(union: Iterable[ox.Triple], known: Iterable[str] = ()) -> Iterator[Problem]:
    """Our IRIs that occur as predicate or object and that nothing describes.

    A container step, such as `id/country`, is described by its members. `known` are IRIs described
    elsewhere. Graphs are described by the catalogue, a version by what it is a version of.
    """
    described = {*known}
    mentioned: dict[str, str] = {}
    for triple in union:
        described.add(value(triple.subject))
        if triple.predicate == _VERSION:
            described.add(value(triple.object))
        for node in (triple.predicate, triple.object):
            if (
                isinstance(node, ox.NamedNode)
                and node.value.startswith(BASE)
                and not node.value.startswith(GRAPH)
            ):
                mentioned.setdefault(node.value, value(triple.subject))
    described |= {container for iri in described for container in _containers(iri)}
    for iri, by in sorted(mentioned.items()):
        if iri not in described:
            yield Problem(
                by,
                f"speaks of <{iri}>, which nothing describes",
                "Correct the IRI if it is misspelt; otherwise describe it.",
            )


def _containers(iri: str) -> Iterator[str]:
    """The IRIs that one gets by cutting the last steps of one of ours."""
    if iri.startswith(BASE):
        steps = iri.removeprefix(BASE).split("/")
        for length in range(1, len(steps)):
            yield BASE + "/".join(steps[:length])


def altered_literals(union: Iterable[ox.Triple]) -> Iterator[Problem]:
    """Literals that the query store would give back in another form than they were written.

    The store keeps numbers, dates and durations by value: `1.50` becomes `1.5`, `P12M` becomes `P1Y`.
    """
    store = ox.Store()
    triples = set(union)
    store.extend(quad(triple) for triple in triples)
    kept = {quad.triple for quad in store}
    for triple in sorted(triples - kept, key=str):
        found = store.quads_for_pattern(triple.subject, triple.predicate, None)
        others = ", ".join(sorted(str(quad.object) for quad in found if quad.triple not in triples))
        yield Problem(
            value(triple.subject),
            f"has the literal {triple.object}, which the store would give back as {others}",
            "Write it in the form in which it comes back, or use a datatype that keeps its form.",
        )
