"""Links of a page as absolute addresses."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from kremlin_archive.urls import language_of


def absolute(href: str, url: str) -> str:
    """Resolve a link of the page at ``url``; the site's own hosts are named without ``www``.

    >>> absolute("/supplement/5309", "http://www.kremlin.ru/events/president/news/66419")
    'http://kremlin.ru/supplement/5309'
    """
    try:
        joined = href if href.startswith("http://") else urljoin(url, href)
    except ValueError:  # no address at all (``http://[x``): kept as it stands
        return href
    return joined.replace("://www.", "://", 1) if language_of(joined) is not None else joined


def path_of(href: str, url: str) -> str:
    """Return the path a link of the page at ``url`` leads to."""
    try:
        return urlsplit(urljoin(url, href)).path
    except ValueError:
        return href
