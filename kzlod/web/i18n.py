"""The languages of the interface: strings, the choice of one, numbers and units as each writes them."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import Request

from kzlod.labels import Label
from kzlod.phrases import phrase
from kzlod.web.index import natural
from kzlod.web.negotiation import choose_language

LANGUAGES = ("en", "ru", "kk")
DEFAULT = "en"
COOKIE = "lang"
_MARK = {"en": ".", "ru": ",", "kk": ","}
_GROUPING = {"en": ",", "ru": "\N{NO-BREAK SPACE}", "kk": "\N{NO-BREAK SPACE}"}
_ALPHABETS = {
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "kk": "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя",
}
"""The order of letters where it is not that of their code points."""

Order = list[tuple[int, int, str]]
"""What sorts texts as a language does (`Texts.order`)."""


@dataclass(frozen=True, slots=True)
class Name:
    """A label as shown: its text, the language it is in, and what a reader should know about it."""

    text: str
    language: str
    fallback: bool = False
    unofficial: bool = False
    made_up: bool = False


class Texts:
    """The interface's strings in one language."""

    def __init__(self, language: str, strings: Mapping[str, str]) -> None:
        """Takes the language and its strings, keyed `section.name`."""
        self.language = language
        self._strings = strings

    def __call__(self, key: str, **values: object) -> str:
        """The string of a key with its `{places}` filled (`kzlod.phrases`); KeyError when there is none."""
        text = self._strings[key]
        return phrase(text, values, self.language) if values else text

    def get(self, key: str) -> str | None:
        """The string of a key, or None."""
        return self._strings.get(key)

    def filled(self, key: str, values: Mapping[str, object]) -> str | None:
        """The string of a key with its `{places}` filled, or None."""
        return self(key, **values) if key in self._strings else None

    def section(self, name: str) -> dict[str, str]:
        """The strings of a section by their name in it, for scripts."""
        before = f"{name}."
        return {
            key.removeprefix(before): text for key, text in self._strings.items() if key.startswith(before)
        }

    def number(self, value: int) -> str:
        """An integer with its thousands apart, as the language writes it."""
        return f"{value:,}".replace(",", _GROUPING[self.language])

    def decimal(self, lexical: str) -> str:
        """A number as data write it, with a point, as the language writes it; what is none, as it is."""
        whole, point, fraction = lexical.partition(".")
        if not whole.removeprefix("-").isdigit() or len(whole) > 30:
            return lexical
        return self.number(int(whole)) + (_MARK[self.language] + fraction if point else "")

    def order(self, text: str) -> Order:
        """A sort key for texts as readers see them: the language's alphabet, numbers by their size."""
        return natural(text.casefold().translate(_letters(self.language)))

    def unit(self, name: str, number: str, form: str = "") -> str | None:
        """A unit as the word beside a number, or None when the language has none for it.

        Takes the notation of the unit, the number as data write it, and what goes with them: `limit` ("up to"
        and "from"), `than` ("more" and "less") or nothing.
        """
        forms = units().get(name, {}).get(self.language)
        if forms is None:
            return None
        if form:
            forms = forms.get(form) or forms.get("limit", forms)
        return str(forms.get(plural_category(number, self.language), forms["other"]))


def choose_language_of(request: Request) -> str:
    """The language of an answer: `?lang=`, then the stored choice, then `Accept-Language`, then English."""
    for stored in (request.query_params.get(COOKIE), request.cookies.get(COOKIE)):
        if stored in LANGUAGES:
            return stored
    header = ",".join(request.headers.getlist("accept-language"))
    return choose_language(header, LANGUAGES) or DEFAULT


@cache
def texts(language: str) -> Texts:
    """The strings of one of the interface's languages."""
    return Texts(language, load(language))


@cache
def _letters(language: str) -> Mapping[int, int]:
    """The letters of an alphabet as code points in its order, after those of all other letters in use."""
    return {ord(letter): 0xE000 + place for place, letter in enumerate(_ALPHABETS.get(language, ""))}


@cache
def units() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """The words for units: by the notation of the unit, then by language."""
    return tomllib.loads(files("kzlod.web").joinpath("locale", "units.toml").read_text(encoding="utf-8"))


def plural_category(number: str, language: str) -> str:
    """The plural category of a number by the rules of CLDR: one, few, many or other.

    Takes the number as data write it, with a point; what is no such number is other.
    """
    whole, _, fraction = number.lstrip("+-").partition(".")
    if not (whole + fraction).isdecimal() or not whole:
        return "other"
    if language == "kk":
        return "one" if whole.lstrip("0") == "1" and not fraction.strip("0") else "other"
    if fraction:
        return "other"
    if language != "ru":
        return "one" if whole.lstrip("0") == "1" else "other"
    tens, ones = divmod(int(whole[-2:]), 10)
    if tens == 1 or ones == 0 or ones > 4:
        return "many"
    return "one" if ones == 1 else "few"


def language_tag(code: str) -> str:
    """The tag (BCP 47) of a language by its code in ISO 639-3; any other code is its tag."""
    return _tags().get(code, code)


@cache
def _tags() -> Mapping[str, str]:
    text = files("kzlod.web").joinpath("locale", "tags.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def load(language: str) -> Mapping[str, str]:
    """Reads the strings of a language from its file, flattened to `section.name`."""
    source = files("kzlod.web").joinpath("locale", f"{language}.toml").read_text(encoding="utf-8")
    return dict(_flatten(tomllib.loads(source), ""))


def pick(labels: Sequence[Label], language: str) -> Name | None:
    """The label for a reader: in their language, else English, else without a language, else any."""
    for wanted in dict.fromkeys((language, DEFAULT, "")):
        for label in labels:
            if label.language.split("-")[0].lower() == wanted:
                fallback = wanted not in (language, "")
                return Name(label.text, label.language, fallback, label.unofficial)
    if labels:
        return Name(labels[0].text, labels[0].language, True, labels[0].unofficial)
    return None


def _flatten(table: Mapping[str, Any], before: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            found += _flatten(value, f"{before}{key}.")
        else:
            found.append((before + key, str(value)))
    return found
