"""Charts of a release: what stored queries answer, as rows and as pictures, so that pages need no query.

release/<id>/charts/NAME.json      the rows: SPARQL results in JSON
release/<id>/charts/NAME.LANG.svg  the picture in one language; NAME.narrow.LANG.svg for narrow screens
"""

import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kzlod.errors import InputError, Problem
from kzlod.labels import Label, read_labels
from kzlod.namespaces import PREFIXES
from kzlod.queries import StoredQuery
from kzlod.release.drawing import draw
from kzlod.release.narrow import LETTERS, narrow
from kzlod.release.specifications import (
    FOLDER,
    LANGUAGES,
    NARROW,
    VARIANTS,
    WIDE,
    Chart,
    Overview,
    Row,
    filled,
    longest,
    picture_name,
)

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_XSD = PREFIXES["xsd"]
_WHOLE = {_XSD + name for name in ("integer", "int", "long", "nonNegativeInteger")}
_FRACTIONS = {_XSD + name for name in ("decimal", "double", "float")}


def write_charts(
    overview: Overview, store_path: Path, release: Path, step: Callable[[str], None]
) -> dict[str, Any]:
    """Asks the store, writes the folder of charts into the release; returns what the manifest says of it.

    A chart whose query gives no rows, or that lacks a file of other data, is left out, and `step` is told so;
    of a map also which rows have no place on it. Raises OSError when a file cannot be written, InputError
    when a specification cannot be drawn.
    """
    store = ox.Store.read_only(str(store_path))
    folder = release / FOLDER
    folder.mkdir()
    topics, left_out = [], []
    for topic in overview.topics:
        entries = []
        for chart in topic.charts:
            if chart.missing:
                left_out.append(chart.name)
                step(f"chart {chart.name} left out: {', '.join(chart.missing)} is missing")
                continue
            rows = _write_rows(store, chart.query, folder / f"{chart.name}.json")
            if rows:
                _check_columns(chart, rows[0])
                entry = _entry(chart, len(rows), _draw(store, chart, rows, folder))
                if lost := _without_place(chart, rows):
                    entry["without_place"] = lost
                    step(f"chart {chart.name}: no place on the map for {', '.join(lost)}")
                entries.append(entry)
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


def _check_columns(chart: Chart, row: Mapping[str, object]) -> None:
    for name in filter(None, (chart.value, chart.evidence, chart.places)):
        if name not in row:
            what = f"names the column {name}, which {chart.query.path} does not have"
            raise InputError(Problem(f"{chart.name}.vl.json", what, f"Its columns: {', '.join(row)}."))


def _entry(chart: Chart, rows: int, sizes: Mapping[str, Mapping[str, tuple[int, int]]]) -> dict[str, Any]:
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
        "places": chart.places,
        "sizes": sizes[WIDE],
        "sizes_narrow": sizes[NARROW],
    }


def _without_place(chart: Chart, rows: Sequence[Mapping[str, Term | None]]) -> list[str]:
    """What states the rows that a map has no place for; nothing when the chart is no map."""
    if not chart.places:
        return []
    known = {str(place[chart.places]) for place in chart.files.get("places", ())}
    return [_value(row[chart.evidence]) for row in rows if _value(row[chart.places]) not in known]


def _value(term: Term | None) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal | ox.BlankNode) else ""


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
) -> dict[str, dict[str, tuple[int, int]]]:
    """Writes the pictures of a chart; returns their widths and heights by variant and language."""
    labels = {
        term.value: read_labels(store, term.value, ox.DefaultGraph())
        for row in rows
        for term in row.values()
        if isinstance(term, ox.NamedNode)
    }
    return {
        variant: {
            language: _draw_one(chart, rows, labels, language, folder, variant) for language in LANGUAGES
        }
        for variant in VARIANTS
    }


def _draw_one(
    chart: Chart,
    rows: Sequence[Mapping[str, Term | None]],
    labels: Mapping[str, Sequence[Label]],
    language: str,
    folder: Path,
    variant: str,
) -> tuple[int, int]:
    """Writes one picture of a chart; returns its width and height."""
    slim = variant == NARROW
    wrap = dict.fromkeys(chart.wrap, LETTERS) if slim else chart.wrap
    named_rows = shown(rows, labels, language, wrap)
    title, description = (
        said.get(language) or said.get(LANGUAGES[0], "")
        for said in (chart.query.title, chart.query.description)
    )
    specification = filled(chart, named_rows, language)
    if slim:
        specification = narrow(specification, longest(chart, named_rows))
    try:
        picture = draw(specification, language, title, description)
    except ValueError as error:
        raise InputError(
            Problem(f"{chart.name}.vl.json", f"cannot be drawn: {error}", "Mend the specification.")
        ) from error
    (folder / picture_name(chart.name, language, variant)).write_text(picture.text, "utf-8")
    return picture.width, picture.height


def shown(
    rows: Sequence[Mapping[str, Term | None]],
    labels: Mapping[str, Sequence[Label]],
    language: str,
    wrap: Mapping[str, int],
) -> list[Row]:
    """Rows as a picture shows them: things by their names, numbers as such, each with its `order`.

    Things of one name are told apart by their IRIs.
    """
    names = told_apart({iri: named(iri, found, language) for iri, found in labels.items()})

    def value(column: str, term: Term) -> Any:
        if not isinstance(term, ox.NamedNode):
            return _plain(term)
        name = names[term.value]
        return _wrapped(name, wrap[column]) if column in wrap else name

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


def told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Names by IRI; those that several have are followed by the last steps of the IRI that are its own."""
    of_name: dict[str, list[str]] = {}
    for iri, name in names.items():
        of_name.setdefault(name, []).append(iri)
    found = dict(names)
    for name, iris in of_name.items():
        for count in range(1, max(map(len, iris)) if len(iris) > 1 else 0):
            tails = {iri: "/".join(re.split("[/#]", iri)[-count:]) for iri in iris}
            if len(set(tails.values())) == len(iris):
                found |= {iri: f"{name} ({tail})" for iri, tail in tails.items()}
                break
    return found


def _wrapped(text: str, letters: int) -> str:
    return "\n".join(textwrap.wrap(text, letters, break_on_hyphens=False))


def _plain(term: Term) -> Any:
    """A literal as JSON has it."""
    if not isinstance(term, ox.Literal):
        return str(term)
    if term.datatype.value in _WHOLE or (term.datatype.value == _XSD + "gYear" and term.value.isdecimal()):
        return int(term.value)
    if term.datatype.value in _FRACTIONS:
        return float(term.value)
    if term.datatype.value == _XSD + "boolean":
        return term.value in ("true", "1")
    return term.value


def _step(iri: str) -> str:
    return iri.rstrip("/#").replace("#", "/").rsplit("/", 1)[-1]
