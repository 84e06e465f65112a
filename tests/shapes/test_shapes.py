"""Every shape accepts a valid example, and every constraint catches a broken one.

How to break the example for a core constraint follows from the constraint's parameter. SPARQL
constraints and alternatives between shapes (sh:or, sh:xone) have an update in `by_hand.toml`.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from pyshacl.constraints import CONSTRAINT_PARAMETERS_MAP
from pyshacl.entrypoints import meta_validate
from rdflib import RDF, SH, SKOS, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kzlod.checks.shapes import Violation, load_shapes, violations
from kzlod.checks.terms import from_rdflib, graph_of
from kzlod.checks.validate import SHARED_SHAPES
from kzlod.namespaces import BASE, ID, PREFIXES
from kzlod.turtle import read_turtle

ROOT = Path(__file__).parents[2]
SHAPES = f"{BASE}shapes#"
FILES = sorted((ROOT / "shapes").rglob("*.ttl"))
ELSEWHERE = URIRef("https://example.org/elsewhere")
# Each set of shapes and the examples that conform to it.
SETS = {
    "source": ("source",),
    "union": ("source", "union"),
    "vocabulary": ("vocabulary",),
    "translations": ("translations",),
    "links": ("links",),
    "inferred": ("inferred",),
}
PROLOGUE = "".join(
    f"PREFIX {name}: <{space}>\n" for name, space in {**PREFIXES, "report": f"{ID}source/XXA/report/"}.items()
)
BY_HAND = tomllib.loads((Path(__file__).parent / "by_hand.toml").read_text("utf-8"))
_TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
_NO_CONSTRAINT = {SH.property, SH.ignoredProperties, SH.flags, SH.qualifiedValueShape}

Mutate = Callable[[Graph], None]


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint: the set of shapes, the shape, the parameter, the parameter's value."""

    family: str
    shape: URIRef
    parameter: URIRef
    value: Node

    def __str__(self) -> str:
        """A name for the test report."""
        local = str(self.parameter).rpartition("#")[2]
        return f"{self.family}:{self.reported.removeprefix(SHAPES)}:{local}"

    @property
    def reported(self) -> str:
        """The IRI that a violation of it names."""
        return str(self.value if self.parameter == SH.sparql else self.shape)

    @property
    def component(self) -> str:
        """The constraint component that a violation of it names."""
        special = {
            SH.qualifiedMinCount: SH.QualifiedMinCountConstraintComponent,
            SH.qualifiedMaxCount: SH.QualifiedMaxCountConstraintComponent,
        }
        component: URIRef = (
            special.get(self.parameter)
            or CONSTRAINT_PARAMETERS_MAP[self.parameter].shacl_constraint_component
        )
        return str(component)


@lru_cache
def shapes_of(family: str) -> Graph:
    """All shapes of a set."""
    folder = ROOT / "shapes" / family
    files = sorted(folder.glob("*.ttl")) if folder.is_dir() else [folder.with_suffix(".ttl")]
    return load_shapes(files)


@lru_cache
def example_of(family: str) -> Graph:
    """The valid example of a set."""
    files = (Path(__file__).parent / "valid" / f"{name}.ttl" for name in SETS[family])
    return graph_of(triple for file in files for triple in read_turtle(file).triples)


def constraints(family: str) -> Iterator[Constraint]:
    """Every constraint that a shape with an IRI has, in the order of names."""
    graph = shapes_of(family)
    helpers = set(graph.objects(None, SH.qualifiedValueShape))
    parameters = {*CONSTRAINT_PARAMETERS_MAP, SH.qualifiedMinCount, SH.qualifiedMaxCount} - _NO_CONSTRAINT
    for shape, parameter, value in sorted(graph):
        if isinstance(shape, URIRef) and parameter in parameters and shape not in helpers:
            assert isinstance(parameter, URIRef)
            yield Constraint(family, shape, parameter, value)


@lru_cache
def focused(family: str, shape: URIRef) -> Graph:
    """The part of the shapes that decides about one shape: it, what it names, what names it."""
    graph, part = shapes_of(family), Graph()
    pending: list[Node] = [shape, *graph.subjects(SH.property, shape)]
    seen: set[Node] = set()
    while pending:
        node = pending.pop()
        if node in seen:
            continue
        seen.add(node)
        for triple in graph.triples((node, None, None)):
            part.add(triple)
            if isinstance(triple[2], BNode) or str(triple[2]).startswith(SHAPES):
                pending.append(triple[2])
    return part


def focus_nodes(constraint: Constraint) -> list[Node]:
    """The things in the example that the shape is about."""
    shapes, data = shapes_of(constraint.family), example_of(constraint.family)
    found: set[Node] = set()
    for shape in (constraint.shape, *shapes.subjects(SH.property, constraint.shape)):
        for target in _TARGETS:
            for value in shapes.objects(shape, target):
                if target == SH.targetClass:
                    found.update(data.subjects(RDF.type, value))
                elif target == SH.targetSubjectsOf:
                    found.update(subject for subject, _ in data.subject_objects(value))
                elif target == SH.targetObjectsOf:
                    found.update(item for _, item in data.subject_objects(value))
    return sorted(found, key=str)


