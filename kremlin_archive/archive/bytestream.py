"""Bytes of a file as they are read: hashed once on the way, inflated member by member, never held whole.

This is the floor under ``scan.py``. Memory is one buffer of 64 KB of the file and one of what it inflates
to, whatever the file's size.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import BinaryIO

from kremlin_archive.errors import WarcError

READ = 1 << 16
_GZIP = zlib.MAX_WBITS | 16


class BrokenStreamError(WarcError):
    """A gzip member cannot be inflated to its end; ``code`` is ``cut`` or ``gzip-broken``."""

    def __init__(self, code: str, problem: str) -> None:
        super().__init__(problem)
        self.code = code


class HashedFile:
    """A file read by position, mostly forward; every byte enters its SHA-256 exactly once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._chunk = b""
        self._start = 0
        self._sha256 = sha256()
        self.size = file.seek(0, 2)
        self.seen = 0
        """How far the file has been read: all bytes before are in the hash."""

    def read(self, at: int) -> bytes:
        """Some bytes from ``at`` on, at least one and at most ``READ``; empty at the file's end."""
        while at > self.seen and self._load(self.seen):
            pass  # what was only peeked at enters the hash now
        if not self._start <= at < self._start + len(self._chunk):
            self._load(at)
        return self._chunk[at - self._start :]

    def peek(self, at: int, size: int) -> bytes:
        """Exactly ``size`` bytes from ``at`` on, fewer at the file's end; not hashed, not buffered."""
        inside = (
            self._chunk[at - self._start : at - self._start + size] if at >= self._start else b""
        )
        if len(inside) == size:
            return inside
        self._file.seek(at)
        return self._file.read(size)

    def sha256(self) -> str:
        """Hex digest of the whole file; reads what was not read yet."""
        while self._load(self.seen):
            pass
        return self._sha256.hexdigest()

    def _load(self, at: int) -> bool:
        self._file.seek(at)
        self._start, self._chunk = at, self._file.read(READ)
        end = at + len(self._chunk)
        if at <= self.seen < end:
            self._sha256.update(self._chunk[self.seen - at :])
            self.seen = end
        return bool(self._chunk)


class Forward:
    """The file's own bytes from a place on."""

    def __init__(self, file: HashedFile, at: int) -> None:
        self._file = file
        self._at = at

    def pull(self) -> bytes:
        """The next bytes; empty at the file's end."""
        raw = self._file.read(self._at)
        self._at += len(raw)
        return raw


class Member:
    """One gzip member, inflated as far as it is asked for."""

    def __init__(self, file: HashedFile, at: int) -> None:
        self._file = file
        self._decoder = zlib.decompressobj(_GZIP)
        self._pending = b""
        self.end = at
        """Position in the file behind the compressed bytes used so far."""

    def pull(self) -> bytes:
        """Up to ``READ`` inflated bytes; empty at the member's end. Raises BrokenStreamError."""
        while not self._decoder.eof:
            raw = self._pending or self._file.read(self.end)
            try:
                out = self._decoder.decompress(raw, READ)
            except zlib.error as error:
                raise BrokenStreamError(
                    "gzip-broken", f"the gzip member is broken: {error}"
                ) from error
            left = self._decoder.unused_data or self._decoder.unconsumed_tail
            self.end += len(raw) - len(left)
            self._pending = self._decoder.unconsumed_tail
            if out:
                return out
            if not raw and not self._decoder.eof:
                raise BrokenStreamError("cut", "the file ends inside this gzip member")
        return b""


class ByteStream:
    """A buffer in front of a source of bytes: look ahead, take, skip."""

    def __init__(self, pull: Callable[[], bytes]) -> None:
        self._pull = pull
        self._buffer = b""

    def ahead(self, size: int) -> bytes:
        """The next ``size`` bytes without taking them; fewer at the end."""
        while len(self._buffer) < size and self._more():
            pass
        return self._buffer[:size]

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes; fewer at the end."""
        taken = self.ahead(size)
        self._buffer = self._buffer[len(taken) :]
        return taken

    def pieces(self, size: int) -> Iterator[bytes]:
        """The next ``size`` bytes as they come; fewer at the end."""
        while size > 0 and (self._buffer or self.ahead(1)):
            piece = self._buffer[:size]
            self._buffer = self._buffer[size:]
            size -= len(piece)
            yield piece

    def until(self, marker: bytes, limit: int) -> bytes | None:
        """Take all up to and with ``marker``; None, and nothing taken, when ``limit`` bytes hold none."""
        while (found := self._buffer.find(marker, 0, limit)) < 0:
            if len(self._buffer) >= limit or not self._more():
                return None
        return self.take(found + len(marker))

    def skip_to(self, marker: bytes) -> int:
        """Drop bytes up to ``marker``, or all when there is none; returns how many."""
        skipped = 0
        while (found := self._buffer.find(marker)) < 0:
            drop = max(0, len(self._buffer) - len(marker) + 1)
            self._buffer = self._buffer[drop:]
            skipped += drop
            if not self._more():
                return skipped + len(self.take(len(marker)))
        self._buffer = self._buffer[found:]
        return skipped + found

    def _more(self) -> bool:
        more = self._pull()
        self._buffer += more
        return bool(more)
