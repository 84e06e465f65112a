"""A specification for narrow screens: panels and labels beneath each other, in the width of a phone."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from kzlod.release.specifications import BETWEEN, LINE, Row, offsets

LETTERS = 42
"""After how many letters the labels of things go on in another line."""

_WIDTH = 290  # of what is drawn, in pixels; what stands beside it needs the rest of a phone
_LETTER = 7.5  # the width of a letter of a heading, in pixels
_FLATTEST = 0.75  # height by width of what has a fixed height
_BESIDE = 120  # labels that need less room than this stay beside what they name
_MARK = 15  # the height of a bar or a mark
_PADDING = {"left": 5, "top": 5, "right": 12, "bottom": 5}


def narrow(specification: Mapping[str, Any], lines: int) -> dict[str, Any]:
    """A filled specification made narrow; `lines` is how many its longest label has.

    Panels stand beneath each other, each with its axis, and long labels above what they name.
    """
    found = _part(_stacked(specification), specification["data"]["values"], lines)
    return {**found, "padding": _PADDING}


def _stacked(whole: Mapping[str, Any]) -> Mapping[str, Any]:
    """A specification whose panels, if it has any, are rows."""
    facet = whole.get("facet")
    if not facet:
        return whole
    sides = [facet[side] for side in ("row", "column") if side in facet]
    name = " + '. ' + ".join(f"datum['{side['field']}']" for side in sides)
    scale = {**whole.get("resolve", {}).get("scale", {}), "y": "independent"}
    header = {
        "labelAngle": 0,
        "labelAnchor": "start",
        "labelOrient": "top",
        "labelFontSize": 13,
        "labelExpr": _wrapped(_width(whole["spec"])),
    }
    return {
        **whole,
        "transform": [*whole.get("transform", ()), {"calculate": name, "as": "panel"}],
        "facet": {"row": {**sides[0], "field": "panel", "header": header}},
        "resolve": {"scale": scale, "axis": {"x": "independent"}},
    }


def _part(value: Any, rows: Sequence[Row], lines: int) -> Any:
    """A part of a specification, the titles of axes, keys, width and height made narrow."""
    if isinstance(value, list):
        return [_part(inner, rows, lines) for inner in value]
    if not isinstance(value, dict):
        return value
    found = {name: inner if name == "data" else _part(inner, rows, lines) for name, inner in value.items()}
    if isinstance(found.get("title"), str):
        found["title"] = textwrap.wrap(found["title"], LETTERS)
    for name in ("color", "shape"):
        if isinstance(found.get(name), dict) and found[name].get("type") == "nominal":
            found[name] = {**found[name], "legend": {"labelExpr": _wrapped(_WIDTH)}}
    axis = found["x"].get("axis") if isinstance(found.get("x"), dict) else None
    if axis:
        found["x"] = {**found["x"], "axis": {**axis, "labelOverlap": "greedy", "labelSeparation": 6}}
    if "width" in found and "height" in found:
        return _fixed(found) if isinstance(found["height"], int) else _rowed(found, rows, lines)
    return found


def _fixed(unit: Mapping[str, Any]) -> dict[str, Any]:
    height = max(unit["height"] * _WIDTH // unit["width"], round(_FLATTEST * _WIDTH))
    return {**unit, "width": _WIDTH, "height": height}


def _rowed(unit: Mapping[str, Any], rows: Sequence[Row], lines: int) -> dict[str, Any]:
    """A chart of rows: their long labels above them, where the rows leave room for it."""
    y = unit["encoding"]["y"]
    width = _width(unit)
    if width < _WIDTH:
        return {**unit, "width": width}
    count = offsets(unit["encoding"], rows)
    marks = count * unit["height"]["step"] if count > 1 else _MARK
    label = lines * LINE + BETWEEN
    share = label / (label + marks)
    lifted = f"{-marks / 2 - 3} - {LINE} * (length(split(datum.label, '\\n')) - 1)"
    axis = {
        **y["axis"],
        "labelAlign": "left",
        "labelBaseline": "bottom",
        "labelPadding": 0,
        "labelOffset": {"condition": {"test": "true", "expr": lifted}, "value": 0},
        "minExtent": 0,
        "maxExtent": 0,
        "zindex": 1,
    }
    scale = {"type": "band", "paddingInner": share, "paddingOuter": share}
    return {
        **unit,
        "width": _WIDTH,
        "height": unit["height"] if count > 1 else {"step": label + marks},
        "encoding": {**unit["encoding"], "y": {**y, "axis": axis, "scale": scale}},
    }


def _width(unit: Mapping[str, Any]) -> int:
    """The width of a chart, beside whose rows short labels stay."""
    beside = unit["encoding"]["y"]["axis"].get("minExtent", 0)
    return _WIDTH - beside if beside < _BESIDE else _WIDTH


def _wrapped(width: int) -> str:
    """The expression for the lines of a label that has so much room."""
    lines = f"regexp('(.{{1,{int(width / _LETTER)}}})( |$)', 'g')"
    return rf"split(trim(replace(datum.label, {lines}, '$1\n')), '\n')"
