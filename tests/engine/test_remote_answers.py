"""What an endpoint may answer instead of a whole result, and what the remote engine makes of it."""

import gzip
import json
import re
from typing import Any

import pytest

from kzlod.engine.base import EngineError, EngineFailed, Malformed, Overloaded, TimedOut, TooExpensive
from tests.engine.scripted import (
    JSON,
    MARKED,
    NT,
    Scripted,
    engine_over,
    framed,
    rows,
    says,
    store,
    whole,
    within,
)

GRAPH = "CONSTRUCT WHERE { ?s ?p ?o } # MARK"
XML = "application/sparql-results+xml"


def answered(answer: bytes, query: str = MARKED, close: bool = False) -> EngineError | bytes:
    """What the engine makes of an answer: the result or the error."""
    found: list[EngineError | bytes] = []

    async def work() -> None:
        async with engine_over(Scripted(store(), script=says(answer, close=close))) as engine:
            try:
                found.append(await whole(engine, query))
            except EngineError as error:
                found.append(error)

    within(work())
    return found[0]


ERRORS: list[tuple[str, dict[str, str], str, type[EngineError], str]] = [
    ("400 Bad Request", {}, "error at 1:9: expected something", Malformed, "cannot go on like this"),
    ("400 Bad Request", {}, "", Malformed, "does not say why"),
    (
        "400 Bad Request",
        {},
        'MALFORMED QUERY: Encountered " "}" "} "" at line 1, column 7.\nWas expecting one of:\n    "a"',
        Malformed,
        "Encountered.*column 7.$",
    ),
    (
        "400 Bad Request",
        {"Content-Type": "application/json"},
        json.dumps({"exception": "Bad", "status": "ERROR", "metadata": {"line": 1, "positionInLine": 6}}),
        Malformed,
        "^Bad",
    ),
    (
        "500 SPARQL Request Failed",
        {},
        "Virtuoso 37000 Error SP030: SPARQL compiler, line 1: syntax error at '}'\n\nSPARQL query:\nSELECT",
        Malformed,
        "^SPARQL compiler, line 1: syntax error at '}'$",
    ),
    (
        "500 SPARQL Request Failed",
        {},
        "Virtuoso 42000 Error The estimated execution time 9315 (sec) exceeds the limit of 400 (sec).",
        TooExpensive,
        "9315",
    ),
    ("500 No", {}, "Virtuoso S1T00 Error SR171: Transaction timed out", TimedOut, "timed out"),
    ("500 No", {}, '{"code":"TimeLimitExceededException"}', TimedOut, ""),
    ("500 No", {}, '{"exception": "Tried to allocate, memory limit exceeded"}', TooExpensive, "memory"),
    (
        "500 No",
        {},
        "org.x.Y: SECRET /srv/data\n\tat org.x.Z(Z.java:1)",
        EngineFailed,
        r"answered with status 500\.$",
    ),
    ("502 Bad Gateway", {}, "<html><body>nginx</body></html>", EngineFailed, "502"),
    ("503 No", {"Retry-After": "7"}, "", Overloaded, "too much to do"),
    ("429 No", {"Retry-After": "soon"}, "", Overloaded, "too much to do"),
    ("408 No", {}, "", TimedOut, "time limit"),
    ("504 No", {}, "<html>gateway</html>", TimedOut, "time limit"),
    ("413 No", {}, "", TooExpensive, "too expensive"),
    ("401 No", {"WWW-Authenticate": "Basic"}, "", EngineFailed, "does not let this server in"),
    ("403 No", {}, "", EngineFailed, "does not let this server in"),
    ("404 No", {}, "", EngineFailed, "404"),
    ("406 No", {}, "", EngineFailed, "406"),
    ("302 Found", {"Location": "http://127.0.0.1:1/secret"}, "", EngineFailed, r"elsewhere \(status 302\)"),
    ("204 No Content", {}, "", EngineFailed, "204"),
    ("206 Partial", {"Content-Type": JSON}, "", EngineFailed, "only a part"),
    ("200 OK", {"Content-Type": "text/html"}, "<html>Welcome</html>", EngineFailed, "with text/html where"),
    ("200 OK", {}, '{"head":{}}', EngineFailed, "with nothing where"),
    ("200 OK", {"Content-Type": JSON}, "<html>Welcome</html>", EngineFailed, "damaged"),
    ("200 OK", {"Content-Type": JSON}, "", EngineFailed, "damaged"),
    ("200 OK", {"Content-Type": JSON}, '{"head":{},"boolean":true}', EngineFailed, "another kind"),
    ("200 OK", {"Content-Type": JSON, "X-SQL-State": "S1TAT"}, "{}", TimedOut, "only a part"),
    ("200 OK", {"Content-Type": JSON, "X-Partial-Result": "true"}, "{}", TimedOut, "only a part"),
]


