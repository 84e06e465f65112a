"""The report: what it counts, and that nothing in it breaks a table."""

from tests.hostile.attack import Attack, Outcome, Target
from tests.hostile.polling import Polled, percentile, wrong
from tests.hostile.report import Stage, outcomes_table, page, polls_table
from tests.hostile.running import Attacked


async def nothing(_: Target) -> Outcome:
    return Outcome("200")


def attacked(name: str, family: str, label: str, seconds: float) -> Attacked:
    attack = Attack(name, family, "what it is", frozenset({"200"}), nothing)
    return Attacked(attack, Outcome(label, "a | b"), seconds, attack.may_be(label, loaded=False))


def polled(kind: str, seconds: float, trouble: str = "") -> Polled:
    return Polled(kind, "asked", 0, seconds, 503 if trouble else 200, False, trouble)


STAGES = [
    Stage("Undisturbed", 1, [], [polled("query", 0.001), polled("page", 0.002)]),
    Stage(
        "Attacked",
        2,
        [attacked("a", "x", "200", 1), attacked("a", "x", "hung", 9), attacked("b", "y", "200", 2)],
        [polled("query", 0.003, "status 503"), polled("query", 0.002), polled("page", 0.002)],
    ),
]


def test_outcomes_are_counted_by_family() -> None:
    lines = outcomes_table(STAGES[1].attacked).splitlines()
    assert lines[2:] == [
        "| x | 1 | 2 | 200: 1, hung: 1 | 9.0 | 1 |",
        "| y | 1 | 1 | 200: 1 | 2.0 | 0 |",
        "| **all** | 2 | 3 | 200: 2, hung: 1 | 9.0 | 1 |",
    ]


def test_polls_are_compared_with_the_undisturbed_ones() -> None:
    lines = polls_table(STAGES).splitlines()
    assert lines[2] == "| Undisturbed | queries | 1 | 0 | 1.0 | 1.0 | 1.0 | 1.0 |"
    assert lines[4] == "| Attacked | queries | 2 | 1 | 3.0 | 3.0 | 3.0 | 3.0 |"


def test_the_page_says_what_was_not_right() -> None:
    text = page(STAGES, {"memory": "1 MiB"}, {"processor": "a | b"}, ["`x`\nhung"])
    assert "- `'x' hung`" in text
    assert "| processor | a \\| b |" in text
    assert "1 without a definite outcome. 3 polls meanwhile: 1 without the right answer." in text
    assert "The server was well" not in text
    assert "The server was well" in page(STAGES, {}, {}, [])


def test_wrong_polls_are_told_once_for_each_trouble() -> None:
    found = wrong(
        [polled("query", 1, "status 503")] * 3 + [polled("page", 1, "status 404"), polled("page", 1)]
    )
    assert [line.partition(";")[0] for line in found] == [
        "3 of 5 polls (query): status 503",
        "1 of 5 polls (page): status 404",
    ]


def test_percentiles() -> None:
    polls = [polled("page", seconds) for seconds in range(1, 101)]
    assert (percentile(polls, 0.5), percentile(polls, 0.99), percentile(polls, 1.0)) == (51, 100, 100)
    assert percentile([], 0.5) == 0
