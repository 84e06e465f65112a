"""A small store for the engine's tests."""

from pathlib import Path

import pyoxigraph as ox
import pytest

EX = "http://example.org/"


@pytest.fixture(scope="session")
def store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in the shape of a release: two named graphs, and their union in the default graph."""
    path = tmp_path_factory.mktemp("engine") / "store with a space"
    store = ox.Store(str(path))
    property_ = ox.NamedNode(f"{EX}p")
    for graph, subject, value in [("g1", "a", "один"), ("g2", "b", 'қ "2"\n,\t')]:
        triple = (ox.NamedNode(f"{EX}{subject}"), property_, ox.Literal(value, language="kk"))
        store.add(ox.Quad(*triple, ox.NamedNode(f"{EX}{graph}")))
        store.add(ox.Quad(*triple))
    store.extend(
        ox.Quad(ox.NamedNode(f"{EX}n{number}"), ox.NamedNode(f"{EX}many"), ox.Literal(number))
        for number in range(2000)
    )
    store.flush()
    del store
    return path
