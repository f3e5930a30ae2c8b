"""Runs one after the other, as cron makes them: nothing is missed, nothing is asked for without reason."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kremlin_archive.replica import Replica, Rule
from kremlin_archive.replica.site import Site
from kremlin_archive.report.runs import read_reports
from kremlin_archive.urls import event_address
from tests.crawl.running import ENGLISH_NEWS, NEWS, PROJECT, Crawl, command
from tests.crawl.small_site import later
from tests.year.forkserver import fork_server

ENGLISH = {"languages": "en", "sections": "news"}


def asked_since(replica: Replica, count: int) -> list[str]:
    return [one.target for one in replica.exchanges[count:]]


def test_a_quiet_run_asks_for_feeds_and_first_listing_pages_only(
    crawl: Crawl, replica: Replica
) -> None:
    crawl(languages="en")
    before = len(replica.exchanges)
    run = crawl(languages="en")
    asked = asked_since(replica, before)
    assert run.code == 0
    assert not [
        target
        for target in asked
        if "/page/" in target or event_address(f"http://en.kremlin.ru{target}")
    ]
    assert len(asked) < 20


def test_a_page_that_failed_deep_in_the_listing_is_asked_for_again(
    crawl: Crawl, replica: Replica
) -> None:
    """A quiet first page must not hide it."""
    assert crawl(Rule("status", path="*/4", status=404), languages="en", sections="news").code == 2
    replica.rules = ()
    # It is asked for again an hour later at the earliest, so not by the next run.
    assert crawl(languages="en", sections="news").pages == {}
    run = crawl(languages="en", sections="news", mode="backfill")
    assert run.pages == {"new": 1}
    assert "en:4" in run.documents


def test_a_first_run_that_was_bounded_is_gone_on_with(crawl: Crawl) -> None:
    """«A first taste», then the plain crawl: the holes below the first page are filled."""
    assert crawl(languages="en", sections="news", limit=25).pages == {"new": 25}
    run = crawl(languages="en", sections="news")
    assert run.code == 0
    assert run.pages == {"new": ENGLISH_NEWS - 25}


def test_a_first_run_that_was_interrupted_is_gone_on_with(
    crawl: Crawl, replica: Replica, tmp_path: Path
) -> None:
    replica.rules = (Rule("delay", seconds=0.1),)
    root = tmp_path / "archive"
    arguments = {"languages": "en", "sections": "news"}
    process = subprocess.Popen(
        command(root, replica.connect_to, arguments, {"CONCURRENT_REQUESTS_PER_DOMAIN": "1"}),
        cwd=PROJECT,
        stderr=subprocess.PIPE,
        text=True,
    )
    while sum(one.status == 200 for one in replica.exchanges) < 12:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=60)
    assert process.returncode == 2, log
    replica.rules = ()
    run = crawl(root=root, languages="en", sections="news")
    assert run.code == 0
    assert len(run.documents) == ENGLISH_NEWS


def test_a_new_event_is_found(crawl: Crawl, replica: Replica) -> None:
    crawl(languages="en", sections="news")
    site = replica.source
    assert isinstance(site, Site)
    site.publish(replace(site.edition("en", 66419), event_id=90001, published="2026-12-30 12:00"))
    run = crawl(languages="en", sections="news")
    assert run.pages == {"new": 1}
    assert "en:90001" in run.documents


def test_a_late_english_edition_of_an_old_event_is_found(crawl: Crawl, replica: Replica) -> None:
    site = replica.source
    assert isinstance(site, Site)
    late = site.remove("en", 54279)
    assert "en:54279" not in crawl().documents
    site.publish(late)
    run = crawl()
    assert run.code == 0, run.log
    assert "en:54279" in run.documents, json.dumps(run.pages)


def test_an_edit_that_the_listing_signals_is_fetched(crawl: Crawl, replica: Replica) -> None:
    crawl(languages="en", sections="news")
    site = replica.source
    assert isinstance(site, Site)
    newest = max(
        (one for one in site.editions if one.language == "en" and "president/news" in one.sections),
        key=lambda edition: edition.published,
    )
    site.edit("en", newest.event_id, title="Edited title", updated="2026-12-30 12:00:00")
    run = crawl(languages="en", sections="news")
    assert run.pages == {"changed": 1}


def test_a_listing_that_repeats_page_one_raises_an_alarm(crawl: Crawl) -> None:
    rule = Rule("serve-as", path=f"{NEWS}/page/2", location=NEWS)
    run = crawl(rule, languages="en", sections="news")
    assert run.code == 2
    assert any("is page 1 of the listing, not page 2" in said for said in run.problems.values())


def test_an_empty_listing_raises_an_alarm(crawl: Crawl) -> None:
    run = crawl(Rule("empty-listing", path=NEWS), languages="en", sections="news")
    assert run.code == 2
    assert any(f"{NEWS}:" in said for said in run.problems.values())


def test_a_listing_shorter_than_before_raises_an_alarm(crawl: Crawl, replica: Replica) -> None:
    crawl(languages="en", sections="news")
    replica.rules = (Rule("edit", path=NEWS, old='data-pages="3"', new='data-pages="1"'),)
    run = crawl(languages="en", sections="news")
    assert run.code == 2
    assert any("has 1 pages; it had 3" in said for said in run.problems.values())


def test_a_site_that_is_down_for_a_day_costs_nothing_but_the_day(
    crawl: Crawl, replica: Replica, tmp_path: Path
) -> None:
    root = tmp_path / "archive"
    before = crawl(root=root, **ENGLISH).documents
    site = replica.source
    assert isinstance(site, Site)
    last = max(before.values(), key=lambda row: str(row["published_date"]))["event_id"]
    site.publish(replace(site.edition("en", last), event_id=90001, published="2026-12-30 12:00"))
    site.edit("en", last, title="Edited title", updated="2026-12-30 12:00:00")
    down = command(root, "127.0.0.1:9", ENGLISH, {"RETRY_TIMES": "0"})[3:]  # nobody listens there
    with fork_server() as cron:
        for hour in range(1, 25):
            then = datetime.now(UTC) + timedelta(hours=hour)
            end = cron.run(then, ("scrapy", *down), tmp_path / "log")
            assert end.code == 2, (tmp_path / "log").read_text("utf-8")
    reports = [*read_reports(root / "runs", most=99)]
    assert [report["ended"] for report in reports] == [*["unreachable"] * 24, "finished"]
    run = later(root, replica, 25, **ENGLISH)
    assert run.code == 0, run.log
    assert (run.pages["new"], run.pages["changed"]) == (1, 1)
    assert {one["status"] for one in run.documents.values()} == {"live"}
    assert run.documents.keys() == {*before, "en:90001"}
