"""Pages that cannot be had: they have a rhythm and a budget of their own, and are in nobody's way."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from kremlin_archive.ledger import ledger
from kremlin_archive.replica import Replica, Rule
from kremlin_archive.replica.site import Site
from kremlin_archive.state import State
from tests.crawl.running import NEWS, Crawl, Run
from tests.crawl.small_site import EN, RU, asked, event, later, later_with, publish

LISTED = {"languages": "ru", "sections": "news"}
ALONE = {"RECHECK_BUDGET": "0", "PAIR_BUDGET": "0", "FAILURES_MAX": "0", "REFUSALS_MAX": "0"}
DAY = 24


@pytest.fixture
def site() -> Site:
    return Site([event(number, RU) for number in range(101, 104)])


def asks(root: Path, replica: Replica, hours: float, **settings: str) -> tuple[Run, list[str]]:
    """Update so many hours later, with nothing but the walk and what is missing."""
    before = len(replica.exchanges)
    run = later_with({**ALONE, **settings}, root, replica, hours, **LISTED)
    return run, asked(replica, before)


# ---- named and not given -----------------------------------------------------------------------------


def test_a_hundred_pages_that_are_named_and_absent_are_asked_for_within_a_budget(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    publish(site, *range(201, 301))
    absent = Rule("status", path=f"{NEWS}/2[0-9][0-9]", status=404)
    run = crawl(absent, settings=ALONE, **LISTED)
    assert run.pages["failed"] == 100 - run.pages.get("new", 0) + 3
    replica.rules = (absent,)
    seen: set[str] = set()
    for hours in (2, 4, 6):
        run, targets = asks(run.root, replica, hours)
        assert run.code == 2, "they are said by each run that asks"
        assert len(targets) == 20
        seen.update(targets)
    assert len(seen) > 30, "not the same ones each time"
    before = len(replica.exchanges)
    asks(run.root, replica, 6.2)
    listed = {one.target for one in replica.exchanges[before:] if "/page/" in one.target}
    assert not listed, "what was asked for in vain keeps no walk going"


def test_what_was_refused_is_asked_for_by_the_next_run(crawl: Crawl, replica: Replica) -> None:
    refused = Rule("status", path=f"{NEWS}/102", status=403)
    run = crawl(refused, settings=ALONE, **LISTED)
    replica.rules = ()
    run, targets = asks(run.root, replica, 0.1)
    assert (run.code, targets) == (0, ["ru:102"])


def test_a_new_signal_is_followed_although_the_last_was_in_vain(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    broken = Rule("status", path=f"{NEWS}/102", status=404)
    run = crawl(broken, settings=ALONE, **LISTED)
    replica.rules = (broken,)
    assert asks(run.root, replica, 0.5)[1] == [], "its time has not come"
    site.edit(RU, 102, updated="2021-08-01 12:00:00")
    assert asks(run.root, replica, 0.6)[1] == ["ru:102"]


# ---- archived ----------------------------------------------------------------------------------------


def test_an_event_that_moved_to_another_section_is_not_gone(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    both = {"languages": "ru", "sections": "news,trips"}
    root = crawl(**both).root
    site.edit(RU, 102, sections=("president/trips",))
    later(root, replica, 1, **both)
    for hours, outcome in ((7, "changed"), (14, "unchanged")):
        run = later(root, replica, hours, mode="recheck", languages="ru", ids="102")
        assert (run.code, run.pages) == (0, {outcome: 1})
    row = run.documents["ru:102"]
    assert (row["status"], row["url"]) == ("live", "http://kremlin.ru/events/president/trips/102")


@pytest.mark.parametrize("where", ["http://login.example/", None])
def test_a_redirect_off_the_site_says_nothing_of_the_page(
    crawl: Crawl, replica: Replica, where: str | None
) -> None:
    """The same to the ledger and to the tables."""
    root = crawl(**LISTED).root
    replica.rules = (
        Rule("redirect", path=f"{NEWS}/102", status=302, location=where or "http://["),
    )
    for hours in (1, 8, 15):
        run = later(root, replica, hours, mode="recheck", languages="ru", ids="102")
        assert (run.code, run.pages) == (2, {"failed": 1})
    assert run.documents["ru:102"]["status"] == "live"
    with closing(State(root)) as state:
        assert ledger(state)["ru"].fates[102] == "archived"


def test_a_look_that_is_led_in_circles_counts(crawl: Crawl, replica: Replica) -> None:
    """Else pages that lead to themselves would be the most overdue for ever."""
    root = crawl(**LISTED).root
    replica.rules = (
        Rule(
            "redirect",
            path=f"{NEWS}/102",
            host="kremlin.ru",
            location=f"http://www.kremlin.ru{NEWS}/102",
        ),
        Rule(
            "redirect",
            path=f"{NEWS}/102",
            host="www.kremlin.ru",
            location=f"http://kremlin.ru{NEWS}/102",
        ),
    )
    run = later(root, replica, 1, mode="recheck", languages="ru", ids="102")
    assert (run.code, run.pages) == (2, {"failed": 1})
    with closing(State(root)) as state:
        looked = {one.doc_id: one.looked for one in state.watched()}
    assert looked["ru:102"] > looked["ru:101"]


def test_the_same_unreadable_answer_twice_is_no_look(crawl: Crawl, replica: Replica) -> None:
    root = crawl(**LISTED).root
    text = "<html><body>" + "The portal is being renewed, come back. " * 40 + "</body></html>"
    replica.rules = (Rule("content", path=f"{NEWS}/102", text=text),)
    for hours in (1, 2, 3):
        run = later(root, replica, hours, mode="recheck", languages="ru", ids="102")
        assert run.code == 2
    with closing(State(root)) as state:
        one = {one.doc_id: one for one in state.watched()}["ru:102"]
    assert one.missed_since is not None
    assert one.looked > one.missed_since


def test_content_that_returns_byte_for_byte_is_known_again(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    again = {"languages": "ru", "ids": "102", "mode": "recheck"}
    root = crawl(**LISTED).root
    first = site.edition(RU, 102)
    site.edit(RU, 102, body="<p>Other text.</p><p>Продолжение следует.</p>")
    later(root, replica, 1, **again)
    site.publish(first)
    later(root, replica, 2, **again)
    run = later(root, replica, 3, **again)
    with closing(State(root)) as state:
        known = state.known("ru:102")
        assert known is not None
        assert run.documents["ru:102"]["revision_id"].endswith(known.content_sha256[:12])
        assert not next(one for one in state.watched() if one.doc_id == "ru:102").is_unfinished


# ---- filling gaps ------------------------------------------------------------------------------------


def test_numbers_that_fail_do_not_keep_a_fill_from_the_others(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    publish(site, 140)
    site.publish(event(105, RU, section="president/trips"))
    root = crawl(**LISTED).root
    failing = Rule("status", path=f"{NEWS}/13[0-9]", status=500, text="x")
    replica.rules = (failing,)
    found: set[str] = set()
    for number in range(8):
        settings = {**ALONE, "FILL_BUDGET": "80"}
        run = later_with(settings, root, replica, number * DAY, languages="ru", mode="fill")
        found |= set(run.documents)
    assert "ru:105" in found


def test_a_number_that_fails_in_one_section_is_asked_for_in_the_others(
    crawl: Crawl, site: Site
) -> None:
    publish(site, 106)
    site.publish(event(105, RU, section="president/trips"))
    crawl(**LISTED)
    failing = Rule("status", path=f"{NEWS}/105", status=500, text="x")
    run = crawl(failing, languages="ru", mode="fill", settings={"FILL_BUDGET": "3"})
    assert "ru:105" in run.documents, "a small budget asks for one number at least"


def test_numbers_that_were_absent_long_ago_are_asked_for_when_they_are_named(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    ids = {"languages": "ru", "ids": "105", "mode": "backfill"}
    root = crawl(**LISTED).root
    assert crawl(**ids).pages == {"absent": 1}
    publish(site, 105)
    assert later(root, replica, 1, **ids).pages == {}, "a backfill that was stopped is gone on with"
    assert later(root, replica, 30, **ids).pages == {"new": 1}


# ---- backfills in parts ------------------------------------------------------------------------------


@pytest.mark.parametrize("bounds", [{}, {"until": "2021-12-31"}])
def test_a_backfill_in_many_small_parts_comes_to_its_end(
    crawl: Crawl, replica: Replica, site: Site, bounds: dict[str, str]
) -> None:
    """Most of it is archived, so that a part may do nothing but read pages that are known."""
    for number in range(201, 321):
        day = date(2021, 1, 1) + timedelta(days=number)
        site.publish(event(number, RU, day=day.isoformat()))
    crawl(languages="ru", sections="news", limit=100)
    parts = {"mode": "backfill", **LISTED, **bounds}
    few = {"REQUESTS_MAX": "14", "CONCURRENT_REQUESTS_PER_DOMAIN": "1"}
    counts = []
    for _ in range(20):
        run = crawl(settings=few, **parts)
        counts.append(len(run.documents))
        if run.report["ended"] == "finished":
            break
    assert run.report["ended"] == "finished"
    assert counts[-1] == 123
    before = len(replica.exchanges)
    crawl(**parts)
    pages = {one.target for one in replica.exchanges[before:] if "/page/" in one.target}
    assert len(pages) == 6, "a backfill that came to its end begins anew"


# ---- asked for and never named -----------------------------------------------------------------------


@pytest.mark.parametrize("answer", [500, 403, 0], ids=["failed", "refused", "no answer"])
def test_an_edition_that_is_linked_to_and_is_not_had_is_asked_for_by_the_next_run(
    crawl: Crawl, replica: Replica, site: Site, answer: int
) -> None:
    """A late translation of an old event: no feed, listing or schedule would name it for years."""
    root = crawl(sections="news").root
    later(root, replica, 1, sections="news")  # it was asked for, and absent
    long_after, rarely = 100 * DAY, {"RECHECK_BUDGET": "0"}
    site.publish(event(102, EN))
    fronts = (NEWS, f"{NEWS}/feed")
    unlisted = [Rule("status", path=front, host="en.*", status=503) for front in fronts]
    failing = Rule("status", path=f"{NEWS}/102", host="en.*", status=answer or 500)
    if not answer:
        failing = Rule("reset", path=f"{NEWS}/102", host="en.*")
    replica.rules = (failing, *unlisted)
    later(root, replica, long_after, mode="recheck", ids="102", languages="ru")
    assert later_with(rarely, root, replica, long_after + 1, sections="news").code == 2
    replica.rules = (*unlisted,)
    run = later_with(rarely, root, replica, long_after + 2, sections="news")
    assert "en:102" in run.documents


def test_an_edition_that_is_linked_to_and_is_not_there_is_a_failure_once(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    """That it was looked for again and is still not there is no news."""
    site.publish(event(102, EN))
    dead = Rule("status", path=f"{NEWS}/102", host="en.*", status=404)
    run = crawl(dead, languages="ru,en", ids="102", settings=ALONE)
    replica.rules = (dead,)
    run = later(run.root, replica, 1, mode="recheck", ids="102", languages="ru,en")
    assert (run.code, run.pages) == (0, {"unchanged": 1, "absent": 1})


def test_a_number_that_was_named_by_hand_and_failed_is_asked_for_by_the_next_run(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    publish(site, 900)
    failing = Rule("status", path=f"{NEWS}/900", status=500)
    run = crawl(failing, ids="900", languages="ru")
    assert run.code == 2
    with closing(State(run.root, read_only=True)) as state:
        assert ledger(state)["ru"].fates == {900: "failed"}
    replica.rules = (
        Rule("status", path=NEWS, status=503),
        Rule("status", path=f"{NEWS}/feed", status=503),
    )
    run, asked_for = asks(run.root, replica, 1.1)
    assert "ru:900" in asked_for
    assert "ru:900" in run.documents
