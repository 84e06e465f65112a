"""What a picture may do that a browser opens by itself."""

import re
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

_STYLE = re.compile(b"<style>([^<&]*)</style>")


@lru_cache(maxsize=256)
def policy(file: Path) -> str:
    """The Content-Security-Policy of an SVG of a release: its own style, told by its hash, and nothing else.

    Raises OSError when the file cannot be read.
    """
    found = _STYLE.search(file.read_bytes())
    style = f"'sha256-{b64encode(sha256(found[1]).digest()).decode()}'" if found else "'none'"
    return f"default-src 'none'; style-src {style}; sandbox; frame-ancestors 'none'"
