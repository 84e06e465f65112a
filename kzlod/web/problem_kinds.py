"""The kinds of problems, explained: the page `/problems`, to which the `type` of an error leads."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from kzlod.web.names import Namer
from kzlod.web.problems import Problem
from kzlod.web.reading import Reader
from kzlod.web.render import page_of
from kzlod.web.responses import redirect
from kzlod.web.routing import Routes

PATH = "/problems"
KINDS: Mapping[str, tuple[int, ...]] = {
    "syntax": (400,),
    "refused": (400,),
    "update": (400, 415),
    "too-expensive": (400,),
    "request": (400, 413),
    "overloaded": (503,),
    "engine": (503,),
    "timeout": (504,),
    "federation": (502,),
}
"""The kinds, each with the statuses that it comes with; the texts are `problem.…` and `problem.…_advice`."""


def problems(request: Request) -> Response:
    """What each kind means and what to do."""

    def make(_: Reader, __: Namer) -> dict[str, Any]:
        return {"kinds": KINDS, "path": PATH}

    return page_of(request, "problems.html", make)


def kind(request: Request) -> Response:
    """303 to the place of a kind on the page; Problem 404 when there is no such kind."""
    name = str(request.path_params["kind"])
    if name not in KINDS:
        raise Problem.of(404, "no_problem_kind", extras={"nearest": PATH})
    return redirect(f"{PATH}#{name}")


ROUTES: Routes = [(PATH, problems), (f"{PATH}/{{kind}}", kind)]
