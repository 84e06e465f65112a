"""Problem details, as JSON and as a page, in the reader's language."""

import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi import Request

from kzlod.engine.base import EngineError, Malformed, Query, Refused, Result, TimedOut
from kzlod.namespaces import ID
from kzlod.release.published import Release
from kzlod.web import problem_kinds
from kzlod.web.app import create_app
from kzlod.web.i18n import LANGUAGES, load, texts
from kzlod.web.problem_kinds import KINDS
from kzlod.web.problems import Problem, problem, respond
from kzlod.web.settings import Settings
from kzlod.web.site import Site

from .conftest import Client, NoEngine

ADDRESSES = (
    "/nope",
    "/about",
    "/static/nope.css",
    "/doc/act/KAZ/nope",
    "/doc/country/KAZ?page=9999",
    "/doc/country/KAZ?page=x",
    "/kinds/Nope",
    "/kinds/Country?page=9999",
    "/statistics/nope",
    "/statistics/nope.ru.svg",
    "/diagrams/nope.svg",
    "/examples/nope",
    "/examples/treaties?nope=1",
    "/compare/nope",
    "/search?q=treaty&page=9999",
    "/treaties?partner=x",
    "/recommendations?by=x",
    "/recommendations?article=x",
    "/query?z=%25",
    "/cite?iri=x",
    "/cite?iri=x&format=foo",
    "/dumps/nope/",
    "/dumps/nope/nope.gz",
    "/sitemap/9999.xml",
    "/releases/9.9/",
    "/releases/9.9/doc/country/KAZ",
    "/sparql?default-graph-uri=x",
    "/sparql?query=ASK&query=ASK",
    "/sparql?query=ASK&format=foo",
    "/sparql?query=ASK",
    "/sparql?query=%FF",
    "/sparql?update=x",
    f"/{'x' * 9000}",
)


def request(accept: str | None) -> Request:
    headers = [(b"accept", accept.encode())] if accept else []
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers})


def test_json_has_the_members_of_rfc_9457() -> None:
    answer = problem(
        400, "Malformed", "Line 1", slug="/problems/x", extras={"line": 1}, headers={"Retry-After": "3"}
    )
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "3"
    assert json.loads(bytes(answer.body)) == {
        "type": "/problems/x",
        "title": "Malformed",
        "status": 400,
        "detail": "Line 1",
        "line": 1,
    }


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        (None, False),
        ("*/*", False),
        ("text/turtle", False),
        ("text/html,*/*;q=0.8", True),
        ("text/html", True),
    ],
)
def test_a_page_only_for_who_prefers_it(accept: str | None, page: bool) -> None:
    answer = problem(404, "Not found", request=request(accept))
    assert answer.headers["content-type"].startswith("text/html") is page
    assert answer.headers["vary"] == "Accept"


def test_everything_on_the_page_is_escaped() -> None:
    evil = "<script>&\"'"
    item = Problem(400, evil, evil, extras={evil: [evil]})
    body = bytes(respond(item, request("text/html")).body).decode()
    assert "<script" not in body
    assert body.count("&lt;script&gt;") >= 4


def test_render_replaces_the_page() -> None:
    answer = problem(404, "x", request=request("text/html"), render=lambda _, item: f"page {item.status}")
    assert bytes(answer.body) == b"page 404"


def test_can_be_raised_through_a_context_manager() -> None:
    with pytest.raises(Problem) as caught:
        raise Problem(404, "Not found")
    assert caught.value.status == 404


class _Said(HTMLParser):
    """The texts of titles, headings, paragraphs and lists of the main part, with the language of each."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        above = self._open[-1][1] if self._open else ""
        if tag not in ("meta", "link", "input", "br"):
            self._open.append((tag, dict(attributes).get("lang") or above))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, text: str) -> None:
        tags = [tag for tag, _ in self._open]
        if (text.strip() and "title" in tags) or ("main" in tags and {"h1", "h2", "p", "dt"} & {*tags}):
            self.said.append((text.strip(), self._open[-1][1]))


def _english(page: str, language: str) -> list[str]:
    """What a page says in Latin letters only and for the page's own language."""
    said = [text for text, own in _Said(page).said if own == language]
    assert said, page
    return [text for text in said if re.search("[a-z]{2}", text) and not re.search("[а-яё]", text, re.I)]


