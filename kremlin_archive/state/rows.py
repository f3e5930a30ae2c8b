"""From a part's rows to the cache's rows, and the records the cache answers with. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

from kremlin_archive.answers import (
    ABSENT,
    LED_OFF,
    LED_ON,
    NOT_MODIFIED,
    NOT_THERE,
    OK,
    REDIRECTS,
    Trail,
    is_whole_picture,
    leads_on_to,
    where_led,
)
from kremlin_archive.archive.originals import SMALLEST
from kremlin_archive.pages.clock import MOSCOW
from kremlin_archive.pages.words import WORDS
from kremlin_archive.schedule import Watched
from kremlin_archive.urls import (
    fetched_as,
    is_robots,
    is_site,
    language_of,
    of_site,
    origin_of,
    page_url,
)

Row = dict[str, Any]
COLUMNS = [
    *("doc_id", "url", "content_sha256", "fetched_at", "last_updated", "kind", "status"),
    *("record_type", "truncated", "payload_sha256", "payload_length", "redirect", "run_id"),
    *("mime_detected", "problem_kind", "retry_after"),
    *("warc_record_id", "warc_date", "warc_filename", "warc_record_offset", "record_json"),
]
_BAD_REQUEST = 400
_REFUSED = 403
_TOO_MANY = 429
_CLOCKS_DIFFER = timedelta(hours=1)
"""Clocks are set by less than this all the time; an hour's silence more or less is nobody's harm."""
_LONGEST_WAIT = timedelta(days=1)
"""What a Retry-After is believed at most: a site that asks for more has made a mistake, or is asked daily."""
_AHEAD = timedelta(days=366)
"""By as much a change that is told may lie ahead and be followed; beyond it, its year is a slip."""
_LAST_PARAGRAPHS = 3
"""How near the end «To be continued» stands."""


@dataclass(frozen=True, slots=True)
class Known:
    """The newest readable capture of a document.

    ``fetched_at`` in UTC; ``last_updated`` is what the page said then (Moscow wall clock, to the minute),
    ``told`` what a listing or feed had told of its last change by then (a Moscow day or minute).
    """

    url: str
    content_sha256: str
    fetched_at: datetime
    last_updated: str | None
    told: str | None = None

    @property
    def followed(self) -> str:
        """The latest change for which the page was read, whether it showed it then or not."""
        return max(self.last_updated or "", self.told or "")


@dataclass(frozen=True, slots=True)
class Unmet:
    """The newest answer of an address at which no page of a document was found; in UTC."""

    doc_id: str
    url: str
    asked_at: datetime
    status: int


def microseconds(moment: datetime) -> int:
    """An instant as the cache holds it."""
    return int(moment.timestamp() * 1_000_000)


def instant(stored: int) -> datetime:
    """An instant of the cache, UTC."""
    return datetime.fromtimestamp(stored / 1e6, UTC)


def believed(fetched_at: datetime, now: datetime) -> int:
    """A capture's instant as the cache holds it: 0 (long ago) where the clock that told it was ahead.

    Such a capture must not keep anybody from looking again until its instant has come.
    """
    return 0 if fetched_at > now + _CLOCKS_DIFFER else microseconds(fetched_at)


def named_at(fetched_at: datetime, now: datetime) -> int:
    """The instant at which something was named: at the latest now."""
    return microseconds(min(fetched_at, now))


def is_ahead(stored: int, now: datetime) -> bool:
    """Whether the cache holds an instant that was believed while the clock was ahead."""
    return stored > microseconds(now + _CLOCKS_DIFFER)


def told(updated: str | None, at: datetime) -> str | None:
    """When a change was made by what was told at an instant (a Moscow day or minute); not what lies ahead.

    One mistyped year would stand above all changes that are told later.
    """
    latest = (at + _AHEAD).astimezone(MOSCOW).isoformat()
    return None if (updated or "") > latest[: len(updated or "")] else updated


def documents(rows: Iterable[Row], now: datetime) -> Iterator[Row]:
    """Event pages that could be read."""
    for row in rows:
        if row["kind"] != "event" or row["content_sha256"] is None:
            continue
        record = json.loads(row["record_json"])
        yield {
            **{name: row[name] for name in ("doc_id", "url", "content_sha256", "last_updated")},
            "fetched_at": believed(row["fetched_at"], now),
            "published_at": _published(record) or named_at(row["fetched_at"], now),
            "is_unfinished": _is_unfinished(record),
            "counterpart_url": record["counterpart_url"],
            "payload": row["payload_sha256"],
            "photos": json.dumps(
                [*of_site((one["url"] for one in record["photos"]), record["url"])]
            ),
        }


def revisited(rows: Iterable[Row], now: datetime) -> Iterator[Row]:
    """Answers of events' addresses whose bytes are stored already: a page's or something else's."""
    for row in rows:
        if row["kind"] == "event" and _is_seen_again(row):
            names = {name: row[name] for name in ("doc_id", "url", "status")}
            at = believed(row["fetched_at"], now)
            yield {**names, "fetched_at": at, "payload": row["payload_sha256"]}


