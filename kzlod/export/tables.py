"""The tables of the configuration for nginx: names of files, redirects, what a document describes."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from kzlod.export.names import HIDDEN
from kzlod.export.negotiation import tables
from kzlod.export.pages import Found
from kzlod.namespaces import BASE, ID
from kzlod.web.addresses import OWN_STEPS
from kzlod.web.descriptions import LICENCE
from kzlod.web.middleware import PREFLIGHT
from kzlod.web.rdf import FORMATS
from kzlod.web.responses import DATA_VARY, PAGE_VARY

FOR_OPTIONS: Mapping[str, str] = {"Allow": "GET, HEAD, OPTIONS", **PREFLIGHT}
"""Header fields of an answer to `OPTIONS`."""

_QUERY = "[-A-Za-z0-9._~%=&+]"
_ENTRIES = (
    ("default", '""'),
    ('"~^/id/*$"', '"/doc/id"'),
    ('"~^/id/(.*?)/*$"', '"/doc/$1"'),
    ('"~^/((?:concept|ontology)(?:/.*?)?)/*$"', '"/doc/$1"'),
)
_ALTERNATES = ", ".join(
    f'<$kzlod_document{form.suffix}>; rel="alternate"; type="{form.media_type}"' for form in FORMATS
)


@dataclass(frozen=True, slots=True)
class Site:
    """What the configuration depends on: what was found when the files were written.

    `upstream` is the address of a running server, empty when there is none.
    """

    release: str
    public_url: str
    found: Found
    upstream: str
    is_release: bool


def maps_conf(site: Site) -> str:
    """Tables for `http`: negotiation, languages, names of files, redirects."""
    release = site.release.replace(".", r"\.")
    keys = (*site.found.odd, *site.found.documents, *site.found.described, *site.found.redirects)
    bucket = 256
    while bucket < max((len(key.encode()) for key in keys), default=0) + 64:
        bucket *= 2
    suffixes = "|".join(form.suffix[1:] for form in FORMATS)
    upstream = urlsplit(site.upstream).netloc
    none = f'"/{HIDDEN}none"'
    parts = [
        f"map_hash_bucket_size {bucket};",
        f"map_hash_max_size {max(2048, 4 * len(keys))};",
        *([f"upstream kzlod_server {{ server {upstream}; keepalive 16; }}"] if upstream else []),
        tables(),
        # The path as it came over the wire; that of a permalink of this release is the document's own.
        _map(
            "$request_uri",
            "$kzlod_raw",
            ("default", '""'),
            (f'"~^/releases/{release}(/doc(?:[./][^?#]*)?)(?:[?#]|$)"', '"$1"'),
            ('"~^([^?#]*)"', '"$1"'),
        ),
        _map("$kzlod_raw", "$kzlod_trimmed", ("default", '"$kzlod_raw"'), ('"~^(.*?)/+$"', '"$1"')),
        _map(
            "$kzlod_raw",
            "$kzlod_document",
            ("default", '"$kzlod_raw"'),
            *((_text(key), _text(path)) for key, path in sorted(site.found.documents.items())),
            ('"~^/doc/?$"', '"/doc/id"'),
            (f'"~^(.*)\\.(?:{suffixes})$"', '"$1"'),
        ),
        # The query string without the language, as part of a file's name.
        _map(
            "$args",
            "$kzlod_asked",
            ("default", f'"@{HIDDEN}"'),
            ('""', '""'),
            ('"~^lang=[^&]*$"', '""'),
            (f'"~^lang=[^&]*&({_QUERY}+)$"', '"@$1"'),
            (f'"~^({_QUERY}+?)&lang=[^&]*$"', '"@$1"'),
            (f'"~^({_QUERY}+?)&lang=[^&]*(&{_QUERY}+)$"', '"@$1$2"'),
            (f'"~^({_QUERY}+)$"', '"@$1"'),
        ),
        _map("$args", "$kzlod_ignoring", ("default", '""'), ('"~(?:^|&)(?:page|part)="', f'"@{HIDDEN}"')),
        _map('"$kzlod_raw$kzlod_asked"', "$kzlod_odd", ("default", '""'), *_odd(site.found.odd)),
        _map("$kzlod_odd", "$kzlod_query", ("default", '""'), ('""', '"$kzlod_asked"')),
        # The decoded path; not where nginx resolves dots and slashes, or where an escape is of no letter.
        _map(
            '"$kzlod_odd|$kzlod_raw"',
            "$kzlod_plain",
            ("default", '"$uri"'),
            ('"~^[^|]"', '"$uri"'),
            (r'"~[|/]\.{1,2}(?:/|$)"', none),
            ('"~//"', none),
            ('"~*%(?:[01]|2[0-9a-cef]|3[a-f]|40|5[b-e]|60|7[b-df])"', none),
        ),
        _map("$kzlod_plain", "$kzlod_stem", ("default", '"$kzlod_plain"'), ('"~^(.*)/$"', '"$1/index"')),
        _map("$kzlod_plain", "$kzlod_bare", ("default", '""'), (f'"~^(.+)\\.(?:{suffixes})$"', '"$1"')),
        # Where a thing's address leads to, as it is written and as the file is named.
        _map("$kzlod_raw", "$kzlod_entry", *_ENTRIES),
        _map("$kzlod_plain", "$kzlod_there", *_ENTRIES),
        _map("$kzlod_raw", "$kzlod_see", ("default", '""'), *_redirects(site, 303)),
        _map("$kzlod_raw", "$kzlod_moved", ("default", '""'), *_redirects(site, 308)),
        # What a document describes: below id/, but for concepts and the vocabulary.
        _map(
            "$kzlod_document",
            "$kzlod_described",
            ("default", '""'),
            *((_text(key), _text(thing)) for key, thing in sorted(site.found.described.items())),
            (f'"~^/doc/(id|(?:{"|".join(OWN_STEPS)})(?:/.*)?)$"', f'"{BASE}$1"'),
            ('"~^/doc/(.+)$"', f'"{ID}$1"'),
        ),
        _map(
            '"$kzlod_document"',
            "$kzlod_links",
            ("default", f"'$kzlod_formats, {_about(site)}'"),
            ('"/catalog"', '"$kzlod_formats"'),
            ('"/doc/shapes"', '"$kzlod_formats"'),
        ),
        _map('""', "$kzlod_formats", ("default", f"'{_ALTERNATES}'")),
        _map("$kzlod_form", "$kzlod_suffix", ("default", '"$kzlod_form"'), ("html", '"$kzlod_lang.html"')),
        _map("$kzlod_form", "$kzlod_vary", ("default", f'"{DATA_VARY}"'), ("html", f'"{PAGE_VARY}"')),
        _map("$kzlod_form", "$kzlod_language", ("default", '""'), ("html", '"$kzlod_lang"')),
        _map("$kzlod_form", "$kzlod_choice", ("default", '""'), ("html", '"$kzlod_cookie"')),
        _map("$kzlod_form", "$kzlod_place", ("default", '"$kzlod_document.$kzlod_form"'), ("html", '""')),
        _map("$kzlod_problem", "$kzlod_error", ("default", "json"), ("html", '"$kzlod_lang.html"')),
        *(
            _map("$request_method", f"$kzlod_preflight_{place}", ("default", '""'), ("OPTIONS", f'"{value}"'))
            for place, value in enumerate(FOR_OPTIONS.values())
        ),
    ]
    return "# Written by `kzlod export-site`.\n" + "\n".join(parts) + "\n"


def _about(site: Site) -> str:
    """The links of a document that are not to its formats."""
    licence = f', <{LICENCE}>; rel="license"' if site.is_release else ""
    return (
        '<$kzlod_described>; rel="describes", <$kzlod_document>; rel="canonical", '
        f'</.well-known/void>; rel="describedby"{licence}'
    )


def _map(source: str, variable: str, *entries: tuple[str, str]) -> str:
    lines = [f"    {key} {value};" for key, value in entries]
    return "\n".join([f"map {source} {variable} {{", *lines, "}"])


def _odd(odd: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(_text(key.replace("?", "@", 1)), _text(name)) for key, name in sorted(odd.items())]


def _redirects(site: Site, status: int) -> list[tuple[str, str]]:
    found = sorted(site.found.redirects.items())
    return [(_text(key), _text(target)) for key, (given, target) in found if given == status]


def _text(value: str) -> str:
    """A text in quotation marks of nginx."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
