"""Drawing a Vega-Lite specification as an SVG that stands alone, in the colours of the pages, light and dark.

The same specification gives the same bytes on every machine: Vega measures texts with the font that it brings
along, and names the reader's own only in the result. That font has no letters of Kazakh alone, which are
measured with whatever font has them: a specification must fix the room of what has labels of things (for axes
`minExtent` and `maxExtent`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import Any

from kzlod.release.specifications import LINE

_INK, _QUIET, _RULE = "#1d2327", "#565e63", "#dcd6c8"
_PAPER, _DARK_PAPER = "#fdfcf9", "#14181a"  # as on the pages; by itself light marks would stand on white
_FIRST, _SECOND, _THIRD, _FOURTH = "#0072b2", "#d55e00", "#009e73", "#a3507f"
_DARK: Mapping[str, str] = MappingProxyType(
    {
        _PAPER: _DARK_PAPER,
        _INK: "#e6e4de",
        _QUIET: "#a9b0b2",
        _RULE: "#363e41",
        _FIRST: "#56b4e9",
        _SECOND: "#f2894b",
        _THIRD: "#2fc79a",
        _FOURTH: "#d991b9",
    }
)
"""What each colour becomes on a dark page. The four of data are told apart by the colour-blind, too."""

_MEASURED = "Liberation Sans"
_FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
_LOCALES = {
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""]},
    "": {"decimal": ",", "thousands": "\N{NO-BREAK SPACE}", "grouping": [3], "currency": ["", ""]},
}
_CONFIG = {
    "aria": False,  # the page tells what is shown, and marks in an <img> cannot be reached
    "background": None,
    "font": _MEASURED,
    "padding": {"left": 5, "top": 5, "right": 40, "bottom": 5},  # the reader's font may be wider
    "view": {"stroke": None},
    "mark": {"color": _FIRST},
    "text": {"color": _INK, "fontSize": 11},
    "rule": {"color": _QUIET},
    "range": {"category": [_FIRST, _SECOND, _THIRD, _FOURTH]},
    "axis": {
        "labelColor": _INK,
        "labelFontSize": 11,
        "labelLimit": 0,
        "labelLineHeight": LINE,
        "titleColor": _QUIET,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "titleLimit": 0,
        "gridColor": _RULE,
        "domain": False,
        "ticks": False,
    },
    "axisY": {"grid": False, "labelPadding": 8},
    "header": {"labelColor": _INK, "labelFontSize": 12, "labelFontWeight": "bold", "labelLimit": 0},
    "legend": {
        "labelColor": _INK,
        "labelFontSize": 12,
        "labelLimit": 0,
        "columns": 1,  # entries side by side would be placed by what their texts measure
        "title": None,
        "orient": "top",
        "symbolOpacity": 1,
    },
    "facet": {"spacing": 34},
}
_HALO = "text{{paint-order:stroke;stroke:{0};stroke-width:3px;stroke-linejoin:round}}"  # no line through it
_RECOLOURED = f"svg{{background:{_DARK_PAPER}}}{_HALO.format(_DARK_PAPER)}" + "".join(
    f'[fill="{light}"]{{fill:{dark}}}[stroke="{light}"]{{stroke:{dark}}}' for light, dark in _DARK.items()
)
_STYLE = (
    f"<style>{_HALO.format(_PAPER)}@media screen and (prefers-color-scheme:dark){{{_RECOLOURED}}}</style>"
)
_ROOT = re.compile(r'<svg [^>]*?width="([0-9.]+)" height="([0-9.]+)"[^>]*>')
_UNSEEN = re.compile(
    r'<path class="(?:back|fore)ground" aria-hidden="true" d="[^"]*"'
    r'(?: pointer-events="none")?(?: opacity="1")?(?: display="none")?/>'
)  # grounds without a colour; those of a legend have the width of its texts
_CLIP = re.compile(r'(?<=clip-path="url\(#clip)\d+(?=\)")|(?<=<clipPath id="clip)\d+(?=")')
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG with its width and height in pixels."""

    text: str
    width: int
    height: int


def draw(specification: Mapping[str, Any], language: str, title: str, description: str) -> Picture:
    """The picture of a specification that has its data; ValueError when it cannot be drawn."""
    # Here, because it loads a whole JavaScript engine, which only the making of releases needs.
    import vl_convert

    text = vl_convert.vegalite_to_svg(
        _clean(specification),
        config=_CONFIG,
        allowed_base_urls=[],
        format_locale=_LOCALES.get(language, _LOCALES[""]),
    )
    return finished(text, language, title, description)


def finished(svg: str, language: str, title: str, description: str) -> Picture:
    """What Vega made with title, description and language, the reader's fonts and the dark scheme."""
    root = _ROOT.match(svg)
    if root is None:
        raise ValueError("what Vega made is no SVG with a width and a height")
    begin = f'{root[0].removesuffix(">")} role="img" xml:lang="{escape(language)}">'
    about = f"<title>{_text(title)}</title><desc>{_text(description)}</desc>"
    marks = _UNSEEN.sub("", svg[root.end() :]).replace(
        f'font-family="{_MEASURED}"', f'font-family="{_FONTS}"'
    )
    marks = _renumbered(marks)
    width, height = (round(float(size)) for size in root.groups())
    return Picture(f"{begin}{about}{_STYLE}{marks}\n", width, height)


def _renumbered(svg: str) -> str:
    """The same with its clips numbered from one: Vega goes on counting from picture to picture."""
    numbers = {old: str(new) for new, old in enumerate(dict.fromkeys(_CLIP.findall(svg)), 1)}
    return _CLIP.sub(lambda found: numbers[found[0]], svg)


def _clean(value: Any) -> Any:
    """The same without the characters that XML cannot have."""
    if isinstance(value, Mapping):
        return {name: _clean(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    return _printable(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    return escape(_printable(text), quote=False)


def _printable(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
