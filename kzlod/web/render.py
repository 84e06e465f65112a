"""Pages from templates: what every page has (language, navigation, release) and the page of an error."""

from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from kzlod.namespaces import compact
from kzlod.web.i18n import COOKIE, LANGUAGES, Texts, choose_language_of, texts
from kzlod.web.kept import shown_in
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


def page(request: Request, template: str, strings: Texts, **context: object) -> str:
    """A page from a template with the given values, in a language."""
    release = web_of(request).site.current().release
    manifest: Mapping[str, object] = release.manifest if release else {}
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
            release=release.id if release else "",
            released=manifest.get("date", ""),
            is_release=manifest.get("kind") == "release",
            kept_release=shown_in(request),
            queries_on=lambda topic: on_topic(web_of(request).snapshot(), strings.language, topic),
            **context,
        )
    )


def page_of(
    request: Request, template: str, make: Callable[[Reader, Namer], Mapping[str, object]]
) -> Response:
    """A page of the release, in the reader's language, from a template with the values that `make` reads."""
    snapshot, strings = web_of(request).snapshot(), texts(choose_language_of(request))

    def made() -> str:
        return page(request, template, strings, **make(snapshot.reader, Namer(snapshot.reader, strings)))

    etag = snapshot.etag(request.url.path, request.url.query, strings.language)
    return page_answer(request, made, etag, strings.language)


def error_page(request: Request, problem: Problem) -> str:
    """The page of an error, in the reader's language as far as the problem is one of ours."""
    strings = texts(choose_language_of(request))
    extras = dict(problem.extras)
    kind = problem.slug.removeprefix("/problems/")
    heading = strings.get(f"error.{extras.pop('message', '')}") or strings.get(f"problem.{kind}")
    nearest, formats = extras.pop("nearest", None), extras.pop("formats", ())
    return page(
        request,
        "error.html",
        strings,
        status=problem.status,
        phrase=HTTPStatus(problem.status).phrase,
        heading=heading or problem.title,
        detail=problem.detail,
        advice=strings.get(f"problem.{kind}_advice"),
        nearest=nearest,
        formats=formats,
        extras=extras,
    )


@cache
def environment() -> Environment:
    """The templates; everything that a page shows is escaped unless it is a template's own markup."""
    made = Environment(
        loader=PackageLoader("kzlod.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"compact": compact, "runs": runs}
    return made


def _switch(request: Request, language: str) -> str:
    """The same address in another language, relative to the page."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != COOKIE]
    return "?" + urlencode([*kept, (COOKIE, language)])
