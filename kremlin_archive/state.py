"""What was seen and when: a small SQLite cache beside the archive, made from the parts.

It answers, for each document, what its newest content was and when it was fetched; and, for each payload,
which response record holds it. Deleting it costs one reading of the parts; a damaged one is thrown away and
made anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from kremlin_archive.archive.originals import SMALLEST, Original
from kremlin_archive.dataset.parts import PARTS, read_part
from kremlin_archive.records import Capture

FILE = "state.sqlite"
_VERSION = 4
_TABLES = """
CREATE TABLE part (name TEXT PRIMARY KEY, bytes INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE document (
    doc_id TEXT PRIMARY KEY, url TEXT NOT NULL, content_sha256 TEXT NOT NULL,
    fetched_at INTEGER NOT NULL, last_updated TEXT
) WITHOUT ROWID;
CREATE TABLE capture (
    record_id TEXT PRIMARY KEY, url TEXT NOT NULL, warc_date TEXT NOT NULL,
    sha256 TEXT -- of the payload; null where no revisit may refer to this record
) WITHOUT ROWID;
CREATE INDEX capture_by_payload ON capture (sha256, url, warc_date) WHERE sha256 IS NOT NULL;
CREATE INDEX capture_by_url ON capture (url, warc_date);
"""
_COLUMNS = [
    *("doc_id", "url", "content_sha256", "fetched_at", "last_updated", "kind"),
    *(
        "record_type",
        "truncated",
        "payload_sha256",
        "payload_length",
        "warc_record_id",
        "warc_date",
    ),
]
_KEEP_NEWEST = """
INSERT INTO document VALUES (:doc_id, :url, :content_sha256, :fetched_at, :last_updated)
ON CONFLICT (doc_id) DO UPDATE
SET url = excluded.url, content_sha256 = excluded.content_sha256, fetched_at = excluded.fetched_at,
    last_updated = excluded.last_updated
WHERE excluded.fetched_at >= document.fetched_at
"""
_KEEP_FIRST = "INSERT OR IGNORE INTO capture VALUES (?, ?, ?, ?)"


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
    """The cache of one archive; also its ``Originals``."""

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
            self._database.executescript(
                "DELETE FROM part; DELETE FROM document; DELETE FROM capture;"
            )
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

    def find(self, payload_digest: str, url: str) -> Original | None:
        """The response that holds a payload, that of the same URL before any other; None if new."""
        return self._original(
            "sha256 = ? ORDER BY url = ? DESC, warc_date",
            payload_digest.removeprefix("sha256:"),
            url,
        )

    def latest(self, url: str) -> Original | None:
        """The newest stored response of a URL."""
        return self._original("url = ? AND sha256 IS NOT NULL ORDER BY warc_date DESC", url)

    def holds(self, capture: Capture) -> bool:
        """Whether this very capture is here: the same record, or the same answer of the same instant."""
        query = "SELECT 1 FROM capture WHERE record_id = ? OR (url = ? AND warc_date = ? AND sha256 = ?)"
        identity = (
            capture.pointer.record_id,
            capture.url,
            capture.warc_date,
            capture.payload_sha256,
        )
        return self._database.execute(query, identity).fetchone() is not None

    def remember(self, capture: Capture) -> None:
        """Know a response of this run, before its part is there to be read."""
        row = {
            "record_type": capture.record_type,
            "truncated": capture.truncated,
            "payload_length": capture.payload_length,
            "payload_sha256": capture.payload_sha256,
            "url": capture.url,
            "warc_record_id": capture.pointer.record_id,
            "warc_date": capture.warc_date,
        }
        self._database.executemany(_KEEP_FIRST, _captures([row]))

    def close(self) -> None:
        """Forget what was only remembered (the parts say it) and close the file."""
        self._database.rollback()
        self._database.close()

    def _original(self, condition: str, *values: str) -> Original | None:
        query = f"SELECT record_id, url, warc_date FROM capture WHERE {condition} LIMIT 1"  # noqa: S608
        row = self._database.execute(query, values).fetchone()
        return Original(*row) if row else None

    def _take(self, name: str, path: Path) -> None:
        if read_part(path) is None:
            return  # stale: extract will make it anew under the present parser
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=_COLUMNS):
                rows = batch.to_pylist()
                self._database.executemany(_KEEP_NEWEST, _documents(rows))
                self._database.executemany(_KEEP_FIRST, _captures(rows))
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
        database.executescript(_TABLES + f"PRAGMA user_version = {_VERSION};")
        return database


def _documents(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        if row["kind"] == "event" and row["content_sha256"] is not None:
            yield {**row, "fetched_at": int(row["fetched_at"].timestamp() * 1_000_000)}


def _captures(rows: list[dict[str, Any]]) -> Iterator[tuple[str, str, str, str | None]]:
    for row in rows:
        whole = row["record_type"] == "response" and row["truncated"] is None
        payload = row["payload_sha256"] if whole and row["payload_length"] >= SMALLEST else None
        yield row["warc_record_id"], row["url"], row["warc_date"], payload
