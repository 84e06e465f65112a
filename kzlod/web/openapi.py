"""This server's addresses described: OpenAPI 3.1, and the page `/api`. Both are made from api.toml."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from string import Formatter
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response

from kzlod import __doc__ as about
from kzlod.namespaces import CONCEPT, ID, ONTOLOGY, PREFIXES
from kzlod.release.diagrams import FOLDER, HIERARCHY
from kzlod.web.addresses import document_path, last_step
from kzlod.web.crosswalk import compared
from kzlod.web.i18n import DEFAULT, choose_language_of, texts
from kzlod.web.problems import MEDIA_TYPE
from kzlod.web.reading import TYPE, Reader
from kzlod.web.render import page, site_texts
from kzlod.web.responses import answer, page_answer
from kzlod.web.routing import Routes
from kzlod.web.sanctions import punishing
from kzlod.web.state import Snapshot, web_of
from kzlod.web.stored import read_examples

PATH = "/openapi.json"
GROUPS = ("things", "query", "search", "pages", "downloads", "machines")
_PROBLEM = "problem"
_SPARQL = "application/sparql-query"
_FORM = "application/x-www-form-urlencoded"
_POSTED = "SELECT * { ?thing a ?kind } LIMIT 2"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an address: name, where it stands, its schema, and what it means, by language."""

    name: str
    place: str
    required: bool
    schema: Mapping[str, Any]
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a media type that an address answers with; no type: there is no body."""

    status: int
    media_type: str

    @property
    def phrase(self) -> str:
        """What the status is called."""
        return HTTPStatus(self.status).phrase


@dataclass(frozen=True, slots=True)
class Example:
    """A request that may be tried, and its answer."""

    address: str
    accept: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Address:
    """An address or a kind of addresses, as api.toml describes it."""

    path: str
    group: str
    methods: tuple[str, ...]
    text: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    answers: tuple[Answer, ...]
    examples: tuple[Example, ...]

    @property
    def anchor(self) -> str:
        """A name for the address that may stand in an identifier."""
        return re.sub(r"[^A-Za-z0-9]+", "-", self.path).strip("-") or "home"


@cache
def addresses() -> tuple[Address, ...]:
    """All addresses in the order of the file; KeyError or ValueError when it is not well made."""
    described = tomllib.loads(files("kzlod.web").joinpath("api.toml").read_text(encoding="utf-8"))
    parameters = {
        key: Parameter(
            one["name"],
            one["in"],
            one["in"] == "path" or one.get("required", False),
            one["schema"],
            one["text"],
        )
        for key, one in described["parameter"].items()
    }
    return tuple(
        Address(
            one["path"],
            one["group"],
            tuple(one.get("methods", ("get",))),
            one["text"],
            tuple(parameters[key] for key in one.get("parameters", ())),
            tuple(map(_answer, one["answers"])),
            tuple(
                Example(example["address"], example.get("accept", "*/*"), _answer(example["answer"]))
                for example in one.get("examples", ())
            ),
        )
        for one in described["address"]
    )


def places(snapshot: Snapshot) -> dict[str, str]:
    """What fills the places in the addresses of examples: things, files and queries of the release."""
    reader, manifest = snapshot.reader, snapshot.reader.manifest
    found: dict[str, str | None] = {"release": snapshot.release.id, "diagram": f"{HIERARCHY}.{DEFAULT}.svg"}
    thing = _first(reader, ONTOLOGY + "SourceDocument", ID)
    if thing:
        found |= {"thing": quote(thing.removeprefix(ID)), "iri": quote(thing, safe="")}
    concept = _first(reader, PREFIXES["skos"] + "Concept", CONCEPT)
    found["concept"] = quote(concept.removeprefix(CONCEPT)) if concept else None
    classes = [one["iri"] for one in manifest.get("classes", ()) if one["iri"].startswith(ONTOLOGY)]
    found["class"] = last_step(next((one for one in classes if one in reader.index), "")) or None
    found["file"] = next((str(one["file"]) for one in manifest.get("dumps", ())), None)
    queries = sorted(read_examples(snapshot, DEFAULT), key=lambda one: not one.columns)
    found["query"] = queries[0].name if queries else None
    found["column"] = next((one.columns[0] for one in queries if one.columns), None)
    found["convention"] = next((quote(one, safe="") for one in compared(reader)), None)
    found["penal"] = next((quote(one, safe="") for one in punishing(reader)), None)
    topics = manifest.get("statistics", {}).get("topics", ())
    found["chart"] = next((str(one["name"]) for topic in topics for one in topic["charts"]), None)
    if not (reader.path / FOLDER).is_dir():
        found["diagram"] = None
    return {name: value for name, value in found.items() if value}


def tried(address: Address, filled: Mapping[str, str]) -> list[Example]:
    """The examples of an address in a release; those for which it has nothing are left out."""
    return [
        Example(one.address.format(**filled), one.accept, one.answer)
        for one in address.examples
        if all(name is None or name in filled for _, name, _, _ in Formatter().parse(one.address))
    ]


def document(snapshot: Snapshot, public: str) -> dict[str, Any]:
    """The description in OpenAPI 3.1 of the server at a public address."""
    filled = places(snapshot)
    strings = texts(DEFAULT)
    columns = {one.name: list(one.columns) for one in read_examples(snapshot, DEFAULT)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": site_texts(snapshot.release.manifest, strings)["title"],
            "description": f"{about or ''}\n\n{strings('api.note')}".strip(),
            "version": snapshot.release.id,
            "license": {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"},
        },
        "servers": [{"url": public}],
        "tags": [{"name": group, "description": strings(f"api.{group}")} for group in GROUPS],
        "paths": {
            one.path: {
                method: _operation(one, method, filled)
                | ({"x-columns": columns} if any(map(_is_free, one.parameters)) else {})
                for method in one.methods
            }
            for one in addresses()
        },
        "components": {"schemas": {"Problem": _problem_schema()}},
    }


def openapi(request: Request) -> Response:
    """The description for programs."""
    web = web_of(request)
    snapshot, public = web.snapshot(), web.site.settings.public_url.rstrip("/")

    def make() -> bytes:
        return json.dumps(document(snapshot, public), ensure_ascii=False, indent=1).encode()

    return answer(request, make, "application/json", snapshot.etag(PATH, public))


def api(request: Request) -> Response:
    """The description for people."""
    web = web_of(request)
    snapshot, strings = web.snapshot(), texts(choose_language_of(request))
    public = web.site.settings.public_url.rstrip("/")

    def make() -> str:
        filled = places(snapshot)
        grouped = [(group, [one for one in addresses() if one.group == group]) for group in GROUPS]
        return page(
            request,
            "api.html",
            strings,
            groups=grouped,
            examples={one.path: tried(one, filled) for one in addresses()},
            public=public,
            openapi=PATH,
        )

    etag = snapshot.etag("api", public, request.url.query, strings.language)
    return page_answer(request, make, etag, strings.language)


def _answer(text: str) -> Answer:
    status, _, media_type = text.partition(" ")
    return Answer(int(status), MEDIA_TYPE if media_type == _PROBLEM else media_type)


def _first(reader: Reader, kind: str, below: str) -> str | None:
    """The first thing of a class below an IRI whose document has an address without surprises."""
    found = (one for one in reader.subjects(TYPE, kind) if one.startswith(below))
    return next((one for one in found if "#" not in document_path(one)), None)


def _operation(one: Address, method: str, filled: Mapping[str, str]) -> dict[str, Any]:
    asked = [parameter for parameter in one.parameters if method == "get" or parameter.place == "path"]
    examples = tried(one, filled)
    operation: dict[str, Any] = {
        "operationId": f"{method}-{one.anchor}",
        "tags": [one.group],
        "summary": one.text[DEFAULT],
        "parameters": [_parameter(parameter) for parameter in asked],
        "responses": _responses(one.answers),
    }
    if method == "get" and examples:
        operation["x-examples"] = [_example(example) for example in examples]
    if method == "post":
        fields = {parameter.name: dict(parameter.schema) for parameter in one.parameters}
        operation["requestBody"] = {
            "required": True,
            "content": {
                _FORM: {"schema": {"type": "object", "properties": fields, "required": ["query"]}},
                _SPARQL: {"schema": {"type": "string"}, "example": _POSTED},
            },
        }
        sent = _example(Example(one.path, "text/csv", _answer("200 text/csv")))
        operation["x-examples"] = [sent | {"content-type": _SPARQL, "body": _POSTED}]
    return operation


def _example(one: Example) -> dict[str, Any]:
    return {
        "address": one.address,
        "accept": one.accept,
        "status": one.answer.status,
        **({"type": one.answer.media_type} if one.answer.media_type else {}),
    }


def _parameter(one: Parameter) -> dict[str, Any]:
    return {
        "name": one.name,
        "in": one.place,
        "required": one.required,
        "description": one.text[DEFAULT],
        "schema": dict(one.schema),
        **({"style": "form", "explode": True} if _is_free(one) else {}),
    }


def _is_free(one: Parameter) -> bool:
    """Whether a parameter stands for others, each of which has a name of its own."""
    return bool(one.schema["type"] == "object")


def _responses(answers: Sequence[Answer]) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for one in answers:
        response = responses.setdefault(str(one.status), {"description": one.phrase})
        if one.media_type:
            response.setdefault("content", {})[one.media_type] = {"schema": _schema(one)}
        if 300 <= one.status < 400 and one.status != HTTPStatus.NOT_MODIFIED:
            response["headers"] = {"Location": {"schema": {"type": "string"}}}
    for response in responses.values():
        if MEDIA_TYPE in response.get("content", {}):  # a browser gets a page instead
            response["content"]["text/html"] = {"schema": {"type": "string"}}
    return responses


def _schema(one: Answer) -> dict[str, Any]:
    if one.media_type == MEDIA_TYPE:
        return {"$ref": "#/components/schemas/Problem"}
    return {} if one.media_type.endswith("json") else {"type": "string"}


def _problem_schema() -> dict[str, Any]:
    """Problem details (RFC 9457) as this server writes them."""
    return {
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "line": {"type": "integer"},
            "column": {"type": "integer"},
            "nearest": {"type": "string"},
            "formats": {"type": "array", "items": {"type": "object"}},
        },
    }


ROUTES: Routes = [(PATH, openapi), ("/api", api)]
