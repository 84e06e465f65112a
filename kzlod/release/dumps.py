"""The files that people download: the whole data set and each graph, in canonical order.

Statements are written as the source graphs hold them (the query store normalises some
literals), sorted, and compressed without a time stamp, so that two builds are byte-identical.
"""

import gzip
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kzlod.namespaces import PREFIXES
from kzlod.terms import quad

Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.DefaultGraph


@dataclass(frozen=True, slots=True)
class Format:
    """A serialisation: its short name, pyoxigraph's name for it, media type, and whether it holds graphs."""

    name: str
    rdf: ox.RdfFormat
    media_type: str
    datasets: bool


FORMATS = (
    Format("nq", ox.RdfFormat.N_QUADS, "application/n-quads", datasets=True),
    Format("trig", ox.RdfFormat.TRIG, "application/trig", datasets=True),
    Format("nt", ox.RdfFormat.N_TRIPLES, "application/n-triples", datasets=False),
    Format("ttl", ox.RdfFormat.TURTLE, "text/turtle", datasets=False),
    Format("jsonld", ox.RdfFormat.JSON_LD, "application/ld+json", datasets=False),
    Format("rdf", ox.RdfFormat.RDF_XML, "application/rdf+xml", datasets=False),
)


@dataclass(frozen=True, slots=True)
class Dump:
    """A file for download; `graph` is None when it holds the whole data set, `size` is in bytes."""

    file: str
    graph: str | None
    format: Format
    size: int
    sha256: str


def order(triple: ox.Triple) -> tuple[str, str, str]:
    """The sort key of a triple: the N-Triples form of its terms."""
    return str(triple.subject), str(triple.predicate), str(triple.object)


def canonical(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The distinct triples in canonical order."""
    return sorted(set(triples), key=order)


def serialize(triples: Sequence[ox.Triple] | Sequence[ox.Quad], rdf: ox.RdfFormat) -> bytes:
    """Triples or quads in a format, with those of our prefixes that occur in them."""
    return ox.serialize(triples, format=rdf, prefixes=dict(used_prefixes(triples))) or b""


def used_prefixes(triples: Iterable[ox.Triple | ox.Quad]) -> Iterator[tuple[str, str]]:
    """The prefixes whose namespace at least one IRI of the triples begins with."""
    spaces = {
        node.value.rpartition("#" if "#" in node.value else "/")[0]
        for triple in triples
        for node in triple
        if isinstance(node, ox.NamedNode)
    }
    datatypes = {
        node.datatype.value.rpartition("#")[0]
        for triple in triples
        for node in triple
        if isinstance(node, ox.Literal)
    }
    for prefix, space in PREFIXES.items():
        if any(used.startswith(space.rstrip("/#")) for used in spaces | datatypes):
            yield prefix, space


def write_graph(iri: str, triples: Sequence[ox.Triple], base: str, folder: Path) -> Iterator[Dump]:
    """Writes one graph, whose IRI begins with `base`, into `folder` and yields each file as it is done."""
    name = iri.removeprefix(base).replace("/", "-")
    for rdf_format in FORMATS:
        if not rdf_format.datasets:
            content = serialize(triples, rdf_format.rdf)
            yield _write(folder, f"{name}.{rdf_format.name}.gz", iri, rdf_format, content)


def write_whole(graphs: Mapping[str, Sequence[ox.Triple]], folder: Path) -> Iterator[Dump]:
    """Writes the whole data set: with graphs, and for formats without graphs their union."""
    quads = [quad(triple, iri) for iri, triples in sorted(graphs.items()) for triple in triples]
    union = canonical(triple for triples in graphs.values() for triple in triples)
    for rdf_format in FORMATS:
        content = serialize(quads if rdf_format.datasets else union, rdf_format.rdf)
        yield _write(folder, f"kzlod.{rdf_format.name}.gz", None, rdf_format, content)


def _write(folder: Path, file: str, graph: str | None, rdf_format: Format, content: bytes) -> Dump:
    """Compresses one file; gzip.compress would write another header under another version of Python."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as stream:
        stream.write(content)
    packed = buffer.getvalue()
    (folder / file).write_bytes(packed)
    return Dump(file, graph, rdf_format, len(packed), hashlib.sha256(packed).hexdigest())
