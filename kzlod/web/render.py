"""Pages from templates: what every page has (language, navigation, release) and the page of an error."""

from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from kzlod.namespaces import compact
from kzlod.web.canonical import by_language, canonical
from kzlod.web.i18n import COOKIE, DEFAULT, LANGUAGES, Name, Texts, choose_language_of, texts
from kzlod.web.kept import PATH, shown_in
from kzlod.web.names import Namer
from kzlod.web.passages import runs
from kzlod.web.problems import Problem
from kzlod.web.reading import Reader
from kzlod.web.responses import page_answer
from kzlod.web.state import web_of
from kzlod.web.stored import on_topic

NAVIGATION = (
    ("sources", "/sources"),
    ("treaties", "/treaties"),
    ("compare", "/compare"),
    ("recommendations", "/recommendations"),
    ("institutions", "/institutions"),
    ("statistics", "/statistics"),
    ("examples", "/examples"),
    ("query", "/query"),
)
SECONDARY = (
    ("concepts", "/doc/concept"),
    ("ontology", "/doc/ontology"),
    ("shapes", "/shapes"),
    ("api", "/api"),
    ("catalog", "/catalog"),
    ("dumps", "/dumps/"),
    ("release_list", "/releases/"),
)


def page(request: Request, template: str, strings: Texts, *, address: str = "", **context: object) -> str:
    """A page from a template with the given values, in a language.

    `address` is where the page is at home (a path with its parameters), if that is not what was asked for.
    """
    release = web_of(request).site.current().release
    manifest: Mapping[str, Any] = release.manifest if release else {}
    home, own = _addresses(request, address)
    return (
        environment()
        .get_template(template)
        .render(
            t=strings,
            lang=strings.language,
            languages=[(code, strings(f"language.own_{code}"), _switch(request, code)) for code in LANGUAGES],
            navigation=NAVIGATION,
            secondary=SECONDARY,
            here=request.url.path,
            canonical=home,
            alternates=by_language(own),
            release=release.id if release else "",
            released=manifest.get("date", ""),
            site=site_texts(manifest, strings),
            is_release=manifest.get("kind") == "release",
            kept_release=shown_in(request),
            queries_on=lambda topic: on_topic(web_of(request).snapshot(), strings.language, topic),
            **context,
        )
    )


def site_texts(manifest: Mapping[str, Any], strings: Texts) -> dict[str, str]:
    """What the pages call themselves, in a language: as the release says, else as any such site."""
    own: Mapping[str, Mapping[str, str]] = manifest.get("site") or {}
    return {
        name: own.get(name, {}).get(strings.language) or strings(f"site.{name}")
        for name in ("title", "heading", "tagline")
    }


def page_of(request: Request, template: str, make: Callable[[Reader, Namer], Mapping[str, Any]]) -> Response:
    """A page of the release, in the reader's language, from a template with the values that `make` reads.

    They may have the page's `address`, as `page` takes it.
    """
    snapshot, strings = web_of(request).snapshot(), texts(choose_language_of(request))

    def made() -> str:
        return page(request, template, strings, **make(snapshot.reader, Namer(snapshot.reader, strings)))

    etag = snapshot.etag(request.url.path, request.url.query, strings.language)
    return page_answer(request, made, etag, strings.language)


def error_page(request: Request, problem: Problem) -> str:
    """The page of an error, in the reader's language; what has no text of ours is in English and says so."""
    strings = texts(choose_language_of(request))
    extras = dict(problem.extras)
    kind = problem.slug.removeprefix("/problems/")
    heading = strings.get(f"problem.{kind}") or strings.get(f"error.{problem.key}")
    detail = strings.filled(f"error.{problem.key}_detail", problem.values)
    nearest, formats = extras.pop("nearest", None), extras.pop("formats", ())
    return page(
        request,
        "error.html",
        strings,
        status=problem.status,
        phrase=_said(strings.get(f"status.{problem.status}"), HTTPStatus(problem.status).phrase, strings),
        heading=_said(heading, problem.title, strings),
        detail=_said(detail, problem.detail, strings),
        advice=strings.get(f"problem.{kind}_advice"),
        nearest=nearest,
        formats=formats,
        extras={_said(strings.get(f"error.member_{key}"), key, strings): extras[key] for key in extras},
    )


def _addresses(request: Request, address: str) -> tuple[str, str]:
    """Where a page is at home, and its own address, which is another for a kept release."""
    public, kept = web_of(request).site.settings.public_url.rstrip("/"), shown_in(request)
    path = address or canonical(str(request.scope["path"]), request.query_params.multi_items())
    own = f"{public}{PATH}/{kept.release}{path}" if kept else public + path
    return (public + path if kept and kept.latest else own), own


def _said(text: str | None, english: str, strings: Texts) -> Name:
    """A text in the reader's language, or else in English."""
    return Name(text, strings.language) if text else Name(english, DEFAULT)


@cache
def environment() -> Environment:
    """The templates; everything that a page shows is escaped unless it is a template's own markup.

    All are read now: a server that runs while its files are replaced goes on with those that suit its code.
    """
    made = Environment(
        loader=PackageLoader("kzlod.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"compact": compact, "runs": runs}
    for name in made.list_templates():
        made.get_template(name)
    return made


def _switch(request: Request, language: str) -> str:
    """The same address in another language, relative to the page."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != COOKIE]
    return "?" + urlencode([*kept, (COOKIE, language)])
