"""The language between the server and its workers: frames of one kind byte, a length, and that many bytes.

Requests and answers are frames too. A request is a REQUEST frame with a JSON object. The answer is one WHOLE
when it is small; else one HEADER (JSON: kind, media type), any number of CHUNKs and one END (JSON:
statistics); or, at any point, one ERROR (JSON) in place of what is missing. A worker that has its store says
READY first.
"""

import struct
from typing import Final

READY: Final = b"R"
REQUEST: Final = b"Q"
WHOLE: Final = b"W"
HEADER: Final = b"H"
CHUNK: Final = b"C"
END: Final = b"E"
ERROR: Final = b"X"

PREFIX: Final = struct.Struct("!cI")
"""Kind and length, before the payload of each frame."""

CHUNK_SIZE: Final = 64 * 1024
"""A worker sends a chunk as soon as it has this many bytes, so that memory stays flat on both sides."""

LARGEST: Final = 16 * 1024 * 1024
"""The longest payload that the server takes from a worker, in bytes."""


def frame(kind: bytes, payload: bytes) -> bytes:
    """A whole frame."""
    return PREFIX.pack(kind, len(payload)) + payload


def whole(kind: str, media_type: str, held: int, body: bytes) -> bytes:
    """A WHOLE frame: a line with what HEADER and END would say, then the result."""
    return frame(WHOLE, f"{kind} {held} {media_type}\n".encode() + body)


def parse_whole(payload: bytes) -> tuple[str, str, int, bytes]:
    """Kind, media type, memory held, and the result."""
    header, _, body = payload.partition(b"\n")
    kind, held, media_type = header.decode().split(" ", 2)
    return kind, media_type, int(held), body
