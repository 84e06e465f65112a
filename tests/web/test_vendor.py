"""Fetched scripts: their addresses never change, and nothing else of the disk is at one."""

import json
from pathlib import Path

import pytest

from kzlod.web import vendor

from .conftest import Client


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of fetched packages in the place of the real one."""
    (tmp_path / "vega-1.2.3").mkdir()
    for name in ("vega.min.js", "LICENSE", "unlisted.js"):
        (tmp_path / "vega-1.2.3" / name).write_text(f"/* {name} */")
    listed = {f"vega/{name}": f"vega-1.2.3/{name}" for name in ("vega.min.js", "LICENSE")}
    (tmp_path / "index.json").write_text(json.dumps({"stamp": "", "files": listed}))
    (tmp_path / "secret.js").write_text("secret")
    monkeypatch.setattr(vendor, "_folder", lambda: tmp_path)
    monkeypatch.setattr(vendor, "_files", lambda: vendor.index(tmp_path))
    return tmp_path


def test_a_script_is_kept_for_ever_under_the_address_of_its_version(folder: Path, client: Client) -> None:
    address = vendor.address("vega/vega.min.js")
    assert address == "/static/vendor/vega-1.2.3/vega.min.js"
    answer = client.get(address)
    assert answer.text == "/* vega.min.js */"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert client.get(address, If_None_Match=answer.headers["etag"]).status_code == 304
    licence = client.get("/static/vendor/vega-1.2.3/LICENSE")
    assert licence.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "path",
    [
        "vega-1.2.3/unlisted.js",
        "vega-1.2.3/none.js",
        "vega-1.2.4/vega.min.js",
        "%2e%2e/secret.js",
        "vega-1.2.3/..%2f..%2fsecret.js",
        "vega-1.2.3/vega.min.js%00",
        "index.json",
        f"{'x' * 3000}/y.js",
    ],
)
def test_nothing_else_is_there(folder: Path, client: Client, path: str) -> None:
    assert client.get(f"/static/vendor/{path}").status_code == 404


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"files": 1}', '{"files": []}', "\xff"])
def test_without_an_index_there_is_nothing(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "index.json").write_bytes(text.encode("latin-1"))
    assert vendor.index(tmp_path) == {}
