"""Header fields that every answer has, and answers to `OPTIONS`: plain ASGI, so that streams stay streams."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kzlod.web.site import Site

EXPOSED = "Link, ETag, Content-Location, Content-Language, Location, Retry-After, KZLOD-Release"
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match, Range",
    "Access-Control-Max-Age": "86400",
}
_FIELDS = [
    (name.lower().encode(), value.encode())
    for name, value in {
        **SECURITY,
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": EXPOSED,
    }.items()
]


class CommonHeaders:
    """Completes the headers of every answer; answers `OPTIONS`; sends no body for `HEAD`."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        """Takes the application and the site whose release is named in the header `KZLOD-Release`."""
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and completes the answer's headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        release = self._site.current().release_id

        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message["headers"])
                names = {name for name, _ in given}
                given += (field for field in _FIELDS if field[0] not in names)
                if b"kzlod-release" not in names:
                    given.append((b"kzlod-release", release.encode()))
                message = {**message, "headers": given}
            elif message["type"] == "http.response.body" and scope["method"] == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        if scope["method"] == "OPTIONS" and not scope["path"].startswith(
            "/sparql"
        ):  # the endpoint has methods of its own
            start: Message = {"type": "http.response.start", "status": 204, "headers": []}
            headers = MutableHeaders(scope=start)
            headers["Allow"] = "GET, HEAD, OPTIONS"
            for name, value in PREFLIGHT.items():
                headers[name] = value
            await completed(start)
            await completed({"type": "http.response.body", "body": b""})
            return
        await self._app(scope, receive, completed)
