"""Another SPARQL endpoint: a query goes out as a form, and a result or an error comes back."""

import time

import httpx

from kzlod.engine import answers, rereading
from kzlod.engine.base import EngineFailed, Query, TimedOut
from kzlod.engine.forms import Form, spelled_out, without_dataset
from kzlod.engine.survey import NOWHERE, Traits

_CONNECT_TIMEOUT = 5.0
_STALE = 0.5  # seconds within which a kept connection that the endpoint has closed shows it
_KEPT = 4.0  # seconds for which an idle connection is kept
_LONGEST_ERROR = 64 * 1024


class Endpoint:
    """Connections to a SPARQL endpoint. Redirects are not followed, and the environment names no proxy."""

    def __init__(self, url: str, login: httpx.Auth | None, connections: int) -> None:
        """Takes its address, how to log in, and how many connections may be open."""
        self._url = url
        self._client = httpx.AsyncClient(
            auth=login,
            timeout=httpx.Timeout(None, connect=_CONNECT_TIMEOUT),
            limits=httpx.Limits(max_connections=connections, keepalive_expiry=_KEPT),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "kzlod", "Accept-Encoding": "identity"},
        )

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def ask(self, query: Query, form: Form, traits: Traits) -> httpx.Response:
        """An answer that may be a result: status 200, and a type that can be read. The caller closes it.

        Raises the EngineError that it is otherwise, or httpx.HTTPError when the connection breaks.
        """
        response = await self._post(_parameters(query, form, traits), rereading.accept(form.kind))
        try:
            headers = {name.lower(): value for name, value in response.headers.items()}
            if response.status_code != 200:
                body = (await beginning(response, _LONGEST_ERROR)).decode("utf-8", "replace")
                raise answers.error_of(response.status_code, headers, body, query.text)
            if cut := answers.declared_cut(headers):
                raise TimedOut(f"The engine gives only a part of the result ({cut}).")
            found = media_type(response)
            if not rereading.is_readable(form.kind, found):
                raise EngineFailed(f"The engine answered with {found or 'nothing'} where a result was due.")
            if headers.get("content-encoding", "identity").lower() != "identity":
                # That it is broken off would not show.
                raise EngineFailed("The engine packs its results, though it was asked not to.")
            framed = "content-length" in headers or "chunked" in headers.get("transfer-encoding", "").lower()
            if not framed and not rereading.has_end(form.kind, found):
                raise EngineFailed("The engine does not say where its result ends.")
        except BaseException:
            await response.aclose()
            raise
        return response

    async def _post(self, parameters: dict[str, str | list[str]], accept: str) -> httpx.Response:
        """Sends a form, which every endpoint takes (old versions of Virtuoso never answer a direct POST)."""
        request = self._client.build_request("POST", self._url, data=parameters, headers={"Accept": accept})
        began = time.monotonic()
        try:
            return await self._client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise EngineFailed("The engine cannot be reached.") from error
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            if time.monotonic() - began > _STALE:
                raise
        return await self._client.send(request, stream=True)


def media_type(response: httpx.Response) -> str:
    """The media type of an answer in small letters, without parameters; empty without one."""
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()


async def beginning(response: httpx.Response, size: int) -> bytes:
    """The first bytes of a body, at most so many."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) >= size:
            break
    return bytes(body[:size])


def _parameters(query: Query, form: Form, traits: Traits) -> dict[str, str | list[str]]:
    """The form fields of a query (SPARQL 1.1 Protocol, section 2.1), its data set spelled out."""
    text = query.text
    default, named = query.default_graphs, query.named_graphs
    if default or named:
        text = without_dataset(text, form)  # Virtuoso would add them
    elif form.dataset is None and traits.dataset is not None:
        default, named = traits.dataset
    elif form.dataset is not None and traits.leaky and not (form.default and form.named):
        start = form.dataset[0]
        missing = f"FROM <{NOWHERE}> " if form.named else f"FROM NAMED <{NOWHERE}> "
        text = text[:start] + missing + text[start:]
    if traits.leaky and (default or named):
        default, named = default or (NOWHERE,), named or (NOWHERE,)
    text = spelled_out(text)
    if query.base_iri is not None:
        text = f"BASE <{query.base_iri}> {text}"
    parameters: dict[str, str | list[str]] = {"query": text}
    if default:
        parameters["default-graph-uri"] = list(default)
    if named:
        parameters["named-graph-uri"] = list(named)
    return parameters
