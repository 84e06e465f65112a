"""A site of files that passes on to a running server what files cannot answer."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest

from kzlod.export.site import export_site
from kzlod.release.build import build_release
from kzlod.release.published import Release
from tests.export.conftest import Static, free_port, silent, static_site
from tests.test_replicas import TREATY, answers, process, serve
from tests.test_serving import until

pytestmark = pytest.mark.debian


class Both(NamedTuple):
    """The site of files, and the earlier and the current release."""

    site: Static
    earlier: Release
    current: Release


@pytest.fixture
def both(tiny: Path, tmp_path: Path) -> Iterator[Both]:
    earlier, _ = build_release(tiny, tmp_path / "releases", silent)
    file = tiny / "data/KAZ/news/news.ttl"
    file.write_text(file.read_text().replace("Treaty of A and B", "Treaty of A and B, as amended"))
    current, _ = build_release(tiny, tmp_path / "releases", silent)
    port = free_port()
    upstream = f"http://127.0.0.1:{port}"
    export_site(current, tmp_path / "site", "http://localhost", silent, upstream=upstream, jobs=1)
    with ExitStack() as stack:
        stack.enter_context(process(*serve(port, current.path), KZLOD_ACCESS_LOG="off"))
        until(lambda: answers(upstream), "an answer of the server")
        yield Both(stack.enter_context(static_site(tmp_path / "site", tmp_path / "nginx")), earlier, current)


def test_what_files_cannot_answer_is_passed_on(both: Both) -> None:
    site = both.site
    rows = site.request("POST", "/sparql", data={"query": "SELECT * { ?s a ?c } LIMIT 2"})
    assert len(rows.json()["results"]["bindings"]) == 2
    assert site.get(f"/sparql?query={quote('ASK {}')}").json()["boolean"] is True
    assert site.get("/search.json?q=treaty").json()["total"] >= 1
    assert "@misc" in site.get(f"/cite?iri=https://w3id.org/kzlod/id/{TREATY}&format=bibtex").text
    assert site.get("/health").json()["release"] == both.current.id
    assert "ASK {}" in site.page("/query?query=ASK+%7B%7D")
    for path in ("/search?q=treaty", f"/doc/{TREATY}"):
        answer = site.get(path, "text/html")
        assert answer.headers.get_list("access-control-allow-origin") == ["*"], "each field once"
    answer = site.get(f"/doc/{TREATY}/art/99", "application/json")
    assert answer.json()["nearest"] == f"/doc/{TREATY}", "the server says more"
    assert site.get("/metrics").status_code == 404


def test_earlier_releases_are_the_servers(both: Both) -> None:
    here, there = (f"/releases/{one.id}/doc/{TREATY}.ttl" for one in (both.current, both.earlier))
    assert "as amended" in both.site.get(here).text
    answer = both.site.get(there)
    assert "Treaty of A and B" in answer.text and "as amended" not in answer.text
    assert answer.headers["kzlod-release"] == both.earlier.id
    listed = both.site.get("/releases/", "application/json").json()["releases"]
    assert [one["release"] for one in listed] == [both.current.id, both.earlier.id]
    page = both.site.page(f"/releases/{both.earlier.id}/doc/{TREATY}")
    assert both.current.id in page
