"""The questionnaire at hand, if it is there: its counts, and that notation and page breaks change nothing."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from kzlod.documents.text import Document, Span
from kzlod.ingest.cepej.lines import lines_of
from kzlod.ingest.cepej.read import read_questionnaire
from kzlod.ingest.questionnaire.importing import Imported, build
from kzlod.ingest.questionnaire.report import account
from kzlod.ingest.questionnaire.stating import Place

from .test_questionnaires import CODES, answers, tuples

EMPTY, TICKED = '<input type="checkbox"/>', '<input checked="" type="checkbox"/>'


@pytest.fixture(scope="module")
def text(seeds: Path) -> str:
    """The text of the questionnaire among the documents."""
    for path in sorted(seeds.iterdir()):
        content = path.read_text("utf-8")
        if "Evaluation of the judicial systems" in content[:200]:
            return content
    pytest.skip("the questionnaire is not among the documents")


def imported(text: str) -> Imported:
    """Its import without anything entered by hand."""
    document = Document(Path("questionnaire.txt"), text.encode())
    questionnaire = read_questionnaire(document, CODES.unnumbered)
    return build(document, questionnaire, CODES, Place("KAZ", "2020"), "2020-2022", [])


@pytest.fixture(scope="module")
def as_printed(text: str) -> Counter[tuple[str, ...]]:
    """What the contract query says of the document as it is."""
    return tuples(answers(imported(text)))


def test_counts(text: str) -> None:
    counts = imported(text).counts
    assert counts["cells for figures in tables"] + counts["cells for figures in single fields"] == 796 + 1
    assert counts["figures: numeric"] == 373 + 1
    assert (counts["figures: NA"], counts["figures: NAP"]) == (188, 200)
    assert (counts["figures: left-blank"], counts["figures: not-recoverable"]) == (32, 3)
    assert counts["choice cells in tables"] == 676
    assert counts["disagreements of figures"] >= 9


def test_every_line_is_accounted_for(text: str) -> None:
    made = imported(text)
    whole = account(made.document, made.questionnaire)
    assert whole.unplaced == ()
    assert len(whole.lines) == len(lines_of(made.document, Span(0, len(text))))
    assert not made.problems


def _square(text: str, random: Random) -> str:
    return text.replace(EMPTY, "[]").replace(TICKED, "[X]")


def _signs(text: str, random: Random) -> str:
    return text.replace(EMPTY, "☐").replace(TICKED, "☒")


def _mixed(text: str, random: Random) -> str:
    pairs = [("[]", "[X]"), ("☐", "☑"), (EMPTY, TICKED), ("[ ]", "[x]")]

    def line(match: re.Match[str]) -> str:
        empty, ticked = random.choice(pairs)
        return match.group().replace(EMPTY, empty).replace(TICKED, ticked)

    return re.sub(r".+", line, text)


def _other_spaces(text: str, random: Random) -> str:
    space = random.choice(["\u00a0", "\u202f", "'"])
    return re.sub(
        r"(?<=\t)\d{1,3}(?: \d{3})+(?= (?:\[|<))", lambda match: match.group().replace(" ", space), text
    )


def _page_breaks(text: str, random: Random) -> str:
    def row(match: re.Match[str]) -> str:
        return match.group() + ("\n" * random.randint(1, 3) if random.random() < 0.3 else "")

    return re.sub(r"^[^\t\n]+\t.*$(?=\n[^\t\n]+\t)", row, text, flags=re.MULTILINE)


def _dividers(text: str, random: Random) -> str:
    return re.sub(
        r"^(\t.*)$(?=\n[^\t\n]+\t.*(?:\]|/>))",
        lambda match: match.group() + "\n" + "\t".join(["---"] * (match.group().count("\t") + 1)),
        text,
        flags=re.MULTILINE,
    )


def _headings_lost_their_tab(text: str, random: Random) -> str:
    return re.sub(r"^\t(?=[^\t\n<\[(]+\t[^\n<\[]+$)", "", text, flags=re.MULTILINE)


def _windows_line_ends(text: str, random: Random) -> str:
    return text.replace("\n", "\r\n")


MUTATIONS = [
    _square,
    _signs,
    _mixed,
    _other_spaces,
    _page_breaks,
    _dividers,
    _headings_lost_their_tab,
    _windows_line_ends,
]


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda mutate: mutate.__name__.strip("_"))
def test_another_print_out_says_the_same(
    text: str, as_printed: Counter[tuple[str, ...]], mutate: Callable[[str, Random], str]
) -> None:
    changed = mutate(text, Random(1))
    assert changed != text
    found = tuples(answers(imported(changed)))
    assert found - as_printed == Counter()
    assert as_printed - found == Counter()


def test_figures_drawn_anew_come_out(text: str) -> None:
    """Every figure behind a tab is replaced by another one, which the answers must then have in its place."""
    random, drawn = Random(7), []

    def another(match: re.Match[str]) -> str:
        number = random.randrange(1, 10**7)
        drawn.append(str(number))
        return f"{number:,}".replace(",", " ")

    changed = re.sub(r"(?<=\t)\d{1,3}(?: \d{3})*(?= (?:\[|<))", another, text)
    assert len(drawn) > 300
    values = [row["value"] for row in answers(imported(changed)) if row["value"] and row["rowCode"]]
    assert not Counter(drawn) - Counter(values)


def _damaged(text: str, random: Random) -> str:
    """A stretch of the document, damaged in one of six ways."""
    lines = text.split("\n")
    first = random.randrange(len(lines) - 900)
    part = lines[first : first + 900]
    kind = random.randrange(6)
    if kind == 1:
        random.shuffle(part)
    elif kind == 2:
        part = [line for line in part if random.random() > 0.15]
    elif kind == 3:
        part = [line.replace("\t", random.choice([" ", "\t\t", "\t"])) for line in part]
    elif kind == 4:
        characters = list("\n".join(part))
        for _ in range(400):
            characters[random.randrange(len(characters))] = random.choice("[]()<>\t\n X☐.,0 9")
        return "".join(characters)
    elif kind == 5:
        part = [line[: random.randrange(1, 60)] for line in part]
    return "\n".join(part)


@pytest.mark.parametrize("seed", range(24))
def test_a_damaged_print_out_is_read_as_far_as_it_goes(text: str, seed: int) -> None:
    made = imported(_damaged(text, Random(seed)))
    whole = account(made.document, made.questionnaire)
    assert len(whole.lines) > 300
    assert "citations.ttl" in made.files
