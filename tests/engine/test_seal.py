"""No socket after the seal, and a store of many files all the same."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from tests.engine.test_worker import EX, Talk

SEALED = """
import ctypes, errno, os, socket, threading
from kzlod.engine.seal import forbid_sockets

waiting, results = threading.Event(), []

def attempt(kind, *arguments):
    try:
        kind(*arguments)
        results.append("opened")
    except OSError as error:
        results.append(errno.errorcode[error.errno])

thread = threading.Thread(target=lambda: (waiting.wait(), attempt(socket.socket)))
thread.start()
socket.socket().close()
print(forbid_sockets())
attempt(socket.socket)
attempt(socket.socket, socket.AF_INET6, socket.SOCK_DGRAM)
attempt(socket.socketpair)
waiting.set()
thread.join()
libc = ctypes.CDLL(None, use_errno=True)
io_uring_setup = 425
results.append(errno.errorcode[ctypes.get_errno()] if libc.syscall(io_uring_setup, 8, None) < 0 else "opened")
print(*results)
os.close(os.open(os.devnull, os.O_RDONLY))
"""


def test_no_thread_of_a_sealed_process_opens_a_socket_but_files_it_does() -> None:
    run = subprocess.run([sys.executable, "-c", SEALED], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == ["True", "EPERM EPERM EPERM EPERM EPERM"]


@pytest.fixture(scope="module")
def many_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in so many files that it does not open all of them at once."""
    path = tmp_path_factory.mktemp("many") / "store"
    store = ox.Store(str(path))
    predicate = ox.NamedNode(f"{EX}p")
    for part in range(3):
        for number in range(20):
            subject = ox.NamedNode(f"{EX}{part}-{number}")
            value = ox.Literal(f"a text long enough to be kept in a place of its own: {part} {number}")
            store.add(ox.Quad(subject, predicate, value))
            store.add(ox.Quad(subject, predicate, value, ox.NamedNode(f"{EX}g{part}")))
        store.flush()
    assert len(list(path.glob("*.sst"))) > 16
    return path


@pytest.fixture
def reader(many_files: Path) -> Iterator[Talk]:
    talk = Talk(many_files)
    talk.read()
    yield talk
    talk.close()


def test_all_files_of_a_store_can_be_read(reader: Talk) -> None:
    assert len(reader.rows("SELECT * { ?s ?p ?o }")) == 60
    assert len(reader.rows("SELECT * { GRAPH ?g { ?s ?p ?o } }")) == 60
    for part in range(3):
        assert len(reader.rows(f"SELECT * {{ <{EX}{part}-7> ?p ?o }}")) == 1
        assert len(reader.rows(f"SELECT * {{ GRAPH <{EX}g{part}> {{ ?s <{EX}p> ?o }} }}")) == 20


def test_a_worker_with_descriptors_to_spare_opens_no_connection(reader: Talk) -> None:
    limits = Path(f"/proc/{reader.process.pid}/limits").read_text().splitlines()
    most = next(int(line.split()[3]) for line in limits if line.startswith("Max open files"))
    used = {int(item.name) for item in Path(f"/proc/{reader.process.pid}/fd").iterdir()}
    assert not set(range(most)) <= used, "there is no descriptor to spare, so that nothing is shown"
    _, _, end = reader.ask("SELECT * { SERVICE <http://127.0.0.1:8080/> { ?s ?p ?o } }")
    assert end["error"] == "failed"
    assert "not permitted" in end["message"]
