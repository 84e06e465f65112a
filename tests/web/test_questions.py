"""The page of a question: every cell of every country once, with what it holds or why it holds nothing."""

import re
from collections import Counter
from collections.abc import Callable
from html import unescape

import pytest
from pyoxigraph import RdfFormat, parse

from kzlod.namespaces import BASE, CONCEPT, ONTOLOGY, PREFIXES
from kzlod.release.published import Release
from kzlod.web.addresses import page_path
from kzlod.web.app import create_app
from kzlod.web.i18n import LANGUAGES, texts
from kzlod.web.names import Namer
from kzlod.web.questionnaire import QuestionPage
from kzlod.web.questions import question_page
from kzlod.web.reading import TYPE, Reader
from kzlod.web.settings import Settings
from kzlod.web.site import Site

from .conftest import Client, NoEngine, write_release

QUESTION = f"{CONCEPT}q/7"
DATA = """
@prefix kzlod: <https://w3id.org/kzlod/ontology#> .
@prefix qb: <http://purl.org/linked-data/cube#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix id: <https://w3id.org/kzlod/id/> .
@prefix c: <https://w3id.org/kzlod/concept/> .
@prefix q: <https://w3id.org/kzlod/concept/q/> .
id:graph\\/AAA\\/answers {
  q:7 a kzlod:Question , skos:Concept ; kzlod:printedCode "007" ; skos:prefLabel "How many?"@en ;
    skos:broader q:part .
  q:part skos:prefLabel "Part"@en ; skos:broader q:chapter .
  q:chapter skos:prefLabel "Chapter"@en ; skos:broader q:part .
  q:8 a kzlod:Question ; kzlod:printedCode "008" ; skos:prefLabel "Unanswered"@en .
  c:row\\/2 skos:prefLabel "Second row"@en . c:row\\/10 skos:prefLabel "First row"@en .
  c:column\\/a skos:prefLabel "Left"@en . c:column\\/b skos:prefLabel "Right"@en .
  c:status\\/lost skos:prefLabel "Lost"@en ; skos:definition "It was lost."@en , "Утрачено."@ru .
  c:option\\/yes skos:prefLabel "Yes <b>"@en . c:option\\/no skos:prefLabel "No"@en .
  c:unit\\/case skos:prefLabel "Case"@en . c:unit\\/euro skos:prefLabel "Euro"@en .
  id:country\\/AAA rdfs:label "A-land"@en . id:country\\/BBB rdfs:label "B-land"@en .
  id:A11 a kzlod:Cell , qb:Observation ; kzlod:question q:7 ; kzlod:refArea id:country\\/AAA ;
    kzlod:refPeriod "2020"^^xsd:gYear ; kzlod:row c:row\\/10 ; kzlod:rowNumber 1 ;
    kzlod:column c:column\\/b ;
    kzlod:columnNumber 1 ; kzlod:figure "1234.5"^^xsd:decimal ; kzlod:unit c:unit\\/case ;
    kzlod:actualDate "2020-01-01"^^xsd:date .
  id:A12 a kzlod:Cell , kzlod:MissingValue ; kzlod:question q:7 ; kzlod:refArea id:country\\/AAA ;
    kzlod:refPeriod "2020"^^xsd:gYear ; kzlod:row c:row\\/10 ; kzlod:rowNumber 1 ;
    kzlod:column c:column\\/a ;
    kzlod:columnNumber 2 ; kzlod:cellStatus c:status\\/lost ; kzlod:unit c:unit\\/case .
  id:A21 a kzlod:Cell , kzlod:Answer ; kzlod:question q:7 ; kzlod:refArea id:country\\/AAA ;
    kzlod:refPeriod "2020"^^xsd:gYear ; kzlod:row c:row\\/2 ; kzlod:rowNumber 2 ;
    kzlod:column c:column\\/b ;
    kzlod:columnNumber 1 ; kzlod:answerOption c:option\\/yes .
  id:A0 a kzlod:Cell , kzlod:Answer ; kzlod:question q:7 ; kzlod:refArea id:country\\/AAA ;
    kzlod:refPeriod "2020"^^xsd:gYear ; kzlod:cellStatus c:status\\/lost ;
    kzlod:printedOption c:option\\/yes , c:option\\/no .
  id:A-comment a kzlod:Cell , kzlod:Answer , kzlod:Comment ; kzlod:question q:7 ;
    kzlod:refArea id:country\\/AAA ;
    kzlod:refPeriod "2020"^^xsd:gYear ; kzlod:answerText "They say <script>."@en , "Говорят."@ru .
  id:B11 a kzlod:Cell , qb:Observation ; kzlod:question q:7 ; kzlod:refArea id:country\\/BBB ;
    kzlod:refPeriod "2020"^^xsd:gYear ; kzlod:row c:row\\/10 ; kzlod:rowNumber 1 ; kzlod:figure 5.0 ;
    kzlod:unit c:unit\\/euro .
  id:B12 a kzlod:Cell , qb:Observation ; kzlod:question q:7 ; kzlod:refArea id:country\\/BBB ;
    kzlod:refPeriod "2020"^^xsd:gYear ; kzlod:row c:row\\/10 ; kzlod:rowNumber 1 ; kzlod:figure 6.0 ;
    kzlod:unit c:unit\\/case .
  id:B19 a kzlod:Cell , qb:Observation ; kzlod:question q:7 ; kzlod:refArea id:country\\/BBB ;
    kzlod:refPeriod "2021"^^xsd:gYear ; kzlod:figure 9.0 .
  id:rate a qb:Observation ; kzlod:question q:7 ; kzlod:indicator id:indicator\\/rate ;
    kzlod:refArea id:country\\/AAA ;
    kzlod:refPeriod "2020"^^xsd:gYear ; kzlod:figure 99.5 ; kzlod:row c:row\\/10 ;
    kzlod:unit c:unit\\/case .
  id:indicator\\/rate a kzlod:Indicator ; rdfs:label "Rate"@en .
  id:conflict a kzlod:Discrepancy ; rdfs:label "Two numbers"@en ; kzlod:disputed id:A11 ;
    kzlod:summary "They differ."@en ;
    kzlod:side id:side1 , id:side2 .
  id:side1 a kzlod:DiscrepancySide ; rdfs:label "Here"@en ; kzlod:sideValue 1234.5 .
  id:side2 a kzlod:DiscrepancySide ; rdfs:label "There"@en ; kzlod:sideResource id:B11 .
}
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Release:
    quads = list(parse(DATA, RdfFormat.TRIG))
    return write_release(tmp_path_factory.mktemp("asked"), quads, name="0.1.0-00000002")


@pytest.fixture(scope="module")
def site(asked: Release, make_client: Callable[[Release | None], Client]) -> Client:
    return make_client(asked)


def made(release: Release, iri: str = QUESTION, language: str = "en") -> QuestionPage:
    reader = Reader.open(release.store_path, release.manifest)
    return question_page(reader, iri, Namer(reader, texts(language)))


def steps(page: QuestionPage) -> list[str]:
    return [cell.thing.title.rsplit("/", 1)[1] for answers in page.answers for cell in answers.cells]


def test_each_cell_is_there_once_by_country_and_year(asked: Release) -> None:
    page = made(asked)
    told = [(one.country.name.text if one.country else "", one.year) for one in page.answers]
    assert told == [("A-land", "2020"), ("B-land", "2020"), ("B-land", "2021")]
    assert sorted(steps(page)) == ["A-comment", "A0", "A11", "A12", "A21", "B11", "B12", "B19"]


def test_the_table_is_in_the_order_of_the_numbers(asked: Release) -> None:
    table = made(asked).answers[0].table
    assert table
    assert [column.thing.name.text for column in table.columns if column.thing] == ["Right", "Left"]
    assert [column.as_of for column in table.columns] == ["", ""]  # not all cells of a column have the day
    assert [row.name.text for row, _ in table.rows] == ["First row", "Second row"]
    places = [[len(cells) for cells in row] for _, row in table.rows]
    assert places == [[1, 1], [1, 0]]
    assert table.unit
    assert table.unit.name.text == "Case"
    assert [table.has_figures(place) for place in (0, 1)] == [False, False]  # chosen; a status alone


def test_two_cells_at_one_place_and_two_units(asked: Release) -> None:
    table = made(asked).answers[1].table
    assert table
    assert [column.thing for column in table.columns] == [None]
    assert [len(cells) for _, row in table.rows for cells in row] == [2]
    assert table.has_figures(0)
    assert table.unit is None


def test_what_a_cell_holds(asked: Release) -> None:
    page = made(asked)
    cells = {cell.thing.title.rsplit("/", 1)[1]: cell for one in page.answers for cell in one.cells}
    assert cells["A11"].figure and cells["A11"].figure.name.text == "1,234.5"
    assert (cells["A11"].as_of, cells["A11"].disputed, cells["B11"].disputed) == ("2020-01-01", True, True)
    assert cells["A12"].status and cells["A12"].status.name.text == "Lost"
    assert [one.name.text for one in cells["A21"].chosen] == ["Yes <b>"]
    assert sorted(one.name.text for one in cells["A0"].printed) == ["No", "Yes <b>"]
    assert [one.name.text for one in cells["A-comment"].words] == ["They say <script>."]
    assert not cells["B19"].disputed


def test_what_is_said_about_the_answers(asked: Release) -> None:
    page = made(asked)
    assert page.code == "007"
    assert [one.name.text for one in page.parts] == ["Chapter", "Part"]  # though they are in one another
    assert [(status.name.text, meaning.name.text) for status, meaning in page.statuses if meaning] == [
        ("Lost", "It was lost.")
    ]
    (conflict,) = page.disagreements
    assert [side.name.text for side in conflict.sides] == ["Here", "There"]
    (rate,) = page.computed
    assert (rate.indicator.name.text, rate.value.name.text, rate.value.href) == ("Rate", "99.5", "/doc/rate")
    assert [one.name.text for one in rate.of] == ["First row"]


def test_the_readers_language(asked: Release) -> None:
    page = made(asked, language="ru")
    assert [one.name.text for one in page.answers[0].comments[0].words] == ["Говорят."]
    assert page.statuses[0][1] and page.statuses[0][1].name.text == "Утрачено."


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_escapes_and_names_everything(site: Client, language: str) -> None:
    page = site.page(f"/doc/concept/q/7?lang={language}")
    assert "Yes <b>" not in page
    assert "<script>." not in page
    assert texts(language)("question.heading") in page
    assert page.count('class="cell"') == 8


def head(site: Client, cell: str, language: str = "en") -> str:
    """What the page of a cell shows before everything else, as text."""
    page = site.page(f"/doc/{cell}?lang={language}")
    shown = page[page.index('class="answer-head"') : page.index('class="identifier"')]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", shown.partition(">")[2])).split())


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (
            "A11",
            [
                "1,234.5 cases",
                "Two numbers",
                "How many?",
                "First row",
                "Right",
                "A-land",
                "2020",
                "2020-01-01",
            ],
        ),
        ("A12", ["Lost", "It was lost.", "How many?", "First row", "Left"]),
        ("A21", ["Yes <b>", "How many?", "Second row", "Right"]),
        ("A0", ["Lost", "It was lost.", "No", "How many?", "A-land"]),
        ("A-comment", ["They say <script>.", "How many?", "A-land", "2020"]),
        ("B19", ["9", "How many?", "B-land", "2021"]),
    ],
)
def test_the_page_of_a_cell_begins_with_the_answer(site: Client, cell: str, shown: list[str]) -> None:
    text = head(site, cell)
    places = [text.find(one) for one in shown]
    assert -1 not in places and places == sorted(places), text
    assert text.startswith(shown[0])
    assert ("do not agree" in text) is (cell == "A11")
    assert 'href="/doc/concept/q/7#answers"' in site.page(f"/doc/{cell}")


def test_a_cell_on_a_side_of_a_disagreement_says_so(site: Client) -> None:
    assert "Two numbers" in head(site, "B11")
    assert head(site, "B11", "ru").startswith("5 (Euro)"), "a unit that has no word here"


def test_what_is_no_cell_has_no_such_head(site: Client) -> None:
    assert "answer-head" not in site.page("/doc/concept/q/7")
    assert "answer-head" not in site.page("/doc/rate")


def test_the_page_of_a_discrepancy_shows_both_sides(site: Client) -> None:
    page = site.page("/doc/conflict")
    shown = page[page.index('id="sides"') : page.index('id="group-1"')]
    for text in ("About", "Here", "1,234.5", "There", 'href="/doc/A11"', 'href="/doc/B11"'):
        assert text in shown
    assert "They differ." in page


def test_a_question_that_nobody_answered(site: Client) -> None:
    page = site.page("/doc/concept/q/8?lang=en")
    assert texts("en")("question.nothing") in page
    assert 'class="cell"' not in page


def test_only_questions_have_it(client: Client) -> None:
    assert texts("en")("question.heading") not in client.page("/doc/country/KAZ?lang=en")


def test_all_questions_of_the_release(published: Release) -> None:
    """Every cell of every question once on its page, in the order of the questionnaire's numbers."""
    reader = Reader.open(published.store_path, published.manifest)
    namer = Namer(reader, texts("kk"))
    site = Client(create_app(Site(published, NoEngine(), Settings())))
    questions = reader.subjects(TYPE, f"{ONTOLOGY}Question")
    cells = set(reader.subjects(TYPE, f"{ONTOLOGY}Cell"))
    assert len(questions) > 100
    seen: Counter[str] = Counter()
    for iri in questions:
        page = question_page(reader, iri, namer)
        shown = Counter(cell.thing.title for answers in page.answers for cell in answers.cells)
        there = cells & set(reader.subjects(f"{ONTOLOGY}question", iri))
        assert shown == Counter(there), iri
        seen += shown
        holding = [
            cell
            for answers in page.answers
            for cell in answers.cells
            if cell.figure or cell.chosen or cell.words or cell.status
        ]
        assert len(holding) == len(there), iri
        html = site.page(f"{page_path(iri)}?lang=kk")
        linked = Counter(unescape(one) for one in re.findall(r'<a class="cell" href="([^"]+)"', html))
        assert linked == Counter(str(page_path(one)) for one in there), iri
    assert seen == Counter(cells)


