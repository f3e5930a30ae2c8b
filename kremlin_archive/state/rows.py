"""From a part's rows to the cache's rows, and the records the cache answers with. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kremlin_archive.archive.originals import SMALLEST
from kremlin_archive.pages.clock import MOSCOW
from kremlin_archive.pages.words import WORDS

Row = dict[str, Any]
COLUMNS = [
    *("doc_id", "url", "content_sha256", "fetched_at", "last_updated", "kind", "status"),
    *("record_type", "truncated", "payload_sha256", "payload_length"),
    *("warc_record_id", "warc_date", "warc_filename", "warc_record_offset", "record_json"),
]
OK = 200
_LAST_PARAGRAPHS = 3
"""How near the end «To be continued» stands."""


@dataclass(frozen=True, slots=True)
class Known:
    """The newest readable capture of a document.

    ``fetched_at`` in UTC; ``last_updated`` is what the page said then (Moscow wall clock, to the minute).
    """

    url: str
    content_sha256: str
    fetched_at: datetime
    last_updated: str | None


@dataclass(frozen=True, slots=True)
class Missing:
    """A document named by the site and not archived; ``looked_at`` and ``status`` of the last attempt."""

    doc_id: str
    url: str
    day: str | None
    named_at: datetime
    looked_at: datetime | None
    status: int | None


def microseconds(moment: datetime) -> int:
    """An instant as the cache holds it."""
    return int(moment.timestamp() * 1_000_000)


def instant(stored: int) -> datetime:
    """An instant of the cache, UTC."""
    return datetime.fromtimestamp(stored / 1e6, UTC)


def documents(rows: Iterable[Row]) -> Iterator[Row]:
    """Event pages that could be read."""
    for row in rows:
        if row["kind"] != "event" or row["content_sha256"] is None:
            continue
        record = json.loads(row["record_json"])
        at = microseconds(row["fetched_at"])
        yield {
            **{name: row[name] for name in ("doc_id", "url", "content_sha256", "last_updated")},
            "fetched_at": at,
            "published_at": _published(record) or at,
            "is_unfinished": _is_unfinished(record),
            "counterpart_url": record["counterpart_url"],
        }


def revisited(rows: Iterable[Row]) -> Iterator[tuple[int, str]]:
    """Event pages seen again without change."""
    for row in rows:
        if row["kind"] == "event" and row["record_type"] == "revisit":
            yield microseconds(row["fetched_at"]), row["doc_id"]


def looks(rows: Iterable[Row]) -> Iterator[tuple[str, int, int]]:
    """Event pages that were answered in whatever way."""
    for row in rows:
        if row["kind"] == "event":
            yield row["doc_id"], microseconds(row["fetched_at"]), row["status"]


def captures(rows: Iterable[Row]) -> Iterator[tuple[str, str, str, str | None]]:
    """Every capture; its payload's hash where a revisit may refer to it."""
    for row in rows:
        whole = (
            row["record_type"] == "response" and row["truncated"] is None and row["status"] == OK
        )
        payload = row["payload_sha256"] if whole and row["payload_length"] >= SMALLEST else None
        yield row["warc_record_id"], row["url"], row["warc_date"], payload


def _published(record: Row) -> int | None:
    if record["published_at"]:
        return microseconds(datetime.fromisoformat(record["published_at"]))
    day = record["date"] or record["announced_for"]
    return microseconds(datetime.fromisoformat(day).replace(tzinfo=MOSCOW)) if day else None


def _is_unfinished(record: Row) -> bool:
    """Whether the page says that more will follow (not merely that something was left out)."""
    words = WORDS[record["language"]].to_be_continued
    last = record["paragraphs"][-_LAST_PARAGRAPHS:]
    return any(words.fullmatch(paragraph["text"]) for paragraph in last)
