"""The examples of the documentation: queries with their answers, commands, addresses, code."""

import csv
import io
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest
import typer

from kzlod import cli
from kzlod.engine.guard import check
from kzlod.federation.clauses import find_clauses, replace_clauses
from kzlod.release.published import Release

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
SERVER = "http://localhost:8000"


class Block(NamedTuple):
    """A block of code: where it begins, its language, its text, and what follows it on the page."""

    place: str
    language: str
    text: str
    after: str


def blocks(*languages: str) -> list[Block]:
    """The blocks in these languages on all pages."""
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        for match in BLOCK.finditer(text):
            if match[2] in languages:
                place = f"{page.name}:{text.count(chr(10), 0, match.start()) + 1}"
                code = re.sub(rf"^{match[1]}", "", match[3], flags=re.MULTILINE)
                found.append(Block(place, match[2], code, text[match.end() :]))
    return found


def table_after(text: str) -> list[list[str]]:
    """The rows of the table with which a text begins, its header first; none when it begins otherwise."""
    rows = []
    for line in text.lstrip("\n").splitlines():
        if not line.startswith("|"):
            break
        cells = re.split(r"(?<!\\)\|", line.strip())[1:-1]
        rows.append([cell.strip().replace("\\|", "|") for cell in cells])
    return rows[:1] + rows[2:]


def left_out(text: str) -> int:
    """How many rows the table with which a text begins leaves out, by the line that follows it."""
    following = re.sub(r"\A\s*(?:\|[^\n]*\n)+\s*", "", text)
    found = re.match(r"… and (\d+) more rows\.\n", following)
    return int(found[1]) if found else 0


def test_what_a_table_leaves_out_is_read() -> None:
    table = "\n| a |\n| --- |\n| 1 |\n"
    assert left_out(f"{table}\n… and 3 more rows.\n") == 3
    assert left_out(f"{table}\nText.\n\n… and 3 more rows.\n") == 0
    assert left_out(f"{table}\n## Next\n") == 0


@pytest.mark.parametrize("block", blocks("sparql"), ids=lambda block: block.place)
def test_queries_have_the_answers_shown(block: Block, published: Release) -> None:
    result = ox.Store.read_only(str(published.store_path)).query(block.text)
    assert isinstance(result, ox.QuerySolutions)
    content = (result.serialize(format=ox.QueryResultsFormat.CSV) or b"").decode()
    found = [[" ".join(cell.split()) for cell in row] for row in csv.reader(io.StringIO(content))]
    shown = table_after(block.after)
    assert shown
    assert found[: len(shown)] == shown
    assert len(found) - len(shown) == left_out(block.after)


def test_the_example_of_federation(published: Release) -> None:
    """With the solutions that the other endpoint might give."""
    (block,) = (block for block in blocks("text") if "SERVICE" in block.text)
    check(block.text, federated=True)
    (clause,) = find_clauses(block.text)
    assert clause.endpoint == "https://query.wikidata.org/sparql"
    assert clause.endpoint in (ROOT / "docs/running.md").read_text("utf-8")
    values = "VALUES (?there ?population) { (<http://www.wikidata.org/entity/Q232> 20000000) }"
    text = replace_clauses(block.text, [clause], [values]).text
    rows = ox.Store.read_only(str(published.store_path)).query(text)
    assert isinstance(rows, ox.QuerySolutions)
    assert [row["country"].value for row in rows] == ["Kazakhstan"]


def test_the_readme_shows_three_queries() -> None:
    assert sum(block.place.startswith("README.md:") for block in blocks("sparql")) >= 3


def commands(text: str) -> Iterator[list[str]]:
    """The single commands of a shell block as words: without variables, pipes, redirections and paths."""
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
        lexer.whitespace_split = True
        words: list[str] = []
        skip = False
        for word in [*lexer, ";"]:
            if set(word) <= set("|&;"):
                while words and re.match(r"\w+=|export$", words[0]):
                    words.pop(0)
                if words:
                    yield [words[0].rpartition("/")[2], *words[1:]]
                words, skip = [], False
            elif set(word) <= set("<>"):
                skip = True
            elif not skip:
                words.append(word)


COMMANDS = [(block.place, words) for block in blocks("sh") for words in commands(block.text)]
KNOWN = {"kzlod", "make", "git", "cd", "python", "python3", "curl", "echo", "uv"}


