from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from kremlin_archive import seeds
from kremlin_archive.errors import UsageError
from kremlin_archive.plan import read_plan


def test_nothing_said_means_everything_new() -> None:
    plan = read_plan({})
    assert plan.languages == ("en", "ru")
    assert "news" in {section.name for section in plan.sections}
    assert all(section.part_of is None for section in plan.sections)
    assert (plan.mode, plan.limit, plan.ids) == ("update", None, ())
    assert not plan.walks_everything


def test_every_argument_is_read() -> None:
    plan = read_plan(
        {
            "languages": "ru, en,ru",
            "sections": "news,speeches",
            "since": "2021-08-01",
            "until": "2021-08-31",
            "limit": "5",
            "mode": "backfill",
        }
    )
    assert plan.languages == ("ru", "en")
    assert [section.name for section in plan.sections] == ["news", "speeches"]
    assert (plan.since, plan.until) == (date(2021, 8, 1), date(2021, 8, 31))
    assert (plan.limit, plan.mode) == (5, "backfill")


def test_ids_are_numbers_and_ranges_in_the_order_given() -> None:
    assert read_plan({"ids": "66419,66410-66412,66411"}).ids == (66419, 66410, 66411, 66412)


def test_a_range_of_days_is_inclusive_and_an_unknown_day_is_looked_at() -> None:
    plan = read_plan({"since": "2021-08-01", "until": "2021-08-31"})
    assert plan.wants("2021-08-01")
    assert plan.wants("2021-08-31")
    assert plan.wants(None)
    assert not plan.wants("2021-07-31")
    assert not plan.wants("2021-09-01")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"languages": "de"}, "languages='de': 'de' is not one; there are en, ru"),
        ({"languages": ","}, "nothing is named"),
        ({"sections": "all,news"}, "'all' is not one"),
        ({"since": "01.08.2021"}, "expected a day such as 2021-08-01"),
        ({"since": "2021-8-1x"}, "expected a day such as 2021-08-01"),
        ({"since": "1990-01-01"}, "first event is of 1999-12-31"),
        ({"since": "2021-08-02", "until": "2021-08-01"}, "swap them"),
        ({"ids": "1-2-3"}, "expected numbers and ranges"),
        ({"ids": "1-200000"}, "more than 100,000 ids"),
        ({"ids": "5", "since": "2021-08-01"}, "do not go with it"),
        ({"limit": "-1"}, "a number of pages above 0"),
        ({"mode": "all"}, "expected one of update, backfill, recheck, fill"),
        ({"pages": "0-4"}, "from 1 on"),
        ({"pages": "40-10"}, "pages of a listing such as 10-40"),
        ({"pages": "1,2"}, "pages of a listing such as 10-40"),
        ({"pages": "1-2", "ids": "5"}, "do not go with it"),
        ({"pages": "1-2", "since": "2021-08-01"}, "two ways to bound a walk"),
        ({"pages": "1-2", "mode": "recheck"}, "which mode=recheck does not walk"),
        ({"pages": "1-2", "mode": "fill"}, "which mode=fill does not walk"),
        (
            {"sections": "announcements", "mode": "recheck"},
            "announcements has none.*sections=news$",
        ),
        (
            {"sections": "trips,speeches", "mode": "recheck"},
            "speeches has none.*sections=transcripts$",
        ),
        ({"older": "90", "mode": "recheck"}, "a time such as 90d"),
        ({"older": "90d"}, "it goes with mode=recheck"),
        ({"media": "videos"}, "expected one of none, photos"),
        ({"day": "1"}, "unknown argument day"),
    ],
)
def test_a_wrong_argument_is_named_with_what_it_may_be(
    arguments: dict[str, str], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        read_plan(arguments)


def test_pages_bound_a_walk_as_far_as_the_listing_goes() -> None:
    plan = read_plan({"pages": "10-40"})
    assert plan.walks_everything
    assert not plan.looks_after_the_archive
    assert (plan.first_page, plan.last_page_of(99), plan.last_page_of(12)) == (10, 40, 12)
    assert (read_plan({}).first_page, read_plan({}).last_page_of(99)) == (1, 99)
    assert read_plan({"pages": "7"}).pages == (7, 7)


@pytest.mark.parametrize(
    ("value", "older"),
    [("90d", timedelta(days=90)), ("12h", timedelta(hours=12)), ("8w", timedelta(weeks=8))],
)
def test_an_age_is_read_with_its_unit(value: str, older: timedelta) -> None:
    assert read_plan({"mode": "recheck", "older": value}).older == older


@pytest.mark.parametrize(
    ("arguments", "walks"),
    [
        ({}, True),
        ({"mode": "backfill"}, True),
        ({"ids": "5"}, False),
        ({"mode": "recheck"}, False),
        ({"mode": "fill"}, False),
    ],
)
def test_listings_are_walked_only_where_they_tell_something(
    arguments: dict[str, str], *, walks: bool
) -> None:
    assert read_plan(arguments).walks is walks


def test_sections_bound_what_is_looked_at_again_only_if_named() -> None:
    assert read_plan({}).covers("councils/by-council/18")
    assert read_plan({"sections": "news"}).covers("president/news")
    assert not read_plan({"sections": "news"}).covers("president/trips")
    assert read_plan({"sections": "councils"}).covers("councils/by-council/18")


@pytest.mark.parametrize(
    "sections", [{}, {"sections": "trips,news"}, {"sections": "speeches", "ids": "5"}]
)
def test_what_a_recheck_finds_by_address_or_number_may_be_asked_of_it(
    sections: dict[str, str],
) -> None:
    assert read_plan({"mode": "recheck", **sections}).mode == "recheck"


def test_listing_pages_are_numbered_by_path_because_a_query_is_ignored_by_the_site() -> None:
    news = read_plan({"sections": "news"}).sections[0]
    assert news.listing_url("en") == "http://en.kremlin.ru/events/president/news"
    assert news.listing_url("ru", 2) == "http://kremlin.ru/events/president/news/page/2"
    assert news.day_url("en", "2013-04-01").endswith("/by-date/01.04.2013")
    assert news.feed_url("en").endswith("/events/president/news/feed")


@pytest.mark.parametrize("text", ["[[section]]\nname = 1", "[[section", "", "[[section]]\nnme='x'"])
def test_a_broken_list_of_sections_names_the_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "sections.toml").write_text(text)
    with pytest.raises(UsageError, match=r"sections\.toml"):
        seeds.sections(tmp_path)


def test_a_language_without_a_host_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "languages.toml").write_text('[[language]]\ncode = "de"')
    with pytest.raises(UsageError, match="no host is known for de"):
        seeds.languages(tmp_path)
