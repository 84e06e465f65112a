"""A cell in the making: what will be stated of it, before printings of the same question are put together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

import pyoxigraph as ox

from kzlod.documents.text import Span
from kzlod.ingest.cepej.cells import Status

Kind = Literal["observation", "missing", "answer", "comment"]


@dataclass(frozen=True, slots=True)
class Made:
    """A cell below a question (`path`: `r1/c2`, `comment` or empty) and what its print-out says.

    `chosen` and `printed` are options by the IRIs of their concepts. `row` and `column` are concepts, their
    numbers the places in the table as printed, from 1. `stated_in` is the path of the answer in which a cell
    stands (`.` for the answer of the question itself).
    """

    code: str
    path: str
    kind: Kind
    spans: tuple[Span, ...]
    status: Status = Status.FIGURE
    figure: Decimal | None = None
    chosen: tuple[str, ...] = ()
    printed: tuple[str, ...] = ()
    text: str = ""
    row: str = ""
    column: str = ""
    row_number: int = 0
    column_number: int = 0
    implied: Mapping[str, ox.NamedNode] = field(default_factory=dict)
    stated_in: str = ""
    conflicting: bool = False

    @property
    def said(self) -> tuple[object, ...]:
        """What two printings of the same cell must agree on."""
        return self.kind, self.status, self.figure, self.chosen, self.printed, " ".join(self.text.split())


@dataclass(frozen=True, slots=True)
class Added:
    """A row, column or option that the vocabulary has not: its concept, its scheme, label and place."""

    iri: str
    scheme: str
    code: str
    label: str
    span: Span