def predicates(constraint: Constraint) -> list[tuple[URIRef, bool]]:
    """The predicates on the path of a property shape; true for those that are followed backwards."""
    shapes = shapes_of(constraint.family)

    def steps(path: Node) -> Iterator[tuple[URIRef, bool]]:
        if isinstance(path, URIRef):
            yield path, False
        elif inverse := shapes.value(path, SH.inversePath):
            assert isinstance(inverse, URIRef)
            yield inverse, True
        elif members := shapes.value(path, SH.alternativePath):
            for member in Collection(shapes, members):
                yield from steps(member)

    path = shapes.value(constraint.shape, SH.path)
    return list(steps(path)) if path else []


def mutations(constraint: Constraint) -> Iterator[Mutate]:
    """Mutations of the example, one a focus node, any of which may break the constraint."""
    if update := BY_HAND.get(constraint.reported.removeprefix(SHAPES)):
        yield lambda graph: graph.update(PROLOGUE + update)
        return
    for focus in focus_nodes(constraint):
        path = [predicate for predicate, _ in predicates(constraint)]
        if path:
            yield from _on_property(constraint, focus, path[0])
        else:
            yield from _on_node(constraint, focus)


def _on_node(constraint: Constraint, focus: Node) -> Iterator[Mutate]:
    """Mutations for a constraint of a node shape."""
    if constraint.parameter == SH.pattern:
        yield lambda graph: _rename(graph, focus, ELSEWHERE)
    elif constraint.parameter == SH.closed:
        yield lambda graph: _add(graph, focus, ELSEWHERE, [Literal("x")])
    elif constraint.parameter in {SH["class"], SH["or"]}:
        yield lambda graph: _forget(graph, focus)


def _on_property(constraint: Constraint, focus: Node, path: URIRef) -> Iterator[Mutate]:
    """Mutations for a constraint of a property shape."""
    shapes, parameter, value = shapes_of(constraint.family), constraint.parameter, constraint.value
    added: Sequence[Node] = ()
    if parameter in {SH.minCount, SH.equals}:
        yield lambda graph: _drop(graph, focus, constraint)
    elif parameter == SH.hasValue:
        yield lambda graph: _remove(graph, focus, path, value)
    elif parameter == SH.qualifiedMinCount:
        yield lambda graph: _remove(graph, focus, path, *_listed(constraint))
    elif parameter in {SH.lessThan, SH.lessThanOrEquals}:
        assert isinstance(value, URIRef)
        other = value
        yield lambda graph: _swap(graph, focus, path, other)
    elif parameter == SH.disjoint:
        assert isinstance(value, URIRef)
        other = value
        yield lambda graph: _add(graph, focus, other, list(graph.objects(focus, path)))
    elif parameter == SH.qualifiedMaxCount:
        added = _listed(constraint)
    elif parameter == SH.maxCount:
        assert isinstance(value, Literal)
        added = [URIRef(f"{ELSEWHERE}/{number}") for number in range(int(value) + 1)]
    elif parameter == SH.uniqueLang:
        languages = shapes.value(constraint.shape, SH.languageIn)
        language = str(next(iter(Collection(shapes, languages)))) if languages else "en"
        added = [Literal("one", lang=language), Literal("two", lang=language)]
    elif parameter == SH.languageIn:
        added = [Literal("x", lang="zz")]
    elif parameter == SH.minInclusive:
        assert isinstance(value, Literal)
        added = [Literal("-1" if "." not in value else "-0.5", datatype=value.datatype)]
    elif parameter == SH.nodeKind:
        added = [Literal("x")]
    elif parameter in {SH.datatype, SH.pattern, SH["class"], SH["in"], SH["or"]}:
        added = [ELSEWHERE]
    if added:
        yield lambda graph: _add(graph, focus, path, added)


def _listed(constraint: Constraint) -> list[Node]:
    """The members of the list that a qualified shape counts."""
    shapes = shapes_of(constraint.family)
    counted = shapes.value(constraint.shape, SH.qualifiedValueShape)
    members = shapes.value(counted, SH["in"])
    assert members
    return list(Collection(shapes, members))


def _add(graph: Graph, focus: Node, predicate: URIRef, values: Sequence[Node]) -> None:
    """Adds values."""
    for value in values:
        graph.add((focus, predicate, value))


def _remove(graph: Graph, focus: Node, predicate: URIRef, *values: Node) -> None:
    """Removes those values, or all when none is named."""
    for value in values or (None,):
        graph.remove((focus, predicate, value))


def _forget(graph: Graph, focus: Node) -> None:
    """Removes what says of which kind a thing is."""
    _remove(graph, focus, RDF.type)
    _remove(graph, focus, SKOS.inScheme)


