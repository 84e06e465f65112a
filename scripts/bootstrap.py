"""Makes the environment `.venv` from the lock file, once; the second run contacts no index.

    python3 scripts/bootstrap.py         what serving needs   (requirements.lock)
    python3 scripts/bootstrap.py --dev   also what testing needs (requirements-dev.lock)

Standard library only. Every package is checked against the hash in the lock file and
installed from a wheel, so nothing is compiled. A stamp in `.venv` holds the hash of what
was installed; when it matches, nothing is done. The scripts of the query page come from npm
(scripts/frontend.py); where they cannot be had, everything else works.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST, NEWEST = (3, 11), (3, 13)
Version = tuple[int, int]


def version_of(python: str) -> Version | None:
    """The (major, minor) version of the interpreter at path `python`, None when it does not run."""
    code = "import sys; print(*sys.version_info[:2])"
    try:
        run = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    major, minor = run.stdout.split()
    return int(major), int(minor)


def find_python() -> str:
    """The path of a Python that the lock file covers: the running one, else one on the PATH."""
    names = [sys.executable, "python3.11", "python3.12", "python3.13", "python3"]
    for name in names:
        path = shutil.which(name)
        if path and (found := version_of(path)) and OLDEST <= found <= NEWEST:
            return path
    sys.exit(
        f"KZLOD needs Python {OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}; "
        f"{sys.executable} is {sys.version_info[0]}.{sys.version_info[1]} and no other is on the PATH.\n"
        "Install one of these (on Debian and Ubuntu: apt install python3 python3-venv) and run this again."
    )


def run(step: str, command: list[str | Path]) -> None:
    """Runs a command; when it fails, stops with what to do about it."""
    try:
        subprocess.run([str(word) for word in command], check=True, cwd=ROOT)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"\n{step} failed ({error}).\nMend what is said above and run the same command again.")


def make_venv(python: str) -> None:
    """Makes `.venv` afresh with `python`."""
    probe = subprocess.run([python, "-c", "import venv, ensurepip"], capture_output=True, check=False)
    if probe.returncode:
        sys.exit(
            f"{python} cannot make virtual environments: its 'venv' module is missing.\n"
            "On Debian and Ubuntu: apt install python3-venv. Then run this again."
        )
    if VENV.exists():
        shutil.rmtree(VENV)
    run("Making the environment .venv", [python, "-m", "venv", VENV])


def wanted_stamp(lock: Path) -> str:
    """The hash of everything the installation depends on: lock file, project file and place."""
    digest = hashlib.sha256(str(ROOT).encode())
    for path in (lock, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def main() -> None:
    """Installs what is missing, or nothing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dev", action="store_true", help="also install what the tests need")
    wants_dev = parser.parse_args().dev
    # It says itself what it cannot fetch; serving and testing go on without.
    subprocess.run([sys.executable, str(ROOT / "scripts" / "frontend.py")], check=False)
    bin_python = VENV / "bin" / "python"
    lock = ROOT / ("requirements-dev.lock" if wants_dev else "requirements.lock")
    stamps = {kind: VENV / f".kzlod-{kind}" for kind in ("run", "dev")}
    satisfying = [stamps["dev"]] if wants_dev else [stamps["run"], stamps["dev"]]
    locks = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
    for kind, stamp in stamps.items():
        matches = stamp in satisfying and stamp.is_file() and stamp.read_text() == wanted_stamp(locks[kind])
        if matches and version_of(str(bin_python)):
            return
    if not bin_python.exists() or not (found := version_of(str(bin_python))) or not OLDEST <= found <= NEWEST:
        make_venv(find_python())
    for stamp in stamps.values():
        stamp.unlink(missing_ok=True)
    print(f"Installing from {lock.name} (once; about a minute) …", flush=True)
    pip: list[str | Path] = [bin_python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run("Installing the dependencies", [*pip, "--require-hashes", "--only-binary", ":all:", "-r", lock])
    run("Installing KZLOD itself", [*pip, "--no-deps", "--no-index", "--no-build-isolation", "-e", ROOT])
    temporary = VENV / ".kzlod-stamp"
    temporary.write_text(wanted_stamp(lock))
    temporary.replace(stamps["dev" if wants_dev else "run"])


if __name__ == "__main__":
    main()
