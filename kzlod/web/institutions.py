"""All institutions: who is designated for what, who has which function, and who belongs to whom.

Everything is read by the terms of the ontology, so it fits the institutions of any country.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

from kzlod.namespaces import ONTOLOGY
from kzlod.web.designations import DESIGNATION, read_designations
from kzlod.web.i18n import Order, choose_language_of, texts
from kzlod.web.institution import COUNTRY, FUNCTION, INSTITUTION, PART_OF
from kzlod.web.names import Namer, Value
from kzlod.web.reading import TYPE, Reader
from kzlod.web.render import page
from kzlod.web.responses import page_answer
from kzlod.web.routing import Routes
from kzlod.web.state import web_of

_DEEPEST = 8  # institutions within institutions


@dataclass(frozen=True, slots=True)
class Node:
    """An institution in the overview, with its functions and those that are part of it."""

    thing: Value
    functions: tuple[Value, ...]
    units: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Country:
    """The institutions of a country (None: of none), with how many there are."""

    thing: Value | None
    institutions: tuple[Node, ...]
    total: int


def overview(reader: Reader, namer: Namer) -> tuple[Country, ...]:
    """All institutions below those they are part of, by country; those of no country come last."""
    known = set(reader.subjects(TYPE, INSTITUTION))
    parents = {one: [other for other in reader.iris(one, PART_OF) if other in known] for one in known}
    children: defaultdict[str, list[str]] = defaultdict(list)
    for one, above in parents.items():
        for other in above:
            children[other].append(one)
    by_country: defaultdict[str, list[str]] = defaultdict(list)
    for one in known:
        by_country[next(iter(reader.iris(one, COUNTRY)), "")].append(one)

    def by_name(node: Node) -> Order:
        return namer.order(node.thing)

    def node(iri: str, depth: int) -> Node:
        units = children[iri] if depth < _DEEPEST else []
        named = sorted((node(one, depth + 1) for one in units), key=by_name)
        return Node(namer.thing(iri), _things(namer, reader.iris(iri, FUNCTION)), tuple(named))

    countries = []
    for country, members in by_country.items():
        tops = [one for one in members if not set(parents[one]) & set(members)]
        nodes = sorted((node(one, 0) for one in tops), key=by_name)
        countries.append(Country(namer.thing(country) if country else None, tuple(nodes), len(members)))
    return tuple(sorted(countries, key=lambda one: (one.thing is None, namer.order(one.thing))))


def by_function(reader: Reader, namer: Namer) -> tuple[tuple[Value, tuple[Value, ...]], ...]:
    """The functions with the institutions that have them, also by designation."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in reader.subjects(TYPE, INSTITUTION):
        for function in reader.iris(one, FUNCTION):
            found[function].add(one)
    for one in reader.subjects(TYPE, DESIGNATION):
        for function in reader.iris(one, ONTOLOGY + "designatedFor"):
            found[function].update(reader.iris(one, ONTOLOGY + "designates"))
    listed = [
        (namer.thing(function), tuple(sorted(_things(namer, members), key=namer.order)))
        for function, members in found.items()
    ]
    return tuple(sorted(listed, key=lambda one: namer.order(one[0])))


def institutions(request: Request) -> Response:
    """All designations in a table, all institutions by country and by function."""
    snapshot, strings = web_of(request).snapshot(), texts(choose_language_of(request))
    reader = snapshot.reader

    def make() -> str:
        namer = Namer(reader, strings)
        return page(
            request,
            "institutions.html",
            strings,
            designations=read_designations(reader, namer, reader.subjects(TYPE, DESIGNATION)),
            countries=overview(reader, namer),
            functions=by_function(reader, namer),
        )

    etag = snapshot.etag("institutions", request.url.query, strings.language)
    return page_answer(request, make, etag, strings.language)


def _things(namer: Namer, iris: Iterable[str]) -> tuple[Value, ...]:
    return tuple(namer.thing(one) for one in iris)


ROUTES: Routes = [("/institutions", institutions)]
