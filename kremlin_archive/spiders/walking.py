"""Walks through feeds and listings: what is new or changed on a page, and when to read the next.

Listings drift while they are walked. Events added at the top push others to the next page, where they are met
twice; events taken away pull others up over the page's edge, where the walk would pass them by. So where a
page does not begin with what the page before it ended with, the page before is read once more: whatever was
pulled up is on it now.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from kremlin_archive.items import MissedItem, PageItem
from kremlin_archive.pages import parse_feed, parse_listing
from kremlin_archive.records import FeedEntry, FeedPage, ListingPage
from kremlin_archive.schedule import front_due_at
from kremlin_archive.seeds import everything_url
from kremlin_archive.urls import event_address
from kremlin_archive.walk import (
    Walk,
    alarms,
    is_past_range,
    newest_place,
    oldest_place,
    signalled_by_feed,
    signalled_by_listing,
)

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

    from kremlin_archive.extensions import ArchiveRun
    from kremlin_archive.plan import CrawlPlan

_LATER = -10
"""Priority of listing pages: the events of one page come before the next page, so the queue stays short."""
_AT_ONCE = 10
"""Priority of a page read once more: the sooner, the less can have moved again."""
_OK = 200
logger = logging.getLogger(__name__)

Page = TypeVar("Page", FeedPage, ListingPage)
Output = Iterator["Request | PageItem | MissedItem"]


class Desk(Protocol):
    """What a walk wants of the spider: to ask for pages, and to read answers."""

    def request(
        self,
        url: str,
        callback: Callable[..., Output],
        *,
        priority: int = 0,
        may_be_absent: bool = False,
        **facts: object,
    ) -> Request:
        """A request whose answer comes to ``callback`` with ``facts``."""

    def ask_event(self, url: str) -> Iterator[Request]:
        """Ask for an event's page, once a run."""

    def read(self, response: Response, parse: Callable[[bytes, str], Page]) -> Page | MissedItem:
        """A listing or feed page, or what was wrong with the answer."""

    def is_full(self) -> bool:
        """Whether as many pages were asked for as the plan allows."""