@pytest.mark.parametrize(("status", "headers", "body", "error", "message"), ERRORS)
def test_odd_answers_become_our_errors(
    status: str, headers: dict[str, str], body: str, error: type[EngineError], message: str
) -> None:
    found = answered(framed(body.encode(), "", headers, status))
    assert type(found) is error, found
    assert re.search(message, str(found)), found
    assert "SECRET" not in str(found)
    assert "127.0.0.1" not in str(found)


def test_places_and_waiting_times_are_given_on() -> None:
    found = answered(framed(b"error at 1:9: expected x", "", {}, "400 No"))
    assert isinstance(found, Malformed)
    assert (found.line, found.column) == (1, 9)
    found = answered(framed(b"line 7: no", "", {}, "400 No"))
    assert isinstance(found, Malformed)
    assert found.line is None, "the query has no line 7"
    found = answered(framed(b"", "", {"Retry-After": "7"}, "503 No"))
    assert isinstance(found, Overloaded)
    assert found.retry_after == 7


def xml(count: int) -> bytes:
    one = b'<result><binding name="s"><uri>http://example.org/%d</uri></binding></result>'
    head = (
        b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="s"/></head><results>'
    )
    return head + b"".join(one % number for number in range(count)) + b"</results></sparql>"


def triples(count: int) -> bytes:
    return b"".join(b"<http://a/%d> <http://a/p> <http://a/o> .\n" % number for number in range(count))


BODIES = [(JSON, rows, MARKED), (XML, xml, MARKED), (NT, triples, GRAPH)]


@pytest.mark.parametrize(("media_type", "make", "query"), BODIES)
@pytest.mark.parametrize("count", [2, 4000])
def test_a_whole_result_is_taken_and_a_broken_one_never(
    media_type: str, make: Any, query: str, count: int
) -> None:
    body = make(count)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}; charset=utf-8\r\n".encode()
    chunked = head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(body), body)
    found = answered(chunked + b"0\r\n\r\n", query)
    assert isinstance(found, bytes)
    assert found.count(b"http://") >= count
    broken = {
        "shorter than its length": head + b"Content-Length: %d\r\n\r\n" % (len(body) + 1) + body,
        "without the last chunk": chunked,
        "with a chunk that is none": chunked + b"zz\r\n\r\n",
        "a part, properly ended": framed(body[: len(body) * 2 // 3], media_type),
        "an error after a part": framed(body[: len(body) // 2] + b"\nThe query timed out", media_type),
        "an error after the whole": framed(body + b"\nThe query timed out", media_type),
        "packed and broken off": framed(gzip.compress(body)[:-40], media_type, {"Content-Encoding": "gzip"}),
    }
    if media_type != NT:
        broken["without its end"] = framed(body.rstrip(b"}>")[: -len(b"</sparql")], media_type)
    for what, answer in broken.items():
        assert isinstance(answered(answer, query, close=True), EngineFailed), what


def test_a_graph_must_show_where_it_ends() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n\r\n"
    found = answered(head % NT.encode() + triples(2), GRAPH, close=True)
    assert isinstance(found, EngineFailed), "N-Triples that end with the connection may be a part"
    assert isinstance(answered(head % JSON.encode() + rows(2), MARKED, close=True), bytes)


def test_something_larger_than_any_row_is_not_taken_into_memory() -> None:
    body = (
        b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"literal","value":"' + b"x" * 20_000_000
    )
    found = answered(framed(body, JSON))
    assert isinstance(found, EngineFailed)
    assert "larger than any row" in str(found)
