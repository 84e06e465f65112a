"""Example queries over the real engine and data: result as page and as data, narrowed by columns."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from kzlod.engine.base import Kind, Overloaded, Query, Result
from kzlod.engine.formats import offers
from kzlod.engine.pool import EmbeddedEngine, Limits
from kzlod.release.published import Release
from kzlod.web import examples
from kzlod.web.app import create_app
from kzlod.web.examples import FORMATS, SHOWN
from kzlod.web.i18n import LANGUAGES
from kzlod.web.settings import Settings
from kzlod.web.sharing import restore
from kzlod.web.site import Site
from kzlod.web.state import Web
from kzlod.web.stored import by_topic, read_examples

from .conftest import NoEngine


class Asking:
    """The application over the engine, each request in an event loop of its own."""

    def __init__(self, release: Release) -> None:
        self.release = release

    def get(self, path: str, **headers: str) -> httpx.Response:
        import asyncio

        async def ask() -> httpx.Response:
            async with EmbeddedEngine(self.release.store_path, Limits(workers=1)) as engine:
                app = create_app(Site(self.release, engine, Settings(public_url="https://data.example.org")))
                served: ASGIApp | Any = app.middleware_stack
                transport = httpx.ASGITransport(app=served)
                async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
                    return await client.get(path, headers=headers)

        return asyncio.run(ask())


@pytest.fixture(scope="module")
def asking(published: Release) -> Iterator[Asking]:
    yield Asking(published)


def table(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_an_example_is_a_table_at_an_address_that_stays(asking: Asking) -> None:
    answer = asking.get("/examples/indicators.csv")
    rows = table(answer)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["kzlod-release"] == asking.release.id
    assert answer.headers["access-control-allow-origin"] == "*"
    instance = next(row["instance"] for row in rows if row["instance"])
    narrowed = table(asking.get(f"/examples/indicators.csv?instance={instance}"))
    assert narrowed == [row for row in rows if row["instance"] == instance]
    assert 0 < len(narrowed) < len(rows)


@pytest.mark.parametrize("suffix", FORMATS)
def test_each_format(asking: Asking, suffix: str) -> None:
    answer = asking.get(f"/examples/case-flow.{suffix}", Accept="text/html")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(FORMATS[suffix])
    if suffix == "json":
        assert json.loads(answer.text)["results"]["bindings"]


def test_accept_chooses_between_page_and_result(asking: Asking) -> None:
    path = "/examples/clearance-rates"
    for accept, suffix in (
        ("text/csv", "csv"),
        ("application/json", "json"),
        ("application/xml", "xml"),
        ("text/xml", "xml"),
        ("text/html;q=.5, text/csv", "csv"),
    ):
        answer = asking.get(f"{path}?instance=first", Accept=accept)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(FORMATS[suffix])
        assert answer.headers["content-location"] == f"{path}.{suffix}?instance=first"
        assert "Accept" in answer.headers["vary"]
        assert answer.text == asking.get(answer.headers["content-location"]).text
    assert asking.get(path, Accept="text/html, */*;q=0.1").headers["content-type"].startswith("text/html")
    assert asking.get(path).headers["content-type"].startswith("text/html")
    refused = asking.get(path, Accept="image/png")
    assert refused.status_code == 406
    assert {"type": "text/csv", "address": f"{path}.csv"} in refused.json()["formats"]


def test_accept_takes_what_the_endpoint_takes(asking: Asking) -> None:
    assert set(examples._OFFERS) == {"text/html", *offers(Kind.SOLUTIONS)}


def test_a_suffix_that_is_no_format_is_told_from_a_name_that_is_none(asking: Asking) -> None:
    answer = asking.get("/examples/clearance-rates.ttl", Accept="text/turtle")
    assert answer.status_code == 404
    assert all(f".{suffix}" in answer.json()["detail"] for suffix in ("html", "rq", *FORMATS))
    assert {"type": "text/csv", "address": "/examples/clearance-rates.csv"} in answer.json()["formats"]
    page = asking.get("/examples/clearance-rates.ttl?lang=ru", Accept="text/html")
    assert page.status_code == 404 and 'href="/examples/clearance-rates.csv"' in page.text
    other = asking.get("/examples/none.ttl")
    assert other.status_code == 404 and "formats" not in other.json()
    assert asking.get("/examples/clearance-rates.html").status_code == 200


def test_a_value_that_does_not_occur_is_told_with_those_that_do(asking: Asking) -> None:
    path = "/examples/clearance-rates"
    page = asking.get(f"{path}?instance=%3Cbogus%3E&lang=en", Accept="text/html")
    assert page.status_code == 200
    assert "No row has the value “&lt;bogus&gt;” in the column instance." in page.text
    listed = page.text.partition("Values that occur:")[2].partition("</p>")[0]
    assert set(re.findall(rf'href="{path}\?instance=(\w+)"', listed)) == {"first", "second", "highest"}
    assert "Values that occur" not in asking.get(f"{path}?instance=first&lang=en", Accept="text/html").text
    rows = asking.get(f"{path}.csv?instance=bogus")
    assert rows.status_code == 200 and len(rows.text.splitlines()) == 1


def test_values_that_occur_but_not_together(asking: Asking) -> None:
    rows = table(asking.get("/examples/clearance-rates.csv"))
    cases = {row["instance"]: row["incoming"] for row in rows}
    query = f"instance=highest&incoming={cases['first']}"
    page = asking.get(f"/examples/clearance-rates?{query}&lang=en", Accept="text/html").text
    assert ("No row has what is asked for." in page) and "Values that occur" not in page


def test_values_are_offered_in_their_order(asking: Asking) -> None:
    def offered(path: str, name: str) -> list[str]:
        page = asking.get(f"{path}?lang=kk", Accept="text/html").text
        found = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)
        assert found
        return re.findall(r'<option value="([^"]+)"', found[0])

    rates = [float(one) for one in offered("/examples/clearance-rates", "clearanceRate")]
    assert rates == sorted(rates) and len(rates) > 20
    questions = offered("/examples/figures-on-judges", "code")
    assert questions.index("046") < questions.index("046-1-3") < questions.index("047")
    assert questions.index("144") < questions.index("169")


def test_the_page_shows_rows_and_how_to_get_them(asking: Asking) -> None:
    rows = table(asking.get("/examples/indicators.csv"))
    page = asking.get("/examples/indicators", Accept="text/html").text
    assert page.count("<tr>") == min(len(rows), SHOWN) + 1
    assert 'pd.read_csv("https://data.example.org/examples/indicators.csv", keep_default_na=False' in page
    narrowed = asking.get("/examples/indicators?instance=first&lang=en", Accept="text/html").text
    assert "indicators.csv?instance=first" in narrowed
    assert re.search(r'<option value="first" selected>first – First instance \(\d+\)</option>', narrowed)


def test_few_values_are_offered_and_many_are_typed(asking: Asking) -> None:
    page = asking.get("/examples/clearance-rates?instance=first&lang=en", Accept="text/html").text
    rows = table(asking.get("/examples/clearance-rates.csv"))
    offered = re.search(r'<select name="instance".*?</select>', page, re.DOTALL)
    assert offered
    assert set(re.findall(r'value="(\w+)"', offered[0])) == {row["instance"] for row in rows}
    found = sum(row["instance"] == "first" for row in rows)
    assert f"Rows: {found} of {len(rows)}." in page
    assert page.count("<tr>") == found + 1
    assert '<input name="incoming"' in page
    assert 'name="country"' not in page, "there is only one to choose"


def test_the_form_leads_to_an_address_without_its_empty_fields(asking: Asking) -> None:
    answer = asking.get("/examples/clearance-rates?country=&instance=first&lang=ru", Accept="text/html")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/examples/clearance-rates?instance=first&lang=ru"
    assert asking.get("/examples/clearance-rates?country=").headers["location"] == "/examples/clearance-rates"
    assert asking.get("/examples/clearance-rates?nothing=").status_code == 400


def test_a_narrowed_query_is_opened_as_it_is(asking: Asking) -> None:
    page = asking.get("/examples/clearance-rates?instance=first", Accept="text/html").text
    link = re.search(r'href="/query\?z=([\w-]+)"', page)
    assert link
    assert 'STR(?instance) IN ("first")' in restore(link[1], 10_000)
    assert 'href="/query?example=clearance-rates"' in asking.get("/examples/clearance-rates").text


def test_a_result_too_large_to_be_read_is_shown_as_far_as_it_goes(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examples, "_PREVIEW_LIMIT", 40_000)
    page = asking.get("/examples/questionnaire?question=046&lang=en", Accept="text/html").text
    assert page.count("<tr>") > 10
    assert "the whole result is too large" in page
    assert '<input name="question" value="046"' in page


def test_clearance_rates_have_their_address(asking: Asking) -> None:
    rows = table(asking.get("/examples/clearance-rates.csv?instance=first"))
    assert rows and {row["instance"] for row in rows} == {"first"}
    for row in rows:
        assert float(row["clearanceRate"]) == round(100 * int(row["resolved"]) / int(row["incoming"]), 1)


def test_civil_cases_by_instance(asking: Asking) -> None:
    rows = table(asking.get("/examples/civil-case-times.csv"))
    assert len({row["instance"] for row in rows}) == len(rows) == 3
    for row in rows:
        assert int(row["days"]) == round(365 * int(row["pendingEnd"]) / int(row["resolved"]))


def test_all_figures_on_judges(asking: Asking) -> None:
    rows = table(asking.get("/examples/figures-on-judges.csv"))
    cells = {row["code"] for row in rows}
    assert {"046", "047", "048", "049", "144"} <= cells
    kinds = {row["profession"] for row in rows}
    assert {"judge", "court-president", "occasional-judge"} <= kinds
    assert not {"prosecutor", "non-judge-staff", "judge-assisting-staff"} & kinds
    assert {row["status"] for row in rows} > {"", "NA", "NAP"}
    for row in rows:
        assert bool(row["value"]) != bool(row["status"]), row
        assert row["country"] and row["year"] and row["question"] and row["unit"], row


def test_the_gallery_has_every_query_once_below_its_topic(published: Release) -> None:
    snapshot = Web(Site(published, NoEngine(), Settings())).snapshot()
    for language in LANGUAGES:
        topics = by_topic(snapshot, language, "other")
        shown = [one.name for topic in topics for one in topic.examples]
        assert sorted(shown) == sorted(one.name for one in read_examples(snapshot, language))
        assert all(topic.name and topic.title != topic.name for topic in topics)


@pytest.mark.parametrize("path", ["/examples/indicators", "/examples/indicators.csv"])
def test_what_is_no_column_is_named(asking: Asking, path: str) -> None:
    answer = asking.get(f"{path}?instanz=first")
    assert answer.status_code == 400
    assert "'instanz' is none of the columns" in answer.json()["detail"]
    assert "instance" in answer.json()["detail"]


def test_every_example_can_be_narrowed(published: Release) -> None:
    web = Web(Site(published, NoEngine(), Settings()))
    found = read_examples(web.snapshot(), "en")
    assert len(found) > 90
    assert not [one.name for one in found if not one.columns]


class Busy(NoEngine):
    """An engine that has no time."""

    async def run(self, query: Query, client: str) -> Result:
        raise Overloaded("Too many queries are waiting already.", 5)


def test_a_result_that_is_not_to_be_had_now_is_said_and_not_kept(published: Release) -> None:
    from .conftest import Client

    client = Client(create_app(Site(published, Busy(), Settings())))
    answer = client.get("/examples/indicators", "text/html")
    assert answer.status_code == 200
    assert "Too many queries are waiting already." in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert client.get("/examples/indicators.csv").status_code == 503


@pytest.mark.parametrize("value", ["%ff", "a%00b", "%d0"])
@pytest.mark.parametrize("path", ["/examples/indicators", "/examples/indicators.csv"])
def test_a_value_that_is_no_text_is_refused(published: Release, path: str, value: str) -> None:
    from .conftest import Client

    client = Client(create_app(Site(published, NoEngine(), Settings())))
    assert client.get(f"{path}?instance={value}").status_code == 400


@pytest.mark.parametrize("name", ["clearance-rates", "sanctions", "crosswalk"])
def test_cells_are_written_for_readers(asking: Asking, name: str) -> None:
    page = asking.get(f"/examples/{name}?lang=ru", Accept="text/html").text
    assert ">https://w3id.org/kzlod/id/" not in page
    assert "Казахстан" in page
