"""The command line of the benchmarks: `python -m bench peers` and `python -m bench growth`."""

import signal
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench import growth_report, report
from bench.growth import SIZES, Size, grow
from bench.growth import Options as Growth
from bench.measures import MEASURES
from bench.peers import QUICK, Options, compare
from bench.servers import StartError
from kzlod.cli import progress
from kzlod.errors import KzlodError
from kzlod.release.published import Release, current_release, open_release
from kzlod.repository import find_root

_SIZES = ",".join(map(str, SIZES))

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
out = Console(width=None if sys.stdout.isatty() else 140)


@app.callback()
def benchmarks() -> None:
    """Benchmarks that print ratios against named peers, measured in the same run."""


Json = Annotated[Path | None, typer.Option(metavar="FILE", help="Also write all figures as JSON.")]
Markdown = Annotated[bool, typer.Option("--markdown", help="Also write docs/performance.md.")]
Opened = Annotated[Path | None, typer.Option(help="A release; by default the current one.")]


@app.command()
def peers(
    quick: Annotated[bool, typer.Option("--quick", help="A short run that shows that all works.")] = False,
    only: Annotated[str, typer.Option(help=f"Measures, by commas: {', '.join(MEASURES)}, attack.")] = "",
    rounds: Annotated[int, typer.Option(help="Rounds, of which the median is told.", min=1)] = 3,
    seconds: Annotated[float, typer.Option(help="Longest time of one run.", min=0.1)] = 2.0,
    json: Json = None,
    markdown: Markdown = False,
    release: Opened = None,
) -> None:
    """Compare KZLOD with the servers that one would use in its place, on one data set."""
    opened = _open(release)
    options = QUICK if quick else Options(rounds=rounds, seconds=seconds)
    if only:
        wanted = [name.strip() for name in only.split(",")]
        if unknown := [name for name in wanted if name not in (*MEASURES, "attack")]:
            raise typer.BadParameter(f"there is no measure {', '.join(unknown)}")
        options = replace(options, measures=wanted)
    with tempfile.TemporaryDirectory(prefix="kzlod-bench-") as folder, progress() as step:
        found = compare(opened, Path(folder), options, step)
    found.about = {**report.about(opened), "rounds": report.extent(options)}
    report.show(out, found)
    if json:
        json.write_text(report.as_json(found), "utf-8")
    if markdown:
        report.write_markdown(found)


@app.command()
def growth(
    sizes: Annotated[str, typer.Option(help="Numbers of countries, by commas, the smallest first.")] = _SIZES,
    part: Annotated[
        int, typer.Option(help="Give a country one in so many things of the real one.", min=1)
    ] = 1,
    seconds: Annotated[float, typer.Option(help="Longest time of one run.", min=0.1)] = 4.0,
    json: Json = None,
    markdown: Markdown = False,
    release: Opened = None,
    folder: Annotated[
        Path | None, typer.Option(help="Where data are written meanwhile; by default the system's place.")
    ] = None,
) -> None:
    """Measure how cost grows with the number of countries, invented in the shape of the real one.

    200 countries as large as the real one are 70 million quads, 30 GiB on the disk while they are loaded.
    """
    opened = _open(release)
    options = Growth(sorted({int(size) for size in sizes.split(",")}), seconds, part=part)
    found: list[Size] = []
    failed = None
    with tempfile.TemporaryDirectory(prefix="kzlod-growth-", dir=folder) as place, progress() as step:
        try:
            found.extend(grow(opened, Path(place), options, step))
        except StartError as error:
            failed = error
    if found:
        growth_report.show(out, found)
    if json:
        json.write_text(growth_report.as_json(found), "utf-8")
    if markdown and found:
        growth_report.write_markdown(report.about(opened), found, options)
    if failed:
        out.print(f"[red]✗[/red] {failed}", highlight=False)
        raise typer.Exit(1)


def _open(release: Path | None) -> Release:
    return open_release(release) if release else current_release(find_root(Path.cwd()) / "release")


def main() -> None:
    """Runs the command line; an error that a person can act on is printed without a traceback."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ends servers and removes files, as Ctrl-C does
    try:
        app()
    except KzlodError as error:
        out.print(f"[red]✗[/red] {error}", highlight=False)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
