"""What people keep beside an imported profile: names of acts, summaries and notes in our own words.

data/{country}/{key}/acts.toml           [acts.penal-code]          # the key that the report prints
                                         act = "criminal-code-2014" # the last step of the act's IRI
                                         label = "…"                # optional, as other graphs have it
                                         note = "…"                 # optional
data/{country}/{key}/summaries/*.toml    [summaries]
                                         "criminal-code-2014/art/205/part/1" = "…"
                                         [notes]
                                         "criminal-code-2014/art/205" = "…"
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kzlod.errors import InputError, Problem
from kzlod.turtle import read_text

ACTS = "acts.toml"
SUMMARIES = "summaries"
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class ActName:
    """How an act is called in the data: the last step of its IRI, its label, notes."""

    slug: str
    label: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """Names of acts by their key in the profile; summaries and notes by the path of a provision."""

    acts: Mapping[str, ActName] = field(default_factory=dict)
    summaries: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)


def read_kept(folder: Path) -> Kept:
    """What is kept in a folder, empty where nothing is; InputError with the file for what cannot be read."""
    summaries: dict[str, str] = {}
    notes: dict[str, str] = {}
    places: dict[str, str] = {}
    for path in sorted((folder / SUMMARIES).glob("*.toml")):
        content = _read(path)
        for name, into in (("summaries", summaries), ("notes", notes)):
            for provision, text in _table(path, content, name).items():
                if not isinstance(text, str) or not text.strip():
                    raise _wrong(path, f"{name}.{provision!r} is no text")
                if provision in into:
                    raise _wrong(
                        path, f"{provision} has a second entry; the first is in {places[name + provision]}"
                    )
                into[provision] = " ".join(text.split())
                places[name + provision] = path.name
    return Kept(_acts(folder / ACTS), summaries, notes)


def _acts(path: Path) -> Mapping[str, ActName]:
    if not path.is_file():
        return {}
    acts: dict[str, ActName] = {}
    for key, entry in _table(path, _read(path), "acts").items():
        if not isinstance(entry, dict) or not _SLUG.fullmatch(str(entry.get("act", ""))):
            raise _wrong(
                path, f"acts.{key} lacks act = the last step of the act's IRI (small letters, hyphens)"
            )
        note = entry.get("note", ())
        notes = (note,) if isinstance(note, str) else tuple(note)
        acts[key] = ActName(entry["act"], str(entry.get("label", "")), notes)
    return acts


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise _wrong(path, f"is not TOML: {error}") from error


def _table(path: Path, content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = content.get(name, {})
    if not isinstance(table, dict):
        raise _wrong(path, f"{name} is not a table")
    return table


def _wrong(path: Path, what: str) -> InputError:
    return InputError(
        Problem(str(path), what, "Mend the file; kzlod/ingest/cybercrime/kept.py has its form.")
    )
