"""Stored queries: SPARQL files whose first comment lines say what they ask.

    # title@en: Which treaties does Kazakhstan have, and with whom?
    # title@ru: …
    # title@kk: …
    # description@en: …

The same file is a test of the model, an example of the query page and documentation.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kzlod.errors import InputError, Problem
from kzlod.syntax import explain
from kzlod.turtle import read_text

FOLDERS = ("competency", "examples", "charts")
_HEADER = re.compile(r"#\s*(title|description)@([a-z]{2}):\s*(\S.*)")


@dataclass(frozen=True, slots=True)
class StoredQuery:
    """A query of the repository: its name (the file's), titles and descriptions by language, text."""

    name: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    text: str
    path: Path


def read_query(path: Path) -> StoredQuery:
    """The stored query at `path`; InputError when it has no English title."""
    text = read_text(path)
    header: dict[str, dict[str, str]] = {"title": {}, "description": {}}
    for line in text.splitlines():
        if match := _HEADER.match(line):
            header[match[1]][match[2]] = match[3].strip()
        elif not line.startswith("#"):
            break
    if "en" not in header["title"]:
        raise InputError(
            Problem(
                f"{path}:1", "the query has no English title", "Begin the file with a line `# title@en: …`."
            )
        )
    return StoredQuery(path.stem, header["title"], header["description"], text, path)


def read_queries(root: Path) -> list[StoredQuery]:
    """All stored queries of the repository, by name; InputError when two have the same name."""
    queries: dict[str, StoredQuery] = {}
    for path in sorted(path for folder in FOLDERS for path in (root / "queries" / folder).glob("*.rq")):
        query = read_query(path)
        if query.name in queries:
            raise InputError(
                Problem(
                    str(path),
                    f"has the same name as {queries[query.name].path}",
                    "Rename one of the two files.",
                )
            )
        queries[query.name] = query
    return sorted(queries.values(), key=lambda query: query.name)


def error_place(error: SyntaxError) -> tuple[str, str]:
    """Where pyoxigraph found a query malformed, as `line:column`, and what it said without the place."""
    message, line, column = explain(str(error.msg))
    return f"{line or 1}:{column or 1}", message
