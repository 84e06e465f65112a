"""The shapes of a release as one document: Turtle as stored, the other formats made from it, and a page."""

from pathlib import Path

from fastapi import Request
from fastapi.responses import Response
from pyoxigraph import RdfFormat, Triple, parse

from kzlod.namespaces import BASE
from kzlod.web.descriptions import by_subject
from kzlod.web.documents import alternates, negotiated, raw_path
from kzlod.web.explaining import grouped
from kzlod.web.i18n import choose_language_of, texts
from kzlod.web.kept import shown_in
from kzlod.web.names import Namer
from kzlod.web.problems import Problem
from kzlod.web.rdf import BY_SUFFIX, FORMATS, HTML, Format, numbered, write
from kzlod.web.render import page
from kzlod.web.responses import DATA_VARY, answer, page_answer, redirect, with_query
from kzlod.web.routing import Routes
from kzlod.web.shacl import read_shapes
from kzlod.web.state import Snapshot, web_of

IRI = f"{BASE}shapes"
PATH = "/doc/shapes"


def shapes(request: Request) -> Response:
    """The document in the format that suffix or `Accept` ask for; Problem 404 without shapes."""
    snapshot = web_of(request).snapshot()
    file = snapshot.release.path / "shapes.ttl"
    if not file.is_file():
        raise Problem.of(404, "no_shapes", extras={"nearest": "/"})
    suffix = raw_path(request).removeprefix(PATH)
    form = BY_SUFFIX[suffix] if suffix in BY_SUFFIX else negotiated(request, PATH)
    if form.media_type == HTML:
        language = choose_language_of(request)
        etag = snapshot.etag(IRI, HTML, language, request.url.query, shown_in(request))
        fields = {"Link": alternates(PATH)}
        return page_answer(request, lambda: _page(request, snapshot, file, language), etag, language, fields)
    headers = {"Vary": DATA_VARY, "Content-Location": PATH + form.suffix, "Link": alternates(PATH)}
    etag = snapshot.etag(IRI, form.suffix)
    return answer(request, lambda: _data(file, form), form.content_type, etag, headers)


def to_document(request: Request) -> Response:
    """303 from `/shapes` and what lies below it to the document."""
    return redirect(with_query(request, PATH))


def _data(file: Path, form: Format) -> bytes:
    if form.rdf is RdfFormat.TURTLE or form.suffix == ".ttl":
        return file.read_bytes()
    return write(_triples(file), form)


def _triples(file: Path) -> list[Triple]:
    quads = parse(path=str(file), format=RdfFormat.TURTLE)
    return by_subject(numbered(Triple(one.subject, one.predicate, one.object) for one in quads), IRI)


def _page(request: Request, snapshot: Snapshot, file: Path, language: str) -> str:
    namer = Namer(snapshot.reader, texts(language))
    formats = [(form.name, PATH + form.suffix, form.media_type) for form in FORMATS[1:]]
    return page(
        request,
        "shapes.html",
        namer.texts,
        address=PATH,
        groups=grouped(read_shapes(file), namer),
        formats=formats,
        iri=IRI,
    )


ROUTES: Routes = [
    (PATH, shapes),
    *((PATH + suffix, shapes) for suffix in BY_SUFFIX),
    ("/shapes", to_document),
    ("/shapes/{path:path}", to_document),
]
