"""Processes as /proc shows them: who descends from whom, what they hold."""

import time
from pathlib import Path

PROC = Path("/proc")


def children() -> dict[int, list[int]]:
    """The processes of this machine by the process that they belong to."""
    found: dict[int, list[int]] = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit() and (state := _stat(int(folder.name))):
            found.setdefault(int(state[1]), []).append(int(folder.name))
    return found


def descendants(pid: int) -> list[int]:
    """All that descends from a process and still runs, nearest first."""
    tree, found = children(), [pid]
    for parent in found:
        found.extend(tree.get(parent, ()))
    return found[1:]


def running(pid: int) -> bool:
    """Whether a process is there and no mere entry that nobody has taken note of."""
    state = _stat(pid)
    return state is not None and state[0] not in "ZX"


def born(pid: int) -> str:
    """When a process began, to tell it from a later one of the same number; empty when it is gone."""
    state = _stat(pid)
    return state[19] if state and state[0] not in "ZX" else ""


def worked(pid: int) -> int:
    """Processor time that a process has used, in the kernel's ticks."""
    state = _stat(pid)
    return int(state[11]) + int(state[12]) if state else 0


def resident(pid: int, field: str = "VmRSS") -> int:
    """Bytes of memory that a process holds now, or held at most (`VmHWM`)."""
    try:
        status = (PROC / str(pid) / "status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(field)), 0)


def descriptors(pid: int) -> list[str]:
    """What the descriptors of a process lead to."""
    found = []
    for entry in (PROC / str(pid) / "fd").iterdir():
        try:
            found.append(str(entry.readlink()))
        except OSError:
            continue  # closed meanwhile
    return found


def until(condition: object, seconds: float, pause: float = 0.05) -> bool:
    """Waits until the condition, a function, holds; False when it does not in that time."""
    if not callable(condition):
        raise TypeError("a condition is a function")
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def _stat(pid: int) -> list[str] | None:
    """State, parent and the rest of what /proc says of a process, from the third field on."""
    try:
        line = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    return line[line.rindex(")") + 2 :].split()
