"""Routes as the modules of pages declare them: a path and the function that answers GET and HEAD there."""

from collections.abc import Callable, Sequence
from functools import wraps

from fastapi import Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from kzlod.web.problems import Problem, respond
from kzlod.web.render import error_page

Handler = Callable[[Request], Response]
Routes = Sequence[tuple[str, Handler]]


def quick_route(path: str, handler: Handler) -> Route:
    """A route for GET and HEAD whose handler waits for nothing and takes microseconds: it needs no thread."""

    async def answered(request: Request) -> Response:
        try:
            return handler(request)
        except Problem as problem:
            return await run_in_threadpool(respond, problem, request, error_page)

    return Route(path, wraps(handler)(answered))


def route(path: str, handler: Handler) -> Route:
    """A route for GET and HEAD whose handler runs in a thread and may raise a Problem."""

    @wraps(handler)
    def answered(request: Request) -> Response:
        # Here and not in an exception handler: a Problem is frozen, and Starlette writes to what it catches.
        try:
            return handler(request)
        except Problem as problem:
            return respond(problem, request, error_page)

    return Route(path, answered)
