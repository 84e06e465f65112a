"""Names in other languages for things that are called by their place: provisions, cells, citations.

Such a thing is named by a pattern of `data/translations/patterns.toml` and the names and numbers of the
things it belongs to. The names are renderings of the project (`kzlod:unofficialLabel`), in the graph of
translations.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kzlod.documents.provisions import UNNUMBERED
from kzlod.errors import InputError, Problem
from kzlod.labels import PROPERTIES as LABELS
from kzlod.labels import UNOFFICIAL
from kzlod.namespaces import ONTOLOGY, PREFIXES
from kzlod.phrases import phrase
from kzlod.release.wording import Word, Wording, read_word

FILE = Path("data") / "translations" / "patterns.toml"
_TYPE = PREFIXES["rdf"] + "type"
_TITLES = tuple(PREFIXES[prefix] + name for prefix, name in (("dcterms", "title"), ("rdfs", "label")))
_INSTRUMENTS = {ONTOLOGY + name for name in ("DomesticAct", "Treaty")}
_STEPS, _PLACE = ("steps",), ("place",)
_SCHEME = re.compile(r"^https?://")
_DEEPEST = 12  # steps of a provision, names within names; more are a circle


@dataclass(frozen=True, slots=True)
class Pattern:
    """How things of some classes are called: the text in each language, what paths fill its places."""

    classes: frozenset[str]
    texts: Mapping[str, str]
    places: Mapping[str, tuple[tuple[str, ...], ...]]
    unnumbered: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Patterns:
    """The languages that names are made in, patterns of provisions' steps and of things, words of places."""

    languages: tuple[str, ...]
    steps: tuple[Pattern, ...]
    things: tuple[Pattern, ...]
    words: tuple[Word, ...] = ()


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
        words = tuple(read_word(one, languages) for one in table.get("word", ()))
        return Patterns(languages, steps, things, words)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, ValueError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise InputError(Problem(str(file), what, "Mend the file; its head says how it is made.")) from error


def _pattern(table: Mapping[str, Any], languages: Sequence[str]) -> Pattern:
    texts = {language: str(table[language]) for language in languages}
    places = {
        place: tuple(tuple(path.split("/")) for path in ([paths] if isinstance(paths, str) else paths))
        for place, paths in table.get("places", {}).items()
    }
    known = dict.fromkeys((*places, "number"), "")
    for language, text in texts.items():
        try:
            phrase(text, known, language)
        except KeyError as error:
            raise ValueError(f"{text!r} has a place {error} that is not filled") from error
    classes = frozenset(map(_iri, table["class"].split()))
    return Pattern(classes, texts, places, table.get("unnumbered", {}))


def _iri(name: str) -> str:
    """The IRI of a class or property: of ours, or of another vocabulary with its prefix."""
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon else ONTOLOGY + name


def name_things(patterns: Patterns, graphs: Iterable[Sequence[ox.Triple]]) -> Iterator[ox.Triple]:
    """Names for what has none in the patterns' languages: in all of these or, where one fails, in none."""
    facts = _Facts(graphs)
    names = [_Names(facts, patterns, language) for language in patterns.languages]
    for iri in facts.subjects():
        if any(facts.label(iri, one.language) for one in names):
            continue
        made = [(one.called(iri), one.language) for one in names]
        if all(text for text, _ in made):
            begins_small = facts.label(iri, "en")[:1].islower()
            for text, language in made:
                name = ox.Literal(text if begins_small else text[:1].upper() + text[1:], language=language)
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
            return sorted(self._to.get(iri, {}).get(_iri(step[1:]), ()))
        return sorted(term.value for term in self._of.get(iri, {}).get(_iri(step), ()))

    def kinds(self, iri: str) -> set[str]:
        return {term.value for term in self._of.get(iri, {}).get(_TYPE, ())}

    def instruments(self) -> dict[str, str]:
        """Acts and treaties by their English titles; none by a title that several have."""
        named: dict[str, set[str]] = defaultdict(set)
        for iri, about in self._of.items():
            if not _INSTRUMENTS.isdisjoint(term.value for term in about.get(_TYPE, ())):
                for term in (term for name in _TITLES for term in about.get(name, ())):
                    if isinstance(term, ox.Literal) and term.language == "en":
                        named[term.value.rstrip(".")].add(iri)
        return {title: min(found) for title, found in named.items() if len(found) == 1}

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
        instruments = facts.instruments()
        self._wording = Wording(
            patterns.words,
            language,
            lambda kinds, number: self._step({ONTOLOGY + kind for kind in kinds}, number),
            lambda title: self.called(instruments[title]) if title in instruments else "",
        )

    def called(self, iri: str, depth: int = 0) -> str:
        """The name that a thing has, else the one that its pattern makes."""
        if label := self._facts.label(iri, self.language):
            return label
        kinds = self._facts.kinds(iri)
        for pattern in self._patterns.things:
            if kinds >= pattern.classes and depth < _DEEPEST:
                filled = {place: self._place(iri, paths, depth) for place, paths in pattern.places.items()}
                if all(filled.values()):
                    return phrase(pattern.texts[self.language], filled, self.language)
        return ""

    def _place(self, iri: str, paths: Sequence[Sequence[str]], depth: int) -> str:
        if _STEPS in paths:
            return self._steps(iri)
        if _PLACE in paths:
            return self._wording.render(self._facts.label(iri, "en"))
        led = [found for path in paths if (found := self._along(iri, path))]
        names = ["; ".join(self._all(found, depth)) for found in led]
        return "; ".join(names) if all(names) else ""

    def _along(self, iri: str, path: Sequence[str]) -> list[str]:
        """Where a path leads."""
        reached = [iri]
        for step in path:
            reached = [found for one in reached for found in self._facts.follow(one, step)]
        return list(dict.fromkeys(reached))

    def _all(self, reached: Iterable[str], depth: int) -> list[str]:
        """Things by name, printed texts as they are, addresses elsewhere without scheme; or none."""
        names = [
            self.called(one, depth + 1) if self._facts.known(one) else _SCHEME.sub("", one).rstrip("/")
            for one in reached
        ]
        return names if all(names) else []

    def _steps(self, iri: str) -> str:
        steps: list[str] = []
        current: str | None = iri
        while current and ONTOLOGY + "Provision" in self._facts.kinds(current) and len(steps) < _DEEPEST:
            numbers = self._facts.follow(current, "number")
            steps.append(self._step(self._facts.kinds(current), numbers[0] if numbers else UNNUMBERED))
            above = self._facts.follow(current, "isPartOf")
            current = above[0] if above else None
        return ", ".join(reversed(steps)) if all(steps) else ""

    def _step(self, kinds: Set[str], number: str) -> str:
        for pattern in self._patterns.steps:
            if kinds >= pattern.classes:
                if number != UNNUMBERED:
                    return phrase(pattern.texts[self.language], {"number": number}, self.language)
                return pattern.unnumbered.get(self.language, "")
        return ""
