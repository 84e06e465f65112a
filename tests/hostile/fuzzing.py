"""Requests and queries by chance, each run the same: valid ones, and what becomes of them when damaged."""
# ruff: noqa: E501 - tables of odd things

import re
from collections.abc import Iterator
from random import Random
from urllib.parse import quote

from tests.hostile import wire
from tests.hostile.attack import DIRECT, FORM

EX = "http://example.org/"
_THINGS, _VALUES = ("?a", "?b", "?c"), ("?d", "?e")
_VARIABLES = (*_THINGS, *_VALUES)
_LITERALS = ("1", "2", "7", "-3", "2.5", '"text"', '"мәтін"@kk', '"text"@en', "true", "1e3")
_FUNCTIONS = (
    "STR",
    "STRLEN",
    "LANG",
    "UCASE",
    "LCASE",
    "DATATYPE",
    "ABS",
    "isIRI",
    "isLiteral",
    "BOUND",
    "SHA1",
)
_PATTERNS = ("^t.x", "[0-9]+", "(a|b)*$", "(")
_OPERATORS = ("=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "&&", "||")
_TOKEN = re.compile(r"\s+|<[^<>\s]*>|\"[^\"]*\"|'[^']*'|[?$:]?\w+|.", re.DOTALL)
_SPICE = (
    *(b"\r\n", b"\n", b"\r", b"\x00", b"\xff", b"%", b"%00", b"%zz", b" ", b"\t", b":", b";", b",", b"/", b"?"),
    *(b"#", b"{", b"}", b"<", b">", b'"', b"'", b"\\", b"0", b"-1", b"9" * 30, b"a" * 500, b"\xd2\x9b", b"&"),
    *(b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n", b"HTTP/1.1", b"GET / HTTP/1.1\r\n"),
    *(b"Expect: 100-continue\r\n", b"Connection: close\r\n", b"Connection: Upgrade\r\nUpgrade: h2c\r\n", b"\r\n\r\n"),
)  # fmt: skip


def data(items: int = 24) -> str:
    """A small data set in N-Quads: things with numbers, texts and links, some of it in two named graphs."""
    lines = []
    for n in range(items):
        thing, graph = f"<{EX}i{n}>", f" <{EX}g{n % 2}>" if n % 3 == 0 else ""
        for predicate, value in (
            ("p0", f"<{EX}i{n * 7 % items}>"),
            ("p1", f'"{n % 5}"^^<http://www.w3.org/2001/XMLSchema#integer>'),
            ("p2", f'"text {n % 4}"@{"kk" if n % 2 else "en"}'),
            ("p3", f"<{EX}i{n // 2}>"),
        ):
            lines.append(f"{thing} <{EX}{predicate}> {value}{graph} .")
            if graph:
                lines.append(f"{thing} <{EX}{predicate}> {value} .")
    return "\n".join(dict.fromkeys(lines)) + "\n"


def query(chance: Random) -> str:
    """A query that is valid, or nearly always so, over that data set."""
    form = chance.choice(
        ("SELECT", "SELECT", "SELECT DISTINCT", "COUNT", "GROUP", "ASK", "CONSTRUCT", "DESCRIBE")
    )
    body = _group(chance, 2)
    prologue = f"PREFIX ex: <{EX}> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
    if form == "ASK":
        return f"{prologue}ASK {body}"
    if form == "CONSTRUCT":
        return f"{prologue}CONSTRUCT {{ {_triple(chance, False)} {_triple(chance, False)} }} WHERE {body}"
    if form == "DESCRIBE":
        return f"{prologue}DESCRIBE ex:i{chance.randrange(24)} {chance.choice(_VARIABLES)} WHERE {body}"
    if form == "COUNT":
        return f"{prologue}SELECT (COUNT({chance.choice(('*', 'DISTINCT ?a', '?b'))}) AS ?n) WHERE {body}"
    if form == "GROUP":
        function = chance.choice(("COUNT", "SUM", "MIN", "MAX", "AVG"))
        return f"{prologue}SELECT ?a ({function}(?b) AS ?n) WHERE {body} GROUP BY ?a"
    shown = " ".join(chance.sample(_VARIABLES, 3)) if chance.random() < 0.7 else "*"
    ordered = f" ORDER BY {' '.join(chance.sample(_VARIABLES, 2))}" if chance.random() < 0.3 else ""
    return f"{prologue}{form} {shown} WHERE {body}{ordered}"


def damaged_query(chance: Random, text: str) -> str:
    """A query with some of its tokens lost, doubled, exchanged or spoiled."""
    tokens = _TOKEN.findall(text)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        place, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
        match chance.randrange(8):
            case 0:
                del tokens[place]
            case 1:
                tokens.insert(place, tokens[other])
            case 2:
                tokens[place], tokens[other] = tokens[other], tokens[place]
            case 3:
                tokens[place] = chance.choice(
                    ("{", "}", "(", ")", ".", ";", "'", "<", "?", "\\", "қ", "\u200b", "0")
                )
            case 4 | 5 | 6:
                alike = [one for one in tokens if one[0] == tokens[place][0]]
                tokens[place] = chance.choice((*alike, *_VARIABLES) if tokens[place][0] == "?" else alike)
            case _:
                tokens[place] += chance.choice(
                    ("x", "*", "+", "@en", "^^xsd:integer", "#", " ", "\n", "-", "\x01")
                )
        if not tokens:
            return ""
    return "".join(tokens)


def requests() -> list[bytes]:
    """Valid requests of many kinds, each the last on its connection."""
    ask = f"SELECT * {{ ?s <{EX}p1> ?o }}"
    json = ("Accept", "application/sparql-results+json")
    last = ("Connection", "close")
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(ask), ask.encode())
    return [
        wire.request("GET", f"/sparql?query={quote(ask)}", [json, last]),
        wire.request("GET", f"/sparql?query={quote(ask)}&default-graph-uri={quote(EX)}g0&format=csv", [last]),
        wire.request("GET", "/sparql", [("Accept", "text/turtle"), last]),
        wire.request("POST", "/sparql", [("Content-Type", DIRECT), json, last], ask.encode()),
        wire.request("POST", "/sparql", [("Content-Type", FORM), last], f"query={quote(ask)}".encode()),
        wire.request("POST", "/sparql", [("Content-Type", DIRECT), ("Transfer-Encoding", "chunked"), last]) + chunks,
        wire.request("OPTIONS", "/sparql", [("Origin", "http://a"), last]),
        wire.request("GET", "/", [("Accept", "text/html;q=0.9, */*;q=0.1"), ("Accept-Language", "kk, ru;q=0.5"), last]),
        wire.request("GET", "/?lang=ru", [("Cookie", "lang=kk"), last]),
        wire.request("GET", "/doc/act/KAZ/criminal-code.ttl?page=2", [("If-None-Match", '"a", W/"b"'), last]),
        wire.request("GET", "/id/%D2%9B/x", [("X-Forwarded-For", "10.0.0.1, 10.0.0.2"), last]),
        wire.request("GET", "/dumps/", [("Accept", "application/json"), ("Range", "bytes=0-9"), last]),
        wire.request("GET", "/query?query=ASK%20%7B%7D", [last]),
        wire.request("GET", "/examples/x.rq", [last]),
        wire.request("GET", "/sitemap/1.xml", [last]),
        wire.request("GET", "/static/style.css", [last]),
        wire.request("GET", "/health", [last]),
        wire.request("DELETE", "/nothing/here", [last]),
    ]  # fmt: skip


def damaged_requests(chance: Random, count: int) -> Iterator[bytes]:
    """So many requests: pieces lost, doubled, exchanged, spiced, joined, and bytes by chance."""
    valid = requests()
    for _ in range(count):
        sent = bytearray(chance.choice(valid))
        path = chance.random() < 0.4  # only the address
        for _ in range(chance.choice((1, 1, 1, 2, 4))):
            place = chance.randrange(
                sent.find(b" HTTP/") + 1 if path and b" HTTP/" in sent else len(sent) + 1
            )
            length = chance.choice((1, 1, 2, 8, 40))
            match chance.randrange(7):
                case 0:
                    del sent[place : place + length]
                case 1:
                    sent[place:place] = chance.choice(_SPICE)
                case 2:
                    sent[place : place + 1] = bytes([chance.randrange(256)])
                case 3:
                    sent[place:place] = sent[place : place + length] * chance.choice((1, 2, 30))
                case 4:
                    other = chance.choice(valid)
                    sent[place:] = other[chance.randrange(len(other)) :]
                case 5:
                    sent[place : place + length] = chance.randbytes(length)
                case _:
                    lines = bytes(sent).split(b"\r\n")
                    chance.shuffle(lines)
                    sent = bytearray(b"\r\n".join(lines)) if chance.random() < 0.3 else sent
        yield bytes(sent)


def _group(chance: Random, depth: int) -> str:
    parts = [_triple(chance, True) for _ in range(chance.randint(1, 2))]
    parts += [_part(chance, depth) for _ in range(chance.randint(0, 2))]
    return "{ " + " ".join(parts) + " }"


def _part(chance: Random, depth: int) -> str:
    kinds = ["FILTER", "BIND", "VALUES"] + ["OPTIONAL", "UNION", "MINUS", "GRAPH", "EXISTS", "SELECT"] * (
        depth > 0
    )
    match chance.choice(kinds):
        case "FILTER":
            condition = _expression(chance, 2)
            return f"FILTER({condition})" if chance.random() < 0.4 else f"FILTER(COALESCE({condition}, true))"
        case "BIND":
            return f"BIND({_expression(chance, 2)} AS ?x{chance.randrange(10**6)})"
        case "VALUES":
            return f"VALUES {chance.choice(_VARIABLES)} {{ {_constant(chance)} {_constant(chance)} UNDEF }}"
        case "UNION":
            return f"{_group(chance, depth - 1)} UNION {_group(chance, depth - 1)}"
        case "GRAPH":
            return f"GRAPH {chance.choice(('?g', 'ex:g0', 'ex:g1', 'ex:none'))} {_group(chance, depth - 1)}"
        case "EXISTS":
            return f"FILTER {chance.choice(('EXISTS', 'NOT EXISTS'))} {_group(chance, depth - 1)}"
        case "SELECT":
            return f"{{ SELECT DISTINCT ?a ?b WHERE {_group(chance, depth - 1)} }}"
        case other:
            return f"{other} {_group(chance, depth - 1)}"


def _triple(chance: Random, pattern: bool) -> str:
    subject = chance.choice((*_THINGS, *_THINGS, f"ex:i{chance.randrange(24)}"))
    number = chance.randrange(4)
    step = f"ex:p{number}"
    value = chance.choice(_THINGS if number in (0, 3) else _VALUES)
    if not pattern:
        return f"{subject} {step} {value} ."
    predicate = chance.choice(
        (step, step, step, step, "?p", f"ex:p0/{step}", f"ex:p3+/{step}", f"({step}|ex:p3)", f"!{step}")
    )
    if chance.random() < 0.1:
        predicate, value = f"^{step}", chance.choice(_THINGS)
    return f"{subject} {predicate} {_constant(chance) if chance.random() < 0.1 else value} ."


def _constant(chance: Random) -> str:
    return chance.choice((*_LITERALS, f"ex:i{chance.randrange(24)}", f"<{EX}p1>"))


def _expression(chance: Random, depth: int) -> str:
    if depth == 0 or chance.random() < 0.2:
        return chance.choice((*_VARIABLES, _constant(chance)))
    inner = _expression(chance, depth - 1)
    match chance.randrange(6):
        case 0:
            function = chance.choice(_FUNCTIONS)
            return f"{function}({chance.choice(_VARIABLES) if function == 'BOUND' else inner})"
        case 1:
            return f"({inner} {chance.choice(_OPERATORS)} {_expression(chance, depth - 1)})"
        case 2:
            return f"REGEX(STR({inner}), '{chance.choice(_PATTERNS)}', 'i')"
        case 3:
            return f"IF({inner}, {_expression(chance, depth - 1)}, {_constant(chance)})"
        case 4:
            return f"({inner} IN ({_constant(chance)}, {_constant(chance)}))"
        case _:
            return f"COALESCE({inner}, CONCAT(STR({inner}), 'x'), xsd:integer({inner}))"
