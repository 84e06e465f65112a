"""Connections of a real server: each has its time, and the longest idle one makes room."""

import asyncio
import json
import re
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_network

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from kzlod.web.bounds import Bounds, Connections
from kzlod.web.connections import AtOnce, bounded
from kzlod.web.cycle import Ready
from kzlod.web.middleware import SECURITY

LARGE = 32 * 1024 * 1024
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers `ok`, a large body, or, after a while, `slow`."""
    if scope["path"] == "/body":
        while (await receive()).get("more_body"):
            pass
    if scope["path"] == "/broken":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError("before the body")
    if scope["path"] == "/slow":
        await receive()
        await asyncio.sleep(1.5)
    body = {"/large": b"x" * LARGE, "/slow": b"slow"}.get(scope["path"], b"ok")
    length = str(len(body)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": body})


@contextmanager
def serving(bounds: Bounds, at_once: AtOnce | None = None) -> Iterator[int]:
    """A server in a thread; yields its port."""
    config = uvicorn.Config(
        app, http=bounded(Connections(bounds), at_once), ws="none", lifespan="off", log_level="critical"
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            server.force_exit = True
            thread.join(20)


def connect(port: int, source: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20, source_address=(source, 0))


def begin(connection: socket.socket, path: str, *headers: str) -> None:
    """Sends a request and returns when the server is at it."""
    lines = (f"POST {path} HTTP/1.1", "Host: x", "Expect: 100-continue", *headers)
    connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
    assert connection.recv(25, socket.MSG_WAITALL) == b"HTTP/1.1 100 Continue\r\n\r\n"


def rest(connection: socket.socket) -> bytes:
    """What comes until the other side closes."""
    received = b""
    try:
        while part := connection.recv(65536):
            received += part
    except ConnectionError:
        pass
    return received


def status(connection: socket.socket) -> int:
    return int(connection.recv(65536).split(b" ")[1])


def test_a_trickled_header_is_ended_in_time() -> None:
    with serving(Bounds(request=1)) as port, connect(port) as slow:
        sent = 0
        try:
            for byte in b"GET / HTTP/1.1\r\nX: " + b"x" * 200:
                slow.sendall(bytes([byte]))
                sent += 1
                time.sleep(0.1)
        except ConnectionError:
            pass
        assert sent < 100


def test_half_a_request_gets_a_definite_answer() -> None:
    with serving(Bounds(request=1)) as port, connect(port) as half:
        half.sendall(GET[:-2])
        assert rest(half).startswith(b"HTTP/1.1 408 ")


def test_an_answer_that_fails_before_its_body_breaks_off_and_is_not_missing() -> None:
    with serving(Bounds()) as port, connect(port) as connection:
        connection.sendall(GET.replace(b"/ ", b"/broken "))
        answer = rest(connection)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n") and b"transfer-encoding: chunked" in answer.lower()
    assert answer.endswith(b"\r\n\r\n"), "no last chunk: the answer is not whole"


def test_a_silent_connection_is_closed() -> None:
    with serving(Bounds(request=1)) as port, connect(port) as silent:
        assert rest(silent) == b""


def test_a_request_being_answered_is_not_ended() -> None:
    with serving(Bounds(request=0.5)) as port, connect(port) as patient:
        patient.sendall(GET.replace(b"/ ", b"/slow "))
        assert status(patient) == 200


def test_a_reader_that_takes_nothing_is_cut_off() -> None:
    with serving(Bounds(stall=1)) as port, connect(port) as deaf:
        deaf.sendall(GET.replace(b"/ ", b"/large "))
        time.sleep(3.5)
        assert len(rest(deaf)) < LARGE


def test_a_reader_that_takes_a_little_all_the_time_gets_everything() -> None:
    with serving(Bounds(stall=1, request=1)) as port, connect(port) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        slow.sendall(GET.replace(b"/ ", b"/large "))
        received, end = 0, time.monotonic() + 4
        while time.monotonic() < end:
            received += len(slow.recv(40_000))
            time.sleep(0.1)
        assert received < LARGE // 4
        while received < LARGE:
            received += len(slow.recv(1 << 20))


def kept(scope: Scope) -> Ready | None:
    """What is there for `/kept…` at once; the body is the path and, for `/kept-large`, much more."""
    path = scope["raw_path"]
    if not path.startswith(b"/kept"):
        return None
    body = path + b"x" * (LARGE if path == b"/kept-large" else 0)
    return Ready(200, b"content-length: %d\r\nx-kept: yes\r\n" % len(body), body, "1")


def asking(path: bytes, *fields: bytes, method: bytes = b"GET", version: bytes = b"1.1") -> bytes:
    lines = (b"%b %b HTTP/%b" % (method, path, version), b"Host: x", *fields)
    return b"\r\n".join(lines) + b"\r\n\r\n"


def test_what_is_there_is_sent_at_once_and_in_order() -> None:
    with serving(Bounds(), kept) as port, connect(port) as connection:
        paths = (b"/kept", b"/kept%20b", b"/", b"/kept", b"/slow")
        connection.sendall(b"".join(map(asking, paths)) + asking(b"/", b"Connection: close"))
        answers = rest(connection)
    bodies = [answer.partition(b"\r\n\r\n")[2] for answer in answers.split(b"HTTP/1.1 200 OK\r\n")[1:]]
    # Those after the third wait for the application, and are passed on to it.
    assert bodies == [b"/kept", b"/kept%20b", b"ok", b"ok", b"slow", b"ok"]
    assert answers.count(b"x-kept: yes") == 2 and answers.lower().count(b"\r\ndate: ") == 6


def test_letters_in_an_address_may_be_sent_as_they_are() -> None:
    with serving(Bounds(), kept) as port, connect(port) as connection:
        for address in ("/kept/қылмыс?q=ст. 205".replace(" ", "+"), "/kept"):
            connection.sendall(asking(address.encode(), b"X-Name: \xd1\x81"))
        connection.sendall("ҚОЙ / HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answers = rest(connection)
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"200", b"200", b"400"]
    assert b"\r\n\r\n/kept/%D2%9B%D1%8B%D0%BB%D0%BC%D1%8B%D1%81" in answers


def test_only_a_plain_get_is_answered_at_once() -> None:
    with serving(Bounds(), kept) as port:
        for request in (
            asking(b"/kept", b"Connection: close"),
            asking(b"/kept", version=b"1.0"),
            asking(b"/kept", b"Content-Length: 2", b"Connection: close") + b"xx",
            asking(b"/kept", b"Connection: close", method=b"HEAD"),
            asking(b"/kept", b"Connection: close", method=b"POST"),
        ):
            with connect(port) as connection:
                connection.sendall(request)
                answer = rest(connection)
                assert answer.startswith(b"HTTP/1.1 200") and b"x-kept" not in answer


def test_what_is_there_does_not_pile_up_for_who_does_not_read() -> None:
    with serving(Bounds(), kept) as port, connect(port) as connection:
        connection.sendall(asking(b"/kept-large") * 1000)
        answers = rest(connection)
    # The second finds a reader that is behind, and waits its turn as any other, as do those after it.
    assert answers.count(b"x-kept: yes") == 1
    assert answers.count(b"HTTP/1.1 200") == 34 and answers.count(b"HTTP/1.1 429") == 1


def test_the_longest_idle_connection_makes_room() -> None:
    with serving(Bounds(request=30, per_client=8)) as port, ExitStack() as stack:
        idle = [stack.enter_context(connect(port)) for _ in range(40)]
        for _ in range(5):
            with connect(port) as connection:
                connection.sendall(GET)
                assert status(connection) == 200
        assert rest(idle[0]) == b""


def test_a_body_that_does_not_come_makes_room() -> None:
    with serving(Bounds(request=30, per_client=8)) as port, ExitStack() as stack:
        waiting = [stack.enter_context(connect(port)) for _ in range(8)]
        for connection in waiting:
            begin(connection, "/body", "Content-Length: 9")
        with connect(port) as connection:
            connection.sendall(GET)
            assert status(connection) == 200
        ended, _, _ = select.select(waiting, [], [], 5)
        assert [rest(connection)[:13] for connection in ended] == [b"HTTP/1.1 408 "]


def test_connections_that_work_are_not_closed_for_others() -> None:
    with serving(Bounds(per_client=2)) as port, ExitStack() as stack:
        working = [stack.enter_context(connect(port)) for _ in range(2)]
        for connection in working:
            begin(connection, "/slow")
        with connect(port) as refused:
            assert status(refused) == 503
        with connect(port, "127.0.0.2") as other:
            other.sendall(GET)
            assert status(other) == 200
        assert [status(connection) for connection in working] == [200, 200]


def test_a_trusted_proxy_has_no_bound_of_its_own() -> None:
    proxies = (ip_network("127.0.0.1/32"),)
    with serving(Bounds(per_client=1, proxies=proxies)) as port, ExitStack() as stack:
        working = [stack.enter_context(connect(port)) for _ in range(4)]
        for connection in working:
            begin(connection, "/slow")
        assert [status(connection) for connection in working] == [200] * 4


def test_all_together_are_bounded() -> None:
    with serving(Bounds(total=4)) as port, ExitStack() as stack:
        working = [stack.enter_context(connect(port, f"127.0.0.{n}")) for n in range(1, 5)]
        for connection in working:
            begin(connection, "/slow")
        with connect(port, "127.0.0.9") as refused:
            assert status(refused) == 503


def test_whoever_has_most_makes_room_for_whoever_has_less() -> None:
    with serving(Bounds(total=4)) as port, ExitStack() as stack:
        working = [stack.enter_context(connect(port)) for _ in range(4)]
        for connection in working:
            begin(connection, "/slow")
        with connect(port, "127.0.0.9") as other:
            other.sendall(GET)
            assert status(other) == 200
        answers = sorted(rest(connection)[:15] for connection in working)
        assert answers == [b"", *[b"HTTP/1.1 200 OK"] * 3]


def test_a_trusted_proxy_that_works_makes_no_room() -> None:
    proxies = (ip_network("127.0.0.1/32"),)
    with serving(Bounds(total=4, proxies=proxies)) as port, ExitStack() as stack:
        working = [stack.enter_context(connect(port)) for _ in range(4)]
        for connection in working:
            begin(connection, "/slow")
        with connect(port, "127.0.0.9") as refused:
            assert status(refused) == 503
        assert [status(connection) for connection in working] == [200] * 4


def test_a_header_has_its_size() -> None:
    headers = b"".join(b"X-%d: %s\r\n" % (n, b"x" * 900) for n in range(100))
    for request in (
        GET[:-2] + headers + b"\r\n",
        GET[:-2] + b"X: " + b"x" * 70_000 + b"\r\n\r\n",
        GET[:-2] + b"X: " + b"x" * 70_000,
        b"GET /" + b"x" * 70_000 + GET[5:],
    ):
        with serving(Bounds()) as port, connect(port) as large:
            large.sendall(request)
            assert status(large) == 431


def test_a_header_that_comes_in_parts_has_the_same_size() -> None:
    large = GET[:-2] + b"".join(b"X-%d: %s\r\n" % (n, b"x" * 900) for n in range(60)) + b"\r\n"
    assert 50_000 < len(large) < 64 * 1024
    with serving(Bounds()) as port, connect(port) as connection:
        for length in (20_000, 40_000, 60_000, len(large)):
            connection.sendall(large[:length])
            time.sleep(0.05)
            connection.sendall(large[length:])
            assert status(connection) == 200


def test_a_request_has_one_host() -> None:
    with serving(Bounds()) as port:
        for hosts, expected in ((b"", 400), (b"Host: a\r\nHost: b\r\n", 400), (b"Host: a\r\n", 200)):
            with connect(port) as connection:
                connection.sendall(b"GET / HTTP/1.1\r\n" + hosts + b"\r\n")
                assert status(connection) == expected
        with connect(port) as old:
            old.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert status(old) == 200


def test_what_is_no_http_is_refused_after_what_was_asked_before() -> None:
    with serving(Bounds()) as port, connect(port) as connection:
        connection.sendall(GET.replace(b"/ ", b"/slow ") + b"\x16\x03\x01 no request\r\n\r\n")
        answers = rest(connection)
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"200", b"400"]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (b"FOO / HTTP/1.1\r\nHost: x\r\n\r\n", 501),
        (b"\x16\x03\x01 / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", 431),
    ],
)
def test_a_refusal_is_a_problem_with_the_fields_of_every_answer(request_: bytes, expected: int) -> None:
    with serving(Bounds()) as port, connect(port) as connection:
        connection.sendall(request_)
        head, _, body = rest(connection).partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    assert json.loads(body)["status"] == expected
    assert fields["Content-Type"] == "application/problem+json"
    assert fields.items() >= SECURITY.items()


def test_pipelined_requests_are_answered_in_order_up_to_a_bound() -> None:
    with serving(Bounds()) as port, connect(port) as connection:
        connection.sendall((GET * 20) + GET.replace(b"GET / ", b"GET /large "))
        answers = rest(connection)
        assert answers.count(b"HTTP/1.1 200") == 21 and answers.endswith(b"x" * LARGE)
    with serving(Bounds()) as port, connect(port) as connection:
        connection.sendall(GET.replace(b"/ ", b"/slow ") + GET * 1000)
        answers = rest(connection)
        assert answers.count(b"HTTP/1.1 200") == 33 and answers.count(b"HTTP/1.1 429") == 1
