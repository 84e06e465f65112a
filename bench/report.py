"""What a run found: tables in the terminal, JSON for machines, Markdown for the documentation."""

import json
import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from statistics import median

from rich import box
from rich.console import Console
from rich.table import Table

from bench.load import ROOT, Outcome
from bench.measures import (
    EMPTY,
    KZLOD,
    MEASURES,
    NATIVE,
    RDFLIB,
    SERVERS,
    UNCACHED,
    Attack,
    Figure,
    Run,
    verdicts,
)
from bench.peers import Options
from kzlod.release.published import Release
from scripts.make_docs import markdown_table, with_parts

PAGE = ROOT / "docs" / "performance.md"
_PACKAGES = {NATIVE: "oxigraph", RDFLIB: "rdflib-endpoint", EMPTY: "fastapi"}
_MEBIBYTE = 2**20
_REACHED = {True: "reached", False: "not reached", None: "not measured"}
_STYLES = {"reached": "green", "not reached": "red"}

Rows = list[list[str]]


def about(release: Release) -> dict[str, str]:
    """The circumstances of a run: data, machine, versions."""
    packages = ("pyoxigraph", "oxigraph", "rdflib-endpoint", "rdflib", "fastapi", "uvicorn")
    return {
        "release": f"{release.id}, {release.manifest['triples']:,} statements",
        "machine": f"{_processor()}, {os.cpu_count()} cores, {_memory() / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "versions": ", ".join(f"{name} {version(name)}" for name in packages),
    }


def extent(options: Options) -> str:
    """How much was asked."""
    most = f"a run ends after {options.seconds:g} s or {options.most:,} requests"
    return f"{options.rounds}, of each the median; {most}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def show(out: Console, run: Run) -> None:
    """Prints everything that a run found."""
    for name, text in run.about.items():
        out.print(f"[dim]{name}: {text}[/dim]", highlight=False)
    for title, rows in _tables(run):
        heads = [head.replace(", ", "\n") for head in rows[0]]
        table = Table(*heads, title=title, title_justify="left", box=box.SIMPLE)
        for column in table.columns[1:]:
            column.justify = "right"
        for row in rows[1:]:
            table.add_row(*row, style=_STYLES.get(row[-1]))
        out.print(table)
    for note in _notes(run):
        out.print(f"- {note}", highlight=False, markup=False)


def write_markdown(run: Run) -> None:
    """Writes the tables into their place in docs/performance.md."""
    parts = [f"- {name}: {text}" for name, text in run.about.items()]
    text = "\n".join(parts)
    for title, rows in _tables(run):
        text += f"\n\n### {title}\n\n{markdown_table(rows)}"
    if notes := list(_notes(run)):
        text += "\n\n" + "\n".join(f"- {note}" for note in notes)
    write_part("bench", text)


def write_part(name: str, text: str) -> None:
    """Writes a generated part of docs/performance.md."""
    PAGE.write_text(with_parts(PAGE.read_text("utf-8"), {name: lambda: text}), "utf-8")


def as_json(run: Run) -> str:
    """Everything that a run found, without the single latencies."""
    return json.dumps(
        {
            "about": run.about,
            "figures": [
                {
                    "measure": figure.measure,
                    "server": figure.server,
                    "connections": figure.connections,
                    "throughput": figure.throughput,
                    "p50": figure.percentile(0.5),
                    "p99": figure.percentile(0.99),
                    "bytes_a_second": figure.bytes_a_second,
                    "wrong": figure.wrong,
                    "example": figure.example,
                    "rounds": [outcome.throughput for outcome in figure.outcomes],
                }
                for measure in MEASURES
                for figure in run.of(measure)
            ],
            "cold_start": run.cold_starts,
            "memory": run.memory,
            "attacks": [
                {
                    "server": attack.server,
                    "alive": attack.alive,
                    "ratio": attack.ratio,
                    **{
                        name: {
                            "p50": outcome.percentile(0.5),
                            "p99": outcome.percentile(0.99),
                            "statuses": outcome.statuses,
                            "wrong": outcome.wrong,
                        }
                        for name, outcome in _sides(attack)
                    },
                }
                for attack in run.attacks
            ],
            "left_out": run.left_out,
            "targets": [asdict(verdict) for verdict in verdicts(run)],
        },
        indent=1,
    )


