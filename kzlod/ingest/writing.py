"""What imports have in common at their edges: countries, what people entered, Turtle, files all or none."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kzlod.documents.citations import WIDE, Reference, parse_reference
from kzlod.documents.cite import FILE as CITATIONS_FILE
from kzlod.documents.cite import citations_turtle
from kzlod.documents.provisions import FILE as PROVISIONS_FILE
from kzlod.documents.provisions import provisions_turtle
from kzlod.documents.structure import Form
from kzlod.documents.text import Document, Span, trimmed
from kzlod.errors import InputError, Problem
from kzlod.namespaces import ID, PREFIXES
from kzlod.terms import LABEL, value
from kzlod.turtle import read_turtle

REPORT = "report.json"


@dataclass(frozen=True)
class ImportedFiles:
    """An import: the Turtle texts by file name, the document, counts, and what wants a person."""

    files: Mapping[str, str]
    document: Document
    counts: Mapping[str, int]
    problems: Sequence[Problem]
    wanting: Sequence[str]

    def reported(self, record: Mapping[str, object]) -> dict[str, str]:
        """All files with the report: `record`, the account of the document, and the counts and wants.

        Problems that the record tells already (in another form) come first.
        """
        told = record.get("problems", ())
        told = list(told) if isinstance(told, Sequence) else []
        further = [
            {"where": problem.where, "what": problem.what, "remedy": problem.remedy}
            for problem in self.problems[len(told) :]
        ]
        whole = {
            **record,
            "counts": dict(self.counts),
            "problems": [*told, *further],
            "wanting": list(self.wanting),
        }
        return {**self.files, REPORT: json.dumps(whole, indent=1, ensure_ascii=False) + "\n"}


@dataclass(frozen=True)
class Citing:
    """Makes citations of one document."""

    document: Document
    source: str

    @property
    def prefix(self) -> str:
        """What the IRIs of all citations of the document begin with."""
        return self.at(Span(0, 0)).value.removesuffix("0-0")

    def cover(self, spans: Iterable[Span]) -> list[ox.NamedNode]:
        """Citations of stretches, none wider than it may be: neighbours together, wide ones by lines."""
        found: list[Span] = []
        for span in sorted({piece for stretch in spans for piece in self._pieces(stretch)}):
            joined = Span(found[-1].start, span.end) if found else span
            between = self.document.text[found[-1].end : span.start] if found else ""
            if found and not between.strip() and self._lines(joined) <= WIDE:
                found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
            else:
                found.append(span)
        return [self.at(span) for span in found]

    def _lines(self, span: Span) -> int:
        return self.document.line_at(max(span.end - 1, span.start)) - self.document.line_at(span.start) + 1

    def _pieces(self, span: Span) -> list[Span]:
        """The span itself, or its lines where it is too wide."""
        if self._lines(span) <= WIDE:
            return [span]
        pieces, start = [], span.start
        for line in self.document.text[span.start : span.end].splitlines(keepends=True):
            piece = trimmed(self.document.text, start, start + len(line))
            if piece.start < piece.end:
                pieces.append(piece)
            start += len(line)
        return pieces

    def at(self, span: Span) -> ox.NamedNode:
        """The citation of a stretch of the document."""
        return ox.NamedNode(Reference(self.source, self.document.sha256[:8], span).iri)


def check_country(vocabulary: Iterable[ox.Triple], country: str) -> None:
    """InputError when the code is not that of a country of the vocabulary."""
    iri = ox.NamedNode(f"{ID}country/{country}") if country.isascii() and country.isalpha() else None
    if iri is None or not any(triple.subject == iri for triple in vocabulary):
        remedy = "Use the three letters of ISO 3166-1, such as KAZ."
        raise InputError(Problem(f"--country {country}", "is not the code of a country", remedy))


def by_hand(folder: Path, derived: Collection[str]) -> list[ox.Triple]:
    """The statements of a folder that people entered: those of all files but the derived ones."""
    return [
        triple
        for path in sorted(folder.glob("*.ttl"))
        if path.name not in derived
        for triple in read_turtle(path, Path(path.name)).triples
    ]


def turtle(triples: Sequence[ox.Triple], command: str, names: Iterable[str], citations: str) -> str:
    """The statements as a Turtle file written by `command`, with our prefixes of these names.

    `citations` is what the IRIs of its citations begin with.
    """
    prefixes = {name: PREFIXES[name] for name in names} | {"c": citations}
    body = ox.serialize(list(triples), format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""
    return f"# Written by `{command}`: correct what it is made from and run it again.\n{body.decode()}"


def write_files(files: Mapping[str, str], folder: Path, possible: Iterable[str]) -> list[Path]:
    """Writes all files: first each beside its place, then all into place; removes the other possible ones.

    Raises InputError, nothing changed, when the folder cannot be written to.
    """
    fresh = [(folder / f".{name}.new", folder / name) for name in files]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for (temporary, _), text in zip(fresh, files.values(), strict=True):
            temporary.write_text(text, "utf-8")
        for temporary, path in fresh:
            temporary.replace(path)
    except OSError as error:
        remedy = "Name another folder by --out, or see to its permissions and free space."
        raise InputError(Problem(str(folder), f"cannot be written to: {error.strerror}", remedy)) from error
    finally:
        for temporary, _ in fresh if folder.is_dir() else ():
            temporary.unlink(missing_ok=True)
    for name in possible:
        if name not in files:
            (folder / name).unlink(missing_ok=True)
    return [path for _, path in fresh]


def derived_files(
    triples: Sequence[ox.Triple], document: Document, source: str, form: Form
) -> Mapping[str, str]:
    """Provisions that are only named, and all citations of the document `source`, by file name."""
    labels = {
        value(t.subject): value(t.object)
        for t in triples
        if t.predicate == LABEL and isinstance(t.object, ox.Literal) and t.object.language == "en"
    }
    files: dict[str, str] = {}
    provisions, number = provisions_turtle(triples, labels)
    if number:
        files[PROVISIONS_FILE] = provisions
    cited = [
        reference
        for iri in {node.value for t in triples for node in t if isinstance(node, ox.NamedNode)}
        if (reference := parse_reference(iri)) and reference.source == source
    ]
    files[CITATIONS_FILE] = citations_turtle(cited, {source: document}, {source: form})
    return files
