"""Pages of listings, or all pages of events, that the site loses: said, and no reason to ask for too much."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from kremlin_archive.pages.listing import ITEM
from kremlin_archive.replica import Replica, Rule, serve
from kremlin_archive.replica.http import Request
from kremlin_archive.replica.site import Site
from tests.crawl.running import NEWS, Crawl, Run
from tests.crawl.small_site import RU, event, later

SIX = {"languages": "ru", "ids": "115-120"}


@pytest.fixture
def replica() -> Iterator[Replica]:
    """Russian news 1 to 120, twelve a month, on six pages."""
    days = (f"2021-{number // 12 + 1:02}-01" for number in range(1, 121))
    news = [event(number, RU, day=day) for number, day in enumerate(days, 1)]
    with serve(Site(news), log=True) as served:
        yield served


def test_a_listing_whose_last_page_cannot_be_read_is_not_walked_whole_by_every_run(
    crawl: Crawl, replica: Replica
) -> None:
    broken = Rule("status", path=f"{NEWS}/page/6", status=500)
    quiet = {"languages": "ru", "sections": "news"}
    budget = {"RECHECK_BUDGET": "0", "PAIR_BUDGET": "0"}
    assert crawl(broken, settings=budget, **quiet).pages == {"new": 100, "failed": 1}

    def listed(*rules: Rule) -> tuple[Run, set[str]]:
        before = len(replica.exchanges)
        run = crawl(*rules, settings=budget, **quiet)
        return run, {one.target.removeprefix(NEWS) for one in replica.exchanges[before:]}

    run, targets = listed(broken)
    assert run.code == 2, "the hole is said by every run"
    assert "/page/6" in targets
    assert not targets & {"/page/2", "/page/3"}
    run, targets = listed(broken, Rule("status", path=f"{NEWS}/by-date/*", status=500))
    assert targets >= {"/page/2", "/page/3", "/page/6"}, "page by page where no day is found"
    replica.rules = ()
    run, targets = listed()
    assert (run.code, run.pages) == (0, {"new": 20})
    assert listed()[1] == {"/robots.txt", "/feed", ""}


READ_ONLY = {"RECHECK_BUDGET": "0", "PAIR_BUDGET": "0"}
LISTINGS = {"languages": "ru", "sections": "news"}


def site_of(replica: Replica) -> Site:
    assert isinstance(replica.source, Site)
    return replica.source


def test_a_listing_of_one_page_that_loses_many_items_is_named_once(
    crawl: Crawl, replica: Replica
) -> None:
    site = site_of(replica)
    for number in range(13, 121):
        site.remove(RU, number)
    assert crawl(settings=READ_ONLY, **LISTINGS).code == 0
    for number in (11, 12):
        site.remove(RU, number)
    assert crawl(settings=READ_ONLY, **LISTINGS).code == 0
    for number in range(4, 9):
        site.remove(RU, number)
    run = crawl(settings=READ_ONLY, **LISTINGS)
    assert run.code == 2
    assert [*run.problems.values()] == [
        f"http://kremlin.ru{NEWS}: lists 5 items; lately it listed 12"
    ]
    assert crawl(settings=READ_ONLY, **LISTINGS).code == 0


def shortened(replica: Replica, path: str, most: int) -> Rule:
    """A listing's page with some of its items only, and as many pages as ever."""
    request = Request("GET", path, (("Host", "kremlin.ru"),), b"")
    page = LexborHTMLParser(site_of(replica).answer(request).entity)
    for item in page.css(ITEM)[most:]:
        item.decompose()
    return Rule("content", path=path, text=page.html)


def test_a_page_amid_a_listing_that_loses_many_items_is_named_once(
    crawl: Crawl, replica: Replica
) -> None:
    assert crawl(settings=READ_ONLY, **LISTINGS).code == 0
    short = shortened(replica, f"{NEWS}/page/3", 8)
    run = crawl(short, settings=READ_ONLY, mode="backfill", **LISTINGS)
    assert run.code == 2
    assert [*run.problems.values()] == [
        f"http://kremlin.ru{NEWS}/page/3: lists 8 items; lately it listed 20"
    ]
    assert crawl(short, settings=READ_ONLY, mode="backfill", **LISTINGS).code == 0


def test_a_page_amid_a_listing_that_is_read_first_with_few_items_is_named_once(
    crawl: Crawl, replica: Replica
) -> None:
    short = shortened(replica, f"{NEWS}/page/3", 8)
    run = crawl(short, settings=READ_ONLY, **LISTINGS)
    assert run.code == 2
    assert [*run.problems.values()] == [
        f"http://kremlin.ru{NEWS}/page/3: lists 8 items; the page before it lists 20"
    ]
    assert crawl(short, settings=READ_ONLY, mode="backfill", **LISTINGS).code == 0


def recheck(root: Path, replica: Replica, hours: int) -> Run:
    """Look again at six pages so many hours later, by the site's clock too."""
    replica.clock = lambda: time.time() + hours * 3600
    return later(root, replica, hours, mode="recheck", **SIX)


@pytest.mark.parametrize("kind", ["status", "redirect"])
def test_a_site_that_loses_its_pages_at_once_raises_an_alarm(
    crawl: Crawl, replica: Replica, kind: str
) -> None:
    """A deploy that went wrong: nothing is there, or everything leads home."""
    root = crawl(**SIX).root
    lost = Rule(kind, path=f"{NEWS}/[0-9]*", status=404 if kind == "status" else 302, location="/")
    replica.rules = (lost,)
    for hours in (7, 8):
        run = recheck(root, replica, hours)
        assert (run.code, run.pages) == (2, {"absent": 6})
        assert "6 archived pages vanished at once" in run.report["problem"]
        assert "VANISHED" in run.words
    run = recheck(root, replica, 14)
    assert run.code == 2, "the run that makes it certain says so"
    assert {row["status"] for row in run.documents.values()} == {
        "gone" if kind == "status" else "redirected"
    }
    assert recheck(root, replica, 15).code == 0, "then it is known"
    replica.rules = ()
    run = recheck(root, replica, 16)
    assert run.code == 0
    assert {row["status"] for row in run.documents.values()} == {"live"}
