"""The integrity constraints of the RDF Data Cube vocabulary (W3C Recommendation of 2014, section 11).

The queries are those of the Recommendation. They expect the normalised form of a cube, in which types and
`qb:componentProperty` are spelled out, so that form is made first, in a store that is thrown away.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import pyoxigraph as ox

from kzlod.errors import Problem
from kzlod.namespaces import PREFIXES
from kzlod.terms import quad

_NAMES = ("qb", "rdf", "rdfs", "skos", "xsd", "owl")
_PREFIXES = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in _NAMES)

NORMALISATION = (
    "INSERT { ?o a qb:Observation } WHERE { [] qb:observation ?o }",
    "INSERT { ?o a qb:Observation } WHERE { ?o qb:dataSet [] }",
    "INSERT { ?s a qb:Slice } WHERE { [] qb:slice ?s }",
    "INSERT { ?cs qb:componentProperty ?p . ?p a qb:DimensionProperty } WHERE { ?cs qb:dimension ?p }",
    "INSERT { ?cs qb:componentProperty ?p . ?p a qb:MeasureProperty } WHERE { ?cs qb:measure ?p }",
    "INSERT { ?cs qb:componentProperty ?p . ?p a qb:AttributeProperty } WHERE { ?cs qb:attribute ?p }",
    "INSERT { ?o qb:dataSet ?d } WHERE { ?d qb:slice/qb:observation ?o }",
)

CONSTRAINTS: Mapping[str, str] = MappingProxyType(
    {
        "IC-1 unique data set": """
            { ?this a qb:Observation . FILTER NOT EXISTS { ?this qb:dataSet ?d } }
            UNION { ?this a qb:Observation ; qb:dataSet ?d1 , ?d2 . FILTER (?d1 != ?d2) }""",
        "IC-2 unique structure": """
            { ?this a qb:DataSet . FILTER NOT EXISTS { ?this qb:structure ?s } }
            UNION { ?this a qb:DataSet ; qb:structure ?s1 , ?s2 . FILTER (?s1 != ?s2) }""",
        "IC-3 structure includes a measure": """
            ?this a qb:DataStructureDefinition .
            FILTER NOT EXISTS { ?this qb:component [ qb:componentProperty [ a qb:MeasureProperty ] ] }""",
        "IC-4 dimensions have a range": """
            ?this a qb:DimensionProperty . FILTER NOT EXISTS { ?this rdfs:range [] }""",
        "IC-5 coded dimensions have code lists": """
            ?this a qb:DimensionProperty ; rdfs:range skos:Concept .
            FILTER NOT EXISTS { ?this qb:codeList [] }""",
        "IC-6 only attributes may be optional": """
            [] qb:component ?this .
            ?this qb:componentRequired "false"^^xsd:boolean ; qb:componentProperty ?p .
            FILTER NOT EXISTS { ?p a qb:AttributeProperty }""",
        "IC-7 slice keys are declared": """
            ?this a qb:SliceKey .
            FILTER NOT EXISTS { [] a qb:DataStructureDefinition ; qb:sliceKey ?this }""",
        "IC-8 slice keys agree with the structure": """
            ?this a qb:SliceKey ; qb:componentProperty ?p . ?dsd qb:sliceKey ?this .
            FILTER NOT EXISTS { ?dsd qb:component [ qb:componentProperty ?p ] }""",
        "IC-9 unique slice structure": """
            { ?this a qb:Slice . FILTER NOT EXISTS { ?this qb:sliceStructure ?k } }
            UNION { ?this a qb:Slice ; qb:sliceStructure ?k1 , ?k2 . FILTER (?k1 != ?k2) }""",
        "IC-10 slice dimensions are complete": """
            ?this qb:sliceStructure [ qb:componentProperty ?dim ] . FILTER NOT EXISTS { ?this ?dim [] }""",
        "IC-11 all dimensions are there": """
            ?this qb:dataSet/qb:structure/qb:component/qb:componentProperty ?dim .
            ?dim a qb:DimensionProperty .
            FILTER NOT EXISTS { ?this ?dim [] }""",
        "IC-12 no duplicate observations": """
            { SELECT ?this ?other (MIN(?equal) AS ?all) WHERE {
                ?this qb:dataSet ?d . ?other qb:dataSet ?d . FILTER (?this != ?other)
                ?d qb:structure/qb:component/qb:componentProperty ?dim . ?dim a qb:DimensionProperty .
                ?this ?dim ?v1 . ?other ?dim ?v2 . BIND (?v1 = ?v2 AS ?equal)
            } GROUP BY ?this ?other }
            FILTER (?all)""",
        "IC-13 required attributes are there": """
            ?this qb:dataSet/qb:structure/qb:component ?c .
            ?c qb:componentRequired "true"^^xsd:boolean ; qb:componentProperty ?attr .
            FILTER NOT EXISTS { ?this ?attr [] }""",
        "IC-14 all measures are there": """
            ?this qb:dataSet/qb:structure ?dsd .
            FILTER NOT EXISTS { ?dsd qb:component/qb:componentProperty qb:measureType }
            ?dsd qb:component/qb:componentProperty ?measure . ?measure a qb:MeasureProperty .
            FILTER NOT EXISTS { ?this ?measure [] }""",
        "IC-15 measure dimension agrees": """
            ?this qb:dataSet/qb:structure ?dsd ; qb:measureType ?measure .
            ?dsd qb:component/qb:componentProperty qb:measureType .
            FILTER NOT EXISTS { ?this ?measure [] }""",
        "IC-16 single measure beside a measure dimension": """
            ?this qb:dataSet/qb:structure ?dsd ; qb:measureType ?measure ; ?other [] .
            ?dsd qb:component/qb:componentProperty qb:measureType ; qb:component/qb:componentProperty ?other .
            ?other a qb:MeasureProperty . FILTER (?other != ?measure)""",
        "IC-17 all measures of a measure dimension": """
            { SELECT ?this ?measures (COUNT(?other) AS ?found) WHERE {
                { SELECT ?dsd (COUNT(?m) AS ?measures) WHERE {
                    ?dsd qb:component/qb:componentProperty qb:measureType , ?m .
                    ?m a qb:MeasureProperty
                } GROUP BY ?dsd }
                ?this qb:dataSet/qb:structure ?dsd ; qb:dataSet ?d ; qb:measureType ?m1 .
                ?other qb:dataSet ?d ; qb:measureType ?m2 .
                FILTER NOT EXISTS {
                    ?dsd qb:component/qb:componentProperty ?dim . FILTER (?dim != qb:measureType)
                    ?dim a qb:DimensionProperty . ?this ?dim ?v1 . ?other ?dim ?v2 . FILTER (?v1 != ?v2)
                }
            } GROUP BY ?this ?measures HAVING (COUNT(?other) != ?measures) }""",
        "IC-18 data set links agree": """
            ?d qb:slice ?slice . ?slice qb:observation ?this . FILTER NOT EXISTS { ?this qb:dataSet ?d }""",
        "IC-19 codes are in the code list": """
            ?this qb:dataSet/qb:structure/qb:component/qb:componentProperty ?dim .
            ?dim a qb:DimensionProperty ; qb:codeList ?list . ?this ?dim ?code .
            FILTER (
                EXISTS { ?list a skos:ConceptScheme }
                && NOT EXISTS { ?code a skos:Concept ; skos:inScheme ?list }
                || EXISTS { ?list a skos:Collection }
                && NOT EXISTS { ?code a skos:Concept . ?list skos:member+ ?code }
            )""",
        "IC-20 codes are in the hierarchy": """
            ?this qb:dataSet/qb:structure/qb:component/qb:componentProperty ?dim .
            ?dim a qb:DimensionProperty ; qb:codeList ?list . ?this ?dim ?code .
            ?list a qb:HierarchicalCodeList ; qb:parentChildProperty ?p . FILTER (isIRI(?p))
            FILTER NOT EXISTS { ?list qb:hierarchyRoot/(!<urn:none>)* ?code }""",
        "IC-21 codes are in the inverse hierarchy": """
            ?this qb:dataSet/qb:structure/qb:component/qb:componentProperty ?dim .
            ?dim a qb:DimensionProperty ; qb:codeList ?list . ?this ?dim ?code .
            ?list a qb:HierarchicalCodeList ; qb:parentChildProperty [ owl:inverseOf ?p ] .
            FILTER NOT EXISTS { ?list qb:hierarchyRoot/^(!<urn:none>)* ?code }""",
    }
)


def cube_problems(union: Iterable[ox.Triple]) -> Iterator[Problem]:
    """The things that break an integrity constraint, each with the constraint's number and name."""
    store = ox.Store()
    store.extend(quad(triple) for triple in union)
    for update in NORMALISATION:
        store.update(_PREFIXES + update)
    for name, pattern in CONSTRAINTS.items():
        result = store.query(f"{_PREFIXES}SELECT DISTINCT ?this WHERE {{ {pattern} }} ORDER BY ?this")
        assert isinstance(result, ox.QuerySolutions)
        for row in result:
            this = row["this"]
            if isinstance(this, ox.NamedNode | ox.BlankNode):
                remedy = "Mend the statement, or the structure of its data set."
                yield Problem(this.value, f"breaks the constraint {name} of the Data Cube vocabulary", remedy)
