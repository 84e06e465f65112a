"""What search finds: the things of a release with their words, for the full-text index of its file.

release/<id>/index.sqlite
    entry (id, iri, kind, key, weight, called, plain, place, treaty)   each thing that can be found
                                     kind: its most special class; key: the words of the last two steps of
                                     its IRI; called: its names by their telling words, one a line;
                                     plain: those of what readers look for, without year, bracket and state;
                                     place: of a provision the numbers down to it (`205 2`); treaty: 1 if
                                     of a treaty
    document (entry, iri)            the source documents that speak of it
    act (entry, iri)                 the acts and treaties that it belongs to or names
    words (name, code, context, text)   FTS5; rowid = entry.id; words as kzlod.words gives them

Any release has these by the terms of the ontology; nothing here knows a country or a document.
"""

import math
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

import pyoxigraph as ox

from kzlod.labels import PROPERTIES, Graph
from kzlod.namespaces import BASE, ID, ONTOLOGY, PREFIXES, is_source_graph, source_of_graph
from kzlod.release.initials import initials
from kzlod.release.interest import SOUGHT, Against, country_of
from kzlod.release.plain import plain_names
from kzlod.words import telling, words

_TYPE = PREFIXES["rdf"] + "type"
_SKOS, _OWL = PREFIXES["skos"], PREFIXES["owl"]
_OTHER_KINDS = {
    f"{_SKOS}Concept",
    f"{_SKOS}ConceptScheme",
    f"{_OWL}Class",
    f"{_OWL}ObjectProperty",
    f"{_OWL}DatatypeProperty",
}
_NOT_FOUND = {ONTOLOGY + name for name in ("Citation", "DiscrepancySide")}
_COUNTRY, _TREATY = ONTOLOGY + "Country", ONTOLOGY + "Treaty"
_ACTS = {ONTOLOGY + "DomesticAct", _TREATY}
# Treaties are abbreviated by long initials only; acts by short ones, too (CC).
_FEWEST_OF_ACT, _FEWEST_OF_TREATY = 2, 4
# The steps of IRIs before the number of an article and of what is in it.
_ARTICLE = "art"
_PARTS = {_ARTICLE, "part", "par", "pt", "sub"}
_NAMES = {
    *PROPERTIES,
    PREFIXES["dcterms"] + "alternative",
    PREFIXES["skos"] + "altLabel",
    *(ONTOLOGY + name for name in ("unofficialTitle", "term")),
}
_CODES = {
    f"{_SKOS}notation",
    *(ONTOLOGY + name for name in ("number", "symbol", "treatyNumber", "actNumber", "printedCode")),
}
_CONTEXT = {
    ONTOLOGY + name
    for name in (
        *("provisionOf", "isPartOf", "about", "question", "versionOf", "institutionOf", "concerns"),
        *("function", "designates", "under", "cooperationForm", "findsOn", "evidentlyConcerns"),
    )
}
# What is recommended on a finding is recommended on what the finding is on.
_FURTHER_CONTEXT = {ONTOLOGY + "evidentlyConcerns": ONTOLOGY + "findsOn"}
# What somebody was designated for is a name of the designation: its own name may be in one language only.
_FURTHER_NAMES = {ONTOLOGY + "designatedFor"}
_DESIGNATES, _DESIGNATED_FOR = ONTOLOGY + "designates", ONTOLOGY + "designatedFor"
_STEPS = re.compile(r"[/#._-]")
_SCHEMA = """
CREATE TABLE entry (
    id INTEGER PRIMARY KEY, iri TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, weight REAL NOT NULL,
    called TEXT NOT NULL, plain TEXT NOT NULL, place TEXT NOT NULL, treaty INTEGER NOT NULL
);
CREATE TABLE document (entry INTEGER, iri TEXT, PRIMARY KEY (entry, iri)) WITHOUT ROWID;
CREATE TABLE act (entry INTEGER, iri TEXT, PRIMARY KEY (entry, iri)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (
    name, code, context, text, content = '', prefix = '2 3', tokenize = 'unicode61 remove_diacritics 0'
);
CREATE VIRTUAL TABLE known USING fts5vocab (words, 'row');
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing that can be found. `kind` is its most special class; the last four are words.

    `weight` is what counts against it: that there are many of its kind, that its kind is not what people look
    for, that it is deep below others, of another state than most, or of law that is not in force any more.
    """

    iri: str
    kind: str
    weight: float
    documents: frozenset[str]
    acts: frozenset[str]
    name: str
    code: str
    context: str
    text: str
    called: str = ""
    plain: str = ""
    place: str = ""
    treaty: bool = False


