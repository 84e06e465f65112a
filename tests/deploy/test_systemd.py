"""The units for systemd, as systemd itself judges them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.debian

UNITS = Path(__file__).resolve().parents[2] / "deploy" / "systemd"
WORST = 2.0
"""The most exposure that a service may have, of 10 (`systemd-analyze security`)."""


@pytest.fixture
def analyze() -> str:
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("needs the Debian package systemd")
    return found


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """The units with the paths of this machine."""
    found = []
    program = tmp_path / "kzlod"
    program.symlink_to(sys.executable)  # whose path may have spaces
    for unit in sorted(UNITS.iterdir()):
        text = unit.read_text().replace("/opt/kzlod/.venv/bin/kzlod", str(program))
        target = tmp_path / unit.name
        target.write_text(text.replace("/opt/kzlod", str(tmp_path)))
        found.append(target)
    return found


def test_the_units_are_well_formed(analyze: str, units: list[Path]) -> None:
    assert [one.name for one in units] == ["kzlod-release.service", "kzlod-release.timer", "kzlod.service"]
    command = [analyze, "verify", "--man=no", *map(str, units)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "kzlod" in line]
    assert (done.returncode, ours) == (0, [])


def test_the_services_are_shut_in(analyze: str, units: list[Path]) -> None:
    for unit in units:
        if unit.suffix == ".service":
            command = [analyze, "security", "--offline=true", "--no-pager", str(unit)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            found = re.search(r"exposure level for .*: ([\d.]+)", done.stdout)
            assert found, done.stdout + done.stderr
            assert float(found[1]) <= WORST, done.stdout


def test_settings_exist() -> None:
    from kzlod.web.settings import Settings, variable

    known = {variable(name) for name in Settings.model_fields}
    for unit in UNITS.iterdir():
        assert set(re.findall(r"(KZLOD_\w+)=", unit.read_text())) <= known
