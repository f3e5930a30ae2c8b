"""The site's addresses: which event a URL names, and the one form it is stored under.

An event's identity is its number: the same in both editions, and the same when one event is shown in
several sections. The section is where it was found. Sources: 7,235 saved English pages (every
``hreflang`` pair carries one number); councils place events one level deeper
(``/events/councils/by-council/N/ID``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal
from urllib.parse import SplitResult, urljoin, urlsplit

from w3lib.url import safe_url_string

Language = Literal["en", "ru"]
View = Literal["page", "copy", "print", "photos", "videos", "other"]

HOSTS: MappingProxyType[Language, str] = MappingProxyType(
    {"en": "en.kremlin.ru", "ru": "kremlin.ru"}
)
MEDIA_HOST = "static.kremlin.ru"

_LANGUAGE_OF_HOST: dict[str, Language] = {
    "en.kremlin.ru": "en",
    "www.en.kremlin.ru": "en",
    "kremlin.ru": "ru",
    "www.kremlin.ru": "ru",
}
_EVENT_PATH = re.compile(
    r"""/(?P<root>events/|(?=acts/news|supplement))     # acts and supplements live beside /events
        (?P<section>councils/by-council/\d+|[a-z][a-z_-]*(?:/[a-z][a-z_-]*)*?)
        (?P<copy>/copy)?
        /(?P<id>\d{1,9})
        (?:/(?P<view>print|photos|videos|work|audios)(?:/\d+)?)?
        /?""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class EventAddress:
    """What an event URL says: edition, section (``president/news``), number and view."""

    language: Language
    section: str
    event_id: int
    view: View = "page"

    @property
    def doc_id(self) -> str:
        """The edition's key, ``ru:66419``."""
        return f"{self.language}:{self.event_id}"

    @property
    def url(self) -> str:
        """The canonical URL of the event page (http, no www, no fragment), whatever the view was."""
        return f"http://{HOSTS[self.language]}{section_path(self.section)}/{self.event_id}"

    @property
    def counterpart(self) -> EventAddress:
        """Where the other edition of the event is: the same number and section on the other host.

        So it is on all 6,612 saved pages that name their other edition by its number; some are in another
        section (in 2017 English news/17173 was Russian transcripts/press_conferences/17173).
        """
        other: Language = "ru" if self.language == "en" else "en"
        return EventAddress(other, self.section, self.event_id)

    @property
    def text_version_url(self) -> str:
        """The URL of the plain text version."""
        return f"http://{HOSTS[self.language]}{section_path(self.section)}/copy/{self.event_id}"


def language_of(url: str) -> Language | None:
    """Edition a URL belongs to by its host, or None for a host that is not the site's."""
    return _LANGUAGE_OF_HOST.get((_split(url).hostname or "").lower())


def section_path(section: str) -> str:
    """Path of a section's listing.

    >>> section_path("president/news"), section_path("acts/news")
    ('/events/president/news', '/acts/news')
    """
    beside_events = section.startswith(("acts/", "press/")) or section == "supplement"
    return f"/{section}" if beside_events else f"/events/{section}"


def event_address(url: str) -> EventAddress | None:
    """Read an event's URL; None when the URL is no event's (a listing, a feed, another host).

    >>> event_address("http://www.en.kremlin.ru/events/president/news/66419#sel=1:1").doc_id
    'en:66419'
    >>> event_address("http://kremlin.ru/events/councils/by-council/18") is None
    True
    """
    parts = _split(url)
    language = _LANGUAGE_OF_HOST.get((parts.hostname or "").lower())
    match = _EVENT_PATH.fullmatch(parts.path)
    if language is None or match is None:
        return None
    section = match["section"]
    if section.endswith(("/page", "by-date", "by-council")) or section == "page":
        return None
    return EventAddress(language, section, int(match["id"]), _view(match))


def site_url(url: str) -> str:
    """The one form of an address of the site: http, no www, no slash at the end; any other as it is.

    >>> site_url("https://www.kremlin.ru/events/president/news/page/2/")
    'http://kremlin.ru/events/president/news/page/2'
    """
    language = language_of(url)
    if language is None:
        return url
    parts = _split(url)
    return parts._replace(
        scheme="http", netloc=HOSTS[language], path=parts.path.rstrip("/")
    ).geturl()


def page_url(url: str) -> str:
    """The canonical address of an event's page; any other address as it is.

    >>> page_url("https://www.kremlin.ru/events/president/news/66419/photos")
    'http://kremlin.ru/events/president/news/66419'
    """
    address = event_address(url)
    return address.url if address else url


def fetched_as(href: str, base: str) -> str | None:
    """The address at which what a page at ``base`` refers to is asked for; None where that is not the web's.

    >>> fetched_as("//STATIC.kremlin.ru/media/фото 1.jpg#x", "http://kremlin.ru/events/president/news/1")
    'http://static.kremlin.ru/media/%D1%84%D0%BE%D1%82%D0%BE%201.jpg'
    """
    try:
        parts = _split(safe_url_string(urljoin(base, href)))
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    return parts._replace(netloc=parts.netloc.lower(), fragment="").geturl()


def of_site(hrefs: Iterable[str], base: str) -> Iterator[str]:
    """What a page at ``base`` refers to, as far as it is the site's, as it is asked for (`fetched_as`)."""
    urls = (fetched_as(href, base) for href in hrefs)
    return (url for url in urls if url is not None and is_site(url))


def is_robots(url: str) -> bool:
    """Whether a URL is that of an origin's robots.txt."""
    return _split(url).path == "/robots.txt"


def _view(match: re.Match[str]) -> View:
    if match["copy"]:
        return "copy"
    view = match["view"]
    if view is None:
        return "page"
    return view if view in ("print", "photos", "videos") else "other"  # type: ignore[return-value]


def is_site(url: str) -> bool:
    """Whether a URL's host is one of the site's own (editions, special editions, media)."""
    host = (_split(url).hostname or "").lower()
    return host == "kremlin.ru" or host.endswith(".kremlin.ru")


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL: what a robots.txt holds for.

    >>> origin_of("https://kremlin.ru/events/president/news")
    'https://kremlin.ru'
    """
    parts = _split(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _split(url: str) -> SplitResult:
    """Split a URL; one that cannot be (``http://[``, as a Location header may say) has no parts."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")
