"""What the commands that ingest documents do and print."""

import re
from collections.abc import Sequence
from datetime import date as calendar_date
from pathlib import Path

import pyoxigraph as ox
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kzlod.errors import InputError, Problem
from kzlod.ingest.cybercrime.importing import Imported, import_profile, write
from kzlod.ingest.profile.report import account, table
from kzlod.ingest.questionnaire import importing as questionnaires
from kzlod.ingest.questionnaire.report import account as questionnaire_account
from kzlod.turtle import read_turtle

_SHOWN = 20


def cybercrime_profile(
    out: Console,
    root: Path,
    file: Path,
    country: str,
    convention: str,
    date: str,
    folder: Path | None,
    *,
    show_lines: bool,
) -> None:
    """Imports a cybercrime profile and prints what was found, decided, and what wants a person.

    Raises InputError for wrong options, DocumentError for a file that is no profile; then nothing is written.
    """
    _check_date(date)
    imported, target = import_profile(
        file, country, vocabulary(root), convention, date, root / "data", folder
    )
    paths = write(imported, target)
    _print(out, imported, show_lines)
    out.print(f"{len(paths)} files written to {target}", soft_wrap=True)


def cepej(
    out: Console,
    root: Path,
    file: Path,
    country: str,
    cycle: str,
    year: str,
    folder: Path | None,
    *,
    show_lines: bool,
) -> None:
    """Imports a questionnaire of the CEPEJ and prints what was found and what wants a person.

    Raises InputError for wrong options, DocumentError for a file that is no questionnaire; then nothing is
    written.
    """
    if not re.fullmatch(r"(?:19|20)\d{2}", year):
        raise InputError(Problem(f"--year {year}", "is no year", "Write it as 2020."))
    if not re.fullmatch(r"\d{4}-\d{4}", cycle):
        raise InputError(Problem(f"--cycle {cycle}", "is no evaluation cycle", "Write it as 2020-2022."))
    imported, target = questionnaires.import_questionnaire(
        file, country, cycle, year, vocabulary(root), root / "data", folder
    )
    paths = questionnaires.write(imported, target)
    document = imported.document
    record = questionnaire_account(document, imported.questionnaire)
    if show_lines:
        lines = Table("line", "read as", "question", "text")
        for line in record.lines:
            lines.add_row(str(line.number), ", ".join(line.purposes), line.question, escape(line.excerpt))
        out.print(lines)
    front = imported.questionnaire.front
    counted = Table("found", "number", title=escape(front.country.text if front.country else file.name))
    for what, number in imported.counts.items():
        counted.add_row(what, str(number))
    counted.add_row("lines of the file", str(len(record.lines)))
    counted.add_row("lines not accounted for", str(len(record.unplaced)))
    out.print(counted)
    _list(out, "not placed", [f"line {number}" for number in record.unplaced])
    _list(out, "wrong", [str(problem) for problem in imported.problems])
    _list(out, "wanting", imported.wanting)
    out.print(f"{len(paths)} files written to {target}", soft_wrap=True)


def vocabulary(root: Path) -> list[ox.Triple]:
    """The statements of the vocabulary graph."""
    return [
        triple
        for path in sorted((root / "data" / "vocabulary").rglob("*.ttl"))
        for triple in read_turtle(path, path.relative_to(root)).triples
    ]


def _check_date(date: str) -> None:
    try:
        valid = not date or bool(
            re.fullmatch(r"\d{4}-\d{2}-\d{2}", date) and calendar_date.fromisoformat(date)
        )
    except ValueError:
        valid = False
    if not valid:
        raise InputError(Problem(f"--date {date}", "is no calendar date", "Write it as 2020-05-01."))


def _print(out: Console, imported: Imported, show_lines: bool) -> None:
    """The account of an import for the terminal."""
    document, profile = imported.document, imported.profile
    if show_lines:
        out.print(table(document, profile))
    whole = account(document, profile)
    counted = Table("found", "number", title=escape(f"{profile.front.country or document.path.name}"))
    for what, number in imported.counts.items():
        counted.add_row(what, str(number))
    counted.add_row("lines of the file, all accounted for", str(len(whole.lines)))
    out.print(counted)
    _list(
        out,
        "decided",
        [
            f"line {document.line_at(decision.span.start)}: {decision.chosen}, because {decision.reason}"
            for decision in profile.decisions
        ],
    )
    _list(out, "not placed", [f"line {document.line_at(use.span.start)}" for use in whole.unplaced])
    _list(out, "wrong", [str(problem) for problem in (*imported.problems, *whole.problems)])
    _list(out, "wanting", imported.wanting)


def _list(out: Console, title: str, entries: Sequence[str]) -> None:
    """The first entries of a list; the report has them all."""
    for entry in entries[:_SHOWN]:
        out.print(f"{title}: {escape(entry)}", soft_wrap=True, highlight=False)
    if len(entries) > _SHOWN:
        out.print(f"{title}: … and {len(entries) - _SHOWN} more, all in report.json")
