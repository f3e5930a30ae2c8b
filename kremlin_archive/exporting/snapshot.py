"""A published snapshot as exports read it: rows of a table, or documents with all that belongs to them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kremlin_archive.dataset.layout import SNAPSHOTS
from kremlin_archive.dataset.manifest import MANIFEST
from kremlin_archive.dataset.snapshot import latest
from kremlin_archive.errors import SnapshotError, UsageError
from kremlin_archive.packing.selection import Selection

Row = Mapping[str, Any]
OnProgress = Callable[[int, int], None]
"""Called with documents done and all of them."""

_BATCH = 256
"""Rows read at once: texts of a million characters exist, and a batch of them must fit in memory."""
_IDENTITY = ("doc_id", "event_id", "lang", "published_date")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot's folder."""

    folder: Path

    @property
    def name(self) -> str:
        """Its id."""
        return self.folder.name

    def described(self, name: str) -> dict[str, Any]:
        """Give ``manifest.json`` or ``schema.json``. Raises SnapshotError when it cannot be read."""
        path = self.folder / name
        try:
            return dict(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError) as error:
            raise SnapshotError(f"{path}: it cannot be read: {error}") from error

    @property
    def captured_until(self) -> str:
        """Day of its newest capture."""
        return str(self.described(MANIFEST)["newest_capture"])[:10]

    def files(self, table: str) -> list[Path]:
        """Give the files of a table in order. Raises SnapshotError when the snapshot has no such table."""
        files = sorted((self.folder / table).glob("*.parquet"))
        if not files:
            raise SnapshotError(
                f"{self.folder}: it has no table {table}; kremlin-archive extract makes a snapshot with all"
            )
        return files

    def rows(self, table: str, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        """Give the rows of a table, file by file."""
        for file in self.files(table):
            yield from read_rows(file, columns)


@dataclass(frozen=True, slots=True)
class Document:
    """A row of ``documents`` and, by table, the document's rows of other tables in their order."""

    row: Row
    of: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The documents an export is asked for: their day of publication by id, in the order they are read."""

    snapshot: Snapshot
    days: Mapping[str, date]

    def documents(self, *tables: str) -> Iterator[Document]:
        """Give them one by one with their rows of these tables, which are cut into files as documents are."""
        for file in self.snapshot.files("documents"):
            if self.days.keys().isdisjoint(row["doc_id"] for row in read_rows(file, ("doc_id",))):
                continue
            shard = file.name.removeprefix("documents")
            beside = {table: self.snapshot.folder / table / f"{table}{shard}" for table in tables}
            followers = {
                table: _Follower(read_rows(path) if path.is_file() else iter(()))
                for table, path in beside.items()
            }
            for row in read_rows(file):
                if row["doc_id"] in self.days:
                    of = {table: each.take(row["event_id"]) for table, each in followers.items()}
                    yield Document(row, of)


def open_snapshot(root: Path, name: str | None = None) -> Snapshot:
    """Open a snapshot of an archive by its id, or the latest. Raises UsageError when it is not there."""
    if name is None:
        folder = latest(root)
        if folder is None:
            raise UsageError(f"{root}: there is no snapshot; run kremlin-archive extract")
        return Snapshot(folder)
    there = sorted(path.name for path in (root / SNAPSHOTS).glob("*") if path.is_dir())
    if name not in there:
        raise UsageError(
            f"{root}: there is no snapshot {name!r}; there are {', '.join(there) or 'none'}"
        )
    return Snapshot(root / SNAPSHOTS / name)


def choose(snapshot: Snapshot, selection: Selection) -> Chosen:
    """Find the documents wanted. Raises UsageError when there are none: a filter is wrong."""
    days = {
        row["doc_id"]: row["published_date"]
        for row in snapshot.rows("documents", _IDENTITY)
        if selection.wants(row["doc_id"]) and selection.wants_day(row["published_date"])
    }
    if not days and not selection.is_everything:
        raise UsageError(f"{snapshot.folder}: no document is what was asked for")
    return Chosen(snapshot, days)


def read_rows(file: Path, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """Give the rows of one file. Raises SnapshotError that names it when it is damaged."""
    try:
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(
                _BATCH, columns=None if columns is None else list(columns)
            ):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise SnapshotError(f"{file}: it cannot be read: {error}") from error


class _Follower:
    """Rows of a table that is sorted by event, given event by event to somebody who goes the same way."""

    def __init__(self, rows: Iterator[dict[str, Any]]) -> None:
        self._groups = groupby(rows, key=lambda row: int(row["event_id"]))
        self._held: tuple[int, list[dict[str, Any]]] = (-1, [])

    def take(self, event_id: int) -> list[dict[str, Any]]:
        """Give the rows of an event; events are asked for in rising order."""
        while self._held[0] < event_id:
            found = next(self._groups, None)
            if found is None:
                return []
            self._held = found[0], list(found[1])
        return self._held[1] if self._held[0] == event_id else []
