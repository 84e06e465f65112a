"""What a step of an address stands for, when the data say nothing of the address itself."""

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from kzlod.namespaces import ID, ONTOLOGY
from kzlod.web.i18n import texts
from kzlod.web.names import Namer
from kzlod.web.reading import Reader

from .conftest import write_release

DATA = """
@prefix : <https://w3id.org/kzlod/id/> .
@prefix kzlod: <https://w3id.org/kzlod/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:graph\\/t {
  :treaty\\/conv\\/art\\/10 rdfs:label "статья 10 конвенции"@ru . :treaty\\/conv rdfs:label "Конвенция"@ru .
  :act\\/KGZ\\/code rdfs:label "Кодекс"@ru . :act\\/KGZ\\/code\\/art\\/11 rdfs:label "Статья 11 кодекса"@ru .
  :treaty\\/conv\\/art\\/11 rdfs:label "Статья 11 конвенции"@ru .
  :report\\/answer\\/art\\/10\\/code\\/1 a kzlod:Correspondence ; rdfs:label "1"@ru ;
    kzlod:domesticProvision :act\\/KGZ\\/code\\/art\\/11 ;
    kzlod:conventionProvision :treaty\\/conv\\/art\\/10 .
  :report\\/answer\\/art\\/11\\/x\\/1 a kzlod:Correspondence ; rdfs:label "2"@ru ;
    kzlod:domesticProvision :act\\/KGZ\\/code\\/art\\/11 ;
    kzlod:conventionProvision :treaty\\/conv\\/art\\/11 .
  :list\\/question\\/007 rdfs:label "Вопрос 007"@ru . :list\\/row\\/007-r1 rdfs:label "Судьи"@ru .
  :table\\/q007\\/r1\\/c1 a kzlod:Cell ; rdfs:label "3"@ru ;
    kzlod:question :list\\/question\\/007 ; kzlod:row :list\\/row\\/007-r1 .
  :list\\/question\\/008 rdfs:label "Вопрос 008"@ru . :sets\\/q008 rdfs:label "Набор 008"@ru .
  :list\\/question\\/009 rdfs:label "Вопрос 009"@ru . :sets\\/q009 rdfs:label "Набор 009"@ru .
  :table\\/q008\\/comment a kzlod:Cell ; rdfs:label "9"@ru ; kzlod:question :list\\/question\\/008 .
  :table\\/q008\\/r1\\/c1 a kzlod:Cell ; rdfs:label "10"@ru ;
    kzlod:question :list\\/question\\/008 ; kzlod:inDataSet :sets\\/q008 .
  :table\\/q009\\/r1\\/c1 a kzlod:Cell ; rdfs:label "11"@ru ;
    kzlod:question :list\\/question\\/009 ; kzlod:inDataSet :sets\\/q009 .
  :report\\/plan\\/threat\\/1 a kzlod:Risk, kzlod:ProgrammePart ; rdfs:label "4"@ru .
  :report\\/plan\\/threat\\/2 a kzlod:Risk, kzlod:ProgrammePart ; rdfs:label "5"@ru .
  :report\\/plan\\/aim\\/1 a kzlod:Objective, kzlod:ProgrammePart ; rdfs:label "6"@ru .
  :dispute\\/same\\/1 a kzlod:Discrepancy ; rdfs:label "7"@ru .
  :dispute\\/wording\\/1 a kzlod:Discrepancy ; rdfs:label "8"@ru .
  kzlod:ProgrammePart rdfs:label "часть"@ru .
  kzlod:Risk rdfs:label "риск"@ru ; rdfs:subClassOf kzlod:ProgrammePart .
  kzlod:Objective rdfs:label "цель"@ru ; rdfs:subClassOf kzlod:ProgrammePart .
  kzlod:Discrepancy rdfs:label "расхождение"@ru .
}
"""


@pytest.fixture(scope="module")
def namer(tmp_path_factory: pytest.TempPathFactory) -> Namer:
    folder: Path = tmp_path_factory.mktemp("steps")
    release = write_release(folder, list(parse(DATA.encode(), format=RdfFormat.TRIG)))
    return Namer(Reader.open(release.store_path, release.manifest), texts("ru"))


@pytest.mark.parametrize(
    ("address", "name", "language"),
    [
        ("report/answer/art/10", "Статья 10 конвенции", "ru"),
        ("report/answer/art/10/code", "Кодекс", "ru"),
        ("report/answer/art/11", "11", ""),  # of the convention or of the code
        ("table/q007", "Вопрос 007", "ru"),
        ("table/q007/r1", "Судьи", "ru"),
        ("table/q008", "Вопрос 008", "ru"),  # all point to the question, not all to the data set
        ("table/q009", "Набор 009", "ru"),  # the most like it of what all point to
        ("report/plan/threat", "Риск", "ru"),
        ("report/plan/aim", "Цель", "ru"),
        ("report/plan", "Часть", "ru"),  # of several kinds
        ("dispute/same", "same", "en"),  # as what stands beside it
        ("report/nothing", "nothing", "en"),
    ],
)
def test_a_step_is_called_by_what_it_stands_for(namer: Namer, address: str, name: str, language: str) -> None:
    found = namer.name(ID + address)
    assert (found.text, found.language) == (name, language)
    assert found.made_up is (language != "ru")


def test_classes_are_called_as_before(namer: Namer) -> None:
    assert namer.name(ONTOLOGY + "Risk").text == "риск"
