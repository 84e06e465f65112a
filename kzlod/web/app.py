"""The web application: routes, headers on every answer, errors in one shape."""

from collections.abc import Callable, Mapping

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from kzlod import __doc__ as about
from kzlod.engine.base import statistics_of
from kzlod.web import (
    catalog,
    citing,
    comparing,
    diagrams,
    documents,
    downloads,
    editor,
    examples,
    institutions,
    kinds,
    openapi,
    operations,
    pages,
    problem_kinds,
    recommendations,
    releases,
    searching,
    shapes,
    statistics,
    treaty_pages,
    vendor,
)
from kzlod.web.accesslog import AccessLog
from kzlod.web.answers import Answers
from kzlod.web.health import Health
from kzlod.web.metrics import Metrics
from kzlod.web.middleware import CommonHeaders
from kzlod.web.observing import Observed
from kzlod.web.problems import Problem, respond
from kzlod.web.render import environment, error_page
from kzlod.web.routing import quick_route, route
from kzlod.web.site import Site
from kzlod.web.sparql import sparql_endpoint
from kzlod.web.state import Web

_KEYS = {404: "not_found", 405: "not_allowed", 414: "too_long", 503: "unready"}


def create_app(
    site: Site, *, log: AccessLog | None = None, connections: Callable[[], int] | None = None
) -> FastAPI:
    """The application that serves a site. Starting and stopping the engine is the caller's.

    `log` gets a record of each request; starting and stopping it is the caller's, too. `connections` tells
    how many are open, for the metrics.
    """
    environment()  # now, not by the first request
    app = FastAPI(title="KZLOD", description=about or "", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.web = Web(site)
    app.state.site = site
    app.add_middleware(CommonHeaders, site=site)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(Exception, _unexpected)
    app.router.routes.extend(quick_route(path, handler) for path, handler in documents.QUICK_ROUTES)
    modules = (
        pages,
        searching,
        comparing,
        treaty_pages,
        recommendations,
        statistics,
        editor,
        examples,
        citing,
        diagrams,
        institutions,
        kinds,
        shapes,
        catalog,
        downloads,
        openapi,
        problem_kinds,
        releases,
        operations,
        vendor,
        documents,
    )
    for module in modules:
        app.router.routes.extend(route(path, handler) for path, handler in module.ROUTES)
    app.router.routes.extend(Route(path, handler) for path, handler in examples.PAGES)
    app.router.routes.extend(Health(app.state.web).routes())
    # Whatever else occurs in the data below the base leads to its document; the rest is a helpful 404.
    rest = route("/{path:path}", documents.thing)
    # Outside of all other middleware, so that the answer to an error of ours is seen, too.
    answers = Answers(_Front(site, app), site, site.settings.cache_memory // 2)
    app.middleware_stack = observed = Observed(answers, kept=answers.kept)

    def figures() -> Mapping[str, float]:
        return {
            **statistics_of(site.current().engine),
            "requests_in_progress": observed.in_progress,
            **({"connections_open": connections()} if connections else {}),
            **({"access_log_dropped_total": log.dropped} if log else {}),
        }

    metrics = Metrics(lambda: site.current().release_id, figures)
    observed.observers = (metrics.count, log.put) if log else (metrics.count,)
    app.router.routes.extend([metrics.route(site.settings, rest.endpoint), rest])
    return app


class _Front:
    """Passes queries, stored ones too, straight on to the endpoint, everything else to the application.

    With a slash at the end, too, as the protocol's own examples and tests write the endpoint's address.
    """

    def __init__(self, site: Site, app: FastAPI) -> None:
        self._endpoint = CommonHeaders(sparql_endpoint(site, editor="/query", render=error_page), site)
        self._app, self._stack = app, app.build_middleware_stack()
        self._results = examples.ExampleResults(self._endpoint)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self._app  # as the application itself would, had it been asked
        if scope["type"] == "http" and scope["path"] in ("/sparql", "/sparql/"):
            await self._endpoint(scope, receive, send)
        elif self._results.matches(scope):
            await self._results(scope, receive, send)
        else:
            await self._stack(scope, receive, send)


def _http_exception(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    headers, key = dict(error.headers or {}), _KEYS.get(error.status_code, "")
    told_as = Problem(error.status_code, str(error.detail), headers=headers, key=key)
    return respond(told_as, request, error_page)


def _unexpected(request: Request, error: Exception) -> Response:
    """An error of ours: the log has it (the server logs what is raised), the client gets no internals."""
    return respond(Problem.of(500, "server_error"), request, error_page)
