"""Kept results: the same bytes as the engine's, never those of another query or of a broken result."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

import pytest

from kzlod.engine.base import EngineFailed, Kind, Query, Result
from kzlod.engine.cache import CachingEngine, is_repeatable
from kzlod.engine.pool import EmbeddedEngine

EX = "http://example.org/"


class Counting:
    """An engine that answers with the query and how many it has answered."""

    def __init__(self, *, breaks: bool = False, size: int = 1) -> None:
        self.asked = 0
        self.breaks, self.size = breaks, size

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def drained(self) -> None:
        pass

    async def run(self, query: Query, client: str) -> Result:
        self.asked += 1
        return Counted(self, f"{query.text} {query.solutions} {self.asked}".encode())


class Counted:
    kind = Kind.SOLUTIONS
    media_type = "text/csv"

    def __init__(self, engine: Counting, text: bytes) -> None:
        self._engine, self._text = engine, text

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self._engine.size):
            yield self._text
        if self._engine.breaks:
            raise EngineFailed("broke off")

    async def aclose(self) -> None:
        pass


async def read(engine: CachingEngine, query: Query) -> bytes:
    result = await engine.run(query, "c")
    try:
        return b"".join([chunk async for chunk in result])
    finally:
        await result.aclose()


def asked(cache: CachingEngine, *queries: Query) -> list[bytes]:
    async def run() -> list[bytes]:
        async with cache:
            return [await read(cache, query) for query in queries]

    return asyncio.run(run())


def test_the_same_query_is_evaluated_once() -> None:
    engine = Counting()
    cache = CachingEngine(engine, 1 << 20)
    first, second = asked(cache, Query("q"), Query("q"))
    assert first == second
    assert (engine.asked, cache.hits, cache.misses) == (1, 1, 1)


@pytest.mark.parametrize(
    "other",
    [
        Query("q "),
        Query("q", default_graphs=(f"{EX}g",)),
        Query("q", named_graphs=(f"{EX}g",)),
        Query("q", solutions="text/csv"),
        Query("q", boolean=None),
        Query("q", graph="application/n-triples"),
        Query("q", base_iri=EX),
        Query("q", prefixes={"ex": EX}),
    ],
)
def test_whatever_may_change_the_result_makes_another_query(other: Query) -> None:
    engine = Counting()
    asked(CachingEngine(engine, 1 << 20), Query("q"), other)
    assert engine.asked == 2


@pytest.mark.parametrize("function", ["NOW()", "rand()", "UUID()", "StrUUID()", "BNODE()", "N\\u004FW()"])
def test_what_changes_is_not_kept(function: str) -> None:
    engine = Counting()
    query = Query(f"SELECT ({function} AS ?x) {{}}")
    asked(CachingEngine(engine, 1 << 20), query, query)
    assert engine.asked == 2
    assert not is_repeatable(query.text)


def test_what_others_say_is_not_kept() -> None:
    assert not is_repeatable("SELECT * { service<http://x/> { ?s ?p ?o } }")


def test_a_broken_result_is_not_kept() -> None:
    engine = Counting(breaks=True)
    cache = CachingEngine(engine, 1 << 20)
    for _ in range(2):
        with pytest.raises(EngineFailed):
            asked(cache, Query("q"))
    assert engine.asked == 2


def test_a_result_not_read_to_its_end_is_not_kept() -> None:
    engine = Counting(size=3)
    cache = CachingEngine(engine, 1 << 20)

    async def run() -> None:
        result = await cache.run(Query("q"), "c")
        async for _ in result:
            break
        await result.aclose()
        await read(cache, Query("q"))

    asyncio.run(run())
    assert engine.asked == 2


def test_a_large_result_is_not_kept_and_is_whole() -> None:
    engine = Counting(size=100)
    cache = CachingEngine(engine, 4096)
    first, _ = asked(cache, Query("q" * 10), Query("q" * 10))
    assert len(first) > 4096 // 16
    assert engine.asked == 2


def test_the_least_recently_used_makes_room() -> None:
    engine = Counting()
    cache = CachingEngine(engine, 2 * 1200)
    a, b, c = Query("a"), Query("b"), Query("c")
    asked(cache, a, b, a, c)  # b is forgotten
    assert engine.asked == 3
    asked(cache, a, c)
    assert engine.asked == 3
    asked(cache, b)
    assert engine.asked == 4


def test_without_room_nothing_is_kept() -> None:
    engine = Counting()
    asked(CachingEngine(engine, 0), Query("q"), Query("q"))
    assert engine.asked == 2


def test_bytes_are_those_of_the_engine(store_path: Path) -> None:
    query = Query(f"SELECT * {{ ?s <{EX}many> ?o }} ORDER BY ?o")
    bare = asked(CachingEngine(EmbeddedEngine(store_path), 0), query)
    kept = asked(CachingEngine(EmbeddedEngine(store_path), 64 << 20), query, query)
    assert [*bare, *bare] == kept
