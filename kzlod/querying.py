"""`kzlod query`: one query in this process, its answer on the terminal or for other programs."""

import signal
import sys
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kzlod.engine.merging import MergingStore
from kzlod.errors import InputError, Problem
from kzlod.namespaces import PREFIXES, compact
from kzlod.queries import error_place
from kzlod.turtle import read_text

_RESULTS = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
_GRAPHS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}


def read(file: str) -> tuple[str, str]:
    """The name and text of the query in `file`; '-' is standard input."""
    return ("standard input", sys.stdin.read()) if file == "-" else (file, read_text(Path(file)))


def run(out: Console, binary: BinaryIO, store: Path, query: tuple[str, str], output: str) -> None:
    """Runs the query (name, text) on the store and prints the answer as `output` says.

    Raises InputError for a malformed query, or a format that does not suit its form.
    """
    name, text = query
    if output not in {"table", *_RESULTS, *_GRAPHS}:
        known = ", ".join(["table", *_RESULTS, *_GRAPHS])
        raise InputError(Problem("--format", f"{output!r} is not a format", f"Use one of: {known}."))
    # The engine cannot be interrupted from Python: Ctrl-C must end the process itself.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        result = MergingStore(ox.Store.read_only(str(store))).query(text, prefixes=PREFIXES)
    except SyntaxError as error:
        place, what = error_place(error, text, PREFIXES)
        raise InputError(Problem(f"{name}:{place}", what, "Mend the query there.")) from error
    if isinstance(result, ox.QueryTriples):
        _print_graph(binary, result, output)
    elif output == "table":
        _print_table(out, result)
    elif output in _RESULTS:
        result.serialize(binary, _RESULTS[output])
    else:
        raise InputError(
            Problem(
                name, f"SELECT and ASK have no {output} form", f"Use one of: table, {', '.join(_RESULTS)}."
            )
        )


def _print_graph(binary: BinaryIO, result: ox.QueryTriples, output: str) -> None:
    if output != "table" and output not in _GRAPHS:
        raise InputError(
            Problem(
                "--format",
                f"CONSTRUCT and DESCRIBE have no {output} form",
                f"Use one of: {', '.join(_GRAPHS)}.",
            )
        )
    rdf = _GRAPHS.get(output, ox.RdfFormat.TURTLE)
    ox.serialize(result, binary, rdf, prefixes=dict(PREFIXES))


def _print_table(out: Console, result: ox.QuerySolutions | ox.QueryBoolean) -> None:
    if isinstance(result, ox.QueryBoolean):
        out.print("yes" if bool(result) else "no")
        return
    names = [variable.value for variable in result.variables]
    table = Table(*names)
    for solution in result:
        table.add_row(*(_cell(solution[name]) for name in names))
    out.print(table)
    out.print(f"{table.row_count:,} rows" if table.row_count != 1 else "1 row")


def _cell(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> str:
    """A term as a reader wants it: literals bare, IRIs with our prefixes."""
    if node is None:
        return ""
    if isinstance(node, ox.Literal):
        return escape(node.value)
    return escape(compact(node.value) if isinstance(node, ox.NamedNode) else str(node))
