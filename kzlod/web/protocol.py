"""A request to the SPARQL endpoint, read as the SPARQL 1.1 Protocol says (section 2.1), without any I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

from kzlod.engine.base import Kind, Query
from kzlod.engine.formats import FORMATS, find, offers
from kzlod.web.negotiation import choose, parse_media_type
from kzlod.web.problems import Problem

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"
_PARAMETERS_LIMIT = 200
_COMMON_LENGTH = 1024  # characters of an Accept header that is worth remembering


@dataclass(frozen=True, slots=True)
class Operation:
    """A query operation as it was asked for: text, data set, and the value of the `format` parameter."""

    query: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str | None


def read_get(query_string: bytes) -> Operation | str | None:
    """The operation that a GET request asks for.

    None, or the value of a lone `format` parameter, when it asks for the service description.
    Raises a Problem (400) when it is neither.
    """
    parameters = _parse(query_string)
    if not parameters:
        return None
    if [name for name, _ in parameters] == ["format"]:
        return parameters[0][1]
    return _operation(parameters)


def read_post(query_string: bytes, content_type: str | None, body: bytes) -> Operation:
    """The operation that a POST request asks for, by form or directly; raises a Problem (400 or 415)."""
    media = parse_media_type(content_type or "")
    name = f"{media.type}/{media.subtype}"
    if name == UPDATE:
        raise Problem.of(
            415,
            "update",
            slug="/problems/update",
            headers={"Accept-Post": f"{FORM}, {DIRECT}"},
        )
    if name not in (FORM, DIRECT):
        raise Problem.of(
            415,
            "media_type",
            {"form": FORM, "direct": DIRECT},
            headers={"Accept-Post": f"{FORM}, {DIRECT}"},
        )
    if media.parameters.get("charset", "utf-8").lower() not in ("utf-8", "utf8", "us-ascii"):
        raise Problem.of(415, "charset")
    parameters = _parse(query_string)
    if name == FORM:
        return _operation([*parameters, *_parse(body)])
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(error) from error
    return _operation([*parameters, ("query", text)])


def wanted(
    operation: Operation, accept: str | None, prefixes: Mapping[str, str], base_iri: str | None = None
) -> Query:
    """The query for the engine, with the media types that `format` or else the `Accept` header chooses.

    `prefixes` are for writing graphs. `base_iri` is what relative IRIs in the query are resolved against
    where it has no BASE of its own: the endpoint's address (SPARQL 1.1 Query Language, section 4.1.1.2; RFC
    3986, section 5.1.3).
    A kind of result without an acceptable media type gets none: whether it is needed, the query decides.
    Raises a Problem (400) for an unknown format.
    """
    if operation.format is not None:
        types = _named(operation.format)
    else:
        types = (_accepted if len(accept or "") <= _COMMON_LENGTH else _accepted.__wrapped__)(accept)
    return Query(
        operation.query,
        operation.default_graphs,
        operation.named_graphs,
        base_iri,
        solutions=types[0],
        boolean=types[1],
        graph=types[2],
        prefixes=prefixes,
    )


_KINDS = (Kind.SOLUTIONS, Kind.BOOLEAN, Kind.GRAPH)
_Types = tuple[str | None, ...]


def _named(name: str) -> _Types:
    """The media types of a `format`, for solutions, booleans and graphs; Problem 400 for an unknown one."""
    formats = [find(name, kind) for kind in _KINDS]
    if not any(formats):
        known = ", ".join(item.suffix for item in FORMATS)
        raise Problem.of(400, "query_format", {"known": known})
    return tuple(found.media_type if found else None for found in formats)


@lru_cache(maxsize=256)
def _accepted(accept: str | None) -> _Types:
    """The media types that `Accept` chooses, for solutions, booleans and graphs; None without any."""
    return tuple(choose(accept, offers(kind)) for kind in _KINDS)


def not_acceptable(*kinds: Kind) -> Problem:
    """The Problem (406) that names the media types there are for these kinds of result."""
    available = list(dict.fromkeys(name for kind in kinds for name in offers(kind)))
    return Problem.of(406, "no_format", extras={"available": available})


def _parse(encoded: bytes) -> list[tuple[str, str]]:
    """The parameters of a URL or form, in strict UTF-8."""
    try:
        return parse_qsl(
            encoded.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_PARAMETERS_LIMIT,
        )
    except UnicodeDecodeError as error:
        raise _not_utf8(error) from error
    except ValueError as error:
        raise Problem.of(400, "too_many_parameters", {"most": _PARAMETERS_LIMIT}) from error


def _operation(parameters: list[tuple[str, str]]) -> Operation:
    values: dict[str, list[str]] = {}
    for name, value in parameters:
        values.setdefault(name, []).append(value)
    if "update" in values:
        raise Problem.of(400, "update", slug="/problems/update")
    for name in ("query", "format"):
        if len(values.get(name, ())) > 1:
            raise Problem.of(400, "given_twice", {"name": name}, slug="/problems/request")
    if "query" not in values:
        raise Problem.of(400, "no_query", slug="/problems/request")
    return Operation(
        values["query"][0],
        tuple(values.get("default-graph-uri", ())),
        tuple(values.get("named-graph-uri", ())),
        values.get("format", [None])[0],
    )


def _not_utf8(error: UnicodeDecodeError) -> Problem:
    extras = {"reason": error.reason}
    return Problem.of(400, "not_utf8", {"byte": error.start}, slug="/problems/request", extras=extras)
