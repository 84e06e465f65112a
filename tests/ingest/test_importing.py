"""Made-up and damaged profiles of other countries as data: counts, citations, shapes, fixed queries."""

import csv
import io
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kzlod.checks.shapes import load_shapes, violations
from kzlod.documents.citations import misplaced, too_wide, verify
from kzlod.documents.text import Document
from kzlod.ingest.cybercrime.completeness import item_counts
from kzlod.ingest.cybercrime.content import leaves
from kzlod.ingest.cybercrime.importing import Imported, build
from kzlod.ingest.cybercrime.kept import Kept
from kzlod.ingest.cybercrime.names import Names, act_names
from kzlod.ingest.profile.convention import Convention
from kzlod.ingest.profile.read import read_profile
from kzlod.ingesting import vocabulary
from kzlod.terms import SOURCE, TYPE, kz, value
from tests.ingest.generate import TREATY, generate
from tests.ingest.test_sanctions import clauses

ROOT = Path(__file__).resolve().parents[2]
ACT = "https://w3id.org/kzlod/id/act/GEO/"


VOCABULARY = vocabulary(ROOT)


def imported(text: str, convention: Convention, kept: Kept | None = None, country: str = "GEO") -> Imported:
    document = Document(Path("made-up.txt"), text.encode())
    profile = read_profile(document, convention)
    kept = kept or Kept()
    keys = (quotation.instrument for quotation in profile.domestic.quotations)
    acts = act_names(profile.domestic.instruments, keys, kept.acts)
    date = profile.front.version or "2021-03-07"
    names = Names(country, date, convention.iri, "Made-up Convention", acts)
    return build(document, profile, names, kept, ())


def triples(made: Imported) -> list[ox.Triple]:
    found = [
        quad.triple
        for text in made.files.values()
        for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)
    ]
    return list(dict.fromkeys(found))


def of_class(found: Sequence[ox.Triple], name: str) -> set[str]:
    return {value(t.subject) for t in found if t.predicate == TYPE and t.object == kz(name)}


def values(found: Sequence[ox.Triple], subject: str, name: str) -> set[str]:
    return {value(t.object) for t in found if value(t.subject) == subject and t.predicate == kz(name)}


def ask(query: str, found: Sequence[ox.Triple]) -> list[dict[str, str]]:
    """The rows of a stored query over these statements and the vocabulary."""
    store = ox.Store()
    store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object) for t in [*VOCABULARY, *found])
    answer = store.query((ROOT / "queries" / "examples" / f"{query}.rq").read_text("utf-8"))
    assert isinstance(answer, ox.QuerySolutions)
    content = answer.serialize(format=ox.QueryResultsFormat.CSV) or b""
    return list(csv.DictReader(io.StringIO(content.decode())))


@pytest.mark.parametrize("seed", range(30))
def test_everything_that_was_made_up_is_in_the_data(seed: int) -> None:
    made = generate(seed)
    result = imported(made.text, made.convention)
    found = triples(result)
    assert len(of_class(found, "Correspondence")) == len(made.quotations) + len(made.commentary)
    wanted = {(wanted.act, steps) for wanted in made.quotations for steps in wanted.units}
    assert len(of_class(found, "ProvisionVersion")) >= len(wanted)
    for quotation in result.profile.domestic.quotations:
        assert leaves(quotation)
    emphasised = {value(t.object).partition("/id/act/")[2] for t in found if t.predicate == kz("emphasises")}
    assert len(emphasised) >= len({(w.act, steps) for w in made.quotations for steps in w.emphasised})
    notes = {iri for iri in of_class(found, "Statement") if "/reference-note-" in iri}
    assert len(notes) == len(made.notes)
    cited = {value(t.subject) for t in found if t.predicate == SOURCE}
    things = {value(t.subject) for t in found if t.predicate == TYPE}
    uncited = things - cited - of_class(found, "Citation") - of_class(found, "Discrepancy")
    assert not uncited
    outcome = verify(found, {result.document.sha256: result.document})
    assert (outcome.wrong, dict(outcome.unavailable)) == ((), {})
    assert not [*misplaced(found), *too_wide(found)]
    assert imported(made.text, made.convention).files == result.files


