"""Reading with a keyboard, without scripts, on paper; the language once chosen stays."""

from io import BytesIO
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LANGUAGES, PHONE, Shoot, Visit

pytestmark = pytest.mark.debian

ARTICLE = "/doc/act/KAZ/criminal-code-2014/art/205"


def test_the_first_key_leads_to_the_content(address: str, visit: Visit) -> None:
    page = visit(address + ARTICLE)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_everything_that_is_reached_by_the_keyboard_shows_it(address: str, visit: Visit) -> None:
    page = visit(address + ARTICLE)
    for _ in range(40):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            """() => { const one = document.activeElement, style = getComputedStyle(one);
            return one === document.body || style.outlineStyle !== 'none'; }"""
        )
        assert shown, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_suggestions_by_keyboard(address: str, visit: Visit, shoot: Shoot) -> None:
    page = visit(address + "/")
    box = page.locator("header input[name=q]")
    choices = page.locator("header [role=listbox]")
    expect(choices).to_be_hidden()
    box.press_sequentially("art 205")
    expect(choices.locator("[role=option]").first).to_be_visible()
    shoot(page, "suggestions")
    box.press("ArrowDown")
    expect(choices.locator("[aria-selected=true]")).to_have_count(1)
    box.press("Enter")
    page.wait_for_url("**/doc/**")
    assert "205" in page.locator("h1").inner_text()
    box = page.locator("header input[name=q]")
    box.press_sequentially("art 205")
    expect(page.locator("header [role=option]").first).to_be_visible()
    box.press("Escape")
    expect(page.locator("header [role=listbox]")).to_be_hidden()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_search_without_scripts(address: str, visit: Visit, language: str) -> None:
    words = {"en": "art 205", "ru": "ст. 205", "kk": "205-бап"}
    page = visit(address + "/", language, scripts=False)
    page.locator("main input[name=q]").fill(words[language])
    page.locator("main form.search button").click()
    first = page.locator(".hits a").first
    assert "205" in first.inner_text()
    first.click()
    assert page.locator("h1").inner_text().strip()


def test_the_language_is_chosen_once(address: str, visit: Visit) -> None:
    page = visit(address + "/", "en")
    page.get_by_role("link", name="Қазақша").click()
    assert page.locator("html").get_attribute("lang") == "kk"
    page.goto(address + ARTICLE)
    assert page.locator("html").get_attribute("lang") == "kk"


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_what_is_shown_in_another_language_says_so(address: str, visit: Visit, language: str) -> None:
    page = visit(address + ARTICLE, language)
    assert page.locator("h1").get_attribute("lang") in (None, language)
    summary = page.locator(".provision .part > p > span[lang=en]").first
    assert summary.locator("xpath=following-sibling::*[1]").inner_text() == "en"


def test_a_citation_is_one_click_away(address: str, visit: Visit) -> None:
    page = visit(address + "/doc/act/KAZ/criminal-code-2014/art/205/part/1")
    page.locator("sup.note a[href^='#citation']").first.click()
    note = page.locator(".citations li:target")
    expect(note).to_be_visible()
    assert "lines" in note.inner_text() or "line" in note.inner_text()
    note.locator("summary").click()
    assert len(note.locator("code.long").inner_text()) == 64


def test_on_paper(address: str, visit: Visit) -> None:
    page = visit(address + ARTICLE)
    page.emulate_media(media="print")
    for hidden in ("header.site nav", "header.site form"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    assert BytesIO(page.pdf()).read(5) == b"%PDF-"


def test_a_telephone_has_targets_that_a_finger_hits(address: str, visit: Visit) -> None:
    page = visit(address + "/", size=PHONE)
    height = "all => all.map(one => one.getBoundingClientRect().height)"
    heights = page.locator("header.site nav a").evaluate_all(height)
    assert heights and min(heights) >= 24  # WCAG 2.2, 2.5.8


def test_a_result_is_taken_away_as_a_file(address: str, visit: Visit) -> None:
    page = visit(address + "/examples/sanctions")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").first.click()
    assert waiting.value.path().read_text("utf-8").splitlines()[0].count(",") > 2


def test_a_search_that_is_kept_as_an_address(address: str, visit: Visit) -> None:
    page = visit(f"{address}/search?q={quote('пытка')}", "ru")
    assert page.locator("main input[name=q]").input_value() == "пытка"
