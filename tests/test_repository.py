from pathlib import Path

import pytest

from kzlod.errors import InputError
from kzlod.repository import find_root, read_repository

SUBJECT = "<https://w3id.org/kzlod/id/treaty/a-b>"


def problems_of(root: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_repository(root)
    return [str(problem) for problem in caught.value.problems]


def test_graphs_are_the_folders(tiny: Path) -> None:
    repository = read_repository(tiny)
    assert [graph.name for graph in repository.sources] == ["KAZ/news"]
    assert repository.sources[0].iri == "https://w3id.org/kzlod/id/graph/KAZ/news"
    assert repository.version == "1.2.3"
    assert repository.date == "2026-01-02"
    assert repository.place(SUBJECT[1:-1]).startswith("data/KAZ/news/news.ttl:")
    assert {"ontology", "links"} <= set(repository.graphs)


def test_an_iri_described_twice_in_another_file(tiny: Path) -> None:
    (tiny / "data/KAZ/news/z.ttl").write_text(f"\n{SUBJECT} <http://p> 1 .\n")
    (found,) = problems_of(tiny)
    assert found.startswith(
        "data/KAZ/news/z.ttl:2: <https://w3id.org/kzlod/id/treaty/a-b> is described a second time"
    )
    assert "data/KAZ/news/news.ttl:" in found


def test_an_iri_described_twice_in_one_file(tiny: Path) -> None:
    path = tiny / "data/KAZ/news/z.ttl"
    path.write_text("<http://a> <http://p> 1 .\n\n<http://a> <http://p> 2 .\n")
    (found,) = problems_of(tiny)
    assert found.startswith("data/KAZ/news/z.ttl:3: <http://a> is described a second time")


def test_two_graphs_may_describe_the_same_thing(tiny: Path) -> None:
    other = tiny / "data/KAZ/report"
    other.mkdir()
    (other / "x.ttl").write_text(f"{SUBJECT} <http://p> 1 .\n")
    assert len(read_repository(tiny).sources) == 2


def test_blank_nodes_are_refused(tiny: Path) -> None:
    (tiny / "data/KAZ/news/z.ttl").write_text("\n<http://a> <http://p> [ <http://q> 1 ] .\n")
    (found,) = problems_of(tiny)
    assert "data/KAZ/news/z.ttl:2" in found
    assert "blank node" in found


def test_a_folder_that_is_no_graph(tiny: Path) -> None:
    folder = tiny / "data/Kazakhstan/news"
    folder.mkdir(parents=True)
    (folder / "x.ttl").write_text("")
    (found,) = problems_of(tiny)
    assert "data/Kazakhstan/news/x.ttl" in found


def test_all_problems_are_told_at_once(tiny: Path) -> None:
    (tiny / "data/KAZ/news/y.ttl").write_text("a:x a:y a:z .\n")
    (tiny / "data/KAZ/news/z.ttl").write_text("<http://a> <http://p> [] .\n")
    (tiny / "ontology/z.ttl").write_text("<http://a> .\n")
    assert len(problems_of(tiny)) == 3


@pytest.mark.parametrize("text", ["version = 1", 'version = "1"\ndate = 2026-01-01\n[dataset]', "version = "])
def test_release_file_errors(tiny: Path, text: str) -> None:
    (tiny / "release.toml").write_text(text)
    (found,) = problems_of(tiny)
    assert "release.toml" in found


def test_find_root(tiny: Path, tmp_path: Path) -> None:
    assert find_root(tiny / "data" / "KAZ") == tiny
    with pytest.raises(InputError, match="not inside a KZLOD repository"):
        find_root(tmp_path)
