"""The cache's tables and the statements that fill them. Instants are microseconds since the epoch, UTC."""

VERSION = 6
TABLES = """
CREATE TABLE made_by (versions TEXT NOT NULL);
CREATE TABLE warc (
    name TEXT PRIMARY KEY, bytes INTEGER NOT NULL, part_bytes INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE walked (label TEXT PRIMARY KEY) WITHOUT ROWID; -- listings read to their end, without a gap
CREATE TABLE document (
    doc_id TEXT PRIMARY KEY, url TEXT NOT NULL, content_sha256 TEXT NOT NULL,
    fetched_at INTEGER NOT NULL, last_updated TEXT,
    published_at INTEGER NOT NULL, is_unfinished INTEGER NOT NULL, counterpart_url TEXT
) WITHOUT ROWID;
CREATE TABLE look ( -- every event page asked for, whatever was answered
    doc_id TEXT PRIMARY KEY, looked_at INTEGER NOT NULL, status INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE named ( -- every event that a listing or feed named
    doc_id TEXT PRIMARY KEY, url TEXT NOT NULL, day TEXT, updated TEXT, first_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE listing (
    base_url TEXT PRIMARY KEY, pages INTEGER NOT NULL, seen_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE capture (
    record_id TEXT PRIMARY KEY, url TEXT NOT NULL, warc_date TEXT NOT NULL,
    sha256 TEXT -- of the payload; null where no revisit may refer to this record
) WITHOUT ROWID;
CREATE INDEX capture_by_payload ON capture (sha256, url, warc_date) WHERE sha256 IS NOT NULL;
CREATE INDEX capture_by_url ON capture (url, warc_date);
"""
EMPTY = "".join(
    f"DELETE FROM {table};"  # noqa: S608 - our own names
    for table in ("warc", "walked", "document", "look", "named", "listing", "capture")
)
KEEP_NEWEST = """
INSERT INTO document VALUES (
    :doc_id, :url, :content_sha256, :fetched_at, :last_updated, :published_at, :is_unfinished,
    :counterpart_url
)
ON CONFLICT (doc_id) DO UPDATE
SET url = excluded.url, content_sha256 = excluded.content_sha256, fetched_at = excluded.fetched_at,
    last_updated = excluded.last_updated, published_at = excluded.published_at,
    is_unfinished = excluded.is_unfinished, counterpart_url = excluded.counterpart_url
WHERE excluded.fetched_at >= document.fetched_at
"""
SEEN_AGAIN = "UPDATE document SET fetched_at = max(fetched_at, ?) WHERE doc_id = ?"
LOOKED = """
INSERT INTO look VALUES (?, ?, ?) ON CONFLICT (doc_id) DO UPDATE
SET looked_at = excluded.looked_at, status = excluded.status
WHERE excluded.looked_at >= look.looked_at
"""
NAMED = """
INSERT INTO named VALUES (?, ?, ?, ?, ?) ON CONFLICT (doc_id) DO UPDATE
SET url = excluded.url, day = excluded.day, updated = excluded.updated,
    first_at = min(first_at, excluded.first_at)
"""
LISTING_SIZE = """
INSERT INTO listing VALUES (?, ?, ?) ON CONFLICT (base_url) DO UPDATE
SET pages = excluded.pages, seen_at = excluded.seen_at WHERE excluded.seen_at >= listing.seen_at
"""
KEEP_FIRST = "INSERT OR IGNORE INTO capture VALUES (?, ?, ?, ?)"
