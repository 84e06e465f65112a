"""Health: the process, the release, the engine; asked often, the engine is not."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
import pytest

from kzlod.engine.base import EngineFailed, Kind, Overloaded, Query, Result, WholeResult
from kzlod.engine.cache import CachingEngine
from kzlod.engine.pool import EmbeddedEngine
from kzlod.release.published import Release
from kzlod.web import health
from kzlod.web.app import create_app
from kzlod.web.settings import Settings
from kzlod.web.site import Site

from .conftest import RELEASE, Client, NoEngine


class Asked(NoEngine):
    """Counts how often it is asked; gives what `answer` does."""

    name = "embedded"

    def __init__(self, answer: Callable[[], bytes] = lambda: b"true", seconds: float = 0) -> None:
        self.asked = 0
        self._answer, self._seconds = answer, seconds

    async def run(self, query: Query, client: str) -> Result:
        self.asked += 1
        await asyncio.sleep(self._seconds)
        return WholeResult(Kind.BOOLEAN, "application/json", (self._answer(),))


def fail(error: Exception) -> Callable[[], bytes]:
    def raising() -> bytes:
        raise error

    return raising


def asking(engine: NoEngine, release: Release | None) -> AbstractAsyncContextManager[httpx.AsyncClient]:
    app = create_app(Site(release, engine, Settings()))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x")


def test_a_server_that_is_ready(release: Release) -> None:
    client = Client(create_app(Site(release, Asked(), Settings())))
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"live": True, "ready": True, "release": RELEASE, "engine": "embedded"}
    assert answer.headers["cache-control"] == "no-store"
    assert client.get("/health/live").json() == {"live": True}
    assert client.get("/health/ready").json() == {"ready": True}
    assert client.request("HEAD", "/health/ready").status_code == 200
    assert client.request("POST", "/health/ready").status_code == 405


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        (fail(EngineFailed("broken")), "engine: failed"),
        (fail(Overloaded("busy", 1)), "engine: overloaded"),
        (lambda: b"", "engine: an empty answer"),
    ],
)
def test_an_engine_that_does_not_answer(release: Release, answer: Callable[[], bytes], missing: str) -> None:
    client = Client(create_app(Site(release, Asked(answer), Settings())))
    for path in ("/health", "/health/ready"):
        refused = client.get(path)
        assert refused.status_code == 503
        assert refused.json()["ready"] is False
        assert refused.json()["missing"] == [missing]
    assert client.get("/health/live").status_code == 200


def test_an_engine_that_hangs(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    client = Client(create_app(Site(release, Asked(seconds=60), Settings())))
    assert client.get("/health/ready").json()["missing"] == ["engine: no answer within 0.05 seconds"]


def test_without_a_release() -> None:
    client = Client(create_app(Site(None, Asked(), Settings())))
    assert client.get("/health/live").status_code == 200
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["missing"] == ["release: none is served"]
    assert answer.json()["release"] == "none"


def test_a_release_that_cannot_be_opened_any_more(release: Release, tmp_path: Path) -> None:
    site = Site(release, Asked(), Settings())
    client = Client(create_app(site))
    site.swap(Release(tmp_path, {"release": "9.9.9-00000000", "kind": "release"}), Asked())
    assert client.get("/health/ready").json()["missing"] == ["release: 9.9.9-00000000 cannot be opened"]


def test_many_who_ask_make_one_question(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "REMEMBERED", 600)
    engine = Asked(seconds=0.01)

    async def run() -> set[int]:
        async with asking(engine, release) as client:
            first = await asyncio.gather(*(client.get("/health/ready") for _ in range(50)))
            then = [await client.get("/health") for _ in range(5)]
        return {answer.status_code for answer in (*first, *then)}

    assert asyncio.run(run()) == {200}
    assert engine.asked == 1


def test_one_who_leaves_does_not_take_the_answer_from_others(release: Release) -> None:
    engine = Asked(seconds=0.05)

    async def run() -> int:
        async with asking(engine, release) as client:
            leaving = asyncio.create_task(client.get("/health/ready"))
            staying = asyncio.create_task(client.get("/health/ready"))
            while not engine.asked:
                await asyncio.sleep(0)
            leaving.cancel()
            return (await staying).status_code

    assert asyncio.run(run()) == 200
    assert engine.asked == 1


def test_what_is_remembered_is_forgotten(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "REMEMBERED", 0)
    engine = Asked()
    client = Client(create_app(Site(release, engine, Settings())))
    for _ in range(3):
        assert client.get("/health/ready").status_code == 200
    assert engine.asked == 3


def test_another_release_is_asked_at_once(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "REMEMBERED", 600)
    site = Site(release, Asked(), Settings())
    client = Client(create_app(site))
    assert client.get("/health/ready").status_code == 200
    site.swap(release, Asked(fail(EngineFailed("broken"))))
    assert client.get("/health/ready").status_code == 503


def test_a_kept_result_is_no_sign_of_life(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "REMEMBERED", 0)
    engine = Asked()
    cache = CachingEngine(engine, 1 << 20)
    client = Client(create_app(Site(release, cache, Settings())))
    for _ in range(2):
        assert client.get("/health").json()["engine"] == "embedded"
    assert engine.asked == 2


def test_a_real_engine_that_lost_its_workers(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "REMEMBERED", 0)

    async def run() -> list[int]:
        engine = EmbeddedEngine(release.store_path)
        app = create_app(Site(release, engine, Settings()))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            async with engine:
                ready = await client.get("/health/ready")
            stopped = await client.get("/health/ready")
        return [ready.status_code, stopped.status_code]

    assert asyncio.run(run()) == [200, 503]
