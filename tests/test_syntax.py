import pyoxigraph as ox
import pytest

from kzlod.syntax import explain


@pytest.mark.parametrize(
    ("query", "place", "words"),
    [
        ("SELECT * WHERE {\n ?s ?p }", (2, 9), "cannot go on like this"),
        ("SELECT ?a ?a WHERE { ?a ?b ?c }", (1, 12), "Duplicated variable name"),
        ("SELECT * WHERE { ?s <not iri> ?o }", (1, 23), "IRI parsing failed"),
    ],
)
def test_parser_messages_become_words(query: str, place: tuple[int, int], words: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        ox.Store().query(query)
    message, line, column = explain(str(caught.value.msg))
    assert (line, column) >= place
    assert words in message
    assert "['" not in message


def test_other_messages_stay() -> None:
    assert explain("the graph has no name") == ("the graph has no name", None, None)
