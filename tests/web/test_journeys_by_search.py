"""The seven questions of docs/journeys.md, each asked as one search in three languages."""

import pytest

from kzlod.release.published import Release
from kzlod.web.app import create_app
from kzlod.web.settings import Settings
from kzlod.web.site import Site

from .conftest import Client, NoEngine

ART_205 = "/doc/act/KAZ/criminal-code-2014/art/205"
ART_367 = "/doc/act/KAZ/criminal-code-2014/art/367"


@pytest.fixture(scope="module")
def site(published: Release) -> Client:
    return Client(create_app(Site(published, NoEngine(), Settings())))


@pytest.mark.parametrize(
    ("language", "question", "page"),
    [
        ("en", "What does illegal access cost in Kazakhstan?", ART_205),
        ("ru", "какое наказание за незаконный доступ", ART_205),
        ("kk", "заңсыз қол жеткізу жазасы", ART_205),
        ("en", "which convention articles have no domestic answer", "/compare/crosswalk?unanswered=1"),
        ("ru", "какие обязательства без национального соответствия", "/compare/crosswalk?unanswered=1"),
        ("kk", "қай міндеттемелердің ұлттық құқықта сәйкестігі жоқ", "/compare/crosswalk?unanswered=1"),
        ("en", "recommendations article 15", "/examples/recommendations-on-article-15"),
        ("ru", "рекомендации по статье 15", "/examples/recommendations-on-article-15"),
        ("kk", "15-бап ұсынымдар", "/examples/recommendations-on-article-15"),
        ("en", "how long do civil cases take", "/examples/civil-case-times"),
        ("ru", "Сколько длятся гражданские дела по инстанциям?", "/examples/civil-case-times"),
        ("kk", "азаматтық істер қанша уақытқа созылады", "/examples/civil-case-times"),
        ("en", "central authority mutual legal assistance languages", "/examples/central-authority"),
        ("ru", "центральный орган правовая помощь языки", "/examples/central-authority"),
        ("kk", "орталық орган құқықтық көмек", "/examples/central-authority"),
        ("en", "figures on judges csv", "/examples/figures-on-judges"),
        ("ru", "все данные о судьях", "/examples/figures-on-judges"),
        ("kk", "судьялар туралы барлық көрсеткіштер", "/examples/figures-on-judges"),
        ("en", "cite article 367", ART_367),
        ("ru", "как сослаться на статью 367", ART_367),
        ("kk", "367-бапқа сілтеме", ART_367),
    ],
)
def test_a_question_leads_to_its_answer(site: Client, language: str, question: str, page: str) -> None:
    found = site.request("GET", "/search.json", params={"q": question, "lang": language}).json()
    shown = [one["page"] for one in (*found["prepared"], *found["results"][:3])]
    assert page in shown
