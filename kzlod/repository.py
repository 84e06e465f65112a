"""The repository as input: which files make which named graph.

A graph is the union of the Turtle files of its folder:

    ontology/*.ttl               id/graph/ontology
    data/vocabulary/**/*.ttl     id/graph/vocabulary
    data/translations/**/*.ttl   id/graph/translations
    data/inferred/**/*.ttl       id/graph/inferred   (and what queries/rules/*.rq construct)
    data/links/*.sssom.tsv       id/graph/links
    data/{ISO3}/{key}/*.ttl      id/graph/{ISO3}/{key}, one source document each
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kzlod.errors import InputError, Problem
from kzlod.links import read_links
from kzlod.namespaces import GRAPH
from kzlod.terms import value
from kzlod.turtle import TurtleFile, read_text, read_turtle

_SOURCE_FOLDER = re.compile(r"[A-Z]{3}/[a-z0-9]+(-[a-z0-9]+)*")
_SHARED_FOLDERS = ("vocabulary", "translations", "inferred")
DERIVED_FILES = ("citations.ttl", "provisions.ttl")


@dataclass(frozen=True, slots=True)
class Graph:
    """A named graph as its files assert it.

    `name` is the path after `id/graph/`; `places` maps each subject to the file and line of its block.
    """

    name: str
    triples: tuple[ox.Triple, ...]
    places: Mapping[str, str] = field(default_factory=dict)
    is_source: bool = False

    @property
    def iri(self) -> str:
        """The IRI of the graph."""
        return GRAPH + self.name


@dataclass(frozen=True, slots=True)
class Repository:
    """Everything that a release is made from, read and free of syntax errors."""

    root: Path
    settings: Mapping[str, Any]
    graphs: Mapping[str, Graph]

    @property
    def version(self) -> str:
        """The version that release.toml gives the next release."""
        return str(self.settings["version"])

    @property
    def date(self) -> str:
        """The date that release.toml gives the next release, ISO 8601."""
        return str(self.settings["date"])

    @property
    def sources(self) -> list[Graph]:
        """The graphs of the source documents, in the order of their names."""
        return [graph for _, graph in sorted(self.graphs.items()) if graph.is_source]

    def place(self, iri: str) -> str:
        """The file and line that describe an IRI, else those of a thing that names it, else the IRI."""
        for graph in self.graphs.values():
            if iri in graph.places:
                return graph.places[iri]
        for graph in self.graphs.values():
            for triple in graph.triples:
                if isinstance(triple.object, ox.NamedNode) and triple.object.value == iri:
                    return graph.places.get(value(triple.subject), iri)
        return iri


def find_root(start: Path) -> Path:
    """The repository that `start` lies in: the nearest folder upwards with a release.toml."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "release.toml").is_file():
            return folder
    raise InputError(
        Problem(
            str(start),
            "is not inside a KZLOD repository",
            "Go to the folder with release.toml, or name it by --root.",
        )
    )


def read_settings(root: Path) -> Mapping[str, Any]:
    """The contents of release.toml; InputError when it is missing, malformed or incomplete."""
    path = root / "release.toml"
    try:
        settings = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            Problem(str(path), f"cannot be read: {error}", "Mend or restore the file.")
        ) from error
    missing = [key for key in ("version", "date", "dataset") if key not in settings]
    if missing:
        raise InputError(Problem(str(path), f"lacks {', '.join(missing)}", "Add the missing keys."))
    if not re.fullmatch(r"\d+\.\d+\.\d+", str(settings["version"])):
        raise InputError(
            Problem(
                str(path), f"version {settings['version']!r} is not of the form 1.2.3", "Use three numbers."
            )
        )
    return settings


