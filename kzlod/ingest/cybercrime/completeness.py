"""Completeness of an imported profile: what its form shows against what the graph has, row by row."""

from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from kzlod.documents.citations import parse_reference
from kzlod.documents.coverage import ItemCount
from kzlod.documents.text import Document, Span
from kzlod.ingest.cybercrime.content import Quoted, contents
from kzlod.ingest.cybercrime.sanctioned import offences
from kzlod.ingest.profile.convention import Steps
from kzlod.ingest.profile.passages import passages
from kzlod.ingest.profile.records import Profile
from kzlod.terms import SOURCE, TYPE, kz, value

_KINDS = (("articles", ("art",)), ("parts and paragraphs", ("part", "par")), ("points", ("pt", "sub")))


def item_counts(document: Document, profile: Profile, triples: Iterable[ox.Triple]) -> Iterator[ItemCount]:
    """For each row the provisions quoted in it, then the distinct ones by kind, and the sanction clauses.

    An item is in the graph when a version (or sanction clause) cites every passage that prints it.
    """
    triples = list(triples)
    versions = _cited(triples, "ProvisionVersion")
    quoted = contents(profile.domestic.quotations)
    for row in profile.table.rows:
        items = [
            one
            for content in quoted
            for one in content.quoted
            if one.texts and one.quotation.convention[0][1] == row.article.number
        ]
        yield _count(f"article {row.article.number}: provisions quoted", document, items, versions)
    for name, kinds in _KINDS:
        distinct = [content for content in quoted if _kind(content.steps) in kinds and content.texts]
        yield _count(f"distinct {name}", document, [content.quoted[0] for content in distinct], versions)
    sanctions = [offence.prints[0] for offence in offences(quoted)]
    missing = tuple(
        one.text.span
        for one in sanctions
        if not _cited_within(_cited(triples, "SanctionClause"), one.text.span)
    )
    number = len(sanctions)
    yield ItemCount("provisions with a sanction", number, number - len(missing), missing, (), "")


def _kind(steps: Steps) -> str:
    return steps[-1][0] if steps else ""


def _cited(triples: Sequence[ox.Triple], *classes: str) -> set[Span]:
    """The passages that things of these classes cite."""
    wanted = {kz(name) for name in classes}
    things = {t.subject for t in triples if t.predicate == TYPE and t.object in wanted}
    references = (
        parse_reference(value(t.object)) for t in triples if t.predicate == SOURCE and t.subject in things
    )
    return {reference.span for reference in references if reference}


def _cited_within(cited: set[Span], span: Span) -> bool:
    """Whether a passage within the span is cited."""
    return any(span.contains(other) for other in cited)


def _count(what: str, document: Document, items: Sequence[Quoted], cited: set[Span]) -> ItemCount:
    missing = [
        spans[0] for item in items if (spans := _spans(document, item)) and not cited.issuperset(spans)
    ]
    return ItemCount(what, len(items), len(items) - len(missing), tuple(missing), (), "")


def _spans(document: Document, item: Quoted) -> list[Span]:
    return passages(document, item.printed) or passages(document, item.texts)
