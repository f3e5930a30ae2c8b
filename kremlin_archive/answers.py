"""What an HTTP answer at an event's address says of its page: one meaning for crawl, ledger and tables."""

from __future__ import annotations

from kremlin_archive.urls import event_address, is_site

OK = 200
NOT_MODIFIED = 304
ABSENT = frozenset({404, 410})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
REFUSED = frozenset({403, 429})


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
