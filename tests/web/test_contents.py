"""A source document as it is read: all that it states, once, in its own order."""

from collections.abc import Callable

import pytest

from kzlod.namespaces import ID, ONTOLOGY
from kzlod.release.contents import heading
from kzlod.release.published import Release
from kzlod.web.contents import read_contents
from kzlod.web.i18n import texts
from kzlod.web.names import Namer
from kzlod.web.reading import TYPE, Reader

from .conftest import Client

REVIEW = f"{ID}source/KGZ/review"


@pytest.fixture(scope="module")
def reader(reviewed: Release) -> Reader:
    return Reader.open(reviewed.store_path, reviewed.manifest)


@pytest.fixture(scope="module")
def site(reviewed: Release, make_client: Callable[[Release | None], Client]) -> Client:
    return make_client(reviewed)


def test_by_headings_in_the_order_of_the_text(reader: Reader) -> None:
    found = read_contents(reader, REVIEW, Namer(reader, texts("en")), 1, "")
    assert found
    headings = [[(step.text, step.language) for step in part.heading] for part in found.parts]
    assert headings == [[("Part A", "en"), ("Offences", "en")], [("Part B", "en")]]
    things = [entry.thing.title for part in found.parts for entry in part.entries]
    assert len(things) == len(set(things)) == found.total
    # The finding cites a heading, too, that many things share: it stands where its own sentence does.
    (gap,) = [one for part in found.parts for one in part.entries if one.thing.title.endswith("finding/gap")]
    assert (gap.first, gap.last, gap.locator) == ("4", "5", "Part A › Offences, paragraph 2")
    assert gap.href == "/doc/source/KGZ/review/text/0a/chars/40-50"
    assert gap.summary and gap.summary.name.text == "Offering is <i>no</i> offence."


def test_one_kind_and_the_sides_of_a_discrepancy(reader: Reader) -> None:
    namer = Namer(reader, texts("en"))
    found = read_contents(reader, REVIEW, namer, 1, "Discrepancy")
    assert found and found.total == found.discrepancies == 1
    ((entry,),) = [part.entries for part in found.parts]
    ((values, where),) = entry.sides
    assert [one.name.text for one in values] == ["2001"] and where
    assert read_contents(reader, REVIEW, namer, 1, "Office") is None
    assert read_contents(reader, REVIEW, namer, 2, "") is None


def test_everything_that_cites_a_document_is_in_its_contents(published: Release) -> None:
    reader = Reader.open(published.store_path, published.manifest)
    technical = {f"{ONTOLOGY}{name}" for name in ("Citation", "Support", "DiscrepancySide", "SourceDocument")}
    for document in reader.subjects(TYPE, f"{ONTOLOGY}SourceDocument"):
        cited = {
            thing
            for citation in reader.subjects(f"{ONTOLOGY}inDocument", document)
            for thing in reader.subjects("http://purl.org/dc/terms/source", citation)
            if not technical & set(reader.iris(thing, TYPE))
        }
        rows = reader.index.query("SELECT thing, kind FROM stated WHERE document = ?", document)
        discrepancies = {thing for thing, kind in rows if kind == f"{ONTOLOGY}Discrepancy"}
        assert {str(thing) for thing, _ in rows} - discrepancies == cited
        assert len(rows) == len({thing for thing, _ in rows})


@pytest.mark.parametrize(
    ("locator", "expected"),
    [
        (
            "2. Chapter › 2.1. Notes › Freezing, seizing, banks (arts. 31, 40), paragraph 1, sentence 2",
            "2. Chapter › 2.1. Notes › Freezing, seizing, banks (arts. 31, 40)",
        ),
        ("3. Courts › question 064-10-1, comment", "3. Courts › question 064-10-1"),
        ("page 4, lines 48–49", "page 4"),
        (
            "Article 20 – Data › convention column, article 20, point b, sub-point ii",
            "Article 20 – Data › convention column",
        ),
        ("A title, paragraph 2", "A title"),
        ("A title", "A title"),
        ("", ""),
    ],
)
def test_the_heading_of_a_locator(locator: str, expected: str) -> None:
    assert heading(locator) == expected


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_page(site: Client, language: str) -> None:
    strings = texts(language)
    page = site.page("/doc/source/KGZ/review", Accept_Language=language)
    assert f">{strings('contents.heading')}</h2>" in page
    assert "?of=Discrepancy#contents" in page
    page = site.page("/doc/source/KGZ/review?of=Finding", Accept_Language=language)
    assert ">A gap</a>" in page and ">A reservation</a>" not in page


@pytest.mark.parametrize("query", ["of=x", "of=%00", "entry=2", "entry=-1", "of=" + "a" * 5000])
def test_what_does_not_exist(site: Client, query: str) -> None:
    assert site.get(f"/doc/source/KGZ/review?{query}", "text/html").status_code == 404
