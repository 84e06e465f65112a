"""The statistics: the charts of a release by topic with their tables, and the questions that were asked.

`/statistics` shows all, `/statistics/NAME` one chart, `/statistics/NAME.LANG.svg` its picture, and
`/statistics/NAME.narrow.LANG.svg` that for narrow screens. Rows and pictures were made with the release
(kzlod.release.charts): no page asks the engine.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from kzlod.namespaces import PREFIXES
from kzlod.release.specifications import FOLDER, NARROW, WIDE, picture_name
from kzlod.web.bindings import value as value_of
from kzlod.web.examples import FORMATS
from kzlod.web.i18n import DEFAULT, LANGUAGES, Texts
from kzlod.web.index import natural
from kzlod.web.names import Namer, Value
from kzlod.web.pictures import policy
from kzlod.web.problems import Problem
from kzlod.web.reading import Reader
from kzlod.web.render import page_of
from kzlod.web.responses import answer
from kzlod.web.routing import Routes
from kzlod.web.state import web_of
from kzlod.web.stored import read_examples
from kzlod.web.structured import tables_block
from kzlod.web.tables import NUMBERS

QUESTIONS = "questions-and-figures"
"""The table of the questions; its columns are chapter, question, code, figures, answers and missing."""

_DATE = re.compile(r"\d{4}(?:-\d\d){0,2}")
_TRUTH = PREFIXES["xsd"] + "boolean"

Binding = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Picture:
    """The address of a picture with its width and height in pixels."""

    address: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, and its kind: `number`, `date`, or empty for others."""

    heading: str
    kind: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with the table of what it shows. `alternative` says in words what is to be seen.

    Each row has its value last, linked to what states it. `narrow` is the picture for narrow screens, if the
    release has one.
    """

    name: str
    query: str
    title: str
    description: str
    alternative: str
    picture: Picture
    narrow: Picture | None
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """Charts that belong together."""

    title: str
    charts: tuple[Chart, ...]


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question with how many figures, other answers and empty or lost places the answers to it have."""

    thing: Value
    code: str
    figures: int
    answers: int
    missing: int


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of a questionnaire with its questions."""

    thing: Value
    questions: tuple[QuestionLine, ...]


def read_topics(reader: Reader, namer: Namer) -> list[Topic]:
    """The charts of a release by topic; none for a release that was made without."""
    found = []
    for topic in _stated(reader).get("topics", ()):
        entries = [entry for entry in topic["charts"] if _rows_of(reader, entry["name"])]
        if entries:
            charts = tuple(_chart(reader, entry, namer) for entry in entries)
            found.append(Topic(_said(topic["title"], namer.language), charts))
    return found


def charts_with(reader: Reader, namer: Namer, column: str, iri: str) -> list[Chart]:
    """The charts that have a thing in a column."""
    return [
        _chart(reader, entry, namer)
        for entry in _entries(reader)
        if any(row.get(column, {}).get("value") == iri for row in _rows_of(reader, entry["name"]))
    ]


def stated_rows(reader: Reader, name: str) -> tuple[Mapping[str, Any], Sequence[Binding]] | None:
    """What the manifest says of a chart, and its rows; None when the release was made without it."""
    entry = next((one for one in _entries(reader) if one["name"] == name), None)
    return (entry, _rows_of(reader, name)) if entry else None


def read_chapters(reader: Reader, namer: Namer) -> list[Chapter]:
    """The questions by chapter; none for a release that was made without their table."""
    chapters: dict[str, list[QuestionLine]] = {}
    for row in _rows_of(reader, QUESTIONS):
        line = QuestionLine(
            namer.thing(row["question"]["value"]),
            row["code"]["value"],
            *(int(row[name]["value"]) for name in ("figures", "answers", "missing")),
        )
        chapters.setdefault(row["chapter"]["value"], []).append(line)
    return [
        Chapter(namer.thing(iri), tuple(sorted(lines, key=lambda one: natural(one.code))))
        for iri, lines in sorted(chapters.items(), key=lambda one: natural(one[0]))
    ]


def _chart(reader: Reader, entry: Mapping[str, Any], namer: Namer) -> Chart:
    language = namer.language
    title, description = (_said(entry.get(name), language) for name in ("title", "description"))
    bindings = _rows_of(reader, entry["name"])
    value, evidence = entry["value"], entry["evidence"]
    names = [name for name in _columns_of(reader, entry["name"]) if name not in (value, evidence)]
    columns = tuple(
        Column(_said(entry["headings"].get(name), language) or name, _kind(bindings, name))
        for name in (*names, value)
    )
    rows = tuple(_row(binding, names, value, evidence, namer) for binding in bindings)
    named = [
        place for place, name in enumerate(names) if _names(bindings, name) and name != entry.get("places")
    ]
    wide, narrow = pictures_of(entry, language)
    return Chart(
        entry["name"],
        entry["query"],
        title,
        description,
        _alternative(namer.texts, title, columns[-1].heading, bindings, rows, value, named),
        wide,
        narrow,
        columns,
        rows,
    )


def pictures_of(entry: Mapping[str, Any], language: str) -> tuple[Picture, Picture | None]:
    """The pictures of a chart in a language, for wide and for narrow screens, from what the manifest says."""

    def made(variant: str, sizes: Mapping[str, Sequence[int]]) -> Picture:
        width, height = sizes.get(language) or sizes[DEFAULT]
        return Picture(f"/statistics/{picture_name(entry['name'], language, variant)}", width, height)

    narrow = entry.get("sizes_narrow")
    return made(WIDE, entry["sizes"]), made(NARROW, narrow) if narrow else None


def _kind(bindings: Sequence[Binding], name: str) -> str:
    """Whether a column has numbers or dates."""
    terms = [binding[name] for binding in bindings if name in binding]
    if terms and all(term.get("datatype") in NUMBERS for term in terms):
        return "number"
    return "date" if terms and all(_DATE.fullmatch(term["value"]) for term in terms) else ""


def _names(bindings: Sequence[Binding], name: str) -> bool:
    """Whether a column tells what a row is about, rather than counts or truth values."""
    return not any(
        binding[name].get("datatype") in (_TRUTH, *NUMBERS) for binding in bindings if name in binding
    )


def _row(
    binding: Binding, names: Sequence[str], value: str, evidence: str, namer: Namer
) -> tuple[Value | None, ...]:
    cells = [value_of(namer, binding[name]) if name in binding else None for name in names]
    number = value_of(namer, binding[value]) if value in binding else None
    if number and evidence in binding:
        stated = value_of(namer, binding[evidence])
        number = Value(number.name, stated.href, number.kind, stated.name.text)
    return (*cells, number)


def _alternative(
    strings: Texts,
    title: str,
    heading: str,
    bindings: Sequence[Binding],
    rows: Sequence[Sequence[Value | None]],
    value: str,
    named: Sequence[int],
) -> str:
    """A sentence that says what a chart shows: of what, how many values, from where to where."""
    numbered = [
        (float(binding[value]["value"]), row)
        for binding, row in zip(bindings, rows, strict=True)
        if value in binding and row[-1]
    ]
    if not numbered:
        return title
    least, most = (chosen(numbered, key=lambda one: one[0])[1] for chosen in (min, max))
    return strings(
        "statistics.alternative",
        title=title,
        heading=heading,
        values=strings.number(len(numbered)),
        least=_number(least),
        of_least=_place(least, named),
        most=_number(most),
        of_most=_place(most, named),
    )


def _number(row: Sequence[Value | None]) -> str:
    return row[-1].name.text if row[-1] else ""


def _place(row: Sequence[Value | None], named: Sequence[int]) -> str:
    return ", ".join(cell.name.text for cell in map(row.__getitem__, named) if cell)


def _stated(reader: Reader) -> Mapping[str, Any]:
    """What the manifest says of charts; nothing when the release was made without."""
    found = reader.manifest.get("statistics")
    return found if isinstance(found, Mapping) else {}


def _entries(reader: Reader) -> Iterator[Mapping[str, Any]]:
    for topic in _stated(reader).get("topics", ()):
        yield from topic["charts"]


def _said(value: object, language: str) -> str:
    return str(value.get(language) or value.get(DEFAULT) or "") if isinstance(value, Mapping) else ""


def _rows_of(reader: Reader, name: str) -> Sequence[Binding]:
    return _read(reader.path / FOLDER / f"{name}.json")[1]


def _columns_of(reader: Reader, name: str) -> Sequence[str]:
    return _read(reader.path / FOLDER / f"{name}.json")[0]


@lru_cache(maxsize=64)
def _read(file: Path) -> tuple[Sequence[str], Sequence[Binding]]:
    """Columns and rows of a file of a release, which never changes; none where there is no file."""
    if not file.is_file():
        return (), ()
    found = json.loads(file.read_text("utf-8"))
    return found["head"]["vars"], found["results"]["bindings"]


def overview(request: Request) -> Response:
    """All charts by topic, and the questions."""
    public = web_of(request).site.settings.public_url

    def make(reader: Reader, namer: Namer) -> dict[str, Any]:
        topics = read_topics(reader, namer)
        queries = [one.query for topic in topics for one in topic.charts]
        return {
            "topics": topics,
            "chapters": read_chapters(reader, namer),
            "structured": tables_block(reader.manifest, namer.texts, public, queries),
        }

    return page_of(request, "statistics.html", make)


def chart(request: Request) -> Response:
    """One chart with its table, its query, and its files."""
    name = str(request.path_params["name"])
    snapshot = web_of(request).snapshot()

    def make(reader: Reader, namer: Namer) -> dict[str, Any]:
        shown = _chart(reader, _entry(reader, name), namer)
        asked = [one for one in read_examples(snapshot, namer.language) if one.name == shown.query]
        return {
            "chart": shown,
            "asked": asked[0] if asked else None,
            "files": [(suffix.upper(), f"/examples/{shown.query}.{suffix}") for suffix in FORMATS],
            "pictures": [(code, f"/statistics/{name}.{code}.svg") for code in LANGUAGES],
        }

    return page_of(request, "statistic.html", make)


def picture(request: Request) -> Response:
    """The picture of a chart in the language that the address names."""
    asked, _, language = str(request.path_params["name"]).rpartition(".")
    name = asked.removesuffix(f".{NARROW}")
    snapshot = web_of(request).snapshot()
    _entry(snapshot.reader, name)
    file = snapshot.release.path / FOLDER / f"{asked}.{language}.svg"
    if language not in LANGUAGES or not file.is_file():
        extras = {"nearest": f"/statistics/{name}"}
        raise Problem.of(404, "no_picture", {"known": ", ".join(LANGUAGES)}, extras=extras)
    headers = {"Content-Security-Policy": policy(file), "Content-Language": language}
    etag = snapshot.etag("picture", asked, language)
    return answer(request, file.read_bytes, "image/svg+xml; charset=utf-8", etag, headers)


def chart_names(reader: Reader) -> list[str]:
    """The names of the charts that have a page."""
    return [str(one["name"]) for one in _entries(reader) if _rows_of(reader, one["name"])]


def _entry(reader: Reader, name: str) -> Mapping[str, Any]:
    """What the manifest says of a chart; Problem 404 when it has no such chart."""
    found = next((one for one in _entries(reader) if one["name"] == name), None)
    if found is None or not _rows_of(reader, name):
        raise Problem.of(404, "no_chart", extras={"nearest": "/statistics"})
    return found


ROUTES: Routes = [
    ("/statistics", overview),
    ("/statistics/{name}.svg", picture),
    ("/statistics/{name}", chart),
]
