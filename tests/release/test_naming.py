"""Names by pattern: provisions by their steps, what hangs on them, citations, in all languages or in none."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.errors import InputError
from kzlod.namespaces import BASE, ONTOLOGY
from kzlod.namespaces import PREFIXES as SPACES
from kzlod.release.naming import FILE, Patterns, name_things, read_patterns
from kzlod.release.published import Release

PREFIXES = f"""
@prefix k: <{ONTOLOGY}> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix : <urn:x:> .
@prefix owl: <{SPACES["owl"]}> . @prefix qb: <{SPACES["qb"]}> . @prefix sssom: <{SPACES["sssom"]}> .
"""
ACT = """
:act rdfs:label "Code"@en, "Кодекс"@ru, "Кодексі"@kk .
:art a k:Article, k:Provision ; k:number "12-1" ; k:provisionOf :act ; rdfs:label "Article 12-1 – Code"@en .
:part a k:Part, k:Provision ; k:number "3" ; k:provisionOf :act ; k:isPartOf :art .
"""


@pytest.fixture(scope="module")
def patterns(root: Path) -> Patterns:
    return read_patterns(root)


def named(patterns: Patterns, turtle: str) -> dict[tuple[str, str], str]:
    """The names made for what the Turtle says, by local name and language."""
    triples = [quad.triple for quad in ox.parse(PREFIXES + turtle, ox.RdfFormat.TURTLE)]
    return {
        (str(one.subject.value).removeprefix("urn:x:"), str(one.object.language)): one.object.value  # type: ignore[union-attr]
        for one in name_things(patterns, [triples])
    }


def test_a_provision_is_called_by_its_steps_and_its_act(patterns: Patterns) -> None:
    names = named(patterns, ACT)
    assert names["part", "ru"] == "Статья 12-1, часть 3 – Кодекс"
    assert names["part", "kk"] == "Кодексі, 12-1-бап, 3-бөлік"


def test_what_hangs_on_a_provision_is_called_after_it(patterns: Patterns) -> None:
    names = named(
        patterns,
        ACT
        + """
        :v a k:ProvisionVersion ; k:versionOf :part ; k:asOf "2020-05-01" .
        :clause a k:SanctionClause ; k:clauseOf :v ; k:alternative :fine .
        :fine a k:SanctionAlternative ; k:punishment :kind .
        :kind rdfs:label "fine"@en, "штраф"@ru, "айыппұл"@kk .
        """,
    )
    assert names["v", "ru"] == "Статья 12-1, часть 3 – Кодекс, по состоянию на 1 мая 2020 года"
    assert names["v", "kk"] == "Кодексі, 12-1-бап, 3-бөлік, 2020 жылғы 1 мамырдағы жағдай бойынша"
    assert names["fine", "ru"] == "Штраф: статья 12-1, часть 3 – Кодекс"
    assert names["fine", "kk"] == "Айыппұл: Кодексі, 12-1-бап, 3-бөлік"


def test_nothing_is_named_in_one_language_alone_or_twice(patterns: Patterns) -> None:
    half = ACT.replace(', "Кодексі"@kk', "")
    assert not named(patterns, half)
    own = ACT + ':part rdfs:label "Третья часть"@ru .'
    assert ("part", "ru") not in named(patterns, own)


def test_a_treaty_calls_its_points_otherwise(patterns: Patterns) -> None:
    names = named(
        patterns,
        """
        :t rdfs:label "Convention"@en, "Конвенция"@ru, "Конвенция"@kk .
        :a a k:Article, k:Provision, k:TreatyProvision ; k:number "1" ; k:provisionOf :t .
        :p a k:Point, k:Provision, k:TreatyProvision ; k:number "b" ; k:provisionOf :t ; k:isPartOf :a .
        :n a k:Article, k:Provision, k:TreatyProvision ; k:provisionOf :t .
        """,
    )
    assert names["p", "ru"] == "Статья 1, подпункт b – Конвенция"
    assert names["n", "kk"] == "Конвенция, нөмірсіз бап"


def test_a_circle_ends(patterns: Patterns) -> None:
    circles = """
        :v a k:ProvisionVersion ; k:versionOf :v ; k:asOf "2020" .
        :a a k:Article, k:Provision ; k:number "1" ; k:isPartOf :a .
        """
    assert not named(patterns, circles)


DOCUMENT = ':d rdfs:label "News"@en, "Новость"@ru, "Жаңалық"@kk . :c k:inDocument :d .'


def test_a_citation_is_called_by_its_document_and_its_place(patterns: Patterns) -> None:
    names = named(patterns, DOCUMENT + ':c a k:Citation ; rdfs:label "n-2020, Some, title, paragraph 2"@en .')
    assert names["c", "ru"] == "Новость, Some, title, абзац 2"
    assert names["c", "kk"] == "Жаңалық, Some, title, 2-абзац"


def test_a_step_towards_a_treaty_is_told_in_small_letters_with_its_date(patterns: Patterns) -> None:
    names = named(
        patterns,
        """
        :p a k:Participation ; k:state :s ; k:action :a ; k:participationIn :t ; k:date "2008-05" .
        :s rdfs:label "State"@en, "Страна"@ru, "Ел"@kk .
        :a rdfs:label "Ratified"@en, "Ратификация"@ru, "Ратификациялау"@kk .
        :t rdfs:label "Treaty"@en, "Договор"@ru, "Шарт"@kk .
        """,
    )
    assert names["p", "ru"] == "Страна: ратификация, май 2008 года – Договор"
    assert names["p", "kk"] == "Ел: ратификациялау, 2008 жылғы мамыр – Шарт"


def test_a_roman_number_takes_no_hyphen(patterns: Patterns) -> None:
    chapter = ':c a k:Chapter, k:Provision ; k:number "IV" ; k:provisionOf :act .'
    assert named(patterns, ACT + chapter)["c", "kk"] == "Кодексі, IV тарау"


def test_the_title_of_an_act_gives_way_to_its_name(patterns: Patterns) -> None:
    act = ':act a k:DomesticAct ; rdfs:label "Code, of 2020"@en, "Кодекс"@ru, "Кодексі"@kk .'
    place = "doc, Code, of 2020, paragraph 6 to Code, of 2020, article unnumbered"
    names = named(patterns, DOCUMENT + act + f':c a k:Citation ; rdfs:label "{place}"@en .')
    assert names["c", "ru"] == "Новость, Кодекс, пункт 6 – Кодекс, статья без номера"
    assert names["c", "kk"] == "Жаңалық, Кодексі, 6-тармақ – Кодексі, нөмірсіз бап"
    two = act + act.replace(":act", ":other")
    names = named(patterns, DOCUMENT + two + f':c a k:Citation ; rdfs:label "{place}"@en .')
    assert names["c", "ru"].startswith("Новость, Code")


def test_a_computed_value_is_called_by_its_indicator_and_what_it_is_about(patterns: Patterns) -> None:
    names = named(
        patterns,
        """
        :v a qb:Observation ; k:indicator :rate ; k:refArea :land ; k:refPeriod "2020" ; k:instance :first ;
            k:question :q ; k:caseType :all .
        :q k:printedCode "091" .
        :rate rdfs:label "Rate"@en, "Коэффициент"@ru, "Коэффициент"@kk .
        :land rdfs:label "Land"@en, "Страна"@ru, "Ел"@kk .
        :first rdfs:label "First"@en, "Первая инстанция"@ru, "Бірінші саты"@kk .
        :all rdfs:label "All"@en, "Все дела"@ru, "Барлық істер"@kk .
        """,
    )
    assert names["v", "ru"] == "Коэффициент: Страна 2020, вопрос 091; Первая инстанция; Все дела"
    assert names["v", "kk"] == "Коэффициент: Ел 2020, 091-сұрақ; Бірінші саты; Барлық істер"


def test_a_link_is_called_by_our_name_and_theirs(patterns: Patterns) -> None:
    names = named(
        patterns,
        """
        :link a owl:Axiom ; owl:annotatedSource :year ; owl:annotatedTarget <https://units.example/YR/> ;
            sssom:object_label "Year" .
        :year rdfs:label "Year"@en, "Год"@ru, "Жыл"@kk .
        """,
    )
    assert names["link", "ru"] == "Год – Year (units.example/YR)"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("languages = [", "patterns.toml"),
        ('[[thing]]\nclass = "A"', "'languages' is missing"),
        ('languages = ["ru"]\n[[thing]]\nclass = "A"\nru = "{nowhere}"', "'nowhere'"),
        ('languages = ["ru"]\n[[step]]\nclass = "A"\nru = "{number:odd}"', "odd"),
        ('languages = ["ru"]\n[[thing]]\nclass = "no:A"\nru = "A"', "'no' is missing"),
        ('languages = ["ru"]\n[[word]]\nen = "line {number}"', "'ru' is missing"),
    ],
)
def test_a_malformed_file_is_told(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / FILE).parent.mkdir(parents=True)
    (tmp_path / FILE).write_text(text, "utf-8")
    with pytest.raises(InputError, match=what):
        read_patterns(tmp_path)


THREE_LANGUAGES = (
    *("Provision", "ProvisionVersion", "Sanction", "Offence", "Succession", "Participation", "MissingValue"),
    *("Citation", "OfficeHolding", "Designation"),
    *("qb:Observation", "qb:DataSet", "qb:DataStructureDefinition", "qb:ComponentSpecification"),
    *("owl:Axiom", "sssom:MappingSet", "prov:Entity", "foaf:Agent"),
    *(
        "void:Dataset",
        "void:Linkset",
        "dcat:Catalog",
        "dcat:Distribution",
        "dcat:DataService",
        "spdx:Checksum",
    ),
    *("owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty"),
)


@pytest.fixture(scope="module")
def store(published: Release) -> ox.Store:
    return ox.Store.read_only(str(published.store_path))


@pytest.mark.parametrize("kind", THREE_LANGUAGES)
def test_everything_of_the_kind_has_a_name_in_each_language(store: ox.Store, kind: str) -> None:
    assert without_a_name(store, f"?thing a {kind if ':' in kind else f'k:{kind}'}") == []


def test_every_discrepancy_that_the_project_found_has_a_name_in_each_language(store: ox.Store) -> None:
    inferred = f"<{BASE}id/graph/inferred>"
    assert without_a_name(store, f"GRAPH {inferred} {{ ?thing a k:Discrepancy }}") == []
    assert without_a_name(store, f"GRAPH {inferred} {{ ?thing a k:DiscrepancySide }}") == []


def without_a_name(store: ox.Store, what: str) -> list[tuple[str, str]]:
    """The things that the pattern finds, some at least, with the languages in which they have no label."""
    prefixes = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in SPACES.items())
    found = f"PREFIX k: <{ONTOLOGY}>\n{prefixes}SELECT DISTINCT ?thing WHERE {{ {what} }}"
    things = [row["thing"] for row in rows_of(store, found) if isinstance(row["thing"], ox.NamedNode)]
    assert things
    label = ox.NamedNode(SPACES["rdfs"] + "label")
    missing = []
    for thing in things:
        quads = store.quads_for_pattern(thing, label, None, None)
        given = {quad.object.language for quad in quads if isinstance(quad.object, ox.Literal)}
        missing += [(thing.value, language) for language in ("en", "ru", "kk") if language not in given]
    return missing


def rows_of(store: ox.Store, query: str) -> ox.QuerySolutions:
    rows = store.query(query, use_default_graph_as_union=True)
    assert isinstance(rows, ox.QuerySolutions)
    return rows