def test_the_files_of_a_question(published: Release) -> None:
    reader = Reader.open(published.store_path, published.manifest)
    page = question_page(reader, f"{BASE}concept/cepej-question/091", Namer(reader, texts("en")))
    assert page.files == (
        ("csv", "/examples/questionnaire.csv?question=091"),
        ("words_csv", "/examples/questionnaire-texts.csv?question=091"),
    )


def test_data_sets_show_their_cells(published: Release) -> None:
    reader = Reader.open(published.store_path, published.manifest)
    namer = Namer(reader, texts("en"))
    data_sets = reader.subjects(TYPE, f"{PREFIXES['qb']}DataSet")
    assert len(data_sets) > 50
    for iri in data_sets:
        page = question_page(reader, iri, namer)
        shown = {cell.thing.title for answers in page.answers for cell in answers.cells}
        shown |= {str(one.value.href) for one in page.computed}
        inside = reader.subjects(f"{PREFIXES['qb']}dataSet", iri)
        cells = {one for one in inside if f"{ONTOLOGY}Cell" in reader.iris(one, TYPE)}
        assert shown == cells | {str(page_path(one)) for one in inside if one not in cells}, iri
        assert not page.is_asked


def test_an_indicator_shows_its_values(published: Release) -> None:
    reader = Reader.open(published.store_path, published.manifest)
    namer = Namer(reader, texts("en"))
    indicators = reader.subjects(TYPE, f"{ONTOLOGY}Indicator")
    assert indicators
    site = Client(create_app(Site(published, NoEngine(), Settings())))
    for iri in indicators:
        page = question_page(reader, iri, namer)
        assert {one.indicator.title for one in page.computed} == {iri}
        assert page.files == (("csv", f"/examples/indicators.csv?indicator={iri.rsplit('/', 1)[1]}"),)
        html = site.page(f"{page_path(iri)}?lang=en")
        assert texts("en")("question.values") in html
        assert texts("en")("question.heading") not in html


def test_a_data_set_has_the_table_of_its_question(published: Release) -> None:
    site = Client(create_app(Site(published, NoEngine(), Settings())))
    html = site.page("/doc/cepej/2020/q091?lang=en")
    assert "/examples/questionnaire.csv?question=091&amp;year=2020" in html
    assert "Incoming cases" in html