def _sides(attack: Attack) -> Iterator[tuple[str, Outcome]]:
    yield from (("calm", attack.calm), ("attacked", attack.attacked), ("attacker", attack.attacker))


def _tables(run: Run) -> Iterator[tuple[str, Rows]]:
    """Title and rows, the header first, of each table."""
    if run.figures:
        yield (
            "Targets",
            [
                ["throughput of", "target", "found", ""],
                *([one.text, one.target, one.found, _REACHED[one.reached]] for one in verdicts(run)),
            ],
        )
        yield "Throughput and latency", list(_figures(run))
    if run.cold_starts:
        yield "Start and memory", list(_starts(run))
    if run.attacks:
        yield "Under attack", list(_attacks(run.attacks))


def _figures(run: Run) -> Iterator[list[str]]:
    numbers = sorted({figure.connections for figure in run.figures.values()})
    heads = [f"{head}, {number} conn." for number in numbers for head in ("answers/s", "p50 ms", "p99 ms")]
    yield ["measure", "server", *heads, "KZLOD is"]
    for measure in MEASURES:
        found = {(figure.server, figure.connections): figure for figure in run.of(measure)}
        for server in SERVERS:
            mine = [found.get((server, number)) for number in numbers]
            if any(mine):
                cells = [cell for figure in mine for cell in _cells(figure)]
                yield [measure, server, *cells, _ratio(found, server, numbers[-1])]


def _cells(figure: Figure | None) -> list[str]:
    if figure is None:
        return ["", "", ""]
    speed = f"{number(figure.throughput)}" + (f" ({figure.wrong} wrong)" if figure.wrong else "")
    return [speed, milliseconds(figure.percentile(0.5)), milliseconds(figure.percentile(0.99))]


def _ratio(found: dict[tuple[str, int], Figure], server: str, connections: int) -> str:
    """How many times the throughput of a server KZLOD has, uncached where that was measured."""
    theirs = found.get((server, connections))
    ours = found.get((UNCACHED, connections)) or found.get((KZLOD, connections))
    if server in (KZLOD, UNCACHED) or not ours or not theirs or not theirs.throughput:
        return ""
    return f"× {number(ours.throughput / theirs.throughput)}"


def _starts(run: Run) -> Iterator[list[str]]:
    yield ["server", "start to first right answer, s", "memory after start, MiB", "memory after all, MiB"]
    for server in SERVERS:
        if server in run.cold_starts:
            before, after = run.memory[server]
            start = f"{median(run.cold_starts[server]):.2f}"
            yield [server, start, f"{before / _MEBIBYTE:.0f}", f"{after / _MEBIBYTE:.0f}"]


def _attacks(attacks: Sequence[Attack]) -> Iterator[list[str]]:
    yield [
        "server",
        "p50 ms, calm",
        "p99 ms, calm",
        "p50 ms, attacked",
        "p99 ms, attacked",
        "not answered",
        "p99 ratio",
    ]
    for one in attacks:
        times = [
            milliseconds(side.percentile(share)) for side in (one.calm, one.attacked) for share in (0.5, 0.99)
        ]
        asked = sum(one.attacked.statuses.values())
        yield [
            one.server,
            *times,
            f"{one.attacked.wrong} of {asked}",
            f"{one.ratio:.2f}" if one.ratio else "no answer",
        ]


def _notes(run: Run) -> Iterator[str]:
    """What the tables do not say: wrong answers, servers that died or were left out."""
    for figure in run.figures.values():
        if figure.wrong:
            yield f"{figure.server}, {figure.measure}, {figure.connections} connections: {figure.example}"
    for attack in run.attacks:
        answers = ", ".join(
            f"{status}: {number}" for status, number in sorted(attack.attacker.statuses.items())
        )
        state = "went on" if attack.alive else "had ended when the attack was over"
        yield f"{attack.server} {state}; answers to the attacker by status (0: none): {answers}"
    for server, reason in run.left_out.items():
        yield f"{server} is left out: {reason}"


def number(value: float) -> str:
    """A number with three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def milliseconds(seconds: float | None) -> str:
    """A time in milliseconds, or nothing."""
    return "" if seconds is None else number(seconds * 1000)
