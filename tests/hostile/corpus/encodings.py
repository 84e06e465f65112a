"""Bytes that are not what they say: encodings of texts, of forms, of addresses and of whole bodies."""
# ruff: noqa: E501 - a request a line

import gzip
import zlib
from collections.abc import Sequence
from urllib.parse import quote, quote_plus

from tests.hostile import wire
from tests.hostile.attack import DIRECT, FINE, FORM, REFUSED, Attack, raw

FAMILY = "encodings"
OK = b"SELECT * { ?s ?p ?o } LIMIT 1"
_JSON = ("Accept", "application/sparql-results+json")
_LIMIT = 256 * 1024


def _direct(
    name: str, what: str, body: bytes, allowed: Sequence[str], kind: str = DIRECT, *more: tuple[str, str]
) -> Attack:
    sent = wire.request("POST", "/sparql", [("Content-Type", kind), _JSON, *more], body)
    return raw(f"encoding-{name}", FAMILY, what, sent, allowed)


def _form(name: str, what: str, body: bytes, allowed: Sequence[str], kind: str = FORM) -> Attack:
    return _direct(name, what, body, allowed, kind)


def _get(name: str, what: str, parameters: str, allowed: Sequence[str]) -> Attack:
    sent = wire.request("GET", f"/sparql?{parameters}", [_JSON])
    return raw(f"encoding-{name}", FAMILY, what, sent, allowed)