def _drop(graph: Graph, focus: Node, constraint: Constraint) -> None:
    """Removes what the path leads to, down to one less than the constraint asks for."""
    found = [
        triple
        for predicate, backwards in predicates(constraint)
        for triple in graph.triples((None, predicate, focus) if backwards else (focus, predicate, None))
    ]
    kept = int(constraint.value) - 1 if isinstance(constraint.value, Literal) else 0
    for triple in sorted(found)[kept:]:
        graph.remove(triple)


def _swap(graph: Graph, focus: Node, first: URIRef, second: URIRef) -> None:
    """Exchanges the values of two properties."""
    ours, theirs = graph.value(focus, first), graph.value(focus, second)
    if ours is not None and theirs is not None:
        graph.set((focus, first, theirs))
        graph.set((focus, second, ours))


def _rename(graph: Graph, old: Node, new: URIRef) -> None:
    """Gives a thing another IRI everywhere."""
    for triple in [*graph.triples((old, None, None)), *graph.triples((None, None, old))]:
        graph.remove(triple)
        subject, predicate, value = (new if node == old else node for node in triple)
        graph.add((subject, predicate, value))


def checked(graph: Graph, shapes: Graph) -> list[Violation]:
    """The violations in an rdflib graph."""
    return violations((_triple(triple) for triple in graph), shapes)


def _triple(triple: Iterable[Node]) -> ox.Triple:
    """The same triple for pyoxigraph."""
    subject, predicate, value = map(from_rdflib, triple)
    assert not isinstance(subject, ox.Literal)
    assert isinstance(predicate, ox.NamedNode)
    return ox.Triple(subject, predicate, value)


ALL = [constraint for family in SETS for constraint in constraints(family)]


@pytest.mark.parametrize("family", SETS)
def test_the_valid_example_conforms(family: str) -> None:
    assert checked(example_of(family), shapes_of(family)) == []


@pytest.mark.parametrize("graph", SHARED_SHAPES)
def test_the_example_of_a_shared_graph_conforms_to_all_shapes_of_that_graph(graph: str) -> None:
    shapes = load_shapes(ROOT / "shapes" / name for name in SHARED_SHAPES[graph])
    assert checked(example_of(graph), shapes) == []


@pytest.mark.parametrize("constraint", ALL, ids=str)
def test_a_violation_is_caught(constraint: Constraint) -> None:
    shapes, sought = focused(constraint.family, constraint.shape), (constraint.reported, constraint.component)
    for mutate in mutations(constraint):
        graph = Graph() + example_of(constraint.family)
        mutate(graph)
        caught = [v for v in checked(graph, shapes) if (v.shape, v.component) == sought]
        if caught:
            assert all(violation.message and violation.focus for violation in caught)
            return
    pytest.fail(f"nothing breaks {constraint}: is it in by_hand.toml, and its target in the example?")


def test_each_update_by_hand_belongs_to_a_constraint() -> None:
    assert BY_HAND.keys() <= {constraint.reported.removeprefix(SHAPES) for constraint in ALL}


@pytest.mark.parametrize("family", ["source", "vocabulary", "links"])
def test_the_example_has_every_property_that_is_foreseen(family: str) -> None:
    data = example_of(family)
    used = {(kind, path) for thing, kind in data.subject_objects(RDF.type) for path in data.predicates(thing)}
    shapes = shapes_of(family)
    unused = [
        shape
        for node in shapes.subjects(SH.closed)
        for shape in shapes.objects(node, SH.property)
        if not any(
            (kind, shapes.value(shape, SH.path)) in used for kind in shapes.objects(node, SH.targetClass)
        )
    ]
    assert unused == []


@pytest.mark.parametrize("family", SETS)
def test_the_shapes_are_well_formed(family: str) -> None:
    conforms, _, report = meta_validate(shapes_of(family), max_validation_depth=60)
    assert conforms, report


@pytest.mark.parametrize("family", SETS)
def test_each_shape_has_a_name_a_message_and_a_severity(family: str) -> None:
    shapes = shapes_of(family)
    named = {constraint.shape for constraint in constraints(family)}
    reporting = {c.value if c.parameter == SH.sparql else c.shape for c in constraints(family)}
    assert all(str(shape).startswith(SHAPES) for shape in reporting | named)
    assert [s for s in named if (s, SH.severity, SH.Violation) not in shapes] == []
    messages = {s: [m for m in shapes.objects(s, SH.message) if isinstance(m, Literal)] for s in reporting}
    assert [s for s, texts in messages.items() if [text.language for text in texts] != ["en"]] == []
    # What is wrong, and then what to do.
    assert [s for s, (text,) in messages.items() if not re.search(r"[.:)] .+\.$", text)] == []


def test_no_name_is_used_twice() -> None:
    places: dict[str, list[str]] = {}
    for file in FILES:
        for block in read_turtle(file).blocks:
            places.setdefault(block.subject, []).append(file.name)
    assert {name: files for name, files in places.items() if len(files) > 1} == {}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_file_is_short(file: Path) -> None:
    assert len(file.read_text("utf-8").splitlines()) <= 400
