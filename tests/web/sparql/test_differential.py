"""Drawn queries over drawn data sets: the server gives what the engine gives by itself, in every format.

The data set of a query is stated by the protocol, by FROM, by both, or not at all; the engine gets it as a
store of its own that holds nothing else. So the meaning of the data set is tested, too.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scripts.w3c_results import GRAPH_FORMATS, TABLE_FORMATS, Answer, read, same
from tests.test_serving import serving

EX = "http://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
PROLOGUE = f"PREFIX ex: <{EX}>\nPREFIX xsd: <{XSD}>\n"
GRAPHS = tuple(f"{EX}g{number}" for number in range(5))
UNKNOWN = f"{EX}unknown"
NAMES = ("ex:a", "ex:b", "ex:c")
PREDICATES = ("ex:p", "ex:q", "ex:r")
VARIABLES = ("?a", "?b", "?c")
VALUES = {
    '"x"': ox.Literal("x"),
    '"x"@en': ox.Literal("x", language="en"),
    '"қ \\"2\\"\\r\\n,\\t<&>\'"@kk': ox.Literal('қ "2"\r\n,\t<&>\'', language="kk"),
    '" =1+1; "': ox.Literal(" =1+1; "),
    '""': ox.Literal(""),
    "-2": ox.Literal(-2),
    "1.5": ox.Literal("1.5", datatype=ox.NamedNode(f"{XSD}decimal")),
    "2.5e0": ox.Literal("2.5e0", datatype=ox.NamedNode(f"{XSD}double")),
    "true": ox.Literal(True),
    '"01"^^xsd:integer': ox.Literal("01", datatype=ox.NamedNode(f"{XSD}integer")),
    '"2020-02-30"^^xsd:date': ox.Literal("2020-02-30", datatype=ox.NamedNode(f"{XSD}date")),
    '"?"^^ex:type': ox.Literal("?", datatype=ox.NamedNode(f"{EX}type")),
}


def name(short: str) -> ox.NamedNode:
    return ox.NamedNode(short.replace("ex:", EX))


def make_quads() -> list[ox.Quad]:
    """A few triples in each graph, some of them in several; blank nodes occur in several graphs.

    The engine by itself finds a triple of several graphs of FROM once for each of them. The server must not.
    """
    source = random.Random(20)
    subjects: list[ox.NamedNode | ox.BlankNode] = [
        *map(name, NAMES),
        ox.BlankNode("one"),
        ox.BlankNode("two"),
    ]
    objects: list[ox.NamedNode | ox.BlankNode | ox.Literal] = [*subjects * 2, *VALUES.values()]
    triples = [(s, p, o) for s in subjects for p in map(name, PREDICATES) for o in dict.fromkeys(objects)]
    source.shuffle(triples)
    graphs: list[ox.DefaultGraph | ox.NamedNode] = [ox.DefaultGraph(), *map(ox.NamedNode, GRAPHS)]
    # Every fourth triple is in the next graph, too, every twelfth in the one after that.
    return [
        ox.Quad(s, p, o, graphs[(n + further) % len(graphs)])
        for n, (s, p, o) in enumerate(triples[:110])
        for further in range(1 + (n % 4 == 0) + (n % 12 == 0))
    ]


QUADS = make_quads()


@dataclass(frozen=True)
class Question:
    """A query, how its data set is stated, and whether its rows come in an order."""

    head: str
    body: str
    tail: str
    stated: str
    default: tuple[str, ...]
    named: tuple[str, ...]

    @property
    def ordered(self) -> bool:
        """Whether all that is visible decides the order of the rows."""
        return "ORDER BY" in self.tail

    def text(self) -> str:
        """The query, with its data set where FROM is to state it."""
        default, named = self.default, self.named
        if self.stated == "both":
            default, named = (UNKNOWN,), GRAPHS[:1]
        clauses = [*(f"FROM <{iri}>" for iri in default), *(f"FROM NAMED <{iri}>" for iri in named)]
        dataset = " ".join(clauses) if self.stated in ("from", "both") else ""
        return f"{PROLOGUE}{self.head} {dataset} {self.body} {self.tail}"

    def plain(self) -> str:
        """The query alone."""
        return f"{PROLOGUE}{self.head} {self.body} {self.tail}"

    def parameters(self) -> tuple[tuple[str, str], ...]:
        """The data set where the protocol is to state it."""
        if self.stated not in ("protocol", "both"):
            return ()
        return (
            *(("default-graph-uri", iri) for iri in self.default),
            *(("named-graph-uri", iri) for iri in self.named),
        )

    def store(self) -> ox.Store:
        """The data set by itself."""
        store = ox.Store()
        if self.stated == "nothing":
            store.extend(QUADS)
            return store
        for quad in QUADS:
            iri = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
            if iri in self.default:
                store.add(ox.Quad(quad.subject, quad.predicate, quad.object))
            if iri in self.named:
                store.add(quad)
        return store


nodes = st.sampled_from([*VARIABLES * 5, *NAMES])
terms = st.sampled_from([*VARIABLES * 8, *NAMES, *VALUES])
paths = st.sampled_from(
    [
        *PREDICATES * 4,
        "?p",
        "ex:p*",
        "ex:q+",
        "ex:p/ex:q",
        "(ex:p|^ex:r)",
        "^ex:q?",
        "!(ex:p|^ex:q)",
        "(ex:r/ex:p)*",
    ]
)
triples = st.builds("{} {} {} .".format, nodes, paths, terms)
simple = st.builds(
    "{} {} {} .".format, nodes, st.sampled_from([*PREDICATES, "?p"]), st.sampled_from(VARIABLES)
)
variables = st.sampled_from(VARIABLES)
atoms = st.one_of(
    st.sampled_from(
        [
            *("BOUND({})", "ISIRI({})", "ISBLANK({})", "ISLITERAL({})", "ISNUMERIC({})"),
            *('LANGMATCHES(LANG({}), "*")', 'REGEX(STR({}), "[x1]", "i")', "STRLEN(STR({})) > 1"),
            *("{} IN (1, ex:a, 'x')", "{} NOT IN (ex:b, true)", "DATATYPE({}) = xsd:integer", "{} + 1 > 2"),
        ]
    ).flatmap(lambda form: st.builds(form.format, variables)),
    st.builds("{} {} {}".format, variables, st.sampled_from(["=", "!=", "<", ">="]), terms),
    st.builds("SAMETERM({}, {})".format, variables, terms),
    st.builds("{}EXISTS {{ {} }}".format, st.sampled_from(["", "NOT "]), triples),
)
conditions = st.one_of(
    atoms,
    st.builds("!({})".format, atoms),
    st.builds("({}) {} ({})".format, atoms, st.sampled_from(["&&", "||"]), atoms),
)
expressions = st.sampled_from(
    [
        *("STR({})", "UCASE(STR({}))", "LANG({})", "COALESCE({} + 1, STR({}), 0)", "IF(ISIRI({}), 1, {})"),
        *(
            "DATATYPE({})",
            "CONCAT(STR({}), '\"', ',')",
            "SUBSTR(STR({}), 2)",
            "{} * 2",
            "ABS({})",
            "IRI(STR({}))",
        ),
        *("REPLACE(STR({}), '[a-z]', '<$0>')", "STRLEN(STR({}))", "ENCODE_FOR_URI(STR({}))", "MD5(STR({}))"),
    ]
).flatmap(lambda form: variables.map(lambda variable: form.replace("{}", variable)))
blocks = st.builds(
    "VALUES (?a ?b) {{ ({} {}) ({} {}) }}".format,
    *[st.sampled_from(["UNDEF", *NAMES, *VALUES]) for _ in range(4)],
)
counts = st.sampled_from(
    [
        *("(COUNT(*) AS ?n)", "(COUNT(DISTINCT ?a) AS ?n)", "(SUM(?c) AS ?n)", "(MIN(STR(?a)) AS ?n)"),
        *("(MAX(STR(?b)) AS ?n)", "(AVG(?c) AS ?n)", "(COUNT(?b) + 1 AS ?n)"),
    ]
)


def group(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A group of a few triples and one more thing, which may hold a group."""
    more = st.one_of(
        st.just(""),
        st.builds("OPTIONAL {{ {} }}".format, inner),
        st.builds("{{ {} }} UNION {{ {} }}".format, inner, inner),
        st.builds("MINUS {{ {} }}".format, inner),
        st.builds(
            "GRAPH {} {{ {} }}".format, st.sampled_from(["?g", *(f"<{iri}>" for iri in GRAPHS)]), inner
        ),
        st.builds("{{ SELECT {} {{ {} }} }}".format, st.sampled_from(["*", "?a ?b", "DISTINCT ?a"]), inner),
        st.builds("{{ SELECT ?a {} {{ {} }} GROUP BY ?a }}".format, counts, inner),
        st.builds("FILTER({})".format, conditions),
        st.builds("BIND({} AS ?x)".format, expressions),
        blocks,
    )
    return st.builds("{} {} {}".format, simple, more, st.sampled_from(["", "", "", "?a ?p ?c ."]))


