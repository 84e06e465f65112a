"""Takes from this process, for good, what it has no use for: descriptors of others, and new sockets.

The calls that open a socket are taken by a filter in the kernel (seccomp). A limit on descriptors does the
same, but a store of many files opens them one by one while it is read, and needs descriptors for that.
"""

import contextlib
import ctypes
import os
import platform
import struct
from pathlib import Path

_NO_NEW_PRIVILEGES = 38  # prctl
_SET_FILTER, _ALL_THREADS = 1, 1  # seccomp
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # BPF: word at an offset; jumps; end
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001  # the latter: EPERM
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_IO_URING = range(425, 428)  # by which sockets are opened without the calls for that; the same everywhere
_OTHER_NUMBERS = 0x40000000  # from here, numbers of a second table (x32) on x86_64

# By machine: the kernel's name for its calls, the number of `seccomp`, and of `socket` and `socketpair`.
_MACHINES = {
    "x86_64": (0xC000003E, 317, (41, 53)),
    "aarch64": (0xC00000B7, 277, (198, 199)),
}


def close_inherited() -> None:
    """Closes every descriptor but standard input, output and error.

    Who starts a process may leave it copies: uvloop does, of what becomes standard input and output.
    """
    for descriptor in [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]:
        if descriptor > 2:
            with contextlib.suppress(OSError):  # that of the list itself is closed
                os.close(descriptor)


def forbid_sockets() -> bool:
    """Makes every attempt to open a socket fail with EPERM, in all threads; whether that could be done."""
    machine = _MACHINES.get(platform.machine())
    if machine is None or os.name != "posix":
        return False
    architecture, seccomp, sockets = machine
    program = b"".join(struct.pack("=HBBI", *step) for step in _filter(architecture, (*sockets, *_IO_URING)))
    code = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: the number of steps and, aligned, where they are.
    given = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, ctypes.addressof(code)))
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
            return False
        return int(libc.syscall(seccomp, _SET_FILTER, _ALL_THREADS, given)) == 0
    except (OSError, AttributeError):  # no such library, or no such function in it
        return False


def _filter(architecture: int, refused: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    """The program: operation, steps to skip if true, if false, operand."""
    allow = len(refused) + 4  # the step that allows; the next one refuses
    tests = [(_EQUAL, allow - place, 0, number) for place, number in enumerate(refused, start=4)]
    return [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 0, allow - 1, architecture),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, allow - 3, 0, _OTHER_NUMBERS),
        *tests,
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
