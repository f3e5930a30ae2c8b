"""A section's listing: ``/page/P``, its first page, and ``/by-date/DD.MM.YYYY``.

A by-date page is the ``/page/P`` on which that day falls, not a list of that day.

From 415 listing pages and 1,807 by-date pages of the English news of August 2020. Russian listings
share the template as far as one item of August 2026 shows. Pages drift while being walked, as items
are added: key on the id.
"""

from __future__ import annotations

from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from kremlin_archive.errors import LayoutError, NotThisPage
from kremlin_archive.pages.clock import known_time
from kremlin_archive.pages.dates import iso_date
from kremlin_archive.pages.decoding import parse_html
from kremlin_archive.pages.each import read_each
from kremlin_archive.pages.inline import element_text
from kremlin_archive.pages.links import absolute
from kremlin_archive.pages.selection import attribute, maybe_one, one, some
from kremlin_archive.pages.stamp import read_stamp
from kremlin_archive.pages.words import WORDS, SiteWords
from kremlin_archive.records import ListingItem, ListingPage, Warn
from kremlin_archive.urls import event_address, language_of

LISTER = "div.lister-page"
ITEM = "div.hentry"
ITEM_LINK = "h3.hentry__title a[rel=bookmark]"
ITEM_TITLE = "span.entry-title"  # the link's whole text holds date, author and place too
ITEM_PUBLISHED = "time.dt-published"
ITEM_UPDATED = "span.updated"
ITEM_PLACE = "span.hentry__location"
_DIGITS = 6  # of a page's number; its listings have some thousand
# The site labels the older page «Previous» and marks it rel=next.
OLDER = "a.more-next"
NEWER = "a.more-prev"


def parse_listing(content: bytes, url: str, *, charset: str | None = None) -> ListingPage:
    """Read a listing page from its decoded HTML bytes.

    Raises `NotThisPage` when the body is empty, cannot be decoded or is not HTML, and `LayoutError`
    when there is no list, a page that is not the last lists nothing, or no item of it can be read. An
    item that lacks its link, title or id beside others that do not is told in ``odd``.
    """
    language = language_of(url)
    if language is None:
        raise NotThisPage(url, "not the address of a listing")
    words = WORDS[language]
    page, warnings = parse_html(content, url, charset)
    lister = one(page, LISTER, url)
    number, count = _number(lister, "data-page", url), _number(lister, "data-pages", url)
    nodes = some(lister, ITEM, url) if number < count else lister.css(ITEM)
    items, odd = read_each(nodes, lambda node: _item(node, url, words), _name)
    return ListingPage(
        url=url,
        language=language,
        page=number,
        page_count=count,
        items=items,
        newer_url=_link(page, NEWER, url),
        older_url=_link(page, OLDER, url),
        warnings=(*warnings, *_undated(items)),
        odd=odd,
    )


def _number(lister: LexborNode, name: str, url: str) -> int:
    text = attribute(lister, name, url)
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise LayoutError(url, f"{LISTER}[{name}={text}]", 0, "a number")
    return int(text)


def _item(node: LexborNode, url: str, words: SiteWords) -> ListingItem:
    link = one(node, ITEM_LINK, url)
    target = absolute(attribute(link, "href", url), url)
    address = event_address(target)
    shown = attribute(node, "data-id", url)
    if address is None or str(address.event_id) != shown:
        raise LayoutError(
            url, f"{ITEM_LINK}[href={target}] in [data-id={shown}]", 0, "the address of that event"
        )
    stamp = maybe_one(node, ITEM_PUBLISHED, url)
    date, time = read_stamp(stamp, words) if stamp is not None else (None, None)
    updated = maybe_one(node, ITEM_UPDATED, url)
    place = maybe_one(node, ITEM_PLACE, url)
    return ListingItem(
        event_id=address.event_id,
        url=address.url,
        title=element_text(one(link, ITEM_TITLE, url)),
        date=date,
        time=known_time(date, time) if date else time,
        updated=iso_date(element_text(updated)) if updated is not None else None,
        place=element_text(place) or None if place is not None else None,
    )


def _name(node: LexborNode) -> str:
    return f"data-id {node.attributes.get('data-id') or 'missing'}"


def _link(page: LexborHTMLParser, selector: str, url: str) -> str | None:
    link = maybe_one(page, selector, url)
    return absolute(attribute(link, "href", url), url) if link is not None else None


def _undated(items: Iterable[ListingItem]) -> list[Warn]:
    return [Warn("undated_item", item.url) for item in items if item.date is None]
