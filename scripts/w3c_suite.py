"""Runs the W3C's test suites for SPARQL 1.1 queries through the server, and through the engine by itself.

    .venv/bin/python -m scripts.w3c_suite FOLDER [--list]

FOLDER is a copy of https://github.com/w3c/rdf-tests, or any part of it that holds manifests. Of each data set
an N-Quads file is made and served by `kzlod serve --data`; every query is sent to that server over HTTP, its
result read in each format, and compared with the one that the suite expects and with the one that the engine
gives in this process for the suite's own files. A line for each folder says how many tests there are, how
many the engine passes, how many pass through the server, and how many come out differently; with --list,
which tests fail. The exit status is 1 when any test comes out differently through the server.

Queries that name other endpoints (SERVICE), updates, and other entailment than the simple one are left out.
Relative IRIs are resolved against the address of the query's file, which is sent along as BASE.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlparse

import httpx
import pyoxigraph as ox

from scripts.w3c_results import GRAPH_FORMATS, TABLE_FORMATS, Answer, expected, read, same

_QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
_MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_ENTRIES = """
PREFIX mf: <http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#>
PREFIX qt: <http://www.w3.org/2001/sw/DataAccess/tests/test-query#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
SELECT ?test ?type ?action ?query ?result ?entailment ?service {
  [] mf:entries/rdf:rest*/rdf:first ?test .
  ?test a ?type ; mf:action ?action .
  OPTIONAL { ?action qt:query ?query }
  OPTIONAL { ?test mf:result ?result }
  OPTIONAL { ?action sd:entailmentRegime ?entailment }
  OPTIONAL { ?action qt:serviceData ?service }
}
"""
_EVALUATION = {"QueryEvaluationTest", "CSVResultFormatTest"}
_POSITIVE = {"PositiveSyntaxTest", "PositiveSyntaxTest11"}
_NEGATIVE = {"NegativeSyntaxTest", "NegativeSyntaxTest11"}
_START = 60  # seconds that a server may take to start


@dataclass(frozen=True)
class Test:
    """A test of a manifest: what to ask over which files, and the file of the result (None: of syntax)."""

    iri: str
    folder: str
    kind: str
    query: Path
    data: tuple[tuple[Path, str | None], ...]
    result: Path | None

    @property
    def text(self) -> str:
        """The query."""
        return self.query.read_bytes().decode()


@dataclass(frozen=True)
class Verdict:
    """How a test came out: by the engine alone, through the server, and whether the two are the same."""

    test: Test
    engine: bool
    server: bool
    difference: str = ""


def read_suite(folder: Path) -> tuple[list[Test], Counter[str]]:
    """The tests of all manifests below a folder, and how many were left out for which reason."""
    tests: dict[str, Test] = {}
    left_out: dict[str, str] = {}
    for manifest in sorted(folder.rglob("manifest*.ttl")):
        store = ox.Store()
        store.load(path=str(manifest), format=ox.RdfFormat.TURTLE, base_iri=manifest.as_uri())
        rows = store.query(_ENTRIES)
        assert isinstance(rows, ox.QuerySolutions)
        for row in rows:
            iri = f"{manifest.parent.relative_to(folder)} {_value(row['test']).rpartition('#')[2]}"
            kind = _value(row["type"]).removeprefix(_MF)
            query = _path(_value(row["query"] or row["action"]))
            if reason := _reason(kind, query, entailment=row["entailment"], service=row["service"]):
                left_out[iri] = reason
                continue
            result = _path(_value(row["result"])) if row["result"] and kind in _EVALUATION else None
            data = (*_data(store, row["action"]), *_named_in(query))
            tests[iri] = Test(iri, str(manifest.parent.relative_to(folder)), kind, query, data, result)
    return sorted(tests.values(), key=lambda test: test.iri), Counter(left_out.values())


def _reason(kind: str, query: Path, *, entailment: object, service: object) -> str:
    """Why a test is left out; empty when it is not."""
    if kind not in _EVALUATION | _POSITIVE | _NEGATIVE:
        return kind
    if query.suffix == ".ru":
        return "updates"
    if entailment:
        return "entailment"
    # SERVICE as a keyword stands before an IRI or a variable.
    federated = query.exists() and re.search(
        rb"\bSERVICE\s+(SILENT\s+)?[<?]", query.read_bytes(), re.IGNORECASE
    )
    return "federation" if service or federated else ""


def _data(store: ox.Store, action: ox.NamedNode | ox.BlankNode) -> Iterator[tuple[Path, str | None]]:
    """The files of a test's data set, each with the name of its graph (None: the default graph)."""
    for name in ("data", "graphData"):
        for statement in store.quads_for_pattern(action, ox.NamedNode(f"{_QT}{name}"), None):
            iri = _value(statement.object)
            yield _path(iri), iri if name == "graphData" else None


def _named_in(query: Path) -> Iterator[tuple[Path, str]]:
    """The files that a query itself names by FROM, as graphs of that name."""
    for name in re.findall(rb"\bFROM\s+(?:NAMED\s+)?<([^>]*)>", query.read_bytes(), re.IGNORECASE):
        iri = urljoin(query.as_uri(), name.decode())
        if urlparse(iri).scheme == "file" and _path(iri).is_file():
            yield _path(iri), iri


