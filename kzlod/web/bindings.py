"""Cells of the results of queries as a reader wants them: codes with what they stand for, passages as links.

Results keep what programs need: notations of concepts, addresses one after another in one text, English
names. A page says what a notation means, links each address, and gives a name in the reader's language where
the data have one. Nothing here knows a query: everything is looked up in the release.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import BlankNode, Literal, NamedNode

from kzlod.namespaces import BASE, PREFIXES
from kzlod.web.i18n import DEFAULT, Name
from kzlod.web.names import Namer, Value
from kzlod.web.passages import Place, distinct, place_of
from kzlod.web.reading import TYPE, Reader

_LABELS = (PREFIXES["rdfs"] + "label", PREFIXES["skos"] + "prefLabel")
_NOTATION, _SCHEME = PREFIXES["skos"] + "notation", PREFIXES["skos"] + "inScheme"
_STRING = PREFIXES["xsd"] + "string"
_WORD = re.compile(r"[A-Za-z]{2}")
_MOST_CODES = 200  # different values of a column; more are no codes

Binding = Mapping[str, str]
"""A term as SPARQL results in JSON write it."""
Row = Mapping[str, Binding]


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell: values, or passages in their place; `meaning` is what a notation stands for."""

    values: tuple[Value, ...]
    places: tuple[Place, ...] = ()
    meaning: Name | None = None

    @property
    def text(self) -> str:
        """What the cell says, in words."""
        words = "; ".join(one.name.text for one in self.values)
        return f"{words} – {self.meaning.text}" if self.meaning else words

    @property
    def language(self) -> str:
        """The language of what it says, empty when that is none or more than one."""
        languages = {one.name.language for one in self.values}
        return languages.pop() if len(languages) == 1 and not self.meaning else ""


class Cells:
    """Makes the cells of one result for one reader."""

    def __init__(self, reader: Reader, namer: Namer, rows: Sequence[Row], columns: Iterable[str]) -> None:
        """Takes all rows, or those that are shown, by which it is seen which columns hold notations."""
        self._reader, self._namer = reader, namer
        self._meanings = {name: self._codes(rows, name) for name in columns}

    def cell(self, column: str, term: Binding) -> Cell:
        """A cell of a column."""
        text = term["value"]
        if term["type"] == "literal":
            addresses = text.split()
            if addresses and all(one.startswith(BASE) for one in addresses):
                return self._addresses(addresses)
        shown = value(self._namer, term)
        if meaning := self._meanings[column].get(text) if _is_plain(term) else None:
            says_it = meaning.text.casefold() == text.replace("-", " ").casefold()
            return Cell((shown,), (), None if says_it else meaning)
        return Cell((self._in_the_readers_language(shown, term),))

    def _addresses(self, iris: Sequence[str]) -> Cell:
        places = [place_of(self._reader, iri, self._namer) for iri in iris]
        if all(places):
            return Cell((), tuple(distinct(one for one in places if one)))
        return Cell(tuple(self._namer.thing(iri) for iri in iris))

    def _in_the_readers_language(self, shown: Value, term: Binding) -> Value:
        """The value under the name that things of this English name have, if it is one name."""
        language = term.get("xml:lang") or shown.name.language
        if shown.kind != "text" or language != DEFAULT or self._namer.language == DEFAULT:
            return shown
        english = Literal(term["value"], language=DEFAULT)
        things = {one for label in _LABELS for one in self._reader.subjects(label, english)}
        names = {self._namer.name(one) for one in things}
        names = {one for one in names if one.language == self._namer.language}
        if len(names) != 1:
            return shown
        return replace(shown, name=names.pop(), title=term["value"])

    def _codes(self, rows: Sequence[Row], column: str) -> dict[str, Name]:
        """What the values of a column stand for, if they all are notations of one scheme."""
        values = {row[column]["value"] for row in rows if column in row and _is_plain(row[column])}
        if not values or len(values) > _MOST_CODES or any(one[:1].isdigit() for one in values):
            return {}
        found = {value: self._noted(value) for value in values}
        shared = set.intersection(*(set(by_scheme) for by_scheme in found.values()))
        choices = [
            {value: self._namer.name(by_scheme[scheme]) for value, by_scheme in found.items()}
            for scheme in sorted(shared)
        ]
        if not choices or any(one != choices[0] for one in choices[1:]):
            return {}
        return choices[0]

    def _noted(self, value: str) -> dict[str, str]:
        """The things with a notation, by the scheme that they are in, or by their classes."""
        found: dict[str, str] = {}
        for one in self._reader.subjects(_NOTATION, Literal(value)):
            for scheme in self._reader.iris(one, _SCHEME) or self._reader.iris(one, TYPE):
                found[scheme] = one
        return found


def value(namer: Namer, term: Binding) -> Value:
    """A term of SPARQL results in JSON, as shown; words without a language are the English of the data."""
    if term["type"] == "uri":
        return namer.thing(term["value"])
    if term["type"] == "bnode":
        return namer.value(BlankNode(term["value"]))
    if language := term.get("xml:lang"):
        return namer.value(Literal(term["value"], language=language))
    datatype = term.get("datatype")
    found = namer.value(Literal(term["value"], datatype=NamedNode(datatype) if datatype else None))
    if found.kind == "text" and _WORD.search(found.name.text) and found.name.text.isascii():
        return replace(found, name=replace(found.name, language="en"))
    return found


def _is_plain(term: Binding) -> bool:
    """Whether a term is a text without a language."""
    return term["type"] == "literal" and "xml:lang" not in term and term.get("datatype", _STRING) == _STRING
