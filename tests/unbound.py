"""Where a query of SPARQL joins on a variable that may be unbound: then it joins with everything."""

from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Variable

_BINDING = {"Builtin_COALESCE", "Builtin_IF", "Builtin_BOUND", "Builtin_EXISTS", "Builtin_NOTEXISTS"}
"""Functions that have a value though a variable in them has none, as the queries here use them."""

Names = frozenset[str]


def joins_on_unbound(text: str) -> set[str]:
    """The variables that one side of a join may leave unbound and the side after it uses.

    By the algebra of SPARQL 1.1 (section 18): what has no value is compatible with any.
    """
    found: set[str] = set()
    _variables(translateQuery(parseQuery(text)).algebra, found)
    return found


def _variables(node: CompValue, found: set[str]) -> tuple[Names, Names]:
    """The variables that are bound for certain, and those that may be."""
    kind = node.name
    if kind == "BGP":
        names = frozenset(
            str(term) for triple in node.triples for term in triple if isinstance(term, Variable)
        )
        return names, names
    if kind in ("Join", "LeftJoin", "Union", "Minus"):
        (sure, may), (right_sure, right_may) = (_variables(part, found) for part in (node.p1, node.p2))
        if kind == "Union":
            return sure & right_sure, may | right_may
        if kind == "Minus":
            return sure, may
        found |= (may - sure) & right_may
        return (sure | right_sure if kind == "Join" else sure), may | right_may
    if kind == "Extend":
        sure, may = _variables(node.p, found)
        name, expression = str(node.var), node.expr
        binds = getattr(expression, "name", "") in _BINDING or _within(expression) <= sure
        return (sure | {name} if binds else sure), may | {name}
    if kind == "Graph":
        sure, may = _variables(node.p, found)
        named = frozenset({str(node.term)} if isinstance(node.term, Variable) else ())
        return sure | named, may | named
    if kind == "Project":
        shown = frozenset(map(str, node.PV))
        sure, may = _variables(node.p, found)
        return sure & shown, may & shown
    if kind == "AggregateJoin":
        sure, may = _variables(node.p, found)
        made = frozenset(str(one.res) for one in node.A)
        return sure | made, may | made
    if kind == "values":
        rows = [frozenset(map(str, row)) for row in node.res]
        return frozenset.intersection(*rows), frozenset().union(*rows)
    return _variables(node.p, found)


def _within(expression: object) -> set[str]:
    """The variables of an expression."""
    if isinstance(expression, Variable):
        return {str(expression)}
    if isinstance(expression, CompValue):
        return _within(list(expression.values()))
    return {name for part in expression for name in _within(part)} if isinstance(expression, list) else set()
