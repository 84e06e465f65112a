"""Scripts from npm: checked, unpacked with care, fetched once; without them everything goes on."""

import base64
import hashlib
import importlib.util
import io
import json
import sys
import tarfile
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def frontend() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("frontend", ROOT / "scripts" / "frontend.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["frontend"] = module
    spec.loader.exec_module(module)
    return module


def archive(members: Mapping[str, bytes | None]) -> bytes:
    """An archive as npm has them; a member without content is a link to /etc/passwd."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as packed:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            if content is None:
                member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
                packed.addfile(member)
            else:
                member.size = len(content)
                packed.addfile(member, io.BytesIO(content))
    return file.getvalue()


def package(content: bytes, **changed: object) -> dict[str, Any]:
    """A package of the lock file whose archive this is."""
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    entry = {"name": "@who/what", "version": "1.0.0", "integrity": integrity, "files": ["build/what.js"]}
    return entry | changed


class Registry:
    """A registry with one package, and what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.content = archive({"package/build/what.js": b"what()", "package/other.js": b"other()"})
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                registry.asked.append(self.path)
                self.send_response(200 if self.path == "/npm/@who/what/-/what-1.0.0.tgz" else 404)
                self.end_headers()
                self.wfile.write(registry.content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/npm/"


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    found = Registry()
    thread = threading.Thread(target=found.server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("npm_config_registry", found.address)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


def repository(folder: Path, *packages: Mapping[str, Any]) -> Path:
    (folder / "kzlod" / "web").mkdir(parents=True)
    (folder / "frontend.lock.json").write_text(json.dumps({"packages": packages}))
    return folder


def test_files_are_fetched_once(frontend: ModuleType, registry: Registry, tmp_path: Path) -> None:
    root = repository(tmp_path, package(registry.content))
    assert frontend.ensure(root)
    vendor = root / "kzlod" / "web" / "vendor"
    assert (vendor / "what-1.0.0" / "what.js").read_bytes() == b"what()"
    assert not (vendor / "what-1.0.0" / "other.js").exists()
    assert json.loads((vendor / "index.json").read_text())["files"] == {
        "@who/what/what.js": "what-1.0.0/what.js"
    }
    assert frontend.ensure(root)
    assert len(registry.asked) == 1
    assert [path.name for path in vendor.parent.iterdir()] == ["vendor"]


def test_another_lock_file_is_another_fetch(frontend: ModuleType, registry: Registry, tmp_path: Path) -> None:
    root = repository(tmp_path, package(registry.content))
    assert frontend.ensure(root)
    changed = package(registry.content, files=["other.js"])
    (root / "frontend.lock.json").write_text(json.dumps({"packages": [changed]}))
    assert frontend.ensure(root)
    vendor = root / "kzlod" / "web" / "vendor" / "what-1.0.0"
    assert [path.name for path in vendor.iterdir()] == ["other.js"]


def test_what_is_not_what_the_lock_file_says_is_refused_and_nothing_changes(
    frontend: ModuleType, registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = repository(tmp_path, package(registry.content))
    assert frontend.ensure(root)
    registry.content = archive({"package/build/what.js": b"evil()"})
    (root / "frontend.lock.json").write_text(json.dumps({"packages": [package(b"something else")]}))
    assert not frontend.ensure(root)
    assert "@who/what 1.0.0 is not what frontend.lock.json says it is" in capsys.readouterr().err
    vendor = root / "kzlod" / "web" / "vendor"
    assert (vendor / "what-1.0.0" / "what.js").read_bytes() == b"what()"
    assert [path.name for path in vendor.parent.iterdir()] == ["vendor"]


def test_without_a_network_it_says_so_and_goes_on(
    frontend: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    root = repository(tmp_path, package(b"x"))
    assert not frontend.ensure(root)
    assert "Everything else works" in capsys.readouterr().err
    assert not list((root / "kzlod" / "web").iterdir())


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"package/build/../build/what.js": b"x"}, "has no what.js"),
        ({"/package/build/what.js": b"x"}, "has no what.js"),
        ({"../package/build/what.js": b"x"}, "has no what.js"),
        ({"package/build/what.js": None}, "has no what.js"),
        ({"package/what.js": b"x"}, "has no what.js"),
        ({"package/build/what.js": bytes(9 * 2**20)}, "too large"),
    ],
)
def test_only_what_is_listed_is_taken(
    frontend: ModuleType, members: Mapping[str, bytes | None], words: str
) -> None:
    content = archive(members)
    with pytest.raises(frontend.FrontendError, match=words):
        frontend.unpack(content, package(content))


def test_what_is_no_archive(frontend: ModuleType) -> None:
    for content in (b"", b"<html>", archive({"package/build/what.js": b"x" * 5000})[:-40]):
        with pytest.raises(frontend.FrontendError):
            frontend.unpack(content, package(content))


def test_imports_of_other_packages_are_led_to_addresses(frontend: ModuleType) -> None:
    content = archive({"package/build/what.js": b"import { a } from 'other';"})
    entry = package(content, imports={"other": "/static/other.js"})
    assert frontend.unpack(content, entry)["what.js"] == b"import { a } from '/static/other.js';"


def test_the_registry_is_the_one_that_npm_would_ask(frontend: ModuleType, tmp_path: Path) -> None:
    assert frontend.registry({}, tmp_path) == "https://registry.npmjs.org/"
    (tmp_path / ".npmrc").write_text(
        "fund=false\n@who:registry=http://x/\nregistry = https://npm.example/a\n"
    )
    assert frontend.registry({}, tmp_path) == "https://npm.example/a/"
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        assert frontend.registry({name: "http://other.example"}, tmp_path) == "http://other.example/"
    with pytest.raises(frontend.FrontendError, match="no address of the web"):
        frontend.registry({"npm_config_registry": "file:///etc/"}, tmp_path)


def test_the_lock_file_is_whole() -> None:
    text = (ROOT / "frontend.lock.json").read_text("utf-8")
    assert "http" not in text, "no address of a registry"
    packages = json.loads(text)["packages"]
    for one in packages:
        assert len(base64.b64decode(one["integrity"].removeprefix("sha512-"))) == 64
        assert one["licence"] and one["reason"] and one["files"]
    assert {one["name"] for one in packages} == {"@zazuko/yasqe", "vega", "vega-lite", "vega-interpreter"}
