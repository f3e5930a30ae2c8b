"""A page that is moved to another address of its event, where it is not, takes the fate of that address."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kremlin_archive.ledger import ledger
from kremlin_archive.replica import Replica, Rule
from kremlin_archive.replica.site import Site
from kremlin_archive.state import State
from tests.crawl.running import NEWS, Crawl, Run
from tests.crawl.small_site import RU, asked, event, later, later_with
from tests.crawl.test_taken_in_late import newest_first

LISTED = {"languages": "ru", "sections": "news"}
LOOK = {"languages": "ru", "ids": "102", "mode": "recheck"}
TRIPS = "/events/president/trips"
MOVED = Rule("redirect", path=f"{NEWS}/102", status=301, location=f"http://kremlin.ru{TRIPS}/102")
ALONE = {"RECHECK_BUDGET": "0", "PAIR_BUDGET": "0"}


@pytest.fixture
def site() -> Site:
    return Site([event(number, RU) for number in range(101, 104)])


def fates(run: Run) -> tuple[str, str]:
    """What the tables and the ledger say of the event."""
    with closing(State(run.root)) as state:
        return run.documents["ru:102"]["status"], ledger(state)["ru"].fates[102]


def test_an_archived_page_that_moved_and_then_went_away_is_gone(
    crawl: Crawl, replica: Replica, site: Site, tmp_path: Path
) -> None:
    root = crawl(**LISTED).root
    old = site.edition(RU, 102)
    site.remove(RU, 102)
    replica.rules = (MOVED,)
    told = []
    for hours in (1, 8, 15):
        run = later(root, replica, hours, **LOOK)
        assert (run.code, run.pages) == (0, {"absent": 1})
        told.append(fates(run))
    assert told == [("live", "archived"), ("gone", "gone"), ("gone", "gone")]
    gone = [row for row in run.rows("revisions") if row["change_kind"] == "gone"]
    assert [(row["doc_id"], row["n_captures"]) for row in gone] == [("ru:102", 2)]
    with closing(State(root, read_only=True)) as state:
        expected = [*state.watched()]
    then = datetime.now(UTC) + timedelta(hours=15)
    *_, told_late = ([*state.watched()] for state in newest_first(root, tmp_path / "late", then))
    assert told_late == expected
    site.publish(old)
    replica.rules = ()
    assert fates(later(root, replica, 22, **LOOK)) == ("live", "archived")


def test_a_page_that_is_back_is_looked_at_when_a_listing_names_it(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    """Its listing and feed show what they showed before it was taken away, so that they tell no change."""
    root = crawl(settings=ALONE, **LISTED).root
    old = site.edition(RU, 102)
    site.remove(RU, 102)
    for hours in (1, 8):
        later(root, replica, hours, **LOOK)
    assert fates(later_with(ALONE, root, replica, 9, **LISTED)) == ("gone", "gone")
    site.publish(old)
    before = len(replica.exchanges)
    run = later_with({**ALONE, "RECHECK_BUDGET": "1"}, root, replica, 15, **LISTED)
    assert fates(run) == ("live", "archived")
    assert asked(replica, before)[0] == "ru:102"
    before = len(replica.exchanges)
    later_with(ALONE, root, replica, 40, **LISTED)
    assert asked(replica, before) == []


def test_pages_that_vanished_and_are_listed_are_looked_at_within_the_budget(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    """And they are no news: no walk goes on for them."""
    for number in range(104, 150):
        site.publish(event(number, RU))
    root = crawl(settings=ALONE, **LISTED).root
    replica.rules = (Rule("status", path=f"{NEWS}/1??", status=404),)
    later(root, replica, 1, mode="recheck", languages="ru")
    for hours in (8, 9, 10, 11):
        before = len(replica.exchanges)
        later_with({**ALONE, "RECHECK_BUDGET": "3"}, root, replica, hours, **LISTED)
        assert len(asked(replica, before)) <= 6, "three by the schedule, three that are named"
        assert not any("/page/" in one.target for one in replica.exchanges[before:])


def test_where_it_leads_no_more_says_nothing(crawl: Crawl, replica: Replica, site: Site) -> None:
    """The page led to an absent one, then failed by itself: that the other is absent is no news of it."""
    root = crawl(**LISTED).root
    site.remove(RU, 102)
    replica.rules = (MOVED,)
    later(root, replica, 1, **LOOK)
    replica.rules = (Rule("status", path=f"{NEWS}/102", status=500, text="x"),)
    later(root, replica, 8, **LOOK)
    run = later(root, replica, 15, **LOOK)
    assert fates(run) == ("live", "archived")


def test_one_that_was_never_archived_is_asked_for_like_any_that_is_absent(
    crawl: Crawl, replica: Replica
) -> None:
    run = crawl(MOVED, settings=ALONE, **LISTED)
    assert run.code == 2
    replica.rules = (MOVED,)
    asks = []
    for hours in (0.5, 2, 2.5, 2400, 2406, 19200):
        before = len(replica.exchanges)
        later_with(ALONE, run.root, replica, hours, **LISTED)
        asks.append(len(asked(replica, before)))
    assert asks == [0, 2, 0, 2, 0, 2]
    with closing(State(run.root)) as state:
        assert ledger(state)["ru"].fates[102] == "absent"
        assert [one.status for one in state.missing()] == [404]
