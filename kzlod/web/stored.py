"""The stored queries of a release as the pages show them: texts in the reader's language, by topic."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kzlod.queries import without_header
from kzlod.web.i18n import DEFAULT, texts
from kzlod.web.narrowing import columns
from kzlod.web.problems import Problem
from kzlod.web.state import Snapshot

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
"""What a stored query may be called."""


@dataclass(frozen=True, slots=True)
class Example:
    """A stored query: its name, title, description, topic, whole text, and columns."""

    name: str
    title: str
    description: str
    topic: str
    text: str
    columns: tuple[str, ...]

    @property
    def query(self) -> str:
        """The text without the lines in which the query says what it asks."""
        return without_header(self.text)

    @property
    def edit(self) -> str:
        """The query page's address with the query."""
        return f"/query?example={self.name}"


@dataclass(frozen=True, slots=True)
class Topic:
    """Some stored queries under a title; `name` is empty for those without a topic."""

    name: str
    title: str
    examples: tuple[Example, ...]


def read_examples(snapshot: Snapshot, language: str) -> list[Example]:
    """The queries that the manifest names, read from the release, with titles in a language."""
    folder = snapshot.release.path / "queries"
    listed = snapshot.reader.manifest.get("queries")
    if not isinstance(listed, list):
        listed = [{"file": path.name} for path in sorted(folder.glob("*.rq"))] if folder.is_dir() else []
    found = []
    for entry in listed:
        name = str(entry["file"]).removesuffix(".rq")
        file = folder / f"{name}.rq"
        if NAME.fullmatch(name) and file.is_file():
            text, names = _read(file)
            title, description = (_said(entry.get(key), language) for key in ("title", "description"))
            topic = str(entry.get("topic") or "")
            found.append(Example(name, title or name, description, topic, text, names))
    return found


def find_example(snapshot: Snapshot, name: str, language: str) -> Example:
    """The stored query of a name; Problem 404 when there is none."""
    found = next((one for one in read_examples(snapshot, language) if one.name == name), None)
    if found is None:
        raise Problem.of(404, "no_example", extras={"nearest": "/examples"})
    return found


def by_topic(snapshot: Snapshot, language: str, other: str) -> list[Topic]:
    """The queries by the topics of the manifest, in its order; last, under `other`, those without one."""
    examples = read_examples(snapshot, language)
    listed: Sequence[Mapping[str, object]] = snapshot.reader.manifest.get("topics") or []
    titles = {str(one["name"]): _said(one.get("title"), language) or str(one["name"]) for one in listed}
    topics = [
        Topic(name, title, tuple(one for one in examples if one.topic == name))
        for name, title in titles.items()
    ]
    rest = Topic("", other, tuple(one for one in examples if one.topic not in titles))
    return [one for one in (*topics, rest) if one.examples]


def on_topic(snapshot: Snapshot, language: str, topic: str) -> list[Example]:
    """The queries of one topic, by their titles."""
    found = [one for one in read_examples(snapshot, language) if one.topic == topic]
    return sorted(found, key=lambda one: texts(language).order(one.title))


@lru_cache(maxsize=1024)
def _read(file: Path) -> tuple[str, tuple[str, ...]]:
    """Text and columns of a query of a release, which never changes."""
    text = file.read_text("utf-8")
    return text, columns(text)


def _said(value: object, language: str) -> str:
    """A text of the manifest, which has one for all languages or one for each; empty when it has none."""
    if isinstance(value, Mapping):
        return str(value.get(language) or value.get(DEFAULT) or "")
    return str(value or "")
