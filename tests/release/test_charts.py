"""Charts: drawn from what queries answer, the same each time, in three languages; data are never markup."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from kzlod.errors import InputError
from kzlod.labels import Label
from kzlod.queries import read_queries
from kzlod.release.build import build_release, release_id
from kzlod.release.charts import Term, named, shown, told_apart
from kzlod.release.drawing import draw, finished
from kzlod.release.framing import framed
from kzlod.release.narrow import narrow
from kzlod.release.published import Release
from kzlod.release.specifications import LANGUAGES, VARIANTS, Overview, filled, offsets, read_overview
from kzlod.web.i18n import texts
from kzlod.web.names import Namer
from kzlod.web.reading import Reader
from kzlod.web.treaties import Treaties, partners

SVG = "{http://www.w3.org/2000/svg}"
TITLES = {"en": "Treaties", "ru": "Договоры", "kk": "Шарттар"}
WORD = {"en": "number", "ru": "число", "kk": "сан"}
QUERY = """# title@en: How many letters has the name of a treaty?
# title@ru: Сколько букв в названии договора?
# title@kk: Шарт атауында қанша әріп бар?
# description@en: Names & <b>lengths</b>.
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?treaty (STRLEN(?name) AS ?letters) ?thing WHERE {
  ?treaty a <https://w3id.org/kzlod/ontology#Treaty> ; rdfs:label ?name . BIND (?treaty AS ?thing)
}
"""
SPECIFICATION: dict[str, Any] = {
    "usermeta": {"query": "letters", "value": "letters", "evidence": "thing", "words": {"axis": WORD}},
    "mark": "bar",
    "encoding": {
        "y": {"field": "treaty", "type": "nominal", "axis": {"minExtent": 200, "maxExtent": 200}},
        "x": {"field": "letters", "type": "quantitative", "axis": {"title": "@axis"}},
    },
}
META = SPECIFICATION["usermeta"]


def quiet(step: str) -> None:
    """Takes the name of a step and does nothing."""


def put(root: Path, specification: object = SPECIFICATION, query: str = QUERY, **overview: Any) -> None:
    """Gives a repository one chart."""
    folder = root / "queries" / "charts"
    folder.mkdir(exist_ok=True)
    (folder / "letters.rq").write_text(query, "utf-8")
    (folder / "letters.vl.json").write_text(json.dumps(specification), "utf-8")
    whole = {"topics": [{"title": TITLES, "charts": ["letters"]}], "tables": ["letters"]} | overview
    (folder / "overview.json").write_text(json.dumps(whole), "utf-8")


def texts_of(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_a_release_has_its_charts(tiny: Path, tmp_path: Path) -> None:
    put(tiny)
    release, _ = build_release(tiny, tmp_path / "r", quiet)
    (topic,) = release.manifest["statistics"]["topics"]
    (entry,) = topic["charts"]
    assert topic["title"] == TITLES
    assert (entry["name"], entry["query"], entry["rows"], entry["value"]) == (
        "letters",
        "letters",
        1,
        "letters",
    )
    assert entry["title"]["kk"] == "Шарт атауында қанша әріп бар?"
    assert release.manifest["statistics"]["tables"] == [{"name": "letters", "rows": 1}]
    rows = json.loads((release.path / "charts" / "letters.json").read_text("utf-8"))["results"]["bindings"]
    assert [row["letters"]["value"] for row in rows] == [str(len("Treaty of A and B"))]
    for language in LANGUAGES:
        svg = (release.path / "charts" / f"letters.{language}.svg").read_text("utf-8")
        root = ElementTree.fromstring(svg)
        assert root.findtext(f"{SVG}title") == entry["title"][language]
        assert root.findtext(f"{SVG}desc") == "Names & <b>lengths</b>."
        assert [round(float(root.attrib[name])) for name in ("width", "height")] == entry["sizes"][language]
        assert WORD[language] in texts_of(svg)
        fallback = "" if language == "en" else " [en]"
        assert f"Treaty of A and B{fallback}" in texts_of(svg)


def test_two_builds_draw_the_same_bytes_and_charts_are_inputs(tiny: Path, tmp_path: Path) -> None:
    before = release_id(tiny, "1.2.3")
    put(tiny)
    drawn = []
    for name in ("one", "two"):
        release, _ = build_release(tiny, tmp_path / name, quiet)
        drawn.append({path.name: path.read_bytes() for path in (release.path / "charts").iterdir()})
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 1 + len(LANGUAGES) * len(VARIANTS)
    with_chart = release_id(tiny, "1.2.3")
    put(tiny, SPECIFICATION | {"width": 123})
    assert len({before, with_chart, release_id(tiny, "1.2.3")}) == 3


def test_a_specification_has_other_data_from_files(tiny: Path) -> None:
    layers = [
        {"data": {"name": "outlines", "format": {"type": "json"}}, "mark": "point"},
        {"data": {"name": "rows"}, "mark": "point"},
        {"data": {"name": "elsewhere"}, "mark": "point"},
    ]
    files = {"files": {"outlines": "maps/outlines.json"}}
    specification = {"usermeta": SPECIFICATION["usermeta"] | files, "layer": layers}
    put(tiny, specification)
    before = release_id(tiny, "1.0.0")
    (chart,) = read_overview(tiny, read_queries(tiny)).topics[0].charts
    assert chart.missing == ("maps/outlines.json",)
    (tiny / "queries" / "charts" / "maps").mkdir()
    (tiny / "queries" / "charts" / "maps" / "outlines.json").write_text("[1, 2]", "utf-8")
    assert release_id(tiny, "1.0.0") != before, "the file is an input"
    (chart,) = read_overview(tiny, read_queries(tiny)).topics[0].charts
    first, second, third = filled(chart, [{"a": 1}], "en")["layer"]
    assert first["data"] == {"name": "outlines", "format": {"type": "json"}, "values": [1, 2]}
    assert second["data"]["values"] == [{"a": 1}]
    assert "values" not in third["data"]
    assert chart.missing == ()


def test_without_a_file_of_data_a_release_is_made_without_the_chart(tiny: Path, tmp_path: Path) -> None:
    put(tiny, SPECIFICATION | {"usermeta": META | {"files": {"outlines": "maps/outlines.json"}}})
    steps: list[str] = []
    release, _ = build_release(tiny, tmp_path / "r", steps.append)
    assert release.manifest["statistics"]["topics"] == []
    assert release.manifest["statistics"]["left_out"] == ["letters"]
    assert "chart letters left out: maps/outlines.json is missing" in steps
    assert not list((release.path / "charts").glob("*.svg"))


def test_what_has_no_place_on_a_map_is_said(tiny: Path, tmp_path: Path) -> None:
    put(tiny, SPECIFICATION | {"usermeta": META | {"files": {"places": "places.json"}, "places": "letters"}})
    for places, lost in ((["17"], False), (["4"], True)):
        text = json.dumps([{"letters": one} for one in places])
        (tiny / "queries" / "charts" / "places.json").write_text(text, "utf-8")
        steps: list[str] = []
        release, _ = build_release(tiny, tmp_path / "r", steps.append)
        (entry,) = release.manifest["statistics"]["topics"][0]["charts"]
        said = [step for step in steps if "no place on the map" in step]
        assert bool(said) == lost == ("without_place" in entry)
        assert all(iri in said[0] for iri in entry.get("without_place", ()))


def drawn(root: Path, name: str, rows: list[dict[str, Any]], language: str) -> str:
    """A chart of this repository with other rows."""
    charts = [one for topic in read_overview(root, read_queries(root)).topics for one in topic.charts]
    (chart,) = [one for one in charts if one.name == name]
    return draw(filled(chart, rows, language), language, "Title", "What is shown").text


def drawn_map(root: Path, rows: list[dict[str, Any]]) -> str:
    """The map of this repository with other rows."""
    return drawn(root, "treaty-map", rows, "en")


@pytest.mark.parametrize(("language", "name"), [("en", "art. 147"), ("ru", "ст. 147"), ("kk", "147-бап")])
def test_an_article_is_called_as_the_language_does(root: Path, language: str, name: str) -> None:
    row = {"country": "A", "act": "B", "article": "C", "number": "147", "provision": "D", "form": "1"}
    rows = [row | {"aggravated": False, "years": 5}]
    assert name in texts_of(drawn(root, "imprisonment-by-form", rows, language))


def test_the_map_colours_each_kind_of_state_of_any_country(root: Path) -> None:
    def row(number: str | None, described: bool, named: int, counted: int) -> dict[str, Any]:
        found = {"described": described, "named": named, "counted": counted, "treaties": named + counted}
        return found | ({"number": number} if number else {})

    def marks(svg: str) -> list[tuple[str | None, str]]:
        return [
            (one.get("fill"), one.get("d", ""))
            for one in ElementTree.fromstring(svg).iter(f"{SVG}path")
            if one.get("fill") in ("#0072b2", "#d55e00", "#009e73")
        ]

    key = marks(drawn_map(root, [row(None, False, 1, 0)]))
    assert len(key) == 3, "what has no number is on no map, nor is an outline without a number"
    few = [row("762", True, 9, 0), row("250", False, 1, 1), row("492", False, 0, 1), row("798", False, 0, 1)]
    svg = drawn_map(root, few)
    found = [fill for fill, _ in marks(svg)[: -len(key)]]
    assert sorted(map(str, found)) == ["#0072b2"] * 2 + ["#009e73"] * 2 + ["#d55e00"] * 2
    assert svg == drawn_map(root, few)
    assert {"described in the documents", "party to a treaty between two states"} <= set(texts_of(svg))
    places = json.loads((root / "queries" / "charts" / "maps" / "places.json").read_text("utf-8"))
    whole = drawn_map(root, [row(one["number"], False, 1, 0) for one in places])
    assert len(whole.encode()) < 400_000, "even with every state a partner"


def test_the_map_has_the_partners_of_the_page_of_treaties(published: Release) -> None:
    reader = Reader.open(published.store_path, published.manifest)
    namer = Namer(reader, texts("en"))
    read = Treaties(reader, namer)
    beside = partners(read.all(), read.described(), namer)
    text = (published.path / "charts" / "treaty-map.json").read_text("utf-8")
    rows = json.loads(text)["results"]["bindings"]
    assert len(rows) == len({row["state"]["value"] for row in rows}), "each state once"
    assert {row["state"]["value"] for row in rows if row["described"]["value"] == "true"} == read.described()
    assert {row["state"]["value"] for row in rows} == read.described() | {one.partner.title for one in beside}
    for one in beside:
        (row,) = [row for row in rows if row["state"]["value"] == one.partner.title]
        assert int(row["counted" if one.treaty.is_group else "named"]["value"]) > 0
    for language in LANGUAGES:
        assert (published.path / "charts" / f"treaty-map.{language}.svg").stat().st_size < 250_000


def test_every_country_of_the_outlines_has_a_place(root: Path, published: Release) -> None:
    maps = root / "queries" / "charts" / "maps"
    outlines = json.loads((maps / "countries-110m.json").read_text("utf-8"))
    places = {one["number"]: one for one in json.loads((maps / "places.json").read_text("utf-8"))}
    drawn = {one["id"] for one in outlines["objects"]["countries"]["geometries"] if "id" in one}
    assert drawn <= set(places)
    assert all(-180 <= one["longitude"] <= 180 and -90 <= one["latitude"] <= 90 for one in places.values())
    rows = json.loads((published.path / "charts" / "treaty-map.json").read_text("utf-8"))
    shown_on_it = {row["number"]["value"] for row in rows["results"]["bindings"]}
    assert shown_on_it and shown_on_it <= set(places), "a state without a place is not on the map"


def test_a_chart_without_rows_is_left_out_and_this_is_said(tiny: Path, tmp_path: Path) -> None:
    put(tiny, query=QUERY.replace("ontology#Treaty", "ontology#Nothing"))
    steps: list[str] = []
    release, _ = build_release(tiny, tmp_path / "r", steps.append)
    assert release.manifest["statistics"]["topics"] == []
    assert release.manifest["statistics"]["left_out"] == ["letters"]
    assert [step for step in steps if "letters" in step and "no rows" in step]
    assert not list((release.path / "charts").glob("*.svg"))


def test_a_repository_without_charts(tiny: Path, tmp_path: Path) -> None:
    assert read_overview(tiny, read_queries(tiny)) == Overview()
    release, _ = build_release(tiny, tmp_path / "r", quiet)
    assert release.manifest["statistics"] == {"topics": [], "tables": [], "left_out": []}


@pytest.mark.parametrize(
    ("specification", "overview", "words"),
    [
        ({"mark": "bar"}, {}, "'usermeta' is missing"),
        (SPECIFICATION | {"usermeta": META | {"query": "none"}}, {}, "'none' is missing"),
        (SPECIFICATION | {"usermeta": META | {"words": {"axis": {"en": "number"}}}}, {}, "'ru' is missing"),
        (SPECIFICATION | {"title": "@unknown"}, {}, "'unknown' is missing"),
        ([], {}, "no JSON object"),
        (SPECIFICATION, {"topics": []}, "names the chart letters 0 times"),
        (SPECIFICATION, {"topics": [{"title": TITLES, "charts": ["letters"]}] * 2}, "letters 2 times"),
        (SPECIFICATION, {"topics": [{"charts": []}]}, "'title' is missing"),
        (SPECIFICATION, {"tables": ["none"]}, "'none' is missing"),
        (SPECIFICATION | {"usermeta": META | {"value": "none"}}, {}, "names the column none"),
        (SPECIFICATION | {"mark": "nonsense"}, {}, "cannot be drawn"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_left(
    tiny: Path, tmp_path: Path, specification: object, overview: dict[str, Any], words: str
) -> None:
    put(tiny, specification, **overview)
    with pytest.raises(InputError) as caught:
        build_release(tiny, tmp_path / "r", quiet)
    assert words in str(caught.value)
    assert ".json" in caught.value.problems[0].where
    assert not list((tmp_path / "r").glob(".building-*"))


def test_a_file_that_is_no_json(tiny: Path) -> None:
    put(tiny)
    (tiny / "queries" / "charts" / "letters.vl.json").write_text("{")
    with pytest.raises(InputError, match="is not JSON"):
        read_overview(tiny, read_queries(tiny))


HOSTILE = "<script>alert(1)</script>&amp;\"'</text></svg>\x00\x08\ufffe ә ғ қ ң ө ұ ү һ і"


def test_hostile_labels_stay_text() -> None:
    rows = [{"treaty": HOSTILE, "letters": 3, "order": 0}]
    specification = {**SPECIFICATION, "data": {"values": rows}}
    del specification["usermeta"]
    svg = draw(specification, "kk", HOSTILE, HOSTILE).text
    root = ElementTree.fromstring(svg)
    clean = HOSTILE.translate(dict.fromkeys((0, 8, 0xFFFE), "\ufffd"))
    assert clean in texts_of(svg)
    assert root.findtext(f"{SVG}title") == clean
    assert not [element.tag for element in root.iter() if element.tag.endswith("script")]


def test_a_specification_reaches_nothing_outside() -> None:
    specification = {**SPECIFICATION, "data": {"url": "http://127.0.0.1:9/data.json"}}
    with pytest.raises(ValueError, match=r"(?i)base url|127\.0\.0\.1|access"):
        draw(specification, "en", "", "")


def test_a_picture_has_a_dark_scheme_and_the_readers_fonts() -> None:
    specification = {**SPECIFICATION, "data": {"values": [{"treaty": "A", "letters": 1}]}}
    svg = draw(specification, "ru", "T", "D").text
    style = ElementTree.fromstring(svg).findtext(f"{SVG}style") or ""
    assert "@media screen and (prefers-color-scheme:dark){svg{background:" in style
    used = {
        element.attrib[name]
        for element in ElementTree.fromstring(svg).iter()
        for name in ("fill", "stroke")
        if element.attrib.get(name, "none") != "none"
    }
    assert used
    assert all(f'="{colour}"]' in style for colour in used)
    assert "sans-serif" in svg
    assert 'xml:lang="ru"' in svg
    assert ' style="' not in svg, "the one style is told to browsers by its hash"
    assert style.count("text{paint-order:stroke;") == 2, "no line runs through a text"


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="no SVG"):
        finished("<html>", "en", "", "")


def test_names_fall_back_visibly() -> None:
    labels = [Label("Қазақстан", "kk"), Label("Kazakhstan", "en")]
    assert named("http://x/y#z", labels, "kk") == "Қазақстан"
    assert named("http://x/y#z", labels, "ru") == "Kazakhstan [en]"
    assert named("http://x/y#z", [Label("Қазақстан", "kk")], "ru") == "Қазақстан [kk]"
    assert named("http://x/y#z", [Label("KAZ", "")], "ru") == "KAZ"
    assert named("http://x/y#z", [], "ru") == "z"


def test_things_of_one_name_are_told_apart() -> None:
    names = {"http://x/KAZ/code": "Code", "http://x/UZB/code": "Code", "http://x/KAZ/law": "Law"}
    assert told_apart(names) == {
        "http://x/KAZ/code": "Code (KAZ/code)",
        "http://x/UZB/code": "Code (UZB/code)",
        "http://x/KAZ/law": "Law",
    }


def test_rows_have_names_and_numbers() -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    thing = ox.NamedNode("http://x/a")
    row: dict[str, Term | None] = {
        "thing": thing,
        "whole": ox.Literal("12", datatype=ox.NamedNode(xsd + "integer")),
        "part": ox.Literal("1.5", datatype=ox.NamedNode(xsd + "decimal")),
        "truth": ox.Literal("true", datatype=ox.NamedNode(xsd + "boolean")),
        "text": ox.Literal("x"),
        "empty": None,
    }
    (found,) = shown([row], {"http://x/a": [Label("a long name", "en")]}, "en", {"thing": 6})
    assert found == {
        "order": 0,
        "thing": "a long\nname",
        "whole": 12,
        "part": 1.5,
        "truth": True,
        "text": "x",
    }


def test_the_charts_of_this_repository_all_have_rows_and_words(root: Path, published: Release) -> None:
    stated = published.manifest["statistics"]
    assert stated["left_out"] == []
    charts = [chart for topic in stated["topics"] for chart in topic["charts"]]
    assert len(charts) == len(list((root / "queries" / "charts").glob("*.vl.json"))) > 0
    for chart in charts:
        assert set(chart["title"]) == set(chart["description"]) == set(LANGUAGES), chart["name"]
        found = json.loads((published.path / "charts" / f"{chart['name']}.json").read_text("utf-8"))
        assert len(found["results"]["bindings"]) == chart["rows"]
        columns = set(found["head"]["vars"])
        assert columns - {chart["evidence"]} <= set(chart["headings"]), chart["name"]
        for language in LANGUAGES:
            svg = (published.path / "charts" / f"{chart['name']}.{language}.svg").read_text("utf-8")
            assert texts_of(svg), chart["name"]
            assert not [text for text in texts_of(svg) if text.endswith(("[en]", "[ru]", "[kk]"))]


def test_pictures_for_narrow_screens_fit_them(published: Release) -> None:
    for topic in published.manifest["statistics"]["topics"]:
        for chart in topic["charts"]:
            for language in LANGUAGES:
                svg = (published.path / "charts" / f"{chart['name']}.narrow.{language}.svg").read_text(
                    "utf-8"
                )
                width = float(ElementTree.fromstring(svg).attrib["width"])
                assert round(width) == chart["sizes_narrow"][language][0]
                assert width <= 360, (chart["name"], language)


def test_rows_are_as_high_as_their_labels(tiny: Path) -> None:
    unit = {"height": {"step": 15}, "encoding": {"y": {"field": "treaty"}}}
    meta = {"usermeta": META | {"wrap": {"treaty": 20}}}
    rows = [{"treaty": "one\ntwo\nthree", "kind": "a"}, {"treaty": "one", "kind": "b"}]

    def step(part: dict[str, Any], found: list[dict[str, Any]]) -> int:
        put(tiny, meta | {"spec": part})
        (chart,) = read_overview(tiny, read_queries(tiny)).topics[0].charts
        return int(filled(chart, found, "en")["spec"]["height"]["step"])

    assert step(unit, rows[1:]) == 20
    assert step(unit, rows) == 44
    shared = unit | {"encoding": {"y": {"field": "treaty"}, "yOffset": {"field": "kind"}}}
    assert step(shared, rows) == 22, "two marks share a row"
    assert offsets({"y": {"field": "treaty"}, "yOffset": {"field": "computed"}}, [*rows, rows[0]]) == 2


def test_a_word_names_what_the_rows_have(tiny: Path) -> None:
    words = {"axis": dict.fromkeys(LANGUAGES, "million {unit}")}
    put(tiny, SPECIFICATION | {"usermeta": META | {"words": words}, "title": "@axis"})
    (chart,) = read_overview(tiny, read_queries(tiny)).topics[0].charts
    for units, said in ((["euro", "euro"], "million euro"), (["euro", "yen"], "million euro / yen")):
        assert filled(chart, [{"unit": unit} for unit in units], "en")["title"] == said


def test_panels_stand_beneath_each_other_on_a_narrow_screen() -> None:
    side = {"type": "nominal", "title": None}
    axis = {"title": "a title that is far too long for the axis of a telephone", "minExtent": 200}
    unit = {
        "width": 700,
        "height": {"step": 20},
        "mark": "bar",
        "encoding": {"y": {"field": "name", "axis": axis}, "color": {"field": "name", "type": "nominal"}},
    }
    rows = [{"name": "one\ntwo"}]
    whole = {"facet": {"row": side | {"field": "a"}, "column": side | {"field": "b"}}, "spec": unit}
    found = narrow(whole | {"data": {"values": rows}}, 2)
    assert set(found["facet"]) == {"row"}
    assert found["transform"] == [{"calculate": "datum['a'] + '. ' + datum['b']", "as": "panel"}]
    assert found["resolve"]["axis"] == {"x": "independent"}
    y = found["spec"]["encoding"]["y"]["axis"]
    assert (y["labelAlign"], y["maxExtent"], len(y["title"])) == ("left", 0, 2)
    assert found["spec"]["height"]["step"] > 2 * 12 + 15
    assert "labelExpr" in found["spec"]["encoding"]["color"]["legend"]
    short = unit | {"encoding": {"y": {"field": "name", "axis": {"minExtent": 90}}}}
    assert narrow({**short, "data": {"values": rows}}, 1)["width"] == 200, "short labels stay beside"
    fixed = narrow({"width": 780, "height": 350, "data": {"values": []}}, 1)
    assert fixed["width"] > fixed["height"] > 200


@pytest.mark.parametrize(
    ("longitudes", "middle"),
    [([10.0], 10), ([0.0, 60.0], 30), ([170.0, -170.0], 180), ([-150.0, 170.0], -170)],
)
def test_a_map_shows_the_part_of_the_world_that_is_marked(longitudes: list[float], middle: float) -> None:
    found = framed([{"longitude": one, "latitude": 80.0} for one in longitudes])
    assert abs(found["middle"][0]) == abs(middle) and found["middle"][1] == 0
    corners = found["frame"]["coordinates"]
    assert len(corners) == 4 * len(longitudes) and max(latitude for _, latitude in corners) < 90
    assert framed([])["frame"] == {"type": "Sphere"}


def test_each_row_has_its_own_number(published: Release) -> None:
    for topic in published.manifest["statistics"]["topics"]:
        for chart in topic["charts"]:
            found = json.loads((published.path / "charts" / f"{chart['name']}.json").read_text("utf-8"))
            evidence = [row[chart["evidence"]]["value"] for row in found["results"]["bindings"]]
            assert len(set(evidence)) == len(evidence), chart["name"]
