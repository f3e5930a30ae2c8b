"""The cache's tables and the statements that fill them. Instants are microseconds since the epoch, UTC.

``document`` and ``miss`` divide the answers of events' addresses between them: a page that could be read, or
anything else. An instant of 0 is one that cannot be believed (`rows.believed`).
"""

from kremlin_archive.answers import NOT_THERE

VERSION = 25
TABLES = """
CREATE TABLE made_by (versions TEXT NOT NULL);
CREATE TABLE warc (
    name TEXT PRIMARY KEY, bytes INTEGER NOT NULL, part_bytes INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE document (
    doc_id TEXT PRIMARY KEY, url TEXT NOT NULL, content_sha256 TEXT NOT NULL,
    fetched_at INTEGER NOT NULL, last_updated TEXT,
    published_at INTEGER NOT NULL, is_unfinished INTEGER NOT NULL, counterpart_url TEXT
) WITHOUT ROWID;
CREATE TABLE content ( -- every payload that was a document's page, and what it said
    doc_id TEXT NOT NULL, payload TEXT NOT NULL, content_sha256 TEXT NOT NULL, last_updated TEXT,
    published_at INTEGER NOT NULL, is_unfinished INTEGER NOT NULL, counterpart_url TEXT,
    photos TEXT NOT NULL, -- their addresses on the site, JSON
    PRIMARY KEY (doc_id, payload)
) WITHOUT ROWID;
CREATE TABLE miss ( -- every answer of an event's address that was no page of it that can be read
    doc_id TEXT NOT NULL, at INTEGER NOT NULL, url TEXT NOT NULL, status INTEGER NOT NULL,
    led_to TEXT, -- another address of the event
    payload TEXT, -- of a revisit, whose original may be taken in later and prove to be a page
    PRIMARY KEY (doc_id, at, url)
) WITHOUT ROWID;
CREATE TABLE named ( -- every event that a listing or feed named, and when its latest change was first told
    doc_id TEXT PRIMARY KEY, url TEXT NOT NULL, day TEXT, updated TEXT,
    last_at INTEGER NOT NULL, -- when it was named at this address and day
    told_at INTEGER NOT NULL, told_by TEXT NOT NULL -- the run
) WITHOUT ROWID;
CREATE TABLE address ( -- every address at which a listing or feed named an event
    doc_id TEXT NOT NULL, url TEXT NOT NULL, first_at INTEGER NOT NULL, PRIMARY KEY (doc_id, url)
) WITHOUT ROWID;
CREATE TABLE front ( -- every feed and first listing page: what it names, since when, and when it was read
    url TEXT PRIMARY KEY, names TEXT NOT NULL, payload TEXT NOT NULL,
    moved_at INTEGER NOT NULL, read_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE listing_page ( -- every page of a listing that was read, and how far down it goes
    base_url TEXT NOT NULL, run_id TEXT NOT NULL, page INTEGER NOT NULL, pages INTEGER NOT NULL,
    items INTEGER NOT NULL, oldest TEXT NOT NULL, newest TEXT NOT NULL,
    first_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, -- its first and its last reading in that run
    payload TEXT NOT NULL,
    is_quiet INTEGER NOT NULL, -- whether nothing on it was told of since the run before read the listing
    by_day INTEGER NOT NULL, -- whether it was come to by the address of a day
    PRIMARY KEY (base_url, run_id, page)
) WITHOUT ROWID;
CREATE TABLE listing_failed ( -- every page of a listing that a run asked for and was not given
    base_url TEXT NOT NULL, run_id TEXT NOT NULL, page INTEGER NOT NULL,
    PRIMARY KEY (base_url, run_id, page)
) WITHOUT ROWID;
CREATE TABLE listed_day ( -- every day whose page of a listing was asked for, whatever page that led to
    base_url TEXT NOT NULL, day TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (base_url, day)
) WITHOUT ROWID;
CREATE INDEX listing_page_by_payload ON listing_page (payload);
CREATE INDEX listing_page_by_number ON listing_page (base_url, page, seen_at);
CREATE TABLE listing_payload ( -- what every payload that was a listing's page said, for it may come again
    base_url TEXT NOT NULL, payload TEXT NOT NULL, page INTEGER NOT NULL, pages INTEGER NOT NULL,
    items INTEGER NOT NULL, oldest TEXT NOT NULL, newest TEXT NOT NULL,
    doc_ids TEXT NOT NULL, -- with blanks between
    tells_changes INTEGER NOT NULL, -- whether one of its items said when it last changed
    PRIMARY KEY (base_url, payload)
) WITHOUT ROWID;
CREATE TABLE picture ( -- every address that is no page and was asked for: since when, and the newest answer
    url TEXT PRIMARY KEY, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, status INTEGER NOT NULL,
    is_here INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE picture_again ( -- what revisits repeat, which may prove to be no picture later
    url TEXT NOT NULL, payload TEXT NOT NULL, PRIMARY KEY (url, payload)
) WITHOUT ROWID;
CREATE TABLE wait ( -- when an origin refused or failed and asked to wait, and until when
    origin TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (origin, until, at)
) WITHOUT ROWID;
CREATE TABLE doubted (at INTEGER NOT NULL); -- instants of captures that lay ahead when they were taken in
CREATE TABLE capture (
    record_id TEXT PRIMARY KEY, -- the others are of the payload, and null where no revisit may refer to it
    url TEXT, warc_date TEXT, sha256 TEXT, is_picture INTEGER
) WITHOUT ROWID;
CREATE INDEX capture_by_payload ON capture (sha256, url, warc_date) WHERE sha256 IS NOT NULL;
CREATE INDEX capture_by_url ON capture (url, warc_date) WHERE sha256 IS NOT NULL;
"""
_FILLED = (
    "warc document content miss named address front listing_page listing_failed listing_payload "
    "listed_day picture picture_again wait doubted capture"
)
EMPTY = [f"DELETE FROM {table}" for table in _FILLED.split()]  # noqa: S608 - our own names
EDGES = """
SELECT (
    SELECT max(at) FROM (
        SELECT max(fetched_at) AS at FROM document UNION ALL SELECT max(at) FROM miss
        UNION ALL SELECT max(last_at) FROM named UNION ALL SELECT max(seen_at) FROM listing_page
        UNION ALL SELECT max(last_at) FROM picture UNION ALL SELECT max(at) FROM wait
    )
), (SELECT min(at) FROM doubted)
"""
CONTENT = """
INSERT OR REPLACE INTO content VALUES (
    :doc_id, :payload, :content_sha256, :last_updated, :published_at, :is_unfinished, :counterpart_url,
    :photos
)
"""
_KEEP_NEWEST = """
INSERT INTO document
SELECT doc_id, {url}, content_sha256, {at}, last_updated, published_at, is_unfinished, counterpart_url
FROM {pages}
ON CONFLICT (doc_id) DO UPDATE
SET url = excluded.url, content_sha256 = excluded.content_sha256, fetched_at = excluded.fetched_at,
    last_updated = excluded.last_updated, published_at = excluded.published_at,
    is_unfinished = excluded.is_unfinished, counterpart_url = excluded.counterpart_url
WHERE excluded.fetched_at >= document.fetched_at
"""
KEEP_NEWEST = _KEEP_NEWEST.format(
    url=":url", at=":fetched_at", pages="content WHERE doc_id = :doc_id AND payload = :payload"
)
# Misses that were none: only now is it known what was seen again.
FOUND_PAGES = _KEEP_NEWEST.format(
    url="miss.url", at="miss.at", pages="miss CROSS JOIN content USING (doc_id, payload) WHERE true"
)
DROP_FOUND = """
DELETE FROM miss WHERE payload IS NOT NULL
AND EXISTS (SELECT 1 FROM content c WHERE c.doc_id = miss.doc_id AND c.payload = miss.payload)
"""
MISSED_AGAIN = """
INSERT OR IGNORE INTO miss SELECT :doc_id, :fetched_at, :url, :status, NULL, :payload
WHERE NOT EXISTS (SELECT 1 FROM content WHERE doc_id = :doc_id AND payload = :payload)
"""
MISSED = "INSERT OR IGNORE INTO miss VALUES (?, ?, ?, ?, ?, NULL)"
_TOLD_FIRST = """(
    coalesce(excluded.updated, '') > coalesce(updated, '')
    OR coalesce(excluded.updated, '') = coalesce(updated, '') AND excluded.told_at < told_at
)"""
NAMED = f"""
INSERT INTO named VALUES (:doc_id, :url, :day, :updated, :at, :at, :run_id)
ON CONFLICT (doc_id) DO UPDATE
SET url = iif(excluded.last_at >= last_at, excluded.url, url),
    day = iif(excluded.last_at >= last_at, excluded.day, day),
    last_at = max(last_at, excluded.last_at),
    told_at = iif({_TOLD_FIRST}, excluded.told_at, told_at),
    told_by = iif({_TOLD_FIRST}, excluded.told_by, told_by),
    updated = nullif(max(coalesce(excluded.updated, ''), coalesce(updated, '')), '')
"""  # noqa: S608 - our own words
ADDRESS = """
INSERT INTO address VALUES (:doc_id, :url, :at)
ON CONFLICT (doc_id, url) DO UPDATE SET first_at = min(first_at, excluded.first_at)
"""
FRONT = """
INSERT INTO front VALUES (:url, :names, :payload, :at, :at) ON CONFLICT (url) DO UPDATE
SET moved_at = iif(excluded.names = names, moved_at, excluded.moved_at), names = excluded.names,
    payload = excluded.payload, read_at = excluded.read_at
WHERE excluded.read_at >= read_at
"""
FRONT_AGAIN = """
UPDATE front -- a payload of long ago shows something else than the one before it
SET moved_at = iif(payload = :payload, moved_at, :at), payload = :payload, read_at = :at
WHERE url = :url AND read_at <= :at
"""
LISTING_PAGE = """
INSERT INTO listing_page VALUES (
    :base_url, :run_id, :page, :pages, :items, :oldest, :newest, :seen_at, :seen_at, :payload, :is_quiet,
    :by_day
)
ON CONFLICT (base_url, run_id, page) DO UPDATE -- read again within a run: both readings count
SET pages = excluded.pages, items = excluded.items, payload = excluded.payload,
    first_at = min(first_at, excluded.first_at), seen_at = excluded.seen_at,
    is_quiet = min(is_quiet, excluded.is_quiet), by_day = max(by_day, excluded.by_day),
    oldest = min(oldest, excluded.oldest), newest = max(newest, excluded.newest)
"""
LISTING_PAYLOAD = """
INSERT OR REPLACE INTO listing_payload VALUES (
    :base_url, :payload, :page, :pages, :items, :oldest, :newest, :doc_ids, :tells_changes
)
"""
LISTING_PAGE_AGAIN = """
SELECT base_url, page, pages, items, oldest, newest, doc_ids FROM listing_payload
WHERE base_url = ? AND payload = ?
"""
TELLS_CHANGES = "SELECT 1 FROM listing_payload WHERE base_url = ? AND tells_changes LIMIT 1"
LISTING_PAGE_FAILED = """
DELETE FROM listing_page -- what a second reading was for is not known, so the first does not count either
WHERE base_url = :base_url AND run_id = :run_id AND page = :page
"""
LISTING_FAILED = "INSERT OR IGNORE INTO listing_failed VALUES (:base_url, :run_id, :page)"
LISTING_GIVEN = """
DELETE FROM listing_failed WHERE base_url = :base_url AND run_id = :run_id AND page = :page
"""
LISTED_DAY = """
INSERT INTO listed_day VALUES (?, ?, ?) ON CONFLICT (base_url, day) DO UPDATE SET at = max(at, excluded.at)
"""
TOLD = "SELECT told_by, told_at FROM named WHERE doc_id = ?"
READ_BEFORE = """
SELECT run_id, seen_at FROM listing_page
WHERE base_url = ? AND page = 1 AND run_id <> ? AND seen_at < ? ORDER BY seen_at DESC LIMIT 1
"""
DROP_REPEATED_LISTINGS = """
DELETE FROM listing_page AS old -- where runs read a page alone and found the same, the newest is enough
WHERE is_quiet AND NOT EXISTS ( -- what is cheap to see first
    SELECT 1 FROM listing_page AS beside
    WHERE beside.base_url = old.base_url AND beside.run_id = old.run_id
    AND abs(beside.page - old.page) BETWEEN 1 AND 4 -- so many may lack between two that tell of a gap
) AND NOT EXISTS (
    SELECT 1 FROM listing_failed f
    WHERE f.base_url = old.base_url AND f.run_id = old.run_id AND f.page = old.page + 1
) AND EXISTS (
    SELECT 1 FROM listing_page AS new
    WHERE new.payload = old.payload AND new.base_url = old.base_url AND new.page = old.page
    AND new.seen_at > old.seen_at
)
"""
PICTURE = """
INSERT INTO picture VALUES (:url, :first_at, :last_at, :status, :is_here) ON CONFLICT (url) DO UPDATE
SET first_at = min(first_at, excluded.first_at), is_here = max(is_here, excluded.is_here),
    status = iif(excluded.last_at >= last_at, excluded.status, status),
    last_at = max(last_at, excluded.last_at)
"""
PICTURE_AGAIN = "INSERT OR IGNORE INTO picture_again VALUES (:url, :payload)"
WAIT = "INSERT OR IGNORE INTO wait VALUES (?, ?, ?)"
KEEP_FIRST = "INSERT OR IGNORE INTO capture VALUES (?, ?, ?, ?, ?)"

