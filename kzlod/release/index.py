"""The index of a release: every IRI of ours that occurs in it, sorted, in one SQLite file.

release/<id>/index.sqlite
    iri (iri, subject, labels)   each IRI below the base; subject 1: something is said of it;
                                 labels: JSON, a list of [text, language, unofficial]
    and the tables of search (kzlod.release.search) and of the documents' contents (kzlod.release.contents)

It is written once, so that whoever serves the release need not read all of it first, and finds the names of
a thing by one look.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import astuple
from pathlib import Path

import pyoxigraph as ox

from kzlod.labels import Label, read_labels
from kzlod.namespaces import BASE
from kzlod.release.contents import Stated, read_contents, write_contents
from kzlod.release.search import Entry, read_entries, write_search

FILE = "index.sqlite"
"""The name of the file in the folder of a release."""

_SCHEMA = (
    "CREATE TABLE iri (iri TEXT PRIMARY KEY, subject INTEGER NOT NULL, labels TEXT NOT NULL) WITHOUT ROWID"
)


def write_index(store_path: Path, file: Path, *, union: bool) -> None:
    """Writes the index of a store into a new file.

    `union`: the default graph holds every triple, as in a release; otherwise all graphs are read. Raises
    OSError when the file cannot be written.
    """
    store = ox.Store.read_only(str(store_path))
    graph = ox.DefaultGraph() if union else None
    write(
        file,
        _iris(store, graph),
        lambda iri: read_labels(store, iri, graph),
        read_entries(store, graph),
        read_contents(store, graph),
    )


def write(
    file: Path,
    iris: Mapping[str, bool],
    labels: Callable[[str], Sequence[Label]] = lambda _: (),
    entries: Iterable[Entry] = (),
    stated: Iterable[Stated] = (),
) -> None:
    """Writes IRIs, each with whether it is a subject, into a new file; OSError when that cannot be done.

    `labels` gives the names of a subject, `entries` are what search finds, `stated` what documents state.
    """

    def rows() -> Iterator[tuple[str, bool, str]]:
        for iri, subject in sorted(iris.items()):
            names = [astuple(label) for label in labels(iri)] if subject else []
            yield iri, subject, json.dumps(names, ensure_ascii=False, separators=(",", ":"))

    file.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(file)) as database, database:
            database.execute("PRAGMA journal_mode = OFF")
            database.execute(_SCHEMA)
            database.executemany("INSERT INTO iri VALUES (?, ?, ?)", rows())
            write_search(database, entries)
            write_contents(database, stated)
    except sqlite3.OperationalError as error:
        raise OSError(f"{file}: {error}") from error


def _iris(store: ox.Store, graph: ox.DefaultGraph | None) -> dict[str, bool]:
    """Every IRI of ours that occurs, and whether it is a subject."""
    found = {graph.value: False for graph in store.named_graphs() if isinstance(graph, ox.NamedNode)}
    for quad in store.quads_for_pattern(None, None, None, graph):
        for term in (quad.predicate, quad.object):
            if isinstance(term, ox.NamedNode):
                found.setdefault(term.value, False)
        if isinstance(quad.subject, ox.NamedNode):
            found[quad.subject.value] = True
    return {iri: subject for iri, subject in found.items() if iri.startswith(BASE)}
