from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kremlin_archive.plan import read_plan
from kremlin_archive.records import FeedEntry, ListingItem, ListingPage
from kremlin_archive.state import Known, Length
from kremlin_archive.walk import (
    Turns,
    Walk,
    alarms,
    is_past_range,
    oldest_place,
    signalled_by_feed,
    signalled_by_listing,
)

URL = "http://en.kremlin.ru/events/president/news"
WALK = Walk("en", read_plan({"sections": "news"}).sections[0], page=2, pages=5, told=5)
FIVE = Length(5, 5)
KNOWN = Known("", "", datetime(2020, 8, 28, 9, 0, tzinfo=UTC), "2020-08-27T20:09")


def item(updated: str | None, day: str | None = "2020-08-27") -> ListingItem:
    return ListingItem(1, f"{URL}/1", "", day, "15:20", updated, None)


def listing(*items: ListingItem, page: int = 2, pages: int = 5) -> ListingPage:
    return ListingPage(f"{URL}/page/2", "en", page, pages, items, None, None)


@pytest.mark.parametrize(
    ("updated", "signalled"),
    [
        ("2020-08-26", False),
        ("2020-08-27", False),
        ("2020-08-28", True),
        ("2020-08-29", True),
        (None, False),
    ],
    ids=["earlier", "the change we know", "the day we looked", "later", "not said"],
)
def test_a_listings_date_signals_a_change(updated: str | None, signalled: bool) -> None:
    assert signalled_by_listing(item(updated), KNOWN) is signalled
    assert signalled_by_listing(item(updated), None)


def test_the_day_of_a_change_that_was_followed_is_no_signal_again() -> None:
    same_day = Known("", "", datetime(2020, 8, 27, 18, 0, tzinfo=UTC), "2020-08-27T20:09")
    assert not signalled_by_listing(item("2020-08-27"), same_day)


@pytest.mark.parametrize(
    ("updated", "signalled"),
    [("2020-08-27T20:09:44", False), ("2020-08-27T20:10:01", True), ("2020-08-27T20:08:59", False)],
)
def test_a_feed_signals_to_the_minute(updated: str, signalled: bool) -> None:
    entry = FeedEntry(1, f"{URL}/1", "", "2020-08-27T15:20:00", updated, None, ())
    assert signalled_by_feed(entry, KNOWN) is signalled
    assert signalled_by_feed(entry, None)


def test_a_page_read_in_the_minute_of_a_change_may_have_changed_again_in_it() -> None:
    entry = FeedEntry(1, f"{URL}/1", "", "2020-08-27T15:20:00", "2020-08-27T20:09:50", None, ())
    read = datetime(2020, 8, 27, 17, 9, 20, tzinfo=UTC)
    assert signalled_by_feed(entry, replace(KNOWN, fetched_at=read))
    assert not signalled_by_feed(entry, replace(KNOWN, fetched_at=read.replace(minute=10)))


def test_what_was_told_before_the_page_was_read_is_no_signal_whatever_the_page_shows() -> None:
    told = replace(KNOWN, last_updated=None, told="2020-08-27T20:09")
    entry = FeedEntry(1, f"{URL}/1", "", "2020-08-27T15:20:00", "2020-08-27T20:09:44", None, ())
    assert not signalled_by_feed(entry, told)
    assert signalled_by_feed(replace(entry, updated="2020-08-27T20:10:00"), told)
    assert not signalled_by_listing(item("2020-08-27"), told)
    assert signalled_by_listing(item("2020-08-29"), told)


def test_an_ordinary_page_raises_no_alarm() -> None:
    assert list(alarms(listing(item(None)), WALK, FIVE, None)) == []
    assert list(alarms(listing(item(None), pages=4), WALK, FIVE, None)) == []
    assert list(alarms(listing(item(None)), WALK, None, None)) == []


