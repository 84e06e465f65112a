"""Cross products: queries that are short to write and without end to answer."""
# ruff: noqa: E501 - a request a line

from tests.hostile.attack import CUT, FINE, PERHAPS, PERHAPS_SENT, TOO_MUCH, TOO_MUCH_TO_SEND, Attack, query
from tests.hostile.wire import Answer

FAMILY = "cross products"
SENT = ("504", CUT)


def triples(count: int, first: int = 0) -> str:
    """So many triple patterns that share nothing."""
    return " ".join(f"?s{n} ?p{n} ?o{n} ." for n in range(first, first + count))


def true(answer: Answer) -> str:
    """An ASK that must be true."""
    return "" if b"true" in answer.body else f"not true: {answer.body[:80]!r}"


def _bomb(name: str, what: str, text: str) -> Attack:
    return query(f"product-{name}", FAMILY, what, text, TOO_MUCH)


COUNTS = [
    *(
        _bomb(f"count-{n}", f"counts a product of {n}", f"SELECT (COUNT(*) AS ?n) {{ {triples(n)} }}")
        for n in (2, 3, 4, 6, 8)
    ),
    _bomb(
        "count-distinct-2",
        "counts subjects of a product",
        f"SELECT (COUNT(DISTINCT ?s0) AS ?n) {{ {triples(2)} }}",
    ),
    _bomb(
        "count-distinct-rows", "counts distinct rows", f"SELECT (COUNT(DISTINCT *) AS ?n) {{ {triples(3)} }}"
    ),
    _bomb(
        "aggregates",
        "five aggregates over a product",
        "SELECT (SUM(STRLEN(STR(?o0))) AS ?a) (AVG(STRLEN(STR(?o1))) AS ?b) (MIN(?o2) AS ?c) (MAX(?o0) AS ?d) "
        f"(SAMPLE(?s1) AS ?e) {{ {triples(3)} }}",
    ),
    _bomb("sum", "sums over a product", f"SELECT (SUM(STRLEN(STR(?o0))) AS ?n) {{ {triples(2)} }}"),
    _bomb(
        "having", "having over groups", f"SELECT ?s0 {{ {triples(2)} }} GROUP BY ?s0 HAVING (COUNT(*) < 0)"
    ),
]

MATERIALISED = [
    *(
        _bomb(
            f"distinct-{n}",
            f"distinct rows of {n}",
            f"SELECT DISTINCT * {{ {triples(n)} }} OFFSET 10000000000",
        )
        for n in (2, 5)
    ),
    *(
        _bomb(f"order-{n}", f"orders a product of {n}", f"SELECT * {{ {triples(n)} }} ORDER BY ?o0 ?s{n - 1}")
        for n in (2, 4)
    ),
    _bomb(
        "order-by-words",
        "orders by what it puts together",
        f"SELECT ?s0 {{ {triples(3)} }} ORDER BY DESC(CONCAT(STR(?o0), STR(?o1), STR(?o2)))",
    ),
    _bomb(
        "order-limit", "the first of an order", f"SELECT * {{ {triples(2)} }} ORDER BY ?o0 ?o1 ?s0 LIMIT 1"
    ),
    _bomb("group-by", "groups by a subject", f"SELECT ?s0 (COUNT(*) AS ?n) {{ {triples(2)} }} GROUP BY ?s0"),
    _bomb(
        "group-by-all",
        "a group for each row",
        f"SELECT (COUNT(*) AS ?n) {{ {triples(2)} }} GROUP BY ?s0 ?p0 ?o0 ?s1 ?p1 ?o1",
    ),
    _bomb(
        "group-concat-2",
        "joins a product to one text",
        f"SELECT (GROUP_CONCAT(?o0) AS ?t) {{ {triples(2)} }}",
    ),
    _bomb(
        "group-concat-4",
        "joins distinct texts",
        f"SELECT (GROUP_CONCAT(DISTINCT CONCAT(STR(?o0), STR(?o1))) AS ?t) {{ {triples(4)} }}",
    ),
    _bomb(
        "subselect",
        "counts a distinct product inside",
        f"SELECT (COUNT(*) AS ?n) {{ {{ SELECT DISTINCT ?s0 ?s1 ?s2 {{ {triples(3)} }} }} }}",
    ),
    query(
        "product-reduced",
        FAMILY,
        "reduced rows that never are",
        f"SELECT REDUCED ?s0 {{ {triples(3)} FILTER(STRLEN(STR(?o0)) < 0) }}",
        PERHAPS,
    ),
]

