"""Writing a site: whole or not at all, the same each time, and only where it may."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Quad

from kzlod.errors import ExportError
from kzlod.export import site
from kzlod.export.files import Folder
from kzlod.export.site import MARK, export_site
from kzlod.release.build import build_release
from kzlod.release.published import Release
from tests.export.conftest import PUBLIC, silent
from tests.web.conftest import RELEASE, write_release


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file with its bytes, and its time where that was made from the content."""
    return {
        str(path.relative_to(folder)): (
            path.read_bytes(),
            path.stat().st_mtime_ns if path.suffix == ".gz" and "dumps" not in path.parts else 0,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_release_gives_the_same_files_whatever_lies_beside_it(
    exported: Path, quads: list[Quad], tmp_path: Path, server: Any
) -> None:
    release = write_release(tmp_path / "elsewhere", quads)
    write_release(tmp_path / "elsewhere", quads, name="0.0.1-00000001")
    folder = tmp_path / "site"
    done = export_site(release, folder, PUBLIC, silent, jobs=2)
    found, expected = contents(folder / "site"), contents(exported / "site")
    assert found.keys() == expected.keys()
    assert [name for name in found if found[name] != expected[name]] == []
    assert done.files == len(found)
    # Links that lead nowhere on the server, either: the page of addresses shows what is not found.
    assert {one: server.get(one, "text/html").status_code for one in done.broken} == done.broken
    for name in ("maps.conf", "server.conf"):
        assert (folder / "nginx" / name).read_text() == (exported / "nginx" / name).read_text()


def test_a_site_of_ours_is_replaced_and_nothing_else(release: Release, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "letter.txt").write_text("not ours")
    with pytest.raises(ExportError, match="not empty"):
        export_site(release, folder, PUBLIC, silent, jobs=1)
    assert [one.name for one in tmp_path.rglob("*")] == ["site", "letter.txt"]
    (folder / "letter.txt").unlink()
    export_site(release, folder, PUBLIC, silent, jobs=1)
    (folder / "site" / "old.html.gz").write_bytes(b"of the site before")
    export_site(release, folder, PUBLIC, silent, jobs=1)
    assert not (folder / "site" / "old.html.gz").exists()
    assert json.loads((folder / MARK).read_text())["release"] == RELEASE
    assert [one.name for one in tmp_path.iterdir()] == ["site"]


def test_a_site_that_fails_leaves_the_one_before(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "site"
    export_site(release, folder, PUBLIC, silent, jobs=1)
    before = contents(folder)

    def broken(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(site, "_add_downloads", broken)
    with pytest.raises(OSError, match="no space"):
        export_site(release, folder, PUBLIC, silent, jobs=1)
    assert contents(folder) == before
    assert [one.name for one in tmp_path.iterdir()] == ["site"]


def test_stored_queries_are_asked_once_for_their_files(tiny: Path, tmp_path: Path) -> None:
    release, _ = build_release(tiny, tmp_path / "releases", silent)
    export_site(release, tmp_path / "site", PUBLIC, silent, jobs=1)
    folder = tmp_path / "site" / "site" / "examples"
    page = gzip.decompress((folder / "treaties.en.html.gz").read_bytes()).decode()
    assert "Treaty of A and B</a>" in page
    for suffix in ("csv", "json", "tsv", "xml"):
        assert b"treaty/a-b" in gzip.decompress((folder / f"treaties.{suffix}.gz").read_bytes())


def test_what_a_killed_run_has_left_is_removed(release: Release, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    (tmp_path / f".site.{ended.pid}").mkdir()
    (tmp_path / f".site.{os.getppid()}").mkdir()
    (tmp_path / ".site.old").mkdir()
    export_site(release, tmp_path / "site", PUBLIC, silent, jobs=1)
    assert sorted(one.name for one in tmp_path.iterdir()) == [f".site.{os.getppid()}", ".site.old", "site"]


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_is_no_folder_is_left_alone(release: Release, tmp_path: Path, kind: str) -> None:
    target = tmp_path / "site"
    if kind == "file":
        target.write_text("x")
    else:
        (tmp_path / "other").mkdir()
        target.symlink_to("other")
    with pytest.raises(ExportError, match="no folder"):
        export_site(release, target, PUBLIC, silent, jobs=1)


def test_two_addresses_never_share_a_file(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write("a/b.ttl", b"one")
    with pytest.raises(ExportError, match="two addresses"):
        folder.write("a/b.ttl", b"two")
    folder.write("c", b"one")
    assert (tmp_path / "c.gz").stat().st_mtime_ns == (tmp_path / "a/b.ttl.gz").stat().st_mtime_ns
    assert (folder.files, folder.size) == (2, 6)
    assert (tmp_path / "c.gz").stat().st_size * 2 == folder.stored
