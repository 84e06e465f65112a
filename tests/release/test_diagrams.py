"""Pictures of the ontology: each says what the ontology says, in three languages, always the same."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from kzlod.namespaces import ONTOLOGY
from kzlod.release.diagrams import FOLDER, main_classes, relations, superclass, write_diagrams
from kzlod.release.svg import COLOURS, finish, light
from kzlod.release.terms import LANGUAGES, Module, Term, describe_terms, read_modules, read_terms

PREFIXES = f"""@prefix k: <{ONTOLOGY}> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
SMALL = f"""{PREFIXES}
k:A a owl:Class ; rdfs:label "thing & <b>"@en, "вещь"@ru, "нәрсе"@kk .
k:B a owl:Class ; rdfs:subClassOf k:A ; rdfs:label "part"@en, "часть"@ru, "бөлік"@kk .
k:C a owl:Class ; rdfs:label "other"@en .
k:leads a owl:ObjectProperty ; rdfs:label "leads"@en ; rdfs:domain k:A ; rdfs:range k:C .
k:holds a owl:ObjectProperty ; rdfs:label "holds"@en ; rdfs:domain k:C ; rdfs:range k:A .
k:value a owl:DatatypeProperty ; rdfs:label "value"@en ; rdfs:domain k:A .
"""


def triples(text: str) -> list[ox.Triple]:
    quads = ox.parse(text, format=ox.RdfFormat.TURTLE)
    return [ox.Triple(one.subject, one.predicate, one.object) for one in quads]


@pytest.fixture(scope="module")
def terms() -> dict[str, Term]:
    return read_terms(triples(SMALL))


MODULES = [Module("all", {"en": "All", "ru": "Все", "kk": "Бәрі"}, tuple(ONTOLOGY + name for name in "ABC"))]


def words(file: Path) -> list[str]:
    """The texts of a picture, without those of its name and description."""
    return [one.text or "" for one in ElementTree.parse(file).iter("{http://www.w3.org/2000/svg}text")]


def test_a_diagram_of_each_main_class_in_each_language(terms: dict[str, Term], tmp_path: Path) -> None:
    write_diagrams(tmp_path, terms, MODULES)
    names = {file.name for file in (tmp_path / FOLDER).iterdir()}
    assert names == {f"{name}.{language}.svg" for name in ("classes", "A", "C") for language in LANGUAGES}
    assert sorted(words(tmp_path / FOLDER / "classes.ru.svg")) == ["other", "Все", "вещь", "часть"]
    assert sorted(words(tmp_path / FOLDER / "A.en.svg")) == [
        "holds",
        "leads",
        "other",
        "other",
        "thing & <b>",
    ]


def test_the_same_bytes_each_time(terms: dict[str, Term], tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_diagrams(tmp_path / name, terms, MODULES)
    for file in (tmp_path / "one" / FOLDER).iterdir():
        assert file.read_bytes() == (tmp_path / "two" / FOLDER / file.name).read_bytes()


def test_pictures_stand_by_themselves(terms: dict[str, Term], tmp_path: Path) -> None:
    write_diagrams(tmp_path, terms, MODULES)
    for file in (tmp_path / FOLDER).iterdir():
        text = file.read_text("utf-8")
        root = ElementTree.fromstring(text)
        assert root.get("role") == "img" and root.get("lang") == file.name.split(".")[1]
        assert (
            root[0].text and root[1].text and root[0].tag.endswith("title") and root[1].tag.endswith("desc")
        )
        body = text.split("</style>")[1]
        assert not re.search(r'(fill|stroke)="#', body)  # every colour has its dark one
        assert "href" not in body and "<script" not in body and "http" not in body
        assert "prefers-color-scheme:dark" in text
        assert set(re.findall(r"[fs]-(\w+)", body)) <= set(COLOURS)


def test_all_classes_are_in_the_picture_of_the_ontology(root: Path, tmp_path: Path) -> None:
    ontology = [
        ox.Triple(one.subject, one.predicate, one.object)
        for path in sorted((root / "ontology").glob("*.ttl"))
        for one in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
    ]
    found, modules = read_terms(ontology), read_modules(root)
    write_diagrams(tmp_path, found, modules)
    classes = [one for one in found.values() if one.is_class]
    for language in LANGUAGES:
        shown = words(tmp_path / FOLDER / f"classes.{language}.svg")
        assert len(shown) >= len(classes) > 50
        begun = {word.rstrip("…") for word in shown}
        for one in classes:
            assert any(one.name(language).startswith(word) for word in begun), one.name(language)
    assert len(main_classes(found, relations(found))) > 25


def test_a_class_below_two_stands_below_the_first() -> None:
    found = read_terms(
        triples(
            f"{PREFIXES} k:A a owl:Class . k:B a owl:Class . k:C a owl:Class ; rdfs:subClassOf k:B, k:A ."
        )
    )
    assert superclass(found, found[f"{ONTOLOGY}C"]) == f"{ONTOLOGY}A"


def test_a_picture_is_named_safely() -> None:
    svg = f'<svg width="1" height="1"><path class="x" fill="{light("ink")}" stroke="#123456"/></svg>'
    text = finish(svg, "<b>&", "what", "en")
    assert '<title id="title">&lt;b&gt;&amp;</title>' in text
    assert '<path class="f-ink" stroke="#123456"/>' in text
    with pytest.raises(ValueError, match="no element"):
        finish("nothing", "", "", "en")


def test_what_is_said_of_the_terms(terms: dict[str, Term]) -> None:
    base = "https://w3id.org/kzlod/id/"
    data = triples(
        PREFIXES
        + "".join(f"<{base}{name}> a k:A ; k:leads <{base}c> ." for name in ("xxx", "y", "zz"))
        + f"<{base}zz> k:leads <{base}d> ."
    )
    described = describe_terms(triples(SMALL), MODULES, data)
    assert described["examples"] == {"A": [f"{base}y", f"{base}zz"], "leads": [f"{base}y", f"{base}zz"]}
    assert set(described["terms"]) == {"A", "B", "C", "leads", "holds", "value"}
    changed = describe_terms(triples(SMALL.replace('"part"', '"piece"')), MODULES, ())
    assert {name for name, hashed in changed["terms"].items() if hashed != described["terms"][name]} == {"B"}
    assert describe_terms(triples(SMALL), MODULES, reversed(data)) == described
    more = triples(f"{PREFIXES}<{base}a> a k:A, k:B .")  # entailed: counts where nothing else does
    assert describe_terms(triples(SMALL), MODULES, data, more)["examples"] == {
        **described["examples"],
        "B": [f"{base}a"],
    }


def test_every_file_with_terms_has_a_title(root: Path) -> None:
    modules = read_modules(root)
    assert [one.key for one in modules if one.titles["ru"] == one.key] == []
    stems = {path.stem for path in (root / "ontology").glob("*.ttl")}
    assert {one.key for one in modules} == stems - {"header", "alignments"}
    for one in modules:
        assert set(one.titles) == set(LANGUAGES)


def test_a_module_without_a_title_has_its_files_name(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology" / "law.ttl").write_text(SMALL, "utf-8")
    (module,) = read_modules(tmp_path)
    assert module.key == module.titles["kk"] == "law" and len(module.terms) == 6
