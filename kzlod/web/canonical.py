"""The one address of a page among those that show it, for search engines. Pure functions."""

from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlencode

from kzlod.web.i18n import COOKIE, LANGUAGES

PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "doc": ("page", "part"),
    "kinds": ("page",),
    "search": ("q", "kind", "document", "act", "page"),
    "treaties": ("partner", "form", "document"),
    "recommendations": ("article", "country", "document", "action", "by", "page"),
    "compare": ("treaty", "document", "degree", "unanswered", "act"),
    "query": ("query", "example", "z"),
}
"""The parameters that make another page of one, by the first step of its path, except the language."""

_FIRST = {("page", "1"), ("part", "1")}  # what is shown without them
_COLUMNS = "examples"  # has parameters called like the columns of a query
_SAFE = "/:@!$&'()*+,;=~-._"


def canonical(path: str, given: Iterable[tuple[str, str]]) -> str:
    """The address, below the server's own, of what is shown at a path with the parameters given.

    The path is not percent-encoded. Empty parameters, the language, and those that change nothing are left
    out.
    """
    return with_parameters(quote(path, safe=_SAFE), meant(path, given))


def meant(path: str, given: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The parameters of a path that make a difference to what is shown, apart from its language."""
    first = path.removeprefix("/").partition("/")[0]
    return [
        (name, value)
        for name, value in given
        if value
        and (name, value) not in _FIRST
        and name != COOKIE
        and (first == _COLUMNS or name in PARAMETERS.get(first, ()))
    ]


def by_language(address: str) -> list[tuple[str, str]]:
    """An address in each language, and (`x-default`) in the one that the reader's browser prefers."""
    separator = "&" if "?" in address else "?"
    found = [(code, f"{address}{separator}{COOKIE}={code}") for code in LANGUAGES]
    return [*found, ("x-default", address)]


def with_parameters(path: str, parameters: Iterable[tuple[str, str]]) -> str:
    """A path that is percent-encoded, with parameters."""
    query = urlencode(list(parameters))
    return f"{path}?{query}" if query else path
