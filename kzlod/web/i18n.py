"""The languages of the interface: strings, the choice of a language, numbers as each writes them."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import Request

from kzlod.labels import Label
from kzlod.web.negotiation import choose_language

LANGUAGES = ("en", "ru", "kk")
DEFAULT = "en"
COOKIE = "lang"
_GROUPING = {"en": ",", "ru": "\N{NO-BREAK SPACE}", "kk": "\N{NO-BREAK SPACE}"}


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
        """The string of a key with its `{places}` filled; KeyError when there is no such key."""
        text = self._strings[key]
        return text.format(**values) if values else text

    def get(self, key: str) -> str | None:
        """The string of a key, or None."""
        return self._strings.get(key)

    def section(self, name: str) -> dict[str, str]:
        """The strings of a section by their name in it, for scripts."""
        before = f"{name}."
        return {
            key.removeprefix(before): text for key, text in self._strings.items() if key.startswith(before)
        }

    def number(self, value: int) -> str:
        """An integer with its thousands apart, as the language writes it."""
        return f"{value:,}".replace(",", _GROUPING[self.language])


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
