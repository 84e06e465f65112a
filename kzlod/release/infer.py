"""Inference by rules of ours: CONSTRUCT queries over what the graphs assert.

Each file `queries/rules/*.rq` is one rule. What it constructs goes into the graph of inferred
statements and must say how it was concluded (`kzlod:inferenceRule`, `prov:wasDerivedFrom`).
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyoxigraph as ox

from kzlod.errors import InputError, Problem
from kzlod.queries import error_place
from kzlod.release.store import union_store


def infer(root: Path, graphs: Mapping[str, Sequence[ox.Triple]]) -> Iterator[ox.Triple]:
    """What the rules under `root` conclude from the graphs; InputError names a rule that is no CONSTRUCT."""
    rules = sorted((root / "queries" / "rules").glob("*.rq"))
    if not rules:
        return
    store = union_store(graphs)
    for rule in rules:
        text = rule.read_text("utf-8")
        try:
            result = store.query(text)
        except SyntaxError as error:
            place, what = error_place(error, text)
            raise InputError(Problem(f"{rule}:{place}", what, "Mend the query.")) from error
        if not isinstance(result, ox.QueryTriples):
            raise InputError(Problem(str(rule), "is not a CONSTRUCT query", "A rule constructs statements."))
        yield from result
