"""Seven questions, each answered from the home page in at most three clicks or one search.

docs/journeys.md describes them; its pictures are the screenshots of these tests:
SCREENSHOTS=docs/images/journeys python -m pytest tests/browser/test_journeys.py
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import LANGUAGES, Shoot, Visit

pytestmark = pytest.mark.debian

Journey = Callable[[Page, str], int]


def click(page: Page, selector: str) -> None:
    """Follows the first link that fits."""
    page.locator(selector).first.click()
    page.wait_for_load_state()


def search(page: Page, text: str) -> None:
    """Searches from the header of any page."""
    box = page.locator("header input[name=q]")
    box.fill(text)
    box.press("Enter")
    page.wait_for_url("**/search?q=*")


def illegal_access(page: Page, language: str) -> int:
    """What does illegal access cost in Kazakhstan?"""
    if language == "en":
        search(page, "illegal access")
        click(page, ".hits a[href$='/criminal-code-2014/art/205']")
        costs = page.locator("section[aria-labelledby=sanctions] table")
        assert "2 years" in costs.inner_text() and "160" in costs.inner_text()
    else:
        click(page, ".doors a[href='/compare/sanctions']")
        costs = page.locator("tbody").filter(has=page.locator("a[href$='/art/205/part/3']:visible")).first
        assert "2000" in costs.inner_text().replace("\N{NO-BREAK SPACE}", "")
    costs.evaluate("one => one.closest('section, main').querySelector('h2').scrollIntoView()")
    return 2


def without_answer(page: Page, language: str) -> int:
    """Which convention articles have no domestic answer?"""
    click(page, ".doors a[href*='unanswered=1']")
    rows = page.locator("table.crosswalk tbody tr")
    assert rows.count() >= 1
    assert page.locator("tr.open a[href$='/treaty/ets-185/art/12']").count() == 1
    return 1


def article_15(page: Page, language: str) -> int:
    """What did the UN review recommend on article 15 and was the law changed?"""
    click(page, ".doors a[href='/recommendations']")
    click(page, "main a[href*='uncac%2Fart%2F15']")
    text = page.locator("main").inner_text()
    for number in ("III-1", "III-2", "III-3"):
        assert number in text
    return 2


def civil_cases(page: Page, language: str) -> int:
    """How long do civil cases take by instance?"""
    click(page, ".doors a[href='/statistics']")
    chart = page.locator("section").filter(has=page.locator("img[src*='disposition-time']")).last
    assert chart.locator("img").is_visible() and chart.locator("img").get_attribute("alt")
    table = chart.locator("details")
    table.locator("summary").click()
    assert all(days in table.inner_text() for days in ("48", "31", "36"))
    table.locator("summary").click()
    return 1


def central_authority(page: Page, language: str) -> int:
    """Who is the central authority for mutual legal assistance and in which languages?"""
    click(page, ".doors a[href='/institutions']")
    row = page.locator("table tr").filter(has=page.locator("a[href$='/treaty/uncac/art/46']")).first
    languages = {"en": ("Kazakh", "Russian"), "ru": ("азахский", "усский"), "kk": ("азақ", "рыс")}[language]
    assert row.locator("a[href$='/general-prosecutors-office']").count() == 1
    assert all(one in row.inner_text() for one in languages)
    return 1


def judges(page: Page, language: str) -> int:
    """Give me all figures on judges as CSV for R."""
    click(page, ".doors a[href='/examples']")
    link = page.locator("a[href='/examples/figures-on-judges']").first
    link.evaluate("one => { const all = one.closest('details'); if (all) all.open = true; }")
    click(page, "a[href='/examples/figures-on-judges']")
    assert "read.csv(" in page.locator("main").inner_text()
    with page.expect_download() as waiting:
        page.locator("a[href='/examples/figures-on-judges.csv']").first.click()
    rows = waiting.value.path().read_text("utf-8").splitlines()
    assert rows[0].startswith("country,year,") and len(rows) > 50
    return 3


def cite_367(page: Page, language: str) -> int:
    """How do I cite article 367?"""
    search(page, {"en": "article 367", "ru": "ст. 367", "kk": "367-бап"}[language])
    click(page, ".hits a[href$='/art/367']")
    click(page, "a[href='#cite']")
    cite = page.locator("section.cite")
    assert "criminal-code-2014/art/367" in cite.inner_text()
    for form in ("BibTeX", "RIS", "CSL-JSON"):
        assert cite.get_by_role("link", name=form).is_visible()
    return 3


JOURNEYS: dict[str, Journey] = {
    "illegal-access": illegal_access,
    "without-answer": without_answer,
    "article-15": article_15,
    "civil-cases": civil_cases,
    "central-authority": central_authority,
    "judges": judges,
    "cite-367": cite_367,
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", JOURNEYS)
def test_a_journey(address: str, visit: Visit, shoot: Shoot, name: str, language: str) -> None:
    page = visit(address + "/", language)
    assert JOURNEYS[name](page, language) <= 3
    shoot(page, name if language == "en" else f"{name}-{language}")


@pytest.mark.parametrize(
    "name", ["illegal-access", "without-answer", "article-15", "central-authority", "cite-367"]
)
def test_a_journey_without_scripts(address: str, visit: Visit, name: str) -> None:
    page = visit(address + "/", scripts=False)
    JOURNEYS[name](page, "en")
