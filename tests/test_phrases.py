"""Texts with places: dates in words, small letters, hyphens that Roman numerals do not take."""

import pytest

from kzlod.phrases import in_words, phrase


@pytest.mark.parametrize(
    ("date", "en", "ru", "kk"),
    [
        ("2020-05-01", "1 May 2020", "1 мая 2020 года", "2020 жылғы 1 мамыр"),
        ("2012-12", "December 2012", "декабрь 2012 года", "2012 жылғы желтоқсан"),
        ("2020", "2020", "2020 год", "2020 жыл"),
        ("2020-13-01", "2020-13-01", "2020-13-01", "2020-13-01"),
        ("6 months", "6 months", "6 months", "6 months"),
    ],
)
def test_a_date_is_said_in_words(date: str, en: str, ru: str, kk: str) -> None:
    assert (in_words(date, "en"), in_words(date, "ru"), in_words(date, "kk")) == (en, ru, kk)
    assert in_words(date, "uz") == date


@pytest.mark.parametrize(
    ("date", "ru", "kk"),
    [
        ("2015-09-12", "12 сентября 2015 года", "2015 жылғы 12 қыркүйектегі"),
        ("2015-07", "июля 2015 года", "2015 жылғы шілдедегі"),
        ("2015", "2015 года", "2015 жылғы"),
    ],
)
def test_a_date_has_a_form_for_what_is_of_it(date: str, ru: str, kk: str) -> None:
    assert (in_words(date, "ru", of=True), in_words(date, "kk", of=True)) == (ru, kk)


def test_places_have_forms() -> None:
    places = {"date": "2020-05-01", "number": "12-1", "roman": "IV", "what": "Шарт", "count": 3}
    text = "{number:-}бап, {roman:-}тарау, {what:small}, {date}, {date:of}, {count}"
    assert phrase(text, places, "kk") == (
        "12-1-бап, IV тарау, шарт, 2020 жылғы 1 мамыр, 2020 жылғы 1 мамырдағы, 3"
    )
    with pytest.raises(ValueError, match="odd"):
        phrase("{date:odd}", places, "kk")
    with pytest.raises(KeyError):
        phrase("{other}", places, "kk")
