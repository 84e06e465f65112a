"""Search as a page and as data: `/search?q=`, and `/search/suggest` while somebody types."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from pyoxigraph import Literal

from kzlod.namespaces import ONTOLOGY, PREFIXES
from kzlod.web.designations import DESIGNATION, in_short, read_designation
from kzlod.web.i18n import DEFAULT, choose_language_of, texts
from kzlod.web.names import Namer, Value
from kzlod.web.negotiation import choose
from kzlod.web.paging import page_number
from kzlod.web.prepared import Prepared, prepared_answers
from kzlod.web.problems import Problem
from kzlod.web.reading import Reader
from kzlod.web.render import page
from kzlod.web.responses import PAGE_VARY, answer, page_answer
from kzlod.web.routing import Routes
from kzlod.web.search import FACETS, LONGEST, Found, SearchTooLongError, is_known, search
from kzlod.web.state import web_of
from kzlod.web.things import Pager

ON_A_PAGE = 20
_SUGGESTED = 8
_PREPARED_SUGGESTED = 2
_FACET_VALUES = 12
_SHOWN = 260  # characters of a summary
_SUMMARIES = (
    ONTOLOGY + "summary",
    PREFIXES["skos"] + "definition",
    ONTOLOGY + "answerText",
    PREFIXES["dcterms"] + "description",
)
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found, as shown: its name, its kind, and the beginning of what is said of it."""

    thing: Value
    kind: Value
    summary: str
    language: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: its name, how many things have it, where it leads, and whether it is chosen."""

    value: Value
    number: int
    href: str
    chosen: bool


def find(request: Request) -> Response:
    """What has the words of `?q=`, narrowed by `?kind=`, `?document=` and `?act=` (IRIs), as page or JSON.

    Problem 404 for a page, 400 for JSON, when nothing has the value of one of them.
    """
    as_json = _wants_json(request)
    snapshot = web_of(request).snapshot()
    strings = texts(choose_language_of(request))
    whole = request.query_params.get("q", "")
    asked = whole[:LONGEST]
    chosen, unknown = _chosen(snapshot.reader, request.query_params)
    number = page_number(request, "page")
    namer = Namer(snapshot.reader, strings)
    etag = snapshot.etag("search", as_json, request.url.query, strings.language)

    def looked_up() -> Found:
        try:
            found = search(
                snapshot.reader.index.query, asked, chosen, first=(number - 1) * ON_A_PAGE, most=ON_A_PAGE
            )
        except SearchTooLongError:
            raise Problem.of(503, "slow_search") from None
        if number > 1 and not found.hits:
            raise Problem.of(404, "no_page")
        return found

    def prepared() -> list[Prepared]:
        return [] if chosen or number > 1 else prepared_answers(snapshot, strings, asked)

    if as_json:
        if len(whole) > LONGEST:
            raise Problem.of(400, "long_search", {"most": LONGEST})
        if unknown:
            raise _nothing_has(unknown)

        def data() -> bytes:
            found = looked_up()
            return _dumped(_data(found, asked, number, namer, snapshot.reader, prepared()))

        return answer(request, data, _JSON, etag, {"Vary": PAGE_VARY})
    if unknown:
        raise Problem.of(404, "no_value", {"name": unknown}, extras={"nearest": "/search"})

    def make() -> str:
        found = looked_up()
        pages = max(1, -(-found.total // ON_A_PAGE))
        return page(
            request,
            "search.html",
            strings,
            asked=asked,
            cut=LONGEST if len(whole) > LONGEST else 0,
            found=found,
            prepared=prepared(),
            hits=[_hit(snapshot.reader, namer, *one) for one in found.hits],
            facets=[(name, _choices(request, found, name, chosen, namer)) for name in FACETS],
            chosen=chosen,
            pager=Pager("page", number, pages, found.total),
            narrowed="&" + urlencode({"q": asked, **chosen}),
            as_data="/search.json?" + urlencode({"q": asked, **chosen}),
        )

    return page_answer(request, make, etag, strings.language)


def _chosen(reader: Reader, asked: Mapping[str, str]) -> tuple[dict[str, str], str | None]:
    """The chosen values of the facets, and the first facet with a value that nothing has.

    A kind may be named as in the address of its list (`/kinds/Article`).
    """
    chosen = {name: value for name in FACETS if (value := asked.get(name))}
    unknown = None
    for name, value in chosen.items():
        ways = (value, ONTOLOGY + value) if name == "kind" else (value,)
        known = next((way for way in ways if is_known(reader.index.query, name, way)), None)
        chosen[name] = known or value
        unknown = unknown or (None if known else name)
    return chosen, unknown


def _nothing_has(facet: str) -> Problem:
    """Problem 400, for a program, when nothing has the value of a facet."""
    return Problem(
        400,
        "Nothing has this value",
        f"The parameter {facet} is an IRI that facets.{facet} of a search without it lists"
        + (", or the name of a kind as in /kinds/Article." if facet == "kind" else "."),
    )


def suggest(request: Request) -> Response:
    """The first few things that the beginning of a search leads to, as JSON, best first."""
    snapshot, strings = web_of(request).snapshot(), texts(choose_language_of(request))
    namer = Namer(snapshot.reader, strings)
    asked = request.query_params.get("q", "")[:LONGEST]
    try:
        found = search(snapshot.reader.index.query, asked, {}, most=_SUGGESTED, open_end=True)
    except SearchTooLongError:
        found = Found(0)
    things = [(namer.thing(iri), namer.name(kind)) for iri, kind in found.hits]
    shown = [{"name": thing.name.text, "page": thing.href, "kind": kind.text} for thing, kind in things]
    prepared = prepared_answers(snapshot, strings, asked)[:_PREPARED_SUGGESTED]
    last = [{"name": one.title, "page": one.address, "kind": strings("search.prepared")} for one in prepared]
    return JSONResponse(
        shown[: _SUGGESTED - len(last)] + last,
        headers={"Cache-Control": "no-cache", "Vary": PAGE_VARY},
    )


def _wants_json(request: Request) -> bool:
    if request.url.path.endswith(".json"):
        return True
    accept = ",".join(request.headers.getlist("accept")) or None
    return choose(accept, ("text/html", _JSON)) == _JSON


def _hit(reader: Reader, namer: Namer, iri: str, kind: str) -> Hit:
    said = _said(reader, iri, namer.language)
    text, language = (said.value, said.language or "") if said else ("", "")
    if kind == DESIGNATION:  # what somebody looks for: who, for what, in which languages
        text, language = in_short(read_designation(reader, namer, iri)), namer.language
    if len(text) > _SHOWN:
        text = text[:_SHOWN].rsplit(" ", 1)[0] + " …"
    return Hit(namer.thing(iri), namer.thing(kind), text, language)


def _said(reader: Reader, iri: str, language: str) -> Literal | None:
    """What is said of a thing, in the reader's language if it is."""
    for name in _SUMMARIES:
        found = [term for term in reader.objects(iri, name) if isinstance(term, Literal)]
        for wanted in dict.fromkeys((language, DEFAULT)):
            if best := next((term for term in found if term.language == wanted), None):
                return best
        if found:
            return found[0]
    return None