def write_search(database: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    """Writes the tables of search; sqlite3.OperationalError when this SQLite has no FTS5."""
    database.executescript(_SCHEMA)
    for number, one in enumerate(entries, 1):
        key = " ".join(words(unquote(" ".join(one.iri.rsplit("/", 2)[1:]))))
        entry = (number, one.iri, one.kind, key, one.weight, one.called, one.plain, one.place, one.treaty)
        database.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", entry)
        database.executemany("INSERT INTO document VALUES (?, ?)", ((number, iri) for iri in one.documents))
        database.executemany("INSERT INTO act VALUES (?, ?)", ((number, iri) for iri in one.acts))
        database.execute(
            "INSERT INTO words (rowid, name, code, context, text) VALUES (?, ?, ?, ?, ?)",
            (number, one.name, one.code, one.context, one.text),
        )
    database.execute("INSERT INTO words (words) VALUES ('optimize')")


def read_entries(store: ox.Store, graph: Graph | None) -> Iterator[Entry]:
    """The things of a store that can be found, in the order of their IRIs; `graph` None: all graphs."""
    kinds = _kinds(store, graph)
    counts = Counter(kinds.values())
    names = _Names(store, graph)
    against = Against(store, graph, kinds)
    for iri in sorted(kinds):
        entry = _entry(store, iri, kinds, names, against.home)
        if entry is not None:
            own = names.act(iri, kinds)
            weight = math.log(counts[entry.kind]) + iri.count("/") + against.thing(iri, entry.kind, own)
            yield replace(entry, weight=weight)


def _kinds(store: ox.Store, graph: Graph | None) -> dict[str, str]:
    """The most special class of each thing of ours that can be found: of its classes the rarest."""
    classes: defaultdict[str, set[str]] = defaultdict(set)
    counts: Counter[str] = Counter()
    for quad in store.quads_for_pattern(None, ox.NamedNode(_TYPE), None, graph):
        subject, kind = quad.subject, quad.object
        if (
            isinstance(subject, ox.NamedNode)
            and isinstance(kind, ox.NamedNode)
            and subject.value.startswith(BASE)
            and (kind.value.startswith(ONTOLOGY) or kind.value in _OTHER_KINDS)
            and kind.value not in classes[subject.value]
        ):
            classes[subject.value].add(kind.value)
            counts[kind.value] += 1
    return {
        iri: min(kinds, key=lambda kind: (counts[kind], kind))
        for iri, kinds in classes.items()
        if kinds and not kinds & _NOT_FOUND
    }


class _Names:
    """The names of things, as words, and the acts that provisions belong to; each is read once."""

    def __init__(self, store: ox.Store, graph: Graph | None) -> None:
        self._store, self._graph = store, graph
        self._of: dict[str, str] = {}
        self._acts: dict[str, str | None] = {}
        self._initials: dict[str, str] = {}

    def of(self, iri: str) -> str:
        if iri not in self._of:
            found: dict[str, None] = {}
            for name in PROPERTIES:
                for quad in self._store.quads_for_pattern(
                    ox.NamedNode(iri), ox.NamedNode(name), None, self._graph
                ):
                    if isinstance(quad.object, ox.Literal):
                        found.setdefault(quad.object.value)
            self._of[iri] = " ".join(found)
        return self._of[iri]

    def initials(self, act: str, kinds: dict[str, str]) -> str:
        """The abbreviations of an act or treaty by the initials of its names, as words."""
        if act not in self._initials:
            country = country_of(act)
            without = words(self.of(country)) if country else ()
            fewest = _FEWEST_OF_TREATY if kinds.get(act) == _TREATY else _FEWEST_OF_ACT
            found: dict[str, None] = {}
            for name in sorted(_NAMES):
                for quad in self._store.quads_for_pattern(
                    ox.NamedNode(act), ox.NamedNode(name), None, self._graph
                ):
                    if isinstance(quad.object, ox.Literal):
                        short = initials(quad.object.value, without=without, fewest=fewest)
                        found.update(dict.fromkeys(short))
            self._initials[act] = " ".join(found)
        return self._initials[act]

    def country(self, iri: str) -> list[str]:
        """The names of the country that a thing is of, each as one word if it is one."""
        country = country_of(iri)
        return list(dict.fromkeys(words(self.of(country)))) if country else []

    def designated_for(self, iri: str) -> list[str]:
        """The functions for which an institution is designated."""
        return sorted(
            {
                function
                for quad in self._store.quads_for_pattern(
                    None, ox.NamedNode(_DESIGNATES), ox.NamedNode(iri), self._graph
                )
                if isinstance(quad.subject, ox.NamedNode)
                for function in self.iris(quad.subject, _DESIGNATED_FOR)
            }
        )

    def iris(self, node: ox.NamedNode, predicate: str) -> list[str]:
        """Where a property of a thing leads."""
        quads = self._store.quads_for_pattern(node, ox.NamedNode(predicate), None, self._graph)
        return [quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode)]

    def act(self, iri: str, kinds: dict[str, str]) -> str | None:
        """The act or treaty that a thing is or belongs to."""
        if kinds.get(iri) in _ACTS:
            return iri
        if iri not in self._acts:
            quads = self._store.quads_for_pattern(
                ox.NamedNode(iri), ox.NamedNode(ONTOLOGY + "provisionOf"), None, self._graph
            )
            found = next((quad.object for quad in quads if isinstance(quad.object, ox.NamedNode)), None)
            self._acts[iri] = found.value if found else None
        return self._acts[iri]


