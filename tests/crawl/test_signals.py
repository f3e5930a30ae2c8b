"""What feeds and listings tell of changes: followed once, and looked for again where the page lacks it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kremlin_archive.pages.clock import MOSCOW
from kremlin_archive.replica import Replica, Rule
from kremlin_archive.replica.http import Request
from kremlin_archive.replica.site import Site
from tests.crawl.running import NEWS, Crawl, Run
from tests.crawl.small_site import RU, daily, event, later_with, publish

LISTED = {"languages": "ru", "sections": "news"}
SIGNALS_ONLY = {"RECHECK_BUDGET": "0", "PAIR_BUDGET": "0"}
QUIET = ["/robots.txt", f"{NEWS}/feed", NEWS]
DAY = 24


@pytest.fixture
def site() -> Site:
    """Russian news 1 to 60 of as many days, on three pages."""
    return Site([event(number, RU, day=daily(number)) for number in range(1, 61)])


def hour(
    root: Path, replica: Replica, hours: float, settings: dict[str, str] | None = None
) -> tuple[Run, list[str]]:
    """An update so many hours later, and what it asked for; led by signals alone if not told otherwise."""
    before = len(replica.exchanges)
    run = later_with(SIGNALS_ONLY if settings is None else settings, root, replica, hours, **LISTED)
    return run, [one.target for one in replica.exchanges[before:]]


# ---- told, looked for, and not shown -----------------------------------------------------------------


def test_pages_that_no_longer_say_when_they_changed_are_read_once(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    """A layout that changed overnight: each page read since would else be read by every run."""
    root = crawl(settings=SIGNALS_ONLY, **LISTED).root
    replica.rules = (
        Rule("edit", path=f"{NEWS}/[0-9]*", old="read__updated", new="article__updated"),
    )
    for day in (1, 2):
        publish(site, *range(100 * day, 100 * day + 10), day=f"2021-09-0{day}")
        run, _ = hour(root, replica, DAY * day)
        assert (run.code, run.pages) == (0, {"new": 10})
        assert hour(root, replica, DAY * day + 1)[1] == QUIET
    site.edit(RU, 200, title="Edited", updated="2021-09-03 12:00:00")
    run, _ = hour(root, replica, DAY * 3)
    assert (run.code, run.pages) == (0, {"changed": 1})
    assert hour(root, replica, DAY * 3 + 1)[1] == QUIET


@pytest.mark.parametrize(
    "rule",
    [
        Rule("edit", path=f"{NEWS}/feed", old="00:50:00", new="00:51:00"),
        Rule("edit", path=NEWS, old=f'hidden">{daily(50)}', new=f'hidden">{daily(51)}'),
    ],
    ids=["a feed's minute", "a listing's day"],
)
def test_a_change_that_the_page_never_shows_keeps_no_walk_going(
    crawl: Crawl, replica: Replica, rule: Rule
) -> None:
    run = crawl(rule, settings=SIGNALS_ONLY, **LISTED)
    assert len(run.documents) == 60
    hour(run.root, replica, 1)  # in the first run the page may have been read before the listing
    for hours in (2, 3):
        assert hour(run.root, replica, hours)[1] == QUIET
    run = later_with(SIGNALS_ONLY, run.root, replica, 4, mode="backfill", **LISTED)
    assert run.pages == {}


def test_a_change_that_the_page_shows_late_is_found_within_the_hour(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    """A feed that was refreshed before the page; by the event's age the schedule would look in years."""
    alone = {"PAIR_BUDGET": "0"}
    root = crawl(settings=alone, **LISTED).root
    page = f"{NEWS}/50"
    before = site.answer(Request("GET", page, (("Host", "kremlin.ru"),), b"")).entity.decode()
    site.edit(RU, 50, title="Edited", updated=f"{daily(50)} 12:00:00")
    replica.rules = (Rule("content", path=page, text=before),)
    for hours in (1, 2.1):
        run, targets = hour(root, replica, hours, alone)
        assert (run.code, run.pages) == (0, {"unchanged": 1})
        assert page in targets
    replica.rules = ()
    run, targets = hour(root, replica, 3.2, alone)
    assert run.documents["ru:50"]["title"] == "Edited"
    assert sorted(targets) == sorted([*QUIET, page])
    assert hour(root, replica, 4.3, alone)[1] == QUIET


