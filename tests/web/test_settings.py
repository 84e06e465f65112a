"""The table of settings."""

from ipaddress import ip_network

import pytest
from pydantic import ValidationError

from kzlod.engine.pool import Limits
from kzlod.web.settings import Settings


def test_every_setting_is_described_and_has_a_default() -> None:
    Settings()
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert not field.is_required(), name


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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KZLOD_WORKERS", "0"),
        ("KZLOD_TRUSTED_PROXIES", "proxy.local"),
        ("KZLOD_QUERY_TIMEOUT", "x"),
        ("KZLOD_ENGINE", "localhost:8890/sparql"),
        ("KZLOD_ENGINE", "file:///etc/passwd"),
        ("KZLOD_ENGINE", "http://user:secret@localhost/sparql"),
        ("KZLOD_ENGINE", "http://localhost/sparql#x"),
        ("KZLOD_ENGINE_AUTH", "secret"),
    ],
)
def test_nonsense_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError):
        Settings()


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
