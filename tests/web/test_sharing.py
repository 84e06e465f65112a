"""Short links: what is shortened comes back, and what is no such value is told from one that is."""

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kzlod.web.sharing import restore, shorten

LIMIT = 2000
QUERY = "SELECT ?договор WHERE { ?договор a <https://example.org/Шарт> } # «ұғым»\n" * 8


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_what_is_shortened_comes_back(text: str) -> None:
    assert restore(shorten(text), LIMIT) == text


def test_a_query_gets_shorter() -> None:
    assert len(shorten(QUERY)) < len(QUERY) / 2


@given(st.text(max_size=60))
def test_what_is_no_value_is_refused(value: str) -> None:
    try:
        restore(value, LIMIT)
    except ValueError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "characters"),
        ("a b", "characters"),
        ("a", "damaged"),
        ("____", "damaged"),
        ("AAAA", "missing"),
        (shorten(QUERY)[:-6], "missing"),
        (shorten("x" * (LIMIT + 1)), "longer than 2000"),
        (shorten("x" * 10_000_000), "longer than 2000"),
    ],
)
def test_why_a_value_is_refused(value: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        restore(value, LIMIT)


def test_bytes_that_are_no_text() -> None:
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(b"\xff\xfe") + packer.flush()
    with pytest.raises(ValueError, match="damaged"):
        restore(base64.urlsafe_b64encode(packed).decode().rstrip("="), LIMIT)
