"""What the handlers share: the site, the readers of its releases, the store of finished documents."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from threading import Lock
from uuid import uuid4

from fastapi import Request

from kzlod.web.problems import Problem
from kzlod.web.reading import Reader
from kzlod.web.site import ServedRelease, Serving, Site

_READERS_KEPT = 4
_CACHE_BYTES = 32 * 2**20


@dataclass(frozen=True)
class Snapshot:
    """What one request works with: the release, its reader, and a token that changes when the content may."""

    serving: Serving
    reader: Reader
    token: str
    keeps_earlier: bool = True

    @property
    def release(self) -> ServedRelease:
        """The release that is served."""
        release = self.serving.release
        if release is None:
            raise RuntimeError("a snapshot always has a release")
        return release

    def etag(self, *parts: Hashable) -> str:
        """A strong entity tag for what is made of this content and the given parts."""
        return f'"{hashlib.sha256(repr((self.token, *parts)).encode()).hexdigest()[:24]}"'


class Cache:
    """Finished documents, least recently used out first, bounded by their size in bytes."""

    def __init__(self, limit: int = _CACHE_BYTES) -> None:
        """Takes the bound in bytes."""
        self._limit = limit
        self._size = 0
        self._items: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> bytes | None:
        """The document of a key, or None."""
        with self._lock:
            found = self._items.get(key)
            if found is not None:
                self._items.move_to_end(key)
            return found

    def put(self, key: Hashable, body: bytes) -> None:
        """Keeps a document; one that would take more than an eighth of the room is not kept."""
        if len(body) > self._limit // 8:
            return
        with self._lock:
            self._size += len(body) - len(self._items.pop(key, b""))
            self._items[key] = body
            while self._size > self._limit:
                self._size -= len(self._items.popitem(last=False)[1])


class Web:
    """The site as the pages see it. Safe to use from several threads."""

    def __init__(self, site: Site) -> None:
        """Takes the site; opens the release that it serves now, so that the first request does not wait."""
        self.site = site
        self.cache = Cache()
        self._build = _build()
        self._lock, self._opening = Lock(), Lock()
        self._readers: OrderedDict[int, tuple[ServedRelease, Reader, str]] = OrderedDict()
        if site.current().release is not None:
            self.snapshot()

    def snapshot(self) -> Snapshot:
        """What is served at this moment; Problem 503 when there is no release."""
        serving = self.site.current()
        release = serving.release
        if release is None:
            raise Problem.of(503, "no_release_served")
        reader, token = self.opened(release)
        return Snapshot(serving, reader, token, self.site.keeps_earlier)

    def opened(self, release: ServedRelease) -> tuple[Reader, str]:
        """The reader of a release, and the token of its content; takes a while when it was not open."""
        found = self._opened(release)
        if found is None:
            with self._opening:  # what is open can be had meanwhile
                found = self._opened(release) or self._open(release)
        return found

    def _opened(self, release: ServedRelease) -> tuple[Reader, str] | None:
        with self._lock:
            found = self._readers.get(id(release))
            if found is None:
                return None
            self._readers.move_to_end(id(release))
            return found[1], found[2]

    def _open(self, release: ServedRelease) -> tuple[Reader, str]:
        reader = Reader.open(release.store_path, release.manifest)
        # Ad hoc data may change under one name; a release never does.
        suffix = "" if release.manifest.get("kind") == "release" else uuid4().hex
        public = self.site.settings.public_url  # which pages name
        token = f"{self._build}/{release.id}/{public}/{suffix}"
        served = self.site.served.release
        with self._lock:
            self._readers[id(release)] = release, reader, token
            for key in [key for key, one in self._readers.items() if one[0] not in (release, served)]:
                if len(self._readers) > _READERS_KEPT:
                    del self._readers[key]
        return reader, token

    def asset_tag(self, name: str) -> str:
        """The entity tag of a file of the program itself, such as the style sheet."""
        return f'"{self._build}-{name}"'


def web_of(request: Request) -> Web:
    """The shared state of the application that got the request."""
    web = request.app.state.web
    if not isinstance(web, Web):
        raise TypeError("the application was not made by create_app")
    return web


def _build() -> str:
    """A hash of what pages are made with, so that a new version of the program makes new entity tags."""
    found = hashlib.sha256()
    for part in ("templates", "locale", "static"):
        _hash(files("kzlod.web").joinpath(part), found.update)
    return found.hexdigest()[:12]


def _hash(place: Traversable, update: Callable[[bytes], None]) -> None:
    for entry in sorted(place.iterdir(), key=lambda one: one.name):
        if entry.is_file():
            update(entry.name.encode() + entry.read_bytes())
