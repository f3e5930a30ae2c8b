"""Write exchanges as WARC/1.1 records: exact bytes, correct digests, one gzip member a record.

The three or so members of an exchange reach the operating system in one write, before ``store`` returns:
a killed process leaves at most the exchange it had not acknowledged. A write that fails (disk full) is
undone, so a file never holds half an exchange while its writer lives.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Self

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from kremlin_archive.archive.captures import capture_of
from kremlin_archive.archive.compose import NewRecord, compose
from kremlin_archive.archive.digest import labelled
from kremlin_archive.archive.durable import sync
from kremlin_archive.archive.exchange import Exchange
from kremlin_archive.archive.originals import NoOriginals, Originals
from kremlin_archive.archive.reader import RawRecord
from kremlin_archive.archive.warcfields import (
    FIELDS,
    VERSION,
    format_date,
    record_id,
)
from kremlin_archive.records import Capture

OPEN_SUFFIX = ".open"


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What a file's ``warcinfo`` says of the run that wrote it."""

    run_id: str
    software: str
    operator: str
    user_agent: str
    robots: str
    hostname: str
    description: str

    def lines(self) -> bytes:
        """The warcinfo block, ``application/warc-fields``."""
        facts = {
            "software": self.software,
            "operator": self.operator,
            "http-header-user-agent": self.user_agent,
            "robots": self.robots,
            "hostname": self.hostname,
            "isPartOf": self.run_id,
            "description": self.description,
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        }
        return "".join(f"{key}: {value}\r\n" for key, value in facts.items() if value).encode()


@dataclass(frozen=True, slots=True)
class Stored:
    """An exchange in the file: ``capture`` as its record has it, ``answer`` with its content.

    They differ where the record is a revisit: its content is in another record.
    """

    capture: Capture
    answer: Capture


class WarcWriter:
    """Writes the exchanges of one run into rotating files below ``root``/warc.

    ``on_open`` and ``on_close`` are told a file's final path. ``now`` and ``new_id`` are seams for byte
    goldens. Raises OSError when the disk refuses; the file then ends at its last whole exchange.
    """

    def __init__(
        self,
        root: Path,
        facts: RunFacts,
        *,
        max_bytes: int,
        originals: Originals | None = None,
        on_open: Callable[[Path], None] = lambda _: None,
        on_close: Callable[[Path], None] = lambda _: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = record_id,
    ) -> None:
        self._folder = root / "warc"
        self._facts = facts
        self._max_bytes = max_bytes
        self._originals = originals or NoOriginals()
        self._on_open = on_open
        self._on_close = on_close
        self._now = now
        self._new_id = new_id
        self._serial = 0
        self._file: BinaryIO | None = None
        self._path = Path()
        self._name = ""
        self._size = 0
        self._warcinfo_id = ""
        self.paths: list[Path] = []
        """Final paths of the files closed so far."""

    def store(self, exchange: Exchange) -> Stored | None:
        """Write an exchange; returns what was stored, or None when no HTTP head came back."""
        if self._file is not None and self._size >= self._max_bytes:
            self.close()
        if self._file is None:
            self._open()
        composed = compose(exchange, self._warcinfo_id, self._new_id, self._originals)
        record = self._append(composed.records)[0]
        if composed.whole_answer is None:
            return None
        capture = self._capture(record)
        if capture.record_type == "response":
            return Stored(capture, capture)
        answer = composed.whole_answer
        whole = RawRecord(record.offset, record.length, tuple(answer.fields), answer.block)
        return Stored(capture, self._capture(whole))

    def close(self) -> None:
        """Close the file being written and give it its final name."""
        if self._file is None:
            return
        file, self._file = self._file, None
        file.flush()
        os.fsync(file.fileno())
        file.close()
        open_path(self._path).rename(self._path)
        sync(self._path.parent)
        self.paths.append(self._path)
        self._on_close(self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _capture(self, record: RawRecord) -> Capture:
        capture = capture_of(record, name=self._name, run_id=self._facts.run_id)
        assert capture is not None  # noqa: S101 - it is a response or a revisit of ours
        return capture

    def _open(self) -> None:
        opened = self._now()
        stamp = opened.strftime("%Y%m%d%H%M%S") + f"{opened.microsecond // 1000:03d}"
        file_name = f"kremlin-{stamp}-{self._serial:05d}-{self._facts.hostname}.warc.gz"
        self._serial += 1
        self._path = self._folder / f"{opened:%Y}" / file_name
        self._name = f"{opened:%Y}/{file_name}"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = open_path(self._path).open("xb", buffering=0)
        self._size = 0
        self._warcinfo_id = self._new_id()
        try:
            self._append([warcinfo(self._warcinfo_id, opened, file_name, self._facts)])
            self._on_open(self._path)
        except OSError:
            # A file that does not begin with its warcinfo must not be gone on with.
            self._file.close()
            self._file = None
            open_path(self._path).unlink(missing_ok=True)
            raise

    def _append(self, records: Sequence[NewRecord]) -> list[RawRecord]:
        data, placed = serialise(records, self._size)
        assert self._file is not None  # noqa: S101 - for the type checker
        try:
            _write_all(self._file, data)
        except OSError:
            with contextlib.suppress(OSError):
                self._file.truncate(self._size)
                self._file.seek(self._size)
            raise
        self._size += len(data)
        return placed


def open_path(final: Path) -> Path:
    """Name of a WARC while it is being written."""
    return final.with_name(final.name + OPEN_SUFFIX)


def warcinfo(identity: str, opened: datetime, file_name: str, facts: RunFacts) -> NewRecord:
    """The record every file begins with."""
    fields = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", identity),
        ("WARC-Date", format_date(opened)),
        ("WARC-Filename", file_name),
    ]
    return NewRecord(fields, facts.lines(), FIELDS)


def serialise(records: Iterable[NewRecord], offset: int) -> tuple[bytes, list[RawRecord]]:
    """Records as gzip members, and where each will lie when the bytes are appended at ``offset``."""
    buffer = BytesIO()
    writer = _PresetDigests(buffer, gzip=True, warc_version=VERSION)
    placed: list[RawRecord] = []
    for record in records:
        start = buffer.tell()
        fields = [*record.fields, ("WARC-Block-Digest", labelled(record.block))]
        headers = StatusAndHeaders("", list(fields), protocol=VERSION)
        writer.write_record(
            ArcWarcRecord(
                "warc",
                "response",  # of whatever type: warcio writes no block for one that it knows is a revisit
                headers,
                BytesIO(record.block),
                None,
                record.content_type,
                len(record.block),
            )
        )
        length = buffer.tell() - start
        placed.append(RawRecord(offset + start, length, tuple(headers.headers), record.block))
    return buffer.getvalue(), placed


class _PresetDigests(WARCWriter):  # type: ignore[misc] # warcio is untyped
    """warcio's framing without its digests: it would digest chunk framing, and metadata payloads too."""

    def ensure_digest(self, *_: object, **__: object) -> None:
        """Leave the digests that the record already has."""


def _write_all(file: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        written = file.write(view)
        view = view[written:]
