"""Downloads: the files of this and earlier releases, and the list of them as a page and as JSON."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from fastapi import Request
from fastapi.responses import Response

from kzlod.errors import ReleaseError
from kzlod.namespaces import BASE
from kzlod.release.published import finished_releases, open_unchanged
from kzlod.web.files import file_answer
from kzlod.web.i18n import Texts, choose_language_of, texts
from kzlod.web.kept import PATH as KEPT
from kzlod.web.names import Namer, Value
from kzlod.web.negotiation import choose
from kzlod.web.problems import Problem
from kzlod.web.rdf import BY_TYPE
from kzlod.web.render import page
from kzlod.web.responses import DATA_VARY, PAGE_VARY, answer, page_answer, redirect, with_query
from kzlod.web.routing import Routes
from kzlod.web.state import Snapshot, web_of

_GZIP = "application/gzip"
_SUMS = "SHA256SUMS"
_LISTINGS = ("text/html", "application/json")


@dataclass(frozen=True, slots=True)
class Dump:
    """A file for download as its release's manifest describes it; `graph` is None for the whole data set."""

    file: str
    address: str
    graph: str | None
    format: str
    media_type: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A release and its files."""

    release: str
    version: str
    date: str
    current: bool
    dumps: tuple[Dump, ...]


def listing(request: Request) -> Response:
    """All releases with their files: a page, or JSON by `Accept`."""
    snapshot = web_of(request).snapshot()
    found = editions(snapshot)
    wanted = choose(",".join(request.headers.getlist("accept")) or None, (*_LISTINGS, *BY_TYPE))
    if wanted is None:
        extras = {"available": [*_LISTINGS, *BY_TYPE]}
        raise Problem.of(406, "no_format", extras=extras, headers={"Vary": DATA_VARY})
    if wanted not in _LISTINGS:  # the catalogue is the same list in RDF
        return redirect("/catalog", vary=DATA_VARY)
    names = tuple(one.release for one in found)
    if wanted == "application/json":
        body = json.dumps({"releases": [asdict(one) for one in found]}, ensure_ascii=False, indent=1).encode()
        return answer(request, lambda: body, wanted, snapshot.etag("dumps", names), {"Vary": DATA_VARY})
    strings = texts(choose_language_of(request))
    namer = Namer(snapshot.reader, strings)

    def make() -> str:
        graphs: dict[str, Value] = {
            dump.graph: namer.thing(dump.graph) for one in found for dump in one.dumps if dump.graph
        }
        size = partial(readable_size, strings=strings)
        return page(request, "dumps.html", strings, editions=found, graphs=graphs, size=size)

    etag = snapshot.etag("dumps", "html", strings.language, request.url.query, names)
    return page_answer(request, make, etag, strings.language)


def file(request: Request) -> Response:
    """A file that a manifest names, with its checksum as entity tag; ranges are served."""
    snapshot = web_of(request).snapshot()
    release, name = request.path_params["release"], request.path_params["file"]
    found = manifests(snapshot).get(release)
    if found and name == _SUMS and (found[0] / "dumps" / name).is_file():
        return file_answer(request, found[0] / "dumps" / name, "text/plain", {"Cache-Control": "no-cache"})
    entry = next((one for one in found[1].get("dumps", ()) if one["file"] == name), None) if found else None
    if found is None or entry is None:
        raise Problem.of(404, "no_download", extras={"nearest": "/dumps/"})
    etag = f'"{entry["sha256"]}"'
    headers = {"ETag": etag, "Cache-Control": "public, max-age=31536000, immutable"}
    # A compressed file is a file, not a compressed transfer: what is saved must match the checksum.
    media_type = _GZIP if name.endswith(".gz") else str(entry["media_type"])
    return file_answer(request, found[0] / "dumps" / name, media_type, headers, name)


def feed(request: Request) -> Response:
    """The releases as an Atom feed (RFC 4287), the current one first."""
    web = web_of(request)
    snapshot, public = web.snapshot(), web.site.settings.public_url.rstrip("/")
    found = editions(snapshot)
    strings = texts(choose_language_of(request))

    def make() -> bytes:
        publisher = str(snapshot.reader.manifest.get("publisher") or strings("site.name"))
        title = escape(f"{strings('site.name')}: {strings('site.releases')}")
        parts = [
            f"<title>{title}</title>",
            f"<id>{escape(public)}/releases.atom</id>",
            f'<link rel="self" href={quoteattr(public + "/releases.atom")}/>',
            f'<link rel="alternate" type="text/html" href={quoteattr(public + "/dumps/")}/>',
            f"<author><name>{escape(publisher)}</name></author>",
            f"<updated>{_moment(max((one.date for one in found), default=''))}</updated>",
        ]
        for one in found:
            # The identifier is the same wherever the release is served, as those of things are.
            entry, address = (f"{begin}{KEPT}/{one.release}/" for begin in (BASE.rstrip("/"), public))
            parts.append(
                f"<entry><title>{escape(one.release)}</title><id>{escape(entry)}</id>"
                f"<link href={quoteattr(address)}/><updated>{_moment(one.date)}</updated>"
                f"<summary>{escape(strings('dumps.files', files=len(one.dumps)))}</summary></entry>"
            )
        parts.insert(0, f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{strings.language}">')
        return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *parts, "</feed>", ""]).encode()

    etag = snapshot.etag("feed", public, strings.language, tuple(one.release for one in found))
    headers = {"Vary": PAGE_VARY, "Content-Language": strings.language}
    return answer(request, make, "application/atom+xml; charset=utf-8", etag, headers)


def to_listing(request: Request) -> Response:
    """`/dumps` leads to `/dumps/`; the folder of a release too, if there is such a release."""
    release = request.path_params.get("release")
    if release is not None and release not in manifests(web_of(request).snapshot()):
        raise Problem.of(404, "no_release", extras={"nearest": "/dumps/"})
    return redirect(with_query(request, "/dumps/"), 308)


def editions(snapshot: Snapshot) -> list[Edition]:
    """The releases that can be downloaded, the current one first, then by date and name, newest first.

    Of the files of each, those of the whole data set come first.
    """
    current = snapshot.release.id
    found = [
        Edition(
            name,
            str(manifest.get("version", "")),
            str(manifest.get("date", "")),
            name == current,
            tuple(sorted((_dump(name, entry) for entry in manifest.get("dumps", ())), key=_is_part)),
        )
        for name, (_, manifest) in manifests(snapshot).items()
    ]
    found.sort(key=lambda one: (one.current, one.date, one.release), reverse=True)
    return [one for one in found if one.dumps]


def manifests(snapshot: Snapshot) -> dict[str, tuple[Path, Mapping[str, Any]]]:
    """Directory and manifest of every finished release beside the current one, and of the current one."""
    release = snapshot.release
    found: dict[str, tuple[Path, Mapping[str, Any]]] = {release.id: (release.path, release.manifest)}
    if release.manifest.get("kind") != "release" or not snapshot.keeps_earlier:
        return found
    for folder in finished_releases(release.path.parent):
        if folder.name not in found:
            with suppress(ReleaseError):  # one that is damaged or being removed cannot be downloaded
                earlier = open_unchanged(folder)
                found[earlier.id] = earlier.path, earlier.manifest
    return found


def _dump(release: str, entry: Mapping[str, Any]) -> Dump:
    return Dump(
        str(entry["file"]),
        f"/dumps/{release}/{entry['file']}",
        entry.get("graph"),
        str(entry.get("format", "")),
        str(entry.get("media_type", "")),
        int(entry.get("bytes", 0)),
        str(entry.get("sha256", "")),
    )


def _is_part(dump: Dump) -> bool:
    return dump.graph is not None


def readable_size(count: int, strings: Texts) -> str:
    """A number of bytes for people."""
    size, unit = float(count), "B"
    for larger in ("kB", "MB", "GB"):
        if size >= 1000:
            size, unit = size / 1000, larger
    digits = f"{size:.0f}" if unit == "B" or size >= 10 else f"{size:.1f}"
    return f"{strings.decimal(digits)} {strings(f'size.{unit}')}"


def _moment(date: str) -> str:
    """A day as a moment (RFC 3339); a release knows its day only."""
    return f"{date or '1970-01-01'}T00:00:00Z"


ROUTES: Routes = [
    ("/releases.atom", feed),
    ("/dumps", to_listing),
    ("/dumps/", listing),
    ("/dumps/{release}", to_listing),
    ("/dumps/{release}/", to_listing),
    ("/dumps/{release}/{file}", file),
]
