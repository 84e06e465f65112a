"""Names of files: safe, one for each address, and those that nginx can make, too."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kzlod.export.names import LONGEST_STEP, Address, address, is_odd, spellings, stem
from kzlod.web.rdf import FORMATS


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/", "", "index"),
        ("/dumps/", "", "dumps/index"),
        ("/doc/treaty/X", "", "doc/treaty/X"),
        ("/doc/treaty/X", "page=2", "doc/treaty/X@page=2"),
        ("/doc/act/" + quote("қылмыс"), "", "doc/act/қылмыс"),
        ("/compare/crosswalk", "treaty=https%3A%2F%2Fx", "compare/crosswalk@treaty=https%3A%2F%2Fx"),
    ],
)
def test_plain_names(path: str, query: str, expected: str) -> None:
    assert stem(Address(path, query)) == expected


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/doc/a%2Fb", ""),
        ("/doc/a%20b", ""),
        ("/doc/a%25D0", ""),
        ("/doc/%FF", ""),
        ("/doc/a/../b", ""),
        ("/doc/a//b", ""),
        ("/doc/notes.html", ""),
        ("/doc/a.ttl/b", ""),
        ("/doc/a.gz", ""),
        ("/doc/a@b", ""),
        ("/~/a", ""),
        ("/doc/" + "a" * (LONGEST_STEP + 1), ""),
        ("/doc/" + "ab/" * 1000 + "c", ""),
        ("/doc/a", "x=../../b"),
        ("/doc/a", "x=" + "b" * 300),
    ],
)
def test_odd_addresses_are_named_by_their_hash(path: str, query: str) -> None:
    one = Address(path, query)
    assert is_odd(one)
    assert len(stem(one)) == 34 and stem(one).startswith("~/")


STEPS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)


@given(st.lists(STEPS, min_size=1, max_size=4), st.sampled_from(["", "page=2", "part=3", "x=/"]))
def test_names_stay_inside_and_never_meet(steps: list[str], query: str) -> None:
    path = "/doc/" + "/".join(quote(step, safe="@:!$&'()*+,;=~.") for step in steps)
    one = Address(path, query)
    name = stem(one)
    parts = name.split("/")
    assert not {"", ".", ".."} & set(parts)
    assert all(len(part.encode()) <= 255 - 20 for part in parts)
    # Of two addresses, the file of one is never that of another, nor a folder of it.
    files = [f"{name}.{suffix}" for suffix in ("en.html", *(form.suffix[1:] for form in FORMATS[1:]))]
    below = stem(Address(path + "/x"))
    assert not any(below == file or below.startswith(f"{file}/") for file in files)
    assert stem(Address(path + ".ttl")) + ".en.html" not in files
    assert name + ".ttl" != stem(Address(path + ".ttl"))


def test_links() -> None:
    assert address("/doc/a?lang=ru&page=2#x") == Address("/doc/a", "page=2")
    assert address("?page=2", "/doc/a") == Address("/doc/a", "page=2")
    assert address("?lang=kk", "/doc/a") == Address("/doc/a")
    for link in ("#x", "", "https://example.org/", "//example.org/", "mailto:x", "x.html"):
        assert address(link, "/doc/a") is None


def test_spellings() -> None:
    assert spellings("/a%c3%A9") == ["/a%C3%A9", "/a%c3%a9"]
    assert spellings("/a") == ["/a"]
