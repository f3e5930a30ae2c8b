"""When an event was published, from what its record says.

The page shows Moscow wall clock without a zone; the record's ``published_at`` carries the offset
Moscow had that day. Imported years show ``00:00``, which means unknown: then only the day is known.
Announcements have no date in their head: theirs is in the status block (``published_at``), or,
where a text version lost that block, the day announced.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from kremlin_archive.pages.clock import MOSCOW
from kremlin_archive.records import EventPage

Precision = Literal["minute", "day", "unknown"]


@dataclass(frozen=True, slots=True)
class Publication:
    """``day`` is Moscow's; ``instant`` is UTC, to the minute; ``local`` as displayed."""

    day: date
    precision: Precision
    instant: datetime | None
    local: str | None


def publication(record: EventPage, first_seen: datetime) -> Publication:
    """Publication of a record; without any day on the page, Moscow's day of the first capture."""
    if record.published_at is not None:
        moment = datetime.fromisoformat(record.published_at)
        local = moment.strftime("%Y-%m-%dT%H:%M")
        return Publication(moment.date(), "minute", moment.astimezone(UTC), local)
    day = record.date or record.announced_for
    if day is not None:
        return Publication(date.fromisoformat(day), "day", None, record.date)
    return Publication(moscow_day(first_seen), "unknown", None, None)


def moscow_day(instant: datetime) -> date:
    """Give the calendar day in Moscow at an instant."""
    return instant.astimezone(MOSCOW).date()


def known_day(record: EventPage) -> date | None:
    """Give the day of publication as far as the page tells it."""
    found = publication(record, datetime.fromtimestamp(0, UTC))
    return None if found.precision == "unknown" else found.day
