"""The pages of treaties: the overview `/treaties`, and what the page of one treaty shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response
from pyoxigraph import NamedNode

from kzlod.namespaces import ONTOLOGY, PREFIXES
from kzlod.web.contents import sides
from kzlod.web.crosswalk import compared
from kzlod.web.descriptions import SUMMARY, Discrepancy
from kzlod.web.i18n import choose_language_of, texts
from kzlod.web.index import natural
from kzlod.web.maps import MAP, read_map_key
from kzlod.web.names import Namer, Value
from kzlod.web.passages import Place, places
from kzlod.web.problems import Problem
from kzlod.web.provisions import provisions_of
from kzlod.web.reading import Reader
from kzlod.web.remarks import Remarks, read_remarks
from kzlod.web.render import page
from kzlod.web.responses import page_answer
from kzlod.web.routing import Routes
from kzlod.web.state import web_of
from kzlod.web.statistics import pictures_of, stated_rows
from kzlod.web.treaties import (
    Difference,
    Moment,
    Treaties,
    Treaty,
    differences,
    moments,
    narrowed,
    partners,
)

ADDRESS = "/treaties"
FILTERS = ("partner", "form", "document")
"""What the overview can be narrowed by: a state, a form of cooperation, a document."""

TIMELINE = "treaty-timeline"
_MOST = 300  # rows of a table
_MOST_RULES = 100


@dataclass(frozen=True, slots=True)
class Dispute:
    """A discrepancy as shown on the spot: both sides, each with the passages."""

    thing: Value
    kind: Value | None
    summaries: tuple[Value, ...]
    sides: tuple[tuple[tuple[Value, ...], tuple[Place, ...]], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """Something that rests on a treaty or one of its provisions (`under`)."""

    thing: Value
    under: Value
    summary: Value | None
    details: tuple[tuple[str, tuple[Value, ...]], ...]  # the name of a property, and its values
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class TreatyPage:
    """What is shown of a treaty besides its plain description."""

    treaty: Treaty
    measures: tuple[Value, ...]
    amends: tuple[Value, ...]
    amended_by: tuple[Value, ...]
    provisions: tuple[tuple[Value, Value | None], ...]
    designations: tuple[Line, ...]
    rules: tuple[Line, ...]
    rules_in_all: int
    remarks: tuple[Remarks, ...]
    crosswalk: str


def treaty_page(reader: Reader, iri: str, namer: Namer) -> TreatyPage:
    """Reads one treaty or group of treaties."""

    def things(name: str) -> tuple[Value, ...]:
        return tuple(namer.thing(one) for one in reader.iris(iri, name))

    amends = PREFIXES["eli"] + "amends"
    within = [iri, *sorted(reader.subjects(ONTOLOGY + "provisionOf", iri), key=natural)]
    rules = [(one, basis) for basis in within for one in reader.subjects(ONTOLOGY + "legalBasis", basis)]
    return TreatyPage(
        Treaties(reader, namer).treaty(iri),
        things(ONTOLOGY + "measure"),
        things(amends),
        tuple(namer.thing(one) for one in reader.subjects(amends, iri)),
        provisions_of(reader, iri, namer),
        tuple(
            _line(reader, namer, one, under, ("designates", "designatedFor", "acceptedLanguage", "channel"))
            for under in within
            for one in reader.subjects(ONTOLOGY + "under", under)
        ),
        tuple(_line(reader, namer, one, basis, ("ruleKind",)) for one, basis in rules[:_MOST_RULES]),
        len(rules),
        read_remarks(reader, [iri], namer, whole=False)[0],
        f"/compare/crosswalk?{urlencode({'treaty': iri})}" if iri in compared(reader) else "",
    )


def _line(reader: Reader, namer: Namer, iri: str, under: str, names: Sequence[str]) -> Line:
    details = (
        (namer.name(ONTOLOGY + name).text, tuple(map(namer.thing, reader.iris(iri, ONTOLOGY + name))))
        for name in names
    )
    return Line(
        namer.thing(iri),
        namer.thing(under),
        next(iter(namer.texts_of(iri, SUMMARY)), None),
        tuple((name, found) for name, found in details if found),
        places(reader, iri, namer),
    )


def treaties(request: Request) -> Response:
    """The overview, narrowed by the FILTERS."""
    snapshot, strings = web_of(request).snapshot(), texts(choose_language_of(request))
    etag = snapshot.etag(request.url.path, request.url.query, strings.language)

    def make() -> str:
        reader = snapshot.reader
        namer = Namer(reader, strings)
        read = Treaties(reader, namer)
        whole = read.all()
        choices = _choices(reader, namer, whole)
        asked = {name: request.query_params.get(name, "") for name in FILTERS}
        for name, value in asked.items():
            if value and value not in {one.title for one in choices[name]}:
                raise Problem.of(404, "no_value", {"name": name}, extras={"nearest": ADDRESS})
        shown = narrowed(whole, asked["partner"], asked["form"], asked["document"])
        beside = [
            one
            for one in partners(shown, read.described(), namer)
            if asked["partner"] in ("", one.partner.title, one.state.title)
        ]
        counts = [
            one
            for one in read.counts()
            if (not asked["form"] or asked["form"] in {form.title for form in one.forms})
            and (not asked["document"] or asked["document"] in one.documents)
            and (not asked["partner"] or asked["partner"] in one.parties)
        ]
        about_counts = read.disputes(one.thing.title for one in counts)
        told = {one.iri for one in about_counts}
        about_treaties = read.disputes(
            one.title for treaty in shown for one in (treaty.thing, *(step.thing for step in treaty.steps))
        )
        return page(
            request,
            "treaties.html",
            strings,
            asked=asked,
            choices=choices,
            total=sum(not one.is_group for one in whole),
            shown=sum(not one.is_group for one in shown),
            years=_years(moments(shown)),
            undated=[step for one in shown for step in one.steps if not step.date][:_MOST],
            partners=beside[:_MOST],
            several=len({one.state.title for one in beside}) > 1,
            named=[one for one in shown if not one.is_group and not one.pair][:_MOST],
            groups=[one for one in shown if one.is_group][:_MOST],
            cut=len(shown) > _MOST or len(beside) > _MOST,
            counts=counts,
            differences=[one for one in differences(counts) if not _covered(one, about_counts)],
            count_disputes=[_dispute(reader, namer, one) for one in about_counts],
            disputes=[_dispute(reader, namer, one) for one in about_treaties if one.iri not in told],
            map_key=read_map_key(reader, namer),
            documents=lambda one: [namer.thing(document) for document in one.documents],
            charts={
                name: pictures_of(found[0], strings.language)
                for name in (TIMELINE, MAP)
                if (found := stated_rows(reader, name)) and found[1]
            },
        )

    return page_answer(request, make, etag, strings.language)


def _choices(reader: Reader, namer: Namer, whole: Iterable[Treaty]) -> dict[str, list[Value]]:
    """What there is to choose from: states, forms and documents, by name."""
    states: dict[str, Value] = {}
    forms: dict[str, Value] = {}
    documents: dict[str, Value] = {}
    for one in whole:
        states |= {value.title: value for value in (*one.parties, *one.partners)}
        states |= {step.state.title: step.state for step in one.steps if step.state}
        forms |= {value.title: value for value in one.forms}
        told = {*one.documents, *(document for step in one.steps for document in step.documents)}
        documents |= {document: namer.thing(document) for document in told}
    return {
        name: sorted(found.values(), key=namer.order)
        for name, found in zip(FILTERS, (states, forms, documents), strict=True)
    }


def _years(found: Sequence[Moment]) -> list[tuple[str, list[Moment]]]:
    return [(year, list(same)) for year, same in groupby(found[:_MOST], lambda one: one.date[:4])]


def _dispute(reader: Reader, namer: Namer, one: Discrepancy) -> Dispute:
    return Dispute(
        namer.thing(one.iri),
        namer.thing(one.kind) if one.kind else None,
        tuple(namer.value(text) for text in one.summaries),
        sides(reader, namer, one.iri),
    )


def _covered(one: Difference, disputes: Iterable[Discrepancy]) -> bool:
    """Whether a discrepancy of the data has every side of a difference."""
    counted = {count.thing.title for count in one.counts}
    told = ([value for side in found.sides for value in side.values] for found in disputes)
    return any(counted <= {one.value for one in values if isinstance(one, NamedNode)} for values in told)


def is_treaty(classes: Sequence[str]) -> bool:
    """Whether something with these classes is a treaty or a group of treaties."""
    return any(ONTOLOGY + name in classes for name in ("Treaty", "TreatyGroup"))


ROUTES: Routes = [(ADDRESS, treaties)]
