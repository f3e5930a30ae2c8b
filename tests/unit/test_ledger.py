from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kremlin_archive.answers import LED_OFF, LED_ON
from kremlin_archive.ledger import Fate, addresses, ledger, ranges, unread
from kremlin_archive.plan import read_plan
from kremlin_archive.state import Span, State, tables
from kremlin_archive.state.rows import (
    believed,
    is_ahead,
    microseconds,
    misses,
    named_at,
)
from kremlin_archive.state.spans import THE_END

NOON = datetime(2021, 9, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEWS = "http://kremlin.ru/events/president/news"


@contextmanager
def state_with(
    root: Path, *misses: tuple[int, int, str], named: int | None = None
) -> Iterator[State]:
    """A state of Russian 100 and 120, and what was answered: number, status, address; one named."""
    (root / "warc").mkdir(exist_ok=True)
    state = State(root)
    at = microseconds(NOON)
    for number in (100, 120):
        row = {"doc_id": f"ru:{number}", "url": f"{NEWS}/{number}", "content_sha256": "x"}
        times = {"fetched_at": at, "published_at": at, "last_updated": None}
        rest = {
            "photos": "[]",
            "is_unfinished": False,
            "counterpart_url": None,
            "payload": f"bytes of {number}",
        }
        for statement in (tables.CONTENT, tables.KEEP_NEWEST):
            state._database.execute(statement, {**row, **times, **rest})
    for place, (number, status, url) in enumerate(misses):
        later = at + place * microseconds(datetime(1970, 1, 1, 7, tzinfo=UTC))
        state._database.execute(tables.MISSED, (f"ru:{number}", later, url, status, None))
    if named is not None:
        where = {"doc_id": f"ru:{named}", "url": f"{NEWS}/{named}", "day": "2021-09-01"}
        told = {"updated": None, "at": at, "run_id": "a"}
        for statement in (tables.NAMED, tables.ADDRESS):
            state._database.execute(statement, {**where, **told})
    yield state
    state.close()


def everywhere(number: int, status: int = 404) -> list[tuple[int, int, str]]:
    return [(number, status, url) for url in addresses("ru", number)]


@pytest.mark.parametrize(
    ("misses", "named", "number", "fate"),
    [
        ([], None, 110, "never_asked"),
        ([], None, 100, "archived"),
        (everywhere(110), None, 110, "absent"),
        (everywhere(110)[:-1], None, 110, "asked_in_part"),
        ([(110, 404, f"{NEWS}/110")], 110, 110, "absent"),
        ([(110, 410, "http://kremlin.ru/events/councils/110")], 110, 110, "asked_in_part"),
        ([*everywhere(110), (110, 403, f"{NEWS}/110")], None, 110, "refused"),
        ([(110, 500, f"{NEWS}/110")], None, 110, "failed"),
        ([(110, 500, f"{NEWS}/110"), *everywhere(110)], None, 110, "absent"),
        ([(110, 301, f"{NEWS}/110")], None, 110, "elsewhere"),
        ([(110, 304, f"{NEWS}/110")], None, 110, "failed"),
        ([(110, LED_ON, f"{NEWS}/110")], None, 110, "failed"),
        ([*everywhere(110)[1:], (110, LED_ON, f"{NEWS}/110")], None, 110, "absent"),
        ([(100, 404, f"{NEWS}/100")] * 2, None, 100, "archived"),
        ([(1, 404, ""), *[(100, 404, f"{NEWS}/100")] * 2], None, 100, "gone"),
        ([(1, 404, ""), *[(100, 403, f"{NEWS}/100")] * 2], None, 100, "archived"),
        ([(1, 404, ""), *[(100, 404, f"{NEWS}/else/100")] * 2], None, 100, "archived"),
    ],
)
def test_every_number_has_a_fate(
    tmp_path: Path, misses: list[tuple[int, int, str]], named: int | None, number: int, fate: Fate
) -> None:
    with state_with(tmp_path, *misses, named=named) as state:
        found = ledger(state)["ru"]
    assert found.fates[number] == fate
    assert (found.lowest, found.highest) == (100, 120)


def test_numbers_reach_as_far_as_the_site_has_named(tmp_path: Path) -> None:
    with state_with(tmp_path, named=125) as state:
        found = ledger(state)["ru"]
    assert found.highest == 125
    assert ranges(found.numbers("never_asked")) == [(101, 119), (121, 125)]
    (day,) = found.days
    assert (day.named, day.archived, day.missing) == (1, 0, ("ru:125",))


def test_a_number_has_an_address_in_every_section_that_has_pages() -> None:
    found = addresses("en", 7)
    assert found[0] == "http://en.kremlin.ru/events/president/news/7"
    assert not [url for url in found if "announcements" in url], "theirs are in the news"
    trips = read_plan({"sections": "trips"}).sections
    assert addresses("en", 7, trips) == ["http://en.kremlin.ru/events/president/trips/7"]


def test_days_of_a_listing_between_and_below_what_was_read_are_unread() -> None:
    newest = Span("2021-08-20T10:00", "2021-09-01T12:00")
    older = Span("2012-05-07", "2012-05-09T11:00")
    assert unread([newest, older]) == [
        ("2012-05-09", "2021-08-20", 112),
        ("1999-12-31", "2012-05-07", 150),
    ]
    assert unread([newest, Span(THE_END, "2012-05-09")]) == [("2012-05-09", "2021-08-20", 112)]
    assert unread([Span(THE_END, "2021-09-01")]) == []
    assert unread([]) == []


def test_an_instant_of_a_clock_that_was_ahead_is_not_believed() -> None:
    assert believed(NOON, NOON) == microseconds(NOON)
    assert believed(NOON + HOUR, NOON) == microseconds(NOON + HOUR), "clocks are set"
    assert believed(NOON + 2 * HOUR, NOON) == 0
    assert named_at(NOON + 2 * HOUR, NOON) == microseconds(NOON)
    assert is_ahead(microseconds(NOON + 2 * HOUR), NOON)
    assert not is_ahead(microseconds(NOON + HOUR), NOON)


def answer(status: int, redirect: str | None = None, **facts: object) -> dict[str, object]:
    plain = {"kind": "event", "doc_id": "ru:100", "url": f"{NEWS}/100", "fetched_at": NOON}
    rest = {"content_sha256": None, "problem_kind": None, "record_type": "response"}
    return {**plain, **rest, "status": status, "redirect": redirect, **facts}


@pytest.mark.parametrize(
    ("row", "status"),
    [
        (answer(404), 404),
        (answer(404, record_type="revisit"), 404),
        (answer(200), 200),
        (answer(200, record_type="revisit"), None),
        (answer(200, content_sha256="x"), None),
        (answer(404, problem_kind="challenge"), 403),
        (answer(301, f"{NEWS}/102"), 301),
        (answer(301, "http://kremlin.ru/"), 301),
        (answer(301, "http://kremlin.ru/events/president/trips/100"), LED_ON),
        (answer(304), 304),
        (answer(302, "http://login.example/"), LED_OFF),
        (answer(302), LED_OFF),
        (answer(404, kind="listing"), None),
    ],
)
def test_what_was_no_page_is_a_miss_and_says_why(
    row: dict[str, object], status: int | None
) -> None:
    found = [said for _, _, _, said, _ in misses([row], NOON)]
    assert found == ([] if status is None else [status])


def test_a_number_beyond_that_was_asked_for_and_not_given_is_in_the_ledger(tmp_path: Path) -> None:
    with state_with(tmp_path, (9000, 500, f"{NEWS}/9000"), (7, 404, f"{NEWS}/7")) as state:
        found = ledger(state)["ru"]
    assert found.fates[9000] == "failed"
    assert found.numbers("never_asked") == list(range(101, 120))
