"""The concept schemes: one file a scheme, complete in three languages, consistent in itself."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.namespaces import CONCEPT
from kzlod.terms import TYPE, literal, term
from kzlod.turtle import read_turtle

FOLDER = Path(__file__).parent.parent / "data" / "vocabulary" / "schemes"
FILES = sorted(FOLDER.glob("*.ttl"))
LANGUAGES = ["en", "kk", "ru"]


def languages(triples: set[ox.Triple], subject: ox.NamedNode, predicate: str) -> list[str]:
    found = [t.object for t in triples if t.subject == subject and t.predicate == term(predicate)]
    return sorted(str(o.language) for o in found if isinstance(o, ox.Literal))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_scheme(file: Path) -> None:
    turtle = read_turtle(file)
    triples = set(turtle.triples)
    scheme = ox.NamedNode(CONCEPT + file.stem)
    assert ox.Triple(scheme, TYPE, term("skos:ConceptScheme")) in triples
    subjects = [ox.NamedNode(block.subject) for block in turtle.blocks]
    assert len(subjects) == len(set(subjects)), "a subject is described twice"
    for subject in subjects:
        assert languages(triples, subject, "skos:prefLabel") == LANGUAGES, subject
        assert languages(triples, subject, "skos:definition") == LANGUAGES, subject
    for concept in subjects[1:]:
        notation = concept.value.removeprefix(f"{scheme.value}/")
        assert ox.Triple(concept, TYPE, term("skos:Concept")) in triples
        assert ox.Triple(concept, term("skos:notation"), literal(notation)) in triples
        assert ox.Triple(concept, term("skos:inScheme"), scheme) in triples
        top = ox.Triple(concept, term("skos:topConceptOf"), scheme) in triples
        listed = ox.Triple(scheme, term("skos:hasTopConcept"), concept) in triples
        broader = [t.object for t in triples if t.subject == concept and t.predicate == term("skos:broader")]
        assert top == listed == (not broader), concept
        assert all(parent in subjects for parent in broader)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_are_unique_in_a_scheme(file: Path, language: str) -> None:
    labels = [
        t.object.value.casefold()
        for t in read_turtle(file).triples
        if t.predicate == term("skos:prefLabel")
        and isinstance(t.object, ox.Literal)
        and t.object.language == language
        and t.subject != ox.NamedNode(CONCEPT + file.stem)
    ]
    assert len(labels) == len(set(labels))


def test_there_are_schemes() -> None:
    assert len(FILES) >= 24
