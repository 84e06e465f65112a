"""What the page of a thing shows for its kind, besides the plain description that every page has."""

from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi import Request

from kzlod.namespaces import ONTOLOGY
from kzlod.web import recommendations
from kzlod.web.answering import by_country
from kzlod.web.cells import CELL, cell_page
from kzlod.web.contents import SOURCE_DOCUMENT, read_contents
from kzlod.web.country import country_page, is_country
from kzlod.web.descriptions import Description
from kzlod.web.designations import designations_of, is_designation, read_designation
from kzlod.web.discrepancies import DISCREPANCY, read_disagreement
from kzlod.web.institution import institution_page, is_institution
from kzlod.web.names import Namer
from kzlod.web.paging import page_number
from kzlod.web.problems import Problem
from kzlod.web.provisions import (
    TREATY_PROVISION,
    ProvisionPage,
    flat,
    is_provision,
    provision_page,
    provisions_of,
)
from kzlod.web.questions import has_answers, question_page
from kzlod.web.reading import Reader
from kzlod.web.remarks import MOST
from kzlod.web.reviews import ARTICLE, FINDING, RECOMMENDATION, Reviews
from kzlod.web.sanctions import punishing
from kzlod.web.treaty_pages import is_treaty, treaty_page


def for_kind(request: Request, reader: Reader, description: Description, namer: Namer) -> dict[str, object]:
    """The values for `thing.html` by the kind of the thing; Problem 404 for a page that its contents lack."""
    iri, classes = description.iri, description.classes()
    found: dict[str, object] = dict.fromkeys(
        (
            "provision",
            "recommendation",
            "finding",
            "treaty",
            "contents",
            "question",
            "cell",
            "discrepancy",
            "institution",
            "designation",
            "country",
        ),
        None,
    )
    if is_provision(classes):
        found |= _provision(reader, iri, namer, classes)
    if RECOMMENDATION in classes:
        reviews = Reviews(reader, namer)
        found["recommendation"] = reviews.recommendation(iri)
        found["articles"] = [(namer.thing(one), _list_of(one)) for one in reviews.articles(iri)]
    if FINDING in classes:
        found["finding"] = Reviews(reader, namer).finding(iri)
    if is_treaty(classes):
        found["treaty"] = treaty_page(reader, iri, namer)
    if SOURCE_DOCUMENT in classes:
        number, kind = page_number(request, "entry"), request.query_params.get("of", "")
        found["contents"] = read_contents(reader, iri, namer, number, kind)
        if found["contents"] is None:
            raise Problem.of(404, "no_contents")
    if has_answers(classes):
        found["question"] = question_page(reader, iri, namer)
    if CELL in classes:
        found["cell"] = cell_page(reader, iri, namer)
    if DISCREPANCY in classes:
        found["discrepancy"] = read_disagreement(reader, iri, namer)
    if is_institution(classes):
        found["institution"] = institution_page(reader, description, namer)
    if is_designation(classes):
        found["designation"] = read_designation(reader, namer, iri)
    if is_country(classes):
        found["country"] = country_page(reader, iri, namer)
    found["provisions"] = () if found["treaty"] else provisions_of(reader, iri, namer)
    found["designations"] = designations_of(reader, description, namer)
    return found


def _provision(reader: Reader, iri: str, namer: Namer, classes: Sequence[str]) -> dict[str, object]:
    shown, is_convention = provision_page(reader, iri, namer), TREATY_PROVISION in classes
    asked = any(one.recommendation for group in shown.remarks for one in group.remarks)
    return {
        "provision": shown,
        "flat": flat,
        "countries": by_country(reader, shown, namer) if is_convention else (),
        "is_convention": is_convention,
        "unpunished": ARTICLE in classes and _is_unpunished(reader, iri, shown),
        "shown_remarks": MOST,
        "recommendations": _list_of(iri) if is_convention and asked else "",
    }


def _is_unpunished(reader: Reader, iri: str, shown: ProvisionPage) -> bool:
    """Whether documents discuss a provision that has no punishment, of an act with punishments."""
    discussed = shown.remarks or any(one.answers for one in flat(shown.whole))
    return (
        bool(discussed)
        and not shown.has_sanctions
        and not set(punishing(reader)).isdisjoint(reader.iris(iri, ONTOLOGY + "provisionOf"))
    )


def _list_of(article: str) -> str:
    return f"{recommendations.ADDRESS}?{urlencode({'article': article})}"
