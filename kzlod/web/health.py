"""Health for load balancers and containers: whether the server lives, and whether it can answer."""

import asyncio
import time
from collections.abc import Sequence

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from starlette.routing import Route

from kzlod.engine.base import EngineError, Query, name_of
from kzlod.web.problems import Problem
from kzlod.web.site import Serving
from kzlod.web.state import Web
from kzlod.web.streaming import collect

PATIENCE = 2.0
"""Seconds in which the engine has to answer."""
REMEMBERED = 1.0
"""Seconds for which its answer holds: so often it is asked, however many ask for health."""
# Cheap for any engine. A query that mentions NOW is never answered with a kept result.
_PROBE = Query("ASK { ?s ?p ?o } # NOW")
_LIMIT = 1024
_HEADERS = {"Cache-Control": "no-store"}


class Health:
    """Knows what is missing for answering; asks the engine at most once a second."""

    def __init__(self, web: Web) -> None:
        """Takes what is to be watched."""
        self._web = web
        self._known: tuple[Serving, float, tuple[str, ...]] | None = None
        self._asking: asyncio.Task[tuple[str, ...]] | None = None

    async def missing(self) -> tuple[str, ...]:
        """What is missing, in words; nothing when the server is ready."""
        known = self._known
        if known and known[0] is self._web.site.current() and time.monotonic() - known[1] < REMEMBERED:
            return known[2]
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(self._asking)  # the others who wait want to know, too

    async def _ask(self) -> tuple[str, ...]:
        try:
            serving = self._web.site.current()
            with serving.held():
                missing = *await self._release(serving), *await _engine(serving)
            self._known = serving, time.monotonic(), missing
            return missing
        finally:
            self._asking = None

    async def _release(self, serving: Serving) -> tuple[str, ...]:
        if serving.release is None:
            return ("release: none is served",)
        try:
            await asyncio.to_thread(self._web.snapshot)
        except (Problem, OSError):
            return (f"release: {serving.release_id} cannot be opened",)
        return ()

    async def live(self, request: Request) -> Response:
        """The process answers."""
        return JSONResponse({"live": True}, headers=_HEADERS)

    async def ready(self, request: Request) -> Response:
        """Whether a release is open and the engine answers; 503 with what is missing."""
        missing = await self.missing()
        return JSONResponse(_readiness(missing), 503 if missing else 200, headers=_HEADERS)

    async def health(self, request: Request) -> Response:
        """Both, with what is served; 503 when it is not ready."""
        missing = await self.missing()
        serving = self._web.site.current()
        body = {
            "live": True,
            **_readiness(missing),
            "release": serving.release_id,
            "engine": name_of(serving.engine),
        }
        return JSONResponse(body, 503 if missing else 200, headers=_HEADERS)

    def routes(self) -> Sequence[Route]:
        """The addresses, for GET and HEAD."""
        handlers = {"/health": self.health, "/health/live": self.live, "/health/ready": self.ready}
        return [Route(path, handler) for path, handler in handlers.items()]


def _readiness(missing: Sequence[str]) -> dict[str, object]:
    return {"ready": False, "missing": list(missing)} if missing else {"ready": True}


async def _engine(serving: Serving) -> tuple[str, ...]:
    try:
        async with asyncio.timeout(PATIENCE):
            answered = await collect(await serving.engine.run(_PROBE, "health"), _LIMIT)
    except TimeoutError:
        return (f"engine: no answer within {PATIENCE:g} seconds",)
    except EngineError as error:
        return (f"engine: {error.outcome}",)
    return () if answered else ("engine: an empty answer",)
