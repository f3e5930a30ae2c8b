"""Hash bytes while they are copied."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import IO

from kremlin_archive.errors import WarcError

COPY = 1 << 20
"""Bytes copied at once."""


class HashingFile:
    """Passes bytes on and keeps count and sha256 of them."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.bytes = 0

    @property
    def sha256(self) -> str:
        """Hex sha256 of what was written so far."""
        return self._hash.hexdigest()

    def write(self, data: bytes) -> None:
        """Write all of it."""
        self._file.write(data)
        self._hash.update(data)
        self.bytes += len(data)

    def copy(self, path: Path) -> None:
        """Write a whole file."""
        with path.open("rb") as file:
            while data := file.read(COPY):
                self.write(data)


def copy_checked(warc: Path, sha256: str, into: HashingFile) -> None:
    """Copy a WARC file to an empty one. Raises WarcError when its bytes are not those expected."""
    into.copy(warc)
    if into.sha256 != sha256:
        raise WarcError(
            f"{warc}: its sha256 is {into.sha256}, but the snapshot was made from {sha256}: a damaged "
            "file, or another one; verify the archive"
        )
