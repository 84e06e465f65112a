"""What the embedded store answers by itself: in a child process, because a query may never end or crash it.

`python -m tests.hostile.oracle FILE` reads a JSON object a line (a query, its media types, its graphs) and
answers with one: the digest of the result, or the name of the error.
"""

import json
import resource
import select
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pyoxigraph as ox

from tests.hostile.ordinary import digest

ROOT = Path(__file__).resolve().parents[2]
_MEMORY = 2**30
TABLE = "application/sparql-results+json"
GRAPH = "application/n-triples"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`ok` with the result's digest, `syntax` (no SPARQL), `error` (no answer) or `never` (none in time)."""

    name: str
    digest: str = ""


class Oracle:
    """Answers over an N-Quads file; one that takes too long or crashes is replaced."""

    def __init__(self, file: Path, seconds: float) -> None:
        """Takes the data and the time that a query may have."""
        self._file, self._seconds = file, seconds
        self._process: subprocess.Popen[str]

    def __enter__(self) -> Self:
        """Starts the child."""
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        """Ends it."""
        self._end()

    def ask(self, query: str, default_graphs: tuple[str, ...] = ()) -> Verdict:
        """What the store makes of a query, with these default graphs or its own."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"query": query, "graphs": default_graphs}) + "\n")
        self._process.stdin.flush()
        if select.select([self._process.stdout], [], [], self._seconds)[0] and (
            line := self._process.stdout.readline()
        ):
            return Verdict(**json.loads(line))
        self._end()
        self._start()
        return Verdict("never")

    def _start(self) -> None:
        command = [sys.executable, "-m", "tests.hostile.oracle", str(self._file)]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue


def _answer(store: ox.Store, asked: dict[str, Any]) -> Verdict:
    dataset: dict[str, Any] = {
        "default_graph": [ox.NamedNode(iri) for iri in asked["graphs"]],
        "named_graphs": [],
    }
    try:
        results = store.query(asked["query"], **(dataset if asked["graphs"] else {}))
        if isinstance(results, ox.QueryTriples):
            return Verdict("ok", digest(GRAPH, results.serialize(format=ox.RdfFormat.N_TRIPLES) or b""))
        return Verdict("ok", digest(TABLE, results.serialize(format=ox.QueryResultsFormat.JSON) or b""))
    except SyntaxError:
        return Verdict("syntax")
    except (RuntimeError, ValueError, OSError, MemoryError):
        return Verdict("error")


def main(file: str) -> None:
    """Answers until the input ends."""
    store = ox.Store()
    store.bulk_load(path=file, format=ox.RdfFormat.N_QUADS)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print("ready", flush=True)
    for line in sys.stdin:
        verdict = _answer(store, json.loads(line))
        print(json.dumps({"name": verdict.name, "digest": verdict.digest}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
