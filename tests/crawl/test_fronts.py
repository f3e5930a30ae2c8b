"""A quiet hour costs a handful of requests, and nothing is found later for it than is promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kremlin_archive import seeds
from kremlin_archive.pages.clock import MOSCOW
from kremlin_archive.replica import Replica, Rule
from tests.crawl.running import NEWS, Crawl
from tests.crawl.small_site import (
    EN,
    RU,
    Drifting,
    daily,
    event,
    later,
    later_with,
    many,
    publish,
    targets,
)

EVERYTHING = "/events/all/feed"
SECTIONS = [section for section in seeds.sections() if section.part_of is None]
FRONTS = {url.partition("ru/")[2] for one in SECTIONS for url in one.front_urls("ru")}


@pytest.fixture
def site() -> Drifting:
    """An event in each section, in both editions: an empty listing is an alarm."""
    keys = [section.path for section in SECTIONS]
    return Drifting(
        [event(100 + n, language, key) for n, key in enumerate(keys) for language in (RU, EN)]
    )


@pytest.fixture
def quiet(crawl: Crawl, replica: Replica) -> Path:
    """The root of an archive that has seen the same for 13 hours."""
    run = crawl()
    assert run.code == 0, run.log
    assert later(run.root, replica, 13).code == 0
    return run.root


def test_where_nothing_happens_one_feed_an_edition_is_read(quiet: Path, replica: Replica) -> None:
    before = len(replica.exchanges)
    run = later(quiet, replica, 14)
    assert (run.code, run.pages) == (0, {}), run.log
    assert targets(replica, before) == [*[EVERYTHING] * 2, *["/robots.txt"] * 2]
    assert run.report["listings"] == {"en everything": 1, "ru everything": 1}


def test_every_section_is_read_six_hours_later(quiet: Path, replica: Replica) -> None:
    before = len(replica.exchanges)
    assert later(quiet, replica, 19.5).code == 0
    assert EVERYTHING not in targets(replica, before)
    assert {target[1:] for target in targets(replica, before)} == {*FRONTS, "robots.txt"}


def test_what_the_feed_of_everything_names_is_had_at_once(
    quiet: Path, replica: Replica, site: Drifting
) -> None:
    site.publish(event(200, RU, "councils", day="2026-01-01"))
    site.edit("en", 104, title="Edited", updated="2026-12-30 12:00:00")
    run = later(quiet, replica, 14)
    assert run.code == 0, run.log
    assert run.pages == {"new": 1, "changed": 1}
    assert run.documents["en:104"]["title"] == "Edited"
    assert "ru:200" in run.documents


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (Rule("status", path=EVERYTHING, status=404), 0),
        (Rule("status", path=EVERYTHING, status=500), 2),
        (Rule("empty", path=EVERYTHING), 0),
        (Rule("edit", path=EVERYTHING, old="/events/councils/", new="/about/"), 0),
        (Rule("reset", path=EVERYTHING), 2),
        (Rule("status", path=EVERYTHING, status=403), 2),
        (Rule("challenge", path=EVERYTHING), 2),
    ],
    ids=["absent", "broken", "no feed", "an odd entry", "no answer", "refused", "challenge"],
)
def test_where_there_is_no_feed_of_everything_every_section_is_read(
    quiet: Path, replica: Replica, rule: Rule, code: int
) -> None:
    replica.rules = (rule,)
    before = len(replica.exchanges)
    run = later(quiet, replica, 14)
    assert run.code == code, run.log
    assert {target[1:] for target in targets(replica, before)} >= FRONTS


def test_sections_that_are_named_are_read_each_time(quiet: Path, replica: Replica) -> None:
    before = len(replica.exchanges)
    later(quiet, replica, 14, sections="trips,councils", languages="ru")
    named = [
        f"/events/{path}{end}" for path in ("councils", "president/trips") for end in ("", "/feed")
    ]
    assert targets(replica, before) == [*named, "/robots.txt"]


def test_a_listing_with_a_hole_is_read_each_time(
    crawl: Crawl, replica: Replica, site: Drifting
) -> None:
    many(site, 45)
    root = crawl(languages="ru", limit=5).root
    later(root, replica, 13, languages="ru", limit="1")
    before = len(replica.exchanges)
    later(root, replica, 14, languages="ru", limit="1")
    assert NEWS in targets(replica, before)


# ---- signals that were not followed ------------------------------------------------------------------


def test_a_change_that_was_signalled_and_not_read_is_read_by_the_next_run(
    crawl: Crawl, site: Drifting
) -> None:
    """Deep in the listing, behind pages on which nothing is new: only the archive remembers the signal."""
    many(site, 60)
    crawl(languages="ru", sections="news")
    for number in (3, 4):
        site.edit("ru", number, title="Edited", updated="2026-12-30 12:00:00")
    run = crawl(languages="ru", sections="news", mode="backfill", limit=1)
    assert run.pages == {"changed": 1}
    run = crawl(languages="ru", sections="news")
    assert run.pages == {"changed": 1}
    assert {run.documents[f"ru:{number}"]["title"] for number in (3, 4)} == {"Edited"}
    assert crawl(languages="ru", sections="news").pages == {}


def test_a_signalled_page_that_fails_is_asked_for_again_an_hour_later(
    crawl: Crawl, replica: Replica, site: Drifting
) -> None:
    publish(site, *range(1, 30))
    run = crawl(languages="ru", sections="news")
    site.edit("ru", 2, title="Edited", updated="2026-12-30 12:00:00")
    replica.rules = (Rule("status", path=f"{NEWS}/2", status=500),)
    assert crawl(languages="ru", sections="news", mode="backfill").pages == {"failed": 1}
    assert crawl(languages="ru", sections="news").pages == {}
    replica.rules = ()
    assert later(run.root, replica, 1.1, languages="ru", sections="news").pages["changed"] == 1


def test_a_number_used_anew_in_another_section_is_had_in_the_run_that_looks_for_it_at_its_old_address(
    crawl: Crawl, replica: Replica, site: Drifting
) -> None:
    root = crawl(languages="ru").root
    site.remove(RU, 104)
    assert later(root, replica, 1, mode="recheck", ids="104", languages="ru").pages == {"absent": 1}
    site.publish(event(104, RU, "councils", day="2026-10-01"))
    run = later(root, replica, 8, languages="ru", sections="councils")
    assert run.code == 0, run.log
    assert run.documents["ru:104"]["section"] == "councils"


def test_an_event_named_at_two_addresses_and_given_at_neither_is_a_failure(
    crawl: Crawl, site: Drifting
) -> None:
    site.publish(replace(event(300, RU), sections=("president/news", "president/trips")))
    run = crawl(Rule("status", path="*/300", status=404), languages="ru")
    assert run.code == 2, run.log
    assert run.pages["failed"] == 1


TRIPS = "/events/president/trips"
LISTED = {"languages": "ru", "sections": "trips"}
ALONE = {"PAIR_BUDGET": "0", "RECHECK_BUDGET": "0"}


@pytest.fixture
def three_pages(site: Drifting) -> None:
    """Trips on three pages, each of a day of its own."""
    for number in range(201, 246):
        site.publish(event(number, RU, "president/trips", day=daily(number)))


@pytest.fixture
def recent_trips(site: Drifting) -> None:
    """Trips on four pages, one a day, the newest of yesterday."""
    today = datetime.now(MOSCOW).date()
    for number in range(201, 266):
        day = (today - timedelta(days=266 - number)).isoformat()
        site.publish(event(number, RU, "president/trips", day=day))


def a_batch(site: Drifting) -> None:
    """A new event and an edit that show on the first page of trips, and two that show on the second."""
    site.publish(event(500, RU, "president/trips", day=daily(300)))
    site.edit(RU, 240, title="Edited", updated="2026-12-30 12:00:00")
    site.publish(event(501, RU, "president/trips", day=daily(210)))
    site.edit(RU, 212, title="Edited", updated="2026-12-30 12:00:00")


@pytest.mark.usefixtures("three_pages")
def test_what_was_had_by_the_feed_of_everything_does_not_hide_what_is_further_down(
    quiet: Path, replica: Replica, site: Drifting
) -> None:
    """The first page shows nothing that is due, and once ended the walk for good."""
    a_batch(site)
    run = later_with({"PAIR_BUDGET": "0"}, quiet, replica, 14)
    assert (run.code, run.pages) == (0, {"new": 1, "changed": 1}), run.log
    run = later_with({"PAIR_BUDGET": "0"}, quiet, replica, 19.5)
    assert (run.code, run.pages) == (0, {"new": 1, "changed": 1}), run.log
    assert {"ru:500", "ru:501"} <= run.documents.keys()
    assert run.documents["ru:212"]["title"] == "Edited"
    before = len(replica.exchanges)
    assert later(quiet, replica, 20.5, sections="trips").code == 0
    assert f"{TRIPS}/page/2" not in targets(replica, before)


@pytest.mark.usefixtures("three_pages")
@pytest.mark.parametrize("how", ["the listing fails", "stopped behind the feed", "ids"])
def test_what_was_had_without_the_listing_does_not_hide_what_is_further_down(
    crawl: Crawl, replica: Replica, site: Drifting, how: str
) -> None:
    root = crawl(**LISTED).root
    a_batch(site)
    if how == "the listing fails":
        replica.rules = tuple(
            Rule("status", path=path, status=500) for path in (TRIPS, f"{TRIPS}/page/*")
        )
        assert later(root, replica, 1, **LISTED).code == 2
        replica.rules = ()
    elif how == "ids":
        assert later(root, replica, 1, ids="500,240", **LISTED).code == 0
    else:
        only = {"REQUESTS_MAX": "4", "CONCURRENT_REQUESTS_PER_DOMAIN": "1"}
        assert later_with(only, root, replica, 1, **LISTED).code == 2
    run = later(root, replica, 2, **LISTED)
    assert {"ru:500", "ru:501"} <= run.documents.keys()
    assert {run.documents[one]["title"] for one in ("ru:212", "ru:240")} == {"Edited"}
    before = len(replica.exchanges)
    assert later(root, replica, 3, **LISTED).code == 0
    assert f"{TRIPS}/page/2" not in targets(replica, before)


@pytest.mark.usefixtures("recent_trips")
def test_what_is_dated_back_onto_a_page_further_down_is_found_by_the_schedule(
    crawl: Crawl, replica: Replica, site: Drifting
) -> None:
    """Nothing else tells of it: the first page and the feeds show what they showed."""
    root = crawl(settings=ALONE, **LISTED).root
    shown = (datetime.now(MOSCOW).date() - timedelta(days=40)).isoformat()
    site.publish(replace(event(500, RU, "president/trips", day=shown), published=f"{shown} 23:59"))
    for hours in (1, 2, 24 * 15):
        run = later_with(ALONE, root, replica, hours, **LISTED)
        assert run.code == 0, run.log
    for hours in (1, 2, 3, 4):
        run = later_with(ALONE, root, replica, 24 * 15 + hours, **LISTED)
        assert run.code == 0, run.log
    assert "ru:500" in run.documents
    before = len(replica.exchanges)
    later_with(ALONE, root, replica, 24 * 15 + 8, **LISTED)
    assert len(replica.exchanges) - before == 3, "all of it has been read again"


@pytest.mark.usefixtures("recent_trips")
@pytest.mark.parametrize("rule", ["gone from the edge", "no days", "no days allowed"])
def test_days_that_no_page_shows_are_not_looked_up_by_every_run(
    crawl: Crawl, replica: Replica, site: Drifting, rule: str
) -> None:
    root = crawl(settings=ALONE, **LISTED).root
    if rule == "gone from the edge":
        for number in (245, 225, 201):
            site.remove(RU, number)
    elif rule == "no days":
        replica.rules = (Rule("status", path=f"{TRIPS}/by-date/*", status=404),)
    else:
        text = f"User-agent: *\nDisallow: {TRIPS}/by-date/\n"
        replica.rules = (Rule("status", path="/robots.txt", status=200, text=text),)
    for hours in range(6):
        run = later_with(ALONE, root, replica, 24 * 15 + hours, **LISTED)
        assert run.code == 0, run.log
    before = len(replica.exchanges)
    later_with(ALONE, root, replica, 24 * 15 + 8, **LISTED)
    assert len(replica.exchanges) - before == 3
