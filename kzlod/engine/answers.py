"""What the HTTP answer of another SPARQL endpoint means, in the errors of an engine.

The protocol knows 400 and 500 only (SPARQL 1.1 Protocol, section 2.1.7), and engines use them, and others, as
they like: Virtuoso answers 500 for a time limit as for a procedure that does not exist, QLever and Neptune
write JSON, Jena and RDF4J a parser's message, others a page. Pure functions over status, header fields and
text.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from kzlod.engine.base import EngineError, EngineFailed, Malformed, Overloaded, TimedOut, TooExpensive
from kzlod.syntax import explain

LONGEST_MESSAGE = 300
_LONGEST_WAIT = 3600
_WAIT = 5  # seconds, when the endpoint does not say how long
_TIME = re.compile(
    r"time[- ]?d? ?out|time ?limit|execution time exceed|TimeLimitExceeded|QueryTimeout|S1TAT|deadline", re.I
)
_COST = re.compile(
    r"estimated execution time|out of memory|memory limit|memory allocation|MemoryLimit|OutOfMemory"
    r"|exceeds the limit of|too complex",
    re.I,
)
_SYNTAX = re.compile(
    r"SPARQL compiler|\bSP0\d\d\b|syntax error|parse error|ParseException|malformed|lexical error"
    r"|Undefined procedure|Encountered \"|not a valid SPARQL|Invalid SPARQL|expected one of",
    re.I,
)
_PLACES = (
    re.compile(r"\bline[ :]+(\d+)(?:[,;]? *(?:col(?:umn)?|pos(?:ition)?)[. :]*(\d+))?", re.I),
    re.compile(r"\bat (\d+):(\d+)\b"),
)
_MARKUP = re.compile(r"<(?:style|script|title)\b.*?</(?:style|script|title)>|</?[a-z!][^<>]*>", re.I | re.S)
# Names of classes and codes before the message, and what comes after it: the query again, a stack trace, a
# list.
_BEFORE = re.compile(
    r"^(?:Virtuoso \w+ Error (?:\w+: )?|(?:[a-z]\w*\.)+[A-Z]\w*: |MALFORMED QUERY: |Parse error:\s*)+"
)
_AFTER = re.compile(r"\n\s*SPARQL query:|\n\s*at [\w.$]+\(|\n\s*Was expecting|\n\s*\n", re.S)
_MESSAGE_KEYS = ("exception", "detailedMessage", "message", "error", "detail", "title")
_PARTIAL = re.compile(r"partial|incomplete|truncated", re.I)


def error_of(status: int, headers: Mapping[str, str], body: str, query: str) -> EngineError:
    """The error that an answer other than 200 stands for; `query` is what was sent."""
    message = message_of(body)
    if status in (429, 503):
        return Overloaded("The engine has too much to do.", retry_after(headers) or _WAIT)
    if status == 400 or (status >= 500 and _SYNTAX.search(message)):
        return malformed(message, query)
    if status in (408, 504) or (status >= 500 and _TIME.search(message)):
        return TimedOut(f"The engine has a time limit, and the query ran into it: {message}".rstrip(": "))
    if status in (413, 414) or (status >= 500 and _COST.search(message)):
        return TooExpensive(f"The engine finds the query too expensive: {message}".rstrip(": "))
    if status in (401, 403):
        return EngineFailed(f"The engine does not let this server in (status {status}).")
    if 300 <= status < 400:
        return EngineFailed(f"The engine is elsewhere (status {status}); redirects are not followed.")
    if status == 206:
        return EngineFailed("The engine gives only a part of the result (status 206).")
    return EngineFailed(f"The engine answered with status {status}.")


def malformed(message: str, query: str) -> Malformed:
    """The error for a message about a query's syntax, with line and column where it gives them."""
    text, line, column = explain(message)
    for pattern in _PLACES if line is None else ():
        if found := pattern.search(message):
            line, column = int(found[1]), int(found[2]) if found.lastindex == 2 else None
            break
    if line is not None and not 1 <= line <= query.count("\n") + 1:
        line = column = None  # some put lines of their own before the query, or one after it
    return Malformed(text or "the engine takes it for no SPARQL and does not say why", line, column)


def message_of(body: str) -> str:
    """What an error's body says, in one short line without markup, class names and stack trace."""
    text = body.strip()
    if text.startswith("{"):
        text = _json_message(text) or text
    elif "<" in text[:200] and re.search(r"<(?:!doctype|html|\?xml)", text[:200], re.I):
        text = _MARKUP.sub(" ", text).strip()
    text = _BEFORE.sub("", text)
    if after := _AFTER.search(text, 1):
        text = text[: after.start()]
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_MESSAGE else text[: LONGEST_MESSAGE - 1] + "…"


def _json_message(text: str) -> str:
    try:
        body = json.loads(text)
    except ValueError:
        return ""
    found = next((body[key] for key in _MESSAGE_KEYS if isinstance(body.get(key), str)), "")
    place = body.get("metadata")
    if isinstance(place, Mapping) and isinstance(place.get("line"), int):
        return f"{found} (line {place['line']}, column {place.get('positionInLine', 0) + 1})"
    return str(found)


def retry_after(headers: Mapping[str, str]) -> int | None:
    """The seconds that `Retry-After` gives, as a number or a date; None without a usable one."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        seconds = float(value)
    else:
        try:
            seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
        except (TypeError, ValueError):
            return None
    return max(1, min(_LONGEST_WAIT, round(seconds)))


def declared_cut(headers: Mapping[str, str]) -> str | None:
    """The header field by which a 200 says that its result is not whole; None without one.

    Virtuoso gives what it has at its time limit ("anytime queries") and says so by `X-SQL-State` alone.
    """
    for name, value in headers.items():
        if name == "x-sql-state" or (name.startswith("x-") and _PARTIAL.search(name) and _is_true(value)):
            return f"{name}: {value}"[:100]
    return None


def declared_row_limit(headers: Mapping[str, str]) -> int | None:
    """The most rows that a result may have, where the endpoint says it (`X-SPARQL-MaxRows` of Virtuoso)."""
    value = headers.get("x-sparql-maxrows", "").strip()
    return int(value) if value.isdecimal() and len(value) < 19 else None


def _is_true(value: str) -> bool:
    return value.strip().lower() not in ("", "0", "false", "no", "none")
