"""The language between the server and its workers: frames of one kind byte, a length, and that many bytes.

Requests and answers are frames too. A request is a REQUEST frame with a JSON object. The answer is one HEADER
(JSON: kind, media type), any number of CHUNKs and one END (JSON: statistics), or, at any point, one ERROR
(JSON) in place of what is missing. A worker that has opened its store says READY first.
"""

import struct
from typing import Final

READY: Final = b"R"
REQUEST: Final = b"Q"
HEADER: Final = b"H"
CHUNK: Final = b"C"
END: Final = b"E"
ERROR: Final = b"X"

PREFIX: Final = struct.Struct("!cI")
"""Kind and length, before the payload of each frame."""

CHUNK_SIZE: Final = 64 * 1024
"""A worker sends a chunk as soon as it has this many bytes, so that memory stays flat on both sides."""


def frame(kind: bytes, payload: bytes) -> bytes:
    """A whole frame."""
    return PREFIX.pack(kind, len(payload)) + payload
