"""Search as a page, as data, and as suggestions."""

import pytest

from kzlod.namespaces import ID, ONTOLOGY
from tests.web.conftest import Client

TREATY = f"{ID}treaty/FRA-KAZ-extradition"
ACT = f"{ID}act/KAZ/қылмыстық-кодекс"


def test_the_page_shows_what_was_found_with_its_kind_and_summary(client: Client) -> None:
    page = client.page("/search?q=extradition+treaty")
    assert 'href="/doc/treaty/FRA-KAZ-extradition"' in page
    assert "Allows extradition, with &lt;script&gt;" in page
    assert "<script>alert" not in page
    assert 'value="extradition treaty"' in page


@pytest.mark.parametrize("text", ["criminal code", "қылмыстық кодекс", "кылмыстык", "Criminal Codes"])
def test_an_act_is_found_in_any_language(client: Client, text: str) -> None:
    answer = client.request("GET", "/search.json", params={"q": text})
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["results"][0]["iri"] == ACT


def test_the_data_have_what_the_page_has(client: Client) -> None:
    negotiated = client.request("GET", "/search?q=article", headers={"Accept": "application/json"}).json()
    assert negotiated == client.get("/search.json?q=article").json()
    assert negotiated["query"] == "article"
    assert {one["iri"] for one in negotiated["results"]} >= {f"{TREATY}/art/2", f"{TREATY}/art/10"}
    assert (negotiated["page"], negotiated["pages"]) == (1, 1)
    assert negotiated["total"] == len(negotiated["results"])
    kinds = {one["iri"]: one["count"] for one in negotiated["facets"]["kind"]}
    narrowed = client.get(f"/search.json?q=article&kind={ONTOLOGY.replace('#', '%23')}Article").json()
    assert narrowed["total"] == kinds[f"{ONTOLOGY}Article"]


def test_a_choice_can_be_made_and_taken_back(client: Client) -> None:
    kind = f"{ONTOLOGY}Article"
    asked = {"q": "article", "kind": kind}
    page = client.request("GET", "/search", params=asked, headers={"Accept": "text/html"})
    assert 'href="/search?q=article" aria-current="true"' in page.text
    assert f'type="hidden" name="kind" value="{kind}"' in page.text


def test_what_is_not_there(client: Client) -> None:
    assert "Nothing was found" in client.page("/search?q=qqqqqqq")
    assert "Ничего не найдено" in client.page("/search?q=qqqqqqq", Accept_Language="ru")
    assert client.get("/search?q=article&page=9", "text/html").status_code == 404
    assert client.get("/search?q=article&page=x", "text/html").status_code == 404
    assert client.get("/search", "text/html").status_code == 200
    assert client.get("/search.json").json()["total"] == 0


@pytest.mark.parametrize("facet", ["kind", "document", "act"])
def test_a_program_is_told_what_is_asked_in_vain(client: Client, facet: str) -> None:
    refused = client.get(f"/search.json?q=article&{facet}=nope")
    assert refused.status_code == 400 and f"facets.{facet}" in refused.json()["detail"]
    for iri in (one["iri"] for one in client.get("/search.json?q=article").json()["facets"][facet]):
        answer = client.request("GET", "/search.json", params={"q": "article", facet: iri})
        assert answer.status_code == 200 and answer.json()["total"]


@pytest.mark.parametrize("facet", ["kind", "document", "act"])
def test_a_page_refuses_what_nothing_has_in_the_readers_language(client: Client, facet: str) -> None:
    for language, title in (
        ("en", "There is nothing with this value"),
        ("ru", "С таким значением ничего нет"),
    ):
        refused = client.get(f"/search?q=article&{facet}=nope", "text/html", Accept_Language=language)
        assert refused.status_code == 404
        assert title in refused.text and f"{facet}" in refused.text


def test_a_kind_may_be_named_as_in_the_address_of_its_list(client: Client) -> None:
    long = {"q": "article", "kind": f"{ONTOLOGY}Article"}
    short = {"q": "article", "kind": "Article"}
    both = [client.request("GET", "/search.json", params=asked).json() for asked in (long, short)]
    assert both[0] == both[1] and both[0]["total"]
    page = client.request("GET", "/search", params=short, headers={"Accept": "text/html"}).text
    assert f'type="hidden" name="kind" value="{ONTOLOGY}Article"' in page
    assert client.get("/kinds/Article", "text/html").status_code == 200
    assert client.get("/search?q=article&document=Article", "text/html").status_code == 404


