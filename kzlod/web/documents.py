"""Things and their documents: `/id/…` answers 303, `/doc/…` describes, in five formats."""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response
from pyoxigraph import Triple

from kzlod.namespaces import BASE
from kzlod.web.addresses import candidates, containers, document_path, encode, page_path, readings
from kzlod.web.canonical import meant, with_parameters
from kzlod.web.citing import cited
from kzlod.web.citing import text as cite_text
from kzlod.web.contents import SOURCE_DOCUMENT
from kzlod.web.descriptions import INCOMING_READ, LICENCE, RDF_PAGE, Description, describe, triples
from kzlod.web.i18n import choose_language_of, texts
from kzlod.web.kept import permalink, shown_in
from kzlod.web.names import Namer
from kzlod.web.negotiation import choose
from kzlod.web.ontology import is_ontology, ontology_page, ontology_triples
from kzlod.web.paging import page_number
from kzlod.web.problems import Problem
from kzlod.web.rdf import ALIASES, BY_SUFFIX, BY_TYPE, FORMATS, HTML, Format, write
from kzlod.web.reading import TYPE, Reader
from kzlod.web.render import page
from kzlod.web.responses import DATA_VARY, answer, links, page_answer, redirect, with_query
from kzlod.web.routing import Routes
from kzlod.web.special import for_kind
from kzlod.web.state import Snapshot, web_of
from kzlod.web.structured import data_block, thing_item
from kzlod.web.things import view

