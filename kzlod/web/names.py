"""How things, terms and values are called and shown to a reader of one language."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import takewhile
from urllib.parse import unquote

from pyoxigraph import BlankNode, Literal, NamedNode

from kzlod.namespaces import BASE, ID, PREFIXES, compact
from kzlod.web.addresses import last_step, page_path
from kzlod.web.i18n import DEFAULT, LANGUAGES, Name, Order, Texts, language_tag, pick
from kzlod.web.reading import Reader, Term

_XSD = PREFIXES["xsd"]
_NUMBERS = {_XSD + name for name in ("integer", "decimal", "double", "nonNegativeInteger", "int", "long")}
_LANGUAGE = PREFIXES["dcterms"] + "language"
_JOINTS = " ,:–—"
_STEP = " › "  # between the steps of a locator
_QUOTED = re.compile("(?<=«)([^»]+)(?=»)")
# Words without a language are those of documents in English, and of what we write like them.
_ENGLISH = re.compile(r"(?=.*[a-z]{2})[a-zA-Z\W\d_]+", re.DOTALL)
_TIMES = {_XSD + name for name in ("date", "dateTime", "gYear", "gYearMonth")}


@dataclass(frozen=True, slots=True)
class Value:
    """A value as shown: its name, where it links to (None: nowhere), what kind of value it is, and a hint.

    `kind` is thing, address, text, number, time, boolean or code; `title` is shown on pointing.
    """

    name: Name
    href: str | None
    kind: str
    title: str = ""


class Namer:
    """Names for one reader: a release and a language."""

    def __init__(self, reader: Reader, texts: Texts) -> None:
        """Takes where the labels are, and the strings of the reader's language."""
        self._reader = reader
        self.texts = texts
        self.language = texts.language

    def name(self, iri: str) -> Name:
        """The name of a thing or term; one made from its IRI when it has no label."""
        found = pick(self._reader.labels(iri), self.language)
        if found and not found.fallback:
            return found
        known = term_name(compact(iri), self.language)
        return Name(known, self.language) if known else found or self._made_up(iri)

    def knows(self, iri: str) -> bool:
        """Whether there is a thing of ours with this IRI that has a name of its own."""
        return bool(self._reader.labels(iri))

    def thing(self, iri: str) -> Value:
        """An IRI as a value: named, linked where it may be linked."""
        href = page_path(iri)
        kind = "thing" if iri.startswith(BASE) else "address"
        return Value(self.name(iri), href, kind, iri)

    def place(self, citation: str, document: str, locator: str) -> tuple[Name, ...]:
        """A locator for the reader, in parts that follow each other (`in_one`), each in its language.

        Headings are as printed, the last step is as the name of the citation has it.
        """
        name = self.name(citation)
        if document and name.language == self.language:
            headings, mark, last = locator.rpartition(_STEP)
            for key in (self.name(document).text, last_step(document)):
                if name.text.startswith(f"{key}, "):
                    step = self._step(name.text.removeprefix(f"{key}, "), last, document)
                    return (self.printed(headings, document), Name(mark, ""), *step) if mark else step
        return (self.printed(locator, document),) if locator else ()

    def _step(self, text: str, locator: str, document: str) -> tuple[Name, ...]:
        """A step in the reader's language; the heading before it and what it quotes are as printed."""
        heading, comma, place = _apart(text, locator)
        quoting = _QUOTED.split(place)
        parts = [self.printed(heading, document), Name(comma, "")] if comma else []
        for number, part in enumerate(quoting):
            is_printed = number % 2 and part in locator
            parts.append(self.printed(part, document) if is_printed else Name(part, self.language))
        return tuple(parts)

    def printed(self, text: str, document: str) -> Name:
        """Words of a document in its language; if it has not just one, by the rule for words without any."""
        languages = self._reader.iris(document, _LANGUAGE) if document else []
        return Name(text, language_tag(last_step(languages[0])) if len(languages) == 1 else _guessed(text))

    def order(self, value: Value | None) -> Order:
        """A sort key for values by what they are called; none comes first."""
        return self.texts.order(value.name.text if value else "")

    def value(self, term: Term) -> Value:
        """Any value as shown to the reader."""
        if isinstance(term, NamedNode):
            return self.thing(term.value)
        if isinstance(term, BlankNode):
            return Value(Name(f"_:{term.value}", "", made_up=True), None, "code")
        if not isinstance(term, Literal):
            return Value(Name(str(term), "", made_up=True), None, "code")
        return self._literal(term)

    def within(self, iri: str, *wholes: str) -> Value:
        """An IRI as a value without the names of its wholes, which are given outermost first.

        The name of the outermost may stand at the end, those of the others, within it, at the beginning only.
        """
        found = self.thing(iri)
        text, others = found.name.text, [self.name(one).text for one in wholes]
        outermost = others[0] if others else ""
        while others:
            whole, *others = others
            text = _without(text, whole, also_at_end=whole == outermost)
            others = [_without(one, whole, also_at_end=whole == outermost) for one in others]
        if text[1:2].isalpha():  # not what is a number: `a`
            text = text[:1].upper() + text[1:]
        return replace(found, name=replace(found.name, text=text))

    def texts_of(self, iri: str, predicate: str) -> tuple[Value, ...]:
        """The texts of a property in the reader's language if there are any, else all; each once."""
        return self.own_texts(iri, predicate) or tuple(map(self.value, self._texts(iri, predicate)))

    def own_texts(self, iri: str, predicate: str) -> tuple[Value, ...]:
        """The texts of a property in the reader's language."""
        own = (term for term in self._texts(iri, predicate) if term.language == self.language)
        return tuple(map(self.value, own))

    def _texts(self, iri: str, predicate: str) -> list[Literal]:
        return [term for term in self._reader.objects(iri, predicate) if isinstance(term, Literal)]

    def language_name(self, tag: str) -> str:
        """The name of a language, or its tag."""
        return self.texts.get(f"language.{tag.split('-')[0]}") or tag

    def _literal(self, term: Literal) -> Value:
        datatype = term.datatype.value
        if datatype in _NUMBERS:
            return Value(Name(self.texts.decimal(term.value), ""), None, "number")
        if datatype in _TIMES:
            return Value(Name(term.value, ""), None, "time")
        if datatype == _XSD + "boolean":
            word = "yes" if term.value in ("true", "1") else "no"
            return Value(Name(self.texts(f"thing.{word}"), self.language), None, "boolean")
        if datatype == _XSD + "anyURI":
            return Value(Name(term.value, ""), page_path(term.value), "address", term.value)
        plain = term.language or datatype == _XSD + "string"
        language = term.language or _guessed(term.value)
        fallback = bool(term.language) and language.split("-")[0] != self.language
        code = len(term.value) == 64 and all(letter in "0123456789abcdef" for letter in term.value)
        return Value(
            Name(term.value, language, fallback),
            None,
            "code" if code else "text",
            "" if plain else compact(datatype),
        )

    def _made_up(self, iri: str) -> Name:
        if not iri.startswith(BASE):
            return Name(compact(iri).removeprefix("<").removesuffix(">"), "", made_up=True)
        step = last_step(iri)
        known = self.texts.get(f"step.{step}")
        if known:
            return Name(known, self.language)
        country = pick(self._reader.labels(f"{ID}country/{step}"), self.language)
        if country:
            return country
        meant = self._reader.meant(iri)
        if meant:
            return self._as_heading(meant)
        return Name(unquote(step), "" if step.isdecimal() else DEFAULT, made_up=True)

    def _as_heading(self, iri: str) -> Name:
        found = self.name(iri)
        return replace(found, text=found.text[:1].upper() + found.text[1:])


