"""The block of schema.org in pages: right, and nothing gets out of it."""

import json
import re
from typing import Any

from kzlod.namespaces import ID
from kzlod.web.structured import data_block
from tests.web.conftest import RELEASE, Client


def block(page: str) -> dict[str, Any]:
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return dict(json.loads(found))


def test_a_thing_says_what_it_is(client: Client) -> None:
    found = block(client.page("/doc/treaty/FRA-KAZ-extradition"))
    assert found["@context"] == "https://schema.org"
    assert (found["@type"], found["@id"]) == ("Legislation", f"{ID}treaty/FRA-KAZ-extradition")
    assert found["name"] == "France–Kazakhstan extradition treaty"
    assert found["description"].startswith("Allows extradition, with <script>")
    assert found["subjectOf"]["version"] == RELEASE
    assert block(client.page("/doc/country/KAZ"))["@type"] in ("Country", "Thing")


def test_the_home_page_says_what_the_data_set_is(client: Client) -> None:
    found = block(client.page("/"))
    assert (found["@type"], found["version"]) == ("Dataset", RELEASE)
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    (file,) = found["distribution"]
    assert file["contentUrl"] == f"https://data.example.org/dumps/{RELEASE}/kzlod.nq.gz"


def test_nothing_gets_out_of_the_block() -> None:
    text = "</script><script>alert(1)</script><!-- & \u2028"
    found = data_block({"name": text})
    assert not {"<", ">", "&"} & set(found)
    assert json.loads(found)["name"] == text
