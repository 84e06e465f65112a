"""Where attacks take place: a real server on a real release, a canary, and a client that goes on polling."""

import asyncio
import json
import resource
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.hostile import wire
from tests.hostile.attack import Target
from tests.hostile.polling import Polled, Polling, wrong
from tests.hostile.running import Attacked, Canary, canary, indefinite
from tests.hostile.server import Server

POLLER = "127.0.0.1"
THING = "treaty/KAZ-UZB-transfer-of-sentenced-persons"
_DESCRIPTORS = 8192


@dataclass(frozen=True, slots=True)
class Arena:
    """A server and what is needed to attack it."""

    server: Server
    target: Target
    canary: Canary
    release: Path

    @contextmanager
    def polled(self, seed: int = 1) -> Iterator[Polling]:
        """A client that polls meanwhile, from an address from which nobody else attacks unless told to."""
        with Polling(self.server.port, self.release, source=POLLER, seed=seed) as polling:
            yield polling

    def faults(self, done: list[Attacked], polls: list[Polled]) -> list[str]:
        """All that is not as it should be after an attack; empty when everything is."""
        visits = [f"{self.canary.visits} visits where nothing may arrive"] if self.canary.visits else []
        none = [] if polls else ["there were no polls"]
        return [*indefinite(done), *wrong(polls), *none, *visits, *self.server.ailments()]


@contextmanager
def arena(
    folder: Path,
    release: Path,
    *,
    timeout: float = 15,
    patience: float = 15,
    header: float = 10,
    stall: float = 15,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Arena]:
    """A server on a release, in an empty `folder`; times in seconds, by default those of the settings."""
    _allow_descriptors()
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    largest = max(manifest["dumps"], key=lambda dump: int(dump["bytes"]))
    dump = f"dumps/{manifest['release']}/{largest['file']}"
    times = {
        "query_timeout": str(timeout),
        "queue_patience": str(patience),
        "request_timeout": str(header),
        "read_stall": str(stall),
    }
    options = ("--release", str(release))
    with (
        canary() as bird,
        Server(folder, *options, settings=times | dict(settings or {})) as server,
    ):
        target = Target(server.port, "127.0.0.11", bird.port, THING, dump, timeout, patience, header, stall)
        asyncio.run(_warm(target))
        server.remember()
        yield Arena(server, target, bird, release)


async def _warm(target: Target) -> None:
    """Asks a little of everything, so that what is made at first use is there before it is measured."""
    for number in range(5):
        for path in ("/health", "/", f"/doc/{THING}", "/query", f"/sparql?query=ASK%7B%7D%23{number}"):
            connection = await target.connect()
            await connection.send(wire.request("GET", path))
            await connection.answer()
            connection.close()


def _allow_descriptors() -> None:
    """Lets this process hold thousands of connections, as far as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < _DESCRIPTORS:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(_DESCRIPTORS, hard), hard))
