"""Every kind of page: accessible, in its language, light and dark, on a telephone, on paper."""

from urllib.parse import quote

import pytest

from tests.browser.conftest import LANGUAGES, PHONE, Shoot, Visit, violations

pytestmark = pytest.mark.debian

CODE = "/doc/act/KAZ/criminal-code-2014"
PAGES = {
    "home": "/",
    "sources": "/sources",
    "source": "/doc/source/KAZ/uncac-review-2015",
    "treaties": "/treaties",
    "treaty": "/doc/treaty/FRA-KAZ-mutual-legal-assistance",
    "convention": "/doc/treaty/uncac",
    "recommendations": "/recommendations",
    "recommendation": "/doc/source/KAZ/uncac-review-2015/recommendation/III-1",
    "finding": "/doc/source/KAZ/uncac-review-2015/finding/mla-central-authority",
    "institutions": "/institutions",
    "institution": "/doc/institution/KAZ/general-prosecutors-office",
    "designation": "/doc/source/KAZ/uncac-review-2015/designation/central-authority-art-46",
    "statistics": "/statistics",
    "chart": "/statistics/disposition-time",
    "releases": "/releases/",
    "api": "/api",
    "compare": "/compare",
    "crosswalk": "/compare/crosswalk?treaty=ets-185",
    "sanctions": "/compare/sanctions",
    "examples": "/examples",
    "example": "/examples/sanctions",
    "query": "/query",
    "search": f"/search?q={quote('ст. 205')}",
    "search-nothing": "/search?q=zzzzzz",
    "dumps": "/dumps/",
    "catalog": "/catalog",
    "shapes": "/shapes",
    "ontology": "/doc/ontology",
    "kind": "/kinds/Treaty",
    "article": f"{CODE}/art/205",
    "convention-article": "/doc/treaty/uncac/art/15",
    "act": CODE,
    "container": "/doc/treaty/uncac/art",
    "graph": "/doc/graph/KAZ/treaty-news",
    "concepts": "/doc/concept",
    "question": "/doc/concept/cepej-question/091",
    "choice": "/doc/concept/cepej-question/110",
    "concept": "/doc/concept/cooperation-form/extradition",
    "missing": "/doc/nothing/of/the/kind",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_in_each_language(
    address: str, visit: Visit, shoot: Shoot, name: str, language: str
) -> None:
    page = visit(address + PAGES[name], language, status=404 if name == "missing" else 200)
    assert page.locator("html").get_attribute("lang") == language
    assert page.title().strip()
    assert page.locator("h1").count() == 1
    shoot(page, f"{name}-{language}")
    assert not violations(page)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_readable_in_the_dark_and_on_a_telephone(
    address: str, visit: Visit, shoot: Shoot, name: str
) -> None:
    status = 404 if name == "missing" else 200
    page = visit(address + PAGES[name], "ru", scheme="dark", size=PHONE, status=status)
    shoot(page, f"{name}-dark-phone")
    assert not violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
