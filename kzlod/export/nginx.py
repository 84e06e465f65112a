"""The configuration for nginx that gives the files of a site as the server would give the answers.

`maps.conf` belongs into `http`, `server.conf` into a `server` whose `root` is the folder of the files;
`site.conf` has both, ready to be included in `http`.
"""

import json
from functools import cache
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from kzlod.export.names import HIDDEN
from kzlod.export.pages import DOCUMENTS, DYNAMIC
from kzlod.export.tables import FOR_OPTIONS, Site, maps_conf
from kzlod.web.examples import FORMATS as RESULTS
from kzlod.web.middleware import EXPOSED, SECURITY
from kzlod.web.problems import Problem
from kzlod.web.rdf import FORMATS, HTML
from kzlod.web.responses import DATA_VARY, PAGE_VARY

__all__ = ["ERRORS", "Site", "maps_conf", "server_conf", "site_conf"]

ERRORS = f"{HIDDEN}errors"
"""Where the pages of errors are."""

_DATA = [form for form in FORMATS if form.media_type != HTML]
_TYPES = {
    "text/html; charset=utf-8": "html",
    **{form.content_type: form.suffix[1:] for form in _DATA},
    "application/json": "json",
    "text/css; charset=utf-8": "css",
    "text/javascript; charset=utf-8": "js mjs",
    "text/plain; charset=utf-8": "txt",
    "image/svg+xml": "svg ico",
    "image/png": "png",
    "application/xml": "xml",
    "application/atom+xml; charset=utf-8": "atom",
    "application/sparql-query; charset=utf-8": "rq",
    "text/csv; charset=utf-8": "csv",
}
_RESULTS = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv; charset=utf-8": "csv",
    "text/tab-separated-values; charset=utf-8": "tsv",
    "application/sparql-query; charset=utf-8": "rq",
}


def _without_format(**extras: object) -> str:
    """The answer 406, with what there is."""
    return json.dumps(Problem.of(406, "no_format", extras=extras).members())


_LISTS_ARE = _without_format(available=("text/html", "application/json"))
_RESULTS_ARE = _without_format(
    formats=[
        {"type": media_type, "address": f"$kzlod_stem.{suffix}"}
        for suffix, media_type in (("html", HTML), *RESULTS.items())
    ]
)
_OFFERED = _without_format(
    formats=[{"type": form.media_type, "address": f"$kzlod_document{form.suffix}"} for form in FORMATS]
)


def site_conf(site: Site, root: str, folder: str) -> str:
    """The whole: to be included in `http`. `root` is the folder of the files, `folder` that of this file."""
    name = urlsplit(site.public_url).hostname or "localhost"
    return f"""\
# The static site of release {site.release}. Include this file in http {{ … }}. For TLS write a server of
# your own that sets root and includes server.conf as this one does.
include "{folder}/maps.conf";

server {{
    listen 80;
    server_name {name};
    root "{root}";
    include "{folder}/server.conf";
}}
"""


def server_conf(site: Site) -> str:
    """The locations, for a `server` that has a `root`."""
    usual = {suffix for suffixes in _TYPES.values() for suffix in suffixes.split()}
    more = {kind: suffix for suffix, kind in sorted(site.found.types.items()) if suffix not in usual}
    return (
        _environment()
        .get_template("server.conf")
        .render(
            release=site.release,
            pattern=site.release.replace(".", r"\."),
            upstream=site.upstream,
            missing="418" if site.upstream else "404",
            served="418" if site.upstream else "503",
            hidden=HIDDEN,
            data="|".join(form.suffix[1:] for form in _DATA),
            document=rf"/(?:doc(?:/.+)?|catalog|{HIDDEN}/[0-9a-f]+)",
            dynamic="|".join(DYNAMIC),
            steps="|".join(sorted(site.found.steps - {"", *DOCUMENTS})),
            by_language=sorted(site.found.by_language),
            content_types={**_TYPES, **more},
            results=_RESULTS,
            data_vary=DATA_VARY,
            page_vary=PAGE_VARY,
            options=list(FOR_OPTIONS),
            lists_are=_LISTS_ARE,
            results_are=_RESULTS_ARE,
            offered=_OFFERED,
            fields={
                **SECURITY,
                "Access-Control-Allow-Origin": "*",
                "Access-Control-Expose-Headers": EXPOSED,
                "KZLOD-Release": site.release,
            },
        )
    )


@cache
def _environment() -> Environment:
    """Templates whose marks are none of nginx's."""
    return Environment(
        loader=PackageLoader("kzlod.export", "."),
        autoescape=False,  # noqa: S701 - no HTML
        undefined=StrictUndefined,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
