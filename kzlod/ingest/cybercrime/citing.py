"""Citations of a profile: which passages say a thing, and where a reader of the original finds them."""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kzlod.documents.structure import Form, Passage, passage_form
from kzlod.ingest import writing
from kzlod.ingest.profile.convention import name
from kzlod.ingest.profile.markup import Text
from kzlod.ingest.profile.passages import passages
from kzlod.ingest.profile.records import Profile

_FRONT = "Front matter"


class Citing(writing.Citing):
    """Makes citations of a profile."""

    def cite(self, *texts: Text | None) -> list[ox.NamedNode]:
        """The citations of the passages that hold these texts, in the order of the document."""
        return [
            self.at(span) for span in passages(self.document, (text for text in texts if text is not None))
        ]


def profile_form(profile: Profile) -> Form:
    """How the passages of a profile are found and counted: by row of its table and by provision.

    Column titles and page footers, which repeat on every page and state nothing, belong to no section.
    """
    return passage_form(_places(profile), lambda span: "between the columns")


def _places(profile: Profile) -> Iterator[Passage]:
    for use in profile.front.uses:
        yield Passage(use.span, _FRONT, f"{use.purpose}: {use.subject}" if use.subject else use.purpose)
    for rubric in profile.table.rubrics:
        for span in rubric.text.spans:
            yield Passage(span, f"Heading, {name(rubric.division.steps)} of the convention", "heading")
    for row in profile.table.rows:
        title = _row(row.article.number, row.article.title)
        for span in row.heading.spans:
            yield Passage(span, title, "heading of the row")
        for passage in row.left:
            for span in passage.text.spans:
                yield Passage(span, title, f"convention column, {name(passage.steps)}")
    yield from _domestic(profile)


def _domestic(profile: Profile) -> Iterator[Passage]:
    """The places of the domestic column, by the uses that the reader made of it."""
    titles = {row.article.number: _row(row.article.number, row.article.title) for row in profile.table.rows}
    rows: dict[int, str] = {}
    for quotation in profile.domestic.quotations:
        texts: list[Text | None] = [*quotation.divisions, quotation.heading]
        for unit in quotation.units:
            texts += [unit.marker, *(piece.text for piece in unit.pieces)]
        for start in _starts(texts):
            rows[start] = titles[quotation.convention[0][1]]
    for remark in profile.domestic.remarks:
        for start in _starts(remark.texts):
            rows[start] = titles[remark.convention[0][1]]
    acts = {instrument.key: instrument.name for instrument in profile.domestic.instruments}
    following = ""
    for use in sorted(profile.domestic.uses, key=lambda use: use.span, reverse=True):
        following = rows.get(use.span.start, following)
        yield Passage(use.span, following, _domestic_name(use.purpose, use.subject, acts))


def _domestic_name(purpose: str, subject: str, acts: dict[str, str]) -> str:
    """What a use of the domestic column is called in a locator: the act and the provision."""
    act, _, provision = subject.partition(": ")
    if act not in acts:
        return f"{purpose}, {subject}" if subject else purpose
    if not provision:
        return (
            f"{acts[act].rstrip('.')}, {purpose}" if purpose != "heading of an act" else acts[act].rstrip(".")
        )
    return f"{acts[act].rstrip('.')}, {provision}"


def _starts(texts: Iterable[Text | None]) -> Iterator[int]:
    for text in texts:
        if text is not None:
            for span in text.spans:
                yield span.start


def _row(number: str, title: str) -> str:
    return f"Article {number} – {title}" if title else f"Article {number}"