JOINS = [
    _bomb(
        "optional",
        "optional products",
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c OPTIONAL { ?d ?e ?f OPTIONAL { ?g ?h ?i } } }",
    ),
    _bomb(
        "minus",
        "a product less a product",
        f"SELECT (COUNT(*) AS ?n) {{ {triples(2)} MINUS {{ ?s0 ?p0 ?o0 . ?s1 ?p1 ?o1 . ?x ?y ?z }} }}",
    ),
    _bomb(
        "union",
        "products side by side",
        f"SELECT (COUNT(*) AS ?n) {{ {{ {triples(2)} }} UNION {{ {triples(3)} }} }}",
    ),
    _bomb(
        "not-exists",
        "no product beside",
        f"SELECT (COUNT(*) AS ?n) {{ {triples(2)} FILTER NOT EXISTS {{ ?s0 ?q ?s1 . ?s1 ?r ?s0 }} }}",
    ),
    _bomb(
        "filter",
        "compares everything with everything",
        f"SELECT * {{ {triples(2)} FILTER(LCASE(STR(?o0)) = CONCAT(STR(?s1), 'x')) }}",
    ),
    _bomb(
        "near-match",
        "an inequality of all values",
        f"SELECT (COUNT(*) AS ?n) {{ {triples(2)} FILTER(STR(?o0) < STR(?o1)) }}",
    ),
    _bomb(
        "graphs",
        "products of graphs",
        "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } }",
    ),
    _bomb(
        "values",
        "12 lists of 10",
        "SELECT (COUNT(*) AS ?n) { "
        + " ".join(f"VALUES ?v{n} {{ 0 1 2 3 4 5 6 7 8 9 }}" for n in range(12))
        + " }",
    ),
    _bomb(
        "ask-never",
        "asks for a row that never comes",
        f"ASK {{ {triples(3)} FILTER(STRLEN(STR(?o0)) + STRLEN(STR(?o1)) < 0) }}",
    ),
    _bomb(
        "bind",
        "computes for each row of a product",
        f"SELECT (MAX(?h) AS ?m) {{ {triples(2)} BIND(SHA512(CONCAT(STR(?o0), STR(?o1))) AS ?h) }}",
    ),
    _bomb(
        "predicates", "joins by predicate only", "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?p ?d . ?e ?p ?f }"
    ),
    _bomb(
        "triangles",
        "rings of five",
        "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?b ?q ?c . ?c ?r ?d . ?d ?s ?e . ?e ?t ?a }",
    ),
    _bomb("offset", "passes over 10^18 rows", f"SELECT * {{ {triples(4)} }} OFFSET 1000000000000000000"),
    _bomb(
        "nested",
        "a product in a product in a product",
        "SELECT (COUNT(*) AS ?n) { { SELECT ?a { ?a ?b ?c } } { SELECT ?d { ?d ?e ?f } } { SELECT ?g { ?g ?h ?i } } }",
    ),
]

STREAMED = [
    *(
        query(
            f"product-rows-{kind}",
            FAMILY,
            f"all rows of a product as {kind}",
            f"SELECT * {{ {triples(2)} }}",
            SENT,
            parameters=[("format", kind)],
        )
        for kind in ("json", "xml", "csv", "tsv")
    ),
    query(
        "product-limit",
        FAMILY,
        "a limit of 2^64 - 1",
        f"SELECT * {{ {triples(3)} }} LIMIT 18446744073709551615",
        SENT,
    ),
    *(
        query(
            f"product-construct-{kind}",
            FAMILY,
            f"builds triples from a product as {kind}",
            f"CONSTRUCT {{ ?s0 ?p1 ?o1 . ?s1 ?p0 ?o0 }} {{ {triples(2)} }}",
            TOO_MUCH_TO_SEND,
            parameters=[("format", kind)],
        )
        for kind in ("nt", "ttl", "rdf", "jsonld")
    ),
    query(
        "product-describe",
        FAMILY,
        "describes what a product names",
        f"DESCRIBE ?s0 ?o1 {{ {triples(2)} }}",
        TOO_MUCH_TO_SEND,
        accept="application/n-triples",
    ),
    query(
        "product-get",
        FAMILY,
        "a product by GET",
        f"SELECT * {{ {triples(3)} }}",
        SENT,
        via="GET",
        accept="text/csv",
    ),
    query(
        "product-form",
        FAMILY,
        "a product by form",
        f"SELECT * {{ {triples(3)} }}",
        SENT,
        via="application/x-www-form-urlencoded",
        accept="text/csv",
    ),
]

ANSWERED = [
    query(
        "product-ask",
        FAMILY,
        "asks whether a product of eight has a row",
        f"ASK {{ {triples(8)} }}",
        PERHAPS,
        check=true,
    ),
    query(
        "product-ten",
        FAMILY,
        "ten rows of a product",
        f"SELECT * {{ {triples(4)} }} LIMIT 10",
        ("200", "504"),
    ),
    query("product-everything", FAMILY, "everything once, as JSON", "SELECT * { ?s ?p ?o }", PERHAPS_SENT),
    query(
        "product-describe-all",
        FAMILY,
        "describes everything",
        "DESCRIBE ?s { ?s ?p ?o }",
        PERHAPS_SENT,
        accept="text/turtle",
    ),
    query(
        "product-construct-all",
        FAMILY,
        "everything once, as RDF/XML",
        "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }",
        PERHAPS_SENT,
        accept="application/rdf+xml",
    ),
    query(
        "product-quads",
        FAMILY,
        "all graphs in order",
        "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?o ?s ?p ?g",
        PERHAPS_SENT,
        accept="text/csv",
    ),
    query(
        "product-empty", FAMILY, "a product with nothing", f"SELECT * {{ {triples(6)} FILTER(false) }}", FINE
    ),
    query("product-limit-0", FAMILY, "no row of a product", f"SELECT * {{ {triples(8)} }} LIMIT 0", PERHAPS),
]

ATTACKS = [*COUNTS, *MATERIALISED, *JOINS, *STREAMED, *ANSWERED]