# ---- named at two addresses --------------------------------------------------------------------------

BOTH = {"languages": "ru", "sections": "news,trips"}
TRIPS = "/events/president/trips"


@pytest.fixture
def twice(site: Site) -> Site:
    """Event 500 is named by two listings, under two addresses."""
    for number in range(201, 231):
        site.publish(event(number, RU, section="president/trips", day=daily(number)))
    both = ("president/news", "president/trips")
    site.publish(replace(event(500, RU, day=daily(300)), sections=both))
    return site


def about(replica: Replica, since: int) -> list[str]:
    return [one.target for one in replica.exchanges[since:] if one.target.endswith("/500")]


@pytest.mark.usefixtures("twice")
@pytest.mark.parametrize("status", [404, 500])
def test_an_event_named_at_two_addresses_and_given_at_neither_has_the_rhythm_of_missing_pages(
    crawl: Crawl, replica: Replica, status: int
) -> None:
    alone = {**SIGNALS_ONLY, "RETRY_TIMES": "0"}
    root = crawl(Rule("status", path="*/500", status=status), settings=alone, **BOTH).root
    later_with(alone, root, replica, 1, **BOTH)
    later_with(alone, root, replica, 30 * DAY, **BOTH)
    later_with(alone, root, replica, 30 * DAY + 1, **BOTH)
    before = len(replica.exchanges)
    run = later_with(alone, root, replica, 30 * DAY + 2, **BOTH)
    assert (run.code, about(replica, before)) == (0, [])
    listed = [NEWS, f"{NEWS}/feed", TRIPS, f"{TRIPS}/feed", "/robots.txt"]
    assert sorted(one.target for one in replica.exchanges[before:]) == listed


@pytest.mark.usefixtures("twice")
@pytest.mark.parametrize("where", [NEWS, TRIPS])
@pytest.mark.parametrize("status", [404, 500])
def test_an_event_named_at_two_addresses_is_had_wherever_it_appears(
    crawl: Crawl, replica: Replica, where: str, status: int
) -> None:
    alone = {**SIGNALS_ONLY, "RETRY_TIMES": "0"}
    root = crawl(Rule("status", path="*/500", status=status), settings=alone, **BOTH).root
    later_with(alone, root, replica, 1, **BOTH)
    elsewhere = TRIPS if where == NEWS else NEWS
    replica.rules = (Rule("status", path=f"{elsewhere}/500", status=status),)
    for hours in (30, 60):
        run = later_with(alone, root, replica, hours, **BOTH)
    assert run.documents["ru:500"]["url"] == f"http://kremlin.ru{where}/500"