def _value(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else ""


def _path(iri: str) -> Path:
    return Path(unquote(urlparse(iri).path))


def load(data: Iterable[tuple[Path, str | None]], store: ox.Store) -> None:
    """Loads the files of a data set into a store."""
    for file, graph in sorted(data, key=str):
        store.load(
            path=str(file),
            format=ox.RdfFormat.from_extension(file.suffix[1:]),
            base_iri=file.as_uri(),
            to_graph=None if graph is None else ox.NamedNode(graph),
        )


@contextmanager
def served(file: Path) -> Iterator[str]:
    """A server over an N-Quads file, in a process of its own; yields the address of its endpoint."""
    command = [sys.executable, "-m", "kzlod", "serve", "--port", "0", "--data", str(file)]
    environment = {**os.environ, "COLUMNS": "200", "KZLOD_WORKERS": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            line = process.stderr.readline() if process.stderr else ""
            match = re.search(r"http://[^/]+", line)
            if not match:
                raise SystemExit(f"The server did not start: {line}")
            yield f"{match[0]}/sparql"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(_START)


def run_over(tests: Sequence[Test]) -> list[Verdict]:
    """The verdicts on tests that have one data set."""
    store = ox.Store()
    load(tests[0].data, store)
    with tempfile.TemporaryDirectory(prefix="kzlod-w3c-") as folder:
        file = Path(folder) / "data.nq"
        store.dump(str(file), format=ox.RdfFormat.N_QUADS)
        with served(file) as endpoint, httpx.Client(timeout=60) as client:
            return [_judge(test, store, client, endpoint) for test in tests]


def _judge(test: Test, store: ox.Store, client: httpx.Client, endpoint: str) -> Verdict:
    alone = _alone(test, store)
    if test.result is None:
        answer = client.post(endpoint, content=test.text, headers=_direct("*/*"))
        wanted = test.kind in _POSITIVE
        status = 400 if alone is None else 200
        difference = "" if answer.status_code == status else f"status {answer.status_code}: {answer.text}"
        return Verdict(test, wanted is (alone is not None), wanted is (answer.status_code == 200), difference)
    formats = GRAPH_FORMATS if alone is not None and alone.kind == "graph" else TABLE_FORMATS
    named = test.result.suffix[1:]
    results: dict[str, Answer | None] = {}
    difference = ""
    repeatable = same(alone, _alone(test, store))
    for suffix, media_type in formats.items():
        # A byte order mark or BASE in the query itself stays in force: a prologue may have several.
        text = f"BASE <{test.query.as_uri()}>\n{test.text}"
        answer = client.post(endpoint, content=text, headers=_direct(media_type))
        results[suffix] = read(answer.content, suffix) if answer.status_code == 200 else None
        if repeatable and not same(alone, results[suffix], lossy=suffix == "csv"):
            difference += f"{suffix} ({answer.status_code}): {answer.text}\n"
    wanted_result = expected(test.result)
    lossy = named == "csv"
    through = results.get(named, results[next(iter(formats))])
    return Verdict(
        test,
        same(wanted_result, alone, by_value=True, lossy=lossy),
        same(wanted_result, through, by_value=True, lossy=lossy),
        difference,
    )


def _alone(test: Test, store: ox.Store) -> Answer | None:
    """What the engine gives in this process; None when it refuses the query."""
    try:
        return Answer.of(store.query(test.text, base_iri=test.query.as_uri()))
    except (SyntaxError, RuntimeError, ValueError):
        return None


def _direct(media_type: str) -> dict[str, str]:
    return {"Content-Type": "application/sparql-query", "Accept": media_type}


def main() -> int:
    """Runs the suite and prints the table; the exit status."""
    parser = argparse.ArgumentParser(
        description="W3C tests of SPARQL 1.1 queries, through `kzlod serve --data`."
    )
    parser.add_argument("folder", type=Path, help="a copy of the W3C's rdf-tests, or a part of it")
    parser.add_argument("--list", action="store_true", help="list the tests that fail")
    options = parser.parse_args()
    tests, left_out = read_suite(options.folder.resolve())
    if not tests:
        parser.error(f"no tests of queries in the manifests below {options.folder}")
    groups: dict[object, list[Test]] = defaultdict(list)
    for test in tests:
        groups[tuple(sorted(test.data, key=str))].append(test)
    with ThreadPoolExecutor(2) as executor:
        verdicts = [verdict for part in executor.map(run_over, groups.values()) for verdict in part]
    report(verdicts, left_out, listing=options.list)
    return 1 if any(verdict.difference for verdict in verdicts) else 0


def report(verdicts: Sequence[Verdict], left_out: Counter[str], *, listing: bool) -> None:
    """Prints a table by folder, and what failed or came out differently."""
    print(f"{'folder':40}{'tests':>8}{'engine':>8}{'server':>8}{'differ':>8}")
    by_folder: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        by_folder[verdict.test.folder].append(verdict)
    for name, some in [*sorted(by_folder.items()), ("together", list(verdicts))]:
        counts = (
            len(some),
            sum(one.engine for one in some),
            sum(one.server for one in some),
            sum(bool(one.difference) for one in some),
        )
        print(f"{name:40}" + "".join(f"{count:8}" for count in counts))
    print("left out:", ", ".join(f"{count} {reason}" for reason, count in sorted(left_out.items())) or "none")
    for verdict in sorted(verdicts, key=lambda one: one.test.iri):
        if verdict.difference:
            print(f"\nDIFFERENT {verdict.test.iri}\n{verdict.difference[:2000]}")
        elif listing and not verdict.server:
            print(f"fails by the engine alone as well: {verdict.test.iri}")


if __name__ == "__main__":
    sys.exit(main())
