"""Accept and Accept-Language, with the examples of RFC 9110 and with arbitrary headers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kzlod.web.negotiation import choose, choose_language, quality

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
OFFERS = ("text/turtle", "application/ld+json", "text/html", "application/xml")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "text/turtle"),
        ("", "text/turtle"),
        ("*/*", "text/turtle"),
        ("garbage", "text/turtle"),
        (BROWSER, "text/html"),
        ("text/*", "text/turtle"),
        ("text/*;q=0.5, application/*", "application/ld+json"),
        ("application/ld+json, text/turtle", "text/turtle"),
        ("application/ld+json;q=0.9, text/turtle;q=0.8", "application/ld+json"),
        ("application/ld+json, */*", "application/ld+json"),
        ("*/*, text/turtle;q=0", "application/ld+json"),
        ("text/*;q=0, */*;q=0.1", "application/ld+json"),
        ("TEXT/HTML;Q=1.000", "text/html"),
        (" text/html ; q=0.3 ,, application/ld+json;q=.2 ", "text/html"),
        ("image/png", None),
        ("text/turtle;q=0", None),
        ("*/*;q=0", None),
        ("text/turtle;charset=utf-8", "text/turtle"),
        ("text/turtle;charset=utf-16", None),
        ('application/ld+json;profile="http://a/,b;c"', "application/ld+json"),
        ('text/plain;x="a,text/html", application/xml', "application/xml"),
        ("text/html, image/gif, *; q=.2, */*; q=.2", "text/html"),
        ("text/html;q=nan", "text/html"),
        ("text/html;q=-1, application/xml;q=0.1", "application/xml"),
        ("text/html;q=5, application/xml", "text/html"),
        ("*/turtle, text/html;q=0.1", "text/html"),
    ],
)
def test_choose(accept: str | None, expected: str | None) -> None:
    assert choose(accept, OFFERS) == expected


def test_nothing_to_offer() -> None:
    assert choose("*/*", ()) is None
    assert choose(None, ()) is None


@pytest.mark.parametrize(
    ("offer", "weight"),
    [
        ("text/plain;format=flowed", 1),
        ("text/plain", 0.7),
        ("text/html", 0.3),
        ("image/jpeg", 0.5),
        ("text/plain;format=fixed", 0.4),
        ("text/html;level=3", 0.3),
    ],
)
def test_weights_of_rfc_9110(offer: str, weight: float) -> None:
    """The table of section 12.5.1."""
    accept = (
        "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5"
    )
    assert quality(accept, offer) == weight


_TYPES = st.sampled_from(["text/turtle", "text/html", "image/png", "text/*", "*/*", "application/ld+json"])
_RANGES = st.lists(st.tuples(_TYPES, st.integers(0, 1000)), min_size=1, max_size=6)


@given(_RANGES)
def test_the_choice_is_never_worse_than_another(ranges: list[tuple[str, int]]) -> None:
    accept = ", ".join(f"{name};q={weight / 1000:.3f}" for name, weight in ranges)
    chosen = choose(accept, OFFERS)
    best = max(quality(accept, offer) for offer in OFFERS)
    assert (quality(accept, chosen) if chosen else 0) == best


@given(_RANGES)
def test_order_of_the_header_does_not_matter(ranges: list[tuple[str, int]]) -> None:
    header = [f"{name};q={weight / 1000:.3f}" for name, weight in ranges]
    assert choose(",".join(header), OFFERS) == choose(",".join(reversed(header)), OFFERS)


@given(st.text(alphabet='abt/*;q=0.15," \\-xhml', max_size=120))
def test_any_header_has_an_answer(header: str) -> None:
    assert choose(header, OFFERS) in (*OFFERS, None)
    assert choose_language(header, ("en", "ru")) in ("en", "ru", None)


@given(st.text(max_size=60))
def test_any_text_has_an_answer(header: str) -> None:
    assert choose(header, OFFERS) in (*OFFERS, None)
    assert choose_language(header, ("en", "ru")) in ("en", "ru", None)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("kk", "kk"),
        ("kk-KZ,kk;q=0.9,ru;q=0.8,en;q=0.7", "kk"),
        ("KK-Cyrl-KZ", "kk"),
        ("de, ru;q=0.5", "ru"),
        ("de", None),
        ("ru, kk", "ru"),
        ("ru;q=0.1, kk;q=0.2", "kk"),
        ("*", "en"),
        ("en;q=0, *", "ru"),
        ("en;q=0", None),
        ("en-GB;q=0.8, *;q=0.1", "en"),
    ],
)
def test_choose_language(header: str | None, expected: str | None) -> None:
    assert choose_language(header, ("en", "ru", "kk")) == expected


def test_a_general_range_finds_a_special_tag() -> None:
    assert choose_language("en", ("ru", "en-GB")) == "en-GB"
