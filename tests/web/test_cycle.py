"""Answers in one piece: framed as HTTP says, and never more fields than were meant."""

import pytest

from kzlod.web.cycle import field, status_line, written


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"X", b"a\r\nSet-Cookie: b=c"),
        (b"X", b"a\x00"),
        (b"X\r\nY", b"a"),
        (b"X: Y", b"a"),
        (b"", b"a"),
    ],
)
def test_nothing_gets_out_of_a_field(name: bytes, value: bytes) -> None:
    with pytest.raises(ValueError, match="no header field"):
        field(name, value)


def test_fields_are_written_one_a_line() -> None:
    fields = [(b"Vary", b"Accept"), (b"x", "қ".encode()), (b"tab", b"a\tb")]
    assert written(fields) == "vary: Accept\r\nx: қ\r\ntab: a\tb\r\n".encode()


def test_statuses() -> None:
    assert status_line(200) == b"HTTP/1.1 200 OK\r\n"
    assert status_line(499) == b"HTTP/1.1 499 \r\n"
