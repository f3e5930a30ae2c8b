"""The bundled site: editions in memory, and every page that follows from them.

The site can change while it is served (``publish``, ``edit``, ``remove``, ``turn_year``), from any
thread; listings, feeds and pages follow at once. Wrong section or no such event is a 404, as on the
real site.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kremlin_archive.errors import UsageError
from kremlin_archive.replica.http import ATOM, HTML, PLAIN, Reply, Request, pack
from kremlin_archive.replica.site import pages, render
from kremlin_archive.replica.site.catalogue import section, section_keys
from kremlin_archive.replica.site.edition import Edition, bundled_editions, typed
from kremlin_archive.replica.site.media import media
from kremlin_archive.replica.site.pages import Bookshelf
from kremlin_archive.urls import HOSTS, MEDIA_HOST, Language

_Key = tuple[Language, int]
_LANGUAGES: dict[str, Language] = {host: language for language, host in HOSTS.items()}
# The lines of the real file, 2020: transcripts' text versions are not among those disallowed.
ROBOTS = """\
User-agent: *
# news
Disallow: /search
# subscription
Disallow: /subscribe/sms/send
Disallow: /subscribe/sms/check
Disallow: /subscribe/sms/save
Disallow: /subscribe/sms/unsubscribe
Disallow: /subscribe/daily/send
Disallow: /subscribe/daily/subscribe
Disallow: /subscribe/daily/unsubscribe
Disallow: /subscribe/weekly/send
Disallow: /subscribe/weekly/unsubscribe
Disallow: /subscribe/weekly/save
Disallow: /events/president/news/copy
Disallow: /misc/copy
Disallow: /events/administration/copy
Disallow: /events/state-council/copy
Disallow: /events/security-council/copy
Disallow: /events/councils/copy
Disallow: /acts/news/copy/
"""
_STYLE = (
    "body{font:1em/1.5 serif;max-width:46em;margin:2em auto;color:#222}.hidden,.header,.sidebar,"
    ".footer__col,.gallery__wrap,.read__tabs,.read__close_wrapper{display:none}"
)
_ROUTES: tuple[tuple[re.Pattern[str], Callable[..., str | None]], ...] = (
    (re.compile(r"(?:/page/(?P<page>\d{1,6}))?"), pages.listing),
    (re.compile(r"/by-date/(?P<day>\d\d\.\d\d\.\d{4})"), pages.by_date),
    (re.compile(r"/feed(?:/page/(?P<page>\d{1,6}))?"), pages.feed),
    (re.compile(r"/copy/(?P<number>\d{1,9})"), pages.copy),
    (re.compile(r"/(?P<number>\d{1,9})(?P<printing>/print)?"), pages.event),
    (re.compile(r"/(?P<number>\d{1,9})/photos(?:/\d+)?"), pages.photos),
    (re.compile(r"/(?P<number>\d{1,9})/videos(?:/\d+)?"), pages.videos),
)


@dataclass(frozen=True, slots=True)
class _State:
    """Editions as they stand, where removed ones lead, and the replies already made from them."""

    shelf: Bookshelf
    moved: Mapping[_Key, str] = field(default_factory=dict)
    replies: dict[tuple[str, str], Reply] = field(default_factory=dict)


class Site:
    """Editions served as the real site serves them; by default those bundled with the project."""

    def __init__(self, editions: Iterable[Edition] | None = None, year: int = 2026) -> None:
        self._lock = threading.Lock()
        chosen = bundled_editions() if editions is None else editions
        self._state = _State(Bookshelf.of(chosen, year))

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts of both editions and of the pictures."""
        return frozenset([*_LANGUAGES, MEDIA_HOST])

    @property
    def editions(self) -> tuple[Edition, ...]:
        """All editions, newest first."""
        return self._state.shelf.newest

    @property
    def year(self) -> int:
        """Year that the footer shows."""
        return self._state.shelf.year

    def edition(self, language: Language, event_id: int) -> Edition:
        """One edition; UsageError if the site has none."""
        found = self._state.shelf.editions.get((language, event_id))
        if found is None:
            raise UsageError(f"the site has no {language}:{event_id}")
        return found

    def publish(self, edition: Edition) -> None:
        """Add an edition, or put it in the place of the one there; UsageError if it cannot be shown."""
        render.body(edition, lambda _: None)
        render.tags(edition)
        key = (edition.language, edition.event_id)
        with self._lock:
            old = self._state
            moved = {one: where for one, where in old.moved.items() if one != key}
            self._state = _changed(old, {**old.shelf.editions, key: edition}, moved)

    def edit(self, language: Language, event_id: int, **changes: Any) -> Edition:  # noqa: ANN401
        """Change fields of an edition, ``updated`` too if the site is to say so; gives the new one."""
        try:
            edition = replace(self.edition(language, event_id), **typed(changes))
        except TypeError as error:
            raise UsageError(f"not a change of an edition: {error}") from error
        self.publish(edition)
        return edition

    def remove(self, language: Language, event_id: int, moved_to: str | None = None) -> Edition:
        """Take an edition off the site; gives it, so that it can be published again.

        Its page is a 404 from then on, or a redirect (301) to ``moved_to``, a path or URL.
        """
        edition = self.edition(language, event_id)
        key = (language, event_id)
        with self._lock:
            old = self._state
            kept = {one: edition for one, edition in old.shelf.editions.items() if one != key}
            moved = {**old.moved, key: moved_to} if moved_to else old.moved
            self._state = _changed(old, kept, moved)
        return edition

    def turn_year(self, year: int) -> None:
        """Show another year in the footer of every page, as each New Year does."""
        with self._lock:
            old = self._state
            self._state = _State(Bookshelf.of(old.shelf.editions.values(), year), old.moved)

    def answer(self, request: Request) -> Reply:
        """Reply to a request of one of the hosts."""
        host, path = request.host.removeprefix("www."), request.path.rstrip("/") or "/"
        if host == MEDIA_HOST:
            return media(request)
        state = self._state  # one reading: a change meanwhile makes a new one
        reply = state.replies.get((host, path))
        if reply is None:
            reply = _reply(state, _LANGUAGES[host], path)
            if reply.status == 200:  # noqa: PLR2004
                state.replies[host, path] = reply
        return reply


