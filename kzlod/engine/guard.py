"""Cheap refusals before a query reaches a worker: too long, too deep, federated, or an update.

A courtesy, for clear answers: what passes here unseen still meets the limits of the worker, which can open no
socket. The engine's parser needs no space after a keyword (`SERVICEex:s {`), so that is looked for, too.
"""

import re
from collections.abc import Iterator, Set

from kzlod.engine.base import Malformed, Refused, TooExpensive
from kzlod.engine.lexemes import position, tokens

TEXT_LIMIT = 64 * 1024
"""The longest query, in characters."""

DEPTH_LIMIT = 100
"""The most brackets that may be open at once; 3,000 crash the engine."""

_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}
_QUERIES = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
_BEFORE_NAMES = {"GRAPH", "SERVICE", "SILENT"}
# What a query must have that is looked at more closely: words in any disguise, strings over several lines.
_OF_INTEREST = re.compile(
    r"SERVICE|INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH|\\|\"\"\"|'''", re.IGNORECASE
)
_SCHEME = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*+:/")
_LONG_STRING_ATTEMPTS = 8


def check(
    text: str, text_limit: int = TEXT_LIMIT, depth_limit: int = DEPTH_LIMIT, *, federated: bool = False
) -> None:
    """Raises TooExpensive, Malformed or Refused when a query is not to be given to an engine.

    `federated`: SERVICE is let pass where it is a word of its own, for whoever replaces such clauses; in any
    disguise it is refused as always. What this does not understand it lets pass: the engine's parser has the
    last word on what SPARQL is.
    """
    if len(text) > text_limit:
        raise TooExpensive(f"The query has {len(text)} characters; at most {text_limit} are accepted.")
    brackets = text.count("(") + text.count("{") + text.count("[")
    quotes = text.count('"') % 2 + text.count("'") % 2
    if brackets <= depth_limit and not quotes and not _OF_INTEREST.search(text):
        return  # most queries
    depth = braces = attempts = 0
    previous = previous_but_one = ""
    started = False
    declared: set[str] = set()
    for kind, lexeme, start in tokens(text):
        if kind == "open":
            depth += 1
            if depth > depth_limit:
                raise TooExpensive(
                    f"{depth} brackets are open in line {position(text, start)[0]}; "
                    f"at most {depth_limit} are accepted."
                )
            if lexeme == "{":
                if braces and _glued_service(previous, previous_but_one, declared):
                    raise _federation(text, start, federated)
                braces += 1
        elif kind == "close":
            depth -= 1
            braces -= lexeme == "}"
        elif kind == "word":
            word = lexeme.upper()
            if "SERVICE" in word and not (federated and is_service(kind, lexeme)):
                raise _federation(text, start, federated)
            if not started and word in _UPDATES:
                raise Refused("Updates are not accepted: this endpoint answers queries only.")
            started = started or word in _QUERIES
        elif kind == "prefixed":
            declared.update(_declared(lexeme, previous))
        elif kind == "iri" and _hides_service(lexeme):
            raise _federation(text, start, federated)
        elif kind == "unclosed":
            raise Malformed("the string that begins here is not closed", *position(text, start))
        elif kind == "string" and lexeme in ('""', "''") and text.startswith(lexeme[0], start + 2):
            # Three quotes that begin no long string. Each such attempt reads to the end of the text.
            attempts += 1
            if attempts > _LONG_STRING_ATTEMPTS:
                raise Malformed("the string that begins here is not closed", *position(text, start))
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
                return (f"{prefix}:", *position(text, start))
        previous = lexeme
    return None


def is_service(kind: str, lexeme: str) -> bool:
    """Whether a lexeme is the keyword SERVICE, by itself."""
    return kind == "word" and lexeme.lower() == "service"


def _declared(name: str, before: str) -> Iterator[str]:
    """The prefix that this name declares after the word before it, or written together with PREFIX."""
    prefix = name.partition(":")[0]
    if before.upper() == "PREFIX":
        yield prefix
    elif prefix.upper().startswith("PREFIX"):
        yield prefix[len("PREFIX") :]


def _glued_service(name: str, before: str, declared: Set[str]) -> bool:
    """Whether a name before a brace inside a group may be SERVICE written together with a prefixed name.

    It is one only when what follows SERVICE is a declared prefix: `?s a ex:Service { … }` is a triple and a
    group, and so is `?s a service:X { … }`.
    """
    prefix, colon, _ = name.partition(":")
    if not colon or name[0] in "<\"'?$@_" or before.upper() in _BEFORE_NAMES:
        return False
    upper = prefix.upper()
    end = upper.find("SERVICE") + len("SERVICE")
    if end < len("SERVICE"):
        return False
    silent = len("SILENT") if upper.startswith("SILENT", end) else 0
    return prefix[end:] in declared or prefix[end + silent :] in declared


def _hides_service(iri: str) -> bool:
    """Whether an IRI may be something else to the engine's parser.

    `(?a<?b)SERVICE#>` holds an IRI to the letter of the grammar, a comparison and a comment to that parser.
    """
    if "#" not in iri or _SCHEME.match(iri):
        return False
    closing = min((at for at in (iri.find(")"), iri.find("]")) if at >= 0), default=len(iri))
    return "service" in iri[closing : iri.rfind("#")].lower()


def _federation(text: str, start: int, federated: bool) -> Refused:
    line, column = position(text, start)
    reason = "put a space before and after it." if federated else "this endpoint sends no queries to others."
    return Refused(f"SERVICE (line {line}, column {column}) is not accepted: {reason}")
