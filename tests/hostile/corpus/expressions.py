"""Expressions that grow: regular expressions, property paths, texts that double, numbers without end."""
# ruff: noqa: E501 - a request a line

from collections.abc import Sequence

from tests.hostile.attack import DIRECT, FINE, PERHAPS, PERHAPS_SENT, REFUSED, TOO_MUCH, Attack, query
from tests.hostile.corpus.products import triples

REGEX = "regular expressions"
PATHS = "property paths"
MEMORY = "memory bombs"
LARGE = "large values and long queries"
P = "<https://w3id.org/kzlod/ontology#isPartOf>"
CAP = 64 * 1024
XSD = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "


def doubled(times: int, start: str = "aaaaaaaa", variable: str = "v") -> str:
    """Binds a text and doubles it so many times."""
    steps = (f"BIND(CONCAT(?{variable}{n}, ?{variable}{n}) AS ?{variable}{n + 1})" for n in range(times))
    return f"BIND('{start}' AS ?{variable}0) {' '.join(steps)}"


def _regex(name: str, what: str, text: str, allowed: Sequence[str] = PERHAPS) -> Attack:
    return query(f"regex-{name}", REGEX, what, text, allowed)


def _path(name: str, what: str, text: str, allowed: Sequence[str] = PERHAPS) -> Attack:
    return query(f"path-{name}", PATHS, what, text, allowed)


def _memory(name: str, what: str, text: str, allowed: Sequence[str] = TOO_MUCH) -> Attack:
    return query(f"memory-{name}", MEMORY, what, text, allowed)


def _large(name: str, what: str, text: str, allowed: Sequence[str], via: str = DIRECT) -> Attack:
    return query(f"large-{name}", LARGE, what, text, allowed, via=via)


_BIG = doubled(17)  # a MiB
_TWICE = ", '(.*)', '$1$1')"
_REGEXES = [
    _regex("catastrophic", "(a+)+$ over a MiB", f"SELECT (REGEX(CONCAT(?v17, 'b'), '^(a+)+$') AS ?x) {{ {_BIG} }}"),
    _regex("alternatives", "(a|aa)+$ over a MiB", f"SELECT (REGEX(CONCAT(?v17, 'b'), '^(a|aa)+$') AS ?x) {{ {_BIG} }}"),
    _regex("dots", "twelve .* in a row", f"SELECT (REGEX(?v17, '.*.*.*.*.*.*.*.*.*.*.*.*x') AS ?x) {{ {_BIG} }}"),
    _regex("million", "(a{1000}){1000}", "SELECT * { ?s ?p ?o FILTER REGEX(STR(?o), '(a{1000}){1000}') }"),
    _regex("billion", "((a{1000}){1000}){1000}", "SELECT * { ?s ?p ?o FILTER REGEX(STR(?o), '((a{1000}){1000}){1000}') }"),
    _regex("classes", "a thousand large classes", "SELECT * { ?s ?p ?o FILTER REGEX(STR(?o), '" + "[\\\\p{L}\\\\p{N}]{0,9}" * 1000 + "x') }"),
    _regex("unicode-repeated", "a class of letters, 1,000 times", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER REGEX(STR(?o), '\\\\p{L}{1000}', 'i') }"),
    _regex("nested-groups", "20,000 groups inside each other", "SELECT (REGEX('a', '" + "(" * 20000 + "a" + ")" * 20000 + "') AS ?x) {}"),
    _regex("long", "a pattern of 60,000 characters", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER REGEX(STR(?o), '" + "a?" * 30000 + "') }"),
    _regex("each-row", "a new pattern for each row", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER REGEX(STR(?s), CONCAT('(', STRLANG(STR(?o), 'en'), '){1,999}')) }"),
    _regex("each-row-product", "every text as a pattern on every text", f"SELECT (COUNT(*) AS ?n) {{ {triples(2)} FILTER REGEX(STR(?o0), STR(?o1)) }}"),
    _regex("nested", "patterns inside patterns", f"SELECT (COUNT(*) AS ?n) {{ {triples(2)} FILTER REGEX(REPLACE(REPLACE(STR(?o0), '.', '($0)?'), 'e', 'e*'), STR(?o1)) }}"),
    _regex("replace-growth", "replaces each letter by a thousand", "SELECT (STRLEN(REPLACE(REPLACE(REPLACE('aaaaaaaaaa', 'a', '" + "a" * 1000 + "'), 'a', '" + "a" * 1000 + "'), 'a', '" + "a" * 1000 + "')) AS ?n) {}"),
    _regex("replace-groups", "replaces a text by itself, ever again", f"SELECT (STRLEN({'REPLACE(' * 30}?v5{_TWICE * 30}) AS ?n) {{ {doubled(5)} }}"),
    _regex("empty-match", "replaces between all letters", f"SELECT (STRLEN(REPLACE(REPLACE(?v17, '', 'xxxxxxxx'), '', 'yyyyyyyy')) AS ?n) {{ {_BIG} }}"),
    _regex("flags", "flags that there are not", "SELECT (REGEX('a', 'a', '" + "smixq" * 2000 + "') AS ?x) {}"),
    _regex("look-around", "what the engine does not know", "SELECT (REGEX('aaaa', '(?<=(a|b)+)(?=a)\\\\1++') AS ?x) {}"),
    _regex("nul", "a pattern with odd characters", "SELECT (REGEX('a\\u0001\\uFFFFb', '[\\u0001-\\uFFFE]+\\\\x00?') AS ?x) {}"),
]  # fmt: skip

