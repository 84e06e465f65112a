"""Queries that are expensive before they begin: to parse, to plan, or to keep on the stack."""
# ruff: noqa: E501 - a request a line

from collections.abc import Sequence

from tests.hostile.attack import FINE, PERHAPS, PERHAPS_SENT, REFUSED, Attack, query

PLANNER = "planner bombs"
NESTING = "nesting bombs"
P = "<https://w3id.org/kzlod/ontology#isPartOf>"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"


def _plan(name: str, what: str, text: str, allowed: Sequence[str] = PERHAPS_SENT) -> Attack:
    return query(f"plan-{name}", PLANNER, what, text, allowed)


def _nest(name: str, what: str, text: str, allowed: Sequence[str]) -> Attack:
    return query(f"nest-{name}", NESTING, what, text, allowed)


def _times(count: int, text: str, between: str = " ") -> str:
    """A text so many times, with its number in the place of `#`."""
    return between.join(text.replace("#", str(n)) for n in range(count))


_PLANS = [
    _plan("path-400", "a path of 400 steps", f"SELECT * {{ ?s {'/'.join([P] * 400)} ?o }}"),
    _plan(
        "path-400-inverse", "a path of 400 inverse steps", f"SELECT * {{ ?s {'/'.join(['^' + P] * 400)} ?o }}"
    ),
    _plan(
        "path-400-alternatives",
        "400 alternatives in a step",
        f"SELECT * {{ ?s {_times(400, '<a:#>', '|')} ?o }}",
    ),
    _plan("path-closures-100", "100 closures in a row", f"SELECT * {{ ?s {'/'.join([P + '*'] * 100)} ?o }}"),
    _plan(
        "path-negated-800",
        "a negated set of 800",
        f"SELECT (COUNT(*) AS ?n) {{ ?s !({_times(800, '<a:#>', '|')}) ?o }}",
    ),
    _plan(
        "optional-200",
        "200 optionals",
        f"SELECT * {{ ?s ?p ?o {_times(200, 'OPTIONAL { ?s <a:#> ?o# }')} }} LIMIT 1",
    ),
    _plan(
        "optional-200-free",
        "200 optionals that share nothing",
        f"SELECT * {{ {_times(200, 'OPTIONAL { ?s# <a:b> ?o# }')} }}",
    ),
    _plan(
        "optional-90-deep",
        "90 optionals inside each other",
        f"SELECT * {{ {_times(90, 'OPTIONAL { ?s ?p# ?o# ')}{'}' * 90} }}",
    ),
    _plan("union-300", "300 unions", f"SELECT * {{ {_times(300, '{ ?s <a:#> ?o }', ' UNION ')} }}"),
    _plan("union-1000", "1,000 unions", f"SELECT * {{ {_times(1000, '{ ?s <a:#> ?o }', ' UNION ')} }}"),
    _plan(
        "union-3000-empty",
        "3,000 unions of nothing",
        f"SELECT * {{ {_times(3000, '{}', ' UNION ')} }}",
        PERHAPS_SENT,
    ),
    _plan(
        "unions-joined",
        "12 unions of 10 joined",
        f"SELECT (COUNT(*) AS ?n) {{ {_times(12, '{ ' + ' UNION '.join(['{ ?s ?p# ?o# }'] * 10) + ' }')} }}",
    ),
    _plan(
        "values-2000",
        "2,000 rows joined with everything",
        f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o VALUES ?p {{ {_times(2000, '<a:#>')} }} }}",
    ),
    _plan(
        "values-10000",
        "10,000 rows",
        f"SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {_times(10000, '#')} }} ?s ?p ?x }}",
    ),
    _plan(
        "values-wide",
        "rows of 200 variables",
        f"SELECT * {{ VALUES ({_times(200, '?v#')}) {{ {_times(20, '(' + ' '.join(['UNDEF'] * 200) + ')')} }} ?v0 ?v1 ?v2 }} LIMIT 1",
    ),
    _plan(
        "values-undef",
        "rows of UNDEF joined with each other",
        "SELECT (COUNT(*) AS ?n) { "
        + _times(2, "VALUES (?a ?b ?c) { " + "(UNDEF UNDEF UNDEF)" * 1000 + " }")
        + " ?a ?b ?c }",
    ),
    _plan("star-500", "a star of 500 patterns", f"SELECT * {{ {_times(500, '?s ?p# ?o# .')} }} LIMIT 1"),
    _plan(
        "chain-500",
        "a chain of 500 patterns",
        f"SELECT * {{ {_times(500, '?v# ?p# ?w# . ?w# ?q# ?v# .')} }} LIMIT 1",
    ),
    _plan(
        "clique-14",
        "14 nodes, each related to each",
        "SELECT * { "
        + " ".join(f"?v{a} ?p{a}x{b} ?v{b} ." for a in range(14) for b in range(a))
        + " } LIMIT 1",
    ),
    _plan("groups-400", "400 groups to join", f"SELECT * {{ {_times(400, '{ ?s ?p# ?o# }')} }} LIMIT 1"),
    _plan("subselect-90", "90 queries inside each other", f"{'SELECT * { ' * 90}?s ?p ?o{' }' * 90} LIMIT 1"),
    _plan(
        "subselect-48",
        "48 queries in groups inside each other",
        f"{_times(48, 'SELECT DISTINCT ?s { { ')} SELECT ?s {{ ?s ?p ?o }} {'} } ' * 48}",
    ),
    _plan(
        "subselect-300",
        "300 queries side by side",
        f"SELECT * {{ {_times(300, '{ SELECT ?s (COUNT(*) AS ?n#) { ?s ?p ?o } GROUP BY ?s }')} }} LIMIT 1",
    ),
    _plan(
        "filter-and-2000",
        "2,000 conditions with &&",
        f"SELECT * {{ ?s ?p ?o FILTER({_times(2000, '?o != #', ' && ')}) }} LIMIT 1",
    ),
    _plan(
        "filter-or-2000",
        "2,000 conditions with ||",
        f"SELECT * {{ ?s ?p ?o FILTER({_times(2000, '?o = <a:#>', ' || ')}) }}",
    ),
    _plan(
        "filter-in-8000", "one of 8,000", f"SELECT * {{ ?s ?p ?o FILTER(?o IN ({_times(8000, '#', ',')})) }}"
    ),
    _plan(
        "filters-1500",
        "1,500 filters",
        f"SELECT * {{ ?s ?p ?o {_times(1500, 'FILTER(?s != <a:#>)')} }} LIMIT 1",
    ),
    _plan(
        "exists-90",
        "90 EXISTS inside each other",
        f"SELECT * {{ ?s ?p ?o {_times(90, 'FILTER EXISTS { ?s ?p# ?o# ')}{'} ' * 90} }} LIMIT 1",
    ),
    _plan(
        "not-exists-45",
        "45 NOT EXISTS inside each other",
        f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o {_times(45, 'FILTER NOT EXISTS { ?o# ?p# ?s ')}{'} ' * 45} }}",
    ),
    _plan(
        "exists-300",
        "300 EXISTS side by side",
        f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o {_times(300, 'FILTER EXISTS { ?s ?p# ?o# }')} }}",
    ),
    _plan(
        "minus-300",
        "300 MINUS",
        f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o {_times(300, 'MINUS { ?s <a:#> ?x }')} }}",
    ),
    _plan("binds-1500", "1,500 variables bound", f"SELECT * {{ {_times(1500, 'BIND(# AS ?v#)')} }}"),
    _plan(
        "binds-chain",
        "1,000 variables, each from the one before",
        "SELECT ?v1000 { BIND(0 AS ?v0) "
        + " ".join(f"BIND(?v{n} + 1 AS ?v{n + 1})" for n in range(1000))
        + " }",
    ),
    _plan(
        "group-by-1000",
        "groups by 1,000 variables",
        f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} GROUP BY {_times(1000, '?v#')}",
    ),
    _plan(
        "order-by-1000",
        "orders by 1,000 expressions",
        f"SELECT ?s {{ ?s ?p ?o }} ORDER BY {_times(1000, 'STRLEN(STR(?o))')} LIMIT 1",
    ),
    _plan(
        "select-2000",
        "2,000 expressions to select",
        f"SELECT {_times(2000, '(STRLEN(STR(?s)) AS ?v#)')} {{ ?s ?p ?o }} LIMIT 1",
    ),
    _plan(
        "aggregates-800",
        "800 aggregates",
        f"SELECT {_times(800, '(COUNT(DISTINCT ?o) AS ?v#)')} {{ ?s ?p ?o }}",
    ),
    _plan(
        "template-1200",
        "a template of 1,200 triples",
        f"CONSTRUCT {{ {_times(1200, '?s <a:#> ?o .')} }} {{ ?s ?p ?o }}",
        PERHAPS_SENT,
    ),
    _plan(
        "prefixes-1500",
        "1,500 prefixes",
        f"{_times(1500, 'PREFIX p#: <http://a/#>', chr(10))} SELECT * {{ ?s p7:x ?o }}",
    ),
    _plan(
        "graphs-150",
        "150 graphs to choose",
        f"SELECT * {{ {_times(150, 'GRAPH ?g# { ?s ?p ?o }')} }} LIMIT 1",
    ),
    _plan(
        "concat-5000",
        "a function of 5,000 arguments",
        f"SELECT (STRLEN(CONCAT({_times(5000, 'STR(#)', ',')})) AS ?n) {{}}",
    ),
    _plan("coalesce-3000", "3,000 choices", f"SELECT (COALESCE({_times(3000, '1/0', ',')}, 7) AS ?n) {{}}"),
    _plan(
        "optional-filters",
        "optionals with filters across",
        "SELECT (COUNT(*) AS ?n) { ?s0 ?p0 ?o0 "
        + " ".join(f"OPTIONAL {{ ?s{n} ?p{n} ?o{n} FILTER(?s{n} != ?s{n - 1}) }}" for n in range(1, 30))
        + " }",
    ),
]

