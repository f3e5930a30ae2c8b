"""Dates written in words, in either language, and ranges of them; never guessed."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from kremlin_archive.pages.words import SiteWords

_YEARS = range(1900, 2100)
"""Beyond them no date of the site's can be meant: 0001-01-01 is how software writes that it has none."""

_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DASH = r"\s*[\u2212\u2013\u2014-]\s*"
_MONTH = r"[A-Za-zА-Яа-яЁё]+"
# «March 7 − 10, 2020», «April 30 − May 2, 2020», «December 30, 2020 − January 2, 2021»
_MONTH_FIRST = re.compile(
    rf"(?P<m1>{_MONTH})\s(?P<d1>\d{{1,2}})(?:,?\s(?P<y1>\d{{4}})(?={_DASH}))?"
    rf"(?:{_DASH}(?:(?P<m2>{_MONTH})\s)?(?P<d2>\d{{1,2}}))?,?\s(?P<y2>\d{{4}})"
)
# «7 − 10 мая 2025 года», «30 апреля − 2 мая 2025 года», «30 декабря 2025 года − 2 января 2026 года»
_DAY_FIRST = re.compile(
    rf"(?P<d1>\d{{1,2}})(?:\s(?P<m1>{_MONTH})(?:\s(?P<y1>\d{{4}})(?:\sгода)?)?(?={_DASH}))?"
    rf"(?:{_DASH}(?P<d2>\d{{1,2}}))?\s(?P<m2>{_MONTH})\s(?P<y2>\d{{4}})(?:\sгода)?"
)


class Days(NamedTuple):
    """A day, or the first and last of a range (``until`` is null for one day).

    ``end`` is where the text goes on.
    """

    first: str
    until: str | None
    end: int


def days_at(text: str, words: SiteWords, start: int = 0) -> Days | None:
    """Read a date or a range of dates that begins exactly at ``start`` of a normalised text."""
    match = _MONTH_FIRST.match(text, start) or _DAY_FIRST.match(text, start)
    if match is None:
        return None
    last_month = match["m2"] or match["m1"]
    last = _day(match["y2"], last_month, match["d2"] or match["d1"], words)
    first = _day(match["y1"] or match["y2"], match["m1"] or last_month, match["d1"], words)
    if first is None or last is None or last < first:
        return None
    return Days(first, last if match["d2"] else None, match.end())


def date_in_words(text: str, words: SiteWords) -> str | None:
    """``YYYY-MM-DD`` of one date at the start of a normalised text, or None."""
    days = days_at(text, words)
    return days.first if days is not None and days.until is None else None


def iso_date(text: str) -> str | None:
    """Return the text if it is a real date of 1900 to 2099 written ``YYYY-MM-DD``."""
    if _ISO.fullmatch(text) is None:  # Python reads week dates too
        return None
    return _real_date(*map(int, text.split("-")))


def _day(year: str, month: str, day: str, words: SiteWords) -> str | None:
    number = words.months.get(month.lower())
    return None if number is None else _real_date(int(year), number, int(day))


def _real_date(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat() if year in _YEARS else None
    except ValueError:
        return None
