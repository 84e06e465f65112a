"""The same provision quoted several times: where titles or wordings differ, both stand, as a discrepancy."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from kzlod.ingest.cybercrime.citing import Citing
from kzlod.ingest.cybercrime.content import Content, Quoted
from kzlod.ingest.cybercrime.law import title
from kzlod.ingest.cybercrime.names import Names, concept, flat, node
from kzlod.ingest.profile.convention import name
from kzlod.ingest.profile.records import Quotation
from kzlod.ingest.statements import Statements, english
from kzlod.terms import SOURCE, kz, term

_WORD = re.compile(r"[^\W_]+")


def differences(
    quoted: Sequence[Content], rows: Mapping[int, str], names: Names, citing: Citing, into: Statements
) -> None:
    """A discrepancy for each title and each wording that differs; `rows` are correspondences by quotation."""
    for content in quoted:
        titles: dict[str, list[Quoted]] = defaultdict(list)
        wordings: dict[str, list[Quoted]] = defaultdict(list)
        for one in content.quoted:
            if one.is_article and one.quotation.title is not None:
                titles[title(one.quotation.title)].append(one)
            if one.own is not None:
                wordings[" ".join(_WORD.findall(one.own.plain.casefold()))].append(one)
        if len(titles) > 1:
            _discrepancy("title", content, titles, rows, names, citing, into)
        if len(wordings) > 1:
            _discrepancy("wording", content, wordings, rows, names, citing, into)


def _discrepancy(
    what: str,
    content: Content,
    variants: Mapping[str, Sequence[Quoted]],
    rows: Mapping[int, str],
    names: Names,
    citing: Citing,
    into: Statements,
) -> None:
    iri = names.below("discrepancy", what, names.acts[content.act].slug, *flat(content.steps))
    where = "; ".join(_articles([one.quotation for one in ones]) for ones in variants.values())
    provision = names.provision(content.act, content.steps)
    into.thing(
        iri, "Discrepancy", label=f"{names.label(content.act, content.steps)}: {len(variants)} {what}s"
    )
    kind = "title-conflict" if what == "title" else "wording"
    into.add(iri, kz("discrepancyKind"), concept("discrepancy-kind", kind))
    into.add(iri, kz("disputed"), node(provision))
    into.add(iri, kz("disputedProperty"), *([term("dcterms:title")] if what == "title" else []))
    into.add(
        iri,
        kz("summary"),
        english(f"Quoted with {len(variants)} {what}s, beside these articles of the convention: {where}."),
    )
    for number, (text, ones) in enumerate(variants.items(), 1):
        side = f"{iri}/side/{number}"
        into.add(iri, kz("side"), node(side))
        into.thing(side, "DiscrepancySide", label=f"Beside {_articles([one.quotation for one in ones])}")
        if what == "title":
            into.add(side, kz("sideValue"), english(text))
        into.add(side, kz("sideResource"), *(node(rows[id(one.quotation)]) for one in ones))
        texts = [one.quotation.heading if what == "title" else one.own for one in ones]
        into.add(side, SOURCE, *citing.cite(*texts))


def _articles(quotations: Sequence[Quotation]) -> str:
    return ", ".join(dict.fromkeys(name(quotation.convention) for quotation in quotations))
