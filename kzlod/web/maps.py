"""What stands beside the map of treaty partners: its key with the names of states, and who is not on it."""

from dataclasses import dataclass

from kzlod.web.i18n import DEFAULT
from kzlod.web.names import Namer, Value
from kzlod.web.reading import Reader
from kzlod.web.statistics import Binding, stated_rows

MAP = "treaty-map"
KINDS = ("described", "named", "counted")
"""The kinds of states on the map, as in its specification: each state is of the first that fits."""


@dataclass(frozen=True, slots=True)
class State:
    """A state of the map and how many treaties and groups of treaties it is counted with."""

    thing: Value
    treaties: str


@dataclass(frozen=True, slots=True)
class Key:
    """The states of a kind, with the words for it."""

    kind: str
    words: str
    states: tuple[State, ...]


@dataclass(frozen=True, slots=True)
class MapKey:
    """The key of the map, and the states that it has no place for."""

    keys: tuple[Key, ...] = ()
    elsewhere: tuple[Value, ...] = ()


def read_map_key(reader: Reader, namer: Namer) -> MapKey:
    """The key of the map of a release; empty when the release was made without the map."""
    found = stated_rows(reader, MAP)
    if found is None:
        return MapKey()
    entry, rows = found
    states: dict[str, list[State]] = {kind: [] for kind in KINDS}
    for row in rows:
        states[_kind(row)].append(State(namer.thing(row["state"]["value"]), row["treaties"]["value"]))
    return MapKey(
        tuple(
            Key(
                kind,
                _words(entry["headings"][f"key_{kind}"], namer.language),
                tuple(sorted(states[kind], key=lambda one: namer.order(one.thing))),
            )
            for kind in KINDS
            if states[kind]
        ),
        tuple(namer.thing(iri) for iri in entry.get("without_place", ())),
    )


def _kind(row: Binding) -> str:
    if row["described"]["value"] in ("true", "1"):
        return "described"
    return "named" if int(row["named"]["value"]) else "counted"


def _words(said: dict[str, str], language: str) -> str:
    return said.get(language) or said[DEFAULT]
