"""The query page: editor, results, errors; and what of it works without scripts or without the editor."""

import json

import pytest
from playwright.sync_api import Page, Route, expect

from kzlod.web.i18n import texts
from tests.browser.conftest import LANGUAGES, PHONE, Shoot, Visit, violations

pytestmark = pytest.mark.debian

NUMBERS = """SELECT ?kind (COUNT(?thing) AS ?things) WHERE { ?thing a ?kind }
GROUP BY ?kind
ORDER BY DESC(?things)
LIMIT 5"""


def write(page: Page, query: str) -> None:
    """Puts a query into the editor."""
    expect(page.locator(".CodeMirror")).to_be_visible()
    page.evaluate("text => document.querySelector('.CodeMirror').CodeMirror.setValue(text)", query)


def run(page: Page) -> None:
    page.locator("form.query button[type=submit]").click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_result_as_table_chart_and_file(address: str, visit: Visit, shoot: Shoot, language: str) -> None:
    strings = texts(language)
    page = visit(address + "/query", language)
    write(page, NUMBERS)
    run(page)
    expect(page.locator("#result tbody tr")).to_have_count(5)
    page.get_by_role("button", name=strings("editor.chart"), exact=True).click()
    expect(page.locator("#result .chart svg")).to_be_visible()
    axis = page.locator("#result .chart svg").text_content() or ""
    assert ("1,000" in axis, "1\N{NO-BREAK SPACE}000" in axis) == (language == "en", language != "en")
    shoot(page, f"query-chart-{language}")
    assert not violations(page)
    page.get_by_role("button", name=strings("editor.raw"), exact=True).click()
    assert '"bindings"' in page.locator("#result pre").inner_text()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV").click()
    assert waiting.value.path().read_text("utf-8").splitlines()[0] == "kind,things"


@pytest.mark.parametrize("language", LANGUAGES)
def test_things_are_called_by_their_names(address: str, visit: Visit, shoot: Shoot, language: str) -> None:
    strings = texts(language)
    page = visit(address + "/query", language)
    write(
        page, "SELECT ?country WHERE { VALUES ?country { <https://w3id.org/kzlod/id/country/KAZ> <urn:x> } }"
    )
    run(page)
    link = page.locator('#result tbody a[href="/id/country/KAZ"]')
    expect(link).to_have_text({"en": "Kazakhstan", "ru": "Казахстан", "kk": "Қазақстан"}[language])
    shoot(page, f"query-names-{language}")
    assert not violations(page)
    page.get_by_role("button", name=strings("editor.names"), exact=True).click()
    expect(link).to_have_text("country:KAZ")
    page.get_by_role("button", name=strings("editor.names"), exact=True).click()
    expect(link).to_have_text({"en": "Kazakhstan", "ru": "Казахстан", "kk": "Қазақстан"}[language])


def test_a_short_link_keeps_the_query_even_without_scripts(address: str, visit: Visit) -> None:
    page = visit(address + "/query")
    write(page, NUMBERS)
    run(page)
    expect(page.locator("#result tbody tr")).to_have_count(5)
    page.wait_for_url("**/query?z=*")
    link = page.evaluate("location.href")
    assert "?z=" in link and len(link) < len(NUMBERS) + 60
    plain = visit(link, scripts=False)
    assert plain.locator("#query").input_value() == NUMBERS


def test_a_stored_query_has_a_short_address(address: str, visit: Visit) -> None:
    page = visit(address + "/query?example=civil-case-times")
    run(page)
    expect(page.locator("#result tbody tr").first).to_be_visible()
    assert "example=civil-case-times" in page.evaluate("location.search")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_malformed_query_is_marked_where_it_is_wrong(
    address: str, visit: Visit, shoot: Shoot, language: str
) -> None:
    page = visit(address + "/query", language, status=None)  # the browser complains of a 400
    write(page, "SELECT * WHERE {\n  ?s ?p ?o .\n  FILTER (?o >> 3)\n}")
    run(page)
    expect(page.locator("[role=alert]")).to_contain_text("3")
    expect(page.locator(".CodeMirror .wrong")).to_have_count(1)
    expect(page.locator("[role=alert] strong")).to_have_text(texts(language)("problem.syntax"))
    shoot(page, f"query-error-{language}")
    assert not violations(page)


def test_a_time_out_is_explained(address: str, visit: Visit) -> None:
    page = visit(address + "/query", "ru", status=None)

    def slow(route: Route) -> None:
        problem = {"type": "/problems/timeout", "title": "The query took too long", "status": 504}
        route.fulfill(status=504, content_type="application/problem+json", body=json.dumps(problem))

    page.route("**/sparql", slow)
    run(page)
    alert = page.locator("[role=alert]")
    expect(alert.locator("strong")).to_be_visible()
    assert len(alert.locator("p").inner_text()) > 20  # what to try
    assert "too long" not in alert.locator("strong").inner_text()


def test_words_are_completed_by_their_names(address: str, visit: Visit, shoot: Shoot) -> None:
    page = visit(address + "/query", "en")
    write(page, "SELECT * WHERE { ?t a kzlod:Treat")
    page.evaluate("""() => { const one = document.querySelector('.CodeMirror').CodeMirror;
        one.focus(); one.setCursor({ line: 0, ch: 99 }); }""")
    page.keyboard.press("Control+Space")
    expect(page.locator(".CodeMirror-hints li").first).to_be_visible()
    shoot(page, "query-completion")
    assert "Treaty" in page.locator(".CodeMirror-hints").inner_text()


def test_the_keyboard_leaves_the_editor(address: str, visit: Visit) -> None:
    page = visit(address + "/query")
    page.locator(".CodeMirror").click()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.type") == "submit"
    page.locator(".CodeMirror").click()
    page.keyboard.press("Tab")
    assert page.evaluate("!document.activeElement.closest('.CodeMirror')")


def test_without_the_editor_there_is_a_field(address: str, visit: Visit) -> None:
    page = visit(address + "/", status=None)
    page.route("**/static/vendor/**", lambda route: route.abort())
    page.goto(address + "/query")
    page.locator("#query").fill(NUMBERS)
    run(page)
    expect(page.locator("#result tbody tr")).to_have_count(5)


def test_without_scripts_the_form_gives_a_file(address: str, visit: Visit) -> None:
    page = visit(address + "/query", scripts=False)
    page.locator("#query").fill(NUMBERS)
    page.locator("#format").select_option("text/csv")
    with page.expect_download() as waiting:
        run(page)
    assert waiting.value.path().read_text("utf-8").splitlines()[0] == "kind,things"


def test_hostile_results_are_text(hostile_address: str, visit: Visit) -> None:
    page = visit(hostile_address + "/query")
    write(page, "SELECT ?o WHERE { <https://w3id.org/kzlod/id/treaty/FRA-KAZ-extradition> ?p ?o }")
    run(page)
    table = page.locator("#result table")
    expect(table).to_contain_text("<script>alert(1)</script>")
    links = table.locator("a").evaluate_all("all => all.map(one => one.href)")
    assert links and not [one for one in links if one.startswith("javascript:")]
    assert page.locator("#result script").count() == 0


def test_on_a_telephone_in_the_dark(address: str, visit: Visit, shoot: Shoot) -> None:
    page = visit(address + "/query?example=civil-case-times", "kk", scheme="dark", size=PHONE)
    run(page)
    expect(page.locator("#result tbody tr").first).to_be_visible()
    shoot(page, "query-dark-phone")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert not violations(page)
