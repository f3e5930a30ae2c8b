"""Take one source in: read it whole, then write its file beside those of the crawls."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO

from kremlin_archive import __version__
from kremlin_archive.archive.compose import NewRecord, revisit_of
from kremlin_archive.archive.reader import RawRecord, read_records
from kremlin_archive.archive.warcfields import FIELDS, derived_id, format_date, parse_date
from kremlin_archive.archive.writer import fsync_folder, open_path, serialise
from kremlin_archive.errors import WarcError
from kremlin_archive.importing.choice import Choice, Holdings, choose
from kremlin_archive.importing.sources import Source

_GZIP = b"\x1f\x8b"
Reader = Callable[[Path], Iterator[RawRecord]]


@dataclass(frozen=True, slots=True)
class Adopted:
    """What became of a source: the file it went into (None: nothing was new), and counts by fate."""

    origin: str
    path: Path | None
    counts: dict[str, int]
    faults: tuple[str, ...]


def adopt(
    root: Path, source: Source, holdings: Holdings, *, salvage: Reader | None = None
) -> Adopted:
    """Take a source in. ``salvage`` reads a broken file as far as it can be; without it a fault raises.

    Raises WarcError before anything is written when a record is broken; OSError when the disk refuses.
    """
    read = salvage or read_records
    choice = choose(read(source.path), source.origin, holdings)
    if choice.faults and salvage is None:
        raise WarcError(f"{choice.faults[0]}; --salvage takes in the records that are sound")
    path = None if choice.is_empty else _write(root, source, choice, read)
    faults = tuple(str(fault) for fault in choice.faults)
    counts = {str(fate): count for fate, count in choice.counts.items()}
    return Adopted(source.origin, path, counts, faults)


def _write(root: Path, source: Source, choice: Choice, read: Reader) -> Path:
    with source.path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    first = parse_date(choice.first_date or "") or datetime.now(UTC)
    stamp = first.strftime("%Y%m%d%H%M%S") + f"{first.microsecond // 1000:03d}"
    name = f"kremlin-{stamp}-00000-import-{digest[:12]}.warc.gz"
    path = root / "warc" / f"{first:%Y}" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        target = stack.enter_context(open_path(path).open("wb"))
        origin = stack.enter_context(source.path.open("rb"))
        target.write(serialise([_provenance(name, source, digest, first)], 0)[0])
        for record in read(source.path):
            target.write(_member(record, choice, origin))
        target.flush()
        os.fsync(target.fileno())
    open_path(path).rename(path)
    fsync_folder(path.parent)
    return path


def _member(record: RawRecord, choice: Choice, origin: BinaryIO) -> bytes:
    """The bytes a record becomes; empty when it is not taken."""
    identity = record.get("WARC-Record-ID") or ""
    if identity in choice.taken or choice.wants(record):
        origin.seek(record.offset)
        stored = origin.read(record.length)
        return stored if stored.startswith(_GZIP) else _compressed(stored)
    if original := choice.revisits.get(identity):
        revisit = revisit_of(record, original, derived_id(f"revisit {identity}"))
        return serialise([revisit], 0)[0] if revisit is not None else b""
    return b""


def _compressed(record: bytes) -> bytes:
    encoder = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return encoder.compress(record) + encoder.flush()


def _provenance(name: str, source: Source, digest: str, first: datetime) -> NewRecord:
    facts = {
        "software": f"kremlin-archive/{__version__}",
        "isPartOf": f"import/{source.origin}",
        "description": f"Captures of kremlin.ru taken from {source.origin}, a file of sha256:{digest}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    }
    fields = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", derived_id(f"import {digest}")),
        ("WARC-Date", format_date(first)),
        ("WARC-Filename", name),
    ]
    block = "".join(f"{key}: {value}\r\n" for key, value in facts.items())
    return NewRecord(fields, block.encode(), FIELDS)
