"""One shape for every error: problem details of RFC 9457, as JSON for programs and as a page for people."""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self

from fastapi import Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from kzlod.web.i18n import DEFAULT, texts
from kzlod.web.negotiation import choose

MEDIA_TYPE = "application/problem+json"
_OFFERS = (MEDIA_TYPE, "application/json", "text/html")
_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Vary": "Accept",
    "Access-Control-Allow-Origin": "*",
}


@dataclass(eq=False)  # not frozen: raising writes to an exception
class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem
    """What went wrong with a request, so that a handler can raise it; `slug` names the kind of problem.

    `extras` are further members of the JSON object (line, column, offers …); `headers` go with the answer.
    `key` names the texts of the locale files that say the same to people, `values` fill their places.
    """

    status: int
    title: str
    detail: str = ""
    slug: str = "about:blank"
    extras: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        status: int,
        key: str,
        values: Mapping[str, object] | None = None,
        *,
        slug: str = "about:blank",
        extras: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """A problem with texts of the locale files: `error.KEY` is its title, `error.KEY_detail` its detail.

        Here they are in English, for programs; a page has them in the reader's language. A key need not have
        a detail; KeyError when it has no title.
        """
        english, values = texts(DEFAULT), values or {}
        title, detail = english(f"error.{key}"), english.filled(f"error.{key}_detail", values)
        return cls(status, title, detail or "", slug, extras or {}, headers or {}, key, values)

    def members(self) -> dict[str, Any]:
        """The members of the JSON object in the order in which they are shown."""
        return {
            "type": self.slug,
            "title": self.title,
            "status": self.status,
            **({"detail": self.detail} if self.detail else {}),
            **self.extras,
        }


Render = Callable[[Request, Problem], str]
"""Makes the HTML page of a problem; the site's template replaces `plain_page` with it."""


def problem(
    status: int,
    title: str,
    detail: str = "",
    *,
    slug: str = "about:blank",
    extras: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    request: Request | None = None,
    render: Render | None = None,
) -> Response:
    """An error answer; HTML only when the request prefers it, JSON otherwise.

    `slug` is the value of `type`: a relative address such as `/problems/syntax`, or `about:blank` when the
    status says it all. `extras` are further members, `headers` further header fields, `render` makes the
    page.
    """
    return respond(Problem(status, title, detail, slug, extras or {}, headers or {}), request, render)


def respond(item: Problem, request: Request | None = None, render: Render | None = None) -> Response:
    """The answer for a problem: a page when the request's `Accept` prefers HTML, else JSON."""
    headers = {**_SECURITY, **item.headers}
    if request is not None and wants_html(request):
        page = (render or plain_page)(request, item)
        if render is None:
            headers["Content-Security-Policy"] = "default-src 'none'; base-uri 'none'; form-action 'none'"
        return HTMLResponse(page, status_code=item.status, headers=headers)
    return JSONResponse(item.members(), status_code=item.status, headers=headers, media_type=MEDIA_TYPE)


def wants_html(request: Request) -> bool:
    """Whether the request's `Accept` prefers a page to JSON."""
    accept = ",".join(request.headers.getlist("accept"))
    return choose(accept, _OFFERS) == "text/html"


def plain_page(request: Request, item: Problem) -> str:
    """A page without template, style or script; every value is escaped."""
    title = html.escape(item.title)
    rows = "".join(
        f"<dt>{html.escape(str(name))}</dt><dd>{html.escape(_show(value))}</dd>"
        for name, value in item.extras.items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{item.status} {title}</title></head><body><main>"
        f"<h1>{item.status} {html.escape(HTTPStatus(item.status).phrase)}: {title}</h1>"
        f"<p>{html.escape(item.detail)}</p>"
        + (f"<dl>{rows}</dl>" if rows else "")
        + '<p><a href="/">Home</a></p></main></body></html>'
    )


def _show(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
