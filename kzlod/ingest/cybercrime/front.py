"""The document itself, what its front matter says of participation, and remarks not summarised."""

import re
from collections.abc import Sequence

from kzlod.documents.text import Document, Span
from kzlod.ingest.cybercrime.citing import Citing
from kzlod.ingest.cybercrime.names import Names, concept, node, step
from kzlod.ingest.dates import find_date
from kzlod.ingest.profile.convention import name
from kzlod.ingest.profile.records import Profile
from kzlod.ingest.statements import Statements, english
from kzlod.namespaces import ID
from kzlod.terms import SOURCE, kz, literal, term

_ACTIONS = (
    (re.compile(r"^signature", re.I), "signed", "signed"),
    (re.compile(r"^ratification\s*/\s*accession", re.I), "ratified-or-acceded", "ratified or acceded"),
    (re.compile(r"^ratification", re.I), "ratified", "ratified"),
    (re.compile(r"^accession", re.I), "acceded", "acceded"),
    (re.compile(r"^entry into force", re.I), "entered-into-force", "entry into force for it"),
)


def source_document(
    document: Document, profile: Profile, names: Names, citing: Citing, into: Statements
) -> None:
    """The source document: title, date, country and the hash of its text."""
    iri = names.source
    heading = [
        use.span for use in profile.front.uses if use.purpose == "front matter" and use.subject == "heading"
    ]
    titled = " – ".join(" ".join(document.passage(span).strip("*# ").split()) for span in heading)
    country = profile.front.country or names.country
    into.thing(iri, "SourceDocument", label=f"Cybercrime legislation profile of {country}, {names.date}")
    into.add(iri, term("dcterms:title"), english(titled or f"Cybercrime legislation: {country}"))
    into.add(iri, term("dcterms:date"), literal(names.date, "xsd:date"))
    into.add(iri, term("dcterms:language"), concept("language", "eng"))
    into.add(iri, term("dcterms:subject"), concept("theme", "cybercrime"))
    into.add(iri, kz("country"), node(f"{ID}country/{names.country}"))
    into.add(iri, kz("sha256"), document.sha256)
    into.add(iri, kz("characters"), literal(len(document.text)))
    into.add(iri, kz("notStated"), term("dcterms:publisher"))
    into.add(iri, SOURCE, *map(citing.at, sorted(_front_spans(document, profile))))


def _front_spans(document: Document, profile: Profile) -> list[Span]:
    """The passages of the front matter, fields apart."""
    return [
        use.span
        for use in profile.front.uses
        if use.purpose != "front matter field" and document.passage(use.span).strip()
    ]


def treaty(profile: Profile, names: Names, citing: Citing, into: Statements) -> None:
    """The convention as a whole, as far as a source graph speaks of it."""
    into.thing(names.convention, "Treaty", label=names.convention_label)
    into.add(names.convention, SOURCE, *citing.cite(*(row.heading for row in profile.table.rows[:1])))


def participation(
    profile: Profile, names: Names, cited: Sequence[Span], citing: Citing, into: Statements
) -> None:
    """What the fields say of signature and ratification: an action where a date stands, else a statement.

    Fields that something entered by hand cites already (`cited`) are left to it.
    """
    for field in profile.front.fields:
        if any(span.overlaps(field.span) for span in cited):
            continue
        action = next(
            ((concept_, words) for form, concept_, words in _ACTIONS if form.match(field.label)), None
        )
        date = find_date(field.value)
        if action and date:
            iri = f"{names.convention}/participation/{names.country}/{action[0]}-{date}"
            into.thing(
                iri, "Participation", label=f"{profile.front.country or names.country}: {action[1]}, {date}"
            )
            into.add(iri, kz("participationIn"), node(names.convention))
            into.add(iri, kz("state"), node(f"{ID}country/{names.country}"))
            into.add(iri, kz("action"), concept("participation-action", action[0]))
            into.add(iri, kz("date"), literal(date, "xsd:date"))
            into.add(iri, SOURCE, citing.at(field.span))
            continue
        said = (
            f"The field '{field.label}' reads '{field.value}'"
            if field.value
            else f"The field '{field.label}' is empty"
        )
        iri = names.below("statement", f"field-{step(field.label).lower()}")
        into.thing(iri, "Statement", label=f"{field.label}: {field.value or 'empty'}")
        into.add(iri, kz("summary"), english(f"{said}."))
        into.add(iri, kz("about"), node(f"{ID}country/{names.country}"))
        into.add(iri, kz("about"), *([node(names.convention)] if action else []))
        into.add(iri, SOURCE, citing.at(field.span))


def remarks(
    profile: Profile, names: Names, cited: Sequence[Span], citing: Citing, into: Statements
) -> list[str]:
    """A statement for each commentary or reference note that nothing entered by hand cites yet.

    Returns them in words: they want a summary.
    """
    wanting: list[str] = []
    for number, remark in enumerate(profile.domestic.remarks, 1):
        if any(span.overlaps(own) for text in remark.texts for own in text.spans for span in cited):
            continue
        about = node(names.article(remark.convention))
        if remark.about and remark.instrument in names.acts:
            about = node(names.provision(remark.instrument, remark.about))
        iri = names.below("statement", f"{remark.kind.replace(' ', '-')}-{number}")
        place = name(remark.convention)
        into.thing(iri, "Statement", label=f"{remark.kind.capitalize()} on {place}")
        into.add(
            iri, kz("summary"), english(f"The profile adds a {remark.kind} on {place}; it is not summarised.")
        )
        into.add(iri, kz("about"), about)
        into.add(iri, SOURCE, *citing.cite(*remark.texts))
        wanting.append(f"{remark.kind} on {place}")
    return wanting
