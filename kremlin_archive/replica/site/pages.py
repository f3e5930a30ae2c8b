"""The pages of the bundled site, a function a page type: HTML or XML, or None for no such page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from markupsafe import Markup

from kremlin_archive.replica.site import render
from kremlin_archive.replica.site.catalogue import EVERYTHING, section
from kremlin_archive.replica.site.edition import Edition
from kremlin_archive.replica.site.listing import (
    PER_PAGE,
    cut,
    newest_first,
    page_count,
    page_of_day,
)
from kremlin_archive.replica.site.media import media_url
from kremlin_archive.replica.site.text import text_version
from kremlin_archive.replica.site.typography import typeset
from kremlin_archive.urls import HOSTS, Language

_PROMOTED = 66419


class FeedItem(NamedTuple):
    """An entry of a feed."""

    edition: Edition
    url: str
    summary: Markup
    body: Markup


@dataclass(frozen=True, slots=True)
class Bookshelf:
    """Editions by language and number; ``year`` is that of the frame's footer."""

    editions: Mapping[tuple[Language, int], Edition]
    newest: tuple[Edition, ...]
    year: int

    @classmethod
    def of(cls, editions: Iterable[Edition], year: int) -> Bookshelf:
        """Shelf of these editions."""
        listed = newest_first(tuple(editions))
        return cls({(one.language, one.event_id): one for one in listed}, tuple(listed), year)

    def listed_in(self, language: Language, key: str) -> list[Edition]:
        """Editions of a section, newest first."""
        own = (one for one in self.newest if one.language == language)
        return [one for one in own if key in (EVERYTHING, *one.sections)]

    def page_in(self, language: Language, key: str, number: str) -> Edition | None:
        """Edition that has a page in a section; None in a wrong section."""
        edition = self.editions.get((language, int(number)))
        if edition is None:
            return None
        path = f"{section(key, language).pages}/{int(number)}"
        there = {edition.path_in(one) for one in edition.sections}
        return edition if path in there else None


def home(shelf: Bookshelf, language: Language) -> str:
    """Home page with the latest events."""
    items = shelf.listed_in(language, "president/news")[:10]
    counterpart = f"http://{HOSTS[_other(language)]}/"
    return _render(shelf, "home.html", language, items=items, counterpart=counterpart)


def missing(shelf: Bookshelf, language: Language) -> str:
    """Page of a 404."""
    return _render(shelf, "missing.html", language)


def listing(shelf: Bookshelf, language: Language, key: str, page: str | None) -> str | None:
    """Page of a section's listing."""
    place = section(key, language)
    number = int(page or 1)
    return _listing(
        shelf, language, key, number, f"{place.listed}/page/{page}" if page else place.listed
    )


def by_date(shelf: Bookshelf, language: Language, key: str, day: str) -> str | None:
    """Page of the listing on which a day falls: its twenty items, not the day's alone."""
    try:
        wanted = date(int(day[6:]), int(day[3:5]), int(day[:2]))
    except ValueError:
        return None
    number = page_of_day(shelf.listed_in(language, key), wanted.isoformat())
    path = f"{section(key, language).listed}/by-date/{day}"
    return _listing(shelf, language, key, number, path)


def _listing(shelf: Bookshelf, language: Language, key: str, number: int, path: str) -> str | None:
    place = section(key, language)
    shown = cut(place.listed, shelf.listed_in(language, key), number)
    if shown is None:
        return None
    return _render(
        shelf,
        "listing.html",
        language,
        section=place,
        listing=shown,
        path=path,
        promoted=shelf.editions.get((language, _PROMOTED)),
        counterpart=f"http://{HOSTS[_other(language)]}{path}",
    )


