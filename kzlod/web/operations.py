"""For crawlers and browsers: robots.txt, the sitemap, the icon, style sheets and scripts."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import PlainTextResponse, Response

from kzlod.namespaces import CONCEPT, ID
from kzlod.web.addresses import document_path
from kzlod.web.crosswalk import compared
from kzlod.web.i18n import DEFAULT
from kzlod.web.kinds import listed_kinds
from kzlod.web.problems import Problem
from kzlod.web.responses import answer
from kzlod.web.routing import Routes
from kzlod.web.sanctions import punishing
from kzlod.web.state import Snapshot, web_of
from kzlod.web.statistics import chart_names
from kzlod.web.stored import read_examples

URLS_IN_A_PART = 50_000
_STATIC = {
    "style.css": "text/css; charset=utf-8",
    "query.css": "text/css; charset=utf-8",
    **{
        f"{name}.js": "text/javascript; charset=utf-8"
        for name in ("suggest", "query", "code", "completion", "results", "names", "chart", "vega-util")
    },
    "icon.svg": "image/svg+xml",
}
_OVERVIEWS = (
    *(
        "/",
        "/sources",
        "/treaties",
        "/compare",
        "/recommendations",
        "/institutions",
        "/statistics",
        "/examples",
    ),
    *("/catalog", "/dumps/", "/releases/", "/doc/ontology", "/doc/shapes", "/api", "/problems"),
)
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def robots(request: Request) -> Response:
    """What crawlers may read: everything but queries."""
    public = web_of(request).site.settings.public_url.rstrip("/")
    return PlainTextResponse(
        f"User-agent: *\nDisallow: /sparql\nDisallow: /query\n\nSitemap: {public}/sitemap.xml\n"
    )


def sitemap(request: Request) -> Response:
    """The index of the sitemap's parts."""
    web = web_of(request)
    snapshot, public = web.snapshot(), web.site.settings.public_url.rstrip("/")
    parts = -(-len(_pages(snapshot)) // URLS_IN_A_PART)

    def make() -> bytes:
        addresses = [f"{public}/sitemap/{part}.xml" for part in range(1, parts + 1)]
        return _listed(snapshot, "sitemapindex", "sitemap", addresses)

    return answer(request, make, "application/xml", snapshot.etag("sitemap", public))


def sitemap_part(request: Request) -> Response:
    """One part of the sitemap; Problem 404 when there is none of this number."""
    web = web_of(request)
    snapshot, public = web.snapshot(), web.site.settings.public_url.rstrip("/")
    text = str(request.path_params["number"])
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0
    pages = _pages(snapshot)[(number - 1) * URLS_IN_A_PART : number * URLS_IN_A_PART] if number else []
    if not pages:
        raise Problem.of(404, "no_sitemap", extras={"nearest": "/sitemap.xml"})

    def make() -> bytes:
        return _listed(snapshot, "urlset", "url", [public + path for path in pages])

    return answer(request, make, "application/xml", snapshot.etag("sitemap", public, number))


def _listed(snapshot: Snapshot, root: str, element: str, addresses: Sequence[str]) -> bytes:
    """Addresses as an element of a sitemap, each with the date of the release, which changes all."""
    date = snapshot.reader.manifest.get("date")
    changed = f"<lastmod>{escape(str(date))}</lastmod>" if date else ""
    entries = "".join(f"<{element}><loc>{escape(one)}</loc>{changed}</{element}>\n" for one in addresses)
    return f"{_XML}<{root} {_SITEMAP}>\n{entries}</{root}>\n".encode()


def static(request: Request) -> Response:
    """A style sheet, a script or the icon."""
    name = request.path_params.get("name", "icon.svg")
    if name not in _STATIC:
        raise Problem.of(404, "not_found")
    body = files("kzlod.web").joinpath("static", name).read_bytes()
    etag = web_of(request).asset_tag(name)
    return answer(request, lambda: body, _STATIC[name], etag, {"Cache-Control": "public, max-age=300"})


def _pages(snapshot: Snapshot) -> list[str]:
    """The paths of the overviews, and of the documents of everything that is described."""
    reader = snapshot.reader
    comparisons = {"/compare/crosswalk": compared(reader), "/compare/sanctions": punishing(reader)}
    subjects = (*reader.index.below(ID), *reader.index.below(CONCEPT.rstrip("/")))
    return [
        *_OVERVIEWS,
        *(path for path, choices in comparisons.items() if choices),
        *(f"/statistics/{name}" for name in chart_names(reader)),
        *(f"/examples/{one.name}" for one in read_examples(snapshot, DEFAULT)),
        *(f"/kinds/{quote(name)}" for name in listed_kinds(reader)),
        *(document_path(iri) for iri in subjects),
    ]


ROUTES: Routes = [
    ("/robots.txt", robots),
    ("/sitemap.xml", sitemap),
    ("/sitemap/{number}.xml", sitemap_part),
    ("/favicon.ico", static),
    ("/favicon.svg", static),
    ("/static/{name}", static),
]
