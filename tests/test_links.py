"""The reader of mapping sets, and the mapping sets themselves."""

import csv
import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.errors import InputError
from kzlod.links import LINK, read_links
from kzlod.terms import LABEL, TYPE, term
from kzlod.turtle import read_turtle

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "data" / "links").glob("*.sssom.tsv"))

HEADER = """\
#mapping_set_id: https://w3id.org/kzlod/id/link/test
#mapping_set_title: "A: test"
#mapping_set_version: "1"
#license: https://creativecommons.org/licenses/by/4.0/
#mapping_date: 2026-01-31
#curie_map:
#  country: https://w3id.org/kzlod/id/country/
#  skos: http://www.w3.org/2004/02/skos/core#
#  semapv: https://w3id.org/semapv/vocab/
#  wikidata: http://www.wikidata.org/entity/
"""
COLUMNS = [
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "mapping_provider",
    "comment",
]
ROW = [
    "country:KAZ",
    "Kazakhstan",
    "skos:exactMatch",
    "wikidata:Q232",
    "Kazakhstan",
    "semapv:ManualMappingCuration",
    "https://example.org/1.0",
    "file, version, place",
]
AXIOM = ox.NamedNode("https://w3id.org/kzlod/id/link/test/KAZ-wikidata-Q232")
KAZ = ox.NamedNode("https://w3id.org/kzlod/id/country/KAZ")
Q232 = ox.NamedNode("http://www.wikidata.org/entity/Q232")


def text(*rows: list[str], header: str = HEADER, columns: list[str] = COLUMNS) -> str:
    return header + "".join("\t".join(row) + "\n" for row in [columns, *rows])


def changed(column: str, cell: str) -> list[str]:
    return [cell if name == column else old for name, old in zip(COLUMNS, ROW, strict=True)]


def complaint(wrong: str) -> str:
    with pytest.raises(InputError) as caught:
        read_links(wrong, "test.tsv")
    assert all(problem.remedy for problem in caught.value.problems)
    return str(caught.value)


def test_a_row_is_a_triple_and_an_axiom_that_says_why() -> None:
    triples = read_links(text(ROW), "test.tsv")
    assert ox.Triple(KAZ, term("skos:exactMatch"), Q232) in triples
    about = {(t.predicate, t.object) for t in triples if t.subject == AXIOM}
    assert about == {
        (TYPE, term("owl:Axiom")),
        (LABEL, ox.Literal("Kazakhstan – Kazakhstan (wikidata:Q232)", language="en")),
        (term("owl:annotatedSource"), KAZ),
        (term("owl:annotatedProperty"), term("skos:exactMatch")),
        (term("owl:annotatedTarget"), Q232),
        (term("sssom:subject_label"), ox.Literal("Kazakhstan")),
        (term("sssom:object_label"), ox.Literal("Kazakhstan")),
        (
            term("sssom:mapping_justification"),
            ox.NamedNode("https://w3id.org/semapv/vocab/ManualMappingCuration"),
        ),
        (term("sssom:mapping_provider"), ox.NamedNode("https://example.org/1.0")),
        (term("rdfs:comment"), ox.Literal("file, version, place")),
    }


def test_the_set_is_described_and_holds_its_axioms() -> None:
    triples = read_links(text(ROW), "test.tsv")
    name = ox.NamedNode(LINK + "test")
    assert {
        ox.Triple(name, TYPE, term("sssom:MappingSet")),
        ox.Triple(name, LABEL, ox.Literal("A: test", language="en")),
        ox.Triple(name, term("owl:versionInfo"), ox.Literal("1")),
        ox.Triple(
            name, term("dcterms:license"), ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")
        ),
        ox.Triple(name, term("sssom:mappings"), AXIOM),
    } <= set(triples)


def test_there_are_no_blank_nodes() -> None:
    triples = read_links(text(ROW), "test.tsv")
    assert not any(isinstance(node, ox.BlankNode) for t in triples for node in (t.subject, t.object))


@pytest.mark.parametrize("key", ["mapping_set_id", "mapping_set_title", "mapping_set_version", "license"])
def test_a_missing_header_key(key: str) -> None:
    header = re.sub(rf"^#{key}:.*\n", "", HEADER, flags=re.MULTILINE)
    assert f"test.tsv:1: the header has no {key}" in complaint(text(ROW, header=header))


def test_a_foreign_name_of_the_set() -> None:
    header = HEADER.replace("https://w3id.org/kzlod/id/link/test", "https://example.org/set")
    assert "test.tsv:1: mapping_set_id is 'https://example.org/set'" in complaint(text(ROW, header=header))


def test_a_prefix_that_is_no_iri() -> None:
    header = HEADER.replace("http://www.wikidata.org/entity/", "entity/")
    assert "test.tsv:1: prefix wikidata stands for 'entity/'" in complaint(text(ROW, header=header))


