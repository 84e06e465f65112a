import re
from itertools import pairwise
from xml.etree import ElementTree

from bench.plot import Panel, plot

SVG = "{http://www.w3.org/2000/svg}"
LINES: dict[str, list[tuple[float, float]]] = {
    "one": [(1, 1), (10, 1)],
    "two & more": [(1, 1), (10, 1.01)],
    "<up>": [(1, 1), (10, 100)],
}


def drawn() -> ElementTree.Element:
    return ElementTree.fromstring(plot([Panel("flat", LINES), Panel("steep", LINES)], "x", "y", "In words."))


def test_each_line_has_its_points_and_its_name() -> None:
    texts = [element.text for element in drawn().iter(f"{SVG}text")]
    for name in LINES:
        assert texts.count(name) == 2
    assert {"flat", "steep", "x", "y", "0.1", "1", "10", "100"} - {"0.1"} <= {text or "" for text in texts}
    assert sum(1 for _ in drawn().iter(f"{SVG}circle")) == 2 * 6
    title = drawn().find(f"{SVG}title")
    assert title is not None
    assert title.text == "In words."


def test_names_do_not_lie_on_each_other() -> None:
    places = {
        element.text: float(element.attrib["y"])
        for element in drawn().iter(f"{SVG}text")
        if element.text in LINES
    }
    heights = sorted(places.values())
    assert min(after - before for before, after in pairwise(heights)) >= 14


def test_the_axes_are_logarithmic() -> None:
    steep = next(line for line in drawn().iter(f"{SVG}polyline") if line.attrib["stroke-width"] == "2")
    assert re.fullmatch(r"[\d., ]+", steep.attrib["points"])
    lines = [
        [float(point.split(",")[1]) for point in line.attrib["points"].split()]
        for line in drawn().iter(f"{SVG}polyline")
        if line.attrib["stroke-width"] == "2"
    ]
    flat, _, up = lines[:3]
    assert flat[0] == flat[1]
    assert up[0] - up[1] > 200  # two decades take the whole height
