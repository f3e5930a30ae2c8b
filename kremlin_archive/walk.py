"""A walk through a section's listing: where it is, what is due on a page, what is odd about it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kremlin_archive.pages.clock import MOSCOW
from kremlin_archive.plan import CrawlPlan
from kremlin_archive.records import FeedEntry, ListingItem, ListingPage
from kremlin_archive.seeds import SectionSeed
from kremlin_archive.state import Known, Length
from kremlin_archive.state.spans import position
from kremlin_archive.urls import Language

_A_FEW = 3
"""As many items of a page may be taken away without anybody's being alarmed."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a walk is. ``pages`` and ``told`` are 0 until a page or the feed told them."""

    language: Language
    section: SectionSeed
    page: int = 1
    pages: int = 0
    """How many pages the listing may have: where it told two numbers, the greater until one is told again."""
    told: int = 0
    """How many it has by the page before this one."""
    top: int = 1
    """The page from which on the walk has read every page."""
    changed: frozenset[int] = frozenset()
    """Ids that the feed told to be new or changed: a page that shows one is not quiet."""
    before: frozenset[int] = frozenset()
    """Ids on the page before this one, where that was read."""
    unread: int = 0
    """Pages just before this one, in a row, that were not had: not given, not readable, or other pages."""
    is_look: bool = False
    """Whether it is only to look again at a page further down, and at what follows if that has news."""
    below: str | None = None
    """The place down to which an earlier run had read, where the walk has gone straight there."""

    @property
    def label(self) -> str:
        """«en news», for counting."""
        return f"{self.language} {self.section.name}"


@dataclass(frozen=True, slots=True)
class Turns:
    """Two pages beside each other that are read by turns: what each showed (ids) when last read.

    ``shown`` is of the page to be read now, empty where it is read only for what is new on it.
    """

    shown: frozenset[int] = frozenset()
    other: frozenset[int] = frozenset()
    number: int = 1
    is_of_upper: bool = True
    """Whether the page to be read now is the upper one."""

    def swapped(self, shows: frozenset[int]) -> Turns:
        """The next turn: this page shows that, the other is read."""
        return Turns(self.other, shows, self.number + 1, not self.is_of_upper)


def ids_on(listing: ListingPage) -> frozenset[int]:
    """The numbers of the events on a page."""
    return frozenset(item.event_id for item in listing.items)


def signalled_by_feed(entry: FeedEntry, known: Known | None) -> bool:
    """Whether a feed's entry is new or says of a change after those for which the page was read.

    Its ``updated`` is the page's «Last updated», with seconds (20 of 20 saved entries). What the page did not
    show when it was read for it, the schedule looks for again. A page that was read in the very minute of a
    change may have been changed once more in it.
    """
    if known is None:
        return True
    minute = entry.updated[:16]
    read = known.fetched_at.astimezone(MOSCOW).isoformat()[:16]
    return minute > known.followed or minute == known.followed == read


def signalled_by_listing(item: ListingItem, known: Known | None) -> bool:
    """Whether a listing's item is new or says of a change after those for which the page was read.

    Its hidden date is that of the page's «Last updated» (2,168 of 2,168 saved pairs). Being only a date, it
    hides a change later on the day of the one that was followed: that the schedule looks for.
    """
    return known is None or (item.updated or "") > known.followed[:10]


def alarms(
    listing: ListingPage, walk: Walk, length: Length | None, held: Length | None
) -> Iterator[str]:
    """What must not end a walk in silence: a page that is another one, is empty, or a listing that shrank.

    ``length`` is how many pages the listing had lately, ``held`` how many items this page held. One page less
    is what a few removed events make; one less in each of several runs is not.
    """
    yield from another_page(listing, walk)
    if is_undated(listing):
        yield f"{listing.url}: shows the day of none of its events"
    if walk.told - 1 > listing.page_count:
        yield f"{listing.url}: has {listing.page_count} pages; it had {walk.told} a page ago"
    elif listing.page > listing.page_count:
        yield f"{listing.url}: has {listing.page_count} pages; this is page {listing.page}"
    elif (
        length is not None
        and walk.page == walk.top
        and listing.page_count < min(length.last, length.longest - 1)
    ):
        yield f"{listing.url}: has {listing.page_count} pages; lately it had {length.longest}"
    elif listing.items and listing.page == walk.page:
        yield from _lost_items(listing, walk, held)


def another_page(listing: ListingPage, walk: Walk) -> Iterator[str]:
    """What shows that a page is not the one that was asked for."""
    if listing.page != walk.page:
        yield f"{listing.url}: is page {listing.page} of the listing, not page {walk.page}"
    if not listing.items:
        yield f"{listing.url}: lists nothing"
    elif listing.page == walk.page and walk.before == ids_on(listing):
        yield f"{listing.url}: lists what the page before it lists"


def is_undated(listing: ListingPage) -> bool:
    """Whether nothing on a page says where in the listing it is: then no page can be the end of a walk."""
    return bool(listing.items) and oldest_place(listing) is None


def is_without_changes(listing: ListingPage) -> bool:
    """Whether nothing on a page says when it last changed: edits that only it would tell are not seen then.

    All saved items of the English news say it; of other sections that is not known, so a listing is compared
    with itself. No walk goes any better for knowing.
    """
    return bool(listing.items) and all(item.updated is None for item in listing.items)


def _lost_items(listing: ListingPage, walk: Walk, held: Length | None) -> Iterator[str]:
    """Say that a page lists far fewer items than lately, or one that was never read than the page before it.

    The last page of several may list as few as it likes, but never more than another.
    """
    count, beside = len(listing.items) + len(listing.odd), len(walk.before)
    may_be_short = listing.page == listing.page_count > 1
    if held is not None:
        if not may_be_short and count < min(held.last, held.longest - _A_FEW):
            yield f"{listing.url}: lists {count} items; lately it listed {held.longest}"
    elif beside and (count > beside + _A_FEW or (count < beside - _A_FEW and not may_be_short)):
        yield f"{listing.url}: lists {count} items; the page before it lists {beside}"


def oldest_place(listing: ListingPage) -> str | None:
    """The place in its listing of a page's oldest item; None where no item shows its day."""
    return min(filter(None, map(position, listing.items)), default=None)


def newest_place(listing: ListingPage) -> str | None:
    """The place in its listing of a page's newest item; None where no item shows its day."""
    return max(filter(None, map(position, listing.items)), default=None)


def is_past_range(listing: ListingPage, plan: CrawlPlan) -> bool:
    """Whether everything on a page is older than what the plan wants."""
    days = [item.date for item in listing.items if item.date is not None]
    return bool(days) and all(plan.is_before(day) for day in days)