def in_one(place: Sequence[Name]) -> str:
    """A place in a document (`Namer.place`) as one text."""
    return "".join(one.text for one in place)


def _apart(text: str, locator: str) -> tuple[str, str, str]:
    """What a step begins with as the locator does, up to a comma, the comma, and the rest."""
    *steps, _ = text.split(", ")
    same = takewhile(lambda pair: pair[0] == pair[1], zip(steps, locator.split(", "), strict=False))
    heading = ", ".join(step for step, _ in same)
    return (heading, ", ", text.removeprefix(f"{heading}, ")) if heading else ("", "", text)


def _guessed(text: str) -> str:
    return DEFAULT if _ENGLISH.fullmatch(text) else ""


def term_name(prefixed: str, language: str) -> str | None:
    """What a term of another vocabulary is called in a language, or None."""
    names = foreign_terms().get(prefixed)
    return names[LANGUAGES.index(language)] if names else None


@cache
def foreign_terms() -> Mapping[str, list[str]]:
    """The names of other vocabularies' terms, by prefixed name, in the order of the interface's languages."""
    text = files("kzlod.web").joinpath("locale", "terms.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _without(text: str, whole: str, *, also_at_end: bool) -> str:
    """A name without that of its whole at its beginning or end: `Treaty, Article 1`, `Article 1 – Treaty`."""
    for rest in (text.removesuffix(whole) if also_at_end else text, text.removeprefix(whole)):
        if whole and rest != text and (short := rest.strip(_JOINTS)):
            return short
    return text
