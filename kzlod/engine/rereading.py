"""Reading a result that another endpoint wrote, and writing it anew in the wanted format.

Everything that comes from outside goes through a parser: what is broken off, followed by an error message, or
no result at all is found, whatever its status code said, and what reaches the client is written by the same
code as the embedded engine's results. All of it streams: nothing larger than one row is held. The functions
here run in a thread and know nothing of HTTP.
"""

import re
from collections.abc import Mapping
from typing import IO, Protocol

import pyoxigraph as ox

from kzlod.engine.base import EngineFailed, Kind

JSON = ox.QueryResultsFormat.JSON
XML = ox.QueryResultsFormat.XML
_TABLES: Mapping[str, ox.QueryResultsFormat] = {
    "application/sparql-results+json": JSON,
    "application/json": JSON,
    "application/sparql-results+xml": XML,
    "application/xml": XML,
    "text/xml": XML,
}
_GRAPHS: Mapping[str, ox.RdfFormat] = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/x-turtle": ox.RdfFormat.TURTLE,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
_ACCEPT_TABLE = "application/sparql-results+json, application/sparql-results+xml;q=0.8"
_ACCEPT_GRAPH = "application/n-triples, text/turtle;q=0.8, application/rdf+xml;q=0.6"
# The end that a whole document must have, where the parser does not insist on it.
_ENDS: Mapping[ox.QueryResultsFormat | ox.RdfFormat, re.Pattern[bytes]] = {
    JSON: re.compile(rb"\}\s*\Z"),
    XML: re.compile(rb"</(?:[\w.-]+:)?sparql\s*>\s*\Z"),
    ox.RdfFormat.RDF_XML: re.compile(rb"(?:</(?:[\w.-]+:)?RDF\s*>|/>)\s*\Z"),
}
_TAIL = 256
_CHUNK = 64 * 1024
LARGEST_PART = 16 * 1024 * 1024
"""The most bytes that a result may have without a row or a triple coming of them."""

_TOO_LARGE = "The engine sends something larger than any row of a result."
_BROKEN = "The result that came from the engine is damaged or broken off."
# Virtuoso's blank nodes have names that no other reader takes.
_BLANK = re.compile(rb'("type"\s*:\s*"bnode"\s*,\s*"value"\s*:\s*")nodeID://|(<bnode>)nodeID://')
_BLANK_LENGTH = 64


class Bytes(Protocol):
    """Where a result comes from or goes to; blocks until there are bytes, or until they are taken."""

    def get(self) -> bytes:
        """The next bytes, empty at the end; raises an EngineError when they do not come to their end."""

    def put(self, data: bytes) -> None:
        """Takes bytes; raises an EngineError when nobody wants them any more."""


def accept(kind: Kind) -> str:
    """The `Accept` field for a kind of result: formats that lose nothing, what all endpoints have first.

    CSV and TSV are not asked for: CSV tells no IRI from a string, and not all write TSV as the standard says.
    """
    return _ACCEPT_GRAPH if kind == Kind.GRAPH else _ACCEPT_TABLE


def is_readable(kind: Kind, media_type: str) -> bool:
    """Whether a result of that kind can be read from that media type."""
    return media_type in (_GRAPHS if kind == Kind.GRAPH else _TABLES)


def table_format(media_type: str) -> ox.QueryResultsFormat:
    """The format of a table of a media type that can be read."""
    return _TABLES[media_type]


def has_end(kind: Kind, media_type: str) -> bool:
    """Whether a document of that type shows by itself that it is whole."""
    return kind != Kind.GRAPH or _GRAPHS[media_type] in _ENDS


