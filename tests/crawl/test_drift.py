"""Listings that change while they are walked: whatever moves where, nothing is passed by."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from kremlin_archive.replica import Replica, Rule
from kremlin_archive.replica.http import Reply, Request
from kremlin_archive.replica.site import Site
from kremlin_archive.replica.site.edition import Edition
from tests.crawl.running import NEWS, Crawl, Run
from tests.crawl.small_site import RU, daily, event

ONE_BY_ONE = {"CONCURRENT_REQUESTS_PER_DOMAIN": "1", "RECHECK_BUDGET": "0", "PAIR_BUDGET": "0"}
LISTED = {"languages": "ru", "sections": "news"}


def news(number: int, day: str | None = None) -> Edition:
    return event(number, RU, day=day or daily(number))


class Moving(Site):
    """A site that changes before so many a request of a path is answered."""

    def __init__(self, editions: list[Edition]) -> None:
        super().__init__(editions)
        self.changes: dict[tuple[str, int], Callable[[], object]] = {}
        self.counts: dict[str, int] = {}

    def answer(self, request: Request) -> Reply:
        count = self.counts[request.path] = self.counts.get(request.path, 0) + 1
        self.changes.pop((request.path, count), lambda: None)()
        return super().answer(request)

    def redate(self, number: int, day: str) -> None:
        self.remove(RU, number)
        self.publish(news(number, day))


@pytest.fixture
def site() -> Moving:
    """Ninety Russian news on five pages."""
    return Moving([news(number) for number in range(1, 91)])


def lost(run: Run, site: Moving) -> set[str]:
    return {f"ru:{one.event_id}" for one in site.editions} - set(run.documents)


def test_a_removal_and_an_insertion_that_cancel_each_other_out(crawl: Crawl, site: Moving) -> None:
    site.changes[f"{NEWS}/page/2", 1] = lambda: site.remove(RU, 88)
    site.changes[NEWS, 2] = lambda: site.publish(news(91))
    run = crawl(settings=ONE_BY_ONE, **LISTED)
    assert (run.code, lost(run, site)) == (0, set())


def test_an_event_that_moves_over_the_edge_of_its_page(crawl: Crawl, site: Moving) -> None:
    """It stands on both pages, as where the listing moves down, and lets another pass the other way."""
    site.changes[f"{NEWS}/page/3", 1] = lambda: site.redate(60, daily(45))
    run = crawl(settings=ONE_BY_ONE, **LISTED)
    assert (run.code, lost(run, site)) == (0, set())


@pytest.mark.parametrize("page", [3, 5], ids=["in the middle", "the last"])
def test_a_second_reading_that_gets_no_answer_is_made_up_for(
    crawl: Crawl, site: Moving, replica: Replica, page: int
) -> None:
    """What was pulled over the edge is on the upper page, and no later run looked there again."""
    site.changes[f"{NEWS}/page/{page}", 1] = lambda: site.remove(RU, 100 - 20 * page + 15)
    # Each time: where a connection is used again, Twisted repeats what was reset before an answer began.
    rule = Rule("reset", path=f"{NEWS}/page/{page - 1}", after=1, at="start")
    run = crawl(rule, settings={**ONE_BY_ONE, "RETRY_TIMES": "0"}, **LISTED)
    assert (run.code, len(lost(run, site))) == (2, 1), run.log
    replica.rules = ()
    run = crawl(settings=ONE_BY_ONE, **LISTED)
    assert (run.code, lost(run, site)) == (0, set())
    before = len(replica.exchanges)
    crawl(settings=ONE_BY_ONE, **LISTED)
    assert len(replica.exchanges) - before == 3


def test_an_event_that_comes_onto_a_page_that_was_read(
    crawl: Crawl, site: Moving, replica: Replica
) -> None:
    site.changes[f"{NEWS}/page/4", 1] = lambda: site.publish(news(999, daily(60)))
    run = crawl(settings=ONE_BY_ONE, **LISTED)
    assert (run.code, lost(run, site)) == (0, set())
    assert sum(one.target == NEWS for one in replica.exchanges) == 3, "read, again, looked above"


@pytest.mark.parametrize("seed", range(6))
def test_a_listing_that_changes_before_every_answer(crawl: Crawl, site: Moving, seed: int) -> None:
    """One event is added or taken away each time: after the next run, which is calm, all are there."""
    chance = random.Random(seed)  # noqa: S311
    numbers = iter(range(91, 999))

    def change() -> None:
        kind = chance.random()
        if kind < 1 / 3:
            site.remove(RU, chance.choice(list(site.editions)[-60:]).event_id)
        elif kind < 2 / 3:
            site.publish(news(next(numbers)))

    for page in range(1, 8):
        path = NEWS if page == 1 else f"{NEWS}/page/{page}"
        site.changes.update(
            {(path, count): change for count in range(1, 4) if (page, count) != (1, 1)}
        )
    crawl(settings=ONE_BY_ONE, **LISTED)
    site.changes.clear()
    assert not lost(crawl(settings=ONE_BY_ONE, **LISTED), site)


def test_pages_that_never_come_to_rest_are_told(
    crawl: Crawl, site: Moving, replica: Replica
) -> None:
    """Each reading shows another page 2: the walk says so instead of going round and round."""
    numbers = iter(range(91, 999))
    site.changes.update(
        {
            (f"{NEWS}/page/2", count): lambda: site.publish(news(next(numbers)))
            for count in range(1, 99)
        }
    )
    site.changes.update(
        {(NEWS, count): lambda: site.publish(news(next(numbers))) for count in range(2, 99)}
    )
    run = crawl(settings=ONE_BY_ONE, **LISTED)
    assert run.code == 2
    assert any("something else at each reading" in said for said in run.problems.values())
    assert len(replica.exchanges) < 400


@pytest.mark.parametrize("status", [404, 500])
def test_a_range_of_pages_goes_on_behind_a_page_that_fails(crawl: Crawl, status: int) -> None:
    crawl(languages="ru", sections="news", limit=1)  # so that it is known how many pages there are
    broken = Rule("status", path=f"{NEWS}/page/2", status=status)
    run = crawl(broken, languages="ru", sections="news", mode="backfill", pages="2-4")
    assert (run.code, run.pages) == (2, {"new": 40, "failed": 1})


def test_a_day_to_which_the_site_leads_too_far_down(crawl: Crawl) -> None:
    """The address of a day gives the last page: the walk goes up until it sees newer days."""
    wrong = Rule("serve-as", path=f"{NEWS}/by-date/*", location=f"{NEWS}/page/5")
    run = crawl(wrong, languages="ru", sections="news", until=daily(75), since=daily(50))
    assert (run.code, run.pages) == (0, {"new": 26})


def test_a_listing_of_another_layout_is_not_walked_to_its_end(
    crawl: Crawl, replica: Replica
) -> None:
    strange = Rule("content", path=f"{NEWS}/page/*", text="<html><body>All new!</body></html>")
    first = Rule("content", path=NEWS, text="<html><body>All new!</body></html>")
    run = crawl(strange, first, settings=ONE_BY_ONE, **LISTED)
    assert run.code == 2
    read = [one.target for one in replica.exchanges if one.target.startswith(f"{NEWS}/page/")]
    assert read == [f"{NEWS}/page/2", f"{NEWS}/page/3"]


def test_a_second_reading_that_failed_and_was_repeated_leaves_no_hole(
    crawl: Crawl, site: Moving, replica: Replica
) -> None:
    """The failure takes back the first reading; every later one is the same page again, a revisit."""
    rule = Rule("status", path=f"{NEWS}/page/2", status=500, after=1, times=1)
    run = crawl(rule, settings={**ONE_BY_ONE, "RETRY_TIMES": "1"}, **LISTED)
    assert lost(run, site) == set()
    replica.rules = ()
    crawl(settings=ONE_BY_ONE, **LISTED)
    before = len(replica.exchanges)
    assert crawl(settings=ONE_BY_ONE, **LISTED).code == 0
    assert len(replica.exchanges) - before == 3
