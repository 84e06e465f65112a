import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.errors import InputError, ReleaseError, ValidationError
from kzlod.release.build import build_release, release_id
from kzlod.release.published import current_release, finished_releases, open_release


def quiet(step: str) -> None:
    """Takes the name of a step and does nothing."""


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a release but those of the store, whose bytes are the engine's own affair."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "store" not in path.relative_to(folder).parts
    }


def test_two_builds_give_the_same_bytes(tiny: Path, tmp_path: Path) -> None:
    one, made = build_release(tiny, tmp_path / "one", quiet)
    two, _ = build_release(tiny, tmp_path / "two", quiet)
    assert made
    assert contents(one.path) == contents(two.path)
    assert one.id == two.id
    assert one.id.startswith("1.2.3-")


def test_an_existing_release_is_not_made_again(tiny: Path, tmp_path: Path) -> None:
    first, _ = build_release(tiny, tmp_path / "r", quiet)
    before = contents(first.path)
    second, made = build_release(tiny, tmp_path / "r", quiet)
    assert not made
    assert contents(second.path) == before


def test_changed_data_make_another_release_and_the_old_one_stays(tiny: Path, tmp_path: Path) -> None:
    releases = tmp_path / "r"
    old, _ = build_release(tiny, releases, quiet)
    path = tiny / "data/KAZ/news/news.ttl"
    path.write_text(path.read_text().replace("Treaty of A and B", "Treaty of B and A"))
    new, _ = build_release(tiny, releases, quiet)
    assert new.id != old.id
    assert current_release(releases).id == new.id
    assert open_release(old.path).id == old.id
    assert len(finished_releases(releases)) == 2


