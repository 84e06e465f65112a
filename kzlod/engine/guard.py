"""Cheap refusals before a query reaches a worker: too long, too deep, federated, or an update.

A courtesy, for clear answers: what passes here unseen still meets the limits of the worker, which can open no
socket. The tokens are those of SPARQL 1.1, section 19.8, read so that strings, comments and IRIs hide what is
in them. The engine's parser needs no space after a keyword (`SERVICEex:s {`), so that is looked for, too.
"""

import re
from collections.abc import Iterator

from kzlod.engine.base import Malformed, Refused, TooExpensive

TEXT_LIMIT = 64 * 1024
"""The longest query, in characters."""

DEPTH_LIMIT = 100
"""The most brackets that may be open at once; 3,000 crash the engine."""

_TOKENS = re.compile(
    r"""
    (?P<space>    [ \t\r\n]++ | \#[^\r\n]*+ )
  | (?P<iri>      <(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+> )
  | (?P<string>   \"{3}(?:[^"\\]|\\.|"(?!""))*+\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*+'{3}
                  | "(?:[^"\\\r\n]|\\.)*+" | '(?:[^'\\\r\n]|\\.)*+' )
  | (?P<unclosed> ["'] )
  | (?P<name>     [?$]\w++ | @[A-Za-z]++(?:-[A-Za-z0-9]++)*+ | _:\w[\w.\-]*+ )
  | (?P<prefixed> (?:[^\W\d_][\w.\-]*+)?:(?:[\w:.\-]|%[0-9A-Fa-f]{2}|\\.)*+ )
  | (?P<word>     [^\W\d_][\w.\-]*+ )
  | (?P<open>     [({\[] )
  | (?P<close>    [)}\]] )
  | (?P<other>    \d++ | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}
_QUERIES = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
_SCHEME = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*+:/")
_LONG_STRING_ATTEMPTS = 8


def check(text: str, text_limit: int = TEXT_LIMIT, depth_limit: int = DEPTH_LIMIT) -> None:
    """Raises TooExpensive, Malformed or Refused when a query is not to be given to an engine.

    What this does not understand it lets pass: the engine's parser has the last word on what SPARQL is.
    """
    if len(text) > text_limit:
        raise TooExpensive(f"The query has {len(text)} characters; at most {text_limit} are accepted.")
    depth = braces = attempts = 0
    previous = previous_but_one = ""
    started = False
    for kind, lexeme, start in tokens(text):
        if kind == "open":
            depth += 1
            if depth > depth_limit:
                raise TooExpensive(
                    f"{depth} brackets are open in line {_position(text, start)[0]}; "
                    f"at most {depth_limit} are accepted."
                )
            if lexeme == "{":
                if braces and _glued_service(previous, previous_but_one):
                    raise _federation(text, start)
                braces += 1
        elif kind == "close":
            depth -= 1
            braces -= lexeme == "}"
        elif kind == "word":
            word = lexeme.upper()
            if "SERVICE" in word:
                raise _federation(text, start)
            if not started and word in _UPDATES:
                raise Refused("Updates are not accepted: this endpoint answers queries only.")
            started = started or word in _QUERIES
        elif kind == "iri" and _hides_service(lexeme):
            raise _federation(text, start)
        elif kind == "unclosed":
            raise Malformed("the string that begins here is not closed", *_position(text, start))
        elif kind == "string" and lexeme in ('""', "''") and text.startswith(lexeme[0], start + 2):
            # Three quotes that begin no long string. Each such attempt reads to the end of the text.
            attempts += 1
            if attempts > _LONG_STRING_ATTEMPTS:
                raise Malformed("the string that begins here is not closed", *_position(text, start))
        previous_but_one, previous = previous, lexeme


def undeclared_prefix(text: str) -> tuple[str, int, int] | None:
    """The first prefix that a query uses and does not declare, with line and column; None without one."""
    declared: set[str] = set()
    previous = ""
    for kind, lexeme, start in tokens(text):
        if kind == "prefixed":
            prefix = lexeme.partition(":")[0]
            if previous.upper() == "PREFIX":
                declared.add(prefix)
            elif prefix not in declared:
                return (f"{prefix}:", *_position(text, start))
        previous = lexeme
    return None


def tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Kind, text and place of each lexeme that is neither space nor comment."""
    for match in _TOKENS.finditer(text):
        kind = match.lastgroup or ""
        if kind != "space":
            yield kind, match[0], match.start()


def _glued_service(name: str, before: str) -> bool:
    """Whether a name before a brace inside a group is SERVICE written together with a prefixed name.

    There the grammar allows a prefixed name only after GRAPH, or SERVICE and SILENT.
    """
    return (
        ":" in name and name[0] not in "<\"'?$@_" and "SERVICE" in name.upper() and before.upper() != "GRAPH"
    )


def _hides_service(iri: str) -> bool:
    """Whether an IRI may be something else to the engine's parser.

    `(?a<?b)SERVICE#>` holds an IRI to the letter of the grammar, a comparison and a comment to that parser.
    """
    if "#" not in iri or _SCHEME.match(iri):
        return False
    closing = min((at for at in (iri.find(")"), iri.find("]")) if at >= 0), default=len(iri))
    return "service" in iri[closing : iri.rfind("#")].lower()


def _federation(text: str, start: int) -> Refused:
    line, column = _position(text, start)
    return Refused(
        f"SERVICE (line {line}, column {column}) is not accepted: this endpoint sends no queries to others."
    )


def _position(text: str, start: int) -> tuple[int, int]:
    """Line and column, both from 1."""
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
