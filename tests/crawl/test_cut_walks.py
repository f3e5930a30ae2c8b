"""Walks that did not end by their own rule: what lay below is looked for by the next run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kremlin_archive.replica import Replica, Rule
from kremlin_archive.replica.site.edition import Edition
from tests.crawl.running import NEWS, Crawl, Run
from tests.crawl.small_site import RU, Drifting, daily, event, many, publish

PAGE_2 = f"{NEWS}/page/2"
FEED = f"{NEWS}/feed"
ONE_BY_ONE = {"CONCURRENT_REQUESTS_PER_DOMAIN": "1"}
without_page_2 = pytest.mark.parametrize(
    "rule",
    [
        Rule("status", path=PAGE_2, status=500),
        Rule("status", path=PAGE_2, status=403),
        Rule("reset", path=PAGE_2),
    ],
    ids=["failed", "refused", "no answer"],
)


@pytest.fixture
def site() -> Drifting:
    """Ninety Russian news: five pages."""
    site = Drifting([event(1, RU)])
    many(site, 90)
    return site


@pytest.fixture
def news(crawl: Crawl) -> Crawl:
    def run(*rules: Rule, **given: object) -> Run:
        settings = {"settings": ONE_BY_ONE, "languages": "ru", "sections": "news"}
        return crawl(*rules, **{**settings, **given})

    assert run().pages == {"new": 90}
    return run


def late_on_page_2(site: Drifting) -> Edition:
    """An event that appears late and stands on the second page, under its own time."""
    return replace(event(999, RU), published=site.edition(RU, 60).published)


@without_page_2
def test_below_a_page_that_was_not_had_the_next_run_looks_on(
    news: Crawl, replica: Replica, site: Drifting, rule: Rule
) -> None:
    """The first page, which brought the walk there, is quiet by then."""
    site.publish(event(100, RU, day="2021-08-02"))
    site.publish(late_on_page_2(site))
    site.edit(RU, 45, title="Edited", updated="2026-12-30 12:00:00")
    assert news(rule).code in (2, 3)
    replica.rules = ()
    run = news()
    assert run.code == 0, run.log
    assert "ru:999" in run.documents
    assert run.documents["ru:45"]["title"] == "Edited"
    before = len(replica.exchanges)
    assert news().pages == {}
    assert PAGE_2 not in [one.target for one in replica.exchanges[before:]], "all is read"


@without_page_2
def test_a_page_that_a_backfill_was_not_given_is_read_by_the_next_run(
    news: Crawl, replica: Replica, site: Drifting, rule: Rule
) -> None:
    """Of an archive that is whole, where every page is quiet, the one above it too."""
    site.edit(RU, 60, title="Edited", updated="2026-12-30 12:00:00")
    assert news(rule, mode="backfill").code == 2
    replica.rules = ()
    run = news()
    assert (run.code, run.pages) == (0, {"changed": 1}), run.log
    before = len(replica.exchanges)
    assert news().code == 0
    assert len(replica.exchanges) - before == 3, "robots.txt, feed, first page"


def test_a_run_that_does_not_come_to_an_open_place_leaves_it_open(
    news: Crawl, replica: Replica, site: Drifting
) -> None:
    """It reads the first page as it was, alone, and nothing is heard of the others."""
    site.edit(RU, 60, title="Edited", updated="2026-12-30 12:00:00")
    assert news(Rule("status", path=f"{NEWS}/page/*", status=500), mode="backfill").code == 2
    assert news(Rule("reset", path=f"{NEWS}/page/*")).code in (2, 3)
    replica.rules = ()
    run = news()
    assert (run.code, run.pages) == (0, {"changed": 1}), run.log


def test_a_page_that_is_dead_costs_a_few_requests_and_hides_no_other(
    crawl: Crawl, replica: Replica, site: Drifting
) -> None:
    """A backfill met it, and one further down that failed only then: hourly runs go to each in a step."""
    many(site, 0)
    for number in range(1, 201):
        publish(site, number, day=daily(number))
    listed = {"settings": ONE_BY_ONE, "languages": "ru", "sections": "news"}
    assert crawl(**listed).code == 0
    site.edit(RU, 50, title="Edited", updated="2026-12-30 12:00:00")
    dead, ill = (Rule("status", path=f"{NEWS}/page/{page}", status=500) for page in (4, 8))
    assert crawl(dead, ill, **listed, mode="backfill").code == 2
    assert crawl(dead, **listed).documents["ru:50"]["title"] == "Edited"
    before = len(replica.exchanges)
    assert crawl(dead, **listed).code == 2
    assert len(replica.exchanges) - before < 15
    replica.rules = ()
    assert crawl(**listed).code == 0
    before = len(replica.exchanges)
    assert crawl(**listed).code == 0
    assert len(replica.exchanges) - before == 3


def test_a_walk_that_was_stopped_is_gone_on_with(news: Crawl, site: Drifting) -> None:
    site.publish(event(100, RU, day="2021-08-02"))
    site.publish(late_on_page_2(site))
    assert news(limit=1).pages == {"new": 1}
    run = news()
    assert (run.code, run.pages) == (0, {"new": 1})
    assert "ru:999" in run.documents


def test_what_the_feed_told_does_not_make_the_first_page_quiet(news: Crawl, site: Drifting) -> None:
    site.edit(RU, 85, title="Edited", updated="2026-12-30 12:00:00")
    site.publish(late_on_page_2(site))
    run = news()
    assert run.pages == {"changed": 1, "new": 1}
    assert "ru:999" in run.documents


def test_a_feed_that_is_stale_does_not_silence_the_listing(
    news: Crawl, replica: Replica, site: Drifting
) -> None:
    site.edit(RU, 85, title="Edited", updated="2026-12-30 12:00:00")
    replica.rules = (Rule("edit", path=FEED, old="2026-12-30T12:00:00", new="2021-08-01T01:25:00"),)
    run = news()
    assert run.pages == {"changed": 1}, run.log


def test_a_second_reading_that_failed_is_made_up_for(
    crawl: Crawl, replica: Replica, site: Drifting
) -> None:
    """Events were pulled up over the edge of the second page, and it could not be read once more."""
    site.path = f"{NEWS}/page/3"
    site.then = lambda: site.remove(RU, 88)
    given = {"settings": {**ONE_BY_ONE, "RETRY_TIMES": "0"}, "languages": "ru", "sections": "news"}
    rule = Rule("status", path=PAGE_2, status=500, after=1)
    assert crawl(rule, **given).code == 2
    replica.rules = ()
    run = crawl(**given)
    assert set(run.documents) >= {f"ru:{one.event_id}" for one in site.editions}


def test_a_page_that_repeats_the_one_before_under_its_own_number_raises_an_alarm(
    crawl: Crawl,
) -> None:
    rules = (
        Rule("serve-as", path=PAGE_2, location=NEWS),
        Rule("edit", path=PAGE_2, old='data-page="1"', new='data-page="2"'),
    )
    run = crawl(*rules, languages="ru", sections="news")
    assert run.code == 2
    assert any("lists what the page before it lists" in said for said in run.problems.values())


def test_a_page_that_says_the_listing_ends_early_raises_an_alarm(crawl: Crawl) -> None:
    rule = Rule("edit", path=PAGE_2, old='data-pages="5"', new='data-pages="2"')
    run = crawl(rule, languages="ru", sections="news")
    assert run.code == 2
    assert any("has 2 pages; it had 5 a page ago" in said for said in run.problems.values())
    assert len(run.documents) == 90
