"""The spider: walk feeds and listings of both editions, fetch each event's page once."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest

from kremlin_archive.errors import PageError
from kremlin_archive.extensions import ArchiveRun
from kremlin_archive.items import Missed, MissedItem, PageItem
from kremlin_archive.pages import parse_feed, parse_listing
from kremlin_archive.plan import read_plan
from kremlin_archive.records import FeedPage, ListingPage
from kremlin_archive.refusals import REFUSED
from kremlin_archive.robots import RobotsUnreachable
from kremlin_archive.schedule import most_overdue, retry_due_at
from kremlin_archive.seeds import SectionSeed
from kremlin_archive.selftest import self_test
from kremlin_archive.urls import EventAddress, Language, event_address, is_site
from kremlin_archive.walk import (
    Walk,
    alarms,
    is_past_range,
    signalled_by_feed,
    signalled_by_listing,
)
from kremlin_archive.wire import RunStopping

if TYPE_CHECKING:
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from kremlin_archive.dataset.intake import Taken

OK = 200
_ABSENT = frozenset({404, 410})
_REDIRECT = frozenset({301, 302, 303, 307, 308})
_MAX_HOPS = 5
_LISTINGS_LATER = -10
"""Priority of listing pages: the events of one page come before the next page, so the queue stays short."""
_MEDIA_LATER = -5
logger = logging.getLogger(__name__)

Page = TypeVar("Page", FeedPage, ListingPage)
Output = Iterator[Request | PageItem | MissedItem]


class EventsSpider(Spider):
    """Arguments are those of ``plan.read_plan``; a wrong one is an error before the first request."""

    name = "events"
    allowed_domains: ClassVar[list[str]] = ["kremlin.ru"]

    def __init__(self, **arguments: Any) -> None:  # noqa: ANN401 - Scrapy's signature
        super().__init__(arguments.pop("name", None))
        self.arguments = dict(arguments)
        self.plan = read_plan(arguments)
        self._asked: set[str] = set()
        self._asked_media: set[str] = set()

    async def start(self) -> AsyncIterator[Request]:
        """Prove that capture is exact, then begin every walk or ask for every id."""
        self._run = ArchiveRun.of(self.crawler)
        try:
            await self_test(self.crawler)
        except Exception as error:  # noqa: BLE001 - whatever it is, exactness is not proven
            self._run.stop(f"the capture self-test failed: {error!r}", "capture_not_exact")
            return
        for language in self.plan.languages:
            if self.plan.ids:
                for event_id in self.plan.ids:
                    for request in self._by_id(language, event_id, self.plan.sections):
                        yield request
                continue
            for section in self.plan.sections:
                yield self._begin(Walk(language, section))
        if self.plan.looks_after_the_archive:
            for request in self._due():
                yield request

    def _due(self) -> Iterator[Request]:
        """What is named and missing, and what the schedule wants looked at again."""
        now = datetime.now(UTC)
        state = self._run.state
        for missing in state.missing():
            if retry_due_at(missing.named_at, missing.looked_at) <= now:
                yield from self._by_address(missing.url)
        budget = self.crawler.settings.getint("RECHECK_BUDGET")
        for watched in most_overdue(state.watched(), now, budget):
            yield from self._by_address(watched.url)

    def _by_address(self, url: str) -> Iterator[Request]:
        address = event_address(url)
        if address is not None:
            yield from self._event(address, url)

    # ---- walking -------------------------------------------------------------------------------------

    def _begin(self, walk: Walk) -> Request:
        if walk.section.feed:
            url = walk.section.feed_url(walk.language)
            return self._request(url, self.feed, walk=walk, priority=_LISTINGS_LATER)
        return self._first_listing(walk)

    def _first_listing(self, walk: Walk) -> Request:
        if self.plan.until is not None:
            # A day's listing page is the numbered page on which the day falls: a jump instead of a walk.
            url = walk.section.day_url(walk.language, self.plan.until.isoformat())
            return self._request(url, self.day, walk=walk, priority=_LISTINGS_LATER)
        return self._listing(walk)

    def _listing(self, walk: Walk) -> Request:
        url = walk.section.listing_url(walk.language, walk.page)
        return self._request(url, self.listing, walk=walk, priority=_LISTINGS_LATER)

    def feed(self, response: Response, walk: Walk) -> Output:
        """Read a section's feed: what is new or changed, to the second; then walk the listing."""
        feed = self._read(response, parse_feed)
        if isinstance(feed, MissedItem):
            yield feed
            yield self._first_listing(walk)
            return
        self._run.tally.listings[walk.label] += 1
        yield from self._feed_entries(feed)
        told = frozenset(entry.event_id for entry in feed.entries)
        yield self._first_listing(replace(walk, pages=feed.page_count or 0, from_feed=told))

    def _feed_entries(self, feed: FeedPage) -> Output:
        for entry in feed.entries:
            address = event_address(entry.url)
            if address is None or not self.plan.wants(entry.published[:10]):
                continue
            known = self._run.state.known(address.doc_id)
            if self.plan.mode == "recheck" or signalled_by_feed(entry, known):
                yield from self._event(address, entry.url)

    def day(self, response: Response, walk: Walk) -> Output:
        """Begin the walk at the page on which the last wanted day falls, or at the first if that fails."""
        listing = self._read(response, parse_listing)
        if isinstance(listing, MissedItem):
            logger.warning("%s; walking from the first page", listing.problem)
            yield self._listing(walk)
            return
        # The day may touch the page's edge, so part of it may be on the newer page.
        page = max(1, listing.page - 1)
        yield self._listing(replace(walk, page=page, pages=listing.page_count))

    def listing(self, response: Response, walk: Walk) -> Output:
        """Read a listing page: ask for what is due on it, then for the next page if there is reason."""
        listing = self._read(response, parse_listing)
        if isinstance(listing, MissedItem):
            yield listing
            yield from self._onward(replace(walk, is_whole=False), quiet=False)
            return
        self._run.tally.listings[walk.label] += 1
        odd = list(alarms(listing, walk, self._run.state.listing_pages(listing.url)))
        for problem in odd:
            yield MissedItem(listing.url, "failed", problem)
        due = list(self._due_on(listing, walk))
        for address, url in due:
            yield from self._event(address, url)
        pages = max(walk.pages, listing.page_count) if odd else listing.page_count
        walk = replace(walk, pages=pages, is_whole=walk.is_whole and not odd)
        if not is_past_range(listing, self.plan):
            yield from self._onward(walk, quiet=not due and not odd)

    def _due_on(self, listing: ListingPage, walk: Walk) -> Iterator[tuple[EventAddress, str]]:
        for item in listing.items:
            address = event_address(item.url)
            if address is None:
                logger.warning("%s: lists %s, which is no event's address", listing.url, item.url)
                continue
            known = self._run.state.known(address.doc_id)
            told = known is not None and item.event_id in walk.from_feed
            signalled = not told and signalled_by_listing(item, known)
            if self.plan.wants(item.date) and (signalled or self.plan.mode == "recheck"):
                yield address, item.url

    def _onward(self, walk: Walk, *, quiet: bool) -> Output:
        if self._full():
            return
        if walk.page >= walk.pages:
            if walk.is_whole and self.plan.is_unbounded:
                self._run.walked.add(walk.label)
            return
        # A quiet page means that the rest is known, but only once the whole listing has been read.
        may_end = not self.plan.walks_everything and self._run.state.walked(walk.label)
        if quiet and may_end:
            return
        yield self._listing(replace(walk, page=walk.page + 1))

    # ---- events --------------------------------------------------------------------------------------

    def _event(self, address: EventAddress, url: str) -> Iterator[Request]:
        if address.doc_id in self._asked or self._full():
            return
        if address.language not in self.plan.languages:
            return
        self._asked.add(address.doc_id)
        yield self._request(url if address.view == "page" else address.url, self.event)

    def _by_id(
        self, language: Language, event_id: int, sections: tuple[SectionSeed, ...]
    ) -> Iterator[Request]:
        doc_id = f"{language}:{event_id}"
        if doc_id not in self._asked and not self._full():
            self._asked.add(doc_id)
            known = self._run.state.known(doc_id)
            url = known.url if known else sections[0].event_url(language, event_id)
            yield self._request(url, self.event, others=() if known else sections[1:])

    def event(
        self, response: Response, others: tuple[SectionSeed, ...] = (), hops: int = 0
    ) -> Output:
        """Hand on an event page and ask for its other edition; say what became of any other answer."""
        taken = self._taken(response)
        if response.status in _REDIRECT:
            yield from self._redirected(response, hops)
            return
        if response.status in _ABSENT and others:
            address = event_address(response.url)
            if address is not None:
                url = others[0].event_url(address.language, address.event_id)
                yield self._request(url, self.event, others=others[1:])
                return
        if (missed := self._missed(response)) is not None:
            yield missed
            return
        yield PageItem(response.url, taken)
        yield from self._counterpart(taken)
        if self.plan.media == "photos":
            yield from self._photos(taken)

    def _counterpart(self, taken: Taken) -> Output:
        record = taken.extraction.record
        address = event_address(record.counterpart_url or "") if record else None
        if address is None or record is None or record.counterpart_url is None:
            return
        unknown = self._run.state.known(address.doc_id) is None
        if unknown or self.plan.mode == "recheck":
            yield from self._event(address, record.counterpart_url)

    def _photos(self, taken: Taken) -> Output:
        record = taken.extraction.record
        for photo in record.photos if record else ():
            known = photo.url in self._asked_media or self._run.state.latest(photo.url) is not None
            if not known and is_site(photo.url):
                self._asked_media.add(photo.url)
                yield self._request(photo.url, self.photo, priority=_MEDIA_LATER)

    def photo(self, response: Response) -> Output:
        """Count a picture; its bytes are stored like every answer's."""
        missed = self._missed(response)
        if missed is not None:
            yield missed
        else:
            self._run.tally.photos += 1

    def _redirected(self, response: Response, hops: int) -> Output:
        target = _location(response)
        here, there = event_address(response.url), event_address(target or "")
        if target is None or not is_site(target):
            problem = f"redirected to another host ({target or 'an address that cannot be read'})"
        elif hops >= _MAX_HOPS:
            problem = f"redirected more than {_MAX_HOPS} times"
        elif here is None or there is None or here.doc_id != there.doc_id:
            problem = f"redirected to another page ({target})"
            if there is not None:
                yield from self._event(there, target)
        else:
            yield self._request(target, self.event, hops=hops + 1)
            return
        yield MissedItem(response.url, "failed", f"{response.url}: {problem}: not followed")

    # ---- one request ---------------------------------------------------------------------------------

    def _full(self) -> bool:
        return self.plan.limit is not None and len(self._asked) >= self.plan.limit

    def _request(
        self,
        url: str,
        callback: Callable[..., Output],
        *,
        priority: int = 0,
        **facts: object,
    ) -> Request:
        return Request(
            url,
            callback,
            errback=self.not_answered,
            priority=priority,
            cb_kwargs=facts,
            dont_filter=True,  # identity is the event's number, kept in _asked; listings are walked once
            meta={"handle_httpstatus_all": True, "dont_redirect": True},
        )

    def _taken(self, response: Response) -> Taken:
        assert response.request is not None  # noqa: S101 - set by Scrapy
        return self._run.taken(response.request)

    def _read(self, response: Response, parse: Callable[[bytes, str], Page]) -> Page | MissedItem:
        """A listing or feed page, or what was wrong with the answer."""
        if (missed := self._missed(response)) is not None:
            return missed
        capture = self._taken(response).capture
        if capture.content_error is not None:
            return MissedItem(capture.url, "failed", f"{capture.url}: {capture.content_error}")
        try:
            return parse(capture.content, capture.url)
        except PageError as error:
            return MissedItem(capture.url, "failed", str(error))

    def _missed(self, response: Response) -> MissedItem | None:
        status = response.status
        if status == OK:
            return None
        kind: Missed = "failed"
        if status in REFUSED:
            kind = "refused"
        elif status in _ABSENT and self.plan.ids:
            kind = "absent"  # a number that somebody guessed; one that a listing names is a gap
        return MissedItem(response.url, kind, f"{response.url}: answered {status}")

    def not_answered(self, failure: Failure) -> Output:
        """Count a request that ended without an answer; a listing's walk goes on behind it."""
        request: Request = failure.request  # type: ignore[attr-defined] # set by Scrapy
        error = failure.value
        if isinstance(error, RunStopping):
            self._run.tally.left += 1
            return
        refused = isinstance(error, IgnoreRequest) and not isinstance(error, RobotsUnreachable)
        problem = f"{request.url}: {str(error) or type(error).__name__}"
        yield MissedItem(request.url, "refused" if refused else "failed", problem)
        walk = request.cb_kwargs.get("walk")
        if walk is None or isinstance(error, IgnoreRequest):
            return
        walk = replace(walk, is_whole=False)
        if request.callback == self.listing:
            yield from self._onward(walk, quiet=False)
        else:
            yield (
                self._first_listing(walk) if request.callback == self.feed else self._listing(walk)
            )


def _location(response: Response) -> str | None:
    """Where a redirect leads; None when its address cannot be read."""
    location = (response.headers.get("Location") or b"").decode("utf-8", "replace")
    try:
        target = urljoin(response.url, location)
        urlsplit(target).port  # noqa: B018 - raises for a port out of range
    except ValueError:
        return None
    return target if location else None
