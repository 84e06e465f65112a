"""Figures for Prometheus: what is counted, what is read, and who may see it."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_network

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from kzlod.engine.base import (
    STATISTICS,
    EngineError,
    Malformed,
    NotAcceptable,
    Overloaded,
    Refused,
    TimedOut,
    TooExpensive,
)
from kzlod.engine.cache import CachingEngine
from kzlod.engine.pool import EmbeddedEngine
from kzlod.release.published import Release
from kzlod.web.app import create_app
from kzlod.web.metrics import FIGURES, OUTCOMES, Metrics, kind_of
from kzlod.web.settings import Settings
from kzlod.web.site import Site

from .conftest import RELEASE, Client, NoEngine
from .test_accesslog import PLAIN

LABELS = tuple[tuple[str, str], ...]


class Telling(NoEngine):
    def statistics(self) -> Mapping[str, float]:
        return {"workers": 3, "worker_ends_total:timed-out": 2, "worker_ends_total:crashed": 1}


def figures(text: str) -> dict[tuple[str, LABELS], float]:
    """The samples of a scrape by name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in read_text(text)
        for sample in family.samples
    }


def application(release: Release | None, engine: NoEngine | None = None, **settings: object) -> FastAPI:
    site = Site(release, engine or NoEngine(), Settings.model_validate(settings))
    return create_app(site, connections=lambda: 7)


def test_requests_are_counted_by_kind_and_status(release: Release) -> None:
    client = Client(application(release))
    sent = len(client.get("/doc/country/KAZ", "text/turtle").content)
    client.get("/doc/nothing")
    client.get("/static/style.css")
    client.get("/nothing/at/all/5f3c")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "5f3c" not in answer.text
    found = figures(answer.text)
    assert found["kzlod_requests_total", (("kind", "doc"), ("status", "2xx"))] == 1
    assert found["kzlod_requests_total", (("kind", "doc"), ("status", "4xx"))] == 1
    assert found["kzlod_requests_total", (("kind", "static"), ("status", "2xx"))] == 1
    assert found["kzlod_requests_total", (("kind", "other"), ("status", "4xx"))] == 1
    assert found["kzlod_request_seconds_count", (("kind", "doc"),)] == 2
    assert found["kzlod_sent_bytes_total", (("kind", "doc"),)] > sent
    assert found["kzlod_requests_in_progress", ()] == 1  # this one
    assert found["kzlod_connections_open", ()] == 7
    assert found["kzlod_release_info", (("release", RELEASE),)] == 1
    assert found["process_open_fds", ()] > 0


def test_figures_of_the_engine_are_those_it_tells(release: Release) -> None:
    text = Client(application(release, Telling())).get("/metrics").text
    found = figures(text)
    assert found["kzlod_workers", ()] == 3
    assert found["kzlod_worker_ends_total", (("reason", "timed-out"),)] == 2
    assert found["kzlod_worker_ends_total", (("reason", "crashed"),)] == 1
    assert "kzlod_spool_bytes" not in text


def test_each_application_has_figures_of_its_own(release: Release) -> None:
    first, second = Client(application(release)), Client(application(None))
    first.get("/doc/country/KAZ")
    found = figures(second.get("/metrics").text)
    assert ("kzlod_requests_total", (("kind", "doc"), ("status", "2xx"))) not in found
    assert found["kzlod_release_info", (("release", "none"),)] == 1


def test_queries_are_counted_by_how_they_went() -> None:
    metrics = Metrics(lambda: "x", dict)
    for outcome in OUTCOMES:
        metrics.count(replace(PLAIN, path="/sparql", outcome=outcome, seconds=0.3))
    metrics.count(replace(PLAIN, path="/sparql"))  # the service description is no query
    found = figures(metrics.written("")[0].decode())
    for outcome in OUTCOMES:
        assert found["kzlod_queries_total", (("outcome", outcome),)] == 1
    assert found["kzlod_query_seconds_count", ()] == len(OUTCOMES) - 3
    assert found["kzlod_query_seconds_bucket", (("le", "0.25"),)] == 0
    assert found["kzlod_query_seconds_bucket", (("le", "0.5"),)] == len(OUTCOMES) - 3


def test_every_error_of_an_engine_is_an_outcome() -> None:
    errors = (EngineError, Malformed, Refused, TooExpensive, NotAcceptable, TimedOut, Overloaded)
    assert {error.outcome for error in errors} | {"ok", "client-gone"} == set(OUTCOMES)


