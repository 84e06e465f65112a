"""Every integrity constraint of the Data Cube vocabulary: a sound cube passes, a broken one is caught."""

import pyoxigraph as ox
import pytest

from kzlod.checks.cube import CONSTRAINTS, cube_problems
from kzlod.release.published import Release
from kzlod.terms import quad

PREFIXES = """
@prefix : <https://w3id.org/kzlod/id/x/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix qb: <http://purl.org/linked-data/cube#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
CUBE = """
:dsd a qb:DataStructureDefinition ; qb:component :c1 , :c2 , :c3 .
:c1 qb:dimension :sex . :c2 qb:measure :figure . :c3 qb:attribute :unit ; qb:componentRequired true .
:sex a qb:DimensionProperty ; rdfs:range skos:Concept ; qb:codeList :list .
:figure a qb:MeasureProperty . :unit a qb:AttributeProperty .
:list a skos:ConceptScheme .
:f a skos:Concept ; skos:inScheme :list . :m a skos:Concept ; skos:inScheme :list .
:data a qb:DataSet ; qb:structure :dsd .
:o1 a qb:Observation ; qb:dataSet :data ; :sex :f ; :figure 1.0 ; :unit :person .
:o2 a qb:Observation ; qb:dataSet :data ; :sex :m ; :figure 2.0 ; :unit :person .
"""
MEASURED = """
:dsd2 a qb:DataStructureDefinition ; qb:component :c1 , :c2 , :c4 , :c5 . :c4 qb:measure :count .
:c5 qb:dimension qb:measureType . qb:measureType a qb:DimensionProperty ; rdfs:range qb:MeasureProperty .
:data2 a qb:DataSet ; qb:structure :dsd2 .
"""
BREAKING = {
    "IC-1": ":o1 qb:dataSet :data3 . :data3 a qb:DataSet ; qb:structure :dsd .",
    "IC-2": ":data4 a qb:DataSet .",
    "IC-3": ":dsd3 a qb:DataStructureDefinition ; qb:component :c1 .",
    "IC-4": ":age a qb:DimensionProperty .",
    "IC-5": ":kind a qb:DimensionProperty ; rdfs:range skos:Concept .",
    "IC-6": ":dsd qb:component :c6 . :c6 qb:dimension :sex ; qb:componentRequired false .",
    "IC-7": ":key a qb:SliceKey .",
    "IC-8": ":key a qb:SliceKey ; qb:componentProperty :age . :dsd qb:sliceKey :key .",
    "IC-9": ":slice a qb:Slice .",
    "IC-10": """:key a qb:SliceKey ; qb:componentProperty :sex . :dsd qb:sliceKey :key .
        :s qb:sliceStructure :key .""",
    "IC-11": ":o3 a qb:Observation ; qb:dataSet :data ; :figure 3.0 ; :unit :person .",
    "IC-12": ":o3 a qb:Observation ; qb:dataSet :data ; :sex :f ; :figure 3.0 ; :unit :person .",
    "IC-13": ":data5 a qb:DataSet ; qb:structure :dsd . :o3 qb:dataSet :data5 ; :sex :f ; :figure 3.0 .",
    "IC-14": ":data5 a qb:DataSet ; qb:structure :dsd . :o3 qb:dataSet :data5 ; :sex :f ; :unit :person .",
    "IC-15": f"{MEASURED} :o3 qb:dataSet :data2 ; :sex :f ; qb:measureType :figure .",
    "IC-16": f"""{MEASURED} :o3 qb:dataSet :data2 ; :sex :f ; qb:measureType :figure ;
        :figure 1.0 ; :count 1 .""",
    "IC-17": f"{MEASURED} :o3 qb:dataSet :data2 ; :sex :f ; qb:measureType :figure ; :figure 1.0 .",
    "IC-18": """:data6 a qb:DataSet ; qb:structure :dsd ; qb:slice :s . :s qb:observation :o9 .
        :o9 qb:dataSet :data .""",
    "IC-19": """:data5 a qb:DataSet ; qb:structure :dsd .
        :o3 qb:dataSet :data5 ; :sex :x ; :figure 1.0 ; :unit :p .""",
    "IC-20": """:sex qb:codeList :tree . :tree a qb:HierarchicalCodeList ;
        qb:parentChildProperty skos:narrower ; qb:hierarchyRoot :f .""",
    "IC-21": """:sex qb:codeList :tree . :tree a qb:HierarchicalCodeList ; qb:hierarchyRoot :f ;
        qb:parentChildProperty [ owl:inverseOf skos:broader ] .""",
}


def problems(more: str = "") -> list[str]:
    triples = [q.triple for q in ox.parse((PREFIXES + CUBE + more).encode(), ox.RdfFormat.TURTLE)]
    return [problem.what for problem in cube_problems(triples)]


def test_there_are_all_constraints() -> None:
    assert [name.partition(" ")[0] for name in CONSTRAINTS] == [f"IC-{number}" for number in range(1, 22)]


def test_a_sound_cube_breaks_none() -> None:
    assert problems() == []


@pytest.mark.parametrize("constraint", BREAKING)
def test_what_breaks_a_constraint_is_caught(constraint: str) -> None:
    # An observation gets the data set of its slice by normalisation, so that IC-18 can only be broken where
    # it is linked to two data sets; then IC-1 catches it first.
    found = problems(BREAKING[constraint])
    caught = {what.partition("constraint ")[2].partition(" ")[0] for what in found}
    assert (constraint if constraint != "IC-18" else "IC-1") in caught


def test_the_release_breaks_none(published: Release) -> None:
    store = ox.Store.read_only(str(published.store_path))
    triples = [q.triple for q in store.quads_for_pattern(None, None, None, ox.DefaultGraph())]
    assert len({quad(triple) for triple in triples}) > 100_000
    assert [str(problem) for problem in cube_problems(triples)] == []
