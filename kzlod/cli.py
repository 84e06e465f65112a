"""The command line: one command a task, all of them with `--help`."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from kzlod.errors import KzlodError

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="KZLOD: Kazakhstan's international criminal-justice cooperation as linked open data.\n\n"
    "Data flow one way: documents → data/ → release/ → the server. "
    "Start with [bold]kzlod release[/bold], then [bold]kzlod serve[/bold].",
)
out = Console()
err = Console(stderr=True)

Root = Annotated[
    Path, typer.Option("--root", help="The repository; by default the one that the current folder lies in.")
]
Documents = Annotated[Path, typer.Argument(metavar="DIR", help="The folder with the documents' text files.")]


def main() -> None:
    """Runs the command line; an error that a person can act on is printed without a traceback."""
    try:
        app()
    except KzlodError as error:
        for problem in error.problems[:50]:
            err.print(f"[red]✗[/red] {_escape(problem.where)}", highlight=False, soft_wrap=True)
            err.print(f"  {_escape(problem.what)}", highlight=False, soft_wrap=True)
            if problem.remedy:
                err.print(f"  [dim]→ {_escape(problem.remedy)}[/dim]", highlight=False, soft_wrap=True)
        if len(error.problems) > 50:
            err.print(f"… and {len(error.problems) - 50} more")
        raise SystemExit(1) from None


def _escape(text: str) -> str:
    """Text that rich prints as it is."""
    from rich.markup import escape

    return escape(text)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Shows the step that is being done; yields the function that names the next one."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def step(name: str) -> None:
            bar.update(task, description=f"{name} …")
            if not err.is_terminal:
                err.print(f"{name} …")

        yield step


@app.command()
def release(
    root: Root = Path(),
    to: Annotated[
        Path | None, typer.Option(help="Where releases go; by default release/ in the repository.")
    ] = None,
) -> None:
    """Make a release: read, validate, entail, write, and make it the current one.

    The same files give the same release, byte for byte; what exists already is not made again.
    A release that fails or is killed leaves the current one as it was.
    """
    from kzlod.release.build import build_release
    from kzlod.repository import find_root

    root = find_root(root)
    with progress() as step:
        made, is_new = build_release(root, to or root / "release", step)
    verb = "made" if is_new else "is up to date"
    triples, graphs = made.manifest["triples"], len(made.manifest["graphs"])
    out.print(
        f"Release [bold]{made.id}[/bold] {verb}: {triples:,} statements in {graphs} graphs, {made.path}",
        soft_wrap=True,
    )


@app.command()
def validate(root: Root = Path()) -> None:
    """Check ontology, vocabulary, data and links as a release would, and write nothing."""
    from kzlod.checks.validate import Stamps
    from kzlod.release.build import validate as validate_repository
    from kzlod.repository import find_root

    with progress() as step:
        _, graphs = validate_repository(find_root(root), Stamps(None), step)
    table = Table("graph", "statements")
    for iri, triples in sorted(graphs.items()):
        table.add_row(iri, f"{len(triples):,}")
    out.print(table)
    out.print("[green]All checks passed.[/green]")


@app.command()
def cite(
    documents: Documents,
    find: Annotated[
        str | None, typer.Option(help="Print the citation of these words instead of writing.")
    ] = None,
    root: Root = Path(),
) -> None:
    """Write what every citation says of itself: its lines, its hash and where to find it.

    Enter data with the IRI of a citation (…/text/{hash}/chars/{start}-{end}); this command describes
    all of them in citations.ttl beside the data. With --find it prints the offsets of a passage.
    """
    from kzlod import reports
    from kzlod.repository import find_root

    if find is not None:
        reports.show_passages(out, documents, find)
        return
    for path, number in reports.write_citations(find_root(root), documents):
        out.print(f"{path}: {number} citations", soft_wrap=True)


@app.command()
def provisions(root: Root = Path()) -> None:
    """Write what every provision's IRI says of it: its kind, number, container and instrument.

    Enter data with the IRI of a provision (…/art/367/note/2); this command describes all of them in
    provisions.ttl beside the data.
    """
    from kzlod import reports
    from kzlod.repository import find_root

    for path, number in reports.write_provisions(find_root(root)):
        out.print(f"{path}: {number} provisions", soft_wrap=True)


@app.command()
def verify_citations(documents: Documents, root: Root = Path()) -> None:
    """Recompute every citation from the documents in DIR and list those that do not match.

    Exit status 1 when a citation is wrong, or when none could be checked.
    """
    from kzlod import reports
    from kzlod.repository import find_root

    if not reports.verify_citations(out, find_root(root), documents):
        raise typer.Exit(1)


@app.command()
def coverage(documents: Documents, root: Root = Path()) -> None:
    """Show how complete the data are, by document and section.

    Lists every sentence with a word that no citation covers, and compares the items that can be
    counted in the text (data/…/coverage.toml says how) with the things in the graph.
    Exit status 1 when something is uncovered or missing without an explanation.
    """
    from kzlod import reports
    from kzlod.repository import find_root

    if not reports.coverage(out, find_root(root), documents):
        raise typer.Exit(1)


ingest_app = typer.Typer(
    no_args_is_help=True,
    help="Read a document of a known form and write it as data: one command a form, for any country.",
)
app.add_typer(ingest_app, name="ingest")


@ingest_app.callback()
def ingest() -> None:
    """Read a document of a known form and write it as data: one command a form, for any country."""


@ingest_app.command("cybercrime-profile")
def ingest_cybercrime_profile(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The text of the profile (UTF-8).")],
    country: Annotated[str, typer.Option(help="The country, ISO 3166-1 alpha-3, such as KAZ.")],
    out_folder: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where to write; by default data/{country}/{key}."),
    ] = None,
    date: Annotated[
        str, typer.Option(help="The date of the profile, YYYY-MM-DD, where it does not print one.")
    ] = "",
    convention: Annotated[
        str, typer.Option(help="The convention of the left column, as in id/treaty/….")
    ] = "ets-185",
    lines: Annotated[bool, typer.Option("--lines", help="Print what every line was used for.")] = False,
    root: Root = Path(),
) -> None:
    """Write a Council of Europe cybercrime legislation profile as Turtle, with a report on every line.

    Names of acts and summaries in our own words are kept beside (data/{country}/{key}/acts.toml and
    summaries/*.toml) and merged in. Running it again changes nothing unless the document or these changed.
    Everything is written, or nothing; report.json accounts for every line of the file.
    """
    from kzlod import ingesting
    from kzlod.repository import find_root

    ingesting.cybercrime_profile(
        out, find_root(root), file, country, convention, date, out_folder, show_lines=lines
    )


@ingest_app.command("cepej")
def ingest_cepej(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The text of the questionnaire (UTF-8).")],
    country: Annotated[str, typer.Option(help="The country, ISO 3166-1 alpha-3, such as KAZ.")],
    year: Annotated[str, typer.Option(help="The reference year, such as 2020.")],
    cycle: Annotated[str, typer.Option(help="The evaluation cycle, such as 2020-2022.")],
    out_folder: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where to write; by default data/{country}/cepej-{year}."),
    ] = None,
    lines: Annotated[bool, typer.Option("--lines", help="Print what every line was read as.")] = False,
    root: Root = Path(),
) -> None:
    """Write a CEPEJ questionnaire on a judicial system as a data cube, with a report on every line.

    Figures, missing values, choices and comments become cells of the questionnaire's vocabulary; what does
    not add up becomes a discrepancy. Summaries of comments are entered by hand beside, and win over what
    would be written. Running it again changes nothing. Everything is written, or nothing.
    """
    from kzlod import ingesting
    from kzlod.repository import find_root

    ingesting.cepej(out, find_root(root), file, country, cycle, year, out_folder, show_lines=lines)


@app.command()
def query(
    file: Annotated[
        str, typer.Argument(metavar="FILE|-", help="A file with a SPARQL query, or - for standard input.")
    ],
    release: Annotated[
        Path | None, typer.Option(help="A release's folder; by default the current one.")
    ] = None,
    output: Annotated[
        str, typer.Option("--format", help="table, csv, tsv, json, xml; ttl, nt, rdf, jsonld.")
    ] = "table",
    root: Root = Path(),
) -> None:
    """Run a SPARQL query on a release and print the answer.

    Our prefixes need not be declared. CSV, JSON and the others go to standard output for other programs.
    """
    from kzlod import querying
    from kzlod.release.published import current_release, open_release
    from kzlod.repository import find_root

    opened = open_release(release) if release else current_release(find_root(root) / "release")
    querying.run(out, sys.stdout.buffer, opened.store_path, querying.read(file), output)


@app.command()
def load(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="The endpoint's address for queries, as in KZLOD_ENGINE.")
    ],
    release: Annotated[
        Path | None, typer.Option(help="A release's folder; by default the current one.")
    ] = None,
    store: Annotated[
        str | None, typer.Option(help="The address for writing; found by itself for most stores.")
    ] = None,
    protocol: Annotated[
        str, typer.Option(help="gsp (Graph Store Protocol), quads (N-Quads) or update (SPARQL Update).")
    ] = "gsp",
    user: Annotated[
        str,
        typer.Option(
            metavar="NAME:PASSWORD", envvar="KZLOD_ENGINE_AUTH", help="Who may write; Basic or Digest."
        ),
    ] = "",
    piece: Annotated[int, typer.Option(help="The size of a request, in KiB.", min=64)] = 4096,
    wait: Annotated[
        float, typer.Option(help="Seconds for servers to notice that the release there goes.", min=0)
    ] = 20.0,
    again: Annotated[bool, typer.Option("--again", help="Write also what seems to be there.")] = False,
    replace_default: Annotated[
        bool, typer.Option("--replace-default", help="Replace a default graph that holds other data.")
    ] = False,
    root: Root = Path(),
) -> None:
    """Load a release into a SPARQL endpoint, from which `kzlod serve` can then answer (KZLOD_ENGINE).

    A load that was broken off goes on where it was; one that is complete is only counted. The graph
    that names the release is written last, when every statement is there. Graphs of ours that the
    release does not have are removed, those of others never.
    """
    from kzlod.engine.login import Login
    from kzlod.loading.load import Target
    from kzlod.loading.load import load as load_release
    from kzlod.loading.stores import PROTOCOLS
    from kzlod.release.published import current_release, open_release
    from kzlod.repository import find_root

    if protocol not in PROTOCOLS:
        raise typer.BadParameter(f"use one of {', '.join(PROTOCOLS)}", param_hint="--protocol")
    try:
        login = Login.read(user)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--user") from error
    opened = open_release(release) if release else current_release(find_root(root) / "release")
    target = Target(url, store, protocol, login, piece * 1024, wait, replace_default)
    with progress() as step:
        loaded = load_release(opened, target, step, again=again)
    out.print(f"Release [bold]{opened.id}[/bold] is at {url}:", soft_wrap=True)
    default = "the default graph" if loaded.own_default else "a graph of its own for the default graph"
    out.print(
        f"{len(loaded.written)} graphs written, {len(loaded.found)} found there, "
        f"{len(loaded.dropped)} removed; all counted; {default}",
        soft_wrap=True,
    )


@app.command()
def export_site(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the site is to be written.")],
    public_url: Annotated[
        str, typer.Option(help="Where the site is to be reached, without a slash at the end.")
    ] = "http://localhost",
    release: Annotated[
        Path | None, typer.Option(help="A release's folder; by default the current one.")
    ] = None,
    upstream: Annotated[
        str, typer.Option(help="The address of a running server for what files cannot answer, as SPARQL.")
    ] = "",
    jobs: Annotated[
        int | None, typer.Option(help="Processes that make pages; by default one for each processor.", min=1)
    ] = None,
    root: Root = Path(),
) -> None:
    """Write the whole site of a release as files, with a configuration for nginx that serves them.

    Every page in every language and every document in every format. Queries and search need a running
    server (--upstream); without one they are answered with 503. The same release gives the same files.
    A folder that this command wrote before is replaced when the new one is complete, any other must be empty.
    """
    from kzlod.export.site import export_site as export
    from kzlod.release.published import current_release, open_release
    from kzlod.repository import find_root

    if not re.fullmatch(r"https?://[^/?#\s\"]+", public_url):
        raise typer.BadParameter(
            "use scheme and host, such as https://data.example.org", param_hint="--public-url"
        )
    if upstream and not re.fullmatch(r"http://[\w.:\[\]-]+", upstream):
        raise typer.BadParameter("use http://HOST:PORT", param_hint="--upstream")
    opened = open_release(release) if release else current_release(find_root(root) / "release")
    with progress() as step:
        done = export(opened, folder, public_url, step, upstream=upstream, jobs=jobs)
    out.print(
        f"Release [bold]{done.release}[/bold] is in {done.path}: {done.files:,} files, "
        f"{done.size / 1e6:,.0f} MB, {done.stored / 1e6:,.0f} MB compressed",
        soft_wrap=True,
    )
    for address, status in sorted(done.broken.items()):
        out.print(f"A page links to {address}, which answers {status}.", markup=False, soft_wrap=True)
    out.print(f"For nginx, in http: include {done.path}/nginx/site.conf;", markup=False, soft_wrap=True)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=0, max=65535)] = 8000,
    release: Annotated[
        Path | None, typer.Option(help="A release's folder; by default the current one.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Serve this N-Quads file as it is, without release checks.")
    ] = None,
    root: Root = Path(),
) -> None:
    """Serve pages, data documents and SPARQL.

    Without options it serves the current release, and goes over to the next one when that is made.
    """
    from kzlod.repository import find_root
    from kzlod.serving import run

    if data is not None and release is not None:
        raise typer.BadParameter("use --release or --data, not both")
    releases = None if data or release else find_root(root) / "release"
    run(host, port, releases=releases, release=release, data=data)
