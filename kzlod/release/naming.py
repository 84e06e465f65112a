"""Names in other languages for things that are called by their place: provisions, versions, sanctions, cells.

Such a thing is named by a pattern of `data/translations/patterns.toml` and the names and numbers of the
things it belongs to. The names are renderings of the project (`kzlod:unofficialLabel`), in the graph of
translations.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kzlod.errors import InputError, Problem
from kzlod.labels import PROPERTIES as LABELS
from kzlod.labels import UNOFFICIAL
from kzlod.namespaces import ONTOLOGY, PREFIXES

FILE = Path("data") / "translations" / "patterns.toml"
_TYPE = PREFIXES["rdf"] + "type"
_DEEPEST = 12  # steps of a provision, names within names; more are a circle


@dataclass(frozen=True, slots=True)
class Pattern:
    """How things of some classes are called: the text in each language, and what fills its places."""

    classes: frozenset[str]
    texts: Mapping[str, str]
    places: Mapping[str, tuple[str, ...]]
    unnumbered: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Patterns:
    """The languages that names are made in, and the patterns of provisions' steps and of things."""

    languages: tuple[str, ...]
    steps: tuple[Pattern, ...]
    things: tuple[Pattern, ...]


def read_patterns(root: Path) -> Patterns:
    """The patterns of the repository, none when it has no such file; InputError when that is malformed."""
    file = root / FILE
    if not file.is_file():
        return Patterns((), (), ())
    try:
        table = tomllib.loads(file.read_text("utf-8"))
        languages = tuple(table["languages"])
        steps, things = (
            tuple(_pattern(one, languages) for one in table.get(kind, ())) for kind in ("step", "thing")
        )
        return Patterns(languages, steps, things)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, ValueError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise InputError(Problem(str(file), what, "Mend the file; its head says how it is made.")) from error


def _pattern(table: Mapping[str, Any], languages: Sequence[str]) -> Pattern:
    texts = {language: str(table[language]) for language in languages}
    places = {place: tuple(path.split("/")) for place, path in table.get("places", {}).items()}
    known = dict.fromkeys((*places, "number"), "")
    for text in texts.values():
        try:
            text.format(**known)
        except KeyError as error:
            raise ValueError(f"{text!r} has a place {error} that is not filled") from error
    return Pattern(frozenset(table["class"].split()), texts, places, table.get("unnumbered", {}))


def name_things(patterns: Patterns, graphs: Iterable[Sequence[ox.Triple]]) -> Iterator[ox.Triple]:
    """Names for what has none in the patterns' languages: in all of these or, where one fails, in none."""
    facts = _Facts(graphs)
    names = [_Names(facts, patterns, language) for language in patterns.languages]
    for iri in facts.subjects():
        if any(facts.label(iri, one.language) for one in names):
            continue
        made = [(one.called(iri), one.language) for one in names]
        if all(text for text, _ in made):
            for text, language in made:
                name = ox.Literal(text[:1].upper() + text[1:], language=language)
                yield ox.Triple(ox.NamedNode(iri), ox.NamedNode(UNOFFICIAL), name)


class _Facts:
    """Statements by subject and property, each once, in both directions."""

    def __init__(self, graphs: Iterable[Sequence[ox.Triple]]) -> None:
        self._of: dict[str, dict[str, dict[ox.NamedNode | ox.Literal, None]]] = defaultdict(dict)
        self._to: dict[str, dict[str, dict[str, None]]] = defaultdict(dict)
        for triples in graphs:
            for one in triples:
                subject, name, term = one.subject, one.predicate.value, one.object
                if isinstance(subject, ox.NamedNode) and isinstance(term, ox.NamedNode | ox.Literal):
                    self._of[subject.value].setdefault(name, {})[term] = None
                    if isinstance(term, ox.NamedNode):
                        self._to[term.value].setdefault(name, {})[subject.value] = None

    def subjects(self) -> list[str]:
        return sorted(self._of)

    def follow(self, iri: str, step: str) -> list[str]:
        """Where one step of a path leads, sorted: IRIs or texts."""
        if step.startswith("^"):
            return sorted(self._to.get(iri, {}).get(ONTOLOGY + step[1:], ()))
        return sorted(term.value for term in self._of.get(iri, {}).get(ONTOLOGY + step, ()))

    def kinds(self, iri: str) -> set[str]:
        return {term.value.removeprefix(ONTOLOGY) for term in self._of.get(iri, {}).get(_TYPE, ())}

    def known(self, iri: str) -> bool:
        return iri in self._of

    def label(self, iri: str, language: str) -> str:
        for name in LABELS:
            for term in self._of.get(iri, {}).get(name, ()):
                if isinstance(term, ox.Literal) and term.language == language:
                    return term.value
        return ""


class _Names:
    """Names in one language; empty where a part of the name is missing."""

    def __init__(self, facts: _Facts, patterns: Patterns, language: str) -> None:
        self._facts, self._patterns, self.language = facts, patterns, language

    def called(self, iri: str, depth: int = 0) -> str:
        """The name that a thing has, else the one that its pattern makes."""
        if label := self._facts.label(iri, self.language):
            return label
        kinds = self._facts.kinds(iri)
        for pattern in self._patterns.things:
            if kinds >= pattern.classes and depth < _DEEPEST:
                filled = {place: self._place(iri, path, depth) for place, path in pattern.places.items()}
                if all(filled.values()):
                    return pattern.texts[self.language].format(**filled)
        return ""

    def _place(self, iri: str, path: Sequence[str], depth: int) -> str:
        if path == ("steps",):
            return self._steps(iri)
        reached = [iri]
        for step in path:
            reached = [found for one in reached for found in self._facts.follow(one, step)]
        names = [
            self.called(one, depth + 1) if self._facts.known(one) else one for one in dict.fromkeys(reached)
        ]
        return "; ".join(names) if all(names) else ""

    def _steps(self, iri: str) -> str:
        steps: list[str] = []
        current: str | None = iri
        while current and "Provision" in self._facts.kinds(current) and len(steps) < _DEEPEST:
            steps.append(self._step(current))
            above = self._facts.follow(current, "isPartOf")
            current = above[0] if above else None
        return ", ".join(reversed(steps)) if all(steps) else ""

    def _step(self, iri: str) -> str:
        kinds, numbers = self._facts.kinds(iri), self._facts.follow(iri, "number")
        for pattern in self._patterns.steps:
            if kinds >= pattern.classes:
                if numbers:
                    return pattern.texts[self.language].format(number=numbers[0])
                return pattern.unnumbered.get(self.language, "")
        return ""
