import pyoxigraph as ox

from kzlod.checks.consistency import contradictions, dangling, unasserted_equalities
from kzlod.namespaces import BASE
from kzlod.terms import DISJOINT_WITH, SAME_AS, TYPE, kz


def iri(name: str) -> ox.NamedNode:
    return ox.NamedNode(BASE + name)


def test_things_in_two_disjoint_classes() -> None:
    triples = [
        ox.Triple(kz("A"), DISJOINT_WITH, kz("B")),
        ox.Triple(iri("id/x"), TYPE, kz("A")),
        ox.Triple(iri("id/y"), TYPE, kz("B")),
    ]
    assert not list(contradictions(triples))
    (problem,) = contradictions([*triples, ox.Triple(iri("id/x"), TYPE, kz("B"))])
    assert problem.where == f"{BASE}id/x"
    assert "kzlod:A" in problem.what
    assert "kzlod:B" in problem.what


def test_equalities_that_only_entailment_states() -> None:
    same = ox.Triple(iri("id/x"), SAME_AS, iri("id/y"))
    assert not list(unasserted_equalities([same], [same]))
    assert len(list(unasserted_equalities([], [same]))) == 1


def test_dangling_references() -> None:
    triples = [
        ox.Triple(iri("id/x"), kz("p"), iri("id/y")),
        ox.Triple(iri("id/x"), kz("p"), ox.NamedNode("http://elsewhere/y")),
        ox.Triple(kz("p"), TYPE, iri("id/graph/KAZ/news")),
    ]
    (problem,) = dangling(triples)
    assert problem.where == f"{BASE}id/x"
    assert f"{BASE}id/y" in problem.what
    assert not list(dangling(triples, [f"{BASE}id/y"]))
    (problem,) = dangling(triples[:2], [f"{BASE}id/y"])
    assert "ontology#p" in problem.what


def test_a_container_of_described_things_is_described() -> None:
    triples = [ox.Triple(iri("id/country/KAZ"), ox.NamedNode("http://p"), iri("id/country"))]
    assert not list(dangling(triples))
    (problem,) = dangling([ox.Triple(iri("id/country/KAZ"), ox.NamedNode("http://p"), iri("id/coun"))])
    assert "id/coun>" in problem.what