_PATHS = [
    _path("anything", "(p|!p)* with both ends free", f"SELECT (COUNT(*) AS ?n) {{ ?s ({P}|!{P})* ?o }}"),
    _path("anything-plus", "(p|!p)+ with both ends free", f"SELECT (COUNT(*) AS ?n) {{ ?s ({P}|!{P})+ ?o }}"),
    _path("both-ways", "forwards and backwards", "SELECT (COUNT(*) AS ?n) { ?s (!<a:b>|!^<a:b>)* ?o }"),
    _path("distinct", "distinct pairs of a closure", "SELECT DISTINCT ?s ?o { ?s (!<a:b>)* ?o }", PERHAPS_SENT),
    _path("nested-star", "((p*)*)*", "SELECT (COUNT(*) AS ?n) { ?s (((!<a:b>)*)*)* ?o }"),
    _path("nested-plus", "((p+)+)+", "SELECT (COUNT(*) AS ?n) { ?s (((!<a:b>)+)+)+ ?o }"),
    _path("star-optional", "((p?)*)?", "SELECT (COUNT(*) AS ?n) { ?s (((!<a:b>)?)*)? ?o }"),
    _path("sequence", "closures in sequence", "SELECT (COUNT(*) AS ?n) { ?s (!<a:b>)*/(!<a:c>)*/(!<a:d>)* ?o }"),
    _path("product", "a product of closures", "SELECT (COUNT(*) AS ?n) { ?a (!<a:b>)* ?b . ?c (!<a:b>)* ?d }"),
    _path("ring", "closures that meet", "SELECT (COUNT(*) AS ?n) { ?a (!<a:b>)+ ?b . ?b (!<a:b>)+ ?c . ?c (!<a:b>)+ ?a }"),
    _path("same-ends", "from each to itself", "SELECT ?a { ?a (!<a:b>|^!<a:b>)+ ?a }", PERHAPS_SENT),
    _path("negated", "a negated set both ways", f"SELECT (COUNT(*) AS ?n) {{ ?s !({P}|^{P})/!({P}|^{P}) ?o }}"),
    _path("zero-steps", "nothing to itself", "SELECT (COUNT(*) AS ?n) { ?s <a:b>* ?o . ?t <a:b>* ?u }"),
    _path("zero-free", "closures of what there is not", "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?s{n} <a:b>? ?o{n} ." for n in range(4)) + " }"),
    _path("graph", "closures in each graph", "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s (!<a:b>)* ?o } }"),
    _path("exists", "a closure for each row", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER EXISTS { ?o (!<a:b>|^!<a:b>)* <a:never> } }"),
    _path("optional", "an optional closure for each row", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o OPTIONAL { ?s (!<a:b>)+ ?x } }"),
    _path("types", "all types by all classes", "SELECT (COUNT(*) AS ?n) { ?s a/<http://www.w3.org/2000/01/rdf-schema#subClassOf>* ?c . ?t a/<http://www.w3.org/2000/01/rdf-schema#subClassOf>* ?c }"),
]  # fmt: skip

