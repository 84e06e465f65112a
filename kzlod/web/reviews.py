"""What reviews say, as the pages show it: findings, recommendations and what became of them.

Everything is read by the terms of the ontology, so it fits the review of any country under any convention.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kzlod.namespaces import ONTOLOGY
from kzlod.web.changes import REPLACED, Change, Changes, Event, strongest
from kzlod.web.descriptions import SUMMARY
from kzlod.web.index import natural
from kzlod.web.names import Namer, Value
from kzlod.web.passages import Place, countries_of, date_of, documents_of, places
from kzlod.web.reading import TYPE, Reader

FINDING = ONTOLOGY + "Finding"
RECOMMENDATION = ONTOLOGY + "Recommendation"
ARTICLE = ONTOLOGY + "Article"
_TREATY = ONTOLOGY + "Treaty"
_CONVENTION = (ONTOLOGY + "TreatyProvision", _TREATY)
_DOMESTIC = (ONTOLOGY + "DomesticProvision", ONTOLOGY + "DomesticAct")
_STATED = ("followsFrom", "concerns")
_CONCLUDED = "evidentlyConcerns"


@dataclass(frozen=True, slots=True)
class Tie:
    """A thing that another speaks of; `inferred`: the project concluded it; `through`: what leads to it."""

    thing: Value
    inferred: bool = False
    through: Value | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """What a document says of the fulfilment of a recommendation, and as of when."""

    thing: Value
    value: Value | None
    date: str
    summary: Value | None
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a review finds: how far which provisions are met, and by which law.

    `together` are the articles that it is on, if they are several: it may be about one of them only.
    """

    thing: Value
    summary: Value | None
    degree: Value | None
    words: tuple[Value, ...]
    provisions: tuple[Tie, ...]
    law: tuple[Tie, ...]
    date: str
    places: tuple[Place, ...]
    changes: tuple[Change, ...]
    recommendations: tuple[Tie, ...]
    together: tuple[Value, ...]
    inferred: bool = False

    @property
    def verdict(self) -> str:
        """Whether the law that it relies on was changed later, as far as the data know (a VERDICT)."""
        return strongest(one.verdict for one in self.changes)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What a review asks, of whom, on which provisions, from which findings, and what became of it.

    `together` are the articles that the findings behind it name together, as in `Finding`.
    """

    thing: Value
    summary: Value | None
    number: str
    chapter: str
    actions: tuple[Value, ...]
    addressees: tuple[Value, ...]
    documents: tuple[Value, ...]
    review: Value | None
    date: str
    provisions: tuple[Tie, ...]
    law: tuple[Tie, ...]
    findings: tuple[Finding, ...]
    statuses: tuple[Status, ...]
    places: tuple[Place, ...]
    changes: tuple[Change, ...]
    later: tuple[Event, ...]
    together: tuple[Value, ...]

    @property
    def verdict(self) -> str:
        """Whether the law that it is about was changed later, as far as the data know (a VERDICT).

        That the law had been replaced before the review asked for a change is no answer.
        """
        return strongest(one.verdict for one in self.changes if one.verdict != REPLACED)


class Reviews:
    """Reads findings and recommendations for one page."""

    def __init__(self, reader: Reader, namer: Namer) -> None:
        """Takes where to read and for whom."""
        self._reader, self._namer = reader, namer
        self._changes = Changes(reader, namer)
        self.finding = lru_cache(maxsize=None)(self._finding)
        self.recommendation = lru_cache(maxsize=None)(self._recommendation)

    def _finding(self, iri: str, inferred: bool = False) -> Finding:
        """A finding with its provisions, its law and the recommendations that take it up."""
        ties = self._ties(iri, (("reliesOn", False), ("concerns", False), (_CONCLUDED, True)))
        law = [one for one in ties if self._is(one.thing.title, _DOMESTIC)]
        provisions = [
            *self._ties(iri, ((name, False) for name in ("findsOn", "findsOnFrom", "findsOnTo"))),
            *(one for one in ties if self._is(one.thing.title, _CONVENTION)),
        ]
        date = self.assessed(iri)
        return Finding(
            self._namer.thing(iri),
            self._summary(iri),
            next(iter(self._things(iri, "degree")), None),
            self._namer.texts_of(iri, ONTOLOGY + "degreeText"),
            tuple(provisions),
            tuple(law),
            date,
            places(self._reader, iri, self._namer),
            tuple(self._changes.since(one.thing.title, date) for one in law),
            tuple(self._asking(iri)),
            self._together([iri]),
            inferred,
        )

    def _recommendation(self, iri: str) -> Recommendation:
        """A recommendation with the findings behind it."""
        ties = self._ties(iri, (*((name, False) for name in _STATED), (_CONCLUDED, True)))
        findings = tuple(
            self.finding(one.thing.title, one.inferred)
            for one in ties
            if self._is(one.thing.title, (FINDING,))
        )
        own = [one for one in ties if self._is(one.thing.title, _CONVENTION)]
        law = [one for one in ties if self._is(one.thing.title, _DOMESTIC)]
        date = self.assessed(iri)
        behind = [(one, finding.thing) for finding in findings for one in finding.provisions]
        behind_law = [(one, finding.thing) for finding in findings for one in finding.law]
        provisions = _merged(own, behind)
        laws = _merged(law, behind_law)
        return Recommendation(
            self._namer.thing(iri),
            self._summary(iri),
            self._reader.value(iri, ONTOLOGY + "number") or "",
            self._reader.value(iri, ONTOLOGY + "chapter") or "",
            self._things(iri, "actionType"),
            self._things(iri, "addressee"),
            tuple(self._namer.thing(one) for one in documents_of(self._reader, iri)),
            next(iter(self._things(iri, "partOfReview")), None),
            date,
            provisions,
            laws,
            findings,
            self._statuses(iri),
            places(self._reader, iri, self._namer),
            tuple(self._changes.since(one.thing.title, date) for one in laws),
            tuple(self._changes.answers(self.articles(iri), self.countries(iri), date)),
            self._together([one.thing.title for one in findings]),
        )

    def assessed(self, iri: str) -> str:
        """The date of the law that a thing speaks of: stated, else that of its document; empty: not known."""
        stated = self._reader.value(iri, ONTOLOGY + "lawAsOf")
        dates = [date_of(self._reader, one) for one in documents_of(self._reader, iri)]
        return stated or min((one for one in dates if one), default="")

    def countries(self, iri: str) -> list[str]:
        """The countries that a finding or recommendation is about: the reviewed, else its document's."""
        reviewed = [
            country
            for review in self._reader.iris(iri, ONTOLOGY + "partOfReview")
            for country in self._reader.iris(review, ONTOLOGY + "reviewOf")
        ]
        documents = documents_of(self._reader, iri)
        return reviewed or [country for one in documents for country in countries_of(self._reader, one)]

    def articles(self, iri: str) -> dict[str, bool]:
        """The articles (or whole treaties) that a recommendation is about; True: the link is concluded."""
        found: dict[str, bool] = {}
        names = (*((name, False) for name in _STATED), (_CONCLUDED, True))
        for name, inferred in names:
            for one in self._reader.iris(iri, ONTOLOGY + name):
                if self._is(one, (FINDING,)):
                    on = self._reader.iris(one, ONTOLOGY + "findsOn")
                    reached = [article_of(self._reader, provision) for provision in on]
                else:
                    reached = [article_of(self._reader, one)] if self._is(one, _CONVENTION) else []
                for article in reached:
                    found[article] = found.get(article, True) and inferred
        return found

    def _together(self, findings: Iterable[str]) -> tuple[Value, ...]:
        """The articles that findings name with others, by their places."""
        found: dict[str, None] = {}
        for one in findings:
            on = self._reader.iris(one, ONTOLOGY + "findsOn")
            articles = dict.fromkeys(article_of(self._reader, provision) for provision in on)
            found |= articles if len(articles) > 1 else {}
        return tuple(
            self._namer.within(one, *self._reader.iris(one, ONTOLOGY + "provisionOf"))
            for one in sorted(found, key=natural)
        )

    def _asking(self, finding: str) -> Iterable[Tie]:
        for name, inferred in (*((name, False) for name in _STATED), (_CONCLUDED, True)):
            for one in sorted(self._reader.subjects(ONTOLOGY + name, finding), key=natural):
                if self._is(one, (RECOMMENDATION,)):
                    yield Tie(self._namer.thing(one), inferred)

    def _statuses(self, iri: str) -> tuple[Status, ...]:
        found = [
            Status(
                self._namer.thing(one),
                next(iter(self._things(one, "statusValue")), None),
                self._reader.value(one, ONTOLOGY + "date") or "",
                self._summary(one),
                places(self._reader, one, self._namer),
            )
            for one in self._reader.iris(iri, ONTOLOGY + "status")
        ]
        return tuple(sorted(found, key=lambda one: (one.date, one.thing.title)))

    def _ties(self, iri: str, names: Iterable[tuple[str, bool]]) -> list[Tie]:
        found: dict[str, Tie] = {}
        for name, inferred in names:
            for one in sorted(self._reader.iris(iri, ONTOLOGY + name), key=natural):
                found.setdefault(one, Tie(self._namer.thing(one), inferred))
        return list(found.values())

    def _things(self, iri: str, name: str) -> tuple[Value, ...]:
        return tuple(self._namer.thing(one) for one in self._reader.iris(iri, ONTOLOGY + name))

    def _summary(self, iri: str) -> Value | None:
        return next(iter(self._namer.texts_of(iri, SUMMARY)), None)

    def _is(self, iri: str, kinds: Sequence[str]) -> bool:
        return any(kind in kinds for kind in self._reader.iris(iri, TYPE))


def article_of(reader: Reader, provision: str) -> str:
    """The article that a provision is or belongs to; itself when it belongs to none."""
    waiting, seen = [provision], {provision}
    while waiting:
        one = waiting.pop(0)
        if ARTICLE in reader.iris(one, TYPE):
            return one
        parents = [parent for parent in reader.iris(one, ONTOLOGY + "isPartOf") if parent not in seen]
        seen.update(parents)
        waiting += parents
    return provision


def _merged(own: Sequence[Tie], behind: Iterable[tuple[Tie, Value]]) -> tuple[Tie, ...]:
    """What a recommendation is about itself, then what only its findings are about, each once."""
    found: Mapping[str, Tie] = {one.thing.title: one for one in own}
    reached = dict(found)
    for one, finding in behind:
        reached.setdefault(one.thing.title, Tie(one.thing, True, finding))
    return tuple(reached.values())
