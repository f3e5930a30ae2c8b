"""A ``time`` element of the site: the date in ``datetime``, the clock only in its text."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from kremlin_archive.pages.clock import clock_time
from kremlin_archive.pages.dates import date_in_words, iso_date
from kremlin_archive.pages.inline import element_text
from kremlin_archive.pages.words import SiteWords


def read_stamp(stamp: LexborNode, words: SiteWords) -> tuple[str | None, str | None]:
    """Read date and time; the date from ``datetime``, or from the words where that is none."""
    text = element_text(stamp)
    date = iso_date(stamp.attributes.get("datetime") or "") or date_in_words(text, words)
    return date, clock_time(text)