_MEMORIES = [
    _memory("concat-30", "a text doubled 30 times", f"SELECT (STRLEN(?v30) AS ?n) {{ {doubled(30)} }}", PERHAPS),
    _memory("concat-60", "a text doubled 60 times", f"SELECT (STRLEN(?v60) AS ?n) {{ {doubled(60)} }}"),
    _memory("concat-8-fold", "a text put together eightfold, 11 times", "SELECT (STRLEN(?v11) AS ?n) { BIND('aaaaaaaa' AS ?v0) " + " ".join(f"BIND(CONCAT({', '.join([f'?v{n}'] * 8)}) AS ?v{n + 1})" for n in range(11)) + " }"),
    _memory("concat-sent", "a text of 512 MiB to send", f"SELECT ?v26 {{ {doubled(26)} }}", PERHAPS_SENT),
    _memory("concat-rows", "a MiB for each row", f"SELECT ?s ?v17 {{ {_BIG} ?s ?p ?o }}", PERHAPS_SENT),
    _memory("concat-order", "a MiB for each row, in order", f"SELECT * {{ {_BIG} ?s ?p ?o BIND(CONCAT(?v17, STR(?o)) AS ?w) }} ORDER BY ?w"),
    _memory("concat-distinct", "a MiB for each row, distinct", f"SELECT DISTINCT ?w {{ {_BIG} ?s ?p ?o BIND(CONCAT(STR(?s), STR(?o), ?v17) AS ?w) }}", PERHAPS_SENT),
    _memory("group-concat", "texts of all rows, each a MiB", f"SELECT (STRLEN(GROUP_CONCAT(?v17)) AS ?n) {{ {_BIG} ?s ?p ?o }}"),
    _memory("group-concat-separator", "a separator of 30,000 characters", f"SELECT (STRLEN(GROUP_CONCAT(?o; separator='{'x' * 30000}')) AS ?n) {{ ?s ?p ?o }}", PERHAPS),
    _memory("group-concat-groups", "texts of every group of a product", f"SELECT ?s0 (GROUP_CONCAT(DISTINCT STR(?o1)) AS ?t) {{ {triples(2)} }} GROUP BY ?s0"),
    _memory("encode", "a MiB percent-encoded six times over", f"SELECT (STRLEN({'ENCODE_FOR_URI(' * 40}?w{')' * 40}) AS ?n) {{ {_BIG} BIND(REPLACE(?v17, 'a', 'қ') AS ?w) }}", PERHAPS),
    _memory("upper", "upper case that grows", f"SELECT (STRLEN({'UCASE(' * 60}?v22{')' * 60}) AS ?n) {{ {doubled(22, 'ßßßßßßßß')} }}", PERHAPS),
    _memory("hash", "hashes of large texts", f"SELECT (SHA512(?v26) AS ?a) (MD5(?v26) AS ?b) (SHA1(?v26) AS ?c) {{ {doubled(26)} }}", PERHAPS),
    _memory("iri", "a name of 64 MiB", f"SELECT (STRLEN(STR(IRI(CONCAT('http://a/', ?v23)))) AS ?n) {{ {doubled(23)} }}", PERHAPS),
    _memory("construct", "triples with a text of a MiB", f"CONSTRUCT {{ ?s ?p ?v17 }} {{ {_BIG} ?s ?p ?o }}", PERHAPS_SENT),
    _memory("uuid", "a new name for each row, distinct", f"SELECT DISTINCT ?u {{ {triples(2)} BIND(STRUUID() AS ?u) }}", PERHAPS_SENT),
    _memory("bnode", "a blank node for each row, in order", f"SELECT ?b {{ {triples(2)} BIND(BNODE() AS ?b) }} ORDER BY ?b"),
    _memory("template-nodes", "blank nodes in a template of a product", f"CONSTRUCT {{ [] ?p0 [] . ?s1 ?p1 ( 1 2 3 ) }} {{ {triples(2)} }}", (*TOO_MUCH, "cut")),
    _memory("substr", "pieces of a large text", f"SELECT (SUBSTR(?v26, 1, STRLEN(?v26)) AS ?a) (STRBEFORE(?v26, 'b') AS ?b) (STRAFTER(?v26, 'a') AS ?c) {{ {doubled(26)} }}", PERHAPS_SENT),
]  # fmt: skip