def misses(rows: Iterable[Row], now: datetime) -> Iterator[tuple[str, int, str, int, str | None]]:
    """Answers of events' addresses that were no page of theirs, and where in the event they led."""
    for row in rows:
        if row["kind"] != "event" or row["content_sha256"] is not None or _is_seen_again(row):
            continue
        status, led_to = _said(row)
        yield row["doc_id"], believed(row["fetched_at"], now), row["url"], status, led_to


def _said(row: Row) -> tuple[int, str | None]:
    status, target = row["status"], row["redirect"]
    if row["problem_kind"] == "challenge":
        return _REFUSED, None  # a page that asks for a proof of being human, whatever its status
    if (led_to := leads_on_to(status, target, row["doc_id"])) is not None:
        return LED_ON, led_to
    return LED_OFF if status in REDIRECTS and not is_site(target or "") else status, None


def watched(
    document: tuple[str, str, int, int, int, int | None],
    missed: Iterable[tuple[int, str, int, str | None]],
) -> Watched:
    """A document as the schedule sees it; ``missed`` are the answers since its page was read, in order."""
    doc_id, url, published, fetched, is_unfinished, unsure = document
    trail, here = Trail(url), page_url(url)
    looks, absences = [], []
    for at, where, status, led_to in missed:
        if page_url(where) == here:
            looks.append(at)
        if trail.says_absent(where, led_to, is_absence=status in NOT_THERE):
            absences.append(at)
    return Watched(
        doc_id,
        url,
        instant(published),
        instant(max([fetched, *looks, *absences])),
        bool(is_unfinished),
        missed_since=instant(looks[0]) if looks else None,
        absent_since=instant(absences[0]) if absences else None,
        absent_until=instant(absences[-1]) if absences else None,
        unsure_since=None if unsure is None else instant(unsure),
    )


def unmet(answers: Sequence[tuple[str, str, int, int, str | None]]) -> Iterator[Unmet]:
    """The newest answers of one document's addresses; one that leads to another has that one's status."""
    said: dict[str, int] = {}
    leads: dict[str, str] = {}
    for _, url, _, status, led_to in sorted(answers, key=itemgetter(2)):
        here = page_url(url)
        if led_to is None:
            said[here] = status
        elif led_to != here:
            leads[here] = led_to
    for doc_id, url, at, _, _ in answers:
        status = said.get(where_led(page_url(url), leads), LED_ON)
        yield Unmet(doc_id, url, instant(at), status)


def pictures(rows: Iterable[Row], now: datetime) -> Iterator[Row]:
    """Answers of addresses that are no page's; a picture that is whole is here.

    Of one that was seen again the cache knows whether that was a picture, by its payload.
    """
    for row in rows:
        if row["kind"] != "other" or is_robots(row["url"]):
            continue
        is_challenge = row["problem_kind"] == "challenge"
        is_again = _is_seen_again(row)
        yield {
            "url": fetched_as(row["url"], row["url"]) or row["url"],
            "payload": row["payload_sha256"] if is_again else None,
            "first_at": named_at(row["fetched_at"], now),
            "last_at": believed(row["fetched_at"], now),
            "status": _REFUSED if is_challenge else row["status"],
            "is_here": is_whole_picture(row) and not is_challenge and not is_again,
        }


def waits(rows: Iterable[Row], now: datetime) -> Iterator[tuple[str, int, int]]:
    """Origins that refused or failed and asked to wait: when, and until when.

    What a single page says when it fails is not said of all the site; that there are too many requests is.
    """
    for row in rows:
        seconds, status = row["retry_after"], row["status"]
        has_answered = status < _BAD_REQUEST or status in ABSENT
        speaks = status == _TOO_MANY or not _is_of_one_page(row)
        if seconds and speaks and not (has_answered and row["problem_kind"] != "challenge"):
            at = believed(row["fetched_at"], now)
            wait = min(seconds, _LONGEST_WAIT.total_seconds())
            yield origin_of(row["url"]), at, at + int(wait * 1_000_000)


def _is_of_one_page(row: Row) -> bool:
    is_front = row["kind"] in ("listing", "feed") or is_robots(row["url"])
    return not is_front and language_of(row["url"]) is not None


def _is_seen_again(row: Row) -> bool:
    return bool(row["record_type"] == "revisit" and row["status"] in (OK, NOT_MODIFIED))


def captures(rows: Iterable[Row]) -> Iterator[tuple[str | bool | None, ...]]:
    """Every capture: the record's id and, where a revisit may refer to it, of what, when and where.

    Most captures are revisits, and nothing refers to them; nor to a challenge.
    """
    for row in rows:
        whole = (
            row["record_type"] == "response" and row["truncated"] is None and row["status"] == OK
        )
        is_content = whole and row.get("problem_kind") != "challenge"
        if is_content and row["payload_length"] >= SMALLEST:
            payload = row["payload_sha256"], is_whole_picture(row)
            yield row["warc_record_id"], row["url"], row["warc_date"], *payload
        else:
            yield row["warc_record_id"], None, None, None, None


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
