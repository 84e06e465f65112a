import csv
import io
from pathlib import Path

import pyoxigraph as ox
import pytest

from kzlod.errors import InputError
from kzlod.queries import read_queries, read_query
from kzlod.release.published import Release

ROOT = Path(__file__).resolve().parent.parent
COMPETENCY = sorted((ROOT / "queries" / "competency").glob("*.rq"))


def answer(release: Release, path: Path) -> list[list[str]]:
    """The answer of a stored query as rows of a CSV file, its header first."""
    result = ox.Store.read_only(str(release.store_path)).query(path.read_text("utf-8"))
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


def test_every_expected_answer_has_its_question() -> None:
    answers = {path.stem for path in (ROOT / "queries" / "competency").glob("*.csv")}
    assert answers == {path.stem for path in COMPETENCY}
    assert len(answers) >= 10


def test_stored_queries_are_titled_in_three_languages() -> None:
    for query in read_queries(ROOT):
        assert set(query.title) == {"en", "ru", "kk"}, query.path
        assert query.description.get("en"), query.path


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
