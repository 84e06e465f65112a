"""The charts of the repository: specifications for Vega-Lite beside the stored queries that they draw.

queries/charts/overview.json   the topics in their order with their charts, and tables without a picture
queries/charts/NAME.vl.json    a specification; its `usermeta` names the query and has the words, and may name
                               files of data beside the rows

A specification finds the rows as its data: things by their labels in the language, `order` the number of the
row. A text `@word` stands for the word in the language, a `{column}` in a word for what the rows have in that
column; expressions have all words as `words`. A source of data that is called like one of the files has what
stands in it, one called `rows` has the rows. A map has `@frame` and `@middle` besides the words, as
kzlod.release.framing finds them. A height by steps leaves room for the longest labels.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kzlod.errors import InputError, Problem
from kzlod.queries import StoredQuery
from kzlod.release.framing import framed
from kzlod.turtle import read_text

FOLDER = "charts"
"""The folder of the charts, in a release and below `queries`."""

LANGUAGES = ("en", "ru", "kk")
"""The languages of the pictures."""

WIDE, NARROW = "", "narrow"
VARIANTS = (WIDE, NARROW)
"""Each picture is made for wide and for narrow screens."""

Row = Mapping[str, Any]
LINE = 12
"""The height of a line of a label, in pixels."""

BETWEEN = 8
"""The room between labels, in pixels."""

_NEEDED = (
    "`usermeta` must have `query` (the name of a stored query), `value` and `evidence` (columns) and `words` "
    f"in {', '.join(LANGUAGES)}, among them every `@word` of the specification."
)


def picture_name(chart: str, language: str, variant: str = WIDE) -> str:
    """The name of the file of a picture."""
    return ".".join(filter(None, (chart, variant, language, "svg")))


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: its query and its specification.

    `value` is the column of its numbers, `evidence` that of the things that state them; `wrap` tells after
    how many letters the labels of a column go on in another line; `words` are texts by name and language,
    those called like a column its headings. `files`: other data that the specification names, by that name;
    `missing`: those of them that the repository does not have, without which the chart cannot be drawn.
    `places`: the column by which a map finds the place of a row in the file called `places`, if it is a map.
    """

    name: str
    query: StoredQuery
    specification: Mapping[str, Any]
    value: str
    evidence: str
    wrap: Mapping[str, int]
    words: Mapping[str, Mapping[str, str]]
    files: Mapping[str, Any]
    missing: tuple[str, ...]
    places: str


