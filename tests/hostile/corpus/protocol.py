"""Requests that are no HTTP, or HTTP that two readers may read differently."""
# ruff: noqa: E501 - a request a line

from collections.abc import Sequence

from tests.hostile import wire
from tests.hostile.attack import CLOSED, DIRECT, FINE, Attack, raw
from tests.hostile.wire import Answer

HEADERS = "header abuse"
FRAMING = "framing and smuggling"
LINES = "request lines and other protocols"
MALFORMED = ("400", CLOSED)
TOO_LARGE = ("400", "408", "413", "414", "431", CLOSED)
LENIENT = ("200", "400", CLOSED)
_GET = b"GET /health HTTP/1.1\r\nHost: x\r\n"
_ASK = b"ASK {}"
_POST = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
_NEXT = b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n"


def not_reflected(answer: Answer) -> str:
    """Nothing of a Host header, or of another that names a host, may come back."""
    fields = " ".join(value for _, value in answer.fields)
    return "names evil.example" if b"evil.example" in answer.body or "evil.example" in fields else ""


def _header(name: str, what: str, fields: bytes, allowed: Sequence[str]) -> Attack:
    return raw(f"header-{name}", HEADERS, what, _GET + fields + b"\r\n", allowed)


def _flood(family: str, name: str, what: str, before: bytes, part: bytes, count: int) -> Attack:
    """The same part without end, or nearly so: nobody may take it all and keep it."""
    return raw(name, family, what, lambda: (before, *[part] * count), TOO_LARGE, answers=1)


def _accept(
    name: str, what: str, value: str, allowed: Sequence[str] = ("200", "406"), field: str = "Accept"
) -> Attack:
    path = "/sparql?query=ASK%7B%7D"
    return raw(f"header-{name}", HEADERS, what, wire.request("GET", path, [(field, value)]), allowed)


def _host(name: str, what: str, path: str, fields: bytes) -> Attack:
    sent = f"GET {path} HTTP/1.1\r\n".encode() + fields + b"\r\n"
    return raw(
        f"header-{name}", HEADERS, what, sent, ("200", "303", "308", "400", CLOSED), check=not_reflected
    )


