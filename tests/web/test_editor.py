"""The query page: how it is filled, what its scripts get to know, and that it works without them."""

import json
import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path

import pytest

import kzlod.web
from kzlod.web import vendor
from kzlod.web.i18n import LANGUAGES, texts
from kzlod.web.sharing import shorten

from .conftest import BASE, Client

HOSTILE = 'SELECT * { ?s ?p "</textarea></script><script>alert(1)</script>" } # ә'


def filled(page: str) -> str:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert found
    return unescape(found[1])


def data(page: str) -> Mapping[str, object]:
    found = re.search(r'<script type="application/json" id="query-data">(.*?)</script>', page, re.DOTALL)
    assert found
    loaded: Mapping[str, object] = json.loads(found[1])
    return loaded


def test_the_form_is_filled_with_what_the_address_names(client: Client) -> None:
    assert "SELECT ?treaty" in filled(client.page("/query"))
    for parameters in ({"query": HOSTILE}, {"z": shorten(HOSTILE)}):
        answer = client.request("GET", "/query", params=parameters, headers={"Accept": "text/html"})
        assert filled(answer.text) == HOSTILE
        assert "<script>alert" not in answer.text
    page = client.page("/query?example=treaties")
    assert filled(page).startswith("SELECT * WHERE")
    assert data(page)["example"] == {"name": "treaties", "query": filled(page)}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/query?example=nothing", 404),
        ("/query?example=../manifest", 404),
        ("/query?z=%00", 400),
        ("/query?z=" + "A" * 5000, 400),
        ("/query?z=" + shorten("x" * 200_000), 400),
    ],
)
def test_what_is_no_query_is_said(client: Client, path: str, status: int) -> None:
    answer = client.get(path, "text/html", Accept_Language="ru")
    assert answer.status_code == status
    assert ("В этой ссылке нет запроса" in answer.text) == (status == 400)


def test_without_the_fetched_scripts_the_form_is_there(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendor, "_files", dict)
    page = client.page("/query?query=ASK%20%7B%20%7D")
    assert "vendor" not in page
    assert data(page)["charts"] is None
    assert texts("en")("query.intro_plain") in page
    assert '<form action="/sparql" method="get" class="query">' in page


def test_with_them_they_are_loaded_from_here(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["@zazuko/yasqe/yasqe.min.js", "@zazuko/yasqe/yasqe.min.css", "vega/vega.min.js"]
    names += ["vega-lite/vega-lite.min.js", "vega-interpreter/vega-interpreter.js"]
    monkeypatch.setattr(vendor, "_files", lambda: {name: f"x-1/{name.rpartition('/')[2]}" for name in names})
    page = client.page("/query?query=ASK%20%7B%20%20%7D")
    assert '<script src="/static/vendor/x-1/yasqe.min.js" defer></script>' in page
    assert texts("en")("query.intro") in page
    assert data(page)["charts"] == [f"/static/vendor/x-1/{name.rpartition('/')[2]}" for name in names[2:]]


def test_the_policy_allows_no_inline_script_or_style(client: Client) -> None:
    policy = client.get("/query", "text/html").headers["content-security-policy"]
    assert "script-src 'self'" in policy and "style-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("language", LANGUAGES)
def test_terms_are_those_of_the_release_in_the_readers_language(client: Client, language: str) -> None:
    answer = client.get(f"/query/terms.json?lang={language}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-language"] == language
    assert "set-cookie" not in answer.headers
    found = answer.json()
    assert found["prefixes"]["kzlod"] == f"{BASE}ontology#"
    terms = {one["term"]: one for one in found["classes"]}
    wanted = {"en": "treaty", "ru": "договор", "kk": "шарт"}
    assert terms["kzlod:Treaty"]["label"].lower() == wanted[language]
    assert terms["kzlod:Treaty"]["language"] == language
    assert terms["kzlod:Treaty"]["count"] > 0
    counts = [one["count"] for one in found["classes"]]
    assert counts == sorted(counts, reverse=True)
    again = client.get(f"/query/terms.json?lang={language}", If_None_Match=answer.headers["etag"])
    assert again.status_code == 304


def test_what_went_wrong_with_a_query_is_explained_in_the_readers_language(client: Client) -> None:
    answer = client.get("/sparql?update=CLEAR+ALL", "text/html", Accept_Language="kk")
    assert answer.status_code == 400
    assert "<h1>Мұнда деректерді өзгертуге болмайды</h1>" in answer.text
    assert "Сұрау SELECT, ASK, CONSTRUCT немесе DESCRIBE сөзінен басталады." in answer.text


def test_each_kind_of_problem_is_explained() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(kzlod.web.__file__).parent.glob("*.py"))
    kinds = set(re.findall(r"\"/problems/([a-z-]+)\"", source))
    assert "timeout" in kinds
    told = texts("en").section("problem")
    assert {name for kind in kinds for name in (kind, f"{kind}_advice")} == set(told)


def test_the_scripts_use_the_texts_that_there_are() -> None:
    scripts = Path(kzlod.web.__file__).parent / "static"
    used: set[str] = set()
    for name in ("query", "code", "completion", "results", "chart"):
        used |= set(re.findall(r"\btexts\.([a-z_]+)", (scripts / f"{name}.js").read_text("utf-8")))
    used |= {"class", "property", "table", "chart", "raw"}  # by their kind
    assert used == set(texts("en").section("editor"))
