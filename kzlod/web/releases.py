"""Addresses that keep to one release: `/releases/` lists what is kept, `/releases/{release}/doc/…` describes.

A description is made by the same code as `/doc/…`, over the release that is named. Its links stay in that
release, and `Link` tells of the other versions (RFC 5829).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from kzlod.namespaces import BASE
from kzlod.web import documents, shapes
from kzlod.web.addresses import document_path, encode
from kzlod.web.downloads import manifests
from kzlod.web.i18n import choose_language_of, texts
from kzlod.web.kept import (
    PATH,
    Kept,
    Shown,
    kept_release,
    kept_releases,
    mark,
    permalink,
    reading,
)
from kzlod.web.negotiation import choose
from kzlod.web.problems import Problem
from kzlod.web.rdf import BY_SUFFIX
from kzlod.web.render import page
from kzlod.web.responses import DATA_VARY, answer, links, page_answer, redirect, with_query
from kzlod.web.routing import Routes
from kzlod.web.state import Snapshot, Web, web_of

_BELOW = re.compile(r"/releases/([^/]*)(/doc(?:/.*)?)\Z", re.DOTALL)
# Of an attribute only: in a text or a value the quotation mark is escaped.
_LINK = re.compile(rb'href="/doc(?=["/?#])')
_PATH = re.compile(r"</doc(?=[>/.])")
_CANONICAL = re.compile(r'<[^>]*>; rel="canonical"(, )?')
_LISTINGS = ("text/html", "application/json")


def listing(request: Request) -> Response:
    """The releases that are kept, newest first: a page, or JSON by `Accept`."""
    web = web_of(request)
    snapshot = web.snapshot()
    rows = _rows(web)
    wanted = choose(",".join(request.headers.getlist("accept")) or None, _LISTINGS)
    if wanted is None:
        raise Problem.of(406, "no_format", extras={"available": _LISTINGS}, headers={"Vary": DATA_VARY})
    data = json.dumps({"releases": rows}, ensure_ascii=False, indent=1)
    if wanted == "application/json":
        return answer(request, data.encode, wanted, snapshot.etag("releases", data), {"Vary": DATA_VARY})
    strings = texts(choose_language_of(request))

    def make() -> str:
        return page(request, "releases.html", strings, releases=rows)

    etag = snapshot.etag("releases", strings.language, request.url.query, data)
    return page_answer(request, make, etag, strings.language)


def to_listing(request: Request) -> Response:
    """`/releases` leads to `/releases/`."""
    return redirect(with_query(request, f"{PATH}/"), 308)


def to_start(request: Request) -> Response:
    """The address of a release leads to the root of its documents."""
    found = kept_release(web_of(request), str(request.path_params["release"]))
    return redirect(with_query(request, f"{PATH}/{found.id}/doc"))


def document(request: Request) -> Response:
    """A document as a kept release has it; Problem 404 or 410 when the release is not to be had."""
    web, now = web_of(request), web_of(request).snapshot()
    match = _BELOW.match(documents.raw_path(request))
    if match is None:
        raise Problem.of(404, "not_found", extras={"nearest": f"{PATH}/"})
    name, path = match.groups()
    inner = Request({**request.scope, "path": path, "raw_path": path.encode("latin-1"), "state": {}})
    with reading(web, name) as kept:
        try:
            iri = _subject(web, path)
            latest = iri if iri and _is_known(now, iri) else None
            entry = "/" + encode(latest.partition("#")[0]).removeprefix(BASE) if latest else None
            mark(inner, Shown(kept.id, now.release.id, kept.is_current, entry))
            made = shapes.shapes(inner) if iri == shapes.IRI else documents.document(inner)
        except Problem as problem:
            raise _below(problem, kept) from None
    return _moved(made, kept, kept_releases(web), iri, latest)


def versions(
    kept: Sequence[Kept], shown: str, iri: str, latest: str | None
) -> list[tuple[str, dict[str, str]]]:
    """Links to the other versions of a document: the current one, those before and after, the list."""
    readable = [one.id for one in kept if not one.trouble]
    place = readable.index(shown)
    found = [(f"{PATH}/", {"rel": "version-history"})]
    if latest:
        current = document_path(latest).partition("#")[0]
        found += [(current, {"rel": "latest-version"}), (current, {"rel": "canonical"})]
    if place > 0:
        found.append((permalink(readable[place - 1], iri), {"rel": "predecessor-version"}))
    if place < len(readable) - 1:
        found.append((permalink(readable[place + 1], iri), {"rel": "successor-version"}))
    return found


def _subject(web: Web, path: str) -> str | None:
    """The IRI that a document path means in the release that is shown."""
    if path in (shapes.PATH, *(shapes.PATH + suffix for suffix in BY_SUFFIX)):
        return shapes.IRI
    found = documents.find(web.snapshot().reader, path.removeprefix("/doc").removeprefix("/"))
    return found.iri if found else None


def _is_known(snapshot: Snapshot, iri: str) -> bool:
    """Whether the current release has a document about an IRI."""
    if iri == shapes.IRI:
        return (snapshot.release.path / "shapes.ttl").is_file()
    return snapshot.reader.index.answers(iri)


def _moved(
    made: Response, kept: Kept, all_kept: Sequence[Kept], iri: str | None, latest: str | None
) -> Response:
    """The answer of the document's own address, its addresses changed to those in the release."""
    prefix = f"{PATH}/{kept.id}"
    made.headers["KZLOD-Release"] = kept.id
    for name in ("Location", "Content-Location"):
        if made.headers.get(name, "").startswith("/doc"):
            made.headers[name] = prefix + made.headers[name]
    if "Link" in made.headers and iri:
        before = _PATH.sub(f"<{prefix}/doc", _CANONICAL.sub("", made.headers["Link"]))
        made.headers["Link"] = f"{before.rstrip(', ')}, {links(versions(all_kept, kept.id, iri, latest))}"
    if made.headers.get("Content-Type", "").startswith("text/html"):
        made.body = _LINK.sub(f'href="{prefix}/doc'.encode(), made.body)
        made.headers["Content-Length"] = str(len(made.body))
    return made


