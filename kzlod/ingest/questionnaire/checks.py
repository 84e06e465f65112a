"""Arithmetic of a questionnaire: totals and parts, sexes, case flow, the same figure in two tables.

Each check compares figures of the same print-out and needs no knowledge of the country. A part that does
not apply counts as nothing; a part that is not known leaves only the check that the others do not exceed the
total.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kzlod.ingest.cepej.cells import Status
from kzlod.ingest.cepej.totals import Parts, parts_of
from kzlod.ingest.questionnaire.codes import question_step
from kzlod.ingest.questionnaire.made import Made

_FLOW = ("pending-start", "incoming", "resolved", "pending-end")


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a disagreement: its figure, in words how it came about, the cells it was taken from."""

    figure: Decimal
    words: str
    cells: tuple[Made, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two figures that should be one. `slug` names it below the document; `summary` says the difference."""

    slug: str
    kind: str
    summary: str
    sides: tuple[Side, Side]


def disagreements(cells: Sequence[Made], labels: Mapping[str, str]) -> list[Disagreement]:
    """All disagreements in the order of the questions; `labels` are printed labels of rows and columns."""
    tables: dict[str, list[Made]] = defaultdict(list)
    for cell in cells:
        if cell.kind in ("observation", "missing") and cell.row_number and "/print-" not in cell.path:
            tables[cell.code].append(cell)
    found: list[Disagreement] = []
    for code, members in tables.items():
        found += _table(code, members, labels)
    found += _across(cells)
    return found


def _table(code: str, cells: Sequence[Made], labels: Mapping[str, str]) -> Iterator[Disagreement]:
    """The checks within a table: by columns, by rows, by the flow of cases."""
    grid = {(cell.row_number, cell.column_number): cell for cell in cells}
    rows = sorted({row for row, _ in grid})
    columns = sorted({column for _, column in grid})
    row_labels = [_label(next((grid[r, c].row for c in columns if (r, c) in grid), ""), labels) for r in rows]
    column_labels = [
        _label(next((grid[r, c].column for r in rows if (r, c) in grid), ""), labels) for c in columns
    ]
    for parts in parts_of(row_labels):
        for column in columns:
            members = [grid.get((rows[part], column)) for part in parts.parts]
            yield from _sum(code, grid.get((rows[parts.whole], column)), members, parts, "rows")
    for parts in parts_of(column_labels):
        for row in rows:
            members = [grid.get((row, columns[part])) for part in parts.parts]
            yield from _sum(code, grid.get((row, columns[parts.whole])), members, parts, "columns")
    yield from _flow(code, cells)


def _label(concept: str, labels: Mapping[str, str]) -> str:
    return labels.get(concept, "")


def _share(cell: Made) -> bool:
    """Whether a figure is a share or an average, which does not add up."""
    unit = cell.implied.get("unit")
    return unit is not None and unit.value.rpartition("/")[2] in {"percent", "ratio"}


def _sum(
    code: str, whole: Made | None, parts: Sequence[Made | None], shape: Parts, what: str
) -> Iterator[Disagreement]:
    """A total against the sum of its parts."""
    members = [part for part in parts if part is not None]
    if whole is None or whole.figure is None or len(members) < len(parts) or _share(whole):
        return
    known = [part for part in members if part.figure is not None]
    open_ = [part for part in members if part.status not in (Status.FIGURE, Status.NAP)]
    total = sum((part.figure for part in known if part.figure is not None), Decimal(0))
    differs = total != whole.figure if shape.complete and not open_ else total > whole.figure
    if not known or not differs:
        return
    names = " + ".join(_place(part) for part in known)
    yield Disagreement(
        f"sum/{_step(whole)}/{what}",
        "arithmetic",
        f"Question {code}, {_place(whole)}: the total is {_plain(whole.figure)}, "
        f"its parts make {_plain(total)}.",
        (Side(whole.figure, "Total as stated", (whole,)), Side(total, f"Sum of {names}", tuple(known))),
    )


def _flow(code: str, cells: Sequence[Made]) -> Iterator[Disagreement]:
    """Pending at the start, and incoming, less resolved, against pending at the end."""
    across = len({cell.column_number for cell in cells if "caseFlow" in cell.implied}) > 1
    lines: dict[int, dict[str, Made]] = defaultdict(dict)
    for cell in cells:
        if "caseFlow" in cell.implied and cell.figure is not None:
            line = cell.row_number if across else cell.column_number
            lines[line].setdefault(cell.implied["caseFlow"].value.rpartition("/")[2], cell)
    for steps in lines.values():
        if not all(step in steps for step in _FLOW):
            continue
        start, incoming, resolved, end = (steps[step] for step in _FLOW)
        figures = [cell.figure or Decimal(0) for cell in (start, incoming, resolved, end)]
        expected = figures[0] + figures[1] - figures[2]
        if expected == figures[3]:
            continue
        yield Disagreement(
            f"flow/{_step(end)}",
            "arithmetic",
            f"Question {code}, {_place(end)}: pending at the start and incoming, less resolved, make "
            f"{_plain(expected)}; pending at the end are stated as {_plain(figures[3])}.",
            (
                Side(figures[3], "Pending at the end as stated", (end,)),
                Side(expected, "Pending at the start + incoming - resolved", (start, incoming, resolved)),
            ),
        )


def _across(cells: Sequence[Made]) -> Iterator[Disagreement]:
    """The same total, by all that the vocabulary says of it, in two tables."""
    groups: dict[tuple[object, ...], list[Made]] = defaultdict(list)
    for cell in cells:
        key = _meaning(cell)
        if key is not None and cell.figure is not None and "/print-" not in cell.path:
            groups[key].append(cell)
    for group in groups.values():
        first = group[0]
        for other in group[1:]:
            if other.code == first.code or other.figure == first.figure:
                continue
            assert first.figure is not None and other.figure is not None
            yield Disagreement(
                f"same/{_step(first)}/{_step(other)}",
                "value-conflict",
                f"Question {first.code} gives {_plain(first.figure)}, question {other.code} "
                f"{_plain(other.figure)} for what the questionnaire describes alike.",
                (
                    Side(first.figure, f"Question {first.code}", (first,)),
                    Side(other.figure, f"Question {other.code}", (other,)),
                ),
            )


def _meaning(cell: Made) -> tuple[object, ...] | None:
    """What a cell counts, for cells that count persons of a profession; total where a side is not named."""
    profession, unit = cell.implied.get("profession"), cell.implied.get("unit")
    if profession is None or unit is None or cell.kind != "observation":
        return None
    if unit.value.rpartition("/")[2] not in {"person", "full-time-equivalent"}:
        return None
    rest = {"sex": "total", "instance": "all", "caseType": "total", "caseFlow": ""}
    for name in rest:
        if name in cell.implied:
            rest[name] = cell.implied[name].value.rpartition("/")[2]
    return profession.value, unit.value, *rest.values()


def _place(cell: Made) -> str:
    return f"row {cell.row_number}, column {cell.column_number}" if cell.row_number else "field"


def _step(cell: Made) -> str:
    """A cell as steps of an IRI."""
    return f"q{question_step(cell.code)}" + (f"/{cell.path}" if cell.path else "")


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")
