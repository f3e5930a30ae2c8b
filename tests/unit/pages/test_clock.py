from __future__ import annotations

import datetime as dt
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kremlin_archive.pages.clock import clock_time, known_time, moscow_iso


@pytest.mark.parametrize(
    ("date", "time", "expected"),
    [
        pytest.param("2000-01-15", "12:00", "2000-01-15T12:00:00+03:00", id="winter"),
        pytest.param("2000-07-15", "12:00", "2000-07-15T12:00:00+04:00", id="summer time"),
        pytest.param("2011-03-27", "01:59", "2011-03-27T01:59:00+03:00", id="before the last jump"),
        pytest.param("2011-12-31", "12:00", "2011-12-31T12:00:00+04:00", id="winter at +4"),
        pytest.param("2014-10-25", "23:59", "2014-10-25T23:59:00+04:00", id="last day at +4"),
        pytest.param("2014-10-26", "12:00", "2014-10-26T12:00:00+03:00", id="at +3 since"),
        pytest.param("2026-07-01", "12:00", "2026-07-01T12:00:00+03:00", id="summer at +3"),
        pytest.param(
            "2010-10-31", "02:30", "2010-10-31T02:30:00+04:00", id="came twice: the first pass"
        ),
        pytest.param(
            "2010-03-28", "02:30", "2010-03-28T02:30:00+03:00", id="never came: as before the jump"
        ),
    ],
)
def test_moscow_offset_of_the_day(date: str, time: str, expected: str) -> None:
    assert moscow_iso(date, time) == expected


@given(st.dates(date(1999, 12, 31), date(2026, 12, 31)), st.times())
def test_formats_and_parses_back(day: date, time: dt.time) -> None:
    wall_clock = dt.datetime.combine(day, time.replace(second=0, microsecond=0))
    moment = dt.datetime.fromisoformat(moscow_iso(f"{wall_clock:%Y-%m-%d}", f"{wall_clock:%H:%M}"))
    assert moment.replace(tzinfo=None) == wall_clock
    assert moment.utcoffset() in (timedelta(hours=3), timedelta(hours=4))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("August 27, 2020, 15:20", "15:20"),
        ("8 мая 2025 года, 9:10", "09:10"),
        ("00:00", "00:00"),
        ("24:00", None),
        ("12:60", None),
        ("112:305", None),
        ("August 27, 2020", None),
        ("from 10:00 to 11:30", "11:30"),
    ],
)
def test_clock_time(text: str, expected: str | None) -> None:
    assert clock_time(text) == expected


@pytest.mark.parametrize(
    ("date", "time", "expected"),
    [
        pytest.param("2001-06-16", "00:00", None, id="imported midnight is unknown"),
        pytest.param("2001-06-16", "00:01", "00:01", id="any other time is a time"),
        pytest.param("2008-05-06", "00:00", None, id="the last imported day"),
        pytest.param("2008-05-07", "00:00", "00:00", id="the site's first day"),
        pytest.param("2020-04-19", "00:00", "00:00", id="Easter greetings at midnight"),
        pytest.param("2001-06-16", None, None, id="no time"),
    ],
)
def test_midnight_of_the_imported_years_is_unknown(
    date: str, time: str | None, expected: str | None
) -> None:
    assert known_time(date, time) == expected
