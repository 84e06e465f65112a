"""The description of the addresses is true: each address is there, each example answers as documented."""

import asyncio
from typing import Any

import httpx
import pytest

from kzlod.engine.pool import EmbeddedEngine
from kzlod.release.published import Release
from kzlod.web import metrics
from kzlod.web.app import create_app
from kzlod.web.examples import FORMATS
from kzlod.web.i18n import LANGUAGES
from kzlod.web.openapi import GROUPS, addresses
from kzlod.web.problems import MEDIA_TYPE
from kzlod.web.settings import Settings
from kzlod.web.site import Site
from kzlod.web.state import Web
from kzlod.web.stored import read_examples

from .conftest import Client, NoEngine

# Leads elsewhere, or is another form of an address that is described.
FORMS = {
    *("/id", "/concept", "/ontology/{path}", "/shapes/{path}", "/doc", "/dumps", "/dumps/{release}"),
    *("/releases", "/releases/{release}", "/releases/{release}/doc"),
    *("/favicon.ico", "/{path}"),
    *(
        f"/{name}.{form}"
        for name in ("doc/shapes", "catalog")
        for form in ("html", "ttl", "jsonld", "nt", "rdf")
    ),
}


@pytest.fixture(scope="module")
def described(client: Client) -> dict[str, Any]:
    answer = client.get("/openapi.json")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"
    found: dict[str, Any] = answer.json()
    return found


def test_it_has_the_form_of_openapi(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    assert described["servers"] == [{"url": "https://data.example.org"}]
    assert {"title", "version", "license"} <= described["info"].keys()
    tags = {one["name"] for one in described["tags"]}
    identifiers = []
    for path, item in described["paths"].items():
        assert path.startswith("/")
        wanted = {step.split("}")[0] for step in path.split("{")[1:]}
        for method, operation in item.items():
            assert method in ("get", "post")
            identifiers.append(operation["operationId"])
            assert set(operation["tags"]) <= tags
            assert operation["responses"] and operation["summary"]
            names = [(one["name"], one["in"]) for one in operation["parameters"]]
            assert len(names) == len(set(names))
            assert {name for name, place in names if place == "path"} == wanted, path
            for one in operation["parameters"]:
                assert one["in"] in ("query", "path") and one["description"] and one["schema"]["type"]
                assert one["required"] is True or one["in"] == "query"
            for status, response in operation["responses"].items():
                assert 100 <= int(status) < 600 and response["description"]
                for content in response.get("content", {}).values():
                    reference = content["schema"].get("$ref")
                    assert reference in (None, "#/components/schemas/Problem")
    assert len(identifiers) == len(set(identifiers))


def test_every_kind_of_address_is_described() -> None:
    paths = {one.path for one in addresses()}
    firsts = {path[1:].partition("/")[0].partition("{")[0] for path in paths}
    firsts |= {first.partition(".")[0] for first in firsts if not first.startswith(".")}
    known = {first for kinds in metrics._KINDS.values() for first in kinds}
    assert known - firsts - {"reconcile"} == set()


def test_every_route_is_described_and_every_description_has_a_route(release: Release) -> None:
    app = create_app(Site(release, NoEngine(), Settings()))
    routes = {str(getattr(one, "path", "")).replace(":path}", "}") for one in app.routes}
    paths = {one.path for one in addresses()}
    assert routes - paths == FORMS
    # Answered before the routes; a document like any other.
    assert paths - routes == {"/sparql", "/examples/{name}.{format}", "/doc/ontology"}


def test_the_columns_of_each_stored_query_are_described(published: Release) -> None:
    site = Site(published, NoEngine(), Settings())
    found = Client(create_app(site)).get("/openapi.json").json()["paths"]
    queries = read_examples(Web(site).snapshot(), "en")
    for path in ("/examples/{name}", "/examples/{name}.{format}"):
        operation = found[path]["get"]
        (column,) = (one for one in operation["parameters"] if one["schema"]["type"] == "object")
        assert (column["style"], column["explode"], column["in"]) == ("form", True, "query")
        assert operation["x-columns"] == {one.name: list(one.columns) for one in queries}
        assert "instance" in operation["x-columns"]["clearance-rates"]
    (suffix,) = (
        one for one in found["/examples/{name}.{format}"]["get"]["parameters"] if one["name"] == "format"
    )
    assert set(suffix["schema"]["enum"]) == {"html", *FORMATS}
    assert "x-columns" not in found["/sparql"]["get"]


def test_every_text_is_there_in_every_language() -> None:
    for one in addresses():
        assert one.group in GROUPS
        for text in (one.text, *(parameter.text for parameter in one.parameters)):
            assert set(text) == set(LANGUAGES) and all(text.values())
        for example in one.examples:
            assert example.answer in one.answers, example


def test_every_example_answers_as_documented(published: Release) -> None:
    """On the real release with the real engine; every address has an example."""

    async def ask() -> int:
        async with EmbeddedEngine(published.store_path) as engine:
            app: Any = create_app(Site(published, engine, Settings())).middleware_stack
            transport = httpx.ASGITransport(app=app)
            asked = 0
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                described = (await client.get("/openapi.json")).json()
                operations = [
                    (method, operation)
                    for item in described["paths"].values()
                    for method, operation in item.items()
                ]
                for method, operation in operations:
                    for one in operation["x-examples"]:
                        headers = {"Accept": one["accept"], "Content-Type": one.get("content-type", "")}
                        answer = await client.request(
                            method.upper(), one["address"], headers=headers, content=one.get("body")
                        )
                        got = answer.headers.get("content-type", "").partition(";")[0]
                        assert (answer.status_code, got) == (one["status"], one.get("type", "")), one
                        if got == MEDIA_TYPE:
                            assert answer.json()["status"] == one["status"]
                        asked += 1
            return asked

    assert asyncio.run(ask()) >= 50


def test_the_page_says_the_same(client: Client) -> None:
    for language in LANGUAGES:
        page = client.page(f"/api?lang={language}")
        for one in addresses():
            assert f'<section class="address" id="{one.anchor}">' in page
            assert one.text[language].replace("'", "&#39;") in page
    assert 'href="/openapi.json"' in page and 'href="/api"' in client.page("/")
