"""The domestic answers to a convention's provision, country by country and document by document."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from kzlod.web.names import Namer, Value
from kzlod.web.passages import countries_of, date_of, documents_of
from kzlod.web.provisions import Answer, ProvisionPage, flat
from kzlod.web.reading import Reader
from kzlod.web.reviews import Tie


@dataclass(frozen=True, slots=True)
class DocumentAnswers:
    """What one document sets beside the provision and its parts, in their order.

    `relied` is the domestic law that its findings on the provision rely on, each with how many do.
    """

    document: Value | None
    date: str
    answers: tuple[tuple[Value, Answer], ...]
    relied: tuple[tuple[Tie, int], ...]


@dataclass(frozen=True, slots=True)
class CountryAnswers:
    """The answers of one country (None: no document says of which)."""

    country: Value | None
    documents: tuple[DocumentAnswers, ...]


@dataclass
class _Found:
    """What one document says, while it is read."""

    answers: list[tuple[Value, Answer]] = field(default_factory=list)
    relied: dict[str, tuple[Tie, int]] = field(default_factory=dict)


def by_country(reader: Reader, page: ProvisionPage, namer: Namer) -> tuple[CountryAnswers, ...]:
    """The answers to a convention's provision and its parts, by country, then by document and its date."""
    found: dict[tuple[str, str], _Found] = {}

    def of(document: str) -> list[_Found]:
        countries = countries_of(reader, document) if document else []
        return [found.setdefault((country, document), _Found()) for country in countries or [""]]

    for part in flat(page.whole):
        for answer in part.answers:
            for one in of(answer.document.title if answer.document else ""):
                one.answers.append((part.place, answer))
    for remark in (one for group in page.remarks for one in group.remarks if one.finding):
        for document in documents_of(reader, remark.thing.title):
            for one in of(document) if remark.finding and remark.finding.law else ():
                _count(one.relied, remark.finding.law if remark.finding else ())
    countries = dict.fromkeys(country for country, _ in found)
    arranged = [
        CountryAnswers(
            namer.thing(country) if country else None,
            tuple(_documents(reader, namer, {key[1]: found[key] for key in found if key[0] == country})),
        )
        for country in countries
    ]
    return tuple(sorted(arranged, key=lambda one: (not one.country, namer.order(one.country))))


def _count(relied: dict[str, tuple[Tie, int]], law: Iterable[Tie]) -> None:
    for tie in law:
        relied[tie.thing.title] = (tie, relied.get(tie.thing.title, (tie, 0))[1] + 1)


def _documents(reader: Reader, namer: Namer, found: dict[str, _Found]) -> list[DocumentAnswers]:
    dated = [
        DocumentAnswers(
            namer.thing(iri) if iri else None,
            date_of(reader, iri) if iri else "",
            tuple(one.answers),
            tuple(sorted(one.relied.values(), key=lambda pair: -pair[1])),
        )
        for iri, one in found.items()
    ]
    return sorted(dated, key=lambda one: (one.date, one.document.title if one.document else ""))
