"""The things of one kind: `/kinds/Treaty` lists everything that is a `kzlod:Treaty`."""

from fastapi import Request
from fastapi.responses import Response

from kzlod.namespaces import ONTOLOGY
from kzlod.web.i18n import choose_language_of, texts
from kzlod.web.names import Namer
from kzlod.web.paging import page_number
from kzlod.web.problems import Problem
from kzlod.web.reading import TYPE, Reader
from kzlod.web.render import page
from kzlod.web.responses import page_answer
from kzlod.web.routing import Routes
from kzlod.web.state import web_of
from kzlod.web.things import paged


def kind(request: Request) -> Response:
    """The things of a class of the ontology, a hundred to a page, sorted by name."""
    snapshot = web_of(request).snapshot()
    iri = ONTOLOGY + str(request.path_params["name"])
    if iri not in snapshot.reader.index:
        raise Problem.of(404, "no_kind", extras={"nearest": "/doc/ontology"})
    number = page_number(request, "page")
    strings = texts(choose_language_of(request))
    namer = Namer(snapshot.reader, strings)

    def make() -> str:
        found = snapshot.reader.subjects(TYPE, iri)
        found.sort(key=lambda one: (strings.order(namer.name(one).text), one))
        shown, pager = paged(found, number, "page")
        if shown is None:
            raise Problem.of(404, "no_page")
        things = [namer.thing(one) for one in shown]
        return page(request, "kind.html", strings, kind=namer.thing(iri), things=things, pager=pager)

    etag = snapshot.etag("kind", iri, number, request.url.query, strings.language)
    return page_answer(request, make, etag, strings.language)


def listed_kinds(reader: Reader) -> list[str]:
    """The names of the classes of the ontology of which the release has things."""
    found = [str(one["iri"]) for one in reader.manifest.get("classes", ())]
    return [one.removeprefix(ONTOLOGY) for one in found if one.startswith(ONTOLOGY) and one in reader.index]


ROUTES: Routes = [("/kinds/{name}", kind)]
