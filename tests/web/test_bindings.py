"""Cells of results: what notations stand for, passages as links, names in the reader's language."""

import pytest

from kzlod.release.published import Release
from kzlod.web.bindings import Binding, Cell, Cells, Row
from kzlod.web.i18n import texts
from kzlod.web.names import Namer
from kzlod.web.reading import Reader


@pytest.fixture(scope="module")
def reader(published: Release) -> Reader:
    return Reader.open(published.store_path, published.manifest)


def text(words: str, language: str = "") -> Binding:
    return {"type": "literal", "value": words} | ({"xml:lang": language} if language else {})


def shown(reader: Reader, rows: list[Row], language: str = "en") -> list[Cell]:
    cells = Cells(reader, Namer(reader, texts(language)), rows, ["x"])
    return [cells.cell("x", row["x"]) for row in rows]


def said(reader: Reader, *terms: Binding, language: str = "en") -> list[str]:
    return [one.text for one in shown(reader, [{"x": term} for term in terms], language)]


def test_notations_say_what_they_stand_for(reader: Reader) -> None:
    codes = [text("MCI"), text("year")]
    assert said(reader, *codes) == ["MCI – Monthly calculation index", "year"]  # which says it
    assert said(reader, text("KAZ"), text("FRA"), language="ru") == ["KAZ – Казахстан", "FRA – Франция"]


def test_what_is_no_notation_of_one_scheme_stays(reader: Reader) -> None:
    assert said(reader, text("MCI"), text("KAZ"), language="ru") == ["MCI", "KAZ"]
    assert said(reader, text("MCI"), text("nothing-like-it"), language="ru") == ["MCI", "nothing-like-it"]
    assert said(reader, text("205"), text("MCI", "en"), language="ru")[0] == "205"


def test_addresses_of_passages_are_short_links(reader: Reader) -> None:
    cited = [
        reader.iris(thing, "http://purl.org/dc/terms/source")[0]
        for thing in reader.subjects("https://w3id.org/kzlod/ontology#clauseOf", _version(reader))
    ]
    (cell,) = shown(reader, [{"x": text(" ".join(cited))}])
    assert (cell.values, len(cell.places)) == ((), 1)
    assert cell.places[0].first.isdecimal()
    (cell,) = shown(reader, [{"x": text("https://w3id.org/kzlod/id/treaty/ets-185 http://example.org/")}])
    assert [one.kind for one in cell.values] == ["text"]
    (cell,) = shown(reader, [{"x": text("https://w3id.org/kzlod/id/treaty/ets-185")}])
    assert [(one.href, one.name.text) for one in cell.values] == [
        ("/doc/treaty/ets-185", "Convention on Cybercrime")
    ]


def _version(reader: Reader) -> str:
    return next(
        version
        for one in reader.subjects(
            "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
            "https://w3id.org/kzlod/ontology#SanctionClause",
        )
        for version in reader.iris(one, "https://w3id.org/kzlod/ontology#clauseOf")
    )


def test_english_names_are_given_in_the_readers_language(reader: Reader) -> None:
    (cell,) = shown(reader, [{"x": text("Convention on Cybercrime", "en")}], "ru")
    assert cell.values[0].name.text == "Конвенция о киберпреступности"
    assert not cell.values[0].name.fallback
    assert cell.values[0].title == "Convention on Cybercrime"
    assert said(reader, text("No thing is called so", "en"), language="ru") == ["No thing is called so"]
    assert said(reader, text("Convention on Cybercrime", "en")) == ["Convention on Cybercrime"]
