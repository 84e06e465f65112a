"""Results of queries as the W3C's test suites write them and servers send them, and when two are the same."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

TABLE_FORMATS = {
    "srx": "application/sparql-results+xml",
    "srj": "application/sparql-results+json",
    "tsv": "text/tab-separated-values",
    "csv": "text/csv",
}
"""Media types for results of SELECT and ASK, by the extension that the suites give to their files."""

GRAPH_FORMATS = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
"""Media types for results of CONSTRUCT and DESCRIBE."""

_RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_NUMBERS = frozenset(f"{_XSD}{name}" for name in ("integer", "decimal", "double", "float"))
_BOOLEANS = {"0": "false", "1": "true"}

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Subject = ox.NamedNode | ox.BlankNode | ox.Triple


@dataclass(frozen=True)
class Answer:
    """The result of a query: a boolean, a graph, or solutions (rows of values, in CSV of texts)."""

    kind: str
    boolean: bool = False
    graph: tuple[ox.Triple, ...] = ()
    variables: tuple[str, ...] = ()
    rows: tuple[tuple[Term | str | None, ...], ...] = ()

    @classmethod
    def of(cls, results: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> "Answer":
        """What the engine gave; reads it to its end."""
        if isinstance(results, ox.QueryBoolean):
            return cls("boolean", boolean=bool(results))
        if isinstance(results, ox.QueryTriples):
            return cls("graph", graph=tuple(results))
        names = tuple(variable.value for variable in results.variables)
        rows = tuple(tuple(row[name] for name in names) for row in results)
        return cls("solutions", variables=names, rows=rows)


def read(content: bytes, suffix: str) -> Answer:
    """A result in the format that the suites mark with this extension."""
    if suffix in GRAPH_FORMATS:
        quads = ox.parse(content, ox.RdfFormat.from_extension(suffix))
        return Answer("graph", graph=tuple(quad.triple for quad in quads))
    if suffix == "csv":
        return _read_csv(content)
    results_format = ox.QueryResultsFormat.from_extension(suffix)
    if results_format is None:
        raise ValueError(f"no results are written with the extension {suffix}")
    return Answer.of(ox.parse_query_results(content, results_format))


def expected(file: Path) -> Answer:
    """The result that a test's file states; a graph may describe solutions or a boolean, too."""
    suffix = file.suffix[1:]
    if suffix not in GRAPH_FORMATS:
        return read(file.read_bytes(), suffix)
    store = ox.Store()
    store.load(path=str(file), format=ox.RdfFormat.from_extension(suffix), base_iri=file.as_uri())
    sets = list(store.quads_for_pattern(None, None, ox.NamedNode(f"{_RS}ResultSet")))
    return (
        _result_set(store, sets[0].subject) if sets else Answer("graph", graph=tuple(q.triple for q in store))
    )


def same(one: Answer | None, other: Answer | None, *, by_value: bool = False, lossy: bool = False) -> bool:
    """Whether two results are the same but for the names of blank nodes and the order of rows and columns.

    `by_value`: numbers and booleans are compared by value. `lossy`: only what CSV keeps is compared.
    """
    if one is None or other is None:
        return one is other
    if lossy:
        return _as_csv(one, by_value) == _as_csv(other, by_value)
    return (one.kind, one.boolean, sorted(one.variables)) == (
        other.kind,
        other.boolean,
        sorted(other.variables),
    ) and _as_graph(one, by_value) == _as_graph(other, by_value)


def _as_graph(answer: Answer, by_value: bool) -> frozenset[ox.Quad]:
    """A graph or solutions as a graph whose blank nodes have the names that its form gives them.

    Of solutions each different row is a node with its count and its values by variable.
    """
    quads = [
        ox.Quad(t.subject, t.predicate, _plain(t.object) if by_value else t.object) for t in answer.graph
    ]
    for row, count in Counter(answer.rows).items():
        node = ox.BlankNode()
        # Rows that are the same by value only are counted apart, and so keep a node each.
        quads.append(ox.Quad(node, ox.NamedNode(f"{_RS}count"), ox.Literal(count)))
        for name, term in zip(answer.variables, row, strict=True):
            if term is not None and not isinstance(term, str):
                value = _plain(term) if by_value else term
                quads.append(ox.Quad(node, ox.NamedNode(f"{_RS}variable/{name}"), value))
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return frozenset(dataset)


def _plain(term: Term) -> Term:
    """A number or boolean in one spelling."""
    if not isinstance(term, ox.Literal):
        return term
    if term.datatype.value == f"{_XSD}boolean":
        return ox.Literal(_BOOLEANS.get(term.value, term.value), datatype=term.datatype)
    if term.datatype.value in _NUMBERS:
        return ox.Literal(_number(term.value), datatype=term.datatype)
    return term


def _number(text: str) -> str:
    """The text in one spelling where it is a number."""
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text):
        return text
    return f"{float(text):.14g}"


def _read_csv(content: bytes) -> Answer:
    text = content.decode()
    if text.strip() in ("true", "false"):
        return Answer("boolean", boolean=text.strip() == "true")
    header, *lines = csv.reader(io.StringIO(text, newline=""))
    # The reader gives an empty line as a row without cells, which it is only where there are no variables.
    rows = tuple(tuple(line or [""] * len(header)) for line in lines)
    return Answer("solutions", variables=tuple(header), rows=rows)


def _as_csv(answer: Answer, by_value: bool) -> object:
    """What CSV keeps of a result: values without types, blank nodes without names."""
    if answer.kind == "boolean":
        return answer.boolean
    columns = sorted(answer.variables)
    rows = (dict(zip(answer.variables, map(_cell, row), strict=True)) for row in answer.rows)
    number = _number if by_value else str
    return columns, Counter(tuple(number(row[name]) for name in columns) for row in rows)


def _cell(term: Term | str | None) -> str:
    if isinstance(term, ox.BlankNode) or (isinstance(term, str) and term.startswith("_:")):
        return "_:"
    return term if isinstance(term, str) else str(getattr(term, "value", term or ""))


def _result_set(store: ox.Store, node: Subject) -> Answer:
    """The result that a graph describes in the vocabulary of the suites of SPARQL 1.0."""

    def values(subject: Term, name: str) -> Iterable[Term]:
        assert not isinstance(subject, ox.Literal)
        return [quad.object for quad in store.quads_for_pattern(subject, ox.NamedNode(f"{_RS}{name}"), None)]

    def value(subject: Term, name: str) -> Term:
        return next(iter(values(subject, name)))

    def text(term: Term) -> str:
        assert isinstance(term, ox.Literal)
        return term.value

    for boolean in values(node, "boolean"):
        return Answer("boolean", boolean=text(boolean) == "true")
    variables = tuple(sorted(map(text, values(node, "resultVariable"))))
    rows = []
    for solution in values(node, "solution"):
        bound = {text(value(one, "variable")): value(one, "value") for one in values(solution, "binding")}
        rows.append(tuple(bound.get(name) for name in variables))
    return Answer("solutions", variables=variables, rows=tuple(rows))
