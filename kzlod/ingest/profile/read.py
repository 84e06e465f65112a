"""A profile from its text: the one function that puts the readers together."""

from functools import partial

from kzlod.documents.text import Document
from kzlod.errors import Problem
from kzlod.ingest.profile.convention import Convention, name
from kzlod.ingest.profile.instruments import instrument_key
from kzlod.ingest.profile.pages import front_matter, marks, paged
from kzlod.ingest.profile.provisions import read_domestic
from kzlod.ingest.profile.records import Profile, Table, Use
from kzlod.ingest.profile.rows import read_rows, where


def read_profile(document: Document, convention: Convention) -> Profile:
    """The profile in a document; `convention` is the structure of the convention that it follows.

    Whatever is wrong with the form is a Problem of the result. Raises DocumentError for a text that is
    not UTF-8, nothing else.
    """
    pages = paged(document)
    front = front_matter(document, pages.front)
    problems: list[Problem] = []
    uses = list(pages.uses)
    if pages.pages:
        uses += front.uses
    else:
        uses += [use for use in front.uses if use.purpose != "front matter" or use.subject]
        problems.append(
            Problem("the document", "no column titles were found", "See whether it is a legislation profile.")
        )
    table = read_rows(document, pages.pages, convention, partial(instrument_key, country=front.country))
    domestic = read_domestic(table.rows, convention, front.country, partial(where, document))
    uses += _left_uses(table)
    uses += domestic.uses
    problems += [*table.problems, *domestic.problems]
    problems += [
        Problem(
            where(document, block.text.span),
            "text that belongs to no row of the table",
            "Place it by hand.",
        )
        for block in table.unplaced
    ]
    quoted = {row.article.number for row in table.rows}
    problems += [
        Problem(
            "the table", f"has no row for {name(article.steps)} of the convention", "See what is missing."
        )
        for article in convention.articles.values()
        if pages.pages and article.number not in quoted
    ]
    return Profile(
        front,
        table,
        domestic,
        tuple(sorted(uses, key=lambda use: use.span)),
        tuple(sorted(marks(document, pages))),
        (*table.decisions, *domestic.decisions),
        tuple(problems),
    )


def _left_uses(table: Table) -> list[Use]:
    """The uses of the left column and of the headings between rows."""
    uses = [
        Use(span, "heading of the convention", name(rubric.division.steps))
        for rubric in table.rubrics
        for span in rubric.text.spans
    ]
    for row in table.rows:
        uses += [
            Use(span, "heading of the convention", name(row.article.steps)) for span in row.heading.spans
        ]
        uses += [
            Use(span, "text of the convention", name(passage.steps))
            for passage in row.left
            for span in passage.text.spans
        ]
    return uses
