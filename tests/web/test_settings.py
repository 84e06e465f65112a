"""The table of settings."""

import os
import re
from ipaddress import ip_network
from pathlib import Path

import pytest

from kzlod.engine.pool import Limits
from kzlod.errors import ServeError
from kzlod.federation.client import FederationLimits
from kzlod.serving import _settings
from kzlod.web.settings import PREFIX, SECTIONS, Settings, unknown_variables, variable

DOCUMENTATION = Path(__file__).resolve().parents[2] / "docs" / "running.md"
BAD = {
    "public_url": ["data.example.org", "https://data.example.org/", "ftp://x", ""],
    "trusted_proxies": ["proxy.local", "10.0.0.0/33"],
    "metrics_from": ["localhost", "all"],
    "access_log": [""],
    "engine": [
        "localhost:8890/sparql",
        "file:///etc/passwd",
        "http://user:secret@localhost/sparql",
        "http://localhost/sparql#x",
    ],
    "engine_auth": ["secret"],
    "federation": [
        "query.example.org/sparql",
        "https://example.org/sparql, ftp://example.org/",
        "https://name:word@example.org/sparql",
    ],
}
NUMBER = ["many", "", "-1", "nan"]


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)


def documented() -> dict[str, str]:
    """The defaults that the documentation states, as one would write them into the environment."""
    rows = re.findall(r"^\| `(KZLOD_\w+)` \|([^|]*)\| [^|]+ \|$", DOCUMENTATION.read_text("utf-8"), re.M)
    assert len(rows) == len(dict(rows))
    return {name: cell.partition(" (")[0].strip("` ") for name, cell in rows}


def test_every_setting_is_described_and_has_a_default() -> None:
    Settings()
    for name, field in Settings.model_fields.items():
        assert field.description and field.description.endswith("."), name
        assert not field.is_required(), name


def test_every_setting_is_documented_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the documentation states, put into the environment, gives what an empty environment gives."""
    default = Settings()
    stated = documented()
    assert set(stated) == {variable(name) for name in Settings.model_fields}
    for name, value in stated.items():
        if value:
            monkeypatch.setenv(name, value)
    assert Settings() == default
    for name in Settings.model_fields:
        assert stated[variable(name)] or getattr(default, name) in (None, ()), name


def test_sections_begin_with_settings() -> None:
    names = list(Settings.model_fields)
    assert names[0] in SECTIONS
    assert sorted(SECTIONS, key=names.index) == list(SECTIONS)


def test_defaults_are_those_of_the_engine() -> None:
    assert Settings().engine_limits() == Limits()


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KZLOD_WORKERS", "3")
    monkeypatch.setenv("KZLOD_TRUSTED_PROXIES", "127.0.0.1, 10.1.0.0/16,fd00::/8")
    settings = Settings()
    assert settings.engine_limits().workers == 3
    assert settings.trusted_proxies == tuple(map(ip_network, ("127.0.0.1/32", "10.1.0.0/16", "fd00::/8")))
    monkeypatch.setenv("KZLOD_TRUSTED_PROXIES", "")
    assert Settings().trusted_proxies == ()


def test_endpoints_that_may_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().federation == ()
    assert Settings().federation_limits() == FederationLimits()
    monkeypatch.setenv(
        "KZLOD_FEDERATION", " https://a.example/sparql,https://b.example/q?a=b, https://a.example/sparql,"
    )
    assert Settings().federation == ("https://a.example/sparql", "https://b.example/q?a=b")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_nonsense_is_refused_with_the_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for value in BAD.get(name, NUMBER):
        monkeypatch.setenv(variable(name), value)
        with pytest.raises(ServeError) as caught:
            _settings("127.0.0.1", 8000)
        (problem,) = caught.value.problems
        assert problem.where == variable(name)
        assert (repr(value) in problem.what) == (name != "engine_auth"), "what is secret is not printed"


def test_several_wrong_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KZLOD_WORKERS", "0")
    monkeypatch.setenv("KZLOD_QUEUE", "x")
    with pytest.raises(ServeError) as caught:
        _settings("127.0.0.1", 8000)
    assert {problem.where for problem in caught.value.problems} == {"KZLOD_WORKERS", "KZLOD_QUEUE"}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("KZLOD_QUERY_TIMEOT", "KZLOD_QUERY_TIMEOUT"),
        ("KZLOD_WORKER", "KZLOD_WORKERS"),
        ("kzlod_qeue", "KZLOD_QUEUE"),
        ("KZLOD_SERVICE_HOST", ""),
    ],
)
def test_what_is_no_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, meant: str
) -> None:
    assert unknown_variables({name: "1", "kzlod_workers": "1", "KZLOD_QUEUE": "1", "PATH": ""}) == {
        name: meant
    }
    monkeypatch.setenv(name, "1")
    _settings("127.0.0.1", 8000)
    printed = capsys.readouterr().err
    assert f"{name} is no setting" in printed
    assert meant in printed


def test_an_environment_without_slips_says_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("kzlod_workers", "3")
    assert _settings("127.0.0.1", 8000).workers == 3
    assert not capsys.readouterr().err


def test_nobody_may_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KZLOD_METRICS_FROM", "")
    assert Settings().metrics_from == ()


def test_another_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not Settings().engine
    monkeypatch.setenv("KZLOD_ENGINE", "")
    assert not Settings().engine
    monkeypatch.setenv("KZLOD_ENGINE", "https://example.org:8890/repositories/kz?x=y")
    monkeypatch.setenv("KZLOD_ENGINE_AUTH", "dba:s:e:cret")
    settings = Settings()
    assert settings.engine == "https://example.org:8890/repositories/kz?x=y"
    assert settings.engine_auth is not None
    assert settings.engine_auth.get_secret_value() == "dba:s:e:cret"
    assert "e:cret" not in repr(settings)