patterns = st.recursive(triples, group, max_leaves=4)
ALL = " ".join(f"ISBLANK({one}) STR({one}) LANG({one}) STR(DATATYPE({one}))" for one in VARIABLES)
subsets = st.sampled_from([(), GRAPHS[:1], (UNKNOWN,), (GRAPHS[1], UNKNOWN, GRAPHS[2]), GRAPHS[1:4], GRAPHS])


@st.composite
def questions(draw: st.DrawFn) -> Question:
    body = f"{{ {draw(patterns)} }}"
    form = draw(st.sampled_from(["rows", "rows", "order", "groups", "ask", "construct", "describe"]))
    head, tail = "", ""
    if form == "rows":
        what = st.sampled_from(["*", "DISTINCT ?a ?b", "?c ?a", f"?a ({draw(expressions)} AS ?y)"])
        head = f"SELECT {draw(what)}"
    elif form == "order":
        head = "SELECT ?c ?b ?a"
        tail = f"ORDER BY {ALL} {draw(st.sampled_from(['', 'LIMIT 3', 'LIMIT 4 OFFSET 2', 'LIMIT 0']))}"
    elif form == "groups":
        head = f"SELECT ?a {draw(counts)}"
        tail = f"GROUP BY ?a {draw(st.sampled_from(['', 'HAVING (COUNT(*) > 1)']))}"
    elif form == "ask":
        head = "ASK"
    elif form == "construct":
        template = draw(st.sampled_from(["?a ex:s ?b", "?a ex:s ?c ; ex:t [ ex:u ?b ]", "_:n ex:s ?a, (?b)"]))
        head, body = f"CONSTRUCT {{ {template} }}", f"WHERE {body}"
    else:
        head = draw(st.sampled_from(["DESCRIBE ?a", "DESCRIBE ex:a ?b", "DESCRIBE *"]))
        body = f"WHERE {body}"
    default, named = draw(subsets), draw(subsets)
    ways = ["nothing", "protocol", "from", "both"] if default or named else ["nothing"]
    return Question(head, body, tail, draw(st.sampled_from(ways)), default, named)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server over all the graphs."""
    file: Path = tmp_path_factory.mktemp("differential") / "data.nq"
    ox.serialize(QUADS, str(file), format=ox.RdfFormat.N_QUADS)
    with serving("--data", str(file)) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def alone(question: Question, media_type: str | None = None) -> bytes | str | None:
    """What the engine by itself writes in a format (None: its kind of result); None when it refuses.

    Its writers lose a little themselves: a carriage return in XML, a comma of an IRI in CSV.
    """
    try:
        results = question.store().query(question.plain(), base_iri=f"{EX}sparql")
    except (SyntaxError, RuntimeError):
        return None
    if media_type is None:
        return Answer.of(results).kind
    if isinstance(results, ox.QueryTriples):
        return results.serialize(format=ox.RdfFormat.from_media_type(media_type))
    return results.serialize(format=ox.QueryResultsFormat.from_media_type(media_type))


def masked(answer: Answer) -> list[tuple[object, ...]]:
    """The rows in their order, with blank nodes all alike."""
    return [tuple("_:" if isinstance(term, ox.BlankNode) else term for term in row) for row in answer.rows]


def test_the_server_gives_what_the_engine_gives(client: httpx.Client) -> None:
    seen: Counter[tuple[object, bool]] = Counter()

    @settings(
        max_examples=400,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(questions())
    def check(question: Question) -> None:
        kind = alone(question)
        for suffix, media_type in (GRAPH_FORMATS if kind == "graph" else TABLE_FORMATS).items():
            answer = client.post(
                "/sparql",
                params=question.parameters(),
                content=question.text(),
                headers={"Accept": media_type, "Content-Type": "application/sparql-query"},
            )
            if kind is None:
                assert answer.status_code == 400, question.text()
                continue
            assert answer.status_code == 200, answer.text
            assert answer.headers["content-type"].partition(";")[0] == media_type
            content = alone(question, media_type)
            assert isinstance(content, bytes)
            wanted, given = read(content, suffix), read(answer.content, suffix)
            assert len(given.rows) == len(wanted.rows), question.text()
            if "LIMIT" not in question.tail:  # of blank nodes that are alike, any may be cut off
                assert same(wanted, given, lossy=suffix == "csv"), question.text()
            if question.ordered and suffix != "csv":
                assert masked(given) == masked(wanted), question.text()
            if suffix in ("srj", "ttl"):
                filled = bool(wanted.rows or wanted.graph or wanted.boolean)
                seen[kind, filled] += 1

    check()
    # Most of the questions have answers, and all kinds of them occur.
    assert min(seen[kind, True] for kind in ("solutions", "graph", "boolean")) > 10, seen
    assert sum(count for (_, filled), count in seen.items() if filled) > 100, seen
