"""Problem details, as JSON and as a page."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from fastapi import Request

from kzlod.web import problem_kinds
from kzlod.web.i18n import LANGUAGES, texts
from kzlod.web.problem_kinds import KINDS
from kzlod.web.problems import Problem, problem, respond

from .conftest import Client


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
