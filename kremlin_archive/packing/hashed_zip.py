"""A ZIP file whose members are hashed while they are written; no clock or host shows in its bytes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from kremlin_archive.packing.hashing import HashingFile

_EXTENDED_TIME = struct.Struct("<2sHBI")
"""Extra field «UT»: its size, what it holds (1: time of modification), seconds since 1970.

Not only for the time: ReplayWeb.page (2.4) takes a member without extra field in the ZIP's directory for one
without extra field before its content, and misses the 64-bit sizes that stand there.
"""

_UNIX = 3
_READABLE = 0o100644 << 16
_LARGE = 1 << 30
"""Members that may become larger than this get 64-bit sizes: half of what 32 bits hold."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A member as it was written: its path, and bytes and sha256 of its content."""

    path: str
    bytes: int
    sha256: str


class HashedZip:
    """Writes members one after the other, all of one moment. Use as a context manager."""

    def __init__(self, path: Path, moment: datetime) -> None:
        self._zip = ZipFile(path, "x", ZIP_STORED)
        self._time = moment.astimezone(UTC).timetuple()[:6]
        self._extra = _EXTENDED_TIME.pack(b"UT", 5, 1, int(moment.timestamp()))
        self.resources: list[Resource] = []
        """Members closed so far."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    @contextmanager
    def member(self, path: str, *, at_most: int, compressed: bool = False) -> Iterator[HashingFile]:
        """Open the next member, of ``at_most`` so many bytes; ``compressed`` deflates it."""
        info = ZipInfo(path, self._time)
        info.extra = self._extra
        info.compress_type = ZIP_DEFLATED if compressed else ZIP_STORED
        info.create_system, info.external_attr = _UNIX, _READABLE
        with self._zip.open(info, "w", force_zip64=at_most > _LARGE) as file:
            hashing = HashingFile(file)
            yield hashing
        self.resources.append(Resource(path, hashing.bytes, hashing.sha256))
