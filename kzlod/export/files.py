"""Writing the files of a site: compressed, each with a time that is made from its content."""

import gzip
import os
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from kzlod.errors import ExportError, Problem

_LEVEL = 6
_TIMES = 1_600_000_000  # seconds: the times lie between 1970 and 2020


@dataclass
class Folder:
    """The folder of a site that is being written; counts what it gets. For one process."""

    path: Path
    files: int = 0
    size: int = 0  # bytes, before compression
    stored: int = 0
    _made: set[Path] = field(default_factory=set)

    def write(self, name: str, body: bytes) -> None:
        """Writes a file, compressed, as `{name}.gz`; ExportError when there is one of that name already.

        nginx makes the entity tag from time and length. A time made from the content therefore makes the
        same tag for the same content, whenever and wherever it was written, and another for any other.
        """
        packed = gzip.compress(body, _LEVEL, mtime=0)
        file = self.path / f"{name}.gz"
        if file.parent not in self._made:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(file.parent)
        try:
            with file.open("xb") as opened:
                opened.write(packed)
        except FileExistsError as error:
            raise ExportError(
                Problem(
                    str(file),
                    "two addresses have a file of this name",
                    "Write to a file system that tells upper from lower case.",
                )
            ) from error
        moment = int.from_bytes(sha256(body).digest()[:8], "big") % _TIMES
        os.utime(file, (moment, moment))
        self.files += 1
        self.size += len(body)
        self.stored += len(packed)

    def link(self, source: Path, name: str) -> None:
        """Adds a file that never changes as it is: the same file where the file system can, else a copy."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except OSError:
            target.write_bytes(source.read_bytes())
        size = target.stat().st_size
        self.files += 1
        self.size += size
        self.stored += size
