"""`python -m bench growth`: how cost grows with the number of countries."""

import json
import random
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from pathlib import Path

import pyoxigraph as ox

from bench import countries, servers, workload
from bench.load import Outcome, Plan, Request, run
from bench.peers import SOURCES
from bench.servers import Running, Server, query
from kzlod.release.index import FILE as INDEX
from kzlod.release.index import write_index
from kzlod.release.published import Release
from kzlod.release.store import load_file

SIZES = (1, 10, 50, 200)
MEASURES = ("lookup", "dereference", "join", "aggregate")
_PATIENCE = 3600.0  # seconds that a start may take
_SETTINGS = {"KZLOD_CACHE_MEMORY": "0", "KZLOD_QUERY_TIMEOUT": "120"}

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """What one number of countries costs: seconds and bytes; outcomes by measure and connections."""

    countries: int
    quads: int
    load: float
    disk: int
    cold_start: float
    memory_started: int
    memory: int
    outcomes: Mapping[tuple[str, int], Outcome]

    def p50(self, measure: str) -> float | None:
        """The median time in seconds of an answer with one connection."""
        return self.outcomes[measure, 1].percentile(0.5)


@dataclass(frozen=True, slots=True)
class Options:
    """How many countries, and how much is asked of each."""

    sizes: Sequence[int] = SIZES
    seconds: float = 4.0
    most: int = 2000
    connections: Sequence[int] = (1, 8)
    part: int = 1  # 10: a country has a tenth of the things of the real one


def grow(release: Release, folder: Path, options: Options, step: Step) -> Iterator[Size]:
    """Measures each number of countries, one after the other; only one of them is on the disk at a time."""
    step("reading the model")
    store = ox.Store.read_only(str(release.store_path))
    model = countries.read_model(store, options.part)
    things = [iri for iri in workload.things(store) if _is_asked(iri, options)]
    constants = [pair for pair in workload.constants(store) if _is_asked(pair[1], options)]
    for number in options.sizes:
        name = "1 country" if number == 1 else f"{number} countries"
        step(f"{name}: writing {model.quads(number):,} quads")
        file, made = folder / "countries.nq", folder / f"release-{number}"
        made.mkdir()
        countries.write(model, number, file)
        step(f"{name}: loading {file.stat().st_size / 2**20:,.0f} MiB")
        began = time.perf_counter()
        quads = load_file(file, made / "store")
        write_index(made / "store", made / INDEX, union=True)
        load = time.perf_counter() - began
        file.unlink()
        asked = _requests(ox.Store.read_only(str(made / "store")), things, constants, number, options)
        step(f"{name}: starting")
        with servers.started(_server(release, made, name, quads, asked["lookup"][0])) as running:
            before = servers.memory(running.process.pid)
            outcomes = _outcomes(running, asked, options, step, name)
            after = servers.memory(running.process.pid)
        yield Size(number, quads, load, _size(made / "store"), running.cold_start, before, after, outcomes)
        shutil.rmtree(made)


def _is_asked(iri: str, options: Options) -> bool:
    """Whether every country has its own of this thing."""
    return countries.is_own(iri) and countries.is_kept(iri, options.part)


def _requests(
    store: ox.Store,
    things: Sequence[str],
    constants: Sequence[tuple[str, str]],
    number: int,
    options: Options,
) -> dict[str, list[Request]]:
    """What is asked, by measure: things and constants of all countries, no two requests the same."""
    codes = list(islice(countries.codes(), number))
    draw = random.Random(number)  # noqa: S311
    most = options.most * 2
    iris = dict.fromkeys(countries.renamed(iri, draw.choice(codes)) for iri in things)
    pairs = dict.fromkeys((term, countries.renamed(iri, draw.choice(codes))) for term, iri in constants)
    wanted = list(islice(iris, most))
    return {
        "lookup": _queries(workload.lookups(store, wanted)),
        "dereference": [
            Request(workload.document(iri, ".ttl"), "text/turtle", triples=workload.triples_said(store, iri))
            for iri in wanted
        ],
        "join": _queries(workload.joins(store, pairs, most)),
        "aggregate": _queries(workload.aggregates(store, most)),
    }


def _queries(asked: Iterable[workload.Asked]) -> list[Request]:
    return [query("/sparql", one.text, one.rows) for one in asked]


def _server(model: Release, made: Path, name: str, quads: int, ready: Request) -> Server:
    """KZLOD on the store in the folder `made`, which becomes a release but for dumps and stored queries."""
    manifest = {**model.manifest, "release": made.name, "quads": quads, "dumps": [], "queries": []}
    (made / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    for part in ("shapes.ttl", "catalog.nq"):
        (made / part).symlink_to(model.path / part)
    server = servers.kzlod(f"KZLOD, {name}", ready, "--release", str(made), **_SETTINGS)
    return replace(server, patience=_PATIENCE)


def _outcomes(
    running: Running, asked: Mapping[str, Sequence[Request]], options: Options, step: Step, name: str
) -> dict[tuple[str, int], Outcome]:
    """All measures with each number of connections."""
    found = {}
    for measure, connections in product(MEASURES, options.connections):
        step(f"{name}: {measure}, {connections} connections")
        requests = asked[measure]
        half = len(requests) // 2  # another half each time, so that nothing is answered a second time
        part = requests[half:] if connections > 1 else requests[:half]
        most = min(options.most, len(part))
        plan = Plan(running.port, part, connections, options.seconds, most, None, SOURCES, 300.0)
        found[measure, connections] = run(plan)
    return found


def _size(folder: Path) -> int:
    """Bytes of the files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
