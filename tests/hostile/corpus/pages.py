"""Pages, documents and downloads asked for in ways that nobody means well."""
# ruff: noqa: E501 - a request a line

from collections.abc import Sequence
from urllib.parse import quote

from tests.hostile import wire
from tests.hostile.attack import CLOSED, FINE, Attack, raw
from tests.hostile.wire import Answer

PAGES = "pages and documents"
DUMPS = "downloads"
NOT_FOUND = ("404",)
ODD = ("404", "400", "414", "431", CLOSED)
_HTML = ("Accept", "text/html")
_SCRIPT = "<script>alert(1)</script>"


def secret(answer: Answer) -> str:
    """Nothing of this machine's files may come back, and no script that was sent."""
    found = [
        word for word in (b"root:x:", b"<script>alert(1)", b"[project]", b"ROCKSDB") if word in answer.body
    ]
    return f"gives {found}" if found else ""


def _page(
    name: str, what: str, path: str, allowed: Sequence[str], *fields: tuple[str, str], method: str = "GET"
) -> Attack:
    sent = wire.request(method, path, fields or [_HTML])
    return raw(f"page-{name}", PAGES, what, sent, allowed, method=method, check=secret)


def _dump(
    name: str, what: str, path: str, allowed: Sequence[str], *fields: tuple[str, str], method: str = "GET"
) -> Attack:
    return raw(
        f"dump-{name}", DUMPS, what, wire.request(method, path, fields), allowed, method=method, check=secret
    )


