"""When to look at a document again: often after it appears, then ever more rarely. Pure, written down here.

A change that the site signals (feed or listing says «updated») is looked at at once, whatever this says; the
schedule finds the silent ones, and what is not there yet. Its promise: a silent edit of a page that is AGE
old is seen within EVERY, an other edition that appears when the event is AGE old within PAIR, give or take
the time between two runs, as long as the budgets of a run suffice.

    AGE               EVERY       PAIR
    up to 6 hours     1 hour      3 hours     transcripts go up in stages and are extended live
    up to 2 days      6 hours     18 hours    photos and videos follow, most translations too
    up to 14 days     2 days      6 days
    up to 90 days     14 days     42 days
    up to 2 years     120 days    360 days
    older             2 years     6 years

Age is counted from the event's publication, and

* «To be continued» is looked at every 2 hours for two weeks.
* A missing edition (PAIR, three times EVERY) is asked for by number at the address of the one that is here.
  Feeds, listings and the links of pages that are looked at find most editions sooner. One that the edition
  that is here links to is asked for at once, and again whenever that page has been read.
* A page that vanished (404, 410, a redirect to another page) is looked at again 6 hours later, which confirms
  that it is gone, and then by EVERY, the age counted from when it vanished: restored pages are found.
  One that a feed or listing names, still or anew: at the latest a day after the last look, when that is read.
* A page that the site named and did not give is asked for by EVERY too, the age counted from when it was
  named; after a failure or refusal at the latest 6 hours later, in the first day after a refusal by the next
  run. A number that nobody named and that failed or was refused, and an archived page that did so when it was
  looked at: by EVERY, the age counted from when it first did,
  since it was last known to be absent.
* A change that was signalled and not read (the run was stopped, the page failed): at once, then by EVERY, the
  age counted from when it was signalled.
* A change that was signalled, and that the page did not show when it was read: for 2 days by EVERY, the age
  counted from when it was signalled. A signal is followed at once only once. So is one of which only the day
  was told, until the page has been read after that day: it may have been followed by another.
* A listing's page below the first: by EVERY, the age counted from the days that it shows. An event that is
  dated back, or a change of which only that page tells, is found by it.
* A number at which no section has a page is asked for again after 2 years, and only when gaps are filled.
* A section's front (its feed and first listing page) is read by every run until it has shown the same for 12
  hours, then every 6 hours, as long as the feed of everything says what is new in the meantime.

Within a run's budget the most overdue page comes first, unfinished transcripts before all; of the missing
editions the newest come first, so that old ones wait while new ones are due; of pages named and not given,
too. Only half of a budget goes by that order, the rest by lot among what is left: pages that nobody answers
for leave no trace, would be the most overdue for ever, and must not keep all others from being looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol, TypeVar

from kremlin_archive.answers import LED_ON, NOT_THERE, REFUSED
from kremlin_archive.pages.clock import MOSCOW
from kremlin_archive.urls import event_address

RHYTHM: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(hours=6), timedelta(hours=1)),
    (timedelta(days=2), timedelta(hours=6)),
    (timedelta(days=14), timedelta(days=2)),
    (timedelta(days=90), timedelta(days=14)),
    (timedelta(days=730), timedelta(days=120)),
)
OLD_AGE = timedelta(days=730)
CONFIRM_AFTER = timedelta(hours=6)  # as dataset.revisions wants it
UNFINISHED_EVERY = timedelta(hours=2)
UNFINISHED_UNTIL = timedelta(days=14)
PAIR_FACTOR = 3
FAILED_EVERY = timedelta(hours=6)
UNSURE_UNTIL = timedelta(days=2)
FRESH_FOR = timedelta(days=1)
BACK_EVERY = timedelta(days=1)
REFUSED_UNTIL = timedelta(days=1)
FRONT_LIVELY = timedelta(hours=12)
FRONT_EVERY = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Watched:
    """What the schedule needs of a document; instants in UTC.

    ``published`` is the instant it appeared as far as known; ``looked`` the newest answer of its address,
    whatever that was. Since the page was last read, its address has given something else from
    ``missed_since`` on, and said from ``absent_since`` to ``absent_until`` that the page is not there. At
    ``unsure_since`` a change was told that the page did not show when it was read after that, or of which
    only the day was told, on which it was read.
    """

    doc_id: str
    url: str
    published: datetime
    looked: datetime
    is_unfinished: bool = False
    missed_since: datetime | None = None
    absent_since: datetime | None = None
    absent_until: datetime | None = None
    unsure_since: datetime | None = None

    @property
    def is_gone(self) -> bool:
        """Whether it was said twice, long enough apart, that the page is not there."""
        if self.absent_since is None or self.absent_until is None:
            return False
        return self.absent_until - self.absent_since >= CONFIRM_AFTER


@dataclass(frozen=True, slots=True)
class Unpaired:
    """An edition that is not here, of an event whose other edition is; instants in UTC.

    ``of`` is the address of the edition that is here, ``counterpart_url`` where that says the other one is,
    ``published`` the event's instant, ``read`` when the edition that is here was last read, ``asked`` when
    the missing one was last asked for in vain.
    """

    doc_id: str
    of: str
    counterpart_url: str | None
    published: datetime
    read: datetime
    asked: datetime | None

    @property
    def linked(self) -> str | None:
        """Where the edition that is here says that it is: pages without another edition do not say so."""
        said = event_address(self.counterpart_url or "")
        return said.url if said is not None and said.doc_id == self.doc_id else None

    @property
    def url(self) -> str | None:
        """Where it may be: where the edition that is here says, else the same section on the other host."""
        here = event_address(self.of)
        return self.linked or (here.counterpart.url if here else None)


@dataclass(frozen=True, slots=True)
class Missing:
    """A document that the site named, or told a change of, and that was not read since; instants in UTC.

    ``url`` is one of the addresses at which it was named, ``named_at`` when it first was named there;
    ``looked_at`` and ``status`` are of the last attempt there, ``updated`` is what was told of its last
    change (a Moscow day or minute). One that nobody named was first asked for at ``named_at``.
    """

    doc_id: str
    url: str
    day: str | None
    named_at: datetime
    looked_at: datetime | None = None
    status: int | None = None
    updated: str | None = None
    is_named: bool = True

    def is_newer(self, updated: str | None) -> bool:
        """Whether an ``updated`` that is told now is of a later change (a minute is later than its day)."""
        return (updated or "")[:16] > (self.updated or "")

    @property
    def was_refused(self) -> bool:
        """Whether the last attempt was refused, or led to an address of which nothing is known."""
        return self.status in REFUSED or self.status == LED_ON

    @property
    def was_absent(self) -> bool:
        """Whether the last attempt found that there is no page, or was led to another."""
        return self.status in NOT_THERE


@dataclass(frozen=True, slots=True)
class ListedDay:
    """A day (Moscow) of a listing, and when a page that shows it, or could, was last read (UTC)."""

    listing: str
    day: str
    read: datetime

    @property
    def doc_id(self) -> str:
        """What tells it from others, as a document's key does."""
        return f"{self.listing} {self.day}"


