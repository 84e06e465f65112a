"""`python -m tests.hostile`: the hostile suite against a server with default settings, and a report on it."""

import argparse
import asyncio
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kzlod.web.settings import Settings
from tests.hostile.arena import POLLER, Arena, arena
from tests.hostile.corpus import ATTACKS, FLOODS
from tests.hostile.polling import wrong
from tests.hostile.report import Stage, page
from tests.hostile.running import ATTACKERS, Attacked, at_once, attacked, indefinite, one_after_another
from tests.hostile.server import MEBIBYTE, ROOT

REPORT = ROOT / "docs" / "hostile.md"
_AT_ONCE = 50
_GROWN = 256 * MEBIBYTE
Attacking = Callable[[], Coroutine[Any, Any, list[Attacked]]]


def main() -> int:
    """Runs everything; exit status 1 when something was not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", type=Path, default=ROOT / "release" / "current", help="what is served")
    parser.add_argument(
        "--seconds", type=float, default=120, help="the least time of each stage of many at once"
    )
    parser.add_argument(
        "--timeout", type=float, help="another limit for a query than the default, in seconds"
    )
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.relative_to(ROOT)}, too")
    options = parser.parse_args()
    defaults = Settings()
    with (
        tempfile.TemporaryDirectory(prefix="kzlod-hostile-") as folder,
        arena(
            Path(folder) / "server",
            options.release.resolve(),
            timeout=options.timeout or defaults.query_timeout,
            patience=defaults.queue_patience,
            header=defaults.request_timeout,
            stall=defaults.read_stall,
        ) as place,
    ):
        before = _state(place)
        stages = _stages(place, options.seconds)
        faults = [fault for stage in stages for fault in (*indefinite(stage.attacked), *wrong(stage.polled))]
        faults += [f"{place.canary.visits} visits where nothing may arrive"] * bool(place.canary.visits)
        # Besides what it holds for nobody's use, it may have filled its kept answers.
        faults += place.server.ailments(grown=_GROWN + defaults.cache_memory)
        after = _state(place)
        server = {name: f"{before[name]} before, {after[name]} after" for name in before}
        server |= {
            "the most memory that its own process held": f"{place.server.peak // MEBIBYTE} MiB",
            "visits to an address that queries named": str(place.canary.visits),
            "files left behind, core dumps": str(len(place.server.left_behind())),
        }
        other = f", but KZLOD_QUERY_TIMEOUT={options.timeout:g}" if options.timeout else ""
        machine = {"settings": f"the defaults{other}", **_machine(options.release.resolve().name)}
        text = page(stages, server, machine, faults)
    print(text)
    if options.write:
        REPORT.write_text(text, "utf-8")
    return 1 if faults else 0


def _stages(place: Arena, seconds: float) -> list[Stage]:
    """All stages, each with the polls that were made meanwhile."""

    async def nothing() -> list[Attacked]:
        await asyncio.sleep(seconds)
        return []

    def many(sources: tuple[str, ...]) -> Attacking:
        return lambda: at_once(ATTACKS, place.target, sources=sources, count=_AT_ONCE, seconds=seconds)

    return [
        _stage(place, "Undisturbed", nothing),
        _stage(place, "One after another", lambda: one_after_another(ATTACKS, place.target)),
        _stage(place, f"{_AT_ONCE} at once, from {len(ATTACKERS)} other addresses", many(ATTACKERS)),
        _stage(place, f"{_AT_ONCE} at once, from the address of the polling client", many((POLLER,))),
        _stage(place, "Floods, one after another", lambda: one_after_another(FLOODS, place.target)),
    ]


def _stage(place: Arena, name: str, attack: Attacking) -> Stage:
    print(f"{name} …", file=sys.stderr, flush=True)
    with place.polled(seed=sum(map(ord, name))) as polling:
        began = time.monotonic()
        made = attacked(attack())
        seconds = time.monotonic() - began
    return Stage(name, seconds, made, polling.done)


def _state(place: Arena) -> dict[str, str]:
    """What the server holds, in words."""
    memory, descriptors, workers = place.server.holds()
    return {
        "memory of its own process": f"{memory // MEBIBYTE} MiB",
        "open descriptors": str(descriptors),
        "processes that belong to it": str(workers),
    }


def _machine(release: str) -> dict[str, str]:
    """What the figures were measured on."""
    names = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    model = next(
        (line.partition(":")[2].strip() for line in names if line.startswith("model name")), "unknown"
    )
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": f"{model}, {os.cpu_count()} cores",
        "memory": f"{pages // 2**30} GiB",
        "system": f"Linux {platform.release()}, Python {platform.python_version()}",
        "libraries": ", ".join(f"{name} {version(name)}" for name in ("pyoxigraph", "uvicorn", "starlette")),
        "release served": release,
    }


if __name__ == "__main__":
    sys.exit(main())
