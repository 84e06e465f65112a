"""The ontology: complete in three languages, of one kind each, acyclic, consistent by its own axioms."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.namespaces import ONTOLOGY, PREFIXES

FOLDER = Path(__file__).resolve().parents[1] / "ontology"
TERMS = [t for path in sorted(FOLDER.glob("*.ttl")) for t in ox.parse(path=str(path))]
NAMES = """
    Treaty DomesticAct Provision Article Part Paragraph Point Note Chapter Section ProvisionVersion
    Participation Succession Institution Designation Correspondence Review Finding Recommendation GoodPractice
    Programme Offence SanctionClause SanctionAlternative AdditionalPunishment Rule Definition ReportedQuantity
    OfficialStatement Question Cell Answer MissingValue Indicator SourceDocument Citation Support Discrepancy
    inDocument start end firstLine lastLine sha256 locator inDataSet evidentlyConcerns concerns summary
"""
DIVISIONS = {"Article", "Part", "Paragraph", "Point", "Note", "Chapter", "Section"}
KINDS = {
    f"{PREFIXES['owl']}{kind}"
    for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
}
DATATYPES = {f"{PREFIXES['xsd']}{name}" for name in ("string", "integer", "decimal", "boolean")} | {
    f"{PREFIXES['rdfs']}Literal"
}
BUILT_IN = {f"{PREFIXES['rdfs']}label"}


def iri(name: str) -> str:
    """The full address of a prefixed name; a name without prefix is one of ours."""
    prefix, _, local = name.rpartition(":")
    return (PREFIXES[prefix] if prefix else ONTOLOGY) + local


def pairs(predicate: str) -> Iterator[tuple[str, str]]:
    """Subject and object addresses of every triple with the predicate, a prefixed name."""
    for t in TERMS:
        if t.predicate.value == iri(predicate):
            assert isinstance(t.subject, ox.NamedNode)
            assert isinstance(t.object, ox.NamedNode), t
            yield t.subject.value, t.object.value


def grouped(predicate: str) -> dict[str, set[str]]:
    """The objects of the predicate by subject."""
    found: dict[str, set[str]] = defaultdict(set)
    for subject, target in pairs(predicate):
        found[subject].add(target)
    return found


def texts(term: str, predicate: str) -> dict[str, list[str]]:
    """The literals of a term for a predicate, by language tag ('' for none)."""
    found: dict[str, list[str]] = defaultdict(list)
    for t in TERMS:
        if t.subject == ox.NamedNode(term) and t.predicate.value == iri(predicate):
            assert isinstance(t.object, ox.Literal)
            found[t.object.language or ""].append(t.object.value)
    return found


def ancestors(start: str, parents: dict[str, set[str]]) -> set[str]:
    """Everything reachable from start by one or more steps to a parent."""
    seen: set[str] = set()
    todo: list[str] = list(parents.get(start, ()))
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            todo.extend(parents.get(here, ()))
    return seen


def clashes(classes: Iterable[str], disjoint: set[frozenset[str]]) -> list[tuple[str, str]]:
    """The pairs among the classes that are declared disjoint."""
    return [pair for pair in combinations(sorted(classes), 2) if frozenset(pair) in disjoint]


TYPES = grouped("rdf:type")
OURS = sorted(term for term in TYPES if term.startswith(ONTOLOGY))
CLASSES = {term for term, kinds in TYPES.items() if iri("owl:Class") in kinds}
SUPERCLASSES = grouped("rdfs:subClassOf")
SUPERPROPERTIES = grouped("rdfs:subPropertyOf")
DISJOINT = {frozenset(pair) for pair in pairs("owl:disjointWith")}
TOP_LEVEL = sorted(
    term
    for term in CLASSES
    if term.startswith(ONTOLOGY) and not any(up.startswith(ONTOLOGY) for up in SUPERCLASSES.get(term, ()))
)


def kind(term: str) -> str:
    """The one kind a term is declared with; an annotation property for the built-in ones."""
    if term in BUILT_IN:
        return iri("owl:AnnotationProperty")
    found = TYPES.get(term, set()) & KINDS
    assert len(found) == 1, f"{term} is declared with {sorted(found) or 'no kind'}"
    return next(iter(found))


def test_every_subject_of_our_namespace_is_a_declared_term() -> None:
    subjects = {t.subject.value for t in TERMS if isinstance(t.subject, ox.NamedNode)}
    assert {s for s in subjects if s.startswith(ONTOLOGY)} == set(OURS)
    assert len(OURS) > 200


@pytest.mark.parametrize("name", NAMES.split())
def test_fixed_name_is_there_and_is_class_or_property(name: str) -> None:
    assert (kind(iri(name)) == iri("owl:Class")) == name[0].isupper()


def test_fixed_subclasses() -> None:
    assert all(iri("Provision") in SUPERCLASSES[iri(child)] for child in DIVISIONS)
    assert all(iri("Cell") in SUPERCLASSES[iri(child)] for child in ("Answer", "MissingValue"))


@pytest.mark.parametrize("term", OURS)
def test_term_is_described_in_three_languages(term: str) -> None:
    for predicate in ("rdfs:label", "skos:definition"):
        found = texts(term, predicate)
        assert {tag: len(values) for tag, values in found.items()} == {"en": 1, "ru": 1, "kk": 1}, predicate
        assert all(value.strip() == value != "" for values in found.values() for value in values)
        for tag in ("ru", "kk"):
            assert re.search("[а-яё]", found[tag][0], re.IGNORECASE), f"{predicate} @{tag} has no Cyrillic"
    # A label may be the same word in Russian and Kazakh; a whole sentence may not.
    definition = texts(term, "skos:definition")
    assert definition["ru"] != definition["kk"]


@pytest.mark.parametrize("term", OURS)
def test_term_has_example_home_and_one_kind(term: str) -> None:
    assert sum(len(values) for values in texts(term, "skos:example").values()) == 1
    assert grouped("rdfs:isDefinedBy")[term] == {ONTOLOGY.removesuffix("#")}
    kind(term)


def test_labels_distinguish_classes_and_properties() -> None:
    for tag in ("en", "ru", "kk"):
        for of_classes in (True, False):
            by_label: dict[str, list[str]] = defaultdict(list)
            for term in OURS:
                if (kind(term) == iri("owl:Class")) == of_classes:
                    by_label[texts(term, "rdfs:label")[tag][0]].append(term)
            assert {label: terms for label, terms in by_label.items() if len(terms) > 1} == {}


def test_no_blank_nodes() -> None:
    assert [
        t for t in TERMS if isinstance(t.subject, ox.BlankNode) or isinstance(t.object, ox.BlankNode)
    ] == []


def test_nothing_functional_no_cardinality_no_identity() -> None:
    used = {t.predicate.value for t in TERMS} | {target for _, target in pairs("rdf:type")}
    owl = PREFIXES["owl"]
    allowed = {"Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "Ontology"}
    allowed |= {"disjointWith", "inverseOf", "versionInfo", "versionIRI"}
    assert {term.removeprefix(owl) for term in used if term.startswith(owl)} == allowed


def test_superclasses_and_superproperties_are_declared_and_of_the_same_kind() -> None:
    for children in (SUPERCLASSES, SUPERPROPERTIES):
        for child, parents in children.items():
            for parent in parents:
                assert kind(parent) == kind(child), f"{child} → {parent}"
    assert all(kind(term) == iri("owl:Class") for term in SUPERCLASSES)


def test_hierarchies_are_acyclic() -> None:
    for parents in (SUPERCLASSES, SUPERPROPERTIES):
        assert [term for term in parents if term in ancestors(term, parents)] == []


def test_inverses_are_object_properties() -> None:
    for one, other in pairs("owl:inverseOf"):
        assert kind(one) == kind(other) == iri("owl:ObjectProperty")


def test_domains_and_ranges_are_single_declared_classes_or_plain_datatypes() -> None:
    domains, ranges = grouped("rdfs:domain"), grouped("rdfs:range")
    assert [term for found in (domains, ranges) for term, values in found.items() if len(values) > 1] == []
    assert {value for values in domains.values() for value in values} <= CLASSES
    for term, values in ranges.items():
        expected = CLASSES if kind(term) == iri("owl:ObjectProperty") else DATATYPES
        assert values <= expected, f"{term} → {values}"


def test_disjoint_classes_are_declared() -> None:
    assert {term for pair in DISJOINT for term in pair} <= CLASSES
    assert all(len(pair) == 2 for pair in DISJOINT)


def test_top_level_classes_are_pairwise_disjoint() -> None:
    missing = [pair for pair in combinations(TOP_LEVEL, 2) if frozenset(pair) not in DISJOINT]
    assert missing == []
    assert frozenset({iri("TreatyProvision"), iri("DomesticProvision")}) in DISJOINT


@pytest.mark.parametrize("term", sorted(CLASSES))
def test_class_can_have_members(term: str) -> None:
    assert clashes(ancestors(term, SUPERCLASSES) | {term}, DISJOINT) == []


@pytest.mark.parametrize("term", [term for term in OURS if term not in CLASSES])
def test_property_can_have_values(term: str) -> None:
    """What a property and its superproperties say of a subject, and of an object, is satisfiable."""
    above = ancestors(term, SUPERPROPERTIES) | {term}
    for axiom in ("rdfs:domain", "rdfs:range"):
        declared = {c for p in above for c in grouped(axiom).get(p, ()) if c in CLASSES}
        assert clashes(declared.union(*(ancestors(c, SUPERCLASSES) for c in declared)), DISJOINT) == []


def test_cells_and_observations_are_compatible() -> None:
    assert clashes({iri("Cell"), iri("qb:Observation")}, DISJOINT) == []
    assert clashes({iri("MissingValue"), iri("qb:Observation")}, DISJOINT) != []


def test_dimensions_have_a_range_and_coded_ones_a_code_list() -> None:
    """Constraints IC-4 and IC-5 of the RDF Data Cube vocabulary."""
    dimensions = [term for term in OURS if iri("qb:DimensionProperty") in TYPES[term]]
    assert len(dimensions) == 12
    for term in dimensions:
        (target,) = grouped("rdfs:range")[term]
        coded = target in {iri("skos:Concept"), iri("Question")}
        assert coded == (term in grouped("qb:codeList")), term
