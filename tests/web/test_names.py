"""Where a statement stands, in the words of its document and of the reader."""

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from kzlod.namespaces import ID
from kzlod.web.i18n import texts
from kzlod.web.names import Namer, in_one
from kzlod.web.reading import Reader

from .conftest import write_release

DATA = """
@prefix : <https://w3id.org/kzlod/id/source/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix language: <https://w3id.org/kzlod/concept/language/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:graph\\/t {
  :law rdfs:label "Закон"@ru, "Заң"@kk ; dcterms:language language:rus .
  :both rdfs:label "Оба"@ru ; dcterms:language language:rus, language:kaz .
  :law\\/text\\/3 rdfs:label "Заң, Глава 2, общая, 3-абзац"@kk .
  :law\\/text\\/4 rdfs:label "Заң, 7-сұрақ, «Да» нұсқасы, «Жоқ» өрісі"@kk .
  :law\\/text\\/1 rdfs:label "Заң, 3-абзац"@kk, "Закон, абзац 3"@ru .
}
"""


@pytest.fixture(scope="module")
def kazakh(tmp_path_factory: pytest.TempPathFactory) -> Namer:
    folder: Path = tmp_path_factory.mktemp("names")
    release = write_release(folder, list(parse(DATA.encode(), format=RdfFormat.TRIG)))
    return Namer(Reader.open(release.store_path, release.manifest), texts("kk"))


@pytest.mark.parametrize(
    ("citation", "document", "locator", "expected"),
    [
        ("law/text/1", "law", "Глава 2 › абзац 3", [("Глава 2", "ru"), (" › ", ""), ("3-абзац", "kk")]),
        ("law/text/1", "law", "абзац 3", [("3-абзац", "kk")]),
        (
            "law/text/3",
            "law",
            "Глава 2, общая, абзац 3",
            [("Глава 2, общая", "ru"), (", ", ""), ("3-абзац", "kk")],
        ),
        (
            "law/text/4",
            "law",
            "вопрос 7, вариант Да, поле",
            [("7-сұрақ, «", "kk"), ("Да", "ru"), ("» нұсқасы, «", "kk"), ("Жоқ", "kk"), ("» өрісі", "kk")],
        ),
        ("law/text/2", "law", "Глава 2 › абзац 3", [("Глава 2 › абзац 3", "ru")]),
        ("both/text/1", "both", "Глава 2", [("Глава 2", "")]),
        ("both/text/1", "both", "Chapter 2", [("Chapter 2", "en")]),
        ("none/text/1", "none", "Chapter 2", [("Chapter 2", "en")]),
        ("none/text/1", "", "Chapter 2", [("Chapter 2", "en")]),
        ("none/text/1", "none", "", []),
    ],
)
def test_a_place_says_in_which_language_its_parts_are(
    kazakh: Namer, citation: str, document: str, locator: str, expected: list[tuple[str, str]]
) -> None:
    source = f"{ID}source/"
    found = kazakh.place(source + citation, document and source + document, locator)
    assert [(one.text, one.language) for one in found] == expected
    assert in_one(found) == "".join(text for text, _ in expected)
