"""Answers of RFC 9110: entity tags and 304, links between the formats of a document, language and Vary."""

from collections.abc import Callable, Iterable, Mapping

from fastapi import Request
from fastapi.responses import Response

from kzlod.web.i18n import COOKIE, LANGUAGES

PAGE_VARY = "Accept, Accept-Language, Cookie"
DATA_VARY = "Accept"
_YEAR = 365 * 24 * 3600


def answer(
    request: Request,
    make: Callable[[], bytes],
    content_type: str,
    etag: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The document with its entity tag, or 304 without making it when the client has it already."""
    fields = {"ETag": etag, "Cache-Control": "no-cache", **(headers or {})}
    if matches(request, etag):
        return Response(status_code=304, headers=fields)
    return Response(make(), headers={**fields, "Content-Type": content_type})


def matches(request: Request, etag: str) -> bool:
    """Whether `If-None-Match` names the entity tag (weak comparison, RFC 9110 section 13.1.2)."""
    header = ",".join(request.headers.getlist("if-none-match"))
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return "*" in tags or etag.removeprefix("W/") in tags


def page_answer(
    request: Request,
    make: Callable[[], str],
    etag: str,
    language: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A page: HTML in a language; `?lang=` is stored, so that the choice stays."""
    fields = {"Content-Language": language, "Vary": PAGE_VARY, **(headers or {})}
    return remember(
        request, answer(request, lambda: make().encode(), "text/html; charset=utf-8", etag, fields)
    )


def remember(request: Request, response: Response) -> Response:
    """The response with the choice of `?lang=` stored in a cookie, if the request makes one."""
    chosen = request.query_params.get(COOKIE)
    if chosen in LANGUAGES and chosen != request.cookies.get(COOKIE):
        response.set_cookie(COOKIE, str(chosen), max_age=_YEAR, path="/", samesite="lax", httponly=True)
    return response


def links(entries: Iterable[tuple[str, Mapping[str, str]]]) -> str:
    """The value of a `Link` header: each target with its parameters (`rel`, `type` …)."""
    return ", ".join(
        f"<{target}>" + "".join(f'; {name}="{value}"' for name, value in parameters.items())
        for target, parameters in entries
    )


def redirect(target: str, status: int = 303, vary: str = "") -> Response:
    """A redirect to a path on this host; browsers would read its backslashes as slashes."""
    headers = {"Location": target.replace("\\", "%5C"), "Cache-Control": "no-cache"}
    if vary:
        headers["Vary"] = vary
    return Response(status_code=status, headers=headers)


def with_query(request: Request, path: str) -> str:
    """The path with the request's query string before its fragment: what was asked for, a language too."""
    before, mark, fragment = path.partition("#")
    return before + (f"?{request.url.query}" if request.url.query else "") + mark + fragment
