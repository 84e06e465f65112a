"""Which file holds which address: the rules that the generated nginx configuration follows, too.

`/doc/treaty/X` is `doc/treaty/X.en.html`, `doc/treaty/X.ttl` …; `/kinds/Rule?page=2` is
`kinds/Rule@page=2.en.html`. An address that these rules cannot name safely gets a name made from its hash and
an entry in a table.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import unquote_to_bytes

from kzlod.web.i18n import COOKIE
from kzlod.web.rdf import FORMATS

HIDDEN = "~"
"""The folder of files whose names are made from hashes."""
LONGEST_STEP = 180  # bytes; file systems take 255, with the suffix
LONGEST_KEY = 1800  # bytes; they take 4096 for a path

_SUFFIXES = tuple(form.suffix for form in FORMATS)
_PLAIN_QUERY = re.compile(r"[-A-Za-z0-9._~%=&+]+\Z")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A path, percent-encoded as links have it, and a query string without the language."""

    path: str
    query: str = ""

    @property
    def text(self) -> str:
        """The address as it is asked for."""
        return f"{self.path}?{self.query}" if self.query else self.path


def address(link: str, page: str = "/") -> Address | None:
    """The address that a link on the page at the path `page` leads to; None when it leads elsewhere."""
    before = link.partition("#")[0]
    path, _, query = before.partition("?")
    if not before or (path and (not path.startswith("/") or path.startswith("//"))):
        return None
    kept = [part for part in query.split("&") if part and not part.startswith(f"{COOKIE}=")]
    return Address(path or page, "&".join(kept))


def stem(one: Address) -> str:
    """The name of an address' files without suffix, relative to the folder of the site."""
    return f"{HIDDEN}/{_hash(one)}" if is_odd(one) else _plain(one)


def is_odd(one: Address) -> bool:
    """Whether the rules cannot name the address safely, so that it needs an entry in the table."""
    if one.query and not _PLAIN_QUERY.match(one.query):
        return True
    if any(int(code, 16) < 0x80 for code in _ESCAPE.findall(one.path)):
        return True
    name = _plain(one)
    steps = name.split("/")
    return (
        len(name.encode()) > LONGEST_KEY
        or any(len(step.encode()) > LONGEST_STEP or step in ("", ".", "..") for step in steps)
        or any(step.endswith((*_SUFFIXES, ".gz")) for step in one.path.split("/"))
        or any("@" in step or step == HIDDEN for step in one.path.split("/"))
        or not _is_utf8(one.path)
    )


def spellings(path: str) -> list[str]:
    """How a path may come over the wire: with upper-case or with lower-case escapes."""
    upper = _ESCAPE.sub(lambda match: match[0].upper(), path)
    lower = _ESCAPE.sub(lambda match: match[0].lower(), path)
    return list(dict.fromkeys((upper, lower)))


def _plain(one: Address) -> str:
    path = unquote_to_bytes(one.path).decode("utf-8", "replace").removeprefix("/")
    if path == "" or path.endswith("/"):
        path += "index"
    return f"{path}@{one.query}" if one.query else path


def _hash(one: Address) -> str:
    return sha256(one.text.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _is_utf8(path: str) -> bool:
    try:
        unquote_to_bytes(path).decode()
    except UnicodeDecodeError:
        return False
    return True