def test_odd_listings_are_named() -> None:
    (repeated,) = alarms(listing(item(None), page=1), WALK, FIVE, None)
    assert "is page 1 of the listing, not page 2" in repeated
    (empty,) = alarms(listing(), WALK, FIVE, None)
    assert "lists nothing" in empty
    (shrunk,) = alarms(listing(item(None), pages=3), WALK, FIVE, None)
    assert "has 3 pages; it had 5" in shrunk
    (beyond,) = alarms(listing(item(None), pages=1), replace(WALK, told=1), None, None)
    assert "has 1 pages; this is page 2" in beyond


def test_a_listing_that_loses_a_page_in_each_run_is_named_once() -> None:
    walk = replace(WALK, told=0, top=WALK.page)
    assert list(alarms(listing(item(None), pages=4), walk, Length(5, 5), None)) == []
    (shrunk,) = alarms(listing(item(None), pages=3), walk, Length(4, 5), None)
    assert "has 3 pages; lately it had 5" in shrunk
    assert list(alarms(listing(item(None), pages=3), walk, Length(3, 5), None)) == []


ITEMS = tuple(replace(item(None), event_id=number) for number in range(20))


@pytest.mark.parametrize(
    ("held", "count", "page", "pages", "is_said"),
    [
        (Length(20, 20), 16, 1, 5, True),
        (Length(20, 20), 17, 1, 5, False),
        (Length(16, 20), 16, 1, 5, False),
        (Length(18, 20), 16, 1, 1, True),
        (Length(20, 20), 4, 5, 5, False),
        (None, 4, 1, 5, False),
    ],
    ids=["lost", "a few", "said before", "one by one", "the last page", "never read"],
)
def test_a_page_that_lists_fewer_than_lately_is_named_once(
    held: Length | None, count: int, page: int, pages: int, *, is_said: bool
) -> None:
    read = listing(*ITEMS[:count], page=page, pages=pages)
    walk = replace(WALK, page=page, told=pages)
    said = list(alarms(read, walk, Length(pages, pages), held))
    assert [f"lists {count} items; lately" in one for one in said] == [True] * is_said


@pytest.mark.parametrize(
    ("before", "count", "page", "is_said"),
    [(20, 4, 2, True), (20, 17, 2, False), (20, 4, 5, False), (4, 19, 5, True)],
    ids=["fewer", "a few less", "the last page", "more"],
)
def test_a_page_that_was_never_read_lists_what_the_one_before_it_lists(
    before: int, count: int, page: int, *, is_said: bool
) -> None:
    walk = replace(WALK, page=page, before=frozenset(range(100, 100 + before)))
    said = list(alarms(listing(*ITEMS[:count], page=page), walk, FIVE, None))
    assert [f"the page before it lists {before}" in one for one in said] == [True] * is_said


def test_two_pages_are_read_by_turns() -> None:
    upper = Turns(frozenset({1, 2}), frozenset({3}))
    lower = upper.swapped(frozenset({0, 1}))
    assert lower == Turns(frozenset({3}), frozenset({0, 1}), 2, is_of_upper=False)
    assert lower.swapped(frozenset({2})) == Turns(frozenset({0, 1}), frozenset({2}), 3)


def test_a_pages_place_is_that_of_its_oldest_item() -> None:
    assert oldest_place(listing(item(None), item(None, "2020-08-26"))) == "2020-08-26T15:20"
    assert oldest_place(listing(item(None, None))) is None


def test_a_walk_ends_behind_the_range() -> None:
    plan = read_plan({"since": "2020-08-27"})
    assert is_past_range(listing(item(None, "2020-08-26")), plan)
    assert not is_past_range(listing(item(None, "2020-08-26"), item(None, "2020-08-27")), plan)
    assert not is_past_range(listing(item(None, None)), plan)
    assert not is_past_range(listing(), plan)


def test_a_page_that_shows_no_days_raises_an_alarm() -> None:
    undated = listing(item(None, day=None), page=2)
    (said,) = alarms(undated, WALK, FIVE, None)
    assert "shows the day of none" in said
    assert not list(alarms(listing(item(None, day=None), item(None)), WALK, FIVE, None))