def feed(shelf: Bookshelf, language: Language, key: str, page: str | None) -> str | None:
    """Page of a section's Atom feed, twenty entries."""
    place, host = section(key, language), HOSTS[language]
    editions = shelf.listed_in(language, key)
    number, pages = int(page or 1), page_count(editions)
    shown = editions[(number - 1) * PER_PAGE : number * PER_PAGE]
    if not 1 <= number <= pages:
        return None

    def address(at: int) -> str:
        return f"http://{host}{place.listed}/feed" + (f"/page/{at}" if at > 1 else "")

    return _render(
        shelf,
        "feed.xml",
        language,
        section=place,
        page=number,
        pages=pages,
        address=address,
        entries=[_feed_item(shelf, one, f"http://{host}{one.path_in(key)}") for one in shown],
        updated=max((one.updated for one in shown), default=f"{shelf.year}-01-01 00:00:00"),
    )


def event(
    shelf: Bookshelf, language: Language, key: str, number: str, printing: str | None
) -> str | None:
    """Event page, or its print view."""
    edition = shelf.page_in(language, key, number)
    if edition is None:
        return None
    body = _body(shelf, edition)
    suffix = printing or ""
    facts = _facts(shelf, edition, key, "page", suffix)
    return _render(shelf, "event.html", language, body=body, printing=bool(printing), **facts)


def photos(shelf: Bookshelf, language: Language, key: str, number: str) -> str | None:
    """Photo tab; None where the event has no photos."""
    edition = shelf.page_in(language, key, number)
    if edition is None or not edition.photos:
        return None
    return _render(
        shelf, "photos.html", language, **_facts(shelf, edition, key, "photos", "/photos")
    )


def videos(shelf: Bookshelf, language: Language, key: str, number: str) -> str | None:
    """Video tab; None where the event has no video."""
    edition = shelf.page_in(language, key, number)
    if edition is None or not edition.video:
        return None
    return _render(
        shelf, "videos.html", language, **_facts(shelf, edition, key, "videos", "/videos")
    )


def copy(shelf: Bookshelf, language: Language, key: str, number: str) -> str | None:
    """Text version."""
    edition = shelf.page_in(language, key, number)
    if edition is None:
        return None
    url = f"http://{HOSTS[language]}{section(key, language).pages}/copy/{number}"
    text = text_version(edition, _body(shelf, edition), url)
    return _render(shelf, "copy.html", language, edition=edition, text=text)


def _render(shelf: Bookshelf, template: str, language: Language, **values: Any) -> str:  # noqa: ANN401
    return render.page(template, language, year=shelf.year, **values)


def _body(shelf: Bookshelf, edition: Edition) -> Markup:
    return render.body(edition, lambda number: shelf.editions.get((edition.language, number)))


def _facts(shelf: Bookshelf, edition: Edition, key: str, view: str, suffix: str) -> dict[str, Any]:
    language, place = edition.language, section(key, edition.language)
    path = edition.path_in(key)
    other = _other(language)
    twin = (other, edition.event_id) in shelf.editions
    day = ".".join(reversed(edition.date.split("-")))
    return {
        "edition": edition,
        "path": path,
        "url": f"http://{HOSTS[language]}{path}",
        "stream": f"{place.listed}/by-date/{day}",
        "category": place,
        "sections": render.sections(edition),
        "counterpart": f"http://{HOSTS[other]}{path}{suffix}" if twin else "",
        "text_version": f"{place.pages}/copy/{edition.event_id}" if view == "page" else "",
        "text_size": edition.text_size,
        "view": view,
        **render.tags(edition),
    }


def _feed_item(shelf: Bookshelf, edition: Edition, url: str) -> FeedItem:
    lead = "".join(
        f"<p>{typeset(line, edition.language)} </p>" for line in edition.lead.splitlines()
    )
    parts = [f'<div class="c-summary" style="font-size: 1.2em">{lead}</div> '] if lead else []
    if edition.photos:
        first = edition.photos[edition.first_slide]
        caption = typeset(first.caption, edition.language)
        parts.append(f'<img src="{media_url(first.id, "small")}" alt="{caption}" /> ')
    body = render.plain_body(_body(shelf, edition))
    return FeedItem(edition, url, Markup(" ".join(parts)), Markup(body))  # noqa: S704 - made above


def _other(language: Language) -> Language:
    return "ru" if language == "en" else "en"
