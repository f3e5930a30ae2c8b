from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kremlin_archive.state import Span, spans
from kremlin_archive.state.spans import (
    THE_END,
    PageRead,
    days_read,
    open_places,
    read_down_to,
    read_to_the_end,
)

NOON = datetime(2021, 9, 1, 9, tzinfo=UTC)


def page(number: int, oldest: str, newest: str, *, pages: int = 9, run: str = "a") -> PageRead:
    return PageRead(run, number, pages, oldest, newest, NOON)


def test_pages_that_follow_each_other_make_one_span() -> None:
    read = [page(1, "2021-08-20", "2021-08-30"), page(2, "2021-08-01", "2021-08-18")]
    assert spans(read) == [Span("2021-08-01", "2021-08-30")]


def test_a_page_that_was_passed_over_leaves_a_hole() -> None:
    read = [page(1, "2021-08-20", "2021-08-30"), page(3, "2021-07-01", "2021-07-18")]
    assert spans(read) == [Span("2021-08-20", "2021-08-30"), Span("2021-07-01", "2021-07-18")]


def test_pages_are_joined_only_by_a_reading_of_the_upper_behind_the_lower() -> None:
    """What was pulled over the edge in the meantime is on it, and was not seen."""
    upper = page(1, "2021-08-20", "2021-08-30")
    behind = NOON + timedelta(seconds=1)
    lower = replace(page(2, "2021-08-01", "2021-08-18"), first_at=behind, seen_at=behind)
    assert len(spans([upper, lower])) == 2
    assert open_from([upper, lower]) == "2021-08-20"
    again = replace(upper, first_at=NOON, seen_at=NOON + timedelta(seconds=2))
    assert len(spans([again, lower])) == 1
    assert len(spans([replace(again, first_at=again.seen_at), lower])) == 2


def test_page_numbers_of_different_runs_join_nothing_but_shared_events_do() -> None:
    first = [page(1, "2021-08-20", "2021-08-30")]
    apart = [page(2, "2021-08-01", "2021-08-18", run="b")]
    assert len(spans(first + apart)) == 2
    shared = [page(2, "2021-08-01", "2021-08-21", run="b")]
    assert spans(first + shared) == [Span("2021-08-01", "2021-08-30")]


def test_the_last_page_reaches_down_to_the_end() -> None:
    read = [page(1, "2021-08-20", "2021-08-30", pages=2)]
    assert read_to_the_end(read) is None
    read.append(page(2, "2021-08-01", "2021-08-18", pages=2))
    assert spans(read) == [Span(THE_END, "2021-08-30")]
    assert read_to_the_end(read) == "2021-08-30"


def test_an_interrupted_catch_up_leaves_a_hole_above_what_was_read_before() -> None:
    """Years were read to the end; after a pause the newest pages were read, but not down to those."""
    before = [
        PageRead("a", 6, 6, "2020-01-01", "2020-06-01", datetime(2020, 6, 2, tzinfo=UTC)),
    ]
    after = [page(1, "2021-08-20", "2021-08-30", pages=7, run="b")]
    assert read_to_the_end(before + after) == "2020-06-01"


def test_a_listing_cut_short_is_not_believed_to_end_there() -> None:
    before = [page(1, "2021-08-20", "2021-08-30", pages=9)]
    later = NOON.replace(hour=12)
    cut = [PageRead("b", 1, 1, "2021-08-20", "2021-08-30", later)]
    assert read_to_the_end(before + cut) is None


def test_a_listing_that_stays_short_is_believed_to_end_there_until_it_is_long_again() -> None:
    long = [page(1, "2021-08-20", "2021-08-30", pages=9)]
    short = [
        replace(page(1, "2021-08-20", "2021-08-30", pages=1, run=run), seen_at=NOON + days)
        for run, days in (("b", timedelta(days=1)), ("c", timedelta(days=3)))
    ]
    assert read_to_the_end([*long, short[0]]) is None
    assert read_to_the_end([*long, *short]) == "2021-08-30"
    grown = replace(short[1], run_id="d", pages=2, seen_at=NOON + timedelta(days=4))
    assert read_to_the_end([*long, *short, grown]) == "2021-08-30"
    again = replace(long[0], run_id="e", seen_at=NOON + timedelta(days=5))
    assert read_to_the_end([*long, *short, grown, again]) is None


