"""Validation in the order in which a release needs it.

1. Each source graph, and each shared graph, on its own as asserted, against the closed shapes.
2. The union after entailment: open shapes, contradictions, equalities, dangling references.

A check that passed leaves a stamp named by the hash of everything it read, so that nothing is
validated twice.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kzlod.checks.consistency import altered_literals, contradictions, dangling, unasserted_equalities
from kzlod.checks.cube import cube_problems
from kzlod.checks.shapes import Violation, load_shapes, violations
from kzlod.documents.citations import misplaced, too_wide
from kzlod.errors import Problem, ValidationError
from kzlod.namespaces import BASE, compact
from kzlod.repository import Graph, Repository

Step = Callable[[str], None]

# Conventions are law without a source document of their own, so the vocabulary graph conforms to the shapes
# of law and provisions, and not to those that ask for citations (source/things.ttl).
SHARED_SHAPES = {
    "vocabulary": (
        "vocabulary.ttl",
        "cubes.ttl",
        "source/law.ttl",
        "source/provisions.ttl",
        "source/prefixes.ttl",
    ),
    "translations": ("translations.ttl",),
    "links": ("links.ttl",),
    "inferred": ("inferred.ttl",),
}


@dataclass(frozen=True, slots=True)
class Stamps:
    """Where passed checks are remembered; None remembers nothing."""

    folder: Path | None

    def has(self, key: str) -> bool:
        """Whether the check of that key has passed before."""
        return bool(self.folder and (self.folder / key).is_file())

    def set(self, key: str) -> None:
        """Remembers that the check has passed."""
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / key).touch()


def validate_graphs(repository: Repository, stamps: Stamps, step: Step) -> None:
    """Validates every graph that files assert; ValidationError lists all that is wrong."""
    problems: list[Problem] = []
    for graph in repository.graphs.values():
        files = _shape_files(repository, graph)
        if not files or not graph.triples:
            continue
        key = _key(files, graph.triples)
        if stamps.has(key):
            continue
        step(f"validating {graph.name}")
        found = [*_problems(violations(graph.triples, load_shapes(files)))]
        if graph.is_source:
            found.extend([*misplaced(graph.triples), *too_wide(graph.triples)])
        if not found:
            stamps.set(key)
        problems.extend(found)
    if problems:
        raise ValidationError(*_located(repository, problems))


def validate_union(
    repository: Repository,
    asserted: Sequence[ox.Triple],
    entailed: Sequence[ox.Triple],
    described: Iterable[str],
    stamps: Stamps,
    step: Step,
) -> None:
    """Validates asserted and entailed statements together; ValidationError lists all that is wrong.

    `described` are IRIs that the catalogue describes.
    """
    files = sorted((repository.root / "shapes" / "union").glob("*.ttl"))
    key = _key(files, [*asserted, *entailed])
    if stamps.has(key):
        return
    step("validating the union")
    union = [*asserted, *entailed]
    problems = [
        *contradictions(union),
        *unasserted_equalities(asserted, entailed),
        *dangling(union, described),
        *altered_literals(union),
        *cube_problems(union),
        *_problems(violations(union, load_shapes(files))),
    ]
    if problems:
        raise ValidationError(*_located(repository, problems))
    stamps.set(key)


def _shape_files(repository: Repository, graph: Graph) -> list[Path]:
    """The files of the shapes that a graph must conform to."""
    shapes = repository.root / "shapes"
    if graph.is_source:
        return sorted((shapes / "source").glob("*.ttl"))
    return [shapes / name for name in SHARED_SHAPES.get(graph.name, ())]


def _key(files: Sequence[Path], triples: Iterable[ox.Triple]) -> str:
    """The hash of shapes, data and the code that checks them."""
    digest = hashlib.sha256()
    for path in (*files, *sorted(Path(__file__).parent.glob("*.py"))):
        digest.update(path.read_bytes())
    for line in sorted(map(str, triples)):
        digest.update(line.encode())
    return digest.hexdigest()


def _problems(found: Iterable[Violation]) -> list[Problem]:
    """Violations as problems; the focus node stands for the place until it is located."""
    return [
        Problem(
            violation.focus,
            f"{violation.message}{f' (value: {violation.value})' if violation.value else ''}",
            f"Constraint {compact(violation.shape)}"
            + (f" on {compact(violation.path)}." if violation.path else "."),
        )
        for violation in found
    ]


def _located(repository: Repository, problems: Iterable[Problem]) -> list[Problem]:
    """The problems with file and line in front, where a file describes the thing, sorted."""
    located: Mapping[Problem, None] = {
        Problem(
            repository.place(problem.where),
            f"<{problem.where}> {problem.what}" if problem.where.startswith(BASE) else problem.what,
            problem.remedy,
        ): None
        for problem in problems
    }
    return sorted(located)
