"""What the query parser says of a malformed query, in words that a person can use. Standard library only."""

import re

_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
# The parser lists the character classes it would have taken; nobody can read them.
_CHARACTER_CLASS = re.compile(r"(?:, )?\[(?:_|'.*?')\]", re.DOTALL)
_EXPECTED = re.compile(r"expected (?:one of )?")
_SENTENCE = re.compile(r"[A-Z][a-z]+(?: [\w']+){2,}")


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