_WRAP = "SELECT * { FILTER(%s) }"
_NESTS = [
    *(
        _nest(
            f"3000-{name}{'-closed' if closed else ''}",
            f"3,000 open {name}",
            f"SELECT * {{ {before}{opening * 3000}{closing * 3000 * closed} }}",
            REFUSED,
        )
        for name, before, opening, closing in (
            ("braces", "", "{", "}"),
            ("parentheses", "FILTER ", "(", ")"),
            ("brackets", "?s ?p ", "[ ?p ", "]"),
            ("collections", "?s ?p ", "(", ")"),
        )
        for closed in (False, True)
    ),
    _nest("10000-mixed", "10,000 brackets of all kinds", "SELECT * " + "{([" * 3333, REFUSED),
    _nest("5000-closing", "5,000 brackets that close nothing", "SELECT * { ?s ?p ?o " + "}" * 5000, REFUSED),
    _nest(
        "90-braces",
        "90 groups inside each other",
        f"SELECT * {'{ ' * 90}?s ?p ?o{' }' * 90} LIMIT 1",
        PERHAPS,
    ),
    _nest("90-parentheses", "90 parentheses inside each other", _WRAP % f"{'(' * 90}1{')' * 90}", PERHAPS),
    _nest("90-functions", "90 functions inside each other", _WRAP % f"{'STR(' * 90}1{')' * 90}", PERHAPS),
    _nest(
        "90-if",
        "90 conditions inside each other",
        f"SELECT ({_times(90, 'IF(true, ', '')}1{', 2)' * 90} AS ?x) {{}}",
        PERHAPS,
    ),
    _nest(
        "90-brackets",
        "90 property lists inside each other",
        f"SELECT * {{ ?s ?p {'[ ?p ' * 90}1{' ]' * 90} }}",
        PERHAPS,
    ),
    _nest(
        "90-collections",
        "90 collections inside each other",
        f"SELECT * {{ ?s ?p {'( ' * 90}1{' )' * 90} }}",
        PERHAPS,
    ),
    _nest(
        "90-paths",
        "90 closures inside each other",
        f"SELECT * {{ ?s {'(' * 90}{P}{')*' * 90} ?o }} LIMIT 1",
        PERHAPS,
    ),
    _nest(
        "90-unions",
        "90 unions inside each other",
        f"SELECT * {{ {'{ ?s ?p ?o } UNION { ' * 90}?s ?p ?o{' }' * 90} }} LIMIT 1",
        PERHAPS,
    ),
    _nest(
        "90-reified",
        "90 triple terms inside each other",
        f"SELECT * {{ ?s ?p {'<<( ?a ?b ' * 90}?c{' )>>' * 90} }}",
        PERHAPS,
    ),
    _nest(
        "3000-reified",
        "3,000 triple terms without a bracket",
        f"SELECT * {{ {'<< ' * 3000}?a ?b ?c{' ?d ?e >>' * 2999} >> ?f ?g }}",
        PERHAPS,
    ),
    _nest("not-60000", "60,000 negations", _WRAP % f"{'!' * 60000}true", PERHAPS),
    _nest("minus-30000", "30,000 signs", f"SELECT ({'- ' * 30000}1 AS ?x) {{}}", PERHAPS),
    _nest("plus-15000", "a sum of 15,000", f"SELECT ({'1 + ' * 15000}1 AS ?x) {{}}", PERHAPS),
    _nest("or-9000", "9,000 alternatives", f"SELECT (({'false || ' * 7000}true) AS ?x) {{}}", PERHAPS),
    _nest("inverse-3000", "3,000 inverse signs", f"SELECT * {{ ?s {'^' * 3000}{P} ?o }} LIMIT 1", PERHAPS),
    _nest("star-3000", "3,000 stars after a step", f"SELECT * {{ ?s {P}{'*' * 3000} ?o }} LIMIT 1", PERHAPS),
    _nest(
        "objects-15000", "a list of 15,000 objects", f"SELECT * {{ ?s ?p {'1, ' * 15000}1 }} LIMIT 1", PERHAPS
    ),
    _nest(
        "semicolons-60000",
        "60,000 semicolons",
        f"SELECT * {{ ?s ?p ?o {';' * 60000} }} LIMIT 1",
        PERHAPS_SENT,
    ),
    _nest("dots-60000", "60,000 dots", f"SELECT * {{ ?s ?p ?o {'.' * 60000} }}", REFUSED),
    _nest("collection-20000", "a collection of 20,000", f"SELECT * {{ ?s ?p ( {'1 ' * 20000}) }}", PERHAPS),
    _nest(
        "comment",
        "3,000 brackets in a comment are none",
        f"SELECT * {{ ?s {P} ?o }} LIMIT 1 # {'{' * 3000}",
        FINE,
    ),
    _nest("string", "3,000 brackets in a string are none", f"SELECT ('{'([{' * 3000}' AS ?x) {{}}", FINE),
    _nest(
        "quotes", "strings that seem to begin long ones", "SELECT * { ?s ?p " + '"" ' * 5000 + "}", REFUSED
    ),
    _nest("long-quotes", "long strings without an end", "SELECT * { ?s ?p " + '"""x" ' * 8000 + "}", REFUSED),
    _nest(
        "angles", "20,000 angle brackets", "SELECT * { ?s ?p ?o FILTER(1 " + "< 2 " * 15000 + ") }", REFUSED
    ),
]

ATTACKS = [*_PLANS, *_NESTS]
