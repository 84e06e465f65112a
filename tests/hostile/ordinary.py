"""Ordinary queries and pages, all different, with the answers that the embedded store gives by itself."""

import csv
import hashlib
import io
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pyoxigraph as ox
from markupsafe import escape

from tests.hostile import wire
from tests.hostile.attack import DIRECT, FORM
from tests.hostile.wire import Answer

BASE = "https://w3id.org/kzlod/"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_TABLES = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
_GRAPHS = {"application/n-triples": ox.RdfFormat.N_TRIPLES, "text/turtle": ox.RdfFormat.TURTLE}
_LARGEST = 300  # solutions; what an ordinary query gives
_CASES = 250

_QUERIES = (
    "SELECT ?p ?o WHERE { <@s> ?p ?o }",
    "SELECT ?s ?p WHERE { ?s ?p <@o> }",
    f"SELECT ?o ?label WHERE {{ <@s> <@p> ?o OPTIONAL {{ ?o <{LABEL}> ?label }} }}",
    "SELECT (COUNT(*) AS ?n) WHERE { ?x <@p> <@o> }",
    "SELECT ?p (COUNT(?o) AS ?n) WHERE { <@s> ?p ?o } GROUP BY ?p ORDER BY ?p",
    "SELECT ?g ?p WHERE { GRAPH ?g { <@s> ?p ?o } } ORDER BY ?g ?p",
    f"SELECT ?x ?l WHERE {{ VALUES ?x {{ <@s> <@t> <@o> }} ?x <{LABEL}> ?l FILTER (LANG(?l) = 'en') }}",
    "SELECT ?x WHERE { ?x a <@c> } ORDER BY ?x LIMIT 20",
    f"SELECT ?x ?l WHERE {{ ?x a <@c> ; <{LABEL}> ?l FILTER CONTAINS(LCASE(?l), 'tr') }}",
    "SELECT ?a WHERE { <@s> <@p>+ ?a }",
    "SELECT ?q ?y WHERE { <@s> <@p> ?m . ?m ?q ?y } ORDER BY ?q ?y",
    "SELECT ?x WHERE { { <@s> <@p> ?x } UNION { <@t> <@p> ?x } MINUS { ?x a <@c> } }",
    "SELECT (COUNT(DISTINCT ?x) AS ?n) (MIN(?x) AS ?first) WHERE { ?x a <@c> }",
    "ASK { <@s> <@p> <@o> }",
    "ASK { <@s> <@p> <@s> }",
    "CONSTRUCT { <@s> ?p ?o } WHERE { <@s> ?p ?o }",
    "DESCRIBE <@s>",
)


@dataclass(frozen=True, slots=True)
class Poll:
    """An ordinary request and what its answer must be: a digest, or words that must be in it."""

    kind: str
    path: str
    accept: str
    query: str = ""
    via: str = "GET"
    digest: str = ""
    words: tuple[bytes, ...] = ()
    status: int = 200

    def request(self, number: int) -> bytes:
        """The bytes to send; a query is told apart from all others by the number."""
        fields = [("Accept", self.accept)]
        if not self.query:
            return wire.request("GET", self.path, fields)
        text = f"# {number}\n{self.query}"
        if self.via == "GET":
            return wire.request("GET", f"/sparql?query={quote(text)}", fields)
        body = f"query={quote(text)}" if self.via == FORM else text
        return wire.request("POST", "/sparql", [*fields, ("Content-Type", self.via)], body.encode())

    def wrong(self, answer: Answer) -> str:
        """What is wrong with an answer; empty when it is right."""
        if answer.status != self.status:
            return f"status {answer.status}: {answer.body[:200]!r}"
        if self.digest and digest(answer.media_type, answer.body) != self.digest:
            return f"another answer: {answer.body[:200]!r}"
        missing = [word for word in self.words if word not in answer.body and word != b"\n"]
        return f"without {missing[:3]}: {answer.body[:200]!r}" if missing else ""


