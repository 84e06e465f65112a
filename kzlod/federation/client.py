"""The HTTP client for other endpoints: asks only those that are named, and only at public addresses.

It resolves names itself, checks every address of the answer, and connects to one of those, so that a name
cannot mean another host a moment later. No proxies, cookies or compression; redirects lead from one named
endpoint's host to another's only.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from math import ceil
from typing import Self
from urllib.parse import urlencode

import httpx

from kzlod.engine.base import ServiceFailed, TooExpensive
from kzlod.engine.turns import Turns
from kzlod.federation.addresses import Address, is_public

RESULT_TYPE = "application/sparql-results+json"

_ADDRESS = re.compile(r"https?://([^\s/?#@:\[\]]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?([/?][^\s#]*)?")
_REDIRECTS = {301, 302, 307, 308}
_REDIRECTS_LIMIT = 3
_ADDRESSES_LIMIT = 4
_RESOLVERS = 4


@dataclass(frozen=True, slots=True)
class FederationLimits:
    """What asking others may use.

    `timeout` is in seconds, for one question once it is its turn; `size` and `rows` are the bytes and the
    solutions of one answer; `requests` and `per_client` how many questions are asked at a time.
    """

    timeout: float = 10.0
    size: int = 1024 * 1024
    rows: int = 10_000
    requests: int = 8
    per_client: int = 2

    @property
    def queue(self) -> int:
        """How many requests may wait."""
        return 4 * self.requests


def endpoint_url(text: str) -> httpx.URL:
    """The address of an endpoint; ValueError when it is not one over HTTP."""
    try:
        url = httpx.URL(text)
        if not _ADDRESS.fullmatch(text) or (url.port or 0) > 65535:
            raise ValueError(
                f"{text!r} is no address of an endpoint, such as https://example.org/sparql; "
                "names of users and fragments do not belong into it"
            )
    except httpx.InvalidURL as error:
        raise ValueError(f"{text!r} is no address of an endpoint: {error}") from error
    return url


class CheckedClient:
    """Asks named endpoints. Used as `async with client:`; see the module's description."""

    def __init__(
        self,
        endpoints: Iterable[str],
        limits: FederationLimits | None = None,
        *,
        is_allowed: Callable[[Address], bool] = is_public,
        resolve: Callable[[str, int], Sequence[str]] | None = None,
        verify: ssl.SSLContext | bool = True,
    ) -> None:
        """Takes the endpoints' addresses as queries write them.

        The others are for tests: which addresses may be connected to, what gives a name's addresses, and
        whose certificates are trusted.
        """
        self.limits = limits or FederationLimits()
        self.endpoints = {text: endpoint_url(text) for text in endpoints}
        self._origins = {_origin(url) for url in self.endpoints.values()}
        self._is_allowed = is_allowed
        self._resolve = resolve or _addresses_of
        self._verify = verify
        self._turns = Turns(self.limits.requests, self.limits.per_client, self.limits.queue)

    async def __aenter__(self) -> Self:
        """Gets ready to ask."""
        # Connections are not kept: they are made to addresses, and one address may serve several names.
        self._transport = httpx.AsyncHTTPTransport(
            verify=self._verify, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )
        # Threads of its own: a resolver that hangs is to hold up nobody else.
        self._resolvers = ThreadPoolExecutor(_RESOLVERS, "resolver")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Ends all connections."""
        self._resolvers.shutdown(wait=False, cancel_futures=True)
        await self._transport.aclose()

    async def ask(self, endpoint: str, query: str, client: str) -> bytes:
        """The result of a query in JSON, as bytes that are not yet looked at.

        `endpoint` is one of `endpoints`; `client` names whoever wants it. Raises ServiceFailed when there is
        none, TooExpensive when it is too large, Overloaded when too many are being asked.
        """
        timeout = self.limits.timeout
        retry_after = max(1, ceil(timeout / 3))
        await self._turns.take(client, timeout, retry_after)
        try:
            async with asyncio.timeout(timeout):
                return await self._follow(endpoint, urlencode({"query": query}).encode())
        except TimeoutError:
            raise failed(endpoint, f"did not answer within {timeout:g} seconds") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            raise failed(endpoint, f"could not be reached ({type(error).__name__})") from error
        finally:
            self._turns.give_back(client)

    async def _follow(self, endpoint: str, body: bytes) -> bytes:
        """Sends the query, and again to where a redirect points."""
        url = self.endpoints[endpoint]
        for _ in range(_REDIRECTS_LIMIT + 1):
            response = await self._send(endpoint, url, body)
            try:
                if response.status_code not in _REDIRECTS:
                    return await self._read(endpoint, response)
                url = url.join(response.headers.get("location", ""))
            finally:
                await response.aclose()
            if _origin(url) not in self._origins or url.userinfo:
                raise failed(endpoint, "redirects to a place that is not among the named ones")
        raise failed(endpoint, "redirects too often")

    async def _send(self, endpoint: str, url: httpx.URL, body: bytes) -> httpx.Response:
        """The response to the query from the first address that can be connected to, its body unread."""
        host = url.raw_host.decode("ascii")
        addresses = await self._checked(endpoint, host, url.port or (443 if url.scheme == "https" else 80))
        seconds = self.limits.timeout
        failure: httpx.HTTPError | None = None
        for address in addresses[:_ADDRESSES_LIMIT]:
            request = httpx.Request(
                "POST",
                url.copy_with(host=str(address)),
                headers={
                    "Host": url.netloc.decode("ascii"),
                    "Accept": RESULT_TYPE,
                    "Accept-Encoding": "identity",
                    "Content-Type": "application/x-www-form-urlencoded",
                    "User-Agent": "KZLOD (SPARQL federation)",
                },
                content=body,
                extensions={
                    "sni_hostname": host,  # the certificate is to be the name's, not the address's
                    "timeout": httpx.Timeout(seconds, connect=seconds / 2).as_dict(),
                },
            )
            try:
                return await self._transport.handle_async_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure or failed(endpoint, "has no address")

    async def _checked(self, endpoint: str, host: str, port: int) -> list[Address]:
        """The addresses of a host; raises ServiceFailed when one of them is not allowed."""
        loop = asyncio.get_running_loop()
        names = await loop.run_in_executor(self._resolvers, partial(self._resolve, host, port))
        addresses = [ip_address(name) for name in dict.fromkeys(names)]
        if not all(map(self._is_allowed, addresses)):
            raise failed(endpoint, "is not at a public address")
        return addresses

    async def _read(self, endpoint: str, response: httpx.Response) -> bytes:
        """The body of a response that is a result and not too large."""
        if response.status_code != 200:
            raise failed(endpoint, f"answered with status {response.status_code}")
        media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != RESULT_TYPE:
            raise failed(endpoint, f"gave no {RESULT_TYPE}")
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise failed(endpoint, "compressed its answer, which was not asked for")
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self.limits.size:
                raise TooExpensive(
                    f"The endpoint {endpoint} gives more than {self.limits.size} bytes: "
                    "make the pattern in SERVICE more selective, or put a LIMIT into it."
                )
        return bytes(body)


def _addresses_of(host: str, port: int) -> list[str]:
    """What the system's resolver knows of a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _origin(url: httpx.URL) -> tuple[str, bytes, int | None]:
    return url.scheme, url.raw_host, url.port


def failed(endpoint: str, what: str) -> ServiceFailed:
    """The error that an endpoint did this instead of giving a result."""
    return ServiceFailed(f"The endpoint {endpoint}, which the query names by SERVICE, {what}.")
