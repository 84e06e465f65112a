"""Reading Turtle files so that every complaint can name file and line.

Parsing is pyoxigraph's. What it does not tell is where a subject is described; a scan of
the tokens of the Turtle grammar (W3C RDF 1.1 Turtle, section 6.5) finds that.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

import pyoxigraph as ox

from kzlod.errors import InputError, Problem

_TOKEN = re.compile(
    r"""
    (?P<skip>  \s+ | \#[^\n\r]* )
  | (?P<text>  \"\"\"(?:[^"\\]|\\.|\"(?!\"\"))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
             | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*' )
  | (?P<iri>   <[^<>"{}|^`\x00-\x20]*> )
  | (?P<open>  [\[(] )
  | (?P<close> [\])] )
  | (?P<punct> \^\^ | [;,] )
  | (?P<name>  (?:[^\s<>"'()\[\];,\#^\\.]|\\.|\.(?=[^\s<>"'()\[\];,\#]))+ )
  | (?P<dot>   \. )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\([_~.\-!$&'()*+,;=/?#@%])")


@dataclass(frozen=True, slots=True)
class Block:
    """Where a subject is described: its IRI, the line its block begins on."""

    subject: str
    line: int


@dataclass(frozen=True, slots=True)
class TurtleFile:
    """A parsed Turtle file: its triples in the order of the file, and where each subject stands."""

    path: Path
    triples: tuple[ox.Triple, ...]
    blocks: tuple[Block, ...]
    prefixes: Mapping[str, str] = field(default_factory=dict)


def read_turtle(path: Path, name: Path | None = None) -> TurtleFile:
    """The Turtle file at `path`, called `name` in errors; InputError with line and remedy."""
    return parse_turtle(read_text(path, name), name or path)


def read_text(path: Path, name: Path | None = None) -> str:
    """The UTF-8 text of the file at `path`; InputError with line and remedy when it has none."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            Problem(str(name or path), f"cannot be read: {error.strerror}", "Check the path.")
        ) from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            Problem(f"{name or path}:{line}", "is not UTF-8", "Save the file as UTF-8.")
        ) from error


def parse_turtle(text: str, path: Path) -> TurtleFile:
    """The same from the text itself; `path` names it in errors."""
    try:
        triples = tuple(quad.triple for quad in ox.parse(text, ox.RdfFormat.TURTLE))
    except SyntaxError as error:
        raise InputError(_syntax_problem(error, path)) from error
    prefixes: dict[str, str] = {}
    blocks = tuple(_blocks(text, prefixes))
    return TurtleFile(path, triples, blocks, prefixes)


def _syntax_problem(error: SyntaxError, path: Path) -> Problem:
    """What pyoxigraph said, with its place in front and what to do behind."""
    message = re.sub(r"^Parser error at line .*?: ", "", str(error.msg))
    unknown = re.match(r"The prefix (\S*:) has not been declared", message)
    remedy = (
        f"Declare it at the top of the file: @prefix {unknown[1]} <…> ."
        if unknown
        else "Mend the Turtle there; a missing '.', ';' or quotation mark just before is the usual cause."
    )
    return Problem(f"{path}:{error.lineno or 1}:{error.offset or 1}", message, remedy)


def _blocks(text: str, prefixes: dict[str, str]) -> Iterator[Block]:
    """Each top-level statement's subject with its line; fills `prefixes` on the way.

    The text must be valid Turtle. Subjects that are blank nodes or collections are passed over.
    """
    base, depth, statement = "", 0, list[str]()
    start, line, counted = 1, 1, 0
    for match in _TOKEN.finditer(text):
        kind, token = match.lastgroup, match.group()
        if kind == "skip":
            continue
        if not statement:
            line += text.count("\n", counted, match.start())
            start, counted = line, match.start()
        depth += (kind == "open") - (kind == "close")
        statement.append(token)
        directive = statement[0].lower()
        ends = depth == 0 and (kind == "dot" or (directive in {"prefix", "base"} and kind == "iri"))
        if not ends:
            continue
        if directive in {"@prefix", "prefix"}:
            prefixes[statement[1]] = urljoin(base, statement[2][1:-1])
        elif directive in {"@base", "base"}:
            base = urljoin(base, statement[1][1:-1])
        elif subject := _resolve(statement[0], prefixes, base):
            yield Block(subject, start)
        statement.clear()


def _resolve(token: str, prefixes: Mapping[str, str], base: str) -> str | None:
    """The IRI that a subject token stands for, None for blank nodes and collections."""
    if token.startswith("<"):
        iri = re.sub(
            r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})", lambda m: chr(int(m[1] or m[2], 16)), token[1:-1]
        )
        return urljoin(base, iri) if base else iri
    if token.startswith(("_:", "[", "(")):
        return None
    prefix, _, local = token.partition(":")
    return prefixes[f"{prefix}:"] + _ESCAPE.sub(r"\1", local)
