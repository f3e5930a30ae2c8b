"""What was seen and when: a small SQLite cache beside the archive, made from the parts.

It answers, for each document, what its newest content was and when it was fetched. Deleting it costs one
reading of the parts; a damaged one is thrown away and made anew.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq

from kremlin_archive.dataset.parts import PARTS, read_part

FILE = "state.sqlite"
_VERSION = 2
_SCHEMA = """
CREATE TABLE part (name TEXT PRIMARY KEY, bytes INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE document (
    doc_id TEXT PRIMARY KEY, url TEXT NOT NULL, content_sha256 TEXT NOT NULL, fetched_at INTEGER NOT NULL,
    last_updated TEXT
) WITHOUT ROWID;
"""
_COLUMNS = ["doc_id", "url", "content_sha256", "fetched_at", "last_updated", "kind"]
_KEEP_NEWEST = """
INSERT INTO document VALUES (?, ?, ?, ?, ?) ON CONFLICT (doc_id) DO UPDATE
SET url = excluded.url, content_sha256 = excluded.content_sha256, fetched_at = excluded.fetched_at,
    last_updated = excluded.last_updated
WHERE excluded.fetched_at >= document.fetched_at
"""


@dataclass(frozen=True, slots=True)
class Known:
    """The newest readable capture of a document.

    ``fetched_at`` in UTC; ``last_updated`` is what the page said then (Moscow wall clock, to the minute).
    """

    url: str
    content_sha256: str
    fetched_at: datetime
    last_updated: str | None


class State:
    """The cache of one archive. Use as a context manager."""

    def __init__(self, root: Path) -> None:
        self._parts = root / PARTS
        self._path = root / FILE
        self._database = self._open()

    def sync(self) -> int:
        """Take in the parts not seen yet; returns how many documents are known now."""
        seen = dict(self._database.execute("SELECT name, bytes FROM part"))
        found = {
            path.relative_to(self._parts).as_posix(): path
            for path in sorted(self._parts.rglob("*.parquet"))
        }
        if set(seen) - set(found):
            self._reset()
            seen = {}
        with self._database:
            for name, path in found.items():
                if seen.get(name) != path.stat().st_size:
                    self._take(name, path)
        return int(self._database.execute("SELECT count(*) FROM document").fetchone()[0])

    def known(self, doc_id: str) -> Known | None:
        """What is known of a document, or None."""
        row = self._database.execute(
            "SELECT url, content_sha256, fetched_at, last_updated FROM document WHERE doc_id = ?",
            (doc_id,),
        ).fetchone()
        if row is None:
            return None
        return Known(row[0], row[1], datetime.fromtimestamp(row[2] / 1e6, UTC), row[3])

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _take(self, name: str, path: Path) -> None:
        if read_part(path) is None:
            return  # stale: extract will make it anew under the present parser
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=_COLUMNS):
                self._database.executemany(_KEEP_NEWEST, _documents(batch.to_pylist()))
        self._database.execute(
            "INSERT OR REPLACE INTO part VALUES (?, ?)", (name, path.stat().st_size)
        )

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._path)
        try:
            version = database.execute("PRAGMA user_version").fetchone()[0]
            sound = database.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        except sqlite3.DatabaseError:
            version, sound = None, False
        if version == _VERSION and sound:
            return database
        database.close()
        self._path.unlink(missing_ok=True)
        return self._create()

    def _create(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path)
        database.executescript(_SCHEMA + f"PRAGMA user_version = {_VERSION};")
        return database

    def _reset(self) -> None:
        with closing(self._database.cursor()) as cursor:
            cursor.executescript("DELETE FROM part; DELETE FROM document;")


def _documents(rows: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [
        (
            row["doc_id"],
            row["url"],
            row["content_sha256"],
            _microseconds(row["fetched_at"]),
            row["last_updated"],
        )
        for row in rows
        if row["kind"] == "event" and row["content_sha256"] is not None
    ]


def _microseconds(instant: object) -> int:
    assert isinstance(instant, datetime)  # noqa: S101 - the column's type
    return int(instant.timestamp() * 1_000_000)
