"""All recommendations of the reviews: `/recommendations`, by article of a convention, document or action."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response

from kzlod.namespaces import ONTOLOGY
from kzlod.web.i18n import choose_language_of, texts
from kzlod.web.index import natural
from kzlod.web.names import Namer, Value
from kzlod.web.paging import page_number
from kzlod.web.passages import documents_of
from kzlod.web.problems import Problem
from kzlod.web.reading import TYPE, Reader
from kzlod.web.render import page
from kzlod.web.responses import page_answer
from kzlod.web.reviews import RECOMMENDATION, Recommendation, Reviews, article_of
from kzlod.web.routing import Routes
from kzlod.web.state import web_of
from kzlod.web.things import paged

FILTERS = ("article", "country", "document", "action")
"""What the list can be narrowed by, and what it can be grouped by."""

ADDRESS = "/recommendations"


@dataclass(frozen=True, slots=True)
class Keys:
    """What a recommendation is found by; of an article, whether the link to it is concluded."""

    iri: str
    article: Mapping[str, bool]
    country: tuple[str, ...]
    document: tuple[str, ...]
    action: tuple[str, ...]

    def of(self, name: str) -> Iterable[str]:
        """The values of one of the FILTERS."""
        found: Iterable[str] = getattr(self, name)
        return found


@dataclass(frozen=True, slots=True)
class Entry:
    """A recommendation in a group; `inferred`: that it belongs there is concluded."""

    recommendation: Recommendation
    inferred: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Recommendations with a value in common (None: those without any).

    An article has its treaty and its name within it, for a short list of what there is.
    """

    value: Value | None
    address: str
    entries: tuple[Entry, ...]
    treaty: Value | None
    place: Value | None


def read_keys(reader: Reader, namer: Namer) -> list[Keys]:
    """What every recommendation is found by, in the order of document, chapter and number."""
    reviews = Reviews(reader, namer)
    return [
        Keys(
            one,
            reviews.articles(one),
            tuple(dict.fromkeys(reviews.countries(one))),
            tuple(documents_of(reader, one)),
            tuple(reader.iris(one, ONTOLOGY + "actionType")),
        )
        for one in sorted(reader.subjects(TYPE, RECOMMENDATION), key=natural)
    ]


def narrowed(keys: Iterable[Keys], asked: Mapping[str, str]) -> list[Keys]:
    """The recommendations that have every value asked for."""
    return [one for one in keys if all(not value or value in one.of(name) for name, value in asked.items())]


def pairs(keys: Iterable[Keys], by: str, only: str = "") -> list[tuple[str, Keys]]:
    """Each recommendation with each of its values of one of the FILTERS (empty: it has none), by value."""
    found = [
        (value, one) for one in keys for value in (list(one.of(by)) or [""]) if not only or value == only
    ]
    return sorted(found, key=lambda pair: (not pair[0], natural(pair[0])))


def recommendations(request: Request) -> Response:
    """The recommendations, narrowed by the FILTERS, grouped `?by=` one of them; a hundred to a page."""
    snapshot, strings = web_of(request).snapshot(), texts(choose_language_of(request))
    number = page_number(request, "page")
    etag = snapshot.etag(request.url.path, request.url.query, strings.language)

    def make() -> str:
        reader = snapshot.reader
        namer = Namer(reader, strings)
        keys = read_keys(reader, namer)
        asked = _asked(request, reader, keys)
        by = request.query_params.get("by") or "article"
        if by not in FILTERS:
            raise Problem.of(404, "no_arrangement", {"known": ", ".join(FILTERS)})
        found = narrowed(keys, asked)
        shown, pager = paged(pairs(found, by, asked[by]), number, "page")
        if shown is None:
            raise Problem.of(404, "no_page")
        return page(
            request,
            "recommendations.html",
            strings,
            groups=_groups(reader, shown, namer, by),
            total=len(found),
            all=len(keys),
            choices={name: _choices(keys, name, namer) for name in FILTERS},
            asked=asked,
            by=by,
            pager=pager,
            kept=_kept(asked, by),
        )

    return page_answer(request, make, etag, strings.language)


def _asked(request: Request, reader: Reader, keys: Iterable[Keys]) -> dict[str, str]:
    """The value of each of the FILTERS; a part of an article stands for the article. Problem 404: unknown."""
    asked = {name: request.query_params.get(name, "") for name in FILTERS}
    known: dict[str, set[str]] = {name: {value for one in keys for value in one.of(name)} for name in FILTERS}
    if asked["article"] and asked["article"] not in known["article"] and asked["article"] in reader.index:
        asked["article"] = article_of(reader, asked["article"])
        known["article"].add(asked["article"])  # an article without a recommendation has an empty list
    for name, value in asked.items():
        if value and value not in known[name]:
            raise Problem.of(404, "no_value", {"name": name}, extras={"nearest": ADDRESS})
    return asked


def _groups(reader: Reader, shown: Iterable[tuple[str, Keys]], namer: Namer, by: str) -> list[Group]:
    reviews = Reviews(reader, namer)
    found: dict[str, list[Entry]] = {}
    for value, one in shown:
        inferred = by == "article" and one.article.get(value, False)
        found.setdefault(value, []).append(Entry(reviews.recommendation(one.iri), inferred))
    return [
        Group(
            namer.thing(value) if value else None,
            f"{ADDRESS}?{urlencode({by: value})}",
            tuple(sorted(entries, key=lambda entry: entry.inferred)),
            *_short(reader, value, namer),
        )
        for value, entries in found.items()
    ]


def _short(reader: Reader, value: str, namer: Namer) -> tuple[Value | None, Value | None]:
    """The treaty of an article and the name within it; of a treaty itself the treaty alone."""
    treaties = reader.iris(value, ONTOLOGY + "provisionOf") if value else []
    if treaties:
        return namer.thing(treaties[0]), namer.within(value, treaties[0])
    return namer.thing(value) if value else None, None


def _choices(keys: Iterable[Keys], name: str, namer: Namer) -> list[tuple[Value, int]]:
    """The values of one of the FILTERS, each with how many recommendations have it."""
    counts: dict[str, int] = {}
    for one in keys:
        for value in one.of(name):
            counts[value] = counts.get(value, 0) + 1
    order = natural if name == "article" else lambda value: namer.texts.order(namer.name(value).text)
    return [(namer.thing(value), counts[value]) for value in sorted(counts, key=order)]


def _kept(asked: Mapping[str, str], by: str) -> str:
    """The rest of the address that the links to other pages keep."""
    return "&" + urlencode({**{name: value for name, value in asked.items() if value}, "by": by})


ROUTES: Routes = [(ADDRESS, recommendations)]
