"""The servers that are compared: how each is started, asked and stopped, and what memory it takes."""

import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import quote

from bench.load import RESULTS, ROOT, Request, problem
from bench.wire import Answer

PYTHON = sys.executable
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
OXIGRAPH = Path(sys.executable).with_name("oxigraph")
_EVERY = 0.005  # seconds between two attempts to get the first answer


@dataclass(frozen=True, slots=True)
class Server:
    """A server: its name in tables, the command that starts it on a port, and where it takes queries.

    `ready` is a request that a started server answers rightly; `patience` the seconds it may take to start.
    """

    name: str
    command: Callable[[int], list[str]]
    ready: Request
    query_path: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    patience: float = 60.0
    address_space: int | None = None  # bytes that it may take, where it has no bound of its own


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs: its process, port, and the seconds from its start to the first right answer."""

    server: Server
    process: subprocess.Popen[bytes]
    port: int
    cold_start: float

    @property
    def name(self) -> str:
        """The server's name."""
        return self.server.name


_STARTS = 3


class StartError(Exception):
    """A server did not start, or does not answer rightly; the message says which and why."""


def query(path: str, text: str, rows: int | None) -> Request:
    """The request for a query's JSON results, of so many rows, to the endpoint at `path`."""
    return Request(f"{path}?query={quote(text, safe='')}", RESULTS, rows=rows)


@contextmanager
def started(server: Server) -> Iterator[Running]:
    """The server, started on a free port of 127.0.0.1; stopped in the end. Raises StartError."""
    with tempfile.TemporaryFile() as said:
        running = _start(server, said)
        try:
            yield running
        finally:
            stop(running.process)


def _start(server: Server, said: IO[bytes]) -> Running:
    """Starts it, on another port when somebody else was quicker to take the one that was free."""
    for left in reversed(range(_STARTS)):
        port = free_port()
        begin = time.perf_counter()
        process = subprocess.Popen(
            server.command(port),
            cwd=ROOT,
            env={**os.environ, **server.environment},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        try:
            if server.address_space:
                resource.prlimit(process.pid, resource.RLIMIT_AS, (server.address_space,) * 2)
            _await(server, process, port, begin + server.patience)
        except StartError as error:
            if left and process.poll() is not None:
                continue
            stop(process)
            said.seek(0)
            raise StartError(f"{error}\n{said.read()[-1000:].decode(errors='replace')}") from None
        except BaseException:
            stop(process)
            raise
        return Running(server, process, port, time.perf_counter() - begin)
    raise AssertionError("the last start returns or raises")


def _await(server: Server, process: subprocess.Popen[bytes], port: int, until: float) -> None:
    """Waits for the first right answer."""
    fields = {"Accept": server.ready.accept, **server.ready.headers}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{server.ready.path}", headers=fields)
    while True:
        what: str | None
        try:
            with urllib.request.urlopen(request, timeout=max(0.1, until - time.perf_counter())) as got:  # noqa: S310
                body = got.read()
                what = problem(server.ready, Answer(got.status, body, len(body), 0.0))
        except urllib.error.HTTPError as error:
            what = f"status {error.code}: {error.read()[:200]!r}"
        except OSError as error:
            what = str(error)
        if what is None:
            return
        if process.poll() is not None:
            raise StartError(f"{server.name} ended with status {process.returncode}: {what}")
        if time.perf_counter() > until:
            raise StartError(f"{server.name} gave no right answer within {server.patience:g} s: {what}")
        time.sleep(_EVERY)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a process: asks it to, then does not."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def memory(process: int) -> int:
    """Bytes of memory of a process and its descendants: proportional set sizes, nothing counted twice.

    Where /proc does not tell them, the resident set sizes.
    """
    return sum(_memory_of(each) for each in _family(process))


def _memory_of(process: int) -> int:
    for file, name in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        try:
            for line in Path(f"/proc/{process}/{file}").read_text().splitlines():
                if line.startswith(name):
                    return int(line.split()[1]) * 1024
        except OSError:
            continue
    return 0


def _family(process: int) -> list[int]:
    """The process and its descendants."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # ended meanwhile
                continue
            children.setdefault(parent, []).append(int(folder.name))
    found, look = [], [process]
    while look:
        found.append(look.pop())
        look += children.get(found[-1], [])
    return found


def kzlod(name: str, ready: Request, *what: str, **settings: str) -> Server:
    """KZLOD serving what the arguments of `kzlod serve` say, with settings of the environment."""
    command = [PYTHON, "-m", "kzlod", "serve", *what, "--port"]
    return Server(name, lambda port: [*command, str(port)], ready, "/sparql", settings, patience=600)


def native(name: str, store: Path, ready: Request, *options: str) -> Server:
    """The engine's own server on a store."""
    command = [str(OXIGRAPH), "serve-read-only", "--location", str(store), *options, "--bind"]
    return Server(name, lambda port: [*command, f"127.0.0.1:{port}"], ready, "/query")


def rdflib(name: str, file: Path, ready: Request) -> Server:
    """rdflib-endpoint on a file of triples."""
    command = [PYTHON, "-m", "rdflib_endpoint", "serve", str(file), "--host", "127.0.0.1", "--port"]
    return Server(name, lambda port: [*command, str(port)], ready, "/", patience=600)


def nginx(name: str, folder: Path, ready: Request) -> Server:
    """nginx serving the files of a folder, with its configuration and pid in a folder beside it."""
    own = folder.with_name(f"{folder.name}-nginx")
    own.mkdir(exist_ok=True)

    def command(port: int) -> list[str]:
        (own / "nginx.conf").write_text(_NGINX.format(folder=folder, own=own, port=port, user=_user()))
        return [str(NGINX), "-c", str(own / "nginx.conf"), "-p", str(own), "-e", "stderr"]

    return Server(name, command, ready)


def _user() -> str:
    """nginx started by root would give up its right to read our folder."""
    return "user root;" if os.geteuid() == 0 else ""


_NGINX = """\
daemon off;
{user}
worker_processes 2;
pid {own}/pid;
error_log stderr;
events {{ worker_connections 512; }}
http {{
    access_log off;
    sendfile on;
    keepalive_requests 1000000;
    client_body_temp_path {own}/body;
    proxy_temp_path {own}/proxy;
    fastcgi_temp_path {own}/fastcgi;
    uwsgi_temp_path {own}/uwsgi;
    scgi_temp_path {own}/scgi;
    types {{ text/turtle ttl; }}
    server {{
        listen 127.0.0.1:{port};
        root "{folder}";
    }}
}}
"""


def empty(name: str, ready: Request) -> Server:
    """An empty handler of the framework that KZLOD uses."""
    return Server(name, lambda port: [PYTHON, "-m", "bench.empty", str(port)], ready)
