"""The rows of the table: which domestic provisions the profile sets beside which of the convention."""

from collections import Counter
from collections.abc import Iterator

from kzlod.ingest.cybercrime.citing import Citing
from kzlod.ingest.cybercrime.content import emphasised, leaves
from kzlod.ingest.cybercrime.names import Names, flat, node, within_sentence
from kzlod.ingest.profile.convention import name
from kzlod.ingest.profile.markup import Text
from kzlod.ingest.profile.records import Profile, Quotation, Row
from kzlod.ingest.statements import Statements, english
from kzlod.terms import SOURCE, kz


def correspondences(profile: Profile, names: Names, citing: Citing, into: Statements) -> None:
    """A correspondence for each quotation, and one for each row without a domestic provision."""
    headings = {row.article.number: row.heading for row in profile.table.rows}
    for quotation, iri in identified(profile, names):
        _quotation(quotation, iri, headings[quotation.convention[0][1]], names, citing, into)
    for row in profile.unanswered():
        _unanswered(profile, row, names, citing, into)


def identified(profile: Profile, names: Names) -> Iterator[tuple[Quotation, str]]:
    """Each quotation with the IRI of its correspondence; a second one of the same pair is numbered."""
    seen: Counter[str] = Counter()
    for quotation in profile.domestic.quotations:
        domestic = [names.acts[quotation.instrument].slug, *flat(quotation.steps)]
        iri = names.below("correspondence", *flat(quotation.convention), *domestic)
        seen[iri] += 1
        yield quotation, iri if seen[iri] == 1 else f"{iri}/{seen[iri]}"


def _quotation(
    quotation: Quotation, iri: str, heading: Text, names: Names, citing: Citing, into: Statements
) -> None:
    act = quotation.instrument
    finest = leaves(quotation)
    own = {unit.steps: unit for unit in quotation.units}
    domestic = names.label(act, quotation.steps)
    if quotation.steps:
        domestic = within_sentence(domestic)
    into.thing(iri, "Correspondence", label=f"{names.article_label(quotation.convention)} ↔ {domestic}")
    into.add(iri, kz("conventionProvision"), node(names.article(quotation.convention)))
    into.add(iri, kz("domesticProvision"), *(node(names.provision(act, steps)) for steps in finest))
    marked = [unit for unit in quotation.units if emphasised(unit)]
    into.add(iri, kz("emphasises"), *(node(names.provision(act, unit.steps)) for unit in marked))
    for unit in marked:
        if not unit.emphasised:
            into.note(iri, f"Of {name(unit.steps)} only some words are emphasised.")
    into.add(iri, kz("assertedBy"), node(names.source))
    into.add(iri, kz("notStated"), kz("degree"))
    into.add(iri, SOURCE, *citing.cite(heading), *citing.cite(quotation.heading))
    for steps in finest:
        if steps in own:  # each on its own, as its version cites it
            into.add(
                iri, SOURCE, *citing.cite(own[steps].marker, *(piece.text for piece in own[steps].pieces))
            )


def _unanswered(profile: Profile, row: Row, names: Names, citing: Citing, into: Statements) -> None:
    iri = names.below("correspondence", *flat(row.article.steps))
    remarks = [remark for remark in profile.domestic.remarks if remark.convention[:1] == row.article.steps]
    into.thing(
        iri, "Correspondence", label=f"{names.article_label(row.article.steps)}: no domestic provision"
    )
    into.add(iri, kz("conventionProvision"), node(names.article(row.article.steps)))
    into.add(iri, kz("assertedBy"), node(names.source))
    into.add(iri, kz("notStated"), kz("domesticProvision"), kz("degree"))
    into.add(
        iri,
        kz("summary"),
        english(
            "No domestic provision is quoted; commentary stands in its place."
            if remarks
            else "No domestic provision is quoted; the column is empty."
        ),
    )
    into.add(iri, SOURCE, *citing.cite(row.heading, *(text for remark in remarks for text in remark.texts)))
