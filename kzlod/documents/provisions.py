"""Provisions: what the IRI of an article, part, point … says of it.

The IRI is the instrument's followed by pairs of steps: `…/art/367/note/2`. So whoever enters data
only names a provision; its type, number, container, instrument and label follow from the IRI and
are written to `provisions.ttl` by `kzlod provisions`. It is cited by the passages of the things
that name it, or name something within it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kzlod.errors import InputError, Problem
from kzlod.namespaces import PREFIXES
from kzlod.terms import LABEL, SOURCE, TYPE, kz, literal, term, value

FILE = "provisions.ttl"
UNNUMBERED = "unnumbered"
_HEADER = (
    "# Written by `kzlod provisions` from the IRIs that the other files use: change those, not this file.\n"
)
_IRI = re.compile(
    r"(?P<instrument>https://w3id\.org/kzlod/id/(?:treaty/[A-Za-z0-9-]+|act/[A-Z]{3}/[a-z0-9-]+))"
    r"(?P<steps>(?:/(?:art|par|part|pt|sub|note|chap|sec|title)/[0-9A-Za-z-]+)+)"
)
_KINDS: Mapping[str, tuple[str, str]] = {
    "art": ("article", "Article"),
    "par": ("paragraph", "Paragraph"),
    "part": ("part", "Part"),
    "pt": ("point", "Point"),
    "sub": ("sub-point", "Subpoint"),
    "note": ("note", "Note"),
    "chap": ("chapter", "Chapter"),
    "sec": ("section", "Section"),
    "title": ("title", "TitleDivision"),
}


@dataclass(frozen=True, order=True)
class ProvisionReference:
    """A provision as its IRI names it: the instrument, and pairs of kind and number from the outside in."""

    instrument: str
    steps: tuple[tuple[str, str], ...]

    @property
    def iri(self) -> str:
        """The IRI of the provision."""
        return self.instrument + "".join(f"/{kind}/{number}" for kind, number in self.steps)

    def label(self, instrument: str) -> str:
        """The provision as a lawyer writes it, with the label of its instrument."""
        return f"{_name(self)} – {instrument}"

    @property
    def container(self) -> "ProvisionReference | None":
        """The provision that this one is a part of, None for one that stands directly in its instrument."""
        return ProvisionReference(self.instrument, self.steps[:-1]) if len(self.steps) > 1 else None

    @property
    def order(self) -> tuple[str, list[tuple[str, list[tuple[int, str]]]]]:
        """The sort key by which article 9 comes before article 10."""
        return self.instrument, [(kind, _natural(number)) for kind, number in self.steps]


def parse_provision(iri: str) -> ProvisionReference | None:
    """The parts of a provision's IRI; None when it is not of that form."""
    match = _IRI.fullmatch(iri)
    if not match:
        return None
    steps = match["steps"].removeprefix("/").split("/")
    return ProvisionReference(match["instrument"], tuple(zip(steps[::2], steps[1::2], strict=True)))