def polls(store: ox.Store, manifest: Mapping[str, Any], folder: Path, seed: int) -> list[Poll]:
    """Queries and pages for a release (or other data), in an order by chance."""
    chance = random.Random(seed)
    triples = [
        (quad.subject.value, quad.predicate.value, quad.object.value)
        for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode)
    ]
    triples = chance.sample(sorted(triples), min(len(triples), 4 * _CASES))
    classes = [
        iri
        for iri in sorted({value for _, predicate, value in triples if predicate == TYPE})
        if sum(1 for _ in store.quads_for_pattern(None, ox.NamedNode(TYPE), ox.NamedNode(iri))) < 4 * _LARGEST
    ]
    found: list[Poll] = []
    while len(found) < _CASES:
        subject, predicate, value = chance.choice(triples)
        other, kind = chance.choice(triples)[0], chance.choice(classes)
        text = chance.choice(_QUERIES)
        places = {"@s": subject, "@p": predicate, "@o": value, "@t": other, "@c": kind}
        for place, iri in places.items():
            text = text.replace(place, iri)
        if case := _query(store, text, chance):
            found.append(case)
    things = sorted({subject for subject, _, _ in triples if subject.startswith(f"{BASE}id/")})
    for iri in chance.sample(things, min(len(things), _CASES // 4)):
        found += _pages(store, iri)
    found += _downloads(manifest, folder)
    found += [
        Poll("page", "/health", "*/*", words=(b'"live":true', str(manifest["release"]).encode())),
        Poll("page", "/", "text/html", words=(b"<html", b"</html>")),
        Poll("page", "/query", "text/html", words=(b"</form>", b"</html>")),
        Poll("page", "/none/at/all", "*/*", words=(b"404",), status=404),
    ] * 4
    chance.shuffle(found)
    return found


def digest(media_type: str, body: bytes) -> str:
    """A hash of a result that does not depend on the order of its rows or triples."""
    if media_type == "application/sparql-results+json":
        found = json.loads(body)
        parts = [json.dumps(row, sort_keys=True) for row in found.get("results", {}).get("bindings", ())]
        parts.append(json.dumps([found["head"], found.get("boolean")]))
    elif media_type == "application/sparql-results+xml":
        root = ElementTree.fromstring(body)
        parts = [ElementTree.tostring(one, "unicode") for child in root for one in (list(child) or [child])]
    elif media_type == "text/csv":
        parts = [json.dumps(row) for row in csv.reader(io.StringIO(body.decode(), newline=""))]
    elif media_type in _GRAPHS:
        parts = [str(triple) for triple in set(ox.parse(body, format=_GRAPHS[media_type]))]
    else:
        parts = body.decode().splitlines()
    return hashlib.sha256("\n".join([media_type, *sorted(parts)]).encode()).hexdigest()


def _query(store: ox.Store, text: str, chance: random.Random) -> Poll | None:
    """A query with its right answer; None when it has more solutions than an ordinary one."""
    results = store.query(text)
    via = chance.choice(("GET", DIRECT, FORM))
    if isinstance(results, ox.QueryTriples):
        triples = list(results)
        accept = chance.choice(list(_GRAPHS))
        body = ox.serialize(triples, format=_GRAPHS[accept]) or b""
        size = len(triples)
    else:
        accept = chance.choice(list(_TABLES)[: 2 if isinstance(results, ox.QueryBoolean) else 4])
        body = results.serialize(format=_TABLES[accept]) or b""
        size = body.count(b"\n") + body.count(b"<result>") + body.count(b'"type"')
    if size > 5 * _LARGEST:
        return None
    return Poll("query", "/sparql", accept, text, via, digest(accept, body))


def _pages(store: ox.Store, iri: str) -> Iterator[Poll]:
    """A thing's document as data and as a page, and the redirect to it."""
    path = quote(iri.removeprefix(f"{BASE}id/"))
    node = ox.NamedNode(iri)
    facts = [
        f"{quad.subject} {quad.predicate} {quad.object} .".encode()
        for quad in store.quads_for_pattern(node, None, None, ox.DefaultGraph())
    ]
    yield Poll("page", f"/doc/{path}", "application/n-triples", words=tuple(facts))
    labels = [
        quad.object.value
        for quad in store.quads_for_pattern(node, ox.NamedNode(LABEL), None, ox.DefaultGraph())
        if isinstance(quad.object, ox.Literal) and quad.object.language == "en"
    ]
    if len(labels) == 1:
        yield Poll(
            "page", f"/doc/{path}?lang=en", "text/html", words=(escape(labels[0]).encode(), b"</html>")
        )
    yield Poll("page", f"/id/{path}", "text/html", status=303)


def _downloads(manifest: Mapping[str, Any], folder: Path) -> Iterator[Poll]:
    """The smaller files for download, whole."""
    for dump in sorted(manifest["dumps"], key=lambda one: int(one["bytes"]))[:8]:
        content = (folder / "dumps" / dump["file"]).read_bytes()
        yield Poll("page", f"/dumps/{manifest['release']}/{dump['file']}", "*/*", words=(content,))