@dataclass(frozen=True, slots=True)
class Front:
    """A feed or first listing page: when it was last read, and when it first showed what it shows; in UTC."""

    moved: datetime
    read: datetime


class _Numbered(Protocol):
    @property
    def doc_id(self) -> str: ...


T = TypeVar("T", bound=_Numbered)


def interval(age: timedelta) -> timedelta:
    """How long a page of this age is left alone; one whose day is ahead, as if it were as long ago.

    >>> interval(timedelta(days=1))
    datetime.timedelta(seconds=21600)
    """
    return next((every for limit, every in RHYTHM if abs(age) <= limit), OLD_AGE)


def due_at(watched: Watched) -> datetime:
    """The instant at which a document is to be looked at again."""
    if watched.absent_since is not None:
        return watched.looked + max(CONFIRM_AFTER, interval(watched.looked - watched.absent_since))
    if watched.missed_since is not None:
        return watched.looked + interval(watched.looked - watched.missed_since)
    age = watched.looked - watched.published
    if watched.is_unfinished and abs(age) <= UNFINISHED_UNTIL:
        return watched.looked + min(UNFINISHED_EVERY, interval(age))
    if watched.unsure_since is not None and watched.looked - watched.unsure_since <= UNSURE_UNTIL:
        age = min(abs(age), watched.looked - watched.unsure_since)
    return watched.looked + interval(age)


def back_due_at(watched: Watched) -> datetime:
    """The instant from which on a page that vanished is looked at where a feed or listing names it."""
    gone_for = watched.looked - (watched.absent_since or watched.looked)
    return watched.looked + min(max(CONFIRM_AFTER, interval(gone_for)), BACK_EVERY)


