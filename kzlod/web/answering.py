"""The domestic answers to a convention's provision, country by country and document by document."""

from collections.abc import Iterable
from dataclasses import dataclass

from kzlod.web.names import Namer, Value
from kzlod.web.passages import countries_of, date_of
from kzlod.web.provisions import Answer, ProvisionView, flat
from kzlod.web.reading import Reader


@dataclass(frozen=True, slots=True)
class DocumentAnswers:
    """What one document sets beside the provision and its parts, in their order."""

    document: Value | None
    date: str
    answers: tuple[tuple[Value, Answer], ...]


@dataclass(frozen=True, slots=True)
class CountryAnswers:
    """The answers of one country (None: no document says of which)."""

    country: Value | None
    documents: tuple[DocumentAnswers, ...]


def by_country(reader: Reader, whole: ProvisionView, namer: Namer) -> tuple[CountryAnswers, ...]:
    """The correspondences of a convention's provision and its parts, by country, then by document."""
    found: dict[str, dict[str, list[tuple[Value, Answer]]]] = {}
    for part in flat(whole):
        for answer in part.answers:
            document = answer.document.title if answer.document else ""
            for country in countries_of(reader, document) if document else ():
                found.setdefault(country, {}).setdefault(document, []).append((part.thing, answer))
            if not document or not countries_of(reader, document):
                found.setdefault("", {}).setdefault(document, []).append((part.thing, answer))
    arranged = [
        CountryAnswers(
            namer.thing(country) if country else None, tuple(_documents(reader, documents.items(), namer))
        )
        for country, documents in found.items()
    ]
    return tuple(
        sorted(arranged, key=lambda one: (not one.country, one.country.name.text if one.country else ""))
    )


def _documents(
    reader: Reader, found: Iterable[tuple[str, list[tuple[Value, Answer]]]], namer: Namer
) -> Iterable[DocumentAnswers]:
    dated = [
        DocumentAnswers(
            namer.thing(iri) if iri else None, date_of(reader, iri) if iri else "", tuple(answers)
        )
        for iri, answers in found
    ]
    return sorted(dated, key=lambda one: (one.date, one.document.title if one.document else ""))
