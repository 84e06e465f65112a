"""Places of citations in other languages: every word that an importer writes is rendered."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.documents import structure
from kzlod.documents.provisions import _KINDS
from kzlod.ingest.profile.convention import _WORDS
from kzlod.release.naming import Patterns, name_things, read_patterns
from kzlod.terms import LABEL, TYPE, kz

DOCUMENT = ox.NamedNode("urn:x:document")
IMPORTERS = Path("kzlod") / "ingest"
CALLS = {"Use", "_use", "_remark", "_unit"}
NO_PLACE = {"column titles", "page footer", "text of the convention", "heading of the convention"}
LATIN = re.compile(r"[A-Za-z]{2,}")


@pytest.fixture(scope="module")
def patterns(root: Path) -> Patterns:
    return read_patterns(root)


def rendered(patterns: Patterns, places: list[str]) -> list[tuple[str, str]]:
    """The places in Russian and Kazakh."""
    triples = [ox.Triple(DOCUMENT, LABEL, ox.Literal("Key", language=one)) for one in ("en", "ru", "kk")]
    for number, place in enumerate(places):
        citation = ox.NamedNode(f"urn:x:{number}")
        triples += [ox.Triple(citation, TYPE, kz("Citation"))]
        triples += [ox.Triple(citation, kz("inDocument"), DOCUMENT)]
        triples += [ox.Triple(citation, LABEL, ox.Literal(f"key, {place}", language="en"))]
    named = {
        (str(one.subject.value), one.object.language): one.object.value.removeprefix("Key, ")  # type: ignore[union-attr]
        for one in name_things(patterns, [triples])
    }
    return [(named[f"urn:x:{number}", "ru"], named[f"urn:x:{number}", "kk"]) for number in range(len(places))]


def written(root: Path) -> Iterator[str]:
    """The words of places that the code of the importers has, one by one."""
    for name in {*(name for name, _ in _KINDS.values()), *_WORDS.values()}:
        yield f"{name} 2-1"
    yield from ("article unnumbered", "note unnumbered")
    kinds = set(re.findall(r'"(paragraph|item|line)"', Path(structure.__file__).read_text("utf-8")))
    for kind in (*kinds, "sentence"):
        yield from (f"{kind} 3", f"{kind}s 3–4")
    yield from ("heading", "between paragraphs", "page 3", "between the columns", "convention column")
    for path in sorted((root / IMPORTERS / "profile").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", getattr(node.func, "id", "")) in CALLS
            ):
                for one in (*node.args[:2], *node.args[3:]):
                    if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value:
                        role = getattr(node.func, "attr", "") == "_unit"
                        yield f"{one.value} of a provision" if role else one.value
    yield from ("table of contents: heading", "table of contents: «A»", "editors' note: on the profile")
    yield from ("front matter: heading", "front matter field: «A»", "heading of the row")
    citing = (root / IMPORTERS / "questionnaire" / "citing.py").read_text("utf-8")
    yield from re.findall(r'yield [^,\n]+, "([a-z ]+)"', citing)
    yield from re.findall(r'": "([a-z ]+)"', citing)
    yield from (
        "question 008-2",
        "row 1",
        "column 2",
        "front",
        "option",
        "option «A»",
        "figure",
        "figure for «A»",
    )


def test_every_word_that_importers_write_is_rendered(root: Path, patterns: Patterns) -> None:
    words = sorted(set(written(root)) - NO_PLACE)
    assert len(words) > 50
    assert [pair for pair in rendered(patterns, words) if any(map(LATIN.search, pair))] == []


@pytest.mark.parametrize(
    ("place", "ru", "kk"),
    [
        ("page 4, lines 22–29", "страница 4, строки 22–29", "4-бет, 22–29-жолдар"),
        ("question 008-2, comment", "вопрос 008-2, комментарий", "008-2-сұрақ, түсініктеме"),
        (
            "convention column, article 1, paragraph 2, point b, sub-point ii",
            "столбец конвенции, статья 1, пункт 2, подпункт b, подпункт ii",
            "конвенция бағаны, 1-бап, 2-тармақ, b тармақшасы, ii тармақшасы",
        ),
        (
            "Bribery (arts. 1, 2), paragraph 1",
            "Bribery (arts. 1, 2), абзац 1",
            "Bribery (arts. 1, 2), 1-абзац",
        ),
        ("item 3 to paragraph 2", "пункт перечня 3 – абзац 2", "тізімнің 3-тармағы – 2-абзац"),
        (
            "question 1, option Yes, which: to question 1, option to appeal",
            "вопрос 1, вариант ответа «Yes, which:» – вопрос 1, вариант ответа «to appeal»",
            "1-сұрақ, «Yes, which:» жауап нұсқасы – 1-сұрақ, «to appeal» жауап нұсқасы",
        ),
        (
            "reference to the convention, article 1, paragraph 3",
            "ссылка на конвенцию, статья 1, пункт 3",
            "конвенцияға сілтеме, 1-бап, 3-тармақ",
        ),
        (
            "What is said to all; and to some",
            "What is said to all; and to some",
            "What is said to all; and to some",
        ),
    ],
)
def test_a_place_is_rendered(place: str, ru: str, kk: str, patterns: Patterns) -> None:
    assert rendered(patterns, [place]) == [(ru, kk)]
