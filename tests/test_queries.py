import csv
import io
import re
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.errors import InputError
from kzlod.queries import StoredQuery, read_queries, read_query, read_topics, without_header
from kzlod.release.published import Release
from tests.unbound import joins_on_unbound

LANGUAGES = ("en", "ru", "kk")
ROOT = Path(__file__).resolve().parent.parent
COMPETENCY = sorted((ROOT / "queries" / "competency").glob("*.rq"))
STORED = sorted((ROOT / "queries").glob("*/*.rq"))
TABLES = [path for path in STORED if path.parent.name != "rules"]
ALIKE = {"crosswalk"}  # has fixed columns, in which two correspondences may say the same
FIRST, SECOND = re.compile(r"\bKAZ\b"), "ZZZ"  # the country of the release, and an invented one
LONGEST = 5.0  # seconds that a stored query may take with two countries, on a busy machine
TOGETHER = {  # queries that do not tell countries apart, and why
    "countries-in-other-data-sets": "counts the documents of all countries that name a country",
    "forms-of-cooperation-in-three-languages": "concepts belong to no country",
    "questions-and-figures": "counts the answers of all countries, as its description says",
    "side-by-side": "has two countries in each row",
    "treaties-in-three-languages": "treaties belong to no one country",
    "treaty-map": "has a row for each state, with the treaties of all documents",
    "treaty-timeline": "treaties belong to no one country; a step names its state",
    "widest-passages": "has the widest passages of all documents",
}


def answer(release: Release, path: Path) -> list[list[str]]:
    """The answer of a stored query as rows of a CSV file, its header first."""
    return rows_of(ox.Store.read_only(str(release.store_path)), path)


def rows_of(store: ox.Store, path: Path) -> list[list[str]]:
    result = store.query(path.read_text("utf-8"))
    assert isinstance(result, ox.QuerySolutions)
    content = result.serialize(format=ox.QueryResultsFormat.CSV)
    assert content is not None
    return list(csv.reader(io.StringIO(content.decode())))


@pytest.mark.parametrize("path", COMPETENCY, ids=lambda path: path.stem)
def test_competency_question_has_the_expected_answer(published: Release, path: Path) -> None:
    expected = list(csv.reader(io.StringIO(path.with_suffix(".csv").read_text("utf-8"))))
    found = answer(published, path)
    assert len(found) > 1, "a competency question with no answer shows nothing"
    assert found == expected


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_no_stored_query_joins_on_what_may_be_unbound(path: Path) -> None:
    assert joins_on_unbound(path.read_text("utf-8")) == set()


def test_a_join_on_what_may_be_unbound_is_seen() -> None:
    optional = "SELECT * { ?a <u:p> ?b OPTIONAL { ?a <u:q> ?c } %s }"
    assert joins_on_unbound(optional % "OPTIONAL { ?c <u:r> ?d }") == {"c"}
    assert joins_on_unbound(optional % "?c <u:r> ?d") == {"c"}
    assert joins_on_unbound(optional % "OPTIONAL { ?a <u:r> ?d }") == set()
    assert joins_on_unbound(optional % "BIND (COALESCE(?c, ?b) AS ?d) OPTIONAL { ?d <u:r> ?e }") == set()
    assert joins_on_unbound(optional % "BIND (STR(?c) AS ?d) OPTIONAL { ?e <u:r> ?d }") == {"d"}
    assert joins_on_unbound("SELECT * { GRAPH ?g { ?a <u:p> ?b } BIND (STR(?g) AS ?d) ?d <u:q> ?e }") == set()
    assert joins_on_unbound("SELECT * { { ?a <u:p> ?b } UNION { ?a <u:q> ?c } ?b <u:r> ?d }") == {"b"}


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_no_row_of_a_stored_query_is_there_twice(published: Release, path: Path) -> None:
    rows = [tuple(row) for row in answer(published, path)[1:]]
    assert path.stem in ALIKE or len(rows) == len(set(rows))


@pytest.fixture(scope="module")
def doubled(published: Release) -> ox.Store:
    """The release with a second country, of which everything is said that is said of the first."""
    once = ox.Store.read_only(str(published.store_path)).dump(format=ox.RdfFormat.N_QUADS)
    assert once is not None
    store = ox.Store()
    for quads in (once, re.sub(FIRST.pattern.encode(), SECOND.encode(), once)):
        store.bulk_load(quads, format=ox.RdfFormat.N_QUADS)
    return store


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_no_stored_query_mixes_countries(published: Release, doubled: ox.Store, path: Path) -> None:
    header, *before = answer(published, path)
    start = time.monotonic()
    found = rows_of(doubled, path)[1:]
    assert time.monotonic() - start < LONGEST
    if FIRST.search(without_header(path.read_text("utf-8"))):
        assert found == before, "what names a country is about that country only"
    elif path.stem not in TOGETHER:
        assert sorted(found) == sorted(before + [[FIRST.sub(SECOND, cell) for cell in row] for row in before])
        countries = [row[header.index("country")] for row in found]
        assert header[0] != "country" or countries == sorted(countries)


