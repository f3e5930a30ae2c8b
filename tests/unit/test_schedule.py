from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from kremlin_archive.schedule import (
    OLD_AGE,
    RHYTHM,
    Watched,
    due_at,
    interval,
    most_overdue,
    pair_due_at,
    retry_due_at,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
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
        (-DAY, HOUR),
    ],
    ids=["new", "hours", "a day", "days", "months", "a year", "old", "dated in the future"],
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


def test_a_missing_edition_is_asked_for_on_a_slower_rhythm() -> None:
    assert pair_due_at(watched(DAY), NOON) == NOON + 18 * HOUR


def test_what_was_named_and_not_given_is_asked_for_again_ever_more_rarely() -> None:
    assert retry_due_at(NOON, None) == NOON
    assert retry_due_at(NOON, NOON + HOUR) == NOON + 2 * HOUR
    assert retry_due_at(NOON, NOON + DAY) == NOON + DAY + 6 * HOUR


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
