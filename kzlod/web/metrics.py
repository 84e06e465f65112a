"""Figures for Prometheus: requests and queries counted as they go, the rest read when somebody asks."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from fastapi import Request
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics import disable_created_metrics
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from kzlod.engine.base import STATISTICS
from kzlod.web.clients import asks_from
from kzlod.web.observing import Exchange
from kzlod.web.routing import Handler
from kzlod.web.settings import Settings

OUTCOMES: Mapping[str, str] = {
    "ok": "it was answered",
    "malformed": "it is not SPARQL",
    "refused": "it asks for an update, or for federation that is not allowed",
    "too-expensive": "it is too long, too deep, or needed too much memory",
    "not-acceptable": "the client accepts no format for its kind of result",
    "timed-out": "it took longer than `KZLOD_QUERY_TIMEOUT`",
    "overloaded": "no worker was to be had",
    "failed": "the engine broke down",
    "client-gone": "the client left, or took nothing of the result for too long",
}
"""How a query can go."""

FIGURES: Mapping[str, str] = {
    "requests_in_progress": "Requests that are being answered.",
    "connections_open": "Connections that are open.",
    "access_log_dropped_total": "Records that the access log could not write.",
    **STATISTICS,
}
"""What is read when somebody asks, and what it means; names as in kzlod.engine.base."""

_UNREAD = frozenset({"malformed", "refused", "not-acceptable"})  # outcomes that say nothing about speed
_KINDS = {
    "sparql": ("sparql",),
    "doc": ("doc",),
    "id": ("id", "concept", "ontology"),
    "page": (
        "",
        "sources",
        "query",
        "examples",
        "kinds",
        "shapes",
        "compare",
        "crosswalk",
        "statistics",
        "treaties",
        "recommendations",
        "institutions",
        "api",
        "problems",
        "cite",
    ),
    "dump": ("dumps", "releases", "catalog", ".well-known"),
    "search": ("search", "reconcile"),
    "static": ("static", "favicon", "diagrams"),
}
_KIND_OF = {first: kind for kind, firsts in _KINDS.items() for first in firsts}
_OTHER = "other"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The figures of one application, in a registry of their own."""

    def __init__(self, release: Callable[[], str], figures: Callable[[], Mapping[str, float]]) -> None:
        """Takes what gives the release's name, and those of FIGURES that there are."""
        disable_created_metrics()  # type: ignore[no-untyped-call] # nobody reads when each series began
        self.registry = CollectorRegistry()
        self._release, self._figures = release, figures
        self._counts = _Counts()
        self._now = _Now()
        self.registry.register(self._counts)
        self.registry.register(self._now)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)

    def count(self, exchange: Exchange) -> None:
        """Counts a request that is over."""
        counts, kind = self._counts, kind_of(exchange.path)
        counts.requests[kind, _status_class(exchange.status)] += 1
        counts.seconds[kind].add(exchange.seconds)
        counts.sent[kind] += exchange.sent
        if exchange.cut:
            counts.cut[kind, exchange.cut] += 1
        if exchange.outcome:
            counts.queries[exchange.outcome] += 1
            if exchange.outcome not in _UNREAD:
                counts.query_seconds.add(exchange.seconds)

    def read(self) -> None:
        """Reads what is not counted as it goes; called on the event loop."""
        self._now.figures, self._now.release = self._figures(), self._release()

    def written(self, accept: str) -> tuple[bytes, str]:
        """All figures in the format of Prometheus or OpenMetrics that suits an `Accept`, and its type."""
        encode, content_type = choose_encoder(accept)
        return encode(self.registry), content_type

    def route(self, settings: Settings, elsewhere: Handler) -> Route:
        """The address `/metrics`; for others than `KZLOD_METRICS_FROM` there is nothing, as `elsewhere`."""
        own = settings.public_url.rstrip("/")

        async def metrics(request: Request) -> Response:
            if not asks_from(settings.metrics_from, request, settings.trusted_proxies):
                return await run_in_threadpool(elsewhere, request)
            self.read()
            body, content_type = await run_in_threadpool(self.written, request.headers.get("accept", ""))
            headers = {
                "Content-Type": content_type,
                "Cache-Control": "no-store",
                "X-Robots-Tag": "noindex",
                # No page of another site may read it through the browser of somebody who may.
                "Access-Control-Allow-Origin": own,
                "Cross-Origin-Resource-Policy": "same-origin",
            }
            return Response(body, headers=headers)

        return Route("/metrics", metrics)


