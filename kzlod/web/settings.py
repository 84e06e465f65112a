"""The one table of settings, read from environment variables that begin with `KZLOD_`."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from kzlod.engine.guard import DEPTH_LIMIT, TEXT_LIMIT
from kzlod.engine.login import Login
from kzlod.engine.pool import Limits
from kzlod.web.connections import Bounds

_MEBIBYTE = 1024 * 1024


class Settings(BaseSettings):
    """Settings of the server, each with a safe default; sizes in bytes, times in seconds."""

    model_config = SettingsConfigDict(env_prefix="KZLOD_", extra="ignore", frozen=True)

    public_url: str = Field(
        "http://localhost:8000",
        pattern=r"^https?://[^/?#\s]+(/[^?#\s]*[^/?#\s])?$",
        description="Where the server is to be reached, without a slash at the end. Addresses are built "
        "from this, never from the Host header.",
    )
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (),
        description="Addresses or networks, separated by commas, of proxies whose X-Forwarded-For "
        "is believed.",
    )
    engine: str | None = Field(
        None,
        pattern=r"^(https?://[^/?#\s@]+(/[^?#\s]*)?(\?[^#\s]*)?)?$",
        description="The SPARQL endpoint that answers queries; by default the server does so itself.",
    )
    engine_auth: SecretStr | None = Field(
        None, description="Name and password for that endpoint, with a colon between them."
    )
    workers: int = Field(
        2, ge=1, le=64, description="Query worker processes, that is, queries run at a time."
    )
    client_workers: int | None = Field(
        None, ge=1, description="Workers that one client may hold at a time; by default all but one."
    )
    query_timeout: float = Field(15.0, gt=0, description="Execution time of a query.")
    worker_memory: int = Field(
        2048 * _MEBIBYTE, ge=256 * _MEBIBYTE, description="Address space of a query worker."
    )
    worker_queries: int = Field(
        500, ge=1, description="Queries after which a worker is replaced by a fresh one."
    )
    queue: int = Field(
        32, ge=0, description="Queries that may wait for a worker; more are answered with 503."
    )
    queue_patience: float = Field(15.0, gt=0, description="Longest wait for a worker.")
    spool_memory: int = Field(_MEBIBYTE, ge=0, description="Bytes of one unread result kept in memory.")
    spool_disk: int = Field(
        64 * _MEBIBYTE, ge=_MEBIBYTE, description="Bytes of one unread result kept in a temporary file."
    )
    read_stall: float = Field(
        15.0, gt=0, description="How long a client may take nothing of its result before it is cut off."
    )
    cache_memory: int = Field(
        64 * _MEBIBYTE, ge=0, description="Bytes of results kept for repeated queries; 0 keeps none."
    )
    request_timeout: float = Field(
        10.0, gt=0, description="How long the header of a request may take, counted from its first byte."
    )
    connections: int = Field(2000, ge=8, description="Connections that may be open.")
    client_connections: int = Field(
        500, ge=4, description="Connections that one client may have open; proxies that are trusted may more."
    )
    open_results: int = Field(256, ge=1, description="Results that may be read at the same time.")
    query_text_limit: int = Field(TEXT_LIMIT, ge=256, description="Longest query text, in characters.")
    query_depth: int = Field(
        DEPTH_LIMIT, ge=8, le=1000, description="Most brackets that may be open at once in a query."
    )
    body_limit: int = Field(256 * 1024, ge=1024, description="Largest request body.")

    @field_validator("engine_auth")
    @classmethod
    def _login(cls, value: SecretStr | None) -> SecretStr | None:
        Login.read(value.get_secret_value() if value else "")
        return value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        names = value.split(",") if isinstance(value, str) else value
        if not isinstance(names, list | tuple):
            return value
        return tuple(ip_network(str(name).strip(), strict=False) for name in names if str(name).strip())

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
