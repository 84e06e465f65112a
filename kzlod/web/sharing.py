"""Short links to a query: its text compressed into the address, so that the server keeps nothing.

The value is raw DEFLATE (RFC 1951) in the URL-safe alphabet of Base64 (RFC 4648) without padding: what the
browser's `CompressionStream("deflate-raw")` gives to `static/query.js`.
"""

import base64
import binascii
import re
import zlib

PARAMETER = "z"
"""The parameter of the query page that takes such a value."""

_ALPHABET = re.compile(r"[A-Za-z0-9_-]+")


def shorten(text: str) -> str:
    """The value for a text."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(text.encode()) + packer.flush()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def restore(value: str, limit: int) -> str:
    """The text of a value; ValueError when it is none, is cut short, or has more than `limit` characters."""
    if not _ALPHABET.fullmatch(value):
        raise ValueError("it has characters that none of our links have")
    try:
        packed = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        text = unpacker.decompress(packed, 4 * limit + 1)  # a character has four bytes at most
        if not unpacker.eof and not unpacker.unconsumed_tail:
            raise ValueError("a part of it is missing")
        decoded = text.decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError) as error:
        raise ValueError("it is damaged") from error
    if unpacker.unconsumed_tail or len(decoded) > limit:
        raise ValueError(f"its query is longer than {limit} characters")
    return decoded
