"""Completeness: which words of a document no citation covers, and whether its items are all in the graph.

What is to be counted in a document stands in `coverage.toml` beside its data:

    [[count]]                  # a kind of item that the text lets one recognise
    what = "figures"
    pattern = '\\d+'            # a regular expression; each match is one item …
    unit = "sentence"          # … or, with this line, each sentence that a match touches
    class = "ReportedQuantity" # every item must be cited by a thing of this class of its own
    where = { ruleKind = "…" } # optional: only things with this value
    explanation = "…"          # why the counts differ, where they do

    [[explained]]              # a passage that needs no citation
    passage = [0, 72]
    reason = "…"
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kzlod.documents.citations import parse_reference
from kzlod.documents.structure import PLAIN, Form
from kzlod.documents.text import Document, Span, sentences
from kzlod.errors import InputError, Problem
from kzlod.namespaces import CONCEPT
from kzlod.terms import SOURCE, TYPE, kz, value
from kzlod.turtle import read_text

FILE = "coverage.toml"
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class SectionCoverage:
    """A section of a document: how many sentences it has, and which are not wholly covered."""

    name: str
    sentences: int
    gaps: tuple[Span, ...]


@dataclass(frozen=True)
class ItemCount:
    """Items found in the text against things in the graph."""

    what: str
    found: int
    in_graph: int
    missing: tuple[Span, ...]
    extra: tuple[str, ...]
    explanation: str

    @property
    def differs(self) -> bool:
        """Whether something is missing or extra that no explanation accounts for."""
        return bool(self.missing or self.extra) and not self.explanation


@dataclass(frozen=True)
class Coverage:
    """The completeness of one document's graph."""

    sections: tuple[SectionCoverage, ...]
    counts: tuple[ItemCount, ...]

    @property
    def complete(self) -> bool:
        """Whether every word is covered or explained, and every count agrees or is explained."""
        return not any(section.gaps for section in self.sections) and not any(c.differs for c in self.counts)


def read_expectations(path: Path) -> Mapping[str, Any]:
    """The contents of a coverage.toml, empty when there is none; InputError when it is malformed."""
    if not path.is_file():
        return {}
    try:
        expectations = tomllib.loads(read_text(path))
        for spec in expectations.get("count", []):
            re.compile(spec["pattern"])
            _ = spec["what"], spec["class"]
        for spec in expectations.get("explained", []):
            _ = Span(*spec["passage"]), spec["reason"]
    except (tomllib.TOMLDecodeError, re.error, KeyError, TypeError) as error:
        raise InputError(
            Problem(
                str(path),
                f"is not a list of expectations: {error!r}",
                "See the head of documents/coverage.py.",
            )
        ) from error
    return expectations


def measure(
    document: Document, triples: Iterable[ox.Triple], expectations: Mapping[str, Any], form: Form = PLAIN
) -> Coverage:
    """The completeness of a source graph (its triples) for its document, by the sections of its form."""
    triples = list(triples)
    spans = _cited_spans(triples)
    covered = sorted({span for cited in spans.values() for span in cited})
    covered += [Span(*spec["passage"]) for spec in expectations.get("explained", [])]
    return Coverage(
        tuple(_sections(document, covered, form)),
        tuple(_count(document, triples, spans, spec) for spec in expectations.get("count", [])),
    )


def _cited_spans(triples: Iterable[ox.Triple]) -> dict[str, list[Span]]:
    """The passages that each thing of the graph cites, but those of the document's own description."""
    spans: dict[str, list[Span]] = {}
    for triple in triples:
        if triple.predicate == SOURCE and isinstance(triple.object, ox.NamedNode):
            reference = parse_reference(value(triple.object))
            if reference:
                spans.setdefault(value(triple.subject), []).append(reference.span)
    return spans


def _sections(document: Document, covered: Sequence[Span], form: Form) -> Iterable[SectionCoverage]:
    """The sections of the document; a gap is a sentence with a word that no passage covers."""
    mask = bytearray(len(document.text))
    for span in covered:
        mask[span.start : span.end] = b"\1" * (min(span.end, len(mask)) - span.start)
    for section in form.sections(document):
        inside = [sentence for block in section.blocks for sentence in sentences(document.text, block.span)]
        gaps = tuple(
            sentence
            for sentence in inside
            if any(
                not all(mask[word.start() : word.end()])
                for word in _WORD.finditer(document.text, sentence.start, sentence.end)
            )
        )
        yield SectionCoverage(section.name.rpartition(" › ")[2] or "beginning", len(inside), gaps)


def _count(
    document: Document, triples: Sequence[ox.Triple], spans: Mapping[str, list[Span]], spec: Mapping[str, Any]
) -> ItemCount:
    """Compares the items that a pattern finds in the text with the things that cite them."""
    items = [Span(match.start(), match.end()) for match in re.finditer(spec["pattern"], document.text)]
    if spec.get("unit") == "sentence":
        items = [s for s in document.sentences if any(s.overlaps(item) for item in items)]
    things = {value(t.subject) for t in triples if t.predicate == TYPE and t.object == kz(spec["class"])}
    for name, notation in spec.get("where", {}).items():
        concept = ox.NamedNode(CONCEPT + notation)
        things &= {value(t.subject) for t in triples if t.predicate == kz(name) and t.object == concept}
    missing, unused = _pair(items, {thing: spans.get(thing, []) for thing in things})
    return ItemCount(
        spec["what"],
        len(items),
        len(things),
        tuple(missing),
        tuple(sorted(unused)),
        spec.get("explanation", ""),
    )


def _pair(items: Sequence[Span], things: Mapping[str, Sequence[Span]]) -> tuple[list[Span], set[str]]:
    """Pairs as many items as possible with things that cite them; returns the items and things left over.

    A maximum matching by augmenting paths (Kuhn's algorithm), trying narrow citations first.
    """
    fitting = [
        [
            thing
            for _, thing in sorted(
                (span.end - span.start, thing)
                for thing, cited in things.items()
                for span in cited
                if span.contains(item) or item.contains(span)
            )
        ]
        for item in items
    ]
    taken: dict[str, int] = {}

    def place(item: int, tried: set[str]) -> bool:
        for thing in fitting[item]:
            if thing not in tried:
                tried.add(thing)
                if thing not in taken or place(taken[thing], tried):
                    taken[thing] = item
                    return True
        return False

    missing = [item for number, item in enumerate(items) if not place(number, set())]
    return missing, set(things) - set(taken)
