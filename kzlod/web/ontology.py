"""The ontology as one document: all its terms, as data and as a page with an anchor for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request
from pyoxigraph import Literal, NamedNode, Triple

from kzlod.labels import Label
from kzlod.namespaces import BASE, ONTOLOGY, PREFIXES
from kzlod.web.addresses import last_step
from kzlod.web.descriptions import entailed
from kzlod.web.i18n import Name, pick
from kzlod.web.names import Namer, Value
from kzlod.web.reading import TYPE, Reader, Statement
from kzlod.web.render import page

IRI = ONTOLOGY.rstrip("#")
_OWL, _RDFS, _SKOS = PREFIXES["owl"], PREFIXES["rdfs"], PREFIXES["skos"]
_VANN = "http://purl.org/vocab/vann/"
_KINDS = (
    ("classes", _OWL + "Class"),
    ("objects", _OWL + "ObjectProperty"),
    ("datatypes", _OWL + "DatatypeProperty"),
    ("annotations", _OWL + "AnnotationProperty"),
)
_DEFINITIONS = (_SKOS + "definition", _RDFS + "comment", PREFIXES["dcterms"] + "description")
_EXAMPLES = (_SKOS + "example", _VANN + "example")
_RELATIONS = (
    ("broader_class", _RDFS + "subClassOf"),
    ("broader_property", _RDFS + "subPropertyOf"),
    ("domain", _RDFS + "domain"),
    ("range", _RDFS + "range"),
    ("inverse", _OWL + "inverseOf"),
    ("disjoint", _OWL + "disjointWith"),
    ("see", _RDFS + "seeAlso"),
)


@dataclass(frozen=True, slots=True)
class TermView:
    """A term of the ontology as the page shows it."""

    iri: str
    anchor: str
    name: Name
    definition: Name | None
    examples: tuple[Value, ...]
    relations: tuple[tuple[str, tuple[Value, ...]], ...]
    used: int | None


def is_ontology(iri: str) -> bool:
    """Whether an IRI is the ontology or one of its terms."""
    return iri == IRI or iri.startswith(ONTOLOGY)


def ontology_triples(reader: Reader) -> list[Triple]:
    """The whole ontology as asserted, in a fixed order: the ontology itself, then its terms."""
    found: dict[Triple, None] = {}
    for subject in [one for one in reader.index.below(IRI) if is_ontology(one)]:
        for one in reader.outgoing(subject):
            if not entailed(one):
                found[Triple(NamedNode(one.subject), NamedNode(one.predicate), one.object)] = None
    return list(found)


def ontology_page(
    request: Request, reader: Reader, namer: Namer, formats: Sequence[tuple[str, str, str]]
) -> str:
    """The page of the ontology, its terms grouped by kind and sorted by name."""
    counts = _counts(reader.manifest)
    sections: dict[str, list[TermView]] = {name: [] for name, _ in (*_KINDS, ("others", ""))}
    for iri in reader.index.below(ONTOLOGY):
        statements = [one for one in reader.outgoing(iri) if not entailed(one)]
        types = {one.iri for one in statements if one.predicate == TYPE}
        kind = next((name for name, cls in _KINDS if cls in types), "others")
        sections[kind].append(_term(iri, statements, namer, counts))
    for terms in sections.values():
        terms.sort(key=lambda term: term.anchor.lower())
    about = reader.outgoing(IRI) if IRI in reader.index else []
    return page(
        request,
        "ontology.html",
        namer.texts,
        iri=IRI,
        base=BASE,
        name=namer.name(IRI) if reader.labels(IRI) else None,
        definition=_definition(about, namer),
        sections=[(name, terms) for name, terms in sections.items() if terms],
        formats=formats,
        namer=namer,
    )


def _term(iri: str, statements: Sequence[Statement], namer: Namer, counts: Mapping[str, int]) -> TermView:
    relations = []
    for key, predicate in _RELATIONS:
        values = [namer.value(one.object) for one in statements if one.predicate == predicate]
        if values:
            values.sort(key=lambda value: value.name.text.lower())
            relations.append((key, tuple(values)))
    examples = [namer.value(one.object) for one in statements if one.predicate in _EXAMPLES]
    return TermView(
        iri,
        last_step(iri),
        namer.name(iri),
        _definition(statements, namer),
        tuple(sorted(examples, key=lambda value: value.name.fallback)),
        tuple(relations),
        counts.get(iri, 0) if counts else None,
    )


def _definition(statements: Sequence[Statement], namer: Namer) -> Name | None:
    for predicate in _DEFINITIONS:
        labels = [
            Label(one.object.value, one.object.language or "")
            for one in statements
            if one.predicate == predicate and isinstance(one.object, Literal)
        ]
        if labels:
            return pick(labels, namer.language)
    return None


def _counts(manifest: Mapping[str, object]) -> dict[str, int]:
    """How often each class and property is used, as the manifest says."""
    found: dict[str, int] = {}
    for key in ("classes", "properties"):
        entries = manifest.get(key, ())
        if isinstance(entries, list):
            found |= {str(entry["iri"]): int(entry["count"]) for entry in entries}
    return found
