"""One item of a listing or feed that cannot be read: told by each run that looks, and costs no other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kremlin_archive.ledger import unread
from kremlin_archive.replica import Replica, Rule, serve
from kremlin_archive.state import State, spans
from tests.crawl.running import NEWS, Crawl, Run
from tests.crawl.small_site import RU, Drifting, event, many

COUNT = 70
LISTING = "http://kremlin.ru/events/president/news"
ONE = {"languages": "ru", "sections": "news"}


@pytest.fixture
def replica() -> Iterator[Replica]:
    site = Drifting([event(1, RU)])
    many(site, COUNT)
    with serve(site, log=True) as served:
        yield served


def odd_item(number: int) -> Rule:
    return Rule("edit", path=f"{NEWS}*", old=f'data-id="{number}"', new='data-id="0"')


def odd_entry(number: int) -> Rule:
    address = f"{LISTING}/{number}"
    return Rule("edit", path=f"{NEWS}/feed", old=f"<id>{address}</id>", new="<id>urn:odd</id>")


def told(run: Run) -> list[tuple[str, str]]:
    return [(miss["url"], miss["problem"]) for miss in run.report["misses"]]


def test_an_odd_item_of_a_listing_is_told_and_the_others_are_had(crawl: Crawl) -> None:
    run = crawl(odd_item(COUNT), **ONE)
    assert run.code == 2
    ((url, problem),) = told(run)
    assert url == LISTING
    assert problem.startswith(f"{LISTING}: item 1 (data-id 0): ")
    assert f"{LISTING}/{COUNT}" in problem
    assert len(run.documents) == COUNT  # the feed named it


def test_an_odd_entry_of_a_feed_is_told_and_the_others_are_had(crawl: Crawl) -> None:
    run = crawl(odd_entry(COUNT), **ONE)
    assert run.code == 2
    ((url, problem),) = told(run)
    assert url == f"{LISTING}/feed"
    assert "item 1 (id urn:odd)" in problem
    assert len(run.documents) == COUNT  # the listing named it


def test_what_an_odd_item_hides_is_had_once_it_is_mended(crawl: Crawl, replica: Replica) -> None:
    for _ in range(2):
        run = crawl(odd_item(COUNT), odd_entry(COUNT), **ONE)
        assert (run.code, len(told(run))) == (2, 2)
        assert f"ru:{COUNT}" not in run.documents
        assert len(run.documents) == COUNT - 1
    replica.rules = ()
    run = crawl(**ONE)
    assert run.code == 0
    assert len(run.documents) == COUNT


def test_a_page_with_an_odd_item_is_looked_at_again_wherever_it_is(
    crawl: Crawl, replica: Replica
) -> None:
    for _ in range(2):
        run = crawl(odd_item(30), **ONE)
        assert run.code == 2
        ((url, _problem),) = told(run)
        assert url == f"{LISTING}/page/3"
        assert len(run.documents) == COUNT - 1
    replica.rules = ()
    run = crawl(**ONE)
    assert (run.code, len(run.documents)) == (0, COUNT)
    state = State(run.root)
    state.sync()
    assert state.is_read_whole(LISTING)
    assert not unread(spans(state.listing_pages()[LISTING]))
    state.close()
