"""What the data know of domestic law since it was assessed: replaced, amended, shown or compared later.

Only statements of the graph: that nothing is told of a change does not mean that there was none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from kzlod.namespaces import ONTOLOGY, PREFIXES
from kzlod.web.descriptions import SUMMARY
from kzlod.web.index import natural
from kzlod.web.names import Namer, Value
from kzlod.web.passages import Place, countries_of, date_of, documents_of, later, places
from kzlod.web.reading import TYPE, Reader

CHANGED, REPLACED, SHOWN, UNKNOWN = "changed", "replaced", "shown", "unknown"
"""What is known of a provision: replaced or amended after it was assessed; replaced, but not for certain
after that; its content is told by a later document; nothing is told. The strongest comes first."""

VERDICTS = (CHANGED, REPLACED, SHOWN, UNKNOWN)

_REPLACES = PREFIXES["dcterms"] + "replaces"
_AMENDS = PREFIXES["eli"] + "amends"
_ACT_DATES = (PREFIXES["eli"] + "first_date_entry_in_force", PREFIXES["eli"] + "date_document")
_DEEPEST = 4
_MOST = 8
_SHOWING = ("version", "compared")


@dataclass(frozen=True, slots=True)
class Event:
    """Something told of a provision: `kind` is a key of the strings (`change.replaced` …).

    `follow` are the findings on what took its place; `after`: for certain after the assessment.
    """

    kind: str
    thing: Value
    summary: Value | None
    date: str
    places: tuple[Place, ...]
    after: bool = False
    follow: tuple[Value, ...] = ()

    @property
    def verdict(self) -> str:
        """What it says of the provision: one of VERDICTS."""
        if self.kind in ("replaced", "act_replaced", "amended"):
            return CHANGED if self.after else REPLACED
        return SHOWN if self.kind in _SHOWING else UNKNOWN


@dataclass(frozen=True, slots=True)
class Change:
    """What is known of a domestic act or provision since a date."""

    provision: Value
    events: tuple[Event, ...]

    @property
    def verdict(self) -> str:
        """The strongest of what is told: one of VERDICTS."""
        return strongest(one.verdict for one in self.events)


def strongest(told: Iterable[str]) -> str:
    """The strongest of several verdicts, UNKNOWN when there is none."""
    return min(told, key=VERDICTS.index, default=UNKNOWN)


class Changes:
    """Looks up what is known of provisions; remembers what it has looked up."""

    def __init__(self, reader: Reader, namer: Namer) -> None:
        """Takes where to read and for whom."""
        self._reader, self._namer = reader, namer
        self.since = lru_cache(maxsize=None)(self._since)

    def _since(self, iri: str, date: str) -> Change:
        """What is told of a domestic act or provision since the date of an assessment (empty: unknown)."""
        acts = self._reader.iris(iri, ONTOLOGY + "provisionOf")
        parts = self._parts(iri) if acts else [iri]
        replaced = list(self._successions(iri, date))
        events = [
            *replaced,
            *(event for act in acts if not replaced for event in self._replaced(act, "act_replaced", date)),
            *(event for one in (*parts, *acts) for event in self._amendments(one, date)),
            *(event for one in parts for event in self._versions(one, date)),
            *(event for one in parts for event in self._comparisons(one, date)),
            *(event for one in (acts or [iri]) for event in self._open_version(one)),
        ]
        once = {(one.kind, one.thing.title): one for one in events}
        return Change(self._namer.thing(iri), tuple(list(once.values())[:_MOST]))

    def answers(self, provisions: Iterable[str], countries: Iterable[str], date: str) -> list[Event]:
        """What documents after a date set beside convention provisions or their parts, for countries."""
        wanted = set(countries)
        parts = dict.fromkeys(part for one in provisions for part in self._parts(one))
        found: dict[str, Event] = {}
        for part in parts:
            for one in self._reader.subjects(ONTOLOGY + "conventionProvision", part):
                for document in self._asserted(one):
                    dated = date_of(self._reader, document)
                    if later(dated, date) and wanted & set(countries_of(self._reader, document)):
                        found[one] = self._event("compared", one, dated, one, after=True)
        return list(found.values())[:_MOST]

    def _parts(self, iri: str) -> list[str]:
        found, waiting = [iri], [iri]
        for _ in range(_DEEPEST):
            waiting = [part for one in waiting for part in self._reader.iris(one, ONTOLOGY + "hasPart")]
            found += waiting
        return sorted(dict.fromkeys(found), key=natural)

    def _successions(self, iri: str, date: str) -> Iterable[Event]:
        told = set()
        for succession in self._reader.subjects(ONTOLOGY + "successionSource", iri):
            for target in self._reader.iris(succession, ONTOLOGY + "successionTarget"):
                told.add(target)
                yield self._following("replaced", target, date, succession)
        yield from (one for one in self._replaced(iri, "replaced", date) if one.thing.title not in told)

    def _replaced(self, iri: str, kind: str, date: str) -> Iterable[Event]:
        for one in self._reader.subjects(_REPLACES, iri):
            yield self._following(kind, one, date, one)

    def _following(self, kind: str, iri: str, date: str, cited: str) -> Event:
        dated = self._dated(iri)
        return self._event(kind, iri, dated, cited, after=later(dated, date), follow=self._findings(iri))

    def _amendments(self, iri: str, date: str) -> Iterable[Event]:
        for one in self._reader.subjects(_AMENDS, iri):
            dated = self._dated(one)
            draft = self._reader.value(one, ONTOLOGY + "draft") == "true"
            if draft or later(dated, date):
                yield self._event("draft" if draft else "amended", one, dated, one, after=not draft)

    def _dated(self, iri: str) -> str:
        """Since when an act, or that of a provision, is in force; else its date; empty when not told."""
        acts = self._reader.iris(iri, ONTOLOGY + "provisionOf") or [iri]
        dates = [self._reader.value(act, name) for name in _ACT_DATES for act in acts]
        return next((one for one in dates if one), "")

    def _versions(self, iri: str, date: str) -> Iterable[Event]:
        for one in self._reader.subjects(ONTOLOGY + "versionOf", iri):
            dated = self._reader.value(one, ONTOLOGY + "asOf") or ""
            if later(dated, date):
                yield self._event("version", one, dated, one, after=True)

    def _comparisons(self, iri: str, date: str) -> Iterable[Event]:
        for one in self._reader.subjects(ONTOLOGY + "domesticProvision", iri):
            dated = max((date_of(self._reader, document) for document in self._asserted(one)), default="")
            if later(dated, date):
                yield self._event("compared", one, dated, one, after=True)

    def _open_version(self, act: str) -> Iterable[Event]:
        if self._reader.value(act, ONTOLOGY + "versionStated") == "false":
            yield self._event("open", act, "", act)

    def _asserted(self, iri: str) -> list[str]:
        return self._reader.iris(iri, ONTOLOGY + "assertedBy") or documents_of(self._reader, iri)

    def _findings(self, iri: str) -> tuple[Value, ...]:
        """The findings on a provision, for an act none: there may be hundreds."""
        if not self._reader.iris(iri, ONTOLOGY + "provisionOf"):
            return ()
        found = self._reader.subjects(ONTOLOGY + "reliesOn", iri)
        kind = ONTOLOGY + "Finding"
        return tuple(
            self._namer.thing(one)
            for one in sorted(found, key=natural)
            if kind in self._reader.iris(one, TYPE)
        )

    def _event(
        self,
        kind: str,
        iri: str,
        date: str,
        cited: str,
        *,
        after: bool = False,
        follow: tuple[Value, ...] = (),
    ) -> Event:
        summary = next(iter(self._namer.texts_of(iri, SUMMARY)), None)
        found = places(self._reader, cited, self._namer)
        return Event(kind, self._namer.thing(iri), summary, date, found, after, follow)
