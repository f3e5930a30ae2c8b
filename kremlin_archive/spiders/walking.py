"""Walks through feeds and listings: what to read next, and when that is all.

Listings drift while they are walked. Events added push others to the next page, where they are met twice;
events taken away pull others up over the page's edge, where the walk would pass them by. So the page before
is read once more behind each page: whatever was pulled up is on it now. Where it shows something else than
before, the two are read by turns until one shows the same twice: then they join. And where events came down
from pages that were read, something was added further up: it is looked for from the walk's first page down.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kremlin_archive.answers import OK, REDIRECTS
from kremlin_archive.items import MissedItem
from kremlin_archive.pages import parse_feed, parse_listing
from kremlin_archive.records import FeedPage, ListingPage
from kremlin_archive.schedule import front_due_at, longest_unread
from kremlin_archive.seeds import everything_url
from kremlin_archive.spiders.desk import Desk, Output
from kremlin_archive.spiders.signals import Signals
from kremlin_archive.state.spans import THE_END
from kremlin_archive.walk import (
    Turns,
    Walk,
    alarms,
    another_page,
    ids_on,
    is_past_range,
    is_undated,
    is_without_changes,
    newest_place,
    oldest_place,
)

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

    from kremlin_archive.extensions import ArchiveRun
    from kremlin_archive.plan import CrawlPlan
    from kremlin_archive.spiders.due import Budgets

_LATER = -10
"""Priority of listing pages: the events of one page come before the next page, so the queue stays short."""
_AT_ONCE = 10
"""Priority of a page read once more: the sooner, the less can have moved again."""
_MOST_ABOVE = 10
"""Pages looked through for what pushed others down: mostly it is on the first."""
_MOST_UNREAD = 3
"""Pages of a listing in a row that were not had: the next ones will hardly be there, or any better."""
_MOST_TURNS = 8
"""Readings by turns of two pages that do not come to rest; at 2.5 s each, more is not a busy day."""
logger = logging.getLogger(__name__)


class Walks:
    """All walks of one run."""

    def __init__(self, plan: CrawlPlan, run: ArchiveRun, desk: Desk, budgets: Budgets) -> None:
        self._plan = plan
        self._run = run
        self._desk = desk
        self._signals = Signals(plan, run.state, budgets.looks)
        self._looks = budgets.listings
        self._met: defaultdict[tuple[str, bool], set[int]] = defaultdict(set)
        self._odd: set[str] = set()

    def begin(self) -> Iterator[Request]:
        """The first request of every walk."""
        for language in self._plan.languages:
            quiet = []
            for section in self._plan.sections:
                first = self._plan.first_page
                walk = Walk(language, section, page=first, top=first)
                if self._is_due(walk):
                    yield self._first(walk)
                else:
                    quiet.append(walk)
            if quiet:
                url = everything_url(language)
                yield self._desk.request(
                    url, self.everything, priority=_LATER, may_be_absent=True, instead_of=quiet
                )

    def looks(self) -> Iterator[Request]:
        """At most as many pages further down that are to be read again, by the schedule."""
        walks = {
            section.listing_url(language): Walk(language, section, is_look=True)
            for language in self._plan.languages
            for section in self._plan.sections
        }
        days = (one for one in self._run.state.listed_days() if one.listing in walks)
        for one in longest_unread(days, datetime.now(UTC), self._looks):
            walk = walks[one.listing]
            url = walk.section.day_url(walk.language, one.day)
            yield self._desk.request(url, self.look, priority=_LATER, may_be_absent=True, walk=walk)

    def has_way_around(self, request: Request) -> bool:
        """Whether the listing's own pages tell all that a request was for, so that nothing is missed."""
        return request.callback in (self.everything, self.feed, self.day, self.below, self.look)

    def past(self, request: Request) -> Output:
        """Go on behind a request of a walk that was not answered."""
        yield from map(self._first, request.cb_kwargs.get("instead_of", ()))
        walk: Walk | None = request.cb_kwargs.get("walk")
        if walk is None or request.callback in (self.again, self.above, self.look):
            return
        if request.callback == self.listing:
            yield from self._behind(walk)
        elif request.callback == self.below:
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
            for entry in self._signals.fed(feed):
                yield from self._desk.ask_event(entry.url)
            yield from self._ask_back(feed)
            if not feed.odd:
                return
            logger.info("%s; reading every section instead", "; ".join(feed.odd))
        elif feed.missed == "absent" or (feed.missed == "failed" and response.status == OK):
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
        signalled = list(self._signals.fed(feed))
        for entry in signalled:
            yield from self._desk.ask_event(entry.url)
        yield from self._ask_back(feed)
        changed = frozenset(entry.event_id for entry in signalled)
        pages = feed.page_count or 0
        walk = replace(walk, pages=pages, told=pages, changed=changed)
        yield self._first_listing(walk)

    def day(self, response: Response, walk: Walk) -> Output:
        """Begin the walk at the page on which the last wanted day falls, or at the first if that fails."""
        listing = self._desk.read(response, parse_listing)
        if isinstance(listing, MissedItem):
            logger.warning("%s; walking from the first page", listing.problem)
            yield self._listing(walk)
            return
        # The day may touch the page's edge, so part of it may be on the newer page.
        page = max(1, listing.page - 1)
        pages = listing.page_count
        yield self._listing(replace(walk, page=page, pages=pages, told=pages, top=page))

    def listing(self, response: Response, walk: Walk) -> Output:
        """Read a listing page: ask for what is due on it, then for the next page if there is reason."""
        listing = self._desk.read(response, parse_listing)
        if isinstance(listing, MissedItem):
            yield from self._no_page(listing, walk)
            return
        if self._began_too_low(listing, walk):
            yield self._listing(replace(walk, page=walk.page - 1, top=walk.page - 1))
            return
        yield from self._read(listing, walk)

    def look(self, response: Response, walk: Walk) -> Output:
        """Look again at the page of a listing on which a day falls, and at what follows if it has news."""
        listing = self._desk.read(response, parse_listing)
        if isinstance(listing, MissedItem):
            if listing.missed == "absent" or response.status in REDIRECTS:
                logger.info("%s: days of this listing cannot be looked up", listing.problem)
            else:
                yield listing
            return
        page, pages = listing.page, listing.page_count
        yield from self._read(listing, replace(walk, page=page, top=page, pages=pages, told=pages))

    def _read(self, listing: ListingPage, walk: Walk) -> Output:
        self._run.tally.listings[walk.label] += 1
        yield from self._odd_on(listing)
        odd = [MissedItem(listing.url, "failed", said) for said in self._alarms(listing, walk)]
        yield from odd
        if is_without_changes(listing) and self._run.state.tells_changes(listing.url):
            said = f"{listing.url}: shows of none of its events when it changed; the listing did before"
            yield MissedItem(listing.url, "failed", said)
        due = list(self._signals.listed(listing))
        for url in due:
            yield from self._desk.ask_event(url)
        yield from self._ask_back(listing)
        ids = ids_on(listing)
        self._met_by(walk).update(ids)
        if walk.before and not odd:
            yield self._once_more(walk, walk.page - 1, Turns(walk.before, ids))
        told = listing.page_count
        unread = walk.unread + 1 if self._leads_nowhere(listing, walk, due) else 0
        pages, before = (max(walk.pages, told), frozenset()) if odd else (told, ids)
        walk = replace(walk, pages=pages, told=told, before=before, unread=unread)
        is_news = (
            due or not ids.isdisjoint(walk.changed) or self._signals.was_told_elsewhere(listing)
        )
        is_quiet = not (is_news or odd or listing.odd)
        may_end = is_quiet and (walk.is_look or self._may_end(listing))
        if may_end or is_past_range(listing, self._plan):
            return
        passes = is_quiet or self._plan.mode == "backfill"
        yield from self._over_what_was_read(listing, walk) if passes else self._onward(walk)

    def _ask_back(self, page: FeedPage | ListingPage) -> Iterator[Request]:
        """Ask for what a page names although it had vanished: it may be back."""
        named = page.entries if isinstance(page, FeedPage) else page.items
        for url in self._signals.back(one.url for one in named):
            yield from self._desk.ask_event(url, may_be_absent=True)

    def _leads_nowhere(self, listing: ListingPage, walk: Walk, due: Sequence[str]) -> bool:
        """Whether a page is another one, or says nothing new and not where in the listing it is."""
        is_lost = is_undated(listing) and not due and not self._plan.walks_everything
        return is_lost or any(another_page(listing, walk))

    def _alarms(self, listing: ListingPage, walk: Walk) -> Iterator[str]:
        state, now = self._run.state, datetime.now(UTC)
        length = state.listing_length(listing.url, now)
        held = state.page_length(listing.url, walk.page, now)
        return alarms(listing, walk, length, held)

    def _no_page(self, missed: MissedItem, walk: Walk) -> Output:
        """Say that a listing's page was not had, and go on behind it where there is more."""
        length = self._run.state.listing_length(missed.url, datetime.now(UTC))
        is_there = walk.page <= max(walk.pages, length.last if length else 0)
        if missed.missed == "absent" and not is_there:
            yield missed  # more pages were wanted than the listing has
            return
        yield replace(missed, missed="failed") if missed.missed == "absent" else missed
        yield from self._behind(walk)

    def _behind(self, walk: Walk) -> Output:
        """Go on behind a page that was not had."""
        yield from self._onward(replace(walk, before=frozenset(), unread=walk.unread + 1))

    def _began_too_low(self, listing: ListingPage, walk: Walk) -> bool:
        """Whether the page to which the site led for a day may leave out events wanted, newer ones."""
        newest = newest_place(listing)
        until = self._plan.until
        is_led_to = until is not None and walk.below is None and walk.page == walk.top > 1
        return is_led_to and newest is not None and not self._plan.is_after(newest[:10])

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
        pages = listing.page_count
        there = replace(
            walk, page=page, pages=pages, told=pages, before=frozenset(), top=page, unread=0
        )
        yield self._listing(there)

    def again(self, response: Response, walk: Walk, turns: Turns) -> Output:
        """Read a listing page once more, for what has been pulled up to it; by turns until pages join."""
        listing = self._desk.read(response, parse_listing)
        if isinstance(listing, MissedItem):
            yield listing
            return
        if listing.page != walk.page:
            said = f"{listing.url}: is page {listing.page} of the listing when read again"
            yield MissedItem(listing.url, "failed", said)
            return
        ids, met = ids_on(listing), frozenset(self._met_by(walk))
        yield from self._read_again(listing, walk)
        first = listing.items[0].event_id if listing.items else None
        if first not in met and walk.page > walk.top:
            yield self._once_more(walk, walk.page - 1, Turns(other=ids))
        if ids == turns.shown or not turns.shown:
            return
        if turns.is_of_upper and (pushed := (ids - turns.shown - turns.other) & met):
            yield self._look_above(replace(walk, page=walk.top), len(pushed), walk.page)
        if turns.number >= _MOST_TURNS:
            said = f"{listing.url}: shows something else at each reading: events on its edge may be missed"
            yield MissedItem(listing.url, "failed", said)
            return
        other = walk.page + (1 if turns.is_of_upper else -1)
        yield self._once_more(walk, other, turns.swapped(ids))

    def above(self, response: Response, walk: Walk, added: int, down_to: int) -> Output:
        """Read pages from the walk's first on once more, until as many new events are found as were added."""
        listing = self._desk.read(response, parse_listing)
        if isinstance(listing, MissedItem):
            yield listing
            return
        added -= len(ids_on(listing) - self._met_by(walk))
        yield from self._read_again(listing, walk)
        if added <= 0 or walk.page >= down_to:
            return
        if walk.page - walk.top >= _MOST_ABOVE:
            said = f"{listing.url}: {added} events were added to pages that were read, and not found so far"
            yield MissedItem(listing.url, "failed", said)
            return
        yield self._look_above(replace(walk, page=walk.page + 1), added, down_to)

    def _read_again(self, listing: ListingPage, walk: Walk) -> Output:
        self._run.tally.listings[walk.label] += 1
        yield from self._odd_on(listing)
        for url in self._signals.listed(listing):
            yield from self._desk.ask_event(url)
        self._met_by(walk).update(ids_on(listing))

    def _met_by(self, walk: Walk) -> set[int]:
        """Ids that a walk has met so far; a look further down is none of its section's walk."""
        return self._met[walk.label, walk.is_look]

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
        return not state.is_read_whole(urls[0]) or bool(state.open_places(urls[0]))

    def _odd_on(self, page: FeedPage | ListingPage) -> Iterator[MissedItem]:
        """Items of a page that cannot be read: failures, told once though the page is read once more."""
        yield from (MissedItem(page.url, "failed", one) for one in page.odd if one not in self._odd)
        self._odd.update(page.odd)

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
        """The first place at or below a page's end where an earlier walk was cut short, or None."""
        oldest = oldest_place(listing) or THE_END
        places = self._run.state.open_places(listing.url)
        return max((one for one in places if one <= oldest), default=None)

    def _over_what_was_read(self, listing: ListingPage, walk: Walk) -> Output:
        """Pass by, in one step, the pages below this one that an earlier run has read.

        So a walk that is stopped again and again before its end still comes to it, and one whose last
        pages cannot be read is not walked whole by every run. A backfill passes by only what the same
        backfill has read that was stopped; what that had not fetched is asked for besides.
        """
        place = oldest_place(listing)
        state, looks = self._run.state, not self._plan.walks_everything
        runs = None if looks else self.gone_on_with()
        down_to = place and state.read_down_to(listing.url, place, runs)
        if down_to == THE_END and runs:
            return
        if down_to is not None and looks:
            down_to = max(down_to, self._open_below(listing) or THE_END)
        if not down_to or down_to in (walk.below, place):
            yield from self._onward(walk)
        elif not self._desk.is_full():
            url = walk.section.day_url(walk.language, down_to[:10])
            yield self._ask(url, self.below, replace(walk, below=down_to))

    def gone_on_with(self) -> frozenset[str]:
        """The runs that a backfill goes on with: those of the same words that were stopped."""
        by_place = self._plan.mode == "backfill" and self._plan.pages is None
        return self._run.gone_on_with if by_place else frozenset()

    def _onward(self, walk: Walk) -> Output:
        """Read the next page, if there is one; not behind as many that were not had as it has read.

        Then the layout is another one, or the listing has told of more pages than it has.
        """
        is_there = walk.page < self._plan.last_page_of(walk.pages)
        if is_there and not self._is_lost(walk) and not self._desk.is_full():
            yield self._listing(replace(walk, page=walk.page + 1))

    def _is_lost(self, walk: Walk) -> bool:
        if self._plan.pages is not None:
            return False
        above = 0 if self._plan.mode == "backfill" else walk.top - 1  # read by earlier runs
        return walk.unread >= max(_MOST_UNREAD, walk.page - walk.unread - above)

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

    def _once_more(self, walk: Walk, page: int, turns: Turns) -> Request:
        url = walk.section.listing_url(walk.language, page)
        there = replace(walk, page=page)
        return self._desk.request(url, self.again, priority=_AT_ONCE, walk=there, turns=turns)

    def _look_above(self, walk: Walk, added: int, down_to: int) -> Request:
        url = walk.section.listing_url(walk.language, walk.page)
        return self._desk.request(
            url, self.above, priority=_AT_ONCE, walk=walk, added=added, down_to=down_to
        )

    def _ask(self, url: str, callback: Callable[..., Output], walk: Walk) -> Request:
        # A range of pages may be asked of a listing that is shorter.
        beyond = self._plan.pages is not None
        return self._desk.request(url, callback, priority=_LATER, may_be_absent=beyond, walk=walk)
