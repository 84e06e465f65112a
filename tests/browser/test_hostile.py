"""Literals that are scripts, and addresses of every kind, in a real browser."""

from urllib.parse import quote, urlencode

import pytest

from tests.browser.conftest import LANGUAGES, Visit

pytestmark = pytest.mark.debian

TREATY = "/doc/treaty/FRA-KAZ-extradition"
CODE = "/doc/act/KAZ/қылмыстық-кодекс"
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_summary_is_text(hostile_address: str, visit: Visit, language: str) -> None:
    page = visit(hostile_address + TREATY, language)
    assert page.get_by_text("<script>alert(1)</script>").first.is_visible()
    scripts = page.locator("script").evaluate_all("all => all.map(one => one.src || one.type)")
    assert all(one.endswith(".js") or one == "application/ld+json" for one in scripts)


def test_an_address_that_is_a_script_is_no_link(hostile_address: str, visit: Visit) -> None:
    page = visit(hostile_address + TREATY)
    links = page.locator("a").evaluate_all("all => all.map(one => one.href)")
    assert links and not [one for one in links if one.startswith("javascript:")]


@pytest.mark.parametrize("path", ["/search", "/query", "/examples/treaties", "/cite", "/compare/crosswalk"])
def test_a_hostile_parameter_is_text(hostile_address: str, visit: Visit, path: str) -> None:
    page = visit(hostile_address + "/", status=None)
    for name in ("q", "query", "iri", "treaty", "kind", "format", "lang"):
        page.goto(f"{hostile_address}{path}?{urlencode({name: SCRIPT})}")
        assert page.locator("img, [onerror]").count() == 0


def test_hostile_words_typed_into_the_search(hostile_address: str, visit: Visit) -> None:
    page = visit(hostile_address + "/search")
    page.locator("main input[name=q]").fill(SCRIPT)
    page.locator("main form.search button").click()
    page.wait_for_url("**/search?q=*")
    assert page.locator("main input[name=q]").input_value() == SCRIPT
    assert page.locator("main img").count() == 0


@pytest.mark.parametrize("path", [CODE, quote(CODE)])
def test_a_cyrillic_address(hostile_address: str, visit: Visit, path: str) -> None:
    page = visit(hostile_address + path, "kk")
    assert "Қылмыстық кодекс" in page.locator("main").inner_text()
    page.goto(hostile_address + CODE.replace("/doc/", "/id/"))  # 303 to its document
    assert page.evaluate("decodeURIComponent(location.pathname)") == CODE


def test_an_address_that_is_percent_encoded_in_the_data(hostile_address: str, visit: Visit) -> None:
    page = visit(hostile_address + "/doc/act/KAZ")
    page.get_by_role("link", name="An act with a percent-encoded IRI").first.click()
    assert page.locator("h1").inner_text() == "An act with a percent-encoded IRI"
