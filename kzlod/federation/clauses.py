"""SERVICE clauses of a query: found, made into queries for other endpoints, and replaced by their answers.

Pure functions over the tokens of SPARQL 1.1. A clause means the solutions that its endpoint has for the
pattern, joined with the rest (SPARQL 1.1 Federated Query, section 4); a VALUES block in its place means the
same.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from kzlod.engine.base import Malformed, Refused, TooExpensive
from kzlod.engine.guard import is_service, undeclared_prefix
from kzlod.engine.lexemes import position, tokens

CLAUSES_LIMIT = 4
"""The most SERVICE clauses of one query."""

NOTHING_KNOWN = "VALUES () { () }"
"""What stands for a SERVICE SILENT that failed: one solution without bindings."""

_Token = tuple[str, str, int]
_END: _Token = ("", "", 0)

# What could be a comparison (`?a<?b&&…`) is left to the endpoint.
_RELATIVE = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.\-]*:|[?$\d])[^&]*>")
_ESCAPED_LETTER = re.compile(r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}")
_ESCAPED_SIGN = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Clause:
    """A SERVICE clause: whom to ask what, whether failing is passed over, and where it stands in the text."""

    endpoint: str
    query: str
    silent: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A query in which blocks have taken the places of clauses."""

    text: str
    _original: str
    _edits: tuple[tuple[Clause, int], ...]

    def original_place(self, line: int, column: int) -> tuple[int, int]:
        """Where a place of this text is in the original; for a place in a block, where its clause begins."""
        at = 0
        for _ in range(line - 1):
            at = self.text.find("\n", at) + 1
        at += column - 1
        shift = 0
        for clause, length in self._edits:
            begin = clause.start + shift
            if at < begin:
                break
            if at < begin + length:
                return position(self._original, clause.start)
            shift += length - (clause.end - clause.start)
        return position(self._original, at - shift)


def find_clauses(text: str, base_iri: str | None = None) -> tuple[Clause, ...]:
    """The SERVICE clauses of a query that `kzlod.engine.guard.check` has let pass as federated, in order.

    `base_iri` resolves relative IRIs where the query has no BASE. Raises Refused for a clause whose endpoint
    is a variable or which holds another clause, TooExpensive for too many, Malformed for what is no clause.
    """
    lexemes = list(tokens(text))
    if not any(is_service(kind, lexeme) for kind, lexeme, _ in lexemes):
        return ()
    if undeclared := undeclared_prefix(text):
        prefix, line, column = undeclared
        raise Malformed(f"the prefix {prefix} is not declared", line, column)
    prologue = _Prologue(lexemes, base_iri)
    found: list[Clause] = []
    depth = at = 0
    while at < len(lexemes):
        kind, lexeme, start = lexemes[at]
        at += 1
        if is_service(kind, lexeme):
            if depth < 1:
                raise Malformed("SERVICE stands inside of braces only", *position(text, start))
            if len(found) == CLAUSES_LIMIT:
                raise TooExpensive(f"A query may have at most {CLAUSES_LIMIT} SERVICE clauses.")
            clause, at = _read_clause(text, lexemes, at, prologue)
            found.append(clause)
        elif kind in ("open", "close"):
            depth += {"{": 1, "}": -1}.get(lexeme, 0)
    return tuple(found)


def replace_clauses(text: str, clauses: Sequence[Clause], blocks: Sequence[str]) -> Rewritten:
    """The query with each clause replaced by its block, which has no line breaks."""
    # The spaces keep a block from growing together with what stands beside it.
    spaced = [f" {block} " for block in blocks]
    ends = [0, *(clause.end for clause in clauses)]
    parts = []
    for end, clause, block in zip(ends, clauses, spaced, strict=False):
        parts += [text[end : clause.start], block]
    edits = tuple(zip(clauses, map(len, spaced), strict=True))
    return Rewritten("".join([*parts, text[ends[-1] :]]), text, edits)


