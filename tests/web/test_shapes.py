"""Shapes in words: every constraint of the file is told, in the reader's language, at a place of its own."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from kzlod.namespaces import BASE, ONTOLOGY, PREFIXES
from kzlod.release.published import Release
from kzlod.web.app import create_app
from kzlod.web.explaining import concerned, grouped, how_many
from kzlod.web.i18n import LANGUAGES, texts
from kzlod.web.names import Namer
from kzlod.web.rdf import FORMATS
from kzlod.web.reading import Reader
from kzlod.web.settings import Settings
from kzlod.web.shacl import Shape, Step, read_shapes
from kzlod.web.site import Site

from .conftest import Client, NoEngine, write_release

SH = PREFIXES["sh"]
HEAD = f"@prefix sh: <{SH}> . @prefix k: <{ONTOLOGY}> . @prefix s: <{BASE}shapes#> .\n"


@pytest.fixture(scope="module")
def site(published: Release) -> Client:
    return Client(create_app(Site(published, NoEngine(), Settings())))


def shapes_of(tmp_path: Path, text: str) -> tuple[Shape, ...]:
    file = tmp_path / "shapes.ttl"
    file.write_text(HEAD + text, "utf-8")
    return read_shapes(file)


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        (None, None, "any number"),
        (0, None, "any number"),
        (1, None, "at least one"),
        (2, None, "at least 2"),
        (None, 1, "at most one"),
        (1, 1, "exactly one"),
        (3, 3, "exactly 3"),
        (2, 5, "from 2 to 5"),
        (None, 0, "none"),
    ],
)
def test_how_many(least: int | None, most: int | None, words: str) -> None:
    assert how_many(least, most, texts("en")) == words


def test_every_named_shape_has_its_place(published: Release, site: Client) -> None:
    named = {
        quad.subject.value
        for quad in parse(path=str(published.path / "shapes.ttl"), format=RdfFormat.TURTLE)
        if isinstance(quad.subject, NamedNode)
        and quad.predicate.value == PREFIXES["rdf"] + "type"
        and quad.object in (NamedNode(f"{SH}NodeShape"), NamedNode(f"{SH}PropertyShape"))
    }
    assert len(named) > 500
    page = site.page("/doc/shapes")
    places = re.findall(r'id="([^"]+)"', page)
    assert len(places) == len(set(places))
    assert {one.removeprefix(f"{BASE}shapes#") for one in named} <= set(places)


def test_every_message_and_query_is_told(published: Release, site: Client) -> None:
    page = unescape(site.page("/doc/shapes?lang=kk"))
    told = 0
    for quad in parse(path=str(published.path / "shapes.ttl"), format=RdfFormat.TURTLE):
        if quad.predicate.value == f"{SH}message":
            assert quad.object.value in page
            told += 1
        if quad.predicate.value == f"{SH}select":
            assert quad.object.value.strip().splitlines()[-1].strip() in page
    assert told > 600


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_condition_is_left_in_the_terms_of_shacl(published: Release, language: str) -> None:
    reader = Reader.open(published.store_path, published.manifest)
    shapes = read_shapes(published.path / "shapes.ttl")
    words: list[str] = []

    def collect(views: object) -> None:
        for view in views:  # type: ignore[attr-defined]
            words.extend(line.text for line in (*view.lines, *view.targets))
            words.append(view.severity)
            collect(view.properties)
            for line in view.lines:
                collect(line.inner)

    for group in grouped(shapes, Namer(reader, texts(language))):
        collect(group.shapes)
    assert len(words) > 900
    assert [one for one in words if "sh:" in one or one == "Violation"] == []


def test_a_shape_in_words(published: Release, site: Client) -> None:
    page = site.page("/doc/shapes?lang=ru")
    row = page[page.index('id="Designation-designates"') :].split("</tr>")[0]
    assert "ровно одно" in row and "идентификатор (IRI) объекта" in row
    assert 'href="/doc/ontology#designates"' in row
    functions = page[page.index('id="Designation-designatedFor"') :].split("</tr>")[0]
    assert 'href="/doc/concept/function"' in functions


def test_logic_paths_and_hostile_values(tmp_path: Path) -> None:
    (shape,) = shapes_of(
        tmp_path,
        """s:A a sh:NodeShape ; sh:targetClass k:Treaty ; sh:severity sh:Warning ;
             sh:property [ sh:path ( k:party [ sh:inversePath k:institutionOf ] ) ; sh:minCount 1 ;
                           sh:or ( [ sh:datatype k:x ] [ sh:not [ sh:hasValue "<b>" ] ] ) ] .""",
    )
    (inner,) = shape.properties
    assert inner.path == ((Step(f"{ONTOLOGY}party"), Step(f"{ONTOLOGY}institutionOf", backward=True)),)
    assert [one.kind for one in inner.constraints] == ["or"]
    assert [one.kind for one in inner.constraints[0].inner[1].constraints] == ["not"]
    assert shape.severity == f"{SH}Warning"


def test_shapes_that_are_odd_end_all_the_same(tmp_path: Path) -> None:
    """A list that comes back to itself, a shape within itself, a number that is none."""
    (shape,) = shapes_of(
        tmp_path,
        """s:A a sh:NodeShape ; sh:targetClass k:Treaty ; sh:property s:A ; sh:node s:A ;
             sh:minCount "many" ; sh:in _:l .
           _:l <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> 1 ;
               <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> _:l .""",
    )
    assert shape.least is None
    assert [len(one.terms) for one in shape.constraints if one.kind == "in"] == [1]


def test_the_shapes_that_concern_a_term(tmp_path: Path) -> None:
    found = concerned(
        shapes_of(
            tmp_path,
            """s:A a sh:NodeShape ; sh:targetClass k:Treaty ; sh:property s:A-party .
               s:A-party sh:path k:party ; sh:class k:Country .""",
        )
    )
    assert found[f"{ONTOLOGY}Treaty"] == [f"{BASE}shapes#A"]
    assert found[f"{ONTOLOGY}party"] == found[f"{ONTOLOGY}Country"] == [f"{BASE}shapes#A-party"]


def test_the_fragment_survives_the_redirect(client: Client) -> None:
    answer = client.get("/shapes", "text/html")
    assert (answer.status_code, answer.headers["location"]) == (303, "/doc/shapes")
    assert 'id="Treaty"' in client.page("/doc/shapes")


def test_blank_nodes_have_the_same_names_each_time(
    make_client: Callable[[Release | None], Client], quads: list[Quad], tmp_path: Path
) -> None:
    release = write_release(tmp_path, quads)
    (release.path / "shapes.ttl").write_text(
        HEAD + "s:A a sh:NodeShape ; sh:property [ sh:path ( k:party k:x ) ] , [ sh:path _:other ] .", "utf-8"
    )
    client = make_client(release)
    for form in FORMATS[1:]:
        answers = {client.get(f"/doc/shapes{form.suffix}?x={time}").content for time in range(4)}
        assert len(answers) == 1, form
        (body,) = answers
        assert len(list(parse(body, format=form.rdf))) == 9
