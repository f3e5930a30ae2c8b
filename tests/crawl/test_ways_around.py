"""What a run may not ask for, or is led on from, while the listings tell the same: it goes round by them."""

from __future__ import annotations

import pytest

from kremlin_archive.replica import Replica, Rule
from kremlin_archive.replica.http import PLAIN, Reply, Request
from kremlin_archive.replica.site import Site
from kremlin_archive.urls import event_address
from tests.crawl.running import NEWS, Crawl
from tests.crawl.small_site import RU, Drifting, daily, event, later, later_with, publish, targets

LISTED = {"languages": "ru", "sections": "news"}
ALONE = {"RECHECK_BUDGET": "0", "PAIR_BUDGET": "0", "LISTING_BUDGET": "0"}
HOST = "kremlin.ru"


class Moved(Drifting):
    """A site whose listings and feeds have moved to another name of the host, with a slash at the end."""

    has_moved = False

    def answer(self, request: Request) -> Reply:
        stays = request.path == "/robots.txt" or event_address(f"http://{HOST}{request.path}")
        if not self.has_moved or request.host != HOST or stays:
            return super().answer(request)
        where = f"http://www.{HOST}{request.path}/"
        return Reply(301, PLAIN, (("Location", where),), b"Moved\n")


@pytest.fixture
def site() -> Site:
    return Moved([event(number, RU, day=daily(number)) for number in range(1, 61)])


def robots(text: str) -> Rule:
    rules = f"User-agent: *\n{text}\n"
    return Rule("content", path="/robots.txt", content_type="text/plain", text=rules)


@pytest.mark.parametrize("sections", ["news", ""], ids=["a section's feed", "every feed"])
def test_where_feeds_are_forbidden_listings_are_read(
    crawl: Crawl, replica: Replica, site: Site, sections: str
) -> None:
    which = {"languages": "ru", "sections": sections} if sections else {"languages": "ru"}
    for path in [] if sections else ["president/trips", "councils"]:
        site.publish(event(500 + len(path), RU, path))
    root = crawl(settings=ALONE, **which).root
    replica.rules = (robots("Disallow: /*/feed"),)
    publish(site, 101, day=daily(101))
    before = len(replica.exchanges)
    run = later_with(ALONE, root, replica, 20, **which)
    assert "ru:101" in run.documents
    assert NEWS in targets(replica, before)
    assert not any(target.endswith("/feed") for target in targets(replica, before))
    assert any("robots.txt forbids" in note for note in run.report["notes"])
    assert run.pages.get("refused", 0) == 0


def test_where_days_are_forbidden_a_listing_is_walked_page_by_page(
    crawl: Crawl, replica: Replica
) -> None:
    root = crawl(settings={**ALONE, "REQUESTS_MAX": "45"}, **LISTED).root
    replica.rules = (robots("Disallow: /*/by-date/"),)
    for hours in (1, 2):
        run = later_with(ALONE, root, replica, hours, **LISTED)
    assert (run.code, len(run.documents)) == (0, 60), run.log
    backfill = later(root, replica, 3, mode="backfill", until="2021-02-01", **LISTED)
    assert backfill.code == 0, backfill.log


def test_listings_that_move_to_another_name_of_the_host_are_followed(
    crawl: Crawl, replica: Replica, site: Moved
) -> None:
    root = crawl(settings=ALONE, **LISTED).root
    site.has_moved = True
    publish(site, 101, day=daily(101))
    site.edit(RU, 30, title="Edited", updated="2026-12-02 10:00:00")
    run = later_with(ALONE, root, replica, 1, **LISTED)
    assert run.code == 0, run.log
    assert "ru:101" in run.documents
    site.edit(RU, 55, title="Edited", updated="2026-12-03 10:00:00")
    run = later_with(ALONE, root, replica, 2, **LISTED)
    assert (run.code, run.pages) == (0, {"changed": 1}), run.log
    before = len(replica.exchanges)
    assert later_with(ALONE, root, replica, 3, **LISTED).code == 0
    fronts = {NEWS, f"{NEWS}/", f"{NEWS}/feed", f"{NEWS}/feed/"}
    assert {*targets(replica, before)} == {"/robots.txt", *fronts}, "as quiet as before the move"


def test_an_archive_of_listings_that_moved_is_read_whole_from_the_start(
    crawl: Crawl, replica: Replica, site: Moved
) -> None:
    """What is known of a listing does not depend on the name under which it was had."""
    site.has_moved = True
    run = crawl(settings=ALONE, **LISTED)
    assert (run.code, len(run.documents)) == (0, 60), run.log
    site.has_moved = False
    before = len(replica.exchanges)
    assert later_with(ALONE, run.root, replica, 1, **LISTED).code == 0
    assert {*targets(replica, before)} == {"/robots.txt", NEWS, f"{NEWS}/feed"}


def test_a_listing_that_leads_to_itself_for_ever_is_a_failure(
    crawl: Crawl, replica: Replica
) -> None:
    there, back = f"http://www.{HOST}{NEWS}", f"http://{HOST}{NEWS}"
    run = crawl(
        Rule("redirect", path=NEWS, host=HOST, location=there, status=301),
        Rule("redirect", path=NEWS, host=f"www.{HOST}", location=back, status=301),
        settings=ALONE,
        **LISTED,
    )
    assert run.code == 2
    assert any("answered 301" in problem for problem in run.problems.values())
    assert targets(replica, 0).count(NEWS) <= 5


def test_the_pause_that_robots_ask_for_is_kept(crawl: Crawl, replica: Replica) -> None:
    run = crawl(robots("Crawl-delay: 1"), ids="1-4", settings=ALONE, **LISTED)
    assert run.code == 0, run.log
    first, *_, last = (one.began for one in replica.exchanges)
    assert last - first >= 3 - 0.2, "four pages, three pauses"
