"""What an HTTP answer says: one meaning for the crawl, the ledger and the tables. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from kremlin_archive.urls import event_address, is_site, page_url, site_url

OK = 200
NOT_MODIFIED = 304
REDIRECTS = frozenset({301, 302, 303, 307, 308})
ABSENT = frozenset({404, 410})
"""There is no such page."""
NOT_THERE = ABSENT | REDIRECTS
"""There is no page at that address."""
_WEB_PAGE = "text/html"
_GAVE_UP = 408  # the server waited for a request in vain: a failure, worth a repetition
REFUSED = frozenset(range(400, 500)) - ABSENT - {_GAVE_UP}
"""The site says no. 403 and 429 are usual, but who throttles sends any: 401, 406, 418, 451."""
LED_OFF = 0
"""Instead of the status of a redirect off the site, which says nothing of the page."""
LED_ON = 1
"""Instead of the status of a redirect within the event: where it led says what became of the page."""


def says_absent(status: int, redirect: str | None, doc_id: str | None) -> bool:
    """Whether an answer says that the page is not there: no page, or another page of the site instead.

    A redirect to the same event under another section or host has moved it; one that leads off the site,
    or nowhere (``redirect`` is where to, absolute), says nothing of the page.
    """
    if status in ABSENT:
        return True
    return status in REDIRECTS and redirect is not None and leads_away(redirect, doc_id)


def leads_away(target: str, doc_id: str | None) -> bool:
    """Whether an address is another page of the site than an event's.

    >>> leads_away("http://en.kremlin.ru/", "en:1"), leads_away("http://login.example/", "en:1")
    (True, False)
    """
    address = event_address(target)
    return is_site(target) and (address is None or address.doc_id != doc_id)


def leads_on_to(status: int, redirect: str | None, doc_id: str | None) -> str | None:
    """The page's address to which a redirect within an event leads; None for any other answer."""
    if status not in REDIRECTS or redirect is None or leads_away(redirect, doc_id):
        return None
    return page_url(redirect) if is_site(redirect) else None


def leads_to_itself(url: str, status: int, redirect: str | None) -> bool:
    """Whether an answer leads to the same page under another of the site's names.

    >>> leads_to_itself("http://kremlin.ru/events", 301, "https://www.kremlin.ru/events/")
    True
    """
    return status in REDIRECTS and redirect is not None and site_url(redirect) == site_url(url)


def where_led(url: str, leads: Mapping[str, str]) -> str:
    """Where one address after the other leads from ``url`` on: the last, or any of a circle."""
    passed = set()
    while url in leads and url not in passed:
        passed.add(url)
        url = leads[url]
    return url


def no_picture(length: int, detected: str | None) -> str | None:
    """Why the body of an answer 200 is no picture; None where it may be one.

    Its length, and what it is by its first bytes: what it is served as says nothing.

    >>> no_picture(0, None), no_picture(31, "text/html"), no_picture(31, None)
    ('is empty', 'is a web page, no picture', None)
    """
    if length == 0:
        return "is empty"
    return "is a web page, no picture" if detected == _WEB_PAGE else None


def is_whole_picture(row: Mapping[str, Any]) -> bool:
    """Whether an answer, as its capture tells of it, is a picture and all of it."""
    is_whole = row["status"] == OK and row["truncated"] is None
    return is_whole and no_picture(row["payload_length"], row["mime_detected"]) is None


class Trail:
    """What the answers of an event's addresses say of the page at one of them, each taken in as it came.

    An address whose newest answer leads to another address of the event takes the fate of that one.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._leads: dict[str, str] = {}

    def says_absent(self, url: str, led_to: str | None, *, is_absence: bool) -> bool:
        """Take one more answer in: whether it says that the page is not there."""
        here = page_url(url)
        self._leads.pop(here, None)
        if led_to is not None and led_to != here:
            self._leads[here] = led_to
        return is_absence and where_led(page_url(self._url), self._leads) == here


def retry_after(text: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (a number or an HTTP date), or None.

    >>> retry_after("120", datetime.now())
    120.0
    """
    text = (text or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    then = http_date(text)
    return None if then is None else max(0.0, (then - now).total_seconds())


def http_date(text: str) -> datetime | None:
    """The instant of an HTTP date; None where it is none, or has no zone («-0000»)."""
    try:
        then = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return then if then.tzinfo is not None else None
