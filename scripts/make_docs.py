"""Writes the generated parts of the documentation: contents of the data, commands, settings, what
is watched, questions.

    .venv/bin/python scripts/make_docs.py           writes what is out of date
    .venv/bin/python scripts/make_docs.py --check   writes nothing; exit status 1 when something is

A generated part stands between two lines, `<!-- begin NAME: … -->` and `<!-- end NAME -->`.
"""

import argparse
import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from kzlod.cli import app
from kzlod.queries import StoredQuery, read_queries, read_topics, without_header
from kzlod.repository import read_repository
from kzlod.terms import LABEL, TYPE, value
from kzlod.web.accesslog import FIELDS
from kzlod.web.metrics import FIGURES, OUTCOMES, Metrics
from kzlod.web.observing import Exchange
from kzlod.web.settings import SECTIONS, Settings, variable

ROOT = Path(__file__).resolve().parent.parent
_MEBIBYTE = 1024 * 1024
_RICH = re.compile(r"\[/?bold\]")

LONGEST_ANSWER = 12  # rows that are shown in full; of a longer answer, so many:
SHOWN_OF_LONGER = 10

AN_EXCHANGE = Exchange(
    time=0,
    peer="",
    forwarded="",
    method="GET",
    path="/sparql",
    query_bytes=0,
    query="",
    agent="",
    referer="",
    status=200,
    release="",
    sent=0,
    first=0,
    seconds=0,
    cut="client",
    outcome="client-gone",
    cache="hit",
)


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """Rows, the header first, as a table in Markdown; a bar inside a cell is escaped."""
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    lines.insert(1, "| " + " | ".join("---" for _ in rows[0]) + " |")
    return re.sub(r" {2,}\|", " |", "\n".join(lines))


def settings_table() -> str:
    """The settings of the server by section, from their one definition."""
    sections: dict[str, list[list[str]]] = {}
    for name, field in Settings.model_fields.items():
        if name in SECTIONS:
            rows = sections.setdefault(SECTIONS[name], [["variable", "default", "meaning"]])
        rows.append([f"`{variable(name)}`", _shown(field.default), field.description or ""])
    return "\n\n".join(f"### {heading}\n\n{markdown_table(rows)}" for heading, rows in sections.items())


def _shown(default: object) -> str:
    """A default as one would write it into the environment; whole mebibytes said in words too."""
    if default is None or default == ():
        return ""
    if isinstance(default, tuple):
        return f"`{','.join(map(str, default))}`"
    if isinstance(default, int) and default >= _MEBIBYTE and default % _MEBIBYTE == 0:
        return f"`{default}` ({default // _MEBIBYTE} MiB)"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def log_fields() -> str:
    """The members of a record in the access log."""
    rows = [["member", "meaning"], *([f"`{name}`", meaning] for name, meaning in FIELDS.items())]
    return markdown_table(rows)


def metrics_table() -> str:
    """Every figure of ours at `/metrics`, from a registry in which each has a value."""
    metrics = Metrics(lambda: "", lambda: dict.fromkeys(FIGURES, 0.0))
    metrics.count(AN_EXCHANGE)
    metrics.read()
    rows = [["metric", "kind", "labels", "meaning"]]
    for family in metrics.registry.collect():
        if family.name.startswith("kzlod_"):
            name = family.name + {"counter": "_total", "info": "_info"}.get(family.type, "")
            labels = sorted({label for sample in family.samples for label in sample.labels} - {"le"})
            kind = "gauge" if family.type == "info" else family.type
            rows.append([f"`{name}`", kind, ", ".join(f"`{one}`" for one in labels), family.documentation])
    return markdown_table(rows)


def outcomes() -> str:
    """How queries can go."""
    return markdown_table([["outcome", "the query"], *([f"`{o}`", why] for o, why in OUTCOMES.items())])


def commands() -> str:
    """What each command does and takes, from its own help."""
    parts = []
    for name, command in _commands(typer.main.get_group(app)):
        taken = [p.metavar or p.name or "" for p in command.params if isinstance(p, TyperArgument)]
        words = " ".join(["kzlod", name, *taken])
        text = _RICH.sub("", command.help or "").strip()
        options = [
            f"- `{option.opts[0]}`: {option.help or ''}"
            for option in command.params
            if isinstance(option, TyperOption)
        ]
        parts.append("\n".join([f"### `{words}`", "", text, "", *options]))
    return "\n\n".join(parts)