def _choices(
    request: Request, found: Found, name: str, chosen: Mapping[str, str], namer: Namer
) -> list[Choice]:
    """The values of a facet; choosing a chosen one again takes it back."""
    values = found.facets.get(name, [])
    shown = [(iri, number) for iri, number in values if iri == chosen.get(name)]
    shown += [one for one in values if one not in shown][:_FACET_VALUES]
    asked = request.query_params.get("q", "")[:LONGEST]
    choices = []
    for iri, number in shown:
        is_chosen = chosen.get(name) == iri
        others = {key: value for key, value in chosen.items() if key != name}
        query = urlencode({"q": asked, **others, **({} if is_chosen else {name: iri})})
        choices.append(Choice(namer.thing(iri), number, f"/search?{query}", is_chosen))
    return choices


def _dumped(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _data(
    found: Found, asked: str, number: int, namer: Namer, reader: Reader, prepared: list[Prepared]
) -> dict[str, Any]:
    """What was found, for programs."""
    results = []
    for iri, kind in found.hits:
        hit = _hit(reader, namer, iri, kind)
        results.append(
            {
                "iri": iri,
                "name": hit.thing.name.text,
                "language": hit.thing.name.language,
                "kind": kind,
                "kind_name": hit.kind.name.text,
                "summary": hit.summary,
                "page": hit.thing.href,
            }
        )
    return {
        "query": asked,
        "total": found.total,
        "page": number,
        "pages": max(1, -(-found.total // ON_A_PAGE)),
        "taken": found.taken,
        "also": list(found.also),
        "some": found.some,
        "prepared": [{"title": one.title, "text": one.text, "page": one.address} for one in prepared],
        "facets": {
            name: [{"iri": iri, "name": namer.name(iri).text, "count": count} for iri, count in values]
            for name, values in found.facets.items()
        },
        "results": results,
    }


ROUTES: Routes = [("/search", find), ("/search.json", find), ("/search/suggest", suggest)]
