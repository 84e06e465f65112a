"""The terms of the ontology as its page shows them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal

from kzlod.labels import Label
from kzlod.namespaces import ONTOLOGY, PREFIXES
from kzlod.web.addresses import last_step
from kzlod.web.descriptions import entailed
from kzlod.web.diagrams import Diagram, find
from kzlod.web.explaining import concerned, shape_link
from kzlod.web.i18n import LANGUAGES, Name, pick
from kzlod.web.names import Namer, Value
from kzlod.web.reading import TYPE, Reader, Statement
from kzlod.web.shacl import read_shapes

_OWL, _RDFS, _SKOS = PREFIXES["owl"], PREFIXES["rdfs"], PREFIXES["skos"]
_VANN = "http://purl.org/vocab/vann/"
CLASS = "classes"
KINDS = (
    (CLASS, _OWL + "Class"),
    ("objects", _OWL + "ObjectProperty"),
    ("datatypes", _OWL + "DatatypeProperty"),
    ("annotations", _OWL + "AnnotationProperty"),
)
"""The kinds of terms with their classes; whatever is none of these is of the kind `others`."""

_DEFINITIONS = (_SKOS + "definition", _RDFS + "comment", PREFIXES["dcterms"] + "description")
_EXAMPLES = (_SKOS + "example", _VANN + "example")
_SUB_CLASS, _SUB_PROPERTY = _RDFS + "subClassOf", _RDFS + "subPropertyOf"
_DOMAIN, _RANGE = _RDFS + "domain", _RDFS + "range"
_DISJOINT = _OWL + "disjointWith"
# What a term is said to be, by own terms: key of the string, property, and whether it is read backwards.
_RELATIONS = (
    ("broader_class", _SUB_CLASS, False),
    ("narrower_class", _SUB_CLASS, True),
    ("broader_property", _SUB_PROPERTY, False),
    ("narrower_property", _SUB_PROPERTY, True),
    ("domain", _DOMAIN, False),
    ("range", _RANGE, False),
    ("inverse", _OWL + "inverseOf", False),
    ("inverse", _OWL + "inverseOf", True),
    ("code_list", PREFIXES["qb"] + "codeList", False),
)
_ALIGNED = (
    *(_SUB_CLASS, _SUB_PROPERTY, _RDFS + "seeAlso"),
    *(_OWL + name for name in ("equivalentClass", "equivalentProperty")),
    *(_SKOS + name for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")),
)
_SHAPES_SHOWN = 12
_DEEPEST = 8  # classes below classes


@dataclass(frozen=True, slots=True)
class Use:
    """A thing in the data that has the class or property, and the value of that property."""

    thing: Value
    value: Value | None


@dataclass(frozen=True, slots=True)
class TermView:
    """A term of the ontology as the page shows it.

    `others`: (language, name, definition) in the other languages. `relations` are those to terms of ours,
    `alignments` those to other vocabularies. `leads`: (property, class) for which the class is the domain;
    `reached`: (class, property) for which it is the range. `more_shapes`: how many are not in `shapes`.
    """

    iri: str
    anchor: str
    kind: str
    name: Name
    definition: Name | None
    others: tuple[tuple[str, str, str], ...]
    examples: tuple[Value, ...]
    relations: tuple[tuple[str, tuple[Value, ...]], ...]
    alignments: tuple[tuple[Value, Value], ...]
    disjoint: tuple[Value, ...]
    leads: tuple[tuple[Value, Value], ...]
    reached: tuple[tuple[Value, Value], ...]
    shapes: tuple[Value, ...]
    more_shapes: int
    used: int | None
    uses: tuple[Use, ...]
    diagram: Diagram | None


@dataclass(frozen=True, slots=True)
class Branch:
    """A class and those below it."""

    anchor: str
    name: Name
    below: tuple["Branch", ...]


def read_terms(reader: Reader, namer: Namer, described: Mapping[str, Any]) -> list[TermView]:
    """All terms; `described` is what the release says of them besides the triples (kzlod.release.terms)."""
    said = {
        iri: [one for one in reader.outgoing(iri) if not entailed(one)]
        for iri in reader.index.below(ONTOLOGY)
    }
    return _Reading(reader, namer, said, described).terms()


def branches(reader: Reader, namer: Namer) -> Mapping[str, Branch]:
    """The classes of ours that are below no other, by IRI, each with those below it."""
    classes = [iri for iri in reader.index.below(ONTOLOGY) if _OWL + "Class" in reader.iris(iri, TYPE)]
    below: defaultdict[str, list[str]] = defaultdict(list)
    roots = []
    for iri in classes:
        # As in the diagram: of several classes above it, it stands below the first.
        above = [
            one.iri
            for one in reader.outgoing(iri)
            if one.predicate == _SUB_CLASS and not entailed(one) and one.iri in classes and one.iri != iri
        ]
        first = min((one for one in above if one), default=None)
        if first:
            below[first].append(iri)
        else:
            roots.append(iri)

    def branch(iri: str, depth: int) -> Branch:
        inner = below[iri] if depth < _DEEPEST else []
        return Branch(last_step(iri), namer.name(iri), tuple(branch(one, depth + 1) for one in inner))

    return {iri: branch(iri, 0) for iri in roots}


def definitions(statements: Iterable[Statement]) -> list[Label]:
    """The definitions among what is said of a term, in all languages."""
    given = list(statements)
    for predicate in _DEFINITIONS:
        labels = [
            Label(one.object.value, one.object.language or "")
            for one in given
            if one.predicate == predicate and isinstance(one.object, Literal)
        ]
        if labels:
            return labels
    return []


def counts(manifest: Mapping[str, object]) -> dict[str, int]:
    """How often each class and property is used, as the manifest says."""
    found: dict[str, int] = {}
    for key in ("classes", "properties"):
        entries = manifest.get(key, ())
        if isinstance(entries, list):
            found |= {str(entry["iri"]): int(entry["count"]) for entry in entries}
    return found


class _Reading:
    """Reads the terms of one release for one reader."""

    def __init__(
        self,
        reader: Reader,
        namer: Namer,
        said: Mapping[str, Sequence[Statement]],
        described: Mapping[str, Any],
    ) -> None:
        self._reader, self._namer, self._said = reader, namer, said
        self._examples: Mapping[str, Sequence[str]] = described.get("examples", {})
        self._counts = counts(reader.manifest)
        shapes = reader.path / "shapes.ttl"
        self._shapes = concerned(read_shapes(shapes)) if shapes.is_file() else {}
        self._pointing: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for iri, statements in said.items():
            for one in statements:
                if one.iri and one.iri.startswith(ONTOLOGY):
                    self._pointing[one.predicate, one.iri].append(iri)

    def terms(self) -> list[TermView]:
        return [self._term(iri, statements) for iri, statements in self._said.items()]

    def _term(self, iri: str, statements: Sequence[Statement]) -> TermView:
        types = {one.iri for one in statements if one.predicate == TYPE}
        kind = next((name for name, cls in KINDS if cls in types), "others")
        shapes = self._shapes.get(iri, ())
        examples = [self._namer.value(one.object) for one in statements if one.predicate in _EXAMPLES]
        disjoint = {one.iri for one in statements if one.predicate == _DISJOINT and one.iri}
        disjoint.update(self._pointing[_DISJOINT, iri])
        defined = definitions(statements)
        return TermView(
            iri,
            last_step(iri),
            kind,
            self._namer.name(iri),
            pick(defined, self._namer.language) if defined else None,
            self._others(iri, defined),
            tuple(sorted(examples, key=lambda value: value.name.fallback)),
            self._relations(iri, statements),
            tuple(
                (self._namer.thing(one.predicate), self._namer.thing(one.iri))
                for one in statements
                if one.predicate in _ALIGNED and one.iri and not one.iri.startswith(ONTOLOGY)
            ),
            self._sorted(disjoint),
            self._pairs(iri, _DOMAIN, _RANGE),
            self._pairs(iri, _RANGE, _DOMAIN),
            tuple(shape_link(one) for one in shapes[:_SHAPES_SHOWN]),
            max(0, len(shapes) - _SHAPES_SHOWN),
            self._counts.get(iri, 0) if self._counts else None,
            self._uses(iri, kind),
            find(self._reader.path, last_step(iri), self._namer.language) if kind == CLASS else None,
        )

    def _others(self, iri: str, defined: Sequence[Label]) -> tuple[tuple[str, str, str], ...]:
        """Names and definitions in the languages that are not the reader's."""
        names = {one.language: one.text for one in reversed(self._reader.labels(iri))}
        texts = {one.language: one.text for one in reversed(defined)}
        return tuple(
            (language, names.get(language, ""), texts.get(language, ""))
            for language in LANGUAGES
            if language != self._namer.language and (language in names or language in texts)
        )

    def _relations(
        self, iri: str, statements: Sequence[Statement]
    ) -> tuple[tuple[str, tuple[Value, ...]], ...]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for key, predicate, backwards in _RELATIONS:
            if backwards:
                found[key].update(self._pointing[predicate, iri])
                continue
            for one in statements:
                is_alignment = predicate in _ALIGNED and one.iri and not one.iri.startswith(ONTOLOGY)
                if one.predicate == predicate and one.iri and not is_alignment:
                    found[key].add(one.iri)
        return tuple((key, self._sorted(iris)) for key, iris in found.items() if iris)

    def _pairs(self, iri: str, near: str, far: str) -> tuple[tuple[Value, Value], ...]:
        """The relations whose one end is the class, each with the class at its other end."""
        return tuple(
            (self._namer.thing(one), self._namer.thing(other.iri))
            for one in sorted(self._pointing[near, iri])
            for other in self._said[one]
            if other.predicate == far and other.iri
        )

    def _uses(self, iri: str, kind: str) -> tuple[Use, ...]:
        """The examples in the data that the release names."""
        uses = []
        for thing in self._examples.get(last_step(iri), ()):
            values = [] if kind == CLASS else self._reader.objects(thing, iri)
            uses.append(Use(self._namer.thing(thing), self._namer.value(values[0]) if values else None))
        return tuple(uses)

    def _sorted(self, iris: Iterable[str]) -> tuple[Value, ...]:
        return tuple(sorted(map(self._namer.thing, iris), key=self._namer.order))
