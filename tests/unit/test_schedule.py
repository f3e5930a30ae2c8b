from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kremlin_archive.schedule import (
    OLD_AGE,
    PAIR_FACTOR,
    RHYTHM,
    ListedDay,
    Missing,
    Unpaired,
    Watched,
    due_again,
    due_at,
    interval,
    longest_unread,
    most_overdue,
    newest_unpaired,
    pair_due_at,
    retry_due_at,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
NEWS = "http://kremlin.ru/events/president/news"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def watched(age: timedelta, *, unfinished: bool = False, number: int = 1) -> Watched:
    return Watched(f"en:{number}", "", NOON - age, NOON, unfinished)


@pytest.mark.parametrize(
    ("age", "every"),
    [
        (timedelta(0), HOUR),
        (5 * HOUR, HOUR),
        (DAY, 6 * HOUR),
        (10 * DAY, 2 * DAY),
        (60 * DAY, 14 * DAY),
        (365 * DAY, 120 * DAY),
        (9999 * DAY, 730 * DAY),
        (-DAY, 6 * HOUR),
        (-9999 * DAY, 730 * DAY),
    ],
    ids=[
        *("new", "hours", "a day", "days", "months", "a year", "old"),
        *("of tomorrow", "of a year that was mistyped"),
    ],
)
def test_the_older_the_rarer(age: timedelta, every: timedelta) -> None:
    assert due_at(watched(age)) == NOON + every


def test_intervals_only_grow() -> None:
    every = [interval(timedelta(hours=hours)) for hours in range(0, 24 * 1000, 7)]
    assert every == sorted(every)


def test_an_unfinished_transcript_is_looked_at_every_two_hours() -> None:
    assert due_at(watched(3 * DAY, unfinished=True)) == NOON + 2 * HOUR
    assert due_at(watched(HOUR, unfinished=True)) == NOON + HOUR
    assert due_at(watched(20 * DAY, unfinished=True)) == NOON + 14 * DAY


def unpaired(age: timedelta, asked: timedelta | None = None, *, number: int = 1) -> Unpaired:
    """A missing edition of an event published ``age`` before noon, asked for ``asked`` before it."""
    when = None if asked is None else NOON - asked
    return Unpaired(f"en:{number}", f"{NEWS}/{number}", None, NOON - age, NOON, when)


def test_a_missing_edition_is_asked_for_on_a_slower_rhythm() -> None:
    assert pair_due_at(unpaired(DAY)) == NOON - DAY + 3 * HOUR, (
        "the first time 3 hours after the event"
    )
    assert pair_due_at(unpaired(DAY, timedelta(0))) == NOON + 18 * HOUR
    assert pair_due_at(unpaired(9999 * DAY, timedelta(0))) == NOON + 3 * 730 * DAY


def test_a_missing_edition_is_where_the_other_says_or_in_the_same_section() -> None:
    english = "http://en.kremlin.ru/events/president"
    assert unpaired(DAY, number=7).url == f"{english}/news/7"
    said = replace(unpaired(DAY, number=7), counterpart_url=f"{english}/trips/7")
    assert said.url == f"{english}/trips/7"
    assert replace(said, counterpart_url=f"{english}/trips/8").url == f"{english}/news/7"
    assert replace(said, counterpart_url=None, of="http://kremlin.ru/").url is None


def test_of_missing_editions_the_newest_come_first_within_the_budget() -> None:
    everything = [
        unpaired(400 * DAY, number=1),
        unpaired(DAY, 20 * HOUR, number=2),
        unpaired(DAY, HOUR, number=3),
        unpaired(9 * DAY, number=4),
    ]
    found = [one.doc_id for one in newest_unpaired(everything, NOON, 9)]
    assert found == ["en:2", "en:4", "en:1"]
    assert [one.doc_id for one in newest_unpaired(everything, NOON, 1)] == ["en:2"]


def vanished(since: timedelta, until: timedelta) -> Watched:
    """A page two years old that was last read a day ago, and absent from ``since`` to ``until`` ago."""
    return Watched(
        "en:1",
        "",
        NOON - 700 * DAY,
        looked=NOON - until,
        missed_since=NOON - since,
        absent_since=NOON - since,
        absent_until=NOON - until,
    )


def test_a_page_that_vanished_is_looked_at_6_hours_later_whatever_its_age() -> None:
    once = vanished(timedelta(0), timedelta(0))
    assert not once.is_gone
    assert due_at(once) == NOON + 6 * HOUR
    assert not vanished(5 * HOUR, timedelta(0)).is_gone
    confirmed = vanished(6 * HOUR, timedelta(0))
    assert confirmed.is_gone
    assert due_at(confirmed) == NOON + 6 * HOUR


def test_a_page_that_is_gone_is_looked_at_ever_more_rarely() -> None:
    assert due_at(vanished(10 * DAY, timedelta(0))) == NOON + 2 * DAY
    assert due_at(vanished(60 * DAY, timedelta(0))) == NOON + 14 * DAY
    assert due_at(vanished(3000 * DAY, timedelta(0))) == NOON + 730 * DAY


def test_a_look_that_was_refused_is_no_look() -> None:
    """An old page, looked at every 2 years, that was refused an hour ago: it is due, not done."""
    refused = Watched("en:1", "", NOON - 999 * DAY, NOON - HOUR, missed_since=NOON - HOUR)
    assert due_at(refused) == NOON
    for_days = Watched("en:1", "", NOON - 999 * DAY, NOON, missed_since=NOON - 10 * DAY)
    assert due_at(for_days) == NOON + 2 * DAY


def test_a_change_that_was_told_and_not_shown_is_looked_for_for_two_days() -> None:
    looked, looks = NOON, 0
    while looked - NOON <= 3 * DAY:
        old = Watched("en:1", "", NOON - 999 * DAY, looked, unsure_since=NOON)
        looked, looks = due_at(old), looks + 1
    assert looks == 15, "hourly, six-hourly, and then as ever"
    assert looked > NOON + 700 * DAY
    new = Watched("en:1", "", NOON - HOUR, NOON, unsure_since=NOON - 30 * HOUR)
    assert due_at(new) == NOON + HOUR


def missing(tried: timedelta | None, status: int = 404, number: int = 1) -> Missing:
    """A page named at noon and asked for in vain so long after."""
    at = None if tried is None else NOON + tried
    return Missing(f"en:{number}", "", None, NOON, at, None if tried is None else status)


def test_what_was_named_and_not_given_is_asked_for_again_ever_more_rarely() -> None:
    assert retry_due_at(missing(None)) == NOON
    assert retry_due_at(missing(HOUR)) == NOON + 2 * HOUR
    assert retry_due_at(missing(DAY)) == NOON + DAY + 6 * HOUR
    assert retry_due_at(missing(10 * DAY)) == NOON + 12 * DAY
    assert retry_due_at(missing(10 * DAY, 302)) == NOON + 12 * DAY


def test_what_failed_is_asked_for_within_hours_and_what_was_refused_by_the_next_run() -> None:
    assert retry_due_at(missing(HOUR, 500)) == NOON + 2 * HOUR
    assert retry_due_at(missing(10 * DAY, 500)) == NOON + 10 * DAY + 6 * HOUR
    assert retry_due_at(missing(10 * HOUR, 403)) == NOON + 10 * HOUR
    assert retry_due_at(missing(10 * DAY, 403)) == NOON + 10 * DAY + 6 * HOUR


def test_pages_named_and_not_given_have_a_budget_and_those_never_asked_for_have_none() -> None:
    tried = [missing(HOUR, number=number) for number in range(100)]
    fresh = [missing(None, number=number) for number in range(100, 150)]
    now = NOON + 3 * HOUR
    found = [one.doc_id for one in due_again([*tried, *fresh], now, 10)]
    assert found[:50] == [one.doc_id for one in fresh]
    assert len(found) == 60
    assert list(due_again(tried, NOON, 10)) == []


def test_pages_that_leave_no_trace_do_not_keep_others_from_being_looked_at() -> None:
    """Twenty that nobody answers for are the most overdue for ever; the others come by lot."""
    dead = [Watched(f"en:{n}", "", NOON - 999 * DAY, NOON - 998 * DAY) for n in range(20)]
    alive = {f"en:{n}": Watched(f"en:{n}", "", NOON - DAY, NOON - DAY) for n in range(100, 150)}
    left = set(alive)
    for hours in range(60):
        found = list(most_overdue([*dead, *alive.values()], NOON + hours * HOUR, 20))
        assert len(found) == 20
        left -= {one.doc_id for one in found}
    assert not left


@pytest.mark.parametrize("every", [1, 2, 6, 24])
def test_a_budget_of_one_goes_by_lot_every_other_time(every: int) -> None:
    """Else a page that never answers would take it for ever, however often cron runs."""
    dead = Watched("en:1", "", NOON - 9 * DAY, NOON - 8 * DAY)
    alive = [Watched(f"en:{n}", "", NOON - 9 * DAY, NOON - 3 * DAY) for n in (2, 3)]
    found = [
        one.doc_id
        for run in range(48)
        for one in most_overdue([dead, *alive], NOON + run * every * HOUR, 1)
    ]
    assert len(found) == 48
    assert found.count("en:1") > 20, "the most overdue"
    assert {"en:2", "en:3"} < {*found}


def test_within_a_budget_the_most_overdue_come_first() -> None:
    fresh = Watched("en:1", "", NOON - 2 * HOUR, NOON - HOUR)
    stale = Watched("en:2", "", NOON - 5 * DAY, NOON - 3 * DAY)
    unfinished = Watched("en:3", "", NOON - 3 * DAY, NOON - 2 * HOUR, is_unfinished=True)
    early = Watched("en:4", "", NOON - 5 * DAY, NOON - HOUR)
    everything = [early, stale, fresh, unfinished]
    found = [one.doc_id for one in most_overdue(everything, NOON, 9)]
    assert found == ["en:3", "en:2", "en:1"]
    assert [one.doc_id for one in most_overdue(everything, NOON, 1)] == ["en:3"]


def test_a_simulated_season_keeps_the_promise() -> None:
    """Hourly runs with a budget: every page is seen again within its interval, at a bearable cost."""
    chance = random.Random(2026)  # noqa: S311 - a simulation
    start = datetime(2026, 1, 1, tzinfo=UTC)
    looked: dict[int, tuple[datetime, datetime]] = {}
    asked = 0
    latest: dict[timedelta, timedelta] = {}
    for hour in range(24 * 120):
        now = start + hour * HOUR
        if chance.random() < 0.1:
            looked[hour] = (now, now)
        everything = [Watched(f"en:{n}", "", *when) for n, when in looked.items()]
        for one in most_overdue(everything, now, 30):
            number = int(one.doc_id.partition(":")[2])
            every = interval(one.looked - one.published)
            latest[every] = max(latest.get(every, timedelta(0)), now - one.looked)
            looked[number] = (one.published, now)
            asked += 1
    assert set(latest) >= {every for _, every in RHYTHM[:4]}
    for every, longest in latest.items():
        assert longest <= every + 2 * HOUR
    assert asked / len(looked) < 40, "looks a page in its first months"
    assert RHYTHM[-1][1] < OLD_AGE


def test_a_simulated_season_finds_late_editions_as_promised() -> None:
    """Ten events a day and a pile of old ones without a translation: the budget rules, newest first."""
    chance = random.Random(2026)  # noqa: S311 - a simulation
    start = datetime(2026, 1, 1, tzinfo=UTC)
    budget = 5
    missing = {
        f"en:{n}": Unpaired(f"en:{n}", "", None, start - (n % 6000 + 800) * DAY, start, None)
        for n in range(1000)
    }
    appears: dict[str, datetime] = {}
    latest: dict[timedelta, timedelta] = {}
    asked = 0
    for hour in range(24 * 40):
        now = start + hour * HOUR
        if chance.random() < 0.4:
            doc_id = f"en:{100_000 + hour}"
            missing[doc_id] = Unpaired(doc_id, "", None, now, now, None)
            appears[doc_id] = now + chance.choice((2, 12, 100, 500, 9999)) * HOUR
        run = list(newest_unpaired(missing.values(), now, budget))
        assert len(run) <= budget
        asked += len(run)
        for one in run:
            appeared = appears.get(one.doc_id)
            if appeared is None or appeared > now:
                missing[one.doc_id] = replace(one, asked=now)
                continue
            every = PAIR_FACTOR * interval(appeared - one.published)
            latest[every] = max(latest.get(every, timedelta(0)), now - appeared)
            del missing[one.doc_id]
    assert set(latest) >= {3 * HOUR, 18 * HOUR, 6 * DAY}
    for every, longest in latest.items():
        assert longest <= every + 2 * HOUR, every
    asked_old = sum(one.asked is not None for one in missing.values() if one.published < start)
    assert asked_old > 200, "old ones wait while new ones are due, but not for ever"
    assert asked <= budget * 24 * 40


def test_an_edition_that_is_linked_to_and_left_no_trace_is_due_at_once() -> None:
    linked = replace(unpaired(9999 * DAY), counterpart_url=NEWS.replace("//", "//en.") + "/1")
    assert pair_due_at(linked) == NOON
    assert pair_due_at(replace(linked, asked=NOON + HOUR)) > NOON + 999 * DAY
    assert pair_due_at(replace(linked, counterpart_url=None, asked=NOON - DAY)) > NOON + 999 * DAY
    newer = [unpaired(800 * DAY, number=number) for number in range(10, 30)]
    assert next(newest_unpaired([*newer, linked], NOON, 5)) == linked


def test_a_number_that_nobody_named_and_that_fails_is_asked_for_ever_more_rarely() -> None:
    failed = Missing("en:1", "", None, NOON - 30 * DAY, NOON, 500)
    assert retry_due_at(failed) == NOON + 6 * HOUR
    assert retry_due_at(replace(failed, is_named=False)) == NOON + 14 * DAY


def test_a_listings_pages_are_read_again_by_the_age_of_what_they_show() -> None:
    def listed(age: timedelta, read: timedelta) -> ListedDay:
        return ListedDay(NEWS, f"{NOON - age:%Y-%m-%d}", NOON - read)

    fresh, recent, old = (
        listed(DAY, HOUR),
        listed(10 * DAY, 2 * DAY),
        listed(9999 * DAY, 700 * DAY),
    )
    assert list(longest_unread([fresh, old, recent], NOON, 5)) == [recent]
    overdue = listed(9999 * DAY, 1500 * DAY)
    assert list(longest_unread([fresh, old, recent, overdue], NOON, 1)) == [overdue]
