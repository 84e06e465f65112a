"""`kzlod serve`: opens what is to be served, listens, and goes over to the next release when there is one."""

import asyncio
import errno
import os
import resource
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import uvicorn
import uvloop
from pydantic import ValidationError as SettingsError
from rich.console import Console

from kzlod.engine.base import Engine, EngineFailed
from kzlod.engine.cache import CachingEngine
from kzlod.engine.login import Login
from kzlod.engine.pool import EmbeddedEngine
from kzlod.engine.remote import RemoteEngine
from kzlod.errors import KzlodError, Problem, ServeError
from kzlod.federation.client import CheckedClient
from kzlod.federation.engine import FederatingEngine
from kzlod.loading.held import holding_of
from kzlod.release.adhoc import open_file
from kzlod.release.published import Release, current_release, open_release
from kzlod.web.accesslog import AccessLog, open_log
from kzlod.web.app import create_app
from kzlod.web.bounds import Connections
from kzlod.web.connections import bounded
from kzlod.web.observing import Observed
from kzlod.web.settings import Settings, unknown_variables, variable
from kzlod.web.site import Serving, Site
from kzlod.web.state import Web

_BYTES_A_QUAD = 600  # of a store in memory, measured: 260 MB for 454,414 quads
_OWN_DESCRIPTORS = 1000  # workers, results, dumps being read
_WATCH_EVERY = 1.0  # seconds between two looks at which release is current
_LAST_QUERIES = 4  # seconds that queries have when the server is told to stop
_LAST_ANSWERS = 5  # and all answers


def run(host: str, port: int, *, releases: Path | None, release: Path | None, data: Path | None) -> None:
    """Serves until interrupted: the current release under `releases`, one release, or one N-Quads file.

    Raises ReleaseError, InputError or ServeError when there is nothing to serve or nowhere to listen.
    """
    with _opened(releases, release, data) as served, _listening(host, port) as listener:
        settings = _settings(host, listener.getsockname()[1])
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(served, listener, settings, releases))


@contextmanager
def _opened(releases: Path | None, release: Path | None, data: Path | None) -> Iterator[Release]:
    """What is to be served first."""
    if data is not None:
        with tempfile.TemporaryDirectory(prefix="kzlod-") as folder:
            yield open_file(data, Path(folder))
    elif release is not None:
        yield open_release(release)
    elif releases is not None:
        yield current_release(releases)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens; ServeError when the port is taken or the address is not ours."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        remedy = "Name an address of this machine by --host."
        what = f"cannot listen: {error.strerror}"
        if error.errno == errno.EADDRINUSE:
            what = "the port is taken by another program"
            remedy = f"Stop it, or choose another port: PORT={port + 1} make serve, or --port {port + 1}."
        elif error.errno == errno.EACCES:
            what, remedy = "listening there is not allowed", "Choose a port of 1024 or more by --port."
        raise ServeError(Problem(f"{host}:{port}", what, remedy)) from error
    # Python gives the sockets of such a listener no TCP_NODELAY: answers would wait for acknowledgements.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with listener:
        yield listener


def _settings(host: str, port: int) -> Settings:
    """The settings of the environment; the public address follows host and port where none is set."""
    for unknown, meant in unknown_variables(os.environ).items():
        # No error: an orchestrator may set variables of its own by a service's name.
        hint = f"; {meant} is" if meant else ""
        print(f"Warning: the environment variable {unknown} is no setting{hint}.", file=sys.stderr)
    try:
        settings = Settings()
    except SettingsError as error:
        raise ServeError(
            *(
                Problem(
                    variable(str(fault["loc"][0])),
                    fault["msg"]
                    + ("" if fault["loc"][0] == "engine_auth" else f" (it is {fault['input']!r})"),
                    "Correct the environment variable.",
                )
                for fault in error.errors()
            )
        ) from error
    if "public_url" in settings.model_fields_set:
        return settings
    name = "localhost" if host in {"0.0.0.0", "::"} else f"[{host}]" if ":" in host else host  # noqa: S104
    return settings.model_copy(update={"public_url": f"http://{name}:{port}"})


