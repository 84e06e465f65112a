"""Reading results of others in pieces of any size."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kzlod.engine.base import EngineFailed, Kind
from kzlod.engine.rereading import Reader, Writer, reread, row_counter

JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
# As Virtuoso writes it: other keys, names of blank nodes that nobody else takes, things that look like rows.
TABLE = (
    '{ "head": { "link": [], "vars": ["a", "b"] }, "results": { "distinct": false, "bindings": [\n'
    '  { "a": { "type": "bnode", "value": "nodeID://b1" } },\n'
    '  { "a": { "type": "literal", "xml:lang": "kk", "value": "қ } ] { \\"[{\\\\" }, '
    '"b": { "type": "typed-literal", "datatype": "http://x/d", "value": "}" } },\n'
    '  { },\n  { "b": { "type": "uri", "value": "http://x/nodeID://b1" } } ] } }\n'
).encode()
CSV = 'a,b\r\n_:b1,\r\n"қ } ] { ""[{\\",}\r\n,\r\n,http://x/nodeID://b1\r\n'
XML_TABLE = (
    '<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="a"/>'
    '<variable name="b"/></head>'
    "<results><result><binding name='a'><bnode>nodeID://b1</bnode></binding></result >"
    "<result><binding name='a'><literal xml:lang='kk'>қ } ] { \"[{\\</literal></binding>"
    "<binding name='b'><literal datatype='http://x/d'>}</literal></binding></result>"
    "<result/><result><binding name='b'><uri>http://x/nodeID://b1</uri></binding></result></results></sparql>\n"
).encode()


class Pieces:
    """Bytes that come in pieces of these sizes, over and over."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        self._data, self._sizes, self._turn = io.BytesIO(data), sizes, 0
        self.taken = b""

    def get(self) -> bytes:
        self._turn += 1
        return self._data.read(self._sizes[self._turn % len(self._sizes)])

    def put(self, data: bytes) -> None:
        self.taken += data


@given(
    st.sampled_from([(JSON, TABLE), (XML, XML_TABLE)]), st.lists(st.integers(1, 90), min_size=1, max_size=5)
)
def test_the_size_of_the_pieces_changes_nothing(given_table: tuple[str, bytes], sizes: list[int]) -> None:
    media_type, body = given_table
    pieces, rows = Pieces(body, sizes), row_counter(media_type)
    reader = Reader(pieces, rows)
    reread(Kind.SOLUTIONS, media_type, reader, Writer(pieces, reader), "text/csv", {})
    assert pieces.taken.decode() == CSV
    assert rows.rows == 4


@pytest.mark.parametrize(("media_type", "body"), [(JSON, TABLE), (XML, XML_TABLE)])
def test_every_beginning_is_known_to_be_a_part(media_type: str, body: bytes) -> None:
    for end in range(len(body.rstrip())):
        pieces = Pieces(body[:end], [7])
        reader = Reader(pieces, None)
        with pytest.raises(EngineFailed):
            reread(Kind.SOLUTIONS, media_type, reader, Writer(pieces, reader), "text/csv", {})
