"""What would make the server ask others, read files or change data: SERVICE, LOAD, updates, FROM."""
# ruff: noqa: E501 - a request a line

import json
from collections.abc import Sequence
from urllib.parse import quote

from tests.hostile import wire
from tests.hostile.attack import DIRECT, FINE, FORM, REFUSED, Attack, query, raw
from tests.hostile.wire import Answer

SERVICE = "SERVICE in disguise"
UPDATES = "updates"
GRAPHS = "FROM and graph parameters"
URL = "http://@CANARY@/sparql"
ROW = "{ ?s ?p ?o }"
_ESCAPED = "".join(f"\\u{ord(letter):04X}" for letter in "SERVICE")


def _service(name: str, what: str, text: str, allowed: Sequence[str] = REFUSED) -> Attack:
    return query(f"service-{name}", SERVICE, what, text, allowed)


_SERVICES = [
    _service("plain", "as it is written", f"SELECT * {{ SERVICE <{URL}> {ROW} }}"),
    _service("silent", "silently", f"SELECT * {{ SERVICE SILENT <{URL}> {ROW} }}"),
    _service("lower", "in lower case", f"SELECT * {{ service silent <{URL}> {ROW} }}"),
    _service("mixed", "in mixed case", f"SELECT * {{ sErViCe<{URL}>{ROW} }}"),
    _service("glued", "written together with a prefix", f"PREFIX ex: <http://@CANARY@/> SELECT * {{ SERVICEex:x{ROW} }}"),
    _service("glued-silent", "SILENT written together with a prefix", f"PREFIX ex: <http://@CANARY@/> SELECT * {{ SERVICESILENTex:x{ROW} }}"),
    _service("glued-empty", "written together with the empty prefix", f"PREFIX : <http://@CANARY@/> SELECT * {{ SERVICE:x{ROW} }}"),
    _service("glued-dot", "after a dot, without a space", f"SELECT * {{ ?s ?p ?o.SERVICE<{URL}>{ROW}}}"),
    _service("number-dot", "after a number, without a space", f"SELECT * {{ ?s ?p 1.SERVICE<{URL}>{ROW}}}"),
    _service("after-string", "after a string, without a space", f"SELECT * {{ ?s ?p 'x'SERVICE<{URL}>{ROW}}}"),
    _service("after-language", "after a language tag", f"SELECT * {{ ?s ?p 'x'@en.SERVICE<{URL}>{ROW}}}"),
    _service("after-true", "after a boolean, without a space", f"SELECT * {{ ?s ?p true.SERVICE SILENT<{URL}>{ROW}}}"),
    _service("escaped", "with an escaped letter", f"SELECT * {{ \\u0053ERVICE SILENT <{URL}> {ROW} }}"),
    _service("escaped-long", "with a long escape", f"SELECT * {{ SERV\\U00000049CE SILENT <{URL}> {ROW} }}"),
    _service("escaped-all", "all letters escaped", f"SELECT * {{ {_ESCAPED} SILENT <{URL}> {ROW} }}"),
    _service("fullwidth", "in full-width letters", f"SELECT * {{ ＳＥＲＶＩＣＥ SILENT <{URL}> {ROW} }}"),
    _service("long-s", "with a long s, which is S in capitals", f"SELECT * {{ ſERVICE SILENT <{URL}> {ROW} }}"),
    _service("dotless", "with a dotless i", f"SELECT * {{ SERVıCE SILENT <{URL}> {ROW} }}"),
    _service("zero-width", "with a zero-width space", f"SELECT * {{ SER\u200bVICE SILENT <{URL}> {ROW} }}"),
    _service("comment", "behind a comment", f"SELECT * {{ # SERVICE\nSERVICE # x\n SILENT # <y>\n <{URL}> {ROW} }}"),
    _service("comment-cr", "behind a comment that a carriage return ends", f"SELECT * {{ # x\rSERVICE SILENT <{URL}> {ROW} }}"),
    _service("form-feed", "between form feeds", f"SELECT * {{ \x0cSERVICE\x0cSILENT\x0b<{URL}> {ROW} }}"),
    _service("subselect", "in a query inside", f"SELECT * {{ {{ SELECT * {{ SERVICE SILENT <{URL}> {ROW} }} }} }}"),
    _service("optional", "in an optional", f"SELECT * {{ OPTIONAL {{ SERVICE SILENT <{URL}> {ROW} }} }}"),
    _service("minus", "in a MINUS", f"SELECT * {{ ?s ?p ?o MINUS {{ SERVICE SILENT <{URL}> {ROW} }} }} LIMIT 1"),
    _service("exists", "in an EXISTS", f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE SILENT <{URL}> {ROW} }} }} LIMIT 1"),
    _service("not-exists-bind", "in an EXISTS that is bound", f"SELECT (EXISTS {{ SERVICE SILENT <{URL}> {ROW} }} AS ?x) {{}}"),
    _service("union", "in a union", f"SELECT * {{ {{ }} UNION {{ SERVICE SILENT <{URL}> {ROW} }} }}"),
    _service("graph", "in a graph", f"SELECT * {{ GRAPH ?g {{ SERVICE SILENT <{URL}> {ROW} }} }}"),
    _service("order", "in an EXISTS to order by", f"SELECT * {{ ?s ?p ?o }} ORDER BY (EXISTS {{ SERVICE SILENT <{URL}> {ROW} }}) LIMIT 1"),
    _service("having", "in an EXISTS of HAVING", f"SELECT ?s {{ ?s ?p ?o }} GROUP BY ?s HAVING (EXISTS {{ SERVICE SILENT <{URL}> {ROW} }})"),
    _service("variable", "to a variable", f"SELECT * {{ VALUES ?u {{ <{URL}> }} SERVICE SILENT ?u {ROW} }}"),
    _service("variable-bound", "to what is computed", f"SELECT * {{ BIND(IRI(CONCAT('http://', '@CANARY@')) AS ?u) SERVICE ?u {ROW} }}"),
    _service("base", "to a name below a base", f"BASE <http://@CANARY@/> SELECT * {{ SERVICE SILENT <x> {ROW} }}"),
    _service("base-empty", "to the base itself", f"BASE <http://@CANARY@/> SELECT * {{ SERVICE SILENT <> {ROW} }}"),
    _service("scheme-relative", "to a name without scheme", f"BASE <http://x/> SELECT * {{ SERVICE SILENT <//@CANARY@/> {ROW} }}"),
    _service("hidden-iri", "where an IRI may be a comparison", f"SELECT * {{ ?s ?p ?a FILTER(?a<?b)SERVICE SILENT <{URL}>{ROW} #>\n }}"),
    _service("hidden-comment", "where an IRI may hide a comment", f"SELECT * {{ BIND(1 AS ?a) FILTER(?a<2)SERVICE <{URL}> {ROW} #>\n}}"),
    _service("metadata", "to the address of a cloud's metadata", f"SELECT * {{ SERVICE SILENT <http://169.254.169.254/latest/meta-data/> {ROW} }}"),
    _service("localhost", "to localhost", f"SELECT * {{ SERVICE SILENT <http://localhost/> {ROW} }}"),
    _service("v6", "to a loopback address of IPv6", f"SELECT * {{ SERVICE SILENT <http://[::1]:80/> {ROW} }}"),
    _service("decimal", "to an address as one number", f"SELECT * {{ SERVICE SILENT <http://2130706433/> {ROW} }}"),
    _service("file", "to a file", f"SELECT * {{ SERVICE SILENT <file:///etc/passwd> {ROW} }}"),
    _service("construct", "in a CONSTRUCT", f"CONSTRUCT {ROW} {{ SERVICE SILENT <{URL}> {ROW} }}"),
    _service("construct-where", "in a CONSTRUCT WHERE", f"CONSTRUCT WHERE {{ SERVICE SILENT <{URL}> {ROW} }}"),
    _service("describe", "in a DESCRIBE", f"DESCRIBE ?s {{ SERVICE SILENT <{URL}> {ROW} }}"),
    _service("ask", "in an ASK", f"ASK {{ SERVICE SILENT <{URL}> {ROW} }}"),
    _service("late", "after 60,000 characters", f"SELECT * {{ {'# x' * 20000}\n SERVICE SILENT <{URL}> {ROW} }}"),
    _service("string-trap", "after a string that seems open", f"SELECT * {{ ?s ?p '\\'' . SERVICE SILENT <{URL}> {ROW} }}"),
    _service("long-string-trap", "after a long string with quotes", f"SELECT * {{ ?s ?p \"\"\"a\\\"\"\"\" . SERVICE SILENT <{URL}> {ROW} }}"),
    _service("name-trap", "after a name with escapes", f"PREFIX e: <a:> SELECT * {{ ?s e:a\\#b ?o . SERVICE SILENT <{URL}> {ROW} }}"),
    _service("no-variable", "a variable called service is none", "SELECT ?service { ?service ?p $SERVICE } LIMIT 1", FINE),
    _service("no-string", "the word in a string is none", "SELECT ('SERVICE <http://x/> {}' AS ?x) {}", FINE),
    _service("no-comment", "the word in a comment is none", "SELECT * { ?s ?p ?o } LIMIT 1 # SERVICE <http://x/> {}", FINE),
    _service("no-iri", "the word in an IRI is none", "SELECT * { ?s <http://x/SERVICE#service> ?o }", FINE),
]  # fmt: skip


