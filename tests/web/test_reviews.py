"""Findings and recommendations: what they rest on, whom they concern, and whether the law was changed."""

from collections.abc import Callable

import pytest

from kzlod.namespaces import ID, ONTOLOGY
from kzlod.release.published import Release
from kzlod.web.answering import by_country
from kzlod.web.changes import CHANGED, REPLACED, SHOWN, UNKNOWN, strongest
from kzlod.web.i18n import texts
from kzlod.web.names import Namer
from kzlod.web.passages import later
from kzlod.web.provisions import provision_page
from kzlod.web.reading import TYPE, Reader
from kzlod.web.reviews import Reviews, article_of

from .conftest import Client

KGZ, MNG = f"{ID}source/KGZ/review", f"{ID}source/MNG/review"
ARTICLE = f"{ID}treaty/conv/art/1"
BRIBERY = f"{ID}source/KAZ/uncac-review-2015"


@pytest.fixture(scope="module")
def reader(reviewed: Release) -> Reader:
    return Reader.open(reviewed.store_path, reviewed.manifest)


@pytest.fixture(scope="module")
def reviews(reader: Reader) -> Reviews:
    return Reviews(reader, Namer(reader, texts("en")))


@pytest.fixture(scope="module")
def site(reviewed: Release, make_client: Callable[[Release | None], Client]) -> Client:
    return make_client(reviewed)


@pytest.mark.parametrize(
    ("finding", "verdict", "kinds"),
    [
        (f"{KGZ}/finding/gap", CHANGED, {"replaced"}),
        (f"{KGZ}/finding/shown", SHOWN, {"version", "compared"}),
        (f"{KGZ}/finding/tax", CHANGED, {"amended", "draft"}),
        (f"{KGZ}/finding/open", REPLACED, {"act_replaced", "open"}),
        (f"{MNG}/finding/1", UNKNOWN, set()),
    ],
)
def test_whether_the_law_was_changed(reviews: Reviews, finding: str, verdict: str, kinds: set[str]) -> None:
    found = reviews.finding(finding)
    assert found.verdict == verdict
    assert {event.kind for change in found.changes for event in change.events} == kinds
    assert "before" not in {
        event.thing.title[-6:] for change in found.changes for event in change.events
    }  # what amended the law before the review is no later change
    assert all(event.places for change in found.changes for event in change.events)


def test_what_was_replaced_before_the_review_is_no_later_change(published: Release) -> None:
    """The code of 2014 was in force when the review of 2015 was dated."""
    reader = Reader.open(published.store_path, published.manifest)
    reviews = Reviews(reader, Namer(reader, texts("en")))
    assert reviews.finding(f"{BRIBERY}/finding/bribery-of-public-officials-1997").verdict == REPLACED
    assert reviews.recommendation(f"{BRIBERY}/recommendation/III-2").verdict == UNKNOWN


def test_the_chain_of_a_recommendation(reviews: Reviews) -> None:
    found = reviews.recommendation(f"{KGZ}/recommendation/II-1")
    assert (found.chapter, found.number, found.date) == ("II", "1", "2016-01-01")
    assert [(one.thing.title, one.inferred) for one in found.provisions] == [
        (f"{ARTICLE}/par/1", False),
        (ARTICLE, True),
    ]
    assert found.provisions[1].through and found.provisions[1].through.name.text == "A gap"
    assert [(one.thing.title, one.inferred) for one in found.findings] == [(f"{KGZ}/finding/gap", True)]
    assert [one.date for one in found.statuses] == ["2018", "2020"]
    assert found.verdict == CHANGED
    assert [one.thing.name.text for one in found.later] == ["Article 1 – article 3"]


def test_a_later_answer_of_another_country_is_none(reviews: Reviews) -> None:
    assert not reviews.recommendation(f"{MNG}/recommendation/1").later


def test_the_articles_stated_and_concluded(reviews: Reviews, reader: Reader) -> None:
    assert reviews.articles(f"{KGZ}/recommendation/II-1") == {ARTICLE: False}
    assert reviews.articles(f"{MNG}/recommendation/1") == {ARTICLE: True}
    assert article_of(reader, f"{ARTICLE}/par/1") == ARTICLE
    assert article_of(reader, f"{ID}country/KGZ") == f"{ID}country/KGZ"


