import io
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kzlod import cli


def kzlod(monkeypatch: pytest.MonkeyPatch, *arguments: str, stdin: str = "") -> int:
    """Runs the command line in this process; the exit status."""
    monkeypatch.setattr(sys, "argv", ["kzlod", *arguments])
    monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
    with pytest.raises(SystemExit) as caught:
        cli.main()
    code = caught.value.code
    return code if isinstance(code, int) else 0 if code is None else 1


@pytest.fixture
def released(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    assert kzlod(monkeypatch, "release", "--root", str(tiny)) == 0
    return tiny


def test_help_names_every_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert kzlod(monkeypatch, "--help") == 0
    printed = capsys.readouterr().out
    for command in ("release", "validate", "cite", "verify-citations", "coverage", "query", "serve"):
        assert command in printed
        assert kzlod(monkeypatch, command, "--help") == 0


def test_release_says_what_was_made(
    released: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert kzlod(monkeypatch, "release", "--root", str(released)) == 0
    assert "is up to date" in capsys.readouterr().out
    assert (released / "release" / "current").is_symlink()


def test_errors_are_told_without_a_traceback(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tiny / "data/KAZ/news/news.ttl"
    path.write_text(path.read_text() + "nowhere:x a kzlod:Treaty .\n")
    assert kzlod(monkeypatch, "validate", "--root", str(tiny)) == 1
    printed = capsys.readouterr().err
    assert "data/KAZ/news/news.ttl:9:" in printed
    assert "@prefix nowhere:" in printed
    assert "Traceback" not in printed


def test_verify_citations(
    released: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    documents = str(released / "documents")
    assert kzlod(monkeypatch, "verify-citations", documents, "--root", str(released)) == 0
    assert "1 citations right, 0 wrong" in capsys.readouterr().out
    path = released / "data/KAZ/news/citations.ttl"
    path.write_text(path.read_text().replace("kzlod:lastLine 3", "kzlod:lastLine 4"))
    assert kzlod(monkeypatch, "verify-citations", documents, "--root", str(released)) == 1
    printed = capsys.readouterr().out
    assert "data/KAZ/news/citations.ttl:" in printed
    assert "states lastLine 4, the document gives 3" in printed


def test_verify_citations_without_the_document(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "x.txt").write_text("x")
    assert kzlod(monkeypatch, "verify-citations", str(folder), "--root", str(released)) == 1
    assert kzlod(monkeypatch, "verify-citations", str(tmp_path / "none"), "--root", str(released)) == 1


def test_coverage_lists_what_is_missing(
    released: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert kzlod(monkeypatch, "coverage", str(released / "documents"), "--root", str(released)) == 1
    printed = capsys.readouterr().out
    assert "line 1, characters 0-11: The Treaty." in printed
    assert "line 3, characters 49-68: It has 12 articles." in printed
    assert "State A" not in printed


def test_cite_finds_passages(
    released: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    documents = str(released / "documents")
    assert kzlod(monkeypatch, "cite", documents, "--find", "It has 12") == 0
    assert "/chars/49-58" in capsys.readouterr().out
    assert kzlod(monkeypatch, "cite", documents, "--find", "nowhere in it") == 1


def test_cite_refuses_a_citation_outside_the_document(
    released: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, citations = released / "data/KAZ/news/news.ttl", released / "data/KAZ/news/citations.ttl"
    before = citations.read_text()
    data.write_text(data.read_text().replace("c:13-48", "c:13-4800"))
    assert kzlod(monkeypatch, "cite", str(released / "documents"), "--root", str(released)) == 1
    printed = capsys.readouterr().err
    assert "data/KAZ/news/news.ttl:7" in printed
    assert "13 to 4800 of a document of 69" in printed
    assert citations.read_text() == before
    assert kzlod(monkeypatch, "release", "--root", str(released)) == 1
    printed = capsys.readouterr().err
    assert "data/KAZ/news/news.ttl:7" in printed
    assert "13 to 4800 of a document of 69" in printed


QUERY = "SELECT ?label WHERE { ?t a kzlod:Treaty ; rdfs:label ?label }"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("table", "Treaty of A and B"),
        ("csv", "label\r\nTreaty of A and B"),
        ("json", '"value":"Treaty of A and B"'),
    ],
)
def test_query(
    released: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
    form: str,
    expected: str,
) -> None:
    arguments = ("query", "-", "--format", form, "--root", str(released))
    assert kzlod(monkeypatch, *arguments, stdin=QUERY) == 0
    assert expected.encode() in capfdbinary.readouterr().out


def test_query_forms(
    released: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    root = ("--root", str(released))
    assert kzlod(monkeypatch, "query", "-", *root, stdin="ASK { ?s a kzlod:Treaty }") == 0
    assert b"yes" in capfdbinary.readouterr().out
    assert (
        kzlod(monkeypatch, "query", "-", *root, stdin="DESCRIBE <https://w3id.org/kzlod/id/treaty/a-b>") == 0
    )
    assert b"kzlod:Treaty" in capfdbinary.readouterr().out
    assert kzlod(monkeypatch, "query", "-", *root, stdin="SELECT * WHERE {\n ?s ?p }") == 1
    assert b"standard input:2:" in capfdbinary.readouterr().err
    assert kzlod(monkeypatch, "query", "-", *root, stdin="SELECT * WHERE {\n ?s foo:x kzlod:y }") == 1
    assert b"standard input:2:5\n  the prefix foo: is not declared" in capfdbinary.readouterr().err
    assert kzlod(monkeypatch, "query", "-", "--format", "odd", *root, stdin=QUERY) == 1
    assert kzlod(monkeypatch, "query", "-", "--format", "ttl", *root, stdin=QUERY) == 1
    assert kzlod(monkeypatch, "query", str(released / "none.rq"), *root) == 1


def test_serve_says_what_is_wrong(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert kzlod(monkeypatch, "serve", "--root", str(tiny)) == 1
    assert "no release is current" in capsys.readouterr().err
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert kzlod(monkeypatch, "release", "--root", str(tiny)) == 0
        assert kzlod(monkeypatch, "serve", "--root", str(tiny), "--port", str(port)) == 1
    printed = capsys.readouterr().err
    assert "the port is taken" in printed
    assert f"--port {port + 1}" in printed
    (tiny / "bad.nq").write_text("<http://a> <http://b> .\n")
    assert kzlod(monkeypatch, "serve", "--data", str(tiny / "bad.nq"), "--port", "0") == 1
    assert "bad.nq:1" in capsys.readouterr().err
    assert kzlod(monkeypatch, "serve", "--data", str(tiny / "none.nq"), "--port", "0") == 1
    (tiny / "packed.nq.gz").write_bytes(b"x")
    assert kzlod(monkeypatch, "serve", "--data", str(tiny / "packed.nq.gz"), "--port", "0") == 1
    assert "gunzip" in capsys.readouterr().err
    (tiny / "half").mkdir()
    assert kzlod(monkeypatch, "serve", "--release", str(tiny / "half")) == 1
    assert "half-written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KZLOD_WORKERS", "many"),
        ("KZLOD_METRICS_FROM", "prometheus.local"),
        ("KZLOD_ACCESS_LOG", "/no/such/folder/access.log"),
    ],
)
def test_a_wrong_setting_is_named(
    released: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("KZLOD_QUERY_TIMEOT", "3")
    assert kzlod(monkeypatch, "serve", "--root", str(released), "--port", "0") == 1
    printed = capsys.readouterr().err
    assert name in printed
    assert value in printed
    assert "KZLOD_QUERY_TIMEOT is no setting; KZLOD_QUERY_TIMEOUT is." in printed


def test_the_module_runs(tiny: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "kzlod", "--help"], capture_output=True, text=True, check=True
    )
    assert "verify-citations" in run.stdout