class Walks:
    """All walks of one run."""

    def __init__(self, plan: CrawlPlan, run: ArchiveRun, desk: Desk) -> None:
        self._plan = plan
        self._run = run
        self._desk = desk
        self._met: defaultdict[str, set[int]] = defaultdict(set)
        self._odd: set[str] = set()

    def begin(self) -> Iterator[Request]:
        """The first request of every walk."""
        for language in self._plan.languages:
            quiet = []
            for section in self._plan.sections:
                walk = Walk(language, section, page=self._plan.first_page)
                if self._is_due(walk):
                    yield self._first(walk)
                else:
                    quiet.append(walk)
            if quiet:
                url = everything_url(language)
                yield self._desk.request(
                    url, self.everything, priority=_LATER, may_be_absent=True, instead_of=quiet
                )

    def past(self, request: Request) -> Output:
        """Go on behind a request of a walk that was not answered."""
        yield from map(self._first, request.cb_kwargs.get("instead_of", ()))
        walk: Walk | None = request.cb_kwargs.get("walk")
        if walk is None or request.callback == self.again:
            return
        if request.callback in (self.listing, self.below):
            yield from self._onward(replace(walk, before=frozenset()))
        else:
            yield (
                self._first_listing(walk) if request.callback == self.feed else self._listing(walk)
            )

    # ---- answers -------------------------------------------------------------------------------------

    def everything(self, response: Response, instead_of: Sequence[Walk]) -> Output:
        """Read the feed of all sections instead of those where nothing happened lately; else read those."""
        feed = self._desk.read(response, parse_feed)
        if not isinstance(feed, MissedItem):
            self._run.tally.listings[f"{instead_of[0].language} everything"] += 1
            for entry in self._signalled(feed):
                yield from self._desk.ask_event(entry.url)
            if not feed.odd:
                return
            logger.info("%s; reading every section instead", "; ".join(feed.odd))
        elif feed.missed == "absent" or (feed.missed == "failed" and response.status == _OK):
            # The site has no such feed, or another than is told: no failure, for nobody depends on it.
            logger.info("%s; reading every section instead", feed.problem)
        else:
            yield feed
        yield from map(self._first, instead_of)

    def feed(self, response: Response, walk: Walk) -> Output:
        """Read a section's feed: what is new or changed, to the second; then walk the listing."""
        feed = self._desk.read(response, parse_feed)
        if isinstance(feed, MissedItem):
            yield feed
            yield self._first_listing(walk)
            return
        self._run.tally.listings[walk.label] += 1
        yield from self._odd_on(feed)
        signalled = list(self._signalled(feed))
        for entry in signalled:
            yield from self._desk.ask_event(entry.url)
        told = frozenset(entry.event_id for entry in feed.entries)
        changed = frozenset(entry.event_id for entry in signalled)
        pages = feed.page_count or 0
        yield self._first_listing(replace(walk, pages=pages, from_feed=told, changed=changed))

    def day(self, response: Response, walk: Walk) -> Output:
        """Begin the walk at the page on which the last wanted day falls, or at the first if that fails."""
        listing = self._desk.read(response, parse_listing)
        if isinstance(listing, MissedItem):
            logger.warning("%s; walking from the first page", listing.problem)
            yield self._listing(walk)
            return
        # The day may touch the page's edge, so part of it may be on the newer page.
        page = max(1, listing.page - 1)
        yield self._listing(replace(walk, page=page, pages=listing.page_count))

    def listing(self, response: Response, walk: Walk) -> Output:
        """Read a listing page: ask for what is due on it, then for the next page if there is reason."""
        listing = self._desk.read(response, parse_listing)
        if isinstance(listing, MissedItem):
            yield listing
            yield from self._onward(replace(walk, before=frozenset()))
            return
        self._run.tally.listings[walk.label] += 1
        yield from self._odd_on(listing)
        length = self._run.state.listing_length(listing.url)
        odd = [MissedItem(listing.url, "failed", said) for said in alarms(listing, walk, length)]
        yield from odd
        due = list(self._due_on(listing, walk))
        for url in due:
            yield from self._desk.ask_event(url)
        if not odd and walk.has_moved_up(listing):
            yield self._once_more(walk, walk.page - 1)
        ids = frozenset(item.event_id for item in listing.items)
        self._met[walk.label].update(ids)
        pages = max(walk.pages, listing.page_count) if odd else listing.page_count
        walk = replace(walk, pages=pages, before=frozenset() if odd else ids)
        is_quiet = not due and not odd and not listing.odd and ids.isdisjoint(walk.changed)
        if is_past_range(listing, self._plan) or (is_quiet and self._may_end(listing)):
            return
        yield from self._over_what_was_read(listing, walk) if is_quiet else self._onward(walk)

    def below(self, response: Response, walk: Walk) -> Output:
        """Go on where an earlier run had got to, one page above it; page by page if that is not found."""
        listing = self._desk.read(response, parse_listing)
        if isinstance(listing, MissedItem):
            logger.warning("%s; walking on page by page", listing.problem)
            yield from self._onward(walk)
            return
        self._run.tally.listings[walk.label] += 1
        newest, page = newest_place(listing), listing.page - 1
        if newest is None or walk.below is None or newest < walk.below or page <= walk.page:
            yield from self._onward(walk)
            return
        yield self._listing(replace(walk, page=page, pages=listing.page_count, before=frozenset()))

    def again(self, response: Response, walk: Walk) -> Output:
        """Read a listing page once more, for what has been pulled up to it; further up where that is much."""
        listing = self._desk.read(response, parse_listing)
        if isinstance(listing, MissedItem):
            yield listing
            return
        self._run.tally.listings[walk.label] += 1
        yield from self._odd_on(listing)
        for url in self._due_on(listing, walk):
            yield from self._desk.ask_event(url)
        ids = [item.event_id for item in listing.items]
        if ids and ids[0] not in self._met[walk.label] and walk.page > self._plan.first_page:
            yield self._once_more(walk, walk.page - 1)
        self._met[walk.label].update(ids)

    # ---- decisions -----------------------------------------------------------------------------------

    def _is_due(self, walk: Walk) -> bool:
        """Whether a section's front is to be read in this run, or has shown the same for long."""
        if not self._plan.takes_turns:
            return True
        state, urls, now = (
            self._run.state,
            walk.section.front_urls(walk.language),
            datetime.now(UTC),
        )
        if any(front is None or front_due_at(front) <= now for front in map(state.front, urls)):
            return True
        return not state.is_read_whole(urls[0]) or state.open_from(urls[0]) is not None

    def _signalled(self, feed: FeedPage) -> Iterator[FeedEntry]:
        """What a feed tells to be new or changed."""
        for entry in feed.entries:
            address = event_address(entry.url)
            if address is None or not self._plan.wants(entry.published[:10]):
                continue
            if signalled_by_feed(entry, self._run.state.known(address.doc_id)):
                yield entry

    def _odd_on(self, page: FeedPage | ListingPage) -> Iterator[MissedItem]:
        """Items of a page that cannot be read: failures, told once though the page is read once more."""
        yield from (MissedItem(page.url, "failed", one) for one in page.odd if one not in self._odd)
        self._odd.update(page.odd)

    def _due_on(self, listing: ListingPage, walk: Walk) -> Iterator[str]:
        for item in listing.items:
            address = event_address(item.url)
            if address is None:
                logger.warning("%s: lists %s, which is no event's address", listing.url, item.url)
                continue
            known = self._run.state.known(address.doc_id)
            told = item.event_id in walk.from_feed
            signalled = signalled_by_listing(item, known, is_told=told)
            if self._plan.wants(item.date) and signalled:
                yield item.url

    def _may_end(self, listing: ListingPage) -> bool:
        """Whether a quiet page means that the rest is known: everything below it has been read once."""
        if self._plan.walks_everything:
            return False
        read_from = self._run.state.read_to_the_end(listing.url)
        oldest = oldest_place(listing)
        return (
            read_from is not None
            and oldest is not None
            and oldest < read_from
            and self._open_below(listing) is None
        )

    def _open_below(self, listing: ListingPage) -> str | None:
        """The place at or below a page's end where an earlier walk was cut short, or None."""
        open_from = self._run.state.open_from(listing.url)
        is_below = open_from is not None and (oldest_place(listing) or "") >= open_from
        return open_from if is_below else None

    def _over_what_was_read(self, listing: ListingPage, walk: Walk) -> Output:
        """Pass by, in one step, the pages below a quiet one that an earlier run has read.

        So a walk that is stopped again and again before its end still comes to it, and one whose last
        pages cannot be read is not walked whole by every run.
        """
        place = oldest_place(listing)
        down_to = place and self._run.state.read_down_to(listing.url, place)
        down_to = down_to and max(down_to, self._open_below(listing) or "")
        if not down_to or down_to in (walk.below, place) or self._plan.walks_everything:
            yield from self._onward(walk)
        elif not self._desk.is_full():
            url = walk.section.day_url(walk.language, down_to[:10])
            yield self._ask(url, self.below, replace(walk, below=down_to))

    def _onward(self, walk: Walk) -> Output:
        if not self._desk.is_full() and walk.page < self._plan.last_page_of(walk.pages):
            yield self._listing(replace(walk, page=walk.page + 1))

    # ---- requests ------------------------------------------------------------------------------------

    def _first(self, walk: Walk) -> Request:
        if walk.section.feed and self._plan.pages is None:
            return self._ask(walk.section.feed_url(walk.language), self.feed, walk)
        return self._first_listing(walk)

    def _first_listing(self, walk: Walk) -> Request:
        if self._plan.until is None:
            return self._listing(walk)
        # A day's listing page is the numbered page on which the day falls: a jump instead of a walk.
        url = walk.section.day_url(walk.language, self._plan.until.isoformat())
        return self._ask(url, self.day, walk)

    def _listing(self, walk: Walk) -> Request:
        return self._ask(walk.section.listing_url(walk.language, walk.page), self.listing, walk)

    def _once_more(self, walk: Walk, page: int) -> Request:
        url = walk.section.listing_url(walk.language, page)
        there = replace(walk, page=page)
        return self._desk.request(url, self.again, priority=_AT_ONCE, walk=there)

    def _ask(self, url: str, callback: Callable[..., Output], walk: Walk) -> Request:
        # A range of pages may be asked of a listing that is shorter.
        beyond = self._plan.pages is not None
        return self._desk.request(url, callback, priority=_LATER, may_be_absent=beyond, walk=walk)
