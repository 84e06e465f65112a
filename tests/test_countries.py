"""The countries of the vocabulary are what the script makes of pycountry, byte for byte."""

import subprocess
import sys
from pathlib import Path

import pycountry
import pyoxigraph as ox

from kzlod.terms import LABEL, TYPE, kz, term
from kzlod.turtle import read_turtle

ROOT = Path(__file__).parent.parent
COUNTRIES = ROOT / "data" / "vocabulary" / "countries.ttl"
KAZ = ox.NamedNode("https://w3id.org/kzlod/id/country/KAZ")


def objects(subject: ox.NamedNode, predicate: ox.NamedNode) -> set[str]:
    triples = read_turtle(COUNTRIES).triples
    return {str(t.object) for t in triples if t.subject == subject and t.predicate == predicate}


def test_making_them_again_gives_the_same_bytes(tmp_path: Path) -> None:
    target = tmp_path / "countries.ttl"
    script = ROOT / "scripts" / "make_countries.py"
    subprocess.run([sys.executable, str(script), str(target)], check=True)
    assert target.read_bytes() == COUNTRIES.read_bytes()
    assert list(tmp_path.iterdir()) == [target]


def test_every_country_of_the_standard_is_there_once() -> None:
    countries = [t.subject for t in read_turtle(COUNTRIES).triples if t.object == kz("Country")]
    codes = {str(node).removesuffix(">").rpartition("/")[2] for node in countries}
    assert codes == {country.alpha_3 for country in pycountry.countries}
    assert len(countries) == len(codes)


def test_kazakhstan() -> None:
    assert objects(KAZ, LABEL) == {'"Kazakhstan"@en', '"Казахстан"@ru', '"Қазақстан"@kk'}
    assert objects(KAZ, kz("isoAlpha2")) == {'"KZ"'}
    assert objects(KAZ, kz("isoAlpha3")) == objects(KAZ, term("skos:notation")) == {'"KAZ"'}
    assert objects(KAZ, kz("isoNumeric")) == objects(KAZ, kz("m49")) == {'"398"'}


def test_every_country_has_a_name_in_each_language() -> None:
    triples = read_turtle(COUNTRIES).triples
    countries = {t.subject for t in triples if t.predicate == TYPE and t.object == kz("Country")}
    for language in ("en", "ru", "kk"):
        named = {
            t.subject
            for t in triples
            if t.predicate == LABEL and isinstance(t.object, ox.Literal) and t.object.language == language
        }
        assert countries <= named, language


def test_the_properties_of_the_codes_are_in_the_ontology() -> None:
    defined = {block.subject for block in read_turtle(ROOT / "ontology" / "country-codes.ttl").blocks}
    assert {kz(name).value for name in ("isoAlpha2", "isoAlpha3", "isoNumeric", "m49")} == defined
