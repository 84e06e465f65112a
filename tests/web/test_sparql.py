"""The SPARQL endpoint on a real server: protocol, formats, errors, and results cut short."""

import asyncio
import csv
import io
import json
import os
import signal
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest
import uvicorn
from fastapi import FastAPI

from kzlod.engine.pool import EmbeddedEngine
from kzlod.web.settings import Settings
from kzlod.web.site import Site
from kzlod.web.sparql import sparql_router

EX = "http://example.org/"
SELECT = f"SELECT ?s ?o {{ ?s <{EX}p> ?o }} ORDER BY ?s"
CONSTRUCT = f"CONSTRUCT {{ ?s <{EX}q> ?o }} WHERE {{ ?s <{EX}p> ?o }}"
DESCRIBE = f"DESCRIBE <{EX}a>"
ENDLESS = "SELECT (COUNT(*) AS ?c) { ?a ?b ?c1 . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
# Gives some rows at once and then no more, without an end.
STUCK = f"""SELECT ?a ?b {{
  {{ SELECT ?a ?b {{ ?a <{EX}many> ?x . ?b <{EX}many> ?y }} LIMIT 9000 }}
  UNION {{ ?a ?p1 ?o1 . ?b ?p2 ?o2 . ?c ?p3 ?o3 . ?d ?p4 ?o4 FILTER(STRLEN(CONCAT(STR(?o1), STR(?o2), STR(?o3), STR(?o4))) > 999) }}
}}"""
VALUE = 'қ "2"\n,\t<&>'


@dataclass(frozen=True)
class FakeRelease:
    id: str
    path: Path
    store_path: Path
    manifest: dict[str, Any]


