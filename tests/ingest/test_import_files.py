"""The edge of the import: files, folders, what people keep beside, wrong input."""

from pathlib import Path

import pytest

from kzlod.errors import DocumentError, InputError
from kzlod.ingest.cybercrime.importing import Imported, import_profile, write
from kzlod.ingest.cybercrime.kept import read_kept
from kzlod.terms import kz
from tests.ingest.test_importing import ACT, VOCABULARY, profile_of, triples, values


def run(
    file: Path, out: Path | None, data: Path, country: str = "GEO", date: str = ""
) -> tuple[Imported, Path]:
    return import_profile(file, country, VOCABULARY, "ets-185", date, data, out)


def real_rows() -> str:
    return profile_of("<p><b>Article 77. Acts</b></p> <p>1. An act - shall be punished by arrest.</p>")


def test_files_are_written_once_and_again_the_same(tmp_path: Path) -> None:
    file = tmp_path / "profile.txt"
    file.write_text(real_rows(), "utf-8")
    made, folder = run(file, None, tmp_path / "data")
    assert folder == tmp_path / "data" / "GEO" / "cybercrime-profile-2021"
    write(made, folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {"acts.ttl", "offences.ttl", "citations.ttl", "report.json"} <= set(before)
    write(*run(file, None, tmp_path / "data"))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_summaries_and_names_that_people_keep_are_merged(tmp_path: Path) -> None:
    file = tmp_path / "profile.txt"
    file.write_text(real_rows(), "utf-8")
    home = tmp_path / "data" / "GEO" / "cybercrime-profile-2021"
    (home / "summaries").mkdir(parents=True)
    (home / "acts.toml").write_text(
        '[acts.penal-code]\nact = "penal-code-1999"\nlabel = "Penal Code of 1999"\n'
    )
    (home / "summaries" / "a.toml").write_text(
        '[summaries]\n"penal-code-1999/art/77/part/1" = "Punishes an act."\n'
        '"penal-code-1999/art/78" = "Gone."\n'
        '[notes]\n"penal-code-1999/art/77" = "Short."\n'
    )
    made, _ = run(file, tmp_path / "elsewhere", tmp_path / "data")
    found = triples(made)
    version = f"{ACT}penal-code-1999/art/77/part/1/as-of/2021-03-07"
    assert values(found, version, "summary") == {"Punishes an act."}
    assert values(found, f"{version}/offence", "summary") == {"Punishes an act."}
    assert values(found, f"{ACT}penal-code-1999/art/77/as-of/2021-03-07", "note") == {"Short."}
    assert "summary of penal-code-1999/art/78, which the profile does not quote: remove it" in made.wanting
    assert "summary of penal-code-1999/art/77" in made.wanting


def test_what_was_entered_by_hand_stays(tmp_path: Path) -> None:
    file = tmp_path / "profile.txt"
    file.write_text(real_rows(), "utf-8")
    made, folder = run(file, None, tmp_path / "data")
    source = "https://w3id.org/kzlod/id/source/GEO/cybercrime-profile-2021"
    folder.mkdir(parents=True)
    (folder / "document.ttl").write_text(f"<{source}> a <{kz('SourceDocument').value}> .")
    again, _ = run(file, None, tmp_path / "data")
    write(again, folder)
    assert "profile.ttl" in made.files
    assert "profile.ttl" not in again.files
    assert (folder / "document.ttl").read_text().startswith("<https://")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("acts.toml", "[acts.penal-code]\nact = 'Not A Slug'\n"),
        ("acts.toml", "acts = 3\n"),
        ("summaries/a.toml", "[summaries\n"),
        ("summaries/a.toml", "[summaries]\n'a/art/1' = 3\n"),
    ],
)
def test_kept_files_that_are_wrong_are_named(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / "summaries").mkdir()
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=name):
        read_kept(tmp_path)


def test_an_entry_that_stands_twice(tmp_path: Path) -> None:
    (tmp_path / "summaries").mkdir()
    for name in "ab":
        (tmp_path / "summaries" / f"{name}.toml").write_text("[summaries]\n'x/art/1' = 'One.'\n")
    with pytest.raises(InputError, match=r"a\.toml"):
        read_kept(tmp_path)


def test_wrong_input_is_refused_and_nothing_written(tmp_path: Path) -> None:
    file = tmp_path / "profile.txt"
    out = tmp_path / "out"
    file.write_text("Dear reader,\n\nthis is a letter.\n")
    with pytest.raises(DocumentError, match="is no profile"):
        run(file, out, tmp_path / "data")
    file.write_text(real_rows().replace("Version 07 March 2021", ""), "utf-8")
    with pytest.raises(DocumentError, match="--date"):
        run(file, out, tmp_path / "data")
    assert run(file, out, tmp_path / "data", date="2020-01-02")[0].files
    for country in ("XXQ", "KZ", "../KAZ", ""):
        with pytest.raises(InputError, match="code of a country"):
            run(file, out, tmp_path / "data", country=country, date="2020-01-02")
    with pytest.raises(InputError, match="no convention"):
        import_profile(file, "GEO", VOCABULARY, "ets-999", "", tmp_path / "data", out)
    file.write_bytes(b"\xff\xfe\x00bad")
    with pytest.raises(DocumentError, match="UTF-8"):
        run(file, out, tmp_path / "data")
    with pytest.raises(DocumentError, match="cannot be read"):
        run(tmp_path / "absent.txt", out, tmp_path / "data")
    assert not out.exists()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    file = tmp_path / "profile.txt"
    file.write_text(real_rows(), "utf-8")
    made, _ = run(file, None, tmp_path / "data")
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(InputError, match="cannot be written"):
        write(made, tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "a file"


def test_a_write_that_breaks_off_leaves_what_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "profile.txt"
    file.write_text(real_rows(), "utf-8")
    made, folder = run(file, None, tmp_path / "data")
    write(made, folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    written = Path.write_text

    def full(self: Path, data: str, *args: object, **kwargs: object) -> int:
        if "offences" in self.name:
            raise OSError(28, "No space left on device")
        return written(self, data + "changed", "utf-8")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(InputError, match="No space left"):
        write(made, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
