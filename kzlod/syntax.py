"""What the query parser says of a malformed query, in words that a person can use.

The parser tells how far it got with whatever it tried last, and what that was: for a missing dot the place
after eight letters, because it tried OPTIONAL. So `diagnose` cuts the query after one lexeme after another:
what is wrong is the first lexeme with which the parser fails before the end of what it is given.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

import pyoxigraph as ox

from kzlod.engine.lexemes import position, tokens

Lexeme = tuple[str, str, int]
"""Kind, text and place, as of kzlod/engine/lexemes.py."""

LONGEST: Final = 16_384
"""Characters; a longer query is not parsed again and again."""

_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
# The parser lists the character classes it would have taken; nobody can read them.
_CHARACTER_CLASS = re.compile(r"(?:, )?\[(?:_|'.*?')\]", re.DOTALL)
_EXPECTED = re.compile(r"expected (?:one of )?")
_SENTENCE = re.compile(r"[A-Z][a-z]+(?: [\w']+){2,}")
_NO_IRI, _NOT_DECLARED = "IRI parsing failed", "Prefix not found"
_PADDING = " " * 16  # no keyword is longer: what fails to be one fails before the end of the text
_NOTHING = "\1"  # no query has it: without it a text that is one would be planned, which may take long
_CONTINUED = ("", "(", "0")  # what must follow at once: names of functions, `10.`
_SHOWN = 60  # characters of a lexeme in a message
_MOST = 8  # possibilities that are named
_ENOUGH = 0.7  # how much a misspelt keyword has in common with the one that is meant
_KEYWORDS = (
    *("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "PREFIX", "BASE", "FROM", "WHERE", "OPTIONAL", "FILTER"),
    *("BIND", "VALUES", "GRAPH", "SERVICE", "MINUS", "UNION", "DISTINCT", "AS", "BY", "ASC", "DESC"),
    *("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "NOT", "EXISTS", "IN"),
)
_OTHERS = {"?x": "a variable", "<x:y>": "an IRI", "1": "a number", '"x"': "a string"}
_OPERATORS = "&|^=<>"
_SIGNS = (".", ";", ",", "{", "}", "(", ")", "*")


def explain(message: str) -> tuple[str, int | None, int | None]:
    """The parser's message in readable words, line and column (both 1-based, None where it gives none)."""
    match = _POSITION.fullmatch(message)
    if not match:
        return message, None, None
    line, column = int(match[1]), int(match[2])
    rest = _EXPECTED.sub("", _CHARACTER_CLASS.sub("", match[3]), count=1).strip(" ,")
    if sentence := _SENTENCE.search(rest):
        return sentence[0], line, column
    hint = f"; possible here, among other things: {rest}" if rest else ""
    return f"the query cannot go on like this, or ends too early{hint}", line, column


def diagnose(
    query: str, message: str, *, base_iri: str | None = None, prefixes: Mapping[str, str] | None = None
) -> tuple[str, int | None, int | None]:
    """What is wrong with a query of which the parser said `message`; line and column of where that begins.

    The base and the prefixes are those with which it was parsed. The parser's own words and place where
    nothing better is found, and for a query that is longer than `LONGEST`.
    """
    if len(query) > LONGEST or not _POSITION.fullmatch(message):
        return explain(message)
    parse = _Parser(base_iri, dict(prefixes or {}))
    lexemes = list(_with_operators(tokens(query)))
    wrong = _first_wrong(query, lexemes, parse)
    known = lexemes if wrong is None else lexemes[: wrong + 1]
    unclosed = next((start for kind, _, start in known if kind == "unclosed"), None)
    if unclosed is not None:
        begins = query[unclosed : unclosed + _SHOWN].split()[0]
        return f"the string that begins with “{begins}” is not closed", *position(query, unclosed)
    if wrong is None:
        words, line, column = explain(message)
        if _SENTENCE.fullmatch(words):
            return words, line, column
        return f"the query ends too early{_possible(query, parse)}", *position(query, len(query.rstrip()))
    _, text, start = lexemes[wrong]
    said = parse.complaint(query[: start + len(text)] + _PADDING) or message
    if _NO_IRI in said and (begin := query.rfind("<", 0, start + 1)) >= 0:
        return f"“{query[begin : start + len(text)]}” is not a valid IRI", *position(query, begin)
    if _NOT_DECLARED in said and ":" in text:
        return f"the prefix {text.partition(':')[0]}: is not declared", *position(query, start)
    words, _, _ = explain(said)
    if not _SENTENCE.fullmatch(words):
        words = f"the query cannot go on with “{text[:_SHOWN]}”{_possible(query[:start], parse, text)}"
    return words, *position(query, start)


def _with_operators(lexemes: Iterable[Lexeme]) -> Iterator[Lexeme]:
    """The same, signs that stand together as one: half an operator is none."""
    last: Lexeme | None = None
    for one in lexemes:
        if (
            last
            and last[0] == one[0] == "other"
            and last[2] + len(last[1]) == one[2]
            and one[1] in _OPERATORS
        ):
            last = (last[0], last[1] + one[1], last[2])
            continue
        if last:
            yield last
        last = one
    if last:
        yield last


def _first_wrong(query: str, lexemes: Sequence[Lexeme], parse: "_Parser") -> int | None:
    """Which lexeme is the first with which no query begins, by bisection; None if there is none."""
    low, high = 0, len(lexemes)
    while low < high:
        middle = (low + high) // 2
        _, text, start = lexemes[middle]
        before = query[: start + len(text)]
        if any(parse.goes_on(before + more) for more in _CONTINUED):
            low = middle + 1
        else:
            high = middle
    return low if low < len(lexemes) else None


@dataclass(frozen=True, slots=True)
class _Parser:
    """Parses texts with the same base and prefixes."""

    base_iri: str | None
    prefixes: dict[str, str]

    def complaint(self, text: str) -> str | None:
        """What the parser says of a text, None when it is a query."""
        try:
            ox.Store().query(text, base_iri=self.base_iri, prefixes=self.prefixes)
        except SyntaxError as error:
            return str(error)
        except (OSError, RuntimeError, ValueError):
            pass  # it is one that cannot be evaluated
        return None

    def goes_on(self, text: str) -> bool:
        """Whether a query can begin with this text: the parser wants more, if anything."""
        padded = text + _PADDING
        match = _POSITION.fullmatch(self.complaint(padded + _NOTHING) or "")
        return match is None or (int(match[1]), int(match[2])) >= position(padded, len(padded))


def _possible(before: str, parse: "_Parser", wrong: str = "") -> str:
    """The end of a message: what could stand after a text in place of what is wrong."""
    before += "\n"  # it may end in a comment
    found = [word for word in _KEYWORDS if parse.goes_on(before + word)]
    if meant := get_close_matches(wrong.upper(), found, 1, _ENOUGH):
        return f"; did you mean {meant[0]}?"
    signs = [sign for sign in _SIGNS if parse.goes_on(before + sign)]
    names = [name for sign, name in _OTHERS.items() if parse.goes_on(before + sign)]
    possible = ", ".join([" ".join(signs), *names, *found][:_MOST]).lstrip(", ")
    return f"; possible here, among other things: {possible}" if possible else ""
