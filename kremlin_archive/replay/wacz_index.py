"""Read a WACZ where it lies: its index, turned into one that points into the ZIP file itself.

WARC members of a WACZ are stored, not deflated, so a record at offset N of a member is at offset
M + N of the ZIP file, M being where the member's content begins.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import IO
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from kremlin_archive.archive.cdxj import IndexEntry, parse_line
from kremlin_archive.errors import ReplayError, WarcError

_ARCHIVE = "archive/"
_INDEXES = "indexes/"
_PLAIN = (".cdx", ".cdxj")
_PACKED = (".cdx.gz", ".cdxj.gz")
_LOCAL_HEADER = struct.Struct("<4s22xHH")
"""Signature, and lengths of name and extra field, of a member's local header (APPNOTE 4.3.7)."""

_READ = 1 << 16
_MAX_LINE = 1 << 20
_LINES_A_KILOBYTE = 10
"""No record is smaller than a hundred bytes, so an index with more lines is no index of this file."""


def entries_of(wacz: Path) -> Iterator[IndexEntry]:
    """Entries of a WACZ's indexes, as they lie, with ``wacz`` as filename and offsets in it.

    Raises ReplayError when it is not a WACZ, its WARC files are deflated, or its index names others.
    """
    most = _LINES_A_KILOBYTE * (wacz.stat().st_size // 1024 + 1)
    try:
        with (
            ZipFile(wacz) as file,
            wacz.open("rb") as raw,
            closing(_index_lines(file)) as lines,
        ):
            starts = {
                info.filename.removeprefix(_ARCHIVE): _content_start(raw, info)
                for info in file.infolist()
                if info.filename.startswith(_ARCHIVE) and not info.is_dir()
            }
            for line in islice(lines, most):
                if not line.startswith(b"!"):  # the header of a compressed index
                    yield _placed(wacz, starts, parse_line(line))
            if next(lines, None) is not None:
                raise ReplayError(f"{wacz}: its index has more lines than it has room for records")
    except (BadZipFile, zlib.error, WarcError) as error:
        raise ReplayError(f"{wacz}: not a WACZ that can be read: {error}") from error


def _placed(wacz: Path, starts: Mapping[str, int | None], entry: IndexEntry) -> IndexEntry:
    name, offset = entry.fields.get("filename", ""), entry.fields.get("offset", "")
    if name not in starts or not offset.isdigit():
        raise ReplayError(
            f"{wacz}: its index names {name!r}, offset {offset!r}: there is none in it"
        )
    start = starts[name]
    if start is None:
        raise ReplayError(f"{wacz}: {_ARCHIVE}{name} is deflated; a WACZ stores its WARC files")
    return entry.moved(wacz.name, start + int(offset))


def _content_start(raw: IO[bytes], info: ZipInfo) -> int | None:
    """Where a member's content begins in the file; None when it is not stored as it is."""
    if info.compress_type != ZIP_STORED:
        return None
    raw.seek(info.header_offset)
    header = raw.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise BadZipFile(f"{info.filename} has no local header")
    _, name, extra = _LOCAL_HEADER.unpack(header)
    return int(info.header_offset + _LOCAL_HEADER.size + name + extra)


def _index_lines(file: ZipFile) -> Generator[bytes]:
    for info in file.infolist():
        if not info.filename.startswith(_INDEXES):
            continue
        if info.filename.endswith(_PACKED):
            with file.open(info) as packed:
                yield from _lines(_inflated(packed))
        elif info.filename.endswith(_PLAIN):
            with file.open(info) as plain:
                yield from _lines(iter(lambda plain=plain: plain.read(_READ), b""))  # type: ignore[misc]


def _inflated(packed: IO[bytes]) -> Iterator[bytes]:
    """Content of gzip members, a few kilobytes at a time."""
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
    while data := packed.read(_READ):
        while data:
            yield decoder.decompress(data, _READ)
            data = decoder.unconsumed_tail or decoder.unused_data
            if decoder.eof:
                decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    pending = b""
    for chunk in chunks:
        *whole, pending = (pending + chunk).split(b"\n")
        yield from (line for line in whole if line.strip())
        if len(pending) > _MAX_LINE:
            raise WarcError("a line of its index does not end")
    if pending.strip():
        yield pending
