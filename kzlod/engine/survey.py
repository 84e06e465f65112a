"""What another endpoint holds, and where it keeps less than the standard says: asked once, at the start.

- Does it hold the data set that is to be served? A marker, a triple in a graph that is written last, says so.
- Is that data set's default graph the endpoint's own, or (where the endpoint's own is the union of everything
  in it, and a triple in two graphs counts twice) a graph of its own beside the named ones? Then every query
  without FROM is sent with the graphs that make up its data set.
- Does a data set without named graphs (FROM only) still show all of them to GRAPH, or one without a default
  graph all triples? Then every data set is filled up with the name of a graph that does not exist.
- How many rows does it give at most? It is asked for more than the limits that are usual: 100,001, or for all
  triples where there are fewer. A limit above that which the endpoint does not declare is not found.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from kzlod.engine.base import EngineFailed, Query, TimedOut, TooExpensive

PROBE_ROWS = 100_001
"""The most rows that are asked for to find a limit."""

NOWHERE = "urn:kzlod:no-graph"
"""The name of a graph that does not exist."""

Row = dict[str, str]
Ask = Callable[[Query], Awaitable[Sequence[Row]]]
CountRows = Callable[[Query], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Holding:
    """The data set that an endpoint is to hold.

    `subject`, `predicate` and `value` (a string) are its marker, a triple in the graph `marked`; `union` is
    the graph that holds its default graph where the endpoint has none of its own; `graphs` are its named
    graphs and `triples` the size of its default graph.
    """

    marked: str
    subject: str
    predicate: str
    value: str
    union: str
    graphs: tuple[str, ...]
    triples: int


@dataclass(frozen=True, slots=True)
class Traits:
    """How an endpoint is to be asked.

    `dataset` are default and named graphs for queries that name none, None when it is the endpoint's own;
    `leaky`: a data set must not be left empty on one side; `row_limit`: the most rows it gives, None when
    no limit was found.
    """

    dataset: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    leaky: bool = False
    row_limit: int | None = None


class ResultCut(TooExpensive):
    """The endpoint gives no more than `limit` rows, and the result may have more."""

    def __init__(self, limit: int) -> None:
        """Takes the limit."""
        super().__init__(
            f"The engine gives at most {limit} rows, and there are more, or just as many. Make the query "
            f"more selective, or ask in pieces: ORDER BY, LIMIT {limit}, OFFSET."
        )
        self.limit = limit


async def survey(ask: Ask, count_rows: CountRows, holding: Holding | None) -> Traits:
    """The traits of an endpoint; EngineFailed when it does not hold the data set, or answers wrongly.

    `ask` gives the rows of a query as texts, `count_rows` their number as they come.
    """
    if holding is None:
        await ask(Query("SELECT (1 AS ?one) {}"))
        return Traits(row_limit=await _row_limit(count_rows, await _count(ask, None), None))
    held = [row["value"] for row in await ask(_marker(holding))]
    if holding.value not in held:
        there = f"it holds {', '.join(sorted(held))}" if held else "no release is there, or it is half loaded"
        raise EngineFailed(f"The endpoint does not hold {holding.value}: {there}.")
    dataset = None
    if await holds(ask, holding, holding.union):
        dataset = (holding.union,), holding.graphs
    triples = await _count(ask, dataset)
    if triples is not None and triples != holding.triples:
        raise EngineFailed(
            f"The default graph has {triples} statements where {holding.value} has {holding.triples}."
        )
    return Traits(
        dataset,
        await _is_leaky(ask, holding),
        await _row_limit(count_rows, holding.triples if triples is None else triples, dataset),
    )


async def holds(ask: Ask, holding: Holding, graph: str) -> bool:
    """Whether a graph of the endpoint has the marker."""
    return holding.value in [row["value"] for row in await ask(_marker(holding, graph))]


def _marker(holding: Holding, graph: str | None = None) -> Query:
    pattern = f"<{holding.subject}> <{holding.predicate}> ?value"
    return Query(f"SELECT ?value {{ GRAPH <{graph or holding.marked}> {{ {pattern} }} }}")


def _over(text: str, dataset: tuple[tuple[str, ...], tuple[str, ...]] | None) -> Query:
    default, named = dataset or ((), ())
    return Query(text, default, named, solutions="text/tab-separated-values")


async def _count(ask: Ask, dataset: tuple[tuple[str, ...], tuple[str, ...]] | None) -> int | None:
    """The statements in the default graph; None where counting takes longer than a query may."""
    try:
        (row,) = await ask(_over("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", dataset))
        return int(row["n"])
    except TimedOut:
        return None
    except ValueError as error:
        raise EngineFailed("The endpoint cannot count.") from error


async def _is_leaky(ask: Ask, holding: Holding) -> bool:
    only_default = Query("SELECT * { GRAPH ?g { ?s ?p ?o } } LIMIT 1", (holding.marked,))
    only_named = Query("SELECT * { ?s ?p ?o } LIMIT 1", (), (holding.marked,))
    return bool(await ask(only_default) or await ask(only_named))


async def _row_limit(
    count_rows: CountRows, triples: int | None, dataset: tuple[tuple[str, ...], tuple[str, ...]] | None
) -> int | None:
    expected = PROBE_ROWS if triples is None else min(triples, PROBE_ROWS)
    try:
        rows = await count_rows(_over(f"SELECT ?p {{ ?s ?p ?o }} LIMIT {PROBE_ROWS}", dataset))
    except ResultCut as cut:
        return cut.limit
    except TimedOut:
        return None
    return rows if rows < expected else None
