"""Charts of a release: what stored queries answer, as rows and as pictures, so that pages need no query.

queries/charts/overview.json       the topics in their order with their charts, and tables without a picture
queries/charts/NAME.vl.json        a Vega-Lite specification; `usermeta` names its query and has its words
release/<id>/charts/NAME.json      the rows: SPARQL results in JSON
release/<id>/charts/NAME.LANG.svg  the picture in one language

A specification finds the rows as its data: things by their labels in the language, `order` the number of the
row. A text `@word` stands for the word in the language; expressions have all words as `words`.
"""

import json
import textwrap
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kzlod.errors import InputError, Problem
from kzlod.labels import Label, read_labels
from kzlod.namespaces import PREFIXES
from kzlod.queries import StoredQuery
from kzlod.release.drawing import draw
from kzlod.turtle import read_text

FOLDER = "charts"
"""The folder of the charts, in a release and below `queries`."""

LANGUAGES = ("en", "ru", "kk")
"""The languages of the pictures."""

Row = Mapping[str, Any]
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_XSD = PREFIXES["xsd"]
_WHOLE = {_XSD + name for name in ("integer", "int", "long", "nonNegativeInteger")}
_FRACTIONS = {_XSD + name for name in ("decimal", "double", "float")}


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: its query and its specification.

    `value` is the column of its numbers, `evidence` that of the things that state them. `wrap` tells after how many letters the labels of a column go on in
    another line. `words` are texts by name and language; those called like a column are its headings.
    """

    name: str
    query: StoredQuery
    specification: Mapping[str, Any]
    value: str
    evidence: str
    wrap: Mapping[str, int]
    words: Mapping[str, Mapping[str, str]]


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
    specifications = {path.name.removesuffix(".vl.json"): path for path in folder.glob("*.vl.json")}
    if not place.is_file() and not specifications:
        return Overview()
    known = {query.name: query for query in queries}
    found = _read_json(place)
    try:
        topics = tuple(
            Topic(
                topic["title"], tuple(_chart(folder / f"{name}.vl.json", known) for name in topic["charts"])
            )
            for topic in found["topics"]
        )
        tables = tuple(known[name] for name in found["tables"])
    except (KeyError, TypeError) as error:
        raise InputError(
            Problem(
                str(place),
                f"{error} is missing",
                "Give `topics` (title, charts) and `tables` (names of queries).",
            )
        ) from error
    told = Counter(chart.name for topic in topics for chart in topic.charts)
    for name in specifications.keys() | told.keys():
        if told[name] != 1:
            raise InputError(
                Problem(str(place), f"names the chart {name} {told[name]} times", "Name each chart once.")
            )
    return Overview(topics, tables)


def _chart(path: Path, queries: Mapping[str, StoredQuery]) -> Chart:
    specification = _read_json(path)
    name = path.name.removesuffix(".vl.json")
    try:
        said = specification["usermeta"]
        query = queries[said["query"]]
        chart = Chart(
            name, query, specification, said["value"], said["evidence"], said.get("wrap", {}), said["words"]
        )
        for language in LANGUAGES:
            filled(chart, [], language)
    except (KeyError, TypeError) as error:
        raise InputError(
            Problem(
                str(path),
                f"{error} is missing",
                "`usermeta` must have `query` (the name of a stored query), `value` and `evidence` (columns) and `words` in "
                f"{', '.join(LANGUAGES)}, among them every `@word` of the specification.",
            )
        ) from error
    return chart


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_text(path))
    except ValueError as error:
        raise InputError(Problem(str(path), f"is not JSON: {error}", "Mend the file there.")) from error
    if not isinstance(found, dict):
        raise InputError(Problem(str(path), "is no JSON object", "See the other charts."))
    return found


def write_charts(
    overview: Overview, store_path: Path, release: Path, step: Callable[[str], None]
) -> dict[str, Any]:
    """Asks the store, writes the folder of charts into the release; returns what the manifest says of it.

    A chart whose query gives no rows is left out, and `step` is told so. Raises OSError when a file cannot be
    written, InputError when a specification cannot be drawn.
    """
    store = ox.Store.read_only(str(store_path))
    folder = release / FOLDER
    folder.mkdir()
    topics, left_out = [], []
    for topic in overview.topics:
        entries = []
        for chart in topic.charts:
            rows = _write_rows(store, chart.query, folder / f"{chart.name}.json")
            if rows:
                entries.append(_entry(chart, len(rows), _draw(store, chart, rows, folder)))
            else:
                left_out.append(chart.name)
                step(f"chart {chart.name} left out: its query gives no rows")
        if entries:
            topics.append({"title": topic.title, "charts": entries})
    tables = [
        {"name": query.name, "rows": len(_write_rows(store, query, folder / f"{query.name}.json"))}
        for query in overview.tables
    ]
    return {"topics": topics, "tables": tables, "left_out": left_out}


def _entry(chart: Chart, rows: int, sizes: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
    """What the manifest says of a chart."""
    return {
        "name": chart.name,
        "query": chart.query.name,
        "title": chart.query.title,
        "description": chart.query.description,
        "value": chart.value,
        "evidence": chart.evidence,
        "headings": chart.words,
        "rows": rows,
        "sizes": sizes,
    }


def _write_rows(store: ox.Store, query: StoredQuery, file: Path) -> list[dict[str, Term | None]]:
    """The solutions of a query, written as SPARQL results in JSON if there are any."""
    result = store.query(query.text)
    if not isinstance(result, ox.QuerySolutions):
        raise InputError(Problem(str(query.path), "is no SELECT", "A chart needs the rows of a SELECT."))
    names = [variable.value for variable in result.variables]
    text = result.serialize(format=ox.QueryResultsFormat.JSON) or b""
    file.write_bytes(text + b"\n")
    found = ox.parse_query_results(text, ox.QueryResultsFormat.JSON)
    if not isinstance(found, ox.QuerySolutions):  # what was written is read
        raise TypeError(type(found))
    return [{name: solution[name] for name in names} for solution in found]


def _draw(
    store: ox.Store, chart: Chart, rows: Sequence[Mapping[str, Term | None]], folder: Path
) -> dict[str, tuple[int, int]]:
    """Writes the pictures of a chart; returns their widths and heights by language."""
    labels = {
        term.value: read_labels(store, term.value, ox.DefaultGraph())
        for row in rows
        for term in row.values()
        if isinstance(term, ox.NamedNode)
    }
    sizes = {}
    for language in LANGUAGES:
        title, description = (
            said.get(language) or said.get(LANGUAGES[0], "")
            for said in (chart.query.title, chart.query.description)
        )
        specification = filled(chart, shown(rows, labels, language, chart.wrap), language)
        try:
            picture = draw(specification, language, title, description)
        except ValueError as error:
            raise InputError(
                Problem(f"{chart.name}.vl.json", f"cannot be drawn: {error}", "Mend the specification.")
            ) from error
        (folder / f"{chart.name}.{language}.svg").write_text(picture.text, "utf-8")
        sizes[language] = (picture.width, picture.height)
    return sizes


def filled(chart: Chart, rows: Sequence[Row], language: str) -> dict[str, Any]:
    """The specification of a chart with its rows and the words of a language; KeyError when a word has none."""
    words = {name: said[language] for name, said in chart.words.items()}

    def put(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: put(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [put(inner) for inner in value]
        return words[value[1:]] if isinstance(value, str) and value.startswith("@") else value

    whole: dict[str, Any] = put(
        {name: part for name, part in chart.specification.items() if name != "usermeta"}
    )
    whole["data"] = {"values": list(rows)}
    whole["params"] = [*whole.get("params", ()), {"name": "words", "value": words}]
    return whole


def shown(
    rows: Sequence[Mapping[str, Term | None]],
    labels: Mapping[str, Sequence[Label]],
    language: str,
    wrap: Mapping[str, int],
) -> list[Row]:
    """Rows as a picture shows them: things by their names, numbers as such, each with its `order`.

    Things of one name are told apart by the last step of their IRIs.
    """
    names = {iri: named(iri, found, language) for iri, found in labels.items()}
    shared = {name for name, count in Counter(names.values()).items() if count > 1}
    names = {iri: f"{name} ({_step(iri)})" if name in shared else name for iri, name in names.items()}

    def value(column: str, term: Term | None) -> Any:
        if isinstance(term, ox.NamedNode):
            text = names[term.value]
            return (
                "\n".join(textwrap.wrap(text, wrap[column], break_on_hyphens=False))
                if column in wrap
                else text
            )
        return _plain(term)

    return [
        {"order": number, **{column: value(column, term) for column, term in row.items() if term is not None}}
        for number, row in enumerate(rows)
    ]


def named(iri: str, labels: Sequence[Label], language: str) -> str:
    """The name of a thing in a language; else one in another, which is told, or the last step of its IRI."""
    for wanted in (language, LANGUAGES[0], ""):
        for label in labels:
            if label.language.split("-")[0].lower() == wanted:
                return label.text if wanted in (language, "") else f"{label.text} [{label.language}]"
    return f"{labels[0].text} [{labels[0].language}]" if labels else _step(iri)


def _plain(term: Term | None) -> Any:
    """A literal as JSON has it."""
    if not isinstance(term, ox.Literal):
        return str(term)
    if term.datatype.value in _WHOLE:
        return int(term.value)
    if term.datatype.value in _FRACTIONS:
        return float(term.value)
    if term.datatype.value == _XSD + "boolean":
        return term.value in ("true", "1")
    return term.value


def _step(iri: str) -> str:
    return iri.rstrip("/#").replace("#", "/").rsplit("/", 1)[-1]
