"""Stored queries: SPARQL files whose first comment lines say what they ask.

    # title@en: Which treaties does Kazakhstan have, and with whom?
    # title@ru: …
    # title@kk: …
    # description@en: …
    # topic: treaties

The same file is a test of the model, an example of the query page and documentation. The topics are those
of `queries/topics.toml`.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kzlod.errors import InputError, Problem
from kzlod.syntax import diagnose
from kzlod.turtle import read_text

FOLDERS = ("competency", "examples", "charts")
TOPICS = Path("queries", "topics.toml")
_HEADER = re.compile(r"#\s*(?:(title|description)@([a-z]{2})|(topic)):\s*(\S.*)")
_COMMENTS = re.compile(r"\A(?:#.*\n)+\s*")


@dataclass(frozen=True, slots=True)
class StoredQuery:
    """A query of the repository: its name (the file's), titles and descriptions by language, topic, text."""

    name: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    topic: str
    text: str
    path: Path


def read_query(path: Path) -> StoredQuery:
    """The stored query at `path`; its topic may be empty. InputError when it has no English title."""
    text = read_text(path)
    header: dict[str, dict[str, str]] = {"title": {}, "description": {}, "topic": {}}
    for line in text.splitlines():
        if match := _HEADER.match(line):
            header[match[1] or match[3]][match[2] or ""] = match[4].strip()
        elif not line.startswith("#"):
            break
    if "en" not in header["title"]:
        raise InputError(
            Problem(
                f"{path}:1", "the query has no English title", "Begin the file with a line `# title@en: …`."
            )
        )
    topic = header["topic"].get("", "")
    return StoredQuery(path.stem, header["title"], header["description"], topic, text, path)


def read_queries(root: Path) -> list[StoredQuery]:
    """All stored queries of the repository, by name.

    InputError when two have the same name, or one has a topic that is none of the repository's.
    """
    topics = read_topics(root)
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
        if query.topic and query.topic not in topics:
            raise InputError(
                Problem(str(path), f"there is no topic {query.topic!r}", f"Take one of those in {TOPICS}.")
            )
        queries[query.name] = query
    return sorted(queries.values(), key=lambda query: query.name)


def read_topics(root: Path) -> Mapping[str, Mapping[str, str]]:
    """The topics of stored queries with their titles by language, in their order; none without the file."""
    path = root / TOPICS
    if not path.is_file():
        return {}
    try:
        found = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(Problem(str(path), str(error), "Mend the file.")) from error
    return {name: {code: str(title) for code, title in titles.items()} for name, titles in found.items()}


def without_header(text: str) -> str:
    """The text of a query without the comment lines with which it begins."""
    return _COMMENTS.sub("", text)


def error_place(error: SyntaxError, query: str, prefixes: Mapping[str, str] | None = None) -> tuple[str, str]:
    """Where a query is malformed of which pyoxigraph said so, as `line:column`, and what is wrong there."""
    message, line, column = diagnose(query, str(error.msg), prefixes=prefixes)
    return f"{line or 1}:{column or 1}", message
