"""Another client of the server under attack: it asks ordinary things and checks each answer.

`python -m tests.hostile.polling JOB` (a JSON object) says `ready`, then a line of JSON for each poll, until
its input ends. It is a process of its own, so that nothing that the attackers do slows down its clock.
"""

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import pyoxigraph as ox

from tests.hostile import wire
from tests.hostile.ordinary import Poll, polls

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 60.0
_PAUSE = 0.02


@dataclass(frozen=True, slots=True)
class Polled:
    """One poll: what was asked, when it began (seconds), how long it took, and what was wrong if anything."""

    kind: str
    asked: str
    began: float
    seconds: float
    status: int
    retry: bool
    wrong: str


class Polling:
    """A polling client in the background; `done` are the polls so far."""

    def __init__(self, port: int, release: Path, *, source: str = "127.0.0.1", seed: int = 1) -> None:
        """Takes the port of the server, and the folder of what it serves: with its store and manifest."""
        self._job = {"port": port, "release": str(release), "source": source, "seed": seed}
        self._process: subprocess.Popen[str]

    def __enter__(self) -> Self:
        """Starts the client; returns once its right answers are known and it begins."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.polling", json.dumps(self._job)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != "ready\n":
            raise RuntimeError("the polling client did not start")
        self._lines: list[str] = []
        self._reader = threading.Thread(target=lambda: self._lines.extend(self._process.stdout or ()))
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Lets it finish its last poll."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(2 * _PATIENCE)
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def until(self, count: int) -> None:
        """Waits until there were so many polls; RuntimeError when the client ends before."""
        while len(self._lines) < count:
            if self._process.poll() is not None:
                raise RuntimeError("the polling client has ended")
            time.sleep(0.05)

    @property
    def done(self) -> list[Polled]:
        """The polls so far."""
        return [Polled(**json.loads(line)) for line in list(self._lines)]


def wrong(done: Sequence[Polled]) -> list[str]:
    """What was wrong, in words: each trouble once, with the number of polls that had it and one of them."""
    found: dict[tuple[str, str], list[Polled]] = {}
    for one in done:
        if one.wrong:
            found.setdefault((one.kind, one.wrong[:150]), []).append(one)
    return [
        f"{len(polls)} of {len(done)} polls ({kind}): {trouble}; {polls[0].asked[:200]}"
        for (kind, trouble), polls in found.items()
    ]


def percentile(done: Sequence[Polled], share: float) -> float:
    """The time in which that share of the polls was answered, in seconds; 0 without polls."""
    times = sorted(one.seconds for one in done)
    return times[min(len(times) - 1, int(share * len(times)))] if times else 0.0


async def ask(port: int, source: str, poll: Poll, number: int) -> Polled:
    """Asks once, on a connection of its own."""
    began = time.monotonic()
    status, retry, trouble = 0, False, ""
    try:
        async with asyncio.timeout(_PATIENCE):
            connection = await wire.connect(port, source)
            try:
                await connection.send(poll.request(number))
                answer = await connection.answer()
            finally:
                connection.close()
        status, retry = answer.status, bool(answer.get("retry-after"))
        trouble = poll.wrong(answer)
    except (OSError, TimeoutError, wire.Closed, wire.Cut, wire.Garbage) as error:
        trouble = f"{type(error).__name__} {error}"
    asked = poll.query or f"{poll.path} {poll.accept}"
    return Polled(poll.kind, asked, began, time.monotonic() - began, status, retry, trouble)


async def _poll(job: dict[str, Any], cases: Sequence[Poll]) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), ended.set)
    number = 0
    while not ended.is_set():
        polled = await ask(job["port"], job["source"], cases[number % len(cases)], number)
        print(json.dumps(asdict(polled)), flush=True)
        number += 1
        await asyncio.sleep(_PAUSE)


def main(argument: str) -> None:
    """Polls until the input ends."""
    job = json.loads(argument)
    folder = Path(job["release"])
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    store = ox.Store.read_only(str(folder / "store"))
    cases = polls(store, manifest, folder, job["seed"])
    print("ready", flush=True)
    asyncio.run(_poll(job, cases))


if __name__ == "__main__":
    main(sys.argv[1])