_TRAVERSALS = {
    "dots": "../../../../etc/passwd",
    "encoded": "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "encoded-slash": "..%2f..%2f..%2fetc%2fpasswd",
    "encoded-twice": "%252e%252e%252f%252e%252e%252fetc%252fpasswd",
    "overlong": "%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
    "backslash": "..\\..\\..\\etc\\passwd",
    "semicolon": "..;/..;/etc/passwd",
    "absolute": "/etc/passwd",
    "nul": "style.css%00.html",
    "code": "../templates/base.html",
}
_PAGES = [
    *(_page(f"path-{place.strip('/').replace('/', '-')}-{name}", f"a path that leads out of {place}", place + path, ODD) for place in ("/doc/", "/static/") for name, path in _TRAVERSALS.items()),
    _page("path-8k", "a path of 8 KiB", "/doc/" + "a" * 8192, ("404", "414")),
    _page("path-8k-id", "a path of 8 KiB below /id", "/id/" + "a/" * 4096, ("404", "414")),
    _page("path-60k", "a path of 60,000 characters", "/" + "a" * 60_000, ("404", "414", "400", "431")),
    _page("path-slashes", "2,000 slashes", "/doc" + "/" * 2000, ("404", "414", "308", "303")),
    _page("path-double", "two slashes first", "//evil.example/doc/@THING@", ("404", "308", "303", "400")),
    _page("path-double-slash-end", "a thing and ten slashes", "/doc/@THING@//////////", ("404", "308")),
    _page("path-percent", "a percent sign that encodes nothing", "/doc/%zz%", ODD),
    _page("path-utf8", "encoded bytes that are no UTF-8", "/doc/%ff%fe", ODD),
    _page("path-surrogate", "an encoded lone surrogate", "/id/%ed%a0%80", ODD),
    _page("path-lines", "encoded line breaks", "/id/x%0d%0aX-Injected:%201", ODD),
    _page("path-lines-known", "a thing and encoded line breaks", "/doc/@THING@%0d%0aX-Injected:%201", ODD),
    _page("path-script", "a script in the path", "/doc/" + quote(_SCRIPT), NOT_FOUND),
    _page("path-script-json", "a script in the path, for a program", "/doc/" + quote(_SCRIPT), NOT_FOUND, ("Accept", "application/json")),
    _page("path-iri", "a whole IRI in the path", "/doc/" + quote("https://evil.example/x", safe=""), ODD),
    _page("path-redirect", "a redirect to another host", "/id//evil.example/%2f..", ODD),
    _page("path-redirect-end", "a redirect by a last slash", "//evil.example/", ("404", "308", "400")),
    _page("path-suffixes", "a hundred suffixes", "/doc/@THING@" + ".ttl" * 100, NOT_FOUND),
    _page("path-rtl", "marks of direction in the path", "/doc/" + quote("\u202e\u2066x"), NOT_FOUND),
    _page("path-deep", "900 steps", "/doc/" + "a/" * 900, ("404", "414", "308")),
    _page("lang-lines", "line breaks in a language", "/?lang=en%0d%0aX-Injected:%201", FINE),
    _page("lang-path", "a path as a language", "/?lang=../../../etc/passwd", FINE),
    _page("lang-script", "a script as a language", f"/doc/@THING@?lang={quote(_SCRIPT)}", FINE),
    _page("lang-twice", "two languages", "/?lang=ru&lang=kk&lang=" + "x" * 5000, FINE),
    _page("lang-cookie", "a language by cookie", "/", ("200", "400"), _HTML, ("Cookie", f'lang="{_SCRIPT}"; lang=\x01; =; ;;; lang')),
    _page("number-digits", "a page of 5,000 digits", "/doc/@THING@?page=" + "9" * 5000, NOT_FOUND),
    _page("number-negative", "page -1", "/doc/@THING@?page=-1", NOT_FOUND),
    _page("number-other", "a page in other digits", "/doc/@THING@?page=" + quote("٣²"), NOT_FOUND),
    _page("number-float", "page 1e9", "/doc/@THING@.ttl?page=1e9", NOT_FOUND),
    _page("number-nul", "page NUL", "/doc/@THING@?page=1%00", NOT_FOUND),
    _page("number-last", "a page far behind the last", "/kinds/Rule?page=999999", NOT_FOUND),
    _page("part-digits", "a part of the sitemap of 5,000 digits", "/sitemap/" + "9" * 5000 + ".xml", ODD),
    _page("part-last", "a part of the sitemap that there is not", "/sitemap/999999999999.xml", NOT_FOUND),
    _page("part-other", "a part in other digits", "/sitemap/" + quote("٣") + ".xml", NOT_FOUND),
    _page("kind-script", "a kind that is a script", "/kinds/" + quote(_SCRIPT), NOT_FOUND),
    _page("kind-path", "a kind that is a path", "/kinds/..%2f..%2fetc", NOT_FOUND),
    _page("example-path", "an example that is a path", "/examples/..%2f..%2fpyproject.toml", NOT_FOUND),
    _page("example-suffix", "an example with two suffixes", "/examples/x.rq.html", NOT_FOUND),
    _page("query-script", "a query that is a script, in the editor", "/query?query=" + quote(f"</textarea>{_SCRIPT}"), FINE),
    _page("query-large", "a query of 50,000 characters in the editor", "/query?query=" + quote("<&\"'" * 5000), FINE),
    _page("query-twice", "40 queries in the editor", "/query?" + "&".join(["query=ASK%7B%7D"] * 40), FINE),
    _page("parameters", "10,000 parameters", "/doc/@THING@?" + "&".join(f"a{n}" for n in range(9000)), FINE),
    _page("parameters-odd", "odd parameters", "/doc/@THING@?&&==&=&%ff=%fe&a[]=1&a[b]=2&;&%00", FINE),
    _page("accept-none", "a type that there is not", "/doc/@THING@", ("406",), ("Accept", "video/mp4")),
    _page("accept-many", "3,000 types for a document", "/doc/@THING@", ("200", "406"), ("Accept", ", ".join(f"a/b{n};q=0.{n % 10}" for n in range(3000)))),
    _page("etags", "5,000 entity tags for a document", "/doc/@THING@", FINE, _HTML, ("If-None-Match", ", ".join(f'W/"{n}"' for n in range(5000)))),
    _page("etag-any", "any entity tag", "/doc/@THING@", ("304",), _HTML, ("If-None-Match", "*")),
    _page("range", "a range of a page", "/doc/@THING@.ttl", ("200", "206"), ("Range", "bytes=0-0,5-9,-1")),
    _page("head", "HEAD of a document", "/doc/@THING@", FINE, method="HEAD"),
    _page("dot-git", "what should not be there", "/.git/config", NOT_FOUND),
    _page("dot-env", "what should not be there either", "/.env", NOT_FOUND),
    _page("php", "what never was there", "/wp-login.php?a=<?php system('id')?>".replace(" ", "%20").replace("<", "%3C").replace(">", "%3E").replace("'", "%27"), NOT_FOUND),
    _page("sources", "a path with odd letters", "/sources/" + quote("қ" * 300), NOT_FOUND),
]  # fmt: skip

