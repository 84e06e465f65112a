"""Scripts and styles of other projects that the pages use, as `scripts/frontend.py` fetched them from npm.

Without them everything works but the editor of the query page and its charts.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import Request
from fastapi.responses import Response

from kzlod.web.problems import Problem
from kzlod.web.responses import answer
from kzlod.web.routing import Routes

_TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}
_PLAIN = "text/plain; charset=utf-8"
_STEP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
# The version is in the address: what is there never changes.
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def index(folder: Traversable) -> Mapping[str, str]:
    """The files in a folder of fetched packages, `package/file` and its path; none without the folder."""
    try:
        found = json.loads(folder.joinpath("index.json").read_text("utf-8"))["files"]
        return {str(name): str(path) for name, path in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def address(name: str) -> str | None:
    """The address on this host of a file such as `vega/vega.min.js`; None when it is not there."""
    path = _files().get(name)
    return f"/static/vendor/{path}" if path else None


def vendored(request: Request) -> Response:
    """A file of a package; Problem 404 when there is none of this name."""
    package, name = (str(request.path_params[key]) for key in ("package", "name"))
    if not (_STEP.fullmatch(package) and _STEP.fullmatch(name)) or (
        f"{package}/{name}" not in _files().values()
    ):
        raise Problem.of(404, "not_found")
    body = _folder().joinpath(package, name).read_bytes()
    media_type = _TYPES.get(name.rpartition(".")[2], _PLAIN)
    return answer(request, lambda: body, media_type, f'"{package}-{name}"', _FOR_EVER)


@cache
def _files() -> Mapping[str, str]:
    return index(_folder())


def _folder() -> Traversable:
    return files("kzlod.web").joinpath("vendor")


ROUTES: Routes = [("/static/vendor/{package}/{name}", vendored)]
