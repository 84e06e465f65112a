"""Validation against shapes (W3C SHACL, core and SPARQL constraints); pyshacl decides.

pyshacl parses the text of a SPARQL constraint anew for every focus node, which takes about twenty
times as long as evaluating it; the data graph given to it therefore keeps parsed queries.
"""

import logging
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from rdflib import SH, BNode, Graph, URIRef
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result
from rdflib.term import Node

from kzlod.checks.terms import graph_of
from kzlod.errors import InputError, Problem
from kzlod.namespaces import BASE
from kzlod.turtle import read_turtle

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pyshacl import Validator
    from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ShapeLoadError, ValidationFailure
    from pyshacl.graph_abstraction import DataGraph

# The target of shapes that check a graph as a whole; their queries return the thing as ?value.
_WHOLE = f"{BASE}ontology"
_LOG = logging.getLogger(__name__)
_UNUSABLE = (
    ConstraintLoadError,
    ReportableRuntimeError,
    ShapeLoadError,
    ValidationFailure,
)


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One validation result: all IRIs and values as text, '' where there is none.

    `shape` is the SPARQL constraint where one was violated, else the shape; `component` is the
    kind of constraint, such as `http://www.w3.org/ns/shacl#MinCountConstraintComponent`. `focus` is
    the thing that is wrong, also where the constraint is one on the graph as a whole.
    """

    focus: str
    path: str
    value: str
    shape: str
    component: str
    message: str


def load_shapes(files: Iterable[Path]) -> Graph:
    """The shapes of all files in one graph; InputError with file and line when one cannot be read."""
    graph = Graph()
    for number, path in enumerate(files):
        with _quiet():
            for subject, predicate, value in graph_of(read_turtle(path).triples):
                graph.add((_apart(subject, number), predicate, _apart(value, number)))
    return graph


def violations(data: Iterable[ox.Triple], shapes: Graph) -> list[Violation]:
    """What in the data does not conform to the shapes, sorted; nothing is inferred on the way.

    Raises InputError when the shapes themselves cannot be used.
    """
    with _quiet():
        graph = _Data()
        for triple in graph_of(data):
            graph.add(triple)
        try:
            validator = Validator(
                DataGraph.from_rdflib(graph),
                shacl_graph=shapes,
                options={"inference": "none", "logger": _LOG},
            )
            conforms, report, _ = validator.run()  # type: ignore[no-untyped-call]
        except _UNUSABLE as error:
            what = f"the shapes cannot be used: {getattr(error, 'message', '') or error}"
            raise InputError(
                Problem("shapes", what, "Mend the shape that the message names, or the last one changed.")
            ) from error
    return [] if conforms else sorted(_violation(report, node) for node in report.objects(None, SH.result))


class _Data(Graph):
    """A graph that parses each query text once."""

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Result:
        """As `Graph.query`."""
        query = _prepared(query_object) if isinstance(query_object, str) else query_object
        return super().query(query, *args, **kwargs)


@lru_cache(maxsize=512)
def _prepared(text: str) -> Query:
    """The parsed query; InputError when it cannot be parsed."""
    try:
        return prepareQuery(text)
    except Exception as error:  # rdflib raises a bare Exception for a prefix that is not declared
        what = f"the shapes cannot be used: {error} in the query {text.strip()}"
        raise InputError(Problem("shapes", what, "Mend the query; sh:declare its prefixes.")) from error


def _apart(node: Node, number: int) -> Node:
    """The term, a blank node renamed so that those of two files cannot meet."""
    return BNode(f"f{number}{node}") if isinstance(node, BNode) else node


def _violation(report: Graph, node: Node) -> Violation:
    """A result of the report graph."""

    def text(*properties: URIRef) -> str:
        values: list[str] = next(
            (found for name in properties if (found := sorted(map(_text, report.objects(node, name))))), []
        )
        return " ".join(values)

    focus = text(SH.focusNode)
    return Violation(
        focus=text(SH.value) if focus == _WHOLE else focus,
        path=text(SH.resultPath),
        value=text(SH.value),
        shape=text(SH.sourceConstraint, SH.sourceShape),
        component=text(SH.sourceConstraintComponent),
        message=text(SH.resultMessage),
    )


def _text(node: Node) -> str:
    """What a person can read of a term: nothing of a blank node, which here is a path."""
    return "" if isinstance(node, BNode) else str(node)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps the libraries' own remarks, such as those on ill-typed literals, out of the output."""
    loggers: Sequence[logging.Logger] = (logging.getLogger("rdflib.term"), _LOG)
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled
