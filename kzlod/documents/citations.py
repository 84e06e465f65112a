"""Citations: passages of source documents, named by their offsets and proved by a hash.

The IRI of a citation is `{document}/text/{first 8 hex digits of its SHA-256}/chars/{start}-{end}`.
What a citation says is computed from the document's text alone, so that it can be written, and
checked, by machine.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kzlod.documents.structure import PLAIN, Form
from kzlod.documents.text import Document, Span
from kzlod.errors import InputError, Problem
from kzlod.terms import LABEL, TYPE, kz, literal, term, value

_IRI = re.compile(
    r"(?P<source>https://w3id\.org/kzlod/id/source/[A-Z]{3}/[^/]+)"
    r"/text/(?P<text>[0-9a-f]{8})/chars/(?P<start>0|[1-9]\d*)-(?P<end>[1-9]\d*)"
)


WIDE = 10  # lines; a citation of more needs a reason


@dataclass(frozen=True, order=True)
class Reference:
    """What the IRI of a citation says: which document, which version of its text, which characters."""

    source: str
    text: str
    span: Span

    @property
    def iri(self) -> str:
        """The IRI of the citation."""
        return f"{self.source}/text/{self.text}/chars/{self.span.start}-{self.span.end}"


def parse_reference(iri: str) -> Reference | None:
    """The parts of a citation's IRI; None when it is not of that form."""
    match = _IRI.fullmatch(iri)
    if not match:
        return None
    return Reference(match["source"], match["text"], Span(int(match["start"]), int(match["end"])))


def references(triples: Iterable[ox.Triple]) -> list[Reference]:
    """Every citation that the triples speak of, in the order of their offsets."""
    nodes = {node.value for triple in triples for node in triple if isinstance(node, ox.NamedNode)}
    return sorted(reference for iri in nodes if (reference := parse_reference(iri)))


def source_hashes(triples: Iterable[ox.Triple]) -> Mapping[str, str]:
    """The SHA-256 of each source document that the triples describe, by the document's IRI."""
    triples = list(triples)
    documents = {
        value(t.subject) for t in triples if t.predicate == TYPE and t.object == kz("SourceDocument")
    }
    return {
        value(t.subject): value(t.object)
        for t in triples
        if t.predicate == kz("sha256") and value(t.subject) in documents
    }


def describe(reference: Reference, document: Document, form: Form = PLAIN) -> Iterator[ox.Triple]:
    """The statements about a citation; InputError when it lies outside its document.

    `form` says how the locator is worded.
    """
    measured = list(_measured(reference, document))
    node, where = ox.NamedNode(reference.iri), form.locate(document, reference.span)
    name = reference.source.rpartition("/")[2]
    yield ox.Triple(node, TYPE, kz("Citation"))
    yield ox.Triple(node, LABEL, ox.Literal(f"{name}, {where.rpartition(' › ')[2]}", language="en"))
    for triple in measured:
        if triple.predicate == kz("sha256"):
            yield ox.Triple(node, kz("locator"), literal(where))
            yield triple
            yield ox.Triple(node, term("oa:hasSelector"), node)
        else:
            yield triple


def _measured(reference: Reference, document: Document) -> Iterator[ox.Triple]:
    """What can be counted of a citation; InputError when it lies outside its document."""
    span, node = reference.span, ox.NamedNode(reference.iri)
    if not span.start < span.end <= len(document.text):
        raise InputError(
            Problem(
                reference.iri,
                f"cites characters {span.start} to {span.end} of a document of {len(document.text)}",
                "Correct the offsets in the citation's IRI.",
            )
        )
    first, last = document.line_at(span.start), document.line_at(span.end - 1)
    yield ox.Triple(node, kz("inDocument"), ox.NamedNode(reference.source))
    yield ox.Triple(node, kz("start"), literal(span.start))
    yield ox.Triple(node, kz("end"), literal(span.end))
    yield ox.Triple(node, kz("firstLine"), literal(first))
    yield ox.Triple(node, kz("lastLine"), literal(last))
    yield ox.Triple(node, kz("sha256"), literal(document.passage_sha256(span)))
    printed = sum(bool(line.strip()) for line in document.passage(span).split("\n"))
    if last - first >= WIDE > printed - 1:
        note = f"Only {printed} of these {last - first + 1} lines are printed; the others are blank."
        yield ox.Triple(node, kz("note"), ox.Literal(note, language="en"))


