"""Numbers with units and comparisons in words, in three languages and for any unit."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from kzlod.namespaces import CONCEPT, ID, PREFIXES
from kzlod.web.amounts import amount_of, in_words
from kzlod.web.i18n import LANGUAGES, texts
from kzlod.web.names import Namer
from kzlod.web.reading import Reader

from .conftest import write_release

DATA = """
@prefix : <https://w3id.org/kzlod/id/> .
@prefix c: <https://w3id.org/kzlod/concept/> .
@prefix kzlod: <https://w3id.org/kzlod/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
:graph\\/t {
  c:unit\\/furlong skos:prefLabel "Furlong"@en, "Фурлонг"@ru, "Фарлонг"@kk .
  c:comparator\\/far-from skos:prefLabel "Far from"@en, "Далеко от"@ru, "Алыс"@kk .
  :damage kzlod:value 17000000000 ; kzlod:unit c:unit\\/USD ; kzlod:comparator c:comparator\\/more-than .
  :unknown kzlod:unit c:unit\\/USD .
}
"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    folder: Path = tmp_path_factory.mktemp("amounts")
    release = write_release(folder, list(parse(DATA.encode(), format=RdfFormat.TRIG)))
    return Reader.open(release.store_path, release.manifest)


@pytest.mark.parametrize(
    ("number", "unit", "comparator", "words"),
    [
        ("3", "year", "more-than", ("more than 3 years", "более 3 лет", "3 жылдан артық")),
        ("1", "year", "less-than", ("less than 1 year", "менее 1 года", "1 жылдан кем")),
        ("2", "month", "at-least", ("at least 2 months", "не менее 2 месяцев", "кемінде 2 ай")),
        ("5", "day", "at-most", ("at most 5 days", "не более 5 дней", "ең көбі 5 күн")),
        ("3", "EUR", "equal", ("3 euros", "3 евро", "3 еуро")),
        (
            "2",
            "case",
            "approximately",
            ("approximately 2 cases", "приблизительно 2 дела", "шамамен 2 іс"),
        ),
        (
            "0.5",
            "furlong",
            "more-than",
            ("more than 0.5 (Furlong)", "более 0,5 (Фурлонг)", "артық: 0,5 (Фарлонг)"),
        ),
        ("7", "", "less-than", ("less than 7", "менее 7", "кем: 7")),
        ("7", "state", "far-from", ("Far from: 7 states", "Далеко от: 7 государств", "Алыс: 7 мемлекет")),
        ("7", "", "", ("7", "7", "7")),
    ],
)
def test_in_words(reader: Reader, number: str, unit: str, comparator: str, words: tuple[str, ...]) -> None:
    term = Literal(number, datatype=NamedNode(PREFIXES["xsd"] + "decimal"))
    given = [
        f"{CONCEPT}{kind}/{name}" if name else ""
        for kind, name in (("unit", unit), ("comparator", comparator))
    ]
    assert tuple(in_words(Namer(reader, texts(one)), term, *given) for one in LANGUAGES) == words


def test_of_a_reported_quantity(reader: Reader) -> None:
    english, kazakh = (Namer(reader, texts(language)) for language in ("en", "kk"))
    assert amount_of(reader, f"{ID}damage", english) == "more than 17,000,000,000 United States dollars"
    assert amount_of(reader, f"{ID}damage", kazakh).endswith(" АҚШ долларынан артық")
    assert amount_of(reader, f"{ID}unknown", english) == ""
