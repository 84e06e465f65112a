"""The configuration for nginx that gives the files of a site as the server would give the answers.

`maps.conf` belongs into `http`, `server.conf` into a `server` whose `root` is the folder of the files;
`site.conf` has both, ready to be included in `http`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from kzlod.export.names import HIDDEN
from kzlod.export.negotiation import tables
from kzlod.export.pages import DOCUMENTS, DYNAMIC, Found
from kzlod.namespaces import BASE, ID
from kzlod.web.addresses import OWN_STEPS
from kzlod.web.descriptions import LICENCE
from kzlod.web.middleware import EXPOSED, PREFLIGHT, SECURITY
from kzlod.web.rdf import FORMATS, HTML
from kzlod.web.responses import DATA_VARY, PAGE_VARY

ERRORS = f"{HIDDEN}errors"
"""Where the pages of errors are."""

STATUSES = (404, 405, 503)
"""The errors that have pages."""

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
            for place, value in enumerate(_FOR_OPTIONS.values())
        ),
    ]
    return "# Written by `kzlod export-site`.\n" + "\n".join(parts) + "\n"


def server_conf(site: Site) -> str:
    """The locations, for a `server` that has a `root`."""
    data = "|".join(form.suffix[1:] for form in _DATA)
    document = rf"/(?:doc(?:/.+)?|catalog|{HIDDEN}/[0-9a-f]+)"
    release = site.release.replace(".", r"\.")
    steps = "|".join(sorted(site.found.steps - {"", *DOCUMENTS}))
    missing = "418" if site.upstream else "404"
    served = "418" if site.upstream else "503"
    by_language = "\n".join(
        f"""location = {path} {{
    set $kzlod_file "{path.rpartition(".")[0]}.$kzlod_lang.{path.rpartition(".")[2]}";
    rewrite ^ $kzlod_file break;
    {_common(site)}
    add_header Vary "{PAGE_VARY}, Accept-Encoding" always;
    add_header Content-Language $kzlod_lang;
}}"""
        for path in sorted(site.found.by_language)
    )
    page = f"""{_common(site)}
    add_header Vary "{PAGE_VARY}, Accept-Encoding" always;
    add_header Content-Language $kzlod_lang;
    add_header Set-Cookie $kzlod_cookie;"""
    listed = page.replace("Content-Language $kzlod_lang", "Content-Language $kzlod_said")
    options = "\n".join(
        f"add_header {name} $kzlod_preflight_{place} always;" for place, name in enumerate(_FOR_OPTIONS)
    )
    return f"""\
# Written by `kzlod export-site`: release {site.release}.
server_tokens off;
gzip off;
gzip_static always;  # the files are there in compressed form only
gunzip on;           # for clients that cannot read that
gzip_vary off;       # said below
if_modified_since off;
absolute_redirect off;
recursive_error_pages on;
{_types(_TYPES)}
{_common(site)}
{options}
error_page 404 /{HIDDEN}errors/404;
error_page 405 /{HIDDEN}errors/405;
error_page 503 /{HIDDEN}errors/503;
{"error_page 418 = @server;" if site.upstream else ""}

if ($request_method = OPTIONS) {{ return 204; }}
set $kzlod_method "$request_method:$uri";
if ($kzlod_method !~ "^(?:GET|HEAD):|:/(?:{HIDDEN}errors|{"|".join(DYNAMIC)})(?:[./]|$)") {{ return 405; }}
if ($kzlod_see != "") {{ return 303 $kzlod_see$is_args$args; }}
if ($kzlod_moved != "") {{ return 308 $kzlod_moved$is_args$args; }}
if ($kzlod_odd != "") {{ rewrite ^ /$kzlod_odd last; }}

location /{HIDDEN}errors/ {{
    internal;
    types {{ "text/html; charset=utf-8" html; application/problem+json json; }}
    rewrite ^(?<kzlod_page>.*)$ $kzlod_page.$kzlod_error break;
    {_common(site, "no-store")}
    add_header Vary "{PAGE_VARY}, Accept-Encoding" always;
}}
location = /{HIDDEN}errors/405 {{
    internal;
    types {{ "text/html; charset=utf-8" html; application/problem+json json; }}
    rewrite ^ /{HIDDEN}errors/405.$kzlod_error break;
    {_common(site, "no-store")}
    add_header Vary "{PAGE_VARY}, Accept-Encoding" always;
    add_header Allow "GET, HEAD, OPTIONS" always;
}}

# Things, concepts and terms: 303 to the document.
location ~ ^/(?:id|concept|ontology)(?:/|$) {{
    if (!-f "$document_root$kzlod_there.en.html.gz") {{ return {missing}; }}
    return 303 $kzlod_entry$is_args$args;
}}
location ~ ^/shapes(?:/|$) {{
    if (!-f "$document_root/doc/shapes.en.html.gz") {{ return 404; }}
    return 303 /doc/shapes;
}}

