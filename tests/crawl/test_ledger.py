"""Gaps are known, named and filled; listings that drift lose nothing; what vanished is asked for again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from kremlin_archive.cli import main
from kremlin_archive.replica import Replica, Rule
from kremlin_archive.state import State
from kremlin_archive.urls import event_address
from tests.crawl.running import NEWS, Crawl
from tests.crawl.small_site import EN, RU, Drifting, asked, event, later, many, publish

ONE_BY_ONE = {"CONCURRENT_REQUESTS_PER_DOMAIN": "1"}


@pytest.fixture
def site() -> Drifting:
    """Russian 100, 102, 103, 105 in the news and 104 among the trips; English 100 and 105."""
    russian = [event(number, RU) for number in (100, 102, 103, 105)]
    english = [event(number, EN) for number in (100, 105)]
    return Drifting([*russian, event(104, RU, "president/trips"), *english])


def told(root: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What ``status --json`` says."""
    capsys.readouterr()
    assert main(["status", "--root", str(root), "--json"]) == 0
    status: dict[str, Any] = json.loads(capsys.readouterr().out)
    return status


# ---- gaps --------------------------------------------------------------------------------------------


def test_status_names_the_gaps_and_fill_closes_them(
    crawl: Crawl, replica: Replica, capsys: pytest.CaptureFixture[str]
) -> None:
    root = crawl(sections="news").root
    russian = told(root, capsys)["editions"]["ru"]["numbers"]
    assert (russian["lowest"], russian["highest"]) == (100, 105)
    assert russian["ranges"]["never_asked"] == [[101, 101], [104, 104]]

    run = crawl(mode="fill")
    assert run.code == 0, run.log
    assert run.pages == {"new": 1, "absent": 5}
    assert run.documents["ru:104"]["url"].endswith("/events/president/trips/104")
    editions = told(root, capsys)["editions"]
    assert editions["ru"]["numbers"]["counts"] == counts(archived=5, absent=1)
    assert editions["en"]["numbers"]["counts"] == counts(archived=2, absent=4)
    assert main(["status", "--root", str(root)]) == 0
    assert "mode=fill" not in capsys.readouterr().out

    before = len(replica.exchanges)
    assert crawl(mode="fill").pages == {}, "what is absent is not asked for again"
    assert asked(replica, before) == []


def counts(**of: int) -> dict[str, int]:
    fates = ("archived", "gone", "absent", "elsewhere", "refused", "failed")
    return {fate: of.get(fate, 0) for fate in (*fates, "asked_in_part", "never_asked")}


def test_the_ledger_survives_the_loss_of_the_state(
    crawl: Crawl, capsys: pytest.CaptureFixture[str]
) -> None:
    root = crawl(sections="news", languages="ru").root
    crawl(mode="fill", languages="ru", limit=1)
    before = told(root, capsys)
    (root / "state.sqlite").unlink()
    assert told(root, capsys) == before
    assert before["editions"]["ru"]["numbers"]["ranges"]["archived"] == [[100, 100], [102, 105]]


def test_a_fill_keeps_its_budget_and_the_next_goes_on(crawl: Crawl, replica: Replica) -> None:
    crawl(sections="news", languages="en")
    for number in (104, 103):
        before = len(replica.exchanges)
        budget = {"FILL_BUDGET": "8"}
        assert crawl(mode="fill", languages="en", settings=budget).pages == {"absent": 1}
        assert set(asked(replica, before)) == {f"en:{number}"}
        assert len(asked(replica, before)) == 8, "once in every section"


def test_numbers_bound_a_fill_and_a_backfill_of_numbers_is_resumed(
    crawl: Crawl, replica: Replica
) -> None:
    crawl(sections="news", languages="ru")
    assert crawl(mode="fill", languages="ru", ids="100-101").pages == {"absent": 1}
    before = len(replica.exchanges)
    assert crawl(mode="backfill", languages="ru", ids="100-104").pages == {"new": 1}
    assert set(asked(replica, before)) == {"ru:104"}