def _changed(old: _State, editions: Mapping[_Key, Edition], moved: Mapping[_Key, str]) -> _State:
    return _State(Bookshelf.of(editions.values(), old.shelf.year), moved)


def _reply(state: _State, language: Language, path: str) -> Reply:
    shelf = state.shelf
    if path == "/robots.txt":
        return Reply(200, PLAIN, body=ROBOTS.encode())
    if path.startswith("/static/css/"):
        return Reply(200, "text/css", body=_STYLE.encode())
    if re.fullmatch(r"/subtitles/\d+\.vtt", path):
        return Reply(200, "text/vtt", body=b"WEBVTT\n")
    if match := re.fullmatch(r"/d/(\d{1,9})", path):
        return _short_link(state, language, int(match[1]))
    made = pages.home(shelf, language) if path == "/" else _section_page(shelf, language, path)
    if made is None:
        return _absent(state, language, path)
    feed = made.startswith("<?xml")
    # Listings and feeds are put together for each reader, so they go out in chunks.
    in_chunks = feed or "lister-page" in made
    return Reply(200, ATOM if feed else HTML, packed=pack(made.encode()), chunked=in_chunks)


def _short_link(state: _State, language: Language, number: int) -> Reply:
    edition = state.shelf.editions.get((language, number))
    if edition is None:
        return _absent(state, language, f"/{number}")
    where = f"http://{HOSTS[language]}{edition.path_in(edition.sections[0])}"
    return _moved(where)


def _absent(state: _State, language: Language, path: str) -> Reply:
    match = re.fullmatch(r".*/(\d{1,9})", path)
    where = state.moved.get((language, int(match[1]))) if match else None
    if where is not None:
        return _moved(where)
    return Reply(404, HTML, body=pages.missing(state.shelf, language).encode())


def _moved(where: str) -> Reply:
    return Reply(301, PLAIN, (("Location", where),), b"Moved\n")


def _section_page(shelf: Bookshelf, language: Language, path: str) -> str | None:
    for key in section_keys():
        listed = section(key, language).listed
        if path == listed or path.startswith(f"{listed}/"):
            for route, make in _ROUTES:
                if match := route.fullmatch(path.removeprefix(listed)):
                    return make(shelf, language, key, **match.groupdict())
    return None
