"""For crawlers and browsers: robots.txt, the sitemap, the icon, style sheets and scripts."""

from html import escape
from importlib.resources import files

from fastapi import Request
from fastapi.responses import PlainTextResponse, Response

from kzlod.namespaces import CONCEPT, ID
from kzlod.web.addresses import document_path
from kzlod.web.problems import Problem
from kzlod.web.reading import Reader
from kzlod.web.responses import answer
from kzlod.web.routing import Routes
from kzlod.web.state import web_of

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
    *("/examples", "/catalog", "/dumps/", "/releases/", "/doc/ontology", "/doc/shapes", "/api"),
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
    parts = -(-len(_pages(snapshot.reader)) // URLS_IN_A_PART)

    def make() -> bytes:
        entries = "".join(
            f"<sitemap><loc>{escape(public)}/sitemap/{part}.xml</loc></sitemap>\n"
            for part in range(1, parts + 1)
        )
        return f"{_XML}<sitemapindex {_SITEMAP}>\n{entries}</sitemapindex>\n".encode()

    return answer(request, make, "application/xml", snapshot.etag("sitemap", public))


def sitemap_part(request: Request) -> Response:
    """One part of the sitemap; Problem 404 when there is none of this number."""
    web = web_of(request)
    snapshot, public = web.snapshot(), web.site.settings.public_url.rstrip("/")
    text = str(request.path_params["number"])
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0
    pages = _pages(snapshot.reader)[(number - 1) * URLS_IN_A_PART : number * URLS_IN_A_PART] if number else []
    if not pages:
        raise Problem.of(404, "no_sitemap", extras={"nearest": "/sitemap.xml"})

    def make() -> bytes:
        entries = "".join(f"<url><loc>{escape(public + path)}</loc></url>\n" for path in pages)
        return f"{_XML}<urlset {_SITEMAP}>\n{entries}</urlset>\n".encode()

    return answer(request, make, "application/xml", snapshot.etag("sitemap", public, number))


def static(request: Request) -> Response:
    """A style sheet, a script or the icon."""
    name = request.path_params.get("name", "icon.svg")
    if name not in _STATIC:
        raise Problem.of(404, "not_found")
    body = files("kzlod.web").joinpath("static", name).read_bytes()
    etag = web_of(request).asset_tag(name)
    return answer(request, lambda: body, _STATIC[name], etag, {"Cache-Control": "public, max-age=300"})


def _pages(reader: Reader) -> list[str]:
    """The paths of the overviews, and of the documents of everything that is described."""
    subjects = (*reader.index.below(ID), *reader.index.below(CONCEPT.rstrip("/")))
    return [*_OVERVIEWS, *(document_path(iri) for iri in subjects)]


ROUTES: Routes = [
    ("/robots.txt", robots),
    ("/sitemap.xml", sitemap),
    ("/sitemap/{number}.xml", sitemap_part),
    ("/favicon.ico", static),
    ("/favicon.svg", static),
    ("/static/{name}", static),
]
