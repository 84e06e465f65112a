from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.errors import InputError
from kzlod.release.build import build_release
from kzlod.release.infer import infer

RULE = """
PREFIX kzlod: <https://w3id.org/kzlod/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
CONSTRUCT { ?t rdfs:comment "concluded" } WHERE { ?t a kzlod:Treaty }
"""
TREATY = "https://w3id.org/kzlod/id/treaty/a-b"


def write_rule(root: Path, text: str) -> None:
    folder = root / "queries" / "rules"
    folder.mkdir(parents=True)
    (folder / "rule.rq").write_text(text)


def test_what_a_rule_constructs_is_in_the_inferred_graph(tiny: Path, tmp_path: Path) -> None:
    write_rule(tiny, RULE)
    release, _ = build_release(tiny, tmp_path / "r", lambda step: None)
    store = ox.Store.read_only(str(release.store_path))
    graph = ox.NamedNode("https://w3id.org/kzlod/id/graph/inferred")
    (quad,) = store.quads_for_pattern(None, None, None, graph)
    assert quad.subject == ox.NamedNode(TREATY)
    assert quad.object == ox.Literal("concluded")


def test_without_rules_nothing_is_inferred(tmp_path: Path) -> None:
    assert list(infer(tmp_path, {})) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [("SELECT * WHERE { ?s ?p ?o }", "is not a CONSTRUCT query"), ("CONSTRUCT {\n ?s }", r"rule\.rq:2:5: ")],
)
def test_a_rule_must_be_a_construct_query(tmp_path: Path, text: str, words: str) -> None:
    write_rule(tmp_path, text)
    with pytest.raises(InputError, match=words):
        list(infer(tmp_path, {}))
