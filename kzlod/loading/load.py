"""Loading a release into an endpoint: so that it can be broken off at any moment, and done again.

1. The catalogue is dropped, so that the endpoint no longer says to hold a release; servers have some seconds
   to notice.
2. Each other graph is put in place in pieces, then the union of all into the default graph, or, in an
   endpoint whose default graph is the union of everything, into a graph of its own (kzlod/engine/survey.py
   asks for it there).
3. Graphs below our base that the release does not have are dropped.
4. The statements of each graph are counted. Only if all are there, the catalogue is written, which names the
   release.

Meanwhile the graph `…/graph/loading` notes which graphs are complete, by the checksums of their files: a load
that was broken off goes on from there.
"""

import gzip
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from kzlod.errors import EndpointError, Problem, ReleaseError
from kzlod.loading.held import IDENTIFIER, UNION, holding_of
from kzlod.loading.stores import Http, Store, name_of, store, store_address
from kzlod.namespaces import BASE, GRAPH
from kzlod.release.published import Release

Step = Callable[[str], None]

LOADING = f"{GRAPH}loading"
"""The graph that is there while a release is being loaded."""

_ANY = "?s ?p ?o"


@dataclass(frozen=True, slots=True)
class Target:
    """Where to load: the address for queries, the one for writing (None: found out), and how to write.

    `piece` is the size of a request in bytes; `wait` how many seconds servers have to notice that a release
    which is there goes; `replaces_default` allows to replace a default graph that holds something that is not
    ours.
    """

    query_url: str
    store_url: str | None = None
    protocol: str = "gsp"
    login: httpx.Auth | None = None
    piece: int = 4 * 1024 * 1024
    wait: float = 20.0
    replaces_default: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One graph to load: its name (None: the default graph), file with its checksum, number of statements."""

    graph: str | None
    file: Path
    sha256: str
    triples: int

    @property
    def note(self) -> str:
        """The name under which it is noted as complete."""
        return self.graph or UNION


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load came to: graphs written, graphs found complete, and graphs dropped; whether the default
    graph is the endpoint's own.
    """

    written: tuple[Part, ...]
    found: tuple[Part, ...]
    dropped: tuple[str, ...]
    own_default: bool


def load(release: Release, target: Target, step: Step, *, again: bool = False) -> Loaded:
    """Loads a release; one that is complete in the endpoint already is only counted, unless `again`.

    `step` is told what is being done. Raises ReleaseError when a file of the release is damaged,
    EndpointError when the endpoint cannot be asked or written to, or does not have what it was given.
    """
    step("checking the release")
    *graphs, union = _parts(release)
    http = Http(target.login)
    try:
        return _Loading(release, target, http, step, again).run(graphs, union)
    finally:
        http.close()


