"""The web application: routes, headers on every answer, errors in one shape."""

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from kzlod import __doc__ as about
from kzlod.web import catalog, documents, downloads, kinds, operations, pages, shapes
from kzlod.web.middleware import CommonHeaders
from kzlod.web.problems import Problem, respond
from kzlod.web.render import error_page
from kzlod.web.routing import route
from kzlod.web.site import Site
from kzlod.web.sparql import sparql_routes
from kzlod.web.state import Web

_MESSAGES = {404: "not_found", 405: "not_allowed", 406: "not_acceptable", 414: "too_long", 503: "unready"}


def create_app(site: Site) -> FastAPI:
    """The application that serves a site. Starting and stopping the engine is the caller's."""
    app = FastAPI(title="KZLOD", description=about or "", docs_url=None, redoc_url=None)
    app.state.web = Web(site)
    app.state.site = site
    app.add_middleware(CommonHeaders, site=site)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(Exception, _unexpected)
    app.router.routes.extend(sparql_routes(site, editor="/query", render=error_page))
    for module in (pages, kinds, shapes, catalog, downloads, operations, documents):
        app.router.routes.extend(route(path, handler) for path, handler in module.ROUTES)
    # Whatever else occurs in the data below the base leads to its document; the rest is a helpful 404.
    app.router.routes.append(route("/{path:path}", documents.thing))
    return app


def _http_exception(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    extras = {"message": _MESSAGES[error.status_code]} if error.status_code in _MESSAGES else {}
    return respond(
        Problem(error.status_code, str(error.detail), extras=extras, headers=dict(error.headers or {})),
        request,
        error_page,
    )


def _unexpected(request: Request, error: Exception) -> Response:
    """An error of ours: the log has it (the server logs what is raised), the client gets no internals."""
    return respond(Problem(500, "The server made an error", "It was logged."), request, error_page)
