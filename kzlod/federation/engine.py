"""An engine that answers SERVICE: others are asked first, and what they say goes into the query."""

import asyncio
from dataclasses import replace
from typing import Self

from kzlod.engine import guard
from kzlod.engine.base import Engine, Malformed, Query, Refused, Result, ServiceFailed
from kzlod.federation.clauses import NOTHING_KNOWN, Clause, Rewritten, find_clauses, replace_clauses
from kzlod.federation.client import CheckedClient, failed
from kzlod.federation.solutions import NotAResult, values_block


class FederatingEngine:
    """An Engine that gives another one queries in which each SERVICE clause has become its solutions.

    The other engine itself asks nobody. Whatever keeps results belongs outside of this one, and must not keep
    those of queries with SERVICE.
    """

    def __init__(
        self,
        engine: Engine,
        client: CheckedClient,
        *,
        text_limit: int = guard.TEXT_LIMIT,
        depth_limit: int = guard.DEPTH_LIMIT,
    ) -> None:
        """Takes the engine, started and stopped with this one, what asks others, and the guard's limits."""
        self.engine = engine
        self._client = client
        self._text_limit, self._depth_limit = text_limit, depth_limit

    async def __aenter__(self) -> Self:
        """Starts the engine and gets ready to ask."""
        await self.engine.__aenter__()
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *reason: object) -> None:
        """Stops the engine and asks no more."""
        await self._client.__aexit__(*reason)
        await self.engine.__aexit__(*reason)

    async def drained(self) -> None:
        """Waits until no result of the engine is open."""
        await self.engine.drained()

    async def run(self, query: Query, client: str) -> Result:
        """The result of a query once its first bytes are there; see `kzlod.engine.base.Engine`.

        Raises ServiceFailed, too, when an endpoint gives no result and the clause is not SILENT. SILENT makes
        no difference to what is this engine's doing: an endpoint that is not named is Refused, a result that
        is too large is TooExpensive.
        """
        if "service" not in query.text.lower():
            return await self.engine.run(query, client)
        clauses = await asyncio.to_thread(self._find, query)
        if not clauses:
            return await self.engine.run(query, client)
        rewritten = replace_clauses(query.text, clauses, await self._blocks(clauses, client))
        try:
            return await self.engine.run(replace(query, text=rewritten.text, checked=True), client)
        except Malformed as error:
            raise _in_original(error, rewritten) from error

    def _find(self, query: Query) -> tuple[Clause, ...]:
        """The clauses of a query that passes the guard; an EngineError when they are not to be asked."""
        guard.check(query.text, self._text_limit, self._depth_limit, federated=True)
        clauses = find_clauses(query.text, query.base_iri)
        named = self._client.endpoints
        for clause in clauses:
            if clause.endpoint not in named:
                raise Refused(
                    f"SERVICE <{clause.endpoint}> is not accepted: this endpoint asks only "
                    + ", ".join(f"<{name}>" for name in named)
                    + "."
                )
        return clauses

    async def _blocks(self, clauses: tuple[Clause, ...], client: str) -> list[str]:
        """What stands for each clause; they are asked at the same time, and none is when one fails."""
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._block(clause, client)) for clause in clauses]
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return [task.result() for task in tasks]

    async def _block(self, clause: Clause, client: str) -> str:
        limits = self._client.limits
        try:
            answer = await self._client.ask(clause.endpoint, clause.query, client)
            return await asyncio.to_thread(values_block, answer, limits.rows, limits.size)
        except (ServiceFailed, NotAResult) as error:
            if clause.silent:
                return NOTHING_KNOWN
            if isinstance(error, NotAResult):
                raise failed(clause.endpoint, f"gave no usable result: {error}") from error
            raise


def _in_original(error: Malformed, rewritten: Rewritten) -> Malformed:
    """The error, at its place in the query as it was asked."""
    if error.line is None or error.column is None:
        return error
    return Malformed(str(error), *rewritten.original_place(error.line, error.column))