def test_what_was_refused_is_filled_at_once(
    crawl: Crawl, replica: Replica, capsys: pytest.CaptureFixture[str]
) -> None:
    run = crawl(Rule("status", path=f"{NEWS}/103", status=403), sections="news", languages="ru")
    assert run.code == 2
    edition = told(run.root, capsys)["editions"]["ru"]
    assert edition["numbers"]["ranges"]["refused"] == [[103, 103]]
    (day,) = edition["days"]
    assert day == {"day": "2021-08-01", "named": 4, "archived": 3, "missing": ["ru:103"]}
    replica.rules = ()
    assert crawl(mode="fill", languages="ru", until="2021-07-31").pages == {}
    assert crawl(mode="fill", languages="ru", limit=1).pages == {"new": 1}
    (day,) = told(run.root, capsys)["editions"]["ru"]["days"]
    assert day["missing"] == []


def test_an_address_that_leads_elsewhere_is_told_apart(
    crawl: Crawl, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = Rule("redirect", path=f"{NEWS}/101", status=301, location=f"{NEWS}/100")
    crawl(sections="news", languages="ru")
    run = crawl(moved, mode="fill", languages="ru", ids=101)
    assert run.code == 0, run.log
    numbers = told(run.root, capsys)["editions"]["ru"]["numbers"]
    assert numbers["ranges"]["elsewhere"] == [[101, 101]]


def test_status_bounds_its_words(
    crawl: Crawl, site: Drifting, capsys: pytest.CaptureFixture[str]
) -> None:
    many(site, 40)
    site.publish(event(900, RU))
    nowhere = Rule("status", path=f"{NEWS}/[0-9]*", status=404)
    root = crawl(nowhere, sections="news", languages="ru").root
    capsys.readouterr()
    assert main(["status", "--root", str(root)]) == 0
    words = capsys.readouterr().out
    assert "… and 31 more; --json names all" in words
    assert "859 numbers never asked, in 1 ranges" in words
    assert "1 of 1 days with missing documents" in words
    assert "scrapy crawl events -a mode=fill" in words
    assert "\x1b[" not in words


# ---- missing editions --------------------------------------------------------------------------------


def test_a_late_edition_is_found_by_its_number(
    crawl: Crawl, replica: Replica, site: Drifting
) -> None:
    """Its listing is not walked here, so only the rhythm of missing editions can find it."""
    for language in (RU, EN):
        site.publish(event(50, language, "president/letters"))
    crawl(sections="news,letters")
    before = len(replica.exchanges)
    run = crawl(sections="letters", settings={"PAIR_BUDGET": "1"})
    assert (run.code, run.pages) == (0, {"absent": 1})
    assert asked(replica, before) == ["en:103"], "the newest first"
    site.publish(event(102, EN))
    run = crawl(sections="letters")
    assert (run.code, run.pages) == (0, {"new": 1})
    assert "en:102" in run.documents
    before = len(replica.exchanges)
    crawl(sections="letters")
    assert asked(replica, before) == [], "both were asked for a moment ago"


# ---- listings that drift -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "removed"),
    [(2, [88]), (3, range(62, 87))],
    ids=["one", "more than a page"],
)
def test_events_pulled_up_while_the_listing_is_walked_are_not_lost(
    crawl: Crawl, site: Drifting, page: int, removed: list[int]
) -> None:
    many(site, 90)
    site.path = f"{NEWS}/page/{page}"
    site.then = lambda: [site.remove(RU, number) for number in removed]
    run = crawl(languages="ru", sections="news", settings=ONE_BY_ONE)
    assert run.code == 0, run.log
    assert set(run.documents) >= {f"ru:{one.event_id}" for one in site.editions}


def test_events_pushed_down_while_the_listing_is_walked_are_asked_for_once(
    crawl: Crawl, replica: Replica, site: Drifting
) -> None:
    many(site, 50)
    site.path = f"{NEWS}/page/2"
    site.then = lambda: publish(site, 51, 52, 53)
    run = crawl(languages="ru", sections="news", settings=ONE_BY_ONE)
    assert run.pages == {"new": 53}, "what pushed them down is looked for at once"
    assert len(asked(replica)) == 53
    assert crawl(languages="ru", sections="news").pages == {}


def test_a_catch_up_that_was_interrupted_leaves_no_hole(crawl: Crawl, site: Drifting) -> None:
    """The first page is quiet, and below it are pages that no run has read."""
    many(site, 30)
    crawl(languages="ru", sections="news")
    publish(site, *range(31, 76), day="2021-08-02")
    assert crawl(languages="ru", sections="news", limit=25).pages == {"new": 25}
    run = crawl(languages="ru", sections="news")
    assert run.pages == {"new": 20}
    assert len(run.documents) == 75


# ---- modes -------------------------------------------------------------------------------------------