def test_commands_are_read() -> None:
    text = 'A=1 x/kzlod query - > out.csv && make b\necho "a|b" \\\n  c | kzlod d\nexport B=2'
    assert list(commands(text)) == [
        ["kzlod", "query", "-"],
        ["make", "b"],
        ["echo", "a|b", "c"],
        ["kzlod", "d"],
    ]


@pytest.mark.parametrize(("place", "words"), COMMANDS, ids=[f"{p} {' '.join(w)[:40]}" for p, w in COMMANDS])
def test_commands_exist(place: str, words: list[str]) -> None:
    name, *arguments = words
    assert name in KNOWN
    if name == "kzlod":
        command = typer.main.get_group(cli.app).commands[arguments[0]]
        command.make_context(arguments[0], arguments[1:])
    elif name == "make":
        assert f"\n{arguments[0]}:\n" in (ROOT / "Makefile").read_text("utf-8")
    elif name == "python3" and arguments[0] != "-m":
        assert (ROOT / arguments[0]).is_file()
    elif name == "python":
        assert arguments[0] == "-m"
        assert (ROOT / f"{arguments[1].replace('.', '/')}.py").is_file()
    for word in words:
        if file := re.search(r"\b(?:queries|docs|scripts|data)/\S+\.\w+$", word):
            assert (ROOT / file[0]).is_file()


QUERIES = [
    (place, words) for place, words in COMMANDS if words[:2] == ["kzlod", "query"] and "-" not in words
]


@pytest.mark.parametrize(("place", "words"), QUERIES, ids=[place for place, _ in QUERIES])
def test_query_commands_run(place: str, words: list[str], published: Release) -> None:
    command = [sys.executable, "-m", *words, "--release", str(published.path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip()


@pytest.mark.parametrize("block", blocks("python"), ids=lambda block: block.place)
def test_python_examples_are_python(block: Block) -> None:
    compile(block.text, block.place, "exec")


@pytest.mark.parametrize("block", blocks("turtle"), ids=lambda block: block.place)
def test_turtle_examples_are_turtle(block: Block) -> None:
    text = block.text if re.match(r"\w", block.text) else f"rule:x {block.text.strip()}"
    used = set(re.findall(r"\b([a-z]+):", text))
    header = "".join(f"@prefix {prefix}: <https://example.org/{prefix}/> .\n" for prefix in used)
    assert list(ox.parse(f"{header}{text}", ox.RdfFormat.TURTLE))


def addresses() -> list[str]:
    """The paths of all addresses on the server that the documentation names, whole ones only."""
    found: set[str] = {"/"}
    for page in PAGES:
        text = page.read_text("utf-8")
        found |= set(re.findall(rf"{SERVER}(/[^\s`'\")|<,;]*)", text))
        found |= set(re.findall(r"`(/[a-z.][^\s`]*)`", text))
    return sorted({path.rstrip(".?") for path in found if not re.search(r"[{}…]|\?query=", path)})


@pytest.mark.parametrize("path", addresses())
def test_addresses_answer(path: str, server: str) -> None:
    if path.startswith("/sparql?"):
        path += quote("ASK {}")
    response = httpx.get(server + path, follow_redirects=True, timeout=30)
    assert response.status_code == 200


def test_addresses_of_the_examples(server: str) -> None:
    for suffix, media_type in (("", "text/html"), (".rq", "application/sparql-query")):
        response = httpx.get(f"{server}/examples/refusal-grounds{suffix}", timeout=30)
        assert response.headers["content-type"].startswith(media_type)


def test_the_tables_of_formats_hold(server: str) -> None:
    text = (ROOT / "docs" / "api.md").read_text("utf-8")
    rows = table_after(text[text.index("| format | suffix |") :])[1:]
    assert len(rows) == 5
    for _, suffix, media_type in rows:
        address = f"{server}/doc/country/KAZ"
        by_suffix = httpx.get(address + suffix.strip("`"), timeout=30)
        by_header = httpx.get(address, headers={"Accept": media_type.strip("`")}, timeout=30)
        for response in (by_suffix, by_header):
            assert response.headers["content-type"].partition(";")[0] == media_type.strip("`")
    rows = table_after(text[text.index("| answer of |") :])[1:]
    for form, media_types in rows:
        query = (
            "SELECT ?s { ?s ?p ?o } LIMIT 1" if "SELECT" in form else "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1"
        )
        for media_type in re.findall(r"`([^`]+)`", media_types):
            headers = {"Accept": media_type}
            response = httpx.get(f"{server}/sparql", params={"query": query}, headers=headers, timeout=30)
            assert response.headers["content-type"].partition(";")[0] == media_type