@pytest.mark.parametrize(
    ("old", "new"),
    [("https://creativecommons.org/licenses/by/4.0/", "CC BY"), ("2026-01-31", "2026-02-30")],
)
def test_a_licence_or_date_that_is_none(old: str, new: str) -> None:
    assert f"is '{new}', no " in complaint(text(ROW, header=HEADER.replace(old, new)))


@pytest.mark.parametrize("column", ["subject_id", "predicate_id", "object_id", "mapping_justification"])
def test_a_prefix_that_is_not_declared(column: str) -> None:
    assert f"test.tsv:12: {column} 'wd:Q1' has no declared prefix" in complaint(
        text(changed(column, "wd:Q1"))
    )


@pytest.mark.parametrize("column", COLUMNS)
def test_a_missing_column(column: str) -> None:
    place = COLUMNS.index(column)
    columns, row = (cells[:place] + cells[place + 1 :] for cells in (COLUMNS, ROW))
    assert f"test.tsv:11: the table has no column {column}" in complaint(text(row, columns=columns))


def test_a_column_that_is_unknown_or_repeated() -> None:
    said = complaint(text([*ROW, "x", "y"], columns=[*COLUMNS, "colour", "comment"]))
    assert "test.tsv:11: column 'colour' is not known here" in said
    assert "test.tsv:11: column comment stands twice" in said


@pytest.mark.parametrize("column", COLUMNS)
def test_an_empty_required_cell(column: str) -> None:
    assert f"test.tsv:12: {column} is empty" in complaint(text(changed(column, " ")))


@pytest.mark.parametrize("cell", ["wikidata:Q 232", "wikidata:<Q232>", "wikidata:%zz"])
def test_an_object_that_is_no_iri(cell: str) -> None:
    assert f"test.tsv:12: object_id {cell!r} is not an absolute IRI" in complaint(
        text(changed("object_id", cell))
    )


def test_a_provider_that_is_no_iri() -> None:
    assert "test.tsv:12: mapping_provider 'a file' is not" in complaint(
        text(changed("mapping_provider", "a file"))
    )


def test_a_pair_that_is_mapped_twice() -> None:
    assert "test.tsv:13: maps country:KAZ to wikidata:Q232, as line 12 does" in complaint(text(ROW, ROW))


def test_a_row_with_too_few_cells() -> None:
    assert "test.tsv:12: has 7 cells where the table has 8 columns" in complaint(text(ROW[:-1]))


def test_a_quotation_mark_that_is_not_closed() -> None:
    assert "test.tsv:12: unexpected end of data" in complaint(text(changed("comment", '"open')))


def test_no_table() -> None:
    assert "test.tsv:11: has no table" in complaint(HEADER)


def test_all_problems_are_told_at_once() -> None:
    said = complaint(text(changed("comment", ""), changed("object_id", "wd:Q1")))
    assert "test.tsv:12" in said
    assert "test.tsv:13" in said


ALLOWED = {
    "countries": r"wikidata:Q[1-9]\d*|geonames:[1-9]\d*/|eu:country/[A-Z]{3}",
    "languages": r"eu:language/[A-Z]{3}",
    "themes": r"eurovoc:[1-9]\d*",
    "units": r"unit:[A-Za-z-]+",
}
JUSTIFICATIONS = {"semapv:ManualMappingCuration", "semapv:BackgroundKnowledgeBasedMatching"}


def rows(file: Path) -> list[dict[str, str]]:
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, dialect="excel-tab"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_set_can_be_read_and_is_licensed(file: Path) -> None:
    triples = read_links(file.read_text(encoding="utf-8"), file.name)
    licence = ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")
    name = ox.NamedNode(LINK + file.name.removesuffix(".sssom.tsv"))
    assert ox.Triple(name, term("dcterms:license"), licence) in triples


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_subject_is_in_the_vocabulary(file: Path) -> None:
    known = {
        block.subject
        for path in (ROOT / "data" / "vocabulary").rglob("*.ttl")
        for block in read_turtle(path).blocks
    }
    triples = read_links(file.read_text(encoding="utf-8"), file.name)
    subjects = {t.object for t in triples if t.predicate == term("owl:annotatedSource")}
    assert subjects
    assert subjects <= {ox.NamedNode(subject) for subject in known}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_row_has_an_object_of_a_known_kind_and_evidence_that_names_it(file: Path) -> None:
    pattern = ALLOWED[file.name.removesuffix(".sssom.tsv")]
    for row in rows(file):
        assert re.fullmatch(pattern, row["object_id"]), row
        assert row["mapping_justification"] in JUSTIFICATIONS, row
        assert row["mapping_provider"].startswith("https://"), row
        identifier = re.split(r"[:/]", row["object_id"].rstrip("/"))[-1]
        assert re.search(rf"\b{identifier}\b", row["comment"]), row


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_an_exact_match_is_the_only_one_to_its_object(file: Path) -> None:
    exact = [row["object_id"] for row in rows(file) if row["predicate_id"] == "skos:exactMatch"]
    assert len(exact) == len(set(exact))


def test_there_are_sets() -> None:
    assert {file.name.removesuffix(".sssom.tsv") for file in FILES} == set(ALLOWED)
