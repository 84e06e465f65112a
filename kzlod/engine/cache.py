"""Results kept for those who ask the same again: a release never changes, so a whole result stays right.

The least recently used results make room for new ones. What differs from one evaluation to the next (`NOW`,
`RAND`, …) or comes from other endpoints (`SERVICE`) is never kept; a result that broke off or was not read to
its end is not either.
"""

import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Hashable, Mapping
from dataclasses import replace
from typing import Self

from kzlod.engine.base import Engine, Query, Result, WholeResult, name_of, statistics_of

# An escaped letter may be one of such a name. What SERVICE gives is in nobody's release.
_CHANGING = re.compile(r"NOW|RAND|UUID|BNODE|SERVICE|\\u", re.IGNORECASE)
_ENTRY_OVERHEAD = 1024
_LARGEST_SHARE = 16


def is_repeatable(text: str) -> bool:
    """Whether a query gives the same each time; one that merely mentions such a word counts as not."""
    return not _CHANGING.search(text)


class CachingEngine:
    """An Engine that gives the results of another and keeps small ones, at most `size` bytes altogether.

    One result may take a sixteenth of that. Errors are not kept. `size` 0 keeps nothing.
    """

    def __init__(self, engine: Engine, size: int) -> None:
        """Takes the engine whose results are kept; it is started and stopped with this one."""
        self.engine = engine
        self.hits = self.misses = 0
        self._size = size
        self._held = 0
        self._kept: OrderedDict[Hashable, tuple[WholeResult, int]] = OrderedDict()

    async def __aenter__(self) -> Self:
        """Starts the engine."""
        await self.engine.__aenter__()
        return self

    async def __aexit__(self, *reason: object) -> None:
        """Stops the engine."""
        await self.engine.__aexit__(*reason)

    async def drained(self) -> None:
        """Waits until no result of the engine is open."""
        await self.engine.drained()

    @property
    def name(self) -> str:
        """What kind of engine the other one is."""
        return name_of(self.engine)

    def statistics(self) -> Mapping[str, float]:
        """The figures of the engine, and those of what is kept (see kzlod.engine.base)."""
        return {
            **statistics_of(self.engine),
            "cache_hits_total": self.hits,
            "cache_misses_total": self.misses,
            "cache_results": len(self._kept),
            "cache_bytes": self._held,
        }

    async def run(self, query: Query, client: str) -> Result:
        """The kept result of the same query with the same data set and media types, or else a new one."""
        if not self._size or not is_repeatable(query.text):
            return await self.engine.run(query, client)
        key = _key(query)
        if found := self._kept.get(key):
            self._kept.move_to_end(key)
            self.hits += 1
            return found[0]
        self.misses += 1
        result = await self.engine.run(query, client)
        if isinstance(result, WholeResult):
            self.keep(key, result)
            return result
        return _Recorded(result, self, key)

    @property
    def largest(self) -> int:
        """The most bytes of one result that is kept."""
        return self._size // _LARGEST_SHARE

    def keep(self, key: Hashable, result: WholeResult) -> None:
        """Keeps a whole result, and forgets the least recently used ones when there is no room."""
        size = sum(map(len, result.chunks)) + _ENTRY_OVERHEAD
        if key in self._kept or size > self.largest + _ENTRY_OVERHEAD:
            return
        self._kept[key] = replace(result, kept=True), size
        self._held += size
        while self._held > self._size:
            _, (_, freed) = self._kept.popitem(last=False)
            self._held -= freed


class _Recorded:
    """A Result that is kept once it was read to its end, unless it is too large."""

    def __init__(self, result: Result, cache: CachingEngine, key: Hashable) -> None:
        self._result, self._cache, self._key, self._limit = result, cache, key, cache.largest
        self.kind = result.kind
        self.media_type = result.media_type

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The chunks in order; raises the EngineError with which the result breaks off."""
        chunks: list[bytes] = []
        length = 0
        async for chunk in self._result:
            length += len(chunk)
            if length <= self._limit:
                chunks.append(chunk)
            else:
                chunks.clear()
            yield chunk
        if length <= self._limit:
            self._cache.keep(self._key, WholeResult(self.kind, self.media_type, tuple(chunks)))

    async def aclose(self) -> None:
        """Frees what the result holds."""
        await self._result.aclose()


def _key(query: Query) -> Hashable:
    return (
        query.text,
        query.default_graphs,
        query.named_graphs,
        query.base_iri,
        query.solutions,
        query.boolean,
        query.graph,
        tuple(query.prefixes.items()),
    )