class _Times:
    """Durations in seconds, by the bound of _SECONDS that each does not exceed."""

    def __init__(self) -> None:
        self.numbers = [0] * (len(_SECONDS) + 1)
        self.sum = 0.0

    def add(self, seconds: float) -> None:
        self.numbers[bisect_left(_SECONDS, seconds)] += 1
        self.sum += seconds

    def buckets(self) -> list[tuple[str, float]]:
        """How many did not exceed each bound."""
        bounds = [*map(floatToGoString, _SECONDS), "+Inf"]
        return list(zip(bounds, map(float, accumulate(self.numbers)), strict=True))


class _Counts(Collector):
    """What is counted as it goes, in dictionaries: the library's own counters take ten times as long."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str]] = Counter()
        self.seconds: defaultdict[str, _Times] = defaultdict(_Times)
        self.sent: Counter[str] = Counter()
        self.cut: Counter[tuple[str, str]] = Counter()
        self.queries: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))  # each is there from the start
        self.query_seconds = _Times()

    def collect(self) -> Iterator[Metric]:
        """What was counted so far; may be called while counting goes on."""
        yield _counter(
            "kzlod_requests",
            "Requests, by kind of address and class of status.",
            ("kind", "status"),
            self.requests,
        )
        times = HistogramMetricFamily(
            "kzlod_request_seconds", "Time until an answer was over, by kind of address.", labels=("kind",)
        )
        for kind, seconds in self.seconds.copy().items():
            times.add_metric([kind], seconds.buckets(), seconds.sum)
        yield times
        yield _counter(
            "kzlod_sent_bytes",
            "Bytes of bodies sent, by kind of address.",
            ("kind",),
            {(kind,): sent for kind, sent in self.sent.copy().items()},
        )
        yield _counter(
            "kzlod_answers_cut",
            "Answers that did not reach their end, by who ended them: client or server.",
            ("kind", "by"),
            self.cut,
        )
        yield _counter(
            "kzlod_queries",
            "SPARQL queries, by how they went.",
            ("outcome",),
            {(outcome,): number for outcome, number in self.queries.copy().items()},
        )
        yield HistogramMetricFamily(
            "kzlod_query_seconds",
            "Time until a query's result was read or its error sent; without queries that were not run.",
            self.query_seconds.buckets(),
            self.query_seconds.sum,
        )


def _counter(
    name: str, meaning: str, labels: Sequence[str], values: Mapping[Any, float]
) -> CounterMetricFamily:
    family = CounterMetricFamily(name, meaning, labels=labels)
    for key, value in dict(values).items():
        family.add_metric(key, value)
    return family


class _Now(Collector):
    """The figures that were read last."""

    def __init__(self) -> None:
        self.release = ""
        self.figures: Mapping[str, float] = {}

    def collect(self) -> Iterator[Metric]:
        """What is there; a name with a reason becomes a series of a labelled figure."""
        yield InfoMetricFamily("kzlod_release", "The release that is served.", {"release": self.release})
        families: dict[str, GaugeMetricFamily | CounterMetricFamily] = {}
        for key, meaning in FIGURES.items():
            name, _, reason = key.partition(":")
            if name not in families:
                family = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
                families[name] = family(f"kzlod_{name}", meaning, labels=("reason",) if reason else ())
            if key in self.figures:
                families[name].add_metric([reason] if reason else [], self.figures[key])
        yield from (family for family in families.values() if family.samples)


def kind_of(path: str) -> str:
    """The kind of address that a path is, one of a few however hostile the path."""
    first = path[1:].partition("/")[0]
    return _KIND_OF.get(first) or _KIND_OF.get(first.partition(".")[0] or first, _OTHER)


def _status_class(status: int | None) -> str:
    return "none" if status is None else f"{status // 100}xx"
