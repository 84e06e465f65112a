"""The interface is complete in every language; the choice of a language has an order of precedence."""

import string
from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.labels import Label
from kzlod.namespaces import compact
from kzlod.release.published import Release
from kzlod.web.i18n import LANGUAGES, load, pick, plural_category, texts, units
from kzlod.web.names import Namer, foreign_terms
from kzlod.web.reading import TYPE, Reader

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


def test_all_terms_that_the_data_use_are_named_in_every_language(published: Release) -> None:
    reader = Reader.open(published.store_path, published.manifest)
    quads = list(ox.Store.read_only(str(published.store_path)).quads_for_pattern(None, None, None, None))
    used = {quad.predicate.value for quad in quads}
    used |= {str(getattr(quad.object, "value", "")) for quad in quads if quad.predicate.value == TYPE}
    assert len(used) > 200
    for language in LANGUAGES:
        names = {one: Namer(reader, texts(language)).name(one) for one in used}
        assert [one for one, name in names.items() if name.made_up or name.fallback] == [], language


def test_terms_of_other_vocabularies_are_named_as_in_the_ontology(root: Path) -> None:
    named = foreign_terms()
    for quad in ox.parse(path=root / "ontology" / "alignments.ttl"):
        label, term = quad.object, compact(str(getattr(quad.subject, "value", "")))
        if isinstance(label, ox.Literal) and label.language in ("ru", "kk") and term in named:
            assert label.value == named[term][LANGUAGES.index(label.language)], term


def test_a_label_in_the_readers_language_wins_and_a_fallback_says_so() -> None:
    labels = [Label("Kazakhstan", "en"), Label("Казахстан", "ru")]
    russian, kazakh = pick(labels, "ru"), pick(labels, "kk")
    assert russian and (russian.text, russian.fallback) == ("Казахстан", False)
    assert kazakh and (kazakh.text, kazakh.language, kazakh.fallback) == ("Kazakhstan", "en", True)
    assert pick([], "en") is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("October 15, 2019", "en"),
        ("To date", "en"),
        ("091", ""),
        ("ETS", ""),
        ("до 2019", ""),
        ("à vie", ""),
    ],
)
def test_words_without_a_language_are_english(release: Release, text: str, language: str) -> None:
    reader = Reader.open(release.store_path, release.manifest)
    name = Namer(reader, texts("ru")).value(ox.Literal(text)).name
    assert (name.language, name.fallback) == (language, False)


@pytest.mark.parametrize(("language", "label"), [("ru", "Навигационная цепочка"), ("kk", "Бет жолы")])
def test_the_way_to_a_page_is_called_so(client: Client, language: str, label: str) -> None:
    page = client.page("/doc/treaty/FRA-KAZ-extradition", Accept_Language=language)
    assert f'<nav class="crumbs" aria-label="{label}">' in page


def test_numbers_are_grouped_as_the_language_does() -> None:
    assert texts("en").number(1234567) == "1,234,567"
    assert [texts(one).decimal("-1234.50") for one in ("en", "kk")] == [
        "-1,234.50",
        "-1\N{NO-BREAK SPACE}234,50",
    ]
    assert texts("ru").number(1234567) == "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ru", ["Act", "Елена", "ЕС", "Ёлка", "Ж", "п. 2", "п. 10", "Я"]),
        ("kk", ["Act", "Ағаш", "Азамат", "Әділет", "Бап", "Қазақ", "Лаос", "Ұлт", "Ірі", "Яссы"]),
        ("en", ["act 2", "Act 10", "Bench"]),
    ],
)
def test_names_are_sorted_by_the_alphabet_of_the_language(language: str, expected: list[str]) -> None:
    assert sorted(sorted(expected), key=texts(language).order) == expected


@pytest.mark.parametrize(
    ("language", "category", "numbers"),
    [
        ("en", "one", "1"),
        ("en", "other", "0 2 11 21 1.0 1.5"),
        ("ru", "one", "1 21 101 1000001"),
        ("ru", "few", "2 4 22 104"),
        ("ru", "many", "0 5 11 12 14 20 100 111 1000"),
        ("ru", "other", "1.5 0.5 2.0 10.25"),
        ("kk", "one", "1 1.0"),
        ("kk", "other", "0 2 21 1.5"),
    ],
)
def test_plural_categories_are_those_of_cldr(language: str, category: str, numbers: str) -> None:
    """The samples that CLDR itself gives for each rule."""
    assert {plural_category(number, language) for number in numbers.split()} == {category}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", ["", ".", "x", "INF", "1e3", "²", "1,5", "9" * 5000])
def test_what_is_no_plain_number_has_a_category_all_the_same(language: str, number: str) -> None:
    expected = "many" if language == "ru" and number.startswith("9") else "other"
    assert plural_category(number, language) == expected


@pytest.mark.parametrize(
    ("language", "number", "plain", "limit", "than"),
    [
        ("en", "1", "year", "year", "year"),
        ("en", "2.5", "years", "years", "years"),
        ("ru", "1", "год", "года", "года"),
        ("ru", "2", "года", "лет", "лет"),
        ("ru", "5", "лет", "лет", "лет"),
        ("ru", "1.5", "года", "года", "года"),
        ("kk", "1", "жыл", "жыл", "жылдан"),
        ("kk", "7", "жыл", "жыл", "жылдан"),
    ],
)
def test_a_unit_stands_beside_its_number_as_a_word(
    language: str, number: str, plain: str, limit: str, than: str
) -> None:
    assert texts(language).unit("year", number) == plain
    assert texts(language).unit("year", number, "limit") == limit
    assert texts(language).unit("year", number, "than") == than


def test_units_have_words_in_every_language_and_one_that_is_not_known_has_none() -> None:
    assert units().keys() > {"hour", "day", "month", "year"}
    for forms in units().values():
        assert forms.keys() == set(LANGUAGES)
        assert all("other" in one.get(name, one) for one in forms.values() for name in ("", "limit", "than"))
        assert "limit" in forms["ru"]
        assert "than" in forms["kk"]
    assert texts("en").unit("furlong", "160") is None


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
