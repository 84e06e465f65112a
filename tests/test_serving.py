import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx

from kzlod.release.build import build_release
from kzlod.release.published import current_release

TREATY = "/id/treaty/a-b"
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s a <https://w3id.org/kzlod/ontology#Treaty> }"


def quiet(step: str) -> None:
    """Takes the name of a step and does nothing."""


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """A real server in a process of its own; yields its address once it listens."""
    command = [sys.executable, "-m", "kzlod", "serve", "--port", "0", *arguments]
    environment = {**os.environ, "COLUMNS": "200", "KZLOD_WORKERS": "1"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            match = re.search(r"http://[^/]+", line)
            assert match, line
            yield match[0]
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
            assert process.stderr is not None
            assert "Traceback" not in process.stderr.read()


def until(condition: object, what: str) -> None:
    """Waits until the condition, a function, holds."""
    assert callable(condition)
    for _ in range(200):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError(f"did not happen: {what}")


def test_a_release_is_served_and_the_next_one_followed(tiny: Path) -> None:
    releases = tiny / "release"
    first, _ = build_release(tiny, releases, quiet)
    with (
        serving("--root", str(tiny)) as address,
        httpx.Client(base_url=address, follow_redirects=True) as client,
    ):
        page = client.get(TREATY, headers={"Accept": "text/html"})
        assert "Treaty of A and B" in page.text
        assert page.headers["KZLOD-Release"] == first.id
        assert client.get("/health").status_code == 200
        answer = client.get("/sparql", params={"query": COUNT}).json()
        assert answer["results"]["bindings"][0]["n"]["value"] == "1"

        half = releases / "1.2.3-00000000"
        half.mkdir()
        temporary = releases / ".link"
        temporary.symlink_to(half.name)
        temporary.replace(releases / "current")
        time.sleep(2.5)
        assert client.get("/sparql", params={"query": COUNT}).headers["KZLOD-Release"] == first.id
        shutil.rmtree(half)

        path = tiny / "data/KAZ/news/news.ttl"
        path.write_text(path.read_text().replace("Treaty of A and B", "Treaty of B and A"))
        second, _ = build_release(tiny, releases, quiet)

        def followed() -> bool:
            return client.get("/sparql", params={"query": COUNT}).headers["KZLOD-Release"] == second.id

        until(followed, "the server goes over to the new release")
        page = client.get(TREATY, headers={"Accept": "text/html"})
        assert "Treaty of B and A" in page.text
        assert page.headers["KZLOD-Release"] == second.id
    assert current_release(releases).id == second.id


def test_any_n_quads_file_is_served_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "some data.nq"
    file.write_text(
        '<http://a/s> <http://a/p> "in the default graph" .\n'
        '<http://a/s> <http://a/p> "in a graph" <http://a/g> .\n'
    )
    with serving("--data", str(file)) as address, httpx.Client(base_url=address) as client:

        def values(query: str) -> list[str]:
            answer = client.get("/sparql", params={"query": query}).json()
            return [row["o"]["value"] for row in answer["results"]["bindings"]]

        assert values("SELECT ?o WHERE { ?s ?p ?o }") == ["in the default graph"]
        assert values("SELECT ?o FROM <http://a/g> WHERE { ?s ?p ?o }") == ["in a graph"]
        assert values("SELECT ?o WHERE { GRAPH ?g { ?s ?p ?o } }") == ["in a graph"]
        assert client.get("/").status_code == 200


def test_a_named_release_is_served(tiny: Path, tmp_path: Path) -> None:
    release, _ = build_release(tiny, tmp_path / "r", quiet)
    with serving("--release", str(release.path)) as address:
        assert httpx.get(f"{address}/sparql", params={"query": COUNT}).headers["KZLOD-Release"] == release.id


def test_a_query_that_runs_when_the_server_stops_is_told_so(tiny: Path) -> None:
    build_release(tiny, tiny / "release", quiet)
    with ThreadPoolExecutor() as others:
        with serving("--root", str(tiny)) as address:
            asked = others.submit(httpx.get, f"{address}/sparql", params={"query": ENDLESS}, timeout=30)
            until(lambda: "kzlod_queries_long 1" in httpx.get(f"{address}/metrics").text, "the query runs")
        answer = asked.result()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "ended" in answer.json()["detail"]
