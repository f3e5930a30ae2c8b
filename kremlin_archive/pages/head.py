"""The head of an event page: title, lead, date, time, place; the other edition; the last change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from kremlin_archive.pages.clock import clock_time
from kremlin_archive.pages.inline import Inline, element_text, read_inline
from kremlin_archive.pages.links import absolute
from kremlin_archive.pages.selection import maybe_one, one
from kremlin_archive.pages.stamp import read_stamp
from kremlin_archive.pages.words import SiteWords
from kremlin_archive.records import PersonMention, Warn
from kremlin_archive.urls import Language, event_address

TOP = "div.read__top"
TITLE = "h1"
LEAD = "div.read__lead"
LEAD_PARAGRAPHS = "p"
PUBLISHED = "time.read__published"
TIME = "div.read__time"  # a div, not a time element
PLACE = "div.read__place"
UPDATED = "div.read__updated"
UPDATED_TIME = "time"
OTHER_EDITION = "link[rel=alternate][hreflang]"
CANONICAL = "link[rel=canonical]"


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the text."""

    title: str
    lead: str | None
    date: str | None
    time: str | None
    place: str | None
    mentions: tuple[PersonMention, ...]
    warnings: tuple[Warn, ...]


def read_head(article: LexborNode, url: str, words: SiteWords) -> Head:
    """Read the block above the text; the title and the lead's element must be there."""
    top = one(article, TOP, url)
    lead = _lead(one(top, LEAD, url))
    stamp = maybe_one(top, PUBLISHED, url)
    date = read_stamp(stamp, words)[0] if stamp is not None else None
    clock = maybe_one(top, TIME, url)
    place = maybe_one(top, PLACE, url)
    return Head(
        title=element_text(one(top, TITLE, url)),
        lead="\n".join(part.text for part in lead if part.text) or None,
        date=date,
        time=clock_time(element_text(clock)) if clock is not None else None,
        place=element_text(place) or None if place is not None else None,
        mentions=tuple(mention for part in lead for mention in part.mentions),
        warnings=(
            *(warning for part in lead for warning in part.warnings),
            *_undated(stamp, date),
        ),
    )


def _undated(stamp: LexborNode | None, date: str | None) -> Iterator[Warn]:
    if stamp is not None and date is None:
        shown = stamp.attributes.get("datetime") or ""
        yield Warn("unreadable_date", f"{shown} {element_text(stamp)}".strip())


def _lead(node: LexborNode) -> list[Inline]:
    return [read_inline(paragraph) for paragraph in node.css(LEAD_PARAGRAPHS) or [node]]


def last_updated(
    page: LexborHTMLParser, url: str, words: SiteWords
) -> tuple[str | None, tuple[Warn, ...]]:
    """Wall clock ``YYYY-MM-DDTHH:MM`` of the last change; a warning where the page gives none."""
    node = maybe_one(page, UPDATED, url)
    stamp = maybe_one(node, UPDATED_TIME, url) if node is not None else None
    date, time = read_stamp(stamp, words) if stamp is not None else (None, None)
    if date is None or time is None:
        return None, (Warn("no_last_updated", UPDATED),)
    return f"{date}T{time}", ()


def counterpart_url(page: LexborHTMLParser, url: str, language: Language) -> str | None:
    """Canonical address of the other edition, if the page names one."""
    for link in page.css(OTHER_EDITION):
        href = link.attributes.get("href")
        if href and link.attributes.get("hreflang") != language:
            address = event_address(href)
            return address.url if address is not None else absolute(href, url)
    return None


def canonical_url(page: LexborHTMLParser, event_id: int, fallback: str) -> str:
    """Return the address the page gives itself, if it is one of this event; else the fallback."""
    link = page.css_first(CANONICAL)
    address = event_address((link.attributes.get("href") or "") if link is not None else "")
    return address.url if address is not None and address.event_id == event_id else fallback
