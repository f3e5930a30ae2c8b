"""When to look at a document again: often after it appears, then ever more rarely. Pure, written down here.

A change that the site signals (feed or listing says «updated») is looked at at once, whatever this says; the
schedule finds the silent ones. Its promise: a silent edit of a page that is AGE old is seen within EVERY.

    AGE of the page    EVERY
    up to 6 hours      1 hour        transcripts go up in stages and are extended live
    up to 2 days       6 hours       photos and videos follow
    up to 14 days      2 days
    up to 90 days      14 days
    up to 2 years      120 days
    older              2 years

«To be continued» is looked at every 2 hours for two weeks. Within a run's budget the most overdue comes
first, unfinished transcripts before all. ``pair_due_at`` is the rhythm of a missing other edition
(translations come late, with the event's time): three times the document's own. The crawl does not ask by
it yet; it finds late editions by feeds, listings and the links of the pages it looks at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

RHYTHM: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(hours=6), timedelta(hours=1)),
    (timedelta(days=2), timedelta(hours=6)),
    (timedelta(days=14), timedelta(days=2)),
    (timedelta(days=90), timedelta(days=14)),
    (timedelta(days=730), timedelta(days=120)),
)
OLD_AGE = timedelta(days=730)
UNFINISHED_EVERY = timedelta(hours=2)
UNFINISHED_UNTIL = timedelta(days=14)
PAIR_FACTOR = 3


@dataclass(frozen=True, slots=True)
class Watched:
    """What the schedule needs of a document; instants in UTC.

    ``published`` is the instant it appeared as far as known; ``looked`` the newest capture of it, whatever
    was answered.
    """

    doc_id: str
    url: str
    published: datetime
    looked: datetime
    is_unfinished: bool = False


def interval(age: timedelta) -> timedelta:
    """How long a page of this age is left alone.

    >>> interval(timedelta(days=1))
    datetime.timedelta(seconds=21600)
    """
    return next((every for limit, every in RHYTHM if age <= limit), OLD_AGE)


def due_at(watched: Watched) -> datetime:
    """The instant at which a document is to be looked at again."""
    age = max(watched.looked - watched.published, timedelta(0))
    if watched.is_unfinished and age <= UNFINISHED_UNTIL:
        return watched.looked + min(UNFINISHED_EVERY, interval(age))
    return watched.looked + interval(age)


def retry_due_at(named: datetime, tried: datetime | None) -> datetime:
    """The instant at which a page that the site named and did not give is to be asked for again."""
    return named if tried is None else tried + interval(max(tried - named, timedelta(0)))


def pair_due_at(watched: Watched, asked: datetime) -> datetime:
    """The instant at which the missing other edition of a document is to be asked for again."""
    return asked + PAIR_FACTOR * interval(max(asked - watched.published, timedelta(0)))


def most_overdue(all_watched: Iterable[Watched], now: datetime, budget: int) -> Iterator[Watched]:
    """The documents due now, at most ``budget``: unfinished ones first, then by how overdue they are.

    Overdue is measured in intervals, so that an hour's delay of a fresh page outweighs one of an old page.
    """
    due = [(_rank(one, now), one) for one in all_watched if due_at(one) <= now]
    due.sort(key=lambda pair: (pair[0], pair[1].doc_id))
    return (one for _, one in due[:budget])


def _rank(watched: Watched, now: datetime) -> tuple[bool, float]:
    span = due_at(watched) - watched.looked
    return not watched.is_unfinished, -((now - watched.looked) / span)
