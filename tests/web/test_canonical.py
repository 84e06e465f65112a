"""Each page says where it is at home, where it is in other languages, and what it is about."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from pyoxigraph import Quad

from kzlod.release.published import Release
from kzlod.web.app import create_app
from kzlod.web.canonical import PARAMETERS, by_language, canonical
from kzlod.web.i18n import LANGUAGES, texts
from kzlod.web.openapi import addresses
from kzlod.web.settings import Settings
from kzlod.web.site import Site

from .conftest import RELEASE, Client, NoEngine, write_release

PUBLIC = "https://data.example.org"
TREATY = "/doc/treaty/FRA-KAZ-extradition"


def home(page: str) -> str:
    (found,) = re.findall(r'<link rel="canonical" href="([^"]*)">', page)
    return unescape(found)


def others(page: str) -> dict[str, str]:
    found = re.findall(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)">', page)
    return {code: unescape(address) for code, address in found}


def description(page: str) -> tuple[str, str]:
    (found,) = re.findall(r'<meta name="description"(?: lang="(\w+)")? content="([^"]*)">', page)
    return found[0], unescape(found[1])


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("/", "/"),
        ("/?lang=kk", "/"),
        (TREATY, TREATY),
        (f"{TREATY}.html?lang=ru&utm_source=x", TREATY),
        ("/doc/act/KAZ/notes.html", "/doc/act/KAZ/notes.html"),
        ("/doc/act/KAZ/notes.html.html", "/doc/act/KAZ/notes.html"),
        ("/doc/country/KAZ?page=1&part=1", "/doc/country/KAZ"),
        ("/doc/ontology.html", "/doc/ontology"),
        ("/doc/shapes.html?x=1", "/doc/shapes"),
        ("/catalog.html", "/catalog"),
        ("/examples/treaties.html", "/examples/treaties"),
        ("/kinds/Treaty?page=1", "/kinds/Treaty"),
        ("/search?q=a+treaty%26&lang=en&kind=", "/search?q=a+treaty%26"),
        ("/treaties?partner=&x=1", "/treaties"),
        ("/dumps/", "/dumps/"),
        ("/releases/", "/releases/"),
    ],
)
def test_a_page_has_one_home_and_an_address_in_each_language(
    client: Client, asked: str, expected: str
) -> None:
    page = client.page(asked)
    mark = "&" if "?" in expected else "?"
    assert home(page) == PUBLIC + expected
    assert others(page) == {
        "x-default": PUBLIC + expected,
        **{code: f"{PUBLIC}{expected}{mark}lang={code}" for code in LANGUAGES},
    }
    for code, address in others(page).items():
        path = address.removeprefix(PUBLIC)
        answer = client.get(path, "text/html", Accept_Language="ru")
        assert answer.status_code == 200
        assert answer.headers["content-language"] == ("ru" if code == "x-default" else code)
        assert home(answer.text) == home(page)


def test_letters_of_any_script_are_escaped(client: Client) -> None:
    path = "/doc/act/KAZ/" + quote("қылмыстық-кодекс")
    assert home(client.page(path)) == PUBLIC + path
    assert canonical("/search", [("q", "қ&")]) == "/search?q=%D2%9B%26"


def test_errors_have_no_home(client: Client) -> None:
    for path in ("/nothing", f"{TREATY}?page=9999", "/treaties?partner=none"):
        page = client.get(path, "text/html")
        assert page.status_code == 404
        assert "canonical" not in page.text and "hreflang=" not in page.text.partition("<body>")[0]
        assert 'name="description"' not in page.text


def test_what_the_page_is_about_in_its_language(client: Client) -> None:
    for language in LANGUAGES:
        strings = texts(language)
        assert description(client.page("/treaties", Accept_Language=language)) == (
            "",
            strings("treaties.intro"),
        )
        found = description(client.page(TREATY, Accept_Language=language))
        assert found[1].startswith("Allows extradition, with <script>")
        assert found[0] == ("" if language == "en" else "en")


def test_a_kept_release_is_at_home_in_the_current_one(
    make_client: Callable[[Release | None], Client], quads: list[Quad], tmp_path: Path
) -> None:
    release = write_release(tmp_path, quads)
    gone = [one for one in quads if "FRA-KAZ-extradition" in str(one)]
    later = write_release(tmp_path, [one for one in quads if one not in gone], name="0.2.0-00000002")
    path = f"/releases/{RELEASE}{TREATY}"
    page = make_client(release).page(f"{path}?lang=en")
    assert home(page) == PUBLIC + TREATY
    assert others(page)["ru"] == f"{PUBLIC}{path}?lang=ru"
    assert home(make_client(later).page(path)) == PUBLIC + path


def test_the_server_keeps_no_page_of_another_address(release: Release) -> None:
    tags = set()
    for public in (PUBLIC, "https://elsewhere.example"):
        one = Client(create_app(Site(release, NoEngine(), Settings(public_url=public))))
        answer = one.get("/treaties", "text/html")
        assert home(answer.text) == f"{public}/treaties"
        tags.add(answer.headers["etag"])
    assert len(tags) == 2


def test_every_parameter_that_is_described_makes_another_page() -> None:
    elsewhere = {"examples", "cite", "sparql", "releases", "crosswalk"}
    for one in addresses():
        first = one.path[1:].partition("/")[0]
        if any(answer.media_type == "text/html" for answer in one.answers) and first not in elsewhere:
            names = {found.name for found in one.parameters if found.place == "query"}
            assert names - {"lang"} <= set(PARAMETERS.get(first, ())), one.path


def test_addresses_by_language() -> None:
    assert by_language("/x?q=1")[0] == ("en", "/x?q=1&lang=en")
    assert by_language("/x")[-1] == ("x-default", "/x")
