"""Read WARC files record by record, strictly: every fault has a place (file and offset) and a name.

A file is read as a stream of gzip members (one record each, as the standard recommends) or, uncompressed,
as plain records. Memory is bounded by the largest record kept; a larger one is skipped and named.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kremlin_archive.errors import WarcError

MAX_RECORD = 128 * 1024 * 1024
"""Bytes of one uncompressed record that are kept in memory: 300 times the largest saved page."""

_READ = 1 << 16
_HEAD_END = b"\r\n\r\n"
_VERSION = re.compile(rb"WARC/(?:0\.\d+|1\.[01])\r\n")
_MAX_HEAD = 1 << 20


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record: where its bytes lie in the file, its header fields in order, and its block."""

    offset: int
    length: int
    fields: tuple[tuple[str, str], ...]
    block: bytes

    def get(self, name: str) -> str | None:
        """First value of a header field (names are case-insensitive), or None."""
        lowered = name.lower()
        return next((value for key, value in self.fields if key.lower() == lowered), None)

    @property
    def type(self) -> str:
        """``WARC-Type``, empty when the record has none."""
        return self.get("WARC-Type") or ""


def read_records(path: Path) -> Iterator[RawRecord]:
    """Yield the records of a WARC file in order.

    Raises WarcError, naming file and offset, at the first record that is broken or cut; all records before
    it have been yielded by then.
    """
    with path.open("rb") as file:
        magic = file.read(2)
        file.seek(0)
        if magic == b"\x1f\x8b":
            yield from _compressed(path, file)
        elif magic:
            yield from _plain(path, file)
        else:
            raise WarcError(f"{path}: the file is empty")


def read_record_at(path: Path, offset: int) -> RawRecord:
    """Read the one record that begins at ``offset`` of a compressed file.

    Raises WarcError when none begins there, OSError when there is no such file.
    """
    with path.open("rb") as file:
        file.seek(offset)
        data, consumed, _ = _member(path, file, offset, b"")
    return _parse(path, offset, consumed, data)[0]


def _compressed(path: Path, file: BinaryIO) -> Iterator[RawRecord]:
    offset = 0
    pending = b""
    while pending or (pending := file.read(_READ)):
        data, consumed, pending = _member(path, file, offset, pending)
        record, end = _parse(path, offset, consumed, data)
        if end != len(data):
            raise WarcError(
                f"{path}: offset {offset}: more than one record in a gzip member; {_RECOMPRESS}"
            )
        yield record
        offset += consumed


def _member(path: Path, file: BinaryIO, offset: int, pending: bytes) -> tuple[bytes, int, bytes]:
    """Inflate one gzip member; returns its data, its compressed length, and what was read beyond it."""
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
    out = bytearray()
    consumed = 0
    while not decoder.eof:
        if not pending and not (pending := file.read(_READ)):
            raise WarcError(f"{path}: offset {offset}: the file ends inside a record; {_CUT}")
        try:
            out += decoder.decompress(pending, MAX_RECORD + 1 - len(out))
        except zlib.error as error:
            raise WarcError(f"{path}: offset {offset}: broken gzip member: {error}") from error
        rest = decoder.unused_data or decoder.unconsumed_tail
        consumed += len(pending) - len(rest)
        pending = rest
        if len(out) > MAX_RECORD:
            raise WarcError(f"{path}: offset {offset}: a record of more than {MAX_RECORD:,} bytes")
    return bytes(out), consumed, pending


_CUT = "cut by a crash or a broken copy: get the whole file, or recover what is before this offset"
_RECOMPRESS = "rewrite it with `warcio recompress`"


def _plain(path: Path, file: BinaryIO) -> Iterator[RawRecord]:
    size = path.stat().st_size
    offset = 0
    while offset < size:
        file.seek(offset)
        head = file.read(_MAX_HEAD)
        end = head.find(_HEAD_END)
        fields = _fields(path, offset, head[: end + 2] if end >= 0 else head)
        length = _content_length(path, offset, fields)
        total = end + len(_HEAD_END) + length + len(_HEAD_END)
        if length > MAX_RECORD:
            raise WarcError(f"{path}: offset {offset}: a record of more than {MAX_RECORD:,} bytes")
        file.seek(offset)
        record, _ = _parse(path, offset, total, file.read(total))
        yield record
        offset += total


def _parse(path: Path, offset: int, stored: int, data: bytes) -> tuple[RawRecord, int]:
    """Parse one uncompressed record at the start of ``data``; also says where it ends there."""
    end = data.find(_HEAD_END, 0, _MAX_HEAD)
    fields = _fields(path, offset, data[: end + 2] if end >= 0 else data[:_MAX_HEAD])
    length = _content_length(path, offset, fields)
    start = end + len(_HEAD_END)
    block = data[start : start + length]
    stop = start + length + len(_HEAD_END)
    if len(block) != length or data[start + length : stop] != _HEAD_END:
        raise WarcError(
            f"{path}: offset {offset}: Content-Length is {length}, but the block does not end there"
        )
    return RawRecord(offset, stored, fields, block), stop


def _fields(path: Path, offset: int, head: bytes) -> tuple[tuple[str, str], ...]:
    version = _VERSION.match(head)
    if version is None or not head.endswith(b"\r\n"):
        raise WarcError(f"{path}: offset {offset}: no WARC record begins here ({head[:20]!r})")
    fields: list[tuple[str, str]] = []
    for line in head[version.end() :].decode("utf-8", "replace").split("\r\n"):
        name, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
        elif colon:
            fields.append((name.strip(), value.strip()))
        elif line:
            raise WarcError(
                f"{path}: offset {offset}: a header line without a colon: {line[:60]!r}"
            )
    return tuple(fields)


def _content_length(path: Path, offset: int, fields: tuple[tuple[str, str], ...]) -> int:
    value = next((v for k, v in fields if k.lower() == "content-length"), None)
    if value is None or not (value.isascii() and value.isdigit()):
        raise WarcError(
            f"{path}: offset {offset}: Content-Length is {value!r}, not a number of bytes"
        )
    return int(value)
