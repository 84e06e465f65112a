"""The diagrams of a release's ontology: pictures that stand by themselves, at addresses of their own."""

import re
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request
from fastapi.responses import Response

from kzlod.release.diagrams import FOLDER
from kzlod.web.pictures import policy
from kzlod.web.problems import Problem
from kzlod.web.responses import answer
from kzlod.web.routing import Routes
from kzlod.web.state import web_of

CONTENT_TYPE = "image/svg+xml"
_FILE = re.compile(r"[A-Za-z][A-Za-z0-9]{0,80}\.(?:en|ru|kk)\.svg")
_SIZE = re.compile(r'<svg\b[^>]*? width="([0-9.]+)" height="([0-9.]+)"')
_HEAD = 600  # characters of a picture in which its size stands


@dataclass(frozen=True, slots=True)
class Diagram:
    """A picture as a page shows it: where it is, and how large, in pixels."""

    href: str
    width: int
    height: int


def find(folder: Path, name: str, language: str) -> Diagram | None:
    """A diagram in the folder of a release; None when there is none of that name."""
    file = f"{name}.{language}.svg"
    if not _FILE.fullmatch(file):
        return None
    try:
        with (folder / FOLDER / file).open(encoding="utf-8") as picture:
            size = _SIZE.search(picture.read(_HEAD))
    except OSError:
        return None
    return Diagram(f"/diagrams/{file}", round(float(size[1])), round(float(size[2]))) if size else None


def diagram(request: Request) -> Response:
    """A picture of the release that is served; Problem 404 when it has none of that name."""
    snapshot = web_of(request).snapshot()
    name = str(request.path_params["file"])
    file = snapshot.release.path / FOLDER / name
    if not _FILE.fullmatch(name) or not file.is_file():
        raise Problem.of(404, "no_diagram", extras={"nearest": "/doc/ontology"})
    headers = {"Content-Security-Policy": policy(file)}
    return answer(request, file.read_bytes, CONTENT_TYPE, snapshot.etag("diagram", name), headers)


ROUTES: Routes = [("/diagrams/{file}", diagram)]