class _Prologue:
    """BASE and PREFIX declarations: as they are written, and what they mean."""

    def __init__(self, lexemes: Sequence[_Token], base_iri: str | None) -> None:
        self.base = base_iri
        self._namespaces: dict[str, str] = {}
        self._declarations = [("", f"BASE <{base_iri}>")] if base_iri else []
        rest = iter(lexemes)
        for _, keyword, _ in rest:
            kind, lexeme, _ = next(rest, _END)
            if keyword.upper() == "BASE" and kind == "iri":
                self.base = self.resolve(lexeme)
                self._declarations.append(("", f"BASE {lexeme}"))
            elif keyword.upper() == "PREFIX" and kind == "prefixed":
                iri = next(rest, _END)[1]
                self._namespaces[lexeme] = self.resolve(iri)
                self._declarations.append((lexeme, f"PREFIX {lexeme} {iri}"))
            elif keyword.upper() != "VERSION":
                break

    def resolve(self, iri: str) -> str:
        """The IRI for one in angle brackets."""
        return urljoin(self.base or "", iri[1:-1])

    def expand(self, name: str) -> str:
        """The IRI for a prefixed name."""
        prefix, colon, local = name.partition(":")
        return self._namespaces.get(prefix + colon, "") + _ESCAPED_SIGN.sub(r"\1", local)

    def needed_for(self, pattern: str) -> str:
        """The declarations that a pattern may need, each in a line of its own."""
        return "".join(f"{text}\n" for prefix, text in self._declarations if prefix in pattern)


def _read_clause(text: str, lexemes: Sequence[_Token], at: int, prologue: _Prologue) -> tuple[Clause, int]:
    """The clause whose keyword stands before a lexeme, and the number of the first lexeme after it."""
    start = lexemes[at - 1][2]
    following = [*lexemes[at : at + 3], _END, _END, _END]
    silent = following[0][0] == "word" and following[0][1].lower() == "silent"
    (kind, name, _), (_, opening, _) = following[silent : silent + 2]
    if kind == "name" and name[0] in "?$":
        raise Refused(
            f"SERVICE {name} (line {position(text, start)[0]}) is not accepted: name the endpoint by its IRI."
        )
    if kind not in ("iri", "prefixed"):
        raise Malformed("SERVICE is followed by the IRI of an endpoint", *position(text, start))
    if opening != "{":
        raise Malformed("the endpoint of SERVICE is followed by a group in braces", *position(text, start))
    endpoint = prologue.resolve(name) if kind == "iri" else prologue.expand(name)
    if not re.match(r"[A-Za-z][A-Za-z0-9+.\-]*:", endpoint):
        raise Refused(f"SERVICE {name} is not accepted: the IRI is relative, and there is no BASE.")
    first = at + silent + 1
    last = _closing(text, lexemes, first)
    pattern = text[lexemes[first][2] : lexemes[last][2] + 1]
    _check_pattern(text, lexemes[first : last + 1], has_base=prologue.base is not None)
    query = f"{prologue.needed_for(pattern)}SELECT * {pattern}"
    return Clause(endpoint, query, bool(silent), start, lexemes[last][2] + 1), last + 1


def _closing(text: str, lexemes: Sequence[_Token], opening: int) -> int:
    """The number of the brace that closes the one of that number."""
    depth = 0
    for number in range(opening, len(lexemes)):
        kind, lexeme, _ = lexemes[number]
        if kind in ("open", "close"):
            depth += {"{": 1, "}": -1}.get(lexeme, 0)
        if not depth:
            return number
    raise Malformed("the brace that opens here is not closed", *position(text, lexemes[opening][2]))


def _check_pattern(text: str, lexemes: Sequence[_Token], *, has_base: bool) -> None:
    """Raises Refused or Malformed for what another endpoint could read differently from us."""
    for kind, lexeme, start in lexemes:
        if is_service(kind, lexeme):
            line, column = position(text, start)
            raise Refused(f"SERVICE inside of SERVICE (line {line}, column {column}) is not accepted.")
        if kind == "iri" and not has_base and _RELATIVE.fullmatch(lexeme):
            raise Malformed(f"the IRI {lexeme} is relative, and there is no BASE", *position(text, start))
    # Some read such letters before they read strings and IRIs, as SPARQL 1.1, section 19.2, says.
    if escaped := _ESCAPED_LETTER.search(text, lexemes[0][2], lexemes[-1][2]):
        line, column = position(text, escaped.start())
        raise Refused(
            f"{escaped[0]} (line {line}, column {column}) is not accepted inside of SERVICE: "
            "write the character itself."
        )