@dataclass(frozen=True)
class Verification:
    """The outcome of checking citations: how many are right, which are wrong, which could not be checked."""

    right: int
    wrong: tuple[Problem, ...]
    unavailable: Mapping[str, int]


def verify(triples: Iterable[ox.Triple], documents: Mapping[str, Document]) -> Verification:
    """Recomputes what every citation among the triples says from the documents (keyed by SHA-256).

    Checks lines, offsets and hash, not the locator, which importers of some forms word more finely.
    Citations of documents that are not among `documents` are counted by the document's IRI.
    """
    triples = list(triples)
    hashes = source_hashes(triples)
    stated: dict[str, dict[str, str]] = {}
    cited = {reference.iri: reference for reference in references(triples)}
    for triple in triples:
        if value(triple.subject) in cited:
            values = stated.setdefault(value(triple.subject), {})
            values[triple.predicate.value] = value(triple.object)
    right, wrong, unavailable = 0, list[Problem](), dict[str, int]()
    for iri, reference in cited.items():
        document = documents.get(hashes.get(reference.source, ""))
        if document is None:
            unavailable[reference.source] = unavailable.get(reference.source, 0) + 1
        elif fault := _fault(reference, document, stated.get(iri, {})):
            wrong.append(
                Problem(iri, fault, "Correct the offsets, then run `kzlod cite` to describe it anew.")
            )
        else:
            right += 1
    return Verification(right, tuple(wrong), unavailable)


def _fault(reference: Reference, document: Document, stated: Mapping[str, str]) -> str:
    """What a citation states wrongly, '' when all is right."""
    if not document.sha256.startswith(reference.text):
        return f"cites a text with hash {reference.text}…, the document's is {document.sha256[:8]}…"
    try:
        measured = list(_measured(reference, document))
    except InputError as error:
        return error.problems[0].what
    for triple in measured:
        found = stated.get(triple.predicate.value)
        if found != value(triple.object):
            name = triple.predicate.value.rpartition("#")[2]
            return f"states {name} {found or 'nothing'}, the document gives {value(triple.object)}"
    return ""


def too_wide(triples: Iterable[ox.Triple]) -> Iterator[Problem]:
    """Citations of more than ten lines that no kzlod:note gives a reason for."""
    triples = list(triples)
    lines: dict[str, dict[str, int]] = {}
    for triple in triples:
        if triple.predicate in (kz("firstLine"), kz("lastLine")) and value(triple.object).isdigit():
            lines.setdefault(value(triple.subject), {})[value(triple.predicate)] = int(value(triple.object))
    reasoned = {value(triple.subject) for triple in triples if triple.predicate == kz("note")}
    for iri, said in lines.items():
        width = said.get(value(kz("lastLine")), 0) - said.get(value(kz("firstLine")), 0) + 1
        if width > WIDE and iri not in reasoned:
            remedy = "Cite more narrowly, or give the citation a kzlod:note that says why not."
            yield Problem(iri, f"cites {width} lines without a reason", remedy)


def misplaced(triples: Iterable[ox.Triple]) -> Iterator[Problem]:
    """Citations of a source graph that lie outside their document or cite another version of its text.

    Needs the graph's own statements only: the document's length and hash.
    """
    triples = list(triples)
    hashes = source_hashes(triples)
    lengths = {value(t.subject): value(t.object) for t in triples if t.predicate == kz("characters")}
    for reference in references(triples):
        length, sha256 = lengths.get(reference.source, ""), hashes.get(reference.source, "")
        if not length.isdigit() or not sha256:
            what = f"cites <{reference.source}>, which this graph does not describe as a source document"
        elif not reference.span.start < reference.span.end <= int(length):
            what = (
                f"cites characters {reference.span.start} to {reference.span.end} of a document of {length}"
            )
        elif not sha256.startswith(reference.text):
            what = f"cites a text with hash {reference.text}…, the document's is {sha256[:8]}…"
        else:
            continue
        yield Problem(reference.iri, what, "Correct the offsets or the hash in the citation's IRI.")