@pytest.mark.parametrize("seed", [1, 7, 23])
def test_the_data_conform_to_the_shapes(seed: int) -> None:
    made = generate(seed)
    shapes = load_shapes(sorted((ROOT / "shapes" / "source").glob("*.ttl")))
    assert violations(triples(imported(made.text, made.convention)), shapes) == []


@pytest.mark.parametrize("seed", range(8))
def test_the_crosswalk_has_a_row_for_each_provision_at_the_finest_level(seed: int) -> None:
    made = generate(seed)
    rows = ask("crosswalk", triples(imported(made.text, made.convention)))
    wanted: Counter[tuple[str, ...]] = Counter()
    emphasised = 0
    for quotation in made.quotations:
        numbers = dict(quotation.convention)
        point = numbers.get("pt", "") + (f".{numbers['sub']}" if "sub" in numbers else "")
        inner = {steps[:length] for steps in quotation.units for length in range(len(steps))}
        for steps in quotation.units:
            if steps in inner:
                continue
            own = dict(steps)
            article = "" if own.get("art") == "unnumbered" else own.get("art", "")
            part = own.get("part", own.get("par", ""))
            key = (numbers["art"], numbers.get("par", ""), point, article, part, own.get("pt", ""))
            wanted[key] += 1
            emphasised += steps in quotation.emphasised
    columns = ("article", "paragraph", "point", "domesticArticle", "part", "domesticPoint")
    assert Counter(tuple(row[column] for column in columns) for row in rows) == wanted
    assert {row["treaty"] for row in rows} <= {TREATY}
    assert {row["country"] for row in rows} <= {"GEO"}
    assert sum(row["emphasised"] == "true" for row in rows) == emphasised
    assert all(row["citation"] and row["asserter"] and not row["degree"] for row in rows)
    assert list(rows[0]) == [
        *("treaty", "article", "paragraph", "point", "country", "instrument", "domesticArticle", "part"),
        *("domesticPoint", "degree", "emphasised", "asserter", "citation"),
    ]


@pytest.mark.parametrize("seed", range(6))
def test_what_is_missing_from_the_graph_is_counted_by_row(seed: int) -> None:
    made = generate(seed)
    result = imported(made.text, made.convention)
    found = triples(result)
    counted = {item.what: item for item in item_counts(result.document, result.profile, found)}
    assert not any(item.missing for item in counted.values())
    rows = {what: item.found for what, item in counted.items() if what.startswith("article ")}
    assert sum(rows.values()) == sum(
        len({*wanted.units, *([(("art", wanted.article),)] if wanted.title else [])})
        for wanted in made.quotations
    )
    lost = min(of_class(found, "ProvisionVersion"))
    kept = [triple for triple in found if value(triple.subject) != lost]
    again = list(item_counts(result.document, result.profile, kept))
    assert any(item.missing for item in again if item.what.startswith("article "))
    assert any(item.missing for item in again if item.what.startswith("distinct "))


FRONT = "# Ruritania\n\n## Cybercrime legislation\n\nVersion 07 March 2021\n\n"
TITLES = "BUDAPEST CONVENTION\tDOMESTIC LEGISLATION\n"


def profile_of(cells: str) -> str:
    """A profile of one row, whose domestic column is these cells."""
    left = "<p><b>Article 2 – Illegal access</b></p> <p>Each Party shall see to it.</p>"
    return f"{FRONT}{TITLES}{left}\t<p><b>Penal Code of the Kingdom of Ruritania</b></p> {cells}\n"


def convention() -> Convention:
    made = generate(0).convention
    article = replace(next(iter(made.articles.values())), number="2", title="Illegal access", parts=())
    return Convention(TREATY, {"2": article}, ())