@pytest.mark.parametrize(
    ("place", "down_to"),
    [
        ("2021-08-30", "2021-08-20"),
        ("2021-08-20", None),
        ("2021-08-19", None),
        ("2021-07-18", "2021-07-01"),
        ("2021-08-31", None),
    ],
)
def test_how_far_down_was_read_from_a_place_on(place: str, down_to: str | None) -> None:
    read = [page(1, "2021-08-20", "2021-08-30"), page(3, "2021-07-01", "2021-07-18")]
    assert read_down_to(read, place) == down_to


def open_from(pages: Iterable[PageRead]) -> str | None:
    """The newest place that is open."""
    return max(open_places(pages), default=None)


def reading(run: str, found: str) -> list[PageRead]:
    """A run that read some of three pages from the first on: each was quiet (q) or brought news (n)."""
    seen_at = NOON + timedelta(hours=ord(run))  # in the order of their names
    return [
        PageRead(run, n, 3, f"2021-08-{30 - n}", f"2021-08-{31 - n}", seen_at, is_quiet=one == "q")
        for n, one in enumerate(found, 1)
    ]


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([reading("a", "q")], None),
        ([reading("a", "n")], "2021-08-29"),
        ([reading("a", "nn")], "2021-08-28"),
        ([reading("a", "nq")], None),
        ([reading("a", "nnn")], None),
        ([reading("a", "n"), reading("b", "q")], "2021-08-29"),
        ([reading("a", "n"), reading("b", "qq")], None),
        ([reading("a", "nn"), reading("b", "n")], "2021-08-29"),
        ([reading("a", "n"), reading("b", "q"), reading("c", "nnq")], None),
        ([reading("a", "n"), reading("b", "qqq")[1:]], None),
        ([reading("a", "n"), reading("b", "qqq")[2:]], "2021-08-29"),
    ],
    ids=[
        "quiet", "cut short", "cut short later", "ended", "at the end", "not as deep", "deeper",
        "cut short again", "to the end", "from there on", "not from there on",
    ],
)  # fmt: skip
def test_a_walk_that_was_cut_short_is_open_until_one_goes_deeper(
    runs: list[list[PageRead]], expected: str | None
) -> None:
    assert open_from(page for run in runs for page in run) == expected


def test_a_walk_is_open_at_a_page_that_was_not_given_however_quiet_the_one_above_it() -> None:
    whole = reading("a", "qqq")
    cut = [whole[0], replace(whole[1], is_cut=True)]
    assert open_from(cut) == "2021-08-28"
    assert open_from([whole[0], whole[2]]) == "2021-08-29", "no answer, no row"
    assert open_from([whole[0], replace(whole[2], by_day=True)]) is None, "a look"
    four = replace(whole[2], page=4, oldest="2021-08-26", newest="2021-08-27", by_day=True)
    three = replace(whole[2], pages=9)
    assert open_from([whole[0], three, replace(four, pages=9)]) is None, "a jump"
    assert open_from([*cut, *reading("b", "qqq")[1:]]) is None


def test_of_several_open_places_none_is_forgotten() -> None:
    holes = reading("a", "qqqqqqq")
    del holes[5], holes[2]
    long = [replace(one, pages=9) for one in holes]
    assert open_places(long) == {"2021-08-28", "2021-08-25"}
    mended = [replace(one, pages=9) for one in reading("b", "qqqq")]
    assert open_places([*long, *mended]) == {"2021-08-25"}


def test_an_oddly_short_listing_does_not_close_what_is_open() -> None:
    """What calls itself the last page of a listing that was far longer is not believed to be one."""
    long = [page(1, "2021-08-20", "2021-08-30"), page(2, "2021-08-01", "2021-08-19")]
    later = NOON + timedelta(hours=1)
    short = replace(page(1, "2021-08-20", "2021-08-30", pages=1, run="b"), seen_at=later)
    assert open_from(long) == "2021-08-01"
    assert open_from([*long, short]) is not None


def test_when_each_day_of_a_listing_was_read() -> None:
    early, late = NOON, NOON + timedelta(days=1)
    read = days_read(
        [("2021-08-01", "2021-08-20", early), ("2021-08-20", "2021-08-30", early),
         ("2021-08-10", "2021-08-25", late)]
    )  # fmt: skip
    assert read == {
        "2021-08-01": early,
        "2021-08-10": late,
        "2021-08-20": late,
        "2021-08-25": late,
        "2021-08-30": early,
    }
