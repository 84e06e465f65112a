"""The table of settings."""

from ipaddress import ip_network

import pytest
from pydantic import ValidationError

from kzlod.engine.pool import Limits
from kzlod.federation.client import FederationLimits
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


def test_endpoints_that_may_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().federation == ()
    assert Settings().federation_limits() == FederationLimits()
    monkeypatch.setenv(
        "KZLOD_FEDERATION", " https://a.example/sparql,https://b.example/q?a=b, https://a.example/sparql,"
    )
    assert Settings().federation == ("https://a.example/sparql", "https://b.example/q?a=b")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KZLOD_WORKERS", "0"),
        ("KZLOD_TRUSTED_PROXIES", "proxy.local"),
        ("KZLOD_QUERY_TIMEOUT", "x"),
        ("KZLOD_FEDERATION", "query.example.org/sparql"),
        ("KZLOD_FEDERATION", "https://example.org/sparql, ftp://example.org/"),
        ("KZLOD_FEDERATION", "https://name:word@example.org/sparql"),
    ],
)
def test_nonsense_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError):
        Settings()
