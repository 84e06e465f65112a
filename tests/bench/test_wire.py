import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.wire import Answer, Connection


class Transport(asyncio.Transport):
    """Takes what is written and can be closed."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = False
        self.written = b""

    def write(self, data: object) -> None:
        assert isinstance(data, bytes)
        self.written += data

    def close(self) -> None:
        self.closed = True


def received(data: bytes, cuts: list[int], *, then_lost: bool = False) -> tuple[list[Answer], Transport]:
    """The answers that are told when the data arrive cut at these places."""
    answers: list[Answer] = []
    connection, transport = Connection(lambda _, answer: answers.append(answer)), Transport()
    connection.connection_made(transport)
    connection.ask(b"GET / HTTP/1.1\r\n\r\n")
    places = [0, *sorted({cut % len(data) for cut in cuts}), len(data)]
    for start, end in pairwise(places):
        if start < end:
            connection.data_received(data[start:end])
    if then_lost:
        connection.connection_lost(None)
    return answers, transport


def chunked(parts: list[bytes]) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in [*filter(None, parts), b""])


@given(st.binary(max_size=300), st.lists(st.integers(0, 10_000), max_size=12))
def test_a_body_of_known_length_is_read_however_it_arrives(body: bytes, cuts: list[int]) -> None:
    (answer,), transport = received(
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body), cuts
    )
    assert (answer.status, answer.body, answer.size, answer.open) == (200, body, len(body), True)
    assert not transport.closed


@given(st.lists(st.binary(max_size=40), max_size=8), st.lists(st.integers(0, 10_000), max_size=12))
def test_a_chunked_body_is_read_however_it_arrives(parts: list[bytes], cuts: list[int]) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    (answer,), _ = received(head + chunked(parts), cuts)
    assert (answer.status, answer.body) == (200, b"".join(parts))


@pytest.mark.parametrize("status", [204, 304])
def test_some_answers_have_no_body(status: int) -> None:
    (answer,), _ = received(b"HTTP/1.1 %d x\r\nContent-Length: 12\r\n\r\n" % status, [])
    assert (answer.status, answer.size) == (status, 0)


def test_an_answer_that_breaks_off_is_none() -> None:
    (answer,), _ = received(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", [], then_lost=True)
    assert (answer.status, answer.open) == (0, False)


def test_an_answer_without_a_length_is_none() -> None:
    (answer,), transport = received(b"HTTP/1.1 200 OK\r\n\r\nabc", [])
    assert answer.status == 0
    assert transport.closed


def test_a_server_that_closes_is_believed() -> None:
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"
    (answer,), transport = received(head, [])
    assert (answer.status, answer.open) == (200, False)
    assert transport.closed
