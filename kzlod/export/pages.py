"""One address after the other: what it answers becomes files, and what its page links to is found."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.types import ASGIApp

from kzlod.export.asking import Answer, ask
from kzlod.export.files import Folder
from kzlod.export.names import Address, address, is_odd, spellings, stem
from kzlod.namespaces import BASE, ID
from kzlod.web.addresses import OWN_STEPS
from kzlod.web.i18n import DEFAULT, LANGUAGES
from kzlod.web.rdf import FORMATS, HTML

DYNAMIC = ("cite", "health", "metrics", "reconcile", "search", "sparql")
"""The first steps of addresses that a running server answers; `/query` with a query is another."""

DOCUMENTS = ("doc", "catalog")
"""The first steps of addresses that exist in all formats."""

LISTS = ("/dumps/", "/releases/")
"""Pages that are also there as JSON."""

_JSON = "application/json"
_ELSEWHERE = ("id", "concept", "ontology", "shapes")  # lead to documents, by rules of the web server
_LINK = re.compile(r'\b(?:href|src)="([^"]*)"')
_PAGERS = ("page", "part")  # parameters
_MOST_PAGES = 100_000


@dataclass
class Found:
    """What came of some addresses."""

    done: set[Address] = field(default_factory=set)
    links: set[Address] = field(default_factory=set)
    odd: dict[str, str] = field(default_factory=dict)  # address as asked for: name of the file
    documents: dict[str, str] = field(default_factory=dict)  # odd address: path of the document
    described: dict[str, str] = field(default_factory=dict)  # document: its thing, where no rule gives it
    redirects: dict[str, tuple[int, str]] = field(default_factory=dict)
    unanswered: list[Address] = field(default_factory=list)  # for an engine
    broken: dict[str, int] = field(default_factory=dict)
    by_language: set[str] = field(default_factory=set)  # paths of files that exist in every language
    types: dict[str, str] = field(default_factory=dict)  # the type of files by their suffix
    steps: set[str] = field(default_factory=set)  # first steps of pages

    def add(self, other: "Found") -> None:
        """Takes over what came of other addresses."""
        self.done |= other.done
        self.links |= other.links
        self.odd |= other.odd
        self.documents |= other.documents
        self.described |= other.described
        self.redirects |= other.redirects
        self.unanswered += other.unanswered
        self.broken |= other.broken
        self.by_language |= other.by_language
        self.types |= other.types
        self.steps |= other.steps


async def export(app: ASGIApp, folder: Folder, addresses: Sequence[Address]) -> Found:
    """Writes the files of some addresses, and of the further pages of their lists."""
    found = Found()
    waiting = list(addresses)
    while waiting:
        one = waiting.pop()
        before, found.links = found.links, set()
        await _export(app, folder, one, found)
        found.done.add(one)
        known = {*found.done, *waiting}
        waiting += sorted(link for link in found.links if _is_page_of(link, one) and link not in known)
        found.links |= before
    return found


def _is_page_of(link: Address, one: Address) -> bool:
    """Whether a link leads to another page of the same list."""
    return link.path == one.path and _without_page(link) == _without_page(one)


def _without_page(one: Address) -> list[str]:
    return [part for part in one.query.split("&") if part and part.partition("=")[0] not in _PAGERS]


def is_static(one: Address) -> bool:
    """Whether an address is one of those that files answer."""
    first = re.split("[/.]", one.path[1:], maxsplit=1)[0]
    if first in (*DYNAMIC, *_ELSEWHERE):
        return False
    if first in ("dumps", "releases"):  # the files for download are there already
        return one.path in (*LISTS, "/releases.atom")
    if first == "query":
        return not one.query
    # Documents are all asked for anyhow, with their data; their further pages are found by links.
    return first not in DOCUMENTS or bool(one.query)


def links(page: str, path: str) -> set[Address]:
    """The addresses that a page links to and that files answer."""
    found = (address(html.unescape(link), path) for link in _LINK.findall(page))
    return {one for one in found if one and is_static(one)}


async def _export(app: ASGIApp, folder: Folder, one: Address, found: Found) -> None:
    first = await ask(app, one, f"{HTML}, */*;q=0.1")
    if first.status in (301, 303, 307, 308):
        if not one.query:
            found.redirects |= dict.fromkeys(spellings(one.path), (first.status, first.headers["location"]))
        return
    if first.status != 200:
        found.broken[one.text] = first.status
        return
    if not first.is_final:
        found.unanswered.append(one)
        return
    name = stem(one)
    if is_odd(one):
        found.odd |= {_asked(spelling, "", one.query): name for spelling in spellings(one.path)}
    if first.media_type != HTML:
        await _file(app, folder, one, first, found)
        return
    found.steps.add(one.path.split("/")[1])
    for language in LANGUAGES:
        page = first if language == DEFAULT else await ask(app, one, HTML, language)
        if page.status != 200:
            found.broken[one.text] = page.status
            return
        folder.write(f"{name}.{language}.html", page.body)
        found.links |= links(page.body.decode(), one.path)
    if one.path in LISTS:
        folder.write(f"{name}.json", (await ask(app, one, _JSON)).body)
    if one.path.split("/")[1] in DOCUMENTS and not one.query:
        _note_thing(one, first, found)
        await _data(app, folder, one, name, found, is_paged="?page=" in first.body.decode())


def described(path: str) -> str:
    """The URI of what the document at a path describes, by rule; a rule of the web server's, too."""
    rest = path.removeprefix("/doc/")
    own = rest == "id" or rest.split("/")[0] in OWN_STEPS
    return (BASE if own else ID) + rest


