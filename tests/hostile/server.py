"""The real server in a process of its own, in a folder of its own, and how to see that it is well."""

import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from tests.hostile import processes

ROOT = Path(__file__).resolve().parents[2]
_STARTED = re.compile(r"http://[^/\s]+:(\d+)/")
_CHAINED = ("During handling", "The above exception")
_EXPECTED = "kzlod.web.streaming.ResultCutError"
_ADDRESS = re.compile(r"0x[0-9a-f]+")
_COMPLAINTS = ("never retrieved", "Exception in callback", "Fatal error", "Fatal Python", "Segmentation")
_OWN_DESCRIPTORS = 24  # those that come and go: pipes of workers, connections just closing
_REST = 1.0  # seconds
_LITTLE = 5  # ticks, of which there are a hundred in a second
MEBIBYTE = 2**20


class Server:
    """`kzlod serve` with the given options; `folder` is its working, home and temporary directory."""

    def __init__(self, folder: Path, *options: str, settings: Mapping[str, str] | None = None) -> None:
        """Takes options of the command, and settings as environment variables without `KZLOD_`."""
        self.folder = folder
        self.log = folder.parent / f"{folder.name}.log"
        self._options = options
        self._settings = {f"KZLOD_{name.upper()}": value for name, value in (settings or {}).items()}
        self._port = 0
        self._process: subprocess.Popen[bytes]
        self._before: tuple[int, int, int] = (0, 0, 0)
        self._cores = _core_dumps()

    def __enter__(self) -> Self:
        """Starts the server; returns once it listens."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "tmp").mkdir(exist_ok=True)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stops it."""
        self.stop()

    def start(self) -> None:
        """Starts the server, on the port that it had before if it had one."""
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(ROOT),
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder / "tmp"),
            "COLUMNS": "200",
            "PYTHONUNBUFFERED": "1",
            **self._settings,
        }
        command = [sys.executable, "-m", "kzlod", "serve", "--port", str(self._port), *self._options]
        start = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=log, stderr=log, preexec_fn=_let_dump
            )
        said: list[re.Match[str]] = []

        def listens() -> bool:
            text = self.log.read_bytes()[start:].decode("utf-8", "replace")
            said.extend(_STARTED.finditer(text))
            return bool(said) or self._process.poll() is not None

        if not processes.until(listens, 60) or not said:
            raise RuntimeError(f"the server did not start: {self.log.read_text('utf-8')[-2000:]}")
        self._port = int(said[0][1])

    def stop(self) -> None:
        """Ends the server as an operator would."""
        if self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise

    def kill(self) -> None:
        """Ends the server without a warning."""
        self._process.kill()
        self._process.wait()

    @property
    def port(self) -> int:
        """Where it listens, on every loopback address."""
        return self._port

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether the process that was started still runs."""
        return self._process.poll() is None

    def workers(self) -> list[int]:
        """All processes that belong to it."""
        return processes.descendants(self.pid)

    def holds(self) -> tuple[int, int, int]:
        """Bytes of memory, descriptors, and processes that belong to it."""
        return (
            processes.resident(self.pid),
            len(processes.descriptors(self.pid)),
            len(self.workers()),
        )

    def remember(self) -> None:
        """Takes note of what it holds while nothing happens, for `ailments`; waits until that is so."""
        processes.until(self._rests, 60, pause=0)
        self._before = self.holds()

    def _rests(self) -> bool:
        """Whether its processes are the same, and do nothing, for a while."""
        before = {pid: processes.worked(pid) for pid in (self.pid, *self.workers())}
        time.sleep(_REST)
        after = {pid: processes.worked(pid) for pid in (self.pid, *self.workers())}
        return before.keys() == after.keys() and sum(after.values()) - sum(before.values()) <= _LITTLE

    def ailments(self, grown: int = 256 * MEBIBYTE, patience: float = 30) -> list[str]:
        """What is not as it was: process, workers, memory, descriptors, files; empty when it is well.

        `grown` is by how many bytes it may be larger than it was, `patience` the seconds in which it may get
        over what was done to it.
        """
        if not self.alive():
            return [f"the server has ended with status {self._process.returncode}"]
        memory, files, workers = self._before
        processes.until(lambda: len(self.workers()) == workers, patience)
        processes.until(lambda: len(processes.descriptors(self.pid)) <= files + _OWN_DESCRIPTORS, patience)
        found = []
        if len(self.workers()) != workers:
            found.append(f"{len(self.workers())} processes belong to it, before {workers}")
        if (now := processes.resident(self.pid)) > memory + grown:
            found.append(f"it holds {now // MEBIBYTE} MiB, before {memory // MEBIBYTE} MiB")
        if len(held := processes.descriptors(self.pid)) > files + _OWN_DESCRIPTORS:
            found.append(f"it holds {len(held)} descriptors, before {files}: {held[-5:]}")
        found += [f"it left {path}" for path in self.left_behind()]
        found += [f"it logs {count} times: {line}" for line, count in self.complaints().most_common(9)]
        return found

    def left_behind(self) -> Sequence[Path]:
        """Files in its folder, but for the store of a file that is served as it is; and core dumps."""
        own = [path for path in self.folder.rglob("*") if path.is_file() and "kzlod-" not in str(path.parent)]
        return [*own, *(_core_dumps() - self._cores)]

    def complaints(self) -> Counter[str]:
        """The errors in its log which nobody expected: each exception that was logged, by its last line.

        That a result was cut is said with an exception, too; that is expected.
        """
        found: Counter[str] = Counter()
        traced, last = False, ""
        with self.log.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if any(word in line for word in _COMPLAINTS):
                    found[line.strip()[:150]] += 1
                if line.startswith("Traceback"):
                    traced = True
                elif line.startswith(_CHAINED):
                    last = ""  # another exception follows from it, and that one counts
                elif traced and line[0] not in " \n":
                    traced, last = False, _ADDRESS.sub("…", line.strip()[:150])
                elif last and line.strip():
                    found[last] += not last.startswith(_EXPECTED)
                    last = ""
        found[last] += bool(last) and not last.startswith(_EXPECTED)
        return +found

    @property
    def peak(self) -> int:
        """The most memory that the server's own process has held, in bytes."""
        return processes.resident(self.pid, "VmHWM")


def _core_dumps() -> set[Path]:
    """Core dumps where a worker, which works in the root folder, would leave them."""
    return {path for path in Path("/").glob("core*") if path.is_file()}


def _let_dump() -> None:
    """Allows core dumps, so that one would be seen."""
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
