"""The load generator against a server that does what its paths say."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.load import Outcome, Plan, Request, run

ROWS = json.dumps({"results": {"bindings": [{}, {}, {}]}}).encode()
ANSWERS = {"/rows": (200, ROWS), "/turtle": (200, b"<urn:a> a <urn:b>, <urn:c> ."), "/busy": (503, b"busy")}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/slow":
            time.sleep(0.3)
        if self.path == "/broken":
            self.close_connection = True
            return
        status, body = ANSWERS.get(self.path, (200, self.client_address[0].encode()))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield int(server.server_address[1])
    server.shutdown()
    server.server_close()


def test_all_answers_are_checked(port: int) -> None:
    right = [Request("/rows", rows=3), Request("/turtle", triples=2), Request("/x", size=len("127.0.0.9"))]
    wrong = [
        Request("/rows", rows=4),
        Request("/turtle", triples=3),
        Request("/x", size=1),
        Request("/busy"),
        Request("/x", rows=1),
    ]
    plan = Plan(port, [*right, *wrong], 1, 10.0, len([*right, *wrong]), sources=["127.0.0.9"])
    outcome = run(plan)
    assert len(outcome.latencies) == len(right)
    assert outcome.wrong == len(wrong)
    assert outcome.statuses == {"200": 7, "503": 1}
    assert outcome.example.startswith("3 rows in place of 4 for /rows")


def test_a_connection_that_breaks_is_a_wrong_answer_and_another_is_opened(port: int) -> None:
    outcome = run(Plan(port, [Request("/broken"), Request("/rows", rows=3)], 1, 10.0, 2))
    assert (len(outcome.latencies), outcome.wrong) == (1, 1)
    assert outcome.statuses == {"0": 1, "200": 1}


def test_a_server_that_is_gone_is_told_of() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    outcome = run(Plan(port, [Request("/rows", rows=3)], 2, 10.0, 2))
    assert (outcome.throughput, outcome.wrong, outcome.statuses) == (0.0, 1, {"0": 1})
    assert "refused" in outcome.example


def test_in_an_open_loop_waiting_counts(port: int) -> None:
    """Ten requests due within 0.1 s over one connection, the first of which takes 0.3 s."""
    plan = Plan(port, [Request("/slow"), *[Request("/rows", rows=3)] * 9], 1, 10.0, 10, rate=100.0)
    outcome = run(plan)
    assert len(outcome.latencies) == 10
    assert min(outcome.latencies) > 0.1


def test_percentiles_and_throughput() -> None:
    outcome = Outcome([seconds / 100 for seconds in range(100, 0, -1)], 2.0, 0, {}, 0, "")
    assert outcome.throughput == 50
    assert [outcome.percentile(share) for share in (0.5, 0.99, 1)] == [0.5, 0.99, 1.0]
    assert Outcome([0.25], 1.0, 0, {}, 0, "").percentile(0.99) == 0.25
    assert Outcome([], 0.0, 0, {}, 3, "").percentile(0.99) is None