def test_a_text_that_is_too_long(client: Client) -> None:
    refused = client.get("/search.json?q=" + "article+" * 30)
    assert refused.status_code == 400 and "200" in refused.json()["detail"]
    assert "Only the first 200 characters" in client.page("/search?q=" + "article+" * 30)
    assert "Only the first 200 characters" not in client.page("/search?q=article")


def test_the_data_have_the_pages_and_tags_that_the_page_has(client: Client) -> None:
    assert client.get("/search.json?q=article&page=9").status_code == 404
    answer = client.get("/search.json?q=article")
    assert client.get("/search.json?q=article", If_None_Match=answer.headers["etag"]).status_code == 304


def test_a_slip_is_named(client: Client) -> None:
    page = client.page("/search?q=extradicion")
    assert "“extradicion” occurs nowhere; “extradition” was looked for" in page


def test_what_means_the_same_is_named(client: Client) -> None:
    assert "Looked for as meaning the same: extradition" in client.page("/search?q=экстрадировать")
    assert (
        "extradition" in client.request("GET", "/search.json", params={"q": "экстрадировать"}).json()["also"]
    )


def test_suggestions_go_by_the_beginning(client: Client) -> None:
    found = client.get("/search/suggest?q=extra").json()
    assert found[0]["page"] == "/doc/treaty/FRA-KAZ-extradition"
    assert set(found[0]) == {"name", "page", "kind"}
    assert client.get("/search/suggest?q=").json() == []
    assert client.get("/search/suggest").json() == []


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '" onfocus="x', "'><img src=x>", "%00", "%ff"])
def test_hostile_words_are_text(client: Client, text: str) -> None:
    for path in ("/search", "/search.json", "/search/suggest"):
        asked = {"q": text, "kind": text}
        answer = client.request("GET", path, params=asked, headers={"Accept": "text/html"})
        assert answer.status_code == {"/search": 404, "/search.json": 400}.get(path, 200)
        searched = client.request("GET", path, params={"q": text}, headers={"Accept": "text/html"})
        assert searched.status_code == 200
        for page in (answer.text, searched.text) if path == "/search" else ():
            assert "<script>alert" not in page
            assert "<img" not in page
            assert ' onfocus="x' not in page


def test_the_script_is_served(client: Client) -> None:
    answer = client.get("/static/suggest.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "fetch(" in answer.text


def test_a_facet_without_hits_does_not_loosen_the_search(client: Client) -> None:
    asked = {"q": "extradition treaty", "kind": f"{ONTOLOGY}DomesticAct"}
    found = client.request("GET", "/search.json", params=asked).json()
    assert found["total"] == 0
    assert client.request("GET", "/search.json", params={"q": asked["q"]}).json()["total"]


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("What does it cost?", "en", "/compare/sanctions"),
        ("recommended articles", "en", "/recommendations"),
        ("Какие договоры действуют", "ru", "/treaties"),
        ("how long do cases take", "kk", "/statistics"),
    ],
)
def test_prepared_answers_lead_to_pages(client: Client, text: str, language: str, first: str) -> None:
    found = client.request("GET", "/search.json", params={"q": text, "lang": language}).json()["prepared"]
    assert found[0]["page"] == first
    assert len(found) <= 3
    asked = {"q": text, "lang": language}
    page = client.request("GET", "/search", params=asked, headers={"Accept": "text/html"}).text
    assert f'href="{first}"' in page.partition('id="prepared"')[2].partition("</section>")[0]
    suggested = client.request("GET", "/search/suggest", params=asked).json()
    assert first in [one["page"] for one in suggested]


@pytest.mark.parametrize("text", ["", "art 205", "Q091", "qqqqqqq", "legal aid"])
def test_what_no_question_fits_has_no_prepared_answer(client: Client, text: str) -> None:
    assert client.request("GET", "/search.json", params={"q": text}).json()["prepared"] == []
    assert 'id="prepared"' not in client.request("GET", "/search", params={"q": text}).text


def test_a_narrowed_search_has_no_prepared_answers(client: Client) -> None:
    asked = {"q": "What does it cost?", "kind": f"{ONTOLOGY}Article"}
    assert client.request("GET", "/search.json", params=asked).json()["prepared"] == []
