"""A real server that asks an endpoint on loopback: in a program of this test only, no setting allows that."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tests.federation.conftest import Remote

EX = "http://example.org/"
ALLOWING = """
import functools, pathlib, sys
from kzlod import serving
is_allowed = lambda address: address.is_loopback
serving.CheckedClient = functools.partial(serving.CheckedClient, is_allowed=is_allowed)
serving.run("127.0.0.1", 0, releases=None, release=None, data=pathlib.Path(sys.argv[1]))
"""


@contextmanager
def served(*command: str, **settings: str) -> Iterator[httpx.Client]:
    """A server in a process of its own; yields a client of it."""
    environment = {**os.environ, "COLUMNS": "200", "KZLOD_WORKERS": "1", **settings}
    with subprocess.Popen(
        [sys.executable, *command], stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            match = re.search(r"http://[^/]+", line)
            assert match, line
            with httpx.Client(base_url=match[0], timeout=30) as client:
                yield client
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "data.nq"
    file.write_text("".join(f'<{EX}n{number}> <{EX}size> "{number}" .\n' for number in range(3)))
    return file


def service(endpoint: str, *, silent: bool = False) -> str:
    return (
        f"SELECT ?size ?name {{ ?s <{EX}size> ?size "
        f"SERVICE {'SILENT ' if silent else ''}<{endpoint}> {{ ?s <{EX}name> ?name }} }} ORDER BY ?size"
    )


def test_named_endpoints_are_asked(remote: "Remote", data: Path) -> None:
    bad = remote.answers("/bad", 500, b"")
    with served("-c", ALLOWING, str(data), KZLOD_FEDERATION=f"{remote.url()},{bad}") as client:

        def ask(query: str) -> httpx.Response:
            return client.get("/sparql", params={"query": query, "format": "csv"})

        answer = ask(service(remote.url()))
        assert answer.text == "size,name\r\n0,name 0\r\n1,name 1\r\n2,name 2\r\n"
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers
        ask(service(remote.url()))
        assert len(remote.asked) == 2

        failed = ask(service(bad))
        assert (failed.status_code, failed.json()["type"]) == (502, "/problems/federation")
        assert bad in failed.json()["detail"]
        assert ask(service(bad, silent=True)).text == "size,name\r\n0,\r\n1,\r\n2,\r\n"

        for silent in (False, True):
            refused = ask(service(remote.url("/other"), silent=silent))
            assert (refused.status_code, refused.json()["type"]) == (400, "/problems/refused")
            assert remote.url() in refused.json()["detail"]
        assert len(remote.asked) == 4

        assert ask(f"SELECT ?s {{ ?s <{EX}size> '1' }}").headers["etag"]
        description = client.get("/sparql", headers={"Accept": "application/n-triples"}).text
        assert "<http://www.w3.org/ns/sparql-service-description#BasicFederatedQuery>" in description


def test_nobody_is_asked_by_default(remote: "Remote", data: Path) -> None:
    with served("-m", "kzlod", "serve", "--port", "0", "--data", str(data)) as client:
        answer = client.get("/sparql", params={"query": service(remote.url(), silent=True)})
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/refused")
        description = client.get("/sparql", headers={"Accept": "application/n-triples"}).text
        assert "FederatedQuery" not in description
    assert not remote.asked


def test_inner_hosts_are_not_asked_even_when_named(remote: "Remote", data: Path) -> None:
    command = ("-m", "kzlod", "serve", "--port", "0", "--data", str(data))
    local = remote.url(host="localhost")
    with served(*command, KZLOD_FEDERATION=f"{remote.url()},{local}") as client:
        for endpoint in (remote.url(), local):
            answer = client.get("/sparql", params={"query": service(endpoint)})
            assert answer.status_code == 502
            assert "not at a public address" in answer.json()["detail"]
    assert not remote.asked
