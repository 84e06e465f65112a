"""A small release made by hand, and a client that asks the application without a network."""

import asyncio
import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from fastapi import FastAPI
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse, serialize

from kzlod.engine.base import Kind, Query, Result, WholeResult
from kzlod.release.index import FILE as INDEX
from kzlod.release.index import write_index
from kzlod.release.published import Release
from kzlod.web.app import create_app
from kzlod.web.settings import Settings
from kzlod.web.site import Site

BASE = "https://w3id.org/kzlod/"
DATA = Path(__file__).with_name("release.trig")
REVIEWS = DATA.with_name("reviews.trig")
DUMP = b"not really compressed, but of a known length\n"
RELEASE = "0.1.0-ab12cd34"


class NoEngine:
    """An engine that is never asked, except for health."""

    name = "none"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def drained(self) -> None:
        return None

    def statistics(self) -> Mapping[str, float]:
        return {}

    async def run(self, query: Query, client: str) -> Result:
        assert client == "health", "pages must not ask the engine"
        return WholeResult(Kind.BOOLEAN, "application/json", (b"true",))


class Client:
    """Asks an application in process, one request at a time."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            served: Any = self.app.middleware_stack  # what `kzlod serve` gives to the HTTP server
            transport = httpx.ASGITransport(app=served, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://evil.example") as client:
                return await client.request(method, path, **arguments)

        return asyncio.run(ask())

    def get(self, path: str, accept: str | None = None, **headers: str) -> httpx.Response:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request(
            "GET", path, headers=fields | ({"Accept": accept} if accept else {"Accept": "*/*"})
        )

    def page(self, path: str, **headers: str) -> str:
        answer = self.get(path, "text/html", **headers)
        assert answer.status_code == 200, answer.text
        return answer.text


def write_release(folder: Path, quads: list[Quad], *, kind: str = "release", name: str = RELEASE) -> Release:
    """Writes a release directory as `kzlod release` would."""
    path = folder / name
    (path / "dumps").mkdir(parents=True)
    (path / "queries").mkdir()
    store = Store(str(path / "store"))
    store.extend(quads)
    if kind == "release":
        store.extend(Quad(one.subject, one.predicate, one.object, DefaultGraph()) for one in quads)
    store.flush()
    write_index(path / "store", path / INDEX, union=kind == "release")
    by_graph: dict[str, list[Quad]] = {}
    for one in quads:
        if isinstance(one.graph_name, NamedNode):
            by_graph.setdefault(one.graph_name.value, []).append(one)
    classes: dict[str, int] = {}
    for one in quads:
        if one.predicate.value.endswith("#type") and isinstance(one.object, NamedNode):
            classes[one.object.value] = classes.get(one.object.value, 0) + 1
    manifest: dict[str, Any] = {"kind": kind, "release": name, "base": BASE, "triples": len(set(quads))}
    if kind == "release":
        (path / "dumps" / "kzlod.nq.gz").write_bytes(DUMP)
        (path / "dumps" / "secret.txt").write_text("not in the manifest")
        (path / "shapes.ttl").write_text(
            f"@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
            f"<{BASE}shapes#Treaty> a sh:NodeShape ; sh:targetClass <{BASE}ontology#Treaty> ;\n"
            f"  sh:property <{BASE}shapes#Treaty-label> .\n"
        )
        (path / "queries" / "treaties.rq").write_text("SELECT * WHERE { ?treaty a ?kind } # <b>\n")
        serialize(
            by_graph.get(f"{BASE}id/graph/catalog", []),
            str(path / "catalog.nq"),
            format=RdfFormat.N_QUADS,
        )
        manifest |= {
            "version": "0.1.0",
            "date": "2026-11-21",
            "inputs": "0" * 64,
            "quads": len(quads),
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "publisher": "The KZLOD project",
            "title": {"en": "KZLOD: a title", "ru": "KZLOD: название"},
            "graphs": [
                {"iri": graph, "name": graph, "label": graph, "triples": len(held)}
                for graph, held in sorted(by_graph.items())
            ],
            "classes": [{"iri": iri, "count": count} for iri, count in sorted(classes.items())],
            "properties": [],
            "dumps": [
                {
                    "file": "kzlod.nq.gz",
                    "graph": None,
                    "format": "nq",
                    "media_type": "application/n-quads",
                    "bytes": len(DUMP),
                    "sha256": sha256(DUMP).hexdigest(),
                }
            ],
            "queries": [
                {
                    "name": "treaties",
                    "file": "treaties.rq",
                    "title": {"en": "Which treaties are there?", "ru": "Какие есть договоры?"},
                }
            ],
            "languages": ["en", "ru", "kk"],
        }
    (path / "manifest.json").write_text(json.dumps(manifest))
    return Release(path, manifest)


@pytest.fixture(scope="session")
def quads() -> list[Quad]:
    return list(parse(path=str(DATA), format=RdfFormat.TRIG))


@pytest.fixture(scope="session")
def release(quads: list[Quad], tmp_path_factory: pytest.TempPathFactory) -> Release:
    return write_release(tmp_path_factory.mktemp("releases"), quads)


@pytest.fixture(scope="session")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release of two countries under one convention, with reviews, and with law that changed or did not."""
    quads = list(parse(path=str(REVIEWS), format=RdfFormat.TRIG))
    return write_release(tmp_path_factory.mktemp("reviewed"), quads)


@pytest.fixture(scope="session")
def make_client() -> Callable[[Release | None], Client]:
    def make(release: Release | None) -> Client:
        settings = Settings(public_url="https://data.example.org")
        return Client(create_app(Site(release, NoEngine(), settings)))

    return make


@pytest.fixture(scope="session")
def client(release: Release, make_client: Callable[[Release | None], Client]) -> Client:
    return make_client(release)
