"""What an engine of others must know of a query before it can send it: its form, its data set, its bounds.

Read from the tokens (kzlod/engine/guard.py), so that strings, comments and IRIs hide what is in them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from kzlod.engine.base import Kind, Malformed, Refused
from kzlod.engine.guard import check
from kzlod.engine.lexemes import tokens

_KINDS = {
    "SELECT": Kind.SOLUTIONS,
    "ASK": Kind.BOOLEAN,
    "CONSTRUCT": Kind.GRAPH,
    "DESCRIBE": Kind.GRAPH,
}
_FORM = re.compile("|".join(_KINDS))
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
# Virtuoso runs its own procedures under such names, declared or not.
_PROCEDURE = re.compile(r"(?:bif|sql):", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a query.

    `start` is where its first keyword begins. `dataset` is the place (from, to) of its FROM clauses, None
    without any; `default` and `named` say which of FROM and FROM NAMED there are. `group` is where its
    outermost pattern begins (with WHERE, if written), None without one. `limit` is the LIMIT of the whole
    query.
    """

    kind: Kind
    start: int
    dataset: tuple[int, int] | None
    default: bool
    named: bool
    group: int | None
    limit: int | None


def form_of(text: str) -> Form:
    """The form of a query; Malformed when it has none."""
    words = _outermost(text)
    found = next(((i, m[0], at) for i, (word, at) in enumerate(words) if (m := _FORM.match(word))), None)
    if found is None:
        raise Malformed("the query has none of SELECT, ASK, CONSTRUCT and DESCRIBE")
    index, name, start = found
    rest = words[index + 1 :]
    places = [i for i, (word, _) in enumerate(rest) if word == "FROM"]
    begins = [i for i, (word, _) in enumerate(rest) if word in ("WHERE", "{")]
    if name == "CONSTRUCT" and len(begins) > 1 and rest[begins[0]][0] == "{":
        begins = begins[1:]  # the first brace opens the template
    group = rest[begins[0]][1] if begins else None
    named = [i for i in places if i + 1 < len(rest) and rest[i + 1][0] == "NAMED"]
    last = rest[places[-1] + (3 if places[-1] in named else 2) :] if places else []
    bound = next((at for (word, _), (_, at) in pairwise(rest) if word == "LIMIT"), len(text))
    number = _NUMBER.match(text, bound)
    return Form(
        kind=_KINDS[name],
        start=start,
        dataset=(rest[places[0]][1], last[0][1] if last else len(text)) if places else None,
        default=len(places) > len(named),
        named=bool(named),
        group=group,
        limit=int(number[0]) if number else None,
    )


def _outermost(text: str) -> list[tuple[str, int]]:
    """The places of tokens outside all brackets; keywords, in capitals, and opening brackets also as text."""
    found: list[tuple[str, int]] = []
    depth = 0
    for kind, lexeme, start in tokens(text):
        if kind == "close":
            depth -= 1
        elif depth == 0:
            word = lexeme.upper() if kind == "word" else lexeme if kind == "open" else ""
            found.append((word, start))
        depth += kind == "open"
    return found


def counting(text: str, form: Form) -> str | None:
    """A query for the number of solutions (`?n`) that another one is made from; None where there are none."""
    if form.group is None:
        return None
    dataset = text[slice(*form.dataset)] if form.dataset else ""
    return (
        f"{text[: form.start]}SELECT (COUNT(*) AS ?n) {dataset}\n"
        f"WHERE {{ SELECT (1 AS ?one) {text[form.group :]}\n}}"
    )


def without_dataset(text: str, form: Form) -> str:
    """The query with blanks in place of its FROM clauses, every line and column as before."""
    if form.dataset is None:
        return text
    start, end = form.dataset
    return text[:start] + re.sub(r"[^\r\n]", " ", text[start:end]) + text[end:]


def refuse_extensions(text: str, text_limit: int, depth_limit: int) -> None:
    """Raises Refused for what is no SPARQL but may do harm in an engine of others: Virtuoso's pragmas
    (`DEFINE get:…` fetches addresses) and procedures, and SERVICE written with codepoint escapes (SPARQL 1.1,
    section 19.2).
    """
    plain = _ESCAPE.sub(_character, text)
    for kind, lexeme, _, iri in _resolved(plain):
        if _PROCEDURE.match(iri):
            raise Refused(f"{lexeme} is not accepted: this endpoint runs no procedures.")
        if kind == "word" and lexeme.upper().startswith("DEFINE"):
            raise Refused("DEFINE is not accepted: it is no part of SPARQL.")
    if plain != text:
        try:
            check(plain, text_limit, depth_limit)
        except Malformed:
            return  # only engines that resolve escapes late take it as it was meant


def spelled_out(text: str) -> str:
    r"""The query with whole IRIs for names such as `act:a\/b`, whose escapes not every parser knows."""
    parts: list[str] = []
    end = 0
    for kind, lexeme, start, iri in _resolved(text):
        if kind == "prefixed" and "\\" in lexeme:
            parts += [text[end:start], f"<{iri}>"]
            end = start + len(lexeme)
    return "".join([*parts, text[end:]])


def _resolved(text: str) -> Iterator[tuple[str, str, int, str]]:
    """The tokens, each with the IRI that it stands for (as written, maybe relative), else an empty string."""
    spaces: dict[str, str] = {}
    before = declared = ""
    for kind, lexeme, start in tokens(text):
        iri = lexeme[1:-1] if kind == "iri" else ""
        if kind == "prefixed":
            prefix, _, local = lexeme.partition(":")
            declared = prefix if before == "PREFIX" else ""
            iri = spaces.get(prefix, "") + local.replace("\\", "")
        elif kind == "iri" and before == f"{declared}:":
            spaces[declared] = iri
        before = lexeme.upper() if kind == "word" else lexeme
        yield kind, lexeme, start, iri


def _character(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else " "
