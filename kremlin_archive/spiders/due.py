"""Which documents a run asks for besides those that its walks bring: by schedule, by number, to fill gaps.

All of it is derived from the archive, so that a run that was stopped is gone on with by the next.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Self

from kremlin_archive.answers import ABSENT
from kremlin_archive.ledger import (
    OPEN,
    EditionLedger,
    addresses,
    language_and_number,
    ledger,
)
from kremlin_archive.pages.clock import MOSCOW
from kremlin_archive.schedule import (
    OLD_AGE,
    Watched,
    by_lot,
    due_again,
    is_fresh,
    most_overdue,
    newest_unpaired,
    retry_due_at,
)
from kremlin_archive.urls import Language, event_address

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from kremlin_archive.plan import CrawlPlan
    from kremlin_archive.schedule import Missing
    from kremlin_archive.state import State, Unmet


_RESUMED = timedelta(days=1)
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document to ask for: an address, others to try where that is absent, and whether it may be."""

    url: str
    others: tuple[str, ...] = ()
    may_be_absent: bool = False
    comes_last: bool = False
    """Whether it waits for feeds and listings: it is not new, and may well be asked for in vain."""

    @property
    def doc_id(self) -> str:
        """Key of the document; empty for an address that is no event's."""
        address = event_address(self.url)
        return address.doc_id if address else ""

    @property
    def most(self) -> int:
        """How many requests it may take."""
        return 1 + len(self.others)


@dataclass(frozen=True, slots=True)
class Budgets:
    """The most that a run does besides what is new.

    Documents an update looks at again; missing editions it asks for; pages named and not given that it asks
    for again; requests that a fill sends; pages of listings an update reads again below the first.
    """

    looks: int
    pairs: int
    retries: int
    fill: int
    listings: int

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        """Those of the settings."""
        names = ("RECHECK", "PAIR", "RETRY", "FILL", "LISTING")
        return cls(*(settings.getint(f"{name}_BUDGET") for name in names))


def wanted(
    plan: CrawlPlan, state: State, budgets: Budgets, now: datetime, *, is_resumed: bool = False
) -> Iterator[Wanted]:
    """What a plan wants besides its walks, in the order in which it is to be asked for.

    A backfill that goes on with one that was stopped (``is_resumed``) passes by the pages which that has
    read, so it wants what they named.
    """
    if plan.mode == "fill" or (plan.mode == "backfill" and plan.ids):
        gaps = _Gaps(plan, state, now)
        everything = gaps.wanted()
        yield from everything if plan.ids else _affordable(everything, budgets.fill, now)
    elif plan.mode == "recheck":
        yield from _rechecked(plan, state, now)
    elif plan.ids:
        for language in plan.languages:
            for number in plan.ids:
                yield _numbered(plan, state, language, number)
    elif plan.looks_after_the_archive:
        yield from _scheduled(plan, state, budgets, now)
    elif is_resumed:
        named = (one for one in _unread(plan, state) if plan.wants(one.day))
        yield from (_again(one, now) for one in named)


def _scheduled(plan: CrawlPlan, state: State, budgets: Budgets, now: datetime) -> Iterator[Wanted]:
    unread = chain(_unread(plan, state), _not_given(plan, state))
    for missing in due_again(unread, now, budgets.retries):
        yield _again(missing, now)
    languages = plan.languages
    documents = (one for one in state.watched() if one.doc_id.startswith(languages))
    for watched in most_overdue(documents, now, budgets.looks):
        yield replace(_look(state, watched.doc_id, watched.url), comes_last=True)
    editions = (one for one in state.unpaired() if one.doc_id.startswith(languages))
    for unpaired in newest_unpaired(editions, now, budgets.pairs):
        if unpaired.url is not None:
            yield Wanted(unpaired.url, may_be_absent=True, comes_last=True)


def _unread(plan: CrawlPlan, state: State) -> Iterator[Missing]:
    """What the site named, or told a change of, and what was not read since, of the editions of the plan."""
    for one in (*state.missing(), *state.signalled()):
        if one.doc_id.startswith(plan.languages):
            yield one


def _not_given(plan: CrawlPlan, state: State) -> Iterator[Missing]:
    return (one for one in state.not_given() if one.doc_id.startswith(plan.languages))


def _again(missing: Missing, now: datetime) -> Wanted:
    return Wanted(missing.url, comes_last=not is_fresh(missing, now))


def _look(state: State, doc_id: str, url: str) -> Wanted:
    """An archived document again; where it is not there, it may be where a listing names it now."""
    named = event_address(state.named_at(doc_id) or "")
    here = event_address(url)
    has_moved = named is not None and here is not None and named.url != here.url
    return Wanted(url, (named.url,) if named and has_moved else (), may_be_absent=True)


def _numbered(plan: CrawlPlan, state: State, language: Language, number: int) -> Wanted:
    known = state.known(f"{language}:{number}")
    if known is not None:
        return _look(state, f"{language}:{number}", known.url)
    # Pages of announcements are in the news, so they may be the one section named and have no address.
    sections = addresses(language, number, plan.sections) or addresses(language, number)
    first, *others = sections
    return Wanted(first, tuple(others), may_be_absent=True)


