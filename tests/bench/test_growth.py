"""A run with one country: that all answers are right, and that table and plot can be made of it."""

import json
from pathlib import Path

from bench import growth_report
from bench.growth import MEASURES, Options, grow
from kzlod.release.published import Release


def test_one_country_is_loaded_served_and_asked(published: Release, tmp_path: Path) -> None:
    options = Options((1,), seconds=0.3, most=20, connections=(1,))
    (size,) = grow(published, tmp_path, options, lambda step: None)
    assert size.quads > 300_000
    assert set(size.outcomes) == {(measure, 1) for measure in MEASURES}
    for key, outcome in size.outcomes.items():
        assert outcome.latencies, key
        assert (outcome.wrong, outcome.example) == (0, ""), key
    assert not list(tmp_path.iterdir())
    found = json.loads(growth_report.as_json([size]))
    assert [one["countries"] for one in found] == [1]
    assert "aggregate" in growth_report.drawn([size, size])
