"""The ontology as its documentation needs it: terms with names, modules, and how the terms are used.

release/<id>/ontology.json
    version    owl:versionInfo
    modules    in the order of reading: key, title by language, terms (local names)
    terms      local name -> sha256 of the statements about the term, so that versions can be compared
    examples   local name -> up to two things in the data that have the class or property
"""

import hashlib
import json
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kzlod.namespaces import BASE, ONTOLOGY, PREFIXES
from kzlod.terms import value

FILE = "ontology.json"
"""The name of the file in the folder of a release."""

LANGUAGES = ("en", "ru", "kk")
_OWL, _RDF, _RDFS = PREFIXES["owl"], PREFIXES["rdf"], PREFIXES["rdfs"]
_EXAMPLES = 2


@dataclass(slots=True)
class Term:
    """A term of ours: its names by language, and what the axioms relate it to (IRIs)."""

    iri: str
    kinds: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    parents: set[str] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)
    ranges: set[str] = field(default_factory=set)

    @property
    def local(self) -> str:
        """The name after the hash."""
        return self.iri.removeprefix(ONTOLOGY)

    @property
    def is_class(self) -> bool:
        """Whether it is a class."""
        return f"{_OWL}Class" in self.kinds

    @property
    def is_relation(self) -> bool:
        """Whether it is a property that leads to things."""
        return f"{_OWL}ObjectProperty" in self.kinds

    def name(self, language: str) -> str:
        """Its name in a language, or else in English, or else the local one."""
        return self.names.get(language) or self.names.get("en") or self.local


@dataclass(frozen=True, slots=True)
class Module:
    """A part of the ontology: one file, its title by language, and its terms in the file's order."""

    key: str
    titles: Mapping[str, str]
    terms: tuple[str, ...]


def read_terms(triples: Iterable[ox.Triple]) -> dict[str, Term]:
    """The terms of ours in the triples of the ontology, by IRI."""
    found: dict[str, Term] = {}
    into = {
        f"{_RDF}type": "kinds",
        f"{_RDFS}subClassOf": "parents",
        f"{_RDFS}subPropertyOf": "parents",
        f"{_RDFS}domain": "domains",
        f"{_RDFS}range": "ranges",
    }
    for one in triples:
        subject = value(one.subject)
        if not subject.startswith(ONTOLOGY):
            continue
        term = found.setdefault(subject, Term(subject))
        if isinstance(one.object, ox.NamedNode) and one.predicate.value in into:
            getattr(term, into[one.predicate.value]).add(one.object.value)
        elif isinstance(one.object, ox.Literal) and one.predicate.value == f"{_RDFS}label":
            term.names.setdefault(one.object.language or "", one.object.value)
    return dict(sorted(found.items()))


def read_modules(root: Path) -> list[Module]:
    """The modules of the ontology under `root` in their order; one without a title has its file's name."""
    file = root / "ontology" / "modules.toml"
    titles = tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
    modules = {}
    for path in sorted((root / "ontology").glob("*.ttl")):
        subjects = (value(quad.subject) for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE))
        terms = dict.fromkeys(iri for iri in subjects if iri.startswith(ONTOLOGY))
        if terms:
            title = titles.get(path.stem) or dict.fromkeys(LANGUAGES, path.stem)
            modules[path.stem] = Module(path.stem, title, tuple(terms))
    return [modules[key] for key in dict.fromkeys((*titles, *modules)) if key in modules]


def describe_terms(
    ontology: Sequence[ox.Triple],
    modules: Sequence[Module],
    data: Iterable[ox.Triple],
    entailed: Iterable[ox.Triple] = (),
) -> dict[str, Any]:
    """What the file says, of the triples of the ontology and of the data.

    A term has examples among what is `entailed` only when none of the data has it as it stands.
    """
    statements: defaultdict[str, list[str]] = defaultdict(list)
    version = ""
    for one in ontology:
        statements[value(one.subject)].append(str(one))
        if one.predicate.value == f"{_OWL}versionInfo":
            version = value(one.object)
    return {
        "version": version,
        "modules": [
            {"key": one.key, "title": dict(one.titles), "terms": [_local(iri) for iri in one.terms]}
            for one in modules
        ],
        "terms": {
            _local(iri): hashlib.sha256("\n".join(sorted(said)).encode()).hexdigest()
            for iri, said in sorted(statements.items())
            if iri.startswith(ONTOLOGY)
        },
        "examples": dict(sorted((_examples(entailed) | _examples(data)).items())),
    }


def write_terms(folder: Path, described: Mapping[str, Any]) -> None:
    """Writes the file into the folder of a release."""
    text = json.dumps(described, indent=1, ensure_ascii=False)
    (folder / FILE).write_text(text + "\n", "utf-8")


def _examples(data: Iterable[ox.Triple]) -> dict[str, list[str]]:
    """The first uses of each term: the things with the shortest IRIs."""
    found: defaultdict[str, dict[str, tuple[int, str]]] = defaultdict(dict)
    for one in data:
        subject = value(one.subject)
        if not subject.startswith(BASE) or subject.startswith(ONTOLOGY):
            continue
        term = value(one.object) if one.predicate.value == f"{_RDF}type" else one.predicate.value
        if term.startswith(ONTOLOGY):
            uses = found[_local(term)]
            uses[subject] = (len(subject), subject)
            if len(uses) > _EXAMPLES:
                del uses[max(uses.values())[1]]
    return {term: sorted(uses, key=lambda iri: uses[iri]) for term, uses in sorted(found.items())}


def _local(iri: str) -> str:
    return iri.removeprefix(ONTOLOGY)
