"""A value that cannot be, on one page: it is told, and costs no other page and no later run."""

from __future__ import annotations

import pytest

from kremlin_archive.cli import main
from kremlin_archive.replica import Replica, Rule
from kremlin_archive.replica.site import Site
from kremlin_archive.state import State
from tests.crawl.running import NEWS, Crawl
from tests.crawl.small_site import RU, asked, event, later, publish

COUNT = 5
ONE = {"languages": "ru", "sections": "news"}
IMPOSSIBLE = ["0001-01-01", "2206-01-03", "9999-12-31"]


@pytest.fixture
def site() -> Site:
    return Site([event(number, RU, day=f"2021-01-{number:02}") for number in range(1, COUNT + 1)])


@pytest.mark.parametrize("day", IMPOSSIBLE)
def test_a_page_of_an_impossible_day_is_had_and_the_cron_job_goes_on(
    crawl: Crawl, site: Site, replica: Replica, day: str
) -> None:
    crawl(**ONE)
    publish(site, 7, day="2021-01-07")
    stamp = Rule("edit", path=f"{NEWS}/7", old='datetime="2021-01-07"', new=f'datetime="{day}"')
    words = Rule("edit", path=f"{NEWS}/7", old="2021 года", new=f"{day[:4]} года")
    run = crawl(stamp, words, **ONE)
    assert (run.code, run.pages) == (0, {"new": 1})
    odd = run.documents["ru:7"]
    assert odd["published_precision"] == "unknown"
    assert {"no_date", "unreadable_date"} <= set(odd["quality_warnings"])
    publish(site, 8, day="2021-01-08")
    for hours in (24, 400 * 24):
        run = later(run.root, replica, hours, **ONE)
        assert run.code == 0
    assert len(run.documents) == COUNT + 2
    seen = len(replica.exchanges)
    assert later(run.root, replica, 400 * 24 + 1, **ONE).code == 0
    assert asked(replica, seen) == []
    assert main(["status", "--root", str(run.root)]) == 0
    assert main(["extract", "--root", str(run.root), "--fresh"]) == 0


@pytest.mark.parametrize("pages", ["9" * 20, "1" * 5000, "٣"])
def test_a_listing_of_impossibly_many_pages_is_told_and_read_once_it_is_mended(
    crawl: Crawl, replica: Replica, pages: str
) -> None:
    rule = Rule("edit", path=NEWS, old='data-pages="1"', new=f'data-pages="{pages}"')
    run = crawl(rule, **ONE)
    assert run.code == 2
    assert [miss["url"] for miss in run.report["misses"]] == [f"http://kremlin.ru{NEWS}"]
    replica.rules = ()
    run = crawl(**ONE)
    assert (run.code, len(run.documents)) == (0, COUNT)


@pytest.mark.parametrize("arguments", [{}, {"since": "2020-01-01"}, {"mode": "backfill"}])
def test_a_feed_entry_of_an_impossible_day_is_told_and_costs_no_other(
    crawl: Crawl, arguments: dict[str, str]
) -> None:
    rule = Rule("edit", path=f"{NEWS}/feed", old="2021-01-05T", new="2021-00-05T")
    run = crawl(rule, **ONE, **arguments)
    assert run.code == 2
    assert len(run.documents) == COUNT


def test_a_file_that_a_fault_of_ours_keeps_out_is_named_once_and_the_others_are_known(
    crawl: Crawl, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl(ids=1, **ONE)
    run = crawl(ids=2, **ONE)
    (run.root / "state.sqlite").unlink()
    real = State._take_rows

    def fails_on_the_first(self: State, batch: list[dict[str, object]], now: object) -> None:
        if any(str(row["url"]).endswith(f"{NEWS}/1") for row in batch):
            raise OverflowError("Python int too large to convert to SQLite INTEGER")
        real(self, batch, now)  # type: ignore[arg-type]

    monkeypatch.setattr(State, "_take_rows", fails_on_the_first)
    state = State(run.root)
    assert state.sync() == 1
    (said,) = state.not_taken_in
    assert run.warcs[0].name in said
    assert state.sync() == 1
    assert len(state.not_taken_in) == 1
    state.close()


def test_a_listing_that_a_fault_of_ours_keeps_from_being_read_keeps_no_run_from_beginning(
    crawl: Crawl, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = crawl(**ONE)
    (run.root / "state.sqlite").unlink()

    def fails(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("kremlin_archive.state.named.parse_listing", fails)
    state = State(run.root)
    assert state.sync() == COUNT
    assert not state.is_read_whole(f"http://kremlin.ru{NEWS}")
    state.close()
