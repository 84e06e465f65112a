"""The lexemes of a query, for whoever looks into its text before the engine's parser does.

The tokens are those of SPARQL 1.1, section 19.8, read so that strings, comments and IRIs hide what is in
them. Standard library only, so that a worker starts quickly.
"""

import re
from collections.abc import Iterator

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


def tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Kind, text and place of each lexeme that is neither space nor comment."""
    for match in _TOKENS.finditer(text):
        kind = match.lastgroup or ""
        if kind != "space":
            yield kind, match[0], match.start()


def position(text: str, start: int) -> tuple[int, int]:
    """Line and column of a place in a text, both from 1."""
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
