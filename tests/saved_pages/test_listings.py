"""Saved listings and the saved feed agree with the event pages they name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kremlin_archive.pages import parse_feed, parse_listing
from kremlin_archive.records import EventPage, FeedPage, ListingItem, ListingPage
from tests.saved_pages.corpus import NEWS

pytestmark = pytest.mark.saved_pages

EVERY_NTH_BY_DATE = 7
PAGE_COUNT = 1198


@pytest.fixture(scope="module")
def pages(news: Path) -> list[ListingPage]:
    return list(_listings(sorted((news / "page").glob("*.html"))))


@pytest.fixture(scope="module")
def by_date(news: Path) -> list[ListingPage]:
    return list(_listings(sorted((news / "by-date").glob("*.html"))[::EVERY_NTH_BY_DATE]))


@pytest.fixture(scope="module")
def feed(news: Path) -> FeedPage:
    return parse_feed((news / "feed").read_bytes(), f"http://{NEWS}/feed")


def _listings(paths: list[Path]) -> Iterator[ListingPage]:
    for path in paths:
        url = f"http://{NEWS}/{path.parent.name}/{path.stem}"
        yield parse_listing(path.read_bytes(), url)


def disagreements(items: list[ListingItem], events: dict[int, EventPage]) -> list[object]:
    """Items whose facts differ from those of the event's own page, where it is saved."""
    found: list[object] = []
    for item in items:
        page = events.get(item.event_id)
        if page is None:
            continue
        moment = (page.published_at or f"{page.date}TNone")[:16]
        own = (page.url, page.title, moment, (page.last_updated or "")[:10], page.place)
        shown = (item.url, item.title, f"{item.date}T{item.time}", item.updated, item.place)
        if own != shown:
            found.append((own, shown))
    return found


def test_every_listing_page_is_read(pages: list[ListingPage]) -> None:
    assert len(pages) == 415
    assert {len(page.items) for page in pages} == {20, 17}
    assert [page.url for page in pages if len(page.items) == 17] == [
        f"http://{NEWS}/page/{PAGE_COUNT}"
    ]
    assert all(page.url == f"http://{NEWS}/page/{page.page}" for page in pages)
    assert {page.page_count for page in pages} == {PAGE_COUNT}
    assert not any(page.warnings for page in pages)


def test_pages_lead_to_the_older_and_the_newer_ones(pages: list[ListingPage]) -> None:
    for page in pages:
        first = f"http://{NEWS}" if page.page == 2 else f"http://{NEWS}/page/{page.page - 1}"
        assert page.newer_url == first
        assert page.older_url == (
            None if page.page == PAGE_COUNT else f"http://{NEWS}/page/{page.page + 1}"
        )


def test_listings_agree_with_the_event_pages(
    pages: list[ListingPage], events: dict[int, EventPage]
) -> None:
    items = [item for page in pages for item in page.items]
    assert sum(item.event_id in events for item in items) == 6974
    assert disagreements(items, events) == []


def test_by_date_pages_agree_with_the_event_pages(
    by_date: list[ListingPage], events: dict[int, EventPage]
) -> None:
    assert len(by_date) == 259
    items = [item for page in by_date for item in page.items]
    assert disagreements(items, events) == []


def test_feed_is_read(feed: FeedPage) -> None:
    assert len(feed.entries) == 20
    assert feed.page_count == PAGE_COUNT
    assert feed.next_url == f"http://{NEWS}/feed/page/2"
    assert feed.updated == max(entry.updated for entry in feed.entries)


def test_feed_agrees_with_the_event_pages(feed: FeedPage, events: dict[int, EventPage]) -> None:
    for entry in feed.entries:
        page = events[entry.event_id]
        assert (entry.url, entry.title, entry.lead) == (page.url, page.title, page.lead)
        assert page.published_at is not None
        assert entry.published == page.published_at[:19]
        assert entry.updated[:16] == page.last_updated
        assert _spaceless(entry.paragraphs) == _spaceless(_with_labels(page))


def _with_labels(page: EventPage) -> Iterator[str]:
    starts = set(page.turn_starts)
    for index, paragraph in enumerate(page.paragraphs):
        note = f"({paragraph.note})" if paragraph.note else ""
        yield f"{paragraph.speaker}{note}:{paragraph.text}" if index in starts else paragraph.text


def _spaceless(texts: tuple[str, ...] | Iterator[str]) -> list[str]:
    return [text.replace(" ", "") for text in texts]
