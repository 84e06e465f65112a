"""Ways to write graphs into an endpoint of others, and to ask it, over HTTP.

- `gsp`: SPARQL 1.1 Graph Store HTTP Protocol: PUT, POST and DELETE of a graph named in the address.
- `quads`: POST of N-Quads to the same address, for stores that take them (Oxigraph, Fuseki); DELETE as above.
- `update`: SPARQL 1.1 Update: DROP and INSERT DATA.

A graph is given in N-Triples in pieces; None stands for the default graph.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import httpx
import pyoxigraph as ox

from kzlod.engine.answers import message_of
from kzlod.errors import EndpointError, Problem

PROTOCOLS = ("gsp", "quads", "update")
_PATIENCE = 900.0  # seconds for one request: some stores index before they answer
_N_TRIPLES = "application/n-triples"
_N_QUADS = "application/n-quads"
_REMEDIES: Mapping[int, str] = {
    401: "Name a user who may do this by --user or KZLOD_ENGINE_AUTH.",
    403: "Name a user who may do this by --user or KZLOD_ENGINE_AUTH.",
    404: "Give the address for queries, as in KZLOD_ENGINE, and the one for writing by --store.",
    405: "Name the address for writing by --store, or another way by --protocol.",
    413: "Send smaller pieces by --piece.",
    415: "Try another way by --protocol.",
}


class Http:
    """A connection to the endpoint; every failure is an EndpointError: address, graph, status, remedy."""

    def __init__(self, login: httpx.Auth | None) -> None:
        """Takes how to log in."""
        self._client = httpx.Client(
            auth=login, timeout=httpx.Timeout(_PATIENCE, connect=10), follow_redirects=False, trust_env=False
        )

    def close(self) -> None:
        """Closes the connection."""
        self._client.close()

    def send(
        self,
        method: str,
        url: str,
        subject: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        media_type: str = "",
        accept: str = "*/*",
        accepted: Iterable[int] = (200, 201, 204),
    ) -> httpx.Response:
        """The answer to a request; `subject` says for messages what it is about."""
        where = f"{url}, {subject}"
        headers = {"Accept": accept} | ({"Content-Type": media_type} if content is not None else {})
        try:
            response = self._client.request(method, url, params=params, content=content, headers=headers)
        except httpx.HTTPError as error:
            raise EndpointError(
                Problem(
                    where, f"no answer: {error or type(error).__name__}", "Is the endpoint running there?"
                )
            ) from error
        if response.status_code not in accepted:
            said = message_of(response.text[:65536])
            what = f"{method} was answered with status {response.status_code}" + (f": {said}" if said else "")
            if 300 <= response.status_code < 400:
                remedy = f"Name the address itself: {response.headers.get('location', 'it is elsewhere')}"
            else:
                remedy = _REMEDIES.get(response.status_code, "See the endpoint's own log.")
            raise EndpointError(Problem(where, what, remedy))
        return response

    def query(self, url: str, text: str) -> list[dict[str, str]]:
        """The rows of a query, each value as its text."""
        form = str(httpx.QueryParams({"query": text})).encode()
        response = self.send(
            "POST",
            url,
            "a query",
            content=form,
            media_type="application/x-www-form-urlencoded",
            accept="application/sparql-results+json",
            accepted=(200,),
        )
        try:
            results = ox.parse_query_results(response.content, ox.QueryResultsFormat.JSON)
        except (SyntaxError, ValueError) as error:
            what = (
                f"what it answers to queries is no result ({response.headers.get('content-type')}): {error}"
            )
            raise EndpointError(
                Problem(url, what, "Give the address for queries, as in KZLOD_ENGINE.")
            ) from error
        if isinstance(results, ox.QueryBoolean):
            raise EndpointError(Problem(url, "answered yes or no where rows were asked for"))
        names = [variable.value for variable in results.variables]
        return [{name: getattr(row[name], "value", "") for name in names} for row in results]


class Store(Protocol):
    """Writes graphs."""

    def replace(self, graph: str | None, piece: bytes) -> None:
        """Puts this first piece in place of what the graph has."""

    def add(self, graph: str | None, piece: bytes) -> None:
        """Adds a piece."""

    def drop(self, graph: str) -> None:
        """Removes a graph, if it is there."""


def store(protocol: str, http: Http, address: str) -> Store:
    """The store at an address, written to in one of PROTOCOLS."""
    if protocol == "update":
        return _Update(http, address)
    return _Quads(http, address) if protocol == "quads" else _GraphStore(http, address)


def store_address(query_url: str, server: str, protocol: str) -> str | None:
    """Where an endpoint is usually written to; None when that cannot be told.

    `server` is the field `Server` of its answers.
    """
    scheme, place, path, _, _ = urlsplit(query_url)
    path = path.rstrip("/")
    found: str | None = None
    if server.startswith("Virtuoso") and path.endswith("/sparql"):
        found = path + ("-auth" if protocol == "update" else "-graph-crud-auth")
    elif "/repositories/" in path:  # RDF4J, GraphDB
        found = path + ("/statements" if protocol == "update" else "/rdf-graphs/service")
    elif path.endswith("/query"):  # Oxigraph; Stardog and Fuseki for updates
        found = path.removesuffix("query") + ("update" if protocol == "update" else "store")
    elif path.endswith("/sparql") and path.count("/") > 1:  # Fuseki
        found = path.removesuffix("sparql") + ("update" if protocol == "update" else "data")
    return urlunsplit((scheme, place, found, "", "")) if found else None


def name_of(graph: str | None) -> str:
    """A graph in messages."""
    return f"graph <{graph}>" if graph else "the default graph"


class _GraphStore:
    def __init__(self, http: Http, address: str) -> None:
        self.http, self.address = http, address

    def replace(self, graph: str | None, piece: bytes) -> None:
        self._send("PUT", graph, piece)

    def add(self, graph: str | None, piece: bytes) -> None:
        self._send("POST", graph, piece)

    def drop(self, graph: str | None) -> None:
        self.http.send(
            "DELETE", self.address, name_of(graph), params=_named(graph), accepted=(200, 202, 204, 404)
        )

    def _send(self, method: str, graph: str | None, piece: bytes) -> None:
        self.http.send(
            method,
            self.address,
            name_of(graph),
            params=_named(graph),
            content=piece,
            media_type=_N_TRIPLES,
        )


class _Quads(_GraphStore):
    def replace(self, graph: str | None, piece: bytes) -> None:
        self.drop(graph)
        self.add(graph, piece)

    def add(self, graph: str | None, piece: bytes) -> None:
        if graph is not None:
            # Every line is a statement that ends with a full stop.
            ending = f" <{graph}> .\n".encode()
            piece = b"".join(line.rstrip()[:-1].rstrip() + ending for line in piece.splitlines())
        self.http.send("POST", self.address, name_of(graph), content=piece, media_type=_N_QUADS)


class _Update:
    def __init__(self, http: Http, address: str) -> None:
        self._http, self._address = http, address

    def replace(self, graph: str | None, piece: bytes) -> None:
        target = f"GRAPH <{graph}>" if graph else "DEFAULT"
        self._update(graph, f"DROP SILENT {target} ;\n".encode() + _insertion(graph, piece))

    def add(self, graph: str | None, piece: bytes) -> None:
        self._update(graph, _insertion(graph, piece))

    def drop(self, graph: str) -> None:
        self._update(graph, f"DROP SILENT GRAPH <{graph}>".encode())

    def _update(self, graph: str | None, text: bytes) -> None:
        self._http.send(
            "POST", self._address, name_of(graph), content=text, media_type="application/sparql-update"
        )


def _named(graph: str | None) -> dict[str, str]:
    return {"graph": graph} if graph else {"default": ""}


def _insertion(graph: str | None, piece: bytes) -> bytes:
    if graph is None:
        return b"INSERT DATA {\n" + piece + b"}"
    return f"INSERT DATA {{ GRAPH <{graph}> {{\n".encode() + piece + b"} }"
