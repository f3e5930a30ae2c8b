"""A section's listing cut into pages of twenty, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kremlin_archive.replica.site.edition import Edition

PER_PAGE = 20  # on each of 415 saved listing pages but the last


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a listing; ``rows`` are (day head to show or None, edition)."""

    listed: str
    page: int
    pages: int
    rows: tuple[tuple[str | None, Edition], ...]

    def address(self, page: int) -> str:
        """Path of another page of this listing."""
        return self.listed if page == 1 else f"{self.listed}/page/{page}"


def page_count(editions: Sequence[Edition]) -> int:
    """Pages a listing has; an empty one has its first."""
    return max(1, -(-len(editions) // PER_PAGE))


def newest_first(editions: Sequence[Edition]) -> list[Edition]:
    """Editions in the order of a listing: by the event's own time, not by when the page went up."""
    return sorted(editions, key=lambda one: (one.published, one.event_id), reverse=True)


def cut(listed: str, editions: Sequence[Edition], page: int) -> Listing | None:
    """Page of a listing whose editions are newest first; None beyond its ends."""
    pages = page_count(editions)
    if not 1 <= page <= pages:
        return None
    start = (page - 1) * PER_PAGE
    days = [None if start == 0 else editions[start - 1].date]
    shown = editions[start : start + PER_PAGE]
    days += [one.date for one in shown]
    rows = tuple(
        (one.date if one.date != before else None, one)
        for before, one in zip(days, shown, strict=False)
    )
    return Listing(listed, page, pages, rows)


def page_of_day(editions: Sequence[Edition], day: str) -> int:
    """Page on which a day falls: that of its newest item, or of the next older one."""
    place = next((n for n, one in enumerate(editions) if one.date <= day), len(editions) - 1)
    return max(place, 0) // PER_PAGE + 1
