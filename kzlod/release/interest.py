"""What counts against a thing when others are found as well: what readers of law rarely look for."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kzlod.labels import Graph
from kzlod.namespaces import ID, ONTOLOGY, PREFIXES

NAMED = tuple(ONTOLOGY + name for name in ("DomesticAct", "Treaty", "Institution", "Office"))
"""The kinds of things that have a name of their own, and are known by a part of it."""
SOUGHT = (*NAMED, *(ONTOLOGY + name for name in ("Article", "Question")))
"""The kinds of things that readers of law look for by their names."""

_SKOS, _OWL = PREFIXES["skos"], PREFIXES["owl"]
_RARELY, _SELDOM, _OFTEN = 40.0, 9.0, -8.0
_OF_KIND: Mapping[str, float] = {
    **dict.fromkeys(
        (
            ONTOLOGY + name
            for name in (
                *("DomesticAct", "Treaty", "Article", "Question", "Finding", "Recommendation", "Institution"),
                *("Designation",),
            )
        ),
        _OFTEN,
    ),
    **dict.fromkeys((f"{_OWL}Class", f"{_OWL}ObjectProperty", f"{_OWL}DatatypeProperty"), _RARELY),
    **dict.fromkeys((ONTOLOGY + name for name in ("MissingValue", "Cell")), _RARELY),
    **dict.fromkeys(
        (
            f"{_SKOS}ConceptScheme",
            *(
                ONTOLOGY + name
                for name in (
                    *("Country", "ProvisionVersion", "Part", "Point", "Paragraph", "Subpoint", "Statement"),
                    *("SanctionClause", "SanctionAlternative", "AdditionalPunishment", "Answer", "Comment"),
                    *("Discrepancy", "Correspondence", "Support", "Offence", "Note", "InformationSystem"),
                )
            ),
        ),
        _SELDOM,
    ),
}
_OF_FORM = 26.0  # a row, column, option or heading of a printed form
_ABROAD = 6.0
_REPLACED, _NO_VERSION = 9.0, 6.0
_STATE = re.compile(f"{re.escape(ID)}[a-z-]+/([A-Z]{{3}})/")


def country_of(iri: str) -> str | None:
    """The IRI of the country that a thing of ours is of by its own IRI."""
    state = _STATE.match(iri)
    return f"{ID}country/{state[1]}" if state else None


class Against:
    """What counts against things, by their kind, state and law; `home` is the country that most are of."""

    def __init__(self, store: ox.Store, graph: Graph | None, kinds: Mapping[str, str]) -> None:
        """Takes what says so in a store; `kinds`: the kind of each thing."""
        self._kinds = kinds
        self._of_form = _subjects(store, graph, ONTOLOGY + "printedLabel")
        self._replaced = {
            quad.object.value
            for quad in store.quads_for_pattern(
                None, ox.NamedNode(PREFIXES["dcterms"] + "replaces"), None, graph
            )
            if isinstance(quad.object, ox.NamedNode)
        }
        self._no_version = _subjects(store, graph, ONTOLOGY + "versionStated", "false")
        self.home = _most_frequent(kinds)

    def thing(self, iri: str, kind: str, act: str | None) -> float:
        """What counts against a thing; `act`: the act or treaty that it is or belongs to."""
        against = _OF_KIND.get(kind, 0.0)
        if kind == f"{_SKOS}Concept" and iri in self._of_form:
            against += _OF_FORM
        country = country_of(iri)
        if country in self._kinds and country != self.home:
            against += _ABROAD
        if iri in self._replaced or act in self._replaced:
            against += _REPLACED
        elif act in self._no_version:
            against += _NO_VERSION
        return against


def _subjects(store: ox.Store, graph: Graph | None, name: str, value: str | None = None) -> set[str]:
    return {
        quad.subject.value
        for quad in store.quads_for_pattern(None, ox.NamedNode(name), None, graph)
        if isinstance(quad.subject, ox.NamedNode)
        and (value is None or (isinstance(quad.object, ox.Literal) and quad.object.value == value))
    }


def _most_frequent(iris: Iterable[str]) -> str | None:
    """The country that most things are of."""
    counts = Counter(country for iri in iris if (country := country_of(iri)))
    return counts.most_common(1)[0][0] if counts else None
