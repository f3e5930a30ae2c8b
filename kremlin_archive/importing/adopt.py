"""Take one source in: read it whole, then write its file beside those of the crawls."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from kremlin_archive import __version__
from kremlin_archive.archive.compose import NewRecord, revisit_of
from kremlin_archive.archive.durable import sync
from kremlin_archive.archive.reader import RawRecord, read_records
from kremlin_archive.archive.rewrite import rewritten
from kremlin_archive.archive.warcfields import FIELDS, derived_id, format_date, parse_date
from kremlin_archive.archive.writer import open_path, serialise
from kremlin_archive.dataset.checksums import sha256_of
from kremlin_archive.errors import WarcError
from kremlin_archive.importing.choice import Choice, Holdings, choose
from kremlin_archive.importing.sources import Source

_GZIP = b"\x1f\x8b"
Reader = Callable[[Path, Callable[[WarcError], None]], Iterator[RawRecord]]
"""Reads a file as far as it can be read and tells of each fault."""


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
    broken: list[WarcError] = []

    def read(on_fault: Callable[[WarcError], None]) -> Iterator[RawRecord]:
        return salvage(source.path, on_fault) if salvage else read_records(source.path)

    choice = choose(read(broken.append), source.origin, holdings)
    if choice.faults and salvage is None:
        raise WarcError(f"{choice.faults[0]}; --salvage takes in the records that are sound")
    records = read(lambda _: None)  # its faults are known from the first reading
    path = None if choice.is_empty else _write(root, source, choice, records)
    faults = tuple(str(fault) for fault in [*broken, *choice.faults])
    counts = {str(fate): count for fate, count in choice.counts.items()}
    return Adopted(source.origin, path, counts, faults)


def _write(root: Path, source: Source, choice: Choice, records: Iterator[RawRecord]) -> Path:
    digest = sha256_of(source.path)
    first = parse_date(choice.first_date or "") or datetime.now(UTC)
    stamp = first.strftime("%Y%m%d%H%M%S") + f"{first.microsecond // 1000:03d}"
    name = f"kremlin-{stamp}-00000-import-{digest[:12]}.warc.gz"
    path = root / "warc" / f"{first:%Y}" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        target = stack.enter_context(open_path(path).open("wb"))
        origin = stack.enter_context(source.path.open("rb"))
        target.write(serialise([_provenance(name, source, digest, first)], 0)[0])
        for member in _members(records, choice, origin):
            target.write(member)
        target.flush()
        os.fsync(target.fileno())
    open_path(path).rename(path)
    sync(path.parent)
    return path


def _members(records: Iterator[RawRecord], choice: Choice, origin: BinaryIO) -> Iterator[bytes]:
    """The bytes of what is taken; of records that share an id, only the first."""
    to_copy, to_refer = set(choice.taken), dict(choice.revisits)
    for record in records:
        identity = record.get("WARC-Record-ID") or ""
        if identity in to_copy or choice.wants(record):
            to_copy.discard(identity)
            yield _copied(record, origin)
        elif original := to_refer.pop(identity, None):
            revisit = revisit_of(record, original, derived_id(f"revisit {identity}"))
            if revisit is not None:
                yield serialise([revisit], 0)[0]


def _copied(record: RawRecord, origin: BinaryIO) -> bytes:
    if record.length == 0:  # salvaged from where its bytes cannot be copied as they lie
        return rewritten(record)
    origin.seek(record.offset)
    stored = origin.read(record.length)
    return stored if stored.startswith(_GZIP) else _compressed(stored)


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
