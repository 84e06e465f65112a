"""Acts and provisions, of the domestic column and of the convention, and the content of the former."""

import re
from collections import defaultdict
from collections.abc import Sequence

import pyoxigraph as ox

from kzlod.documents.provisions import UNNUMBERED, ProvisionReference, parse_provision, provision_classes
from kzlod.documents.text import Span
from kzlod.ingest.cybercrime.citing import Citing
from kzlod.ingest.cybercrime.content import Content
from kzlod.ingest.cybercrime.kept import Kept
from kzlod.ingest.cybercrime.names import Names, node
from kzlod.ingest.dates import find_date
from kzlod.ingest.profile.convention import Steps, name
from kzlod.ingest.profile.markup import Text
from kzlod.ingest.profile.records import Profile, Quotation
from kzlod.ingest.statements import Statements, english
from kzlod.namespaces import ID
from kzlod.terms import SOURCE, kz, literal, term

_NUMBER = re.compile(
    r"\b(?:No\.?|№|N)\s*(?P<sign>[\w/-]*\d[\w/-]*)|\b[A-Z]\w+\s+(?P<bare>(?!(?:1[89]|20)\d\d\b)\d{1,5}(?:-[A-Z]+)?)\b"
    r"(?!\s*,?\s*\d{4})"
)
_DIVISION = re.compile(
    r"(?P<kind>Part|Title|Chapter|Section)\s+(?P<number>\d+(?:-\d+)?|[IVXLC]+)\s*[.:–—-]?\s+(?P<title>.*)",
    re.S,
)
_DIVISIONS = {"part": "part", "title": "title", "chapter": "chap", "section": "sec"}


def acts(profile: Profile, names: Names, citing: Citing, into: Statements) -> None:
    """The domestic acts: title as first printed, other prints, number and date where the name has them."""
    prints = {instrument.key: instrument for instrument in profile.domestic.instruments}
    for key, act in names.acts.items():
        iri = names.act(key)
        into.thing(iri, "DomesticAct", label=act.label)
        into.add(iri, term("eli:jurisdiction"), node(f"{ID}country/{names.country}"))
        into.note(iri, *act.notes)
        if key not in prints:
            into.add(iri, kz("notStated"), term("dcterms:title"), kz("actNumber"), term("eli:date_document"))
            into.add(iri, SOURCE, *_unnamed(profile, key, citing))
            continue
        printed = list(
            dict.fromkeys(" ".join(text.plain.rstrip(" .").split()) for text in prints[key].prints)
        )
        into.add(iri, term("dcterms:title"), english(printed[0]))
        into.add(iri, term("dcterms:alternative"), *(english(other) for other in printed[1:]))
        number = next((match for text in printed if (match := _NUMBER.search(text))), None)
        date = next((found for text in printed if (found := find_date(text))), "")
        if number:
            into.add(iri, kz("actNumber"), number["sign"] or number["bare"])
        if date:
            into.add(iri, term("eli:date_document"), literal(date, "xsd:date"))
        missing = [kz("actNumber")] if not number else []
        missing += [term("eli:date_document")] if not date else []
        into.add(iri, kz("notStated"), *missing)
        into.add(iri, SOURCE, *citing.cite(*prints[key].prints))


def _unnamed(profile: Profile, key: str, citing: Citing) -> list[ox.NamedNode]:
    """The headings of the articles that are quoted without the name of their act."""
    return [
        citation
        for quotation in profile.domestic.quotations
        if quotation.instrument == key and quotation.heading
        for citation in citing.cite(quotation.heading)
    ]


def provisions(
    quoted: Sequence[Content], quotations: Sequence[Quotation], names: Names, citing: Citing, into: Statements
) -> None:
    """The domestic provisions that are quoted, what contains them, and the divisions printed above them."""
    printed: dict[tuple[str, Steps], list[Text]] = defaultdict(list)
    for content in quoted:
        printed[content.act, content.steps] += content.texts
        for length in range(1, len(content.steps)):
            printed[content.act, content.steps[:length]] += []
    for (key, steps), texts in printed.items():
        own = texts or [
            text
            for (act, inner), found in printed.items()
            if act == key and inner[: len(steps)] == steps
            for text in found
        ]
        _provision(names, key, steps, citing.cite(*own), into)
    for content in quoted:
        for one in content.quoted:
            if one.is_article and one.quotation.title is not None:
                into.add(
                    names.provision(content.act, content.steps),
                    term("dcterms:title"),
                    english(title(one.quotation.title)),
                )
    for quotation in quotations:
        _divisions(quotation, names, citing, into)


def title(text: Text) -> str:
    """A title as printed, without the stop or semicolon at its end."""
    return " ".join(text.plain.split()).rstrip(" ;.")


