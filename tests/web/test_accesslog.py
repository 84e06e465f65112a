"""The access log: what is in a record, and that neither hostile requests nor full pipes do harm."""

import errno
import fcntl
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kzlod.web import accesslog
from kzlod.web.accesslog import FIELDS, AccessLog, line, open_log
from kzlod.web.observing import Exchange

PLAIN = Exchange(
    time=1792065600.0625,
    peer="192.0.2.1",
    forwarded="",
    method="GET",
    path="/doc/country/KAZ",
    query_bytes=0,
    query=None,
    agent="curl/8",
    referer=None,
    status=200,
    release="0.1.0-ab12cd34",
    sent=12,
    first=0.00123456,
    seconds=0.0025,
    cut=None,
    outcome=None,
    cache=None,
)
ANYTHING = st.text(st.characters(max_codepoint=255), max_size=60)  # what bytes in Latin-1 may be


def records(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(one) for one in data.splitlines()]


def until(condition: Callable[[], bool]) -> None:
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("did not happen")


def numbered(numbers: Sequence[int]) -> list[Exchange]:
    return [replace(PLAIN, sent=number) for number in numbers]


def test_a_record() -> None:
    assert json.loads(line(PLAIN)) == {
        "time": "2026-10-15T12:00:00.062Z",
        "client": "192.0.2.1",
        "method": "GET",
        "path": "/doc/country/KAZ",
        "query_bytes": 0,
        "query": None,
        "status": 200,
        "bytes": 12,
        "first_ms": 1.23,
        "ms": 2.5,
        "agent": "curl/8",
        "referer": None,
        "release": "0.1.0-ab12cd34",
        "cache": None,
        "outcome": None,
        "cut": None,
    }


def test_clients_are_named_as_everywhere() -> None:
    proxies = (ip_network("127.0.0.1/32"),)
    behind = replace(PLAIN, peer="127.0.0.1", forwarded="203.0.113.9, 2001:db8:1:2:3::4")
    assert json.loads(line(behind, proxies))["client"] == "2001:db8:1:2::/64"
    assert json.loads(line(behind))["client"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("referer", "logged"),
    [
        ("https://a.example/query?query=secret", "https://a.example"),
        ("https://name:word@a.example:8080/#secret", "https://a.example:8080"),
        ("/secret", None),
        ("javascript:secret", None),
        ("https://[secret/", None),
        ("", None),
    ],
)
def test_of_a_referer_the_site_is_logged(referer: str, logged: str | None) -> None:
    text = line(replace(PLAIN, referer=referer))
    assert json.loads(text)["referer"] == logged
    assert b"secret" not in text


@given(st.builds(replace, st.just(PLAIN), **dict.fromkeys(("method", "path", "agent", "referer"), ANYTHING)))
def test_no_request_can_forge_a_line(exchange: Exchange) -> None:
    text = line(exchange)
    assert text.count(b"\n") == 1
    assert text.endswith(b"\n")
    assert all(32 <= byte < 127 for byte in text[:-1])
    record = json.loads(text)
    assert list(record) == list(FIELDS)
    assert (record["method"], record["path"], record["agent"]) == (
        exchange.method,
        exchange.path,
        exchange.agent,
    )


def test_what_was_put_is_written_in_order(tmp_path: Path) -> None:
    file = tmp_path / "access.log"
    file.write_text('{"bytes":-1}\n')
    log = open_log(str(file))
    assert log
    with log:
        for one in numbered(range(1000)):
            log.put(one)
    assert [one["bytes"] for one in records(file.read_bytes())] == [-1, *range(1000)]
    assert log.dropped == 0


def test_a_file_that_was_moved_away_is_followed(tmp_path: Path) -> None:
    file, moved = tmp_path / "access.log", tmp_path / "access.log.1"
    log = open_log(str(file))
    assert log
    with log:
        log.put(PLAIN)
        until(lambda: file.stat().st_size > 0)
        file.rename(moved)
        log.put(replace(PLAIN, sent=1))
        until(lambda: moved.read_bytes().count(b"\n") == 2)
        log.reopen()
        until(file.exists)
        log.put(replace(PLAIN, sent=2))
    assert [one["bytes"] for one in records(moved.read_bytes())] == [12, 1]
    assert [one["bytes"] for one in records(file.read_bytes())] == [2]


