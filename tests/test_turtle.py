from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kzlod.errors import InputError
from kzlod.turtle import parse_turtle, read_turtle

HERE = Path("data/x.ttl")


def test_blocks_name_subject_and_line() -> None:
    text = (
        "@prefix a: <http://a/> .\nPREFIX b: <http://b/>\n# comment: a:no .\n"
        'a:x a b:y ; a:p "d . e" , """two\nlines .""" .\n\n'
        "<http://q/é> a:p 1.5 , 2 . a:1-2 a:p 'x' .\na:v1\\/z a:p a:q.\n"
    )
    file = parse_turtle(text, HERE)
    found = [(block.subject, block.line) for block in file.blocks]
    assert found == [("http://a/x", 4), ("http://q/é", 7), ("http://a/1-2", 7), ("http://a/v1/z", 8)]
    assert len(file.triples) == 7


def test_blocks_of_base_and_blank_nodes() -> None:
    text = "@base <http://a/b/> .\n<c> <p> [ <q> <r> ] .\n[] <p> <s> .\n_:x <p> <s> .\n"
    text += "( 1 ) <p> <s> .\n<d> <p> 1 .\n"
    blocks = parse_turtle(text, HERE).blocks
    assert [(block.subject, block.line) for block in blocks] == [("http://a/b/c", 2), ("http://a/b/d", 6)]


@given(st.lists(st.tuples(st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True), st.text()), max_size=8))
def test_every_subject_of_a_valid_file_is_found(things: list[tuple[str, str]]) -> None:
    import pyoxigraph as ox

    lines = [f"<http://a/{name}> <http://p> {ox.Literal(text)} ." for name, text in things]
    file = parse_turtle("\n".join(lines), HERE)
    assert [block.subject for block in file.blocks] == [f"http://a/{name}" for name, _ in things]
    assert [block.line for block in file.blocks] == list(range(1, len(things) + 1))


@pytest.mark.parametrize(
    ("text", "where", "remedy"),
    [
        ("@prefix a: <http://a/> .\na:x a b:y .\n", "data/x.ttl:2:7", "@prefix b:"),
        ("<http://a> <http://b> .\n", "data/x.ttl:1:", "Mend the Turtle"),
        ('<http://a> <http://b> "x\n', "data/x.ttl:1:", "Mend the Turtle"),
    ],
)
def test_syntax_errors_name_file_line_and_remedy(text: str, where: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_turtle(text, HERE)
    (problem,) = caught.value.problems
    assert problem.where.startswith(where)
    assert remedy in problem.remedy
    assert problem.what


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_turtle(tmp_path / "missing.ttl")
    (tmp_path / "latin.ttl").write_bytes('<http://a> <http://b> "x" .\n# é'.encode("latin-1"))
    with pytest.raises(InputError, match=r"latin.ttl:2: is not UTF-8"):
        read_turtle(tmp_path / "latin.ttl")
