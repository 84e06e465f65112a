"""The ontology as one document: all its terms, as data and as a page with an anchor for each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from pyoxigraph import Literal, NamedNode, Triple

from kzlod.namespaces import BASE, ONTOLOGY, PREFIXES
from kzlod.release.diagrams import HIERARCHY
from kzlod.web.addresses import document_path
from kzlod.web.citing import cited
from kzlod.web.citing import text as cite_text
from kzlod.web.descriptions import entailed
from kzlod.web.diagrams import find
from kzlod.web.i18n import pick
from kzlod.web.names import Namer
from kzlod.web.reading import Reader
from kzlod.web.render import page
from kzlod.web.state import Snapshot
from kzlod.web.terms import CLASS, KINDS, Branch, TermView, branches, definitions, read_terms
from kzlod.web.versions import read_description, versions

IRI = ONTOLOGY.rstrip("#")
_OWL = PREFIXES["owl"]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: its anchor and name, and the terms of each kind."""

    anchor: str
    name: str
    kinds: tuple[tuple[str, tuple[TermView, ...]], ...]

    @property
    def total(self) -> int:
        """How many terms there are."""
        return sum(len(terms) for _, terms in self.kinds)


def is_ontology(iri: str) -> bool:
    """Whether an IRI is the ontology, a version of it, or one of its terms."""
    return iri == IRI or iri.startswith((ONTOLOGY, IRI + "/"))


def ontology_triples(reader: Reader) -> list[Triple]:
    """The whole ontology as asserted, in a fixed order: the ontology itself, then its terms."""
    found: dict[Triple, None] = {}
    for subject in [one for one in reader.index.below(IRI) if is_ontology(one)]:
        for one in reader.outgoing(subject):
            if not entailed(one):
                found[Triple(NamedNode(one.subject), NamedNode(one.predicate), one.object)] = None
    return list(found)


def ontology_page(
    request: Request, snapshot: Snapshot, namer: Namer, formats: Sequence[tuple[str, str, str]]
) -> str:
    """The page of the ontology: its terms by module and kind, diagrams, versions, how to cite it."""
    reader = snapshot.reader
    described = read_description(reader.path)
    terms = {one.anchor: one for one in read_terms(reader, namer, described)}
    sections = _sections(terms, described.get("modules", ()), namer)
    about = reader.outgoing(IRI) if IRI in reader.index else []
    return page(
        request,
        "ontology.html",
        namer.texts,
        address=document_path(IRI),
        iri=IRI,
        base=BASE,
        name=namer.name(IRI) if reader.labels(IRI) else None,
        definition=pick(definitions(about), namer.language),
        sections=sections,
        tree=_tree(sections, branches(reader, namer)),
        hierarchy=find(reader.path, HIERARCHY, namer.language),
        versions=versions(snapshot),
        version_iri=next((one.iri for one in about if one.predicate == f"{_OWL}versionIRI"), None),
        version=next(
            (
                one.object.value
                for one in about
                if one.predicate == f"{_OWL}versionInfo" and isinstance(one.object, Literal)
            ),
            None,
        ),
        citing=cite_text(cited(snapshot, namer, IRI), namer.texts),
        formats=formats,
        namer=namer,
    )


def _sections(
    terms: Mapping[str, TermView], modules: Sequence[Mapping[str, Any]], namer: Namer
) -> tuple[Section, ...]:
    """The terms by module, those of none by kind alone."""
    left = dict(terms)
    sections = []
    for module in modules:
        own = [left.pop(local) for local in module["terms"] if local in left]
        title = module["title"].get(namer.language) or module["title"].get("en") or module["key"]
        if own:
            sections.append(Section(f"module-{module['key']}", title, _by_kind(own, namer)))
    for kind, found in _by_kind(left.values(), namer):
        sections.append(Section(f"section-{kind}", namer.texts(f"ontology.{kind}"), ((kind, found),)))
    return tuple(sections)


def _by_kind(given: Iterable[TermView], namer: Namer) -> tuple[tuple[str, tuple[TermView, ...]], ...]:
    """Terms by kind, those of a kind sorted by name."""
    terms = sorted(given, key=lambda one: (namer.texts.order(one.name.text), one.anchor))
    kinds = (*(name for name, _ in KINDS), "others")
    found = [(kind, tuple(one for one in terms if one.kind == kind)) for kind in kinds]
    return tuple((kind, own) for kind, own in found if own)


def _tree(
    sections: Sequence[Section], roots: Mapping[str, Branch]
) -> tuple[tuple[str, tuple[Branch, ...]], ...]:
    """The classes as a nested list: by section those that are below no other class of ours."""
    found = []
    for section in sections:
        own = [
            roots[one.iri]
            for kind, terms in section.kinds
            if kind == CLASS
            for one in terms
            if one.iri in roots
        ]
        if own:
            found.append((section.name, tuple(own)))
    return tuple(found)
