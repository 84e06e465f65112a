"""Making a release: read, validate, entail, validate again, and only then write.

A release is a pure function of the repository. It is written into a folder of its own that
nobody looks at, renamed when complete, and becomes current by the rename of one symbolic link;
a build that fails or is killed leaves what was current untouched.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kzlod.checks.validate import Stamps, validate_graphs, validate_union
from kzlod.errors import InputError, Problem, ReleaseError
from kzlod.namespaces import BASE, GRAPH
from kzlod.queries import StoredQuery, read_queries, read_topics
from kzlod.release.catalog import CATALOG_GRAPH, build_catalog
from kzlod.release.charts import write_charts
from kzlod.release.diagrams import write_diagrams
from kzlod.release.dumps import Dump, canonical, write_graph, write_whole
from kzlod.release.entail import entail
from kzlod.release.index import FILE as INDEX
from kzlod.release.index import write_index
from kzlod.release.infer import infer
from kzlod.release.naming import name_things, read_patterns
from kzlod.release.published import Release, make_current, open_release
from kzlod.release.specifications import Overview, read_overview
from kzlod.release.statistics import count
from kzlod.release.store import write_store
from kzlod.release.terms import describe_terms, read_modules, read_terms, write_terms
from kzlod.repository import Repository, input_files, read_repository, read_settings
from kzlod.terms import LABEL, quad, value

Step = Callable[[str], None]
Graphs = dict[str, Sequence[ox.Triple]]

_UNFINISHED = ".building-"
_MAKERS = ("*.py", "documents/*.py", "checks/*.py", "release/*.py")


def release_id(root: Path, version: str) -> str:
    """The name of the release that the files under `root` make: version and hash of all inputs.

    The inputs are the data, ontology, shapes, queries and lock file, and the code that makes releases.
    """
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    code = (path for pattern in _MAKERS for path in package.glob(pattern) if path.name != "cli.py")
    named = [(str(path.relative_to(root)), path) for path in input_files(root)]
    named += [(str(path.relative_to(package)), path) for path in code]
    for name, path in sorted(named):
        digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return f"{version}-{digest.hexdigest()[:8]}"


def validate(root: Path, stamps: Stamps, step: Step) -> tuple[Repository, Graphs]:
    """Reads and validates the repository; returns it with all graphs but the catalogue, canonical.

    Raises InputError or ValidationError with every problem found.
    """
    step("reading")
    repository = read_repository(root)
    validate_graphs(repository, stamps, step)
    graphs: Graphs = {graph.iri: canonical(graph.triples) for graph in repository.graphs.values()}
    step("inferring")
    inferred = f"{GRAPH}inferred"
    graphs[inferred] = canonical([*graphs.get(inferred, ()), *infer(root, graphs)])
    step("naming")
    translations = f"{GRAPH}translations"
    names = list(name_things(read_patterns(root), graphs.values()))
    graphs[translations] = canonical([*graphs.get(translations, ()), *names])
    asserted = canonical(triple for triples in graphs.values() for triple in triples)
    step("entailing")
    entailed = entail(asserted)
    graphs[f"{GRAPH}entailed"] = entailed
    validate_union(repository, asserted, entailed, (BASE,), stamps, step)
    return repository, graphs


def build_release(root: Path, releases: Path, step: Step) -> tuple[Release, bool]:
    """The release of the repository at `root`, made if need be, and current when this returns.

    The flag says whether it was made now. Raises InputError, ValidationError or ReleaseError.
    """
    identifier = release_id(root, str(read_settings(root)["version"]))
    releases.mkdir(parents=True, exist_ok=True)
    with _lock(releases):
        _clear_unfinished(releases)
        release = _existing(releases / identifier)
        made = release is None
        if release is None:
            repository, graphs = validate(root, Stamps(releases / ".validated"), step)
            queries = read_queries(root)
            overview = read_overview(root, queries)
            release = _write(repository, graphs, queries, overview, releases / identifier, step)
        make_current(release)
        return release, made


def _existing(folder: Path) -> Release | None:
    """The release in the folder, None when there is none or it is damaged: then it is made again."""
    try:
        return open_release(folder)
    except ReleaseError:
        return None


@contextmanager
def _lock(releases: Path) -> Iterator[None]:
    """Holds the lock that lets one build run at a time; the kernel frees it when the process dies."""
    with (releases / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ReleaseError(
                Problem(str(releases), "another release is being made here", "Wait for it, then try again.")
            ) from error
        yield


def _clear_unfinished(releases: Path) -> None:
    """Removes what killed builds left behind."""
    for path in releases.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(path)


def _write(
    repository: Repository,
    graphs: Graphs,
    queries: Sequence[StoredQuery],
    overview: Overview,
    final: Path,
    step: Step,
) -> Release:
    """Writes all parts of a release into a hidden folder and renames it to `final` when it is whole."""
    identifier = final.name
    folder = final.with_name(f"{_UNFINISHED}{identifier}")
    dumps_folder = folder / "dumps"
    try:
        dumps_folder.mkdir(parents=True)
        step("describing")
        dumps = [
            dump for iri in sorted(graphs) for dump in write_graph(iri, graphs[iri], GRAPH, dumps_folder)
        ]
        catalog = build_catalog(repository, graphs, dumps, identifier)
        graphs = graphs | {CATALOG_GRAPH: catalog}
        step("writing dumps")
        dumps += write_graph(CATALOG_GRAPH, catalog, GRAPH, dumps_folder)
        dumps += write_whole(graphs, dumps_folder)
        sums = "".join(f"{dump.sha256}  {dump.file}\n" for dump in sorted(dumps, key=lambda dump: dump.file))
        (dumps_folder / "SHA256SUMS").write_text(sums)
        ox.serialize(
            [quad(triple, CATALOG_GRAPH) for triple in catalog],
            folder / "catalog.nq",
            ox.RdfFormat.N_QUADS,
        )
        step("loading the store")
        write_store(graphs, folder / "store")
        step("indexing")
        write_index(folder / "store", folder / INDEX, union=True)
        step("drawing diagrams")
        _document_ontology(repository, graphs, folder)
        _publish_files(repository, queries, folder)
        step("drawing charts")
        manifest = _manifest(repository, graphs, dumps, identifier) | {
            "queries": [_listed(query) for query in queries],
            "topics": [
                {"name": name, "title": title} for name, title in read_topics(repository.root).items()
            ],
            "statistics": write_charts(overview, folder / "store", folder, step),
        }
        (folder / "manifest.json").write_text(
            json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8"
        )
        _flush(folder)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise ReleaseError(
            Problem(
                str(folder), f"the release cannot be written: {error}", "Check free space and permissions."
            )
        ) from error
    except InputError:
        shutil.rmtree(folder)
        raise
    if final.exists():  # damaged from outside, never by us
        shutil.rmtree(final)
    folder.rename(final)
    return open_release(final)


def _document_ontology(repository: Repository, graphs: Graphs, folder: Path) -> None:
    """Writes what the documentation of the ontology needs: its modules, uses of its terms, diagrams."""
    ontology = graphs.get(f"{GRAPH}ontology", ())
    modules = read_modules(repository.root)
    data = (triple for graph in repository.graphs for triple in graphs[repository.graphs[graph].iri])
    write_terms(folder, describe_terms(ontology, modules, data, graphs.get(f"{GRAPH}entailed", ())))
    write_diagrams(folder, read_terms(ontology), modules)


def _publish_files(repository: Repository, queries: Sequence[StoredQuery], folder: Path) -> None:
    """Copies shapes, in one file, and stored queries."""
    shapes = sorted((repository.root / "shapes").rglob("*.ttl"))
    text = "\n".join(f"# {path.relative_to(repository.root)}\n{path.read_text('utf-8')}" for path in shapes)
    (folder / "shapes.ttl").write_text(text, "utf-8")
    (folder / "queries").mkdir()
    for query in queries:
        (folder / "queries" / query.path.name).write_text(query.text, "utf-8")


def _listed(query: StoredQuery) -> dict[str, Any]:
    """What the manifest says of a stored query."""
    return {
        "name": query.name,
        "file": query.path.name,
        "title": query.title,
        "description": query.description,
        "topic": query.topic,
    }


def _manifest(
    repository: Repository, graphs: Mapping[str, Sequence[ox.Triple]], dumps: Sequence[Dump], identifier: str
) -> dict[str, Any]:
    """What the release consists of, with counts and checksums."""
    counts = count(triple for triples in graphs.values() for triple in triples)
    labels = {
        value(triple.subject): value(triple.object)
        for triple in graphs[CATALOG_GRAPH]
        if triple.predicate == LABEL and getattr(triple.object, "language", "") == "en"
    }
    return {
        "kind": "release",
        "release": identifier,
        "version": repository.version,
        "date": repository.date,
        "base": BASE,
        "title": repository.settings["dataset"]["title"],
        "description": repository.settings["dataset"]["description"],
        "site": repository.settings.get("site", {}),
        "license": repository.settings["dataset"]["license"],
        "publisher": repository.settings["dataset"]["publisher"],
        "triples": counts.triples,
        "quads": sum(map(len, graphs.values())),
        "entities": counts.entities,
        "graphs": [
            {"iri": iri, "name": iri.removeprefix(GRAPH), "label": labels[iri], "triples": len(triples)}
            for iri, triples in sorted(graphs.items())
        ],
        "classes": [{"iri": iri, "count": number} for iri, number in counts.classes],
        "properties": [{"iri": iri, "count": number} for iri, number in counts.properties],
        "dumps": [
            {
                **{key: value for key, value in asdict(dump).items() if key in {"file", "graph", "sha256"}},
                "format": dump.format.name,
                "media_type": dump.format.media_type,
                "bytes": dump.size,
            }
            for dump in sorted(dumps, key=lambda dump: dump.file)
        ],
    }


def _flush(folder: Path) -> None:
    """Forces every file of the folder to the disk, so that a renamed release is a whole one."""
    for path in (folder, *folder.rglob("*")):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
