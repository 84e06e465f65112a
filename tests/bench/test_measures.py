"""Targets: what is reached and what is not."""

from bench.load import Outcome, Request
from bench.measures import EMPTY, KZLOD, NATIVE, UNCACHED, Attack, Run, Series, verdicts


def outcome(answers: int, *, seconds: float = 0.01, wrong: int = 0) -> Outcome:
    return Outcome([seconds] * answers, 1.0, 0, {"200": answers}, wrong, "wrong" if wrong else "")


def judged(run: Run) -> dict[str, bool | None]:
    return {verdict.text: verdict.reached for verdict in verdicts(run)}


def test_a_target_is_reached_with_each_number_of_connections_or_not_at_all() -> None:
    run = Run()
    for connections, ours in ((1, 90), (8, 79)):
        run.add("dereference", EMPTY, connections, outcome(100))
        run.add("dereference", KZLOD, connections, outcome(ours))
        run.add("lookup", UNCACHED, connections, outcome(50))
        run.add("lookup", NATIVE, connections, outcome(100))
    found = judged(run)
    assert found[f"dereference: {KZLOD} / {EMPTY}"] is False
    assert found[f"lookup: {UNCACHED} / {NATIVE}"] is True
    assert found[f"repeated: {KZLOD} / {NATIVE}"] is None


def test_wrong_answers_reach_nothing() -> None:
    run = Run()
    run.add("lookup", UNCACHED, 1, outcome(1000, wrong=1))
    run.add("lookup", NATIVE, 1, outcome(1))
    assert judged(run)[f"lookup: {UNCACHED} / {NATIVE}"] is False


def test_the_median_of_the_rounds_counts() -> None:
    run = Run()
    for answers in (10, 1000, 30):
        run.add("lookup", NATIVE, 1, outcome(answers))
    (figure,) = run.of("lookup")
    assert figure.throughput == 30


def test_under_attack_all_is_to_be_answered() -> None:
    calm, ratio = outcome(100, seconds=0.01), f"99th percentile of ordinary queries: {KZLOD} under attack"
    for attacked, reached in (
        (outcome(100, seconds=0.029), True),
        (outcome(100, seconds=0.031), False),
        (outcome(99, seconds=0.01, wrong=1), False),
        (outcome(0), False),
    ):
        run = Run(attacks=[Attack(KZLOD, calm, attacked, outcome(0), alive=True)])
        assert judged(run)[f"{ratio} / undisturbed"] is reached


def test_a_series_goes_on_where_it_stopped_and_round_again() -> None:
    series = Series([Request(f"/{number}") for number in range(5)])
    assert [one.path for one in series.next(3)] == ["/0", "/1", "/2"]
    series.made(4)
    assert [one.path for one in series.next(3)] == ["/4", "/0", "/1"]
    assert len(series.next(100)) == 5