def test_a_file_that_cannot_be_opened_again_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, moved = tmp_path / "logs", tmp_path / "moved"
    folder.mkdir()
    log = open_log(str(folder / "access.log"))
    assert log
    with log:
        folder.rename(moved)
        log.reopen()
        log.put(PLAIN)
    assert len(records((moved / "access.log").read_bytes())) == 1
    assert "cannot be opened again" in capsys.readouterr().err


def test_a_pipe_that_nobody_reads_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accesslog, "_LAST_WORDS", 0.1)
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    log = AccessLog(writing, capacity=50)
    with log:
        for one in numbered(range(50)):
            log.put(one)
        until(lambda: len(log._queue) < 50)  # the thread has begun, and cannot end
        for one in numbered(range(50, 5000)):
            log.put(one)  # would never return if it waited
        assert log.dropped >= 4900
    assert log._thread.is_alive()  # nobody waited for it to the end
    with os.fdopen(reading, "rb") as pipe:
        whole = [json.loads(pipe.readline())["bytes"] for _ in range(5000 - log.dropped)]
    log._thread.join(20)
    os.close(writing)
    assert not log._thread.is_alive()
    assert whole == sorted(whole)
    assert whole[:50] == list(range(50))


def test_a_pipe_that_is_closed_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    log = AccessLog(writing)
    with log:
        for one in numbered(range(100)):
            log.put(one)
        until(lambda: log.dropped == 100)
        log.put(PLAIN)
        until(lambda: log.dropped == 101)
    os.close(writing)
    assert capsys.readouterr().err.count("cannot be written") == 1


def test_a_pipe_that_does_not_block_is_waited_for() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with AccessLog(writing) as log:
        for one in numbered(range(3000)):
            log.put(one)
        received = b""
        while received.count(b"\n") < 3000:
            received += os.read(reading, 4096)
    assert [one["bytes"] for one in records(received)] == list(range(3000))
    assert log.dropped == 0
    os.close(reading)
    os.close(writing)


def test_a_full_disk_loses_no_more_than_it_must(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A torn line is ended before the next, and records are counted as lost only if they are."""
    file = tmp_path / "access.log"
    room = [1000]
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = write(descriptor, data[: room[0]])
        room[0] -= written
        return written

    monkeypatch.setattr(os, "write", full)
    log = open_log(str(file))
    assert log
    with log:
        for one in numbered(range(20)):
            log.put(one)
        until(lambda: log.dropped > 0)
        lost = log.dropped
        room[0] = 1_000_000
        for one in numbered(range(100, 110)):
            log.put(one)
    lines = file.read_bytes().split(b"\n")
    whole = [json.loads(one)["bytes"] for one in lines if one.endswith(b"}")]
    torn = [one for one in lines if one and not one.endswith(b"}")]
    assert whole == [*range(20 - lost), *range(100, 110)]
    assert len(torn) == 1
    assert log.dropped == lost
    assert "No space left on device" in capsys.readouterr().err


def test_where_the_log_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for terminal, kept in ((True, False), (False, True)):
        monkeypatch.setattr(os, "isatty", lambda descriptor, terminal=terminal: terminal)
        assert bool(open_log("auto")) is kept
        assert open_log("-")
        assert open_log("off") is None
    monkeypatch.setattr(sys, "stdout", None)
    assert open_log("auto") is None
    assert open_log("-") is None
    with pytest.raises(OSError, match="No such file"):
        open_log(str(tmp_path / "no" / "access.log"))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="No such device"):
        open_log(str(tmp_path / "pipe"))


def test_the_log_is_no_ones_business(tmp_path: Path) -> None:
    log = open_log(str(tmp_path / "access.log"))
    assert log
    with log:
        pass
    assert (tmp_path / "access.log").stat().st_mode & 0o007 == 0