def test_a_change_of_a_year_to_come_hides_no_change_that_is_told_later(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    lie = Rule("edit", path=f"{NEWS}/feed", old=f"<updated>{daily(60)}", new="<updated>2062-03-01")
    root = crawl(lie, settings=SIGNALS_ONLY, **LISTED).root
    assert hour(root, replica, 1)[1] == QUIET
    replica.rules = ()
    site.edit(RU, 60, title="Edited", updated="2026-11-29 12:00:00")
    run, targets = hour(root, replica, 72)
    assert f"{NEWS}/60" in targets
    assert run.pages["changed"] == 1


def test_a_signalled_page_that_leads_to_its_old_address_which_is_gone_is_left_alone(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    root = crawl(settings=SIGNALS_ONLY, **LISTED).root
    site.edit(RU, 60, title="Moved", updated="2026-11-29 12:00:00")
    here, there = f"{NEWS}/60", f"{TRIPS}/60"
    replica.rules = (
        Rule("edit", path=f"{NEWS}*", old=f'{here}"', new=f'{there}"'),
        Rule("redirect", path=there, status=302, location=f"http://kremlin.ru{here}"),
        Rule("status", path=here, status=404),
    )
    for hours in (1, 2, 8):
        targets = hour(root, replica, hours)[1]
        assert targets.count(there) == 1
        assert targets.count(here) <= 2  # the feed names it there
    for hours in (9, 10, 11):
        assert hour(root, replica, hours)[1] == QUIET


# ---- what is asked for first, and what never ---------------------------------------------------------


def test_an_event_of_the_other_edition_keeps_no_walk_going(crawl: Crawl, replica: Replica) -> None:
    here, there = f'href="{NEWS}/50"', f'href="http://en.kremlin.ru{NEWS}/50"'
    replica.rules = (Rule("edit", path=NEWS, old=here, new=there),)
    root = crawl(settings=SIGNALS_ONLY, **LISTED).root
    assert hour(root, replica, 1)[1] == QUIET


def test_looks_come_when_feeds_and_listings_were_read(crawl: Crawl, replica: Replica) -> None:
    in_turn = {"CONCURRENT_REQUESTS_PER_DOMAIN": "1", "PAIR_BUDGET": "0", "RECHECK_BUDGET": "6"}
    root = crawl(settings=in_turn, **LISTED).root
    targets = hour(root, replica, DAY * 800, in_turn)[1]
    assert targets[:3] == QUIET
    assert len(targets) == 3 + 2 + 6, "fronts, pages of listings, looks"


def test_pages_that_hang_keep_no_listing_from_being_read(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    one_by_one = {
        "CONCURRENT_REQUESTS_PER_DOMAIN": "1",
        "DOWNLOAD_TIMEOUT": "1",
        "RETRY_TIMES": "0",
        "PAIR_BUDGET": "0",
    }
    root = crawl(settings=one_by_one, **LISTED).root
    replica.rules = (Rule("stall", path=f"{NEWS}/[1-5][0-9]", at="start"),)
    late = replace(event(300, RU), published=site.edition(RU, 35).published)  # on the second page
    site.publish(late)
    publish(site, 301, day="2021-09-01")
    run, targets = hour(root, replica, DAY * 800, one_by_one)
    assert f"{NEWS}/page/2" in targets
    assert {"ru:300", "ru:301"} <= set(run.documents)
    assert run.pages["failed"] >= 5, "as many as shut the site where they come in a row"


def test_a_listing_that_no_longer_shows_days_is_named_and_not_walked_whole(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    """A layout that changed overnight: no page can end the walk, so once every run read all of them twice."""
    for number in range(61, 201):
        site.publish(event(number, RU, day=daily(number)))
    root = crawl(settings=SIGNALS_ONLY, **LISTED).root
    replica.rules = tuple(
        Rule("edit", path=path, old="published dt-published", new="published")
        for path in (NEWS, f"{NEWS}/page/*")
    )
    publish(site, 300, day=daily(300))
    run, _ = hour(root, replica, 1)
    assert (run.code, run.pages["new"]) == (2, 1)
    assert {problem.partition(": ")[2] for problem in run.problems.values()} == {
        "shows the day of none of its events"
    }
    run, asked = hour(root, replica, 2)
    assert (run.code, asked) == (2, [*QUIET, f"{NEWS}/page/2", f"{NEWS}/page/3"])


def test_what_was_edited_today_is_not_fetched_by_every_run_until_the_day_is_over(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    """A listing tells days: a second edit on one day shows nowhere, and is looked for by the schedule."""
    root = crawl(settings=SIGNALS_ONLY, **LISTED).root
    now = datetime.now(MOSCOW)
    noon = (now + timedelta(days=1)).replace(hour=12, minute=0, second=0)
    then = (
        noon - now
    ).total_seconds() / 3600 + 0.1  # a page read in the minute of its change is read again
    for number in range(1, 61):
        site.edit(RU, number, title=f"Edited {number}", updated=f"{noon:%Y-%m-%d %H:%M:%S}")
    assert hour(root, replica, then)[0].pages == {"changed": 60}
    publish(site, 300, day=daily(300))
    assert hour(root, replica, then + 1)[0].pages == {"new": 1}
    site.edit(RU, 7, title="Edited again", updated=f"{noon:%Y-%m-%d} 13:00:00")
    for hours in (2, 3, 4):
        hour(root, replica, then + hours, {"PAIR_BUDGET": "0"})
    run, _ = hour(root, replica, then + 5, {"PAIR_BUDGET": "0"})
    assert run.documents["ru:7"]["title"] == "Edited again"
    every_day = {f"{NEWS}/{number}" for number in range(1, 41)}  # of the others the feed tells more
    for hours in (14, 20, 26):
        hour(root, replica, then + hours, {"PAIR_BUDGET": "0", "RECHECK_BUDGET": "60"})
    asked = set(hour(root, replica, then + 38, {"PAIR_BUDGET": "0", "RECHECK_BUDGET": "60"})[1])
    assert not asked & every_day