def _below(problem: Problem, kept: Kept) -> Problem:
    """A problem with the addresses in it changed to those in the release."""

    def moved(value: Any) -> Any:
        if isinstance(value, str) and re.match(r"/doc(?=[/.]|\Z)", value):
            return f"{PATH}/{kept.id}{value}"
        if isinstance(value, Mapping):
            return {name: moved(one) for name, one in value.items()}
        return [moved(one) for one in value] if isinstance(value, list) else value

    headers = {name: _PATH.sub(f"<{PATH}/{kept.id}/doc", value) for name, value in problem.headers.items()}
    return replace(problem, extras=moved(dict(problem.extras)), headers={**headers, "KZLOD-Release": kept.id})


def _rows(web: Web) -> list[dict[str, Any]]:
    """What the list says of each release."""
    downloads = manifests(web.snapshot())
    return [
        {
            "release": one.id,
            "version": one.version,
            "date": one.date,
            "statements": one.release.manifest.get("triples"),
            "current": one.is_current,
            "readable": not one.trouble,
            "documents": f"{PATH}/{one.id}/doc" if not one.trouble else None,
            "downloads": "/dumps/" if one.id in downloads else None,
        }
        for one in reversed(kept_releases(web))
    ]


ROUTES: Routes = [
    (PATH, to_listing),
    (f"{PATH}/", listing),
    (f"{PATH}/{{release}}", to_start),
    (f"{PATH}/{{release}}/", to_start),
    (f"{PATH}/{{release}}/doc", document),
    (f"{PATH}/{{release}}/doc/{{path:path}}", document),
]
