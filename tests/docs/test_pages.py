"""The documentation as pages: links, generated parts, names and versions that it states."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pyoxigraph as ox
import pytest

from kzlod.namespaces import BASE, ID, ONTOLOGY
from kzlod.queries import read_queries
from kzlod.release.published import Release

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
FENCE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def prose(page: Path) -> str:
    """The text of a page without its blocks of code."""
    return FENCE.sub("", page.read_text("utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(page: Path, root: Path = ROOT) -> list[str]:
    """The links of a page that lead to no file below `root`, or to no heading of it."""
    broken = []
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists() or root not in path.parents or (anchor and anchor not in anchors(path)):
            broken.append(target)
    return broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    assert not broken_links(page)


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One\n[a](#one) [b](#two) [c](nowhere.md) [d](https://example.org/)\n```\n[e](no.md)\n```\n"
    )
    assert broken_links(page, tmp_path) == ["#two", "nowhere.md"]


def test_every_page_is_in_the_contents() -> None:
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / target.partition("#")[0]).resolve() for target in LINK.findall(prose(index))}
    assert set((ROOT / "docs").glob("*.md")) - {index} <= linked


def test_the_picture_of_the_readme() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text("utf-8"))
    assert pictures
    for picture in pictures:
        content = (ROOT / picture).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert len(content) < 200_000


def test_generated_parts_are_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "make_docs.py"), "--check"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_the_cookbook_has_every_competency_question() -> None:
    text = (ROOT / "docs" / "cookbook.md").read_text("utf-8")
    for query in read_queries(ROOT):
        if query.path.parent.name == "competency":
            assert f"\n#### {query.title['en']}\n" in text
            assert f"(../queries/competency/{query.path.name})" in text


def test_versions_and_dates_agree() -> None:
    release = tomllib.loads((ROOT / "release.toml").read_text("utf-8"))
    version, day = release["version"], str(release["date"])
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert re.findall(r"^version: (.*)$", citation, re.MULTILINE) == [version]
    assert re.findall(r'^date-released: "(.*)"$', citation, re.MULTILINE) == [day]
    assert release["dataset"]["title"]["en"] in citation
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"] == version
    assert f"## [{version}] - {day}\n" in (ROOT / "CHANGELOG.md").read_text("utf-8")
    for page in ("README.md", "docs/citing.md"):
        assert f"Version {version}, {day[:4]}." in (ROOT / page).read_text("utf-8"), page


def test_every_source_has_its_publisher_named() -> None:
    licence = (ROOT / "LICENSE-DATA.md").read_text("utf-8")
    folders = {path.parent.relative_to(ROOT / "data") for path in ROOT.glob("data/[A-Z][A-Z][A-Z]/*/*.ttl")}
    assert folders
    for folder in folders:
        assert f"`{folder.as_posix()}`" in licence


def unknown_names(text: str, store: ox.Store) -> set[str]:
    """The names in a text that the release does not have: terms `kzlod:x`, IRIs of things and concepts."""
    terms = {ONTOLOGY + name for name in re.findall(r"\bkzlod:([A-Za-z]\w*)", text)}
    whole = re.findall(rf"{re.escape(BASE)}(?:id|concept|ontology)[^\s`<>()\"'|,;{{}}…]*", text)
    iris = {iri.rstrip("./") for iri in whole if not iri.endswith(("/", "#", "-"))} - {ID.rstrip("/")}
    return {iri for iri in terms | iris if not list(store.query(f"SELECT * {{ <{iri}> ?p ?o }} LIMIT 1"))}  # type: ignore[arg-type]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_names_in_the_documentation_exist(page: Path, published: Release) -> None:
    store = ox.Store.read_only(str(published.store_path))
    assert not unknown_names(page.read_text("utf-8"), store)


def test_an_unknown_name_is_found(published: Release) -> None:
    store = ox.Store.read_only(str(published.store_path))
    text = f"`kzlod:Treaty` `kzlod:Tréaty` kzlod:nothing <{BASE}id/country/KAZ>, {BASE}id/country/XYZ, "
    text += f"{BASE}id/treaty/…"
    assert unknown_names(text, store) == {f"{ONTOLOGY}Tréaty", f"{ONTOLOGY}nothing", f"{BASE}id/country/XYZ"}
