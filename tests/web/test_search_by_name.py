"""What is called as asked comes first in three languages, and numbers are found however they are written."""

from typing import Any

import pytest

from kzlod.release.published import Release
from kzlod.web.app import create_app
from kzlod.web.settings import Settings
from kzlod.web.site import Site

from .conftest import Client, NoEngine


@pytest.fixture(scope="module")
def site(published: Release) -> Client:
    return Client(create_app(Site(published, NoEngine(), Settings())))


def asked(site: Client, path: str, text: str, language: str) -> Any:
    return site.request("GET", path, params={"q": text, "lang": language}).json()


@pytest.mark.parametrize(
    ("language", "text", "page"),
    [
        ("en", "Criminal Code", "/doc/act/KAZ/criminal-code"),
        ("ru", "Уголовный кодекс", "/doc/act/KAZ/criminal-code-2014"),
        ("kk", "Қылмыстық кодекс", "/doc/act/KAZ/criminal-code-2014"),
        ("en", "Supreme Court", "/doc/institution/KAZ/supreme-court"),
        ("ru", "Верховный суд", "/doc/institution/KAZ/supreme-court"),
        ("kk", "Жоғарғы Сот", "/doc/institution/KAZ/supreme-court"),
        ("en", "Ministry of Justice", "/doc/institution/KAZ/ministry-of-justice"),
        ("ru", "Министерство юстиции", "/doc/institution/KAZ/ministry-of-justice"),
        ("kk", "Әділет министрлігі", "/doc/institution/KAZ/ministry-of-justice"),
        ("en", "Constitution", "/doc/act/KAZ/constitution"),
        ("ru", "Конституция", "/doc/act/KAZ/constitution"),
        ("kk", "Конституция", "/doc/act/KAZ/constitution"),
        ("en", "Prosecutor General", "/doc/office/KAZ/general-prosecutor"),
        ("ru", "генеральный прокурор", "/doc/office/KAZ/general-prosecutor"),
        ("kk", "Бас прокурор", "/doc/office/KAZ/general-prosecutor"),
        (
            "ru",
            "Закон об оперативно-розыскной деятельности",
            "/doc/act/KAZ/law-on-operational-investigations",
        ),
    ],
)
def test_what_is_called_so_comes_first(site: Client, language: str, text: str, page: str) -> None:
    assert asked(site, "/search.json", text, language)["results"][0]["page"] == page


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("ETS 185", "/doc/treaty/ets-185"),
        ("ETS No. 185", "/doc/treaty/ets-185"),
        ("ETS No 185", "/doc/treaty/ets-185"),
        ("ETS no185", "/doc/treaty/ets-185"),
        ("ETS № 185", "/doc/treaty/ets-185"),
        ("CETS No. 185", "/doc/treaty/ets-185"),
        ("СЕД № 185", "/doc/treaty/ets-185"),
        ("СЕД 185 нөмірі", "/doc/treaty/ets-185"),
        ("ETS N° 24", "/doc/treaty/ets-24"),
        ("art. No. 205", "/doc/act/KAZ/criminal-code-2014/art/205"),
    ],
)
def test_the_mark_of_a_number_does_not_count(site: Client, text: str, page: str) -> None:
    assert asked(site, "/search.json", text, "en")["results"][0]["page"] == page


def test_an_act_is_found_by_its_number_with_and_without_a_mark(site: Client) -> None:
    with_mark, without = (asked(site, "/search.json", text, "ru") for text in ("закон № 217", "закон 217"))
    assert with_mark["results"] == without["results"] != []


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_numbers_that_begin_so_are_suggested(site: Client, language: str) -> None:
    def pages(text: str) -> list[str]:
        found = [one["page"] for one in asked(site, "/search/suggest", text, language)]
        assert len(found) <= 8
        return found

    questions = pages("Q09")
    assert questions[0].endswith("/009")
    assert {"/doc/concept/cepej-question/091", "/doc/concept/cepej-question/099"} <= {*questions}
    articles = pages("art 20")
    assert articles[0].endswith("/art/20")
    assert {f"/doc/act/KAZ/criminal-code-2014/art/{number}" for number in (205, 206, 207)} <= {*articles}
    assert pages("ETS 1")[0] == "/doc/treaty/ets-185"


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("hacking", "/doc/act/KAZ/criminal-code-2014/art/205"),
        ("взлом", "/doc/act/KAZ/criminal-code-2014/art/205"),
        ("хакерство", "/doc/act/KAZ/criminal-code-2014/art/205"),
        ("хакерлік шабуыл", "/doc/act/KAZ/criminal-code-2014/art/205"),
        ("malware", "/doc/act/KAZ/criminal-code-2014/art/210"),
        ("компьютерный вирус", "/doc/act/KAZ/criminal-code-2014/art/210"),
        ("phishing", "/doc/treaty/ets-185/art/8"),
        ("фишинг", "/doc/treaty/ets-185/art/8"),
        ("DDoS", "/doc/treaty/ets-185/art/5"),
    ],
)
def test_words_of_everyday_speech_lead_to_what_laws_call_otherwise(
    site: Client, text: str, page: str
) -> None:
    found = asked(site, "/search.json", text, "ru")
    assert page in [one["page"] for one in found["results"][:3]]
    assert not found["taken"]


def test_a_mistyped_word_is_not_taken_for_a_far_one(site: Client) -> None:
    assert "hang" not in asked(site, "/search.json", "hackng", "en")["taken"].values()
    assert asked(site, "/search.json", "extradiiton", "en")["taken"] == {"extradiiton": "extradition"}