def shown(row: dict[str, str]) -> str:
    """A row of the sanctions table in the short form in which the made-up clauses say what they hold."""
    figure = f"={row['fixed']} " if row["fixed"] else ""
    if row["minimum"] and row["maximum"]:
        figure = f"{row['minimum']}..{row['maximum']} "
    elif row["maximum"] or row["minimum"]:
        figure = f"≤{row['maximum']} " if row["maximum"] else f"≥{row['minimum']} "
    same = f" ~{row['sameAs']}" if row["sameAs"] else ""
    flag = row["flag"].replace("-", "_")
    sign = {"true": "+", "false": "?", "": ""}[row["mandatory"]]
    text = " ".join(f"{sign}{row['type']} {figure}{row['unit']}{same} {flag}".split())
    return f"{text} @{row['attachesTo']}" if row["attachesTo"] else text


@settings(max_examples=60, deadline=None)
@given(st.lists(clauses().filter(lambda made: made[0].startswith(("shall", "is "))), min_size=1, max_size=3))
def test_made_up_sanctions_come_back_by_the_query(parts: list[tuple[str, list[str], list[str]]]) -> None:
    cells = " ".join(
        f"<p>{number}. An act of kind {number} -</p> <p>{' '.join(text.split())}</p>"
        for number, (text, _, _) in enumerate(parts, 1)
    )
    made = imported(profile_of(f"<p><b>Article 77. Acts</b></p> {cells}"), convention())
    rows = ask("sanctions", triples(made))
    for number, (_, main, side) in enumerate(parts, 1):
        own = [row for row in rows if row["part"] == str(number)]
        types = [reading.split()[0] for reading in main]
        # The index of what is repeated, or attached to, stands in the query as its type.
        wanted = [
            " ".join(f"~{types[int(word[1:])]}" if word.startswith("~") else word for word in reading.split())
            for reading in main
        ]
        wanted += [
            " ".join(f"@{types[0]}" if word.startswith("@") else word for word in reading.split())
            for reading in side
        ]
        assert [shown(row) for row in own] == wanted
    assert {row["article"] for row in rows} == {"77"}
    assert {row["instrument"] for row in rows} == {f"{ACT}penal-code"}
    assert all(row["citation"] for row in rows)
    assert not [problem for problem in made.problems if "sanction" in problem.what]


def test_aggravated_forms_and_cases() -> None:
    cells = (
        "<p><b>Article 7. Theft</b></p> <p>1. Theft, in other words taking, -</p>"
        " <p>shall be punished by arrest for up to six months.</p> <p>2. The same action, committed:</p>"
        " <p>1) repeatedly;</p> <p>2) by a criminal group, -</p>"
        " <p>shall be punished by imprisonment for one to three years,"
        " and in the cases, provided for by paragraph 2), - by imprisonment for nine years.</p>"
        " <p>3. The actions provided by the first or second part of this Article, which entailed"
        " grave consequences, - shall be punished by imprisonment for ten years.</p>"
    )
    found = triples(imported(profile_of(cells), convention()))
    article = f"{ACT}penal-code/art/7"
    version = "as-of/2021-03-07"
    second, third = (f"{article}/part/{part}/{version}/offence" for part in "23")
    assert values(found, second, "aggravates") == {f"{article}/part/1/{version}/offence"}
    assert values(found, third, "aggravates") == {
        f"{article}/part/1/{version}/offence",
        f"{article}/part/2/{version}/offence",
    }
    concept = "https://w3id.org/kzlod/concept/aggravating-circumstance/"
    assert values(found, second, "circumstance") == {f"{concept}repeated", f"{concept}criminal-group"}
    assert values(found, f"{article}/part/2/pt/2/{version}", "circumstance") == {f"{concept}criminal-group"}
    assert values(found, third, "circumstance") == {f"{concept}grave-consequences"}
    rows = [row for row in ask("sanctions", found) if row["part"] == "2"]
    assert [(row["appliesTo"], row["minimum"], row["maximum"], row["fixed"]) for row in rows] == [
        ("", "1", "3", ""),
        ("2", "", "", "9"),
    ]
    case = f"{article}/part/2/{version}/sanction/case-2"
    assert values(found, case, "replacesClause") == {f"{article}/part/2/{version}/sanction"}
    assert values(found, case, "appliesToCase") == {f"{article}/part/2/pt/2"}


