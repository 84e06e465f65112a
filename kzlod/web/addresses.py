"""The way between an IRI of ours and the address at which this host serves it.

`https://w3id.org/kzlod/id/x` is described at `/doc/x`, `https://w3id.org/kzlod/concept/x` at
`/doc/concept/x`. Pure functions; nothing here looks at a Host header.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote

from kzlod.namespaces import BASE, ID

# Steps directly below the base that have a document of their own under the same name.
OWN_STEPS = ("concept", "ontology", "shapes")
# Addresses of services: an IRI that names one is answered by the service, not by a description.
SERVICES = (
    "sparql",
    "query",
    "catalog",
    "dumps",
    ".well-known",
    "examples",
    "search",
    "compare",
    "statistics",
    "sources",
    "treaties",
    "recommendations",
    "openapi.json",
    "health",
)

_SAFE = "/:@!$&'()*+,;=~-._%"
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


def document_path(iri: str) -> str:
    """The path of the document about an IRI of ours, percent-encoded, with the IRI's fragment."""
    path, mark, fragment = iri.partition("#")
    rest = path.removeprefix(ID) if _below_id(path) else path.removeprefix(BASE)
    return f"/doc/{quote(rest, safe=_SAFE)}{mark}{quote(fragment, safe=_SAFE)}"


def page_path(iri: str) -> str | None:
    """Where a page may link to for an IRI: our own document or service, a web address, or None.

    None for everything else (`javascript:`, `data:`, `urn:` …), which is shown as text and never as a link.
    """
    if iri == BASE:
        return "/"
    if iri.startswith(BASE):
        step = re.split("[/#]", iri.removeprefix(BASE), maxsplit=1)[0]
        return "/" + quote(iri.removeprefix(BASE), safe=_SAFE) if step in SERVICES else document_path(iri)
    return iri if re.match(r"https?://[^/]", iri, re.IGNORECASE) else None


def encode(iri: str) -> str:
    """An IRI as a URI: letters outside ASCII percent-encoded, for header fields and sitemaps."""
    return quote(iri, safe=_SAFE + "#?")


def candidates(raw_path: str) -> Iterator[str]:
    """The IRIs that a document path may mean, best first.

    `raw_path` is what follows `/doc/`, as it came over the wire. The data may hold an IRI with letters of any
    script, or percent-encoded: both readings are tried, below `id/` and directly below the base.
    """
    for rest in readings(raw_path):
        first = rest.split("/", 1)[0]
        if first in OWN_STEPS:
            yield f"{BASE}{rest}"
            yield f"{ID}{rest}"
        elif rest:
            yield f"{ID}{rest}"
            yield f"{BASE}{rest}"
        else:
            yield ID.rstrip("/")


def readings(raw_path: str) -> list[str]:
    """What a path from the wire may stand for: decoded as an IRI, as it is, with upper-case escapes."""
    upper = _ESCAPES.sub(lambda match: match[0].upper(), raw_path)
    return list(dict.fromkeys((_ESCAPES.sub(_decode, raw_path), raw_path, upper)))


def containers(iri: str) -> list[str]:
    """The IRIs that cutting steps off an IRI of ours gives, the longest last, without the base itself."""
    if not iri.startswith(BASE):
        return []
    steps = re.split("([/#])", iri.removeprefix(BASE).rstrip("/"))
    return [BASE + "".join(steps[:end]) for end in range(1, len(steps) - 1, 2)]


def last_step(iri: str) -> str:
    """The last step of an IRI, after the last slash or hash; the IRI itself when there is none."""
    return re.split("[/#]", iri.rstrip("/#"))[-1] or iri


def _below_id(path: str) -> bool:
    return path.startswith(ID) and path.removeprefix(ID).split("/", 1)[0] not in OWN_STEPS


def _decode(match: re.Match[str]) -> str:
    """Decodes what an IRI writes as a character: letters of any script and unreserved ASCII only."""
    octets = bytes.fromhex(match[0].replace("%", ""))
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        return match[0]
    return "".join(character if _plain(character) else quote(character, safe="") for character in text)


def _plain(character: str) -> bool:
    return bool(_UNRESERVED.match(character)) or ord(character) > 0x9F