def read_repository(root: Path) -> Repository:
    """Reads all graphs of the repository at `root`.

    Raises InputError with every problem found: malformed Turtle, blank nodes, a subject described
    twice in one graph, a folder that is no graph.
    """
    settings = read_settings(root)
    problems: list[Problem] = []
    graphs: dict[str, Graph] = {}
    for name, paths in sorted(_graph_files(root, problems).items()):
        files = []
        for path in paths:
            try:
                files.append(_read(path, root))
            except InputError as error:
                problems.extend(error.problems)
        problems.extend(_blank_nodes(files))
        places, doubles = _places(files)
        problems.extend(doubles)
        triples = tuple(dict.fromkeys(triple for file in files for triple in file.triples))
        graphs[name] = Graph(name, triples, places, is_source=bool(_SOURCE_FOLDER.fullmatch(name)))
    if problems:
        raise InputError(*problems)
    return Repository(root, settings, graphs)


def input_files(root: Path) -> list[Path]:
    """Every file that decides what a release contains, sorted by path."""
    patterns = (
        "release.toml",
        "requirements.lock",
        "ontology/**/*.ttl",
        "ontology/modules.toml",
        "shapes/**/*.ttl",
        "data/**/*.ttl",
        "data/**/*.tsv",
        "data/**/*.toml",
        "queries/**/*.rq",
        "queries/**/*.json",
        "queries/topics.toml",
    )
    return sorted(path for pattern in patterns for path in root.glob(pattern) if path.is_file())


def _graph_files(root: Path, problems: list[Problem]) -> Mapping[str, Sequence[Path]]:
    """The files of each graph, sorted; files in folders that are no graph become problems."""
    files: dict[str, list[Path]] = defaultdict(list)
    files["ontology"] = sorted((root / "ontology").glob("*.ttl"))
    files["links"] = sorted((root / "data" / "links").glob("*.sssom.tsv"))
    for path in sorted((root / "data").rglob("*.ttl")):
        folder = path.relative_to(root / "data").parent.as_posix()
        shared = folder.split("/")[0]
        if shared in _SHARED_FOLDERS:
            files[shared].append(path)
        elif _SOURCE_FOLDER.fullmatch(folder):
            files[folder].append(path)
        else:
            problems.append(
                Problem(
                    str(path.relative_to(root)),
                    "lies in a folder that is no graph",
                    "Data of a source belong in data/{ISO3}/{source-key}/; see docs/data-model.md.",
                )
            )
    return files


def _read(path: Path, root: Path) -> TurtleFile:
    """A Turtle file or a mapping set, named in errors by its path below the root."""
    name = path.relative_to(root)
    if path.suffix == ".tsv":
        return TurtleFile(name, tuple(read_links(read_text(path, name), str(name))), ())
    return read_turtle(path, name)


def _blank_nodes(files: Iterable[TurtleFile]) -> Iterable[Problem]:
    """A problem for each file that has blank nodes, naming the line of a block that holds one."""
    for file in files:
        nodes = [
            t
            for t in file.triples
            if isinstance(t.subject, ox.BlankNode) or isinstance(t.object, ox.BlankNode)
        ]
        if nodes:
            holders = {value(triple.subject) for triple in nodes}
            line = next((block.line for block in file.blocks if block.subject in holders), 1)
            yield Problem(
                f"{file.path}:{line}",
                "uses a blank node",
                "Give the thing an IRI of its own; nothing without a name can be cited.",
            )


def _places(files: Iterable[TurtleFile]) -> tuple[Mapping[str, str], list[Problem]]:
    """Where each subject is described, and a problem for each that is described twice.

    What a command derived from IRIs may add to what a person wrote.
    """
    places: dict[str, str] = {}
    problems: list[Problem] = []
    for file in sorted(files, key=lambda file: file.path.name in DERIVED_FILES):
        for block in file.blocks:
            place = f"{file.path}:{block.line}"
            if block.subject in places and file.path.name in DERIVED_FILES:
                continue
            if block.subject in places:
                problems.append(
                    Problem(
                        place,
                        f"<{block.subject}> is described a second time",
                        f"It is described at {places[block.subject]} already: put both into one block, "
                        "or give the second thing its own IRI.",
                    )
                )
            else:
                places[block.subject] = place
    return places, problems