def test_a_range_of_pages_is_backfilled(
    crawl: Crawl, replica: Replica, site: Drifting, capsys: pytest.CaptureFixture[str]
) -> None:
    many(site, 90)
    run = crawl(languages="ru", sections="news,trips", mode="backfill", pages="2-3")
    assert run.code == 0, run.log
    assert run.pages == {"new": 40, "absent": 1}, "the trips have no second page"
    assert set(run.documents) == {f"ru:{number}" for number in range(31, 71)}
    listings = [one.target for one in replica.exchanges if not event_address(one.url)]
    assert not [target for target in listings if "feed" in target or target.endswith("/page/4")]
    (unread,) = [
        one["unread"]
        for one in told(run.root, capsys)["listings"]
        if (one["language"], one["section"]) == ("ru", "news")
    ]
    assert unread == [{"since": "1999-12-31", "until": "2021-08-01", "months": 261}]


def test_a_recheck_by_age_or_days_asks_for_documents_only(
    crawl: Crawl, replica: Replica, site: Drifting
) -> None:
    site.publish(event(90, RU, day="2021-07-01"))
    crawl(languages="ru", sections="news")
    before = len(replica.exchanges)
    assert crawl(mode="recheck", languages="ru", older="1h").pages == {}
    assert crawl(mode="recheck", languages="ru", until="2021-07-31").pages == {"unchanged": 1}
    assert asked(replica, before) == ["ru:90"]
    assert crawl(mode="recheck", languages="ru", sections="trips").pages == {}
    assert {one.target for one in replica.exchanges[before:]} == {"/robots.txt", f"{NEWS}/90"}
    root = crawl(languages="ru", ids=90).root
    run = later(root, replica, 2, mode="recheck", older="1h", languages="ru")
    assert run.pages == {"unchanged": 5}


# ---- what vanished, and clocks -----------------------------------------------------------------------


def test_a_page_that_vanished_is_confirmed_gone_and_found_again(
    crawl: Crawl, replica: Replica, site: Drifting, capsys: pytest.CaptureFixture[str]
) -> None:
    root = crawl(languages="ru", sections="news").root
    page = site.remove(RU, 103)
    run = crawl(mode="recheck", languages="ru", ids=103)
    assert (run.code, run.pages) == (0, {"absent": 1}), "an answer, and no failure"
    update = {"languages": "ru", "sections": "news"}
    assert later(root, replica, 5, **update).pages == {}
    run = later(root, replica, 7, **update)
    assert (run.code, run.pages) == (0, {"absent": 1})
    assert run.documents["ru:103"]["status"] == "gone"
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=8)):
        status = told(root, capsys)
    assert status["editions"]["ru"]["numbers"]["ranges"]["gone"] == [[103, 103]]
    assert later(root, replica, 8, **update).pages == {}
    site.publish(page)
    run = later(root, replica, 14, **update)
    assert run.documents["ru:103"]["status"] == "live"


def test_captures_of_a_clock_that_was_ahead_keep_nobody_from_looking(
    crawl: Crawl, replica: Replica, tmp_path: Path
) -> None:
    root = tmp_path / "archive"
    ahead = later(root, replica, 24 * 400, site_clock="right", languages="ru", sections="news")
    assert ahead.code == 0
    before = len(replica.exchanges)
    assert crawl(languages="ru", sections="news").pages == {"unchanged": 4}
    assert len(asked(replica, before)) == 4
    assert crawl(languages="ru", sections="news").pages == {}, "looked at by a clock that is right"


def test_a_clock_that_was_far_behind_makes_nobody_look_again(crawl: Crawl, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    assert crawl(languages="ru", sections="news").pages == {"new": 4}
    state = State(root)
    state.sync(datetime(1970, 1, 2, tzinfo=UTC))
    assert {watched.looked.year for watched in state.watched()} == {1970}
    state.sync()
    assert 1970 not in {watched.looked.year for watched in state.watched()}
    state.close()
    assert crawl(languages="ru", sections="news").pages == {}


def test_quiet_runs_do_not_make_the_state_grow(crawl: Crawl, tmp_path: Path) -> None:
    sizes = []
    for _ in range(4):
        crawl(languages="ru", sections="news")
        state = State(tmp_path / "archive")
        state.sync()
        sizes.append(sum(len(pages) for pages in state.listing_pages().values()))
        state.close()
    assert sizes[1] == sizes[2] == sizes[3]
