"""The corpus against the real server, with short limits, while another client asks ordinary things."""

from collections import Counter
from pathlib import Path

import pytest

from kzlod.release.published import Release
from tests.hostile.arena import POLLER, Arena, arena
from tests.hostile.attack import INDEFINITE, Attack
from tests.hostile.corpus import ATTACKS, FLOODS
from tests.hostile.running import ATTACKERS, Attacked, at_once, attacked, one_after_another

FULL_LIST = 40  # so many faults tell the story


def assert_well(place: Arena, done: list[Attacked], polls: object) -> None:
    """Every attack had a definite outcome, every poll a right answer, and the server is as it was."""
    assert isinstance(polls, list)
    faults = place.faults(done, polls)
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(fault[:400] for fault in faults[:FULL_LIST])


def part(attack: Attack) -> str:
    """Which half of the corpus an attack belongs to."""
    heavy = ("product", "plan", "nest", "regex", "path", "memory", "large")
    return "queries" if attack.id.partition("-")[0] in heavy else "protocol"


def test_the_corpus_is_large_and_every_attack_is_its_own() -> None:
    assert len(ATTACKS) >= 150
    names = Counter(attack.id for attack in (*ATTACKS, *FLOODS))
    assert not [name for name, count in names.items() if count > 1]
    for attack in ATTACKS:
        assert attack.allowed
        assert not attack.allowed & {*INDEFINITE, "500", "502"}


@pytest.mark.parametrize("half", ["queries", "protocol"])
def test_one_after_another(half: str, published: Release, tmp_path: Path) -> None:
    attacks = [attack for attack in ATTACKS if part(attack) == half]
    with arena(tmp_path / "server", published.path, timeout=0.5, patience=2, header=2, stall=2) as place:
        with place.polled() as polling:
            done = attacked(one_after_another(attacks, place.target))
        assert len(done) == len(attacks)
        assert_well(place, done, polling.done)


@pytest.mark.long
@pytest.mark.parametrize("sources", [ATTACKERS, (POLLER,)], ids=["from-eight", "from-the-poller"])
def test_fifty_at_once(sources: tuple[str, ...], published: Release, tmp_path: Path) -> None:
    with arena(tmp_path / "server", published.path, timeout=2, patience=8, header=3, stall=3) as place:
        with place.polled() as polling:
            done = attacked(at_once(ATTACKS, place.target, sources=sources, seed=20201))
        assert len(done) >= len(ATTACKS)
        assert_well(place, done, polling.done)


def test_floods(published: Release, tmp_path: Path) -> None:
    with arena(tmp_path / "server", published.path, timeout=2, patience=8, header=2, stall=2) as place:
        with place.polled() as polling:
            done = attacked(one_after_another(FLOODS, place.target))
        assert_well(place, done, polling.done)