def _commands(group: TyperGroup, before: str = "") -> Iterator[tuple[str, TyperCommand]]:
    """The commands of a group and of the groups in it, with their whole names."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _commands(command, f"{before}{name} ")
        elif isinstance(command, TyperCommand):
            yield f"{before}{name}", command


def contents() -> str:
    """How many things of which kind each source graph describes, with the kinds' English names."""
    repository = read_repository(ROOT)
    names = {
        value(triple.subject): value(triple.object)
        for triple in repository.graphs["ontology"].triples
        if triple.predicate == LABEL and str(triple.object).endswith("@en")
    }
    counts = {
        graph.name: Counter(
            names[value(triple.object)]
            for triple in graph.triples
            if triple.predicate == TYPE and value(triple.object) in names
        )
        for graph in repository.sources
    }
    rows = [["kind of thing", *counts]]
    kinds = sorted(set().union(*counts.values()))
    rows += [[kind, *(str(found[kind] or "") for found in counts.values())] for kind in kinds]
    return markdown_table(rows)


def questions() -> str:
    """Every competency question with its description, query and answer, by topic."""
    found = [query for query in read_queries(ROOT) if query.path.parent.name == "competency"]
    topics = {
        title["en"]: [query for query in found if query.topic == name]
        for name, title in read_topics(ROOT).items()
    }
    asked = {title: queries for title, queries in topics.items() if queries}
    contents = [_contents_of(name, queries) for name, queries in asked.items()]
    parts = [[f"### {name}", *map(_question, queries)] for name, queries in asked.items()]
    return "\n\n".join(["\n".join(contents), *(text for part in parts for text in part)])


def _contents_of(name: str, queries: Sequence[StoredQuery]) -> str:
    links = [f"  - [{query.title['en']}](#{anchor(query.title['en'])})" for query in queries]
    return "\n".join([f"- [{name}](#{anchor(name)})", *links])


def anchor(title: str) -> str:
    """The anchor that GitHub and other renderers of Markdown give a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _question(query: StoredQuery) -> str:
    path = query.path.relative_to(ROOT)
    text = without_header(query.text).strip()
    answer = list(csv.reader(io.StringIO(query.path.with_suffix(".csv").read_text("utf-8"))))
    return "\n\n".join(
        [
            f"#### {query.title['en']}",
            f"{query.description['en']} File: [`{path}`](../{path}).",
            f"```sparql\n{text}\n```",
            answer_table(answer),
        ]
    )


def answer_table(rows: Sequence[Sequence[str]]) -> str:
    """An answer, its header first, as a table; of a long one the beginning, and how much is left out."""
    header, *solutions = [[" ".join(cell.split()) for cell in row] for row in rows]
    if len(solutions) <= LONGEST_ANSWER:
        return markdown_table([header, *solutions])
    rest = len(solutions) - SHOWN_OF_LONGER
    return f"{markdown_table([header, *solutions[:SHOWN_OF_LONGER]])}\n\n… and {rest} more rows."


PARTS: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "README.md": {"contents": contents},
    "docs/running.md": {
        "commands": commands,
        "settings": settings_table,
        "log": log_fields,
        "metrics": metrics_table,
        "outcomes": outcomes,
    },
    "docs/cookbook.md": {"questions": questions},
}


def with_parts(text: str, parts: Mapping[str, Callable[[], str]]) -> str:
    """The text with its generated parts made anew; ValueError when a part has no place in it."""
    for name, make in parts.items():
        found = re.findall(rf"<!-- begin {name}:[^\n]*-->\n.*?<!-- end {name} -->", text, re.DOTALL)
        if len(found) != 1:
            raise ValueError(f"there is not exactly one place for the part {name!r}")
        begin = found[0].splitlines()[0]
        text = text.replace(found[0], f"{begin}\n\n{make()}\n\n<!-- end {name} -->")
    return text


def main() -> None:
    """Writes, or with `--check` only names, the files that are out of date."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, say what is out of date")
    check = parser.parse_args().check
    stale = []
    for name, parts in PARTS.items():
        before = (ROOT / name).read_text("utf-8")
        after = with_parts(before, parts)
        if after != before:
            stale.append(name)
            if not check:
                (ROOT / name).write_text(after, "utf-8")
    for name in stale:
        print(f"{name} {'is out of date: run scripts/make_docs.py' if check else 'written'}")
    sys.exit(1 if check and stale else 0)


if __name__ == "__main__":
    main()