def _update(name: str, what: str, text: str, via: str = DIRECT) -> Attack:
    return query(f"update-{name}", UPDATES, what, text, REFUSED, via=via)


def _post(
    name: str,
    what: str,
    kind: str,
    body: bytes,
    path: str = "/sparql",
    allowed: Sequence[str] = ("400", "415"),
) -> Attack:
    return raw(
        f"update-{name}", UPDATES, what, wire.request("POST", path, [("Content-Type", kind)], body), allowed
    )


_DROP = b"DROP ALL"
_UPDATES = [
    _update("insert", "INSERT DATA", "INSERT DATA { <a:a> <a:b> <a:c> }"),
    _update("delete-where", "DELETE WHERE", "DELETE WHERE { ?s ?p ?o }", FORM),
    _update("modify", "DELETE/INSERT with prefixes", "PREFIX a: <a:> DELETE { ?s ?p ?o } INSERT { ?s a:b ?o } WHERE { ?s ?p ?o }"),
    _update("with", "WITH a graph", "WITH <a:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }"),
    _update("load", "LOAD from us", f"LOAD <{URL}>", "GET"),
    _update("load-silent", "LOAD silently into a graph", f"load silent <{URL}> into graph <a:g>"),
    _update("load-file", "LOAD of a file", "LOAD <file:///etc/passwd> INTO GRAPH <a:g>", FORM),
    _update("clear", "CLEAR ALL behind comments", "# x\n#y\nCLEAR SILENT ALL"),
    _update("drop", "DROP ALL by GET", "DROP ALL", "GET"),
    _update("create", "CREATE GRAPH", "CREATE GRAPH <a:g>"),
    _update("copy", "COPY, MOVE and ADD", "COPY DEFAULT TO <a:g> ; MOVE <a:g> TO DEFAULT ; ADD <a:g> TO <a:h>"),
    _update("after", "an update after a query", "SELECT * { ?s ?p ?o } LIMIT 1 ; DROP ALL"),
    _update("after-dot", "an update after a query, without a mark", "ASK {} DELETE WHERE { ?s ?p ?o }"),
    _update("escaped", "an update in escapes", "\\u0044ROP ALL"),
    _update("base", "an update after BASE", "BASE <http://a/> PREFIX x: <y> INSERT DATA { <a> x:b <c> }"),
    _post("direct", "an update sent as one", "application/sparql-update", _DROP, allowed=("415",)),
    _post("direct-charset", "the same with a charset", "Application/SPARQL-Update; charset=utf-8", _DROP, allowed=("415",)),
    _post("form", "an update by form", FORM, b"update=DROP+ALL"),
    _post("form-both", "a query and an update by form", FORM, b"query=ASK+%7B%7D&update=DROP+ALL"),
    _post("form-url", "a query by form, an update in the address", FORM, b"query=ASK%7B%7D", "/sparql?update=DROP%20ALL"),
    _post("using", "graphs of an update", FORM, b"update=DROP+ALL&using-graph-uri=a:g"),
    raw("update-get", UPDATES, "an update by GET", wire.request("GET", "/sparql?update=DROP%20ALL"), REFUSED),
    raw("update-put", UPDATES, "PUT of a graph", wire.request("PUT", "/sparql?default", [("Content-Type", "text/turtle")], b"<a:a> <a:b> <a:c> ."), ("405",)),
    raw("update-delete", UPDATES, "DELETE of all graphs", wire.request("DELETE", "/sparql?default"), ("405",)),
    raw("update-patch", UPDATES, "PATCH of a thing", wire.request("PATCH", "/doc/@THING@", [("Content-Type", DIRECT)], b"x"), ("405",)),
]  # fmt: skip


