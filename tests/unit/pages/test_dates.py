from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kremlin_archive.pages.announcement import parse_announcement
from kremlin_archive.pages.dates import date_in_words, days_at, iso_date
from kremlin_archive.pages.words import WORDS
from kremlin_archive.urls import Language

DAYS = st.dates(date(1999, 12, 31), date(2030, 12, 31))
LANGUAGES = st.sampled_from(["en", "ru"])


def in_words(day: date, language: Language) -> str:
    month = next(name for name, number in WORDS[language].months.items() if number == day.month)
    if language == "en":
        return f"{month.capitalize()} {day.day}, {day.year}"
    return f"{day.day} {month} {day.year} года"


@given(DAYS, LANGUAGES)
def test_formats_and_parses_back(day: date, language: Language) -> None:
    assert date_in_words(in_words(day, language), WORDS[language]) == day.isoformat()


@given(DAYS, st.integers(1, 400), LANGUAGES)
def test_a_range_keeps_both_ends(first: date, length: int, language: Language) -> None:
    until = first + timedelta(days=length)
    text = f"{in_words(first, language)} − {in_words(until, language)}"
    days = days_at(text, WORDS[language])
    assert days == (first.isoformat(), until.isoformat(), len(text))


@pytest.mark.parametrize(
    ("text", "language", "first", "until"),
    [
        ("Announcement, March 26, 2020", "en", "2020-03-26", None),
        ("Announcement, March 7 − 10, 2020", "en", "2020-03-07", "2020-03-10"),
        ("Announcement, March 7–10, 2020", "en", "2020-03-07", "2020-03-10"),
        ("Announcement, September 30 − October 2, 2018", "en", "2018-09-30", "2018-10-02"),
        ("Announcement, December 30, 2020 − January 2, 2021", "en", "2020-12-30", "2021-01-02"),
        ("Анонс на 26 марта 2020 года", "ru", "2020-03-26", None),
        ("Анонс на 7 − 10 мая 2025 года", "ru", "2025-05-07", "2025-05-10"),
        ("Анонс на 30 апреля − 2 мая 2025 года", "ru", "2025-04-30", "2025-05-02"),
        ("Анонс на 30 декабря 2024 года − 2 января 2025 года", "ru", "2024-12-30", "2025-01-02"),
    ],
)
def test_announcements(text: str, language: Language, first: str, until: str | None) -> None:
    announcement = parse_announcement(text, WORDS[language])
    assert (announcement.text, announcement.first, announcement.until) == (text, first, until)
    assert announcement.warnings == ()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("Announcement, Octember 7, 2020", "en", id="no month"),
        pytest.param("Announcement, February 30, 2020", "en", id="no day"),
        pytest.param("Announcement, March 10 − 7, 2020", "en", id="ends before it begins"),
        pytest.param("Soon, March 7, 2020", "en", id="other words before it"),
        pytest.param("Анонс на весну 2025 года", "ru", id="no date"),
        pytest.param("Анонс на March 7, 2020 or later", "ru", id="the other language's month"),
    ],
)
def test_what_is_no_announcement_is_kept_with_a_warning(text: str, language: Language) -> None:
    announcement = parse_announcement(text, WORDS[language])
    assert (announcement.text, announcement.first) == (text, None)
    assert [warning.kind for warning in announcement.warnings] == ["unknown_announcement"]


def test_words_after_an_announced_date_are_kept_with_a_warning() -> None:
    announcement = parse_announcement("Announcement, March 7, 2020, in Sochi", WORDS["en"])
    assert announcement.first == "2020-03-07"
    assert announcement.text == "Announcement, March 7, 2020, in Sochi"
    assert [warning.detail for warning in announcement.warnings] == [", in Sochi"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9 ноября 2024", "2024-11-09"),  # a fuzzy reader makes 2024-09-22 of it
        ("9 ноября 2024 года, 12:00", "2024-11-09"),
        ("31 ноября 2024 года", None),
        ("ноябрь 2024", None),
        ("7 − 10 мая 2025 года", None),
    ],
)
def test_russian_dates_are_never_guessed(text: str, expected: str | None) -> None:
    assert date_in_words(text, WORDS["ru"]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-02-29", "2020-02-29"),
        ("2021-02-29", None),
        ("20200229", None),
        ("2020-2-9", None),
        ("2020-W09-6", None),
        ("", None),
    ],
)
def test_iso_date(text: str, expected: str | None) -> None:
    assert iso_date(text) == expected
