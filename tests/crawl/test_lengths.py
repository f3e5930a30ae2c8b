"""What feeds and listings say of how many pages there are: too many, too few, and as many as before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kremlin_archive.replica import Replica, Rule
from kremlin_archive.replica.site import Site
from kremlin_archive.state import State
from tests.crawl.running import NEWS, Crawl, Run
from tests.crawl.small_site import RU, daily, event, later_with

LISTING = f"http://kremlin.ru{NEWS}"
LISTED = {"languages": "ru", "sections": "news"}
ALONE = {"RECHECK_BUDGET": "0", "PAIR_BUDGET": "0", "CONCURRENT_REQUESTS_PER_DOMAIN": "1"}
QUIET = ["/robots.txt", f"{NEWS}/feed", NEWS]


@pytest.fixture
def site() -> Site:
    """Russian news 1 to 60 of as many days, on three pages."""
    return Site([event(number, RU, day=daily(number)) for number in range(1, 61)])


def told_pages(path: str, true: int, told: int) -> Rule:
    return Rule("edit", path=path, old=f'data-pages="{true}"', new=f'data-pages="{told}"')


def hour(root: Path, replica: Replica, hours: float) -> tuple[Run, list[str]]:
    """An update so many hours later, and what it asked for."""
    before = len(replica.exchanges)
    run = later_with(ALONE, root, replica, hours, **LISTED)
    return run, [one.target for one in replica.exchanges[before:]]


def is_whole(root: Path, hours: float) -> bool:
    state = State(root)
    state.sync(datetime.now(UTC) + timedelta(hours=hours))
    whole = state.is_read_whole(LISTING)
    state.close()
    return whole


# ---- too many ----------------------------------------------------------------------------------------


def test_a_feed_that_tells_of_too_many_pages_is_told_and_not_believed(
    crawl: Crawl, replica: Replica
) -> None:
    lie = Rule("edit", path=f"{NEWS}/feed", old="/feed/page/3", new="/feed/page/400")
    run = crawl(lie, settings=ALONE, **LISTED)
    assert (run.code, run.pages) == (2, {"new": 60, "failed": 1})
    assert run.problems == {LISTING: f"{LISTING}: has 3 pages; it had 400 a page ago"}
    run, targets = hour(run.root, replica, 1)
    assert (run.code, run.pages) == (2, {"failed": 1})
    assert targets == [*QUIET, f"{NEWS}/page/2"]


def test_a_listing_that_tells_of_too_many_pages_once_is_walked_to_its_end(
    crawl: Crawl, replica: Replica
) -> None:
    run = crawl(told_pages(NEWS, 3, 400), settings=ALONE, **LISTED)
    assert (run.code, run.pages) == (2, {"new": 60, "failed": 1})
    assert len(replica.exchanges) < 70


@pytest.mark.parametrize(
    ("behind", "failed"),
    [(Rule("status", path=f"{NEWS}/page/[4-9]*", status=404), 3),
     (Rule("status", path=f"{NEWS}/page/[4-9]*", status=500), 3),
     (Rule("serve-as", path=f"{NEWS}/page/[4-9]*", location=NEWS), 3)],
    ids=["absent", "failed", "the first page"],
)  # fmt: skip
def test_a_listing_that_always_tells_of_too_many_pages_is_not_walked_far_beyond_its_end(
    crawl: Crawl, replica: Replica, behind: Rule, failed: int
) -> None:
    settings = {**ALONE, "RETRY_TIMES": "0"}
    run = crawl(behind, told_pages(f"{NEWS}*", 3, 400), settings=settings, **LISTED)
    assert (run.code, run.pages["new"]) == (2, 60)
    beyond = {f"{NEWS}/page/{number}" for number in (4, 5, 6)}
    pages = {one.target for one in replica.exchanges if "/page/" in one.target}
    assert pages == {f"{NEWS}/page/2", f"{NEWS}/page/3", *beyond}
    assert run.pages["failed"] >= failed


def test_a_listing_that_always_tells_of_too_many_pages_costs_later_runs_a_few_requests(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    for number in range(61, 241):
        site.publish(event(number, RU, day=daily(number)))
    root = crawl(told_pages(f"{NEWS}*", 12, 400), settings=ALONE, **LISTED).root
    for hours in (1, 2):
        assert len(hour(root, replica, hours)[1]) <= 10


# ---- too few -----------------------------------------------------------------------------------------


def test_a_listing_that_shrank_before_it_was_read_to_its_end_has_an_end_again(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    for number in range(61, 101):
        site.publish(event(number, RU, day=daily(number)))
    root = crawl(settings={**ALONE, "REQUESTS_MAX": "25"}, **LISTED).root
    for number in range(10, 55):
        site.remove(RU, number)
    run, _ = hour(root, replica, 1)
    assert run.code == 2
    assert f"{LISTING}: has 3 pages; lately it had 5" in run.problems.values()
    assert not is_whole(root, 1), "what is odd today is not believed"
    assert hour(root, replica, 60)[0].code == 0
    assert is_whole(root, 60)
    assert hour(root, replica, 61)[1] == QUIET


def test_a_listing_that_was_short_for_days_is_read_on_when_it_is_long_again(
    crawl: Crawl, replica: Replica
) -> None:
    """Long enough for its end to be believed, though most of it had never been read."""
    run = crawl(settings={**ALONE, "REQUESTS_MAX": "10"}, **LISTED)
    short_feed = Rule("edit", path=f"{NEWS}/feed", old="/feed/page/3", new="/feed/page/1")
    replica.rules = (told_pages(NEWS, 3, 1), short_feed)
    for hours in (1, 60, 61):
        run, _ = hour(run.root, replica, hours)
    assert is_whole(run.root, 61)
    assert len(run.documents) < 60
    replica.rules = ()
    for hours in (62, 63):  # the first sees that it is long again
        run, _ = hour(run.root, replica, hours)
    assert len(run.documents) == 60
    assert is_whole(run.root, 63)
    assert hour(run.root, replica, 64)[1] == QUIET
