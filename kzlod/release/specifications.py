"""The charts of the repository: specifications for Vega-Lite beside the stored queries that they draw.

queries/charts/overview.json   the topics in their order with their charts, and tables without a picture
queries/charts/NAME.vl.json    a specification; its `usermeta` names the query and has the words, and may name
                               files of data beside the rows

A specification finds the rows as its data: things by their labels in the language, `order` the number of the
row. A text `@word` stands for the word in the language; expressions have all words as `words`. A source of
data that is called like one of the files has what stands in it, one called `rows` has the rows.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kzlod.errors import InputError, Problem
from kzlod.queries import StoredQuery
from kzlod.turtle import read_text

FOLDER = "charts"
"""The folder of the charts, in a release and below `queries`."""

LANGUAGES = ("en", "ru", "kk")
"""The languages of the pictures."""

Row = Mapping[str, Any]
_NEEDED = (
    "`usermeta` must have `query` (the name of a stored query), `value` and `evidence` (columns) and `words` "
    f"in {', '.join(LANGUAGES)}, among them every `@word` of the specification."
)


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
    words = {name: said[language] for name, said in chart.words.items()}
    sources = {**chart.files, "rows": list(rows)}

    def put(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: source(put(inner)) if name == "data" else put(inner) for name, inner in value.items()
            }
        if isinstance(value, list):
            return [put(inner) for inner in value]
        return words[value[1:]] if isinstance(value, str) and value.startswith("@") else value

    def source(data: Any) -> Any:
        named = data.get("name") if isinstance(data, dict) else None
        return {**data, "values": sources[named]} if isinstance(named, str) and named in sources else data

    whole = {name: put(part) for name, part in chart.specification.items() if name != "usermeta"}
    parameters = [*whole.get("params", ()), {"name": "words", "value": words}]
    return {**whole, "data": {"values": list(rows)}, "params": parameters}
