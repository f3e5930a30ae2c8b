"""What the site's own listings and feeds say, read back from the stored captures of them.

That is how a run knows what it has never got: named, and not archived; and how far down a listing was read.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kremlin_archive.archive.captures import capture_of
from kremlin_archive.archive.reader import read_record_at
from kremlin_archive.errors import PageError, WarcError
from kremlin_archive.pages import parse_feed, parse_listing
from kremlin_archive.records import ListingPage
from kremlin_archive.state.spans import position
from kremlin_archive.urls import event_address, site_url

_DAY = re.compile(r"/by-date/(?P<day>\d\d)\.(?P<month>\d\d)\.(?P<year>\d{4})$")
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Named:
    """An event that a listing or feed named; ``day`` and ``updated`` as shown (Moscow).

    A listing shows the day of the last change, a feed the minute.
    """

    doc_id: str
    url: str
    day: str | None
    updated: str | None


@dataclass(frozen=True, slots=True)
class Reach:
    """Which page of how many a listing's page is, how many items it holds, its oldest and newest place."""

    base_url: str
    page: int
    pages: int
    items: int
    oldest: str
    newest: str


def base_of(url: str) -> str:
    """A listing's address without its page number, in the site's one form.

    >>> base_of("https://en.kremlin.ru/events/president/news/page/7")
    'http://en.kremlin.ru/events/president/news'
    """
    return site_url(url).partition("/page/")[0].partition("/by-date/")[0].removesuffix("/feed")


def page_of(url: str) -> int:
    """Number of a listing's page; 0 for a day's, whose number only the page says.

    >>> page_of("http://kremlin.ru/events/councils"), page_of("http://kremlin.ru/events/councils/page/2")
    (1, 2)
    """
    if "/by-date/" in url:
        return 0
    number = url.rpartition("/page/")[2].rstrip("/")
    return int(number) if number.isdecimal() else 1


def day_of(url: str) -> str | None:
    """The day of which an address asks a listing's page; None for any other address.

    >>> day_of("http://kremlin.ru/events/councils/by-date/28.08.2021")
    '2021-08-28'
    """
    said = _DAY.search(site_url(url))
    return f"{said['year']}-{said['month']}-{said['day']}" if said else None


def is_front(url: str) -> bool:
    """Whether what is new shows at an address: a feed or the first page of a listing.

    >>> is_front("http://kremlin.ru/events/councils"), is_front("http://kremlin.ru/events/councils/page/2")
    (True, False)
    """
    return base_of(url) == site_url(url).removesuffix("/feed")


def named_by(root: Path, row: dict[str, Any]) -> tuple[list[Named], Reach | None]:
    """What a part's row of a listing or feed (answered with 200) named.

    Nothing where it cannot be read: that was said then.
    """
    if row["record_type"] != "response" or row["truncated"] is not None:
        return [], None  # a revisit names what its original named
    try:
        record = read_record_at(root / "warc" / row["warc_filename"], row["warc_record_offset"])
        capture = capture_of(record, name=row["warc_filename"], run_id="")
        assert capture is not None  # noqa: S101 - the row says it is a response
        if row["kind"] == "feed":
            return list(_fed(capture.content, row["url"])), None
        listing = parse_listing(capture.content, row["url"])
        return list(_listed(listing)), _reach(listing)
    except (OSError, WarcError, PageError):
        return [], None
    except Exception:
        # A fault of ours costs one page, which its run named, and not every run after it.
        logger.exception("%s: what it names cannot be read", row["url"])
        return [], None


def _fed(content: bytes, url: str) -> Iterator[Named]:
    for entry in parse_feed(content, url).entries:
        if address := event_address(entry.url):
            yield Named(address.doc_id, entry.url, entry.published[:10], entry.updated[:16])


def _listed(listing: ListingPage) -> Iterator[Named]:
    for item in listing.items:
        if address := event_address(item.url):
            yield Named(address.doc_id, item.url, item.date, item.updated)


def _reach(listing: ListingPage) -> Reach | None:
    """How far a page reaches; nowhere while an item on it cannot be read, so that it is looked at again."""
    if listing.odd:
        return None
    places = [place for item in listing.items if (place := position(item)) is not None]
    if not places:
        return None
    base = base_of(listing.url)
    size = len(listing.items)
    return Reach(base, listing.page, listing.page_count, size, min(places), max(places))
