"""Runs one after the other, as cron makes them: nothing is missed, nothing is asked for without reason."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from kremlin_archive.replica import Replica, Rule
from kremlin_archive.replica.site import Site
from kremlin_archive.urls import event_address
from tests.crawl.running import NEWS, Crawl


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
    assert not [target for target in asked if "/page/" in target or event_address(f"http://en.kremlin.ru{target}")]
    assert len(asked) < 20


def test_a_page_that_failed_is_asked_for_by_the_next_run_without_being_told(
    crawl: Crawl, replica: Replica
) -> None:
    """66419 is on the listing's second page: a quiet first page must not hide it."""
    deep = f"{NEWS}/13682"
    assert crawl(Rule("status", path=deep, status=500), languages="en", sections="news").code == 2
    replica.rules = ()
    state = crawl(languages="en", sections="news")
    assert state.pages == {} or state.pages == {"new": 1}
    assert "en:13682" in state.documents or state.code == 0


def test_a_new_event_is_found(crawl: Crawl, replica: Replica) -> None:
    crawl(languages="en", sections="news")
    site = replica.source
    assert isinstance(site, Site)
    newest = max(site.editions, key=lambda edition: edition.published)
    site.publish(_copy(site, "en", 90001, newest.published + timedelta(hours=1)))
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
    site.edit("en", newest.event_id, title="Edited title", updated=datetime(2026, 12, 30, 12, 0))  # noqa: DTZ001
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
    replica.rules = (
        Rule("edit", path=NEWS, old='data-pages="3"', new='data-pages="1"'),
    )
    run = crawl(languages="en", sections="news")
    assert run.code == 2
    assert any("has 1 pages; it had 3" in said for said in run.problems.values())


def _copy(site: Site, language: str, event_id: int, published: datetime):  # type: ignore[no-untyped-def]  # noqa: ANN202
    from dataclasses import replace  # noqa: PLC0415

    one = site.edition(language, 66419)  # type: ignore[arg-type]
    return replace(one, event_id=event_id, published=published, updated=published, title="A new one")
