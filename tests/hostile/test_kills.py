"""Any process killed at any moment: nothing is lost, no answer is wrong, everything recovers by itself."""

import random
import signal
import time
from pathlib import Path
from threading import Thread

import pytest

from kzlod.release.published import Release
from tests.hostile import processes
from tests.hostile.arena import Arena, arena, small
from tests.hostile.corpus import ATTACKS
from tests.hostile.polling import Polled, Polling, wrong
from tests.hostile.running import Attacked, at_once, attacked
from tests.hostile.server import Server

KILLS = 40
RECOVERY = 60.0  # seconds in which the workers are to be there again
END = 20.0  # seconds in which the orphans of a server must have ended
BOMBS = ("product-count-3", "product-rows-csv", "plan-path-400", "regex-catastrophic", "memory-concat-order")


@pytest.fixture(scope="module")
def part(published: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A part of the release that is served within a second."""
    return small(published.path, tmp_path_factory.mktemp("kills") / "part")


class Bombing(Thread):
    """Bombs from other addresses in the background, for so many seconds."""

    def __init__(self, place: Arena, seconds: float) -> None:
        super().__init__()
        self._place, self._seconds = place, seconds
        self.done: list[Attacked] = []

    def run(self) -> None:
        bombs = [attack for attack in ATTACKS if attack.id in BOMBS]
        sources = ("127.0.0.31", "127.0.0.32")
        attacking = at_once(bombs, self._place.target, sources=sources, count=2, seconds=self._seconds)
        self.done = attacked(attacking)


def assert_excused(polls: list[Polled], kills: int) -> None:
    """A poll may have had its worker killed under it: 503 with Retry-After, at most one query a kill."""
    spoiled = [one for one in polls if one.wrong]
    others = [one for one in spoiled if not (one.kind == "query" and one.status == 503 and one.retry)]
    assert not wrong(others)
    assert len(spoiled) <= kills
    assert len(polls) > 2 * kills


def left(orphans: dict[int, str]) -> list[int]:
    """Those that still run."""
    return [pid for pid, birth in orphans.items() if birth and processes.born(pid) == birth]


def test_workers_killed_under_load(part: Path, tmp_path: Path) -> None:
    chance = random.Random(20203)
    with arena(tmp_path / "server", part, timeout=2, patience=10) as place:
        server = place.server
        whole = len(server.workers())
        bombing = Bombing(place, 12)
        with (
            place.polled(seed=1) as first,
            Polling(server.port, part, source="127.0.0.41", seed=2) as second,
        ):
            bombing.start()
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.02, 0.3))
                if workers := server.workers():
                    processes.send(chance.choice(workers), signal.SIGKILL)
                # One may take its time: what held the data in memory, if that was killed, loads them again.
                assert processes.until(lambda: len(server.workers()) >= whole - 1, RECOVERY), "none comes"
            bombing.join()
        assert_excused(first.done, KILLS)
        assert_excused(second.done, KILLS)
        assert {one.outcome.label for one in bombing.done} <= {"504", "503", "400", "cut", "200"}
        assert not server.ailments(logs=False, patience=90)  # those killed may say so


def test_all_workers_killed_at_once(part: Path, tmp_path: Path) -> None:
    with arena(tmp_path / "server", part) as place:
        server = place.server
        whole = len(server.workers())
        for _ in range(5):
            for worker in reversed(server.workers()):
                processes.send(worker, signal.SIGKILL)
            assert processes.until(lambda: len(server.workers()) >= whole, 3 * RECOVERY), (
                "a worker is missing"
            )
        with place.polled() as polling:
            polling.until(100)
        assert not wrong(polling.done)
        assert not server.ailments(logs=False)  # those killed may say so


def test_workers_that_hang_hold_nobody_for_long(part: Path, tmp_path: Path) -> None:
    """A process that hangs instead of ending is found out by the deadline of the query that it got."""
    with arena(tmp_path / "server", part, timeout=1, patience=5) as place:
        server = place.server
        for worker in server.workers():
            if not processes.descendants(worker):  # those that answer
                processes.send(worker, signal.SIGSTOP)
        with place.polled() as polling:
            polling.until(60)
        spoiled = [one for one in polling.done if one.wrong]
        assert {one.status for one in spoiled} <= {503, 504}
        assert len(spoiled) <= 8
        assert not wrong(polling.done[-20:])
        assert server.alive()


@pytest.mark.parametrize("moment", [0.1, 1.5])
def test_the_server_killed_under_load(moment: float, part: Path, tmp_path: Path) -> None:
    with arena(tmp_path / "server", part, timeout=2) as place:
        server = place.server
        bombing = Bombing(place, moment)
        bombing.start()
        time.sleep(moment)
        orphans = {pid: processes.born(pid) for pid in server.workers()}
        assert orphans
        server.kill()
        server.start()  # at once, on the same port and the same store
        with Polling(server.port, part) as polling:
            polling.until(40)
        assert not wrong(polling.done)
        assert processes.until(lambda: not left(orphans), END), f"still running: {left(orphans)}"
        bombing.join()


def test_no_worker_outlives_a_server_that_is_told_to_stop(part: Path, tmp_path: Path) -> None:
    with Server(tmp_path / "server", "--data", str(part / "data.nq")) as server:
        server.remember()
        orphans = {pid: processes.born(pid) for pid in server.workers()}
    assert processes.until(lambda: not left(orphans), END), f"still running: {left(orphans)}"
    assert not server.left_behind()
