"""The worker process by itself, spoken to in frames."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kzlod.engine import frames

EX = "http://example.org/"
MEMORY = 2 << 30


class Talk:
    """A worker and its pipes."""

    def __init__(self, store: Path, memory: int = MEMORY) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "kzlod.engine.worker", str(store), str(memory), "15"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": str(Path(__file__).parents[2])},
        )

    def read(self) -> tuple[bytes, bytes]:
        assert self.process.stdout is not None
        prefix = self.process.stdout.read(frames.PREFIX.size)
        if len(prefix) < frames.PREFIX.size:
            return b"", b""
        kind, length = frames.PREFIX.unpack(prefix)
        return kind, self.process.stdout.read(length)

    def ask(self, text: str, **changes: Any) -> tuple[dict[str, Any], bytes, dict[str, Any]]:
        """Header, body and the last frame's object."""
        request = {
            "text": text,
            "default_graphs": [],
            "named_graphs": [],
            "base_iri": None,
            "solutions": "text/csv",
            "boolean": "text/csv",
            "graph": "application/n-triples",
            "prefixes": {},
            **changes,
        }
        assert self.process.stdin is not None
        self.process.stdin.write(frames.frame(frames.REQUEST, json.dumps(request).encode()))
        self.process.stdin.flush()
        header: dict[str, Any] = {}
        body = b""
        while True:
            kind, payload = self.read()
            if kind == frames.WHOLE:
                name, media_type, held, body = frames.parse_whole(payload)
                header = {"kind": name, "media_type": media_type}
                return header, body, {"frame": frames.END, "held": held}
            if kind == frames.HEADER:
                header = json.loads(payload)
            elif kind == frames.CHUNK:
                assert 0 < len(payload) <= frames.CHUNK_SIZE
                body += payload
            else:
                return header, body, {"frame": kind, **(json.loads(payload) if payload else {})}

    def rows(self, text: str, **changes: Any) -> list[str]:
        header, body, end = self.ask(text, **changes)
        assert end["frame"] == frames.END, end
        assert header["kind"] == "solutions"
        return sorted(body.decode().split("\r\n")[1:-1])

    def close(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture
def worker(store_path: Path) -> Iterator[Talk]:
    talk = Talk(store_path)
    assert talk.read()[0] == frames.READY
    yield talk
    talk.close()


def test_ends_with_its_input(worker: Talk) -> None:
    assert worker.process.stdin is not None
    worker.process.stdin.close()
    assert worker.process.wait(10) == 0


def test_no_ready_without_a_store(tmp_path: Path) -> None:
    talk = Talk(tmp_path / "none")
    try:
        assert talk.read()[0] != frames.READY
        assert talk.process.wait(10) != 0
    finally:
        talk.close()


def test_limits_are_set(worker: Talk) -> None:
    limits = {
        line[:25].strip(): line[25:].split()[:2]
        for line in Path(f"/proc/{worker.process.pid}/limits").read_text().splitlines()
    }
    assert limits["Max core file size"] == ["0", "0"]
    assert limits["Max address space"] == [str(MEMORY)] * 2
    open_files = int(limits["Max open files"][0])
    used = {int(item.name) for item in Path(f"/proc/{worker.process.pid}/fd").iterdir()}
    assert set(range(open_files)) <= used, "a descriptor is free below the limit"


def test_opens_no_connection(worker: Talk) -> None:
    _, _, end = worker.ask("SELECT * { SERVICE <http://127.0.0.1:8080/> { ?s ?p ?o } }")
    assert end["error"] == "failed"
    assert "connect" not in end["message"].lower() or "too many open files" in end["message"].lower()


def test_functions_that_need_the_system(worker: Talk) -> None:
    rows = worker.rows(
        "SELECT (UUID() AS ?a) (RAND() AS ?b) (NOW() AS ?c) (STRUUID() AS ?d) (SHA512('') AS ?e) {}"
    )
    assert len(rows) == 1
    assert all(rows[0].split(","))


G1, G2 = [f"{EX}g1"], [f"{EX}g2"]
SUBJECTS = f"SELECT ?s {{ ?s <{EX}p> ?o }}"
IN_GRAPHS = f"SELECT ?g ?s {{ GRAPH ?g {{ ?s <{EX}p> ?o }} }}"
A, B = f"{EX}a", f"{EX}b"
GA, GB = f"{EX}g1,{EX}a", f"{EX}g2,{EX}b"


@pytest.mark.parametrize(
    ("text", "default", "named", "rows"),
    [
        # The store's own data set.
        (SUBJECTS, [], [], [A, B]),
        (IN_GRAPHS, [], [], [GA, GB]),
        # FROM and FROM NAMED.
        (SUBJECTS.replace("{", f"FROM <{EX}g1> {{", 1), [], [], [A]),
        (IN_GRAPHS.replace("{", f"FROM <{EX}g1> {{", 1), [], [], []),
        (IN_GRAPHS.replace("{", f"FROM NAMED <{EX}g1> {{", 1), [], [], [GA]),
        (SUBJECTS.replace("{", f"FROM NAMED <{EX}g1> {{", 1), [], [], []),
        (SUBJECTS.replace("{", f"FROM <{EX}g1> FROM <{EX}g2> {{", 1), [], [], [A, B]),
        (SUBJECTS.replace("{", f"FROM <{EX}g1> FROM <{EX}g1> {{", 1), [], [], [A]),
        (SUBJECTS.replace("{", f"FROM <{EX}unknown> {{", 1), [], [], []),
        (IN_GRAPHS.replace("{", f"FROM NAMED <{EX}unknown> {{", 1), [], [], []),
        # The protocol's data set.
        (SUBJECTS, G1, [], [A]),
        (IN_GRAPHS, G1, [], []),
        (SUBJECTS, [], G1, []),
        (IN_GRAPHS, [], G1, [GA]),
        (SUBJECTS, G1 + G2, [], [A, B]),
        (SUBJECTS, [f"{EX}unknown"], [], []),
        (IN_GRAPHS, [], [f"{EX}unknown"], []),
        # The protocol's data set replaces the query's.
        (SUBJECTS.replace("{", f"FROM <{EX}g2> {{", 1), G1, [], [A]),
        (IN_GRAPHS.replace("{", f"FROM NAMED <{EX}g2> {{", 1), [], G1, [GA]),
        (IN_GRAPHS.replace("{", f"FROM NAMED <{EX}g2> {{", 1), G1, [], []),
        (SUBJECTS.replace("{", f"FROM <{EX}g2> {{", 1), [], G1, []),
    ],
)
def test_data_sets(worker: Talk, text: str, default: list[str], named: list[str], rows: list[str]) -> None:
    assert worker.rows(text, default_graphs=default, named_graphs=named) == rows


def test_a_merge_is_bounded_by_the_memory_of_the_worker(tmp_path: Path) -> None:
    store = ox.Store(str(tmp_path / "store"))
    name = ox.NamedNode(f"{EX}a")
    store.bulk_extend(
        ox.Quad(name, name, ox.Literal(f"{number:0>2000}"), ox.NamedNode(graph))
        for graph in G1 + G2
        for number in range(20_000)
    )
    store.flush()
    del store
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    talk = Talk(tmp_path / "store")
    try:
        assert talk.read()[0] == frames.READY
        assert talk.rows(count, default_graphs=G1) == ["20000"]
        pages = int(Path(f"/proc/{talk.process.pid}/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + (20 << 20)
        resource.prlimit(talk.process.pid, resource.RLIMIT_AS, (limit, limit))
        header, body, end = talk.ask(count, default_graphs=G1 + G2)
        assert (header, body) == ({}, b"")
        assert end["frame"] == b"" or end["error"] == "too-expensive"
    finally:
        talk.close()
    talk = Talk(tmp_path / "store")
    try:
        assert talk.read()[0] == frames.READY
        assert talk.rows(count, default_graphs=G1 + G2) == ["20000"]
    finally:
        talk.close()


def test_graph_name_that_is_no_iri(worker: Talk) -> None:
    assert worker.ask("ASK {}", default_graphs=["relative"])[2]["error"] == "malformed"


def test_prefixes_are_for_writing_only(worker: Talk) -> None:
    prefixes = {"ex": EX}
    _, body, _ = worker.ask(f"DESCRIBE <{A}>", graph="text/turtle", prefixes=prefixes)
    assert b"ex:a ex:p " in body
    assert worker.ask("DESCRIBE ex:a", prefixes=prefixes)[2]["error"] == "malformed"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("SELECT *\nWHERE {\n  ?s ?p ?o . FOO }", 3, 14), ("", 1, 1), ("SELECT * { ?s ?p 'қазақ' FOO }", 1, 26)],
)
def test_malformed(worker: Talk, text: str, line: int, column: int) -> None:
    header, body, end = worker.ask(text)
    assert (header, body) == ({}, b"")
    assert (end["error"], end["line"], end["column"]) == ("malformed", line, column)
    assert end["message"]
    assert worker.rows(SUBJECTS) == [A, B]


def test_unknown_function(worker: Talk) -> None:
    assert worker.ask("SELECT (<urn:f>(1) AS ?x) {}")[2]["error"] == "malformed"


def test_not_acceptable(worker: Talk) -> None:
    assert worker.ask("ASK {}", boolean=None)[2]["result"] == "boolean"


def test_large_result_comes_in_chunks(worker: Talk) -> None:
    text = f"SELECT ?a ?b {{ ?a <{EX}many> ?x . ?b <{EX}p> ?y }}"
    assert len(worker.rows(text)) == 4000


def test_out_of_memory_ends_the_process(store_path: Path) -> None:
    talk = Talk(store_path, memory=512 << 20)
    try:
        assert talk.read()[0] == frames.READY
        blow_up = " ".join(f"BIND(CONCAT({', '.join([f'?v{n}'] * 8)}) AS ?v{n + 1})" for n in range(11))
        _, body, end = talk.ask(f"SELECT (STRLEN(?v11) AS ?l) {{ BIND('aaaaaaaa' AS ?v0) {blow_up} }}")
        assert body == b""
        assert end["frame"] == b"" or end["error"] == "too-expensive"
    finally:
        talk.close()