# Permalinks of this release are its documents; other releases need a server.
location ~ ^/releases/{release}/?$ {{ return 303 /releases/{site.release}/doc; }}
location ~ ^/releases/{release}(?<kzlod_kept>/doc(?:[./].*)?)$ {{ rewrite ^ $kzlod_kept last; }}
location ~ ^/releases/. {{ return {missing}; }}
location = /releases {{ return 308 /releases/; }}
location = /releases/ {{
    {"return 418;  # it knows the others" if site.upstream else ""}
    if ($kzlod_releases = none) {{ return 406 '{_LISTS_ARE}'; }}
    set $kzlod_file /releases/index.$kzlod_lang.html;
    set $kzlod_said $kzlod_lang;
    if ($kzlod_releases = json) {{ set $kzlod_said ""; }}
    if ($kzlod_releases = json) {{ set $kzlod_file /releases/index.json; }}
    rewrite ^ $kzlod_file break;
    default_type application/problem+json;
    {listed}
}}

# Downloads, as they are.
location = /dumps/ {{
    if ($kzlod_list = none) {{ return 406 '{_LISTS_ARE}'; }}
    if ($kzlod_list !~ "^(?:html|json)$") {{ return 303 /catalog; }}
    set $kzlod_file /dumps/index.$kzlod_lang.html;
    set $kzlod_said $kzlod_lang;
    if ($kzlod_list = json) {{ set $kzlod_said ""; }}
    if ($kzlod_list = json) {{ set $kzlod_file /dumps/index.json; }}
    rewrite ^ $kzlod_file break;
    default_type application/problem+json;
    {listed}
}}
location ~ ^/dumps(?:/{release}/?)?$ {{ return 308 /dumps/; }}
location ~ ^/dumps/{release}/SHA256SUMS$ {{
    gzip_static off;
    types {{ }}
    default_type "text/plain; charset=utf-8";
    {_common(site)}
}}
location ~ ^/dumps/{release}/(?<kzlod_dump>[^/]+)$ {{
    gzip_static off;
    gunzip off;
    types {{ }}
    default_type application/gzip;
    if (!-f $request_filename) {{ return 404; }}
    {_common(site, "public, max-age=31536000, immutable")}
    add_header Content-Disposition 'attachment; filename="$kzlod_dump"';
}}
location ~ ^/dumps/. {{ return {missing}; }}

# What a running server answers.
location = /metrics {{ return 404; }}
location ~ ^/(?:{"|".join(DYNAMIC)})(?:[./]|$) {{ return {served}; }}
location = /query {{
    if ($arg_query != "") {{ return {served}; }}
    rewrite ^ /query.$kzlod_lang.html break;
    {page}
}}

# Documents: what Accept prefers, a page, or data.
location = /doc {{ rewrite ^ /doc/id last; }}
location = /doc/ {{ rewrite ^ /doc/id last; }}
location ~ ^(?<kzlod_folder>/doc/.+)/$ {{
    if (!-f "$document_root$kzlod_folder.en.html.gz") {{ return {missing}; }}
    return 308 $kzlod_trimmed$is_args$args;
}}
location ~ ^{document}\\.(?<kzlod_data>{data})$ {{
    set $kzlod_file "$kzlod_bare$kzlod_query.$kzlod_data";
    if (!-f "$document_root$kzlod_file.gz") {{ set $kzlod_file "$kzlod_bare$kzlod_ignoring.$kzlod_data"; }}
    if (!-f "$document_root$kzlod_file.gz") {{ return {missing}; }}
    rewrite ^ $kzlod_file break;
    {_common(site)}
    add_header Link $kzlod_links;
    add_header Vary "{DATA_VARY}, Accept-Encoding" always;
    add_header Content-Location "$kzlod_document.$kzlod_data";
}}
location ~ ^{document}\\.html$ {{
    set $kzlod_file "$kzlod_bare$kzlod_query.$kzlod_lang.html";
    set $kzlod_other "$kzlod_bare$kzlod_ignoring.$kzlod_lang.html";
    if (!-f "$document_root$kzlod_file.gz") {{ set $kzlod_file $kzlod_other; }}
    if (!-f "$document_root$kzlod_file.gz") {{ return {missing}; }}
    rewrite ^ $kzlod_file break;
    {page}
    add_header Link $kzlod_links;
}}
location ~ ^{document}$ {{
    set $kzlod_file "$kzlod_plain$kzlod_query";
    if (!-f "$document_root$kzlod_file.en.html.gz") {{ set $kzlod_file "$kzlod_plain$kzlod_ignoring"; }}
    if (!-f "$document_root$kzlod_file.en.html.gz") {{ return {missing}; }}
    if ($kzlod_form = none) {{ return 406 '{_OFFERED}'; }}
    if (!-f "$document_root$kzlod_file.$kzlod_suffix.gz") {{ return {missing}; }}
    rewrite ^ $kzlod_file.$kzlod_suffix break;
    default_type application/problem+json;
    {_common(site)}
    add_header Link $kzlod_links always;
    add_header Vary "$kzlod_vary, Accept-Encoding" always;
    add_header Content-Location $kzlod_place;
    add_header Content-Language $kzlod_language;
    add_header Set-Cookie $kzlod_choice;
}}