_UNREAD = ("415",)
_TEXTS = [
    _direct("invalid", "bytes that are no UTF-8", OK + b" # \xff\xfe\xfd", REFUSED),
    _direct("truncated", "a character that breaks off", OK + b" # \xd2", REFUSED),
    _direct("overlong", "a slash in two bytes", OK + b" # \xc0\xaf", REFUSED),
    _direct("overlong-nul", "NUL in two bytes", OK + b" # \xc0\x80", REFUSED),
    _direct("surrogate", "a lone surrogate", OK + b" # \xed\xa0\x80", REFUSED),
    _direct("surrogates", "a pair of surrogates, each in three bytes", OK + b" # \xed\xa0\xbd\xed\xb8\x80", REFUSED),
    _direct("beyond", "beyond the last character", OK + b" # \xf4\x90\x80\x80", REFUSED),
    _direct("five-bytes", "a character of five bytes", OK + b" # \xf8\x88\x80\x80\x80", REFUSED),
    _direct("utf-16", "UTF-16", OK.decode().encode("utf-16"), REFUSED),
    _direct("utf-16-le", "UTF-16 without a mark", OK.decode().encode("utf-16-le"), REFUSED),
    _direct("utf-32", "UTF-32", OK.decode().encode("utf-32"), REFUSED),
    _direct("latin-1", "Latin 1", "SELECT ('é' AS ?x) {}".encode("latin-1"), REFUSED),
    _direct("bom", "a byte order mark first", b"\xef\xbb\xbf" + OK, ("200", "400")),
    _direct("boms", "a thousand byte order marks", b"\xef\xbb\xbf" * 1000 + OK, REFUSED),
    _direct("nul", "NUL between words", OK.replace(b" ", b"\x00", 1), REFUSED),
    _direct("nul-string", "NUL in a string", b"SELECT ('a\x00b' AS ?x) {}", ("200", "400")),
    _direct("nul-escape", "NUL as an escape", b"SELECT ('a\\u0000b' AS ?x) {}", ("200", "400")),
    _direct("surrogate-escape", "a lone surrogate as an escape", b"SELECT ('\\uD800' AS ?x) {}", ("200", "400")),
    _direct("beyond-escape", "beyond the last character as an escape", b"SELECT ('\\U7FFFFFFF' AS ?x) {}", REFUSED),
    _direct("controls", "all control characters in a string", b"SELECT ('" + bytes(n for n in range(1, 32) if n not in (10, 13)) + b"' AS ?x) {}", ("200", "400")),
    _direct("rtl", "marks of direction in names and texts", "SELECT ('\u202e\u2066abc\u2069\u202c' AS ?x) { } # \u202e".encode(), FINE),
    _direct("zero-width", "zero-width characters in a keyword", "SEL\u200bECT * { ?s ?p ?o }".encode(), REFUSED),
    _direct("noncharacters", "characters that are none", "SELECT ('\ufffe\uffff\U0010ffff' AS ?x) {}".encode(), ("200", "400")),
    _direct("combining", "30,000 marks on one letter", ("SELECT ('a" + "\u0301" * 20000 + "' AS ?x) {}").encode(), FINE),
    _direct("homoglyph", "keywords in Cyrillic letters", "SЕLЕСТ * { ?s ?p ?o }".encode(), REFUSED),
    _direct("line-separators", "lines ended by other characters", "SELECT *\u2028{ ?s ?p\u0085?o }".encode(), REFUSED),
    _direct("xml", "what XML cannot hold", b"SELECT ('\\u0001\\uFFFF' AS ?x) {}", ("200", "400"), DIRECT, ("Accept", "application/sparql-results+xml")),
    _direct("empty", "no body", b"", REFUSED),
    _direct("spaces", "100,000 spaces", b" " * 100_000, REFUSED),
    _direct("random", "bytes by chance", bytes((n * 7919 + n // 3) % 256 for n in range(9000)), REFUSED),
]  # fmt: skip

_CHARSETS = [
    _direct(f"charset-{number}", f"a charset {name[:20]}", OK, _UNREAD, f"{DIRECT}; charset={name}")
    for number, name in enumerate(("utf-16", "utf-7", "unicode_escape", "zlib", "rot13", "x" * 5000))
]
_BOMB = b"".join([gzip.compress(OK + b" " * 2_000_000, 9)] * 100)  # members of 200 MB together, some 200 kB
_BODIES = [
    _direct("gzip", "a body by gzip", gzip.compress(OK), ("400", "415"), DIRECT, ("Content-Encoding", "gzip")),
    _direct("gzip-bomb", "a body by gzip of 200 MB", _BOMB[: _LIMIT - 1], ("400", "415"), DIRECT, ("Content-Encoding", "gzip")),
    _direct("gzip-bombs", "the same, by name compressed ten times", _BOMB[: _LIMIT - 1], ("400", "415"), DIRECT, ("Content-Encoding", ", ".join(["gzip"] * 10))),
    _direct("deflate", "a body by deflate", zlib.compress(OK), ("400", "415"), DIRECT, ("Content-Encoding", "deflate")),
    _direct("identity", "a coding that is none", OK, ("200", "415"), DIRECT, ("Content-Encoding", "identity")),
    _direct("multipart", "a query in parts", b"--x\r\nContent-Disposition: form-data; name=query\r\n\r\nASK {}\r\n--x--\r\n", _UNREAD, "multipart/form-data; boundary=x"),
    _direct("multipart-parts", "10,000 parts", b"--x\r\n\r\n\r\n" * 10000 + b"--x--\r\n", _UNREAD, "multipart/form-data; boundary=x"),
    _direct("json", "a query in JSON", b'{"query": "ASK {}"}', _UNREAD, "application/json"),
    _direct("json-deep", "100,000 brackets in JSON", b"[" * 100_000, _UNREAD, "application/json"),
    _direct("xml-entities", "entities in XML", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', _UNREAD, "application/xml"),
    _direct("type-none", "no type", OK, _UNREAD, ""),
    _direct("type-nonsense", "a type that is none", OK, _UNREAD, ";;;/=\"\\"),
    _direct("type-long", "a type of 30,000 characters", OK, _UNREAD, "a" * 15000 + "/" + "b" * 15000),
    _direct("type-parameters", "a type with 5,000 parameters", OK, FINE, DIRECT + "; a=b" * 5000),
    _direct("type-quoted", "a type whose quotes do not close", OK, ("200", "415"), DIRECT + '; charset="utf-8'),
    _direct("type-case", "a type in capitals", OK, FINE, DIRECT.upper() + ";CHARSET=UTF-8"),
    _direct("type-twice", "two types", OK, ("200", "400", "415"), DIRECT, ("Content-Type", FORM)),
]  # fmt: skip

_Q = quote(OK.decode())
_FORMS = [
    _get("twice", "an address encoded twice", f"query={quote(_Q)}", REFUSED),
    _get("percent", "percent signs that encode nothing", f"query={_Q}%20%23%zz%", ("200", "400")),
    _get("percent-utf8", "an encoded byte that is no UTF-8", f"query={_Q}%FF", REFUSED),
    _get("percent-overlong", "an encoded overlong slash", f"query={_Q}%23%C0%AF", REFUSED),
    _get("percent-nul", "an encoded NUL", f"query={_Q}%00", REFUSED),
    _get("percent-u", "an encoding that browsers once had", "query=%u0041SK%20%7B%7D", REFUSED),
    _get("percent-lines", "encoded line breaks", f"query={_Q}%0d%0aX-Injected:%201", REFUSED),
    _get("plus", "spaces as plus signs", f"query={quote_plus(OK.decode())}", FINE),
    _get("semicolons", "parameters apart by semicolons", f"a=b;query={_Q}", REFUSED),
    _get("name-encoded", "a name in percent signs", f"%71uery={_Q}", FINE),
    _get("name-case", "a name in capitals", f"QUERY={_Q}", REFUSED),
    _get("no-value", "a query without a value", "query", REFUSED),
    _get("no-name", "a value without a name", f"={_Q}", REFUSED),
    _get("query-twice", "two queries", f"query={_Q}&query={_Q}", REFUSED),
    _get("query-array", "a query as an array", f"query[]={_Q}", REFUSED),
    _get("format-twice", "two formats", f"query={_Q}&format=json&format=csv", REFUSED),
    _get("format-lines", "line breaks in a format", f"query={_Q}&format=text/csv%0d%0aX-Injected:%201", REFUSED),
    _get("format-unknown", "a format that there is not", f"query={_Q}&format=../../etc/passwd", REFUSED),
    _get("format-long", "a format of 20,000 characters", f"query={_Q}&format=" + "x" * 20000, (*REFUSED, "431", "414")),
    _get("ampersands", "20,000 ampersands", "&" * 20000 + f"query={_Q}", ("200", "400", "431", "414")),
    _get("parameters-5000", "5,000 parameters", "&".join(f"a{n}=b" for n in range(5000)) + f"&query={_Q}", (*REFUSED, "431", "414")),
    _get("parameters-same", "one parameter 150 times", "a=b&" * 150 + f"query={_Q}", FINE),
    _form("form-utf8", "a form that is no UTF-8", b"query=" + OK.replace(b" ", b"+") + b"\xff", REFUSED),
    _form("form-percent", "a form that encodes no UTF-8", b"query=ASK+%7B%7D%23%ff", REFUSED),
    _form("form-charset", "a form in another charset", b"query=ASK+%7B%7D", _UNREAD, FORM + "; charset=koi8-r"),
    _form("form-parameters", "50,000 parameters by form", b"a=b&" * 50000 + b"query=ASK{}", REFUSED),
    _form("form-escapes", "a form in percent signs to the limit", b"query=" + b"%41" * 80_000, REFUSED),
    _form("form-collide", "names made to collide", b"&".join(b"%d=%d" % (n, n) for n in range(0, 18_000, 100)) + b"&query=ASK{}", FINE),
]  # fmt: skip

_CHUNKS = wire.request("POST", "/sparql", [("Content-Type", DIRECT), ("Transfer-Encoding", "chunked")])
_SIZES = [
    _direct("body-at-limit", "a body of just the limit", OK + b"#" + b"x" * (_LIMIT - len(OK) - 1), REFUSED),
    _direct("body-over-limit", "a body one byte over the limit", b"x" * (_LIMIT + 1), ("413", "closed")),
    _direct("body-over-limit-form", "a form of 4 MiB", b"query=" + b"x" * 4_000_000, ("413", "closed")),
    raw("encoding-body-declared", FAMILY, "a body said to be of 10^15 bytes", wire.request("POST", "/sparql", [("Content-Type", DIRECT), ("Content-Length", str(10**15))]), ("413", "400")),
    raw("encoding-body-chunked", FAMILY, "chunks of 256 MiB altogether", lambda: (_CHUNKS, *[b"10000\r\n" + b"x" * 65536 + b"\r\n"] * 4096, b"0\r\n\r\n"), ("413", "closed")),
    raw("encoding-body-small-chunks", FAMILY, "a query in chunks of one byte", wire.request("POST", "/sparql", [("Content-Type", DIRECT), _JSON, ("Transfer-Encoding", "chunked")]) + b"".join(b"1\r\n%c\r\n" % byte for byte in OK) + b"0\r\n\r\n", FINE),
    raw("encoding-body-get", FAMILY, "a body with GET", wire.request("GET", f"/sparql?query={_Q}", [_JSON], b"x" * 1000), ("200", "400")),
]  # fmt: skip

ATTACKS = [*_TEXTS, *_CHARSETS, *_BODIES, *_FORMS, *_SIZES]
