"""An engine elsewhere: any SPARQL 1.1 endpoint over HTTP, with the same errors and bounds as the embedded
one.

What it answers is never believed: its results are read by a parser and written anew
(kzlod/engine/rereading.py), its errors are put into ours (kzlod/engine/answers.py), and what it holds and
where it departs from the standard is asked at the start (kzlod/engine/survey.py). Queries are checked here
before they are sent. Output goes through the bounded spool of the embedded engine, so that a slow reader
holds neither a turn nor a connection.
"""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from math import ceil
from typing import Self

import httpx
import pyoxigraph as ox

from kzlod.engine import answers, guard, rereading
from kzlod.engine.base import (
    EngineError,
    EngineFailed,
    Kind,
    Malformed,
    NotAcceptable,
    Query,
    TimedOut,
)
from kzlod.engine.bridge import Bridge
from kzlod.engine.endpoint import Endpoint, beginning, media_type
from kzlod.engine.forms import Form, counting, form_of, refuse_extensions
from kzlod.engine.pool import Limits
from kzlod.engine.results import OpenResults, SpooledResult
from kzlod.engine.spool import Spool
from kzlod.engine.survey import Holding, ResultCut, Row, Traits, holds, survey
from kzlod.engine.turns import Turns

_PIECE = 64 * 1024  # bytes that go to the parser at once
_LONGEST_COUNT = 64 * 1024  # bytes
_LONG_TEXT = 4096  # to read more would hold up the event loop
_WATCH_EVERY = 5.0  # seconds between two looks at whether the endpoint still holds the data set
_OURSELVES = "this server"


class RemoteEngine:
    """An Engine over the SPARQL endpoint at a URL; see the module's description.

    `holding` is what the endpoint must hold, None when that does not matter. Of the limits, those about
    worker processes do not apply: `workers` is how many queries are sent at a time.
    """

    name = "remote"

    def __init__(
        self,
        url: str,
        limits: Limits | None = None,
        *,
        login: httpx.Auth | None = None,
        holding: Holding | None = None,
    ) -> None:
        """Takes where the endpoint is and what is needed to ask it."""
        self.limits = limits or Limits()
        self.traits = Traits()
        self._holding = holding
        self._endpoint = Endpoint(url, login, self.limits.workers + 2)
        self._turns = Turns(self.limits.workers, self.limits.share, self.limits.queue)
        self._threads = ThreadPoolExecutor(self.limits.workers, "kzlod-remote")
        self._retry_after = max(1, ceil(self.limits.timeout / 3))
        self._open = OpenResults(self.limits.open_results, self._retry_after)
        self._gone = False
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Looks at the endpoint; EngineFailed when it cannot be reached or does not hold the data set."""
        try:
            self.traits = await survey(self._rows, self._count_rows, self._holding)
        except BaseException as error:
            await self.__aexit__()
            if isinstance(error, EngineError) and not isinstance(error, EngineFailed):
                raise EngineFailed(f"The endpoint does not answer as it must: {error}") from error
            raise
        if self._holding is not None:
            self._watching = asyncio.create_task(self._watch(self._holding))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Ends all queries and closes the connections."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        await self._open.close()
        await self._endpoint.aclose()
        self._threads.shutdown(wait=False)

    def statistics(self) -> dict[str, float]:
        """Figures for those who watch (base.STATISTICS)."""
        running, waiting = self._turns.counts()
        return {
            "queries_long": running,
            "queries_waiting": waiting,
            "results_open": len(self._open),
            "spool_bytes": self._open.size,
        }

    async def drained(self) -> None:
        """Waits until no result is open: the moment to stop an engine that gets no more queries."""
        await self._open.drained()

    async def run(self, query: Query, client: str) -> SpooledResult:
        """The result of a query once its first bytes are there; raises an EngineError (see
        kzlod.engine.base).

        When the caller is cancelled, the query ends with it. Where the engine has a limit of rows, the first
        bytes wait until the rows are counted, so that a result that was cut is an error and no broken answer.
        """
        if self._gone:
            raise EngineFailed("The engine no longer holds what is served here: it is being loaded anew.")
        return await self._run(query, client)

    async def _run(self, query: Query, client: str) -> SpooledResult:
        if len(query.text) < _LONG_TEXT:
            form = _checked(query, self.limits)
        else:
            form = await asyncio.to_thread(_checked, query, self.limits)
        wanted = {Kind.SOLUTIONS: query.solutions, Kind.BOOLEAN: query.boolean, Kind.GRAPH: query.graph}[
            form.kind
        ]
        if wanted is None:
            raise NotAcceptable(form.kind)
        self._open.check_room(client)
        result = SpooledResult(Spool(self.limits.spool_memory, self.limits.spool_disk), form.kind, wanted)
        self._open.add(result, client)
        try:
            await self._turns.take(client, self.limits.patience, self._retry_after)
            result.start(self._execute(query, form, result), lambda: self._turns.give_back(client))
            await result.begun()
        except BaseException:
            await result.aclose()
            raise
        return result

    async def _execute(self, query: Query, form: Form, result: SpooledResult) -> None:
        """Runs a query from dispatch to its last byte; the outcome is left in the result's spool."""
        error: Exception | None = EngineFailed("The query was ended.")
        try:
            async with asyncio.timeout(self.limits.timeout) as clock:
                if form.kind == Kind.GRAPH and self.traits.row_limit is not None:
                    await self._refuse_cut_graph(query, form, self.traits.row_limit)
                await self._transfer(query, form, result, clock)
            error = None
        except TimeoutError:
            error = TimedOut(f"The query took longer than {self.limits.timeout:g} seconds.")
        except EngineError as caught:
            error = caught
        except httpx.HTTPError:
            error = EngineFailed("The connection to the engine broke.")
        except OSError as caught:
            error = EngineFailed(f"The result could not be kept: {caught.strerror}.")
        finally:
            result.end(error)

    async def _transfer(
        self, query: Query, form: Form, result: SpooledResult, clock: asyncio.Timeout
    ) -> None:
        """Asks, and moves the answer through the parser into the spool."""
        response = await self._endpoint.ask(query, form, self.traits)
        try:
            given = media_type(response)
            limit = _row_limit(form, self.traits, response)
            rows = rereading.row_counter(given) if limit is not None else None

            async def keep(data: bytes) -> None:
                await self._keep(data, result, clock)
                if limit is None:
                    result.begin()

            bridge = Bridge(response.aiter_bytes(_PIECE), keep)
            reader = rereading.Reader(bridge, rows)
            writer = rereading.Writer(bridge, reader)
            arguments = (form.kind, given, reader, writer, result.media_type, query.prefixes)
            await bridge.use(self._threads, lambda: rereading.reread(*arguments))
            if limit is not None and rows is not None and rows.rows >= limit:
                raise ResultCut(limit)
        finally:
            await response.aclose()

    async def _keep(self, data: bytes, result: SpooledResult, clock: asyncio.Timeout) -> None:
        """Puts bytes into the spool; the time in which a slow reader keeps it full is not the query's."""
        if not result.spool.has_room(len(data)):
            result.begin()
            loop = asyncio.get_running_loop()
            left = (clock.when() or 0) - loop.time()
            clock.reschedule(None)
            try:
                async with asyncio.timeout(self.limits.stall):
                    await result.spool.drained()
            except TimeoutError:
                raise TimedOut("The result was read too slowly.") from None
            finally:
                clock.reschedule(loop.time() + left)
        await result.spool.put(data)

    async def _refuse_cut_graph(self, query: Query, form: Form, limit: int) -> None:
        """Raises ResultCut when a graph is made of more solutions than the engine gives.

        It does not show in the graph, where one triple may come of many solutions.
        """
        count = counting(query.text, form)
        if count is None or (form.limit is not None and form.limit <= limit):
            return
        asked = replace(query, text=count)
        response = await self._endpoint.ask(asked, form_of(count), self.traits)
        try:
            body = await beginning(response, _LONGEST_COUNT)
        finally:
            await response.aclose()
        (row,) = _rows(body, media_type(response))
        if int(row["n"]) > limit:
            raise ResultCut(limit)

    async def _rows(self, query: Query) -> list[Row]:
        """The rows of one of our own small queries, each value as its text."""
        result = await self._run(replace(query, solutions="application/sparql-results+json"), _OURSELVES)
        try:
            return _rows(b"".join([chunk async for chunk in result]), "application/sparql-results+json")
        finally:
            await result.aclose()

    async def _count_rows(self, query: Query) -> int:
        """The number of rows of one of our own queries, counted as they come; TSV has a line for each."""
        result = await self._run(replace(query, solutions="text/tab-separated-values"), _OURSELVES)
        try:
            return sum([chunk.count(b"\n") async for chunk in result]) - 1
        finally:
            await result.aclose()

    async def _watch(self, holding: Holding) -> None:
        """Notices when the endpoint is loaded with something else, and when it holds the data set again."""
        while True:
            await asyncio.sleep(_WATCH_EVERY)
            with contextlib.suppress(EngineError):
                self._gone = not await holds(self._rows, holding, holding.marked)


