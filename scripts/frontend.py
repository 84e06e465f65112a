"""Fetches the packages of the pages' scripts from npm, without Node, as `frontend.lock.json` names them.

    python3 scripts/frontend.py

`scripts/bootstrap.py` does this, too. Standard library only. Each package is checked against the hash in the
lock file; only the files that it lists are taken, into `kzlod/web/vendor/`. The index that is written there
names the lock file that it was made from; when it matches, nobody is asked. The registry is npm's own, or the
one that `npm_config_registry` or `~/.npmrc` names. Without these files everything works but the editor of the
query page and its charts.
"""

import base64
import hashlib
import io
import json
import os
import re
import shutil
import sys
import tarfile
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = "frontend.lock.json"
FOLDER = Path("kzlod", "web", "vendor")
INDEX = "index.json"
REGISTRY = "https://registry.npmjs.org/"
LARGEST_PACKAGE = 64 * 2**20  # bytes, as fetched
LARGEST_FILE = 8 * 2**20  # bytes, unpacked
PATIENCE = 20  # seconds without a byte

Package = Mapping[str, Any]


class FrontendError(Exception):
    """Why the packages cannot be had."""


def registry(environment: Mapping[str, str], home: Path) -> str:
    """The address of the npm registry, with a slash at the end, found where npm itself looks for it."""
    settings = {name.lower(): value for name, value in environment.items() if value}
    found = settings.get("npm_config_registry")
    file = Path(settings.get("npm_config_userconfig") or home / ".npmrc")
    if not found and file.is_file():
        lines = re.findall(r"^\s*registry\s*=\s*(\S+)", file.read_text("utf-8", "replace"), re.MULTILINE)
        found = lines[-1].strip("\"'") if lines else None
    address = (found or REGISTRY).rstrip("/") + "/"
    if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
        raise FrontendError(f"the npm registry {address} is no address of the web")
    return address


def tarball(address: str, package: Package) -> str:
    """The address of a package's archive in a registry."""
    name, version = package["name"], package["version"]
    return f"{address}{name}/-/{name.rpartition('/')[2]}-{version}.tgz"


def fetch(address: str) -> bytes:
    """What is at an address; FrontendError when it is not to be had, or too large."""
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310 - see registry()
            content: bytes = answer.read(LARGEST_PACKAGE + 1)
    except (OSError, ValueError, urllib.error.URLError) as error:
        raise FrontendError(f"{address} cannot be had ({error})") from error
    if len(content) > LARGEST_PACKAGE:
        raise FrontendError(f"{address} is larger than {LARGEST_PACKAGE} bytes")
    return content


def check(content: bytes, package: Package) -> None:
    """FrontendError when an archive is not the one whose hash is in the lock file."""
    algorithm, _, wanted = str(package["integrity"]).partition("-")
    if algorithm != "sha512" or base64.b64encode(hashlib.sha512(content).digest()).decode() != wanted:
        raise FrontendError(f"{package['name']} {package['version']} is not what {LOCK} says it is")


def unpack(content: bytes, package: Package) -> dict[str, bytes]:
    """The listed files of a package's archive by their names; FrontendError when one is not there.

    Archives of npm have everything below `package/`. Members with other paths, and links, are passed over.
    """
    wanted = {PurePosixPath("package", path): PurePosixPath(path).name for path in package["files"]}
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            for member in archive:
                name = wanted.get(PurePosixPath(member.name))
                file = archive.extractfile(member) if name and member.isreg() else None
                if name is None or file is None:
                    continue
                if member.size > LARGEST_FILE:
                    raise FrontendError(f"{member.name} of {package['name']} is too large")
                found[name] = file.read()
    except (tarfile.TarError, OSError, EOFError) as error:
        raise FrontendError(f"{package['name']} cannot be unpacked ({error})") from error
    if missing := set(wanted.values()) - set(found):
        raise FrontendError(f"{package['name']} {package['version']} has no {', '.join(sorted(missing))}")
    return {name: resolved(text, package.get("imports", {})) for name, text in found.items()}


def resolved(script: bytes, imports: Mapping[str, str]) -> bytes:
    """A script whose imports of other packages lead to the addresses given for them."""
    for name, address in imports.items():
        script = script.replace(f"from '{name}'".encode(), f"from '{address}'".encode())
    return script


def stamp(lock: bytes) -> str:
    """What the index says of the lock file, and of this script, that it was made with."""
    return hashlib.sha256(lock + Path(__file__).read_bytes()).hexdigest()


def is_current(root: Path) -> bool:
    """Whether everything that the lock file names is there already."""
    try:
        index = json.loads((root / FOLDER / INDEX).read_text("utf-8"))
        return bool(index["stamp"] == stamp((root / LOCK).read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def install(root: Path, address: str) -> None:
    """Fetches all packages and puts them in the place of those that were there.

    FrontendError when one cannot be had; then nothing changes.
    """
    lock = (root / LOCK).read_bytes()
    target = root / FOLDER
    temporary = Path(tempfile.mkdtemp(prefix=".vendor-", dir=target.parent))
    try:
        files: dict[str, str] = {}
        for package in json.loads(lock)["packages"]:
            content = fetch(tarball(address, package))
            check(content, package)
            folder = f"{package['name'].rpartition('/')[2]}-{package['version']}"
            (temporary / folder).mkdir()
            for name, text in unpack(content, package).items():
                (temporary / folder / name).write_bytes(text)
                files[f"{package['name']}/{name}"] = f"{folder}/{name}"
        index = {"stamp": stamp(lock), "files": files}
        (temporary / INDEX).write_text(json.dumps(index, indent=1) + "\n", "utf-8")
        temporary.chmod(0o755)
        _replace(temporary, target)
    except OSError as error:
        raise FrontendError(f"{target} cannot be written ({error})") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _replace(new: Path, target: Path) -> None:
    """Puts a folder in the place of another, which goes."""
    old = new.with_name(f"{new.name}-old")
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def ensure(root: Path = ROOT) -> bool:
    """Fetches what is missing, or nothing; says what cannot be had. Whether everything is there."""
    if is_current(root):
        return True
    print(f"Fetching the scripts of the query page ({LOCK}, once) …", flush=True)
    try:
        install(root, registry(os.environ, Path.home()))
    except FrontendError as error:
        print(
            f"The editor of the query page is not installed: {error}.\n"
            "Everything else works, the plain query page too. The next run tries again.",
            file=sys.stderr,
        )
        return False
    return True


if __name__ == "__main__":
    sys.exit(0 if ensure() else 1)
