"""Parts: what was read from one WARC file, as one Parquet file; a cache that can be rebuilt.

``<root>/cache/parts/<the WARC's name>.parquet`` has one row a capture (``part_schema.py``), in the
order of the records. The crawl writes it while it writes the WARC, ``extract`` writes it by reading
the WARC: both give the same bytes. It counts as stale, and is rebuilt, when another parser or
another version of this layout wrote it or when the WARC has another size now. While it is written
it is called ``….parquet.PID.open``; a crash leaves only that.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kremlin_archive.dataset.checksums import sha256_of
from kremlin_archive.dataset.extraction import Extraction
from kremlin_archive.dataset.part_schema import PART_SCHEMA, part_row
from kremlin_archive.pages import NORM_VERSION, PARSER_VERSION
from kremlin_archive.records import Capture

PART_VERSION = "6"
"""Raised whenever a column of a part, or how it is computed, changes: older parts are read anew."""

PARTS = "cache/parts"
OPEN_SUFFIX = ".open"
_GROUP_ROWS = 500
_GROUP_BYTES = 8 * 1024 * 1024
_STAMP = "kremlin_archive.part"


@dataclass(frozen=True, slots=True)
class PartStamp:
    """What a part says of itself: the WARC it was read from, by what, with which faults."""

    warc: str
    warc_bytes: int
    warc_sha256: str
    faults: tuple[str, ...] = ()
    parser_version: str = PARSER_VERSION
    norm_version: str = NORM_VERSION
    part_version: str = PART_VERSION

    @property
    def is_current(self) -> bool:
        """Whether this parser and this version of the layout made the part."""
        made_by = (self.parser_version, self.norm_version, self.part_version)
        return made_by == (PARSER_VERSION, NORM_VERSION, PART_VERSION)


def part_path(root: Path, warc_name: str) -> Path:
    """Give the place of a WARC's part; ``warc_name`` is relative to ``<root>/warc``."""
    return root / PARTS / f"{warc_name}.parquet"


class PartWriter:
    """Writes one part row by row; memory is bounded by one row group (500 rows or 8 MB).

    Close it with the finished WARC, or abort it: only a closed part appears under its name.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open_path = path.with_name(f"{path.name}.{os.getpid()}{OPEN_SUFFIX}")
        self._rows: list[dict[str, Any]] = []
        self._bytes = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(self._open_path, PART_SCHEMA, compression="zstd")

    def add(self, capture: Capture, extraction: Extraction) -> dict[str, Any]:
        """Append a capture, in the order of the records in the WARC; returns its row."""
        row = part_row(capture, extraction)
        self._rows.append(row)
        self._bytes += len(row["record_json"] or "")
        if len(self._rows) >= _GROUP_ROWS or self._bytes >= _GROUP_BYTES:
            self._flush()
        return row

    def close(self, warc: Path, name: str, faults: Sequence[str] = ()) -> PartStamp:
        """Finish: hash the closed WARC file, stamp the part and give it its name."""
        self._flush()
        stamp = PartStamp(name, warc.stat().st_size, sha256_of(warc), tuple(faults))
        self._writer.add_key_value_metadata({_STAMP: _stamp_json(stamp)})
        self._writer.close()
        self._open_path.replace(self._path)
        return stamp

    def abort(self) -> None:
        """Drop what was written; calling it twice does no harm."""
        try:
            self._writer.close()
        finally:  # closing writes a footer, which a full disk refuses
            self._open_path.unlink(missing_ok=True)

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=PART_SCHEMA))
        self._rows = []
        self._bytes = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A finished part: its file and its stamp."""

    path: Path
    stamp: PartStamp

    def read(self, columns: Sequence[str]) -> pa.Table:
        """Columns of the part, rows in the order of the WARC's records."""
        # pq.read_table would load pyarrow.dataset and pandas, a quarter of a second.
        with pq.ParquetFile(self.path) as file:
            return file.read(list(columns))

    def rows(
        self, numbers: Sequence[int], columns: Sequence[str]
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """Rows by number (ascending), reading only the row groups they are in."""
        with pq.ParquetFile(self.path) as file:
            first = 0
            for group in range(file.num_row_groups):
                end = first + file.metadata.row_group(group).num_rows
                here = [row for row in numbers if first <= row < end]
                if here:
                    table = file.read_row_group(group, columns=list(columns))
                    taken = table.take(pa.array([row - first for row in here], pa.int64()))
                    yield from zip(here, taken.to_pylist(), strict=True)
                first = end


def read_part(path: Path) -> Part | None:
    """Open a part that can be used; None when it is missing, broken or of another version."""
    try:
        with pq.ParquetFile(path) as file:
            stored = (file.metadata.metadata or {}).get(_STAMP.encode())
            same_columns = file.schema_arrow.equals(PART_SCHEMA)
    except (OSError, pa.ArrowInvalid):
        return None
    if stored is None or not same_columns:
        return None
    stamp = _stamp_of(json.loads(stored))
    return Part(path, stamp) if stamp.is_current else None


def fresh_part(path: Path, warc: Path, name: str) -> Part | None:
    """Open the part at ``path`` if it was read from this WARC as it is now."""
    part = read_part(path)
    return part if part is not None and is_of(part, warc, name) else None


def is_of(part: Part, warc: Path, name: str) -> bool:
    """Whether a part was read from this WARC as it is now."""
    return (part.stamp.warc, part.stamp.warc_bytes) == (name, warc.stat().st_size)


def _stamp_json(stamp: PartStamp) -> str:
    values = {name: getattr(stamp, name) for name in PartStamp.__slots__}
    return json.dumps(values, ensure_ascii=False)


def _stamp_of(values: dict[str, Any]) -> PartStamp:
    known = {name: values.get(name, "") for name in PartStamp.__slots__}
    return PartStamp(**{**known, "faults": tuple(values.get("faults", ()))})
