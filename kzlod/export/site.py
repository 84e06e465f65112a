"""The whole site of a release as files: every address that one can come to, in every language and format.

The pages are asked of the web application in process, by several processes; what they link to is asked for,
too, until nothing new is found. The folder is written beside its place and renamed when it is complete.
"""

import asyncio
import glob
import json
import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

from fastapi import FastAPI, Request
from starlette.types import ASGIApp

from kzlod.engine.base import Engine
from kzlod.engine.pool import EmbeddedEngine
from kzlod.errors import ExportError, Problem
from kzlod.export import nginx
from kzlod.export.asking import ask, scope
from kzlod.export.files import Folder
from kzlod.export.names import Address, is_odd
from kzlod.export.pages import Found, export
from kzlod.namespaces import BASE
from kzlod.release.published import Release, open_release
from kzlod.web.addresses import SERVICES, containers, document_path, encode
from kzlod.web.app import create_app
from kzlod.web.i18n import LANGUAGES
from kzlod.web.problems import Problem as WebProblem
from kzlod.web.rdf import HTML
from kzlod.web.render import error_page
from kzlod.web.settings import Settings
from kzlod.web.site import NotQueried, Site

MARK = "export.json"
"""The file by which a folder is known as an export of ours."""

# What no page need link to; whatever else there is is found by links.
_PAGES = (
    *("/", "/doc/shapes", "/query", "/crosswalk", "/catalog", "/dumps/", "/releases/", "/.well-known/void"),
    *("/robots.txt", "/sitemap.xml", "/releases.atom", "/favicon.ico", "/favicon.svg", "/openapi.json"),
)
_BY_RULE = ("id", "concept", "ontology", "shapes")
_CHUNK = 64
_ERRORS = {404: "no_file", 405: "not_allowed", 503: "needs_server"}


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: files, their bytes as such and as stored, and links that lead nowhere."""

    release: str
    path: Path
    files: int
    size: int
    stored: int
    broken: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Work:
    """What a process needs to know."""

    release: Path
    public_url: str
    folder: Path


def export_site(
    release: Release,
    target: Path,
    public_url: str,
    step: Callable[[str], None],
    *,
    upstream: str = "",
    jobs: int | None = None,
) -> Exported:
    """Writes the site of a release to the folder `target`, and the configuration for nginx with it.

    `upstream` is the address of a running server for what files cannot answer. Raises ExportError when the
    folder is not empty and no export of ours, or when an address that must answer does not.
    """
    target = target.absolute()
    _check(target)
    _sweep(target)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        partial.mkdir(parents=True)
        exported = _write(release, target, partial, public_url, step, upstream, jobs or os.cpu_count() or 1)
        _put(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return exported


def _write(
    release: Release,
    target: Path,
    partial: Path,
    public_url: str,
    step: Callable[[str], None],
    upstream: str,
    jobs: int,
) -> Exported:
    root = partial / "site"
    work = _Work(release.path, public_url, root)
    step("reading the release")
    documents, pages = asyncio.run(_seeds(_app(work, NotQueried())))
    folder, found = Folder(root), Found()
    counts = [0, 0, 0]
    with multiprocessing.get_context("spawn").Pool(jobs, _begin, (work,)) as pool:
        waiting = documents | pages
        while waiting:
            told = -1
            chunks = list(_chunks(sorted(waiting)))
            for number, (one, written) in enumerate(pool.imap_unordered(_export, chunks)):
                found.add(one)
                counts = [before + more for before, more in zip(counts, written, strict=True)]
                if (share := 100 * number // len(chunks)) // 10 != told:
                    told = share // 10
                    step(f"writing pages and documents: {share} % of {len(found.done | waiting):,} addresses")
            waiting = {one for one in found.links if not _is_result(one)} - found.done
    step("asking the stored queries")
    asyncio.run(_ask_engine(release, work, folder, found))
    silent = [one for one in documents if one.text in found.broken]
    if silent:
        raise ExportError(
            *(
                Problem(one.text, f"answers {found.broken[one.text]}", "This is an error of ours.")
                for one in silent
            )
        )
    step("adding downloads and the configuration")
    _add_downloads(release, folder)
    _add_errors(_app(work, NotQueried()), folder)
    _configure(release, target, partial, public_url, upstream, found)
    counts = [
        before + more for before, more in zip(counts, (folder.files, folder.size, folder.stored), strict=True)
    ]
    exported = Exported(release.id, target, counts[0], counts[1], counts[2], found.broken)
    mark = {"kind": "kzlod-site", "release": release.id, "public_url": public_url, "files": exported.files}
    (partial / MARK).write_text(json.dumps(mark, indent=1) + "\n")
    return exported


def _app(work: _Work, engine: Engine) -> FastAPI:
    """The application over the release alone: what lies beside it makes no difference."""
    settings = Settings(public_url=work.public_url, cache_memory=0)
    return create_app(Site(open_release(work.release), engine, settings, keeps_earlier=False))


_process: tuple[FastAPI, _Work] | None = None


def _begin(work: _Work) -> None:
    """Opens the release, once a process."""
    global _process
    _process = _app(work, NotQueried()), work


def _export(addresses: Sequence[Address]) -> tuple[Found, tuple[int, int, int]]:
    if _process is None:
        raise RuntimeError("the process was not begun")
    app, work = _process
    folder = Folder(work.folder)
    found = asyncio.run(export(_served(app), folder, addresses))
    return found, (folder.files, folder.size, folder.stored)


def _served(app: FastAPI) -> ASGIApp:
    """What the server gives to HTTP: the application with all that is around it."""
    if app.middleware_stack is None:
        raise TypeError("the application was not made by create_app")
    return app.middleware_stack


async def _ask_engine(release: Release, work: _Work, folder: Folder, found: Found) -> None:
    """The pages that need an answer of the query engine, and the results of the stored queries."""
    waiting = {*found.unanswered, *(one for one in found.links if _is_result(one))}
    found.unanswered = []
    # From the disk, where statements are in one order: in memory, rows without ORDER BY come in any.
    engine = EmbeddedEngine(release.store_path, Settings().engine_limits(), in_memory=False)
    async with engine:
        app = _served(_app(work, engine))
        while waiting:
            found.add(await export(app, folder, sorted(waiting)))
            waiting = found.links - found.done
    found.broken |= {one.text: 503 for one in found.unanswered}


def _is_result(one: Address) -> bool:
    return one.path.startswith("/examples/") and one.path.rpartition(".")[2] in ("csv", "json", "tsv", "xml")


async def _seeds(app: FastAPI) -> tuple[set[Address], set[Address]]:
    """The documents, all of which must answer, and the pages and files from which the others are found."""
    reader = app.state.web.snapshot().reader
    iris: set[str] = set()
    for iri in reader.index.iris():
        whole = iri.partition("#")[0]
        if whole not in iris and whole != BASE:
            iris.update([whole, *containers(whole)])
    documents = {Address(document_path(iri)) for iri in iris}
    # Where the rules of the web server cannot lead from a thing to its document, a table does.
    entries = {Address("/" + encode(iri).removeprefix(BASE)) for iri in iris}
    pages = {
        one for one in entries if _first(one) not in SERVICES and (is_odd(one) or _first(one) not in _BY_RULE)
    }
    pages |= {Address(path) for path in _PAGES}
    sitemap = ElementTree.fromstring((await ask(_served(app), Address("/sitemap.xml"))).body)  # noqa: S314 - ours
    public = app.state.site.settings.public_url.rstrip("/")
    pages |= {
        Address((one.text or "").removeprefix(public)) for one in sitemap.iter() if one.tag.endswith("}loc")
    }
    static = files("kzlod.web").joinpath("static")
    pages |= {Address(f"/static/{one.name}") for one in static.iterdir() if one.is_file()}
    return documents, pages


def _first(one: Address) -> str:
    return one.path.split("/")[1]


def _chunks(addresses: Sequence[Address]) -> Iterator[Sequence[Address]]:
    """The addresses in pieces, neighbours apart, so that no piece has all that take long."""
    number = -(-len(addresses) // _CHUNK)
    return (addresses[place::number] for place in range(number))


def _add_downloads(release: Release, folder: Folder) -> None:
    names = [str(one["file"]) for one in release.manifest.get("dumps", ())]
    sums = ["SHA256SUMS"] if (release.dumps_path / "SHA256SUMS").is_file() else []
    for name in (*names, *sums):
        folder.link(release.dumps_path / name, f"dumps/{release.id}/{name}")


def _add_errors(app: FastAPI, folder: Folder) -> None:
    """The pages of errors, in every language and as JSON."""
    for status, key in _ERRORS.items():
        problem = WebProblem.of(status, key)
        for language in LANGUAGES:
            request = Request({**scope(Address("/error"), HTML, language), "app": app})
            folder.write(f"{nginx.ERRORS}/{status}.{language}.html", error_page(request, problem).encode())
        folder.write(f"{nginx.ERRORS}/{status}.json", json.dumps(problem.members()).encode())


def _configure(
    release: Release, target: Path, partial: Path, public_url: str, upstream: str, found: Found
) -> None:
    is_release = release.manifest.get("kind") == "release"
    site = nginx.Site(release.id, public_url, found, upstream, is_release)
    folder = partial / "nginx"
    folder.mkdir()
    (folder / "maps.conf").write_text(nginx.maps_conf(site), "utf-8")
    (folder / "server.conf").write_text(nginx.server_conf(site), "utf-8")
    text = nginx.site_conf(site, str(target / "site"), str(target / "nginx"))
    (folder / "site.conf").write_text(text, "utf-8")


def _check(target: Path) -> None:
    """ExportError when the folder is there and is neither empty nor an export of ours."""
    if not target.exists() and not target.is_symlink():
        return
    remedy = "Name a folder that is empty or not there yet."
    if not target.is_dir() or target.is_symlink():
        raise ExportError(Problem(str(target), "is no folder", remedy))
    if any(target.iterdir()) and not (target / MARK).is_file():
        raise ExportError(Problem(str(target), "is not empty, and no site that this command wrote", remedy))


def _sweep(target: Path) -> None:
    """Removes what runs that were killed have left beside the target."""
    for path in target.parent.glob(f".{glob.escape(target.name)}.*"):
        number = path.name.removeprefix(f".{target.name}.").removesuffix(".before")
        if number.isdigit() and not _runs(int(number)):
            shutil.rmtree(path, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _put(partial: Path, target: Path) -> None:
    """Puts the complete folder in its place; what was there before is removed afterwards."""
    before = target.with_name(f".{target.name}.{os.getpid()}.before")
    if target.exists():
        target.rename(before)
    partial.rename(target)
    shutil.rmtree(before, ignore_errors=True)
