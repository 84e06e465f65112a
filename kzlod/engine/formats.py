"""The formats in which results can be had: those that the embedded store really writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from kzlod.engine.base import Kind

_TABLES = frozenset({Kind.SOLUTIONS, Kind.BOOLEAN})
_GRAPHS = frozenset({Kind.GRAPH})


@dataclass(frozen=True, slots=True)
class Format:
    """A result format.

    `media_types` begins with the registered one; the others are accepted and answered under their own name.
    `suffix` is the file extension without the dot, and the short name for a `format` parameter. `iri` is the
    format's name in https://www.w3.org/ns/formats/.
    """

    name: str
    media_types: tuple[str, ...]
    suffix: str
    kinds: frozenset[Kind]
    iri: str

    @property
    def media_type(self) -> str:
        """The registered media type."""
        return self.media_types[0]


JSON = Format(
    "SPARQL Results JSON",
    ("application/sparql-results+json", "application/json"),
    "json",
    _TABLES,
    "http://www.w3.org/ns/formats/SPARQL_Results_JSON",
)
XML = Format(
    "SPARQL Results XML",
    ("application/sparql-results+xml", "application/xml", "text/xml"),
    "xml",
    _TABLES,
    "http://www.w3.org/ns/formats/SPARQL_Results_XML",
)
CSV = Format("CSV", ("text/csv",), "csv", _TABLES, "http://www.w3.org/ns/formats/SPARQL_Results_CSV")
TSV = Format(
    "TSV",
    ("text/tab-separated-values",),
    "tsv",
    _TABLES,
    "http://www.w3.org/ns/formats/SPARQL_Results_TSV",
)
TURTLE = Format(
    "Turtle",
    ("text/turtle", "application/x-turtle"),
    "ttl",
    _GRAPHS,
    "http://www.w3.org/ns/formats/Turtle",
)
N_TRIPLES = Format(
    "N-Triples",
    ("application/n-triples", "text/plain"),
    "nt",
    _GRAPHS,
    "http://www.w3.org/ns/formats/N-Triples",
)
RDF_XML = Format(
    "RDF/XML",
    ("application/rdf+xml", "application/xml", "text/xml"),
    "rdf",
    _GRAPHS,
    "http://www.w3.org/ns/formats/RDF_XML",
)
JSON_LD = Format(
    "JSON-LD",
    ("application/ld+json", "application/json"),
    "jsonld",
    _GRAPHS,
    "http://www.w3.org/ns/formats/JSON-LD",
)

FORMATS = (JSON, XML, CSV, TSV, TURTLE, RDF_XML, JSON_LD, N_TRIPLES)
"""All formats, each kind's default first."""


def of_kind(kind: Kind) -> tuple[Format, ...]:
    """The formats for one kind of result, the default first."""
    return tuple(item for item in FORMATS if kind in item.kinds)


@cache
def offers(kind: Kind) -> tuple[str, ...]:
    """The media types for one kind of result in the server's order: the registered ones come first."""
    formats = of_kind(kind)
    return (*(item.media_type for item in formats), *_distinct(formats))


def find(name: str, kind: Kind) -> Format | None:
    """The format of that kind with this suffix, other short name or media type; None without one."""
    wanted = name.strip().lower()
    wanted = _ALIASES.get(wanted, wanted)
    formats = of_kind(kind)
    for item in formats:
        if wanted == item.suffix or wanted in item.media_types:
            return item
    # `json` and `xml` for a graph: what `application/json` and `application/xml` mean there.
    return next((item for item in formats if f"application/{wanted}" in item.media_types), None)


# Names that other endpoints use for the same formats.
_ALIASES = {
    "srj": "json",
    "srx": "xml",
    "turtle": "ttl",
    "ntriples": "nt",
    "n-triples": "nt",
    "rdfxml": "rdf",
    "rdf/xml": "rdf",
    "json-ld": "jsonld",
}


def _distinct(formats: Iterable[Format]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for item in formats for name in item.media_types[1:]))