_LAST = "a" * 64
_DUMPS = [
    *(_dump(f"path-{name}", "a path that leads out of the folder", f"/dumps/x/{path}", ODD) for name, path in _TRAVERSALS.items()),
    _dump("release-dots", "a release that is the folder above", "/dumps/../current/manifest.json", ODD),
    _dump("release-encoded", "the same, encoded", "/dumps/%2e%2e/manifest.json", ODD),
    _dump("release-hidden", "a release that is being made", "/dumps/.building-1/kzlod.nq.gz", NOT_FOUND),
    _dump("store", "a file of the store", "/dumps/current/store%2fCURRENT", NOT_FOUND),
    _dump("range-one", "one byte", "/@DUMP@", ("206",), ("Range", "bytes=0-0")),
    _dump("range-last", "the last byte", "/@DUMP@", ("206",), ("Range", "bytes=-1")),
    _dump("range-beyond", "bytes beyond the end", "/@DUMP@", ("416",), ("Range", "bytes=999999999999-")),
    _dump("range-backwards", "bytes backwards", "/@DUMP@", ("200", "400", "416"), ("Range", "bytes=9-1")),
    _dump("range-nonsense", "a range that is none", "/@DUMP@", ("200", "400", "416"), ("Range", "bytes=a-b,,-,1")),
    _dump("range-unit", "a unit that there is not", "/@DUMP@", ("200", "400", "416"), ("Range", "pages=1-2")),
    _dump("range-digits", "a range of 5,000 digits", "/@DUMP@", ("200", "206", "400", "416"), ("Range", "bytes=0-" + "9" * 5000)),
    _dump("range-digits-first", "a range from a number of 5,000 digits", "/@DUMP@", ("200", "206", "400", "416"), ("Range", "bytes=" + "9" * 5000 + "-")),
    _dump("range-5000", "5,000 ranges of a byte", "/@DUMP@", ("200", "206", "400", "416"), ("Range", "bytes=" + ",".join(f"{n * 3}-{n * 3}" for n in range(4000)))),
    _dump("range-overlap", "5,000 times the whole", "/@DUMP@", ("200", "206", "400", "416"), ("Range", "bytes=" + ",".join(["0-"] * 5000))),
    _dump("range-spaces", "ranges with 50,000 spaces", "/@DUMP@", ("200", "206", "400", "416", "431"), ("Range", "bytes=0-1," + " " * 50_000 + "5-6")),
    _dump("range-commas", "a range of 50,000 commas", "/@DUMP@", ("200", "206", "400", "416", "431"), ("Range", "bytes=" + "," * 50_000)),
    _dump("range-dashes", "a range of 50,000 dashes", "/@DUMP@", ("200", "206", "400", "416", "431"), ("Range", "bytes=" + "-" * 50_000)),
    _dump("range-if", "a range if a tag that there is not", "/@DUMP@", ("200", "206"), ("Range", "bytes=0-9"), ("If-Range", '"' + _LAST + '"')),
    _dump("range-if-date", "a range if a date that is none", "/@DUMP@", ("200", "206"), ("Range", "bytes=0-9"), ("If-Range", "Thu, 99 Foo 9999")),
    _dump("range-other-digits", "a range in other digits", "/@DUMP@", ("200", "400", "416"), ("Range", "bytes=\xb2-\xb3")),
    _dump("range-head", "HEAD of a range", "/@DUMP@", ("200", "206"), ("Range", "bytes=0-9"), method="HEAD"),
    _dump("etags", "5,000 entity tags", "/@DUMP@", FINE, ("If-None-Match", ", ".join(f'"{n}"' for n in range(5000)))),
    _dump("listing-accept", "the list in a type that there is not", "/dumps/", ("406",), ("Accept", "application/x-tar")),
]  # fmt: skip

ATTACKS = [*_PAGES, *_DUMPS]
