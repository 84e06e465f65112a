"""Invented countries: as many quads for each, what is shared only once, figures that vary."""

from collections import Counter
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pyoxigraph as ox
import pytest

from bench import countries
from kzlod.namespaces import BASE, PREFIXES

DATA = f"""
PREFIX kzlod: <{PREFIXES["kzlod"]}>
PREFIX id: <{BASE}id/>
PREFIX rdfs: <{PREFIXES["rdfs"]}>
GRAPH <{BASE}id/graph/KAZ/cepej-2020> {{
  <{BASE}id/cepej/2020/KAZ/q1> a kzlod:Observation ; kzlod:figure 100 ; kzlod:column 7 ;
    rdfs:label "Short"@en , "A text that is long enough to be that of Kazakhstan alone"@en .
  <{BASE}id/cepej/2020/KAZ/q2> kzlod:figure 100 , 12.50 .
}}
GRAPH <{BASE}id/graph/vocabulary> {{
  <{BASE}concept/x> rdfs:label "A text of the vocabulary that is long and shared by them all"@en .
  <{BASE}concept/x> kzlod:example <{BASE}id/cepej/2020/KAZ/q1> , <{BASE}id/KAZAN> .
}}
"""


@pytest.fixture(scope="module")
def store() -> ox.Store:
    found = ox.Store()
    found.load(DATA, format=ox.RdfFormat.TRIG)
    found.extend([ox.Quad(one.subject, one.predicate, one.object) for one in found])
    return found


def written(store: ox.Store, number: int, file: Path) -> list[ox.Quad]:
    countries.write(countries.read_model(store), number, file)
    return list(ox.parse(path=str(file), format=ox.RdfFormat.N_QUADS))


def test_each_country_has_as_much_and_what_is_shared_is_there_once(store: ox.Store, tmp_path: Path) -> None:
    quads = written(store, 3, tmp_path / "three.nq")
    assert len(quads) == len(set(quads)) == countries.read_model(store).quads(3)
    found = Counter(
        next((code for code in ("KAZ", "XAA", "XAB") if f"/{code}/" in str(quad)), "") for quad in quads
    )
    assert found["KAZ"] == found["XAA"] == found["XAB"] == 16
    assert found[""] == 4  # two of the vocabulary: one names KAZAN, which is not the code
    assert len(quads) == len(written(store, 1, tmp_path / "one.nq")) + 2 * 16


def test_the_union_has_what_the_graphs_have(store: ox.Store, tmp_path: Path) -> None:
    quads = written(store, 2, tmp_path / "two.nq")
    sides = {True: set[ox.Triple](), False: set[ox.Triple]()}
    for quad in quads:
        sides[isinstance(quad.graph_name, ox.DefaultGraph)].add(quad.triple)
    assert sides[True] == sides[False]


def test_names_texts_and_figures_are_those_of_the_country(store: ox.Store, tmp_path: Path) -> None:
    loaded = ox.Store()
    loaded.extend(written(store, 2, tmp_path / "two.nq"))
    label, figure = (ox.NamedNode(PREFIXES[p] + n) for p, n in (("rdfs", "label"), ("kzlod", "figure")))

    def values(iri: str, predicate: ox.NamedNode) -> list[str]:
        quads = loaded.quads_for_pattern(ox.NamedNode(BASE + iri), predicate, None, ox.DefaultGraph())
        return sorted(str(quad.object) for quad in quads)

    texts = values("id/cepej/2020/XAA/q1", label)
    assert texts == ['"A text that is long enough to be that of Country XAA alone"@en', '"Short"@en']
    assert values("concept/x", label) == ['"A text of the vocabulary that is long and shared by them all"@en']
    (first,) = values("id/cepej/2020/XAA/q1", figure)
    assert first in values("id/cepej/2020/XAA/q2", figure)  # equal figures stay equal
    assert first != '"100"^^<http://www.w3.org/2001/XMLSchema#integer>'
    assert values("id/cepej/2020/KAZ/q1", figure) == ['"100"^^<http://www.w3.org/2001/XMLSchema#integer>']


@pytest.mark.parametrize("value", ["0", "1", "250", "-40", "3.75", "0.1", "1E+3"])
def test_a_figure_varies_by_a_fifth_and_keeps_its_form(value: str) -> None:
    given = Decimal(value)
    for code in islice(countries.codes(), 1, 30):
        found = countries.varied(given, code)
        assert abs(found - given) <= abs(given) / 5 + Decimal(1).scaleb(given.as_tuple().exponent)  # type: ignore[arg-type]
        assert "." not in f"{found:f}" or "." in value
    assert countries.varied(given, countries.MODEL) == given


def test_the_same_number_gives_the_same_bytes(store: ox.Store, tmp_path: Path) -> None:
    for name in ("a", "b"):
        written(store, 4, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_there_are_codes_for_all_and_none_of_a_real_country_but_one() -> None:
    codes = list(islice(countries.codes(), 600))
    assert len(codes) == len(set(codes)) == 600
    assert [code for code in codes if not code.startswith("X")] == ["KAZ"]
