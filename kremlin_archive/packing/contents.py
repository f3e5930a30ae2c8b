"""What a package holds, looked up in a temporary SQLite file, so that memory does not grow with the archive.

Of the documents wanted, all captures are chosen: every revision, text versions, refusals; of a revisit
also the response it repeats, whoever asked for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from kremlin_archive.packing.selection import Selection
from kremlin_archive.packing.source import Source

_SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
CREATE TABLE in_range (doc_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE capture (
    capture_id TEXT PRIMARY KEY, url TEXT NOT NULL, ts TEXT NOT NULL, warc TEXT NOT NULL, type TEXT NOT NULL,
    refers_to TEXT, digest TEXT, chosen INTEGER NOT NULL
) WITHOUT ROWID;
"""
_BY_DIGEST = "CREATE INDEX payload ON capture (digest, ts) WHERE type != 'revisit'"
_CHOOSE_NAMED_ORIGINALS = """
UPDATE capture SET chosen = 1 WHERE capture_id IN (
    SELECT refers_to FROM capture WHERE chosen AND refers_to IS NOT NULL)
"""
_CHOOSE_ORIGINALS_BY_DIGEST = """
UPDATE capture SET chosen = 1 WHERE capture_id IN (
    SELECT (SELECT original.capture_id FROM capture AS original
            WHERE original.digest = revisit.digest AND original.type != 'revisit'
            ORDER BY original.ts, original.capture_id LIMIT 1)
    FROM capture AS revisit
    WHERE revisit.chosen AND revisit.type = 'revisit'
      AND NOT EXISTS (SELECT 1 FROM capture WHERE capture_id = revisit.refers_to))
"""
_CAPTURES = (
    "capture_id",
    "url",
    "fetch_time",
    "warc_filename",
    "record_type",
    "refers_to_capture_id",
    "payload_digest",
    "doc_id",
)
_PAGES = ("doc_id", "capture_id", "title", "lead", "text", "published_date")


@dataclass(frozen=True, slots=True)
class PackedPage:
    """A document in its current revision: ``url`` and ``ts`` (RFC 3339) are those of the capture it shows."""

    doc_id: str
    url: str
    ts: str
    title: str
    text: str


class Contents:
    """What is chosen of a source. Use as a context manager; ``folder`` holds the temporary file."""

    def __init__(self, source: Source, selection: Selection, folder: Path) -> None:
        self._source = source
        self._selection = selection
        self._database = sqlite3.connect(folder / "contents.sqlite")
        self._database.executescript(_SCHEMA)
        with self._database:
            self._take_documents()
            self._take_captures()
            if not selection.is_everything:
                self._database.execute(_BY_DIGEST)
                self._database.execute(_CHOOSE_NAMED_ORIGINALS)
                self._database.execute(_CHOOSE_ORIGINALS_BY_DIGEST)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    @property
    def captures(self) -> int:
        """How many captures are chosen."""
        return int(self._database.execute("SELECT sum(chosen) FROM capture").fetchone()[0] or 0)

    def captures_in(self, warc: str) -> frozenset[str]:
        """Ids of the captures chosen in one WARC file."""
        rows = self._database.execute(
            "SELECT capture_id FROM capture WHERE chosen AND warc = ?", (warc,)
        )
        return frozenset(row[0] for row in rows)

    def pages(self) -> Iterator[PackedPage]:
        """The documents chosen, by edition, year and number."""
        for row in self._source.rows("documents", _PAGES):
            found = self._database.execute(
                "SELECT url, ts FROM capture WHERE capture_id = ?", (row["capture_id"],)
            ).fetchone()
            if found is not None and self._wants(row):
                text = "\n".join(part for part in (row["lead"], row["text"]) if part)
                yield PackedPage(row["doc_id"], found[0], found[1], row["title"], text)

    def _take_documents(self) -> None:
        if not self._selection.names_days:
            return
        rows = self._source.rows("documents", ("doc_id", "published_date"))
        self._database.executemany(
            "INSERT INTO in_range VALUES (?)",
            ((row["doc_id"],) for row in rows if self._wants(row)),
        )

    def _take_captures(self) -> None:
        rows = self._source.rows("captures", _CAPTURES)
        self._database.executemany(
            "INSERT INTO capture VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    row["capture_id"],
                    row["url"],
                    rfc3339(row["fetch_time"]),
                    row["warc_filename"],
                    row["record_type"],
                    row["refers_to_capture_id"],
                    row["payload_digest"],
                    self._chooses(row["doc_id"]),
                )
                for row in rows
            ),
        )

    def _chooses(self, doc_id: str | None) -> bool:
        if self._selection.is_everything:
            return True
        if doc_id is None or not self._selection.wants(doc_id):
            return False
        return not self._selection.names_days or self._is_in_range(doc_id)

    def _is_in_range(self, doc_id: str) -> bool:
        query = "SELECT 1 FROM in_range WHERE doc_id = ?"
        return self._database.execute(query, (doc_id,)).fetchone() is not None

    def _wants(self, document: dict[str, Any]) -> bool:
        return self._selection.wants(document["doc_id"]) and self._selection.wants_day(
            document["published_date"]
        )


def rfc3339(moment: datetime) -> str:
    """An instant in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
