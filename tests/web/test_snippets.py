"""The snippets of the pages of stored queries, copied and run against a server: they give the same table."""

import contextlib
import csv
import io
import re
import subprocess
from html import unescape
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
# One with cells that say NA, one with names in three alphabets, one narrowed.
PAGES = ["figures-on-judges", "treaties-in-three-languages", "clearance-rates?instance=first"]
CODES = "figures-on-judges?code=046"  # in which every code looks like a number


def snippet(server: str, path: str, language: str) -> str:
    """The snippet of a page as somebody copies it."""
    page = httpx.get(f"{server}/examples/{path}", headers={"Accept": "text/html"}, timeout=30).text
    found = re.search(
        rf"<h3>{re.escape(language)}</h3>\s*<pre[^>]*><code>(.*?)</code></pre>", page, re.DOTALL
    )
    assert found
    text = unescape(found[1])
    assert f'"{server}/examples/' in text
    return text


def expected(server: str, path: str) -> list[list[str]]:
    name, mark, rest = path.partition("?")
    answer = httpx.get(f"{server}/examples/{name}.csv{mark}{rest}", timeout=30)
    return list(csv.reader(io.StringIO(answer.text)))


def test_there_is_something_to_lose(server: str) -> None:
    text = str(expected(server, PAGES[0])) + str(expected(server, PAGES[1]))
    assert "'NA'" in text and "''" in text and re.search("[әіңғүұ]", text)


@pytest.mark.parametrize("path", PAGES)
def test_pandas(server: str, path: str) -> None:
    names: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(snippet(server, path, "Python"), names)
    assert printed.getvalue().strip()
    table = names["table"]
    header, *rows = expected(server, path)
    assert list(table.columns) == header  # type: ignore[attr-defined]
    for name, place in zip(header, range(len(header)), strict=True):
        found = table[name]  # type: ignore[index]
        assert [bool(cell) for cell in found.isna()] == [row[place] == "" for row in rows]
        if found.dtype.kind not in "if":
            assert list(found.dropna()) == [row[place] for row in rows if row[place]]


def test_pandas_keeps_codes(server: str) -> None:
    names: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(snippet(server, CODES, "Python"), names)
    assert set(names["table"]["code"]) == {"046"}  # type: ignore[index]


@pytest.mark.debian
@pytest.mark.parametrize("path", [*PAGES, CODES])
def test_r(server: str, path: str, tmp_path: Path) -> None:
    script = tmp_path / "script.R"
    script.write_text(
        snippet(server, path, "R")
        + '\nwrite.csv(table, "out.csv", row.names = FALSE, na = "", fileEncoding = "UTF-8")\n',
        "utf-8",
    )
    command = ["Rscript", "--vanilla", script.name]
    run = subprocess.run(
        command,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )
    assert run.returncode == 0, run.stderr
    found = list(csv.reader(io.StringIO((tmp_path / "out.csv").read_text("utf-8"))))
    header, *rows = expected(server, path)
    assert found[0] == header
    assert [[cell and "x" for cell in row] for row in found[1:]] == [
        [cell and "x" for cell in row] for row in rows
    ]
    words = [[cell for cell in row if not re.fullmatch(r"[-\d.]*", cell)] for row in rows]
    assert [[cell for cell in row if not re.fullmatch(r"[-\d.]*", cell)] for row in found[1:]] == words
    if path == CODES:
        assert {row[header.index("code")] for row in found[1:]} == {"046"}


@pytest.mark.debian
@pytest.mark.parametrize("path", PAGES)
def test_curl(server: str, path: str, tmp_path: Path) -> None:
    command = snippet(server, path, "curl")
    run = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    (file,) = tmp_path.iterdir()
    assert file.name == f"{path.partition('?')[0]}.csv"
    assert list(csv.reader(io.StringIO(file.read_text("utf-8")))) == expected(server, path)