class _Server(uvicorn.Server):
    """Stops in order: a query that does not end in time is answered by an error, not just cut off."""

    def __init__(self, config: uvicorn.Config, site: Site) -> None:
        super().__init__(config)
        self._site = site

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Called when the server is told to stop."""
        ending = asyncio.create_task(self._end_queries())
        try:
            await super().shutdown(sockets)
        finally:
            ending.cancel()

    async def _end_queries(self) -> None:
        await asyncio.sleep(_LAST_QUERIES)
        await self._site.served.engine.__aexit__(None, None, None)


async def _serve(
    release: Release, listener: socket.socket, settings: Settings, releases: Path | None
) -> None:
    """Runs engine and HTTP server until the server is told to stop."""
    async with AsyncExitStack() as stack:
        log = _access_log(settings)
        if log is not None:
            stack.enter_context(log)
        engine = _engine(release, settings)
        try:
            await stack.enter_async_context(engine)
        except EngineFailed as error:
            raise ServeError(_cannot_start(release, settings, error)) from error
        site = Site(release, engine, settings)
        _allow_descriptors(settings.connections)
        connections = Connections(settings.connection_bounds())
        app = create_app(site, log=log, connections=lambda: len(connections))
        front = app.middleware_stack
        if not isinstance(front, Observed):
            raise TypeError("the application was not made by create_app")
        config = uvicorn.Config(
            front,
            http=bounded(connections, front.at_once),
            ws="none",
            lifespan="off",
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=_LAST_ANSWERS,
        )
        server = _Server(config, site)
        # The HTTP server stops in order and then raises the signal again: what is open is closed first.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        watcher = asyncio.create_task(_follow(site, releases, stack, app.state.web)) if releases else None
        Console(stderr=True).print(
            f"KZLOD [bold]{release.id}[/bold] at [link]{settings.public_url}/[/link] (Ctrl-C to stop)"
        )
        try:
            await server.serve(sockets=[listener])
        finally:
            if watcher:
                watcher.cancel()


def _engine(release: Release, settings: Settings) -> Engine:
    """The engine that answers queries over a release, and what is laid around it."""
    engine: Engine = _remote(release, settings) if settings.engine else _embedded(release, settings)
    if settings.federation:
        client = CheckedClient(settings.federation, settings.federation_limits())
        engine = FederatingEngine(
            engine, client, text_limit=settings.query_text_limit, depth_limit=settings.query_depth
        )
    return CachingEngine(engine, settings.cache_memory // 2)


def _access_log(settings: Settings) -> AccessLog | None:
    """The access log, if there is to be one; SIGHUP opens its file anew, for log rotation.

    Without a file SIGHUP does nothing, as `systemctl reload` expects; at a terminal it ends the server.
    """
    try:
        log = open_log(settings.access_log, settings.trusted_proxies)
    except OSError as error:
        what = f"{settings.access_log!r} cannot be written: {error.strerror}"
        raise ServeError(
            Problem(variable("access_log"), what, "Name a file in a folder that is there.")
        ) from error
    if log is not None and log.path is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, log.reopen)
    elif not sys.stderr.isatty():
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, lambda: None)
    return log


def _embedded(release: Release, settings: Settings) -> EmbeddedEngine:
    """The engine of our own."""
    in_memory = int(release.manifest.get("quads", 0)) * _BYTES_A_QUAD <= settings.store_memory
    return EmbeddedEngine(release.store_path, settings.engine_limits(), in_memory=in_memory)


def _remote(release: Release, settings: Settings) -> RemoteEngine:
    """Another endpoint that holds the release."""
    if release.manifest.get("kind") != "release":
        raise ServeError(
            Problem(
                "KZLOD_ENGINE", "a file is served by the server itself only", "Serve it without KZLOD_ENGINE."
            )
        )
    login = Login.read(settings.engine_auth.get_secret_value() if settings.engine_auth else "")
    limits = settings.engine_limits()
    return RemoteEngine(settings.engine or "", limits, login=login, holding=holding_of(release))


def _cannot_start(release: Release, settings: Settings, error: EngineFailed) -> Problem:
    if not settings.engine:
        return Problem(str(release.store_path), str(error), "Make the release again: `kzlod release`.")
    remedy = f"Is it running, and loaded? `kzlod load {settings.engine} --release {release.path}`"
    return Problem(f"KZLOD_ENGINE, {settings.engine}", str(error), remedy)


def _allow_descriptors(connections: int) -> None:
    """Lets this process open files for so many connections and its own work, as far as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _OWN_DESCRIPTORS
    if soft != resource.RLIM_INFINITY and soft < wanted:
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


async def _follow(site: Site, releases: Path, stack: AsyncExitStack, web: Web) -> None:
    """Serves each new current release once it is there; answers already begun finish from the old one."""
    console = Console(stderr=True)
    failed = ""
    retiring: set[asyncio.Task[None]] = set()
    while True:
        await asyncio.sleep(_WATCH_EVERY)
        try:
            target = (releases / "current").resolve()
            before = site.current().release
            if before is None or target == before.path:
                continue
            if str(target) == failed and not site.settings.engine:  # another endpoint may get it later
                continue
            release = await asyncio.to_thread(open_release, target)
            engine = _engine(release, site.settings)
            await stack.enter_async_context(engine)
            await asyncio.to_thread(web.opened, release)  # so that no request waits for it
        except (KzlodError, EngineFailed, OSError) as error:
            if str(target) != failed:
                console.print(f"The new release cannot be served, the old one stays: {error}", markup=False)
            failed = str(target)
            continue
        old = site.swap(release, engine)
        console.print(f"Now serving [bold]{release.id}[/bold]")
        retiring.add(task := asyncio.create_task(_retire(old)))
        task.add_done_callback(retiring.discard)


async def _retire(old: Serving) -> None:
    """Stops the engine of a release that gets no more requests once the last of them is answered."""
    await old.idle()
    await old.engine.__aexit__(None, None, None)
