"""The language between the server and its workers: frames of one kind byte, a length, and that many bytes.

Requests and answers are frames too. A request is a REQUEST frame with a JSON object. The answer is one WHOLE
when it is small; else one HEADER (JSON: kind, media type), any number of CHUNKs and one END (JSON:
statistics); or, at any point, one ERROR (JSON) in place of what is missing. A worker that has its store says
READY first.
"""

import json
import struct
from collections.abc import Mapping
from typing import Any, Final

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


def whole(header: Mapping[str, Any], body: bytes) -> bytes:
    """A WHOLE frame: what HEADER and END say, in one line of JSON, then the result."""
    return frame(WHOLE, json.dumps(header).encode() + b"\n" + body)


def parse_whole(payload: bytes) -> tuple[dict[str, Any], bytes]:
    """What HEADER and END would say, and the result."""
    header, _, body = payload.partition(b"\n")
    return json.loads(header), body
