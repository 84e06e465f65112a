"""The SPARQL 1.1 Protocol: ways to ask, and what is wrong with requests."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from tests.web.sparql.conftest import Live

EX = "http://example.org/"
SELECT = f"SELECT ?s ?o {{ ?s <{EX}p> ?o }} ORDER BY ?s"
DIRECT = {"Content-Type": "application/sparql-query"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_ways_to_ask(live: "Live") -> None:
    """SPARQL 1.1 Protocol, section 2.1."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answers = [
        live.client.get("/sparql", params={"query": SELECT}),
        live.client.post("/sparql", data={"query": SELECT}),
        live.client.post("/sparql", content=urlencode({"query": SELECT}), headers={**form}),
        live.client.post("/sparql", content=SELECT, headers={"Content-Type": "application/sparql-query"}),
        live.client.post(
            "/sparql", content=SELECT, headers={"Content-Type": "Application/Sparql-Query; charset=UTF-8"}
        ),
    ]
    for answer in answers:
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["results"]["bindings"]) == 2


@pytest.mark.parametrize(
    ("status", "method", "query", "headers", "content"),
    [
        (400, "GET", "query=ASK{}&query=ASK{}", {}, b""),
        (400, "GET", "default-graph-uri=http://x/", {}, b""),
        (400, "GET", "other=1", {}, b""),
        (400, "GET", "query=ASK{}&format=csv&format=json", {}, b""),
        (400, "GET", "query=%ff", {}, b""),
        (400, "GET", "query=", {}, b""),
        (400, "GET", "update=CLEAR%20ALL", {}, b""),
        (400, "GET", "query=CLEAR%20ALL", {}, b""),
        (400, "GET", "&".join(f"a{n}=" for n in range(300)), {}, b""),
        (400, "GET", "query=ASK{}&default-graph-uri=relative", {}, b""),
        (400, "POST", "", FORM, b"query=ASK{}&query=ASK{}"),
        (400, "POST", "query=ASK{}", FORM, b"query=ASK{}"),
        (400, "POST", "query=ASK{}", DIRECT, b"ASK {}"),
        (400, "POST", "", FORM, b""),
        (400, "POST", "", FORM, b"update=CLEAR%20ALL"),
        (400, "POST", "", DIRECT, b"SELECT nonsense"),
        (400, "POST", "", DIRECT, "ASK {}".encode("utf-16")),
        (
            415,
            "POST",
            "",
            {"Content-Type": "application/sparql-query; charset=utf-16"},
            "ASK {}".encode("utf-16"),
        ),
        (415, "POST", "", {"Content-Type": "text/plain"}, b"ASK {}"),
        (415, "POST", "", {}, b"query=ASK{}"),
        (415, "POST", "", {"Content-Type": "application/sparql-update"}, b"CLEAR ALL"),
        (415, "POST", "", {"Content-Type": "nonsense"}, b"ASK {}"),
        (413, "POST", "", DIRECT, b"#" * 100_001),
        (400, "POST", "", DIRECT, b"#" * 70_000),
        (405, "PUT", "query=ASK{}", {}, b""),
        (405, "DELETE", "query=ASK{}", {}, b""),
    ],
)
def test_bad_requests(
    live: "Live", status: int, method: str, query: str, headers: dict[str, str], content: bytes
) -> None:
    answer = live.client.request(method, f"/sparql?{query}", headers=headers, content=content)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.headers["kzlod-release"] == "1.0.0-abc"
    assert answer.headers["access-control-allow-origin"] == "*"
    if status == 405:
        assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_chunked_body_too_large(live: "Live") -> None:
    answer = live.client.post("/sparql", content=(b"#" * 10_000 for _ in range(20)), headers=DIRECT)
    assert answer.status_code == 413


def test_syntax_error_has_line_and_column(live: "Live") -> None:
    answer = live.query("SELECT *\nWHERE {\n  ?s ?p ?o . FOO }")
    assert answer.status_code == 400
    assert (answer.json()["line"], answer.json()["column"]) == (3, 14)
    answer = live.query("SELECT *\n{ ?s ex:p ?o }")
    assert (answer.json()["line"], answer.json()["column"]) == (2, 6)
    assert "ex:" in answer.json()["detail"]


def test_errors_for_a_browser_are_escaped(live: "Live") -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    answer = live.query("SELECT * { ?s <script>alert(1)</script>:p ?o }", accept, format="<script>")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in answer.text


def test_service_is_refused(live: "Live") -> None:
    answer = live.query("SELECT * { service silent <http://127.0.0.1/> { ?s ?p ?o } }")
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/refused")
    assert live.query("SELECT ?service { ?service ?p ?o } LIMIT 1").status_code == 200


def test_head_options_and_cors(live: "Live") -> None:
    get = live.query(SELECT)
    head = live.client.head("/sparql", params={"query": SELECT})
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "etag", "vary", "kzlod-release"):
        assert head.headers[name] == get.headers[name]
    assert live.client.head("/sparql", params={"query": "nonsense"}).status_code == 400
    origin = {"Origin": "https://other.example", "Access-Control-Request-Method": "POST"}
    options = live.client.options("/sparql", headers=origin)
    assert options.status_code == 204
    assert "POST" in options.headers["access-control-allow-methods"]
    assert "Content-Type" in options.headers["access-control-allow-headers"]
    assert get.headers["access-control-allow-origin"] == "*"
    assert "KZLOD-Release" in get.headers["access-control-expose-headers"]


def test_tags(live: "Live") -> None:
    first = live.query(SELECT)
    tag = first.headers["etag"]
    assert "accept" in first.headers["vary"].lower()
    again = live.client.get("/sparql", params={"query": SELECT}, headers={"If-None-Match": f'"x", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["kzlod-release"] == "1.0.0-abc"
    others = [
        live.query(f"{SELECT} "),
        live.query(SELECT, "text/csv"),
        live.query(SELECT, **{"default-graph-uri": f"{EX}g1"}),
        live.query(SELECT, **{"named-graph-uri": f"{EX}g1"}),
    ]
    assert len({tag, *(answer.headers["etag"] for answer in others)}) == 5
    assert "etag" not in live.query("SELECT (NOW() AS ?now) {}").headers


def test_any_tag_stands_for_a_result_that_there_is(live: "Live") -> None:
    def asked(query: str) -> int:
        answer = live.client.get("/sparql", params={"query": query}, headers={"If-None-Match": "*"})
        return answer.status_code

    assert asked(SELECT) == 304
    assert asked("SELECT * { ?s ?p ?o . ?x ?y ?z }") == 304
    assert asked("SELECT") == 400


def test_any_other_method_is_refused_with_those_there_are(live: "Live") -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
        answer = live.client.request(method, "/sparql")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"
