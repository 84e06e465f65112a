"""The list of recommendations: every one in it, narrowed and arranged as asked, hostile values refused."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from kzlod.namespaces import ID, ONTOLOGY
from kzlod.release.published import Release
from kzlod.web.i18n import texts
from kzlod.web.names import Namer
from kzlod.web.reading import TYPE, Reader
from kzlod.web.recommendations import FILTERS, narrowed, pairs, read_keys

from .conftest import Client

ARTICLE = f"{ID}treaty/conv/art/1"
KGZ, MNG = "Recommendation II-1", "Recommendation to Mongolia"


@pytest.fixture(scope="module")
def reader(reviewed: Release) -> Reader:
    return Reader.open(reviewed.store_path, reviewed.manifest)


@pytest.fixture(scope="module")
def site(reviewed: Release, make_client: Callable[[Release | None], Client]) -> Client:
    return make_client(reviewed)


def test_every_recommendation_of_the_real_data_has_a_place(published: Release) -> None:
    reader = Reader.open(published.store_path, published.manifest)
    keys = read_keys(reader, Namer(reader, texts("en")))
    there = set(reader.subjects(TYPE, f"{ONTOLOGY}Recommendation"))
    for by in FILTERS:
        assert {one.iri for _, one in pairs(keys, by)} == there
    on_bribery = narrowed(keys, {"article": f"{ID}treaty/uncac/art/15"})
    numbers = {one.iri.rsplit("/", 1)[1] for one in on_bribery}
    assert numbers == {f"III-{number}" for number in (1, 2, 3, 4, 6, 7, 8)}
    assert all(one.article[f"{ID}treaty/uncac/art/15"] for one in on_bribery)


def test_narrowed_by_several_values(reader: Reader) -> None:
    keys = read_keys(reader, Namer(reader, texts("en")))
    assert len(keys) == 2
    (one,) = narrowed(keys, {"article": ARTICLE, "country": f"{ID}country/MNG"})
    assert one.iri.endswith("MNG/review/recommendation/1") and one.article[ARTICLE]
    assert not narrowed(keys, {"article": ARTICLE, "document": "nothing"})


def test_stated_and_concluded_are_told_apart(site: Client) -> None:
    page = site.page("/recommendations").replace("\n", "")
    stated, concluded = page.index(KGZ), page.index(MNG)
    assert stated < concluded
    assert page[:concluded].rindex('<li class="inferred">') > stated
    assert '<li class="inferred">' not in page[:stated]


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        (f"article={quote(ARTICLE)}", (KGZ, MNG), ()),
        (f"article={quote(ARTICLE)}/par/1", (KGZ, MNG), ()),
        (f"article={quote(ID)}treaty/conv/art/2", (), (KGZ, MNG)),
        (f"country={quote(ID)}country/MNG", (MNG,), (KGZ,)),
        (f"document={quote(ID)}source/KGZ/review&by=document", (KGZ,), (MNG,)),
        ("article=&country=&by=action", (KGZ, MNG), ()),
    ],
)
def test_the_list_as_asked(site: Client, query: str, shown: tuple[str, ...], hidden: tuple[str, ...]) -> None:
    page = site.page(f"/recommendations?{query}")
    for name in shown:
        assert f">{name}</a>" in page
    for name in hidden:
        assert f">{name}</a>" not in page


@pytest.mark.parametrize(
    "query",
    ["article=x", "country=%00", "by=iri", "page=0", "page=9", "action=" + "a" * 5000, "document=%ED%A0%80"],
)
def test_what_does_not_exist(site: Client, query: str) -> None:
    answer = site.get(f"/recommendations?{query}", "text/html")
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_in_every_language(site: Client, language: str) -> None:
    strings = texts(language)
    page = site.page("/recommendations", Accept_Language=language)
    assert f"<h1>{strings('recommendations.heading')}</h1>" in page
    assert strings("recommendations.shown", shown=2, all=2) in page
    assert 'aria-current="page"' in page or 'aria-current="true"' in page


def test_a_release_without_reviews_has_an_empty_list(client: Client) -> None:
    assert texts("en")("recommendations.nothing") in client.page("/recommendations")
