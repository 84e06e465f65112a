"""Texts with places to fill: names by pattern, strings of the pages.

`{date}` is a date in words, `{date:of}` as it goes with what is of that date; `{place:small}` begins with a
small letter; `{place:-}` takes the hyphen before a noun, but a space when it is a Roman numeral.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]))?(?:-(0[1-9]|[12]\d|3[01]))?")
_ROMAN = re.compile(r"[IVXLC]+")


def _twelve(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_MONTHS: Mapping[str, tuple[str, ...]] = {
    "en": _twelve("January February March April May June July August September October November December"),
    "ru": _twelve("январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь"),
    "kk": _twelve("қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан"),
}
_OF_MONTH = _twelve("января февраля марта апреля мая июня июля августа сентября октября ноября декабря")
_IN_MONTH = _twelve("дағы дағы дағы дегі дағы дағы дегі дағы тегі дағы дағы дағы")
"""The endings of Kazakh months before what is of a date."""


def in_words(date: str, language: str, *, of: bool = False) -> str:
    """A day, month or year in words: `2020-05-01` is `1 мая 2020 года`.

    Takes the date as data write it and English, Russian or Kazakh; `of`: as it goes with what is of that date
    (`2020 жылғы 1 мамырдағы жағдай`, `оценка 2015 года`). What is no such date, and all in another language,
    is given back as it is.
    """
    match = _DATE.fullmatch(date)
    if match is None or language not in _MONTHS:
        return date
    year, month, day = match[1], int(match[2] or 0), int(match[3] or 0)
    called = _MONTHS[language][month - 1] if month else ""
    if language == "en":
        return " ".join(str(part) for part in (day, called, year) if part)
    if language == "ru":
        if not month:
            return f"{year} года" if of else f"{year} год"
        called = _OF_MONTH[month - 1] if day or of else called
        return " ".join(str(part) for part in (day, called, year, "года") if part)
    if not month:
        return f"{year} жылғы" if of else f"{year} жыл"
    ending = _IN_MONTH[month - 1] if of else ""
    return " ".join(str(part) for part in (year, "жылғы", day, called + ending) if part)


def phrase(text: str, places: Mapping[str, object], language: str) -> str:
    """The text in the language with its places filled.

    KeyError when one is not filled, ValueError when it asks for a form that there is not.
    """
    return text.format(**{name: _part(name, value, language) for name, value in places.items()})


def _part(name: str, value: object, language: str) -> object:
    if not isinstance(value, str):
        return value
    return _Date(value, language) if name == "date" else _Part(value)


class _Part(str):
    __slots__ = ()

    def __format__(self, form: str) -> str:
        if form == "small":
            return self[:1].lower() + self[1:]
        if form == "-":
            return str(self) + (" " if _ROMAN.fullmatch(self) else "-")
        return super().__format__(form)


@dataclass(frozen=True, slots=True)
class _Date:
    date: str
    language: str

    def __format__(self, form: str) -> str:
        if form not in ("", "of"):
            raise ValueError(f"{form!r} is no form of a date")
        return in_words(self.date, self.language, of=form == "of")
