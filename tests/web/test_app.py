"""The application as a whole: headers, errors, methods, data without a release, exchange of releases."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import Request
from fastapi.responses import Response
from pyoxigraph import DefaultGraph, Quad
from starlette.routing import Route

from kzlod.release.published import Release
from kzlod.web.app import create_app
from kzlod.web.settings import Settings
from kzlod.web.site import Site
from kzlod.web.state import Cache

from .conftest import Client, NoEngine, write_release

MakeClient = Callable[[Release | None], Client]


@pytest.mark.parametrize(
    "path", ["/", "/doc/country/KAZ", "/nothing", "/static/style.css", "/id/country/KAZ"]
)
def test_every_answer_is_hardened(client: Client, path: str) -> None:
    headers = client.get(path, "text/html").headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert "referrer-policy" in headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_with_what_is_allowed(client: Client, method: str) -> None:
    answer = client.request(method, "/doc/country/KAZ")
    assert answer.status_code == 405
    assert set(answer.headers["allow"].replace(" ", "").split(",")) >= {"GET", "HEAD"}
    assert answer.headers["content-type"] == "application/problem+json"


def test_errors_are_pages_for_browsers_in_their_language(client: Client) -> None:
    answer = client.get("/nothing", "text/html", Accept_Language="ru")
    assert answer.status_code == 404
    assert "По этому адресу ничего нет" in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")


def test_an_error_of_ours_shows_no_internals(release: Release) -> None:
    app = create_app(Site(release, NoEngine(), Settings()))

    def broken(request: Request) -> Response:
        raise RuntimeError("the secret")

    app.router.routes.insert(0, Route("/broken", broken))
    for accept in ("text/html", "application/json"):
        answer = Client(app).get("/broken", accept)
        assert answer.status_code == 500
        assert "secret" not in answer.text


def test_without_a_release_pages_say_so(make_client: MakeClient) -> None:
    client = make_client(None)
    assert client.get("/doc/country/KAZ").status_code == 503
    assert client.get("/", "text/html").status_code == 503
    assert client.get("/robots.txt").status_code == 200


def test_data_without_a_release_are_described(
    make_client: MakeClient, quads: list[Quad], tmp_path: Path
) -> None:
    kept = []
    for one in quads:
        graph = str(one.graph_name)
        if graph.endswith("vocabulary>"):
            one = Quad(one.subject, one.predicate, one.object, DefaultGraph())
        if not graph.endswith("catalog>"):
            kept.append(one)
    client = make_client(write_release(tmp_path, kept, kind="data", name="data"))
    assert "Казахстан" in client.page("/doc/country/KAZ")
    assert "Stated by" in client.page("/doc/treaty/FRA-KAZ-extradition")
    for path in (
        "/",
        "/sources",
        "/query",
        "/examples",
        "/dumps/",
        "/catalog",
        "/doc/ontology",
        "/sitemap.xml",
    ):
        assert client.get(path, "text/html").status_code == 200, path
    assert 'rel="license"' not in client.get("/doc/country/KAZ").headers["link"]
    assert client.get("/doc/shapes").status_code == 404
    assert "void#triples" in client.get("/catalog.nt").text


def test_a_new_release_is_served_at_once(release: Release, quads: list[Quad], tmp_path: Path) -> None:
    site = Site(release, NoEngine(), Settings())
    client = Client(create_app(site))
    before = client.get("/doc/country/KAZ", "text/turtle")
    fewer = [one for one in quads if "Қазақстан" not in str(one.object)]
    site.swap(write_release(tmp_path, fewer, name="0.2.0-11111111"), NoEngine())
    after = client.get("/doc/country/KAZ", "text/turtle", If_None_Match=before.headers["etag"])
    assert after.status_code == 200
    assert after.headers["kzlod-release"] == "0.2.0-11111111"
    assert "Қазақстан" in before.text and "Қазақстан" not in after.text


def test_the_endpoint_is_there_and_a_browser_gets_the_form(client: Client) -> None:
    assert client.request("POST", "/sparql").status_code == 415
    assert client.get("/sparql", "text/html").headers["location"] == "/query"


def test_the_cache_is_bounded_by_bytes() -> None:
    cache = Cache(limit=80)
    for number in range(20):
        cache.put(number, b"x" * 10)
    assert cache.get(0) is None
    assert sum(cache.get(number) is not None for number in range(20)) == 8
    cache.put("big", b"x" * 11)
    assert cache.get("big") is None
    cache.put(19, b"y")
    assert cache.get(19) == b"y"
