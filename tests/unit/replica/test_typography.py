"""Dates, spaces and numbers as the site writes them."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from kremlin_archive.replica.site.typography import (
    counted,
    day_head,
    long_date,
    long_time,
    typeset,
    wrong_offset,
)
from kremlin_archive.urls import Language


@pytest.mark.parametrize(
    ("language", "date", "time", "this_year", "other_year"),
    [
        (
            "en",
            "August 1, 2020",
            "August 1, 2020, 09:05",
            "August 1, Saturday",
            "August 1, 2020, Saturday",
        ),
        (
            "ru",
            "1 августа 2020 года",
            "1 августа 2020 года, 09:05",
            "1 августа, суббота",
            "1 августа 2020 года, суббота",
        ),
    ],
)
def test_dates(language: Language, date: str, time: str, this_year: str, other_year: str) -> None:
    assert long_date("2020-08-01", language) == date
    assert long_time("2020-08-01 09:05:59", language) == time
    assert day_head("2020-08-01", language, 2020) == this_year
    assert day_head("2020-08-01", language, 2021) == other_year


@pytest.mark.parametrize(
    ("number", "russian", "english"),
    [
        (1, "час", "hour"),
        (3, "часа", "hours"),
        (5, "часов", "hours"),
        (12, "часов", "hours"),
        (21, "час", "hours"),
    ],
)
def test_counted(number: int, russian: str, english: str) -> None:
    assert counted(number, ["час", "часа", "часов"], "ru") == f"{number} {russian}"
    assert counted(number, ["hour", "hours", "hours"], "en") == f"{number} {english}"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("of the sea", "en", "of\u00a0the\u00a0sea"),
        ("в Москве и на Дону", "ru", "в\u00a0Москве и\u00a0на\u00a0Дону"),
        ("Roof in in-law", "en", "Roof in\u00a0in-law"),
        ("a b\u00a0c", "en", "a b\u00a0c"),
        ("<a b>", "en", "&lt;a\u00a0b&gt;"),
        (Markup('<p title="a b">a b</p>'), "en", '<p title="a b">a\u00a0b</p>'),
    ],
)
def test_typeset(text: str, language: Language, expected: str) -> None:
    assert str(typeset(text, language)) == expected


def test_the_feeds_offset_is_wrong_all_year() -> None:
    assert wrong_offset("2026-01-02 03:04") == "2026-01-02T03:04:00+04:00"
