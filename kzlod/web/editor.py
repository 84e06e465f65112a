"""The query page: a form that sends a query to the endpoint, with an editor; what that completes."""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from kzlod.namespaces import BASE, PREFIXES, compact
from kzlod.web import vendor
from kzlod.web.i18n import Texts, choose_language_of, texts
from kzlod.web.names import Namer
from kzlod.web.problems import Problem
from kzlod.web.render import page
from kzlod.web.responses import PAGE_VARY, answer, page_answer
from kzlod.web.routing import Routes
from kzlod.web.sharing import PARAMETER, restore
from kzlod.web.state import Snapshot, web_of
from kzlod.web.stored import by_topic, find_example
from kzlod.web.structured import safe_json

RESULT_FORMATS = (
    ("CSV", "text/csv"),
    ("JSON", "application/sparql-results+json"),
    ("TSV", "text/tab-separated-values"),
    ("XML", "application/sparql-results+xml"),
    ("Turtle", "text/turtle"),
)
_STARTER = """PREFIX kzlod: <https://w3id.org/kzlod/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?treaty ?label WHERE {
  ?treaty a kzlod:Treaty ;
          rdfs:label ?label .
  FILTER (lang(?label) = "en")
}
ORDER BY ?label
"""
_EDITOR = ("@zazuko/yasqe/yasqe.min.js", "@zazuko/yasqe/yasqe.min.css")
_CHARTS = ("vega/vega.min.js", "vega-lite/vega-lite.min.js", "vega-interpreter/vega-interpreter.js")


def query_page(request: Request) -> Response:
    """The form, filled by `?query=`, by `?example=` with a stored query, or by `?z=` with a shortened one.

    Problem 404 when there is no such example, 400 when a short link is none.
    """
    snapshot, strings = web_of(request).snapshot(), texts(choose_language_of(request))
    text, name = _asked(request, snapshot, strings)
    data = _script_data(strings, text if name else "", name, snapshot.release.id)
    editor = [vendor.address(one) for one in _EDITOR]
    etag = snapshot.etag(request.url.path, request.url.query, strings.language, editor[0], data["charts"])

    def make() -> str:
        return page(
            request,
            "query.html",
            strings,
            query=text,
            formats=RESULT_FORMATS,
            prefixes=PREFIXES,
            topics=by_topic(snapshot, strings.language, strings("examples.other")),
            editor=editor,
            complete=bool(editor[0] and data["charts"]),
            script_data=safe_json(data),
        )

    return page_answer(request, make, etag, strings.language)


def _asked(request: Request, snapshot: Snapshot, strings: Texts) -> tuple[str, str]:
    """The text that fills the form, and the name of the stored query that it is, if it is one."""
    given = request.query_params
    if name := given.get("example"):
        return find_example(snapshot, name, strings.language).query, name
    if value := given.get(PARAMETER):
        try:
            return restore(value, web_of(request).site.settings.query_text_limit), ""
        except ValueError as error:
            extras = {"reason": str(error), "nearest": "/query"}
            raise Problem.of(400, "bad_link", extras=extras) from error
    return given.get("query") or _STARTER, ""


def _script_data(strings: Texts, stored: str, name: str, release: str) -> Mapping[str, Any]:
    """What the page's scripts need to know."""
    charts = [vendor.address(one) for one in _CHARTS]
    return {
        "language": strings.language,
        "base": BASE,
        "release": release,
        "prefixes": dict(PREFIXES),
        "terms": f"/query/terms.json?lang={strings.language}",
        "example": {"name": name, "query": stored},
        "charts": charts if all(charts) else None,
        "numbers": {"decimal": strings.decimal("0.5")[1], "thousands": strings.decimal("1000")[1]},
        "texts": strings.section("editor"),
        "problems": strings.section("problem"),
    }


def terms(request: Request) -> Response:
    """What the editor completes, as JSON: prefixes; classes and properties with label and number of uses."""
    snapshot, strings = web_of(request).snapshot(), texts(choose_language_of(request))

    def make() -> bytes:
        namer = Namer(snapshot.reader, strings)
        found: dict[str, Any] = {"prefixes": dict(PREFIXES)}
        for kind in ("classes", "properties"):
            found[kind] = [
                {
                    "term": compact(one["iri"]),
                    "label": (label := namer.name(one["iri"])).text,
                    "language": label.language,
                    "count": one["count"],
                }
                for one in sorted(
                    snapshot.reader.manifest.get(kind, ()), key=lambda one: (-int(one["count"]), one["iri"])
                )
            ]
        return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()

    etag = snapshot.etag("terms", strings.language)
    fields = {"Content-Language": strings.language, "Vary": PAGE_VARY, "Cache-Control": "public, max-age=300"}
    return answer(request, make, "application/json", etag, fields)


ROUTES: Routes = [("/query", query_page), ("/query/terms.json", terms)]