def _entry(store: ox.Store, iri: str, kinds: dict[str, str], names: _Names, home: str | None) -> Entry | None:
    """A thing as it is found, its weight aside; None when it has no name.

    Who leaves the state out of a name means the one of the `home` country.
    """
    called: dict[str, None] = {}
    codes = dict.fromkeys(_STEPS.split(unquote(iri.removeprefix(ID).removeprefix(BASE))))
    told: dict[str, None] = {}
    context: dict[str, None] = {}
    documents, acts = set(), set()
    own = names.act(iri, kinds)
    if own:
        acts.add(own)
    short = names.initials(own, kinds).split() if own else []
    if own == iri:
        codes.update(dict.fromkeys(short))
    country = kinds[iri] == _COUNTRY
    for quad in store.quads_for_pattern(ox.NamedNode(iri), None, None, None):
        source = quad.graph_name
        if isinstance(source, ox.NamedNode) and is_source_graph(source.value):
            documents.add(source_of_graph(source.value))
        name, term = quad.predicate.value, quad.object
        if isinstance(term, ox.NamedNode):
            if act := names.act(term.value, kinds):
                acts.add(act)
            if name in _FURTHER_NAMES:
                called.setdefault(names.of(term.value))
            if name in _CONTEXT:
                context.setdefault(names.of(term.value))
            if further := _FURTHER_CONTEXT.get(name):
                for one in names.iris(term, further):
                    context.setdefault(names.of(one))
        elif isinstance(term, ox.Literal):
            if name in _NAMES:
                called.setdefault(term.value)
            elif country:  # its codes are words of ordinary speech: in, is, ne, 250
                continue
            elif name in _CODES:
                codes.setdefault(term.value)
            elif term.language or term.datatype.value.endswith("#string"):
                told.setdefault(term.value)
    if not called:
        return None
    context.setdefault(names.of(kinds[iri]))
    for function in names.designated_for(iri):
        context.setdefault(names.of(function))
    for act in sorted(acts):
        context.setdefault(names.of(act))
    lines = [" ".join(telling(words(text))) for text in called]
    plain: list[str] = []
    if kinds[iri] in SOUGHT:
        state = names.country(iri) if country_of(iri) == home else ()
        plain = [one for text in called for one in plain_names(text, state=state)]
    if own == iri:  # УК, УК РК
        lines += [*short, *(f"{one} {name}" for one in short for name in names.country(iri))]
        context.update(dict.fromkeys(names.country(iri)))
        called.update(dict.fromkeys(short))
    else:
        context.update(dict.fromkeys(short))
    return Entry(
        iri,
        kinds[iri],
        0.0,
        frozenset(documents),
        frozenset(acts),
        _joined(called),
        _joined(codes),
        _joined(context),
        _joined(told),
        "\n".join(dict.fromkeys(lines)),
        "\n".join(dict.fromkeys(plain)),
        _place(iri, own) if own else "",
        own is not None and kinds.get(own) == _TREATY,
    )


def _place(iri: str, act: str) -> str:
    """The numbers of an article and of what is in it, from the IRI of a provision; else nothing."""
    steps = unquote(iri.removeprefix(act + "/")).split("/")
    inside = steps[steps.index(_ARTICLE) :] if _ARTICLE in steps else []
    if not inside or len(inside) % 2 or not _PARTS.issuperset(inside[::2]):
        return ""
    return " ".join(words(" ".join(inside[1::2])))


def _joined(texts: Iterable[str]) -> str:
    return " ".join(word for text in texts for word in words(text))