def test_the_answers_of_every_country_side_by_side(reader: Reader) -> None:
    namer = Namer(reader, texts("en"))
    found = by_country(reader, provision_page(reader, ARTICLE, namer), namer)
    assert [one.country.name.text for one in found if one.country] == ["Kyrgyzstan", "Mongolia"]
    assert [one.date for one in found[0].documents] == ["2016-01-01", "2019-05-01"]
    (here, answer), *_ = found[0].documents[0].answers
    assert here.title == f"{ARTICLE}/par/1"
    assert [one.title for one in answer.provisions] == [f"{ID}act/KGZ/old/art/5"]
    relied = {tie.thing.title: count for tie, count in found[0].documents[0].relied}
    assert relied == {f"{ID}act/KGZ/old/art/5": 1, f"{ID}act/KGZ/penal/art/3": 1}


def test_every_correspondence_of_the_real_data_is_among_the_answers(published: Release) -> None:
    reader = Reader.open(published.store_path, published.manifest)
    namer = Namer(reader, texts("en"))
    article = f"{ID}treaty/ets-185/art/2"
    found = by_country(reader, provision_page(reader, article, namer), namer)
    shown = {
        answer.correspondence.title
        for one in found
        for document in one.documents
        for _, answer in document.answers
    }
    parts = [article, *reader.index.below(f"{article}/")]
    assert shown == {one for part in parts for one in reader.subjects(f"{ONTOLOGY}conventionProvision", part)}


def test_every_finding_of_the_real_data_can_be_read(published: Release) -> None:
    reader = Reader.open(published.store_path, published.manifest)
    reviews = Reviews(reader, Namer(reader, texts("ru")))
    for one in reader.subjects(TYPE, f"{ONTOLOGY}Finding"):
        found = reviews.finding(one)
        assert found.places and found.date == "2015-06-12"
        stated = {*reader.iris(one, f"{ONTOLOGY}findsOn")}
        assert stated <= {tie.thing.title for tie in found.provisions if not tie.inferred}


@pytest.mark.parametrize(
    ("date", "than", "expected"),
    [
        ("2017", "2016-05-01", True),
        ("2016", "2016-05-01", False),
        ("2016-05-02", "2016-05-01", True),
        ("", "2016", False),
        ("2016", "", False),
    ],
)
def test_later_for_certain(date: str, than: str, expected: bool) -> None:
    assert later(date, than) is expected


def test_the_strongest_verdict() -> None:
    assert strongest([UNKNOWN, SHOWN, CHANGED]) == CHANGED
    assert strongest([]) == UNKNOWN


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_pages(site: Client, language: str) -> None:
    strings = texts(language)
    page = site.page("/doc/source/KGZ/review/recommendation/II-1", Accept_Language=language)
    for key in ("review.asked", "review.findings", "review.status"):
        assert f">{strings(key)}</h2>" in page
    assert strings("change.changed") in page
    assert strings("review.concluded") in page
    page = site.page("/doc/source/KGZ/review/finding/gap", Accept_Language=language)
    assert strings("change.event_replaced") in page
    assert "Offering is &lt;i&gt;no&lt;/i&gt; offence." in page
    page = site.page("/doc/treaty/conv/art/1", Accept_Language=language)
    assert f">{strings('provision.by_country')}</h2>" in page
    assert strings("change.changed") in page and strings("change.unknown") in page
    assert "/doc/source/KGZ/review/text/0a/chars/20-30" in page


def test_what_is_not_in_the_readers_language_is_marked(site: Client) -> None:
    page = site.page("/doc/source/KGZ/review/finding/gap", Accept_Language="ru")
    assert '<a href="/doc/act/KGZ/old/art/5" lang="en">Article 5 – Old code</a> <span class="tag"' in page
    assert (
        '<a href="/doc/concept/degree/not-implemented">Не выполнено</a></dd>' not in page
    )  # a passage follows
    assert '<a href="/doc/concept/degree/not-implemented">Не выполнено</a><sup' in page.replace("\n", "")
