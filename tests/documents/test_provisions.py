from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.documents.provisions import parse_provision, provisions_turtle
from kzlod.errors import InputError
from kzlod.reports import write_provisions
from kzlod.repository import read_repository
from kzlod.terms import LABEL, SOURCE, TYPE, kz, literal

CODE = "https://w3id.org/kzlod/id/act/KAZ/criminal-code-2014"
TREATY = "https://w3id.org/kzlod/id/treaty/uncac"
LABELS = {CODE: "Criminal Code (2014)", TREATY: "UN Convention against Corruption"}
CITATION = "https://w3id.org/kzlod/id/source/KAZ/x/text/00000000/chars/1-2"


def naming(*provisions: str) -> list[ox.Triple]:
    finding = ox.NamedNode("https://w3id.org/kzlod/id/source/KAZ/x/finding/f")
    return [
        *(ox.Triple(finding, kz("reliesOn"), ox.NamedNode(iri)) for iri in provisions),
        ox.Triple(finding, SOURCE, ox.NamedNode(CITATION)),
    ]


def described(*provisions: str) -> dict[str, dict[ox.NamedNode, list[ox.NamedNode | ox.Literal]]]:
    text, _ = provisions_turtle(naming(*provisions), LABELS)
    found: dict[str, dict[ox.NamedNode, list[ox.NamedNode | ox.Literal]]] = {}
    for quad in ox.parse(text, ox.RdfFormat.TURTLE):
        found.setdefault(quad.subject.value, {}).setdefault(quad.predicate, []).append(quad.object)
    return found


def test_parsing() -> None:
    reference = parse_provision(f"{CODE}/art/40/part/2/pt/2-1")
    assert reference is not None
    assert reference.instrument == CODE
    assert reference.steps == (("art", "40"), ("part", "2"), ("pt", "2-1"))
    assert reference.iri == f"{CODE}/art/40/part/2/pt/2-1"
    assert reference.container is not None
    assert reference.container.iri == f"{CODE}/art/40/part/2"


@pytest.mark.parametrize(
    "step", ["", "/art", "/art/1/part", "/article/1", "/art/1/as-of/2020-05-01", "/art/1 "]
)
def test_what_is_no_provision(step: str) -> None:
    assert parse_provision(CODE + step) is None


def test_a_provision_and_its_containers_are_described() -> None:
    found = described(f"{CODE}/art/367/note/2")
    assert set(found) == {f"{CODE}/art/367", f"{CODE}/art/367/note/2"}
    note = found[f"{CODE}/art/367/note/2"]
    assert note[TYPE] == [kz("Provision"), kz("DomesticProvision"), kz("Note")]
    assert note[LABEL] == [ox.Literal("Article 367, note 2 – Criminal Code (2014)", language="en")]
    assert note[kz("number")] == [literal("2")]
    assert note[kz("isPartOf")] == [ox.NamedNode(f"{CODE}/art/367")]
    assert note[kz("provisionOf")] == [ox.NamedNode(CODE)]
    assert note[SOURCE] == [ox.NamedNode(CITATION)]
    assert found[f"{CODE}/art/367"][kz("isPartOf")] == [ox.NamedNode(CODE)]


def test_treaty_provisions_and_unnumbered_notes() -> None:
    found = described(f"{TREATY}/art/23/par/1/pt/b/sub/ii", f"{CODE}/art/307/note/unnumbered")
    sub = found[f"{TREATY}/art/23/par/1/pt/b/sub/ii"]
    assert sub[TYPE] == [kz("Provision"), kz("TreatyProvision"), kz("Subpoint")]
    note = found[f"{CODE}/art/307/note/unnumbered"]
    assert kz("number") not in note
    assert note[kz("notStated")] == [kz("number")]
    assert note[LABEL] == [ox.Literal("Article 307, note – Criminal Code (2014)", language="en")]


def test_successions_are_repeated_as_replacements() -> None:
    succession = ox.NamedNode("https://w3id.org/kzlod/id/source/KAZ/x/succession/s")
    group = ox.NamedNode("https://w3id.org/kzlod/id/source/KAZ/x/succession/g")

    def became(which: ox.NamedNode, old: tuple[str, ...], new: tuple[str, ...]) -> list[ox.Triple]:
        pairs = [("successionSource", number) for number in old] + [
            ("successionTarget", number) for number in new
        ]
        said = [ox.Triple(which, kz(name), ox.NamedNode(f"{CODE}/art/{number}")) for name, number in pairs]
        return [*said, ox.Triple(which, SOURCE, ox.NamedNode(CITATION))]

    triples = [*became(succession, ("1",), ("11", "12")), *became(group, ("2", "3"), ("13", "14"))]
    text, _ = provisions_turtle(triples, LABELS)
    replaces = "http://purl.org/dc/terms/replaces"
    found = {
        (quad.subject.value, quad.object.value)
        for quad in ox.parse(text, ox.RdfFormat.TURTLE)
        if quad.predicate.value == replaces
    }
    assert found == {(f"{CODE}/art/11", f"{CODE}/art/1"), (f"{CODE}/art/12", f"{CODE}/art/1")}


def test_natural_order() -> None:
    text, number = provisions_turtle(naming(*(f"{CODE}/art/{n}" for n in ("10", "9", "2-1", "2"))), LABELS)
    assert number == 4
    places = [text.index(f"/art/{n}>") for n in ("2", "2-1", "9", "10")]
    assert places == sorted(places)


def test_faults() -> None:
    with pytest.raises(InputError, match="no English label"):
        provisions_turtle(naming(f"{CODE}-x/art/1"), LABELS)
    with pytest.raises(InputError, match="without a citation"):
        provisions_turtle(naming(f"{CODE}/art/1")[:1], LABELS)


def test_the_file_is_written_once_and_for_all(tiny: Path) -> None:
    path = tiny / "data/KAZ/news/news.ttl"
    text = path.read_text().replace(
        "dcterms:source c:13-48",
        "kzlod:inDocument <https://w3id.org/kzlod/id/treaty/a-b/art/1> ; dcterms:source c:13-48",
    )
    path.write_text(text)
    written = [(file.name, number) for file, number in write_provisions(tiny)]
    assert written == [("provisions.ttl", 1)]
    before = (path.parent / "provisions.ttl").read_bytes()
    list(write_provisions(tiny))
    assert (path.parent / "provisions.ttl").read_bytes() == before
    path.write_text(text + '<https://w3id.org/kzlod/id/treaty/a-b/art/1> dcterms:title "By hand"@en .\n')
    assert (
        read_repository(tiny)
        .place("https://w3id.org/kzlod/id/treaty/a-b/art/1")
        .startswith("data/KAZ/news/news.ttl")
    )
    path.write_text(text.replace("kzlod:inDocument <https://w3id.org/kzlod/id/treaty/a-b/art/1> ;", ""))
    list(write_provisions(tiny))
    assert not (path.parent / "provisions.ttl").exists()
