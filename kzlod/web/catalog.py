"""The description of the data set (DCAT, VoID), negotiated; `/.well-known/void` leads to it."""

from collections.abc import Iterable
from pathlib import Path

from fastapi import Request
from fastapi.responses import Response
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from kzlod.namespaces import BASE, ID, PREFIXES
from kzlod.web.descriptions import by_subject
from kzlod.web.documents import alternates, negotiated, raw_path
from kzlod.web.i18n import choose_language_of, texts
from kzlod.web.names import Namer
from kzlod.web.rdf import BY_SUFFIX, FORMATS, HTML, write
from kzlod.web.render import page
from kzlod.web.responses import DATA_VARY, answer, page_answer, redirect, with_query
from kzlod.web.routing import Routes
from kzlod.web.state import Snapshot, web_of
from kzlod.web.structured import dataset_block

PATH = "/catalog"
IRI = f"{BASE}catalog"


def catalog(request: Request) -> Response:
    """The catalogue in the format that the suffix or `Accept` asks for."""
    snapshot = web_of(request).snapshot()
    suffix = raw_path(request).removeprefix(PATH)
    form = BY_SUFFIX[suffix] if suffix in BY_SUFFIX else negotiated(request, PATH)
    headers = {"Link": alternates(PATH)}
    if form.media_type == HTML:
        language = choose_language_of(request)
        etag = snapshot.etag(IRI, HTML, language, request.url.query)
        return page_answer(request, lambda: _page(request, snapshot, language), etag, language, headers)
    headers |= {"Vary": DATA_VARY, "Content-Location": PATH + form.suffix}
    etag = snapshot.etag(IRI, form.suffix)
    return answer(
        request,
        lambda: write(by_subject(_triples(snapshot), IRI), form),
        form.content_type,
        etag,
        headers,
    )


def void(request: Request) -> Response:
    """303 to the catalogue, which holds the VoID description."""
    return redirect(with_query(request, PATH))


def _triples(snapshot: Snapshot) -> Iterable[Triple]:
    file = snapshot.release.path / "catalog.nq"
    return _stored(file) if file.is_file() else _counted(snapshot)


def _stored(file: Path) -> Iterable[Triple]:
    for quad in parse(path=str(file), format=RdfFormat.N_QUADS):
        yield Triple(quad.subject, quad.predicate, quad.object)


def _counted(snapshot: Snapshot) -> Iterable[Triple]:
    """The little that is known of data served without a release."""
    manifest, void_space = snapshot.reader.manifest, PREFIXES["void"]
    data_set = NamedNode(f"{ID}dataset/kzlod")
    yield Triple(data_set, NamedNode(PREFIXES["rdf"] + "type"), NamedNode(void_space + "Dataset"))
    yield Triple(data_set, NamedNode(void_space + "sparqlEndpoint"), NamedNode(f"{BASE}sparql"))
    if "triples" in manifest:
        count = Literal(str(manifest["triples"]), datatype=NamedNode(PREFIXES["xsd"] + "integer"))
        yield Triple(data_set, NamedNode(void_space + "triples"), count)


def _page(request: Request, snapshot: Snapshot, language: str) -> str:
    manifest = snapshot.reader.manifest
    namer = Namer(snapshot.reader, texts(language))
    graphs = [(namer.thing(one["iri"]), int(one["triples"])) for one in manifest.get("graphs", ())]
    tables = [
        (key, [(namer.thing(one["iri"]), int(one["count"])) for one in manifest.get(key, ())])
        for key in ("classes", "properties")
    ]
    return page(
        request,
        "catalog.html",
        namer.texts,
        address=PATH,
        manifest=manifest,
        tables=[("graphs", graphs), *tables],
        formats=[(form.name, PATH + form.suffix, form.media_type) for form in FORMATS[1:]],
        structured=dataset_block(manifest, language, web_of(request).site.settings.public_url),
    )


ROUTES: Routes = [
    (PATH, catalog),
    *((PATH + suffix, catalog) for suffix in BY_SUFFIX),
    ("/.well-known/void", void),
]