def test_a_description_of_punishments_is_no_sanction() -> None:
    cells = (
        "<p><b>Article 7. Terms</b></p>"
        " <p>1. A crime is an act which is punishable by a fine or imprisonment.</p>"
        " <p>2. The request concerns an offence that is punishable by imprisonment for one year or more.</p>"
    )
    made = imported(profile_of(cells), convention())
    assert not of_class(triples(made), "Offence")


def test_a_sanction_in_unknown_words_is_reported() -> None:
    cells = (
        "<p><b>Article 7. Acts</b></p> <p>1. An act -</p> <p>shall be punished by a fine of 1,050 marks.</p>"
    )
    made = imported(profile_of(cells), convention())
    assert [problem.where for problem in made.problems if "not understood" in problem.what] == ["line 8"]
    assert made.counts["problems"] == len(made.problems)
    assert of_class(triples(made), "SanctionAlternative")
    (clause,) = of_class(triples(made), "SanctionClause")
    assert values(triples(made), clause, "note") == {"Not read into data: “of 1,050 marks”."}
    cells = "<p><b>Article 7. Acts</b></p> <p>Whoever acts shall be punished by arrest in the tower.</p>"
    made = imported(profile_of(cells), convention())
    assert any("may have a sanction" in problem.what for problem in made.problems)


def test_differing_quotations_are_one_provision() -> None:
    heads = ["Keeping of registers", "The keeping of registers"]
    texts = ["Registers shall be kept.", "Registers shall be kept for a year."]
    cells = " ".join(
        f"<p><b>Article 5. {head}</b></p> <p>1. {text}</p>" for head, text in zip(heads, texts, strict=True)
    )
    found = triples(imported(profile_of(cells), convention()))
    assert len(of_class(found, "Correspondence")) == 2
    assert f"{ACT}penal-code/art/5/part/1" in of_class(found, "Part")
    kinds = {value(t.object).rpartition("/")[2] for t in found if t.predicate == kz("discrepancyKind")}
    assert kinds == {"title-conflict", "wording"}
    assert violations(found, load_shapes(sorted((ROOT / "shapes" / "source").glob("*.ttl")))) == []


def survives(content: bytes, made_for: Convention) -> None:
    try:
        made = imported(content.decode(), made_for)
    except UnicodeDecodeError:
        return
    outcome = verify(triples(made), {made.document.sha256: made.document})
    assert outcome.wrong == ()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_damaged_profiles_never_crash_the_import(seed: int, chance: random.Random) -> None:
    made = generate(seed)
    text = made.text
    how = chance.choice(["cut", "shuffle", "tags", "noise"])
    if how == "cut":
        low, high = sorted((chance.randrange(len(text)), chance.randrange(len(text))))
        text = text[low:high]
    elif how == "shuffle":
        pages = text.split("BUDAPEST CONVENTION")
        chance.shuffle(pages)
        text = "BUDAPEST CONVENTION".join(pages)
    else:
        for _ in range(30):
            at = chance.randrange(len(text))
            put = chance.choice(
                ["<b>", "</p>", "**", "<", "\t", "\n\n", "1) ", "Article 9. ", "shall be punished by "]
            )
            put = chance.choice([put, "", chr(chance.randrange(1, 0x2000))]) if how == "noise" else put
            text = text[:at] + put + text[at + chance.randrange(5) :]
    survives(text.encode(), made.convention)
