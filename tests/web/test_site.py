"""What is served: exchanged as one, and pinned while a request lasts."""

import asyncio
from pathlib import Path

from kzlod.release.published import Release
from kzlod.web.settings import Settings
from kzlod.web.site import Site
from tests.web.conftest import NoEngine


def release(name: str) -> Release:
    return Release(Path(name), {"release": name})


def test_a_request_keeps_to_what_was_served_when_it_began() -> None:
    site = Site(release("one"), NoEngine(), Settings())

    async def request() -> list[str]:
        with site.pinned() as serving:
            site.swap(release("two"), NoEngine())
            inside = await asyncio.to_thread(site.current)
            return [serving.release_id, site.current().release_id, inside.release_id]

    assert asyncio.run(request()) == ["one", "one", "one"]
    assert site.current().release_id == "two"


def test_another_task_sees_what_is_served_now() -> None:
    site = Site(release("one"), NoEngine(), Settings())

    async def run() -> str:
        async def later() -> str:
            await asyncio.sleep(0.01)
            return site.current().release_id

        other = asyncio.create_task(later())
        with site.pinned():
            site.swap(release("two"), NoEngine())
            return await other

    assert asyncio.run(run()) == "two"


def test_a_request_begun_from_within_another_has_its_own() -> None:
    """As a pipelined one is: its task inherits what the one before it had pinned."""
    site = Site(release("one"), NoEngine(), Settings())

    async def following() -> str:
        with site.pinned() as serving:
            return serving.release_id + site.current().release_id

    async def run() -> str:
        with site.pinned():
            site.swap(release("two"), NoEngine())
            return await asyncio.create_task(following())

    assert asyncio.run(run()) == "twotwo"
