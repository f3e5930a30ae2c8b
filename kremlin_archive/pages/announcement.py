"""«Announcement, March 7 − 10, 2020»: the day of the coming event, not of publication."""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from kremlin_archive.pages.dates import days_at
from kremlin_archive.pages.inline import element_text
from kremlin_archive.pages.selection import maybe_one
from kremlin_archive.pages.words import SiteWords
from kremlin_archive.records import Warn

ANNOUNCEMENT = "div.announce_date"


@dataclass(frozen=True, slots=True)
class Announcement:
    """The line as printed, its day, and the last day of a range (null for one day)."""

    text: str | None = None
    first: str | None = None
    until: str | None = None
    warnings: tuple[Warn, ...] = ()


def read_announcement(article: LexborNode, url: str, words: SiteWords) -> Announcement:
    """Read the announcement line, if the page has one."""
    node = maybe_one(article, ANNOUNCEMENT, url)
    return Announcement() if node is None else parse_announcement(element_text(node), words)


def parse_announcement(text: str, words: SiteWords) -> Announcement:
    """Read an announcement line; its text ends before the words of a calendar button."""
    lead = words.announcement.match(text)
    days = days_at(text, words, lead.end()) if lead is not None else None
    if days is None:
        return Announcement(text or None, warnings=(Warn("unknown_announcement", text),))
    after = text[days.end :]
    if all(word.lower() in words.calendar_words for word in after.split()):
        return Announcement(text[: days.end], days.first, days.until)
    return Announcement(
        text, days.first, days.until, (Warn("unknown_announcement", after.strip()),)
    )