def _checked(query: Query, limits: Limits) -> Form:
    """The form of a query that may be sent; raises what is wrong with it.

    Prefixes that an endpoint knows by itself must be declared here as anywhere.
    """
    text = query.text
    if not query.checked:
        guard.check(text, limits.text, limits.depth)
    refuse_extensions(text, limits.text, limits.depth)
    form = form_of(text)
    if undeclared := guard.undeclared_prefix(text):
        prefix, line, column = undeclared
        raise Malformed(f"the prefix {prefix} is not declared", line, column)
    return form


def _row_limit(form: Form, traits: Traits, response: httpx.Response) -> int | None:
    """The number of rows at which a table counts as cut; None when it cannot be."""
    if form.kind != Kind.SOLUTIONS:
        return None
    declared = answers.declared_row_limit(response.headers)
    limits = [limit for limit in (declared, traits.row_limit) if limit is not None]
    limit = min(limits, default=None)
    if limit is None or (form.limit is not None and form.limit <= limit):
        return None
    return limit


def _rows(body: bytes, media_type: str) -> list[Row]:
    """The rows of a small table."""
    try:
        results = ox.parse_query_results(body, rereading.table_format(media_type))
        if not isinstance(results, ox.QuerySolutions):
            raise EngineFailed("The engine answered another kind of result than was asked for.")
        names = [variable.value for variable in results.variables]
        return [
            {name: getattr(row[name], "value", "") for name in names if row[name] is not None}
            for row in results
        ]
    except (SyntaxError, ValueError) as error:
        raise EngineFailed("The result that came from the engine is damaged or broken off.") from error
