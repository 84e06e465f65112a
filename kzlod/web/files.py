"""Files as answers: conditions and ranges as RFC 9110 has them, errors in the shape of all others."""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path

from fastapi import Request
from fastapi.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from kzlod.web.problems import Problem
from kzlod.web.responses import matches

_BYTES = re.compile(r"bytes=([\d,\s-]+)\Z", re.IGNORECASE | re.ASCII)
_RANGE = re.compile(r"(\d{1,18})-(\d{0,18})\Z|-(\d{1,18})\Z", re.ASCII)
_MOST_RANGES = 100
_OF_304 = ("etag", "last-modified", "cache-control")


def file_answer(
    request: Request,
    path: Path,
    media_type: str,
    headers: Mapping[str, str] | None = None,
    filename: str | None = None,
) -> Response:
    """A file, the ranges of it that are asked for, or 304; Problem 416 when it has none of the ranges.

    `headers` may have an entity tag; without one it is made from the file's size and time.
    """
    made = _Ranged(path, media_type=media_type, headers=headers, filename=filename, stat_result=path.stat())
    etag, modified = made.headers["etag"], made.headers["last-modified"]
    if _has_it(request, etag, modified):
        kept = {name: value for name, value in made.headers.items() if name in _OF_304}
        return Response(status_code=304, headers=kept)
    asked, condition = request.headers.get("range"), request.headers.get("if-range")
    if request.method == "GET" and asked and condition in (None, etag, modified):
        made.ranges = wanted_ranges(asked, path.stat().st_size)
    return made


def wanted_ranges(header: str, size: int) -> str | None:
    """The `Range` of those bytes that a file of a size has; None when the header is to be passed over.

    So it is when its unit is unknown or its form is wrong (section 14.2). Problem 416 when none of the ranges
    is there.
    """
    whole = _BYTES.match(header.strip())
    parts = [_RANGE.match(part.strip()) for part in whole[1].split(",") if part.strip()] if whole else []
    if not parts or len(parts) > _MOST_RANGES:
        return None
    found = []
    for part in parts:
        if part is None or (part[2] and int(part[2]) < int(part[1])):
            return None
        if int(part[1]) < size if part[1] else int(part[3]) > 0 and size > 0:
            found.append(part[0])
    if not found:
        raise Problem(
            416,
            "The file has no such range",
            f"It has {size} bytes.",
            headers={"Content-Range": f"bytes */{size}"},
        )
    return f"bytes={','.join(found)}"


def _has_it(request: Request, etag: str, modified: str) -> bool:
    """Whether the client has the file as it is; its time counts only when it names no entity tag."""
    if "if-none-match" in request.headers:
        return matches(request, etag)
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
        return since >= parsedate_to_datetime(modified)
    except (TypeError, ValueError):  # no date
        return False


class _Ranged(FileResponse):
    """A file of which `ranges` are sent, whatever the request says."""

    ranges: str | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fields = [one for one in scope["headers"] if one[0] not in (b"range", b"if-range")]
        if self.ranges:
            fields.append((b"range", self.ranges.encode()))
        await super().__call__({**scope, "headers": fields}, receive, send)