class Reader:
    """The file that a parser reads from: gives on what comes, and counts the rows of a table if told to."""

    def __init__(self, source: Bytes, rows: "RowCounter | None") -> None:
        """Takes where the bytes come from."""
        self._source, self._rows = source, rows
        self._buffer, self._at = b"", 0
        self._waiting = b""  # what may be the beginning of a blank node's name
        self._ended = False
        self.since_output = 0
        self.tail = b""
        self.error: EngineFailed | None = None

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, or what has come for a negative size; empty at the end."""
        while self._at >= len(self._buffer) and not self._ended:
            self._fill()
        end = len(self._buffer) if size < 0 else self._at + size
        part = self._buffer[self._at : end]
        self._at += len(part)
        return part

    def _fill(self) -> None:
        data = self._source.get()
        self._ended = not data
        self.since_output += len(data)
        if self.since_output > LARGEST_PART:
            self.error = EngineFailed(_TOO_LARGE)
            raise self.error
        if self._rows is not None:
            self._rows.feed(data)
        self.tail = (self.tail + data)[-_TAIL:]
        data = self._waiting + data
        if b"nodeID://" in data:
            data = _BLANK.sub(rb"\1\2", data)
        keep = 0 if self._ended else min(_BLANK_LENGTH, len(data))
        self._waiting = data[len(data) - keep :]
        self._buffer, self._at = data[: len(data) - keep], 0


class Writer:
    """The file that a serialiser writes to: gives on in pieces of some size."""

    def __init__(self, sink: Bytes, reader: Reader) -> None:
        """Takes where the bytes go; the reader is told when something comes out."""
        self._sink, self._reader = sink, reader
        self._buffer = bytearray()

    def write(self, data: bytes) -> int:
        """Takes bytes."""
        self._buffer += data
        self._reader.since_output = 0
        if len(self._buffer) >= _CHUNK:
            self.give()
        return len(data)

    def flush(self) -> None:
        """Does nothing: pieces go out when they are full."""

    def give(self) -> None:
        """Gives on what there is."""
        if self._buffer:
            data = bytes(self._buffer)
            self._buffer.clear()
            self._sink.put(data)


class RowCounter:
    """Counts the rows of a table in JSON or XML as its bytes pass; made by `row_counter`."""

    def __init__(self) -> None:
        """Begins before the first byte."""
        self.rows = 0

    def feed(self, data: bytes) -> None:
        """Takes the next bytes."""
        raise NotImplementedError


class _JsonRows(RowCounter):
    """Rows are the objects three levels deep: in the root, in `results`, in `bindings`."""

    _TOKEN = re.compile(rb'"|[{}\[\]]')
    _STRING_END = re.compile(rb'(?:[^"\\]|\\.)*+("?)', re.DOTALL)

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._in_string = False
        self._half_escape = b""

    def feed(self, data: bytes) -> None:
        data, self._half_escape = self._half_escape + data, b""
        at = 0
        while at < len(data):
            if self._in_string:
                match = self._STRING_END.match(data, at)
                at = match.end() if match else len(data)
                if not (match and match[1]):
                    self._half_escape = data[at:]
                    return
                self._in_string = False
            token = self._TOKEN.search(data, at)
            if token is None:
                return
            at = token.end()
            if token[0] == b'"':
                self._in_string = True
            elif token[0] in (b"{", b"["):
                self.rows += token[0] == b"{" and self._depth == 3
                self._depth += 1
            else:
                self._depth -= 1


class _XmlRows(RowCounter):
    """Rows are the ends of `result` elements; in a text `<` is always escaped."""

    _ROW = re.compile(rb"<(?:/(?:[\w.-]+:)?result\s*|(?:[\w.-]+:)?result\s*/)>")

    def __init__(self) -> None:
        super().__init__()
        self._open = b""

    def feed(self, data: bytes) -> None:
        data = self._open + data
        self.rows += len(self._ROW.findall(data))
        begun = data.rfind(b"<")
        self._open = data[begun:] if begun > data.rfind(b">") else b""


def row_counter(media_type: str) -> RowCounter:
    """A counter for a table of that media type."""
    return _JsonRows() if _TABLES[media_type] == JSON else _XmlRows()


def reread(
    kind: Kind, media_type: str, reader: Reader, writer: Writer, wanted: str, prefixes: Mapping[str, str]
) -> None:
    """Reads a whole result of `media_type` and writes it as `wanted`.

    Raises EngineFailed when it is not whole or not a result of that kind, and whatever EngineError the
    reader's source and the writer's sink raise. `prefixes` are for writing Turtle.
    """
    given = _GRAPHS[media_type] if kind == Kind.GRAPH else _TABLES[media_type]
    try:
        if isinstance(given, ox.RdfFormat):
            _reread_graph(given, reader, writer, wanted, prefixes)
        else:
            _reread_table(kind, given, reader, writer, wanted)
        while reader.read(_CHUNK):
            pass
    except MemoryError as error:  # the parser has a bound, too
        raise EngineFailed(_TOO_LARGE) from error
    except (SyntaxError, ValueError, OSError) as error:
        raise reader.error or EngineFailed(_BROKEN) from error
    end = _ENDS.get(given)
    if end is not None and not end.search(reader.tail):
        raise EngineFailed(_BROKEN)
    writer.give()


def _reread_table(
    kind: Kind, given: ox.QueryResultsFormat, reader: Reader, writer: Writer, wanted: str
) -> None:
    results = ox.parse_query_results(_file(reader), given)
    try:
        if isinstance(results, ox.QueryBoolean) != (kind == Kind.BOOLEAN):
            raise EngineFailed("The engine answered another kind of result than was asked for.")
        results.serialize(_file(writer), ox.QueryResultsFormat.from_media_type(wanted))
    finally:
        del results  # an error goes to another thread, where pyoxigraph's objects must not end


def _reread_graph(
    given: ox.RdfFormat, reader: Reader, writer: Writer, wanted: str, prefixes: Mapping[str, str]
) -> None:
    triples = (quad.triple for quad in ox.parse(_file(reader), given))
    wanted_format = ox.RdfFormat.from_media_type(wanted)
    try:
        if prefixes and wanted_format == ox.RdfFormat.TURTLE:
            ox.serialize(triples, _file(writer), wanted_format, prefixes=dict(prefixes))
        else:
            ox.serialize(triples, _file(writer), wanted_format)
    finally:
        triples.close()


def _file(end: Reader | Writer) -> IO[bytes]:
    """The same object: pyoxigraph asks for `read` or `write` and `flush` only."""
    return end  # type: ignore[return-value]
