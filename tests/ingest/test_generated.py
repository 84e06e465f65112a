"""Made-up profiles of other countries are read as they were made: rows, provisions, text, emphasis."""

import html
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kzlod.documents.text import Document
from kzlod.ingest.profile.convention import Steps
from kzlod.ingest.profile.read import read_profile
from kzlod.ingest.profile.records import Profile, Quotation, Unit
from kzlod.ingest.profile.report import UNPLACED, account
from tests.ingest.generate import Generated, generate
from tests.ingest.printed import ACTS


def read(made: Generated) -> tuple[Document, Profile]:
    document = Document(Path("made-up.txt"), made.text.encode())
    return document, read_profile(document, made.convention)


def text_of(unit: Unit) -> str:
    return " ".join(" ".join(piece.text.plain for piece in unit.pieces).split())


def act_of(profile: Profile, quotation: Quotation) -> int:
    name = next(i.name for i in profile.domestic.instruments if i.key == quotation.instrument)
    return next(
        index for index, prints in enumerate(ACTS) if name in prints or name.partition(") ")[2] in prints
    )


def together(passages: list[tuple[Steps, str]]) -> dict[Steps, str]:
    """The whole text of each provision: a page break may have joined a tail to what it follows."""
    texts: dict[Steps, str] = {}
    for steps, text in passages:
        texts[steps] = f"{texts.get(steps, '')} {text}".strip()
    return texts


def check(made: Generated) -> None:
    document, profile = read(made)
    found = [
        (q.convention, act_of(profile, q), q.steps[0][1] if q.steps else "", q.title.plain if q.title else "")
        for q in profile.domestic.quotations
    ]
    assert found == [(w.convention, w.act, w.article, w.title) for w in made.quotations]
    for quotation, wanted in zip(profile.domestic.quotations, made.quotations, strict=True):
        units = {unit.steps: text_of(unit) for unit in quotation.units}
        assert units == wanted.units
        assert set(quotation.emphasised) == wanted.emphasised
    left = [(passage.steps, passage.text.plain) for row in profile.table.rows for passage in row.left]
    assert together(left) == together(made.left)
    assert {
        remark.convention[0][1]: " ".join(text.plain for text in remark.texts)
        for remark in profile.domestic.remarks
        if remark.kind == "commentary"
    } == made.commentary
    notes = [
        (remark.about, " ".join(text.plain for text in remark.texts))
        for remark in profile.domestic.remarks
        if remark.kind == "reference note"
    ]
    assert notes == made.notes
    assert {row.article.number for row in profile.unanswered()} == set(made.commentary)
    whole = account(document, profile)
    assert (whole.unplaced, whole.problems) == ((), ())
    assert len(whole.lines) == len(made.text.splitlines())
    assert not any(UNPLACED in line.purposes for line in whole.lines)
    assert (profile.front.country, profile.front.version) == ("Ruritania", "2021-03-07")


@settings(max_examples=150, deadline=None)
@given(st.integers(min_value=0, max_value=10_000_000))
def test_a_made_up_profile_is_read_as_it_was_made(seed: int) -> None:
    check(generate(seed))


@pytest.mark.parametrize("seed", range(40))
def test_places_give_back_the_text(seed: int) -> None:
    document, profile = read(generate(seed))
    for quotation in profile.domestic.quotations:
        for unit in quotation.units:
            for piece in unit.pieces:
                printed = html.unescape("".join(document.passage(span) for span in piece.text.spans))
                assert printed.replace(" ", "") == piece.text.plain.replace(" ", "")