def test_the_store_holds_every_graph_and_their_union(tiny: Path, tmp_path: Path) -> None:
    release, _ = build_release(tiny, tmp_path / "r", quiet)
    store = ox.Store.read_only(str(release.store_path))
    for graph in release.manifest["graphs"]:
        rows = list(store.quads_for_pattern(None, None, None, ox.NamedNode(graph["iri"])))
        assert len(rows) == graph["triples"], graph["name"]
    union = list(store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    assert len(union) == release.manifest["triples"]
    named = {quad.triple for quad in store.quads_for_pattern(None, None, None) if quad not in set(union)}
    assert {quad.triple for quad in union} == named


def test_entailed_statements_are_in_a_graph_of_their_own(tiny: Path, tmp_path: Path) -> None:
    release, _ = build_release(tiny, tmp_path / "r", quiet)
    store = ox.Store.read_only(str(release.store_path))
    query = """SELECT ?g WHERE { GRAPH ?g {
        <https://w3id.org/kzlod/id/treaty/a-b> a <https://w3id.org/kzlod/ontology#Act> } }"""
    result = store.query(query)
    assert isinstance(result, ox.QuerySolutions)
    assert [row["g"].value for row in result] == ["https://w3id.org/kzlod/id/graph/entailed"]


def test_the_catalogue_counts_itself_rightly(tiny: Path, tmp_path: Path) -> None:
    release, _ = build_release(tiny, tmp_path / "r", quiet)
    store = ox.Store.read_only(str(release.store_path))

    def number(query: str) -> int:
        result = store.query("PREFIX void: <http://rdfs.org/ns/void#> SELECT ?n WHERE { " + query + " }")
        assert isinstance(result, ox.QuerySolutions)
        (row,) = result
        return int(row["n"].value)

    dataset = "<https://w3id.org/kzlod/id/dataset/kzlod>"
    assert number(f"{dataset} void:triples ?n") == number("{ SELECT (COUNT(*) AS ?n) { ?s ?p ?o } }")
    assert number(f"{dataset} void:classes ?n") == number("{ SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c } }")
    assert number(f"{dataset} void:properties ?n") == number(
        "{ SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o } }"
    )
    wrong = """SELECT ?part WHERE {
        ?part void:class ?c ; void:entities ?said .
        { SELECT ?c (COUNT(DISTINCT ?s) AS ?found) { ?s a ?c } GROUP BY ?c }
        FILTER (?said != ?found) }"""
    result = store.query("PREFIX void: <http://rdfs.org/ns/void#> " + wrong)
    assert isinstance(result, ox.QuerySolutions)
    assert not list(result)


def test_a_graph_is_called_after_its_document(tiny: Path, tmp_path: Path) -> None:
    release, _ = build_release(tiny, tmp_path / "r", quiet)
    store = ox.Store.read_only(str(release.store_path))
    graph = "<https://w3id.org/kzlod/id/graph/KAZ/news>"
    result = store.query(f"SELECT ?name WHERE {{ {graph} <http://purl.org/dc/terms/title> ?name }}")
    assert isinstance(result, ox.QuerySolutions)
    english = next(row["name"].value for row in result if row["name"].language == "en")
    assert english == "What the source document “News” says"


def test_dumps_hold_what_the_manifest_says(tiny: Path, tmp_path: Path) -> None:
    import gzip
    import hashlib

    release, _ = build_release(tiny, tmp_path / "r", quiet)
    sums = (release.dumps_path / "SHA256SUMS").read_text()
    for dump in release.manifest["dumps"]:
        packed = (release.dumps_path / dump["file"]).read_bytes()
        assert len(packed) == dump["bytes"]
        assert hashlib.sha256(packed).hexdigest() == dump["sha256"]
        assert f"{dump['sha256']}  {dump['file']}\n" in sums
        rdf = ox.RdfFormat.from_media_type(dump["media_type"])
        assert rdf is not None
        quads = {quad.triple for quad in ox.parse(gzip.decompress(packed), rdf)}
        expected = (
            next(g["triples"] for g in release.manifest["graphs"] if g["iri"] == dump["graph"])
            if dump["graph"]
            else release.manifest["triples"]
        )
        assert len(quads) == expected, dump["file"]


def test_bad_data_leave_the_current_release(tiny: Path, tmp_path: Path) -> None:
    releases = tmp_path / "r"
    good, _ = build_release(tiny, releases, quiet)
    path = tiny / "data/KAZ/news/news.ttl"
    text = path.read_text()
    path.write_text(text.replace('rdfs:label "Treaty of A and B"@en ;', ""))
    with pytest.raises(ValidationError) as caught:
        build_release(tiny, releases, quiet)
    (problem,) = caught.value.problems
    assert problem.where.startswith("data/KAZ/news/news.ttl:")
    assert "A treaty needs a label." in problem.what
    path.write_text(text + "x")
    with pytest.raises(InputError):
        build_release(tiny, releases, quiet)
    assert current_release(releases).id == good.id
    assert not list(releases.glob(".building-*"))


def test_a_dangling_reference_stops_the_release(tiny: Path, tmp_path: Path) -> None:
    path = tiny / "data/KAZ/news/news.ttl"
    path.write_text(
        path.read_text() + "<https://w3id.org/kzlod/id/x> kzlod:inDocument <https://w3id.org/kzlod/id/y> .\n"
    )
    with pytest.raises(ValidationError, match="id/y>, which nothing describes"):
        build_release(tiny, tmp_path / "r", quiet)


def test_a_literal_that_the_store_would_change_stops_the_release(tiny: Path, tmp_path: Path) -> None:
    path = tiny / "data/KAZ/news/news.ttl"
    path.write_text(path.read_text() + "<https://w3id.org/kzlod/id/x> kzlod:start 1.50 .\n")
    with pytest.raises(ValidationError, match=r'"1.50".*"1.5"'):
        build_release(tiny, tmp_path / "r", quiet)


def test_only_one_build_at_a_time(tiny: Path, tmp_path: Path) -> None:
    import fcntl

    releases = tmp_path / "r"
    releases.mkdir()
    with (releases / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ReleaseError, match="another release is being made"):
            build_release(tiny, releases, quiet)
    build_release(tiny, releases, quiet)


def test_the_name_depends_on_every_input(tiny: Path) -> None:
    names = {release_id(tiny, "1.2.3")}
    for name in ("ontology/terms.ttl", "shapes/links.ttl", "queries/competency/treaties.rq", "release.toml"):
        path = tiny / name
        path.write_text(path.read_text() + "\n# changed\n")
        names.add(release_id(tiny, "1.2.3"))
    assert len(names) == 5


def test_killing_a_build_at_random_moments_leaves_the_previous_release(tiny: Path) -> None:
    releases = tiny / "release"
    first, _ = build_release(tiny, releases, quiet)
    path = tiny / "data/KAZ/news/news.ttl"
    path.write_text(path.read_text().replace("Treaty of A", "Treaty of C"))
    command = [sys.executable, "-m", "kzlod", "release", "--root", str(tiny)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)}
    began = time.monotonic()
    subprocess.run(
        [*command, "--to", str(tiny / "elsewhere")], env=environment, check=True, capture_output=True
    )
    whole = time.monotonic() - began
    chance = random.Random(20260101)
    finished = 0
    for _ in range(12):
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(chance.uniform(0.1, 1.0) * whole)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        current = current_release(releases)
        list(ox.Store.read_only(str(current.store_path)).quads_for_pattern(None, None, None))
        if current.id != first.id:
            finished += 1
            (releases / "current").unlink()
            (releases / "current").symlink_to(first.path.name)
            import shutil

            shutil.rmtree(current.path)
    last, _ = build_release(tiny, releases, quiet)
    assert last.id != first.id
    assert not list(releases.glob(".building-*"))
    assert finished < 12, "no build was killed before its end: the test showed nothing"


@pytest.mark.parametrize("damage", ["manifest", "store", "index", "dump", "json", "nothing"])
def test_half_written_releases_are_recognised(tiny: Path, tmp_path: Path, damage: str) -> None:
    import shutil

    release, _ = build_release(tiny, tmp_path / "r", quiet)
    if damage == "nothing":
        assert open_release(release.path).id == release.id
        return
    if damage == "manifest":
        (release.path / "manifest.json").unlink()
    elif damage == "store":
        shutil.rmtree(release.store_path)
    elif damage == "index":
        (release.path / "index.sqlite").unlink()
    elif damage == "dump":
        (release.dumps_path / "kzlod.nq.gz").write_bytes(b"")
    else:
        (release.path / "manifest.json").write_text(json.dumps({"release": 1}))
    with pytest.raises(ReleaseError) as caught:
        open_release(release.path)
    assert "kzlod release" in caught.value.problems[0].remedy
    repaired, made = build_release(tiny, tmp_path / "r", quiet)
    assert made
    assert repaired.id == release.id
    assert open_release(repaired.path).id == release.id


def test_no_release(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="no release is current"):
        current_release(tmp_path)
    with pytest.raises(ReleaseError, match="no release here"):
        open_release(tmp_path / "x")