# Files.
location ~ ^/(?:static/|favicon\\.) {{
    if (!-f "$document_root$kzlod_plain.gz") {{ return {missing}; }}
    rewrite ^ $kzlod_plain break;
    {_common(site, "public, max-age=300")}
    add_header Vary "Accept-Encoding" always;
}}
{by_language}
location ~ ^/examples/[^/]+\\.(?:{"|".join(_RESULTS.values())})$ {{
    if ($kzlod_query != "") {{ return {served}; }}
    if (!-f "$document_root$kzlod_plain.gz") {{ return {missing}; }}
    rewrite ^ $kzlod_plain break;
    {_types(_RESULTS)}
    {_common(site)}
    add_header Vary "Accept-Encoding" always;
}}
location ~ \\.(?:{"|".join(_TYPES.values()).replace(" ", "|")})$ {{
    if (!-f "$document_root$kzlod_plain.gz") {{ return {missing}; }}
    rewrite ^ $kzlod_plain break;
    {_common(site)}
    add_header Vary "Accept-Encoding" always;
}}

# Pages.
location = / {{
    if ($kzlod_home !~ "^(?:html|none)$") {{ return 303 /catalog; }}
    rewrite ^ /index.$kzlod_lang.html break;
    {page}
}}
location = /sources {{
    rewrite ^ /sources.$kzlod_lang.html break;
    {page}
}}
location ~ ^(?<kzlod_folder>/.+)/$ {{
    if (!-f "$document_root$kzlod_folder.en.html.gz") {{ return {missing}; }}
    return 308 $kzlod_trimmed$is_args$args;
}}
location / {{
    set $kzlod_file "$kzlod_stem$kzlod_query";
    set $kzlod_none "none$kzlod_ignoring$kzlod_query|$uri";
    set $kzlod_state "";
    if (!-f "$document_root$kzlod_file.en.html.gz") {{ set $kzlod_state $kzlod_none; }}
    if ($kzlod_state ~ "^none@(?!{HIDDEN})[^|]*\\|/(?:{steps})(?:/|$)") {{ return {served}; }}
    if ($kzlod_state ~ "^none") {{ return {missing}; }}
    rewrite ^ $kzlod_file.$kzlod_lang.html break;
    {page}
}}
{_SERVER if site.upstream else ""}"""


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
_FOR_OPTIONS = {"Allow": "GET, HEAD, OPTIONS", **PREFLIGHT}
_LISTS_ARE = json.dumps(
    {
        "type": "about:blank",
        "title": "Not available in the format asked for",
        "status": 406,
        "detail": "The list exists as text/html and application/json.",
    }
)
_OFFERED = json.dumps(
    {
        "type": "about:blank",
        "title": "Not available in the format asked for",
        "status": 406,
        "detail": "This document exists in the formats listed.",
        "formats": [
            {"type": form.media_type, "address": f"$kzlod_document{form.suffix}"} for form in FORMATS
        ],
    }
)
_SERVER = """
location @server {
    proxy_pass http://kzlod_server;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_connect_timeout 2s;
    proxy_read_timeout 90s;
    proxy_max_temp_file_size 0;
    gunzip off;
    add_header KZLOD-Static "";  # so that none of the fields above is added to the server's own
}
"""


def _common(site: Site, caching: str = "no-cache") -> str:
    fields = {
        "Cache-Control": caching,
        **SECURITY,
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": EXPOSED,
        "KZLOD-Release": site.release,
    }
    return "\n    ".join(f'add_header {name} "{value}" always;' for name, value in fields.items())


def _about(site: Site) -> str:
    """The links of a document that are not to its formats."""
    licence = f', <{LICENCE}>; rel="license"' if site.is_release else ""
    return (
        '<$kzlod_described>; rel="describes", <$kzlod_document>; rel="canonical", '
        f'</.well-known/void>; rel="describedby"{licence}'
    )


def _types(types: Mapping[str, str]) -> str:
    return "types { " + " ".join(f'"{name}" {suffixes};' for name, suffixes in types.items()) + " }"


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
