"""What walks want of the spider, and what both yield."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol, TypeVar

from kremlin_archive.items import MissedItem, PageItem
from kremlin_archive.records import FeedPage, ListingPage

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

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

    def ask_event(self, url: str, *, may_be_absent: bool = False) -> Iterator[Request]:
        """Ask for an event's page, once a run."""

    def read(self, response: Response, parse: Callable[[bytes, str], Page]) -> Page | MissedItem:
        """A listing or feed page, or what was wrong with the answer."""

    def is_full(self) -> bool:
        """Whether as many pages were asked for as the plan allows."""
