"""The pages that compare: a convention with domestic law, and what offences cost."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response

from kzlod.namespaces import CONCEPT, ID, PREFIXES
from kzlod.web.canonical import canonical
from kzlod.web.contents import SOURCE_DOCUMENT
from kzlod.web.crosswalk import compared, narrowed, read_crosswalk
from kzlod.web.names import Namer, Value
from kzlod.web.problems import Problem
from kzlod.web.reading import TYPE, Reader
from kzlod.web.render import page_of
from kzlod.web.responses import redirect, with_query
from kzlod.web.routing import Routes
from kzlod.web.sanctions import punishing, read_costs
from kzlod.web.state import web_of
from kzlod.web.statistics import charts_with

CROSSWALK = "/compare/crosswalk"
"""The address of crosswalks; `/crosswalk` is the same."""

DEGREE = f"{CONCEPT}degree/"
"""Where the degrees of implementation are."""

_JURISDICTION = PREFIXES["eli"] + "jurisdiction"
_ON, _OFF = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")


def comparisons(request: Request) -> Response:
    """What can be compared."""
    return page_of(request, "compare.html", lambda reader, namer: {
        "treaties": [(namer.thing(one), _address("crosswalk", treaty=one)) for one in compared(reader)],
        "acts": [
            (namer.thing(one), _country(reader, namer, one), _address("sanctions", act=one))
            for one in punishing(reader)
        ],
    })  # fmt: skip


def crosswalk(request: Request) -> Response:
    """The crosswalk of `?treaty=` (else the first), narrowed by `?document=`, `?degree=`, `?unanswered=1`.

    Problem 404 when one of them is nothing that the release knows.
    """
    asked, choices = request.query_params, compared(web_of(request).snapshot().reader)
    if not choices:
        return redirect(with_query(request, "/compare"))

    def make(reader: Reader, namer: Namer) -> dict[str, Any]:
        treaty = _chosen(asked.get("treaty", ""), f"{ID}treaty/", choices)
        whole = read_crosswalk(reader, treaty, namer)
        document = _known("document", asked, f"{ID}source/", reader.subjects(TYPE, SOURCE_DOCUMENT))
        degree = _known("degree", asked, DEGREE, reader.index.below(DEGREE))
        unanswered = _ticked("unanswered", asked)
        kept = {
            "treaty": treaty if asked.get("treaty") else "",
            "document": document,
            "degree": degree,
            "unanswered": "1" if unanswered else "",
        }
        return {
            "address": canonical(CROSSWALK, kept.items()),
            "whole": whole,
            "shown": narrowed(whole, document, degree, unanswered=unanswered),
            "documents": _with(whole.documents, document, namer),
            "degrees": _with(whole.degrees, degree, namer),
            "document": document,
            "degree": degree,
            "unanswered": unanswered,
            "treaty": treaty,
            "treaties": [namer.thing(one) for one in choices],
        }

    return page_of(request, "crosswalk.html", make)


def sanctions(request: Request) -> Response:
    """What the provisions of `?act=` (else the first) threaten, side by side."""
    choices = punishing(web_of(request).snapshot().reader)
    if not choices:
        return redirect(with_query(request, "/compare"))

    def make(reader: Reader, namer: Namer) -> dict[str, Any]:
        act = _chosen(request.query_params.get("act", ""), f"{ID}act/", choices)
        return {
            "act": namer.thing(act),
            "acts": _by_country(reader, namer, choices),
            "country": _country(reader, namer, act),
            "articles": read_costs(reader, act, namer),
            "charts": charts_with(reader, namer, "act", act),
        }

    return page_of(request, "sanctions.html", make)


def _country(reader: Reader, namer: Namer, act: str) -> Value | None:
    """The country whose act it is."""
    return next((namer.thing(one) for one in reader.iris(act, _JURISDICTION)), None)


def _by_country(reader: Reader, namer: Namer, acts: Iterable[str]) -> list[tuple[Value | None, list[Value]]]:
    """Acts under the countries whose acts they are."""
    found: defaultdict[Value | None, list[Value]] = defaultdict(list)
    for act in acts:
        found[_country(reader, namer, act)].append(namer.thing(act))
    return sorted(found.items(), key=lambda pair: pair[0].name.text if pair[0] else "")


def _chosen(asked: str, container: str, choices: Sequence[str]) -> str:
    """The choice that is asked for by its IRI or by what follows the container; by default the first."""
    if not asked:
        return choices[0]
    for one in (asked, container + asked):
        if one in choices:
            return one
    raise Problem.of(404, "no_comparison", extras={"nearest": "/compare"})


def _known(name: str, asked: Mapping[str, str], container: str, known: Collection[str]) -> str:
    """The value of a parameter as an IRI, empty without one; Problem 404 when it is none of those known."""
    value = asked.get(name, "")
    found = next((one for one in (value, container + value) if one in known), "")
    if value and not found:
        raise Problem.of(404, "no_value", {"name": name}, extras={"nearest": CROSSWALK})
    return found


def _ticked(name: str, asked: Mapping[str, str]) -> bool:
    """Whether a parameter is on; Problem 404 when it is neither on nor off."""
    value = asked.get(name, "").strip().lower()
    if value not in (*_ON, *_OFF):
        raise Problem.of(404, "no_value", {"name": name}, extras={"nearest": CROSSWALK})
    return value in _ON


def _with(values: Sequence[Value], iri: str, namer: Namer) -> list[Value]:
    """The values, and a thing that is none of them; empty: no thing."""
    return [*values, *([namer.thing(iri)] if iri and iri not in {one.title for one in values} else [])]


def _address(name: str, **parameters: str) -> str:
    return f"/compare/{name}?{urlencode(parameters)}"


ROUTES: Routes = [
    ("/compare", comparisons),
    (CROSSWALK, crosswalk),
    ("/crosswalk", crosswalk),
    ("/compare/sanctions", sanctions),
]
