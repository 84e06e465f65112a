"""What the page of a country shows: documents, treaties, institutions, figures, what is said of it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from kzlod.namespaces import ONTOLOGY
from kzlod.web.amounts import amount_of
from kzlod.web.index import natural
from kzlod.web.names import Namer, Value
from kzlod.web.passages import Place, places
from kzlod.web.reading import TYPE, Reader
from kzlod.web.remarks import Remarks, read_remarks
from kzlod.web.treaties import Treaties, Treaty, narrowed

_COUNTRY = ONTOLOGY + "Country"
_QUANTITY = ONTOLOGY + "ReportedQuantity"
_OF_FIGURES = ("about", "citizenship", "fromCountry", "toCountry", "location")
_MOST = 50  # of treaties, institutions, figures
_OVERVIEWS = (("treaties", "/treaties", "partner"), ("recommendations", "/recommendations", "country"))


@dataclass(frozen=True, slots=True)
class Figure:
    """A reported quantity: what it says, in words, and where it stands."""

    thing: Value
    figure: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class CountryPage:
    """What is known of a country; of one that documents are about, these and the overviews lead on.

    `overviews` are a key of the interface's texts and the address of each, narrowed to the country.
    """

    documents: tuple[Value, ...]
    overviews: tuple[tuple[str, str], ...]
    treaties: tuple[Treaty, ...]
    institutions: tuple[Value, ...]
    figures: tuple[Figure, ...]
    remarks: tuple[Remarks, ...]


def is_country(classes: list[str]) -> bool:
    """Whether something with these classes is a country."""
    return _COUNTRY in classes


def country_page(reader: Reader, iri: str, namer: Namer) -> CountryPage:
    """Reads a country: all that the documents say of one that they are not about."""
    own = narrowed(Treaties(reader, namer).all(), iri, "", "")
    documents = [
        one
        for one in reader.subjects(ONTOLOGY + "country", iri)
        if ONTOLOGY + "SourceDocument" in reader.iris(one, TYPE)
    ]
    described = bool(documents)
    overviews = [(key, f"{path}?{urlencode({name: iri})}") for key, path, name in _OVERVIEWS]
    institutions = [] if described else reader.subjects(ONTOLOGY + "institutionOf", iri)
    figures = [] if described else _figures(reader, iri)
    return CountryPage(
        tuple(namer.thing(one) for one in sorted(documents, key=natural)),
        tuple(overviews if described else overviews[:1] if own else ()),
        tuple(own[:_MOST]),
        tuple(namer.thing(one) for one in sorted(institutions, key=natural)[:_MOST]),
        tuple(
            Figure(namer.thing(one), amount_of(reader, one, namer), places(reader, one, namer))
            for one in figures[:_MOST]
        ),
        () if described else _remarks(reader, iri, namer),
    )


def _figures(reader: Reader, country: str) -> list[str]:
    """The reported quantities that have to do with a country, each once."""
    found = dict.fromkeys(
        one
        for name in _OF_FIGURES
        for one in reader.subjects(ONTOLOGY + name, country)
        if _QUANTITY in reader.iris(one, TYPE)
    )
    return sorted(found, key=natural)


def _remarks(reader: Reader, country: str, namer: Namer) -> tuple[Remarks, ...]:
    """What is said about a country, besides figures."""
    groups, _ = read_remarks(reader, [country], namer, whole=False)
    return tuple(one for one in groups if one.kind.title != _QUANTITY)
