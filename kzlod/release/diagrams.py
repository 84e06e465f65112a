"""Diagrams of the ontology, drawn from the ontology itself: the classes, and what each main class leads to.

release/<id>/diagrams/classes.{en,ru,kk}.svg     modules, classes and the classes below them
release/<id>/diagrams/{Class}.{en,ru,kk}.svg     a class between those that lead to it and those it leads to

The pages say the same in lists; nothing stands in a picture alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any

import vl_convert

from kzlod.namespaces import ONTOLOGY, compact
from kzlod.release.svg import FONT, finish, light
from kzlod.release.terms import LANGUAGES, Module, Term

FOLDER = "diagrams"
"""The name of the folder in that of a release."""

HIERARCHY = "classes"
"""The name of the diagram of all classes."""

_LEAST = 2  # relations that make a class a main class
_ROW, _STEP = 20, 240  # of the hierarchy: pixels between rows, and between levels
_TOP = "top"  # the node above all modules, which is not shown
_LINE = 16
_MIDDLE, _GAP = 170, 46  # of a class: widths of its box and of the space for lines
_LETTER, _BOLD = 7.6, 8.6  # pixels that a letter may take
_LETTERS, _LETTERS_IN_BOX = 38, 21  # that fit into a line of a column

_TITLES: Mapping[str, tuple[str, str]] = {
    "en": ("Classes of the ontology", "Relations of the class “{name}”"),
    "ru": ("Классы онтологии", "Связи класса «{name}»"),
    "kk": ("Онтология кластары", "«{name}» класының байланыстары"),
}
_DESCRIPTIONS: Mapping[str, tuple[str, str]] = {
    "en": (
        "A tree: the modules of the ontology, their classes, and the classes below each. "
        "The page has the same as a list.",
        "On the left the properties that lead to the class, on the right those that lead from it. "
        "The page has the same as a list.",
    ),
    "ru": (
        "Дерево: модули онтологии, их классы и подклассы. На странице то же дано списком.",
        "Слева свойства, ведущие к классу, справа свойства, ведущие от него. На странице то же дано списком.",
    ),
    "kk": (
        "Ағаш: онтология модульдері, олардың кластары мен ішкі кластары. Бетте бәрі тізіммен берілген.",
        "Сол жақта класқа апаратын қасиеттер, оң жақта одан шығатын қасиеттер. Бетте бәрі тізіммен берілген.",
    ),
}


@dataclass(frozen=True, slots=True)
class Edge:
    """A property between two classes, as IRIs."""

    domain: str
    property: str
    range: str


def write_diagrams(folder: Path, terms: Mapping[str, Term], modules: Sequence[Module]) -> None:
    """Draws all diagrams in all languages into the folder of a release; OSError when it cannot be written."""
    target = folder / FOLDER
    target.mkdir()
    edges = relations(terms)
    for language in LANGUAGES:
        title, description = _TITLES[language][0], _DESCRIPTIONS[language][0]
        svg = vl_convert.vega_to_svg(hierarchy(terms, modules, language))
        _write(target, HIERARCHY, language, finish(svg, title, description, language))
        for iri in main_classes(terms, edges):
            title = _TITLES[language][1].format(name=terms[iri].name(language))
            svg = vl_convert.vega_to_svg(neighbours(terms, edges, iri, language))
            _write(
                target, terms[iri].local, language, finish(svg, title, _DESCRIPTIONS[language][1], language)
            )


def relations(terms: Mapping[str, Term]) -> list[Edge]:
    """The properties between classes, in the order of their names."""
    return [
        Edge(domain, one.iri, target)
        for one in terms.values()
        if one.is_relation
        for domain in sorted(one.domains)
        for target in sorted(one.ranges)
    ]


def main_classes(terms: Mapping[str, Term], edges: Sequence[Edge]) -> list[str]:
    """The classes with relations enough for a diagram of their own."""
    return [
        iri
        for iri, one in terms.items()
        if one.is_class and sum(iri in (edge.domain, edge.range) for edge in edges) >= _LEAST
    ]


def hierarchy(terms: Mapping[str, Term], modules: Sequence[Module], language: str) -> dict[str, Any]:
    """The specification of the tree of all classes, module by module."""
    rows = list(_tree(terms, modules, language))
    levels = _deepest(rows)
    position = {"x": {"field": "y"}, "y": {"field": "x"}}
    leaves = len(rows) - len({row["parent"] for row in rows})
    return {
        **_frame(levels * _STEP, leaves * _ROW),
        "data": [
            {
                "name": "tree",
                "values": rows,
                "transform": [
                    {"type": "stratify", "key": "id", "parentKey": "parent"},
                    {
                        "type": "tree",
                        "method": "tidy",
                        "size": [{"signal": "height"}, (levels - 1) * _STEP],
                        "separation": False,
                        "as": ["x", "y", "depth", "children"],
                    },
                    {"type": "formula", "as": "y", "expr": f"(datum.depth - 1) * {_STEP}"},
                ],
            },
            {
                "name": "links",
                "source": "tree",
                "transform": [
                    {"type": "treelinks"},
                    {"type": "filter", "expr": "datum.source.depth > 0"},
                    {
                        "type": "formula",
                        "as": "from",
                        "expr": f"datum.source.y + min({_STEP} - 20, 16 + "
                        f"(datum.source.depth === 1 ? {_BOLD} : {_LETTER}) * length(datum.source.label))",
                    },
                    {
                        "type": "formula",
                        "as": "path",
                        "expr": "'M' + datum.from + ',' + datum.source.x + 'C' + (datum.target.y - 14) + ',' "
                        "+ datum.source.x + ' ' + (datum.from + 4) + ',' + datum.target.x + ' ' "
                        "+ (datum.target.y - 6) + ',' + datum.target.x",
                    },
                ],
            },
            {
                "name": "nodes",
                "source": "tree",
                "transform": [{"type": "filter", "expr": "datum.depth > 0"}],
            },
        ],
        "marks": [
            _mark("path", "links", {"path": {"field": "path"}, "stroke": {"value": light("line")}}),
            _mark(
                "symbol",
                "nodes",
                {
                    **position,
                    "size": {"value": 22},
                    "fill": [
                        {"test": "datum.depth === 1", "value": light("accent")},
                        {"value": light("link")},
                    ],
                },
            ),
            _mark(
                "text",
                "nodes",
                {
                    **position,
                    "dx": {"value": 8},
                    "text": {"field": "label"},
                    "limit": {"value": _STEP - 24},
                    "baseline": {"value": "middle"},
                    "fontWeight": [{"test": "datum.depth === 1", "value": 600}, {"value": 400}],
                    **_text("ink"),
                },
            ),
        ],
    }


def neighbours(terms: Mapping[str, Term], edges: Sequence[Edge], iri: str, language: str) -> dict[str, Any]:
    """The specification of the diagram of one class."""
    left = [(edge.property, edge.domain) for edge in edges if edge.range == iri]
    right = [(edge.property, edge.range) for edge in edges if edge.domain == iri]
    sides = (_column(terms, left, language), _column(terms, right, language))
    box = wrap(terms[iri].name(language), _LETTERS_IN_BOX)
    height = max(_LINE * (len(box) + 1), *(rows[-1]["end"] for rows in sides if rows))
    middle = height / 2
    texts: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    margins = [max((row["width"] + _GAP for row in rows), default=0) for rows in sides]
    start, end = margins[0], margins[0] + _MIDDLE
    for rows, is_left in zip(sides, (True, False), strict=True):
        offset = (height - rows[-1]["end"]) / 2 if rows else 0
        for row in rows:
            y = offset + row["middle"]
            edge, near = (start - _GAP + 6, start) if is_left else (end + _GAP - 6, end)
            bend = (edge + near) / 2
            lines.append({"path": f"M{edge},{y}C{bend},{y} {bend},{middle} {near},{middle}"})
            heads.append({"x": start - 4 if is_left else edge, "y": middle if is_left else y})
            for text in row["texts"]:
                x = start - _GAP if is_left else end + _GAP + 4
                texts.append(
                    {**text, "y": offset + text["y"], "x": x, "align": "right" if is_left else "left"}
                )
    texts += [
        {
            "x": start + _MIDDLE / 2,
            "y": middle + (place - (len(box) - 1) / 2) * _LINE,
            "text": line,
            "align": "center",
            "own": True,
            "strong": True,
        }
        for place, line in enumerate(box)
    ]
    frame = {"x": start, "y": middle - _LINE * (len(box) + 1) / 2, "height": _LINE * (len(box) + 1)}
    return {
        **_frame(end + margins[1] + 4, height),
        "data": [
            {"name": "texts", "values": texts},
            {"name": "lines", "values": lines},
            {"name": "heads", "values": heads},
            {"name": "frame", "values": [frame]},
        ],
        "marks": [
            _mark("path", "lines", {"path": {"field": "path"}, "stroke": {"value": light("line")}}),
            _mark(
                "rect",
                "frame",
                {
                    "x": {"field": "x"},
                    "y": {"field": "y"},
                    "width": {"value": _MIDDLE},
                    "height": {"field": "height"},
                    "cornerRadius": {"value": 5},
                    "fill": {"value": light("raised")},
                    "stroke": {"value": light("accent")},
                },
            ),
            _mark(
                "symbol",
                "heads",
                {
                    "x": {"field": "x"},
                    "y": {"field": "y"},
                    "shape": {"value": "triangle-right"},
                    "size": {"value": 40},
                    "fill": {"value": light("line")},
                },
            ),
            _mark(
                "text",
                "texts",
                {
                    "x": {"field": "x"},
                    "y": {"field": "y"},
                    "text": {"field": "text"},
                    "align": {"field": "align"},
                    "baseline": {"value": "middle"},
                    "fontWeight": [{"test": "datum.strong", "value": 600}, {"value": 400}],
                    **_text("ink"),
                    "fill": [{"test": "datum.own", "value": light("ink")}, {"value": light("quiet")}],
                },
            ),
        ],
    }


def _tree(
    terms: Mapping[str, Term], modules: Sequence[Module], language: str
) -> Iterator[dict[str, str | None]]:
    """The nodes: a root that is not shown, modules, classes below their modules or their superclasses."""
    yield {"id": _TOP, "parent": None, "label": ""}
    for module in modules:
        classes = [terms[iri] for iri in module.terms if iri in terms and terms[iri].is_class]
        own = {one.iri: superclass(terms, one) for one in classes}
        if not any(parent is None for parent in own.values()):
            # All of its classes hang below those of other modules.
            yield from (_node(one, own[one.iri] or _TOP, language) for one in classes)
            continue
        yield {"id": module.key, "parent": _TOP, "label": str(module.titles.get(language) or module.key)}
        yield from (_node(one, own[one.iri] or module.key, language) for one in classes)


def _node(one: Term, parent: str, language: str) -> dict[str, str | None]:
    return {"id": one.iri, "parent": parent, "label": one.name(language)}


def superclass(terms: Mapping[str, Term], one: Term) -> str | None:
    """The class of ours below which a class stands in the tree: the first of several."""
    return next((iri for iri in sorted(one.parents) if iri in terms and iri != one.iri), None)


def _deepest(rows: Sequence[Mapping[str, str | None]]) -> int:
    """How many levels there are below the root."""
    parents = {row["id"]: row["parent"] for row in rows}

    def depth(node: str | None) -> int:
        return -1 if node is None else 1 + depth(parents[node])

    return max((depth(row["id"]) for row in rows), default=0)


def _column(
    terms: Mapping[str, Term], pairs: Sequence[tuple[str, str]], language: str
) -> list[dict[str, Any]]:
    """The entries of one side from the top: a property, and the class at its other end below it."""
    rows: list[dict[str, Any]] = []
    y = 0.0
    for property_, other in pairs:
        first = wrap(_name(terms, property_, language), _LETTERS)
        second = wrap(_name(terms, other, language), _LETTERS)
        texts = [
            {"text": line, "y": y + _LINE * (place + 0.5), "own": place >= len(first), "strong": False}
            for place, line in enumerate([*first, *second])
        ]
        height = _LINE * len(texts)
        width = _LETTER * max(map(len, (*first, *second)))
        rows.append({"texts": texts, "width": width, "middle": y + height / 2, "end": y + height + 4})
        y += height + _LINE * 0.75
    return rows


def _name(terms: Mapping[str, Term], iri: str, language: str) -> str:
    return terms[iri].name(language) if iri.startswith(ONTOLOGY) and iri in terms else compact(iri)


def _frame(width: float, height: float) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "background": None,
        "padding": 6,
        "width": width,
        "height": height,
    }


def _mark(kind: str, data: str, encoding: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": kind, "from": {"data": data}, "encode": {"enter": dict(encoding)}}


def _text(colour: str) -> dict[str, Any]:
    return {"font": {"value": FONT}, "fontSize": {"value": 12.5}, "fill": {"value": light(colour)}}


def _write(folder: Path, name: str, language: str, svg: str) -> None:
    (folder / f"{name}.{language}.svg").write_text(svg, "utf-8")