def provisions_turtle(triples: Iterable[ox.Triple], labels: Mapping[str, str]) -> tuple[str, int]:
    """The Turtle text that describes every provision that a source graph only names, and their number.

    Provisions that the graph's other files describe are left to them. `labels` are the English labels of
    instruments by IRI. Raises InputError for a provision of an instrument without a label, or one that
    nothing with a citation names.
    """
    triples = list(triples)
    described = {value(t.subject) for t in triples if t.predicate == TYPE and t.object == kz("Provision")}
    cited = {
        reference: citations
        for reference, citations in _citations(triples).items()
        if reference.iri not in described
    }
    problems = [
        Problem(reference.iri, what, remedy)
        for reference in cited
        for what, remedy in _faults(reference, cited, labels)
    ]
    if problems:
        raise InputError(*problems)
    ordered = sorted(cited, key=lambda reference: reference.order)
    replaced = _replaced(triples)
    written = [
        triple
        for reference in ordered
        for triple in (
            *describe_provision(reference, labels[reference.instrument], cited[reference]),
            *(
                ox.Triple(ox.NamedNode(reference.iri), term("dcterms:replaces"), ox.NamedNode(old))
                for old in replaced.get(reference.iri, ())
            ),
        )
    ]
    prefixes = {name: PREFIXES[name] for name in ("dcterms", "kzlod", "rdfs")}
    body = ox.serialize(written, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""
    return _HEADER + body.decode(), len(ordered)


def describe_provision(
    reference: ProvisionReference, instrument: str, citations: Iterable[str]
) -> Iterator[ox.Triple]:
    """The statements about a provision; `instrument` is the label of the treaty or act."""
    node = ox.NamedNode(reference.iri)
    kind, number = reference.steps[-1]
    level = "TreatyProvision" if "/id/treaty/" in reference.instrument else "DomesticProvision"
    for name in provision_classes(level, kind):
        yield ox.Triple(node, TYPE, kz(name))
    yield ox.Triple(node, LABEL, ox.Literal(reference.label(instrument), language="en"))
    if number == UNNUMBERED:
        yield ox.Triple(node, kz("notStated"), kz("number"))
    else:
        yield ox.Triple(node, kz("number"), literal(number))
    container = reference.container
    yield ox.Triple(node, kz("isPartOf"), ox.NamedNode(container.iri if container else reference.instrument))
    yield ox.Triple(node, kz("provisionOf"), ox.NamedNode(reference.instrument))
    for iri in sorted(citations):
        yield ox.Triple(node, SOURCE, ox.NamedNode(iri))


def provision_classes(level: str, kind: str) -> tuple[str, str, str]:
    """The classes of a provision: `level` is TreatyProvision or DomesticProvision, `kind` its last step's."""
    return "Provision", level, _KINDS[kind][1]


def _name(reference: ProvisionReference) -> str:
    """How a lawyer writes it: `Article 367, note 2`."""
    text = ", ".join(_step(kind, number) for kind, number in reference.steps)
    return text[0].upper() + text[1:]


def _step(kind: str, number: str) -> str:
    """One step of it: `article 367`, `unnumbered article`, and `note` for the only one."""
    name = _KINDS[kind][0]
    if number != UNNUMBERED:
        return f"{name} {number}"
    return name if kind == "note" else f"unnumbered {name}"


def _citations(triples: Iterable[ox.Triple]) -> dict[ProvisionReference, set[str]]:
    """Every provision that the triples name, and its containers, with the citations of what names it."""
    sources: dict[str, set[str]] = defaultdict(set)
    namers: dict[ProvisionReference, set[str]] = defaultdict(set)
    for triple in triples:
        if triple.predicate == SOURCE:
            sources[value(triple.subject)].add(value(triple.object))
        for node in (triple.subject, triple.object):
            if isinstance(node, ox.NamedNode) and (named := parse_provision(node.value)):
                reference: ProvisionReference | None = named
                while reference:
                    namers[reference].add(value(triple.subject))
                    reference = reference.container
    return {
        reference: {iri for name in names for iri in sources[name]} for reference, names in namers.items()
    }


def _replaced(triples: Iterable[ox.Triple]) -> Mapping[str, Sequence[str]]:
    """The provisions that each new provision replaces, by the successions among the triples.

    Where several old provisions became several new ones as a group, which replaced which is not said.
    """
    sides: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for triple in triples:
        if triple.predicate == kz("successionSource"):
            sides[value(triple.subject)][0].add(value(triple.object))
        elif triple.predicate == kz("successionTarget"):
            sides[value(triple.subject)][1].add(value(triple.object))
    replaced: dict[str, set[str]] = defaultdict(set)
    for old, new in sides.values():
        if len(old) == 1 or len(new) == 1:
            for iri in new:
                replaced[iri] |= old
    return {iri: sorted(old) for iri, old in replaced.items()}


def _faults(
    reference: ProvisionReference, cited: Mapping[ProvisionReference, set[str]], labels: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    if reference.instrument not in labels:
        yield (
            f"belongs to <{reference.instrument}>, which has no English label",
            "Describe the treaty or act.",
        )
    if not cited[reference]:
        yield "is named only by things without a citation", "Give what names it a dcterms:source."


def _natural(number: str) -> list[tuple[int, str]]:
    """A sort key by which 9 comes before 10, and 2 before 2-1."""
    return [(int(piece), "") if piece.isdigit() else (0, piece) for piece in number.split("-")]
