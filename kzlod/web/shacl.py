"""Reading SHACL: the shapes of a release as plain structures, for the pages that explain them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from kzlod.namespaces import PREFIXES

SH = PREFIXES["sh"]
_RDF = PREFIXES["rdf"]
_TARGETS = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
_COMPARED = ("lessThan", "lessThanOrEquals", "equals", "disjoint")
_LOGIC = ("or", "xone", "and", "not")
_DEEPEST = 6  # shapes within shapes, and steps of a list's items

Node = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True, slots=True)
class Step:
    """A property in a path; `backward`: followed from its value to the thing."""

    iri: str
    backward: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """What the check says when a thing does not conform."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Constraint:
    """One condition: `kind` is the local name in SHACL; what it is about as terms, texts or inner shapes."""

    kind: str
    terms: tuple[Node, ...] = ()
    inner: tuple["Shape", ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A condition that is written in SPARQL."""

    iri: str
    messages: tuple[Message, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape: of things when `path` is empty, else of the values of a property.

    `path`: alternatives, each a sequence of steps. `least` and `most`: how many values, None where no
    number is given. `ignored`: properties that a closed shape allows besides those it names.
    """

    iri: str
    targets: tuple[tuple[str, str], ...] = ()
    path: tuple[tuple[Step, ...], ...] = ()
    least: int | None = None
    most: int | None = None
    constraints: tuple[Constraint, ...] = ()
    properties: tuple["Shape", ...] = ()
    queries: tuple[Query, ...] = ()
    messages: tuple[Message, ...] = ()
    severity: str = f"{SH}Violation"
    closed: bool = False
    ignored: tuple[str, ...] = ()

    def targets_of(self, kind: str) -> list[str]:
        """The IRIs of its targets of a kind, such as `targetClass`."""
        return [iri for name, iri in self.targets if name == kind]

    def terms(self) -> set[str]:
        """The IRIs of the terms that the shape and its inner shapes speak of."""
        found = {iri for _, iri in self.targets} | {step.iri for way in self.path for step in way}
        for one in self.constraints:
            found.update(term.value for term in one.terms if isinstance(term, NamedNode))
            for inner in one.inner:
                found |= inner.terms()
        return found


def read_shapes(file: Path) -> tuple[Shape, ...]:
    """The named shapes of a Turtle file by IRI, those without a target, too, unless they are of a property.

    Raises OSError or SyntaxError when the file cannot be read.
    """
    return _read(str(file), file.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: str, _changed: int) -> tuple[Shape, ...]:
    triples = (
        Triple(one.subject, one.predicate, one.object) for one in parse(path=path, format=RdfFormat.TURTLE)
    )
    return tuple(_Graph(triples).shapes())


class _Graph:
    """The triples of the shapes by subject and predicate."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._values: dict[Node, dict[str, list[Node]]] = {}
        for one in triples:
            if not isinstance(one.subject, Triple):
                found = self._values.setdefault(one.subject, {})
                found.setdefault(one.predicate.value, []).append(one.object)

    def shapes(self) -> Iterator[Shape]:
        named = [node for node in self._values if isinstance(node, NamedNode)]
        for node in sorted(named, key=lambda node: node.value):
            said = self._values[node]
            is_node = NamedNode(f"{SH}NodeShape") in said.get(f"{_RDF}type", ())
            if any(f"{SH}{name}" in said for name in _TARGETS) or is_node:
                yield self._shape(node, 0)

    def _shape(self, node: Node, depth: int) -> Shape:
        targets = [
            (name, target.value)
            for name in _TARGETS
            for target in self._all(node, name)
            if isinstance(target, NamedNode)
        ]
        inner = depth < _DEEPEST
        properties = [self._shape(one, depth + 1) for one in self._all(node, "property")] if inner else []
        paths = self._all(node, "path")
        severities = [one.value for one in self._all(node, "severity") if isinstance(one, NamedNode)]
        return Shape(
            node.value if isinstance(node, NamedNode) else "",
            tuple(sorted(targets)),
            tuple(self._ways(paths[0], 0)) if paths else (),
            self._number(node, "minCount"),
            self._number(node, "maxCount"),
            tuple(self._constraints(node, depth)) if inner else (),
            tuple(sorted(properties, key=lambda one: (-(one.least or 0), one.iri))),
            tuple(self._query(one) for one in self._all(node, "sparql")),
            self._messages(node),
            severities[0] if severities else f"{SH}Violation",
            self._text(node, "closed") == "true",
            tuple(
                one.value
                for listed in self._all(node, "ignoredProperties")
                for one in self._items(listed)
                if isinstance(one, NamedNode)
            ),
        )

    def _constraints(self, node: Node, depth: int) -> Iterator[Constraint]:
        for kind in ("class", "datatype", "nodeKind", "hasValue", "pattern", *_COMPARED):
            if terms := self._all(node, kind):
                yield Constraint(kind, tuple(terms))
        for kind in (
            "minInclusive",
            "maxInclusive",
            "minExclusive",
            "maxExclusive",
            "minLength",
            "maxLength",
        ):
            if terms := self._all(node, kind):
                yield Constraint(kind, tuple(terms))
        for kind in ("in", "languageIn"):
            for listed in self._all(node, kind):
                yield Constraint(kind, tuple(self._items(listed)))
        if self._text(node, "uniqueLang") == "true":
            yield Constraint("uniqueLang")
        for kind in _LOGIC:
            for value in self._all(node, kind):
                members = [value] if kind == "not" else self._items(value)
                yield Constraint(kind, inner=tuple(self._shape(one, depth + 1) for one in members))
        for value in self._all(node, "node"):
            yield Constraint("node", inner=(self._shape(value, depth + 1),))
        for value in self._all(node, "qualifiedValueShape"):
            counts = [
                Constraint(kind, tuple(self._all(node, kind)))
                for kind in ("qualifiedMinCount", "qualifiedMaxCount")
                if self._all(node, kind)
            ]
            yield from counts
            yield Constraint("qualifiedValueShape", inner=(self._shape(value, depth + 1),))

    def _ways(self, path: Node, depth: int) -> Iterator[tuple[Step, ...]]:
        """The alternatives of a path, each a sequence of steps."""
        if isinstance(path, NamedNode):
            yield (Step(path.value),)
        elif depth < _DEEPEST:
            for listed in self._all(path, "alternativePath"):
                for one in self._items(listed):
                    yield from self._ways(one, depth + 1)
            for back in self._all(path, "inversePath"):
                for way in self._ways(back, depth + 1):
                    yield tuple(Step(step.iri, not step.backward) for step in reversed(way))
            if f"{_RDF}first" in self._values.get(path, {}):
                steps = [next(iter(self._ways(one, depth + 1)), ()) for one in self._items(path)]
                yield tuple(step for way in steps for step in way)

    def _query(self, node: Node) -> Query:
        iri = node.value if isinstance(node, NamedNode) else ""
        return Query(iri, self._messages(node), self._text(node, "select") or self._text(node, "ask"))

    def _messages(self, node: Node) -> tuple[Message, ...]:
        found = [one for one in self._all(node, "message") if isinstance(one, Literal)]
        return tuple(Message(one.value, one.language or "") for one in found)

    def _items(self, node: Node) -> Iterator[Node]:
        """The members of an RDF list; a list that comes back to itself ends there."""
        seen = set()
        while isinstance(node, BlankNode) and node not in seen:
            seen.add(node)
            values: Mapping[str, list[Node]] = self._values.get(node, {})
            yield from values.get(f"{_RDF}first", [])[:1]
            node = next(iter(values.get(f"{_RDF}rest", [])), NamedNode(f"{_RDF}nil"))

    def _all(self, node: Node, name: str) -> list[Node]:
        return sorted(self._values.get(node, {}).get(SH + name, ()), key=str)

    def _text(self, node: Node, name: str) -> str:
        found = [one.value for one in self._all(node, name) if isinstance(one, Literal)]
        return found[0] if found else ""

    def _number(self, node: Node, name: str) -> int | None:
        text = self._text(node, name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
