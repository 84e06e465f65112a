"""The profile among the source documents as data: counts, the committed files, the fixed queries."""

import csv
import io
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.documents.text import read_documents
from kzlod.ingest.cybercrime.importing import Imported, import_profile, write
from kzlod.ingest.writing import REPORT
from kzlod.release.published import Release
from kzlod.terms import TYPE, kz, value
from tests.ingest.test_importing import VOCABULARY

FOLDER = Path("data/KAZ/cybercrime-profile-2020")


@pytest.fixture(scope="module")
def made(root: Path, seeds: Path) -> Imported:
    for document in read_documents(seeds).values():
        if "## Cybercrime legislation" in document.text:
            folder = root / FOLDER
            return import_profile(document.path, "KAZ", VOCABULARY, "ets-185", "", root / "data", folder)[0]
    pytest.skip("the profile is not among the documents")


def test_the_committed_files_are_what_the_import_gives(made: Imported, root: Path, tmp_path: Path) -> None:
    for path in write(made, tmp_path):
        assert path.read_bytes() == (root / FOLDER / path.name).read_bytes(), path.name


def test_counts(made: Imported) -> None:
    assert made.counts["offence articles"] == 13
    assert made.counts["offences"] == 45
    assert made.counts["alternatives"] == 145
    assert made.counts["additional punishments"] == 41
    assert made.counts["correspondences"] == 70
    assert not made.problems
    assert not made.wanting, (
        "every provision that is quoted has a summary, every aggravated form a circumstance"
    )


def test_the_report_accounts_for_every_line(root: Path, made: Imported) -> None:
    import json

    report = json.loads((root / FOLDER / REPORT).read_text("utf-8"))
    assert len(report["lines"]) == len(made.document.text.split("\n"))
    assert report["not placed"] == []
    assert report["problems"] == []


def test_where_the_profile_quotes_no_domestic_provision(made: Imported) -> None:
    found = [
        quad.triple
        for quad in ox.parse(made.files["correspondences.ttl"].encode(), format=ox.RdfFormat.TURTLE)
    ]
    correspondences = {value(t.subject) for t in found if t.predicate == TYPE}
    without = {
        value(t.subject)
        for t in found
        if t.predicate == kz("notStated") and t.object == kz("domesticProvision")
    }
    assert len(correspondences - without) == 70
    assert {iri.rpartition("/art/")[2] for iri in without} == {"12", "35", "42"}


def test_one_article_in_six_quotations(made: Imported) -> None:
    text = made.files["differences.ttl"]
    assert "discrepancy/title/law-on-communications/art/15>" in text
    assert text.count("law-on-communications/art/15/side/") // 2 >= 5


def rows(published: Release, root: Path, name: str) -> list[dict[str, str]]:
    query = (root / "queries" / "examples" / f"{name}.rq").read_text("utf-8")
    answer = ox.Store.read_only(str(published.store_path)).query(query)
    assert isinstance(answer, ox.QuerySolutions)
    content = answer.serialize(format=ox.QueryResultsFormat.CSV) or b""
    return list(csv.DictReader(io.StringIO(content.decode())))


def clause(found: list[dict[str, str]], article: str, part: str) -> list[tuple[str, ...]]:
    columns = ("appliesTo", "type", "minimum", "maximum", "fixed", "unit", "flag", "mandatory", "sameAs")
    return [
        tuple(row[column] for column in columns)
        for row in found
        if (row["article"], row["part"]) == (article, part)
    ]


def test_sanctions_keep_what_the_wording_says(published: Release, root: Path) -> None:
    found = rows(published, root, "sanctions")
    assert Counter(row["kind"] for row in found) == {"alternative": 145, "additional": 41}
    assert len({(row["article"], row["part"]) for row in found}) == 45
    assert clause(found, "188", "1")[0] == ("", "fine", "", "", "1000", "MCI", "", "", "")
    assert clause(found, "188", "3") == [
        ("", "restriction-of-liberty", "3", "7", "", "year", "", "", ""),
        ("", "imprisonment", "", "", "", "", "term-not-stated", "", ""),
        ("", "confiscation", "", "", "", "", "", "true", ""),
    ]
    assert clause(found, "212", "1")[-1] == ("", "deprivation-of-right", "", "2", "", "year", "", "true", "")
    assert clause(found, "190", "3") == [
        ("", "restriction-of-liberty", "3", "7", "", "year", "", "", ""),
        ("", "imprisonment", "3", "7", "", "year", "", "", "restriction-of-liberty"),
        ("", "confiscation", "", "", "", "", "", "true", ""),
        ("2", "fine", "10", "20", "", "multiple-of-property", "", "", ""),
        ("2", "imprisonment", "3", "7", "", "year", "", "", ""),
        ("2", "confiscation", "", "", "", "", "", "true", ""),
        ("2", "deprivation-of-right", "", "", "", "", "permanent", "true", ""),
    ]
    assert clause(found, "312", "3") == [
        ("", "imprisonment", "5", "8", "", "year", "", "", ""),
        ("", "confiscation", "", "", "", "", "", "true", ""),
        ("", "deprivation-of-right", "", "", "10", "year", "", "true", ""),
        ("1 2", "deprivation-of-right", "", "", "", "", "life", "true", ""),
    ]
    assert all(row["citation"] and row["country"] == "KAZ" for row in found)


def test_the_crosswalk_of_the_profile(published: Release, root: Path) -> None:
    found = [row for row in rows(published, root, "crosswalk") if row["treaty"].endswith("/ets-185")]
    assert {row["point"] for row in found if row["article"] == "1"} == {"a", "b", "c.i", "c.ii"}
    assert {row["article"] for row in found}.isdisjoint({"12", "35", "42"})
    emphasised = [
        (row["domesticArticle"], row["part"], row["domesticPoint"])
        for row in found
        if row["emphasised"] == "true"
    ]
    assert emphasised == [
        ("147", "3", ""),
        ("206", "1", ""),
        ("188", "2", "4"),
        ("190", "2", "4"),
        ("195", "3", "3"),
    ]
    assert ("40", "2", "2-1") in {
        (row["domesticArticle"], row["part"], row["domesticPoint"]) for row in found
    }
    assert all(row["citation"] and not row["degree"] for row in found)
