"""What feeds and listings tell that has not been followed yet: which of their items a walk asks for."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kremlin_archive.schedule import back_due_at
from kremlin_archive.state import rows
from kremlin_archive.urls import EventAddress, event_address
from kremlin_archive.walk import signalled_by_feed, signalled_by_listing

if TYPE_CHECKING:
    from kremlin_archive.plan import CrawlPlan
    from kremlin_archive.records import FeedEntry, FeedPage, ListingPage
    from kremlin_archive.state import Known, State

logger = logging.getLogger(__name__)


class Signals:
    """What is due on a page, by what the plan wants and what the archive knows."""

    def __init__(self, plan: CrawlPlan, state: State, looks: int) -> None:
        self._plan = plan
        self._state = state
        self._looks = looks
        self._back: set[str] = set()

    def fed(self, feed: FeedPage) -> Iterator[FeedEntry]:
        """What a feed tells to be new or changed."""
        for entry in feed.entries:
            address = event_address(entry.url)
            if address is None or not self._is_wanted(address, entry.published[:10]):
                continue
            known = self._state.known(address.doc_id)
            told = entry.url, entry.updated
            if signalled_by_feed(entry, known) and self._is_open(address, *told, known):
                yield entry

    def listed(self, listing: ListingPage) -> Iterator[str]:
        """The addresses of what a listing's page tells to be new or changed."""
        for item in listing.items:
            address = event_address(item.url)
            if address is None:
                logger.warning("%s: lists %s, which is no event's address", listing.url, item.url)
                continue
            if not self._is_wanted(address, item.date):
                continue
            known = self._state.known(address.doc_id)
            told = item.url, item.updated
            if signalled_by_listing(item, known) and self._is_open(address, *told, known):
                yield item.url

    def back(self, urls: Iterable[str]) -> Iterator[str]:
        """Of events that are named, those whose pages had vanished and may be back.

        As many in a run as it looks at by the schedule: a site that is broken may name thousands. They are no
        news, so they keep no walk going.
        """
        if not self._plan.looks_after_the_archive:
            return
        for address in filter(None, map(event_address, urls)):
            is_asked = address.doc_id in self._back or len(self._back) >= self._looks
            if address.language not in self._plan.languages or is_asked:
                continue
            vanished = self._state.vanished(address.doc_id)
            if vanished is not None and back_due_at(vanished) <= datetime.now(UTC):
                self._back.add(address.doc_id)
                yield address.url

    def was_told_elsewhere(self, listing: ListingPage) -> bool:
        """Whether something on a page was told of elsewhere, or nowhere, since the listing was last read.

        It may be archived by now, so nothing is due; but what came with it may be further down.
        """
        addresses = filter(None, (event_address(item.url) for item in listing.items))
        ids = (address.doc_id for address in addresses)
        return self._state.was_told_of(listing.url, ids, datetime.now(UTC))

    def _is_open(
        self, address: EventAddress, url: str, updated: str | None, known: Known | None
    ) -> bool:
        """Whether what is told can be true by now, and no earlier run has asked there for it in vain."""
        is_true = known is None or updated == rows.told(updated, datetime.now(UTC))
        return is_true and not self._was_tried(address.doc_id, url, updated)

    def _is_wanted(self, address: EventAddress, day: str | None) -> bool:
        """Whether it is one that the spider would ask for: a page may name events of the other edition."""
        return address.language in self._plan.languages and self._plan.wants(day)

    def _was_tried(self, doc_id: str, url: str, updated: str | None) -> bool:
        """Whether an earlier run asked there for what is told in vain: then the schedule says when."""
        if not self._plan.looks_after_the_archive:
            return False
        left = self._state.unread(doc_id, url)
        return left is not None and left.looked_at is not None and not left.is_newer(updated)
