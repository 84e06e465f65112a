"""The one table of settings, read from environment variables that begin with `KZLOD_`."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from kzlod.engine.guard import DEPTH_LIMIT, TEXT_LIMIT
from kzlod.engine.login import Login
from kzlod.engine.pool import Limits
from kzlod.federation.client import FederationLimits, endpoint_url
from kzlod.web.bounds import Bounds

PREFIX = "KZLOD_"
SECTIONS: Mapping[str, str] = {
    "public_url": "Addresses",
    "workers": "Queries",
    "cache_memory": "Kept results",
    "request_timeout": "Connections and requests",
    "engine": "Other endpoints",
    "access_log": "Watching",
}
"""Which setting begins a section of the table, and the section's heading."""

_MEBIBYTE = 1024 * 1024
_Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode]


class Settings(BaseSettings):
    """Settings of the server, each with a safe default; sizes in bytes, times in seconds."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    public_url: str = Field(
        "http://localhost:8000",
        pattern=r"^https?://[^/?#\s]+(/[^?#\s]*[^/?#\s])?$",
        description="Where the server is to be reached, without a slash at the end. Addresses are built "
        "from this, never from the Host header.",
    )
    trusted_proxies: _Networks = Field(
        (),
        description="Addresses or networks, separated by commas, of proxies whose X-Forwarded-For "
        "is believed.",
    )
    workers: int = Field(
        2,
        ge=1,
        le=64,
        description="Long queries that run at a time. Short ones have places of their own.",
    )
    client_workers: int | None = Field(
        None, ge=1, description="Long queries of one client that run at a time; by default all but one."
    )
    query_timeout: float = Field(15.0, gt=0, description="Execution time of a query.")
    worker_memory: int = Field(
        2048 * _MEBIBYTE, ge=256 * _MEBIBYTE, description="Address space of a query worker."
    )
    worker_queries: int = Field(
        5000, ge=1, description="Queries after which a worker is replaced by a fresh one."
    )
    store_memory: int = Field(
        1024 * _MEBIBYTE,
        ge=0,
        description="A store that takes no more than this is held in memory, which makes queries two to four "
        "times as fast; a larger one is read from disk. 0: always from disk.",
    )
    queue: int = Field(
        32, ge=0, description="Long queries that may wait for their turn; more are answered with 503."
    )
    queue_patience: float = Field(15.0, gt=0, description="Longest wait for a turn.")
    spool_memory: int = Field(_MEBIBYTE, ge=0, description="Bytes of one unread result kept in memory.")
    spool_disk: int = Field(
        64 * _MEBIBYTE, ge=_MEBIBYTE, description="Bytes of one unread result kept in a temporary file."
    )
    open_results: int = Field(256, ge=1, description="Results that may be read at the same time.")
    query_text_limit: int = Field(TEXT_LIMIT, ge=256, description="Longest query text, in characters.")
    query_depth: int = Field(
        DEPTH_LIMIT, ge=8, le=1000, description="Most brackets that may be open at once in a query."
    )
    cache_memory: int = Field(
        128 * _MEBIBYTE,
        ge=0,
        description="Bytes of results and of whole answers kept for repeated requests; 0 keeps none.",
    )
    request_timeout: float = Field(
        10.0, gt=0, description="How long the header of a request may take, counted from its first byte."
    )
    read_stall: float = Field(
        15.0, gt=0, description="How long a client may take to read 64 KiB before it is cut off."
    )
    connections: int = Field(2000, ge=8, description="Connections that may be open.")
    client_connections: int = Field(
        500, ge=4, description="Connections that one client may have open; proxies that are trusted may more."
    )
    body_limit: int = Field(256 * 1024, ge=1024, description="Largest request body.")
    engine: str | None = Field(
        None,
        pattern=r"^(https?://[^/?#\s@]+(/[^?#\s]*)?(\?[^#\s]*)?)?$",
        description="The SPARQL endpoint that answers queries; by default the server does so itself.",
    )
    engine_auth: SecretStr | None = Field(
        None, description="Name and password for that endpoint, with a colon between them."
    )
    federation: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Addresses of other SPARQL endpoints, separated by commas, that queries may ask by "
        "SERVICE; by default none.",
    )
    federation_timeout: float = Field(
        10.0, gt=0, description="How long another endpoint may take to answer a SERVICE clause."
    )
    federation_size: int = Field(
        _MEBIBYTE, ge=1024, description="Largest answer of another endpoint to a SERVICE clause."
    )
    access_log: str = Field(
        "auto",
        min_length=1,
        description="Where each request is logged: the name of a file, `-` for standard output, or `off`; "
        "`auto` is standard output unless that is a terminal.",
    )
    metrics_from: _Networks = Field(
        (ip_network("127.0.0.0/8"), ip_network("::1/128")),
        description="Addresses or networks, separated by commas, of those who may read `/metrics`; for "
        "others there is nothing at that address. Empty: nobody.",
    )

    @field_validator("engine_auth")
    @classmethod
    def _login(cls, value: SecretStr | None) -> SecretStr | None:
        Login.read(value.get_secret_value() if value else "")
        return value

    @field_validator("trusted_proxies", "metrics_from", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        names = value.split(",") if isinstance(value, str) else value
        if not isinstance(names, list | tuple):
            return value
        return tuple(ip_network(str(name).strip(), strict=False) for name in names if str(name).strip())

    @field_validator("federation", mode="before")
    @classmethod
    def _endpoints(cls, value: object) -> object:
        names = value.split(",") if isinstance(value, str) else value
        if not isinstance(names, list | tuple):
            return value
        endpoints = tuple(dict.fromkeys(str(name).strip() for name in names if str(name).strip()))
        for endpoint in endpoints:
            endpoint_url(endpoint)
        return endpoints

    def connection_bounds(self) -> Bounds:
        """The bounds on open connections."""
        return Bounds(
            request=self.request_timeout,
            stall=self.read_stall,
            total=self.connections,
            per_client=self.client_connections,
            proxies=self.trusted_proxies,
        )

    def engine_limits(self) -> Limits:
        """The limits for the embedded engine."""
        return Limits(
            workers=self.workers,
            timeout=self.query_timeout,
            memory=self.worker_memory,
            queue=self.queue,
            patience=self.queue_patience,
            per_client=self.client_workers,
            recycle_after=self.worker_queries,
            spool_memory=self.spool_memory,
            spool_disk=self.spool_disk,
            stall=self.read_stall,
            open_results=self.open_results,
            text=self.query_text_limit,
            depth=self.query_depth,
        )

    def federation_limits(self) -> FederationLimits:
        """The limits for asking other endpoints."""
        return FederationLimits(timeout=self.federation_timeout, size=self.federation_size)


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"{PREFIX}{name.upper()}"


def unknown_variables(environment: Iterable[str]) -> Mapping[str, str]:
    """Names that look like those of settings and are none, each with the setting that may be meant, or ''."""
    known = [variable(name) for name in Settings.model_fields]
    unknown = [name for name in environment if name.upper().startswith(PREFIX) and name.upper() not in known]
    return {name: next(iter(get_close_matches(name.upper(), known, 1, 0.8)), "") for name in sorted(unknown)}
