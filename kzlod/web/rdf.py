"""The formats in which a document is served, and writing triples in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pyoxigraph import BlankNode, RdfFormat, Triple, serialize

from kzlod.namespaces import PREFIXES

HTML = "text/html"


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a document: its name for people, the suffix of its address, its media type."""

    name: str
    suffix: str
    media_type: str
    rdf: RdfFormat | None

    @property
    def content_type(self) -> str:
        """The value of `Content-Type`; text says that it is UTF-8."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


FORMATS = (
    Format("HTML", ".html", HTML, None),
    Format("Turtle", ".ttl", "text/turtle", RdfFormat.TURTLE),
    Format("JSON-LD", ".jsonld", "application/ld+json", RdfFormat.JSON_LD),
    Format("N-Triples", ".nt", "application/n-triples", RdfFormat.N_TRIPLES),
    Format("RDF/XML", ".rdf", "application/rdf+xml", RdfFormat.RDF_XML),
)
# Types that clients also send for the formats above, and the format that each means.
ALIASES = {
    "application/xhtml+xml": HTML,
    "application/x-turtle": "text/turtle",
    "application/json": "application/ld+json",
}
BY_SUFFIX = {one.suffix: one for one in FORMATS}
BY_TYPE = {one.media_type: one for one in FORMATS}


def numbered(triples: Iterable[Triple]) -> list[Triple]:
    """The triples with their blank nodes named in the order in which they come, so the same every time."""
    names: dict[BlankNode, BlankNode] = {}

    def named(node: Any) -> Any:
        return names.setdefault(node, BlankNode(f"b{len(names)}")) if isinstance(node, BlankNode) else node

    return [Triple(named(one.subject), one.predicate, named(one.object)) for one in triples]


def write(triples: Iterable[Triple], form: Format) -> bytes:
    """The triples in a format, with our prefixes where the format has prefixes; ValueError for HTML."""
    if form.rdf is None:
        raise ValueError("HTML is made by the templates")
    found = list(triples)
    text = "\n".join(map(str, found))
    used = {prefix: space for prefix, space in PREFIXES.items() if space in text}
    written = serialize(found, format=form.rdf, prefixes=used)
    return written or b""
