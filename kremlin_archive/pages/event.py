"""An event page: one template for all sections and years.

The English template is that of 7,108 saved pages of August 2020 (events of 1999-2020). No saved
Russian event page exists: the Russian edition is read as the same template with Russian words,
which scrapers' selectors and texts confirm; a Russian page that differs fails with a `LayoutError`
or leaves warnings on its record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from kremlin_archive.errors import LayoutError, NotThisPage
from kremlin_archive.pages.announcement import Announcement, read_announcement
from kremlin_archive.pages.body import Body, read_body
from kremlin_archive.pages.clock import known_time, moscow_iso
from kremlin_archive.pages.decoding import parse_html
from kremlin_archive.pages.head import Head, canonical_url, counterpart_url, last_updated, read_head
from kremlin_archive.pages.selection import one
from kremlin_archive.pages.status import Status, read_status
from kremlin_archive.pages.tags import Tags, read_tags
from kremlin_archive.pages.turns import Turns, assign_turns, is_partial
from kremlin_archive.pages.words import WORDS
from kremlin_archive.records import EventPage, Warn
from kremlin_archive.urls import EventAddress, event_address

ARTICLE = "article.read__in"
BODY = "div.read__internal_content"

_EVENT_ID = re.compile(r"event-(\d{1,9})")


@dataclass(frozen=True, slots=True)
class _Parts:
    """An event page, read part by part."""

    url: str
    address: EventAddress
    head: Head
    body: Body
    turns: Turns
    status: Status
    tags: Tags
    announcement: Announcement
    updated: str | None
    counterpart_url: str | None
    warnings: tuple[Warn, ...]
    """Those of the page as a whole; the parts hold their own."""


def parse_event(content: bytes, url: str, *, charset: str | None = None) -> EventPage:
    """Read an event page from its decoded HTML bytes; ``charset`` is the HTTP header's, if any.

    Raises `NotThisPage` when the body is empty, cannot be decoded, is not HTML or shows another
    event or the other edition, and `LayoutError` when the template's fixed parts are missing or doubled.
    """
    address = required_address(url)
    page, charset_warnings = parse_html(content, url, charset)
    article = one(page, ARTICLE, url)
    _check_id(article, address, url)
    _check_language(page, address, url)
    return _record(_read_parts(page, article, address, url, charset_warnings))


def _read_parts(
    page: LexborHTMLParser,
    article: LexborNode,
    address: EventAddress,
    url: str,
    warnings: tuple[Warn, ...],
) -> _Parts:
    words = WORDS[address.language]
    body = read_body(one(article, BODY, url), url, words)
    updated, updated_warnings = last_updated(page, url, words)
    return _Parts(
        url=canonical_url(page, address.event_id, address.url),
        address=address,
        head=read_head(article, url, words),
        body=body,
        turns=assign_turns(body.blocks, words),
        status=read_status(article, url, words),
        tags=read_tags(article, url, words),
        announcement=read_announcement(article, url, words),
        updated=updated,
        counterpart_url=counterpart_url(page, url, address.language),
        warnings=(*warnings, *updated_warnings),
    )


def _record(parts: _Parts) -> EventPage:
    head, body, status, tags = parts.head, parts.body, parts.status, parts.tags
    paragraphs = parts.turns.paragraphs
    return EventPage(
        event_id=parts.address.event_id,
        language=parts.address.language,
        url=parts.url,
        title=head.title,
        lead=head.lead,
        date=head.date,
        time=known_time(head.date, head.time) if head.date else head.time,
        published_at=_published_at(head, status),
        announce_text=parts.announcement.text,
        announced_for=parts.announcement.first,
        announced_until=parts.announcement.until,
        place=head.place,
        paragraphs=paragraphs,
        turn_starts=parts.turns.starts,
        is_partial=is_partial(paragraphs, WORDS[parts.address.language]),
        sections=status.sections,
        countries=tuple(tags.countries),
        regions=tuple(tags.regions),
        topics=tuple(tags.topics),
        persons=tuple(tags.persons),
        photos=tuple(body.photos),
        videos=tuple(body.videos),
        person_mentions=(*head.mentions, *body.mentions),
        related=tuple(body.related),
        attachments=tuple(body.attachments),
        counterpart_url=parts.counterpart_url,
        short_url=status.short_url,
        text_version_url=status.text_version_url,
        last_updated=parts.updated,
        warnings=_warnings(parts),
    )


def _warnings(parts: _Parts) -> tuple[Warn, ...]:
    return (
        *parts.warnings,
        *parts.head.warnings,
        *parts.body.warnings,
        *parts.tags.warnings,
        *parts.status.warnings,
        *parts.announcement.warnings,
        *_disagreements(parts.head, parts.status),
    )


def required_address(url: str) -> EventAddress:
    """Return the event a URL names; NotThisPage for any other URL."""
    address = event_address(url)
    if address is None:
        raise NotThisPage(url, "not the address of an event")
    return address


def _check_id(article: LexborNode, address: EventAddress, url: str) -> None:
    match = _EVENT_ID.fullmatch(article.attributes.get("id") or "")
    if match is None:
        raise LayoutError(url, f"{ARTICLE}[id=event-N]", 0, "exactly 1")
    if int(match[1]) != address.event_id:
        raise NotThisPage(url, f"the page shows event {match[1]}")


def _check_language(page: LexborHTMLParser, address: EventAddress, url: str) -> None:
    """Refuse the other edition's page: both have the event's number, and hosts can be mixed up.

    19,181 of 19,183 saved files name their language, all of them that of their host.
    """
    root = page.root
    said = root.attributes.get("lang") if root is not None else None
    if said in WORDS and said != address.language:
        raise NotThisPage(url, f"the page is that of the other edition (its language is {said!r})")


def _published_at(head: Head, status: Status) -> str | None:
    """Read the head's moment, or the status block's where the head has none.

    Null where the time is unknown.
    """
    date, time = (head.date, head.time) if head.date and head.time else (status.date, status.time)
    known = known_time(date, time) if date else None
    return moscow_iso(date, known) if date and known else None


def _disagreements(head: Head, status: Status) -> list[Warn]:
    """Where head and status block name different moments (never, on the saved pages)."""
    pairs = (("date", head.date, status.date), ("time", head.time, status.time))
    return [
        Warn(f"{name}_disagrees", f"head {above}, status {below}")
        for name, above, below in pairs
        if above is not None and below is not None and above != below
    ]