_VALUES = [
    _large("literal", "a literal of 65,000 characters", f"SELECT * {{ ?s ?p '{'x' * 65000}' }}", FINE),
    _large("literal-cyrillic", "a literal of 65,000 Kazakh letters", f"SELECT * {{ ?s ?p '{'қ' * 65000}' }}", FINE),
    _large("literal-astral", "a literal of 60,000 characters beyond 16 bits", f"SELECT * {{ ?s ?p '{chr(0x1F600) * 60000}' }}", FINE),
    _large("iri", "an IRI of 65,000 characters", f"SELECT * {{ ?s <http://a/{'x' * 65000}> ?o }}", FINE),
    _large("iri-dots", "an IRI with 20,000 steps upwards", f"SELECT * {{ ?s <http://a/{'../' * 20000}x> ?o }}", PERHAPS),
    _large("base", "a base of 60,000 characters", f"BASE <http://a/{'b/' * 30000}> SELECT * {{ ?s <{'../' * 1000}x> ?o }}", FINE),
    _large("variable", "a variable of 60,000 letters", f"SELECT ?{'v' * 30000} {{ ?{'v' * 30000} ?p ?o }} LIMIT 1", FINE),
    _large("prefix", "a prefix of 30,000 letters", f"PREFIX {'p' * 30000}: <http://a/> SELECT * {{ ?s {'p' * 30000}:x ?o }}", FINE),
    _large("language", "a language tag of 60,000 letters", f"SELECT * {{ ?s ?p 'x'@{'a-' * 30000}b }}", ("200", "400")),
    _large("integer", "a number of 60,000 digits", f"SELECT ({'9' * 60000} AS ?n) {{}}", ("200", "400")),
    _large("integer-sum", "more than 64 bits", "SELECT (9223372036854775807 + 1 AS ?a) (-9223372036854775808 - 1 AS ?b) (9223372036854775807 * 9223372036854775807 AS ?c) (1 / 0 AS ?d) {}", FINE),
    _large("integer-least", "the least number divided by -1", "SELECT (ABS(-9223372036854775807 - 1) AS ?a) ((-9223372036854775807 - 1) / -1 AS ?b) (-(-9223372036854775807 - 1) AS ?c) {}", FINE),
    _large("decimal", "decimals beyond their digits", f"SELECT ({'9' * 20}.{'9' * 18} * {'9' * 20}.{'9' * 18} AS ?a) (1.0 / 3 / 0.000000000000000001 AS ?b) {{}}", ("200", "400")),
    _large("double", "doubles without bound", "SELECT (1e308 * 1e308 AS ?a) (1e308 * 1e308 - 1e308 * 1e308 AS ?b) (1e-400 AS ?c) (1e99999999 AS ?d) {}", FINE),
    _large("double-digits", "an exponent of 50,000 digits", f"SELECT (1e{'9' * 50000} AS ?a) {{}}", ("200", "400")),
    _large("date", "dates beyond the calendar", XSD + "SELECT (xsd:dateTime('99999999999999-12-31T23:59:59Z') AS ?a) (YEAR(xsd:dateTime('-9999999-01-01T00:00:00Z')) AS ?b) (xsd:dateTime('2020-02-30T24:00:00+99:99') AS ?c) {}", FINE),
    _large("duration", "durations without bound", XSD + "SELECT (xsd:dateTime('9999-12-31T23:59:59Z') + xsd:dayTimeDuration('P999999999999D') AS ?a) (xsd:yearMonthDuration('P9223372036854775807Y') + xsd:yearMonthDuration('P9223372036854775807M') AS ?b) {}", FINE),
    _large("duration-digits", "a duration of 60,000 digits", XSD + f"SELECT (xsd:duration('P{'9' * 60000}Y') AS ?a) {{}}", FINE),
    _large("cast", "casts of what is none", XSD + f"SELECT (xsd:integer('{'9' * 30000}') AS ?a) (xsd:decimal('0.{'1' * 30000}') AS ?b) (xsd:boolean('maybe') AS ?c) {{}}", FINE),
    _large("round", "rounds what cannot be", "SELECT (ROUND(1e300) AS ?a) (CEIL(-1e300) AS ?b) (FLOOR(0.0 / 0.0) AS ?c) (ROUND(99999999999999999999.5) AS ?d) {}", ("200", "400")),
    _large("substr", "places that there are not", "SELECT (SUBSTR('abc', -9223372036854775807, 9223372036854775807) AS ?a) (SUBSTR('abc', 9223372036854775807) AS ?b) (SUBSTR('abc', 0.0/0.0) AS ?c) {}", FINE),
    _large("limit", "a limit of 60,000 digits", f"SELECT * {{ ?s ?p ?o }} LIMIT {'9' * 60000}", REFUSED),
    _large("limit-sum", "limit and offset whose sum is too large", "SELECT * { ?s ?p ?o } OFFSET 18446744073709551615 LIMIT 18446744073709551615", PERHAPS),
    _large("function", "a function that there is not", "SELECT (<http://@CANARY@/f>(1) AS ?x) {}", ("200", "400")),
    _large("below-cap", "a query just below the cap", "SELECT * { ?s ?p ?o } LIMIT 1 #" + "x" * (CAP - 31), FINE),
    _large("at-cap", "a query of just the cap, in spaces", "SELECT * {" + " " * (CAP - 19) + "} LIMIT 1", FINE),
    _large("above-cap", "a query one character above the cap", "SELECT * { ?s ?p ?o } LIMIT 1 #" + "x" * (CAP - 30), REFUSED),
    _large("above-cap-form", "a query above the cap by form", "SELECT * {" + " " * CAP + "}", REFUSED, "application/x-www-form-urlencoded"),
    _large("cap-names", "names to the cap", "SELECT " + "?v " * 21800 + "{}", PERHAPS),
    _large("newlines", "60,000 lines", "SELECT *\r\n{" + "\r\n" * 30000 + "?s ?p }", REFUSED),
    _large("unbalanced", "a string that begins in the last line", "SELECT * {\n" + "# x\n" * 15000 + "?s ?p 'x }", REFUSED),
]  # fmt: skip

ATTACKS = [*_REGEXES, *_PATHS, *_MEMORIES, *_VALUES]
