"""The interface is complete in every language; the choice of a language has an order of precedence."""

import string

import pytest

from kzlod.labels import Label
from kzlod.web.i18n import LANGUAGES, load, pick, texts
from kzlod.web.names import foreign_terms

from .conftest import Client


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_exists_in_every_language(language: str) -> None:
    english, other = load("en"), load(language)
    assert other.keys() == english.keys()
    assert [key for key, text in other.items() if not text.strip()] == []
    assert [key for key, text in other.items() if _places(text) != _places(english[key])] == []


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_strings_are_translated(language: str) -> None:
    english, other = load("en"), load(language)
    same = {key for key in english if english[key] == other[key]}
    assert same <= {"site.name", "dumps.checksum", "language.own_en", "language.own_ru", "language.own_kk"}


def test_terms_of_other_vocabularies_are_named_in_every_language() -> None:
    for term, names in foreign_terms().items():
        assert len(names) == len(LANGUAGES), term
        assert all(name.strip() for name in names), term


def test_a_label_in_the_readers_language_wins_and_a_fallback_says_so() -> None:
    labels = [Label("Kazakhstan", "en"), Label("Казахстан", "ru")]
    russian, kazakh = pick(labels, "ru"), pick(labels, "kk")
    assert russian and (russian.text, russian.fallback) == ("Казахстан", False)
    assert kazakh and (kazakh.text, kazakh.language, kazakh.fallback) == ("Kazakhstan", "en", True)
    assert pick([], "en") is None


def test_numbers_are_grouped_as_the_language_does() -> None:
    assert texts("en").number(1234567) == "1,234,567"
    assert texts("ru").number(1234567) == "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567"


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        ("/", {}, "en"),
        ("/", {"Accept-Language": "kk-KZ, ru;q=0.9"}, "kk"),
        ("/", {"Accept-Language": "de"}, "en"),
        ("/", {"Accept-Language": "kk", "Cookie": "lang=ru"}, "ru"),
        ("/?lang=kk", {"Accept-Language": "en", "Cookie": "lang=ru"}, "kk"),
        ("/?lang=xx", {"Cookie": "lang=ru"}, "ru"),
    ],
)
def test_parameter_beats_cookie_beats_header(
    client: Client, path: str, headers: dict[str, str], expected: str
) -> None:
    answer = client.request("GET", path, headers={"Accept": "text/html", **headers})
    assert answer.headers["Content-Language"] == expected
    assert f'<html lang="{expected}">' in answer.text


def test_a_choice_is_stored_and_only_a_valid_one(client: Client) -> None:
    stored = client.get("/?lang=ru", "text/html").headers["set-cookie"]
    assert stored.startswith("lang=ru;") and "SameSite=lax" in stored
    assert "set-cookie" not in client.get("/?lang=tlh", "text/html").headers
    assert "set-cookie" not in client.get("/", "text/html").headers
