"""What the data must go on saying, and that they agree with the documents where these are at hand."""

from pathlib import Path

import pyoxigraph as ox
import pytest
from rich.console import Console

from kzlod import reports
from kzlod.namespaces import ID, ONTOLOGY
from kzlod.release.published import Release
from kzlod.repository import read_repository
from kzlod.terms import TYPE, kz, term, value
from kzlod.web.descriptions import describe, triples
from kzlod.web.reading import Reader

REVIEW = f"{ID}source/KAZ/uncac-review-2015/"
ARTICLE = f"{ID}act/KAZ/criminal-code-2014/art/367"


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("Recommendation", 19),
        ("GoodPractice", 12),
        ("Succession", 25),
        ("DomesticAct", 31),
        ("DomesticProvision", 120),
        ("Treaty", 6),
    ],
)
def test_counts_of_the_review(root: Path, kind: str, number: int) -> None:
    graph = read_repository(root).graphs["KAZ/uncac-review-2015"]
    things = {value(t.subject) for t in graph.triples if t.predicate == TYPE and t.object == kz(kind)}
    assert len(things) == number


def test_recommendations_and_practices_by_chapter(root: Path) -> None:
    graph = read_repository(root).graphs["KAZ/uncac-review-2015"]
    subjects = {value(triple.subject) for triple in graph.triples}
    for kind, chapter, number in (
        ("recommendation", "III", 14),
        ("recommendation", "IV", 5),
        ("good-practice", "III", 7),
        ("good-practice", "IV", 5),
    ):
        expected = {f"{REVIEW}{kind}/{chapter}-{n}" for n in range(1, number + 1)}
        assert expected == {iri for iri in subjects if iri.startswith(f"{REVIEW}{kind}/{chapter}-")}


def test_an_article_says_what_it_succeeded_and_what_concerns_it(published: Release) -> None:
    reader = Reader.open(published.store_path, published.manifest)
    description = describe(reader, ARTICLE)
    assert description is not None
    said = triples(reader, description)
    found = {(value(t.subject), t.predicate.value, value(t.object)) for t in said}
    replaced = f"{ID}act/KAZ/criminal-code-1997/art/312"
    assert (ARTICLE, "http://purl.org/dc/terms/replaces", replaced) in found
    source = "http://purl.org/dc/terms/source"
    concerning = {
        subject
        for subject, predicate, target in found
        if predicate.startswith(ONTOLOGY) and target.startswith(ARTICLE) and subject.startswith(REVIEW)
    }
    assert {f"{REVIEW}recommendation/III-{n}" for n in (1, 2, 3, 6, 12)} <= concerning
    assert any(subject.startswith(f"{REVIEW}finding/") for subject in concerning)
    for subject in concerning:
        citations = {target for one, predicate, target in found if one == subject and predicate == source}
        assert citations, subject
        for citation in citations:
            assert (citation, f"{ONTOLOGY}inDocument", REVIEW[:-1]) in found


def test_every_citation_is_right(root: Path, seeds: Path) -> None:
    assert reports.verify_citations(Console(quiet=True), root, seeds)


def test_no_sentence_is_left_out_and_every_count_agrees(root: Path, seeds: Path) -> None:
    assert reports.coverage(Console(quiet=True), root, seeds)


def test_derived_files_are_up_to_date(root: Path, seeds: Path, tmp_path: Path) -> None:
    import shutil

    for name in ("ontology", "data"):
        shutil.copytree(root / name, tmp_path / name)
    shutil.copy(root / "release.toml", tmp_path)
    written = [
        path for path, _ in (*reports.write_citations(tmp_path, seeds), *reports.write_provisions(tmp_path))
    ]
    assert written
    for path in written:
        assert path.read_bytes() == (root / path.relative_to(tmp_path)).read_bytes(), path


def test_no_sentence_of_a_document_is_copied(root: Path, seeds: Path) -> None:
    """Summaries are in our own words: no fourteen words in a row stand in a document too, titles apart."""
    import re

    length = 14
    words = re.compile(r"[^\W_]+")

    def runs(text: str) -> set[tuple[str, ...]]:
        found = [word.lower() for word in words.findall(text)]
        return {tuple(found[i : i + length]) for i in range(len(found) - length + 1)}

    printed = {run for path in seeds.glob("*.txt") for run in runs(path.read_text("utf-8"))}
    ours = (kz("summary"), kz("note"), kz("degreeText"), kz("answerText"))
    graphs = read_repository(root).sources
    named = {term("dcterms:title"), term("dcterms:alternative")}
    titles = {value(t.object) for graph in graphs for t in graph.triples if t.predicate in named}
    long = sorted((title for title in titles if len(title) > 20), key=len, reverse=True)

    def without_titles(text: str) -> str:
        text = re.sub(r"[\"“«][^\"”»]*[\"”»]", "|", text)
        for title in long:
            text = text.replace(title, "|")
        return text

    copied = [
        f"{value(triple.subject)}: {value(triple.object)}"
        for graph in graphs
        for triple in graph.triples
        if triple.predicate in ours
        and isinstance(triple.object, ox.Literal)
        and any(runs(part) & printed for part in without_titles(triple.object.value).split("|"))
    ]
    assert not copied, "\n".join(copied)
