"""What the servers are asked: requests made from the data, with the right size of each answer.

The sizes come from the store itself, asked in process.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar
from urllib.parse import quote

import pyoxigraph as ox

from kzlod.namespaces import BASE, CONCEPT, ID, PREFIXES
from kzlod.terms import value

SEED = 6
_Item = TypeVar("_Item", str, tuple[str, str])
_NAMES = ("dcterms", "kzlod", "qb", "rdfs", "sdmx-attribute", "sdmx-measure")
_HEAD = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in _NAMES)

LOOKUP = "SELECT ?p ?o WHERE {{ <{iri}> ?p ?o }}"

# Each with the property whose values are its constants.
JOINS: Mapping[str, str] = {
    "kzlod:isPartOf": """SELECT ?part ?number ?label WHERE {{
  ?part kzlod:isPartOf <{iri}> ; kzlod:number ?number ; rdfs:label ?label
}}""",
    "kzlod:question": """SELECT ?cell ?label ?row WHERE {{
  ?cell kzlod:question <{iri}> ; kzlod:row ?row ; rdfs:label ?label
}}""",
    "dcterms:source": """SELECT ?thing ?kind ?document ?line WHERE {{
  ?thing dcterms:source <{iri}> ; a ?kind . <{iri}> kzlod:inDocument ?document ; kzlod:firstLine ?line
}}""",
    "kzlod:mentions": """SELECT ?thing ?label ?where WHERE {{
  ?thing kzlod:mentions <{iri}> ; rdfs:label ?label ; dcterms:source/kzlod:locator ?where
}}""",
    "kzlod:legalBasis": """SELECT ?rule ?kind ?summary WHERE {{
  ?rule kzlod:legalBasis <{iri}> ; kzlod:ruleKind ?kind ; kzlod:summary ?summary
}}""",
}

# Over all observations, cells and citations; {n} makes each text new and changes nothing.
AGGREGATES = (
    """SELECT ?question (COUNT(?o) AS ?n) (AVG(?v) AS ?mean) WHERE {{
  ?o a qb:Observation ; kzlod:question ?question ; sdmx-measure:obsValue ?v
}} GROUP BY ?question HAVING (COUNT(?o) > -{n})""",
    """SELECT ?unit (COUNT(?o) AS ?n) (SUM(?v) AS ?sum) (MAX(?v) AS ?most) WHERE {{
  ?o a qb:Observation ; sdmx-attribute:unitMeasure ?unit ; sdmx-measure:obsValue ?v
}} GROUP BY ?unit HAVING (COUNT(?o) > -{n})""",
    """SELECT ?question (COUNT(?cell) AS ?n) (COUNT(DISTINCT ?row) AS ?rows) WHERE {{
  ?cell a kzlod:Cell ; kzlod:question ?question ; kzlod:row ?row
}} GROUP BY ?question HAVING (COUNT(?cell) > -{n})""",
    """SELECT ?document (COUNT(?c) AS ?n) (AVG(?end - ?start) AS ?length) WHERE {{
  ?c kzlod:inDocument ?document ; kzlod:start ?start ; kzlod:end ?end
}} GROUP BY ?document HAVING (COUNT(?c) > -{n})""",
)

# Queries that no server could finish; {n} makes each text new.
BOMBS = (
    """SELECT (COUNT(*) AS ?n) WHERE {{
  ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?h || ?b != <urn:x:{n}>)
}}""",
    "SELECT DISTINCT ?a ?b WHERE {{ ?a (!<urn:x:{n}>)+ ?b . ?b (!<urn:x:{n}>)+ ?a }}",
    """SELECT * WHERE {{
  ?a ?b ?c . ?d ?e ?f BIND(CONCAT(STR(?a), STR(?f), '{n}') AS ?key)
}} ORDER BY ?key""",
    """SELECT ?a WHERE {{
  ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?c), STR(?f)), '(a*)*(b*)*(c*)*x{n}$'))
}}""",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query and the number of its solutions."""

    text: str
    rows: int


def things(store: ox.Store) -> list[str]:
    """The IRIs of things and concepts of which something is said, in a random order that stays."""
    found = {
        quad.subject.value
        for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())
        if isinstance(quad.subject, ox.NamedNode)
    }
    return shuffled(iri for iri in found if iri.startswith((ID, CONCEPT)) and "#" not in iri)


def shuffled(items: Iterable[_Item]) -> list[_Item]:
    """The items in a random order that is always the same."""
    ordered = sorted(items)
    random.Random(SEED).shuffle(ordered)  # noqa: S311
    return ordered


def lookups(store: ox.Store, iris: Sequence[str]) -> list[Asked]:
    """A query for everything said of each thing."""
    return list(_asked(store, (LOOKUP.format(iri=iri) for iri in iris)))


def constants(store: ox.Store) -> list[tuple[str, str]]:
    """The constants of the joins: each a property and one of its values, in a random order that stays."""
    return shuffled((term, iri) for term in JOINS for iri in _values(store, term))


def joins(store: ox.Store, pairs: Iterable[tuple[str, str]], most: int) -> list[Asked]:
    """Up to so many queries of several patterns, one for each constant that has a solution."""
    texts = (_HEAD + JOINS[term].format(iri=iri) for term, iri in pairs)
    found = (asked for asked in _asked(store, texts) if asked.rows)
    return list(islice(found, most))


def aggregates(store: ox.Store, most: int) -> list[Asked]:
    """So many queries that count and average over all observations, no two of the same text."""
    rows = [_count(store, _HEAD + text.format(n=1)) for text in AGGREGATES]
    kinds = len(AGGREGATES)
    return [Asked(_HEAD + AGGREGATES[n % kinds].format(n=n + 1), rows[n % kinds]) for n in range(most)]


def bombs(most: int) -> list[str]:
    """So many queries that cannot be finished, no two of the same text."""
    return [BOMBS[n % len(BOMBS)].format(n=n) for n in range(most)]


def triples_said(store: ox.Store, iri: str) -> int:
    """How many triples say something of a thing."""
    return sum(1 for _ in store.quads_for_pattern(ox.NamedNode(iri), None, None, ox.DefaultGraph()))


def document(iri: str, suffix: str) -> str:
    """The path of the document about a thing of ours."""
    return "/doc/" + quote(iri.removeprefix(BASE), safe="/:@!$&'()*+,;=~") + suffix


def address(iri: str) -> str:
    """The path of a thing of ours."""
    return "/" + quote(iri.removeprefix(BASE), safe="/:@!$&'()*+,;=~")


def _values(store: ox.Store, term: str) -> list[str]:
    """The IRIs below our base that are values of a property."""
    prefix, _, name = term.partition(":")
    predicate = ox.NamedNode(PREFIXES[prefix] + name)
    found = {value(quad.object) for quad in store.quads_for_pattern(None, predicate, None, ox.DefaultGraph())}
    return [iri for iri in found if iri.startswith(BASE)]


def _asked(store: ox.Store, texts: Iterable[str]) -> Iterator[Asked]:
    return (Asked(text, _count(store, text)) for text in texts)


def _count(store: ox.Store, text: str) -> int:
    solutions = store.query(text)
    if not isinstance(solutions, ox.QuerySolutions):
        raise TypeError("every query of the workload is a SELECT")
    return sum(1 for _ in solutions)