def empty(answer: Answer) -> str:
    """A table without a row, and without anything of this machine in it."""
    rows = json.loads(answer.body)["results"]["bindings"]
    return f"{len(rows)} rows" if rows or b"root:" in answer.body else ""


def _graph(
    name: str, what: str, text: str, allowed: Sequence[str] = FINE, parameters: Sequence[tuple[str, str]] = ()
) -> Attack:
    via = "GET" if len(parameters) < 20 and len(text) < 4000 else FORM
    return query(f"graph-{name}", GRAPHS, what, text, allowed, via=via, parameters=parameters, check=empty)


_ALL = "SELECT * { ?s ?p ?o }"
_NAMED = "SELECT * { GRAPH ?g { ?s ?p ?o } }"
_SOURCES = [
    _graph("file", "FROM a file", f"SELECT * FROM <file:///etc/passwd> {ROW}"),
    _graph("http", "FROM us", f"SELECT * FROM <{URL}> {ROW}"),
    _graph("localhost", "FROM this machine", f"SELECT * FROM <http://localhost/> FROM NAMED <http://127.0.0.1/> {ROW}"),
    _graph("unknown", "FROM what there is not", f"SELECT * FROM <a:unknown> {ROW}"),
    _graph("named-unknown", "FROM NAMED what there is not", "SELECT * FROM NAMED <a:unknown> { GRAPH ?g { ?s ?p ?o } }"),
    _graph("many", "700 FROM clauses", f"SELECT * {' '.join(f'FROM <a:{n}>' for n in range(700))} {ROW}"),
    _graph("many-named", "700 FROM NAMED clauses", f"SELECT * {' '.join(f'FROM NAMED <a:{n}>' for n in range(700))} {{ GRAPH ?g {{ ?s ?p ?o }} }}"),
    _graph("same", "one graph 1,500 times", f"SELECT * {'FROM <a:g> ' * 1500} {ROW}"),
    _graph("relative", "FROM a name without a base", f"SELECT * FROM <../../etc/passwd> {ROW}", ("200", "400")),
    _graph("variable", "FROM a variable", f"SELECT * FROM ?g {ROW}", REFUSED),
    _graph("blank", "FROM a blank node", f"SELECT * FROM _:g {ROW}", REFUSED),
    _graph("parameter-file", "a file by parameter", _ALL, parameters=[("default-graph-uri", "file:///etc/passwd")]),
    _graph("parameter-http", "us by parameter", _ALL, parameters=[("default-graph-uri", URL), ("named-graph-uri", URL)]),
    _graph("parameter-empty", "the empty name by parameter", _ALL, ("200", "400"), [("default-graph-uri", "")]),
    _graph("parameter-none", "what is no name by parameter", _ALL, ("200", "400"), [("default-graph-uri", "not a name <>\" {}")]),
    _graph("parameter-lines", "line breaks by parameter", _ALL, ("200", "400"), [("named-graph-uri", "a:b\r\nX-Injected: 1")]),
    _graph("parameter-150", "150 graphs by parameter", _NAMED, parameters=[("named-graph-uri", f"a:{n}") for n in range(150)]),
    _graph("parameter-same", "one graph 150 times by parameter", _NAMED, parameters=[("named-graph-uri", "a:g")] * 150),
    _graph("parameter-3000", "3,000 graphs by parameter", _ALL, (*REFUSED, "431", "414"), [("default-graph-uri", f"a:{n}") for n in range(3000)]),
    _graph("parameter-long", "a name of 30,000 characters by parameter", _ALL, parameters=[("default-graph-uri", "a:" + "x" * 30000)]),
    _graph("both", "parameters against clauses", f"SELECT * FROM <a:x> {ROW}", parameters=[("default-graph-uri", "a:y")]),
    raw("graph-form", GRAPHS, "graphs in address and form", wire.request("POST", "/sparql?default-graph-uri=a:x", [("Content-Type", FORM)], b"named-graph-uri=a:y&query=" + quote(_ALL).encode()), FINE, check=empty),
]  # fmt: skip

ATTACKS = [*_SERVICES, *_UPDATES, *_SOURCES]
