from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.documents.citations import (
    Reference,
    describe,
    misplaced,
    parse_reference,
    references,
    too_wide,
    verify,
)
from kzlod.documents.cite import citations_turtle, find_passage
from kzlod.documents.text import Document, Span
from kzlod.errors import DocumentError, InputError
from kzlod.terms import LABEL, SOURCE, TYPE, kz, literal
from kzlod.terms import value as value_of

TEXT = "A title\n\nFirst one. Second one.\nThird one.\n\nLast paragraph.\n"
DOC = Document(Path("x.txt"), TEXT.encode())
IRI = "https://w3id.org/kzlod/id/source/KAZ/x"


def reference(start: int, end: int, text: str = DOC.sha256[:8]) -> Reference:
    return Reference(IRI, text, Span(start, end))


def source_graph(*cited: Reference) -> list[ox.Triple]:
    """A graph that describes the document and a treaty with the citations."""
    node, treaty = ox.NamedNode(IRI), ox.NamedNode("https://w3id.org/kzlod/id/treaty/t")
    return [
        ox.Triple(node, TYPE, kz("SourceDocument")),
        ox.Triple(node, kz("sha256"), literal(DOC.sha256)),
        ox.Triple(node, kz("characters"), literal(len(TEXT))),
        *(ox.Triple(treaty, SOURCE, ox.NamedNode(one.iri)) for one in cited),
    ]


def test_reference_round_trip() -> None:
    assert parse_reference(reference(3, 9).iri) == reference(3, 9)


@pytest.mark.parametrize("step", ["03-9", "3-", "3-9/x", "-1-4", "a-b", "3-0"])
def test_what_is_no_reference(step: str) -> None:
    assert parse_reference(f"{IRI}/text/{DOC.sha256[:8]}/chars/{step}") is None


def test_description_gives_lines_hash_and_locator() -> None:
    said = {triple.predicate: triple.object for triple in describe(reference(20, 42), DOC)}
    assert said[kz("firstLine")] == literal(3)
    assert said[kz("lastLine")] == literal(4)
    assert said[kz("locator")] == literal("A title, paragraph 1, sentences 2–3")
    assert said[kz("sha256")] == literal(DOC.passage_sha256(Span(20, 42)))
    assert said[LABEL] == ox.Literal("x, A title, paragraph 1, sentences 2–3", language="en")


@pytest.mark.parametrize("span", [(5, 5), (9, 3), (0, 10_000)])
def test_a_citation_outside_its_document(span: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="characters"):
        list(describe(reference(*span), DOC))
    (problem,) = misplaced(source_graph(reference(*span)))
    assert problem.where == reference(*span).iri


def test_misplaced_finds_other_texts_and_unknown_documents() -> None:
    assert not list(misplaced(source_graph(reference(0, 7))))
    (problem,) = misplaced(source_graph(reference(0, 7, "00000000")))
    assert "00000000" in problem.what
    (problem,) = misplaced(source_graph(reference(0, 7))[3:])
    assert "does not describe" in problem.what


def test_verification() -> None:
    good, bad = reference(0, 7), reference(9, 19)
    described = [*describe(good, DOC), *describe(bad, DOC)]
    graph = source_graph(good, bad)
    assert verify([*graph, *described], {DOC.sha256: DOC}).right == 2
    for name, value in (("sha256", literal("0" * 64)), ("lastLine", literal(9)), ("end", literal(20))):
        changed = [
            ox.Triple(t.subject, t.predicate, value)
            if t.predicate == kz(name) and value_of(t.subject) == bad.iri
            else t
            for t in described
        ]
        result = verify([*graph, *changed], {DOC.sha256: DOC})
        assert result.right == 1
        assert [problem.where for problem in result.wrong] == [bad.iri]
        assert name in result.wrong[0].what
    undescribed = verify([*graph, *describe(good, DOC)], {DOC.sha256: DOC})
    assert [problem.where for problem in undescribed.wrong] == [bad.iri]
    assert verify([*graph, *described], {}).unavailable == {IRI: 2}


def test_one_changed_character_is_noticed() -> None:
    changed = Document(Path("x.txt"), TEXT.replace("First", "Fir5t").encode())
    graph = [*source_graph(reference(9, 19)), *describe(reference(9, 19), DOC)]
    assert verify(graph, {changed.sha256: changed}).right == 0


def test_citations_file(tmp_path: Path) -> None:
    text = citations_turtle([reference(9, 19), reference(0, 7)], {IRI: DOC})
    assert text.index("/chars/0-7") < text.index("/chars/9-19")
    found = [quad.triple for quad in ox.parse(text, ox.RdfFormat.TURTLE)]
    assert len(references(found)) == 2
    with pytest.raises(DocumentError):
        citations_turtle([reference(0, 7)], {})


def test_find_passage() -> None:
    assert find_passage(DOC, "one.  Third") == [Span(27, 37)]
    assert find_passage(DOC, "") == []
    assert len(find_passage(DOC, "one.")) == 3


def test_wide_citations_need_a_reason() -> None:
    text = "\n\n".join(f"line {n}" for n in range(8)) + "\n" + "\n".join(f"line {n}" for n in range(20))
    doc = Document(Path("x.txt"), text.encode())
    spaced = Reference(IRI, doc.sha256[:8], Span(0, text.index("line 7")))
    dense = Reference(IRI, doc.sha256[:8], Span(text.index("line 7"), len(text)))
    assert not list(too_wide(describe(spaced, doc)))
    (note,) = [t.object for t in describe(spaced, doc) if t.predicate == kz("note")]
    assert note == ox.Literal("Only 7 of these 14 lines are printed; the others are blank.", language="en")
    (problem,) = too_wide(describe(dense, doc))
    assert problem.where == dense.iri
    reason = ox.Triple(ox.NamedNode(dense.iri), kz("note"), ox.Literal("One table.", language="en"))
    assert not list(too_wide([*describe(dense, doc), reason]))
