"""Which kind of page a URL names, and the parser for it."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from kremlin_archive.errors import NotThisPage
from kremlin_archive.pages.event import parse_event
from kremlin_archive.pages.feed import parse_feed
from kremlin_archive.pages.listing import parse_listing
from kremlin_archive.pages.text_version import parse_text_version
from kremlin_archive.records import EventPage, FeedPage, ListingPage
from kremlin_archive.urls import event_address, language_of

PageKind = Literal["event", "text_version", "listing", "feed", "other"]

_NOT_SECTION = r"(?:copy|last-items|feed|page|by-date)\b"
_SECTION = (
    rf"/(?:events(?:/(?!{_NOT_SECTION})[a-z][a-z_-]*)+(?:/\d+)?|acts/news|press/announcements)"
)
_LISTING = re.compile(rf"{_SECTION}(?:/page/\d+|/by-date/\d\d\.\d\d\.\d{{4}})?/?")
_FEED = re.compile(rf"{_SECTION}/feed(?:/page/\d+)?/?")
_CONTENT_TYPES: dict[PageKind, frozenset[str]] = {
    "event": frozenset({"text/html", "application/xhtml+xml"}),
    "listing": frozenset({"text/html", "application/xhtml+xml"}),
    "text_version": frozenset({"text/html", "application/xhtml+xml", "text/plain"}),
    "feed": frozenset(
        {"application/atom+xml", "application/xml", "text/xml", "application/rss+xml"}
    ),
}
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)


def page_kind(url: str) -> PageKind:
    """Name the kind of page a URL promises.

    ``other`` is what no parser here reads: photo tabs, robots.txt, other hosts.

    >>> page_kind("http://kremlin.ru/events/president/news/66419"), page_kind("http://kremlin.ru/robots.txt")
    ('event', 'other')
    """
    address = event_address(url)
    if address is not None:
        return (
            "event"
            if address.view == "page"
            else "text_version"
            if address.view == "copy"
            else "other"
        )
    if language_of(url) is None:
        return "other"
    path = urlsplit(url).path
    if _FEED.fullmatch(path):
        return "feed"
    return "listing" if _LISTING.fullmatch(path) else "other"


def parse_page(
    content: bytes, url: str, *, content_type: str | None = None, charset: str | None = None
) -> EventPage | ListingPage | FeedPage | None:
    """Read a page by its URL; None for a URL that is none of the kinds read here.

    ``content_type`` is the HTTP header's: another type than the address promises raises
    `NotThisPage`; its charset counts where ``charset`` is not given.
    """
    kind = page_kind(url)
    if kind == "other":
        return None
    if content_type:
        _check_type(content_type, kind, url)
        named = _CHARSET.search(content_type)
        charset = charset or (named[1] if named else None)
    match kind:
        case "event":
            return parse_event(content, url, charset=charset)
        case "text_version":
            return parse_text_version(content, url, charset=charset)
        case "listing":
            return parse_listing(content, url, charset=charset)
        case "feed":
            return parse_feed(content, url, charset=charset)


def _check_type(content_type: str, kind: PageKind, url: str) -> None:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in _CONTENT_TYPES[kind]:
        raise NotThisPage(
            url, f"served as {media_type}, not as the {kind.replace('_', ' ')} its address promises"
        )