@dataclass(frozen=True)
class Live:
    """A running server."""

    port: int
    site: Site
    client: httpx.Client
    loop: asyncio.AbstractEventLoop

    def query(self, text: str, accept: str | None = None, **parameters: str) -> httpx.Response:
        headers = {"Accept": accept} if accept else {}
        return self.client.get("/sparql", params={"query": text, **parameters}, headers=headers)

    def raw(self, data: bytes) -> bytes:
        """Everything that the server sends until it closes the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(data)
            received = b""
            while part := connection.recv(65536):
                received += part
            return received


def make_store(path: Path, value: str) -> Path:
    store = ox.Store(str(path))
    for graph, subject, text in [("g1", "a", "один"), ("g2", "b", value)]:
        triple = (ox.NamedNode(EX + subject), ox.NamedNode(f"{EX}p"), ox.Literal(text, language="kk"))
        store.add(ox.Quad(*triple, ox.NamedNode(EX + graph)))
        store.add(ox.Quad(*triple))
    many = ox.NamedNode(f"{EX}many")
    store.extend(ox.Quad(ox.NamedNode(f"{EX}n{n}"), many, ox.Literal(n)) for n in range(1000))
    store.flush()
    return path


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("live")
    store = make_store(folder / "store", VALUE)
    settings = Settings(query_timeout=2, queue=4, public_url="https://data.example/kz", body_limit=100_000)
    engine = EmbeddedEngine(store, settings.engine_limits())
    site = Site(FakeRelease("1.0.0-abc", folder, store, {}), engine, settings)

    loops: list[asyncio.AbstractEventLoop] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        loops.append(asyncio.get_running_loop())
        async with engine:
            yield

    app = FastAPI(lifespan=lifespan)
    app.include_router(sparql_router(site, editor="/query"))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    port = listening.getsockname()[1]
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.01)
            yield Live(port, site, client, loops[0])
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


Row = tuple[str, str]
ROWS: list[Row] = [(f"{EX}a", "один"), (f"{EX}b", VALUE)]


def rows_json(body: str) -> list[Row]:
    bindings = json.loads(body)["results"]["bindings"]
    return [(row["s"]["value"], row["o"]["value"]) for row in bindings]


def rows_xml(body: str) -> list[Row]:
    space = "{http://www.w3.org/2005/sparql-results#}"
    rows = []
    for result in ElementTree.fromstring(body).iter(f"{space}result"):
        values = {item.get("name"): "".join(item.itertext()) for item in result}
        rows.append((values["s"] or "", values["o"] or ""))
    return rows


def rows_csv(body: str) -> list[Row]:
    return [(s, o) for s, o in list(csv.reader(io.StringIO(body, newline="")))[1:]]


def rows_tsv(body: str) -> list[Row]:
    parsed = ox.parse_query_results(body.encode(), ox.QueryResultsFormat.TSV)
    assert isinstance(parsed, ox.QuerySolutions)
    rows = []
    for solution in parsed:
        s, o = solution["s"], solution["o"]
        assert isinstance(s, ox.NamedNode) and isinstance(o, ox.Literal)
        rows.append((s.value, o.value))
    return rows


TABLES = [
    ("application/sparql-results+json", "json", rows_json),
    ("application/sparql-results+xml", "xml", rows_xml),
    ("text/csv", "csv", rows_csv),
    ("text/tab-separated-values", "tsv", rows_tsv),
]
GRAPHS = [
    ("text/turtle", "ttl", ox.RdfFormat.TURTLE),
    ("application/n-triples", "nt", ox.RdfFormat.N_TRIPLES),
    ("application/rdf+xml", "rdf", ox.RdfFormat.RDF_XML),
    ("application/ld+json", "jsonld", ox.RdfFormat.JSON_LD),
]


@pytest.mark.parametrize(("media_type", "suffix", "rows"), TABLES)
def test_select(live: Live, media_type: str, suffix: str, rows: Callable[[str], list[Row]]) -> None:
    for answer in (
        live.query(SELECT, media_type),
        live.query(SELECT, format=suffix),
        live.query(SELECT, "image/png", format=media_type),
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == media_type
        assert rows(answer.text) == ROWS


@pytest.mark.parametrize(("media_type", "suffix", "rows"), TABLES)
def test_ask(live: Live, media_type: str, suffix: str, rows: object) -> None:
    for text, expected in (("ASK {}", "true"), (f"ASK {{ <{EX}none> ?p ?o }}", "false")):
        answer = live.query(text, media_type)
        assert answer.headers["content-type"].partition(";")[0] == media_type
        body = answer.text
        if suffix == "json":
            assert json.loads(body)["boolean"] is (expected == "true")
        elif suffix == "xml":
            assert ElementTree.fromstring(body)[-1].text == expected
        else:
            assert body.strip() == expected


@pytest.mark.parametrize(("media_type", "suffix", "rdf_format"), GRAPHS)
def test_graphs(live: Live, media_type: str, suffix: str, rdf_format: ox.RdfFormat) -> None:
    for text, predicate, count in ((CONSTRUCT, "q", 2), (DESCRIBE, "p", 1)):
        for answer in (live.query(text, media_type), live.query(text, format=suffix)):
            assert answer.status_code == 200
            assert answer.headers["content-type"].partition(";")[0] == media_type
            quads = list(ox.parse(answer.content, rdf_format))
            assert len(quads) == count
            assert {quad.predicate.value for quad in quads} == {EX + predicate}


def test_defaults(live: Live) -> None:
    for accept in (None, "*/*"):
        assert live.query(SELECT, accept).headers["content-type"] == "application/sparql-results+json"
        assert live.query("ASK {}", accept).headers["content-type"] == "application/sparql-results+json"
        assert live.query(CONSTRUCT, accept).headers["content-type"].startswith("text/turtle")


def test_several_accept_headers_and_weights(live: Live) -> None:
    headers = [("Accept", "text/csv;q=0.5"), ("Accept", "application/sparql-results+xml;q=0.6")]
    answer = live.client.get("/sparql", params={"query": SELECT}, headers=headers)
    assert answer.headers["content-type"] == "application/sparql-results+xml"


def test_aliases_keep_their_name(live: Live) -> None:
    answer = live.query(SELECT, "application/json")
    assert answer.headers["content-type"] == "application/json"
    assert rows_json(answer.text) == ROWS


@pytest.mark.parametrize(
    ("text", "accept"), [(SELECT, "text/turtle"), (CONSTRUCT, "text/csv"), (SELECT, "image/png")]
)
def test_not_acceptable(live: Live, text: str, accept: str) -> None:
    answer = live.query(text, accept)
    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"
    available = answer.json()["available"]
    assert ("text/csv" in available) is (text == SELECT)
    assert ("text/turtle" in available) is (text == CONSTRUCT or accept == "image/png")


def test_formats_by_parameter(live: Live) -> None:
    assert live.query(CONSTRUCT, format="json").headers["content-type"] == "application/ld+json"
    assert live.query(CONSTRUCT, format="csv").status_code == 406
    answer = live.query(SELECT, format="pdf")
    assert (answer.status_code, "json, xml, csv" in answer.json()["detail"]) == (400, True)


def test_ways_to_ask(live: Live) -> None:
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
        assert rows_json(answer.text) == ROWS


DIRECT = {"Content-Type": "application/sparql-query"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


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
    live: Live, status: int, method: str, query: str, headers: dict[str, str], content: bytes
) -> None:
    answer = live.client.request(method, f"/sparql?{query}", headers=headers, content=content)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.headers["kzlod-release"] == "1.0.0-abc"
    assert answer.headers["access-control-allow-origin"] == "*"
    if status == 405:
        assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_chunked_body_too_large(live: Live) -> None:
    answer = live.client.post("/sparql", content=(b"#" * 10_000 for _ in range(20)), headers=DIRECT)
    assert answer.status_code == 413


def test_syntax_error_has_line_and_column(live: Live) -> None:
    answer = live.query("SELECT *\nWHERE {\n  ?s ?p ?o . FOO }")
    assert answer.status_code == 400
    assert (answer.json()["line"], answer.json()["column"]) == (3, 19)
    answer = live.query("SELECT *\n{ ?s ex:p ?o }")
    assert (answer.json()["line"], answer.json()["column"]) == (2, 6)
    assert "ex:" in answer.json()["detail"]


def test_errors_for_a_browser_are_escaped(live: Live) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    answer = live.query("SELECT * { ?s <script>alert(1)</script>:p ?o }", accept, format="<script>")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in answer.text


def test_service_is_refused(live: Live) -> None:
    answer = live.query("SELECT * { service silent <http://127.0.0.1/> { ?s ?p ?o } }")
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/refused")
    assert live.query("SELECT ?service { ?service ?p ?o } LIMIT 1").status_code == 200


def subjects(answer: httpx.Response) -> list[str]:
    return sorted(row["s"]["value"] for row in answer.json()["results"]["bindings"])


def test_data_sets(live: Live) -> None:
    plain = f"SELECT ?s {{ ?s <{EX}p> ?o }}"
    named = f"SELECT ?s {{ GRAPH ?g {{ ?s <{EX}p> ?o }} }}"
    g1, g2, unknown = f"{EX}g1", f"{EX}g2", f"{EX}unknown"

    def ask(text: str, *dataset: tuple[str, str]) -> list[str]:
        get = live.client.get("/sparql", params=[("query", text), *dataset])
        encoded = urlencode([("query", text), *dataset])
        form = live.client.post("/sparql", content=encoded, headers=FORM)
        direct = live.client.post("/sparql", params=dataset, content=text, headers=DIRECT)
        assert subjects(get) == subjects(form) == subjects(direct)
        return subjects(get)

    a, b = f"{EX}a", f"{EX}b"
    default, name = "default-graph-uri", "named-graph-uri"
    assert ask(plain) == ask(named) == [a, b]
    assert ask(plain, (default, g1)) == [a]
    assert ask(named, (default, g1)) == []
    assert ask(plain, (name, g1)) == []
    assert ask(named, (name, g1), (name, g2)) == [a, b]
    assert ask(plain, (default, g1), (default, g2)) == [a, b]
    assert ask(plain, (default, unknown)) == []
    assert ask(plain.replace("{", f"FROM <{g2}> {{", 1)) == [b]
    assert ask(plain.replace("{", f"FROM <{unknown}> {{", 1)) == []
    assert ask(named.replace("{", f"FROM NAMED <{g2}> {{", 1)) == [b]
    assert ask(plain.replace("{", f"FROM <{g2}> {{", 1), (default, g1)) == [a]
    assert ask(named.replace("{", f"FROM NAMED <{g2}> {{", 1), (name, g1)) == [a]


def test_head_options_and_cors(live: Live) -> None:
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


def test_tags(live: Live) -> None:
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


def test_service_description(live: Live) -> None:
    service = ox.NamedNode("https://data.example/kz/sparql")
    sd = "http://www.w3.org/ns/sparql-service-description#"
    for media_type, suffix, rdf_format in GRAPHS:
        for answer in (
            live.client.get("/sparql", headers={"Accept": media_type}),
            live.client.get("/sparql", params={"format": suffix}),
        ):
            assert answer.headers["content-type"].partition(";")[0] == media_type
            triples = {(q.subject, q.predicate.value, q.object) for q in ox.parse(answer.content, rdf_format)}
            assert (service, f"{sd}endpoint", service) in triples
            names = {o.value for _, p, o in triples if p == f"{sd}name" and isinstance(o, ox.NamedNode)}
            assert names == {f"{EX}g1", f"{EX}g2"}
            formats = {
                o.value for _, p, o in triples if p == f"{sd}resultFormat" and isinstance(o, ox.NamedNode)
            }
            assert len(formats) == 8
    assert live.client.get("/sparql", headers={"Accept": "image/png"}).status_code == 406
    browser = live.client.get("/sparql", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (browser.status_code, browser.headers["location"]) == (303, "/query")


def test_timeout_then_the_next_query(live: Live) -> None:
    answer = live.query(ENDLESS)
    assert (answer.status_code, answer.json()["type"]) == (504, "/problems/timeout")
    assert rows_json(live.query(SELECT).text) == ROWS


def test_worker_killed_mid_query(live: Live) -> None:
    answers: list[httpx.Response] = []
    thread = threading.Thread(target=lambda: answers.append(live.query(ENDLESS)))
    thread.start()
    engine = live.site.current().engine
    assert isinstance(engine, EmbeddedEngine)
    while engine._turns.counts()[0] == 0:
        time.sleep(0.01)
    time.sleep(0.2)
    for worker in list(engine._crew._workers):
        os.kill(worker.pid, signal.SIGKILL)
    thread.join()
    assert answers[0].status_code == 503
    assert int(answers[0].headers["retry-after"]) > 0
    assert rows_json(live.query(SELECT).text) == ROWS


def test_overload(live: Live) -> None:
    async def run() -> list[httpx.Response]:
        base = f"http://127.0.0.1:{live.port}"
        async with httpx.AsyncClient(base_url=base, timeout=60) as client:
            return await asyncio.gather(
                *(client.get("/sparql", params={"query": f"{ENDLESS} #{n}"}) for n in range(10))
            )

    statuses = {answer.status_code: answer for answer in asyncio.run(run())}
    assert set(statuses) == {503, 504}
    assert int(statuses[503].headers["retry-after"]) > 0
    assert rows_json(live.query(SELECT).text) == ROWS


def test_result_that_breaks_off_is_no_whole_answer(live: Live) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        live.query(STUCK, "text/csv")
    request = f"GET /sparql?format=csv&query={quote(STUCK)} HTTP/1.1\r\nHost: x\r\n\r\n"
    received = live.raw(request.encode())
    assert received.startswith(b"HTTP/1.1 200 ")
    assert b"transfer-encoding: chunked" in received.lower()
    assert len(received) > 60_000
    assert not received.endswith(b"0\r\n\r\n")


def test_old_clients_get_a_length_or_an_error(live: Live) -> None:
    head, _, body = live.raw(f"GET /sparql?query={quote(SELECT)} HTTP/1.0\r\n\r\n".encode()).partition(
        b"\r\n\r\n"
    )
    assert f"content-length: {len(body)}".encode() in head.lower()
    received = live.raw(f"GET /sparql?query={quote(STUCK)} HTTP/1.0\r\n\r\n".encode())
    assert received.split(b" ")[1] == b"504"


def test_client_that_leaves_frees_the_worker(live: Live) -> None:
    engine = live.site.current().engine
    assert isinstance(engine, EmbeddedEngine)
    for text in (ENDLESS, STUCK):
        with socket.create_connection(("127.0.0.1", live.port)) as connection:
            connection.sendall(f"GET /sparql?query={quote(text)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            while engine._turns.counts()[0] == 0:
                time.sleep(0.01)
        while engine._turns.counts()[0] or engine._open:
            time.sleep(0.01)
    assert rows_json(live.query(SELECT).text) == ROWS


def test_large_result(live: Live) -> None:
    text = f"SELECT ?a ?b {{ ?a <{EX}many> ?x . ?b <{EX}many> ?y }} LIMIT 100000"
    assert live.query(text, "text/csv").text.count("\r\n") == 100_001


def test_release_exchanged_under_load(live: Live, tmp_path: Path) -> None:
    """No request fails, and no answer carries one release's name and the other's data."""
    value = "жаңа"
    store = make_store(tmp_path / "second", value)
    before = live.site.current()
    answers: list[httpx.Response] = []
    done = threading.Event()

    def poll() -> None:
        with httpx.Client(base_url=live.client.base_url, timeout=30) as client:
            while not done.is_set():
                answers.append(client.get("/sparql", params={"query": SELECT}))

    async def publish() -> None:
        async with EmbeddedEngine(store) as engine:
            live.site.swap(FakeRelease("1.1.0-def", tmp_path, store, {}), engine)
            seen = len(answers)
            while len(answers) < seen + 20:
                await asyncio.sleep(0.01)
            await live.site.swap(before.release, before.engine).idle()

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        while len(answers) < 20:
            time.sleep(0.01)
        asyncio.run_coroutine_threadsafe(publish(), live.loop).result(60)
        seen = len(answers)
        while len(answers) < seen + 20:
            time.sleep(0.01)
    finally:
        done.set()
        thread.join()
    expected = {"1.0.0-abc": ROWS, "1.1.0-def": [ROWS[0], (f"{EX}b", value)]}
    assert {answer.headers["kzlod-release"] for answer in answers} == set(expected)
    for answer in answers:
        assert answer.status_code == 200
        assert rows_json(answer.text) == expected[answer.headers["kzlod-release"]]
