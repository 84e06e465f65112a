"""A real server and those who watch it: its log in a file, in a full pipe, in no pipe; figures and health."""

import fcntl
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import httpx
import pytest

from kzlod.web.accesslog import FIELDS
from kzlod.web.observing import query_hash

SELECT = "SELECT * { ?s ?p ?o }"


@dataclass
class Server:
    """A server in a process of its own; `client` speaks to it, `raw` sends it whatever it is given."""

    process: subprocess.Popen[bytes]
    port: int
    client: httpx.Client

    def raw(self, data: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall(data)
            received = b""
            while part := connection.recv(65536):
                received += part
            return received

    def stop(self) -> int:
        """Tells it to stop; gives its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@contextmanager
def serving(folder: Path, log: str, stdout: int | IO[bytes] = subprocess.DEVNULL) -> Iterator[Server]:
    """A server of one triple that logs to `log`."""
    data = folder / "data.nq"
    data.write_text('<http://a/s> <http://a/p> "o" .\n')
    command = [sys.executable, "-m", "kzlod", "serve", "--port", "0", "--data", str(data)]
    environment = {**os.environ, "COLUMNS": "200", "KZLOD_WORKERS": "1", "KZLOD_ACCESS_LOG": log}
    with subprocess.Popen(
        command, stdout=stdout, stderr=subprocess.PIPE, env=environment, cwd=folder
    ) as process:
        try:
            assert process.stderr is not None
            match = re.search(rb"http://[^/]+:(\d+)", process.stderr.readline())
            assert match
            port = int(match[1])
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
                yield Server(process, port, client)
        finally:
            process.kill()


def logged(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("ascii").splitlines()] if file.exists() else []


def until_logged(file: Path, number: int) -> list[dict[str, Any]]:
    for _ in range(1000):
        if len(logged(file)) >= number:
            break
        time.sleep(0.01)
    return logged(file)


def dropped(server: Server) -> float:
    found = re.search(r"^kzlod_access_log_dropped_total ([0-9.]+)$", server.client.get("/metrics").text, re.M)
    assert found
    return float(found[1])


def test_the_log_in_a_file(tmp_path: Path) -> None:
    file, moved = tmp_path / "access.log", tmp_path / "access.log.1"
    with serving(tmp_path, "access.log") as server:
        server.client.get("/sparql", params={"query": SELECT})
        server.client.post("/sparql", data={"query": SELECT})
        server.client.get("/sparql", params={"query": "SELECT nonsense"})
        server.client.get("/nothing", params={"secret": "secret"})
        server.client.get("/", headers={"Referer": "https://a.example/?query=secret"})
        found = until_logged(file, 5)
        assert "secret" not in file.read_text()
        assert "nonsense" not in file.read_text()
        assert [(one["method"], one["path"], one["status"]) for one in found] == [
            ("GET", "/sparql", 200),
            ("POST", "/sparql", 200),
            ("GET", "/sparql", 400),
            ("GET", "/nothing", 404),
            ("GET", "/", 200),
        ]
        assert [one["query"] for one in found[:2]] == [query_hash(SELECT)] * 2
        assert [one["outcome"] for one in found] == ["ok", "ok", "malformed", None, None]
        assert {one["client"] for one in found} == {"127.0.0.1"}
        assert {one["cut"] for one in found} == {None}
        assert found[4]["referer"] == "https://a.example"

        file.rename(moved)
        server.process.send_signal(signal.SIGHUP)
        for _ in range(1000):
            if file.exists():
                break
            time.sleep(0.01)
        assert server.client.get("/health/live").status_code == 200
        # Written although the server is stopped at once.
        assert server.stop() == 0
    assert len(logged(moved)) == 5
    assert [one["path"] for one in logged(file)] == ["/health/live"]


@pytest.mark.parametrize("log", ["off", "-"])
def test_a_service_without_a_log_file_may_be_reloaded(tmp_path: Path, log: str) -> None:
    with serving(tmp_path, log) as server:
        assert server.client.get("/health/live").status_code == 200
        server.process.send_signal(signal.SIGHUP)
        time.sleep(0.2)
        assert server.client.get("/health/live").status_code == 200
        assert server.stop() == 0


def test_nothing_that_is_sent_forges_a_line(tmp_path: Path) -> None:
    file = tmp_path / "access.log"
    agents = [
        b'"}\\n{"time":"now"}',
        b"\x7f\x80\x85\xff\x1b[31m",
        'Ж"\u2028'.encode(),
        b"%0a%0d\\u000a",
        b"x" * 20_000,
        b"\t{}\t",
    ]
    paths = [b"/a%0A%0D%22b", b"/%00", b"//evil", b"/\xd2\x9b", b"/" + b"y" * 9000, b'/"}']
    with serving(tmp_path, "access.log") as server:
        for agent, path in zip(agents, paths, strict=True):
            lines = (b"GET " + path + b" HTTP/1.1", b"Host: x", b"User-Agent: " + agent, b"Connection: close")
            assert server.raw(b"\r\n".join(lines) + b"\r\n\r\n").startswith(b"HTTP/1.1 ")
        # With a bare line break it is no header field, and no request.
        server.raw(b'GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: a\n{"time":"now"}\r\nConnection: close\r\n\r\n')
        last = server.client.get("/health/live", headers={"User-Agent": "last"})
        assert last.status_code == 200
        assert server.stop() == 0
    text = file.read_bytes()
    assert all(byte == 10 or 32 <= byte < 127 for byte in text)
    found = logged(file)
    assert found[-1]["agent"] == "last"
    assert 1 < len(found) <= len(agents) + 2
    assert all(list(one) == list(FIELDS) for one in found)
    assert all(len(one["path"]) <= 1024 and len(one["agent"] or "") <= 300 for one in found)


def test_a_pipe_that_nobody_reads_does_not_stop_the_server(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    with os.fdopen(reading, "rb"), os.fdopen(writing, "wb") as pipe, serving(tmp_path, "-", pipe) as server:
        for number in range(100):  # many times what the pipe takes
            answer = server.client.get("/health/live", headers={"User-Agent": f"{number} {'x' * 200}"})
            assert answer.status_code == 200
        assert server.client.get("/sparql", params={"query": SELECT}).status_code == 200
        assert 'kzlod_requests_total{kind="sparql",status="2xx"} 1.0' in server.client.get("/metrics").text
        assert server.stop() == 0


@pytest.mark.parametrize("log", ["-", "auto"])
def test_a_pipe_that_is_closed_does_not_stop_the_server(tmp_path: Path, log: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe, serving(tmp_path, log, pipe) as server:
        assert server.client.get("/health/live").status_code == 200
        for _ in range(1000):
            if dropped(server) > 0:
                break
            time.sleep(0.01)
        assert dropped(server) > 0
        assert server.client.get("/health/ready").status_code == 200
        assert server.stop() == 0


def test_a_client_that_leaves_is_seen(tmp_path: Path) -> None:
    """It takes the beginning of a result that does not end, and goes away."""
    file = tmp_path / "access.log"
    values = " ".join(map(str, range(3000)))
    endless = f"SELECT * {{ VALUES ?a {{ {values} }} VALUES ?b {{ {values} }} VALUES ?c {{ {values} }} }}"
    with serving(tmp_path, "access.log") as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
            body = f"query={quote(endless)}"
            connection.sendall(
                f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
                f"Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}".encode()
            )
            received = b""
            while len(received) < 10_000:
                received += connection.recv(65536)
            assert received.startswith(b"HTTP/1.1 200 ")
        (found,) = until_logged(file, 1)
        assert (found["status"], found["cut"], found["outcome"]) == (200, "client", "client-gone")
        assert found["bytes"] > 0
        text = server.client.get("/metrics").text
        assert 'kzlod_queries_total{outcome="client-gone"} 1.0' in text
        assert 'kzlod_answers_cut_total{by="client",kind="sparql"} 1.0' in text
