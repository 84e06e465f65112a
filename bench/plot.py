"""A plot with two logarithmic axes as SVG: lines with their names at the end, readable on light and dark."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

_GREY, _GRID = "#7a8088", "#7a808855"  # greys that stand out from white and from black alike
_COLOURS = ("#2f81f7", "#d9730d", "#1f9d55", "#b458d6", "#d1493f", "#0e9aa7")
_WIDTH, _HEIGHT = 440, 320  # of a panel
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 118, 40, 44
_APART = 14  # between two names at the ends of lines


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot: its title and, by name, lines of points (x, y), all above 0."""

    title: str
    lines: Mapping[str, Sequence[tuple[float, float]]]


def plot(panels: Sequence[Panel], x_title: str, y_title: str, about: str) -> str:
    """The panels beside each other as one SVG with common axes; `about` says it in words."""
    points = [point for panel in panels for line in panel.lines.values() for point in line]
    xs = sorted({x for x, _ in points})
    low, high = min(min(y for _, y in points), 1.0), max(max(y for _, y in points), 1.0)
    decades = math.floor(math.log10(low)), max(math.ceil(math.log10(high)), math.floor(math.log10(low)) + 1)
    body = []
    for number, panel in enumerate(panels):
        drawn = "".join(_panel(panel, xs, decades, x_title, y_title))
        body.append(f'<g transform="translate({number * _WIDTH},0)">{drawn}</g>')
    width = _WIDTH * len(panels)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT}" width="{width}" '
        f'height="{_HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="12">'
        f"<title>{escape(about)}</title>{''.join(body)}</svg>\n"
    )


def _panel(
    panel: Panel, xs: Sequence[float], decades: tuple[int, int], x_title: str, y_title: str
) -> Iterator[str]:
    first, last = math.log10(xs[0]), math.log10(xs[-1])
    inner, tall = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def at(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - first) / ((last - first) or 1)
        up = (math.log10(y) - decades[0]) / (decades[1] - decades[0])
        return _LEFT + across * inner, _TOP + (1 - up) * tall

    yield _words(_LEFT - 44, 14, panel.title, size=13)
    yield _words(_LEFT - 44, 31, y_title, size=11)
    for decade in range(decades[0], decades[1] + 1):
        _, y = at(xs[0], 10.0**decade)
        yield _line([(_LEFT, y), (_LEFT + inner, y)], _GRID, 1)
        yield _words(_LEFT - 6, y + 4, f"{10.0**decade:g}", anchor="end")
    for value in xs:
        x, _ = at(value, 1)
        yield _line([(x, _TOP), (x, _TOP + tall)], _GRID, 1)
        yield _words(x, _TOP + tall + 17, f"{value:g}", anchor="middle")
    yield _words(_LEFT + inner / 2, _HEIGHT - 8, x_title, anchor="middle", size=11)
    ends = {name: at(*line[-1])[1] for name, line in panel.lines.items()}
    places = _spread(ends)
    for (name, line), colour in zip(panel.lines.items(), _COLOURS, strict=False):
        drawn = [at(*point) for point in line]
        yield _line(drawn, colour, 2)
        yield "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in drawn)
        yield _words(_LEFT + inner + 8, places[name] + 4, name, colour=colour)


def _spread(ends: Mapping[str, float]) -> dict[str, float]:
    """Heights for the names at the lines' ends, moved down where they would overlap, and kept inside."""
    found: dict[str, float] = {}
    before = -math.inf
    for name, y in sorted(ends.items(), key=lambda end: end[1]):
        before = found[name] = max(y, before + _APART)
    below = max(found.values(), default=0) - (_HEIGHT - _BOTTOM)
    return {name: y - max(below, 0) for name, y in found.items()}


def _line(points: Sequence[tuple[float, float]], colour: str, width: int) -> str:
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _words(
    x: float, y: float, text: str, *, anchor: str = "start", colour: str = _GREY, size: int = 12
) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{colour}" font-size="{size}">{escape(text)}</text>'
