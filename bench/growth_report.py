"""What a run of `growth` found: a table, JSON, and the plot of the documentation."""

import json
from collections.abc import Callable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from bench.growth import MEASURES, Options, Size
from bench.load import ROOT
from bench.plot import Panel, plot
from bench.report import milliseconds, number, write_part
from scripts.make_docs import markdown_table

_IMAGES = ROOT / "docs" / "images"
_MEBIBYTE = 2**20
_FLAT, _LINEAR = "to stay flat: time of an answer", "to grow with the data at most"

Row = tuple[str, Callable[[Size], float | None]]

_COSTS: Sequence[Row] = (
    ("loading, s", lambda size: size.load),
    ("disk, MiB", lambda size: size.disk / _MEBIBYTE),
    ("start to first right answer, s", lambda size: size.cold_start),
    ("memory after start, MiB", lambda size: size.memory_started / _MEBIBYTE),
    ("memory after all, MiB", lambda size: size.memory / _MEBIBYTE),
)


def show(out: Console, sizes: Sequence[Size]) -> None:
    """Prints the table, and what was wrong."""
    heads, *rows = _rows(sizes)
    table = Table(*heads, title="Growth", title_justify="left", box=box.SIMPLE)
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        table.add_row(*row)
    out.print(table)
    for size in sizes:
        for (measure, connections), outcome in size.outcomes.items():
            if outcome.wrong:
                where = f"{size.countries} countries, {measure}, {connections} connections"
                out.print(f"- {where}: {outcome.wrong} wrong, such as {outcome.example}", markup=False)


def as_json(sizes: Sequence[Size]) -> str:
    """Everything that was found, without the single latencies."""
    return json.dumps(
        [
            {
                "countries": size.countries,
                "quads": size.quads,
                "load": size.load,
                "disk": size.disk,
                "cold_start": size.cold_start,
                "memory_started": size.memory_started,
                "memory": size.memory,
                "outcomes": [
                    {
                        "measure": measure,
                        "connections": connections,
                        "throughput": outcome.throughput,
                        "p50": outcome.percentile(0.5),
                        "p99": outcome.percentile(0.99),
                        "wrong": outcome.wrong,
                    }
                    for (measure, connections), outcome in size.outcomes.items()
                ],
            }
            for size in sizes
        ],
        indent=1,
    )


def write_markdown(about: dict[str, str], sizes: Sequence[Size], options: Options) -> None:
    """Writes the table into docs/performance.md and the plot beside it."""
    country = (
        "as much as the real one has"
        if options.part == 1
        else f"one in {options.part} things of the real one"
    )
    lines = [f"- {name}: {text}" for name, text in {**about, "a country": country}.items()]
    name = "growth" if options.part == 1 else "growth-small"
    write_part(name, "\n".join(lines) + "\n\n" + markdown_table(_rows(sizes)))
    (_IMAGES / f"{name}.svg").write_text(drawn(sizes), "utf-8")


def drawn(sizes: Sequence[Size]) -> str:
    """The plot: every cost as a multiple of that of the smallest size."""
    flat = {measure: _line(sizes, _p50(measure)) for measure in MEASURES if measure != "aggregate"}
    linear = {
        "quads": _line(sizes, lambda size: size.quads),
        "loading": _line(sizes, _COSTS[0][1]),
        "disk": _line(sizes, _COSTS[1][1]),
        "start": _line(sizes, _COSTS[2][1]),
        "memory": _line(sizes, _COSTS[3][1]),
        "aggregate": _line(sizes, _p50("aggregate")),
    }
    about = "How cost grows with the number of countries; the figures are in the table."
    first = sizes[0].countries
    y_title = f"times the cost with {first} countr{'y' if first == 1 else 'ies'}"
    return plot([Panel(_FLAT, flat), Panel(_LINEAR, linear)], "countries", y_title, about)


def _line(sizes: Sequence[Size], cost: Callable[[Size], float | None]) -> list[tuple[float, float]]:
    first = cost(sizes[0])
    costs = [(size.countries, cost(size)) for size in sizes]
    return [(countries, found / first) for countries, found in costs if found and first]


def _p50(measure: str) -> Callable[[Size], float | None]:
    return lambda size: size.p50(measure)


def _rows(sizes: Sequence[Size]) -> list[list[str]]:
    """A column for each size, and how many times as much the last one costs as the first."""
    rows = [["countries", *(str(size.countries) for size in sizes), "last / first"]]
    rows.append(_row("quads", [size.quads for size in sizes], lambda count: f"{count:,.0f}"))
    rows += [_row(title, [cost(size) for size in sizes], number) for title, cost in _COSTS]
    for measure in MEASURES:
        rows.append(_row(f"{measure}, p50 ms", [size.p50(measure) for size in sizes], milliseconds))
        for connections in sorted({connections for _, connections in sizes[0].outcomes}):
            speeds = [size.outcomes[measure, connections].throughput for size in sizes]
            plural = "s" * (connections > 1)
            rows.append(_row(f"{measure}, answers/s, {connections} connection{plural}", speeds, number))
    return rows


def _row(title: str, values: Sequence[float | None], shown: Callable[[float], str]) -> list[str]:
    first, last = values[0], values[-1]
    ratio = f"× {number(last / first)}" if first and last else ""
    return [title, *("" if value is None else shown(value) for value in values), ratio]