def _provision(
    names: Names, key: str, steps: Steps, citations: Sequence[ox.NamedNode], into: Statements
) -> None:
    iri = names.provision(key, steps)
    number = steps[-1][1]
    into.thing(iri, *provision_classes("DomesticProvision", steps[-1][0]), label=names.label(key, steps))
    if number == UNNUMBERED:
        into.add(iri, kz("notStated"), kz("number"))
        if steps[-1][0] == "art":
            into.note(
                iri,
                "The profile does not print the article's number; what stands here may come from several.",
            )
    else:
        into.add(iri, kz("number"), number)
    into.add(iri, kz("isPartOf"), node(names.provision(key, steps[:-1])))
    into.add(iri, kz("provisionOf"), node(names.act(key)))
    into.add(iri, SOURCE, *citations)


def _divisions(quotation: Quotation, names: Names, citing: Citing, into: Statements) -> None:
    """The chapter or section printed above an article or paragraph, and that the latter is part of it."""
    inner = (
        [quotation.steps]
        if quotation.steps
        else [unit.steps for unit in quotation.units if len(unit.steps) == 1]
    )
    outer = names.act(quotation.instrument)
    for text in quotation.divisions:
        match = _DIVISION.match(text.plain)
        if match is None:
            for steps in inner:
                into.note(
                    names.provision(quotation.instrument, steps), f"Printed below the heading: {text.plain}"
                )
            continue
        steps = ((_DIVISIONS[match["kind"].lower()], match["number"]),)
        iri = names.provision(quotation.instrument, steps)
        into.thing(
            iri,
            *provision_classes("DomesticProvision", steps[0][0]),
            label=names.label(quotation.instrument, steps),
        )
        into.add(iri, kz("number"), match["number"])
        into.add(iri, term("dcterms:title"), english(match["title"].rstrip(" .;")))
        into.add(iri, kz("isPartOf"), node(outer))
        into.add(iri, kz("provisionOf"), node(names.act(quotation.instrument)))
        into.add(iri, SOURCE, *citing.cite(text))
        outer = iri
    if outer != names.act(quotation.instrument):
        for steps in inner:
            into.add(names.provision(quotation.instrument, steps), kz("isPartOf"), node(outer))


def versions(
    quoted: Sequence[Content],
    held: dict[str, list[str]],
    kept: Kept,
    names: Names,
    citing: Citing,
    into: Statements,
) -> None:
    """The content of each quoted provision as of the date of the profile; `held` is what it contains."""
    for content in quoted:
        if not content.texts:
            continue
        iri = names.version(content.act, content.steps)
        path = names.path(content.act, content.steps)
        into.thing(
            iri, "ProvisionVersion", label=f"{names.label(content.act, content.steps)}, as of {names.date}"
        )
        into.add(iri, kz("versionOf"), node(names.provision(content.act, content.steps)))
        into.add(iri, kz("asOf"), literal(names.date, "xsd:date"))
        if path in kept.summaries:
            into.add(iri, kz("summary"), english(kept.summaries[path]))
        into.note(iri, kept.notes.get(path, ""))
        into.add(iri, kz("content"), *map(node, sorted(held.get(iri, ()))))
        for one in content.quoted:
            heading = one.quotation.heading if one.is_article else None
            into.add(iri, SOURCE, *citing.cite(heading), *citing.cite(*one.printed))


def convention(profile: Profile, names: Names, citing: Citing, into: Statements) -> None:
    """The provisions of the convention: the passages of the left column, and the labels of the right one."""
    printed: dict[Steps, list[Text]] = defaultdict(list)
    for rubric in profile.table.rubrics:
        printed[rubric.division.steps].append(rubric.text)
    for row in profile.table.rows:
        printed[row.article.steps].append(row.heading)
        for passage in row.left:
            printed[passage.steps].append(passage.text)
            for length in range(1, len(passage.steps)):
                _ = printed[passage.steps[:length]]
    labels: dict[str, list[Span]] = defaultdict(list)
    for use in profile.domestic.uses:
        if use.purpose == "reference to the convention":
            labels[use.subject].append(use.span)
    for steps, texts in printed.items():
        inner = texts or [
            text for other, found in printed.items() if other[: len(steps)] == steps for text in found
        ]
        iri = names.article(steps)
        reference = parse_provision(iri) or ProvisionReference(names.convention, steps)
        into.thing(
            iri,
            *provision_classes("TreatyProvision", steps[-1][0]),
            label=reference.label(names.convention_label),
        )
        into.add(iri, kz("number"), steps[-1][1])
        into.add(iri, kz("isPartOf"), node(names.article(steps[:-1])))
        into.add(iri, kz("provisionOf"), node(names.convention))
        into.add(iri, SOURCE, *citing.cite(*inner), *map(citing.at, labels.get(name(steps), ())))
