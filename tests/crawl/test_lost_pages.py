"""Pages of listings, or all pages of events, that the site loses: said, and no reason to ask for too much."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kremlin_archive.replica import Replica, Rule, serve
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
