"""Names by pattern: provisions by their steps, what hangs on them, in all languages or in none."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.errors import InputError
from kzlod.namespaces import ONTOLOGY
from kzlod.release.naming import FILE, Patterns, name_things, read_patterns
from kzlod.release.published import Release

PREFIXES = f"""
@prefix k: <{ONTOLOGY}> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix : <urn:x:> .
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
    assert names["v", "ru"] == "Статья 12-1, часть 3 – Кодекс, по состоянию на 2020-05-01"
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


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("languages = [", "patterns.toml"),
        ('[[thing]]\nclass = "A"', "'languages' is missing"),
        ('languages = ["ru"]\n[[thing]]\nclass = "A"\nru = "{nowhere}"', "'nowhere'"),
    ],
)
def test_a_malformed_file_is_told(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / FILE).parent.mkdir(parents=True)
    (tmp_path / FILE).write_text(text, "utf-8")
    with pytest.raises(InputError, match=what):
        read_patterns(tmp_path)


def test_every_provision_and_cell_of_the_release_has_a_name_in_each_language(published: Release) -> None:
    store = ox.Store.read_only(str(published.store_path))
    for kind in (
        "Provision",
        "ProvisionVersion",
        "Sanction",
        "Offence",
        "Succession",
        "Participation",
        "MissingValue",
    ):
        query = f"""
            PREFIX k: <{ONTOLOGY}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
            SELECT ?thing ?language WHERE {{
                ?thing a k:{kind} . VALUES ?language {{ "en" "ru" "kk" }}
                FILTER NOT EXISTS {{ ?thing rdfs:label ?label FILTER (LANG(?label) = ?language) }}
            }}"""
        rows = store.query(query)
        assert isinstance(rows, ox.QuerySolutions)
        assert not [(row["thing"].value, row["language"].value) for row in rows]
