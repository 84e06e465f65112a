"""The query store: every quad in its named graph, and every triple in the default graph.

So the default graph is the union of all graphs, and FROM and FROM NAMED still mean what the
SPARQL standard says (asking the store itself for a union makes it ignore FROM).
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyoxigraph as ox

from kzlod.errors import InputError, Problem
from kzlod.terms import quad


def write_store(graphs: Mapping[str, Sequence[ox.Triple]], folder: Path) -> None:
    """Writes the store of the graphs (by IRI) into a new folder."""
    store = ox.Store(str(folder))
    store.bulk_extend(_quads(graphs))
    store.optimize()
    store.flush()


def union_store(graphs: Mapping[str, Sequence[ox.Triple]]) -> ox.Store:
    """The same store in memory."""
    store = ox.Store()
    store.extend(_quads(graphs))
    return store


def _quads(graphs: Mapping[str, Sequence[ox.Triple]]) -> Iterator[ox.Quad]:
    for iri, triples in graphs.items():
        for triple in triples:
            yield quad(triple, iri)
            yield quad(triple)


def load_file(file: Path, folder: Path) -> int:
    """Loads an N-Quads file as it is into a new store; returns the number of quads.

    InputError with the line when the file cannot be read.
    """
    if file.suffix == ".gz":
        raise InputError(Problem(str(file), "is compressed", "Unpack it first: gunzip --keep FILE."))
    store = ox.Store(str(folder))
    try:
        store.bulk_load(path=str(file), format=ox.RdfFormat.N_QUADS)
    except OSError as error:
        raise InputError(Problem(str(file), f"cannot be read: {error}", "Check the path.")) from error
    except SyntaxError as error:
        raise InputError(
            Problem(f"{file}:{error.lineno or 1}", str(error.msg), "Mend the line; the file must be N-Quads.")
        ) from error
    store.optimize()
    store.flush()
    return len(store)