# ---- questions ---------------------------------------------------------------------------------------

_SHOWS_NOT = "n.updated > substr(coalesce(d.last_updated, ''), 1, length(n.updated))"
_SAME_DAY = (
    "n.updated = date(d.fetched_at / 1000000, 'unixepoch', '+3 hours')"  # as told by a listing
)
KNOWN = """
SELECT d.url, d.content_sha256, d.fetched_at, d.last_updated, n.updated
FROM document d LEFT JOIN named n ON n.doc_id = d.doc_id AND n.told_at <= d.fetched_at
WHERE d.doc_id = ?
"""
WATCHED = f"""
SELECT d.doc_id, d.url, d.published_at, d.fetched_at, d.is_unfinished, n.told_at
FROM document d LEFT JOIN named n ON n.doc_id = d.doc_id
AND (n.told_at <= d.fetched_at AND {_SHOWS_NOT} OR {_SAME_DAY})
"""  # noqa: S608 - our own words
MISSED_SINCE = """
SELECT d.doc_id, m.at, m.url, m.status, m.led_to
FROM document d CROSS JOIN miss m ON m.doc_id = d.doc_id AND m.at > d.fetched_at
"""
_OF_ONE = "AND n.doc_id = :doc_id AND a.url = :url"
_EACH_ADDRESS = """
GROUP BY n.doc_id, a.url ORDER BY n.day DESC, n.doc_id, looked IS NULL, looked
"""
_MISSING = """
SELECT n.doc_id, a.url, n.day, a.first_at, max(m.at) AS looked, m.status, n.updated, n.told_at
FROM named n JOIN address a USING (doc_id) LEFT JOIN document d USING (doc_id)
LEFT JOIN miss m ON m.doc_id = n.doc_id AND m.url = a.url AND m.at >= a.first_at
WHERE d.doc_id IS NULL
"""
MISSING = _MISSING + _EACH_ADDRESS
MISSING_ONE = _MISSING + _OF_ONE + _EACH_ADDRESS
_NOT_THERE = ", ".join(map(str, sorted(NOT_THERE)))
_LAST_ABSENT = f"""
SELECT max(a.at) FROM miss a
WHERE a.doc_id = m.doc_id AND a.url = m.url AND a.status IN ({_NOT_THERE})
"""  # noqa: S608 - our own words
UNNAMED = f"""
SELECT m.doc_id, m.url, NULL, coalesce((
    SELECT min(f.at) FROM miss f
    WHERE f.doc_id = m.doc_id AND f.url = m.url AND f.at > coalesce(({_LAST_ABSENT}), -1)
), ({_LAST_ABSENT})), max(m.at), m.status, NULL, NULL
FROM miss m LEFT JOIN document d USING (doc_id) LEFT JOIN named n USING (doc_id)
WHERE d.doc_id IS NULL AND n.doc_id IS NULL GROUP BY m.doc_id, m.url ORDER BY m.doc_id DESC, m.url
"""  # noqa: S608 - our own words
_IS_HERE = """(
    p.is_here OR EXISTS (
        SELECT 1 FROM picture_again a WHERE a.url = p.url AND NOT EXISTS (
            SELECT 1 FROM capture o WHERE o.sha256 = a.payload AND NOT o.is_picture
        )
    )
)"""
HAS_PICTURE = f"SELECT 1 FROM picture p WHERE p.url = ? AND {_IS_HERE}"  # noqa: S608 - our own words
PICTURES = f"""
SELECT DISTINCT d.doc_id, shown.value, date(d.published_at / 1000000, 'unixepoch', '+3 hours'),
    coalesce(p.first_at, min(d.published_at, d.fetched_at)), p.last_at, p.status, NULL, NULL
FROM document d CROSS JOIN content c ON c.doc_id = d.doc_id AND c.content_sha256 = d.content_sha256
CROSS JOIN json_each(c.photos) AS shown LEFT JOIN picture p ON p.url = shown.value
WHERE p.url IS NULL OR NOT {_IS_HERE} ORDER BY d.published_at DESC, d.doc_id, shown.key
"""  # noqa: S608 - our own words
A_PICTURE = """
SELECT 1 FROM content c CROSS JOIN json_each(c.photos) AS shown JOIN picture p ON p.url = shown.value LIMIT 1
"""
ASKED_PICTURE = f"""
SELECT '', p.url, NULL, p.first_at, p.last_at, p.status, NULL, NULL FROM picture p
WHERE p.url = :url AND NOT {_IS_HERE}
"""  # noqa: S608 - our own words
NAMED_AT = "SELECT url FROM named WHERE doc_id = ?"
_SIGNALLED = f"""
SELECT n.doc_id, a.url, n.day, n.told_at, max(m.at) AS looked, m.status, n.updated, n.told_at
FROM named n JOIN address a USING (doc_id) JOIN document d USING (doc_id)
LEFT JOIN miss m ON m.doc_id = n.doc_id AND m.url = a.url AND m.at > n.told_at
WHERE n.told_at > d.fetched_at AND {_SHOWS_NOT}
"""  # noqa: S608 - our own words
SIGNALLED = _SIGNALLED + _EACH_ADDRESS
SIGNALLED_ONE = _SIGNALLED + _OF_ONE + _EACH_ADDRESS
_OTHER = """
CASE substr(d.doc_id, 1, 3) WHEN 'en:' THEN 'ru:' ELSE 'en:' END || substr(d.doc_id, 4)
"""
UNPAIRED = f"""
SELECT {_OTHER}, d.url, d.published_at, d.fetched_at, d.counterpart_url, (
    SELECT max(m.at) FROM miss m WHERE m.doc_id = {_OTHER}
)
FROM document d
WHERE NOT EXISTS (SELECT 1 FROM document o WHERE o.doc_id = {_OTHER})
AND NOT EXISTS (SELECT 1 FROM named n WHERE n.doc_id = {_OTHER})
"""  # noqa: S608 - our own words
UNMET = """
SELECT m.doc_id, m.url, max(m.at), m.status, m.led_to FROM miss m
LEFT JOIN document d USING (doc_id) WHERE d.doc_id IS NULL
GROUP BY m.doc_id, m.url ORDER BY m.doc_id
"""
ANSWERS = """
SELECT m.doc_id, m.url, max(m.at), m.status, m.led_to FROM miss m WHERE m.doc_id = ? GROUP BY m.url
"""
NAMED_DAYS = """
SELECT n.doc_id, n.day, d.doc_id IS NOT NULL FROM named n LEFT JOIN document d USING (doc_id)
"""
LISTING_PAGES = """
SELECT p.base_url, p.run_id, p.page, p.pages, p.oldest, p.newest, p.seen_at, p.is_quiet, p.first_at,
    p.page < p.pages AND EXISTS (
        SELECT 1 FROM listing_failed f
        WHERE f.base_url = p.base_url AND f.run_id = p.run_id AND f.page = p.page + 1
    ), p.by_day
FROM listing_page p
"""
LISTED_DAYS = """
SELECT base_url, substr(oldest, 1, 10), substr(newest, 1, 10), max(seen_at) AS at
FROM listing_page GROUP BY 1, 2, 3 ORDER BY base_url, at
"""
FIRST_PAGES = """
SELECT base_url, substr(oldest, 1, 10), max(seen_at) FROM listing_page WHERE page = 1 GROUP BY base_url
"""
_LATELY = """
SELECT (SELECT {what} FROM listing_page WHERE {where} ORDER BY seen_at DESC LIMIT 1),
    (SELECT max({what}) FROM listing_page WHERE {where} AND seen_at >= :since)
"""
LENGTHS = _LATELY.format(what="pages", where="base_url = :base_url")
PAGE_LENGTHS = _LATELY.format(what="items", where="base_url = :base_url AND page = :page")
