"""Sending a result as it comes, so that a result cut short is never mistaken for a whole one."""

import asyncio

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kzlod.engine.base import EngineError, Result
from kzlod.web.cycle import Fields
from kzlod.web.observing import note

OLD_CLIENT_LIMIT = 8 * 1024 * 1024
"""The largest result for a client of HTTP/1.0, in bytes."""


class ResultCutError(Exception):
    """A result broke off after its first bytes were sent; at this the server closes the connection."""


class StreamedResult(Response):
    """An answer whose body is a Result: chunked, ended properly only when the result is whole.

    A client that goes away, or takes nothing for `stall` seconds, ends the query. The result is closed in any
    case.
    """

    def __init__(self, result: Result, media_type: str, fields: Fields, stall: float) -> None:
        """Takes a result that has begun."""
        self.status_code, self.background = 200, None
        self.raw_headers = [*fields, (b"content-type", media_type.encode("latin-1"))]
        self._result, self._stall = result, stall

    async def drop(self) -> None:
        """Closes the result; nothing of it is sent."""
        await self._result.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the answer; raises ResultCutError when it cannot be sent to its end."""
        sending = asyncio.ensure_future(self._send(scope, send))
        leaving = asyncio.ensure_future(client_left(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        except (EngineError, TimeoutError) as error:
            note(scope, outcome=error.outcome if isinstance(error, EngineError) else "client-gone")
            raise ResultCutError(
                str(error) or "The client took nothing of the result for too long."
            ) from error
        finally:
            sending.cancel()
            leaving.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)
            await self._result.aclose()

    async def _send(self, scope: Scope, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] != "HEAD":
            async for chunk in self._result:
                async with asyncio.timeout(self._stall):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def client_left(receive: Receive) -> None:
    """Waits until the client has closed the connection; called when the request's body has been read."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def collect(result: Result, limit: int) -> bytes | None:
    """The whole result, None when it is longer than the limit; closes it."""
    body = bytearray()
    try:
        async for chunk in result:
            body += chunk
            if len(body) > limit:
                return None
    finally:
        await result.aclose()
    return bytes(body)