def test_answers_cut_short_are_counted() -> None:
    metrics = Metrics(lambda: "x", dict)
    metrics.count(replace(PLAIN, cut="client", status=None, first=None))
    found = figures(metrics.written("")[0].decode())
    assert found["kzlod_answers_cut_total", (("by", "client"), ("kind", "doc"))] == 1
    assert found["kzlod_requests_total", (("kind", "doc"), ("status", "none"))] == 1


def test_open_metrics_for_who_asks_for_it(release: Release) -> None:
    answer = Client(application(release)).get("/metrics", "application/openmetrics-text; version=1.0.0")
    assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert answer.text.endswith("# EOF\n")
    families = read_openmetrics(answer.text)  # type: ignore[no-untyped-call]
    assert "kzlod_requests" in {family.name for family in families}


@pytest.mark.parametrize("headers", [{"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}])
def test_others_find_nothing(release: Release, headers: dict[str, str]) -> None:
    client = Client(application(release))
    nothing = client.get("/nothing", **headers)
    refused = client.get("/metrics", **headers)
    assert refused.status_code == 404
    assert refused.text.replace("metrics", "nothing") == nothing.text
    assert {name: value for name, value in refused.headers.items() if name != "content-length"} == {
        name: value for name, value in nothing.headers.items() if name != "content-length"
    }
    page = client.get("/metrics", "text/html", **headers)
    assert page.status_code == 404
    assert "kzlod_" not in page.text


def test_who_may_read_is_a_setting(release: Release) -> None:
    nobody = Client(application(release, metrics_from=""))
    assert nobody.get("/metrics").status_code == 404
    there = (ip_network("198.51.100.0/24"),)
    behind = Client(application(release, metrics_from=there, trusted_proxies="127.0.0.1"))
    assert behind.get("/metrics").status_code == 404
    assert behind.get("/metrics", X_Forwarded_For="198.51.100.7").status_code == 200
    assert behind.get("/metrics", X_Forwarded_For="203.0.113.9").status_code == 404


def test_pages_of_other_sites_cannot_read_it(release: Release) -> None:
    app = application(release, public_url="https://data.example.org")
    headers = Client(app).get("/metrics", Origin="https://evil.example").headers
    assert headers["access-control-allow-origin"] == "https://data.example.org"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-robots-tag"] == "noindex"
    assert headers["cache-control"] == "no-store"


def test_every_address_of_ours_has_a_kind(release: Release) -> None:
    paths = {str(getattr(one, "path", "")) for one in application(release).routes}
    other = {path for path in paths if kind_of(path) == "other"}
    assert {path.split("/")[1] for path in other} == {
        "robots.txt",
        "sitemap.xml",
        "sitemap",
        "health",
        "metrics",
        "openapi.json",
        "{path:path}",
    }


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "page"),
        ("/sparql", "sparql"),
        ("/doc/country/KAZ.ttl", "doc"),
        ("/id/x", "id"),
        ("/dumps/", "dump"),
        ("/catalog.nt", "dump"),
        ("/.well-known/void", "dump"),
        ("/.git/config", "other"),
        ("/sparqlx", "other"),
        ("", "page"),
        ("*", "page"),
        ("/\n", "other"),
    ],
)
def test_kinds_of_addresses(path: str, kind: str) -> None:
    assert kind_of(path) == kind


def test_engines_tell_nothing_but_what_is_listed(release: Release) -> None:
    told = CachingEngine(EmbeddedEngine(release.store_path), 1 << 20).statistics()
    assert {"cache_hits_total", "cache_misses_total", "cache_results", "cache_bytes"} <= set(told)
    assert set(told) <= set(STATISTICS) <= set(FIGURES)


def test_figures_that_are_counted_are_named_so() -> None:
    """What a scrape shows of them all is what is documented: no name is lost or said twice."""
    metrics = Metrics(lambda: "x", lambda: dict.fromkeys(FIGURES, 5.0))
    metrics.read()
    found = figures(metrics.written("")[0].decode())
    for key in FIGURES:
        name, _, reason = key.partition(":")
        assert found[f"kzlod_{name}", (("reason", reason),) if reason else ()] == 5


def test_another_address_is_not_this_machine(release: Release) -> None:
    transport = httpx.ASGITransport(app=application(release), client=("192.0.2.1", 9))

    async def ask() -> int:
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return (await client.get("/metrics")).status_code

    assert asyncio.run(ask()) == 404
