"""Synthetic countries in the shape of the real data: what is said of Kazakhstan, said of others.

The code KAZ in names is replaced by one of the codes that ISO 3166-1 leaves to users (XAA to XZZ), so that
acts, provisions, observations, citations and graphs become those of another country, while ontology,
vocabulary and treaties stay shared. Figures vary by up to a fifth, long texts name the country, so that
values are no copies either. The same number of countries gives the same bytes.
"""

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, product
from pathlib import Path
from string import ascii_uppercase

import pyoxigraph as ox

from kzlod.terms import kz, term

MODEL = "KAZ"
_CODE = re.compile(r"(?<![A-Za-z])KAZ(?![A-Za-z])")
_MARK = "\ue000"  # stands for the code: a character that nobody uses
_LONG = 40  # characters from which a text is taken for one of its own, and names the country
_FIGURES = {kz("figure"), term("sdmx-measure:obsValue")}
_TEXTS = {term("xsd:string"), term("rdf:langString")}
_SPREAD = 0.2

Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | ox.DefaultGraph


@dataclass(frozen=True, slots=True)
class Figure:
    """A line whose value varies: what stands before and after it, and the value."""

    before: str
    value: Decimal
    after: str


@dataclass(frozen=True, slots=True)
class Model:
    """The real data as N-Quads lines: what all share, and what each country has, its code marked."""

    shared: bytes
    own: bytes
    figures: tuple[Figure, ...]
    shared_quads: int
    own_quads: int

    def quads(self, countries: int) -> int:
        """How many lines the data of so many countries have."""
        return self.shared_quads + countries * self.own_quads


def codes() -> Iterator[str]:
    """The codes of the countries: the real one, then invented ones."""
    yield MODEL
    yield from ("X" + "".join(letters) for letters in product(ascii_uppercase, repeat=2))


def read_model(store: ox.Store, part: int = 1) -> Model:
    """The model of a release: every quad of a named graph, and every triple of the union.

    With `part` 10, a country has about a tenth of its things; links to the others then lead nowhere.
    """
    shared: list[str] = []
    own: list[str] = []
    figures: list[Figure] = []
    for quad in store:
        if not _is_kept(quad, part):
            continue
        subject = _marked(quad.subject)
        value = _text(quad.object) if _MARK in subject else None
        line = f"{subject} {_marked(quad.predicate)} {value or _marked(quad.object)}"
        graph = "" if isinstance(quad.graph_name, ox.DefaultGraph) else f" {_marked(quad.graph_name)}"
        if _MARK not in line + graph:
            shared.append(f"{line}{graph} .\n")
        elif quad.predicate in _FIGURES and isinstance(quad.object, ox.Literal):
            before, after = f'{subject} {quad.predicate} "', f'"^^{quad.object.datatype}{graph} .\n'
            figures.append(Figure(before, Decimal(quad.object.value), after))
        else:
            own.append(f"{line}{graph} .\n")
    return Model(
        "".join(sorted(shared)).encode(),
        "".join(sorted(own)).encode(),
        tuple(sorted(figures, key=lambda figure: (figure.before, figure.after))),
        len(shared),
        len(own) + len(figures),
    )


def _marked(node: Node) -> str:
    """A term in N-Quads, the code in a name marked."""
    return _CODE.sub(_MARK, str(node)) if isinstance(node, ox.NamedNode) else str(node)


def _text(node: Node) -> str | None:
    """A long text in N-Quads that names the country; None for anything else."""
    if not isinstance(node, ox.Literal) or len(node.value) < _LONG or node.datatype not in _TEXTS:
        return None
    text = node.value.replace("Kazakhstan", f"Country {_MARK}")
    text = text if _MARK in text else f"{text} ({_MARK})"
    return str(ox.Literal(text, language=node.language) if node.language else ox.Literal(text))


def write(model: Model, countries: int, file: Path) -> None:
    """Writes the data of so many countries as N-Quads."""
    with file.open("wb") as out:
        out.write(model.shared)
        for code in islice(codes(), countries):
            out.write(model.own.replace(_MARK.encode(), code.encode()))
            out.writelines(_figures(model.figures, code))


def _figures(figures: Iterable[Figure], code: str) -> Iterator[bytes]:
    for figure in figures:
        line = f"{figure.before}{varied(figure.value, code)}{figure.after}"
        yield line.replace(_MARK, code).encode()


def varied(value: Decimal, code: str) -> Decimal:
    """The figure of another country: the same for the same value and code, an integer where it was one."""
    if code == MODEL:
        return value
    share = zlib.crc32(f"{code} {value}".encode()) / 2**32
    exponent = Decimal(1).scaleb(min(int(value.as_tuple().exponent), 0))
    return (value * Decimal(1 - _SPREAD + 2 * _SPREAD * share)).quantize(exponent)


def is_kept(iri: str, part: int) -> bool:
    """Whether a thing is one of those that a country has, when it has one of so many."""
    return zlib.crc32(iri.encode()) % part == 0


def _is_kept(quad: ox.Quad, part: int) -> bool:
    """Whether a quad is kept: as its subject, when that belongs to the country, else as its object."""
    for node in (quad.subject, quad.object):
        if isinstance(node, ox.NamedNode) and is_own(node.value):
            return is_kept(node.value, part)
    return True


def renamed(iri: str, code: str) -> str:
    """The name that a thing of the model has for the country of that code."""
    return _CODE.sub(code, iri)


def is_own(iri: str) -> bool:
    """Whether a thing belongs to the country of the model, so that every country has one."""
    return _CODE.search(iri) is not None