@pytest.mark.parametrize("language", ["ru", "kk"])
@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address[:40])
def test_nothing_on_the_page_of_an_error_is_in_english(client: Client, address: str, language: str) -> None:
    answer = client.get(address, "text/html", Accept_Language=language)
    if address == "/sparql?query=ASK":
        answer = client.get(address, "text/html;q=0.2, image/png", Accept_Language=language)
    assert answer.status_code >= 400, answer.headers.get("location")
    assert f'<html lang="{language}">' in answer.text
    assert {own for _, own in _Said(answer.text).said} == {language}
    links = {"/", "/compare", "/dumps/", "/query", "/examples", "/statistics", "/treaties", "/releases/"}
    found = [one for one in _english(answer.text, language) if one not in links and one[0] != "/"]
    assert found == []


@pytest.mark.parametrize("language", ["ru", "kk"])
@pytest.mark.parametrize(
    "error", [Malformed("the query cannot go on like this", 2, 11), Refused("No."), TimedOut("Too long.")]
)
def test_a_message_of_the_engine_says_that_it_is_english(
    release: Release, error: EngineError, language: str
) -> None:
    class Failing(NoEngine):
        async def run(self, query: Query, client: str) -> Result:
            raise error

    client = Client(create_app(Site(release, Failing(), Settings())))
    page = client.get("/sparql?query=ASK", "text/html, */*;q=0.1", Accept_Language=language).text
    assert [one for one in _english(page, language) if one[0] != "/"] == []
    assert re.search(rf'<p [^>]*lang="en">[^<]*{re.escape(str(error))}', page)
    if isinstance(error, Malformed):
        line, column = (load(language)[f"error.member_{name}"] for name in ("line", "column"))
        assert re.search(rf"<dt>{line}</dt><dd[^>]*>2<.*\n.*<dt>{column}</dt><dd[^>]*>11<", page)
        assert client.get("/sparql?query=ASK").json() | {"line": 2, "column": 11, "status": 400} == (
            client.get("/sparql?query=ASK").json()
        )


def test_an_undeclared_prefix_is_told_in_the_readers_language(release: Release) -> None:
    class Failing(NoEngine):
        async def run(self, query: Query, client: str) -> Result:
            raise Malformed("prefix", 1, 5)

    client = Client(create_app(Site(release, Failing(), Settings())))
    address = "/sparql?query=ASK%20%7B%20%3Fs%20ex%3Ap%20%3Fo%20%7D"
    assert (
        "Строка 1, столбец 10: префикс ex:"
        in client.get(address, "text/html,*/*;q=0.1", Accept_Language="ru").text
    )
    assert client.get(address).json()["detail"] == "Line 1, column 10: the prefix ex: is not declared."


def test_programs_get_english_whatever_the_language(client: Client) -> None:
    answer = client.get("/doc/act/KAZ/nope", "application/json", Accept_Language="kk").json()
    assert answer["title"] == "There is nothing at this address"
    assert answer["detail"] == f"This release says nothing of {ID}act/KAZ/nope"


def test_the_type_of_a_problem_leads_to_its_explanation(client: Client) -> None:
    for language in LANGUAGES:
        page = client.page(f"/problems?lang={language}")
        for kind in KINDS:
            answer = client.get(f"/problems/{kind}")
            assert (answer.status_code, answer.headers["location"]) == (303, f"/problems#{kind}")
            assert f'id="{kind}"' in page and texts(language)(f"problem.{kind}_advice") in unescape(page)
    assert client.get("/problems/none").status_code == 404


def test_every_kind_of_problem_is_explained() -> None:
    folder = Path(problem_kinds.__file__).parent
    named = {
        found
        for file in folder.glob("*.py")
        if file.name not in ("problems.py", "problem_kinds.py")
        for found in re.findall(r"\"/problems/([a-z-]+)\"", file.read_text("utf-8"))
    }
    assert named == set(KINDS)
