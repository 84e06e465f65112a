"""What every query engine is: a query goes in, a stream of bytes or one of a few typed errors comes out."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Protocol, Self, runtime_checkable


class Kind(StrEnum):
    """What a query gives: solutions (SELECT), a boolean (ASK), or a graph (CONSTRUCT, DESCRIBE)."""

    SOLUTIONS = "solutions"
    BOOLEAN = "boolean"
    GRAPH = "graph"


@dataclass(frozen=True, slots=True)
class Query:
    """A SPARQL query, the data set that it is asked over, and the media types in which its result is wanted.

    Empty `default_graphs` and `named_graphs` mean that the query's own FROM clauses, or else the engine's
    data set, apply; otherwise they are the whole data set (SPARQL 1.1 Protocol, section 2.1.4). `solutions`,
    `boolean` and `graph` are the media types for the three kinds of result; None: the client accepts none of
    that kind. `prefixes` (prefix → namespace) are for writing graphs only; a query declares its own.
    `checked`: whoever asks has checked the text (kzlod.engine.guard) and bounded its length itself.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    base_iri: str | None = None
    solutions: str | None = "application/sparql-results+json"
    boolean: str | None = "application/sparql-results+json"
    graph: str | None = "text/turtle"
    prefixes: Mapping[str, str] = field(default_factory=dict)
    checked: bool = False


class Result(Protocol):
    """A result that has begun: its first bytes are there, or it is known to be empty.

    Iterating gives chunks of bytes and raises an `EngineError` when the result breaks off; a result that ends
    without an error is whole.
    """

    @property
    def kind(self) -> Kind:
        """What the query gives."""

    @property
    def media_type(self) -> str:
        """The media type of the bytes."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The chunks in order; can be taken once."""

    async def aclose(self) -> None:
        """Frees what the result holds; may be called at any time and more than once."""


@dataclass(frozen=True, slots=True)
class WholeResult:
    """A Result that is there completely; there is nothing to free. `kept`: it was there before."""

    kind: Kind
    media_type: str
    chunks: tuple[bytes, ...]
    kept: bool = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The chunks in order; can be taken any number of times."""
        for chunk in self.chunks:
            yield chunk

    async def aclose(self) -> None:
        """Does nothing."""


class Engine(Protocol):
    """Answers queries. Used as `async with engine:`; knows nothing of HTTP."""

    async def __aenter__(self) -> Self:
        """Starts the engine; raises EngineFailed when it cannot."""

    async def __aexit__(self, *_: object) -> None:
        """Stops it and ends what is still running."""

    async def drained(self) -> None:
        """Waits until no result is open: the moment to stop an engine that gets no more queries."""

    async def run(self, query: Query, client: str) -> Result:
        """The result of a query, once its first bytes are there.

        `client` names whoever asks, for sharing the engine fairly. Raises one of the errors below. The caller
        closes the result.
        """


STATISTICS: Mapping[str, str] = {
    "workers": "Query workers that are alive, busy ones included.",
    "workers_busy": "Query workers that run a query.",
    "worker_starts_total": "Query workers started.",
    "worker_ends_total:recycled": "Query workers ended, by reason.",
    "worker_ends_total:timed-out": "Query workers ended, by reason.",
    "worker_ends_total:abandoned": "Query workers ended, by reason.",
    "worker_ends_total:crashed": "Query workers ended, by reason.",
    "worker_ends_total:gave-way": "Query workers ended, by reason.",
    "store_in_memory": "Whether queries are answered from memory (1) or from disk (0).",
    "queries_long": "Long queries that run.",
    "queries_waiting": "Queries that wait for a worker.",
    "results_open": "Results of queries that run or are being read.",
    "spool_bytes": "Bytes of results that wait for their readers, in memory and in files.",
    "cache_hits_total": "Queries answered with a kept result.",
    "cache_misses_total": "Queries that no kept result answered, though one might have.",
    "cache_results": "Results kept.",
    "cache_bytes": "Bytes of the results kept.",
}
"""What an engine may tell of itself, and what it means.

A name that ends in `_total` counts from the engine's start; others say how it is now. After a colon stands
the reason: `recycled` (it has served its time, or grown), `timed-out` (the query took too long), `abandoned`
(the client left, or read too slowly), `crashed` (it ended by itself), `gave-way` (a long query that others
were before; it begins again).
"""


@runtime_checkable
class Reporting(Protocol):
    """What an Engine may have besides, for those who watch it."""

    @property
    def name(self) -> str:
        """What kind of engine it is: `embedded` or `remote`."""

    def statistics(self) -> Mapping[str, float]:
        """Figures under names of STATISTICS, those that it has; called on the event loop, never waits."""


def name_of(engine: Engine) -> str:
    """What kind of engine it is; `unknown` when it does not say."""
    return engine.name if isinstance(engine, Reporting) else "unknown"


def statistics_of(engine: Engine) -> Mapping[str, float]:
    """The figures that an engine tells of itself, none when it tells none."""
    return engine.statistics() if isinstance(engine, Reporting) else {}


class EngineError(Exception):
    """Base of everything that an engine may answer instead of a result; its text is meant for the client.

    `outcome` is the word under which such queries are counted.
    """

    outcome: ClassVar[str] = "failed"


class Malformed(EngineError):  # noqa: N818 - the names say what the query was
    """The query is not SPARQL. `line` and `column` count from 1 and are None when unknown."""

    outcome = "malformed"

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        """Takes what was wrong and where."""
        super().__init__(message)
        self.line = line
        self.column = column


class Refused(EngineError):  # noqa: N818
    """The query asks for what this engine does not do: federation or an update."""

    outcome = "refused"


class TooExpensive(EngineError):  # noqa: N818
    """The query is too long, too deep, or needs more memory than a query may have."""

    outcome = "too-expensive"


class ServiceFailed(EngineError):  # noqa: N818
    """An endpoint that the query names by SERVICE gave no result."""


class NotAcceptable(EngineError):  # noqa: N818
    """The query gives a kind of result for which the client accepts no media type."""

    outcome = "not-acceptable"

    def __init__(self, kind: Kind) -> None:
        """Takes the kind of result."""
        super().__init__(f"No acceptable format for a result of kind {kind}.")
        self.kind = kind


class TimedOut(EngineError):  # noqa: N818
    """The query, or the reading of its result, took longer than allowed."""

    outcome = "timed-out"


class Overloaded(EngineError):  # noqa: N818
    """Too many queries wait already. `retry_after` is in seconds."""

    outcome = "overloaded"

    def __init__(self, message: str, retry_after: int) -> None:
        """Takes the reason and how long to wait."""
        super().__init__(message)
        self.retry_after = retry_after


class EngineFailed(EngineError):  # noqa: N818
    """The engine broke down on this query or could not be started; nothing is known about the query."""
