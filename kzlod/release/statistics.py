"""Counts of a data set, as VoID defines them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kzlod.namespaces import BASE
from kzlod.terms import TYPE, value


@dataclass(frozen=True, slots=True)
class Statistics:
    """Distinct triples, distinct subjects, our own things, instances by class, triples by property."""

    triples: int
    subjects: int
    entities: int
    classes: tuple[tuple[str, int], ...]
    properties: tuple[tuple[str, int], ...]


def count(triples: Iterable[ox.Triple]) -> Statistics:
    """The counts of a set of triples; classes and properties come in the order of their IRIs."""
    distinct = set(triples)
    subjects = {value(triple.subject) for triple in distinct}
    classes = Counter(
        value(triple.object)
        for triple in distinct
        if triple.predicate == TYPE and isinstance(triple.object, ox.NamedNode)
    )
    properties = Counter(triple.predicate.value for triple in distinct)
    return Statistics(
        triples=len(distinct),
        subjects=len(subjects),
        entities=sum(subject.startswith(BASE) for subject in subjects),
        classes=tuple(sorted(classes.items())),
        properties=tuple(sorted(properties.items())),
    )
