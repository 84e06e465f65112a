"""Overviews: home and sources."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from kzlod.namespaces import GRAPH, ID, ONTOLOGY, PREFIXES
from kzlod.web.addresses import last_step
from kzlod.web.i18n import Texts, choose_language_of, texts
from kzlod.web.names import Namer, Value
from kzlod.web.negotiation import choose
from kzlod.web.prepared import DOORS
from kzlod.web.rdf import BY_TYPE, HTML
from kzlod.web.reading import TYPE, Reader
from kzlod.web.render import page
from kzlod.web.responses import PAGE_VARY, page_answer, redirect
from kzlod.web.routing import Routes
from kzlod.web.state import Snapshot, web_of
from kzlod.web.stored import read_examples
from kzlod.web.structured import dataset_block

_SHOWN_CLASSES = 24
_TECHNICAL = {"agent", "dataset", "distribution", "evidence", "graph", "link", "linkset", "mapping"}


@dataclass(frozen=True, slots=True)
class Source:
    """A source document as the overview shows it."""

    thing: Value
    facts: tuple[tuple[str, tuple[Value, ...]], ...]
    graph: Value | None
    triples: int | None


def home(request: Request) -> Response:
    """What the data are, how many, and where to begin; a client that wants RDF is sent to the catalogue."""
    if choose(",".join(request.headers.getlist("accept")) or None, list(BY_TYPE)) not in (HTML, None):
        return redirect("/catalog", vary=PAGE_VARY)
    snapshot, strings = _asked(request)

    def make() -> str:
        manifest = snapshot.reader.manifest
        namer = Namer(snapshot.reader, strings)
        entries = [one for one in manifest.get("classes", ()) if one["iri"].startswith(ONTOLOGY)]
        entries.sort(key=lambda one: -int(one["count"]))
        return page(
            request,
            "home.html",
            strings,
            namer=namer,
            structured=dataset_block(manifest, strings.language, web_of(request).site.settings.public_url),
            triples=manifest.get("triples"),
            things=snapshot.reader.index.count_below(ID),
            kinds=len(entries),
            classes=[
                (namer.name(one["iri"]), f"/kinds/{last_step(one['iri'])}", int(one["count"]))
                for one in entries[:_SHOWN_CLASSES]
            ],
            doors=DOORS,
            entries=_entries(snapshot.reader, namer),
            sources=_sources(snapshot.reader, namer),
            examples=read_examples(snapshot, strings.language)[:6],
        )

    return _page(request, snapshot, strings, make)


def sources(request: Request) -> Response:
    """The source documents, with publisher, date and graph."""
    snapshot, strings = _asked(request)

    def make() -> str:
        namer = Namer(snapshot.reader, strings)
        return page(request, "sources.html", strings, sources=_sources(snapshot.reader, namer), namer=namer)

    return _page(request, snapshot, strings, make)


def _asked(request: Request) -> tuple[Snapshot, Texts]:
    return web_of(request).snapshot(), texts(choose_language_of(request))


def _page(request: Request, snapshot: Snapshot, strings: Texts, make: Any) -> Response:
    etag = snapshot.etag(request.url.path, request.url.query, strings.language)
    return page_answer(request, make, etag, strings.language)


def _entries(reader: Reader, namer: Namer) -> list[Value]:
    """The containers below `id/` that hold subject matter, and the concepts: the doors of the data."""
    steps = [one for one in reader.index.members(ID.rstrip("/")) if last_step(one) not in _TECHNICAL]
    concept = PREFIXES["concept"].rstrip("/")
    return [namer.thing(one) for one in (*steps, *([concept] if reader.index.answers(concept) else ()))]


def _sources(reader: Reader, namer: Namer) -> list[Source]:
    found = []
    documents = reader.subjects(TYPE, ONTOLOGY + "SourceDocument")
    for iri in documents:
        facts = []
        for key, name in (
            ("publisher", "dcterms:publisher"),
            ("date", "dcterms:date"),
            ("language", "dcterms:language"),
            ("symbol", "kzlod:symbol"),
        ):
            prefix, _, local = name.partition(":")
            values = reader.objects(iri, PREFIXES[prefix] + local)
            if values:
                facts.append((key, tuple(namer.value(value) for value in values)))
        graph = iri.replace(f"{ID}source/", GRAPH)
        known = graph in reader.graphs
        found.append(
            Source(
                namer.thing(iri),
                tuple(facts),
                namer.thing(graph) if known else None,
                reader.count(graph) if known else None,
            )
        )
    return sorted(found, key=lambda one: namer.order(one.thing))


ROUTES: Routes = [
    ("/", home),
    ("/sources", sources),
]