LONGEST_PATH = 2_000
CITING_READ = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a document path asks for: an IRI that the release knows, and a format if the path has a suffix."""

    iri: str
    form: Format | None


def thing(request: Request) -> Response:
    """303 from the address of a thing, concept or vocabulary to that of its document."""
    raw = raw_path(request).lstrip("/")
    reader = web_of(request).snapshot().reader
    for rest in readings(raw):
        own = rest.split("/", 1)[0] in ("id", "concept")
        for iri in (BASE + rest, BASE + rest.rstrip("/")) if own else (BASE + rest,):
            if reader.index.answers(iri):
                return redirect(with_query(request, document_path(iri)))
    if raw.endswith("/") and not raw.startswith("id/"):
        return redirect(with_query(request, f"/{raw.rstrip('/')}"), 308)
    raise _unknown(reader, BASE + readings(raw)[0])


def document(request: Request) -> Response:
    """The description of a thing in the format that the suffix or `Accept` asks for."""
    snapshot = web_of(request).snapshot()
    raw = raw_path(request).removeprefix("/doc").removeprefix("/")
    wanted = find(snapshot.reader, raw)
    if wanted is None and raw.endswith("/") and find(snapshot.reader, raw.rstrip("/")):
        return redirect(with_query(request, f"/doc/{raw.rstrip('/')}"), 308)
    if wanted is None:
        raise _unknown(snapshot.reader, next(candidates(raw)))
    form = wanted.form or negotiated(request, document_path(wanted.iri))
    if form.media_type == HTML:
        return _page(request, snapshot, wanted.iri)
    return _data(request, snapshot, wanted.iri, form)


def find(reader: Reader, raw: str) -> Wanted | None:
    """What a document path means; a suffix is one only when the IRI with it does not exist itself."""
    for iri in candidates(raw):
        if reader.index.answers(iri):
            return Wanted(iri, None)
    for suffix, form in BY_SUFFIX.items():
        if raw.endswith(suffix):
            for iri in candidates(raw.removesuffix(suffix)):
                if reader.index.answers(iri):
                    return Wanted(iri, form)
    return None


def negotiated(request: Request, path: str) -> Format:
    """The format that `Accept` prefers; Problem 406 that lists what there is."""
    offers = [*BY_TYPE, *ALIASES]
    chosen = choose(",".join(request.headers.getlist("accept")) or None, offers)
    if chosen is None:
        offered = [{"type": form.media_type, "address": path + form.suffix} for form in FORMATS]
        raise Problem.of(
            406,
            "no_format",
            extras={"formats": offered},
            headers={"Link": alternates(path), "Vary": DATA_VARY},
        )
    return BY_TYPE[ALIASES.get(chosen, chosen)]


def alternates(path: str, *more: tuple[str, dict[str, str]]) -> str:
    """The `Link` header of a document: its formats, and more."""
    formats = [(path + form.suffix, {"rel": "alternate", "type": form.media_type}) for form in FORMATS]
    return links([*formats, *more])


def raw_path(request: Request) -> str:
    """The path as it came over the wire, percent-encoded; Problem 414 when it is too long."""
    raw = request.scope.get("raw_path") or request.url.path.encode()
    if len(raw) > LONGEST_PATH:
        raise Problem.of(414, "too_long")
    return str(raw.split(b"?")[0].decode("latin-1"))


def document_links(reader: Reader, iri: str) -> str:
    """The `Link` header of the document about an IRI: formats, thing, data set, licence."""
    path = document_path(iri)
    more = [
        (encode(iri), {"rel": "describes"}),
        (path, {"rel": "canonical"}),
        ("/.well-known/void", {"rel": "describedby"}),
    ]
    if reader.manifest.get("kind") == "release":
        more.append((LICENCE, {"rel": "license"}))
    return alternates(path, *more)


def _page(request: Request, snapshot: Snapshot, iri: str) -> Response:
    language = choose_language_of(request)
    number, part = page_number(request, "page"), page_number(request, "part")
    # The address is part of the key because the page's language links carry its parameters.
    key = (snapshot.token, iri, HTML, language, request.url.path, request.url.query, shown_in(request))
    cache = web_of(request).cache

    def make() -> str:
        body = cache.get(key)
        if body is None:
            body = _html(request, snapshot, iri, language, number, part).encode()
            cache.put(key, body)
        return body.decode()

    headers = {"Link": document_links(snapshot.reader, iri)}
    return page_answer(request, make, snapshot.etag(*key[1:]), language, headers)


def _html(request: Request, snapshot: Snapshot, iri: str, language: str, number: int, part: int) -> str:
    strings, reader = texts(language), snapshot.reader
    namer = Namer(reader, strings)
    path = document_path(iri)
    formats = [(form.name, path + form.suffix, form.media_type) for form in FORMATS[1:]]
    if is_ontology(iri):
        return ontology_page(request, snapshot, namer, formats)
    # The contents of a document say more than the thousands of citations that link to it.
    is_document = SOURCE_DOCUMENT in reader.iris(iri, TYPE)
    described = _described(reader, iri, CITING_READ if is_document else INCOMING_READ)
    found = view(reader, described, namer, number, part)
    if found is None:
        raise Problem.of(404, "no_page")
    public = web_of(request).site.settings.public_url.rstrip("/")
    dumps = [one for one in snapshot.reader.manifest.get("dumps", ()) if one.get("graph") == iri]
    return page(
        request,
        "thing.html",
        strings,
        address=with_parameters(path.partition("#")[0], meant(path, request.query_params.multi_items())),
        thing=found,
        namer=namer,
        formats=formats,
        citing=None if found.container else cite_text(cited(snapshot, namer, iri), strings),
        structured=data_block(thing_item(found, described, namer, reader.manifest, public)),
        permalink=permalink(snapshot.release.id, iri)
        if snapshot.reader.manifest.get("kind") == "release"
        else "",
        dumps=[(one, f"/dumps/{snapshot.release.id}/{one['file']}") for one in dumps],
        **for_kind(request, snapshot.reader, described, namer),
    )


def _data(request: Request, snapshot: Snapshot, iri: str, form: Format) -> Response:
    number = page_number(request, "page")
    key = (snapshot.token, iri, form.suffix, number)
    cache = web_of(request).cache

    def make() -> bytes:
        body = cache.get(key)
        if body is None:
            body = write(_graph(snapshot.reader, iri, number), form)
            cache.put(key, body)
        return body

    headers = {
        "Link": document_links(snapshot.reader, iri),
        "Vary": DATA_VARY,
        "Content-Location": document_path(iri) + form.suffix,
    }
    return answer(request, make, form.content_type, snapshot.etag(*key[1:]), headers)


def _graph(reader: Reader, iri: str, number: int) -> list[Triple]:
    if is_ontology(iri):
        return ontology_triples(reader)
    description = _described(reader, iri)
    if number > 1 and len(description.incoming) <= (number - 1) * RDF_PAGE:
        raise Problem.of(404, "no_page")
    return triples(reader, description, number)


def _described(reader: Reader, iri: str, most: int = INCOMING_READ) -> Description:
    found = describe(reader, iri, most)
    if found is None:
        raise _unknown(reader, iri)
    return found


def _unknown(reader: Reader, iri: str) -> Problem:
    """404 that leads to the nearest container that exists."""
    existing = [one for one in containers(iri) if reader.index.answers(one)]
    nearest = page_path(existing[-1]) if existing else "/"
    return Problem.of(404, "unknown", {"address": iri}, extras={"nearest": nearest})


QUICK_ROUTES: Routes = [
    (path, thing) for step in ("id", "concept", "ontology") for path in (f"/{step}", f"/{step}/{{path:path}}")
]
ROUTES: Routes = [
    ("/doc", document),
    ("/doc/{path:path}", document),
]
