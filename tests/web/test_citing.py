"""References: each format as its readers want it, whatever a name holds."""

import json
import re

import pytest

from kzlod.namespaces import ID
from kzlod.web.citing import Citing, bibtex, csl, ris, text
from kzlod.web.i18n import texts
from tests.web.conftest import RELEASE, Client

TREATY = f"{ID}treaty/FRA-KAZ-extradition"
EVIL_TITLE = 'A & B: 50 % of {all} \\ "x"\r\nER  - \nTY  - BOOK'
EVIL = Citing(EVIL_TITLE, "en", f"{ID}act/X/a_b", "Set", "P", "1-a", "2026-11-21")


def test_the_page_of_a_thing_says_how_to_cite_it(client: Client) -> None:
    page = client.page("/doc/treaty/FRA-KAZ-extradition")
    reference = f"France–Kazakhstan extradition treaty. In: KZLOD: a title, release {RELEASE}. {TREATY}"
    assert f"The KZLOD project (2026): {reference}" in page
    assert "/cite?iri=https%3A%2F%2Fw3id.org" in page
    kazakh = client.page("/doc/treaty/FRA-KAZ-extradition", Accept_Language="kk")
    assert f"KZLOD: a title, {RELEASE} шығарылымы. {TREATY} (осы шығарылымда: " in kazakh
    assert (
        f"// KZLOD: название, выпуск {RELEASE}. {TREATY} (в этом"
        in client.get(f"/cite?iri={TREATY}", Accept_Language="ru").text
    )
    assert "KZLOD: название" in client.page("/doc/treaty/FRA-KAZ-extradition", Accept_Language="ru")


@pytest.mark.parametrize(
    ("form", "media_type", "part"),
    [
        ("text", "text/plain", TREATY),
        ("bibtex", "application/x-bibtex", "@misc{kzlod-id-treaty-FRA-KAZ-extradition,"),
        ("ris", "application/x-research-info-systems", "TY  - DATA\r\n"),
        ("csl", "application/vnd.citationstyles.csl+json", '"type": "dataset"'),
    ],
)
def test_formats(client: Client, form: str, media_type: str, part: str) -> None:
    answer = client.get(f"/cite?iri={TREATY}&format={form}")
    assert answer.headers["content-type"].startswith(media_type)
    assert part in answer.text
    assert RELEASE in answer.text


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "text/plain"),
        ("text/html", "text/plain"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/plain"),
        ("text/plain", "text/plain"),
        ("application/x-bibtex", "application/x-bibtex"),
        ("application/x-research-info-systems, text/plain;q=0.5", "application/x-research-info-systems"),
        ("application/vnd.citationstyles.csl+json", "application/vnd.citationstyles.csl+json"),
        ("application/json", "application/vnd.citationstyles.csl+json"),
    ],
)
def test_accept_chooses_the_format(client: Client, accept: str, media_type: str) -> None:
    answer = client.get(f"/cite?iri={TREATY}", accept)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media_type)
    assert "Accept" in answer.headers["vary"].split(", ")
    named = client.get(f"/cite?iri={TREATY}&format=bibtex", accept)
    assert named.headers["content-type"].startswith("application/x-bibtex"), "the parameter wins"


def test_a_format_that_there_is_not(client: Client) -> None:
    answer = client.get(f"/cite?iri={TREATY}", "image/png")
    assert answer.status_code == 406
    assert "application/x-bibtex" in answer.json()["available"]
    assert "Accept" in answer.headers["vary"]
    assert client.get(f"/cite?iri={TREATY}&format=ris", "image/png").status_code == 200


def test_what_cannot_be_cited(client: Client) -> None:
    assert client.get("/cite").status_code == client.get("/cite?iri=").status_code == 400
    assert client.get(f"/cite?iri={ID}nothing").status_code == 404
    assert client.get(f"/cite?iri={TREATY}&format=word").status_code == 400


def test_a_name_stays_inside_its_field() -> None:
    entry = bibtex(EVIL)
    assert r"A \& B: 50 \% of \{all\} \textbackslash{}" in entry
    assert entry.count("{") - entry.count(r"\{") == entry.count("}") - entry.count(r"\}")
    record = ris(EVIL)
    assert [line[:6] for line in record.split("\r\n") if line].count("ER  - ") == 1
    assert re.findall(r"(?m)^TY", record) == ["TY"]
    (item,) = json.loads(csl(EVIL))
    assert item["title"] == EVIL.title
    assert item["issued"] == {"date-parts": [[2026, 11, 21]]}
    assert text(EVIL, texts("en")).startswith("P (2026): A & B")
