"""Releases made, killed and published while clients ask: none is half served, none is mixed with another."""

import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from urllib.parse import quote

import pyoxigraph as ox

from kzlod.release.build import build_release
from kzlod.release.published import current_release
from tests.hostile import processes, wire
from tests.hostile.server import ROOT, Server
from tests.hostile.wire import Answer

TREATY = "https://w3id.org/kzlod/id/treaty/a-b"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
QUERY = f"SELECT ?label {{ <{TREATY}> <{LABEL}> ?label }}"
CLIENTS = 8
KILLS = 10
EDITIONS = 6


@dataclass(frozen=True, slots=True)
class Seen:
    """What one answer said: its release, the label in its body, and what was wrong if anything."""

    release: str
    label: str
    wrong: str = ""


def edit(repository: Path, number: int) -> None:
    """Gives the treaty another label, so that there is another release to make."""
    path = repository / "data/KAZ/news/news.ttl"
    text = path.read_text("utf-8")
    path.write_text(
        re.sub(r'"[^"]* a treaty"|"Treaty of [^"]*"', f'"Edition {number} of a treaty"', text), "utf-8"
    )


def label_of(release: Path) -> str:
    """The treaty's label in a release, read from its store."""
    store = ox.Store.read_only(str(release / "store"))
    quads = store.quads_for_pattern(ox.NamedNode(TREATY), ox.NamedNode(LABEL), None, ox.DefaultGraph())
    (label,) = [quad.object.value for quad in quads if isinstance(quad.object, ox.Literal)]
    return label


class Clients:
    """Eight clients that ask for the label in four ways, each request on a connection of its own."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._ended = Event()
        self.seen: list[Seen] = []

    def run(self) -> None:
        async def all_of_them() -> None:
            await asyncio.gather(*(self._ask(number) for number in range(CLIENTS)))

        asyncio.run(all_of_them())

    def end(self) -> None:
        self._ended.set()

    async def _ask(self, client: int) -> None:
        number = client
        while not self._ended.is_set():
            number += CLIENTS
            json_result = [("Accept", "application/sparql-results+json")]
            sent, read = (
                (
                    wire.request("GET", f"/sparql?query={quote(f'# {number}{chr(10)}{QUERY}')}", json_result),
                    _row,
                ),
                (wire.request("GET", "/doc/treaty/a-b", [("Accept", "application/n-triples")]), _triple),
                (wire.request("GET", "/doc/treaty/a-b", [("Accept", "text/html")]), _page),
                (wire.request("GET", f"/sparql?query={quote(QUERY)}", json_result), _row),
            )[client % 4]
            connection = await wire.connect(self._port, f"127.0.0.{50 + client}")
            try:
                await connection.send(sent)
                async with asyncio.timeout(30):
                    answer = await connection.answer()
                found = read(answer) if answer.status == 200 else ""
                trouble = "" if found else f"{answer.status} {answer.body[:200]!r}"
                self.seen.append(Seen(answer.get("kzlod-release"), found, trouble))
            except (OSError, TimeoutError, wire.Closed, wire.Cut, wire.Garbage) as error:
                self.seen.append(Seen("", "", repr(error)))
            finally:
                connection.close()


def _row(answer: Answer) -> str:
    return str(json.loads(answer.body)["results"]["bindings"][0]["label"]["value"])


def _triple(answer: Answer) -> str:
    for triple in ox.parse(answer.body, format=ox.RdfFormat.N_TRIPLES):
        if triple.subject == ox.NamedNode(TREATY) and triple.predicate == ox.NamedNode(LABEL):
            return str(getattr(triple.object, "value", ""))
    return ""


def _page(answer: Answer) -> str:
    text = answer.body.decode()
    start = text.find("<h1")
    end = text.find("</h1>", start)
    return text[text.rfind("Edition", start, end) : text.find(" of a treaty", start) + len(" of a treaty")]


@contextmanager
def asked(server: Server) -> Iterator[Clients]:
    """Clients that ask meanwhile."""
    clients = Clients(server.port)
    thread = Thread(target=clients.run)
    thread.start()
    try:
        yield clients
    finally:
        clients.end()
        thread.join(60)


def assert_none_mixed(seen: list[Seen], releases: Path) -> set[str]:
    """Every answer was whole and had the label of the release that it named; returns the releases seen."""
    assert not [one for one in seen if one.wrong][:5]
    names = {one.release for one in seen}
    labels = {name: label_of(releases / name) for name in names}
    assert not [one for one in seen if one.label != labels[one.release]][:5]
    return names


def follows(server: Server, release: str) -> bool:
    """Whether the server serves that release within some time."""

    async def served() -> str:
        connection = await wire.connect(server.port)
        try:
            await connection.send(wire.request("GET", "/health"))
            return (await connection.answer()).get("kzlod-release")
        finally:
            connection.close()

    return processes.until(lambda: asyncio.run(served()) == release, 20)


def kill_in_progress(root: Path, chance: random.Random, *, writing: bool) -> None:
    """Begins a release and kills it: while it writes, which is the shortest part, or at any moment."""
    command = [sys.executable, "-m", "kzlod", "release", "--root", str(root)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    making = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def writes() -> bool:
        return making.poll() is not None or any((root / "release").glob(".building-*"))

    if writing:
        assert processes.until(writes, 60, pause=0.001)
        time.sleep(chance.uniform(0, 0.3))
    else:
        time.sleep(chance.uniform(0.2, 2.0))
    making.send_signal(signal.SIGKILL)
    making.wait()


def quiet(step: str) -> None:
    """Takes the name of a step and does nothing."""


def test_releases_published_under_load(tiny: Path, tmp_path: Path) -> None:
    releases = tiny / "release"
    edit(tiny, 0)
    made = [build_release(tiny, releases, quiet)[0].id]
    with Server(tmp_path / "server", "--root", str(tiny)) as server:
        with asked(server) as clients:
            for number in range(1, EDITIONS):
                edit(tiny, number)
                made.append(build_release(tiny, releases, quiet)[0].id)
                assert follows(server, made[-1])
                before = len(clients.seen)
                assert processes.until(lambda before=before: len(clients.seen) > before + 5 * CLIENTS, 30)
        assert assert_none_mixed(clients.seen, releases) == set(made)
        server.remember()
        assert not server.ailments()


def test_a_release_killed_in_progress_while_another_is_served(tiny: Path, tmp_path: Path) -> None:
    chance = random.Random(20204)
    releases = tiny / "release"
    edit(tiny, 0)
    first = build_release(tiny, releases, quiet)[0].id
    finished = 0
    with Server(tmp_path / "server", "--root", str(tiny)) as server:
        with asked(server) as clients:
            served = first
            for number in range(1, KILLS + 1):
                edit(tiny, number)
                kill_in_progress(tiny, chance, writing=number % 2 == 1)
                now = current_release(releases).id
                finished += now != served
                served = now
                assert label_of(releases / now)
            last, made = build_release(tiny, releases, quiet)
            assert made or last.id == served
            assert follows(server, last.id)
        names = assert_none_mixed(clients.seen, releases)
        assert {first, last.id} <= names
        assert label_of(last.path) == f"Edition {KILLS} of a treaty"
        assert not list(releases.glob(".building-*"))
    assert finished < KILLS, "every release was made before it was killed: the test showed nothing"
