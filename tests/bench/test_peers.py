"""The whole command, with so few requests that nothing is measured."""

import json
import subprocess
import sys
from pathlib import Path

from bench.load import ROOT
from bench.measures import EMPTY, KZLOD, NATIVE, NGINX, RDFLIB, UNCACHED
from kzlod.release.published import Release


def test_a_quick_run_gives_right_answers_and_its_tables(published: Release, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    command = [sys.executable, "-m", "bench", "peers", "--quick", "--release", str(published.path)]
    done = subprocess.run(
        [*command, "--json", str(file)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "Throughput and latency" in done.stdout
    found = json.loads(file.read_text())
    assert set(found["left_out"]) == {NATIVE, RDFLIB, NGINX}, found["left_out"]
    assert {(one["measure"], one["server"]) for one in found["figures"]} == {
        ("ceiling", EMPTY),
        ("dereference", EMPTY),
        ("dereference", UNCACHED),
        ("dereference", KZLOD),
        ("lookup", UNCACHED),
        ("join", UNCACHED),
        ("aggregate", UNCACHED),
        ("repeated", UNCACHED),
        ("repeated", KZLOD),
        ("unchanged", KZLOD),
    }
    for one in found["figures"]:
        assert one["throughput"] > 0, one
        assert (one["wrong"], one["example"]) == (0, ""), one
    assert set(found["cold_start"]) == set(found["memory"]) == {UNCACHED, KZLOD, EMPTY}