def _note_thing(one: Address, answer: Answer, found: Found) -> None:
    """Notes what a document describes where that is not what the rule says."""
    match = re.search(r'<([^>]*)>; rel="describes"', answer.headers.get("link", ""))
    if match and match[1] != described(one.path):
        found.described[one.path] = match[1]
    if is_odd(one):
        for spelling in spellings(one.path):
            for suffix in ("", *(form.suffix for form in FORMATS)):
                found.documents[spelling + suffix] = one.path


async def _data(
    app: ASGIApp, folder: Folder, one: Address, name: str, found: Found, *, is_paged: bool
) -> None:
    """The data of a document in each format, and its further pages if it has any."""
    for form in FORMATS:
        if is_odd(one):
            found.odd |= {
                _asked(spelling, form.suffix, ""): name + form.suffix for spelling in spellings(one.path)
            }
        if form.rdf is None:
            continue
        for number in range(1, _MOST_PAGES if is_paged else 2):
            page = Address(one.path, f"page={number}" if number > 1 else "")
            answer = await ask(app, Address(one.path + form.suffix, page.query))
            if number > 1 and answer.status == 404:
                break
            if answer.status != 200:
                found.broken[one.path + form.suffix] = answer.status
                return
            file = name if number == 1 else stem(page)
            if number > 1 and is_odd(page):
                found.odd |= {_asked(one.path, form.suffix, page.query): file + form.suffix}
            folder.write(file + form.suffix, answer.body)


async def _file(app: ASGIApp, folder: Folder, one: Address, first: Answer, found: Found) -> None:
    """What is no page, once or in every language."""
    if one.query:  # no page links to such; a picture might one day
        found.broken[one.text] = first.status
        return
    before, _, suffix = stem(one).rpartition(".")
    found.types[suffix] = first.headers.get("content-type", "application/octet-stream")
    if not first.varies_by_language:
        folder.write(stem(one), first.body)
        return
    found.by_language.add(one.path)
    for language in LANGUAGES:
        answer = first if language == DEFAULT else await ask(app, one, "*/*", language)
        folder.write(f"{before}.{language}.{suffix}", answer.body)


def _asked(path: str, suffix: str, query: str) -> str:
    return path + suffix + (f"?{query}" if query else "")
