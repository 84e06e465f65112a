"""The profile among the source documents is read in full: the counts that the data set promises."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.documents.text import Document, Span, read_documents
from kzlod.ingest.profile.convention import Convention, name, read_convention
from kzlod.ingest.profile.markup import Text
from kzlod.ingest.profile.read import read_profile
from kzlod.ingest.profile.records import Passage, Profile, Quotation
from kzlod.ingest.profile.report import account, counts, records
from tests.ingest.generate import generate_around
from tests.ingest.test_generated import check

TREATY = "https://w3id.org/kzlod/id/treaty/ets-185"


@pytest.fixture(scope="module")
def convention(root: Path) -> Convention:
    files = sorted((root / "data/vocabulary/conventions/ets-185").glob("*.ttl"))
    triples = [
        quad.triple for file in files for quad in ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE)
    ]
    return read_convention(triples, TREATY)


@pytest.fixture(scope="module")
def document(seeds: Path) -> Document:
    for document in read_documents(seeds).values():
        if "## Cybercrime legislation" in document.text:
            return document
    pytest.skip("the profile is not among the documents")


@pytest.fixture(scope="module")
def profile(document: Document, convention: Convention) -> Profile:
    return read_profile(document, convention)


def quotations(profile: Profile, article: str) -> list[Quotation]:
    return [q for q in profile.domestic.quotations if q.convention[0][1] == article]


def test_the_convention_has_its_parts(convention: Convention) -> None:
    kinds = [part[-1][0] for article in convention.articles.values() for part in article.parts]
    assert [kinds.count(kind) for kind in ("par", "pt", "sub")] == [98, 81, 10]
    assert list(convention.articles) == [*map(str, range(1, 23)), *map(str, range(24, 36)), "42"]


def test_counts(profile: Profile) -> None:
    found = counts(profile)
    assert found["domestic acts"] == 9
    assert found["numbered articles"] == 49
    assert found["parts"] + found["paragraphs"] == 166
    assert found["points"] == 96
    assert found["correspondences"] == 70
    assert found["rows of the table"] == 35
    assert found["reference notes"] == 5
    assert [row.article.number for row in profile.unanswered()] == ["12", "35", "42"]
    assert found["problems"] == 0


def test_every_line_is_accounted_for(document: Document, profile: Profile) -> None:
    whole = account(document, profile)
    assert (whole.unplaced, whole.problems) == ((), ())
    assert len(whole.lines) == document.text.count("\n") + 1
    titled = [use for use in profile.uses if use.purpose == "column titles"]
    # One page has its titles in two places, each above its column.
    assert len(titled) - 1 == 54


def test_all_of_the_convention_is_found_in_the_left_column(profile: Profile, convention: Convention) -> None:
    for row in profile.table.rows:
        quoted = {passage.steps for passage in row.left}
        # Paragraph 1 of `1 a …` is named by its first point.
        named = {steps[:length] for steps in quoted for length in range(2, len(steps) + 1)}
        assert named == set(convention.articles[row.article.number].parts)


def test_the_finest_level(profile: Profile) -> None:
    assert [name(q.convention) for q in quotations(profile, "1")] == [
        "article 1, point a",
        "article 1, point b",
        "article 1, point b",
        "article 1, point c, sub-point i",
        "article 1, point c, sub-point i",
        "article 1, point c, sub-point ii",
    ]


def test_one_provision_in_six_quotations(profile: Profile) -> None:
    six = [
        q
        for q in profile.domestic.quotations
        if q.instrument == "law-communications" and q.heading is not None
    ]
    assert len(six) == 6
    assert {q.steps for q in six} == {(("art", "15"),)}
    assert {unit.steps[1] for q in six for unit in q.units} == {("part", "1"), ("part", "3")}


def test_numbers_of_a_law_amended_later(profile: Profile) -> None:
    points = [unit.steps for q in quotations(profile, "13") for unit in q.units]
    assert (("art", "40"), ("part", "2"), ("pt", "2-1")) in points


def test_emphasised_points(profile: Profile) -> None:
    emphasised = [
        name(steps) for q in quotations(profile, "8") for steps in q.emphasised if steps[-1][0] == "pt"
    ]
    assert emphasised == [
        "article 188, part 2, point 4",
        "article 190, part 2, point 4",
        "article 195, part 3, point 3",
    ]


def test_provisions_emphasised_in_part(profile: Profile) -> None:
    found = [
        name(unit.steps)
        for number in ("3", "7")
        for q in quotations(profile, number)
        for unit in q.units
        if unit.partly_emphasised
    ]
    assert found == ["article 147, part 3", "article 206, part 1"]


def test_the_row_whose_columns_share_no_page_form(profile: Profile) -> None:
    found = [(q.instrument, q.steps[0][1]) for number in ("20", "21") for q in quotations(profile, number)]
    law = "law-operational-investigations"
    code = "criminal-procedure-code"
    assert found == [(code, "244"), (law, "11"), (code, "245"), (law, "11")]


def test_sentences_are_mended_across_pages(document: Document, profile: Profile) -> None:
    text = next(
        piece.text
        for q in quotations(profile, "8")
        for unit in q.units
        if unit.steps == (("art", "190"), ("part", "3"), ("pt", "2"))
        for piece in unit.pieces
    )
    assert "if it involves" in text.plain
    assert document.line_at(text.spans[0].start) < document.line_at(text.spans[-1].start)


def test_places_give_back_the_text(document: Document, profile: Profile) -> None:
    def check(text: Text) -> None:
        printed = "".join(document.passage(span) for span in text.spans)
        assert printed.replace(" ", "") == text.plain.replace(" ", "")

    for quotation in profile.domestic.quotations:
        for unit in quotation.units:
            for piece in unit.pieces:
                check(piece.text)
    for remark in profile.domestic.remarks:
        for text in remark.texts:
            check(text)


def test_decisions_say_where_and_why(document: Document, profile: Profile) -> None:
    assert all(decision.reason and decision.chosen for decision in profile.decisions)
    lost = [d for d in profile.decisions if "its number is" in d.reason and d.chosen.startswith("convention")]
    assert [d.chosen for d in lost] == [
        "convention article 21, paragraph 1, point b, sub-point i",
        "convention article 22, paragraph 5",
        "convention article 27, paragraph 9, point e",
        "convention article 29, paragraph 7",
    ]
    assert isinstance(records(document, profile)["decisions"], list)


def test_the_last_line_without_a_line_feed(document: Document, profile: Profile) -> None:
    last = account(document, profile).lines[-1]
    assert last.span == Span(last.span.start, len(document.text))
    assert "heading of the convention" in last.purposes


def test_the_same_left_column_beside_other_countries(profile: Profile, convention: Convention) -> None:
    """The convention's own sentences, cut at any word: rarely, nothing shows to which column words belong."""
    quoted = [
        (
            row.article.number,
            row.article.title,
            [(passage.steps, numbered(passage)) for passage in row.left],
        )
        for row in profile.table.rows
    ]
    failed = []
    for seed in range(20):
        try:
            check(generate_around(seed, quoted, convention))
        except AssertionError:
            failed.append(seed)
    assert len(failed) <= 1


def numbered(passage: Passage) -> str:
    """The text of a passage on one line, with the number that the print has lost."""
    text = " ".join(passage.text.plain.split())
    return f"{passage.steps[-1][1]} {text}" if passage.marker == "lost" else text
