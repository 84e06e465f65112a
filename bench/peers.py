"""`python -m bench peers`: KZLOD beside the servers that people would use in its place, on one data set."""

import shutil
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import pyoxigraph as ox

from bench import servers, workload
from bench.load import Outcome, Plan, Request, finish, run, start
from bench.measures import EMPTY, KZLOD, MEASURES, NATIVE, NGINX, RDFLIB, UNCACHED, Attack, Run, Series
from bench.servers import Running, Server, StartError, query
from bench.workload import Asked
from kzlod.namespaces import BASE
from kzlod.release.published import Release

SOURCES = tuple(f"127.0.0.{number}" for number in range(10, 18))  # connections are those of different clients
ATTACKER = "127.0.0.2"
DOCUMENTS, REPEATED = 300, 40
_ENOUGH = 4 * 2**30  # bytes of address space for a server that has no bound of its own under attack
WHOLE = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
_SMALL, _DUMP = "small.ttl", "kzlod.nt.gz"

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured: rounds, seconds and requests of each run, of which measures and servers."""

    rounds: int = 3
    seconds: float = 2.0
    most: int = 4000
    warm: float = 0.3  # seconds of a run before the first, not counted: what is done once is done
    measures: Sequence[str] = (*MEASURES, "attack")
    connections: Sequence[int] = (1, 8)
    peers: bool = True  # else only KZLOD and the empty handler
    attack_seconds: float = 20.0


QUICK = Options(
    rounds=1,
    seconds=0.2,
    most=50,
    warm=0.0,
    connections=(2,),
    measures=("ceiling", "dereference", "lookup", "join", "aggregate", "repeated", "unchanged"),
    peers=False,
)


def compare(release: Release, folder: Path, options: Options, step: Step) -> Run:
    """Starts all servers on the release, measures them in turn and stops them; `folder` is for their files.

    A server that is not installed, or does not start, is left out with a word.
    """
    found = Run()
    step("reading the release")
    store = ox.Store.read_only(str(release.store_path))
    data = _Data(store, release, folder, options)
    with ExitStack() as stack:
        running: dict[str, Running] = {}
        kinds = list(data.servers(found))
        for server in kinds:
            step(f"starting {server.name}")
            try:
                running[server.name] = stack.enter_context(servers.started(server))
            except StartError as error:
                found.left_out[server.name] = str(error)
                continue
            found.cold_starts[server.name] = [running[server.name].cold_start]
        if NGINX in running:
            data.write_documents(running[KZLOD])
        series = {name: data.series(one) for name, one in running.items()}
        memory = {name: servers.memory(one.process.pid) for name, one in running.items()}
        _rounds(found, running, series, options, step)
        for name, one in running.items():
            found.memory[name] = memory[name], servers.memory(one.process.pid)
    _start_again(found, kinds, options, step)
    if "attack" in options.measures:
        _attack(found, data, options, step)
    return found


def _rounds(
    found: Run,
    running: Mapping[str, Running],
    series: Mapping[str, Mapping[str, Series]],
    options: Options,
    step: Step,
) -> None:
    """All measures of all servers, in rounds, so that what else the machine does falls on all alike."""
    for number in range(options.rounds):
        for measure, name, connections in product(options.measures, running, options.connections):
            one = series[name].get(measure)
            if one is None or (one.once and (number or connections > 1)):
                continue
            step(f"round {number + 1} of {options.rounds}: {measure}, {name}, {connections} connections")
            if options.warm and not number and not one.once:
                _run(running[name], one, replace(options, seconds=options.warm, most=40), connections)
            found.add(measure, name, connections, _run(running[name], one, options, connections))


def _run(server: Running, series: Series, options: Options, connections: int) -> Outcome:
    most = 1 if series.once else options.most
    plan = Plan(
        server.port, series.next(most), connections, options.seconds, most, sources=SOURCES, patience=120.0
    )
    outcome = run(plan)
    series.made(sum(outcome.statuses.values()))
    return outcome


def _start_again(found: Run, kinds: Sequence[Server], options: Options, step: Step) -> None:
    """Each server once more a round, for the time that a start takes; the slow one only once."""
    for server in kinds:
        for _ in range(options.rounds - 1):
            if server.name in found.cold_starts and server.name != RDFLIB:
                step(f"starting {server.name} once more")
                with servers.started(server) as one:
                    found.cold_starts[server.name].append(one.cold_start)


def _attack(found: Run, data: "_Data", options: Options, step: Step) -> None:
    """Ordinary queries undisturbed, then while another client asks what cannot be answered."""
    for server in data.attacked():
        if server.name in found.left_out:
            continue
        step(f"attacking {server.name}")
        with servers.started(server) as one:
            found.attacks.append(attack(one, data.ordinary(one), options.attack_seconds))


def attack(server: Running, ordinary: Sequence[Request], seconds: float, rate: float = 50.0) -> Attack:
    """Polls a server with ordinary queries at a rate, undisturbed and under attack, for some seconds each."""
    path = server.server.query_path or ""
    polls = Plan(server.port, ordinary, 16, seconds, 100_000, rate, SOURCES)
    calm = run(polls)
    bombs = [replace(query(path, text, None), status=None) for text in workload.bombs(400)]
    attacking = start(Plan(server.port, bombs, 8, seconds + 2, 100_000, None, (ATTACKER,), patience=3.0))
    time.sleep(1.0)
    attacked = run(replace(polls, requests=[*ordinary[len(ordinary) // 2 :], *ordinary]))
    attacker = finish(attacking)
    return Attack(server.name, calm, attacked, attacker, server.process.poll() is None)


class _Data:
    """The data set as each server needs it, and what each is asked of it."""

    def __init__(self, store: ox.Store, release: Release, folder: Path, options: Options) -> None:
        self.store, self.release, self.folder, self.options = store, release, folder, options
        things = workload.things(store)
        number = max(1000, options.most * 3)
        self.documents, self.others = things[:DOCUMENTS], things[DOCUMENTS:]
        self.lookups = workload.lookups(store, self.others[:number])
        self.joins = workload.joins(store, workload.constants(store), number)
        self.aggregates = workload.aggregates(store, number)
        half = REPEATED // 2
        self.repeated = [*workload.lookups(store, self.documents[:half]), *self.joins[-half:]]
        self.triples = int(release.manifest["triples"])
        self.static = folder / "static"
        self.native_store = folder / "store"
        self.file = folder / "data.nt"

    def servers(self, found: Run) -> Iterator[Server]:
        """The servers that can be started here; `found` is told which cannot, and why."""
        where = ("--release", str(self.release.path))
        ready = self._asked("/sparql", self.documents[0])
        yield servers.kzlod(UNCACHED, ready, *where, KZLOD_CACHE_MEMORY="0")
        yield servers.kzlod(KZLOD, ready, *where)
        yield servers.empty(EMPTY, Request("/"))
        if not self.options.peers:
            found.left_out |= dict.fromkeys((NATIVE, RDFLIB, NGINX), "not asked for")
            return
        if servers.NGINX:
            self._write_static()
            yield servers.nginx(NGINX, self.static, Request(f"/{_SMALL}"))
        else:
            found.left_out[NGINX] = "nginx is not installed"
        if servers.OXIGRAPH.exists():
            self._copy_store()
            yield servers.native(NATIVE, self.native_store, self._asked("/query", self.documents[0]))
        else:
            found.left_out[NATIVE] = "the package oxigraph is not installed"
        if not self.file.exists():
            self.store.dump(str(self.file), ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
        yield servers.rdflib(RDFLIB, self.file, self._asked("/", self.documents[0]))

    def attacked(self) -> Iterator[Server]:
        """The servers that are attacked."""
        ready = self._asked("/sparql", self.documents[0])
        yield servers.kzlod(KZLOD, ready, "--release", str(self.release.path), KZLOD_CACHE_MEMORY="0")
        if self.options.peers and servers.OXIGRAPH.exists():
            ready = self._asked("/query", self.documents[0])
            native = servers.native(NATIVE, self.native_store, ready, "--timeout-s", "5")
            yield replace(native, address_space=_ENOUGH)

    def ordinary(self, server: Running) -> list[Request]:
        """Lookups and joins in turn."""
        path = server.server.query_path or ""
        pairs = zip(self.lookups, self.joins, strict=False)
        return [query(path, asked.text, asked.rows) for pair in pairs for asked in pair]

    def series(self, server: Running) -> dict[str, Series]:
        """What a server is asked, by measure."""
        if server.name == EMPTY:
            documents = [Request(workload.document(iri, ".ttl")) for iri in self.documents]
            return {"ceiling": Series([Request("/")]), "dereference": Series(documents)}
        if server.name == NGINX:
            return self._of_files()
        path = server.server.query_path or ""
        repeated = _queries(path, self.repeated)
        if server.name == KZLOD:  # with its cache: what is asked again
            return {
                "dereference": self._documents(),
                "repeated": Series(repeated),
                "unchanged": _held(server, repeated),
            }
        found = {
            "lookup": Series(_queries(path, self.lookups)),
            "join": Series(_queries(path, self.joins)),
            "aggregate": Series(_queries(path, self.aggregates)),
            "repeated": Series(repeated),
        }
        if server.name == UNCACHED:
            return found | self._of_pages()
        if server.name == NATIVE:
            whole = Request("/store?default", "application/n-triples")
            return found | {"dump": Series([replace(whole, size=len(_get(server, whole)[0]))])}
        return found | {"dump": Series([query(path, WHOLE, self.triples)], once=True)}

    def _of_pages(self) -> dict[str, Series]:
        dump = Request(f"/dumps/{self.release.id}/{_DUMP}", size=self._size())
        return {
            "dereference": self._documents(),
            "first": Series([self._document(iri) for iri in self.others]),
            "redirect": Series([Request(workload.address(iri), status=303) for iri in self.others]),
            "dump": Series([dump]),
        }

    def _of_files(self) -> dict[str, Series]:
        return {
            "ceiling": Series([Request(f"/{_SMALL}")]),
            "dereference": self._documents(),
            "dump": Series([Request(f"/{_DUMP}", size=self._size())]),
        }

    def _documents(self) -> Series:
        return Series([self._document(iri) for iri in self.documents])

    def _document(self, iri: str) -> Request:
        least = workload.triples_said(self.store, iri)
        return Request(workload.document(iri, ".ttl"), "text/turtle", triples=least)

    def _asked(self, path: str, iri: str) -> Request:
        (asked,) = workload.lookups(self.store, [iri])
        return query(path, asked.text, asked.rows)

    def _size(self) -> int:
        return (self.release.dumps_path / _DUMP).stat().st_size

    def _copy_store(self) -> None:
        if not self.native_store.exists():
            shutil.copytree(self.release.store_path, self.native_store)

    def _write_static(self) -> None:
        if not self.static.exists():
            self.static.mkdir()
            (self.static / _SMALL).write_bytes(b"<urn:x> a <urn:y> .\n")
            shutil.copy(self.release.dumps_path / _DUMP, self.static)

    def write_documents(self, server: Running) -> None:
        """Writes the documents that are asked for as files, as KZLOD gives them."""
        for iri in self.documents:
            request = self._document(iri)
            path = self.static / "doc" / f"{iri.removeprefix(BASE)}.ttl"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_get(server, request)[0])


def _queries(path: str, asked: Sequence[Asked]) -> list[Request]:
    return [query(path, one.text, one.rows) for one in asked]


def _held(server: Running, requests: Sequence[Request]) -> Series:
    """The requests of a client that has the answers."""
    tags = [_get(server, request)[1] for request in requests]
    held = [
        replace(request, status=304, rows=None, headers={"If-None-Match": tag})
        for request, tag in zip(requests, tags, strict=True)
        if tag
    ]
    return Series(held or requests)


def _get(server: Running, request: Request) -> tuple[bytes, str | None]:
    """The body and the entity tag of an answer."""
    fields = {"Accept": request.accept, **request.headers}
    asked = urllib.request.Request(f"http://127.0.0.1:{server.port}{request.path}", headers=fields)
    with urllib.request.urlopen(asked, timeout=120) as answer:  # noqa: S310
        return answer.read(), answer.headers["ETag"]
