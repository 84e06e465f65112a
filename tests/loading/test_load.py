"""Loading into the native Oxigraph server, and serving from it."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from kzlod.cli import app
from kzlod.engine.base import EngineFailed
from kzlod.engine.remote import RemoteEngine
from kzlod.errors import EndpointError, ReleaseError
from kzlod.loading import stores
from kzlod.loading.held import UNION, holding_of
from kzlod.loading.load import LOADING, Target, load
from kzlod.release.build import build_release
from kzlod.release.published import Release
from tests.loading.conftest import ask, oxigraph_server
from tests.test_serving import serving, until

ALL_GRAPHS = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
SIZE = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
FOREIGN = "http://example.org/theirs"
Agree = Callable[[Release, str], None]


def quiet(step: str) -> None:
    """Takes the name of a step and does nothing."""


def names(release: Release) -> list[str]:
    return sorted(graph["iri"] for graph in release.manifest["graphs"] if graph["triples"])


@pytest.mark.parametrize("protocol", stores.PROTOCOLS)
def test_a_loaded_release_answers_as_the_embedded_engine_does(
    small: Release, oxigraph: str, agree: Agree, protocol: str
) -> None:
    url = f"{oxigraph}/query"
    loaded = load(small, Target(url, wait=0, protocol=protocol, piece=2000), quiet)
    assert len(loaded.written) == len(small.manifest["graphs"]) + 1
    assert loaded.own_default
    assert ask(url, ALL_GRAPHS) == names(small)
    agree(small, url)
    again = load(small, Target(url, wait=0, protocol=protocol), quiet)
    assert (again.written, len(again.found)) == ((), len(loaded.written))


def test_a_store_without_a_default_graph_of_its_own(small: Release, tmp_path: Path) -> None:
    with oxigraph_server(tmp_path, "--union-default-graph") as address:
        url = f"{address}/query"
        loaded = load(small, Target(url, wait=0), quiet)
        assert not loaded.own_default
        assert ask(url, ALL_GRAPHS) == sorted([*names(small), UNION])

        async def traits() -> object:
            async with RemoteEngine(url, holding=holding_of(small)) as engine:
                return engine.traits.dataset

        assert asyncio.run(traits()) == ((UNION,), holding_of(small).graphs)
        assert load(small, Target(url, wait=0), quiet).written == ()


def test_a_load_that_was_broken_off_is_seen_and_goes_on(small: Release, oxigraph: str, agree: Agree) -> None:
    url = f"{oxigraph}/query"
    load(small, Target(url, wait=0), quiet)

    def broken(step: str) -> None:
        if step.startswith("the default graph"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(small, Target(url, wait=0), broken, again=True)
    assert LOADING in ask(url, ALL_GRAPHS)

    async def start() -> None:
        async with RemoteEngine(url, holding=holding_of(small)):
            pass

    with pytest.raises(EngineFailed, match="half loaded"):
        asyncio.run(start())
    loaded = load(small, Target(url, wait=0), quiet)
    assert len(loaded.found) == len(small.manifest["graphs"]) - 1, "all but two were complete"
    assert len(loaded.written) == 2
    assert ask(url, ALL_GRAPHS) == names(small)
    agree(small, url)


def test_the_next_release_takes_the_place_of_the_first(
    small: Release, tiny: Path, oxigraph: str, agree: Agree
) -> None:
    url = f"{oxigraph}/query"
    load(small, Target(url, wait=0), quiet)
    triple = b"<http://example.org/a> <http://example.org/b> 1 ."
    for graph in (FOREIGN, "https://w3id.org/kzlod/id/graph/KAZ/old"):
        response = httpx.put(
            f"{oxigraph}/store",
            params={"graph": graph},
            content=triple,
            headers={"Content-Type": "text/turtle"},
        )
        response.raise_for_status()
    path = tiny / "data/KAZ/news/news.ttl"
    path.write_text(path.read_text().replace("Treaty of A and B", "Treaty of B and A"))
    second, _ = build_release(tiny, tiny / "release", quiet)
    loaded = load(second, Target(url, wait=0), quiet)
    assert loaded.dropped == ("https://w3id.org/kzlod/id/graph/KAZ/old",)
    assert ask(url, ALL_GRAPHS) == sorted([FOREIGN, *names(second)]), "what is not ours is left alone"

    async def start() -> None:
        async with RemoteEngine(url, holding=holding_of(small)):
            pass

    with pytest.raises(EngineFailed, match=f"does not hold {small.id}: it holds {second.id}"):
        asyncio.run(start())
    httpx.delete(f"{oxigraph}/store", params={"graph": FOREIGN}).raise_for_status()
    agree(second, url)


def test_a_default_graph_of_others_is_not_replaced_unasked(small: Release, oxigraph: str) -> None:
    url = f"{oxigraph}/query"
    triple = b"<http://example.org/a> <http://example.org/b> 1 ."
    httpx.put(f"{oxigraph}/store?default", content=triple, headers={"Content-Type": "text/turtle"})
    with pytest.raises(EndpointError, match=r"not of a release of ours.*\n.*--replace-default"):
        load(small, Target(url, wait=0), quiet)
    assert ask(url, SIZE) == ["1"]
    assert ask(url, ALL_GRAPHS) == []
    load(small, Target(url, wait=0, replaces_default=True), quiet)
    assert ask(url, SIZE) == [str(small.manifest["triples"])]


def test_a_store_that_loses_statements_is_found_out(
    small: Release, oxigraph: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{oxigraph}/query"
    monkeypatch.setattr(stores._GraphStore, "add", lambda self, graph, piece: None)
    with pytest.raises(
        EndpointError, match=r"graph <.*ontology>: it has \d+ statements where the release has"
    ) as error:
        load(small, Target(url, wait=0, piece=2000), quiet)
    assert url in str(error.value)
    assert any("default graph" in problem.where for problem in error.value.problems)
    assert ask(url, "SELECT ?g { GRAPH ?g { ?s <http://purl.org/dc/terms/identifier> ?v } } LIMIT 9") != []
    assert holding_of(small).marked not in ask(url, ALL_GRAPHS), "it must not seem to hold the release"
    monkeypatch.undo()
    load(small, Target(url, wait=0), quiet, again=True)


def test_a_damaged_release_is_not_loaded(small: Release, oxigraph: str) -> None:
    file = small.dumps_path / "ontology.nt.gz"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(ReleaseError, match=r"ontology\.nt\.gz: is damaged"):
        load(small, Target(f"{oxigraph}/query", wait=0), quiet)
    assert ask(f"{oxigraph}/query", ALL_GRAPHS) == []


@pytest.mark.parametrize(
    ("query", "store", "message"),
    [
        ("http://127.0.0.1:1/query", None, "127.0.0.1:1/query, a query: no answer.*\n.*running"),
        ("{}/nothing", None, "/nothing, a query: POST was answered with status 404.*\n.*address for queries"),
        ("{}/query", "{}/nothing", r"/nothing, graph <.*>: DELETE was answered with status .*\n    \w"),
        ("{}/query", "http://127.0.0.1:1/", "graph <.*no answer"),
    ],
)
def test_errors_say_where_what_and_what_to_do(
    small: Release, oxigraph: str, query: str, store: str | None, message: str
) -> None:
    target = Target(query.format(oxigraph), store.format(oxigraph) if store else None)
    # A 404 is what dropping a graph may be answered with: then the next request says it.
    with pytest.raises(EndpointError, match=message.replace("DELETE", "(DELETE|PUT)")):
        load(small, target, quiet)


ADDRESSES = [
    ("http://h:8890/sparql", "Virtuoso/07.20", "gsp", "http://h:8890/sparql-graph-crud-auth"),
    ("http://h:8890/sparql", "Virtuoso/07.20", "update", "http://h:8890/sparql-auth"),
    ("http://h/repositories/kz", "GraphDB", "gsp", "http://h/repositories/kz/rdf-graphs/service"),
    ("http://h/repositories/kz", "", "update", "http://h/repositories/kz/statements"),
    ("http://h:7878/query", "Oxigraph/0.5", "quads", "http://h:7878/store"),
    ("http://h:7878/query", "", "update", "http://h:7878/update"),
    ("http://h/ds/sparql", "", "gsp", "http://h/ds/data"),
    ("http://h/ds/sparql", "", "update", "http://h/ds/update"),
    ("http://h/sparql", "", "gsp", None),
    ("http://h/else", "Virtuoso", "gsp", None),
]


@pytest.mark.parametrize(("url", "server", "protocol", "address"), ADDRESSES)
def test_where_stores_are_written_to(url: str, server: str, protocol: str, address: str | None) -> None:
    assert stores.store_address(url, server, protocol) == address


def test_the_site_is_served_from_the_endpoint(
    small: Release, tiny: Path, oxigraph: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{oxigraph}/query"
    result = CliRunner().invoke(app, ["load", url, "--root", str(tiny)])
    assert result.exit_code == 0, result.output
    assert small.id in result.output
    monkeypatch.setenv("KZLOD_ENGINE", url)
    with serving("--root", str(tiny)) as address, httpx.Client(base_url=address) as client:
        page = client.get("/doc/treaty/a-b", headers={"Accept": "text/html"})
        assert "Treaty of A and B" in page.text
        query = "SELECT ?t WHERE { ?t a <https://w3id.org/kzlod/ontology#Treaty> }"
        answer = client.get("/sparql", params={"query": query})
        assert json.loads(answer.text)["results"]["bindings"][0]["t"]["value"].endswith("treaty/a-b")
        assert answer.headers["KZLOD-Release"] == small.id
        assert client.get("/sparql", params={"query": "SELECT * { "}).status_code == 400
        assert (
            client.get("/sparql", params={"query": "SELECT * { SERVICE <http://x/> {} }"}).status_code == 400
        )
        csv = client.get("/sparql", params={"query": query}, headers={"Accept": "text/csv"})
        assert csv.text.splitlines()[0] == "t"


def test_a_server_does_not_start_on_an_endpoint_that_does_not_hold_its_release(
    small: Release, tiny: Path, oxigraph: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KZLOD_ENGINE", f"{oxigraph}/query")
    result = CliRunner().invoke(app, ["serve", "--port", "0", "--root", str(tiny)])
    assert result.exit_code == 1
    assert f"does not hold {small.id}" in str(result.exception)
    assert "kzlod load" in str(result.exception)


def test_a_server_goes_over_when_the_endpoint_has_the_next_release(
    small: Release, tiny: Path, oxigraph: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{oxigraph}/query"
    load(small, Target(url, wait=0), quiet)
    monkeypatch.setenv("KZLOD_ENGINE", url)
    with serving("--root", str(tiny)) as address, httpx.Client(base_url=address) as client:

        def served() -> str:
            return client.get("/sparql", params={"query": "ASK {}"}).headers["KZLOD-Release"]

        path = tiny / "data/KAZ/news/news.ttl"
        path.write_text(path.read_text().replace("Treaty of A and B", "Treaty of B and A"))
        second, _ = build_release(tiny, tiny / "release", quiet)
        time.sleep(2.5)
        assert served() == small.id, "the endpoint does not hold the new one yet"
        load(second, Target(url, wait=0), quiet)
        until(lambda: served() == second.id, "the server goes over to the new release")


def test_a_release_without_graphs_files_is_an_error(small: Release, oxigraph: str) -> None:
    manifest = {**small.manifest, "dumps": []}
    with pytest.raises(ReleaseError, match="has no file for graph"):
        load(replace(small, manifest=manifest), Target(f"{oxigraph}/query", wait=0), quiet)
