"""The cache itself: fed from parts, asked by the spider and by the writer (it is its ``Originals``)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kremlin_archive.archive.originals import Original
from kremlin_archive.dataset.extract import Source, build_part, closed_sources, current_part
from kremlin_archive.dataset.parts import PART_VERSION
from kremlin_archive.ledger import base_of, named_by
from kremlin_archive.pages import NORM_VERSION, PARSER_VERSION
from kremlin_archive.records import Capture
from kremlin_archive.schedule import Watched
from kremlin_archive.state import rows, tables
from kremlin_archive.state.rows import Known, Missing, instant, microseconds

FILE = "state.sqlite"
_VERSIONS = f"parser {PARSER_VERSION}, norm {NORM_VERSION}, part {PART_VERSION}"


class State:
    """What was seen and when, of one archive."""

    def __init__(self, root: Path, *, read_only: bool = False) -> None:
        self._root = root
        self._path = root / FILE
        self.was_damaged = False
        """Whether a damaged file was found and thrown away."""
        self._database = self._read_only() if read_only else self._open()

    def sync(self) -> int:
        """Take in the WARC files not seen yet, by their parts; returns how many documents are known now.

        A file that is gone or has changed makes all of it be taken in anew.
        """
        query = "SELECT name, bytes, part_bytes FROM warc"
        seen = {name: (size, part) for name, size, part in self._database.execute(query)}
        sources = {source.name: source for source in closed_sources(self._root)}
        if any(
            name not in sources or size != _size(sources[name].path)
            for name, (size, _) in seen.items()
        ):
            self._database.executescript(tables.EMPTY)
            seen = {}
        with self._database:
            for name, source in sources.items():
                if name not in seen or seen[name][1] != _size(source.part):
                    self._take(source)
        return int(self._database.execute("SELECT count(*) FROM document").fetchone()[0])

    def walked(self, label: str) -> bool:
        """Whether a section's listing was once read to its end without a gap."""
        query = "SELECT 1 FROM walked WHERE label = ?"
        return self._database.execute(query, (label,)).fetchone() is not None

    def mark_walked(self, labels: Iterable[str]) -> None:
        """Remember that these listings were read to their end."""
        with self._database:
            found = ((label,) for label in labels)
            self._database.executemany("INSERT OR IGNORE INTO walked VALUES (?)", found)

    def known(self, doc_id: str) -> Known | None:
        """What is known of a document, or None."""
        row = self._database.execute(
            "SELECT url, content_sha256, fetched_at, last_updated FROM document WHERE doc_id = ?",
            (doc_id,),
        ).fetchone()
        return Known(row[0], row[1], instant(row[2]), row[3]) if row else None

    def watched(self) -> Iterator[Watched]:
        """Every archived document, as the schedule sees it."""
        found = self._database.execute(
            "SELECT d.doc_id, d.url, d.published_at, l.looked_at, d.is_unfinished "
            "FROM document d JOIN look l USING (doc_id)"
        )
        for doc_id, url, published, looked, unfinished in found:
            yield Watched(doc_id, url, instant(published), instant(looked), bool(unfinished))

    def missing(self) -> Iterator[Missing]:
        """Every document that a listing or feed named and that is not archived, the newest first."""
        found = self._database.execute(
            "SELECT n.doc_id, n.url, n.day, n.first_at, l.looked_at, l.status FROM named n "
            "LEFT JOIN look l USING (doc_id) LEFT JOIN document d USING (doc_id) "
            "WHERE d.doc_id IS NULL ORDER BY n.day DESC, n.doc_id"
        )
        for doc_id, url, day, first, looked, status in found:
            looked_at = None if looked is None else instant(looked)
            yield Missing(doc_id, url, day, instant(first), looked_at, status)

    def listing_pages(self, url: str) -> int | None:
        """How many pages the listing that ``url`` belongs to said it has, when last read."""
        query = "SELECT pages FROM listing WHERE base_url = ?"
        row = self._database.execute(query, (base_of(url),)).fetchone()
        return int(row[0]) if row else None

    def find(self, payload_digest: str, url: str) -> Original | None:
        """The response that holds a payload, that of the same URL before any other; None if new."""
        payload = payload_digest.removeprefix("sha256:")
        return self._original("sha256 = ? ORDER BY url = ? DESC, warc_date", payload, url)

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
            "status": capture.status,
            "payload_length": capture.payload_length,
            "payload_sha256": capture.payload_sha256,
            "url": capture.url,
            "warc_record_id": capture.pointer.record_id,
            "warc_date": capture.warc_date,
        }
        self._database.executemany(tables.KEEP_FIRST, rows.captures([row]))

    def close(self) -> None:
        """Forget what was only remembered (the parts say it) and close the file."""
        self._database.rollback()
        self._database.close()

    def _original(self, condition: str, *values: str) -> Original | None:
        query = f"SELECT record_id, url, warc_date FROM capture WHERE {condition} LIMIT 1"  # noqa: S608
        row = self._database.execute(query, values).fetchone()
        return Original(*row) if row else None

    def _take(self, source: Source) -> None:
        try:
            part = current_part(source)
            self._take_part(part.path)
        except (OSError, pa.ArrowInvalid):  # a damaged part: read the WARC again
            part = build_part(source)
            self._take_part(part.path)
        sizes = (source.name, _size(source.path), _size(part.path))
        self._database.execute("INSERT OR REPLACE INTO warc VALUES (?, ?, ?)", sizes)

    def _take_part(self, path: Path) -> None:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=rows.COLUMNS):
                self._take_rows(batch.to_pylist())

    def _take_rows(self, batch: list[dict[str, Any]]) -> None:
        self._database.executemany(tables.KEEP_NEWEST, rows.documents(batch))
        self._database.executemany(tables.SEEN_AGAIN, rows.revisited(batch))
        self._database.executemany(tables.LOOKED, rows.looks(batch))
        self._database.executemany(tables.KEEP_FIRST, rows.captures(batch))
        for row in batch:
            at = microseconds(row["fetched_at"])
            named, size = named_by(self._root, row)
            facts = [(one.doc_id, one.url, one.day, one.updated, at) for one in named]
            self._database.executemany(tables.NAMED, facts)
            if size is not None:
                self._database.execute(tables.LISTING_SIZE, (size.base_url, size.pages, at))

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        existed = self._path.exists()
        database = sqlite3.connect(self._path)
        try:
            version = database.execute("PRAGMA user_version").fetchone()[0]
            sound = database.execute("PRAGMA quick_check").fetchone()[0] == "ok"
            current = version == tables.VERSION and _made_by(database) == _VERSIONS
        except sqlite3.DatabaseError:
            sound = current = False
        if sound and current:
            return database
        self.was_damaged = existed and not sound
        database.close()
        self._path.unlink(missing_ok=True)
        return self._create()

    def _read_only(self) -> sqlite3.Connection:
        return sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)

    def _create(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path)
        database.executescript(tables.TABLES + f"PRAGMA user_version = {tables.VERSION};")
        with database:
            database.execute("INSERT INTO made_by VALUES (?)", (_VERSIONS,))
        return database


def _made_by(database: sqlite3.Connection) -> str:
    return str(database.execute("SELECT versions FROM made_by").fetchone()[0])


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else -1