class _Loading:
    """One load."""

    def __init__(self, release: Release, target: Target, http: Http, step: Step, again: bool) -> None:
        self._holding = holding_of(release)
        self._target, self._http, self._step, self._again = target, http, step, again
        self._notes: dict[str, str] = {}
        self._store: Store

    def run(self, graphs: Sequence[Part], union: Part) -> Loaded:
        self._step("asking the endpoint")
        notes = self._read_notes()
        begun = bool(notes)
        self._notes = {} if self._again else notes
        catalog = next(part for part in graphs if part.graph == self._holding.marked)
        others = [part for part in graphs if part is not catalog]
        if not begun and not self._again and self._is_marked():
            own = not self._count(UNION)
            everything = [*graphs, union if own else _renamed(union)]
            if not self._differences(everything):
                return Loaded((), tuple(everything), (), own)
        self._store = store(self._target.protocol, self._http, self._address())
        self._unmark()
        own = self._finds_own_default()
        if not own:
            union = _renamed(union)
        elif not begun:
            self._refuse_foreign_default()
        written: list[Part] = []
        found: list[Part] = []
        for part in [*others, union]:
            (written if self._write(part) else found).append(part)
        dropped = self._drop_others({part.note for part in [*graphs, *([] if own else [union])]})
        self._step("counting")
        if differences := self._differences([*others, union]):
            raise EndpointError(*differences)
        self._write(catalog)
        if differences := self._differences([catalog]):
            raise EndpointError(*differences)
        self._store.drop(LOADING)
        return Loaded((*written, catalog), tuple(found), tuple(dropped), own)

    def _address(self) -> str:
        target = self._target
        if target.store_url:
            return target.store_url
        server = self._http.send("GET", target.query_url, "its name", accepted=range(200, 600)).headers.get(
            "server", ""
        )
        found = store_address(target.query_url, server, target.protocol)
        if found is None:
            raise EndpointError(
                Problem(
                    target.query_url,
                    "it does not show where it is written to",
                    "Name the address by --store.",
                )
            )
        return found

    def _unmark(self) -> None:
        """Drops the catalogue, and lets servers notice it before anything else changes."""
        catalog = self._holding.marked
        is_marked = bool(self._count(catalog))
        self._store.drop(catalog)
        if is_marked and self._target.wait:
            self._step(f"waiting {self._target.wait:g} seconds, so that servers notice")
            time.sleep(self._target.wait)

    def _finds_own_default(self) -> bool:
        """Whether the default graph is apart from the named ones; found out by a note in one of them."""
        self._write_notes()
        return not self._ask(f"SELECT ?v {{ <{LOADING}> <{IDENTIFIER}> ?v }}")

    def _refuse_foreign_default(self) -> None:
        holding = self._holding
        if self._target.replaces_default or not self._ask(f"SELECT * {{ {_ANY} }} LIMIT 1"):
            return
        if not self._ask(f"SELECT ?v {{ <{holding.subject}> <{holding.predicate}> ?v }}"):
            self._store.drop(LOADING)
            raise EndpointError(
                Problem(
                    self._target.query_url,
                    "its default graph holds statements that are not of a release of ours",
                    "Load into an empty store, or let them be replaced by --replace-default.",
                )
            )

    def _write(self, part: Part) -> bool:
        """Puts a graph in place, unless it is noted as complete and has its number of statements."""
        name = name_of(part.graph)
        if self._notes.get(part.note) == part.sha256 and self._count(part.graph) == part.triples:
            self._step(f"{name}: is there")
            return False
        if self._notes.pop(part.note, None):
            self._write_notes()
        self._step(f"{name}: {part.triples:,} statements")
        write = self._store.replace
        for piece in _pieces(part.file, self._target.piece):
            write(part.graph, piece)
            write = self._store.add
        self._notes[part.note] = part.sha256
        if part.graph != self._holding.marked:
            self._write_notes()
        return True

    def _read_notes(self) -> dict[str, str]:
        rows = self._ask(f"SELECT ?s ?v {{ GRAPH <{LOADING}> {{ ?s <{IDENTIFIER}> ?v }} }}")
        return {row["s"]: row["v"] for row in rows}

    def _write_notes(self) -> None:
        notes = {**self._notes, LOADING: self._holding.value}
        lines = [f'<{subject}> <{IDENTIFIER}> "{value}" .\n' for subject, value in sorted(notes.items())]
        self._store.replace(LOADING, "".join(lines).encode())

    def _drop_others(self, kept: set[str]) -> list[str]:
        """Drops the graphs below our base that the release does not have."""
        query = f'SELECT DISTINCT ?g {{ GRAPH ?g {{ {_ANY} }} FILTER (STRSTARTS(STR(?g), "{BASE}")) }}'
        names = sorted({row["g"] for row in self._ask(query)} - kept - {LOADING})
        for name in names:
            self._step(f"dropping {name_of(name)}")
            self._store.drop(name)
        return names

    def _is_marked(self) -> bool:
        holding = self._holding
        pattern = f"<{holding.subject}> <{holding.predicate}> ?v"
        rows = self._ask(f"SELECT ?v {{ GRAPH <{holding.marked}> {{ {pattern} }} }}")
        return holding.value in [row["v"] for row in rows]

    def _count(self, graph: str | None) -> int:
        pattern = f"GRAPH <{graph}> {{ {_ANY} }}" if graph else _ANY
        return int(self._ask(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")[0]["n"])

    def _differences(self, parts: Sequence[Part]) -> list[Problem]:
        """A problem for each graph that does not have its number of statements."""
        return [
            Problem(
                f"{self._target.query_url}, {name_of(part.graph)}",
                f"it has {found:,} statements where the release has {part.triples:,}",
                "Load again with --again; if it stays so, the store changes terms and cannot serve this.",
            )
            for part in parts
            if (found := self._count(part.graph)) != part.triples
        ]

    def _ask(self, text: str) -> list[dict[str, str]]:
        return self._http.query(self._target.query_url, text)


def _renamed(union: Part) -> Part:
    """The union as a graph of its own."""
    return Part(UNION, union.file, union.sha256, union.triples)


def _parts(release: Release) -> Iterator[Part]:
    """The graphs of a release in their order, their union last; ReleaseError when a file is damaged."""
    counts: Mapping[str, int] = {
        str(graph["iri"]): int(graph["triples"]) for graph in release.manifest["graphs"]
    }
    dumps = {dump["graph"]: dump for dump in release.manifest["dumps"] if dump["format"] == "nt"}
    for graph in [*counts, None]:
        if graph not in dumps:
            raise ReleaseError(
                Problem(
                    str(release.path), f"has no file for {name_of(graph)}", "Make it again: `kzlod release`."
                )
            )
        file = release.dumps_path / dumps[graph]["file"]
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        if digest != dumps[graph]["sha256"]:
            raise ReleaseError(
                Problem(str(file), "is damaged: its checksum is another", "Make it again: `kzlod release`.")
            )
        triples = int(release.manifest["triples"]) if graph is None else counts[graph]
        yield Part(graph, file, digest, triples)


def _pieces(file: Path, size: int) -> Iterator[bytes]:
    """The lines of a packed file in pieces of about `size` bytes; one empty piece for an empty file."""
    lines: list[bytes] = []
    length = 0
    with gzip.open(file, "rb") as stream:
        for line in stream:
            if length and length + len(line) > size:
                yield b"".join(lines)
                lines, length = [], 0
            lines.append(line)
            length += len(line)
    yield b"".join(lines)