def _rechecked(plan: CrawlPlan, state: State, now: datetime) -> Iterator[Wanted]:
    """Archived documents in range, those longest not looked at first; numbers in the order given."""
    looked = {one.doc_id: one for one in state.watched()}
    if plan.ids:
        for language in plan.languages:
            for number in plan.ids:
                known = looked.get(f"{language}:{number}")
                if known is None or _is_old(known, plan, now):
                    yield _numbered(plan, state, language, number)
        return
    for one in sorted(looked.values(), key=lambda one: (one.looked, one.doc_id)):
        address = event_address(one.url)
        in_range = plan.wants(one.published.astimezone(MOSCOW).date().isoformat())
        if in_range and _is_old(one, plan, now) and address and plan.covers(address.section):
            yield _look(state, one.doc_id, one.url)


def _is_old(watched: Watched, plan: CrawlPlan, now: datetime) -> bool:
    return plan.older is None or watched.looked <= now - plan.older


def _affordable(all_wanted: Iterable[Wanted], budget: int, now: datetime) -> Iterator[Wanted]:
    """As many as ``budget`` requests suffice for, each at all its addresses, but one at least.

    Half of it by the order given, the rest by lot, as the schedule does it and for its reason.
    """
    ordered = list(all_wanted)
    first = list(_paid(ordered, (budget + 1) // 2)) or ordered[:1]
    yield from first
    left = budget - sum(one.most for one in first)
    yield from _paid(by_lot(ordered[len(first) :], now), left)


def _paid(those: Iterable[Wanted], budget: int) -> Iterator[Wanted]:
    for one in those:
        budget -= one.most
        if budget < 0:
            return
        yield one


class _Gaps:
    """What is named and missing, then numbers that may be there: never asked for first, and the newest."""

    def __init__(self, plan: CrawlPlan, state: State, now: datetime) -> None:
        self._plan = plan
        self._state = state
        self._now = now
        self._answered: dict[str, Unmet] = {one.url: one for one in state.unmet()}
        self._asked: dict[str, datetime] = {}
        for one in self._answered.values():
            self._asked[one.doc_id] = max(one.asked_at, self._asked.get(one.doc_id, one.asked_at))
        self._ledger = ledger(state)
        self._ids = frozenset(plan.ids)

    def wanted(self) -> Iterator[Wanted]:
        """What was named and is due comes first; what was asked for before stands behind, longest ago first.

        So a failure is in nobody's way.
        """
        named = [one for one in self._state.missing() if self._is_wanted(one)]
        likely = {one.doc_id: one.url for one in named}
        due = {one.doc_id for one in named if retry_due_at(one) <= self._now}
        guessed = (
            f"{language}:{number}"
            for language in self._plan.languages
            for number in self._numbers(language)
        )
        every = [*likely, *(doc_id for doc_id in guessed if doc_id not in likely)]

        def place(doc_id: str) -> tuple[bool, datetime]:
            return doc_id not in due, self._asked.get(doc_id, _NEVER)

        for doc_id in sorted(every, key=place):
            if one := self._ask(doc_id, likely.get(doc_id) or self._guess(doc_id)):
                yield one

    def _is_wanted(self, missing: Missing) -> bool:
        language, number = language_and_number(missing.doc_id)
        if language not in self._plan.languages or not self._plan.wants(missing.day):
            return False
        return not self._ids or number in self._ids

    def _numbers(self, language: Language) -> Iterator[int]:
        """Numbers of one edition that are neither archived nor known to be absent or elsewhere."""
        edition = self._ledger.get(language, EditionLedger(language))
        if self._plan.ids:
            settled = ("archived", "gone", "elsewhere")
            return (n for n in self._plan.ids if edition.fates.get(n) not in settled)
        numbers = edition.numbers(*OPEN, "absent")
        return iter(self._in_days(language, numbers)[::-1])

    def _in_days(self, language: Language, numbers: list[int]) -> list[int]:
        """Those whose neighbours' days span a day that is wanted; numbers come roughly in time's order."""
        if not self._plan.is_bounded:
            return numbers
        days = sorted(
            (language_and_number(one.doc_id)[1], one.published.astimezone(MOSCOW).date())
            for one in self._state.watched()
            if one.doc_id.startswith(language)
        )
        return [number for number in numbers if self._may_be_in_range(number, days)]

    def _may_be_in_range(self, number: int, days: list[tuple[int, date]]) -> bool:
        place = bisect(days, number, key=lambda pair: pair[0])
        near = [day.isoformat() for _, day in days[max(0, place - 1) : place + 1]]
        if not near:
            return True
        return not (self._plan.is_before(max(near)) or self._plan.is_after(min(near)))

    def _guess(self, doc_id: str) -> str | None:
        """Where the other edition of a number is, this one may be."""
        language, number = language_and_number(doc_id)
        known = self._state.known(f"{'ru' if language == 'en' else 'en'}:{number}")
        address = event_address(known.url) if known else None
        return address.counterpart.url if address else None

    def _ask(self, doc_id: str, likely: str | None) -> Wanted | None:
        """Ask at every address that is not known to be absent; the likeliest first."""
        sections = addresses(*language_and_number(doc_id), self._plan.sections)
        every = dict.fromkeys((*filter(None, (likely,)), *sections))
        left = [url for url in every if not self._is_absent(url)]
        return Wanted(left[0], tuple(left[1:]), may_be_absent=True) if left else None

    def _is_absent(self, url: str) -> bool:
        answer = self._answered.get(url)
        if answer is None or answer.status not in ABSENT:
            return False
        # Who names numbers wants them asked for, but not twice where a run was stopped and is gone on with.
        return answer.asked_at + (_RESUMED if self._ids else OLD_AGE) > self._now
