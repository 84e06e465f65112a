"""The statistics: every chart with its table, from what the release prepared; nothing where it has none."""

import json
import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest
from pyoxigraph import Quad

from kzlod.release.published import Release
from kzlod.web.app import create_app
from kzlod.web.i18n import LANGUAGES, texts
from kzlod.web.names import Namer
from kzlod.web.reading import Reader
from kzlod.web.settings import Settings
from kzlod.web.site import Site
from kzlod.web.statistics import _kind, _names, charts_with, read_chapters, read_topics

from .conftest import BASE, Client, NoEngine, write_release

HOSTILE = '<img src=x onerror="alert(1)">'
NUMBER = "http://www.w3.org/2001/XMLSchema#decimal"


def uri(step: str) -> dict[str, str]:
    return {"type": "uri", "value": BASE + step}


def number(text: str) -> dict[str, str]:
    return {"type": "literal", "value": text, "datatype": NUMBER}


ROWS: list[dict[str, Any]] = [
    {"country": uri("id/country/KAZ"), "note": {"type": "literal", "value": HOSTILE}, "days": number("21.5")},
    {"country": uri("id/country/UZB"), "days": number("1000"), "value": uri("id/treaty/one")},
    {"country": uri("id/country/KAZ")},
]
QUESTIONS = [
    {"chapter": uri("concept/q/10"), "question": uri("concept/q/101"), "code": {"value": "101"}},
    {"chapter": uri("concept/q/2"), "question": uri("concept/q/020"), "code": {"value": "020"}},
    {"chapter": uri("concept/q/2"), "question": uri("concept/q/003"), "code": {"value": "003"}},
]
CHART = {
    "name": "how-long",
    "query": "treaties",
    "title": {"en": "How long?", "ru": "Как долго?"},
    "description": {"en": f"In days {HOSTILE}"},
    "value": "days",
    "evidence": "value",
    "headings": {"days": {"en": "Days", "ru": "Дней", "kk": "Күн"}},
    "rows": 3,
    "sizes": {language: [300, 200] for language in LANGUAGES},
}


def results(names: list[str], rows: list[dict[str, Any]]) -> str:
    return json.dumps({"head": {"vars": names}, "results": {"bindings": rows}})