def test_a_cell_stands_beside_the_same_cell_of_another_country(doubled: ox.Store) -> None:
    header, *rows = rows_of(doubled, ROOT / "queries" / "examples" / "side-by-side.rq")
    pairs = [dict(zip(header, row, strict=True)) for row in rows]
    assert len(pairs) > 1000
    assert {(pair["countryA"], pair["countryB"]) for pair in pairs} == {("KAZ", SECOND)}
    assert all(pair["answerA"] == pair["answerB"] for pair in pairs)


def test_a_query_that_is_titled_by_a_country_names_it() -> None:
    titled = [query for query in read_queries(ROOT) if "Kazakhstan" in query.title["en"]]
    assert titled
    assert all(FIRST.search(without_header(query.text)) for query in titled)


def test_every_expected_answer_has_its_question() -> None:
    answers = {path.stem for path in (ROOT / "queries" / "competency").glob("*.csv")}
    assert answers == {path.stem for path in COMPETENCY}
    assert len(answers) >= 10


def untold(query: StoredQuery) -> list[str]:
    """What a stored query should say of itself and does not."""
    told = {"title": query.title, "description": query.description}
    missing = [f"{name}@{code}" for name, texts in told.items() for code in LANGUAGES if code not in texts]
    return missing + ([] if query.topic else ["topic"])


def test_stored_queries_have_titles_and_descriptions_in_three_languages_and_a_topic() -> None:
    found = {query.path.name: untold(query) for query in read_queries(ROOT)}
    assert len(found) > 100
    assert not {name: missing for name, missing in found.items() if missing}


def test_what_a_query_does_not_say_is_found(tmp_path: Path) -> None:
    path = tmp_path / "x.rq"
    path.write_text("# title@en: X\n# title@ru: Х\n# description@en: Y\n# description@ru: У\n\nASK {}")
    assert untold(read_query(path)) == ["title@kk", "description@kk", "topic"]


def test_a_russian_text_is_russian_and_a_kazakh_one_kazakh() -> None:
    for query in read_queries(ROOT):
        for texts in (query.title, query.description):
            assert re.search("[а-я]", texts["ru"]), query.path
            assert re.search("[әіңғүұқөһ]", texts["kk"].lower()), query.path
            assert not re.search("[әіңғүұқөһ]", texts["ru"].lower()), query.path


def test_topics_are_titled_in_three_languages_and_each_has_queries() -> None:
    topics = read_topics(ROOT)
    assert all(set(titles) == set(LANGUAGES) for titles in topics.values())
    assert {query.topic for query in read_queries(ROOT)} == set(topics)


def test_a_topic_that_there_is_not(tmp_path: Path) -> None:
    (tmp_path / "queries" / "examples").mkdir(parents=True)
    (tmp_path / "queries" / "topics.toml").write_text('[rules]\nen = "Rules"\n')
    (tmp_path / "queries" / "examples" / "x.rq").write_text("# title@en: X\n# topic: rulse\nASK {}")
    with pytest.raises(InputError, match="no topic 'rulse'"):
        read_queries(tmp_path)


def test_the_text_without_what_it_says_of_itself() -> None:
    assert without_header("# title@en: X\n# topic: y\n\nASK {} # z\n") == "ASK {} # z\n"
    assert without_header("ASK {}\n# end\n") == "ASK {}\n# end\n"


def test_queries_declare_the_prefixes_they_use() -> None:
    for query in read_queries(ROOT):
        ox.Store().query(query.text)


def test_a_query_without_title(tmp_path: Path) -> None:
    path = tmp_path / "x.rq"
    path.write_text("SELECT * { ?s ?p ?o }")
    with pytest.raises(InputError, match="no English title"):
        read_query(path)


def test_two_queries_of_one_name(tmp_path: Path) -> None:
    for folder in ("competency", "examples"):
        (tmp_path / "queries" / folder).mkdir(parents=True)
        (tmp_path / "queries" / folder / "x.rq").write_text("# title@en: X\nASK {}")
    with pytest.raises(InputError, match="same name"):
        read_queries(tmp_path)