_HEADERS = [
    _header("value-70k", "a field of 70 KB", b"X: " + b"x" * 70_000 + b"\r\n", (*FINE, *TOO_LARGE)),
    _header("value-1m", "a field of a MiB", b"X: " + b"x" * 2**20 + b"\r\n", TOO_LARGE),
    _flood(HEADERS, "header-value-256m", "a field of 256 MiB", _GET + b"X: ", b"x" * 2**16, 2**12),
    _flood(HEADERS, "header-count-endless", "fields of 256 MiB", _GET, b"X: y\r\n" * 2**13, 2**12),
    _header("name-100k", "a field's name of 100 KiB", b"x" * 100_000 + b": 1\r\n", (*FINE, *TOO_LARGE)),
    _header("count-10000", "10,000 fields", b"".join(b"X-%d: %d\r\n" % (n, n) for n in range(10_000)), TOO_LARGE),
    _header("same-2000", "one field 2,000 times", b"X-Same: y\r\n" * 2000, (*FINE, *TOO_LARGE)),
    _header("cookies", "1,000 cookies", b"Cookie: " + b"; ".join(b"lang%d=\"en" % n for n in range(1000)) + b"\r\n", FINE),
    _header("folded", "a field over two lines", b"X: a\r\n b\r\n", LENIENT),
    raw("header-folded-first", HEADERS, "a folded line before any field", b"GET /health HTTP/1.1\r\n X: a\r\nHost: x\r\n\r\n", MALFORMED),
    _header("folded-many", "a field over 5,000 lines", b"X: a\r\n" + b" b\r\n" * 5000, LENIENT),
    _header("no-colon", "a field without a colon", b"Nonsense\r\n", MALFORMED),
    _header("no-name", "a field without a name", b": x\r\n", MALFORMED),
    _header("space-before-colon", "a space before the colon", b"X : y\r\n", MALFORMED),
    _header("name-odd", "odd characters in a name", b"X(y)\x7f: z\r\n", MALFORMED),
    _header("nul", "NUL in a value", b"X: a\x00b\r\n", MALFORMED),
    _header("controls", "control characters in a value", b"X: a\x01\x02\x1f\x7fb\r\n", LENIENT),
    _header("high-bytes", "bytes that are no ASCII", b"X: \xff\xfe\xd2\x9b\r\nAccept-Language: \xff\r\n", LENIENT),
    _header("bare-cr", "a carriage return in a value", b"X: a\rY: b\r\n", MALFORMED),
    _header("bare-lf", "lines that end in line feeds", b"X: a\nY: b\n", LENIENT),
    raw("header-only-lf", HEADERS, "a request in line feeds", b"GET /health HTTP/1.1\nHost: x\n\n", LENIENT),
    _header("connection", "names that a hop is to remove", b"Connection: close, Host, Content-Length, X-Forwarded-For\r\n", LENIENT),
    _header("forwarded", "2,000 hops", b"X-Forwarded-For: " + b", ".join(b"10.0.%d.%d" % (n // 250, n % 250) for n in range(2000)) + b"\r\n", FINE),
    _header("forwarded-odd", "hops that are none", b"X-Forwarded-For: unknown, ::1%eth0, 999.1.1.1, [::ffff:1.2.3.4], ,,,\r\nForwarded: for=\"_x\r\n", FINE),
    _header("etags", "10,000 entity tags", b"If-None-Match: " + b", ".join(b'"%d"' % n for n in range(5000)) + b"\r\n", FINE),
    _header("dates", "dates that are none", b"If-Modified-Since: Thu, 99 Foo 99999 99:99:99 GMT\r\nDate: x\r\nIf-Unmodified-Since: -1\r\n", FINE),
    _header("upgrade", "an upgrade to WebSocket", b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n", LENIENT),
    _header("upgrade-h2c", "an upgrade to HTTP/2", b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n", LENIENT),
    _header("upgrade-tls", "an upgrade to TLS", b"Connection: Upgrade\r\nUpgrade: TLS/1.0\r\n", LENIENT),
    _header("expect", "an expectation that there is not", b"Expect: 999-nonsense\r\n", ("200", "400", "417", CLOSED)),
    _header("te", "codings wished for", b"TE: trailers, deflate;q=0.5, " + b"x" * 5000 + b"\r\n", FINE),
    _header("method-override", "another method by field", b"X-HTTP-Method-Override: DELETE\r\nX-Method-Override: PUT\r\n", FINE),
    _header("rewrites", "another address by field", b"X-Original-URL: /sparql?update=x\r\nX-Rewrite-URL: /etc/passwd\r\n", FINE),
    _host("host-evil", "a host that we are not, home", "/", b"Host: evil.example\r\n"),
    _host("host-sitemap", "a host that we are not, sitemap", "/sitemap.xml", b"Host: evil.example\r\n"),
    _host("host-description", "a host that we are not, service description", "/sparql", b"Host: evil.example\r\nAccept: text/turtle\r\n"),
    _host("host-redirect", "a host that we are not, a redirect", "/dumps", b"Host: evil.example\r\n"),
    _host("host-forwarded", "a host by other fields", "/", b"Host: x\r\nX-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\nX-Forwarded-Proto: evil.example\r\n"),
    _host("host-none", "no host", "/health", b""),
    _host("host-two", "two hosts", "/health", b"Host: x\r\nHost: evil.example\r\n"),
    _host("host-odd", "a host that is none", "/", b"Host: a b@evil.example:99999/<script>\r\n"),
    _accept("accept-3000", "3,000 types", ", ".join(f"a/b{n};q=0.{n % 10}" for n in range(3000))),
    _accept("accept-weights", "weights that are none", "text/csv;q=-1, a/b;q=1e9, */*;q=NaN, text/*;q=0.0000001, x/y;q=\"1\"", ("200", "406")),
    _accept("accept-weight-digits", "a weight of 30,000 digits", "text/csv;q=0." + "9" * 30000),
    _accept("accept-weight-huge", "a weight of 30,000 digits before the dot", "text/csv;q=" + "9" * 30000),
    _accept("accept-quotes", "quotes that do not close", "text/csv;a=\"" + "\\" * 9999),
    _accept("accept-quoted", "10,000 quoted commas", "text/csv;a=\"" + ",;" * 10000 + "\""),
    _accept("accept-commas", "30,000 commas", "," * 30000),
    _accept("accept-semicolons", "30,000 semicolons", "text/csv" + ";" * 30000),
    _accept("accept-nonsense", "no type at all", "nonsense/\x80\xff, */, /*, *, text"),
    _accept("accept-odd", "types with odd characters", "text/html\t;\tq=0,<script>/x,../../etc/passwd"),
    _accept("accept-language", "3,000 languages", ", ".join(f"x{n}-y;q=0.{n % 10}" for n in range(3000)), FINE, "Accept-Language"),
    _accept("accept-language-deep", "a language of 9,000 parts", "-".join(["kk"] * 9000), FINE, "Accept-Language"),
    _accept("accept-encoding", "1,000 codings", ", ".join(["gzip", "br", "deflate", "*;q=0"] * 250), FINE, "Accept-Encoding"),
    _accept("accept-charset", "charsets that there are not", "utf-7, zlib;q=9, *;q=0", FINE, "Accept-Charset"),
]  # fmt: skip


def _framing(
    name: str, what: str, sent: bytes, allowed: Sequence[str], answers: int = 1, method: str = "GET"
) -> Attack:
    return raw(f"framing-{name}", FRAMING, what, sent, allowed, answers=answers, method=method)


_CHUNKED = b"Transfer-Encoding: chunked\r\n"
_LENGTH = b"Content-Length: 6\r\n"
_WHOLE = b"6\r\nASK {}\r\n0\r\n\r\n"
_FRAMINGS = [
    _framing("lengths-same", "the same length twice", _POST + _LENGTH * 2 + b"\r\n" + _ASK, LENIENT),
    _framing("lengths-differ", "two lengths", _POST + _LENGTH + b"Content-Length: 60\r\n\r\n" + _ASK + _NEXT, MALFORMED),
    _framing("lengths-list", "two lengths in one field", _POST + b"Content-Length: 6, 60\r\n\r\n" + _ASK, MALFORMED),
    _framing("length-and-chunks", "a length, and chunks", _POST + _LENGTH + _CHUNKED + b"\r\n0\r\n\r\n" + _NEXT, MALFORMED),
    _framing("chunks-and-length", "chunks, and a length that hides a request", _POST + _CHUNKED + b"Content-Length: 4\r\n\r\n" + _WHOLE + _NEXT, (*MALFORMED, "200")),
    _framing("length-negative", "a negative length", _POST + b"Content-Length: -6\r\n\r\n" + _ASK, MALFORMED),
    _framing("length-plus", "a length with a sign", _POST + b"Content-Length: +6\r\n\r\n" + _ASK, MALFORMED),
    _framing("length-hex", "a length in base 16", _POST + b"Content-Length: 0x6\r\n\r\n" + _ASK, MALFORMED),
    _framing("length-words", "a length in words", _POST + b"Content-Length: six\r\n\r\n" + _ASK, MALFORMED),
    _framing("length-digits", "a length of 5,000 digits", _POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n" + _ASK, (*MALFORMED, "413")),
    _framing("length-64", "a length of 2^64 + 6", _POST + b"Content-Length: 18446744073709551622\r\n\r\n" + _ASK, (*MALFORMED, "413")),
    _framing("length-empty", "an empty length", _POST + b"Content-Length: \r\n\r\n" + _ASK, MALFORMED),
    _framing("length-digits-other", "a length in other digits", _POST + "Content-Length: ٦\r\n\r\n".encode() + _ASK, MALFORMED),
    _framing("length-none", "POST without a length", _POST + b"\r\n", ("400", "411")),
    _framing("length-none-body", "a body that no length announces", _POST + b"\r\n" + _ASK, ("400", "411", CLOSED), answers=2),
    _framing("coding-unknown", "a coding that there is not", _POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + _WHOLE, ("400", "501", CLOSED)),
    _framing("coding-last", "chunks that are not last", _POST + b"Transfer-Encoding: chunked, identity\r\n\r\n" + _WHOLE, ("400", "501", CLOSED)),
    _framing("coding-twice", "chunks twice", _POST + _CHUNKED * 2 + b"\r\n" + _WHOLE, ("200", "400", "501", CLOSED)),
    _framing("coding-odd", "a coding with a control character", _POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n" + _WHOLE, ("400", "501", CLOSED)),
    _framing("coding-tab", "a coding after a tab", _POST + b"Transfer-Encoding:\tchunked\r\n\r\n" + _WHOLE, ("200", "400", CLOSED)),
    _framing("coding-space", "a space before the colon", _POST + b"Transfer-Encoding : chunked\r\n" + _LENGTH + b"\r\n" + _WHOLE, MALFORMED),
    _framing("coding-old", "chunks in HTTP/1.0", _POST.replace(b"1.1", b"1.0") + _CHUNKED + b"\r\n" + _WHOLE, ("200", "400", CLOSED)),
    _framing("chunk-size", "a size that is none", _POST + _CHUNKED + b"\r\nzz\r\nASK {}\r\n0\r\n\r\n", MALFORMED),
    _framing("chunk-negative", "a negative size", _POST + _CHUNKED + b"\r\n-6\r\nASK {}\r\n0\r\n\r\n", MALFORMED),
    _framing("chunk-huge", "a size of 2^68", _POST + _CHUNKED + b"\r\n100000000000000000\r\nASK {}", (*MALFORMED, "413", "408")),
    _framing("chunk-zeros", "a size of 60,000 zeros", _POST + _CHUNKED + b"\r\n" + b"0" * 60_000 + b"6\r\nASK {}\r\n0\r\n\r\n", LENIENT),
    _framing("chunk-short", "a chunk longer than it says", _POST + _CHUNKED + b"\r\n3\r\nASK {}\r\n0\r\n\r\n", MALFORMED),
    _framing("chunk-extension", "an extension of 100 KiB", _POST + _CHUNKED + b"\r\n6;x=" + b"y" * 100_000 + b"\r\nASK {}\r\n0\r\n\r\n", (*LENIENT, "413")),
    _framing("chunk-extensions", "extensions of 16 MiB in small chunks", _POST + _CHUNKED + b"\r\n" + (b"1;" + b"x" * 16_000 + b"\r\n \r\n") * 1000 + b"0\r\n\r\n", (*LENIENT, "413")),
    _flood(FRAMING, "framing-chunk-extension-256m", "an extension of 256 MiB", _POST + _CHUNKED + b"\r\n6;x=", b"y" * 2**16, 2**12),
    _flood(FRAMING, "framing-trailers-256m", "trailers of 256 MiB", _POST + _CHUNKED + b"\r\n0\r\n", b"X: y\r\n" * 2**13, 2**12),
    _flood(FRAMING, "framing-chunk-zeros-256m", "a size of zeros without end", _POST + _CHUNKED + b"\r\n", b"0" * 2**16, 2**12),
    _framing("trailers", "50,000 trailers", _POST + _CHUNKED + b"\r\n6\r\nASK {}\r\n0\r\n" + b"X: y\r\n" * 50_000 + b"\r\n", (*LENIENT, "413", "431")),
    _framing("trailer-length", "a length as a trailer", _POST + _CHUNKED + b"\r\n6\r\nASK {}\r\n0\r\nContent-Length: 99\r\n\r\n", LENIENT),
    _framing("lf-chunks", "chunks in line feeds", _POST + _CHUNKED + b"\r\n6\nASK {}\n0\n\n", (*MALFORMED, "408")),
    _framing("hidden", "a request in the body of another", _POST + b"Content-Length: %d\r\n\r\n" % len(_NEXT) + _NEXT, ("400",)),
    _framing("after-head", "a request behind HEAD", b"HEAD /robots.txt HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(_NEXT) + _NEXT, ("200", "400"), method="HEAD"),
    _framing("pipelined-bad", "a request, and then nonsense", _NEXT + b"\x00\x01nonsense\r\n\r\n", MALFORMED, answers=2),
    _framing("close-then-more", "a request after the last", _NEXT.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + _NEXT, FINE),
]  # fmt: skip


def _line(
    name: str, what: str, sent: bytes, allowed: Sequence[str] = MALFORMED, method: str = "GET"
) -> Attack:
    return raw(f"line-{name}", LINES, what, sent, allowed, method=method)


def _method(name: str, what: str, line: str, allowed: Sequence[str], method: str = "GET") -> Attack:
    return _line(name, what, f"{line} HTTP/1.1\r\nHost: x\r\n\r\n".encode(), allowed, method)


_NO_METHOD = ("400", "404", "405", "501", CLOSED)
_LINES = [
    _line("http-0.9", "HTTP/0.9", b"GET /health\r\n\r\n", (*MALFORMED, "200")),
    _line("http-0.9-short", "HTTP/0.9 without a second line", b"GET /\n\n", (*MALFORMED, "200")),
    _line("http-1.0", "HTTP/1.0", b"GET /health HTTP/1.0\r\n\r\n", FINE),
    _line("http-1.9", "HTTP/1.9", b"GET /health HTTP/1.9\r\nHost: x\r\n\r\n", ("200", "400", "505", CLOSED)),
    _line("http-2.0", "HTTP/2.0 in a line", b"GET /health HTTP/2.0\r\nHost: x\r\n\r\n", ("200", "400", "505", CLOSED)),
    _line("http-9.99", "HTTP/9.99", b"GET /health HTTP/9.99\r\nHost: x\r\n\r\n", ("400", "505", CLOSED)),
    _line("http-lower", "http/1.1 in small letters", b"GET /health http/1.1\r\nHost: x\r\n\r\n"),
    raw("line-http-2-preface", LINES, "the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x12\x04\x00\x00\x00\x00\x00", ("400", "405", "505", CLOSED), answers=2),
    _line("tls", "the hello of TLS", bytes.fromhex("160301020001000001fc0303") + bytes(range(256)) * 2),
    _line("ssh", "the hello of SSH", b"SSH-2.0-OpenSSH_9.6\r\n", (*MALFORMED, "408")),
    _line("smtp", "SMTP", b"EHLO evil.example\r\nMAIL FROM:<a@evil.example>\r\n", (*MALFORMED, "408")),
    _line("socks", "SOCKS", b"\x05\x01\x00\x05\x01\x00\x03\x09localhost\x00\x50\r\n\r\n"),
    _line("proxy-1", "the PROXY protocol, version 1", b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n"),
    _line("proxy-2", "the PROXY protocol, version 2", b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\x7f\x00\x00\x01\x7f\x00\x00\x01\x00\x01\x00\x02" + _NEXT),
    _line("empty-lines", "10,000 empty lines first", b"\r\n" * 10_000 + _NEXT, LENIENT),
    _line("spaces", "spaces first", b"   " + _NEXT),
    _line("nuls", "a MiB of NUL", b"\x00" * 2**20),
    _line("line-1m", "a line of a MiB", b"A" * 2**20, TOO_LARGE),
    _flood(LINES, "line-address-256m", "an address of 256 MiB", b"GET /", b"a" * 2**16, 2**12),
    _flood(LINES, "line-empty-256m", "empty lines of 256 MiB", b"", b"\r\n" * 2**15, 2**12),
    _line("line-words", "a line of five words", b"GET /health HTTP/1.1 HTTP/1.1 x\r\nHost: x\r\n\r\n"),
    _line("line-tabs", "a line with tabs", b"GET\t/health\tHTTP/1.1\r\nHost: x\r\n\r\n"),
    _line("line-nul", "NUL in the address", b"GET /hea\x00lth HTTP/1.1\r\nHost: x\r\n\r\n", ("400", "404", CLOSED)),
    _line("line-high", "bytes that are no ASCII in the address", b"GET /\xff\xfe\xd2\x9b HTTP/1.1\r\nHost: x\r\n\r\n", ("400", "404", CLOSED)),
    _line("line-fragment", "a fragment in the address", b"GET /health#x HTTP/1.1\r\nHost: x\r\n\r\n", ("200", "400", "404", CLOSED)),
    _line("line-relative", "an address without a slash", b"GET health HTTP/1.1\r\nHost: x\r\n\r\n", ("400", "404", CLOSED)),
    _line("line-dots", "an address of dots", b"GET ../../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", ("400", "404", CLOSED)),
    _method("absolute", "a whole address", "GET http://evil.example/health", ("200", "400", "404", CLOSED)),
    _method("absolute-odd", "a whole address of another scheme", "GET file:///etc/passwd", ("400", "404", CLOSED)),
    _method("asterisk", "the address *", "OPTIONS *", ("200", "204", "400", "404", CLOSED)),
    _method("asterisk-get", "the address * with GET", "GET *", ("400", "404", CLOSED)),
    _method("connect", "CONNECT to another", "CONNECT evil.example:443", _NO_METHOD),
    _method("connect-us", "CONNECT to us", "CONNECT 127.0.0.1:22", _NO_METHOD),
    _method("connect-path", "CONNECT with a path", "CONNECT /sparql", _NO_METHOD),
    _method("trace", "TRACE", "TRACE /", _NO_METHOD),
    _method("track", "TRACK", "TRACK /", _NO_METHOD),
    _method("propfind", "PROPFIND", "PROPFIND /", _NO_METHOD),
    _method("unknown", "a method that there is not", "FROBNICATE /sparql", _NO_METHOD),
    _method("lower", "get in small letters", "get /health", _NO_METHOD),
    _method("long", "a method of 10,000 letters", "A" * 10_000 + " /", _NO_METHOD),
    _method("odd", "a method of odd characters", "G(E)T /", MALFORMED),
    _method("post-page", "POST to a page", "POST /", ("405", "400")),
    _method("delete-page", "DELETE of a page", "DELETE /health", ("405",)),
    _method("head", "HEAD of a query", "HEAD /sparql?query=ASK%7B%7D", FINE, "HEAD"),
    _method("head-bomb", "HEAD of everything", "HEAD /sparql?query=SELECT*%7B?s?p?o%7D", ("200", "504"), "HEAD"),
    _method("options", "OPTIONS of the endpoint", "OPTIONS /sparql", ("200", "204"), "OPTIONS"),
    raw("line-cors", LINES, "a preflight with odd fields", wire.request("OPTIONS", "/sparql", [("Origin", "null"), ("Access-Control-Request-Method", "X" * 5000), ("Access-Control-Request-Headers", "a, " * 5000)]), ("200", "204", "400")),
    raw("line-post-query", LINES, "a query by POST in the address only", wire.request("POST", "/sparql?query=ASK%7B%7D", [("Content-Type", DIRECT)], b""), ("400",)),
]  # fmt: skip

ATTACKS = [*_HEADERS, *_FRAMINGS, *_LINES]