@dataclass(frozen=True, slots=True)
class Topic:
    """Charts that belong together, with a title by language."""

    title: Mapping[str, str]
    charts: tuple[Chart, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """All charts by topic, and the queries whose rows are kept without a picture."""

    topics: tuple[Topic, ...] = ()
    tables: tuple[StoredQuery, ...] = ()


def read_overview(root: Path, queries: Sequence[StoredQuery]) -> Overview:
    """The charts of the repository at `root`, none if it has none; InputError when a file is wrong."""
    folder = root / "queries" / FOLDER
    place = folder / "overview.json"
    specified = {path.name.removesuffix(".vl.json") for path in folder.glob("*.vl.json")}
    if not place.is_file() and not specified:
        return Overview()
    found, known = _read_json(place), {query.name: query for query in queries}
    try:
        listed = [(topic["title"], list(topic["charts"])) for topic in found["topics"]]
        tables = tuple(known[name] for name in found["tables"])
    except (KeyError, TypeError) as error:
        remedy = "Give `topics`, each with `title` and `charts`, and `tables`, the names of stored queries."
        raise InputError(Problem(str(place), f"{error} is missing", remedy)) from error
    told = Counter(name for _, names in listed for name in names)
    for name in sorted(specified | told.keys()):
        if told[name] != 1:
            what = f"names the chart {name} {told[name]} times"
            raise InputError(Problem(str(place), what, "Name each chart once."))
    topics = (
        Topic(title, tuple(_chart(folder / f"{name}.vl.json", known) for name in names))
        for title, names in listed
    )
    return Overview(tuple(topics), tables)


def _chart(path: Path, queries: Mapping[str, StoredQuery]) -> Chart:
    whole = _read_json(path)
    try:
        said = whole["usermeta"]
        files = {name: path.parent / file for name, file in said.get("files", {}).items()}
        chart = Chart(
            path.name.removesuffix(".vl.json"),
            queries[said["query"]],
            whole,
            said["value"],
            said["evidence"],
            said.get("wrap", {}),
            said["words"],
            {name: _read_data(file) for name, file in files.items() if file.exists()},
            tuple(file.relative_to(path.parent).as_posix() for file in files.values() if not file.exists()),
            said.get("places", ""),
        )
        for language in LANGUAGES:
            filled(chart, [], language)
    except (KeyError, TypeError) as error:
        raise InputError(Problem(str(path), f"{error} is missing", _NEEDED)) from error
    return chart


def _read_json(path: Path) -> dict[str, Any]:
    found = _read_data(path)
    if not isinstance(found, dict):
        raise InputError(Problem(str(path), "is no JSON object", "See the other charts."))
    return found


def _read_data(path: Path) -> Any:
    try:
        return json.loads(read_text(path))
    except ValueError as error:
        raise InputError(Problem(str(path), f"is not JSON: {error}", "Mend the file there.")) from error


def filled(chart: Chart, rows: Sequence[Row], language: str) -> dict[str, Any]:
    """The specification with its rows and the words of a language; KeyError when a word has none."""
    words = {name: _said(said[language], rows) for name, said in chart.words.items()}
    sources = {**chart.files, "rows": list(rows)}
    values = words | (_framed(chart, rows) if chart.places else {})

    def put(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: source(put(inner)) if name == "data" else put(inner) for name, inner in value.items()
            }
        if isinstance(value, list):
            return [put(inner) for inner in value]
        return values[value[1:]] if isinstance(value, str) and value.startswith("@") else value

    def source(data: Any) -> Any:
        named = data.get("name") if isinstance(data, dict) else None
        return {**data, "values": sources[named]} if isinstance(named, str) and named in sources else data

    whole = {name: put(part) for name, part in chart.specification.items() if name != "usermeta"}
    whole = _roomy(whole, rows, longest(chart, rows) * LINE + BETWEEN)
    parameters = [*whole.get("params", ()), {"name": "words", "value": words}]
    return {**whole, "data": {"values": list(rows)}, "params": parameters}


def offsets(encoding: Mapping[str, Any], rows: Sequence[Row]) -> int:
    """How many marks stand beneath each other in a row of a chart (`yOffset`)."""
    if "yOffset" not in encoding:
        return 1
    column, label = encoding["yOffset"]["field"], encoding["y"]["field"]
    known = {row[column] for row in rows if column in row}
    return len(known) or max(Counter(row.get(label) for row in rows).values(), default=1)


def longest(chart: Chart, rows: Sequence[Row]) -> int:
    """How many lines the longest label of a thing has."""
    return max((str(row.get(name, "")).count("\n") + 1 for row in rows for name in chart.wrap), default=1)


def _roomy(value: Any, rows: Sequence[Row], least: int) -> Any:
    """A part of a specification in which the rows of charts are at least so many pixels high."""
    if isinstance(value, list):
        return [_roomy(inner, rows, least) for inner in value]
    if not isinstance(value, dict):
        return value
    found = {name: inner if name == "data" else _roomy(inner, rows, least) for name, inner in value.items()}
    height = found.get("height")
    if isinstance(height, dict) and "step" in height:
        shared = offsets(found.get("encoding", {}), rows)
        found["height"] = height | {"step": max(height["step"], -(-least // shared))}
    return found


def _framed(chart: Chart, rows: Sequence[Row]) -> dict[str, Any]:
    """The part of the world that a map shows: that of its rows."""
    marked = {row.get(chart.places) for row in rows}
    return framed([place for place in chart.files.get("places", ()) if place.get(chart.places) in marked])


def _said(word: str, rows: Sequence[Row]) -> str:
    """A word with what the rows have in the columns that it names, each once."""

    def values(place: re.Match[str]) -> str:
        found = dict.fromkeys(str(row[place[1]]) for row in rows if place[1] in row)
        return " / ".join(found).replace("\n", " ")

    return re.sub(r"\{(\w+)\}", values, word)
