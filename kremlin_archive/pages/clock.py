"""Moscow's wall clock: the site prints no zone; here it gets the offset Moscow had that day.

Offsets come from the ``tzdata`` package, pinned with the project, never from the machine, so that
the same page gives the same instant everywhere: +03:00 in winter and +04:00 in summer until March
2011, +04:00 all year until 26 October 2014, +03:00 since.

A wall clock that came twice (the hour when summer time ended, 02:00-02:59) is read as its first
pass, which is still summer time (``fold=0``); one that never came (the skipped hour in March) keeps
the offset from before the jump.
"""

from __future__ import annotations

import importlib.resources
import re
from datetime import datetime
from zoneinfo import ZoneInfo

WALL_CLOCK = "%Y-%m-%dT%H:%M"
FIRST_NATIVE_DATE = "2008-05-07"
"""Events dated earlier were imported from the site's predecessor; see `known_time`."""

_CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-3]):([0-5]\d)(?!\d)")


def _moscow() -> ZoneInfo:
    zone = importlib.resources.files("tzdata.zoneinfo.Europe").joinpath("Moscow")
    with zone.open("rb") as compiled:
        return ZoneInfo.from_file(compiled, key="Europe/Moscow")


MOSCOW = _moscow()


def moscow_iso(date: str, time: str) -> str:
    """ISO instant with Moscow's offset of ``YYYY-MM-DD`` and ``HH:MM`` of the wall clock.

    >>> moscow_iso("2010-07-01", "12:00"), moscow_iso("2020-07-01", "12:00")
    ('2010-07-01T12:00:00+04:00', '2020-07-01T12:00:00+03:00')
    """
    return datetime.fromisoformat(f"{date}T{time}").replace(tzinfo=MOSCOW).isoformat()


def clock_time(text: str) -> str | None:
    """Find the last ``H:MM`` of a text as ``HH:MM``, or None.

    >>> clock_time("May 8, 2025, 9:10")
    '09:10'
    """
    found = _CLOCK.findall(text)
    return f"{int(found[-1][0]):02}:{found[-1][1]}" if found else None


def known_time(date: str, time: str | None) -> str | None:
    """Return the time, or None where the printed ``00:00`` of an imported event means «unknown».

    The current site's sequence of events begins on 7 May 2008. All 3,396 saved pages dated earlier
    were imported (ids 21,253-48,713; last updated from 2014 on); midnight is by far their commonest
    time (644 of them, the next commonest has 84). The five later pages at 00:00 are real midnights:
    greetings and articles prepared on the eve.
    """
    return None if time == "00:00" and date < FIRST_NATIVE_DATE else time