@pytest.fixture(scope="module")
def drawn(quads: list[Quad], tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The small release with one chart of two countries, and a table of questions."""
    release = write_release(tmp_path_factory.mktemp("drawn"), quads, name="0.1.0-00000001")
    folder = release.path / "charts"
    folder.mkdir()
    (folder / "how-long.json").write_text(results(["country", "note", "days", "value"], ROWS), "utf-8")
    for language in LANGUAGES:
        (folder / f"how-long.{language}.svg").write_text(f"<svg>{language}</svg>")
    counts = {name: {"value": "4"} for name in ("figures", "answers", "missing")}
    (folder / "questions-and-figures.json").write_text(
        results(["chapter", "question"], [row | counts for row in QUESTIONS])
    )
    missing = CHART | {"name": "lost"}
    topics = [
        {"title": {"en": "Times", "ru": "Сроки"}, "charts": [CHART, missing]},
        {"title": {"en": "Nothing left"}, "charts": [missing]},
    ]
    return Release(release.path, {**release.manifest, "statistics": {"topics": topics, "tables": []}})


@pytest.fixture(scope="module")
def site(drawn: Release, make_client: Callable[[Release | None], Client]) -> Client:
    return make_client(drawn)


@pytest.fixture(scope="module")
def real(published: Release) -> Client:
    return Client(create_app(Site(published, NoEngine(), Settings())))


def test_the_overview_has_the_chart_its_table_and_its_ways_out(site: Client) -> None:
    page = site.page("/statistics?lang=en")
    assert "Times" in page
    assert "Nothing left" not in page  # its file is lost
    assert 'src="/statistics/how-long.en.svg"' in page
    assert 'href="/statistics/how-long"' in page
    assert 'href="/examples/treaties.csv"' in page
    assert '<a href="/doc/treaty/one" title="' in page  # the number leads to what states it
    assert ">1,000</a>" in page
    assert HOSTILE not in page
    assert page.count("&lt;img src=x onerror") >= 3  # description, cell, alternative
    assert "<details" in page


def test_the_alternative_says_what_is_to_be_seen(site: Client) -> None:
    page = unescape(site.page("/statistics/how-long?lang=en"))
    assert "Chart of 2 values. Days: from 21.5 (" in page
    assert ") to 1,000 (" in page
    assert 'width="300" height="200"' in page


def test_the_alternative_has_names_and_not_counts_codes_or_truths() -> None:
    def literal(text: str, kind: str) -> dict[str, str]:
        return {"value": text, "datatype": f"http://www.w3.org/2001/XMLSchema#{kind}"}

    row = {
        "state": uri("id/country/KAZ"),
        "year": literal("2020", "gYear"),
        "told": literal("true", "boolean"),
    }
    row |= {"counted": literal("3", "integer"), "empty": {"value": "x"}}
    named = [name for name in (*row, "none") if _names([row, {}], name)]
    assert named == ["state", "year", "empty", "none"]


def test_columns_tell_numbers_and_dates_from_other_texts() -> None:
    def kind(*terms: dict[str, str]) -> str:
        return _kind([{}, *({"one": term} for term in terms)], "one")

    assert kind(number("1.5"), number("2")) == "number"
    assert kind(number("1.5"), {"value": "two"}) == ""
    assert kind({"value": "2008-05-04"}, {"value": "2008-05"}, {"value": "1951"}) == "date"
    assert kind({"value": "2008-05-04"}, {"value": "in 2009"}) == ""
    assert kind() == ""


def test_years_are_read_as_years(real: Client) -> None:
    for language in LANGUAGES:
        page = unescape(real.page(f"/statistics/treaty-timeline?lang={language}"))
        assert ">1951</a>" in page and "1951 (" in page
        assert re.search('<td class="date">[^/]*2008-05-04', page)


def test_the_map_is_described_by_names(real: Client) -> None:
    page = real.page("/statistics/treaty-map?lang=en")
    assert "to 3 (Kazakhstan)." in page
    assert page.count('<th scope="col" class="number">') == 3


def test_a_narrow_screen_gets_its_own_picture(real: Client, site: Client) -> None:
    page = real.page("/statistics/budgets?lang=ru")
    assert '<source media="(max-width: 40rem)" srcset="/statistics/budgets.narrow.ru.svg" width="' in page
    svg = ElementTree.fromstring(real.get("/statistics/budgets.narrow.ru.svg").content)
    assert float(svg.attrib["width"]) <= 360
    assert "<source" not in site.page("/statistics/how-long"), "a release that has none"
    assert site.get("/statistics/how-long.narrow.en.svg").status_code == 404


def test_the_page_of_a_chart_has_its_query(site: Client) -> None:
    page = site.page("/statistics/how-long")
    assert "SELECT * WHERE { ?treaty a ?kind } # &lt;b&gt;" in page
    assert "/query?example=treaties" in page
    assert 'href="/examples/treaties.json"' in page
    for language in LANGUAGES:
        assert f'href="/statistics/how-long.{language}.svg"' in page


def test_words_are_in_the_readers_language_or_english(site: Client) -> None:
    russian, kazakh = site.page("/statistics?lang=ru"), site.page("/statistics?lang=kk")
    assert "Как долго?" in russian
    assert "Дней" in russian
    assert "Сроки" in russian
    assert 'src="/statistics/how-long.ru.svg"' in russian
    assert "How long?" in kazakh
    assert "Күн" in kazakh


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_picture_is_kept_by_its_tag_and_can_do_nothing(site: Client, language: str) -> None:
    answer = site.get(f"/statistics/how-long.{language}.svg")
    assert (answer.status_code, answer.text) == (200, f"<svg>{language}</svg>")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["content-language"] == language
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "style-src 'none'" in answer.headers["content-security-policy"]
    again = site.get(f"/statistics/how-long.{language}.svg", If_None_Match=answer.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    head = site.request("HEAD", f"/statistics/how-long.{language}.svg")
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    "name",
    [
        "none",
        "how-long.narrow",
        "how-long.narrow.narrow.en.svg",
        "lost",
        "lost.en.svg",
        "how-long.svg",
        "how-long.de.svg",
        "how-long.json",
        ".svg",
        "..%2F..%2Fmanifest.json",
        "..%2Fcharts%2Fhow-long.en.svg",
        "%00.en.svg",
        "%0A",
        "a" * 1500,
        "%F0%9F%92%A5",
    ],
)
def test_what_there_is_not_is_404(site: Client, name: str) -> None:
    assert site.get(f"/statistics/{name}", "text/html").status_code == 404


def test_questions_are_in_their_order_by_chapter(drawn: Release) -> None:
    reader = Reader.open(drawn.store_path, drawn.manifest)
    chapters = read_chapters(reader, Namer(reader, texts("en")))
    assert [one.thing.title.rsplit("/", 1)[1] for one in chapters] == ["2", "10"]
    assert [one.code for one in chapters[0].questions] == ["003", "020"]
    assert chapters[0].questions[0].missing == 4


def test_a_chart_is_found_by_what_it_shows(drawn: Release) -> None:
    reader = Reader.open(drawn.store_path, drawn.manifest)
    namer = Namer(reader, texts("en"))
    assert [one.name for one in charts_with(reader, namer, "country", f"{BASE}id/country/UZB")] == [
        "how-long"
    ]
    assert charts_with(reader, namer, "country", f"{BASE}id/country/FRA") == []
    assert charts_with(reader, namer, "none", f"{BASE}id/country/UZB") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_release_without_charts_says_so(client: Client, language: str) -> None:
    page = client.page(f"/statistics?lang={language}")
    assert texts(language)("statistics.none") in page
    assert client.get("/statistics/disposition-time").status_code == 404
    assert client.get("/statistics/disposition-time.en.svg").status_code == 404


def test_it_is_in_the_navigation(client: Client) -> None:
    assert '<a href="/statistics">Statistics</a>' in client.page("/?lang=en")


def test_every_chart_of_the_release_has_its_page(real: Client, published: Release) -> None:
    for topic in published.manifest["statistics"]["topics"]:
        for chart in topic["charts"]:
            page = real.page(f"/statistics/{chart['name']}?lang=kk")
            assert page.count("<tr>") == 1 + chart["rows"]
            for language in LANGUAGES:
                answer = real.get(f"/statistics/{chart['name']}.{language}.svg")
                (style,) = ElementTree.fromstring(answer.content).iter("{http://www.w3.org/2000/svg}style")
                digest = b64encode(sha256((style.text or "").encode()).digest()).decode()
                assert f"style-src 'sha256-{digest}'" in answer.headers["content-security-policy"]
                assert b"style=" not in answer.content


def test_how_long_civil_cases_take_is_the_first_answer(real: Client) -> None:
    page = real.page("/statistics?lang=en")
    first = page[page.index("<h3") : page.index("</details>")]
    assert "How long do cases take at each instance?" in first
    assert "Civil and commercial litigious cases" in first
    for instance, days in (("First", 48), ("Second", 31), ("Highest", 36)):
        assert f"{instance} instance" in first
        assert f">{days}</a>" in first


def test_the_questions_of_the_release_are_all_there(published: Release) -> None:
    reader = Reader.open(published.store_path, published.manifest)
    chapters = read_chapters(reader, Namer(reader, texts("en")))
    named = [one.thing.title for chapter in chapters for one in chapter.questions]
    kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    assert sorted(named) == reader.subjects(kind, f"{BASE}ontology#Question")


def test_sanctions_have_their_chart(real: Client, published: Release) -> None:
    reader = Reader.open(published.store_path, published.manifest)
    topics = read_topics(reader, Namer(reader, texts("en")))
    (chart,) = [one for topic in topics for one in topic.charts if one.name == "imprisonment-by-form"]
    page = real.page(f"/compare/sanctions?lang=en&act={BASE}id/act/KAZ/criminal-code-2014")
    assert f'src="{chart.picture.address}"' in page
    assert chart.alternative in unescape(page)
