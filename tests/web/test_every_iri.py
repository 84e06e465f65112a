"""Every IRI of ours that occurs anywhere in the real release dereferences, and says something."""

import asyncio
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from kzlod.namespaces import BASE
from kzlod.release.published import Release
from kzlod.web.app import create_app
from kzlod.web.settings import Settings
from kzlod.web.site import Site
from tests.web.conftest import NoEngine

PARTS = 4  # the work is divided for the test runner's processes


def our_iris(release: Release) -> list[str]:
    """Every IRI of ours in the store, and every step above one, without fragment."""
    store = ox.Store.read_only(str(release.store_path))
    found = {
        node.value.partition("#")[0]
        for quad in store
        for node in (quad.subject, quad.predicate, quad.object, quad.graph_name)
        if isinstance(node, ox.NamedNode) and node.value.startswith(BASE)
    }
    for iri in [iri for iri in found if not iri.startswith(f"{BASE}dumps/")]:
        steps = iri.removeprefix(BASE).split("/")
        found |= {BASE + "/".join(steps[:length]) for length in range(1, len(steps))}
    return sorted(found - {BASE, f"{BASE}sparql"})


@pytest.mark.parametrize("part", range(PARTS))
def test_every_iri_dereferences(published: Release, part: int) -> None:
    faults = asyncio.run(look_up(published, our_iris(published)[part::PARTS]))
    assert not faults, "\n".join(faults[:20])


async def look_up(published: Release, iris: list[str]) -> list[str]:
    """What is wrong with the answers to the IRIs, as Turtle and as pages."""
    app = create_app(Site(published, NoEngine(), Settings()))
    transport = httpx.ASGITransport(app=app)
    faults = []
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test", follow_redirects=True
    ) as client:
        for iri in iris:
            path = "/" + iri.removeprefix(BASE)
            turtle = await client.get(path, headers={"Accept": "text/turtle"})
            page = await client.get(path, headers={"Accept": "text/html"})
            if turtle.status_code != 200 or page.status_code != 200:
                faults.append(f"{iri}: Turtle {turtle.status_code}, page {page.status_code}")
            elif turtle.headers["content-type"].startswith("text/turtle"):
                triples = [quad.triple for quad in ox.parse(turtle.content, ox.RdfFormat.TURTLE)]
                if not any(
                    iri in (str(t.subject)[1:-1].partition("#")[0], getattr(t.object, "value", ""))
                    for t in triples
                ):
                    faults.append(f"{iri}: the document does not speak of it")
    return faults


def test_there_are_iris_of_every_kind(published: Release, root: Path) -> None:
    iris = our_iris(published)
    for step in (
        "ontology",
        "concept/rule-kind/condition",
        "id/graph/KAZ/treaty-news",
        "id/country",
        "id/dataset/kzlod",
    ):
        assert BASE + step in iris
    assert any("/chars/" in iri for iri in iris)