def retry_due_at(missing: Missing) -> datetime:
    """The instant at which a page that the site named and did not give is to be asked for again."""
    if missing.looked_at is None:
        return missing.named_at
    every = interval(missing.looked_at - missing.named_at)
    if missing.was_refused and missing.looked_at - missing.named_at < REFUSED_UNTIL:
        return missing.looked_at
    may_wait = missing.was_absent or not missing.is_named
    return missing.looked_at + (every if may_wait else min(every, FAILED_EVERY))


def pair_due_at(unpaired: Unpaired) -> datetime:
    """The instant at which a missing other edition is to be asked for (again)."""
    if unpaired.linked and (unpaired.asked is None or unpaired.asked < unpaired.read):
        return unpaired.read
    asked = unpaired.asked or unpaired.published
    return asked + PAIR_FACTOR * interval(asked - unpaired.published)


def front_due_at(front: Front) -> datetime:
    """The instant at which a front is to be read again: at once while it is lively."""
    is_lively = front.read - front.moved < FRONT_LIVELY
    return front.read if is_lively else front.read + FRONT_EVERY


def listed_due_at(listed: ListedDay) -> datetime:
    """The instant at which the page of a listing that shows a day is to be read again."""
    began = datetime.fromisoformat(listed.day).replace(tzinfo=MOSCOW)
    return listed.read + interval(listed.read - began)


def longest_unread(days: Iterable[ListedDay], now: datetime, budget: int) -> Iterator[ListedDay]:
    """The days of listings whose pages are to be read now, at most ``budget``, by how overdue they are."""
    due = [one for one in days if listed_due_at(one) <= now]
    due.sort(key=lambda one: (-_intervals(one.read, listed_due_at(one), now), one.doc_id))
    return _within(due, now, budget)


def most_overdue(all_watched: Iterable[Watched], now: datetime, budget: int) -> Iterator[Watched]:
    """The documents due now, at most ``budget``: unfinished ones first, then by how overdue they are.

    Overdue is measured in intervals, so that an hour's delay of a fresh page outweighs one of an old page.
    """
    due = [(_rank(one, now), one) for one in all_watched if due_at(one) <= now]
    due.sort(key=lambda pair: (pair[0], pair[1].doc_id))
    return _within([one for _, one in due], now, budget)


def newest_unpaired(
    all_unpaired: Iterable[Unpaired], now: datetime, budget: int
) -> Iterator[Unpaired]:
    """The missing editions to ask for now, at most ``budget``: those linked to, then the newest."""
    due = [one for one in all_unpaired if pair_due_at(one) <= now]
    due.sort(key=lambda one: (bool(one.linked), one.published, one.doc_id), reverse=True)
    return _within(due, now, budget)


def due_again(all_missing: Iterable[Missing], now: datetime, budget: int) -> Iterator[Missing]:
    """The pages named and not given to ask for now: those just named, and ``budget`` of the others."""
    due = [one for one in all_missing if retry_due_at(one) <= now]
    yield from (one for one in due if is_fresh(one, now))
    yield from _within([one for one in due if not is_fresh(one, now)], now, budget)


def is_fresh(missing: Missing, now: datetime) -> bool:
    """Whether a page was named within a day and not asked for yet, as far as is known.

    One that nobody answers for leaves no trace: after a day that is what is to be expected.
    """
    return missing.looked_at is None and now - missing.named_at < FRESH_FOR


def by_lot(those: Iterable[T], now: datetime) -> list[T]:
    """In an order that is another one in each hour."""
    return sorted(those, key=lambda one: sha256(f"{one.doc_id} {now:%d%H}".encode()).digest())


def _within(ordered: Sequence[T], now: datetime, budget: int) -> Iterator[T]:
    """At most ``budget``: half of them the first, the rest by lot; an odd one goes to each by turns."""
    first = (budget + (now.toordinal() + now.hour) % 2) // 2
    return iter([*ordered[:first], *by_lot(ordered[first:], now)[: budget - first]])


def _rank(watched: Watched, now: datetime) -> tuple[bool, float]:
    return not watched.is_unfinished, -_intervals(watched.looked, due_at(watched), now)


def _intervals(looked: datetime, due: datetime, now: datetime) -> float:
    """How overdue something is: the time since the last look, in intervals."""
    return (now - looked) / (due - looked)
