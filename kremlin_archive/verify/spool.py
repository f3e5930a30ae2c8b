"""Packed entries of one width in temporary files, by bucket: memory stays flat however many there are."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

_BUFFERED = 1 << 20
"""Bytes kept before they are written: a megabyte, over all buckets."""


class Spool:
    """Entries of ``width`` bytes; only whole buckets are read back, sorted by bytes."""

    def __init__(self, folder: Path, width: int) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self.width = width
        self._buffers: defaultdict[int, bytearray] = defaultdict(bytearray)
        self._buffered = 0

    def add(self, bucket: int, entry: bytes) -> None:
        """Put one entry into a bucket."""
        self._buffers[bucket] += entry
        self._buffered += self.width
        if self._buffered >= _BUFFERED:
            self.flush()

    def flush(self) -> None:
        """Write all that is buffered."""
        for bucket, entries in self._buffers.items():
            with self.path(bucket).open("ab") as file:
                file.write(entries)
        self._buffers.clear()
        self._buffered = 0

    def path(self, bucket: int) -> Path:
        """File of a bucket; it is there when the bucket has entries that were flushed."""
        return self._folder / str(bucket)

    def read(self, bucket: int) -> list[bytes]:
        """The entries of a bucket, sorted."""
        self.flush()
        return read_entries(self.path(bucket), self.width)


def read_entries(path: Path, width: int) -> list[bytes]:
    """Sorted entries of a bucket's file; none when there is no file."""
    if not path.is_file():
        return []
    packed = path.read_bytes()
    return sorted(packed[at : at + width] for at in range(0, len(packed), width))
