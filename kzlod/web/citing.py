"""How to cite a thing: plain text, BibTeX, RIS and CSL-JSON, with the release that says what it says."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from kzlod.namespaces import BASE
from kzlod.release.catalog import AGENT
from kzlod.web.addresses import encode
from kzlod.web.i18n import Texts, choose_language_of, texts
from kzlod.web.kept import permanent, reading
from kzlod.web.names import Namer
from kzlod.web.negotiation import choose
from kzlod.web.problems import Problem
from kzlod.web.responses import PAGE_VARY, answer
from kzlod.web.routing import Routes
from kzlod.web.state import Snapshot, web_of

FORMATS: Mapping[str, tuple[str, str]] = {
    "text": ("text/plain; charset=utf-8", ".txt"),
    "bibtex": ("application/x-bibtex; charset=utf-8", ".bib"),
    "ris": ("application/x-research-info-systems; charset=utf-8", ".ris"),
    "csl": ("application/vnd.citationstyles.csl+json; charset=utf-8", ".json"),
}
"""The formats: media type, and how the name of a file ends."""

_BY_TYPE = {media_type.partition(";")[0]: form for form, (media_type, _) in FORMATS.items()} | {
    "application/json": "csl",
    "text/html": "text",  # a browser that takes nothing else; there is no page
}

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


@dataclass(frozen=True, slots=True)
class Citing:
    """What is cited: a thing by its name and IRI (a URI), in a release of a data set."""

    title: str
    language: str
    uri: str
    dataset: str
    publisher: str
    release: str
    date: str  # ISO 8601, empty when the release has none
    permalink: str = ""  # where the release's own description stays, empty when there is no release

    @property
    def year(self) -> str:
        """The year of the release, empty when unknown."""
        return self.date[:4]

    @property
    def key(self) -> str:
        """A name for reference managers, the same for the same thing."""
        return "kzlod-" + re.sub(r"[^A-Za-z0-9]+", "-", self.uri.removeprefix(BASE)).strip("-")


def text(one: Citing, strings: Texts) -> str:
    """A line for a bibliography, as a language has it."""
    who = one.publisher + (f" ({one.year})" if one.year else "")
    begin = f"{who}: " if who else ""
    line = strings("cite.line", title=one.title, dataset=one.dataset, release=one.release, uri=one.uri)
    kept = " " + strings("cite.kept", permalink=one.permalink) if one.permalink else ""
    return f"{begin}{line}{kept}\n"


def bibtex(one: Citing) -> str:
    """An entry for BibTeX and biblatex."""
    fields = {
        "title": f"{{{_latex(one.title)}}}",
        "author": f"{{{_latex(one.publisher)}}}",
        "howpublished": _latex(one.dataset),
        "note": f"Release {_latex(one.release)}" + (f", {_latex(one.permalink)}" if one.permalink else ""),
        "year": one.year,
        "url": one.uri,
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{one.key},\n" + ",\n".join(lines) + "\n}\n"


def ris(one: Citing) -> str:
    """A record in the format of RIS, which reference managers import."""
    fields = (
        ("TY", "DATA"),
        ("TI", one.title),
        ("AU", f"{one.publisher},"),  # the comma: a name that is not turned round
        ("T2", one.dataset),
        ("ET", one.release),
        ("PY", one.year),
        ("DA", one.date.replace("-", "/")),
        ("LA", one.language),
        ("UR", one.uri),
        ("UR", one.permalink),
        ("ID", one.key),
    )
    lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in fields if value]
    return "\r\n".join([*lines, "ER  - ", ""])


def csl(one: Citing) -> str:
    """An item in CSL-JSON, which citation processors read."""
    item: dict[str, Any] = {
        "id": one.key,
        "type": "dataset",
        "title": one.title,
        "author": [{"literal": one.publisher}],
        "container-title": one.dataset,
        "version": one.release,
        "URL": one.uri,
    }
    if one.permalink:
        item["note"] = f"In this release: {one.permalink}"
    if one.date:
        item["issued"] = {"date-parts": [[int(part) for part in one.date.split("-")]]}
    if one.language:
        item["language"] = one.language
    return json.dumps([item], ensure_ascii=False, indent=1) + "\n"


_WRITERS = {"bibtex": bibtex, "ris": ris, "csl": csl}


def cited(snapshot: Snapshot, namer: Namer, iri: str) -> Citing:
    """A thing of a release as it is cited in a reader's language."""
    manifest = snapshot.reader.manifest
    title = manifest.get("title", {})
    name = namer.name(iri)
    return Citing(
        name.text,
        name.language,
        encode(iri),
        str(title.get(namer.language) or title.get("en") or "") if isinstance(title, Mapping) else str(title),
        namer.name(AGENT).text if namer.knows(AGENT) else str(manifest.get("publisher") or ""),
        snapshot.release.id,
        str(manifest.get("date") or ""),
        permanent(snapshot.release, iri),
    )


def cite(request: Request) -> Response:
    """The reference to `?iri=`, as a file; `?release=` names an earlier release.

    In the format `?format=`, else in that which `Accept` likes best; Problem 406 when it takes none.
    """
    web, name = web_of(request), request.query_params.get("release")
    if name is None:
        return _cite(request, web.snapshot())
    with reading(web, name):
        made = _cite(request, web.snapshot())
        made.headers["KZLOD-Release"] = name
        return made


def _cite(request: Request, snapshot: Snapshot) -> Response:
    strings = texts(choose_language_of(request))
    iri, form = request.query_params.get("iri", ""), request.query_params.get("format")
    if form is not None and form not in FORMATS:
        raise Problem.of(400, "cite_format", {"known": ", ".join(FORMATS)})
    if not iri:
        raise Problem.of(400, "nothing_named")
    if not snapshot.reader.index.answers(iri):
        raise Problem.of(404, "nothing_to_cite")
    form = form or _accepted(request)
    one = cited(snapshot, Namer(snapshot.reader, strings), iri)
    media_type, suffix = FORMATS[form]
    headers = {"Vary": PAGE_VARY}
    if form != "text":
        headers["Content-Disposition"] = f'attachment; filename="{one.key[:100]}{suffix}"'
    etag = snapshot.etag("cite", iri, form, strings.language)
    made = text(one, strings) if form == "text" else _WRITERS[form](one)
    return answer(request, made.encode, media_type, etag, headers)


def _accepted(request: Request) -> str:
    """The format that `Accept` likes best, text if it says nothing; Problem 406 when it takes none."""
    chosen = choose(",".join(request.headers.getlist("accept")) or None, tuple(_BY_TYPE))
    if chosen is None:
        available = [media_type.partition(";")[0] for media_type, _ in FORMATS.values()]
        raise Problem.of(406, "no_format", extras={"available": available}, headers={"Vary": PAGE_VARY})
    return _BY_TYPE[chosen]


def _latex(value: str) -> str:
    return "".join(_LATEX.get(character, character) for character in value)


ROUTES: Routes = [("/cite", cite)]
