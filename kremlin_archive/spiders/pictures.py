"""Which pictures a run asks for: those of the pages it reads, and those of archived pages that are not here.

One at a time and when all pages are had, so that a host of pictures that is slow, or asks to wait, holds up
no page, and pages have a run's budget first. What a run does not come to is due later, by what is archived.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kremlin_archive.ledger import language_and_number
from kremlin_archive.schedule import due_again, retry_due_at
from kremlin_archive.urls import of_site

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from kremlin_archive.plan import CrawlPlan
    from kremlin_archive.records import EventPage
    from kremlin_archive.schedule import Missing
    from kremlin_archive.state import State


class Pictures:
    """The pictures a run asks for, in turn; ``next`` is the one whose turn it is."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._waiting: deque[str] = deque()

    def add(self, urls: Iterable[str]) -> None:
        """Ask for these, too, each once a run."""
        for url in urls:
            if url not in self._seen:
                self._seen.add(url)
                self._waiting.append(url)

    def next(self) -> str | None:
        """The next to ask for, once nothing else is being asked for."""
        return self._waiting.popleft() if self._waiting else None


def pictures_on(record: EventPage, state: State, now: datetime) -> Iterator[str]:
    """The pictures of a page that is just read: those not here, unless they are to be left alone for now."""
    for url in of_site((photo.url for photo in record.photos), record.url):
        if not state.has_picture(url):
            asked = state.asked_picture(url)
            if asked is None or retry_due_at(asked) <= now:
                yield url


def pictures_due(plan: CrawlPlan, state: State, settings: BaseSettings) -> Iterator[str]:
    """The pictures of archived pages that an unbounded update or a fill asks for: like pages not given."""
    if plan.media != "photos" or not (plan.mode == "fill" or plan.looks_after_the_archive):
        return
    budget = settings.getint("FILL_BUDGET" if plan.mode == "fill" else "PHOTO_BUDGET")
    lacking = {one.url: one for one in state.pictures() if _is_wanted(one, plan)}
    for one in due_again(lacking.values(), datetime.now(UTC), budget):
        yield one.url


def _is_wanted(picture: Missing, plan: CrawlPlan) -> bool:
    language, number = language_and_number(picture.doc_id)
    is_named = not plan.ids or number in plan.ids
    return language in plan.languages and is_named and plan.wants(picture.day)
