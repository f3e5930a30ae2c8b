"""The cache itself: fed from parts, asked by the spider and by the writer (it is its ``Originals``)."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kremlin_archive.answers import LED_ON, NOT_THERE, OK, leads_to_itself
from kremlin_archive.archive.closed_warcs import closed_warcs
from kremlin_archive.archive.files_below import files_below
from kremlin_archive.archive.lost_files import lost_files
from kremlin_archive.archive.originals import Original
from kremlin_archive.dataset.extract import Source, build_part, current_part, source_of
from kremlin_archive.dataset.parts import PART_VERSION, PARTS
from kremlin_archive.dataset.sniffing import sniff
from kremlin_archive.errors import ArchiveError
from kremlin_archive.pages import NORM_VERSION, PARSER_VERSION
from kremlin_archive.records import Capture
from kremlin_archive.schedule import Front, ListedDay, Missing, Unpaired, Watched
from kremlin_archive.state import rows, tables
from kremlin_archive.state.file import discard, open_file, seal, unseal
from kremlin_archive.state.named import Named, Reach, base_of, day_of, is_front, named_by, page_of
from kremlin_archive.state.rows import Known, Unmet, instant
from kremlin_archive.state.spans import (
    LATELY,
    Length,
    PageRead,
    days_read,
    is_whole,
    open_places,
    read_down_to,
    read_to_the_end,
)
from kremlin_archive.urls import site_url

FILE = "state.sqlite"
_VERSIONS = (
    f"tables {tables.VERSION}, parser {PARSER_VERSION}, norm {NORM_VERSION}, part {PART_VERSION}"
)
logger = logging.getLogger(__name__)


class State:
    """What was seen and when, of one archive."""

    def __init__(self, root: Path, *, read_only: bool = False) -> None:
        self._root = root
        self._path = root / FILE
        self.made_anew: str | None = None
        """Why the file was made anew although there were WARC files to know of."""
        self.lost: list[str] = []
        """WARC files that were taken in and are gone or shorter now, in words."""
        self.not_taken_in: list[str] = []
        """WARC files of which a fault of ours keeps what they hold from being known here, in words."""
        self.warcs: dict[str, int] = {}
        """The closed WARC files with their sizes in bytes, as the last ``sync`` found them."""
        self._database = self._read_only() if read_only else self._open()

    def sync(self, now: datetime | None = None) -> int:
        """Take in the WARC files not seen yet, by their parts; returns how many documents are known now.

        A file that is gone or has changed makes all of it be taken in anew; so does a clock that was wrong
        and has been set right since.
        """
        now = now or datetime.now(UTC)
        query = "SELECT name, bytes, part_bytes FROM warc"
        seen = {name: (size, part) for name, size, part in self._database.execute(query)}
        warcs = self.warcs = closed_warcs(self._root)
        sizes = {name: size for name, (size, _) in seen.items()}
        self.lost += lost_files(sizes, warcs)
        changed = any(size != warcs.get(name) for name, size in sizes.items())
        is_stale = changed or self._misdates(now)
        if is_stale:
            seen = {}
        parts = files_below(self._root / PARTS, ".parquet")
        new = [n for n in warcs if n not in seen or seen[n][1] != parts.get(f"{n}.parquet")]
        if new or is_stale:
            self._write(new, now, is_stale=is_stale)
        return int(self._database.execute("SELECT count(*) FROM document").fetchone()[0])

    def _write(self, new: Iterable[str], now: datetime, *, is_stale: bool) -> None:
        unseal(self._path)
        with self._database:
            if is_stale:
                for statement in tables.EMPTY:
                    self._database.execute(statement)
            for name in new:
                self._take(source_of(self._root, name), now)
            for settle in (tables.FOUND_PAGES, tables.DROP_FOUND, tables.DROP_REPEATED_LISTINGS):
                self._database.execute(settle)
        seal(self._path)

    def known(self, doc_id: str) -> Known | None:
        """What is known of a document, or None."""
        row = self._database.execute(tables.KNOWN, (doc_id,)).fetchone()
        return Known(row[0], row[1], instant(row[2]), *row[3:]) if row else None

    def may_be_there(self, doc_id: str) -> bool:
        """Whether a document is archived and not known to be gone."""
        watched = self._watched_one(doc_id)
        return watched is not None and not watched.is_gone

    def vanished(self, doc_id: str) -> Watched | None:
        """An archived document whose page was not there when it was looked at last; None for any other."""
        watched = self._watched_one(doc_id)
        return watched if watched is not None and watched.absent_since is not None else None

    def watched(self) -> Iterator[Watched]:
        """Every archived document, as the schedule sees it."""
        return self._watched()

    def _watched_one(self, doc_id: str) -> Watched | None:
        return next(self._watched(" WHERE d.doc_id = ?", doc_id), None)

    def _watched(self, which: str = "", *values: str) -> Iterator[Watched]:
        missed: dict[str, list[Any]] = {}
        query = f"{tables.MISSED_SINCE}{which} ORDER BY d.doc_id, m.at"
        for doc_id, *answer in self._database.execute(query, values):
            missed.setdefault(doc_id, []).append(answer)
        for document in self._database.execute(tables.WATCHED + which, values):
            yield rows.watched(document, missed.get(document[0], ()))

    def missing(self) -> Iterator[Missing]:
        """Every document that a listing or feed named and that is not archived, the newest first.

        Once for each address at which it was named: those asked longest ago first, those never asked last.
        """
        return self._missing(tables.MISSING)

    def not_given(self) -> Iterator[Missing]:
        """Every document that nobody named, that was asked for by its number and failed or was refused."""
        every = self._missing(tables.UNNAMED)
        return (replace(one, is_named=False) for one in every if not one.was_absent)

    def unread(self, doc_id: str, url: str) -> Missing | None:
        """What is ``missing`` or ``signalled`` of one document at one address, or None."""
        queries = (tables.MISSING_ONE, tables.SIGNALLED_ONE)
        found = (next(self._missing(query, doc_id=doc_id, url=url), None) for query in queries)
        return next(filter(None, found), None)

    def named_at(self, doc_id: str) -> str | None:
        """The address at which a listing or feed last named a document, or None."""
        row = self._database.execute(tables.NAMED_AT, (doc_id,)).fetchone()
        return str(row[0]) if row else None

    def signalled(self) -> Iterator[Missing]:
        """Every archived document of which a listing or feed told a change that was not read since, as there.

        ``named_at`` is when the change was first told, ``looked_at`` the last attempt after that.
        """
        return self._missing(tables.SIGNALLED)

    def pictures(self) -> Iterator[Missing]:
        """Every picture that an archived page shows and that is not here, for each page that shows it.

        Those of the newest events come first. One that was never asked for was named when its event was.
        """
        return self._missing(tables.PICTURES)

    def asked_picture(self, url: str) -> Missing | None:
        """A picture that was asked for in vain, whatever page shows it; None for any other."""
        return next(self._missing(tables.ASKED_PICTURE, url=url), None)

    def has_picture(self, url: str) -> bool:
        """Whether a picture is here whole."""
        return self._database.execute(tables.HAS_PICTURE, (url,)).fetchone() is not None

    def knows_pictures(self) -> bool:
        """Whether a picture that a page shows was ever asked for, and answered."""
        return self._database.execute(tables.A_PICTURE).fetchone() is not None

    def front(self, url: str) -> Front | None:
        """When a feed or first listing page was read and last moved; None if it was never readable."""
        row = self._database.execute(
            "SELECT moved_at, read_at FROM front WHERE url = ?", (url,)
        ).fetchone()
        return Front(instant(row[0]), instant(row[1])) if row else None

    def unpaired(self) -> Iterator[Unpaired]:
        """Every document whose other edition is neither archived nor named by the site."""
        for doc_id, url, published, read, linked, asked in self._database.execute(tables.UNPAIRED):
            moments = instant(published), instant(read), _maybe_instant(asked)
            yield Unpaired(doc_id, url, linked, *moments)

    def unmet(self) -> Iterator[Unmet]:
        """The newest answer of every address of documents that are not archived."""
        answers = self._database.execute(tables.UNMET)
        for _, of_one in groupby(answers, key=itemgetter(0)):
            yield from rows.unmet(list(of_one))

    def was_absent(self, doc_id: str, url: str) -> bool:
        """Whether the newest answer of a document's address was that there is no page."""
        return self._fate(doc_id, url) in NOT_THERE

    def named_days(self) -> Iterator[tuple[str, str | None, bool]]:
        """Every document that a listing or feed named: its day as shown, and whether it is archived."""
        for doc_id, day, is_archived in self._database.execute(tables.NAMED_DAYS):
            yield doc_id, day, bool(is_archived)

    def listing_pages(self, base_url: str | None = None) -> dict[str, list[PageRead]]:
        """The pages that were read of every listing, or of one, by the listing's address."""
        found: dict[str, list[PageRead]] = {}
        condition, values = (" WHERE p.base_url = ?", (base_url,)) if base_url else ("", ())
        rows_found = self._database.execute(tables.LISTING_PAGES + condition, values)
        for row in rows_found:
            base, run_id, page, pages, oldest, newest, seen, quiet, first, is_cut, by_day = row
            read = PageRead(
                run_id,
                page,
                pages,
                oldest,
                newest,
                seen_at=instant(seen),
                first_at=instant(first),
                is_quiet=bool(quiet),
                is_cut=bool(is_cut),
                by_day=bool(by_day),
            )
            found.setdefault(base, []).append(read)
        return found

    def listed_days(self) -> Iterator[ListedDay]:
        """The days at which pages of listings below the first begin or end, and when each was last passed.

        What stood at a page's edge may be gone, so whoever asked for its day has read it, too.
        """
        first_pages = self._database.execute(tables.FIRST_PAGES)
        oldest_first = {base: oldest for base, oldest, _ in first_pages}
        asked = self._database.execute("SELECT base_url, day, at FROM listed_day")
        asked_at = {(base, day): instant(at) for base, day, at in asked}
        rows_found = self._database.execute(tables.LISTED_DAYS)
        for base, pages in groupby(rows_found, key=itemgetter(0)):
            read = days_read((oldest, newest, instant(at)) for _, oldest, newest, at in pages)
            below = oldest_first.get(base, max(read))
            for day, at in read.items():
                if day <= below:
                    yield ListedDay(base, day, max(at, asked_at.get((base, day), at)))

    def read_to_the_end(self, url: str) -> str | None:
        """The place from which on a listing has been read to its end without a gap, or None."""
        return read_to_the_end(self._pages_of(url))

    def read_down_to(self, url: str, place: str, runs: Collection[str] | None = None) -> str | None:
        """The place to which a listing has been read without a gap from ``place`` on, or None.

        Where ``runs`` are given, by these runs.
        """
        pages = self._pages_of(url)
        return read_down_to((p for p in pages if runs is None or p.run_id in runs), place)

    def open_places(self, url: str) -> frozenset[str]:
        """The places below which a listing may show changes because a walk was cut short there."""
        return open_places(self._pages_of(url))

    def is_read_whole(self, url: str) -> bool:
        """Whether a listing has been read to its end without a gap from its newest event on."""
        return is_whole(self._pages_of(url))

    def listing_length(self, url: str, now: datetime) -> Length | None:
        """How many pages the listing that ``url`` belongs to said it has, lately; None if never read."""
        return self._length(tables.LENGTHS, now, base_url=base_of(url))

    def page_length(self, url: str, page: int, now: datetime) -> Length | None:
        """How many items a page of the listing that ``url`` belongs to held lately; None if never read."""
        return self._length(tables.PAGE_LENGTHS, now, base_url=base_of(url), page=page)

    def tells_changes(self, url: str) -> bool:
        """Whether the listing that ``url`` belongs to has ever said of an item when it last changed."""
        query = self._database.execute(tables.TELLS_CHANGES, (base_of(url),))
        return query.fetchone() is not None

    def was_told_of(
        self, url: str, doc_ids: Iterable[str], now: datetime, run_id: str = ""
    ) -> bool:
        """Whether one of a listing page's documents was first told of since the listing was read before.

        That is, nowhere yet, or by ``run_id``, or anywhere since the run before that read the first page.
        Then there may be more below, also where all that this page shows is archived by now.
        """
        which = base_of(url), run_id, rows.microseconds(now)
        before = self._database.execute(tables.READ_BEFORE, which).fetchone()
        told = (self._database.execute(tables.TOLD, (one,)).fetchone() for one in doc_ids)
        return any(_is_since(one, before, run_id) for one in told)

    def left_alone_until(self, origin: str) -> datetime | None:
        """Until when an origin that refused or failed has asked to be left alone; None if it never did."""
        query = "SELECT max(until) FROM wait WHERE origin = ?"
        return _maybe_instant(self._database.execute(query, (origin,)).fetchone()[0])

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
            "mime_detected": sniff(capture.content),
            "url": capture.url,
            "warc_record_id": capture.pointer.record_id,
            "warc_date": capture.warc_date,
        }
        self._database.executemany(tables.KEEP_FIRST, rows.captures([row]))

    def close(self) -> None:
        """Forget what was only remembered (the parts say it) and close the file."""
        self._database.rollback()
        self._database.close()

    def discard(self) -> None:
        """Close the file and take it away: what proved damaged is made anew by the next who asks."""
        self._database.close()
        discard(self._path)

    def _original(self, condition: str, *values: str) -> Original | None:
        query = f"SELECT record_id, url, warc_date FROM capture WHERE {condition} LIMIT 1"  # noqa: S608
        row = self._database.execute(query, values).fetchone()
        return Original(*row) if row else None

    def _length(self, query: str, now: datetime, **which: Any) -> Length | None:  # noqa: ANN401
        values = {**which, "since": rows.microseconds(now - LATELY)}
        last, longest = self._database.execute(query, values).fetchone()
        return None if last is None else Length(last, max(last, longest or 0))

    def _pages_of(self, url: str) -> list[PageRead]:
        base = base_of(url)
        return self.listing_pages(base).get(base, [])

    def _missing(self, query: str, **which: str) -> Iterator[Missing]:
        for found, url, day, *facts in self._database.execute(query, which):
            named, looked, status, updated, told = facts
            moments = instant(named), _maybe_instant(looked)
            if status == LED_ON:
                status = self._fate(found, url)
            if told is not None and looked is not None and told > looked:
                moments = (instant(named), None)  # the change it was looked at for was another one
            yield Missing(found, url, day, *moments, status, updated)

    def _fate(self, doc_id: str, url: str) -> int:
        answers = list(self._database.execute(tables.ANSWERS, (doc_id,)))
        return next((one.status for one in rows.unmet(answers) if one.url == url), LED_ON)

    def _misdates(self, now: datetime) -> bool:
        """Whether instants were believed that are yet to come, or doubted that have come."""
        newest, doubted = self._database.execute(tables.EDGES).fetchone()
        has_come = doubted is not None and not rows.is_ahead(doubted, now)
        return has_come or (newest is not None and rows.is_ahead(newest, now))

    def _take(self, source: Source, now: datetime) -> None:
        try:
            part = current_part(source)
            self._take_part(part.path, now)
        except (OSError, pa.ArrowInvalid):  # a damaged part: read the WARC again
            part = build_part(source)
            self._take_part(part.path, now)
        except (ArchiveError, sqlite3.Error):
            raise
        except Exception as error:
            # What it holds is asked for again; else no run after this one could begin.
            self.not_taken_in.append(f"{source.name}: {error!r}; please report it with this file")
            logger.exception("%s cannot be taken in", source.path)
        sizes = (source.name, _size(source.path), _size(source.part))
        self._database.execute("INSERT OR REPLACE INTO warc VALUES (?, ?, ?)", sizes)

    def _take_part(self, path: Path, now: datetime) -> None:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=rows.COLUMNS):
                self._take_rows(batch.to_pylist(), now)

    def _take_rows(self, batch: list[dict[str, Any]], now: datetime) -> None:
        pages = list(rows.documents(batch, now))
        self._database.executemany(tables.CONTENT, pages)
        self._database.executemany(tables.KEEP_NEWEST, pages)
        again = list(rows.revisited(batch, now))
        self._database.executemany(tables.KEEP_NEWEST, again)
        self._database.executemany(tables.MISSED_AGAIN, again)
        self._database.executemany(tables.MISSED, rows.misses(batch, now))
        pictures = list(rows.pictures(batch, now))
        repeated = [one for one in pictures if one["payload"] is not None]
        self._database.executemany(tables.PICTURE, pictures)
        self._database.executemany(tables.PICTURE_AGAIN, repeated)
        self._database.executemany(tables.WAIT, rows.waits(batch, now))
        self._database.executemany(tables.KEEP_FIRST, rows.captures(batch))
        doubted = (rows.microseconds(row["fetched_at"]) for row in batch)
        ahead = [(at,) for at in doubted if rows.is_ahead(at, now)]
        self._database.executemany("INSERT INTO doubted VALUES (?)", ahead[:1])
        for row in batch:
            if row["kind"] in ("listing", "feed"):
                self._take_listing(row, now)

    def _take_listing(self, row: dict[str, Any], now: datetime) -> None:
        if leads_to_itself(row["url"], row["status"], row["redirect"]):
            self._not_given(row)  # until the page that it led to is, which is a row of its own
            return
        at = rows.named_at(row["fetched_at"], now)
        day = day_of(row["url"])
        read = {"run_id": row["run_id"], "seen_at": at, "payload": row["payload_sha256"]}
        read["by_day"] = day is not None
        if day and (row["status"] == OK or row["status"] in NOT_THERE):
            self._database.execute(tables.LISTED_DAY, (base_of(row["url"]), day, at))
        if row["status"] != OK:
            self._database.execute(tables.LISTING_PAGE_FAILED, _asked_for(row))
            self._not_given(row)
            return
        if row["record_type"] == "revisit":
            query = base_of(row["url"]), row["payload_sha256"]
            if again := self._database.execute(tables.LISTING_PAGE_AGAIN, query).fetchone():
                *reached, ids = again
                self._take_reach(Reach(*reached), ids, read)
            self._take_front(tables.FRONT_AGAIN, row, (), now)
            return
        named, reach = named_by(self._root, row)
        told = {"at": at, "run_id": row["run_id"]}
        facts = [
            {**asdict(one), **told, "updated": rows.told(one.updated, row["fetched_at"])}
            for one in named
        ]
        for statement in (tables.NAMED, tables.ADDRESS):
            self._database.executemany(statement, facts)
        if reach is not None:
            ids = " ".join(one.doc_id for one in named)
            tells = any(one.updated for one in named)
            said = {"payload": row["payload_sha256"], "doc_ids": ids, "tells_changes": tells}
            self._database.execute(tables.LISTING_PAYLOAD, {**asdict(reach), **said})
            self._take_reach(reach, ids, read)
        elif row["kind"] == "listing":
            self._not_given(row)
        if named:
            self._take_front(tables.FRONT, row, named, now)

    def _not_given(self, row: Mapping[str, Any]) -> None:
        asked = _asked_for(row)
        if asked["page"]:
            self._database.execute(tables.LISTING_FAILED, asked)

    def _take_reach(self, reach: Reach, doc_ids: str, read: Mapping[str, Any]) -> None:
        at = instant(read["seen_at"])
        quiet = not self.was_told_of(reach.base_url, doc_ids.split(), at, read["run_id"])
        page = {**asdict(reach), **read, "is_quiet": quiet}
        self._database.execute(tables.LISTING_PAGE, page)
        self._database.execute(tables.LISTING_GIVEN, page)

    def _take_front(
        self, statement: str, row: dict[str, Any], named: Iterable[Named], now: datetime
    ) -> None:
        if is_front(row["url"]):
            facts = {
                "url": site_url(row["url"]),
                "names": "\n".join(f"{one.doc_id} {one.updated}" for one in named),
                "payload": row["payload_sha256"],
                "at": rows.believed(row["fetched_at"], now),
            }
            self._database.execute(statement, facts)

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        database, why = open_file(self._path, tables.TABLES, _VERSIONS)
        if why is not None and closed_warcs(self._root):
            self.made_anew = why
            logger.warning("%s is made anew from the WARC files: %s", self._path, why)
        return database

    def _read_only(self) -> sqlite3.Connection:
        return sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)


def _is_since(told: tuple[str, int] | None, before: tuple[str, int] | None, run_id: str) -> bool:
    """Whether something was told of, by which run and when, since a run before ``run_id`` read a listing."""
    if told is None or told[0] == run_id:
        return True
    return before is not None and told[0] != before[0] and told[1] > before[1]


def _asked_for(row: Mapping[str, Any]) -> dict[str, Any]:
    """Which page of which listing a run asked for (`page_of`)."""
    url = row["url"]
    return {"base_url": base_of(url), "run_id": row["run_id"], "page": page_of(url)}


def _maybe_instant(stored: int | None) -> datetime | None:
    return None if stored is None else instant(stored)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else -1
